"""Workbooks of every format as rows of text, read in a process of limited memory and time."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TextProperties
from odf.table import Table, TableCell, TableRow
from odf.text import P, Span
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from warehouse import workbooks
from warehouse.workbooks import Sheet, WorkbookError, is_workbook, read_workbook

CASES = Path(__file__).resolve().parents[2] / "cases" / "workbooks"


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def only(data: bytes) -> Sheet:
    (sheet,) = read_workbook(data)
    return sheet


def cells(sheet: Sheet) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in sheet.rows]


@pytest.mark.parametrize(
    "name",
    ["far_attr", "far_prefix", "far_space", "reg_far_attr_order", "reg_far_control"],
)
def test_a_far_cell_is_refused_however_its_file_is_written(name: str) -> None:
    with pytest.raises(WorkbookError, match="row 1,048,576 and column 16,384"):
        read_workbook((CASES / f"{name}.xlsx").read_bytes())


@pytest.mark.parametrize(
    "name",
    ["reg_formula_prefixed", "reg_formula_parts_swapped", "reg_formula_part_named_sheet",
     "reg_formula_no_value_control"],
)  # fmt: skip
def test_a_formula_without_a_value_is_seen_however_its_file_is_written(name: str) -> None:
    sheet = read_workbook((CASES / f"{name}.xlsx").read_bytes())[0]
    assert sheet.problems == [(3, 5, "formula_without_value")]


def test_a_formula_that_gives_an_empty_text_is_blank() -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", '=IF(A1="","",1)'])
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(book))) as source, zipfile.ZipFile(data, "w") as target:
        for part in source.infolist():
            text = source.read(part)
            target.writestr(
                part, text.replace(b'<c r="B1"><f>', b'<c r="B1" t="str"><f>').replace(b"<v />", b"<v></v>")
            )
    assert only(data.getvalue()).problems == []


def test_a_merged_range_down_a_whole_column_is_clipped_to_what_is_filled() -> None:
    assert only((CASES / "merge.xlsx").read_bytes()).merged == [(1, 1, 2, 1)]


@pytest.mark.parametrize(
    ("runs", "read"),
    [
        (["41", TextBlock(InlineFont(vertAlign="superscript"), "1")], "41"),
        ([TextBlock(InlineFont(vertAlign="superscript"), "1"), "41"], "41"),
        (["4", TextBlock(InlineFont(vertAlign="superscript"), "1"), "2"], "4 2"),
        ([TextBlock(InlineFont(strike=True), "41"), "39"], "39"),
        (["4", TextBlock(InlineFont(b=True), "1")], "41"),
    ],
)
def test_raised_and_struck_out_runs_are_gaps_and_bold_ones_are_not(runs: list[str | TextBlock], read: str) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = CellRichText(*runs)
    sheet = only(saved(book))
    assert (cells(sheet), sheet.problems) == ([[read]], [])


def test_a_process_reads_as_many_workbooks_as_it_is_given() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = CellRichText("4", TextBlock(InlineFont(b=True), "1"))
    data = saved(book)
    assert all(cells(only(data)) == [["41"]] for _ in range(1_000))


def shared(change: Callable[[str, bytes], tuple[str, bytes]]) -> bytes:
    """A workbook whose texts stand in a table of their own, each part of it changed."""
    whole, changed = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(whole) as book:
        sheet = book.add_worksheet("A")
        sheet.write_rich_string("A1", "41", book.add_format({"font_script": 1}), "1")
        sheet.write_datetime("B1", dt.datetime(2026, 1, 10), book.add_format({"num_format": "dd/mm/yy"}))
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(changed, "w") as target:
        for part in source.namelist():
            target.writestr(*change(part, source.read(part)))
    return changed.getvalue()


@pytest.mark.parametrize("old", ["styles.xml", "sharedStrings.xml", "worksheets/sheet1.xml"])
def test_a_part_may_have_any_name(old: str) -> None:
    new = old.replace(".xml", "-of-its-own.xml")
    data = shared(lambda part, text: (part.replace(old, new), text.replace(old.encode(), new.encode())))
    assert cells(only(data)) == [["41", "2026-01-10"]]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"openxmlformats.org/spreadsheetml/2006/main", b"example.org/other", "save it anew"),
        (b'r="B1"', b'r="A1"', "column 1 twice"),
        (b'<row r="1"', b'<row r="7"', "a cell of row 1 stands in row 7"),
    ],
)
def test_a_workbook_that_can_be_read_two_ways_or_not_at_all_is_refused(old: bytes, new: bytes, why: str) -> None:
    with pytest.raises(WorkbookError, match=why):
        read_workbook(shared(lambda part, text: (part, text.replace(old, new))))


@pytest.mark.parametrize(
    ("font", "problem"), [(Font(strike=True), "struck_out"), (Font(vertAlign="superscript"), "superscript")]
)
@pytest.mark.parametrize("value", [41, "41"])
def test_a_cell_that_is_struck_out_or_raised_as_a_whole_is_named(font: Font, problem: str, value: object) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = value
    book.active["A1"].font = font
    assert only(saved(book)).problems == [(1, 1, problem)]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!"])
def test_an_error_is_named_with_its_text(error: str) -> None:
    book = openpyxl.Workbook()
    book.active["B1"] = error
    book.active["B1"].data_type = "e"
    sheet = only(saved(book))
    assert (cells(sheet), sheet.problems) == ([["", error]], [(1, 2, "error_cell")])


@pytest.mark.parametrize(
    ("value", "number_format", "read"),
    [
        (1, "0%", "100%"),
        (0.07, "0.0%", "7%"),
        (0.5, "0.00%;[Red]-0.00%", "50%"),
        (1, '0"%"', "1"),
        (1, "General", "1"),
    ],
)
def test_a_per_cent_cell_is_read_as_it_is_shown(value: float, number_format: str, read: str) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = value
    book.active["A1"].number_format = number_format
    assert cells(only(saved(book))) == [[read]]


@pytest.mark.parametrize(
    ("number_format", "is_disguised"),
    [
        *((shown, True) for shown in ('"<"0', "\\~0", '"c. "0', '[<20]"under 20";0', '"1"0', "0,", "#,##0,,", ";;;")),
        *((shown, False) for shown in (
            "General", "#,##0", '"£"#,##0.00', '0" days"', "0;-0;;@", '_-* #,##0_-;-* #,##0_-;_-* "-"??_-;_-@_-',
            "[<=9999999]###-####;(###) ###-####", '0"%"', "[Red]0", '0" cases"')),
    ],
)  # fmt: skip
def test_a_figure_whose_format_shows_another_or_none_is_named(number_format: str, is_disguised: bool) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = 17
    book.active["A1"].number_format = number_format
    assert only(saved(book)).problems == [(1, 1, "disguised")] * is_disguised


def test_a_chart_on_a_sheet_of_its_own_is_no_sheet_of_cells() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    book.create_chartsheet("Chart")
    assert cells(only(saved(book))) == [["x"]]


def test_what_is_hidden_is_named() -> None:
    book = openpyxl.Workbook()
    for row in range(1, 4):
        book.active.append([row, row])
    book.active.row_dimensions[2].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.create_sheet("Old").sheet_state = "veryHidden"
    sheet, hidden = read_workbook(saved(book))
    assert (sheet.hidden_rows, sheet.hidden_columns, hidden.is_visible) == ({2}, {2}, False)


def test_blank_cells_however_far_and_formatted_are_no_cells() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    book.active["XFD1048576"].font = Font(bold=True)
    assert cells(only(saved(book))) == [["x"]]


def test_an_old_workbook_is_read_with_its_errors_marks_and_hidden_rows() -> None:
    sheet, hidden = read_workbook((CASES / "tab_old.xls").read_bytes())
    assert sheet.rows[3] == ["Illustrative County Council", "4", "2", "25", "19", "2", "17", "69", "89%"]
    assert sheet.problems == [(7, 7, "error_cell"), (7, 8, "struck_out")]
    assert (sheet.hidden_rows, hidden.is_visible) == ({6}, False)


def opendocument() -> bytes:
    document = OpenDocumentSpreadsheet()
    raised = Style(name="raised", family="text")
    raised.addElement(TextProperties(textposition="super 58%"))
    document.automaticstyles.addElement(raised)
    table = Table(name="A")

    def cell(text: str, mark: str = "", **attributes: str) -> TableCell:
        its = TableCell(**attributes)
        paragraph = P(text=text)
        if mark:
            paragraph.addElement(Span(stylename=raised, text=mark))
        its.addElement(paragraph)
        return its

    for number, row in enumerate(
        [
            [cell("Name", valuetype="string"), cell("1", valuetype="float", value="1")],
            [cell("100%", valuetype="percentage", value="1"), cell("2", "1", valuetype="string")],
            [cell("#N/A", formula="of:=NA()", valuetype="string", stringvalue="")],
            [cell("10/01/26", valuetype="date", datevalue="2026-01-10")],
            [TableCell(numbercolumnsrepeated="16384")],
        ]
    ):
        line = TableRow(**({"visibility": "collapse"} if number == 3 else {}))
        for each in row:
            line.addElement(each)
        table.addElement(line)
    table.addElement(TableRow(numberrowsrepeated="1048000"))
    document.spreadsheet.addElement(table)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_an_opendocument_table_is_read_with_its_errors_marks_and_hidden_rows() -> None:
    sheet = only(opendocument())
    assert cells(sheet) == [["Name", "1"], ["100%", "2"], ["#N/A"], ["2026-01-10"]]
    assert (sheet.problems, sheet.hidden_rows) == ([(3, 1, "error_cell")], {4})


def test_a_web_page_named_xls_is_read_as_its_table() -> None:
    page = (
        b"<html><head><style>td{}</style></head><body><table><tr><th>Name<th>Upheld<sup>2</sup>"
        b"<tr><td rowspan=2>Kent &amp; more<td><b>4</b>1<sup>1</sup><a href='#n'>3</a>"
        b"<tr><td>7<span style='display: none'>9</span><tr hidden><td>x<td>1</table></body></html>"
    )
    sheet = only(page)
    assert cells(sheet) == [["Name", "Upheld"], ["Kent & more", "41"], ["", "7"], ["x", "1"]]
    assert (sheet.merged, sheet.hidden_rows, sheet.has_typed_dates) == ([(2, 1, 3, 1)], {4}, False)


@pytest.mark.parametrize(
    ("start", "is_one"),
    [
        (b"PK\x03\x04", True),
        (b"\xd0\xcf\x11\xe0", True),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC', True),
        ("<html><table>".encode("utf-16"), True),
        (b"<table border=1>", True),
        (b"case_reference,stage\n", False),
        (b"<name>,stage\n", False),
        (b"", False),
    ],
)
def test_a_workbook_is_told_by_its_first_bytes(start: bytes, is_one: bool) -> None:
    assert is_workbook(start) is is_one


def opendocument_of(cells: int) -> bytes:
    """Quickly written, and slow to read."""
    cell = b'<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    row = b"<table:table-row>" + cell * 1_000 + b"</table:table-row>"
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(opendocument())) as source, zipfile.ZipFile(data, "w") as target:
        for part in source.namelist():
            text = source.read(part)
            target.writestr(part, text.replace(b"<table:table-row", row * (cells // 1_000) + b"<table:table-row", 1))
    return data.getvalue()


@pytest.mark.parametrize(
    ("limit", "value", "why"),
    [("MEMORY", 150 * 2**20, "takes more than 150 MiB"), ("SECONDS", 1, "takes more than 1 seconds")],
)
def test_a_workbook_that_takes_too_much_ends_its_process_alone(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, why: str
) -> None:
    monkeypatch.setattr(workbooks, limit, value)
    monkeypatch.setattr(workbooks, "SECONDS_A_MEBIBYTE", 0)
    reader = workbooks.Reader()
    monkeypatch.setattr(workbooks, "reader", lambda: reader)
    with pytest.raises(WorkbookError, match=why):
        read_workbook(opendocument_of(100_000))
    assert len(read_workbook((CASES / "tab_control.xlsx").read_bytes())) == 1


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"<table>", b"<html>" + b"\xff" * 99])
def test_a_file_that_is_no_workbook_is_refused_or_holds_nothing(data: bytes) -> None:
    try:
        sheets = read_workbook(data)
    except WorkbookError:
        return
    assert all(not sheet.rows for sheet in sheets)
