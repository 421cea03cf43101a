"""A file of the Ombudsman's tables as sheets of cells, CSV or workbook, and where their headings stand."""

import csv
import io
import re
from collections.abc import Set
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from assets.ombudsman.source import TableSource, normalised
from assets.ombudsman.text import decode, fold
from warehouse.workbook_cells import DISGUISED, ERROR, NO_VALUE, STRUCK, SUPERSCRIPT
from warehouse.workbooks import WorkbookError, read_workbook, two_rows

_HEADER_WITHIN = 40
_MOST_ROWS = 5_000
_MOST_COLUMNS = 100
_MOST_CELLS = _MOST_ROWS * _MOST_COLUMNS
_MOST_UNZIPPED = 20_000_000


class TableError(ValueError):
    """A file that is not read at all; the message says why and what was found and expected."""


Grid = list[list[str]]


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet, or of a CSV file. `is_cut`: whether its last row has no end, and may have lost some.
    Rows are numbered from 1, columns from 0."""

    name: str
    grid: Grid
    is_cut: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Header:
    """The headings of a table, and the rows from 0 that they begin and end in, which are mostly one."""

    headings: list[str]
    first: int
    last: int


def read_csv(data: bytes, source: TableSource) -> list[Sheet]:
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
        sheets.append(Sheet("", grid, is_cut))
        if header_of(sheets[-1], source) is not None:
            return sheets[-1:]
    return sheets[:1]


# What is added to a cell that states no plain figure, so that none is read.
_NO_FIGURE = {
    NO_VALUE: "(formula without a value)",
    ERROR: "(error of the workbook's)",
    STRUCK: "(struck out)",
    SUPERSCRIPT: "(raised like the mark of a note)",
    DISGUISED: "(its format shows another figure, or none)",
}


def read_sheets(data: bytes) -> tuple[list[Sheet], list[Sheet]]:
    """The visible and the hidden sheets of a workbook."""
    try:
        read = read_workbook(
            data, rows=_MOST_ROWS, columns=_MOST_COLUMNS, cells=_MOST_CELLS, unpacked=_MOST_UNZIPPED
        )
    except WorkbookError as error:
        raise TableError(f"the file {error}") from error
    shown: tuple[list[Sheet], list[Sheet]] = ([], [])
    for sheet in read:
        width = max(map(len, sheet.rows), default=0)
        grid: Grid = [[""] * width for _ in range(max(sheet.numbers, default=0))]
        for number, row in zip(sheet.numbers, sheet.rows, strict=True):
            grid[number - 1][: len(row)] = [fold(cell or "") for cell in row]
        for number, column, what in sheet.problems:
            if what in _NO_FIGURE:
                grid[number - 1][column - 1] = f"{grid[number - 1][column - 1]} {_NO_FIGURE[what]}".strip()
        one = Sheet(
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


def header_of(sheet: Sheet, source: TableSource) -> Header | None:
    """The headings: the first row, or two rows together, with an authority's heading and two of any layout's."""
    known = {heading for layout in source.layouts for names in layout.columns.values() for heading in names}
    top = [
        (number, row)
        for number, row in enumerate(sheet.grid[:_HEADER_WITHIN])
        if number + 1 not in sheet.hidden_rows
    ]

    def isheader_of(row: list[str]) -> bool:
        headings = [without_note(cell, known) for cell in row if cell]
        return bool(source.authority & set(headings)) and sum(heading in known for heading in headings) >= 2

    for number, row in top:
        if isheader_of(row):
            return Header(row, number, number)
    for (first, upper), (last, lower) in pairwise(top):
        joined = two_rows(upper, lower)
        headings = [
            below if without_note(below, known) in known or not both else both
            for both, below in zip_longest(joined, lower, fillvalue="")
        ]
        if isheader_of(headings):
            return Header(headings, first, last)
    return None


def without_note(heading: str, known: Set[str]) -> str:
    """A heading as it is compared, without the digit of a note where only so it is known."""
    plain = normalised(heading)
    without = re.sub(r" ?[0-9]{1,2}$", "", plain)
    return without if plain not in known and without in known else plain
