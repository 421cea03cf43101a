"""The process that opens workbooks: XLSX, old XLS, ODS and web pages named .xls, as rows of text.

It may use so much memory and processor time and no more, so that a hostile or damaged file ends this process and
nothing else. It imports next to nothing but the library that a file needs. `warehouse/workbooks.py` starts it, gives it
one file after the other, and reads its answers: one JSON object a line.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import os
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from decimal import Decimal
from typing import IO, Any

ROWS_AT_ONCE = 500
MOST_PARTS = 5000
# What stands in a cell and is no value of its own.
FORMULA, NO_VALUE, ERROR, STRUCK, SUPERSCRIPT = (
    "formula", "formula_without_value", "error_cell", "struck_out", "superscript",
)  # fmt: skip
ERRORS = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)|Err:\d{3}")

# One cell: its column from 1, its text, and what is wrong with it if anything is.
Cell = tuple[int, str | None, str | None]


class UnreadableWorkbook(Exception):
    """A file that is not read; the message says why and what to do, and follows the file's name."""


def as_text(value: Any) -> str | None:
    """A cell as text: dates as YYYY-MM-DD, whole numbers without a decimal point, blanks as None."""
    if value is None:
        return None
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        is_day = value.time() == dt.time() and value.tzinfo is None
        return value.date().isoformat() if is_day else value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        if math.isnan(value):
            return None
        return str(int(value)) if math.isfinite(value) and value == int(value) else str(value)
    return str(value).strip() or None


def as_percent(value: float) -> str:
    """A number as the per cent that its cell shows: 1 is 100%."""
    return f"{(Decimal(repr(value)) * 100).normalize():f}%"


def is_percent(number_format: str) -> bool:
    """Whether cells of this format show per cent."""
    return "%" in re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', "", number_format.split(";")[0])


class Answer:
    """What is written back, sheet by sheet; raises UnreadableWorkbook once that is more than is allowed."""

    def __init__(self, out: IO[bytes], rows: int, columns: int, cells: int) -> None:
        self.out, self.most_rows, self.most_columns, self.most_cells = out, rows, columns, cells
        self.all_cells = 0

    def send(self, message: dict[str, Any]) -> None:
        self.out.write(
            json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        )
        self.out.write(b"\n")

    def begin(self, name: str, is_visible: bool, has_typed_dates: bool = True) -> None:
        self.name, self.is_visible, self.has_typed_dates = name, is_visible, has_typed_dates
        self.last_row = self.widest = 0
        self.rows: list[tuple[int, list[str | None]]] = []
        self.problems: list[tuple[int, int, str]] = []

    def row(self, number: int, cells: Iterable[Cell]) -> None:
        """Take one row; blank cells, however they are formatted, are not counted."""
        filled = [cell for cell in cells if cell[1] is not None or cell[2] is not None]
        if not filled:
            return
        width = max(column for column, _, _ in filled)
        if number <= self.last_row or min(column for column, _, _ in filled) < 1:
            raise ValueError(f"row {number} of sheet {self.name!r} is out of order")
        self.last_row, self.widest = number, max(width, self.widest)
        self.all_cells += width
        if (
            number > self.most_rows
            or width > self.most_columns
            or max(self.last_row * self.widest, self.all_cells) > self.most_cells
        ):
            raise UnreadableWorkbook(
                f"has a sheet that is larger than {self.most_rows:,} rows and {self.most_columns:,} columns, or than "
                f"{self.most_cells:,} cells: {self.name!r} has something in row {number:,} and column {width:,}. "
                "Delete what lies beyond the table"
            )
        line: list[str | None] = [None] * width
        seen = set()
        for column, text, problem in filled:
            if column in seen:
                raise ValueError(f"row {number} of sheet {self.name!r} has column {column} twice")
            seen.add(column)
            line[column - 1] = text
            if problem:
                self.problems.append((number, column, problem))
        self.rows.append((number, line))
        if len(self.rows) == ROWS_AT_ONCE:
            self.send({"rows": self.rows})
            self.rows = []

    def end(
        self,
        hidden_rows: Iterable[int] = (),
        hidden_columns: Iterable[tuple[int, int]] = (),
        merged: Iterable[tuple[int, int, int, int]] = (),
    ) -> None:
        """End a sheet. What is hidden or merged is clipped to what is filled."""
        clipped = (
            (top, left, min(bottom, self.last_row), min(right, self.widest))
            for top, left, bottom, right in merged
        )
        self.send(
            {
                "rows": self.rows,
                "name": self.name,
                "is_visible": self.is_visible,
                "has_typed_dates": self.has_typed_dates,
                "problems": self.problems,
                "hidden_rows": [number for number in hidden_rows if number <= self.last_row],
                "hidden_columns": sorted(
                    {
                        column
                        for first, last in hidden_columns
                        for column in range(max(first, 1), min(last, self.widest) + 1)
                    }
                ),
                "merged": [area for area in clipped if area[0] <= area[2] and area[1] <= area[3]],
            }
        )


def read(data: bytes, unpacked: int, answer: Answer) -> None:
    """Answer with every sheet of a file, known by its content and not by its name."""
    if data[:4] == b"PK\x03\x04":
        _check_archive(data, unpacked)
        if is_ods(data):
            _read_ods(data, answer)
        else:
            _read_xlsx(data, answer)
    elif data[:4] == b"\xd0\xcf\x11\xe0":
        _read_xls(data, answer)
    else:
        _read_web_page(data, answer)


def is_ods(data: bytes) -> bool:
    """Whether an archive says that it is an OpenDocument spreadsheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        return "mimetype" in names and b"opendocument.spreadsheet" in archive.read("mimetype")[:100]


def _check_archive(data: bytes, unpacked: int) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > unpacked:
            raise UnreadableWorkbook(f"unpacks to more than {unpacked // 2**20} MiB: send CSV")
        if any(part.flag_bits & 1 for part in parts):
            raise UnreadableWorkbook("is protected by a password: save it without one")


def _read_xlsx(data: bytes, answer: Answer) -> None:
    # openpyxl imports numpy only to know its number types, which takes longer than all the rest
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    # its guard against entities halves the speed, and expat and this process have limits of their own
    os.environ["OPENPYXL_DEFUSEDXML"] = "False"
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.numbers import BUILTIN_FORMATS
    from openpyxl.utils.cell import range_boundaries
    from openpyxl.worksheet import _reader as openpyxl_reader
    from openpyxl.xml.constants import SHEET_MAIN_NS

    parse_runs = openpyxl_reader.parse_richtext_string

    def parse_text(element: Any) -> Any:
        """A text of a cell's own; nearly all have no runs, and are read much faster so."""
        if element.find(f"{{{SHEET_MAIN_NS}}}r") is not None:
            return parse_runs(element)
        return element.findtext(f"{{{SHEET_MAIN_NS}}}t", "").replace("x005F_", "")

    openpyxl_reader.parse_richtext_string = parse_text

    class Parser(openpyxl_reader.WorkSheetParser):
        """openpyxl's own, which besides says which cells have a formula, and keeps one broken cell from stopping it."""

        hidden: set[int]

        def parse_cell(self, element: Any) -> dict[str, Any]:
            try:
                cell: dict[str, Any] = super().parse_cell(element)
            except (ValueError, IndexError, OverflowError, TypeError) as error:
                if self.col_counter < 1 or "coordinates" in str(error):
                    raise
                cell = {
                    "row": self.row_counter,
                    "column": self.col_counter,
                    "value": "#VALUE!",
                    "data_type": "e",
                }
                cell["style_id"] = 0
            cell["formula"] = element.find(openpyxl_reader.FORMULA_TAG) is not None
            return cell

        def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
            number, cells = super().parse_row(row)
            if _is_hidden(self.row_dimensions.pop(str(number), {}), "ht"):
                self.hidden.add(number)
            return number, cells

    # only what is needed of it is read: other programs write borders, fills and properties that openpyxl refuses
    reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False, rich_text=True)
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    reader.read_worksheets()
    workbook: Any = reader.wb
    styles = _styles(reader)
    percent, struck = set(), {}
    for number, style in enumerate(styles.cell_styles if styles else ()):
        font = styles.fonts[style.fontId] if style.fontId < len(styles.fonts) else None
        if font is not None and (font.strike or font.vertAlign in ("superscript", "subscript")):
            struck[number] = STRUCK if font.strike else SUPERSCRIPT
        its, own = style.numFmtId, styles.number_formats
        number_format = own[its - 164] if 0 <= its - 164 < len(own) else BUILTIN_FORMATS.get(its)
        if is_percent(number_format or ""):
            percent.add(number)

    def cells_of(row: int, found: Iterable[dict[str, Any]]) -> Iterator[Cell]:
        for cell in found:
            if cell["row"] != row:
                raise ValueError(f"a cell of row {cell['row']} stands in row {row}")
            value, kind, style = cell["value"], cell["data_type"], cell["style_id"]
            if value is None or value == "":
                # a formula that gives no text has an empty one
                yield cell["column"], None, NO_VALUE if cell["formula"] and kind != "str" else None
            elif kind == "e":
                yield cell["column"], str(value), ERROR
            elif not isinstance(value, str | list):
                is_figure = isinstance(value, int | float) and not isinstance(value, bool)
                text = as_percent(value) if is_figure and style in percent else as_text(value)
                yield cell["column"], text, struck.get(style) or (FORMULA if cell["formula"] else None)
            else:
                text, without = _runs(value)
                problem = (
                    struck.get(style) if isinstance(value, str) else without and not text and SUPERSCRIPT
                )
                yield cell["column"], text, problem or (FORMULA if cell["formula"] else None)

    if not workbook.worksheets or len(workbook._sheets) < len(reader.parser.sheets):
        raise UnreadableWorkbook(
            "lacks a sheet that it should have: open it and save it anew as an ordinary .xlsx"
        )
    for sheet in workbook.worksheets:
        answer.begin(sheet.title, sheet.sheet_state == "visible")
        with sheet._get_source() as source:
            parser = Parser(
                source, sheet._shared_strings, data_only=True, epoch=workbook.epoch,
                date_formats=styles.date_formats if styles else set(),
                timedelta_formats=styles.timedelta_formats if styles else set(), rich_text=True,
            )  # fmt: skip
            parser.hidden = set()
            is_worksheet = False
            for number, found in parser.parse():
                is_worksheet = True
                answer.row(number, cells_of(number, found))
        if not is_worksheet and SHEET_MAIN_NS.encode() not in sheet._get_source().read(2000):
            raise UnreadableWorkbook(
                f"has a sheet that cannot be read, {sheet.title!r}: open it and save it anew as an ordinary .xlsx"
            )
        columns = (
            attributes for attributes in parser.column_dimensions.values() if _is_hidden(attributes, "width")
        )
        areas: Any = (
            range_boundaries(area.ref)
            for area in (parser.merged_cells.mergeCell if parser.merged_cells else ())
        )
        answer.end(
            sorted(parser.hidden),
            [(int(attributes["min"]), int(attributes["max"])) for attributes in columns],
            ((top, left, bottom, right) for left, top, right, bottom in areas),
        )


def _styles(reader: Any) -> Any:
    """The workbook's number formats and fonts, or None where it has none."""
    from openpyxl.styles.stylesheet import Stylesheet
    from openpyxl.xml.constants import ARC_STYLE
    from openpyxl.xml.functions import fromstring

    part = reader.package.find("application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml")
    name = part.PartName[1:] if part else ARC_STYLE
    if name not in reader.valid_files:
        return None
    root = fromstring(reader.archive.read(name))

    def keep(element: Any, *names: str) -> None:
        for child in list(element):
            if child.tag.rpartition("}")[2] not in names:
                element.remove(child)

    keep(root, "numFmts", "fonts", "cellXfs")
    for group in root:
        for its in group:
            keep(its, "strike", "vertAlign")
    return Stylesheet.from_tree(root)


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    """Whether a row or column is hidden, or has no height or width."""
    return (
        attributes.get("hidden") in ("1", "true")
        or re.fullmatch(r"0(\.0*)?", attributes.get(size, "")) is not None
    )


def _runs(value: Any) -> tuple[str | None, bool]:
    """A text whose raised, lowered and struck-out runs are gaps, and whether it has any: 41 with the mark 1 is 41."""
    if isinstance(value, str):
        return as_text(value), False
    parts = []
    for run in value:
        font = getattr(run, "font", None)
        is_gap = font is not None and (font.strike or font.vertAlign in ("superscript", "subscript"))
        parts.append(" " if is_gap else str(run))
    return as_text("".join(parts)), " " in parts


def _read_xls(data: bytes, answer: Answer) -> None:
    import xlrd

    try:
        workbook = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=sys.stderr)
    except MemoryError:
        raise
    except Exception as error:  # of an encrypted file not always the library's own
        raise UnreadableWorkbook(
            f"is protected by a password, or damaged: open it and save it as .xlsx without one ({type(error).__name__})"
        ) from None

    def gap(font: int) -> str | None:
        its = workbook.font_list[font]
        return STRUCK if its.struck_out else SUPERSCRIPT if its.escapement else None

    for sheet in workbook.sheets():
        answer.begin(sheet.name, sheet.visibility == 0)
        for row in range(sheet.nrows):
            cells: list[Cell] = []
            text: str | None
            problem: str | None
            for column in range(sheet.row_len(row)):
                kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
                if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) or value == "":
                    continue
                style = workbook.xf_list[sheet.cell_xf_index(row, column)]
                runs = sheet.rich_text_runlist_map.get((row, column))
                if kind == xlrd.XL_CELL_ERROR:
                    text, problem = xlrd.error_text_from_code.get(value, "#VALUE!"), ERROR
                elif runs:
                    ends = [*(start for start, _ in runs[1:]), len(value)]
                    spans = zip(runs, ends, strict=True)
                    parts = [" " if gap(font) else value[start:end] for (start, font), end in spans]
                    first = value[: runs[0][0]] if not gap(style.font_index) else " "
                    text = as_text(first + "".join(parts))
                    problem = None if text else SUPERSCRIPT
                else:
                    problem = gap(style.font_index)
                    if kind == xlrd.XL_CELL_DATE:
                        value = xlrd.xldate_as_datetime(value, workbook.datemode)
                    elif kind == xlrd.XL_CELL_BOOLEAN:
                        value = bool(value)
                    number_format = workbook.format_map.get(style.format_key)
                    is_share = (
                        kind == xlrd.XL_CELL_NUMBER and number_format and is_percent(number_format.format_str)
                    )
                    text = as_percent(value) if is_share else as_text(value)
                cells.append((column + 1, text, problem))
            answer.row(row + 1, cells)
        answer.end(
            [row + 1 for row, its in sorted(sheet.rowinfo_map.items()) if its.hidden or its.height == 0],
            [
                (column + 1, column + 1)
                for column, its in sheet.colinfo_map.items()
                if its.hidden or its.width == 0
            ],
            [(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells],
        )


def _read_ods(data: bytes, answer: Answer) -> None:
    from odf import namespaces as ns
    from odf.opendocument import load
    from odf.style import Style, TableProperties, TextProperties
    from odf.table import Table, TableColumn, TableRow

    document = load(io.BytesIO(data))
    gaps, hidden_tables = set(), set()
    for style in document.getElementsByType(Style):
        name = style.getAttrNS(ns.STYLENS, "name")
        for its in style.getElementsByType(TextProperties):
            position = str(its.getAttrNS(ns.STYLENS, "text-position") or "")
            line = its.getAttrNS(ns.STYLENS, "text-line-through-style") or "none"
            if position.startswith(("super", "sub")) or re.match(r"-?[1-9]", position) or line != "none":
                gaps.add(name)
        for its in style.getElementsByType(TableProperties):
            if str(its.getAttrNS(ns.TABLENS, "display")) == "false":
                hidden_tables.add(name)

    def times(element: Any, what: str) -> int:
        return int(element.getAttrNS(ns.TABLENS, what) or 1)

    def text_of(element: Any) -> str:
        if element.nodeType == element.TEXT_NODE:
            return str(element.data)
        if element.nodeType != element.ELEMENT_NODE:
            return ""
        tag = element.qname[1]
        if tag in ("s", "tab", "line-break"):
            return " "
        if tag in ("annotation", "note", "ruby-text"):
            return " "
        if tag == "span" and element.getAttrNS(ns.TEXTNS, "style-name") in gaps:
            return " "
        return "".join(map(text_of, element.childNodes)) + (" " if tag == "p" else "")

    def cell_of(cell: Any) -> tuple[str | None, str | None]:
        text: str | None
        printed = as_text("".join(map(text_of, cell.childNodes)))
        kind = str(cell.getAttrNS(ns.OFFICENS, "value-type") or "")
        value = cell.getAttrNS(ns.OFFICENS, "value")
        has_formula = cell.getAttrNS(ns.TABLENS, "formula") is not None
        is_gap = cell.getAttrNS(ns.TABLENS, "style-name") in gaps
        if printed and ERRORS.fullmatch(printed):
            return printed, ERROR
        if kind in ("float", "currency") and value is not None:
            text = as_text(float(value))
        elif kind == "percentage" and value is not None:
            text = as_percent(float(value))
        elif kind == "date":
            text = str(cell.getAttrNS(ns.OFFICENS, "date-value")).replace("T", " ").removesuffix(" 00:00:00")
        else:
            text = printed
        if text is None:
            return None, NO_VALUE if has_formula and kind != "string" else None
        return text, STRUCK if is_gap else FORMULA if has_formula else None

    for table in document.spreadsheet.getElementsByType(Table):
        style_name = table.getAttrNS(ns.TABLENS, "style-name")
        answer.begin(str(table.getAttrNS(ns.TABLENS, "name")), style_name not in hidden_tables)
        hidden_rows: list[int] = []
        hidden_columns, merged, number, place = [], [], 0, 1
        for column in table.getElementsByType(TableColumn):
            count = times(column, "number-columns-repeated")
            if str(column.getAttrNS(ns.TABLENS, "visibility") or "visible") != "visible":
                hidden_columns.append((place, place + count - 1))
            place += count
        for row in table.getElementsByType(TableRow):
            repeated = times(row, "number-rows-repeated")
            cells: list[Cell] = []
            place = 1
            for cell in row.childNodes:
                if cell.nodeType != cell.ELEMENT_NODE or cell.qname[1] not in (
                    "table-cell",
                    "covered-table-cell",
                ):
                    continue
                count = times(cell, "number-columns-repeated")
                if cell.qname[1] == "table-cell":
                    text, problem = cell_of(cell)
                    if text is not None or problem:
                        if place + count > answer.most_columns + 2:
                            count = 1
                            place = answer.most_columns + 1
                        cells += [(place + each, text, problem) for each in range(count)]
                    down = times(cell, "number-rows-spanned")
                    across = times(cell, "number-columns-spanned")
                    if down > 1 or across > 1:
                        merged.append((number + 1, place, number + down, place + across - 1))
                place += count
            if cells:
                for each in range(repeated):
                    answer.row(number + 1 + each, cells)
                if str(row.getAttrNS(ns.TABLENS, "visibility") or "visible") != "visible":
                    hidden_rows += range(number + 1, number + repeated + 1)
            number += repeated
        answer.end(hidden_rows, hidden_columns, merged)


_GAPS = ("sup", "sub", "del", "s", "strike")
_UNSEEN = ("script", "style", "template", "noscript", "comment", "head")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(hidden|collapse)", re.IGNORECASE)
_GAP_STYLES = re.compile(r"vertical-align\s*:\s*(super|sub)|text-decoration[^;]*line-through", re.IGNORECASE)
_TRANSPARENT = (
    "a", "abbr", "b", "bdi", "big", "code", "em", "font", "i", "label", "nobr", "small", "span", "strong", "u", "tt",
)  # fmt: skip


def _read_web_page(data: bytes, answer: Answer) -> None:
    from lxml import html

    if b"urn:schemas-microsoft-com:office:spreadsheet" in data[:4096]:
        raise UnreadableWorkbook("is an 'XML Spreadsheet 2003': open it and save it as .xlsx")
    encoding = None
    if data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        with suppress(UnicodeDecodeError):
            data.decode("utf-8")
            encoding = "utf-8"
    page = html.document_fromstring(data, parser=html.HTMLParser(encoding=encoding, huge_tree=True))

    def is_hidden(element: Any) -> bool:
        return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style", "")))

    def text_of(element: Any) -> str:
        if not isinstance(element.tag, str) or element.tag in (*_UNSEEN, *_GAPS) or is_hidden(element):
            return " "
        if _GAP_STYLES.search(element.get("style", "")) and element.tag not in ("td", "th"):
            return " "
        if element.get("role") == "doc-noteref" or (
            element.tag == "a" and element.get("href", "").startswith("#")
        ):
            return " "
        apart = "" if element.tag in _TRANSPARENT else " "
        inner = [element.text or "", *(text_of(child) + (child.tail or "") for child in element)]
        return apart + "".join(inner) + apart

    tables = [table for table in page.iter("table") if next(table.iterdescendants("table"), None) is None]
    for place, table in enumerate(tables, start=1):
        is_visible = not any(is_hidden(each) for each in (table, *table.iterancestors()))
        answer.begin(f"table {place}", is_visible, has_typed_dates=False)
        covered: dict[int, int] = {}  # by column, how many rows more a cell above reaches down
        hidden_rows: list[int] = []
        merged: list[tuple[int, int, int, int]] = []
        for number, row in enumerate(table.iter("tr"), start=1):
            cells: list[Cell] = []
            column = 1
            below = {}
            for cell in row.iterchildren("td", "th"):
                while covered.get(column):
                    column += 1
                across, down = _span(cell, "colspan", 1000), _span(cell, "rowspan", 65_534)
                if is_hidden(cell):
                    text: str | None = None
                else:
                    text = as_text(" ".join(text_of(cell).split()))
                cells.append((column, text, ERROR if text and ERRORS.fullmatch(text) else None))
                if down > 1 or across > 1:
                    merged.append((number, column, number + down - 1, column + across - 1))
                below.update(dict.fromkeys(range(column, column + across), down - 1))
                column += across
            covered = {place: rows - 1 for place, rows in covered.items() if rows > 1}
            covered |= {place: rows for place, rows in below.items() if rows}
            if is_hidden(row):
                hidden_rows.append(number)
            answer.row(number, cells)
        answer.end(hidden_rows, (), merged)


def _span(cell: Any, what: str, most: int) -> int:
    said = cell.get(what, "1").strip()
    return min(max(int(said), 1), most) if re.fullmatch(r"[0-9]{1,6}", said) else 1


def serve(memory: int) -> None:
    """Answer for one file after the other on standard input, until there is no more."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import signal
    import time
    import warnings

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while asked := sys.stdin.buffer.readline():
        request = json.loads(asked)
        answer = Answer(out, request["rows"], request["columns"], request["cells"])
        with suppress(NameError, ValueError):
            seconds = int(time.process_time()) + request["seconds"]
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
        try:
            data = sys.stdin.buffer.read(request["size"])
            read(data, request["unpacked"], answer)
            answer.send({"done": True})
        except UnreadableWorkbook as error:
            answer.send({"unreadable": str(error)})
        except MemoryError:
            answer.send(
                {"unreadable": f"takes more than {memory // 2**20:,} MiB of memory to read: send CSV"}
            )
        except Exception as error:  # whatever a damaged file makes its library raise
            what = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            answer.send(
                {
                    "unreadable": "cannot be read as a workbook, perhaps damaged or cut off on its way: send it again, "
                    f"or open it in your spreadsheet program and save it anew as .xlsx ({what})"
                }
            )
        out.flush()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
