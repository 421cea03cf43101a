"""Workbooks as they come: merged cells, formulas, hidden sheets, passwords, bombs."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets.council.report import RegisterReport
from assets.council.sheets import filled_sheets

Check = Callable[..., RegisterReport]

HEADER = ["case_reference", "procedure", "stage", "requested_date", "closed_date", "outcome"]
GOOD = ["A-1", "corporate", 1, dt.date(2024, 3, 1), dt.datetime(2024, 3, 15, 9, 30), "upheld"]


def saved(workbook: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def workbook(*rows: list[Any], title: str = "Cases") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def blocks(report: RegisterReport) -> list[tuple[int, str, str]]:
    found = report.problems[report.problems["severity"] == "block"]
    return list(zip(found["row"], found["column"], found["rule"], strict=True))


def test_dates_and_numbers_of_a_workbook_are_read_as_they_are(check: Check) -> None:
    row = check(saved(workbook(HEADER, GOOD))).accepted.to_pylist()[0]
    assert (row["stage"], row["requested_date"], row["closed_date"]) == ("1", "2024-03-01", "2024-03-15")


def test_rows_keep_the_numbers_that_the_program_shows(check: Check) -> None:
    bad = ["A-2", "corporate", 9, dt.date(2024, 3, 1), None, None]
    report = check(saved(workbook(["Complaints extract"], [], HEADER, GOOD, [], bad)))
    assert blocks(report) == [(6, "stage", "not_as_expected")]


def test_a_bare_day_number_in_a_date_column_is_not_guessed(check: Check) -> None:
    book = saved(workbook(HEADER, ["A-1", "corporate", 1, 45352, None, None]))
    assert blocks(check(book)) == [(2, "requested_date", "not_as_expected")]
    assert check(book, dates="excel").accepted.column("requested_date").to_pylist() == ["2024-03-01"]


def test_a_formula_is_set_aside_with_its_row(check: Check) -> None:
    report = check(saved(workbook(HEADER, GOOD, ["A-2", "corporate", 1, "=TODAY()-30", None, None])))
    assert blocks(report) == [(3, "requested_date", "formula")]  # and not said to be empty as well
    assert "row 3, requested_date: expected a value; this is a formula" in report.as_text()
    assert report.accepted.num_rows == 1


def test_merged_cells_are_set_aside_and_a_merged_title_is_not(check: Check) -> None:
    book = workbook(["Complaints extract"], HEADER, *([f"A-{row}", *GOOD[1:]] for row in range(5)))
    book.active.merge_cells("A1:F1")
    book.active.merge_cells("E4:E5")
    report = check(saved(book))
    assert {row for row, _, rule in blocks(report) if rule == "merged_down"} == {4, 5}
    assert report.accepted.num_rows == 3


def test_a_hidden_sheet_is_named_and_not_read(check: Check) -> None:
    book = workbook(HEADER, GOOD)
    book.active.sheet_state = "hidden"
    book.create_sheet("Notes")["A1"] = "see the other sheet"
    report = check(saved(book))
    assert report.is_refused and "unhide Cases" in report.as_text()


def test_hidden_rows_and_columns_are_read_and_named(check: Check) -> None:
    book = workbook(HEADER, GOOD, ["A-2", *GOOD[1:]], ["A-3", *GOOD[1:]])
    assert not any("hidden" in note for note in check(saved(book)).notes)
    book.active.row_dimensions[3].hidden = True
    book.active.row_dimensions[9].hidden = True  # holds nothing
    book.active.column_dimensions["F"].hidden = True
    book.active.column_dimensions["H"].hidden = True  # beyond the table
    report = check(saved(book))
    assert report.accepted.num_rows == 3
    assert [note.partition(": ")[2] for note in report.notes if "hidden" in note] == ["3", "outcome"]


def test_an_error_of_the_workbook_is_set_aside_and_not_read_as_empty(check: Check) -> None:
    book = workbook(HEADER, GOOD, ["A-2", *GOOD[1:]])
    book.active["E3"].value, book.active["E3"].data_type = "#N/A", "e"
    assert blocks(check(saved(book))) == [(3, "closed_date", "error_cell")]


def test_two_sheets_that_could_be_meant_are_not_chosen_between(check: Check) -> None:
    book = workbook(HEADER, GOOD)
    other = book.create_sheet("Old")
    other.append(HEADER)
    other.append(GOOD)
    assert "Cases, Old" in check(saved(book)).refusals[0]
    assert check(saved(book), sheet="Old").accepted.num_rows == 1


def test_a_password_is_recognised(check: Check) -> None:
    report = check(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000, suffix=".xlsx")
    assert "password" in report.refusals[0]


def test_a_cell_in_the_far_corner_is_refused_before_memory_is_taken_for_it(check: Check) -> None:
    book = workbook(HEADER, GOOD)
    book.active["XFD1048576"] = "x"
    assert "row 1,048,576 and column 16,384" in check(saved(book)).refusals[0]


def test_a_zip_bomb_is_refused(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets.council.sheets.MAX_UNPACKED_BYTES", 2**20)
    stream = io.BytesIO(saved(workbook(HEADER, GOOD)))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", b"\0" * 2**21)
    assert "unpacks to more than" in check(stream.getvalue()).refusals[0]


def test_a_zip_that_hides_its_size_is_refused(check: Check) -> None:
    content = bytearray(saved(workbook(HEADER, GOOD)))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    assert size in content
    report = check(bytes(content).replace(size, (1).to_bytes(4, "little")))
    assert report.is_refused


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
def test_half_a_workbook_is_refused(check: Check, kept: float) -> None:
    content = saved(workbook(HEADER, GOOD))
    report = check(content[: int(len(content) * kept)])
    assert report.is_refused and "send it again, or open it" in report.refusals[0]


def test_a_zip_that_is_no_workbook_is_refused(check: Check) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert check(stream.getvalue()).is_refused


def test_styled_blank_rows_are_passed_over(check: Check) -> None:
    book = workbook(HEADER, GOOD)
    for row in range(3, 5000):
        book.active.cell(row, 1).font = openpyxl.styles.Font(bold=True)
    assert check(saved(book)).rows_read == 1


def test_a_parquet_file_is_read_with_its_types(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    columns = [[value] for value in GOOD]
    pq.write_table(pa.table(dict(zip(HEADER, columns, strict=True))), path)
    row = check(path).accepted.to_pylist()[0]
    assert (row["stage"], row["requested_date"], row["closed_date"]) == ("1", "2024-03-01", "2024-03-15")


def test_a_parquet_file_whose_values_no_longer_fit_their_checksum_is_refused(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    rows = {"case_reference": ["A-1"], "procedure": ["corporate"], "stage": ["1"], "requested_date": ["2024-03-01"],
            "closed_date": ["2024-03-15"]}  # fmt: skip
    pq.write_table(
        pa.table(rows), path, compression="none", use_dictionary=False, write_statistics=False,
        write_page_checksum=True,
    )  # fmt: skip
    whole = path.read_bytes()
    assert whole.count(b"2024-03-15") == 1
    assert not check(path).is_refused
    path.write_bytes(whole.replace(b"2024-03-15", b"2024-03-16"))
    assert "cannot be read as Parquet" in check(path).refusals[0]


def test_half_a_parquet_file_is_refused(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({name: ["1"] for name in HEADER}), path)
    path.write_bytes(path.read_bytes()[:200])
    assert check(path).is_refused


CASES = Path(__file__).resolve().parents[2] / "cases" / "workbooks"


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("reg_formula_prefixed", [(3, "closed_date", "formula")]),
        ("reg_formula_parts_swapped", [(3, "closed_date", "formula")]),
        ("reg_formula_part_named_sheet", [(3, "closed_date", "formula")]),
        ("merge", [(2, "case_reference", "merged_cell")]),
    ],
)
def test_what_is_set_aside_hangs_on_no_way_of_writing_a_workbook(
    check: Check, name: str, problems: list[tuple[int, str, str]]
) -> None:
    assert blocks(check(CASES / f"{name}.xlsx")) == problems


def test_a_sheet_is_found_filled_also_where_tabs_before_it_were_deleted() -> None:
    names = ["case_stages", "resources", "compliments", "quarterly_indicators"]
    for name in ("template_tabs_deleted", "template_as_it_is"):
        assert filled_sheets(CASES / f"{name}.xlsx", names) == ["case_stages", "quarterly_indicators"]


def test_a_per_cent_cell_of_1_is_100_per_cent(check: Check) -> None:
    report = check(CASES / "quarterly_percent_cells.xlsx", table="quarterly_indicators")
    assert report.accepted["value"].to_pylist() == ["50.0", "100.0", "100.0"]


def test_a_row_that_is_struck_out_is_set_aside(check: Check) -> None:
    book = workbook(HEADER, GOOD, ["A-2", *GOOD[1:]])
    for cell in book.active[3]:
        cell.font = openpyxl.styles.Font(strike=True)
    assert {(row, rule) for row, _, rule in blocks(check(saved(book)))} == {(3, "struck_out")}


def test_headings_over_two_rows_are_joined(check: Check) -> None:
    book = workbook(["Case", None, None, "Stage 1"], [None, "procedure", "stage", "Received", "Closed"])
    book.active.append(GOOD[:5])
    book.active.merge_cells("A1:A2")
    book.active.merge_cells("D1:E1")
    columns = {
        "case_reference": "Case", "requested_date": "Stage 1 / Received", "closed_date": "Stage 1 / Closed",
    }  # fmt: skip
    report = check(saved(book), columns=columns)
    assert report.accepted.num_rows == 1, report.as_text()


def test_a_web_page_named_xls_is_read_as_its_table(check: Check) -> None:
    rows = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>"
        for row in (HEADER, ["A-1", "corporate", "1", "2024-03-01", "2024-03-15", "upheld"])
    )
    page = f"<html><body><table>{rows}</table></body></html>".encode()
    assert check(page, suffix=".xls").accepted.num_rows == 1


def test_no_number_in_a_parquet_file_is_nothing(check: Check) -> None:
    assert blocks(check(CASES / "reg_floats.parquet")) == []


def test_lines_that_end_in_a_carriage_return_alone_are_lines(check: Check) -> None:
    report = check(CASES / "reg_cr_only.csv")
    assert report.accepted.num_rows == 1, report.as_text()


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_header_with_nothing_below_it_is_told_so(check: Check, end: str) -> None:
    assert "nothing stands below its headings" in check(",".join(HEADER) + end).refusals[0]
