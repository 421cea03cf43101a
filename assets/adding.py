"""Figures that somebody gathered, checked line by line and added to the files that ship in `data/`."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from pathlib import Path

from warehouse.councils import Lookup
from warehouse.files import write_whole
from warehouse.settings import Settings
from warehouse.shipped import ShippedFile, shipped_files

Row = Mapping[str, str]

OPTIONAL = {"document", "denominator", "note", "notes", "locator_paraphrase", "promised"}
"""Columns that a file to add may leave out."""
NAMES = {
    "letters_and_press": ("measure", "letters_and_press"),
    "peer_indicators": ("indicator", "published_indicators"),
    "own_indicators": ("indicator", "published_indicators"),
}
"""The column with the source's name of the figure, and under which source data/reference/measure_names.csv has it."""
OWN_FIGURE = ("procedure", "stage", "indicator", "value", "unit")
REQUIRED = {
    "letters_and_press": ("year", "measure", "value", "unit"),
    "statistics_pages": ("period_start", "period_end", "url"),
    "peer_indicators": OWN_FIGURE,
    "own_indicators": OWN_FIGURE,
    "practices": ("theme", "paraphrase", "source_url", "year", "author_role", "review_by"),
    "stage2_decisions": ("stage", "finding_paraphrase", "source_url"),
}
"""The files that figures can be added to, with what no line of theirs may leave empty."""
CHOICES = {
    "body": ("council", "type average", "region", "national", "whole jurisdiction"),
    "procedure": ("all", "corporate", "children_statutory", "adult_statutory"),
}
STAGES = ("all", "1", "2", "3")
DECIDED_STAGES = ("1", "2", "3", "1-2", "1-3", "2-3", "2-3 actions", "not stated")
NUMBERS = ("value", "remedy_gbp", "target_working_days")
DATES = ("period_start", "period_end", "review_by")
WORDS = {"slug", "council_name", "period_start", "period_end", "layout", "url"}
"""What is no number on a statistics page."""


class AddingError(Exception):
    """The file as a whole cannot be added; the message says why and what to do."""


@dataclass
class Addition:
    """What adding a file would do: to which shipped file, which rows are new, and what is wrong."""

    file: ShippedFile
    header: list[str]
    rows: list[dict[str, str]] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def write(self) -> None:
        """Add the new rows to the shipped file and record its new hash. Nothing is written where anything is wrong."""
        if self.faults:
            raise AddingError("Nothing was added: correct the lines that are wrong first.")
        lines = io.StringIO()
        csv.DictWriter(lines, self.header, lineterminator="\n").writerows(self.rows)
        before = self.file.bytes()
        content = before + (b"" if before.endswith(b"\n") else b"\n") + lines.getvalue().encode()
        stated = self.file.source_path.read_text(encoding="utf-8")
        vouched = re.sub(r"(?m)^sha256: .*$", f"sha256: {hashlib.sha256(content).hexdigest()}", stated)
        write_whole(self.file.path, content)
        write_whole(self.file.source_path, vouched.encode())


def check(path: Path, settings: Settings) -> Addition:
    """What adding the CSV at `path` would do. Raises AddingError where it is no such file."""
    header, rows = _read(path)
    addition = _fitting(path, header, settings)
    name = addition.file.name
    lookup = Lookup(settings)
    known = _measure_names(settings, name)
    text = io.StringIO(addition.file.bytes().decode("utf-8"), newline="")
    already = {_as_key(row, addition.header) for row in csv.DictReader(text)}
    for line, fields in rows:
        if len(fields) != len(header):
            said = f"line {line}, all columns: {len(fields)} fields where the header has {len(header)}"
            addition.faults.append(said)
            continue
        row = dict.fromkeys(addition.header, "") | {
            column: each.strip() for column, each in zip(header, fields, strict=True)
        }
        if (key := _as_key(row, addition.header)) in already:
            addition.repeated.append(line)
            continue
        already.add(key)
        addition.rows.append(row)
        addition.faults += [f"line {line}, {column}: {said}" for column, said in _faults(name, row, lookup, known)]
    return addition


def _read(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header and the other lines with their numbers, blank lines left out."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        lines = [(reader.line_num, fields) for fields in reader if any(field.strip() for field in fields)]
    except UnicodeDecodeError as error:
        raise AddingError(f"{path.name} is not in UTF-8: save it as CSV UTF-8 and try again.") from error
    except csv.Error as error:
        raise AddingError(f"{path.name} is no CSV file: {error}.") from error
    if len(lines) < 2:
        raise AddingError(f"{path.name} has no line under its header.")
    return [column.strip() for column in lines[0][1]], lines[1:]


def _fitting(path: Path, header: list[str], settings: Settings) -> Addition:
    """The shipped file whose columns those of the file are. Raises AddingError where none fits or two do."""
    if twice := sorted({column for column in header if header.count(column) > 1}):
        raise AddingError(f"{path.name} has {', '.join(twice)} twice in its header.")
    files = {file.name: file for file in shipped_files(settings.data) if file.name in REQUIRED}
    fits = [
        (name, columns)
        for name, columns in ((name, file.columns()) for name, file in files.items())
        if set(header) <= set(columns) and set(columns) - set(header) <= OPTIONAL
    ]
    # the two files of councils' own figures have the same columns
    named = [fit for fit in fits if fit[0] in path.stem] or fits
    if not named:
        needed = "\n".join(
            f"  {name}: {', '.join(column for column in file.columns() if column not in OPTIONAL)}"
            for name, file in files.items()
        )
        raise AddingError(f"{path.name} has the columns of no file in data/. Its header must be one of:\n{needed}")
    if len(named) > 1:
        names = " or ".join(name for name, _ in named)
        raise AddingError(f"{path.name} could be {names}: put the right one in its name, such as {named[0][0]}.csv.")
    name, columns = named[0]
    return Addition(files[name], columns)


def _measure_names(settings: Settings, name: str) -> set[str]:
    if name not in NAMES:
        return set()
    rows = ShippedFile(settings.data / "reference" / "measure_names.source.yml").rows().to_pylist()
    return {row["name"] for row in rows if row["source"] == NAMES[name][1]}


def _as_key(row: Row, columns: list[str]) -> tuple[str, ...]:
    return tuple((row.get(column) or "").strip() for column in columns)


def _faults(name: str, row: Row, lookup: Lookup, known: set[str]) -> Iterator[tuple[str, str]]:
    """The column and what is wrong in it, for everything that is wrong in one line."""
    who = "slug" if "slug" in row else "council_id"
    if row.get("body", "council") == "council" and not (
        lookup.slug_of(row[who]) or lookup.slug_of(row["council_name"])
    ):
        yield who, f"no council is called {row[who] or row['council_name']!r}"
    yield from ((column, "is empty") for column in REQUIRED[name] if not row[column])
    stages = DECIDED_STAGES if name == "stage2_decisions" else STAGES
    for column, allowed in {**CHOICES, "stage": stages}.items():
        # a practice's stage may be blank, a body or a procedure may not
        if (text := row.get(column)) not in (*allowed, None) and (text or column != "stage"):
            yield column, f"{text!r} is none of {', '.join(allowed)}"
    # a practice's year is in its source's words
    years = ("year",) if "value" in row else ()
    for columns, is_right, wrong in (
        (DATES, _is_day, "is no day: write it as 2024-03-31"),
        (("decision_date",), _is_day_or_year, "is no day and no year: write it as 2024-03-31 or 2024"),
        (years, _is_financial_year, "is no financial year: write it as 2023-24"),
        (("source_url", "url"), re.compile(r"https?://\S+$").match, "is no web address"),
    ):
        for column in columns:
            if (text := row.get(column)) and not is_right(text):
                yield column, f"{text!r} {wrong}"
    start, end = row.get("period_start", ""), row.get("period_end", "")
    if bool(start) != bool(end):
        yield "period_end", "give both days of the period or neither"
    elif _is_day(start) and _is_day(end) and start > end:
        yield "period_end", "is before period_start"
    yield from _numbers(name, row)
    if name in NAMES and (text := row[NAMES[name][0]]) and text not in known:
        yield NAMES[name][0], f"{text!r} is not in data/reference/measure_names.csv: add it there first"
    if "document" in row and not (row.get("source_url") or row.get("url") or row["document"]):
        yield "source_url", "is empty: give the address or, where there is none, the document's name"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_day_or_year(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}", text)) or _is_day(text)


def _is_financial_year(text: str) -> bool:
    match = re.fullmatch(r"(\d{4})-(\d{2})", text)
    return bool(match) and (int(text[:4]) + 1) % 100 == int(text[5:])


def _numbers(name: str, row: Row) -> Iterator[tuple[str, str]]:
    for column in row if name == "statistics_pages" else NUMBERS:
        if not (text := row.get(column)) or column in WORDS:
            continue
        if not re.fullmatch(r"-?\d+(\.\d+)?", text) or not isfinite(number := float(text)):
            yield column, f"{text!r} is not a number: write it with digits only, such as 1234 or 68.8"
        elif row.get("indicator", "").startswith("pct_change"):
            continue
        elif number < 0:
            yield column, f"{text} is less than nothing"
        elif (column.endswith("_pct") or (column == "value" and row["unit"] == "percent")) and number > 100:
            yield column, f"{text} is more than 100%"
        elif column == "value" and row["unit"] == "count" and number != int(number):
            yield column, f"{text} is no whole number"
