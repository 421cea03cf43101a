"""Downloads are inert, whole and with their units, whatever names and notes hold."""

import csv
import io
import json
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook

from assets.publication.workbook import WIDEST
from tests.web.conftest import HOSTILE, Site


@pytest.fixture(scope="module")
def hostile_workbook(hostile_site: Site) -> Workbook:
    return load_workbook(hostile_site.folder / "downloads/benchmark.xlsx")


def cells(book: Workbook) -> Iterator[Cell]:
    for sheet in book:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if cell.value is not None)


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(hostile_workbook: Workbook) -> None:
    live = [cell.coordinate for cell in cells(hostile_workbook) if cell.data_type == "f" or cell.hyperlink]
    assert live == []


def test_a_hostile_name_stands_in_the_workbook_as_it_is(hostile_workbook: Workbook) -> None:
    held = {cell.value for cell in cells(hostile_workbook)}
    assert HOSTILE in held


def test_every_sheet_is_one_real_table_without_merged_cells_under_a_frozen_header(
    hostile_workbook: Workbook,
) -> None:
    for sheet in hostile_workbook:
        assert len(sheet.tables) == 1 and not sheet.merged_cells.ranges and sheet.freeze_panes


def test_every_row_of_a_sheet_is_as_high_as_its_longest_text_and_paper_repeats_the_header(site: Site) -> None:
    low = []
    for sheet in load_workbook(site.folder / "downloads/benchmark.xlsx"):
        assert "$3:$3" in str(sheet.print_title_rows) and sheet.page_setup.orientation == "landscape"
        widths = [
            (one.min, one.max, one.width) for one in sheet.column_dimensions.values() if one.min and one.max
        ]
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


def test_every_table_with_a_value_of_ours_says_its_unit(site: Site) -> None:
    for sheet in load_workbook(site.folder / "downloads/benchmark.xlsx"):
        header = [cell.value for cell in sheet[3]]
        if "Value (ours)" in header or "Together: value (ours)" in header:
            units = {
                row[header.index("Unit of the values")]
                for row in sheet.iter_rows(min_row=4, values_only=True)
            }
            assert units <= {"percent", "per 100,000 residents", None}, sheet.title


def test_the_title_of_a_sheet_ends_on_its_first_sheet_of_paper_and_says_its_unit_once(site: Site) -> None:
    book = load_workbook(site.folder / "downloads/benchmark.xlsx")
    for sheet in book:
        paper = min(WIDEST, sum(column.width for column in sheet.column_dimensions.values()))
        assert 1.4 * len(str(sheet["A1"].value)) < paper, sheet.title
    assert "Each sheet holds one table." in str(book["Contents"]["A2"].value)
    said = [str(row[1].value) for row in book["Contents"].iter_rows(min_row=4)]
    assert (
        sum(one.count("per 100,000 residents") for one in said)
        == sum("per 100,000" in one for one in said)
        > 2
    )


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
