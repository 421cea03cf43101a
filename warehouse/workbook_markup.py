"""Workbooks that are marked-up text: ODS, and web pages named .xls, read cell by cell."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from typing import Any

from warehouse.workbook_cells import (
    ERROR,
    ERRORS,
    FORMULA,
    NO_VALUE,
    STRUCK,
    Answer,
    Cell,
    UnreadableWorkbook,
    as_percent,
    as_text,
)


def read_ods(data: bytes, answer: Answer) -> None:
    from odf import namespaces as ns
    from odf.opendocument import load
    from odf.style import Style, TableProperties, TextProperties
    from odf.table import Table, TableColumn, TableRow

    document = load(io.BytesIO(data))
    gaps, hidden_tables = set(), set()
    for style in document.getElementsByType(Style):
        name = style.getAttrNS(ns.STYLENS, "name")
        for text in style.getElementsByType(TextProperties):
            position = str(text.getAttrNS(ns.STYLENS, "text-position") or "")
            line = text.getAttrNS(ns.STYLENS, "text-line-through-style") or "none"
            if position.startswith(("super", "sub")) or re.match(r"-?[1-9]", position) or line != "none":
                gaps.add(name)
        for shown in style.getElementsByType(TableProperties):
            if str(shown.getAttrNS(ns.TABLENS, "display")) == "false":
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


def read_web_page(data: bytes, answer: Answer) -> None:
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
        if element.get("role") == "doc-noteref" or (element.tag == "a" and element.get("href", "").startswith("#")):
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
