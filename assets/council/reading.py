"""Reading what a council delivers, CSV, a workbook, Parquet or a query, into columns of text. Nothing is
interpreted here."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from warehouse.workbook_process import ERROR, FORMULA, NO_VALUE, STRUCK, SUPERSCRIPT, as_text
from warehouse.workbooks import Sheet, WorkbookError, is_workbook, read_workbook, two_rows

MAX_BYTES = 2**30
MAX_UNPACKED_BYTES = 2**30
MAX_CELLS = 40_000_000
ROWS_SEARCHED_FOR_HEADER = 20
ROWS_NAMED = 20
# more than a sheet can have, so that rows of several sheets are numbered apart
ROWS_OF_A_SHEET = 2_000_000
ALL_SHEETS = "all"
DELIMITERS = (",", ";", "\t", "|")
NAMES_OF_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}

# What of a query is a literal, a quoted name or a comment, and the statement that makes a transaction read only.
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\[[\w ]+\]|--[^\n]*|/\*.*?\*/", re.DOTALL)
READ_ONLY = {"postgresql": "set transaction read only", "sqlite": "pragma query_only = on"}

# Text of which most values occur often: each is kept, and looked at, once.
TEXT = pa.dictionary(pa.int32(), pa.string())

# Whether a header row is the table's: told by the caller, who knows the names to expect.
IsHeader = Callable[[Sequence[str]], bool]


class UnreadableError(ValueError):
    """A delivery that cannot be read at all; the message says why and what to do."""


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
    digest: str
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


def read_file(
    path: Path,
    is_header: IsHeader,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Source:
    """The delivery in a file, by its content, not its name: Parquet, a workbook or delimited text.

    Raises UnreadableError.
    """
    if not path.is_file():
        raise UnreadableError(f"{path.name} is not a file")
    size = path.stat().st_size
    if size == 0:
        raise UnreadableError(f"{path.name} is empty")
    if size > MAX_BYTES:
        raise UnreadableError(f"{path.name} is larger than {MAX_BYTES // 2**20} MiB")
    with path.open("rb") as file:
        start = file.read(4096)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if start.startswith(b"PAR1"):
        return _read_parquet(path, digest)
    if is_workbook(start):
        return _read_workbook(path, digest, is_header, sheet)
    return _read_csv(path, digest, is_header, encoding, delimiter)


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


def read_rows(name: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> Source:
    """The delivery in rows of Python values, such as a query's answer."""
    columns: list[list[str | None]] = [[] for _ in headers]
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            column.append(as_text(value))
    cells = _table(headers, columns)
    digest = hashlib.sha256(repr(headers).encode())
    for column in cells.columns:
        for chunk in column.chunks:
            digest.update("\x1f".join("" if value is None else value for value in chunk.to_pylist()).encode())
    return Source(name, cells, _numbers(1, cells.num_rows), digest.hexdigest(), has_typed_dates=True)


def read_query(url: Any, query: str) -> Source:
    """The delivery that a SQL query answers, over SQLAlchemy. `url`: a URL or an engine.

    The query is one SELECT, in a transaction that may only read where the database has such, and that is never
    committed. Raises UnreadableError without the URL in its message, which may hold a password.
    """
    import sqlalchemy

    _refuse_what_writes(query)
    try:
        engine = url if isinstance(url, sqlalchemy.Engine) else sqlalchemy.create_engine(url)
        with engine.connect() as connection:
            if connection.dialect.name in READ_ONLY:
                connection.execute(sqlalchemy.text(READ_ONLY[connection.dialect.name]))
            answer = connection.execute(sqlalchemy.text(query))
            headers = list(answer.keys())
            return read_rows("query", headers, answer)
    except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
        cause = getattr(error, "orig", None) or error
        raise UnreadableError(
            f"the query could not be read: {type(cause).__name__}: {str(cause).splitlines()[0]}"
        ) from None


def _refuse_what_writes(query: str) -> None:
    """Raises UnreadableError for anything but one SELECT, which may begin with WITH."""
    if set(query) & set("\\\0") or "/*!" in query or re.search(r"\$\w*\$", query):
        raise UnreadableError("the query has a backslash, $$ or /*!, which hide what runs: write it without")
    plain = QUOTED.sub(" ", query).strip().removesuffix(";")
    writes = re.search(r"\b(into|insert|update|delete|merge)\b", plain, re.IGNORECASE)
    if ";" in plain or writes or not re.match(r"(select|with)\b", plain.lstrip(" ("), re.IGNORECASE):
        found = (
            f"it has {writes[0]!r}"
            if writes
            else "it has several statements"
            if ";" in plain
            else "it begins otherwise"
        )
        raise UnreadableError(f"the query has to be one SELECT, and {found}: it may only read")


def _table(headers: Sequence[str], columns: Sequence[Sequence[str | None]]) -> pa.Table:
    return pa.table([pa.array(column, pa.string()) for column in columns], names=list(headers))


def _numbers(first: int, count: int) -> pa.Array:
    return pa.array(np.arange(first, first + count))


def _read_parquet(path: Path, digest: str) -> Source:
    try:
        table = pa.parquet.read_table(path, page_checksum_verification=True)
        nested = [field.name for field in table.schema if pa.types.is_nested(field.type)]
        if nested:
            raise UnreadableError(
                f"{path.name} has columns that hold more than one value a row: {', '.join(nested)}"
            )
        columns = [pc.utf8_trim_whitespace(pc.cast(_plain(column), pa.string())) for column in table.columns]
    except (pa.ArrowException, OSError) as error:
        raise UnreadableError(
            f"{path.name} cannot be read as Parquet, perhaps cut off: write it again, or send CSV or XLSX ({error})"
        ) from None
    cells = pa.table(columns, names=table.column_names)
    return Source(path.name, cells, _numbers(1, table.num_rows), digest, has_typed_dates=True)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        # NaN is how a table of numbers writes that there is none
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    return column


def _encoding(path: Path, declared: str | None) -> tuple[str, str | None]:
    """The encoding to read with, and a note if it was not said anywhere."""
    with path.open("rb") as file:
        start = file.read(4)
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            return encoding, None
    if declared:
        return declared, None
    for encoding, zeros in (("utf-16-be", start[::2]), ("utf-16-le", start[1::2])):
        if len(start) == 4 and zeros == b"\0\0":
            return encoding, f"no byte order mark: read as {encoding.upper()}"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(2**22):
                # hardly anything of an extract is not ASCII, which is seen without decoding it
                if not chunk.isascii() or decoder.getstate()[0]:
                    decoder.decode(chunk)
        decoder.decode(b"", final=True)
        return "utf-8", None
    except UnicodeDecodeError:
        return "cp1252", "not UTF-8: read as Windows-1252; declare `encoding` in the mapping if it is another"


def _read_csv(
    path: Path, digest: str, is_header: IsHeader, encoding: str | None, delimiter: str | None
) -> Source:
    used_encoding, note = _encoding(path, encoding)
    try:
        with path.open(encoding=used_encoding, newline="") as text:
            head = text.read(2**16)
        headers, lines, records, used_delimiter = _csv_header(path.name, head, is_header, delimiter)
        if used_encoding == "utf-8":
            stream: Any = pa.memory_map(str(path))
        else:
            stream = io.BytesIO(path.read_text(encoding=used_encoding).encode())
    except (UnicodeError, LookupError) as error:
        raise UnreadableError(
            f"{path.name} is not text in {used_encoding} ({type(error).__name__}): declare its `encoding`"
        ) from None
    if "\0" in head:
        raise UnreadableError(f"{path.name} is not a CSV, XLSX or Parquet file")

    # only what is quoted can go on in the next line
    with path.open("rb") as file:
        has_quotes = any(b'"' in chunk for chunk in iter(partial(file.read, 2**22), b""))
    ragged: list[tuple[int, int, str]] = []

    if len(head) < 2**16 and not "".join(head.splitlines()[lines:]).strip():
        # Arrow takes a header alone for a broken file
        return Source(path.name, _table(headers, [[] for _ in headers]), _numbers(lines + 1, 0), digest)

    def set_aside(row: Any) -> str:
        ragged.append((row.number, row.actual_columns, (row.text or "").split(used_delimiter)[0].strip('" ')))
        return "skip"

    def read(use_threads: bool) -> pa.Table:
        ragged.clear()
        stream.seek(0)
        return pa.csv.read_csv(
            stream,
            read_options=pa.csv.ReadOptions(
                use_threads=use_threads, column_names=headers, skip_rows=lines, block_size=2**24
            ),
            parse_options=pa.csv.ParseOptions(
                delimiter=used_delimiter,
                newlines_in_values=has_quotes,
                ignore_empty_lines=False,
                invalid_row_handler=set_aside,
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(headers, TEXT),
                strings_can_be_null=True,
                null_values=[""],
            ),
        )

    try:
        cells = read(use_threads=True)
        if ragged:  # Arrow numbers the rows that it sets aside only where one thread reads
            cells = read(use_threads=False)
    except pa.ArrowException as error:
        raise UnreadableError(
            f"{path.name} breaks off or has a quotation mark that is never closed: {str(error).splitlines()[0]}"
        ) from None
    last = cells.num_rows + len(ragged) + lines
    if any(number == last and values < len(headers) for number, values, _ in ragged) and _breaks_off(path):
        raise UnreadableError(
            f"{path.name} ends in the middle of a row, perhaps cut off on its way: write it, or send it, again"
        )
    # Arrow numbers records from the first that it reads; people count from the top of the file.
    aside = {number - lines + records: (columns, first) for number, columns, first in ragged}
    total = cells.num_rows + len(aside)
    every = np.arange(records + 1, records + total + 1)
    numbers = pa.array(every[~np.isin(every, list(aside))])
    problems = tuple(
        CellProblem(
            row,
            None,
            f"{len(headers)} values, as in the header; this row has {columns}",
            "number_of_values",
            columns < len(headers) and (" " in first or not re.search(r"\d", first)),
        )
        for row, (columns, first) in aside.items()
    )
    named = f"delimiter: {NAMES_OF_DELIMITERS.get(used_delimiter, used_delimiter)}"
    notes = tuple(filter(None, (note, named if used_delimiter != "," else None)))
    return Source(path.name, cells, numbers, digest, notes=notes, problems=problems)


def _breaks_off(path: Path) -> bool:
    """Whether the last line has no end, in whichever encoding."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4))
        return not {*b"\r\n"} & {*file.read().rstrip(b"\0")[-2:]}


def _csv_header(
    name: str, head: str, is_header: IsHeader, delimiter: str | None
) -> tuple[list[str], int, int, str]:
    """The header's cells, how many lines and records it ends after, and the delimiter under which it is a
    header."""
    fitting = []
    for candidate in (delimiter,) if delimiter else DELIMITERS:
        reader = csv.reader(io.StringIO(head, newline=""), delimiter=candidate)
        try:
            rows = enumerate(islice(reader, ROWS_SEARCHED_FOR_HEADER), start=1)
            if found := header_among(rows, is_header):
                fitting.append((found[0], reader.line_num, found[1], candidate))
        except csv.Error:
            continue
    if len(fitting) != 1:
        tried = ", ".join(
            NAMES_OF_DELIMITERS.get(each, each) for each in ((delimiter,) if delimiter else DELIMITERS)
        )
        raise NoHeaderError(
            f"{name} has no row with the required column names among its first {ROWS_SEARCHED_FOR_HEADER} "
            f"(delimiters tried: {tried})"
        )
    return fitting[0]


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
}


def _sheets(path: Path) -> list[Sheet]:
    try:
        return read_workbook(path.read_bytes(), cells=MAX_CELLS, unpacked=MAX_UNPACKED_BYTES)
    except (WorkbookError, OSError) as error:
        raise UnreadableError(f"{path.name} {error}") from None


def _read_workbook(path: Path, digest: str, is_header: IsHeader, sheet: str | None) -> Source:
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
    read = [_sheet_source(each, *header, digest) for each, header in fitting]
    source = _together(path.name, read) if len(read) > 1 else read[0]
    others = (
        {each.name for each in meant} - {each.name for each, _ in fitting} - {"about"} if is_every else ()
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
        cells.append(
            each.cells.select([own[header] for header in wanted]).rename_columns(first.cells.column_names)
        )
    offsets = [place * ROWS_OF_A_SHEET for place in range(len(read))]
    return replace(
        first,
        cells=pa.concat_tables(cells),
        rows=pa.concat_arrays(
            [pc.add(each.rows, offset) for each, offset in zip(read, offsets, strict=True)]
        ),
        has_typed_dates=all(each.has_typed_dates for each in read),
        notes=tuple(f"{each.name}: {note}" for each in read for note in each.notes),
        problems=tuple(
            replace(problem, row=problem.row + offset)
            for each, offset in zip(read, offsets, strict=True)
            for problem in each.problems
        ),
        sheets=tuple(each.name for each in read),
    )


def _sheet_source(its: Sheet, headers: list[str], header_row: int, digest: str) -> Source:
    """One sheet below its headings."""
    below = [
        (number, row)
        for number, row in zip(its.numbers, its.rows, strict=True)
        if number > header_row and any(cell is not None for cell in row)
    ]
    headers = headers + [""] * (max((len(row) for _, row in below), default=0) - len(headers))
    columns = [
        [row[place] if place < len(row) else None for _, row in below] for place in range(len(headers))
    ]
    numbers = [number for number, _ in below]
    place_of = {number: place for place, number in enumerate(numbers)}
    problems = []
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
    if unseen := [
        header for column, header in enumerate(headers, start=1) if header and column in its.hidden_columns
    ]:
        notes.append(f"hidden columns are read like the others: {', '.join(unseen)}")
    return Source(
        its.name,
        _table(headers, columns),
        pa.array(numbers, pa.int64()),
        digest,
        its.has_typed_dates,
        tuple(notes),
        (*_merged(its, headers, header_row), *problems),
    )


def header_among(
    rows: Iterable[tuple[int, Sequence[str]]], is_header: IsHeader
) -> tuple[list[str], int] | None:
    """The first row of headings and its number, alone or joined with the row above it; None if none is one."""
    above: list[str] = []
    for number, row in rows:
        cells = [cell.strip() for cell in row]
        for tried in (cells, two_rows(above, cells) if any(above) and any(cells) else []):
            if tried and is_header(tried):
                return tried, number
        above = cells
    return None


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
    for left, top, bottom in sorted((left, top, bottom) for top, left, bottom, _ in sheet.merged):
        if left != column:
            column, done = left, header_row
        if left <= len(headers):
            for row in range(max(top, done + 1), bottom + 1):
                yield CellProblem(
                    row, headers[left - 1], "a cell of its own; this one is merged", "merged_cell"
                )
        done = max(done, bottom)


def _about(sheet: Sheet) -> dict[str, str]:
    """What the template's `about` sheet says: a name in its first column, a value in its second."""
    return {normal(row[0]): row[1] for row in sheet.rows[:50] if len(row) > 1 and row[0] and row[1]}
