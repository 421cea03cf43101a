"""A file of the Ombudsman's tables as sheets of cells, CSV or workbook, and where their headings stand."""

import csv
import io
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import partial, reduce
from itertools import zip_longest

from assets.ombudsman.source import TableSource, normalised
from assets.ombudsman.text import decode, fold
from warehouse.workbook_cells import DISGUISED, ERROR, NO_VALUE, STRUCK, SUPERSCRIPT
from warehouse.workbooks import WorkbookError, read_workbook, two_rows

_HEADER_WITHIN = 40
_MOST_HEADING_ROWS = 3
_WORDS = re.compile("[A-Za-z]{4}")
_COUNTED = re.compile("^(number|no|count) (of )?|( (number|no|n|count|cases)| ?1?[0-9])+$")
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
    for separator in ",;\t|":
        try:
            lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
            grid = [[fold(cell) for cell in row] for row, _ in zip(lines, range(_MOST_ROWS + 1), strict=False)]
        except csv.Error as error:
            raise TableError(f"the file is no CSV: {error}") from error
        _check_size(len(grid), max(map(len, grid), default=0))
        sheets.append(Sheet("", grid, is_cut))
        if headers_of(sheets[-1], source):
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
        read = read_workbook(data, rows=_MOST_ROWS, columns=_MOST_COLUMNS, cells=_MOST_CELLS, unpacked=_MOST_UNZIPPED)
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


def headers_of(sheet: Sheet, source: TableSource) -> list[Header]:
    """The headings of each table of a sheet, from the top: a row, or up to three rows together, with an authority's
    heading and two of any layout's. Of rows that overlap, those count that know the most headings."""
    known = {heading for layout in source.layouts for names in layout.columns.values() for heading in names}
    shown = [(number, row) for number, row in enumerate(sheet.grid) if number + 1 not in sheet.hidden_rows]

    def spans(place: int) -> Iterator[tuple[int, int, Header]]:
        """What begins at a row and could be headings, each with how many it does not know, negative, and its height."""
        for height in range(1, _MOST_HEADING_ROWS + 1):
            rows = shown[place : place + height]
            if len(rows) == height and _WORDS.search(" ".join(rows[-1][1])):
                headings = reduce(partial(_joined, known=known), (row for _, row in rows))
                plain = [without_note(cell, known) for cell in headings if cell]
                count = sum(heading in known for heading in plain)
                if source.authority & set(plain) and count >= 2:
                    yield -count, height, Header(headings, rows[0][0], rows[-1][0])

    headers: list[Header] = []
    place = 0
    while place < len(shown) and (headers or place < _HEADER_WITHIN):
        if begun := list(spans(place)):
            rivals = [span for later in range(1, begun[0][1]) for span in spans(place + later)]
            headers.append(min(begun + rivals, key=lambda span: span[:2])[2])
            place = next((at for at, (number, _) in enumerate(shown) if number > headers[-1].last), len(shown))
        else:
            place += 1
    return headers


def _joined(upper: list[str], lower: list[str], known: Set[str]) -> list[str]:
    """Headings over two rows as one: words that are known with those above them, known alone, or else both."""
    both = zip_longest(upper, lower, two_rows(upper, lower), fillvalue="")
    return [
        next(
            (words for words in (f"{above} {below}".strip(), below) if without_note(words, known) in known),
            together,
        )
        for above, below, together in both
    ]


def without_note(heading: str, known: Set[str]) -> str:
    """A heading as it is compared, without the digit of a note and words for a count where only so it is known."""
    plain = normalised(heading)
    without = _COUNTED.sub("", plain)
    return without if plain not in known and without in known else plain
