"""Reading what a council delivers, CSV, XLSX, Parquet or a query, into columns of text. Nothing is
interpreted here."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

MAX_BYTES = 2**30
MAX_UNPACKED_BYTES = 2**30
MAX_CELLS = 40_000_000
ROWS_SEARCHED_FOR_HEADER = 20
ROWS_NAMED = 20
DELIMITERS = (",", ";", "\t", "|")
NAMES_OF_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}

# Text of which most values occur often: each is kept, and looked at, once.
TEXT = pa.dictionary(pa.int32(), pa.string())

# Whether a header row is the table's: told by the caller, who knows the names to expect.
IsHeader = Callable[[Sequence[str]], bool]


class UnreadableError(ValueError):
    """A delivery that cannot be read at all; the message says why and what to do."""


class NoHeaderError(UnreadableError):
    """No row of a delivery has the required column names."""


@dataclass(frozen=True)
class CellProblem:
    """A row that cannot be taken as it stands, before its values are looked at; `header` None for the whole
    row."""

    row: int
    header: str | None
    expected: str
    rule: str


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
    """The delivery in a file, by its content, not its name: Parquet, XLSX or delimited text.

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
    if start.startswith(b"PK\x03\x04"):
        return _read_xlsx(path, digest, is_header, sheet)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError(
            f"{path.name} is protected by a password or is an old .xls workbook: save it as .xlsx without one"
        )
    return _read_csv(path, digest, is_header, encoding, delimiter)


def filled_sheets(path: Path, names: Sequence[str]) -> list[str]:
    """Those of the names that are visible sheets, with something below their first row, of a workbook made from a
    template, which has an `about` sheet.

    None where the file is no such workbook, or none that can be read: `read_file` says why.
    """
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return []
    try:
        inspected = _inspect_archive(path)
        sheets = CalamineWorkbook.from_path(str(path)).sheets_metadata
    except (UnreadableError, CalamineError, OSError):
        return []
    visible = {
        sheet.name: inspected.get(number, _Sheet()).last_row
        for number, sheet in enumerate(sheets, start=1)
        if sheet.visible == SheetVisibleEnum.Visible
    }
    return [name for name in names if visible.get(name, 0) > 1] if "about" in visible else []


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

    Raises UnreadableError without the URL in its message, which may hold a password.
    """
    import sqlalchemy

    try:
        engine = url if isinstance(url, sqlalchemy.Engine) else sqlalchemy.create_engine(url)
        with engine.connect() as connection:
            answer = connection.execute(sqlalchemy.text(query))
            headers = list(answer.keys())
            return read_rows("query", headers, answer)
    except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
        cause = getattr(error, "orig", None) or error
        raise UnreadableError(
            f"the query could not be read: {type(cause).__name__}: {str(cause).splitlines()[0]}"
        ) from None


def as_text(value: Any) -> str | None:
    """A cell as text: dates as YYYY-MM-DD, whole numbers without a decimal point, blanks as None."""
    if value is None:
        return None
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        return str(int(value)) if value == value and value == int(value) else str(value)
    return str(value).strip() or None


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
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


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
    ragged: list[tuple[int, int]] = []

    def set_aside(row: Any) -> str:
        ragged.append((row.number, row.actual_columns))
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
    if any(number == last and values < len(headers) for number, values in ragged) and _breaks_off(path):
        raise UnreadableError(
            f"{path.name} ends in the middle of a row, perhaps cut off on its way: write it, or send it, again"
        )
    # Arrow numbers records from the first that it reads; people count from the top of the file.
    aside = {number - lines + records: columns for number, columns in ragged}
    total = cells.num_rows + len(aside)
    every = np.arange(records + 1, records + total + 1)
    numbers = pa.array(every[~np.isin(every, list(aside))])
    problems = tuple(
        CellProblem(
            row, None, f"{len(headers)} values, as in the header; this row has {columns}", "number_of_values"
        )
        for row, columns in aside.items()
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
        reader = csv.reader(io.StringIO(head), delimiter=candidate)
        try:
            for number, record in enumerate(reader, start=1):
                if number > ROWS_SEARCHED_FOR_HEADER:
                    break
                if is_header(record):
                    fitting.append(([cell.strip() for cell in record], reader.line_num, number, candidate))
                    break
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


def _read_xlsx(path: Path, digest: str, is_header: IsHeader, sheet: str | None) -> Source:
    inspected = _inspect_archive(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        metadata = workbook.sheets_metadata
        visible = [each.name for each in metadata if each.visible == SheetVisibleEnum.Visible]
        hidden = [each.name for each in metadata if each.visible != SheetVisibleEnum.Visible]
        if sheet is not None and sheet not in workbook.sheet_names:
            raise UnreadableError(
                f"{path.name} has no sheet {sheet!r}, but {', '.join(workbook.sheet_names)}"
            )
        fitting = []
        for name in [sheet] if sheet else visible:
            header = _sheet_header(workbook, name, is_header)
            if header is not None:
                fitting.append((name, *header))
        if len(fitting) > 1:
            names = ", ".join(name for name, *_ in fitting)
            raise UnreadableError(
                f"{path.name} has several sheets that could be meant ({names}): name one as `sheet`"
            )
        if not fitting:
            meant = [each for each in hidden if _sheet_header(workbook, each, is_header)]
            if meant and not sheet:
                raise UnreadableError(
                    f"{path.name} has its table on a hidden sheet, which is not read: unhide {', '.join(meant)}"
                )
            also = f"; hidden sheets are not read: {', '.join(hidden)}" if hidden else ""
            raise NoHeaderError(f"{path.name} has no visible sheet with the required column names{also}")
        name, headers, header_row = fitting[0]
        source = _sheet_cells(workbook, name, headers, header_row)
        about = _about(workbook) if "about" in visible else {}
    except PasswordError:
        raise UnreadableError(f"{path.name} is protected by a password: save it without one") from None
    except (CalamineError, OSError) as error:
        raise UnreadableError(
            f"{path.name} cannot be read as XLSX, perhaps cut off: send it again, or open it and save it anew ({error})"
        ) from None
    cells, rows, merged = source
    its = inspected.get(workbook.sheet_names.index(name) + 1, _Sheet())
    without_value = [
        CellProblem(row, headers[place], _FORMULA if rule == "formula" else _ERROR, rule)
        for column, row, rule in its.no_values
        if row > header_row and (place := _column_number(column)) < len(headers) and headers[place]
    ]
    notes = [f"sheet: {name}"]
    if hidden:
        notes.append(f"hidden sheets, not read: {', '.join(hidden)}")
    if unseen := its.hidden_rows.intersection(rows.to_pylist()):
        first = ", ".join(map(str, sorted(unseen)[:ROWS_NAMED]))
        more = f" and {len(unseen) - ROWS_NAMED:,} more" if len(unseen) > ROWS_NAMED else ""
        notes.append(f"hidden rows, perhaps by a filter, are read like the others: {first}{more}")
    if unseen_columns := [header for place, header in enumerate(headers) if header and its.hides(place)]:
        notes.append(f"hidden columns are read like the others: {', '.join(unseen_columns)}")
    return Source(path.name, cells, rows, digest, True, tuple(notes), (*merged, *without_value), about)


@dataclass
class _Sheet:
    """What a sheet's own text says of it: cells with a formula or an error (column, row, which), the last row with
    something in it, and what is hidden. Columns are numbered from 1 there."""

    no_values: list[tuple[str, int, str]] = field(default_factory=list)
    last_row: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[range] = field(default_factory=list)

    def hides(self, place: int) -> bool:
        """Whether the column at that place, from 0, is hidden."""
        return any(place + 1 in columns for columns in self.hidden_columns)


_HIDDEN = re.compile(rb'<(row|col) (?=[^>]*\bhidden="(?:1|true)")[^>]*>')
_NUMBERS = re.compile(rb'\b(r|min|max)="([0-9]{1,7})"')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"([^>]*)>(?:(<f[ />])|<[vi])')
_FORMULA = "a value; this is a formula: paste it as a value"
_ERROR = (
    "a value; this is an error of the workbook's, such as #N/A: put the value there, or leave the cell empty"
)


def _inspect_archive(path: Path) -> dict[int, _Sheet]:
    """What each sheet's text says, by its number. Unpacks every part once: it must be what it says, and no bomb.

    A sheet whose filled cells span more than `MAX_CELLS` is refused here, because the reader would set
    aside memory
    for all of them.
    """
    sheets: dict[int, _Sheet] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES or len(parts) > 5000:
                raise UnreadableError(
                    f"{path.name} unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MiB: send CSV"
                )
            if any(part.flag_bits & 1 for part in parts):
                raise UnreadableError(f"{path.name} is protected by a password: save it without one")
            for part in parts:
                match = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", part.filename)
                widest, sheet, rest = 0, _Sheet(), b""
                with archive.open(part) as stream:
                    while chunk := stream.read(2**22):
                        if not match:
                            continue
                        text = rest + chunk
                        cut = text.rfind(b"<c ") if len(chunk) == 2**22 else len(text)
                        end = cut if cut > 0 else len(text)
                        for hidden in _HIDDEN.finditer(text, 0, end):
                            of = {name: int(number) for name, number in _NUMBERS.findall(hidden[0])}
                            if b"r" in of:
                                sheet.hidden_rows.add(of[b"r"])
                            elif b"min" in of and b"max" in of:
                                sheet.hidden_columns.append(range(of[b"min"], of[b"max"] + 1))
                        for cell in _CELL.finditer(text, 0, end):
                            widest = max(widest, _column_number(cell[1].decode()) + 1)
                            sheet.last_row = max(sheet.last_row, int(cell[2]))
                            if cell[4] or b't="e"' in cell[3]:
                                rule = "formula" if cell[4] else "error_cell"
                                sheet.no_values.append((cell[1].decode(), int(cell[2]), rule))
                        rest = text[cut:] if cut > 0 else b""
                if widest * sheet.last_row > MAX_CELLS:
                    raise UnreadableError(
                        f"{path.name} has a sheet with something in row {sheet.last_row:,} and column {widest:,}: "
                        "delete what lies beyond the table"
                    )
                if match:
                    sheets[int(match[1])] = sheet
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise _damaged(path, error) from None
    except Exception as error:  # zlib.error derives from Exception alone
        raise _damaged(path, error) from None
    return sheets


def _damaged(path: Path, error: Exception) -> UnreadableError:
    return UnreadableError(
        f"{path.name} is damaged, perhaps on its way: send it again, or open it in your spreadsheet program and save "
        f"it anew as .xlsx ({error})"
    )


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _sheet_header(workbook: CalamineWorkbook, name: str, is_header: IsHeader) -> tuple[list[str], int] | None:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.start is None:
        return None
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > sheet.start[0] + ROWS_SEARCHED_FOR_HEADER:
            return None
        cells = [as_text(cell) or "" for cell in row]
        if is_header(cells):
            return cells, number
    return None


def _sheet_cells(
    workbook: CalamineWorkbook, name: str, headers: list[str], header_row: int
) -> tuple[pa.Table, pa.Array, tuple[CellProblem, ...]]:
    sheet = workbook.get_sheet_by_name(name)
    columns: list[list[str | None]] = [[] for _ in headers]
    numbers = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number <= header_row:
            continue
        cells = [as_text(cell) for cell in row]
        if any(cell is not None for cell in cells):
            numbers.append(number)
            for column, cell in zip(columns, cells, strict=True):
                column.append(cell)
    merged = tuple(
        CellProblem(row + 1, headers[first_column], "a cell of its own; this one is merged", "merged_cell")
        for (first_row, first_column), (last_row, _) in sheet.merged_cell_ranges or ()
        for row in range(max(first_row, header_row), last_row + 1)
        if first_column < len(headers)
    )
    return _table(headers, columns), pa.array(numbers, pa.int64()), merged


def _about(workbook: CalamineWorkbook) -> dict[str, str]:
    """What the template's `about` sheet says: a name in its first column, a value in its second."""
    rows = workbook.get_sheet_by_name("about").to_python(nrows=50)
    return {normal(row[0]): text for row in rows if len(row) > 1 and row[0] and (text := as_text(row[1]))}
