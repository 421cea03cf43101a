"""The Ombudsman's annual tables, CSV or XLSX: headings found by content, columns by name, the year by
title."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import takewhile
from pathlib import PurePosixPath
from types import MappingProxyType

from assets.ombudsman.source import TableSource, load, normalised
from assets.ombudsman.table_checks import (
    Cell,
    TableObservation,
    contradictions,
    fractions_of,
    value_of,
)
from assets.ombudsman.table_columns import Columns, columns_of
from assets.ombudsman.table_sheets import (
    Grid,
    Header,
    Sheet,
    TableError,
    headers_of,
    read_csv,
    read_sheets,
)
from assets.ombudsman.text import Quarantined
from assets.ombudsman.years import years_in, years_of_file
from warehouse.workbooks import is_workbook

# Goes up whenever the same bytes may give another result.
PARSER_VERSION = "6"

EMPTY: Mapping[str, str] = MappingProxyType({})
# An authority's name has three letters together and is no formula.
_NAME = re.compile(r"(?![=+@-]).*[^\W\d_]{3}")


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


def parse_table(data: bytes, name: str, accepted: Mapping[str, str] = EMPTY) -> list[Table]:
    """Every table in the file called `name` (its file name or address). Raises TableError on a file without
    any table, and on one whose headings or year are not understood: nothing of such a file is used. `accepted`:
    headings that somebody accepted besides those of source.yml, each with its measure."""
    source = _with_accepted(load().tables, accepted)
    file_name = PurePosixPath(name.split("?")[0]).name
    sheets, hidden = read_sheets(data) if is_workbook(data[:4096]) else (read_csv(data, source), [])
    tables: list[Table] = []
    without_header = []
    for sheet in sheets:
        headers = headers_of(sheet, source)
        if not headers:
            without_header.append(sheet.grid)
        tables += _tables(sheet, headers, file_name, source)
    unseen = [sheet.name for sheet in hidden if headers_of(sheet, source)]
    if not tables:
        seen = [" | ".join(cell for cell in row if cell) for grid in without_header for row in grid[:8]]
        also = f" Hidden sheets are not read: {', '.join(unseen)}." if unseen else ""
        raise TableError(
            f"{file_name}: no row of headings was found.{also} It would have one of: "
            f"{', '.join(sorted(source.authority))}; the first rows are: "
            f"{' / '.join(line for line in seen if line)[:600] or 'empty'}"
        )
    if unseen:
        doubts = (Quarantined(f"unread sheet: {sheet!r}: it is hidden", sheet) for sheet in unseen)
        tables[0] = replace(tables[0], quarantined=(*tables[0].quarantined, *doubts))
    return tables


def _with_accepted(source: TableSource, accepted: Mapping[str, str]) -> TableSource:
    """The source with headings that somebody accepted, where they are not of another measure already."""
    layouts = []
    for layout in source.layouts:
        columns = dict(layout.columns)
        taken = {heading for headings in columns.values() for heading in headings}
        for heading, measure in accepted.items():
            if measure in columns and normalised(heading) not in taken:
                columns[measure] |= {normalised(heading)}
        layouts.append(replace(layout, columns=columns))
    return replace(source, layouts=tuple(layouts))


def _year(in_title: set[int], name: str) -> int:
    """The year of a title, or where it names none of the file's name: one, and no other than the other's."""
    in_name = years_of_file(name)
    years = in_title & in_name if in_title and in_name else in_title | in_name
    if len(years) != 1 or len(in_title) > 1:
        raise TableError(
            f"{name}: its financial year is unclear. Its title names "
            f"{_year_names(in_title)} and its file name {_year_names(in_name)}"
        )
    return next(iter(years))


def _year_names(years: set[int]) -> str:
    return " and ".join(f"{year}-{(year + 1) % 100:02}" for year in sorted(years)) or "none"


def _tables(sheet: Sheet, headers: list[Header], name: str, source: TableSource) -> Iterator[Table]:
    """The tables that stand below each other in a sheet. Between two of them are the second one's title lines; where
    they name no year it is of the first one's year, and where its headings are the same too it goes on."""
    in_title = years_in(sheet.name)
    found: list[tuple[Header, Columns, int]] = []
    ends: list[int] = []
    for above, header, below in zip([None, *headers], headers, [*headers[1:], None], strict=False):
        columns = columns_of(header, sheet, source, name)
        start, end = above.last + 1 if above else 0, below.first if below else len(sheet.grid)
        rows = sheet.grid[header.last + 1 : end]
        named = _years_of_title(sheet.grid[start : header.last], rows, columns.authority, source)
        in_title = named or in_title if above else named | in_title
        if not (in_title or years_of_file(name)):
            in_title = {year for row in rows for year in columns.years_of(row)}
        year = _year(in_title, name)
        if above and found[-1][0].headings == header.headings and found[-1][2] == year:
            ends[-1] = end
        else:
            found.append((header, columns, year))
            ends.append(end)
    for (header, columns, year), end in zip(found, ends, strict=True):
        yield _table(sheet, header, end, columns, year, source)


def _years_of_title(above: Grid, below: Grid, authority: int, source: TableSource) -> set[int]:
    """The years named above a table's headings, in no row of figures and no note, or right below them."""
    below = list(takewhile(lambda row: not "".join(row[: authority + 1]), below))
    lines = [" ".join(row) for row in above if sum(map(_is_figure, row)) <= 1] + [" ".join(row) for row in below]
    return years_in(" ".join(line for line in lines if not source.footnotes.match(line)))


def _is_figure(cell: str) -> bool:
    return value_of("", cell) is not None


def _table(sheet: Sheet, header: Header, end: int, columns: Columns, year: int, source: TableSource) -> Table:
    grid, headings = sheet.grid[:end], header.headings
    counts: Counter[str] = Counter()
    quarantined: list[Quarantined] = [*columns.set_aside.values(), *columns.missing]

    def doubt(reason: str, *cells: str) -> None:
        quarantined.append(Quarantined(reason, " | ".join(cells)))

    cells: list[Cell] = []
    totals: dict[str, str] = {}
    for number, row in enumerate(grid[header.last + 1 :], header.last + 2):
        authority = row[columns.authority] if columns.authority < len(row) else ""
        kind = "headings" if row == headings else _kind(row, authority, columns.measures, source)
        if number in sheet.hidden_rows and kind not in ("blank", "footnote"):
            kind = "hidden"
            doubt(f"unread row: row {number}: it is hidden", *filter(None, row))
        elif kind == "authority" and not columns.years_of(row) <= {year}:
            kind = "of another year"
            doubt(f"unread row: row {number}: it is of another year than the table", *filter(None, row))
        elif kind == "authority" and sheet.is_cut and number == len(sheet.grid):
            kind = _kind_of_last(row, columns, len(headings), source)
            if kind == "cut short":
                doubt(f"unread row: row {number}: the file ends before the row does", *row)
        counts[kind] += 1
        if kind == "total":
            totals |= {
                measure: row[place]
                for place, measure in columns.measures.items()
                if place < len(row) and measure not in columns.together
            }
        elif kind == "doubtful":
            doubt(f"unread row: row {number}: it names no authority", *row)
        elif kind == "authority":
            cells += [
                Cell(authority, measure, number, place, row[place] if place < len(row) else "")
                for place, measure in columns.measures.items()
            ]
        stray = [cell for place, cell in enumerate(row) if cell and place >= len(headings)]
        stray += [
            cell
            for place, cell in enumerate(row[: len(headings)])
            if cell and not headings[place] and place not in sheet.hidden_columns
        ]
        if kind == "authority" and len(row) <= max(columns.measures):
            doubt(f"short row, kept as read: row {number}: it has fewer cells than there are headings", *row)
        if stray and kind == "authority":
            doubt(f"unread cell: row {number}: it stands under no heading", *stray)
    fractions = fractions_of(cells)
    read: dict[tuple[str, str], list[TableObservation]] = {}
    unread: set[tuple[str, str]] = set()
    parts: dict[tuple[int, str], list[tuple[Cell, Decimal]]] = {}
    for cell in cells:
        if cell.printed.lower() in source.missing:
            counts["missing figures"] += 1
            continue
        value = value_of(cell.measure, cell.printed, fractions.get(cell.measure, False))
        if value is None:
            unread.add((cell.authority, cell.measure))
            where = f"row {cell.row}, column '{headings[cell.place]}' of {cell.authority}"
            doubt(f"unread figure: {where}", cell.printed)
        else:
            parts.setdefault((cell.row, cell.measure), []).append((cell, value))
    for (number, measure), found in parts.items():
        authority = found[0][0].authority
        if (authority, measure) in unread and measure in columns.together:
            continue
        of = f"column{'s' * (len(found) > 1)} {' and '.join(repr(headings[cell.place]) for cell, _ in found)}"
        read.setdefault((authority, measure), []).append(
            TableObservation(
                authority,
                not source.not_councils.search(authority),
                measure,
                sum((value for _, value in found), Decimal(0)),
                " + ".join(cell.printed for cell, _ in found),
                f"{f'sheet {sheet.name!r}, ' if sheet.name else ''}row {number}, {of}",
            )
        )
    observations = []
    for (authority, measure), witnesses in read.items():
        if len({witness.value for witness in witnesses}) > 1:
            unread.add((authority, measure))
            printed = (f"{witness.as_printed} ({witness.locator})" for witness in witnesses)
            doubt(f"conflicting figures: {measure} of {authority}", *printed)
        else:
            observations.append(witnesses[0])
    quarantined += contradictions(observations, totals, unread, bool(columns.set_aside), source)
    return Table(
        columns.layout.name,
        sheet.name,
        date(year, 4, 1),
        date(year + 1, 3, 31),
        tuple(observations),
        tuple(quarantined),
        dict(counts),
    )


def _kind_of_last(row: list[str], columns: Columns, width: int, source: TableSource) -> str:
    """Whether the last row of a file without a last line end is whole: it has every cell, its figures add up, and its
    last one is among those that do or ends in its per cent sign. Else digits or cells may be lost."""
    figures = {
        measure: value
        for place, measure in columns.measures.items()
        if place < len(row) and (value := value_of(measure, row[place])) is not None
    }
    last = columns.measures.get(width - 1)
    sums = [
        {whole, *parts}
        for whole, parts in source.sums.items()
        if whole in figures
        and set(parts) - set(figures) <= source.left_out_if_none
        and sum(figures[part] for part in parts if part in figures) == figures[whole]
    ]
    adds_up = bool(sums) and not columns.together and len(row) == width and last is not None
    is_whole = adds_up and (row[-1].endswith("%") or any(last in each for each in sums))
    return "authority" if is_whole else "cut short"


def _kind(row: list[str], authority: str, columns: dict[int, str], source: TableSource) -> str:
    """What a row is: blank, footnote, without figures, total, summary of some authorities, authority, or doubtful."""
    if not any(row):
        return "blank"
    if not any(row[place] for place in columns if place < len(row)):
        is_note = source.footnotes.match(" ".join(row).strip()) or max(map(len, row)) > 80
        return "footnote" if is_note else "without figures"
    if source.totals.fullmatch(authority):
        return "total"
    if source.summaries.fullmatch(authority):
        return "summary"
    if not _NAME.match(authority) or source.footnotes.match(authority):
        return "doubtful"
    return "authority"
