"""Whether values look like personal data. Answers are kinds and counts: a value that was found is never
repeated."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from assets.council.names import names_somebody
from warehouse.files import declaration

HERE = Path(__file__).parent
Flags = NDArray[np.bool_]

# An NHS number is ten digits whose last is a check digit. One in eleven case numbers of ten digits passes
# by chance,
# so bare ones count only where more of the column pass than chance would have it.
PASSING_BY_CHANCE = 0.3
KINDS = {
    "email": "e-mail addresses",
    "phone": "telephone numbers",
    "national_insurance": "National Insurance numbers",
    "postcode": "postcodes",
    "address": "street addresses",
    "birth": "dates of birth",
    "name": "names of people",
    "nhs_number": "NHS numbers",
}


TEN_DIGITS = r"(^|[^0-9A-Za-z])[0-9]{10}($|[^0-9A-Za-z])"
# whose figures could be taken for a telephone number's
DAY = r"\b[0-3]?[0-9][./-][01]?[0-9][./-]([0-9]{4}|[0-9]{2})\b"
# what is named after somebody, and is nobody
NAMED_AFTER = (
    r"(\p{Lu}[\pL'’.-]*,? +((and|&|of|the) +)?){1,6}"
    r"(Academy|Primary|School|Schools|College|University|Hospital|Hospice|Infirmary|Homes?|Trust|Foundation|Library|"
    r"Centre|Surgery|Nursery|Charity|Ltd|Limited|LLP|PLC|plc)($|[^\pL])"
)
# a telephone number or an NHS number has at least as many figures
FEWEST_OF_A_NUMBER = 10


@lru_cache
def _patterns(prose: bool) -> dict[str, str]:
    """The pattern of each kind, in prose with what only prose can be asked for."""
    said = declaration(HERE / "personal_data.yml")
    more = said["prose"] if prose else {}
    return {kind: f"{pattern}|{more[kind]}" if kind in more else pattern for kind, pattern in said["patterns"].items()}


def looks_personal(values: pa.Array, *, prose: bool = False) -> dict[str, Flags]:
    """For each kind of personal data, which of `values` (text) look like it; kinds without a hit are left out.

    `prose`: whether they are sentences, in which a day long ago is taken for a date of birth.
    """
    patterns = _patterns(prose)
    shapes, figures = _without_figures(values)
    # which figures stand in a value matters for numbers and days alone: values that differ in them are looked at once
    alike = shapes.dictionary_encode()
    places = alike.indices.fill_null(-1).to_numpy()
    of_people = pc.replace_substring_regex(alike.dictionary, NAMED_AFTER, "; ")
    is_name = _matches(of_people, patterns["name"]) | np.array(
        [names_somebody(text) for text in of_people.to_pylist()], dtype=bool
    )
    found = {"name": np.append(is_name, False)[places]}
    of_figures = {"phone", "birth"} if prose else {"phone"}
    for kind in patterns.keys() - {"name"} - of_figures:
        found[kind] = np.append(_matches(alike.dictionary, patterns[kind]), False)[places]
    if prose:
        found["birth"] = _matches(values, patterns["birth"])
    numbers = np.flatnonzero(figures >= FEWEST_OF_A_NUMBER)
    some = values.take(pa.array(numbers))
    found["phone"] = np.zeros(len(values), dtype=bool)
    found["phone"][numbers] = _matches(some, patterns["phone"])
    found["phone"][numbers] &= _matches(pc.replace_substring_regex(some, DAY, ";"), patterns["phone"])
    found["nhs_number"][numbers] |= _are_nhs_numbers(some)
    return {kind: found[kind] for kind in patterns if found[kind].any()}


def _without_figures(values: pa.Array) -> tuple[pa.Array, NDArray[np.int64]]:
    """The values with a nought for every figure, and how many figures each has."""
    text = pc.fill_null(values, "")
    _, offsets, letters = text.buffers()
    ends = np.frombuffer(offsets, np.int32)[text.offset : text.offset + len(text) + 1]
    codes = np.frombuffer(letters or b"", np.uint8)
    is_figure = (codes >= ord("0")) & (codes <= ord("9"))
    shapes = pa.py_buffer(np.where(is_figure, np.uint8(ord("0")), codes).tobytes())
    counts = np.diff(np.append(0, np.cumsum(is_figure))[ends])
    return pa.Array.from_buffers(pa.string(), len(text), [None, offsets, shapes], offset=text.offset), counts


def kinds_in(text: str, *, prose: bool = False) -> list[str]:
    """What a text looks like, in words: `names of people`."""
    return [KINDS[kind] for kind in looks_personal(pa.array([text], pa.string()), prose=prose)]


def stored_name(file_name: str) -> str:
    """What is kept of a file's name, which may name somebody: its hash and its ending."""
    ending = Path(file_name).suffix.lower()
    return f"{hashlib.sha256(file_name.encode()).hexdigest()[:12]}{ending if len(ending) <= 8 else ''}"


def is_no_reference(values: pa.Array) -> Flags:
    """Which values hold letters and no digit: a word, perhaps a surname, but no case number."""
    return _matches(values, r"^[^0-9]*\pL{2}[^0-9]*$")


def _matches(values: pa.Array, pattern: str) -> Flags:
    return pc.fill_null(pc.match_substring_regex(values, pattern), False).to_numpy(zero_copy_only=False).copy()


def _are_nhs_numbers(values: pa.Array) -> Flags:
    """Which values hold ten bare digits with an NHS number's check digit, if more do than by chance."""
    answer = np.zeros(len(values), dtype=bool)
    places = np.flatnonzero(_matches(values, TEN_DIGITS))
    if places.size:
        numbers = pc.replace_substring_regex(values.take(pa.array(places)), r"^.*?([0-9]{10}).*$", r"\1")
        digits = np.frombuffer("".join(numbers.to_pylist()).encode(), dtype=np.uint8).reshape(-1, 10) - 48
        check = 11 - (digits[:, :9].astype(int) @ np.arange(10, 1, -1)) % 11
        passes = np.where(check == 11, 0, check) == digits[:, 9]
        if passes.mean() > PASSING_BY_CHANCE:
            answer[places[passes]] = True
    return answer
