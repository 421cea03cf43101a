"""One column of a delivery, read: its canonical text, its typed values, which cells are wrong, what looks personal.

Each distinct value is read once, in Python, so a million rows cost seconds.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from assets.council import dates
from assets.council.contract import Column
from assets.council.mapping import Mapping
from assets.council.people import ROLE_EXPECTED, is_no_role
from assets.council.personal_data import is_no_reference, looks_personal
from benchmarking.working_days import england_and_wales

NOT_SHOWN = "(not shown)"
LONGEST_REFERENCE = 64
# a formula, or a long number as a spreadsheet shows it, which is the same for many cases
NO_REFERENCE = r"^(=|[0-9](\.[0-9]+)?[Ee]\+[0-9]+$)"
FURTHEST = dt.date(2099, 12, 31)
FORMULA_STARTS = ("=", "+", "-", "@")
# what is written in words of one's own, and looked at as prose
PROSE = ("text", "role", "address")
# A reference is only ever compared with itself, so its rules run over its number in the dictionary.
TYPES = {"date": pa.date32(), "integer": pa.int64(), "decimal": pa.float64()}
RULE_TYPES = {**TYPES, "reference": pa.int32()}
MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# a day in words, which holds no name although June, April and May are names
DAY_IN_WORDS = (
    r"(?i)^((mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?(the )?"
    rf"([0-9]{{1,2}}(st|nd|rd|th)?( of)?[ /-]*({MONTHS})[a-z]*\.?[ ,/-]*([0-9]{{2,4}}([ ,T]+[0-9:. APMapm]*)?)?"
    rf"|({MONTHS})[a-z]*\.?[ /-]*[0-9]{{1,2}}(st|nd|rd|th)?,?[ /-]*([0-9]{{2,4}}([ ,T]+[0-9:. APMapm]*)?)?"
    rf"|({MONTHS})[a-z]*\.?[ /-]*[0-9]{{4}})$"
)


@dataclass(frozen=True)
class ReadColumn:
    """A column once read. `shown` are its wrong values, one a wrong cell; `personal` the cells of each kind that look
    like personal data."""

    text: pa.Array
    typed: pa.Array
    wrong: NDArray[np.bool_]
    shown: list[str]
    expected: str
    personal: dict[str, NDArray[np.int64]]


def read_column(
    cells: pa.Array,
    column: Column,
    mapping: Mapping,
    as_at: dt.date,
    salt: bytes,
    has_typed_dates: bool,
    further: list[pa.Array] | None = None,
) -> ReadColumn:
    """One column as the contract and the mapping say that it is to be read. `further`: what a reference is hashed
    together with."""
    encoded = cells.dictionary_encode()
    distinct, places = encoded.dictionary, encoded.indices
    trimmed = pc.utf8_trim_whitespace(distinct)
    is_secret = column.type == "reference"
    parsed = distinct
    if is_secret:
        # the one column whose values are nearly all different: hashed apart from the others
        expected = (
            f"a number of at most {LONGEST_REFERENCE} characters, not a formula, and not shortened by a spreadsheet "
            "like 1.2E+11: format that column as text and export again"
        )
        canonical = _hashed(trimmed, salt)
    elif column.type == "date":
        expected, parsed = _days(trimmed, column, mapping, as_at, has_typed_dates)
        canonical = parsed.cast(pa.string())
    else:
        expected, parse = _parser(column, mapping)
        parsed = pa.array(
            [parse(value) if value else None for value in trimmed.to_pylist()],
            TYPES.get(column.type, pa.string()),
        )
        # a number with decimals as Python writes it
        canonical = (
            pa.array([None if each is None else repr(each) for each in parsed.to_pylist()], pa.string())
            if column.type == "decimal"
            else parsed.cast(pa.string())
        )
    is_filled = pc.fill_null(pc.not_equal(trimmed, ""), False)
    is_wrong = pc.and_(canonical.is_null(), is_filled).to_numpy(zero_copy_only=False)

    cell_places = places.fill_null(-1).to_numpy(zero_copy_only=False)
    suspects = np.ones(len(distinct), dtype=bool) if column.type in ("reference", *PROSE) else is_wrong
    personal = _personal(distinct, suspects, cell_places, column, mapping)

    wrong = np.append(is_wrong, False)[cell_places]
    # what is no role may be a person's name
    is_hidden = is_secret or column.type == "role"
    places_wrong = pa.array(cell_places[wrong])
    shown = [NOT_SHOWN] * len(places_wrong) if is_hidden else trimmed.take(places_wrong).to_pylist()
    # several spellings may mean the same, so what they mean is encoded anew
    meanings = canonical.dictionary_encode()
    recoded = np.append(meanings.indices.fill_null(-1).to_numpy(zero_copy_only=False), -1)[cell_places]
    indices = pa.array(recoded.astype(np.int32), mask=recoded < 0)
    text = pa.DictionaryArray.from_arrays(indices, meanings.dictionary.cast(pa.string()))
    if is_secret and further:
        text = _hashed_together(cells, further, wrong, salt)
        indices = text.indices
    if is_secret:
        typed: pa.Array = indices
    elif column.type in TYPES:
        typed = parsed.take(places)
    else:
        typed = text
    return ReadColumn(text, typed, wrong, shown, expected, personal)


def _personal(
    distinct: pa.Array, suspects: NDArray[np.bool_], places: NDArray[Any], column: Column, mapping: Mapping
) -> dict[str, NDArray[np.int64]]:
    # rows that were left out may have left their words behind
    suspects = suspects & (np.bincount(places[places >= 0], minlength=len(distinct)) > 0)
    if not suspects.any():
        return {}
    values, numbers = distinct.filter(pa.array(suspects)), np.flatnonzero(suspects)
    found = looks_personal(values, prose=column.type in PROSE)
    if column.type == "reference":
        words = is_no_reference(values)
        if words.any():
            found["name"] = found.get("name", np.zeros(len(values), dtype=bool)) | words
    if found and column.type not in PROSE:
        is_day = pc.match_substring_regex(values, DAY_IN_WORDS).to_numpy(zero_copy_only=False)
        found = {kind: hits & ~is_day for kind, hits in found.items()}
    excused = mapping.not_personal.get(column.name, ())
    return {
        kind: np.flatnonzero(np.isin(places, numbers[hits]))
        for kind, hits in found.items()
        if kind not in excused and hits.any()
    }


Parser = Callable[[str], Any]


def _parser(column: Column, mapping: Mapping) -> tuple[str, Parser]:
    """What is expected of a column's values, in words, and what reads one: None if it is not that."""
    if column.type in ("integer", "decimal"):
        return _number_parser(column)
    if column.type == "code":
        return code_parser(column, mapping.values.get(column.name, {}))
    return text_parser(column)


def text_parser(column: Column) -> tuple[str, Parser]:
    """What is expected of a column of words, and what reads one of its values; who they name is looked at apart."""
    longest = int(column.maximum or {"role": 80, "address": 300}.get(column.type, 400))
    expected = {"role": ROLE_EXPECTED, "address": "a web address (https://…) or the title of a document"}.get(
        column.type, "plain text and no formula"
    )

    def parse(value: str) -> str | None:
        text = " ".join(value.split())
        if len(text) > longest or not text.isprintable() or text.startswith(FORMULA_STARTS):
            return None
        if column.type == "role" and is_no_role(text):
            return None
        is_address = "@" not in text and (":" not in text or text.startswith(("https://", "http://")))
        return text if column.type != "address" or is_address else None

    return f"{expected}, at most {longest:,} characters", parse


def _hashed(references: pa.Array, salt: bytes) -> pa.Array:
    """A keyed hash of 63 bits of each, which fits a BIGINT; null for a blank, a too long one or a formula.

    Two of a million are alike once in 10 million registers.
    """
    keyed = hashlib.blake2b(key=salt, digest_size=8)

    def digest(reference: bytes) -> bytes:
        one = keyed.copy()  # the key is taken in once, not with every reference
        one.update(reference)
        return one.digest()

    length = pc.utf8_length(references)
    usable = pc.and_(pc.greater(length, 0), pc.less_equal(length, LONGEST_REFERENCE))
    digests = b"".join(map(digest, references.cast(pa.binary()).to_pylist()))
    numbers = (np.frombuffer(digests, dtype=">u8") >> 1).astype(np.int64)
    usable = pc.and_not(usable, pc.match_substring_regex(references, NO_REFERENCE))
    return pc.if_else(usable, pa.array(numbers), None)


def _hashed_together(
    references: pa.Array, further: list[pa.Array], wrong: NDArray[np.bool_], salt: bytes
) -> pa.DictionaryArray:
    """The keyed hash of each reference with the rest of its key, for councils that use a number twice."""
    parts = [pc.utf8_trim_whitespace(each.cast(pa.string())) for each in (references, *further)]
    joined = pc.binary_join_element_wise(
        parts[0], *(pc.fill_null(pc.utf8_lower(each), "") for each in parts[1:]), "\x1f"
    )
    missing = pc.or_(pa.array(wrong), pc.fill_null(pc.equal(parts[0], ""), True))
    together = pc.if_else(missing, None, joined).dictionary_encode()
    keyed = [
        str(int.from_bytes(hashlib.blake2b(each.encode(), key=salt, digest_size=8).digest(), "big") >> 1)
        for each in together.dictionary.to_pylist()
    ]
    return pa.DictionaryArray.from_arrays(together.indices, pa.array(keyed, pa.string()))


def _days(
    values: pa.Array, column: Column, mapping: Mapping, as_at: dt.date, has_typed_dates: bool
) -> tuple[str, pa.Array]:
    """What is expected of dates, and the day that each value says; moments of one day are read once."""
    codes = mapping.formats(column.name)
    calendar = england_and_wales()
    last = FURTHEST if column.future else as_at
    how = " or ".join(dates.in_words(each) for each in codes) or "YYYY-MM-DD"
    expected = f"a real date written {how}, from {calendar.first} to {last}"
    expected += "" if column.future else ", the day the extract was taken"
    expected += "" if codes else " (if you write dates otherwise, say how under `dates` in the mapping)"
    days = dates.without_time(values).dictionary_encode()
    found = [
        day if value and (day := dates.day(value, codes, has_typed_dates)) and calendar.first <= day <= last else None
        for value in days.dictionary.to_pylist()
    ]
    return expected, pa.array(found, pa.date32()).take(days.indices)


_NUMBER = re.compile(r"£?(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,6})?")


def _number_parser(column: Column) -> tuple[str, Parser]:
    low = column.minimum if column.minimum is not None else 0
    high = column.maximum if column.maximum is not None else 10**9
    kind = "a whole number" if column.type == "integer" else "a number"

    def parse(value: str) -> float | int | None:
        if column.percent:
            value = value.removesuffix("%").rstrip()
        if not _NUMBER.fullmatch(value):
            return None
        number = float(value.lstrip("£").replace(",", ""))
        if not low <= number <= high:
            return None
        if column.type == "integer":
            return int(number) if number == int(number) else None
        return number

    return f"{kind} from {low:,.0f} to {high:,.0f}", parse


def as_code(value: str) -> str:
    """A value as it is compared with codes: lower case, words joined by underscores."""
    return re.sub(r"[\s_-]+", "_", value.strip().lower())


def code_parser(column: Column, declared: dict[str, str]) -> tuple[str, Parser]:
    """What is expected of a column of codes, and what reads one of its values; `declared` by the mapping."""
    if column.pattern:
        pattern = re.compile(column.pattern)
        return (
            f"a code like {column.pattern}",
            lambda value: value if pattern.fullmatch(value) else None,
        )
    codes = {as_code(code): code for code in column.allowed}
    own = {as_code(value): code for value, code in declared.items()}
    known = set(column.allowed) | ({*declared.values()} - {""} if column.open else set())
    mapped = {**codes, **{value: code for value, code in own.items() if code in known}}
    expected = f"one of {', '.join(sorted(known))}, or a value that the mapping declares"
    return expected, lambda value: mapped.get(as_code(value))
