"""The register's intake: every problem of a delivery with its row, good rows on, bad rows aside, nothing
guessed.

Each column's distinct values are read once, in Python; the rules of a row then run over the whole table in
DuckDB. So a
million rows cost seconds, and the contract stays the only place that says what is right.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from assets.council.contract import Column, Table, read_contract
from assets.council.mapping import Mapping
from assets.council.personal_data import is_no_reference, looks_personal
from assets.council.reading import (
    ROWS_NAMED,
    TEXT,
    NoHeaderError,
    Source,
    UnreadableError,
    normal,
    read_file,
    read_query,
)
from benchmarking.working_days import england_and_wales

KINDS = {
    "email": "e-mail addresses",
    "phone": "telephone numbers",
    "national_insurance": "National Insurance numbers",
    "postcode": "postcodes",
    "name": "names of people",
    "nhs_number": "NHS numbers",
}
NOT_SHOWN = "(not shown)"
NO_VALUE = "no value of its own"
LONGEST_REFERENCE = 64
VALUES_NAMED = 5
ROWS_OF_ONE_THREAD = 250_000
# A reference is only ever compared with itself, so its rules run over its number in the dictionary.
TYPES = {"date": pa.date32(), "integer": pa.int64(), "decimal": pa.float64()}
RULE_TYPES = {**TYPES, "reference": pa.int32()}
WORDS = {
    "%d": "DD", "%m": "MM", "%Y": "YYYY", "%y": "YY", "%b": "Mon", "%B": "Month", "%H": "hh", "%M": "mm", "%S": "ss",
}  # fmt: skip


@dataclass(frozen=True)
class RegisterReport:
    """What the check of one delivery found.

    `accepted`: the good rows as text by the contract's columns, references hashed, with `row_number`.
    `problems`: row, column, value, expected, rule, severity (block or warn); one row each.
    `refusals`: why nothing of the delivery is taken, if so.
    """

    table: Table
    source_name: str
    gss_code: str
    as_at: dt.date | None
    covers: str
    digest: str
    rows_read: int
    blank_rows: int
    accepted: pa.Table
    problems: pd.DataFrame
    refusals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[Column, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    source: Source | None = None

    @property
    def is_refused(self) -> bool:
        """Whether nothing of the delivery can be taken."""
        return bool(self.refusals)

    @property
    def has_nothing_good(self) -> bool:
        """Whether no row is good: such an extract is not kept, because one of everything would then drop every case."""
        return not self.accepted.num_rows

    @property
    def quarantined(self) -> int:
        """Rows set aside because something in them blocks."""
        return self.rows_read - self.accepted.num_rows

    def as_text(self) -> str:
        """The whole report for a terminal: what was read, every problem, what stays unanswered."""
        when = self.as_at or "a day not stated"
        lines = [f"{self.source_name}: {self.table.title.lower()} of {self.gss_code}, as at {when}"]
        lines += [f"  {note}" for note in self.notes]
        if self.refusals:
            lines += ["", "Nothing was taken:", *(f"  {refusal}" for refusal in self.refusals)]
            return "\n".join(lines)
        lines.append(
            f"  {self.rows_read:,} rows read, {self.accepted.num_rows:,} good, {self.quarantined:,} set aside"
            + (f"; {self.blank_rows:,} blank rows passed over" if self.blank_rows else "")
        )
        blocks = self.problems["severity"] == "block"
        aside = self.problems["row"].isin(self.problems.loc[blocks, "row"])
        for title, found in (
            ("To be put right (row set aside)", self.problems[blocks]),
            ("To be looked at (row taken)", self.problems[~blocks & ~aside]),
        ):
            if len(found):
                lines += ["", f"{title}: {len(found):,}"]
                for (column, rule, expected), same in found.groupby(
                    ["column", "rule", "expected"], sort=False
                ):
                    whose = self.headers.get(str(column)) or "whole row"
                    lines += _told(whose, str(rule), str(expected), same)
        unanswered = [column for column in self.missing if column.without]
        if unanswered:
            lines += ["", "Not in this delivery, and what it leaves unanswered:"]
            lines += [f"  {column.name}: {', '.join(column.without)}" for column in unanswered]
        return "\n".join(lines)


def check_register(
    source: Path | Source,
    *,
    gss_code: str,
    salt: bytes,
    mapping: Mapping | None = None,
    as_at: dt.date | None = None,
    table: str = "case_stages",
) -> RegisterReport:
    """The report on one delivery, a file or what `read_query` gave. A bad one is refused in the report, not
    raised.

    `as_at` is the day the extract was taken: given here, in the mapping, or on the template's `about` sheet.
    """
    contract = read_contract()[table]
    mapping = mapping or Mapping()
    nearest = _Nearest(contract, mapping)
    try:
        if isinstance(source, Path):
            source = read_file(
                source,
                nearest.is_header,
                encoding=mapping.encoding,
                delimiter=mapping.delimiter,
                sheet=mapping.sheet,
            )
        return _check(source, contract, mapping, gss_code, as_at, salt)
    except UnreadableError as error:
        name = source.name
        hint = nearest.hint() if isinstance(error, NoHeaderError) else ""
        return _refused(contract, name, gss_code, as_at, mapping, [f"{error}{hint}"])


def check_query(url: Any, query: str, **settings: Any) -> RegisterReport:
    """The report on what a SQL query over SQLAlchemy answers; `settings` as for `check_register`."""
    try:
        source = read_query(url, query)
    except UnreadableError as error:
        contract = read_contract()[settings.get("table", "case_stages")]
        mapping = settings.get("mapping") or Mapping()
        return _refused(contract, "query", settings["gss_code"], settings.get("as_at"), mapping, [str(error)])
    return check_register(source, **settings)


def _refused(
    contract: Table,
    name: str,
    gss_code: str,
    as_at: dt.date | None,
    mapping: Mapping,
    refusals: Sequence[str],
    notes: Sequence[str] = (),
    rows_read: int = 0,
) -> RegisterReport:
    return RegisterReport(
        contract,
        name,
        gss_code,
        as_at or mapping.as_at,
        mapping.covers,
        "",
        rows_read,
        0,
        _accepted_schema(contract).empty_table(),
        _problems([]),
        tuple(refusals),
        tuple(notes),
    )


def _accepted_schema(contract: Table) -> pa.Schema:
    return pa.schema([("row_number", pa.int64()), *((name, TEXT) for name in contract.names)])


class _Nearest:
    """Which row is the header: the one with every column that must be there; else, the row that came nearest."""

    def __init__(self, contract: Table, mapping: Mapping) -> None:
        self.wanted = {
            normal(name): name for name in (mapping.columns.get(each, each) for each in _needed(contract))
        }
        self.own = contract.name
        self.absent = list(self.wanted.values())
        self.is_of = ""

    def is_header(self, cells: Sequence[str]) -> bool:
        """Whether a row is the header."""
        there = {normal(cell) for cell in cells}
        absent = [name for each, name in self.wanted.items() if each not in there]
        if len(absent) < len(self.absent):
            self.absent = absent
        for name, table in read_contract().items():
            if name != self.own and there.issuperset(map(normal, _needed(table))):
                self.is_of = name
        return not absent

    def hint(self) -> str:
        """What to do where no row is the header; nothing where one is."""
        if self.is_of:
            return f". Its columns are those of {self.is_of}: add --table {self.is_of}"
        if 0 < len(self.absent) < len(self.wanted):
            return (
                f". The nearest row lacks {', '.join(self.absent)}: add it, or say in the mapping what you call it "
                "(docs/register.md)"
            )
        return (
            f". They are {', '.join(self.absent)}: say in the mapping what you call them (docs/register.md)"
            if self.absent
            else ""
        )


def _needed(contract: Table) -> list[str]:
    return [column.name for column in contract.columns if column.required]


def _check(
    source: Source, contract: Table, mapping: Mapping, gss_code: str, as_at: dt.date | None, salt: bytes
) -> RegisterReport:
    refusals, own = _headers(source, contract, mapping)
    if said := source.about.get("as_at"):
        as_at = as_at or mapping.as_at or _date(said, (), True)
    as_at = as_at or mapping.as_at
    if as_at is None:
        refusals.append(
            "the day the extract was taken is not stated: give it with --as-at 2026-09-30, on the template's "
            "about sheet, or as `as_at` in the mapping"
        )
    if (said := source.about.get("gss_code")) and said != gss_code:
        refusals.append(f"the workbook says it is of {said}, not {gss_code}")
    if refusals or as_at is None:
        return _refused(contract, source.name, gss_code, as_at, mapping, refusals, source.notes)

    table = source.cells.select(list(own.values())).unify_dictionaries().combine_chunks()
    cells = {name: table[header].combine_chunks() for name, header in own.items()}
    is_blank = np.ones(source.cells.num_rows, dtype=bool)
    for column in cells.values():
        is_blank &= column.is_null().to_numpy(zero_copy_only=False)
    if is_blank.all():
        # an extract that covers everything and holds nothing would drop every case
        refusals = ["nothing stands below its header: export it again, with its rows"]
        return _refused(contract, source.name, gss_code, as_at, mapping, refusals, source.notes)
    rows = source.rows
    if is_blank.any():
        filled = pa.array(~is_blank)
        cells = {name: column.filter(filled) for name, column in cells.items()}
        rows = rows.filter(filled)
    numbers = rows.to_numpy()

    def read_column(name: str) -> _Read:
        column = contract.column(name)
        return _read_column(cells[name], column, mapping, as_at, salt, source.has_typed_dates)

    # Arrow's work on one column runs beside Python's on another
    with ThreadPoolExecutor(2) as pool:
        read = dict(zip(cells, pool.map(read_column, cells), strict=True))
    personal = [finding for column in read.values() for finding in column.personal]
    if personal:
        refusal = (
            f"looks like personal data, and nothing of it was kept: {'; '.join(personal)}. Take it out of your "
            "extract and check again. Codes that only look so can be declared under `not_personal` in the mapping"
        )
        return _refused(
            contract, source.name, gss_code, as_at, mapping, [refusal], source.notes, len(numbers)
        )

    problems = [
        _Problems(numbers[column.wrong], name, column.shown, column.expected, "not_as_expected", "block")
        for name, column in read.items()
        if column.wrong.any()
    ]
    for name in _needed(contract):
        if contract.column(name).required == "value":
            empty = read[name].text.is_null().to_numpy(zero_copy_only=False) & ~read[name].wrong
            if empty.any():
                problems.append(_Problems(numbers[empty], name, None, "a value", "empty", "block"))
    problems += _broken_rules(contract, read, numbers, as_at)
    back = {normal(header): name for name, header in own.items()}
    for cell in source.problems:
        column_name = back.get(normal(cell.header)) if cell.header else ""
        if column_name is not None:
            problems.append(
                _Problems(np.array([cell.row]), column_name, [NO_VALUE], cell.expected, cell.rule, "block")
            )

    found = _problems(problems)
    # A cell that could not be read is empty to the rules; what they say of it would only mislead.
    is_unread = found["rule"].isin(["not_as_expected", *(cell.rule for cell in source.problems)])
    unread = pd.MultiIndex.from_frame(found.loc[is_unread, ["row", "column"]])
    is_misled = pd.MultiIndex.from_frame(found[["row", "column"]]).isin(unread) & ~is_unread
    found = found[~is_misled].reset_index(drop=True)
    blocked = set(found.loc[found["severity"] == "block", "row"])
    is_good = pa.array(~np.isin(numbers, list(blocked)))
    accepted = pa.table(
        [
            rows.filter(is_good),
            *(
                read[name].text.filter(is_good)
                if name in read
                else pa.nulls(pc.sum(is_good).as_py() or 0, TEXT)
                for name in contract.names
            ),
        ],
        schema=_accepted_schema(contract),
    )
    ragged = sum(1 for cell in source.problems if cell.header is None)
    return RegisterReport(
        contract,
        source.name,
        gss_code,
        as_at,
        mapping.covers,
        source.digest,
        len(numbers) + ragged,
        int(is_blank.sum()),
        accepted,
        found,
        (),
        source.notes,
        tuple(column for column in contract.columns if column.name not in read),
        {name: header.strip() for name, header in own.items()},
        source,
    )


def _headers(source: Source, contract: Table, mapping: Mapping) -> tuple[list[str], dict[str, str]]:
    """Refusals, and the source's own header for each column of the contract that it has."""
    refusals = []
    headers = list(source.cells.column_names)
    places: dict[str, list[str]] = {}
    for header in headers:
        places.setdefault(normal(header), []).append(header)
    twice = [header for header, held in places.items() if header and len(held) > 1]
    if twice:
        refusals.append(f"columns that are there twice: {', '.join(twice)}")
    wrong = sorted(set(mapping.columns) - set(contract.names))
    if wrong:
        refusals.append(f"the mapping names columns that the contract does not have: {', '.join(wrong)}")
    wanted = {normal(mapping.columns.get(name, name)): name for name in contract.names}
    ignored = {normal(header) for header in mapping.ignore}
    unknown = [
        header
        for header in headers
        if normal(header) not in wanted
        and normal(header) not in ignored
        and (normal(header) or source.cells.column(headers.index(header)).null_count < source.cells.num_rows)
    ]
    if unknown:
        named = ", ".join(
            header or f"column {headers.index(header) + 1}, without a name" for header in unknown
        )
        refusals.append(
            f"columns that the contract does not know: {named}; map each under `columns` in the mapping, or list "
            "it under `ignore` to leave it unread"
        )
    own = {wanted[key]: held[0] for key, held in places.items() if key in wanted}
    absent = [mapping.columns.get(name, name) for name in _needed(contract) if name not in own]
    absent += [header for name, header in mapping.columns.items() if name not in own and header not in absent]
    if absent:
        refusals.append(f"columns that are not there: {', '.join(absent)}")
    for name in contract.names:
        formats = mapping.formats(name)
        if any("%d" in each and each.startswith("%d") for each in formats) and any(
            each.startswith("%m") for each in formats
        ):
            refusals.append(f"{name}: day first and month first cannot both be declared")
            break
    return refusals, own


@dataclass(frozen=True)
class _Read:
    """A column once read: its canonical text, typed values, which cells are wrong, and what was expected of
    them."""

    text: pa.Array
    typed: pa.Array
    wrong: NDArray[np.bool_]
    shown: list[str]
    expected: str
    personal: list[str]


def _read_column(
    cells: pa.Array, column: Column, mapping: Mapping, as_at: dt.date, salt: bytes, has_typed_dates: bool
) -> _Read:
    encoded = cells.dictionary_encode()
    distinct, places = encoded.dictionary, encoded.indices
    trimmed = pc.utf8_trim_whitespace(distinct)
    values = trimmed.to_pylist()
    is_secret = column.type == "reference"
    parsed = distinct
    if is_secret:
        # the one column whose values are nearly all different: hashed apart from the others
        expected = f"a number of at most {LONGEST_REFERENCE} characters, not a formula"
        canonical = _hashed(trimmed, salt)
    else:
        expected, parse = _parser(column, mapping, as_at, has_typed_dates)
        parsed = pa.array(
            [parse(value) if value else None for value in values], TYPES.get(column.type, pa.string())
        )
        # a number with decimals as Python writes it
        canonical = (
            pa.array([None if each is None else repr(each) for each in parsed.to_pylist()], pa.string())
            if column.type == "decimal"
            else parsed.cast(pa.string())
        )
    is_wrong = canonical.is_null().to_numpy(zero_copy_only=False).copy()
    for place in np.flatnonzero(is_wrong):
        is_wrong[place] = bool(values[place])

    cell_places = places.fill_null(-1).to_numpy(zero_copy_only=False)
    counts = np.bincount(cell_places[cell_places >= 0], minlength=len(values))
    suspects = np.ones(len(values), dtype=bool) if column.type in ("reference", "text") else is_wrong
    personal = _personal(distinct, suspects, counts, column, mapping)

    wrong = np.append(is_wrong, False)[cell_places]
    shown = [NOT_SHOWN if is_secret else values[place] for place in cell_places[wrong]]
    # several spellings may mean the same, so what they mean is encoded anew
    meanings = canonical.dictionary_encode()
    recoded = np.append(meanings.indices.fill_null(-1).to_numpy(zero_copy_only=False), -1)[cell_places]
    indices = pa.array(recoded.astype(np.int32), mask=recoded < 0)
    text = pa.DictionaryArray.from_arrays(indices, meanings.dictionary.cast(pa.string()))
    if is_secret:
        typed: pa.Array = indices
    elif column.type in TYPES:
        typed = parsed.take(places)
    else:
        typed = text
    return _Read(text, typed, wrong, shown, expected, personal)


def _personal(
    distinct: pa.Array, suspects: NDArray[np.bool_], counts: NDArray[Any], column: Column, mapping: Mapping
) -> list[str]:
    if not suspects.any():
        return []
    values, numbers = distinct.filter(pa.array(suspects)), counts[suspects]
    vocabulary = None
    if column.type != "text":
        vocabulary = [
            code for table in read_contract().values() for each in table.columns for code in each.allowed
        ]
    found = looks_personal(values, vocabulary=vocabulary)
    if column.type == "reference":
        words = is_no_reference(values)
        if words.any():
            found["name"] = found.get("name", np.zeros(len(values), dtype=bool)) | words
    excused = mapping.not_personal.get(column.name, ())
    header = mapping.columns.get(column.name, column.name)
    by_kind = {kind: int(numbers[hits].sum()) for kind, hits in found.items() if kind not in excused}
    return [
        f"{count:,} {'value' if count == 1 else 'values'} of {header} {'looks' if count == 1 else 'look'} like "
        f"{KINDS[kind]}"
        for kind, count in by_kind.items()
    ]


Parser = Callable[[str], Any]


def _parser(column: Column, mapping: Mapping, as_at: dt.date, has_typed_dates: bool) -> tuple[str, Parser]:
    """What is expected of a column's values, in words, and what reads one: None if it is not that."""
    if column.type == "date":
        return _date_parser(column, mapping.formats(column.name), as_at, has_typed_dates)
    if column.type in ("integer", "decimal"):
        return _number_parser(column)
    if column.type == "code":
        return _code_parser(column, mapping.values.get(column.name, {}))
    longest = int(column.maximum or 400)
    return (
        f"at most {longest} characters on one line",
        lambda value: value if len(value) <= longest and value.isprintable() else None,
    )


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
    usable = pc.and_not(usable, pc.starts_with(references, "="))
    return pc.if_else(usable, pa.array(numbers), None)


def _date_parser(
    column: Column, formats: tuple[str, ...], as_at: dt.date, has_typed_dates: bool
) -> tuple[str, Parser]:
    calendar = england_and_wales()
    last = calendar.last if column.future else as_at
    how = " or ".join(_in_words(each) for each in formats) or "YYYY-MM-DD"
    expected = f"a real date written {how}, from {calendar.first} to {last}"
    expected += "" if column.future else ", the day the extract was taken"
    expected += "" if formats else " (if you write dates otherwise, say how under `dates` in the mapping)"

    def parse(value: str) -> dt.date | None:
        day = _date(value, formats, has_typed_dates)
        return day if day and calendar.first <= day <= last else None

    return expected, parse


def _in_words(written: str) -> str:
    if written.startswith("excel"):
        return "as Excel's day number"
    return re.sub(r"%\w", lambda code: WORDS.get(code[0], code[0]), written)


_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")


@lru_cache(maxsize=2**16)  # the columns of an extract have the same few thousand days
def _date(value: str, formats: tuple[str, ...], has_typed_dates: bool) -> dt.date | None:
    """The day a value says in one of its declared formats; None if in none, or in two that differ."""
    days = set()
    if (not formats or has_typed_dates) and _ISO.fullmatch(value):
        try:
            days.add(dt.date.fromisoformat(value[:10]))
        except ValueError:
            return None
    for written in formats:
        try:
            if written in ("excel", "excel-1904"):
                number = float(value)
                if 61 <= number < 100_000:
                    origin = dt.date(1904, 1, 1) if written == "excel-1904" else dt.date(1899, 12, 30)
                    days.add(origin + dt.timedelta(days=int(number)))
            else:
                days.add(dt.datetime.strptime(value, written).date())
        except ValueError:
            continue
    return days.pop() if len(days) == 1 else None


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


def _code(value: str) -> str:
    return re.sub(r"[\s_-]+", "_", value.strip().lower())


def _code_parser(column: Column, declared: dict[str, str]) -> tuple[str, Parser]:
    if column.pattern:
        pattern = re.compile(column.pattern)
        return (
            f"a code like {column.pattern}",
            lambda value: value if pattern.fullmatch(value) else None,
        )
    codes = {_code(code): code for code in column.allowed}
    own = {_code(value): code for value, code in declared.items()}
    known = set(column.allowed) | (set(declared.values()) if column.open else set())
    mapped = {**codes, **{value: code for value, code in own.items() if code in known}}
    expected = f"one of {', '.join(sorted(known))}, or a value that the mapping declares"
    return expected, lambda value: mapped.get(_code(value))


@dataclass(frozen=True)
class _Problems:
    """The same problem in many rows; `values` None where there is nothing to show."""

    rows: NDArray[np.int64]
    column: str
    values: Sequence[str | None] | None
    expected: str
    rule: str
    severity: str


def _broken_rules(
    contract: Table, read: dict[str, _Read], numbers: NDArray[np.int64], as_at: dt.date
) -> list[_Problems]:
    if not contract.rules:
        return []
    nothing = pa.nulls(len(numbers))
    typed = pa.table(
        {
            "row_number": pa.array(numbers),
            **{
                column.name: read[column.name].typed
                if column.name in read
                else nothing.cast(RULE_TYPES.get(column.type, pa.string()))
                for column in contract.columns
            },
        }
    )
    # what rows share is added up once for all that have the same columns in common; no value is like no value
    overs = list(dict.fromkeys(derived.over for derived in contract.derived.values()))
    joins = [
        f"left join (select {', '.join(over)}, {_added_up(contract, over)} from delivered group by {', '.join(over)}) "
        f"as shared_{place} on "
        + " and ".join(f"delivered.{name} is not distinct from shared_{place}.{name}" for name in over)
        for place, over in enumerate(overs)
    ]
    # every rule is tried in one pass, of which only the rows that break one come back
    tried = ", ".join(f'({rule.breaks_when}) as "breaks {rule.name}"' for rule in contract.rules)
    shown = ", ".join(
        f'cast({name} as varchar) as "shown {name}"'
        for name in dict.fromkeys(rule.column for rule in contract.rules)
    )
    columns = ", ".join(["delivered.*", *contract.derived])
    any_broken = " or ".join(f'"breaks {rule.name}"' for rule in contract.rules)
    with _rules_connection(len(typed) > ROWS_OF_ONE_THREAD).cursor() as connection:
        connection.register(
            "delivered", typed.append_column("as_at", pa.repeat(pa.scalar(as_at), len(typed)))
        )
        found = connection.execute(
            f"with together as (select {columns} from delivered {' '.join(joins)}) "
            f"select row_number, {tried}, {shown} from together where {any_broken}"
        ).to_arrow_table()
    problems = []
    for rule in contract.rules:
        its = found.filter(found[f"breaks {rule.name}"])
        if its.num_rows:
            is_secret = contract.column(rule.column).type == "reference"
            values = [NOT_SHOWN] * its.num_rows if is_secret else its[f"shown {rule.column}"].to_pylist()
            where = its["row_number"].to_numpy()
            problems.append(_Problems(where, rule.column, values, rule.expected, rule.name, rule.severity))
    return problems


def _added_up(contract: Table, over: tuple[str, ...]) -> str:
    """What rows with the same values in some columns share, as SQL."""
    return ", ".join(
        f"{derived.value} as {name}" for name, derived in contract.derived.items() if derived.over == over
    )


@cache
def _rules_connection(is_large: bool) -> duckdb.DuckDBPyConnection:
    """A connection that rules run over; kept, because to open one takes as long as most rules.

    On few rows a second thread would only wait, and keep a core from another delivery.
    """
    return duckdb.connect(config={} if is_large else {"threads": 1})


def _problems(problems: Sequence[_Problems]) -> pd.DataFrame:
    columns = ["row", "column", "value", "expected", "rule", "severity"]
    frames = [
        pd.DataFrame(
            {
                "row": problem.rows,
                "column": problem.column,
                "value": pd.Series(list(problem.values or [None] * len(problem.rows)), dtype=object),
                "expected": problem.expected,
                "rule": problem.rule,
                "severity": problem.severity,
            }
        )
        for problem in problems
        if len(problem.rows)
    ]
    if not frames:
        return pd.DataFrame(
            {name: pd.Series(dtype="int64" if name == "row" else "object") for name in columns}
        )
    found = pd.concat(frames, ignore_index=True)
    return found.sort_values(["row", "column", "rule"], kind="stable", ignore_index=True)


def _rows(numbers: pd.Series) -> str:
    """The rows of one problem: the first of them by number, and how many more."""
    first = numbers.head(ROWS_NAMED)
    more = len(numbers) - len(first)
    named = ", ".join(map(str, first))
    return f"{'row' if len(numbers) == 1 else 'rows'} {named}" + (f" and {more:,} more" if more else "")


def _told(whose: str, rule: str, expected: str, found: pd.DataFrame) -> list[str]:
    """One problem of one column: a line for each value, or, of many values, how many rows and the first few."""
    by_value = found.groupby(found["value"].map(_shown), sort=False)["row"]
    if len(by_value) <= VALUES_NAMED:
        return [
            f"  {_rows(rows)}, {whose}: {value}{'; ' if value else ''}expected {expected} [{rule}]"
            for value, rows in by_value
        ]
    first = [f"    {_rows(rows)}: {value}" for value, rows in islice(by_value, VALUES_NAMED)]
    return [
        f"  {whose}: {len(found):,} rows with {len(by_value):,} different values; expected {expected} [{rule}]",
        *first,
        f"    and {len(by_value) - VALUES_NAMED:,} more values; --annotated problems.xlsx lists every row",
    ]


def _shown(value: Any) -> str:
    if value is None or value != value:
        return "empty"
    if value == NO_VALUE:
        return ""
    if value == NOT_SHOWN:
        return NOT_SHOWN
    text = "".join(letter if letter.isprintable() else "?" for letter in str(value))
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
