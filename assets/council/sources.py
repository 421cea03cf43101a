"""A delivery as text: its cells, the number of each row, and what cannot be taken as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from assets.council import dates
from warehouse.workbooks import two_rows

MAX_BYTES = 2**30
ROWS_SEARCHED_FOR_HEADER = 20
ROWS_NAMED = 20
# more than a sheet can have, so that rows of several sheets are numbered apart
ROWS_OF_A_SHEET = 2_000_000
# Text of which most values occur often: each is kept, and looked at, once.
TEXT = pa.dictionary(pa.int32(), pa.string())


# what a system writes below the rows of an export that it did not finish
CUT_SHORT = (
    r"(?i)exceed(s|ed) the (allowed|maximum)"
    r"|(data|rows|records|results) (may |have |has |were |been )*(omitted|truncated)"
    r"|(showing|displaying) .*[0-9] of [0-9]|(first|only|limited to) [0-9,]+ (rows|records|results)"
)
# the rule of a cell merged with those below it, which hold its value
MERGED_DOWN = "merged_down"
# letters that nobody sees, such as a byte order mark
INVISIBLE = "[\u200b-\u200f\u2060\ufeff]"

# Whether a header row is the table's: told by the caller, who knows the names to expect.
IsHeader = Callable[[Sequence[str]], bool]


class UnreadableError(ValueError):
    """A delivery that cannot be read at all; the message says why and what to do."""


def cut_short(name: str, row: object) -> str:
    """Why an export is refused that says itself that it lacks rows."""
    return f"{name} says at {row} that it does not have every row: export it in parts, such as a year at a time"


class NoHeaderError(UnreadableError):
    """No row of a delivery has the required column names."""


class SeveralSheetsError(UnreadableError):
    """Several sheets of a workbook have the required column names."""


@dataclass(frozen=True)
class CellProblem:
    """A row that cannot be taken as it stands, before its values are looked at; `header` None for the whole
    row, `reads_as_note` that it begins with words and is no row of cases."""

    row: int
    header: str | None
    expected: str
    rule: str
    reads_as_note: bool = False


@dataclass(frozen=True)
class Source:
    """A delivery as text: one column for each header, and each row's number as its own program shows it.

    `has_typed_dates` says that dates came as dates and are written here as YYYY-MM-DD.
    """

    name: str
    cells: pa.Table
    rows: pa.Array
    has_typed_dates: bool = False
    notes: tuple[str, ...] = ()
    problems: tuple[CellProblem, ...] = ()
    about: dict[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    unit: str = "row"

    def place(self, row: int) -> str:
        """A row's number as its own program shows it, after its sheet's name where several sheets were read as one."""
        sheet, number = divmod(int(row), ROWS_OF_A_SHEET)
        return f"{self.sheets[sheet]} {number}" if self.sheets else str(row)

    def places(self, rows: Iterable[int], most: int = ROWS_NAMED) -> str:
        """Rows in words: the first of them, and how many more."""
        each = list(rows)
        more = f" and {len(each) - most:,} more" if len(each) > most else ""
        return f"{self.unit}{'' if len(each) == 1 else 's'} {', '.join(map(self.place, each[:most]))}{more}"


def normal(header: object) -> str:
    """A header as it is compared: spaces collapsed, case ignored."""
    return " ".join(str(header).split()).casefold()


def text_table(headers: Sequence[str], columns: Sequence[Sequence[str | None]]) -> pa.Table:
    return pa.table([pa.array(column, pa.string()) for column in columns], names=list(headers))


def without_repeats(source: Source) -> Source:
    """The source without a column that has both the heading and the values of an earlier one."""
    keep: dict[int, str] = {}
    for place, header in enumerate(source.cells.column_names):
        column = source.cells.column(place)
        if not any(
            normal(other) == normal(header) and column.equals(source.cells.column(earlier))
            for earlier, other in keep.items()
            if header
        ):
            keep[place] = header
    if len(keep) == source.cells.num_columns:
        return source
    gone = [header for place, header in enumerate(source.cells.column_names) if place not in keep]
    note = f"there twice with the same values, read once: {', '.join(gone)}"
    return replace(source, cells=source.cells.select(list(keep)), notes=(*source.notes, note))


def row_numbers(first: int, count: int) -> pa.Array:
    return pa.array(np.arange(first, first + count))


def header_among(rows: Iterable[tuple[int, Sequence[str]]], is_header: IsHeader) -> tuple[list[str], int] | None:
    """The first row of headings and its number, alone or joined with the row above it; None if none is one."""
    above: list[str] = []
    cleaned = [(number, [re.sub(INVISIBLE, "", cell).strip() for cell in row]) for number, row in rows]
    for place, (number, cells) in enumerate(cleaned):
        if is_header(cells):
            return cells, number
        if any(above) and any(cells):
            joined = two_rows(above, cells)
            below = [row for _, row in cleaned[place + 1 :] if row != cells]
            if _are_second_headings(cells, below) and is_header(joined):
                return joined, number
        above = cells
    return None


def _are_second_headings(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row can be a second row of headings: no day, no number made like one below it, no word again below."""
    for column, cell in enumerate(cells):
        others = [row[column] for row in below if column < len(row)]
        has_figure = any(map(str.isdigit, cell))
        if dates.is_a_day(cell) or (has_figure and _made(cell) in map(_made, others)):
            return False
        # Y and N may be headings, and marks below these
        if len(cell) > len("yes") and normal(cell) in map(normal, others):
            return False
    return True


def _made(text: str) -> str:
    """How a case number is made, whichever its letters and figures."""
    return re.sub(r"\d+", "0", re.sub(r"[^\W\d_]+", "A", text))
