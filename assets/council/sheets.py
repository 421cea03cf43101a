"""Reading a delivery from a workbook's sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from assets.council.sources import (
    MERGED_DOWN,
    ROWS_NAMED,
    ROWS_OF_A_SHEET,
    ROWS_SEARCHED_FOR_HEADER,
    CellProblem,
    IsHeader,
    NoHeaderError,
    SeveralSheetsError,
    Source,
    UnreadableError,
    header_among,
    normal,
    text_table,
)
from warehouse.workbook_cells import DISGUISED, ERROR, FORMULA, NO_VALUE, STRUCK, SUPERSCRIPT
from warehouse.workbooks import Sheet, WorkbookError, is_workbook, read_workbook

MAX_UNPACKED_BYTES = 2**30
MAX_CELLS = 40_000_000
ALL_SHEETS = "all"
SHEET = "sheet"  # the column that has the name of each row's sheet, where several are read as one


def filled_sheets(path: Path, names: Sequence[str]) -> list[str]:
    """Those of the names that are visible sheets, with something below their first row, of a workbook made from a
    template, which has an `about` sheet.

    None where the file is no such workbook, or none that can be read: `read_file` says why.
    """
    with path.open("rb") as file:
        if not is_workbook(file.read(4096)):
            return []
    try:
        sheets = _sheets(path)
    except UnreadableError:
        return []
    filled = {sheet.name for sheet in sheets if sheet.is_visible and max(sheet.numbers, default=0) > 1}
    is_template = any(sheet.name == "about" and sheet.is_visible for sheet in sheets)
    return [name for name in names if name in filled] if is_template else []


# What a cell that has no plain value is told, and under which rule.
_NO_PLAIN_VALUE = {
    FORMULA: ("formula", "a value; this is a formula: paste it as a value"),
    NO_VALUE: ("formula", "a value; this is a formula: paste it as a value"),
    ERROR: (
        "error_cell",
        "a value; this is an error of the workbook's, such as #N/A: put the value there, or leave the cell empty",
    ),
    STRUCK: ("struck_out", "a value; this is struck out: take the row out, or take the line off"),
    SUPERSCRIPT: (
        "superscript",
        "a value; this is raised like the mark of a note: write it plainly, or take it out",
    ),
    DISGUISED: ("disguised", "a value; its format shows another, or none: format the cell as General"),
}


def _sheets(path: Path) -> list[Sheet]:
    try:
        return read_workbook(path.read_bytes(), cells=MAX_CELLS, unpacked=MAX_UNPACKED_BYTES)
    except (WorkbookError, OSError) as error:
        raise UnreadableError(f"{path.name} {error}") from None


def read_sheets(path: Path, is_header: IsHeader, sheet: str | None) -> Source:
    sheets = _sheets(path)
    names = [each.name for each in sheets]
    hidden = [each.name for each in sheets if not each.is_visible]
    is_every = sheet == ALL_SHEETS and sheet not in names
    if sheet is not None and sheet not in names and not is_every:
        raise UnreadableError(f"{path.name} has no sheet {sheet!r}, but {', '.join(names)}")
    meant = [each for each in sheets if (each.name == sheet if sheet and not is_every else each.is_visible)]
    fitting = [(each, header) for each in meant if (header := _sheet_header(each, is_header))]
    if len(fitting) > 1 and not is_every:
        several = ", ".join(each.name for each, _ in fitting)
        raise SeveralSheetsError(
            f"{path.name} has several sheets that could be meant ({several}): name one as `sheet`, or write "
            "`sheet: all` to read them as one"
        )
    if not fitting:
        unseen = [each.name for each in sheets if not each.is_visible and _sheet_header(each, is_header)]
        if unseen and not sheet:
            raise UnreadableError(
                f"{path.name} has its table on a hidden sheet, which is not read: unhide {', '.join(unseen)}"
            )
        also = f"; hidden sheets are not read: {', '.join(hidden)}" if hidden else ""
        raise NoHeaderError(f"{path.name} has no visible sheet with the required column names{also}")
    read = [_sheet_source(each, *header) for each, header in fitting]
    source = _together(path.name, read) if len(read) > 1 else read[0]
    others = (
        {each.name for each in meant if len(each.rows) > 1}
        - {each.name for each, _ in fitting}
        - {"about", "data dictionary"}
    )
    notes = [f"{'sheets' if len(read) > 1 else 'sheet'}: {', '.join(each.name for each, _ in fitting)}"]
    notes += [f"sheets without these headings, not read: {', '.join(sorted(others))}"] if others else []
    notes += [f"hidden sheets, not read: {', '.join(hidden)}"] if hidden else []
    about = next((_about(each) for each in sheets if each.name == "about" and each.is_visible), {})
    return replace(source, name=path.name, notes=(*notes, *source.notes), about=about)


def _together(name: str, read: Sequence[Source]) -> Source:
    """Sheets with the same headings as one source, the rows of each numbered apart."""
    first = read[0]
    wanted = [normal(header) for header in first.cells.column_names]
    cells = []
    for each in read:
        own = {normal(header): header for header in each.cells.column_names}
        if differing := sorted({*own} ^ {*wanted}):
            raise UnreadableError(
                f"{name}: the sheets {first.name} and {each.name} have other headings ({', '.join(differing)}): make "
                "them the same, or name one as `sheet`"
            )
        rows = each.cells.select([own[header] for header in wanted]).rename_columns(first.cells.column_names)
        if SHEET not in wanted:
            rows = rows.append_column(SHEET, pa.array([each.name] * rows.num_rows, pa.string()))
        cells.append(rows)
    offsets = [place * ROWS_OF_A_SHEET for place in range(len(read))]
    return replace(
        first,
        cells=pa.concat_tables(cells),
        rows=pa.concat_arrays([pc.add(each.rows, offset) for each, offset in zip(read, offsets, strict=True)]),
        has_typed_dates=all(each.has_typed_dates for each in read),
        notes=tuple(f"{each.name}: {note}" for each in read for note in each.notes),
        problems=tuple(
            replace(problem, row=problem.row + offset)
            for each, offset in zip(read, offsets, strict=True)
            for problem in each.problems
        ),
        sheets=tuple(each.name for each in read),
    )


def _sheet_source(its: Sheet, headers: list[str], header_row: int) -> Source:
    """One sheet below its headings."""
    below = [
        (number, row)
        for number, row in zip(its.numbers, its.rows, strict=True)
        if number > header_row and any(cell is not None for cell in row)
    ]
    headers = headers + [""] * (max((len(row) for _, row in below), default=0) - len(headers))
    columns = [[row[place] if place < len(row) else None for _, row in below] for place in range(len(headers))]
    numbers = [number for number, _ in below]
    place_of = {number: place for place, number in enumerate(numbers)}
    problems = []
    for top, left, bottom, right in its.merged:
        if left == right <= len(headers) and top > header_row:
            places = [place_of[row] for row in range(top, bottom + 1) if row in place_of]
            for place in places[1:]:
                columns[left - 1][place] = columns[left - 1][places[0]]
    for row, column, what in its.problems:
        if row > header_row and column <= len(headers) and headers[column - 1]:
            rule, expected = _NO_PLAIN_VALUE[what]
            problems.append(CellProblem(row, headers[column - 1], expected, rule))
            if what != FORMULA and row in place_of:
                columns[column - 1][place_of[row]] = None
    notes = []
    if unseen_rows := sorted(its.hidden_rows.intersection(numbers)):
        first = ", ".join(map(str, unseen_rows[:ROWS_NAMED]))
        more = f" and {len(unseen_rows) - ROWS_NAMED:,} more" if len(unseen_rows) > ROWS_NAMED else ""
        notes.append(f"hidden rows, perhaps by a filter, are read like the others: {first}{more}")
    if unseen := [header for column, header in enumerate(headers, start=1) if header and column in its.hidden_columns]:
        notes.append(f"hidden columns are read like the others: {', '.join(unseen)}")
    return Source(
        its.name,
        text_table(headers, columns),
        pa.array(numbers, pa.int64()),
        its.has_typed_dates,
        tuple(notes),
        (*_merged(its, headers, header_row), *problems),
    )


def _sheet_header(sheet: Sheet, is_header: IsHeader) -> tuple[list[str], int] | None:
    last = next(iter(sheet.numbers), 0) + ROWS_SEARCHED_FOR_HEADER
    top = [
        (number, [cell or "" for cell in row])
        for number, row in islice(zip(sheet.numbers, sheet.rows, strict=True), ROWS_SEARCHED_FOR_HEADER)
        if number < last
    ]
    return header_among(top, is_header)


def _merged(sheet: Sheet, headers: Sequence[str], header_row: int) -> Iterator[CellProblem]:
    """A problem for each row of the table that a merged cell reaches."""
    column = done = 0
    for left, top, bottom, right in sorted((left, top, bottom, right) for top, left, bottom, right in sheet.merged):
        if left != column:
            column, done = left, header_row
        if left <= len(headers):
            rule = MERGED_DOWN if left == right and top > header_row else "merged_cell"
            for row in range(max(top, done + 1), bottom + 1):
                yield CellProblem(
                    row,
                    headers[left - 1],
                    "a cell of its own; this one is merged: unmerge it and fill its value down",
                    rule,
                )
        done = max(done, bottom)


def _about(sheet: Sheet) -> dict[str, str]:
    """What the template's `about` sheet says: a name in its first column, a value in its second."""
    return {normal(row[0]): row[1] for row in sheet.rows[:50] if len(row) > 1 and row[0] and row[1]}
