"""Downloads are inert, whole and with their units, whatever names and notes hold."""

import csv
import io
import json
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook

from assets.publication.briefing import briefing
from assets.publication.sheets import WIDEST, as_number, is_address
from tests.web.conftest import HOSTILE, TODAY, Site


@pytest.fixture(scope="module")
def hostile_workbook(hostile_site: Site) -> Workbook:
    return load_workbook(hostile_site.folder / "downloads/benchmark.xlsx")


@pytest.fixture(scope="module")
def workbook(site: Site) -> Workbook:
    return load_workbook(site.folder / "downloads/benchmark.xlsx")


def cells(book: Workbook) -> Iterator[Cell]:
    for sheet in book:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if cell.value is not None)


def test_no_cell_of_the_workbook_is_a_formula(hostile_workbook: Workbook) -> None:
    assert [cell.coordinate for cell in cells(hostile_workbook) if cell.data_type == "f"] == []


def test_links_lead_to_a_sheet_or_to_the_address_that_the_cell_shows(
    workbook: Workbook, hostile_workbook: Workbook
) -> None:
    for book in (workbook, hostile_workbook):
        links = [(cell.value, cell.hyperlink) for cell in cells(book) if cell.hyperlink]
        inner = [value for value, link in links if link.location and not link.target]
        assert inner == [one for one in book.sheetnames if one not in ("Briefing", "Contents")]
        outer = [(value, link.target) for value, link in links if link.target]
        assert [value for value, target in outer if not is_address(value) or unquote(target) != unquote(value)] == []
        assert outer


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("https://a.example")',
        "javascript:alert(1)",
        "file:///etc/passwd",
        "internal:'Notes'!A1",
        "external:c:\\a.xlsx",
        "\\\\host\\share",
        "mailto:a@b.example",
        "https://a.example/ =cmd",
        "https://a.example/\u202egpj",
        "https://user@a.example",
        "https://a.example/" + "x" * 2_000,
        "https://",
        "",
        None,
        12,
    ],
)
def test_what_is_no_plain_address_of_the_web_stays_a_text(text: object) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("88", 88),
        ("88.50", 88.5),
        ("1,204", 1204),
        ("0", 0),
        ("=1", "=1"),
        ("1e9", "1e9"),
        ("5*", "5*"),
        ("", ""),
        (None, None),
    ],
)
def test_a_printed_number_is_a_number_and_anything_else_as_printed(text: object, value: object) -> None:
    assert as_number(text) == value


def test_no_sheet_is_empty_and_the_briefing_comes_first(workbook: Workbook) -> None:
    assert workbook.sheetnames[:3] == ["Briefing", "Contents", "Figures"]
    assert [sheet.title for sheet in workbook if sheet["A4"].value is None] == []


def test_the_briefing_sheet_says_what_the_first_page_says(site: Site, workbook: Workbook) -> None:
    sheet = workbook["Briefing"]
    page = briefing(site.findings, TODAY)
    assert page.headline in str(sheet["A1"].value) and sheet["A2"].value == " ".join(page.sentences)
    shown = [
        tuple(cell.value for cell in row[:5]) for row in sheet.iter_rows(min_row=4, max_row=3 + len(page.measures))
    ]
    assert shown == [
        (one.name, one.value, one.cases or None, one.head["period_label"], one.chip) for one in page.measures
    ]
    below = {str(row[0].value) for row in sheet.iter_rows(min_row=4 + len(page.measures))}
    assert set(page.asks) <= below and len(sheet._charts) == 1


def test_the_long_sheet_has_every_figure_of_every_council_and_marks_our_rows(site: Site, workbook: Workbook) -> None:
    sheet = workbook["Figures"]
    rows = list(sheet.iter_rows(min_row=4))
    ours = site.findings.council.nice_name
    assert {row[0].value for row in rows if row[0].font.bold} == {ours}
    assert all(row[0].font.bold for row in rows if row[0].value == ours)
    expected = sum(len(councils) for councils in site.findings.councils.values())
    assert sum(row[0].value != ours for row in rows) == expected - len(site.findings.councils)


def test_the_register_has_its_sheets_with_small_counts_hidden(own_site: Site, workbook: Workbook) -> None:
    own = load_workbook(own_site.folder / "downloads/benchmark.xlsx")
    sheets = {
        "Time limits": "own_timeliness",
        "Open cases": "own_open",
        "Steps": "own_steps",
        "Services": "own_services",
    }
    assert set(sheets) <= set(own.sheetnames)
    assert not set(sheets) & set(workbook.sheetnames)
    hidden = sum("open_stages" in row["hidden"] for row in own_site.findings.own["own_open"])
    assert [cell.value for cell in own["Open cases"]["D"]].count("[c]") == hidden > 0


def test_every_sheet_is_printed_one_sheet_of_paper_wide(workbook: Workbook) -> None:
    for sheet in workbook:
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.print_area
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)


def test_a_hostile_name_stands_in_the_workbook_as_it_is(hostile_workbook: Workbook) -> None:
    held = {cell.value for cell in cells(hostile_workbook)}
    assert HOSTILE in held


def test_every_sheet_is_one_real_table_without_merged_cells_under_a_frozen_header(
    hostile_workbook: Workbook,
) -> None:
    for sheet in hostile_workbook:
        assert len(sheet.tables) == 1 and not sheet.merged_cells.ranges and sheet.freeze_panes


def test_every_row_of_a_sheet_is_as_high_as_its_longest_text_and_paper_repeats_the_header(
    workbook: Workbook,
) -> None:
    low = []
    for sheet in workbook:
        assert "$3:$3" in str(sheet.print_title_rows) and sheet.page_setup.orientation == "landscape"
        widths = [(one.min, one.max, one.width) for one in sheet.column_dimensions.values() if one.min and one.max]
        for row in sheet.iter_rows(min_row=4):
            lines = [
                len(cell.value) / next(width for low, high, width in widths if low <= cell.column <= high)
                for cell in row
                if isinstance(cell.value, str) and cell.alignment.wrap_text
            ]
            height = sheet.row_dimensions[row[0].row].height or 15
            if height < min(15 * max(lines, default=1), 409) - 1:
                low.append((sheet.title, row[0].row))
    assert low == []


def test_every_table_with_a_value_of_ours_says_its_unit(workbook: Workbook) -> None:
    for sheet in workbook:
        header = [cell.value for cell in sheet[3]]
        if "Value (ours)" in header or "Together: value (ours)" in header:
            units = {row[header.index("Unit of the values")] for row in sheet.iter_rows(min_row=4, values_only=True)}
            assert units <= {"percent", "per 100,000 residents", None}, sheet.title


def test_the_title_of_a_sheet_ends_on_its_sheet_of_paper(workbook: Workbook) -> None:
    for sheet in workbook:
        paper = min(WIDEST, sum(column.width for column in sheet.column_dimensions.values()))
        assert 1.4 * len(str(sheet["A1"].value)) < paper, sheet.title
    assert "Each sheet holds one table." in str(workbook["Contents"]["A2"].value)


def test_a_spreadsheet_evaluates_no_cell_of_a_csv_file(hostile_site: Site) -> None:
    files = sorted((hostile_site.folder / "downloads").glob("*.csv"))
    read = [
        cell
        for file in files
        for row in csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")))
        for cell in row.values()
    ]
    assert any(HOSTILE in cell for cell in read)
    assert [cell for cell in read if cell.lstrip()[:1] in ("=", "+", "@")] == []


def test_json_says_a_hostile_name_as_it_is_and_is_json(hostile_site: Site) -> None:
    for name in ("overview", "answers"):
        told = json.loads((hostile_site.folder / f"downloads/{name}.json").read_text(encoding="utf-8"))
        assert told["council"] == HOSTILE, name


def test_every_row_of_a_csv_file_says_its_unit(site: Site) -> None:
    for file in (site.folder / "downloads").glob("*.csv"):
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
        assert {row["unit"] for row in rows} <= {"percent", "per 100,000 residents"}, file.name


def test_every_chart_is_there_as_svg_and_as_png(site: Site) -> None:
    folder = site.folder / "downloads"
    drawn = {file.stem for file in folder.glob("*.svg")}
    assert drawn == {file.stem for file in folder.glob("*.png")}
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in folder.glob("*.png")) and drawn
