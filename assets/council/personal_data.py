"""Whether values look like personal data. Answers are kinds and counts: a value that was found is never
repeated."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from warehouse.files import declaration

HERE = Path(__file__).parent
Flags = NDArray[np.bool_]

# An NHS number is ten digits whose last is a check digit. One in eleven case numbers of ten digits passes
# by chance,
# so bare ones count only where more of the column pass than chance would have it.
PASSING_BY_CHANCE = 0.3


CAPITALISED_PHRASE = r"^\p{Lu}[\pL'’.-]*([ ,]+\p{Lu}[\pL'’.-]*)+$"
TEN_DIGITS = r"(^|[^0-9A-Za-z])[0-9]{10}($|[^0-9A-Za-z])"


@lru_cache
def _settings() -> tuple[dict[str, str], str]:
    """The pattern of each kind, and one that matches whatever any of them might."""
    said = declaration(HERE / "personal_data.yml")
    patterns = dict(said["patterns"])
    names = "|".join(map(re.escape, said["given_names"]))
    patterns["name"] += rf"|(^|[^\pL])({names})($|[^\pL])"
    return patterns, "|".join([*patterns.values(), CAPITALISED_PHRASE, TEN_DIGITS])


def looks_personal(values: pa.Array, *, vocabulary: Iterable[str] | None = None) -> dict[str, Flags]:
    """For each kind of personal data, which of `values` (text) look like it; kinds without a hit are left
    out.

    With a `vocabulary`, words of capitalised phrases that are none of its words are taken for a name: right
    for a
    column of codes or references, where nothing but codes belongs, and wrong for prose.
    """
    patterns, anything = _settings()
    hits = np.flatnonzero(_matches(values, anything))
    some = values.take(pa.array(hits))
    found = {kind: _matches(some, pattern) for kind, pattern in patterns.items()}
    found["nhs_number"] |= _are_nhs_numbers(some)
    if vocabulary is not None and hits.size:
        known = {word for phrase in vocabulary for word in re.findall(r"[a-z]+", phrase.lower())}
        for place in np.flatnonzero(_matches(some, CAPITALISED_PHRASE)):
            words = re.findall(r"[a-z]+", some[int(place)].as_py().lower())
            found["name"][place] |= known.isdisjoint(words)
    answer = {}
    for kind, flags in found.items():
        if flags.any():
            answer[kind] = np.zeros(len(values), dtype=bool)
            answer[kind][hits[flags]] = True
    return answer


def is_no_reference(values: pa.Array) -> Flags:
    """Which values hold letters and no digit: a word, perhaps a surname, but no case number."""
    return _matches(values, r"^[^0-9]*\pL{2}[^0-9]*$")


def _matches(values: pa.Array, pattern: str) -> Flags:
    return (
        pc.fill_null(pc.match_substring_regex(values, pattern), False).to_numpy(zero_copy_only=False).copy()
    )


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
