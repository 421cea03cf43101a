"""The Ombudsman's annual tables, CSV or XLSX: headings found by content, columns by name, the year by
title."""

import csv
import io
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from pathlib import PurePosixPath
from types import MappingProxyType

from assets.ombudsman.parse_page import Quarantined
from assets.ombudsman.source import Layout, TableSource, load, normalised
from assets.ombudsman.text import decode, fold
from assets.ombudsman.years import years_in, years_of_file
from warehouse.workbook_process import ERROR, NO_VALUE, STRUCK, SUPERSCRIPT
from warehouse.workbooks import WorkbookError, is_workbook, read_workbook, two_rows

# Goes up whenever the same bytes may give another result.
PARSER_VERSION = "4"

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

EMPTY: Mapping[str, str] = MappingProxyType({})
_HEADER_WITHIN = 40
# From how much likeness on a heading is proposed for a measure.
_NEAR = 0.7
_MOST_ROWS = 5_000
_MOST_COLUMNS = 100
_MOST_CELLS = _MOST_ROWS * _MOST_COLUMNS
_MOST_UNZIPPED = 20_000_000
_WHOLE = re.compile(r"[0-9]{1,3}(,[0-9]{3}){1,2}|[0-9]{1,7}")
_DECIMAL = re.compile(r"[0-9]{1,7}(\.[0-9]{1,17})?")


class TableError(ValueError):
    """A file that is not read at all; the message says why and what was found and expected."""


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
    Rows are numbered from 1, columns from 0."""

    name: str
    grid: Grid
    is_cut: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


@dataclass(frozen=True)
class _Header:
    """The headings of a table, and the rows from 0 that they begin and end in, which are mostly one."""

    headings: list[str]
    first: int
    last: int


def parse_table(data: bytes, name: str, accepted: Mapping[str, str] = EMPTY) -> list[Table]:
    """Every table in the file called `name` (its file name or address). Raises TableError on a file without
    any table, and on one whose headings or year are not understood: nothing of such a file is used. `accepted`:
    headings that somebody accepted besides those of source.yml, each with its measure."""
    source = _with_accepted(load().tables, accepted)
    file_name = PurePosixPath(name.split("?")[0]).name
    sheets, hidden = _workbook(data) if is_workbook(data[:4096]) else (_csv(data, source), [])
    tables, without_header = [], []
    for sheet in sheets:
        header = _header(sheet, source)
        if header is None:
            without_header.append(sheet.grid)
        else:
            tables.append(_table(sheet, header, file_name, source))
    unseen = [sheet.name for sheet in hidden if _header(sheet, source)]
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


def meaning(heading: str) -> list[str]:
    """The measures, or the use, that source.yml gives a heading."""
    source, plain = load().tables, normalised(heading)
    uses = {"the authority's name": source.authority, "nothing that is read": source.ignored}
    for layout in source.layouts:
        uses |= {measure: names for measure, names in layout.columns.items() if plain in names}
    return [use for use, names in uses.items() if plain in names]


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
        if _header(sheets[-1], source) is not None:
            return sheets[-1:]
    return sheets[:1]


# What is added to a cell that states no plain figure, so that none is read.
_NO_FIGURE = {
    NO_VALUE: "(formula without a value)",
    ERROR: "(error of the workbook's)",
    STRUCK: "(struck out)",
    SUPERSCRIPT: "(raised like the mark of a note)",
}


def _workbook(data: bytes) -> tuple[list[_Sheet], list[_Sheet]]:
    """The visible and the hidden sheets of a workbook."""
    try:
        read = read_workbook(
            data, rows=_MOST_ROWS, columns=_MOST_COLUMNS, cells=_MOST_CELLS, unpacked=_MOST_UNZIPPED
        )
    except WorkbookError as error:
        raise TableError(f"the file {error}") from error
    shown: tuple[list[_Sheet], list[_Sheet]] = ([], [])
    for sheet in read:
        width = max(map(len, sheet.rows), default=0)
        grid: Grid = [[""] * width for _ in range(max(sheet.numbers, default=0))]
        for number, row in zip(sheet.numbers, sheet.rows, strict=True):
            grid[number - 1][: len(row)] = [fold(cell or "") for cell in row]
        for number, column, what in sheet.problems:
            if what in _NO_FIGURE:
                grid[number - 1][column - 1] = f"{grid[number - 1][column - 1]} {_NO_FIGURE[what]}".strip()
        one = _Sheet(
            sheet.name,
            grid,
            hidden_rows=sheet.hidden_rows,
            hidden_columns=frozenset(column - 1 for column in sheet.hidden_columns),
        )
        shown[not sheet.is_visible].append(one)
    return shown


def _check_size(rows: int, columns: int) -> None:
    if rows > _MOST_ROWS or columns > _MOST_COLUMNS:
        raise TableError(f"the table is larger than {_MOST_ROWS:,} rows and {_MOST_COLUMNS} columns")


def _header(sheet: _Sheet, source: TableSource) -> _Header | None:
    """The headings: the first row, or two rows together, with an authority's heading and two of any layout's."""
    known = {heading for layout in source.layouts for names in layout.columns.values() for heading in names}
    top = [
        (number, row)
        for number, row in enumerate(sheet.grid[:_HEADER_WITHIN])
        if number + 1 not in sheet.hidden_rows
    ]

    def is_header(row: list[str]) -> bool:
        headings = [_without_note(cell, known) for cell in row if cell]
        return bool(source.authority & set(headings)) and sum(heading in known for heading in headings) >= 2

    for number, row in top:
        if is_header(row):
            return _Header(row, number, number)
    for (first, upper), (last, lower) in pairwise(top):
        joined = two_rows(upper, lower)
        headings = [
            below if _without_note(below, known) in known or not both else both
            for both, below in zip_longest(joined, lower, fillvalue="")
        ]
        if is_header(headings):
            return _Header(headings, first, last)
    return None


def _without_note(heading: str, known: Set[str]) -> str:
    """A heading as it is compared, without the digit of a note where only so it is known."""
    plain = normalised(heading)
    without = re.sub(r" ?[0-9]{1,2}$", "", plain)
    return without if plain not in known and without in known else plain


@dataclass(frozen=True)
class _Cell:
    """One cell of an authority's row that should state a figure."""

    authority: str
    measure: str
    row: int
    place: int
    printed: str


@dataclass(frozen=True)
class _Columns:
    """What the columns of a table are, by their place from 0, and what was not understood of them."""

    layout: Layout
    authority: int
    measures: dict[int, str]
    set_aside: dict[int, Quarantined]
    missing: tuple[Quarantined, ...]

    @property
    def together(self) -> set[str]:
        """The measures that several columns make up."""
        times = Counter(self.measures.values())
        return {measure for measure in times if times[measure] > 1}


def _columns(header: _Header, sheet: _Sheet, source: TableSource, name: str) -> _Columns:
    """The layout that the headings fit. A column that fits none is set aside and named; where less than half of what
    a layout must have is there, or two layouts fit alike, TableError is raised."""
    shown = {
        place: cell
        for place, cell in enumerate(header.headings)
        if cell and place not in sheet.hidden_columns
    }
    names = source.authority | source.ignored
    plain = {place: _without_note(cell, names) for place, cell in shown.items()}
    authority = next((place for place, heading in plain.items() if heading in source.authority), None)
    if authority is None:
        raise TableError(f"{name}: the column with the authorities' names is hidden")
    rest = [place for place in shown if place != authority and plain[place] not in source.ignored]
    attempts = []
    for layout in source.layouts:
        measure_of = {heading: measure for measure, each in layout.columns.items() for heading in each}
        found = {place: measure_of.get(_without_note(shown[place], measure_of.keys())) for place in rest}
        times = Counter(found.values())
        twice = {measure for measure in layout.columns if times[measure] > 1} - layout.added_up
        measures = {place: measure for place, measure in found.items() if measure and measure not in twice}
        unknown = [place for place in rest if found[place] is None]
        missing = [
            measure for measure in layout.columns if not times[measure] and measure not in layout.may_lack
        ]
        attempts.append((len(unknown) + len(missing) + len(twice), layout, measures, unknown, missing, twice))
    attempts.sort(key=lambda attempt: attempt[0])
    wrong, layout, measures, unknown, missing, twice = attempts[0]
    needed = set(layout.columns) - layout.may_lack
    rival = next(
        (
            other
            for count, other, others, *_ in attempts[1:]
            if count == wrong
            and any(others.get(place, measure) != measure for place, measure in measures.items())
        ),
        None,
    )
    proposals = {place: _proposal(shown[place], layout, missing, measures) for place in unknown}
    if rival or 2 * len(needed & set(measures.values())) <= len(needed) or len(unknown) > len(measures):
        expected = "; ".join(
            f"{measure}: {' or '.join(sorted(each))}" for measure, each in layout.columns.items()
        )
        raise TableError(
            f"{name}: the headings fit {'two layouts alike' if rival else 'no layout'}. Nearest is '{layout.name}'"
            f"{f' and {rival.name!r}' if rival else ''}. Found: {', '.join(shown.values())}. "
            f"Unknown: {', '.join(shown[place] for place in unknown) or 'none'}. "
            f"Missing: {', '.join(missing) or 'none'}. Twice: {', '.join(sorted(twice)) or 'none'}. "
            f"{''.join(f'{text} ' for text in proposals.values())}Expected: {expected}. "
            "Add the new name to source.yml under tables: layouts."
        )
    set_aside = {
        place: Quarantined(f"unread column: {shown[place]!r} is not known", text)
        for place, text in proposals.items()
    }
    for place in rest:
        if place not in measures and place not in unknown:
            why = "another column is of the same measure, so neither is read"
            set_aside[place] = Quarantined(f"unread column: {shown[place]!r}: {why}", shown[place])
    for place in sorted(sheet.hidden_columns):
        if place < len(header.headings) and (heading := header.headings[place]):
            set_aside[place] = Quarantined(f"unread column: {heading!r}: it is hidden", heading)
    return _Columns(
        layout,
        authority,
        measures,
        set_aside,
        tuple(
            Quarantined(
                f"missing column: {measure}",
                f"it would be headed {' or '.join(sorted(layout.columns[measure]))}",
            )
            for measure in missing
        ),
    )


def _proposal(heading: str, layout: Layout, missing: Sequence[str], measures: Mapping[int, str]) -> str:
    """Which measure without a column a heading may be of, with the command that accepts it."""
    plain = normalised(heading)
    free = {
        name: measure
        for measure, names in layout.columns.items()
        if measure in missing or measure not in measures.values()
        for name in names
    }
    near = max(free, key=lambda name: (_likeness(plain, name), name), default="")
    if not near or _likeness(plain, near) < _NEAR:
        return f"Nothing like {heading!r} is known; the column is set aside."
    return (
        f"{heading!r} may be {free[near]}. If it is, accept it with: "
        f"uv run benchmark accept-heading {shlex.quote(heading)} {free[near]}"
    )


def _likeness(one: str, other: str) -> float:
    """How much alike two headings are, whatever the order of their words: 1 if they have the same."""
    first, second = (" ".join(sorted(text.split())) for text in (one, other))
    words, others = set(one.split()), set(other.split())
    shared = 2 * len(words & others) / max(len(words) + len(others), 1)
    return max(SequenceMatcher(None, first, second).ratio(), shared)


def _year(sheet: str, title: Grid, name: str) -> int:
    in_title = years_in(" ".join(cell for row in title for cell in row) + " " + sheet)
    in_name = years_of_file(name)
    if len(in_title | in_name) != 1:
        raise TableError(
            f"{name}: its financial year is unclear. Its title names "
            f"{_year_names(in_title)} and its file name {_year_names(in_name)}"
        )
    return next(iter(in_title | in_name))


def _year_names(years: set[int]) -> str:
    return " and ".join(f"{year}-{(year + 1) % 100:02}" for year in sorted(years)) or "none"


def _table(sheet: _Sheet, header: _Header, name: str, source: TableSource) -> Table:
    grid, headings = sheet.grid, header.headings
    columns = _columns(header, sheet, source, name)
    year = _year(sheet.name, grid[: header.first], name)
    counts: Counter[str] = Counter()
    quarantined: list[Quarantined] = [*columns.set_aside.values(), *columns.missing]
    cells: list[_Cell] = []
    totals: dict[str, str] = {}
    for number, row in enumerate(grid[header.last + 1 :], header.last + 2):
        authority = row[columns.authority] if columns.authority < len(row) else ""
        kind = _kind(row, authority, columns.measures, source)
        if number in sheet.hidden_rows and kind not in ("blank", "footnote"):
            kind = "hidden"
            quarantined.append(
                Quarantined(f"unread row: row {number}: it is hidden", " | ".join(filter(None, row)))
            )
        elif kind == "authority" and sheet.is_cut and number == len(grid):
            kind = _kind_of_last(row, columns, len(headings))
            if kind == "cut short":
                quarantined.append(
                    Quarantined(
                        f"unread row: row {number}: the file ends before the row does", " | ".join(row)
                    )
                )
        counts[kind] += 1
        if kind == "total":
            totals |= {
                measure: row[place]
                for place, measure in columns.measures.items()
                if place < len(row) and measure not in columns.together
            }
        elif kind == "doubtful":
            quarantined.append(
                Quarantined(f"unread row: row {number}: it names no authority", " | ".join(row))
            )
        elif kind == "authority":
            cells += [
                _Cell(authority, measure, number, place, row[place] if place < len(row) else "")
                for place, measure in columns.measures.items()
            ]
        stray = [cell for place, cell in enumerate(row) if cell and place >= len(headings)]
        stray += [
            cell
            for place, cell in enumerate(row[: len(headings)])
            if cell and not headings[place] and place not in sheet.hidden_columns
        ]
        if kind == "authority" and len(row) <= max(columns.measures):
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
    unread: set[tuple[str, str]] = set()
    parts: dict[tuple[int, str], list[tuple[_Cell, Decimal]]] = {}
    for cell in cells:
        if cell.printed.lower() in source.missing:
            counts["missing figures"] += 1
            continue
        value = _value(cell.measure, cell.printed, fractions.get(cell.measure, False))
        if value is None:
            unread.add((cell.authority, cell.measure))
            quarantined.append(
                Quarantined(
                    f"unread figure: row {cell.row}, column '{headings[cell.place]}' of {cell.authority}",
                    cell.printed,
                )
            )
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
            quarantined.append(
                Quarantined(
                    f"conflicting figures: {measure} of {authority}",
                    " | ".join(f"{witness.as_printed} ({witness.locator})" for witness in witnesses),
                )
            )
        else:
            observations.append(witnesses[0])
    quarantined += _contradictions(observations, totals, unread, bool(columns.set_aside))
    return Table(
        columns.layout.name,
        sheet.name,
        date(year, 4, 1),
        date(year + 1, 3, 31),
        tuple(observations),
        tuple(quarantined),
        dict(counts),
    )


def _kind_of_last(row: list[str], columns: _Columns, width: int) -> str:
    """Whether the last row of a file without a last line end is whole: it has every cell, its figures add up, and its
    last one is among those that do or ends in its per cent sign. Else digits or cells may be lost."""
    figures = {
        measure: value
        for place, measure in columns.measures.items()
        if place < len(row) and (value := _value(measure, row[place])) is not None
    }
    last = columns.measures.get(width - 1)
    sums = [
        {whole, *parts}
        for whole, parts in _SUMS.items()
        if whole in figures
        and set(parts) - set(figures) <= _MAY_LACK
        and sum(figures[part] for part in parts if part in figures) == figures[whole]
    ]
    adds_up = bool(sums) and not columns.together and len(row) == width and last is not None
    is_whole = adds_up and (row[-1].endswith("%") or any(last in each for each in sums))
    return "authority" if is_whole else "cut short"


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


def _fractions(cells: Iterable[_Cell]) -> dict[str, bool]:
    """Of each percentage column whether its cells are fractions of one, as workbooks store them (0.88 for
    88%): nothing in it is more than one, and something is between."""
    columns: dict[str, list[Decimal]] = {}
    for cell in cells:
        if cell.measure.endswith("_pct") and _DECIMAL.fullmatch(cell.printed):
            columns.setdefault(cell.measure, []).append(Decimal(cell.printed))
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
# Parts that a table may leave out where they are none.
_MAY_LACK = {"received_other", "compliance_not"}


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


def _contradictions(
    observations: list[TableObservation],
    totals: dict[str, str],
    unread: Set[tuple[str, str]],
    is_part: bool,
) -> list[Quarantined]:
    """What does not add up, across rows and down columns; the figures are kept as printed. Of a row with unread figures
    no sum is tried that they are part of, and where only part of the columns is read, a sum may be larger than what is
    read of it."""
    rows: dict[str, dict[str, Decimal]] = {}
    for one in observations:
        rows.setdefault(one.authority, {})[one.measure] = one.value
    found = []
    for authority, figures in rows.items():
        for whole, parts in _SUMS.items():
            stated = [figures[part] for part in parts if part in figures]
            is_whole = set(parts) - set(figures) <= _MAY_LACK
            if (
                whole in figures
                and is_whole
                and not any((authority, part) in unread for part in parts)
                and (sum(stated) > figures[whole] if is_part else sum(stated) != figures[whole])
            ):
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
