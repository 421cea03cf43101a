"""The template, the peer return and the annotated copy: what is written can be read back."""

import csv
import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from assets.council.annotate import write_annotated
from assets.council.check import check_register
from assets.council.contract import read_contract
from assets.council.peer_return import read_peer_return, write_peer_return
from assets.council.report import RegisterReport
from assets.council.template import write_register_template
from warehouse.files import is_open_to_others

Check = Callable[..., RegisterReport]
SALT = b"1"


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.xlsx"
    write_register_template(path)
    return path


def test_the_template_is_the_same_bytes_each_time(template: Path, tmp_path: Path) -> None:
    write_register_template(tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == template.read_bytes()


def test_the_template_has_every_column_of_the_contract(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    for name in ("case_stages", "resources", "compliments", "quarterly_indicators"):
        assert [cell.value for cell in book[name][1]] == read_contract()[name].names


def test_the_dictionary_describes_every_column(template: Path) -> None:
    sheet = openpyxl.load_workbook(template)["data dictionary"]
    described = {(row[0].value, row[2].value) for row in sheet.iter_rows(min_row=2)}
    for name in ("case_stages", "resources", "compliments", "quarterly_indicators"):
        assert {(name, column) for column in read_contract()[name].names} <= described


def test_a_list_is_offered_for_every_column_of_fixed_codes(template: Path) -> None:
    sheet = openpyxl.load_workbook(template)["case_stages"]
    checks = [check for check in sheet.data_validations.dataValidation if check.type == "list"]
    lists = {next(iter(check.sqref.ranges)).min_col: check for check in checks}
    for place, column in enumerate(read_contract()["case_stages"].columns, start=1):
        if column.type == "code":
            assert all(code in lists[place].formula1 for code in column.allowed)


def test_a_filled_template_is_taken_with_its_day(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    book["about"]["B1"] = dt.date(2024, 4, 30)
    book["about"]["B2"] = "X99999999"
    row = {
        "case_reference": "A-1",
        "procedure": "corporate",
        "stage": "1",
        "requested_date": dt.date(2024, 3, 1),
    }
    for place, name in enumerate(read_contract()["case_stages"].names, start=1):
        book["case_stages"].cell(2, place, row.get(name))
    book.save(template)
    report = check_register(template, gss_code="X99999999", salt=SALT)
    assert (report.accepted.num_rows, report.as_at) == (1, dt.date(2024, 4, 30))
    other = check_register(template, gss_code="E10000034", salt=SALT)
    assert "it is of X99999999" in other.refusals[0]


PERIOD = {"period_start": dt.date(2025, 4, 1), "period_end": dt.date(2026, 3, 31)}


def answered(path: Path, **figures: object) -> None:
    write_peer_return(path, **PERIOD)
    book = openpyxl.load_workbook(path)
    sheet = book["peer_return"]
    names = [cell.value for cell in sheet[1]]
    given = {
        "council": "E10000016",
        "answered_date": dt.date(2026, 6, 1),
        "definitions_followed": "yes",
    } | figures
    for name, value in given.items():
        sheet.cell(3, names.index(name) + 1, value)
    for row in (2, 4, 5):
        sheet.delete_rows(row if row == 2 else 3)
    book.save(path)


def test_an_answered_return_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "return.xlsx"
    answered(path, fell_due=20, completed_in_time=8, still_open=3)
    report = read_peer_return(path, asked_by="E10000034", as_at=dt.date(2026, 6, 2), code_on=lambda text, day: text)
    row = report.accepted.to_pylist()[0]
    assert (row["gss_code"], row["procedure"], row["stage"], row["limit_working_days"]) == (
        "E10000016",
        "children_statutory",
        "2",
        "65",
    )
    assert (row["fell_due"], row["completed_in_time"], row["period_end"]) == ("20", "8", "2026-03-31")


def test_a_return_with_more_in_time_than_due_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "return.xlsx"
    answered(path, fell_due=20, completed_in_time=18, still_open=3)
    report = read_peer_return(path, asked_by="E10000034", as_at=dt.date(2026, 6, 2), code_on=lambda text, day: text)
    assert list(report.problems["rule"]) == ["more_in_time_than_due"]


def test_the_return_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_peer_return(tmp_path / name, **PERIOD)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


HOSTILE = """case_reference,procedure,stage,requested_date,closed_date,outcome
A-1,corporate,1,=1+cmd,,
A-2,corporate,1,2024-03-01,,
"""


def test_the_annotated_workbook_shows_the_row_and_runs_no_formula(check: Check, tmp_path: Path) -> None:
    write_annotated(check(HOSTILE), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    rows = list(book["rows"].iter_rows(values_only=True))
    assert len(rows) == 2
    assert rows[1][0] == 2 and "requested_date: expected a real date" in rows[1][1]
    cell = book["rows"].cell(2, 2 + 4)
    assert (cell.value, cell.data_type) == ("=1+cmd", "s")
    assert cell.fill.start_color.rgb == "FFF8CBAD"
    assert book["problems"].max_row == 2
    # what was expected can be read without dragging a column wider, and each printed page says of which row
    assert book["rows"].column_dimensions["B"].width >= 60 and book["rows"]["B2"].alignment.wrap_text
    assert book["rows"].row_dimensions[2].height >= 30  # two lines
    assert book["rows"].print_title_cols == "$A:$A" and book["problems"].column_dimensions["D"].width >= 60


def test_the_annotated_csv_shows_the_row_and_runs_no_formula(check: Check, tmp_path: Path) -> None:
    write_annotated(check(HOSTILE), tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["row"], row["requested_date"]) for row in rows] == [("2", "'=1+cmd")]


@pytest.mark.skipif(os.name != "posix", reason="file modes")
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_the_annotated_copy_is_its_owners_alone_also_over_an_older_one(check: Check, tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch(0o644)
    write_annotated(check(HOSTILE), tmp_path / name)
    assert (tmp_path / name).stat().st_size > 0 and not is_open_to_others(tmp_path / name)


def test_no_copy_is_made_of_a_refused_delivery(check: Check, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="refused"):
        write_annotated(check(b""), tmp_path / "a.xlsx")
    assert not (tmp_path / "a.xlsx").exists()


def test_quarterly_figures_enter_by_their_own_contract(check: Check) -> None:
    figures = pd.DataFrame(
        [
            ("children_statutory", "2", "pct_closed_in_time", "2019-10-01", "2020-03-31", 65, 25, "minutes"),
            ("children_statutory", "2", "pct_closed_in_time", "2020-04-01", "2020-09-30", 65, 25, "minutes"),
            ("children_statutory", "2", "pct_closed_in_time", "2020-10-01", "2021-03-31", 65, 125, "minutes"),
            (
                "children_statutory",
                "2",
                "pct_closed_in_time",
                "2021-04-01",
                "2021-09-30",
                None,
                25,
                "minutes",
            ),
        ],
        columns=[
            "procedure",
            "stage",
            "indicator",
            "period_start",
            "period_end",
            "limit_working_days",
            "value",
            "source",
        ],
    )
    report = check(figures, table="quarterly_indicators")
    assert report.accepted.num_rows == 2
    problems = report.problems.groupby("severity", observed=True)["rule"].agg(list)
    assert problems.to_dict() == {
        "block": ["above_100_percent", "in_time_of_what_limit"],
        "warn": ["in_time_without_counts"] * 4,
    }


def test_a_resource_month_that_is_not_its_first_day_is_set_aside(check: Check) -> None:
    report = check("month,posts,vacancies\n2024-03-02,5,1\n2024-04-01,5,6\n", table="resources")
    assert list(report.problems["rule"]) == ["not_first_of_month", "more_vacancies_than_posts"]
    assert report.accepted.num_rows == 1
