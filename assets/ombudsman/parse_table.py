"""The Ombudsman's annual tables, CSV or XLSX: headings found by content, columns by name, the year by
title."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath

from assets.ombudsman.parse_page import Quarantined
from assets.ombudsman.source import Layout, TableSource, load, normalised
from assets.ombudsman.text import decode, fold
from assets.ombudsman.years import years_in, years_of_file
from warehouse.workbooks import Sheet, WorkbookError, is_workbook, read_workbook

# Goes up whenever the same bytes may give another result.
PARSER_VERSION = "3"

# What the tables state. Names shared with the statistics page are the same measure.
MEASURES = (
    "received_adult_care",
    "received_benefits_tax",
    "received_corporate_other",
    "received_education_childrens",
    "received_environment",
    "received_highways_transport",
    "received_housing",
    "received_planning",
    "received_other",
    "received",
    "decided_incomplete_invalid",
    "decided_advice_given",
    "decided_referred_back",
    "decided_closed_initial",
    "decided_not_upheld",
    "decided",
    "dealt_with",
    "not_for_us",
    "assessed_and_closed",
    "investigated",
    "upheld",
    "uphold_rate_pct",
    "uphold_rate_similar_pct",
    "upheld_per_100k",
    "upheld_per_100k_similar",
    "compliance_outcomes",
    "compliance_on_time",
    "compliance_late",
    "compliance_not",
    "compliance_rate_pct",
    "compliance_rate_similar_pct",
    "satisfactory_remedies",
    "satisfactory_remedy_rate_pct",
)

_HEADER_WITHIN = 40
_MOST_ROWS = 5_000
_MOST_COLUMNS = 100
_MOST_CELLS = _MOST_ROWS * _MOST_COLUMNS
_MOST_UNZIPPED = 20_000_000
_WHOLE = re.compile(r"[0-9]{1,3}(,[0-9]{3}){1,2}|[0-9]{1,7}")
_DECIMAL = re.compile(r"[0-9]{1,7}(\.[0-9]{1,17})?")


class TableError(ValueError):
    """A file that is not read at all; the message says why and what was found beside what was expected."""


@dataclass(frozen=True)
class TableObservation:
    """One cell: the authority as printed, the measure, the number, and where the cell is."""

    authority: str
    is_council: bool
    measure: str
    value: Decimal
    as_printed: str
    locator: str


@dataclass(frozen=True)
class Table:
    """One table of a file: its layout, financial year, cells, doubts, and how many rows were of which
    kind."""

    layout: str
    sheet: str
    period_start: date
    period_end: date
    observations: tuple[TableObservation, ...]
    quarantined: tuple[Quarantined, ...]
    rows: dict[str, int]


Grid = list[list[str]]


@dataclass(frozen=True)
class _Sheet:
    """The cells of a sheet, or of a CSV file. `is_cut`: whether its last row has no end, and may have lost some.
    `read`: the sheet as read, of a workbook."""

    name: str
    grid: Grid
    is_cut: bool = False
    read: Sheet | None = None


def parse_table(data: bytes, name: str) -> list[Table]:
    """Every table in the file called `name` (its file name or address). Raises TableError on a file without
    any table, and on one whose headings or year are not understood: nothing of such a file is used."""
    source = load().tables
    file_name = PurePosixPath(name.split("?")[0]).name
    sheets = _workbook(data) if is_workbook(data[:4096]) else _csv(data, source)
    tables, without_header = [], []
    for sheet in sheets:
        header = _header(sheet.grid, source)
        if header is None:
            without_header.append(sheet.grid)
        else:
            tables.append(_table(sheet, header, file_name, source))
    if not tables:
        seen = [" | ".join(cell for cell in row if cell) for grid in without_header for row in grid[:8]]
        raise TableError(
            f"{file_name}: no row of headings was found. It would have one of: {', '.join(sorted(source.authority))}; "
            f"the first rows are: {' / '.join(line for line in seen if line)[:600] or 'empty'}"
        )
    return tables


def _csv(data: bytes, source: TableSource) -> list[_Sheet]:
    """The file read with whichever separator gives a row of headings."""
    text = decode(data)
    if "\x00" in text or data[:4] in (b"%PDF", b"\xd0\xcf\x11\xe0"):
        raise TableError("the file is neither CSV nor XLSX")
    is_cut = not text.endswith(("\n", "\r"))
    sheets = []
    for separator in ",;\t":
        try:
            lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
            grid = [
                [fold(cell) for cell in row] for row, _ in zip(lines, range(_MOST_ROWS + 1), strict=False)
            ]
        except csv.Error as error:
            raise TableError(f"the file is no CSV: {error}") from error
        _check_size(len(grid), max(map(len, grid), default=0))
        sheets.append(_Sheet("", grid, is_cut))
        if _header(grid, source) is not None:
            return sheets[-1:]
    return sheets[:1]


def _workbook(data: bytes) -> list[_Sheet]:
    """The visible sheets of a workbook, as grids from their first row and column on."""
    try:
        read = read_workbook(
            data, rows=_MOST_ROWS, columns=_MOST_COLUMNS, cells=_MOST_CELLS, unpacked=_MOST_UNZIPPED
        )
    except WorkbookError as error:
        raise TableError(f"the file {error}") from error
    sheets = []
    for sheet in read:
        if not sheet.is_visible:
            continue
        grid: Grid = [[] for _ in range(max(sheet.numbers, default=0))]
        for number, row in zip(sheet.numbers, sheet.rows, strict=True):
            grid[number - 1] = [fold(cell or "") for cell in row]
        sheets.append(_Sheet(sheet.name, grid, read=sheet))
    return sheets


def _check_size(rows: int, columns: int) -> None:
    if rows > _MOST_ROWS or columns > _MOST_COLUMNS:
        raise TableError(f"the table is larger than {_MOST_ROWS:,} rows and {_MOST_COLUMNS} columns")


def _header(grid: Grid, source: TableSource) -> int | None:
    """The row of headings: the first with an authority's heading and two of any layout's."""
    known = {heading for layout in source.layouts for names in layout.columns.values() for heading in names}
    for number, row in enumerate(grid[:_HEADER_WITHIN]):
        headings = [normalised(cell) for cell in row if cell]
        if source.authority & set(headings) and sum(heading in known for heading in headings) >= 2:
            return number
    return None


def _columns(header: list[str], source: TableSource, name: str) -> tuple[Layout, int, dict[int, str]]:
    """The layout that the headings fit, the authority's column, and the measure of each other one that
    counts."""
    headings = {place: normalised(cell) for place, cell in enumerate(header) if cell}
    authority = next(place for place, heading in headings.items() if heading in source.authority)
    rest = {
        place: heading
        for place, heading in headings.items()
        if place != authority and heading not in source.ignored
    }
    attempts = []
    for layout in source.layouts:
        measure_of = {heading: measure for measure, names in layout.columns.items() for heading in names}
        columns = {place: measure_of[heading] for place, heading in rest.items() if heading in measure_of}
        unknown = [header[place] for place in rest if place not in columns]
        missing = [
            measure for measure in layout.columns if measure not in {*columns.values(), *layout.may_lack}
        ]
        twice = [measure for measure, times in Counter(columns.values()).items() if times > 1]
        attempts.append((len(unknown) + len(missing) + len(twice), layout, columns, unknown, missing, twice))
    wrong, layout, columns, unknown, missing, twice = min(attempts, key=lambda attempt: attempt[0])
    if wrong:
        expected = "; ".join(
            f"{measure}: {' or '.join(sorted(names))}" for measure, names in layout.columns.items()
        )
        raise TableError(
            f"{name}: the headings fit no layout. Nearest is '{layout.name}'. "
            f"Found: {', '.join(cell for cell in header if cell)}. "
            f"Unknown: {', '.join(unknown) or 'none'}. Missing: {', '.join(missing) or 'none'}. "
            f"Twice: {', '.join(twice) or 'none'}. Expected: {expected}. "
            "Add the new name to source.yml under tables: layouts."
        )
    return layout, authority, columns


def _year(sheet: str, title: Grid, name: str) -> int:
    in_title = years_in(" ".join(cell for row in title for cell in row) + " " + sheet)
    in_name = years_of_file(name)
    if len(in_title | in_name) != 1:
        raise TableError(
            f"{name}: its financial year cannot be told. Its title names "
            f"{_year_names(in_title)} and its file name {_year_names(in_name)}"
        )
    return next(iter(in_title | in_name))


def _year_names(years: set[int]) -> str:
    return " and ".join(f"{year}-{(year + 1) % 100:02}" for year in sorted(years)) or "none"


def _table(sheet: _Sheet, header: int, name: str, source: TableSource) -> Table:
    grid = sheet.grid
    layout, authority_column, columns = _columns(grid[header], source, name)
    year = _year(sheet.name, grid[:header], name)
    counts: Counter[str] = Counter()
    quarantined: list[Quarantined] = []
    cells: list[tuple[str, str, int, int, str]] = []
    totals: dict[str, str] = {}
    for number, row in enumerate(grid[header + 1 :], header + 2):
        authority = row[authority_column] if authority_column < len(row) else ""
        kind = _kind(row, authority, columns, source)
        if kind == "authority" and sheet.is_cut and number == len(grid):
            # the last figure may have lost digits, and others may have stood behind it
            kind = "cut short"
            quarantined.append(
                Quarantined(f"unread row: row {number}: the file ends before the row does", " | ".join(row))
            )
        counts[kind] += 1
        if kind == "total":
            totals |= {columns[place]: row[place] for place in columns if place < len(row)}
        elif kind == "doubtful":
            quarantined.append(
                Quarantined(f"unread row: row {number}: it names no authority", " | ".join(row))
            )
        elif kind == "authority":
            cells += [
                (authority, columns[place], number, place, row[place] if place < len(row) else "")
                for place in columns
            ]
        stray = [cell for place, cell in enumerate(row) if cell and place >= len(grid[header])]
        stray += [
            cell for place, cell in enumerate(row[: len(grid[header])]) if cell and not grid[header][place]
        ]
        if kind == "authority" and len(row) <= max(columns):
            quarantined.append(
                Quarantined(
                    f"short row, kept as read: row {number}: it has fewer cells than there are headings",
                    " | ".join(row),
                )
            )
        if stray and kind == "authority":
            quarantined.append(
                Quarantined(f"unread cell: row {number}: it stands under no heading", " | ".join(stray))
            )
    fractions = _fractions(cells)
    read: dict[tuple[str, str], list[TableObservation]] = {}
    for authority, measure, number, place, printed in cells:
        if printed.lower() in source.missing:
            counts["missing figures"] += 1
            continue
        value = _value(measure, printed, fractions.get(measure, False))
        if value is None:
            quarantined.append(
                Quarantined(
                    f"unread figure: row {number}, column '{grid[header][place]}' of {authority}", printed
                )
            )
            continue
        locator = (
            f"{f'sheet {sheet.name!r}, ' if sheet.name else ''}row {number}, column '{grid[header][place]}'"
        )
        read.setdefault((authority, measure), []).append(
            TableObservation(
                authority, not source.not_councils.search(authority), measure, value, printed, locator
            )
        )
    observations = []
    for (authority, measure), witnesses in read.items():
        if len({witness.value for witness in witnesses}) > 1:
            quarantined.append(
                Quarantined(
                    f"conflicting figures: {measure} of {authority}",
                    " | ".join(f"{witness.as_printed} ({witness.locator})" for witness in witnesses),
                )
            )
        else:
            observations.append(witnesses[0])
    quarantined += _contradictions(observations, totals)
    return Table(
        layout.name,
        sheet.name,
        date(year, 4, 1),
        date(year + 1, 3, 31),
        tuple(observations),
        tuple(quarantined),
        dict(counts),
    )


def _kind(row: list[str], authority: str, columns: dict[int, str], source: TableSource) -> str:
    """What a row is: blank, footnote, without figures, total, authority, or doubtful."""
    if not any(row):
        return "blank"
    if not any(row[place] for place in columns if place < len(row)):
        is_note = source.footnotes.match(" ".join(row).strip()) or max(map(len, row)) > 80
        return "footnote" if is_note else "without figures"
    if not authority or authority[0] in "=+-@":
        return "doubtful"
    if source.totals.fullmatch(authority):
        return "total"
    if source.footnotes.match(authority):
        return "doubtful"
    return "authority"


def _fractions(cells: list[tuple[str, str, int, int, str]]) -> dict[str, bool]:
    """Of each percentage column whether its cells are fractions of one, as workbooks store them (0.88 for
    88%): nothing in it is more than one, and something is between."""
    columns: dict[str, list[Decimal]] = {}
    for _, measure, _, _, printed in cells:
        if measure.endswith("_pct") and _DECIMAL.fullmatch(printed):
            columns.setdefault(measure, []).append(Decimal(printed))
    return {
        measure: max(values) <= 1 and any(0 < value < 1 for value in values)
        for measure, values in columns.items()
    }


def _value(measure: str, printed: str, is_fraction: bool = False) -> Decimal | None:
    """The number that a cell states, or None where it states none that can be."""
    if measure.endswith("_pct"):
        number = printed.removesuffix("%").rstrip()
        if not _DECIMAL.fullmatch(number):
            return None
        value = Decimal(number)
        if number == printed and is_fraction:
            value *= 100
        elif number == printed and 0 < value <= 1:
            # per cent or a share of one: it cannot be told where others of its column are more than one
            return None
        return Decimal(f"{value.normalize():f}") if value <= 100 else None
    if "_per_100k" in measure:
        return Decimal(printed) if _DECIMAL.fullmatch(printed) else None
    return Decimal(printed.replace(",", "")) if _WHOLE.fullmatch(printed) else None


_SUMS = {
    "received": [measure for measure in MEASURES if measure.startswith("received_")],
    "decided": [*(measure for measure in MEASURES if measure.startswith("decided_")), "upheld"],
    "dealt_with": ["not_for_us", "assessed_and_closed", "investigated"],
    "compliance_outcomes": ["compliance_on_time", "compliance_late", "compliance_not"],
}


def _rates(figures: dict[str, Decimal]) -> Iterator[tuple[str, Decimal, str, Decimal]]:
    """Each rate whose counts a row states: its name, how many, of what, and of how many."""
    upheld, not_upheld = figures.get("upheld"), figures.get("decided_not_upheld")
    investigated = figures.get("investigated")
    if investigated is None and upheld is not None and not_upheld is not None:
        investigated = upheld + not_upheld
    if upheld is not None and investigated is not None:
        yield "uphold_rate_pct", upheld, "upheld", investigated
    on_time, late = figures.get("compliance_on_time"), figures.get("compliance_late")
    outcomes = figures.get("compliance_outcomes")
    if on_time is not None and late is not None and outcomes is not None:
        yield "compliance_rate_pct", on_time + late, "complied", outcomes


def _is_rounded(printed: Decimal, exact: Decimal) -> bool:
    """Whether a rate is what was worked out, to as many decimals as it has; how a half is rounded is not known."""
    decimals = max(0, -int(printed.as_tuple().exponent))
    return abs(printed - exact) <= max(Decimal(5).scaleb(-decimals - 1), Decimal("0.000001"))


def _contradictions(observations: list[TableObservation], totals: dict[str, str]) -> list[Quarantined]:
    """What does not add up, across rows and down columns; the figures are kept as printed."""
    rows: dict[str, dict[str, Decimal]] = {}
    for one in observations:
        rows.setdefault(one.authority, {})[one.measure] = one.value
    found = []
    for authority, figures in rows.items():
        for whole, parts in _SUMS.items():
            stated = [figures[part] for part in parts if part in figures]
            is_whole = set(parts) - set(figures) <= {"received_other", "compliance_not"}
            if whole in figures and is_whole and sum(stated) != figures[whole]:
                found.append(
                    Quarantined(
                        f"figures disagree, kept as printed: {whole} of {authority}",
                        f"{whole} {figures[whole]} is not {' + '.join(map(str, stated))}",
                    )
                )
        for rate, count, of, base in _rates(figures):
            said = figures.get(rate)
            if count > base:
                why = f"{of}: {count} of {base}"
            elif base and said is not None and not _is_rounded(said, 100 * count / base):
                why = f"{rate} {said} is not {count} of {base}"
            else:
                continue
            found.append(Quarantined(f"figures disagree, kept as printed: {rate} of {authority}", why))
    for measure, printed in totals.items():
        value = None if "_pct" in measure or "_per_" in measure else _value(measure, printed)
        total = sum(figures.get(measure, Decimal(0)) for figures in rows.values())
        if value is not None and value != total:
            found.append(
                Quarantined(
                    f"figures disagree, kept as printed: total of {measure}",
                    f"the total row says {value}, its column adds up to {total}",
                )
            )
    return found
