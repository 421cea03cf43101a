"""Reading what a council delivers, CSV, a workbook or Parquet, into columns of text. Nothing is interpreted here."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from assets.council.sheets import read_sheets
from assets.council.sources import (
    CUT_SHORT,
    INVISIBLE,
    MAX_BYTES,
    ROWS_SEARCHED_FOR_HEADER,
    TEXT,
    CellProblem,
    IsHeader,
    NoHeaderError,
    Source,
    UnreadableError,
    cut_short,
    header_among,
    row_numbers,
    text_table,
    without_repeats,
)
from warehouse.workbooks import is_workbook

WRAPPED = r"""^(?:="([^"]*)"|'([0-9][^']*))$"""
RULED = re.compile(r"[-=_+]{3,}")
DELIMITERS = (",", ";", "\t", "|")
NAMES_OF_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}


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
    if start.startswith(b"PAR1"):
        read = _read_parquet(path)
    elif kind := _no_table(start):
        raise UnreadableError(f"{path.name} is {kind}, not a table: export it as CSV or Excel (.xlsx)")
    elif is_workbook(start):
        read = read_sheets(path, is_header, sheet)
    else:
        read = _read_csv(path, is_header, encoding, delimiter)
    cells = pa.table([_cleaned(column) for column in read.cells.columns], names=read.cells.column_names)
    return without_repeats(replace(read, cells=cells))


def _no_table(start: bytes) -> str:
    """What a file is, in words, if not a table; by how it begins."""
    kinds = {
        rb"%PDF": "a PDF",
        rb"\s*[\[{]\s*[\"{\[]": "JSON",
        rb"PK.{24,4000}(Index/|\.iwa)": "a Numbers file",
        rb"PK.{24,4000}word/": "a Word file",
        rb"PK.{24,4000}ppt/": "a presentation",
        rb"PK.{24,4000}xl/workbook\.bin": "a binary workbook (.xlsb)",
        rb"PK(?!.*(Content_Types|_rels/|xl/|mimetype))": "a zip file",
        rb"\x1f\x8b": "a compressed file",
        rb"MIME-Version:": "a web archive",
        rb"(\xef\xbb\xbf)?\s*<\?xml(?!.*<(html|\w*:?Workbook))": "XML",
    }
    return next((kind for begins, kind in kinds.items() if re.match(begins, start, re.DOTALL)), "")


def _read_parquet(path: Path) -> Source:
    try:
        table = pa.parquet.read_table(path, page_checksum_verification=True)
        nested = [field.name for field in table.schema if pa.types.is_nested(field.type)]
        if nested:
            raise UnreadableError(f"{path.name} has columns that hold more than one value a row: {', '.join(nested)}")
        columns = [pc.utf8_trim_whitespace(pc.cast(_plain(column), pa.string())) for column in table.columns]
    except (pa.ArrowException, OSError) as error:
        raise UnreadableError(
            f"{path.name} cannot be read as Parquet, perhaps cut off: write it again, or send CSV or XLSX ({error})"
        ) from None
    cells = pa.table(columns, names=table.column_names)
    return Source(path.name, cells, row_numbers(1, table.num_rows), has_typed_dates=True)


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


def _read_csv(path: Path, is_header: IsHeader, encoding: str | None, delimiter: str | None) -> Source:
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
    # by how many empty values each of these rows is longer than the headings
    padding: list[int] = []

    if len(head) < 2**16 and not "".join(head.splitlines()[lines:]).strip():
        # Arrow takes a header alone for a broken file
        return Source(path.name, text_table(headers, [[] for _ in headers]), row_numbers(lines + 1, 0))

    unfinished = ""

    def set_aside(row: Any) -> str:
        nonlocal unfinished
        first = (row.text or "").split(used_delimiter)[0].strip('" ')
        if re.search(CUT_SHORT, first):
            unfinished = cut_short(path.name, "its foot")
        ragged.append((row.number, row.actual_columns, first))
        longer = max(row.actual_columns - len(headers), 0)
        padding.append(longer if (row.text or "").rstrip().endswith(used_delimiter * longer) else 0)
        return "skip"

    def read(use_threads: bool) -> pa.Table:
        ragged.clear()
        padding.clear()
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
        if padding and not cells.num_rows:  # every row ends with a delimiter that the headings do not have
            headers = [*headers, *[""] * Counter(padding).most_common(1)[0][0]]
            cells = read(use_threads=True)
        if ragged:  # Arrow numbers the rows that it sets aside only where one thread reads
            cells = read(use_threads=False)
    except pa.ArrowException as error:
        raise UnreadableError(
            f"{path.name} breaks off or has a quotation mark that is never closed: {str(error).splitlines()[0]}"
        ) from None
    if unfinished:
        raise UnreadableError(unfinished)
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
        if not RULED.fullmatch(first)
    )
    named = f"delimiter: {NAMES_OF_DELIMITERS.get(used_delimiter, used_delimiter)}"
    notes = tuple(filter(None, (note, named if used_delimiter != "," else None)))
    return Source(path.name, cells, numbers, notes=notes, problems=problems)


def _cleaned(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column without letters that nobody sees, without blanks for nothing, and without what a program puts round a
    value so that a spreadsheet takes it for text: ="007" or '007."""
    chunks = []
    for chunk in column.chunks:
        is_encoded = pa.types.is_dictionary(chunk.type)
        values = chunk.dictionary if is_encoded else chunk
        if pc.any(pc.match_substring_regex(values, f"{INVISIBLE}|\u00a0|^ *$|{WRAPPED}")).as_py():
            seen = pc.replace_substring(pc.replace_substring_regex(values, INVISIBLE, ""), "\u00a0", " ")
            values = pc.replace_substring_regex(seen, WRAPPED, r"\1\2")
            is_blank = pc.equal(pc.utf8_trim_whitespace(values), "")
            if is_encoded:
                places = pc.if_else(is_blank.take(chunk.indices), None, chunk.indices)
                chunk = pa.DictionaryArray.from_arrays(places, values)
            else:
                chunk = pc.if_else(is_blank, None, values)
        chunks.append(chunk)
    return pa.chunked_array(chunks, column.type)


def _breaks_off(path: Path) -> bool:
    """Whether the last line has no end, in whichever encoding."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4))
        return not {*b"\r\n"} & {*file.read().rstrip(b"\0")[-2:]}


def _csv_header(name: str, head: str, is_header: IsHeader, delimiter: str | None) -> tuple[list[str], int, int, str]:
    """The header's cells, how many lines and records it ends after, and the delimiter under which it is a
    header."""
    fitting = []
    for candidate in (delimiter,) if delimiter else DELIMITERS:
        reader = csv.reader(io.StringIO(head, newline=""), delimiter=candidate)
        rows: list[tuple[int, list[str]]] = []
        ends: dict[int, int] = {}
        # a row that cannot be read may stand below the headings
        with suppress(csv.Error):
            for number, row in enumerate(islice(reader, ROWS_SEARCHED_FOR_HEADER), start=1):
                rows.append((number, row))
                ends[number] = reader.line_num
        if found := header_among(rows, is_header):
            fitting.append((found[0], ends[found[1]], found[1], candidate))
    if len(fitting) != 1:
        tried = ", ".join(NAMES_OF_DELIMITERS.get(each, each) for each in ((delimiter,) if delimiter else DELIMITERS))
        raise NoHeaderError(
            f"{name} has no row with the required column names among its first {ROWS_SEARCHED_FOR_HEADER} "
            f"(delimiters tried: {tried})"
        )
    return fitting[0]
