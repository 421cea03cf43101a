"""Excel's workbooks, XLSX and old XLS, read cell by cell."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from warehouse.workbook_cells import (
    DISGUISED,
    ERROR,
    FORMULA,
    NO_VALUE,
    STRUCK,
    SUPERSCRIPT,
    Answer,
    Cell,
    UnreadableWorkbook,
    as_percent,
    as_text,
    is_disguise,
    is_percent,
)


def read_xlsx(data: bytes, answer: Answer) -> None:
    # openpyxl imports numpy only to know its number types, which takes longer than all the rest
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    # its guard against entities halves the speed, and expat and this process have limits of their own
    os.environ["OPENPYXL_DEFUSEDXML"] = "False"
    from openpyxl.cell.rich_text import CellRichText
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.numbers import BUILTIN_FORMATS
    from openpyxl.utils.cell import range_boundaries
    from openpyxl.worksheet import _reader as openpyxl_reader
    from openpyxl.xml.constants import SHEET_MAIN_NS

    def parse_text(element: Any) -> Any:
        """A text of a cell's own; nearly all have no runs, and are read much faster so."""
        if element.find(f"{{{SHEET_MAIN_NS}}}r") is not None:
            return CellRichText.from_tree(element) or ""
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
    workbook: Any = reader.wb
    # a chart on a sheet of its own has no cells
    reader.read_chartsheet = lambda sheet, rel: workbook._sheets.append(sheet)  # type: ignore[method-assign]
    reader.read_worksheets()
    styles = _styles(reader)
    percent, struck, disguised = set(), {}, set()
    for number, style in enumerate(styles.cell_styles if styles else ()):
        font = styles.fonts[style.fontId] if style.fontId < len(styles.fonts) else None
        if font is not None and (font.strike or font.vertAlign in ("superscript", "subscript")):
            struck[number] = STRUCK if font.strike else SUPERSCRIPT
        code, own = style.numFmtId, styles.number_formats
        number_format = own[code - 164] if 0 <= code - 164 < len(own) else BUILTIN_FORMATS.get(code)
        if is_percent(number_format or ""):
            percent.add(number)
        if is_disguise(number_format or ""):
            disguised.add(number)

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
                is_other = is_figure and style in disguised
                problem = struck.get(style) or (DISGUISED if is_other else FORMULA if cell["formula"] else None)
                yield cell["column"], text, problem
            else:
                text, without = _runs(value)
                is_raised = without and not text
                problem = struck.get(style) if isinstance(value, str) else SUPERSCRIPT if is_raised else None
                yield cell["column"], text, problem or (FORMULA if cell["formula"] else None)

    if not workbook.worksheets or len(workbook._sheets) < len(reader.parser.sheets):
        raise UnreadableWorkbook("lacks a sheet that it should have: open it and save it anew as an ordinary .xlsx")
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
        columns = (attributes for attributes in parser.column_dimensions.values() if _is_hidden(attributes, "width"))
        areas: Any = (
            range_boundaries(area.ref) for area in (parser.merged_cells.mergeCell if parser.merged_cells else ())
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
        for style in group:
            keep(style, "strike", "vertAlign")
    return Stylesheet.from_tree(root)


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    """Whether a row or column is hidden, or has no height or width."""
    return attributes.get("hidden") in ("1", "true") or re.fullmatch(r"0(\.0*)?", attributes.get(size, "")) is not None


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


def read_xls(data: bytes, answer: Answer) -> None:
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
        look = workbook.font_list[font]
        return STRUCK if look.struck_out else SUPERSCRIPT if look.escapement else None

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
                    shown_as = number_format.format_str if number_format and kind == xlrd.XL_CELL_NUMBER else ""
                    text = as_percent(value) if is_percent(shown_as) else as_text(value)
                    problem = problem or (DISGUISED if is_disguise(shown_as) else None)
                cells.append((column + 1, text, problem))
            answer.row(row + 1, cells)
        answer.end(
            [row + 1 for row, info in sorted(sheet.rowinfo_map.items()) if info.hidden or info.height == 0],
            [(column + 1, column + 1) for column, info in sheet.colinfo_map.items() if info.hidden or info.width == 0],
            [(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells],
        )
