"""The return that goes out and comes back: who asks, one's own answer, and what is said of it."""

import datetime as dt
from itertools import product
from pathlib import Path

import duckdb
import openpyxl
import pytest

from assets.council.peer_return import Asker, own_figures, read_peer_return, write_peer_return
from assets.council.report import RegisterReport
from cli.peer_return import peer_return_lines
from warehouse.councils import UnknownSubjectError

CASES = Path(__file__).parents[2] / "cases" / "register"
PERIOD = {"period_start": dt.date(2026, 4, 1), "period_end": dt.date(2026, 9, 30)}
COLUMNS = (
    "gss_code, procedure, stage, service, period_start, period_end, counted_on, clock_start, clock_end, allowance, "
    "is_declared, limit_working_days, in_time, late, overdue, withdrawn, withdrawn_late, as_at, source"
)
CHILDRENS = ("children_statutory", "2", "request", "adjudication", "maximum", True, 65, 3, 2, 1)
CORPORATE = ("corporate", "1", "request", "response", "limit", True, 10, 9, 4, 0)


def warehouse(path: Path, *rows: tuple[object, ...]) -> Path:
    """A warehouse with rows of one's own timeliness in one half-year."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute("create schema core")
        connection.execute(
            "create table core.case_stages (gss_code varchar, procedure varchar, stage varchar, "
            "adjudication_date date, response_sent_date date)"
        )
        connection.execute(
            "create table marts.stage_volumes as from (values ('E10000034', 'children_statutory', '2', 'all', "
            "'complaint', 'half_year', date '2026-04-01', date '2026-09-30', 11, 'case register')) as t(gss_code, "
            "procedure, stage, service, kind, period_kind, period_start, period_end, received, source)"
        )
        connection.execute(
            "create table marts.stage_timeliness (gss_code varchar, procedure varchar, stage varchar, service varchar, "
            "period_kind varchar default 'half_year', median_working_days double default 61.25, "
            "period_start date, period_end date, counted_on varchar, clock_start varchar, clock_end varchar, "
            "allowance varchar, is_declared boolean, limit_working_days integer, in_time bigint, late bigint, "
            "overdue bigint, withdrawn bigint, withdrawn_late bigint, as_at date, source varchar)"
        )
        for (
            procedure,
            stage,
            start,
            end,
            allowance,
            declared,
            limit,
            in_time,
            late,
            overdue,
        ), way in product(rows, ("due", "closed")):
            connection.execute(
                f"insert into marts.stage_timeliness ({COLUMNS}) values ('E10000034', ?, ?, 'all', '2026-04-01', "
                f"'2026-09-30', '{way}', ?, ?, ?, ?, ?, ?, ?, ?, 2, 1, '2026-10-31', 'case register')",
                [procedure, stage, start, end, allowance, declared, limit, in_time, late, overdue],
            )
    return path


def returned(path: Path) -> RegisterReport:
    return read_peer_return(
        path, asked_by="E10000030", as_at=dt.date(2026, 11, 30), code_on=lambda text, day: "E10000034"
    )


def test_who_asks_and_by_when_stands_on_the_first_sheet(tmp_path: Path) -> None:
    path = tmp_path / "return.xlsx"
    asker = Asker("Surrey County Council", "complaints manager", "complaints@example.org", dt.date(2026, 11, 30))
    write_peer_return(path, **PERIOD, asker=asker)
    cells = [cell.value for row in openpyxl.load_workbook(path)["about"].iter_rows() for cell in row]
    assert {
        "Surrey County Council", "complaints manager, complaints@example.org", "30 November 2026",
        "1 April 2026 to 30 September 2026",
    } <= {*cells}  # fmt: skip


def test_ones_own_answer_is_read_back_as_it_was_counted(tmp_path: Path) -> None:
    figures = own_figures(warehouse(tmp_path / "w.duckdb", CHILDRENS), "E10000034", *PERIOD.values())
    path = tmp_path / "return.xlsx"
    answer = {key: {**row, "gss_code": "Worcestershire County Council"} for key, row in figures.items()}
    write_peer_return(path, **PERIOD, answer=answer)
    report = returned(path)
    row = report.accepted.to_pylist()[0]
    assert report.quarantined == 0 and report.accepted.num_rows == 1
    # withdrawn after its limit is a case that fell due
    assert (row["fell_due"], row["completed_in_time"], row["still_open"], row["withdrawn"]) == (
        "7",
        "3",
        "1",
        "2",
    )
    assert (row["answered_date"], row["definitions_followed"]) == ("2026-10-31", "yes")
    assert (row["received"], row["median_working_days"]) == ("11", "61.3")
    heading = openpyxl.load_workbook(path)["peer_return"].cell(1, 1).value
    assert heading == "council"


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([CORPORATE, ("corporate", "1", "acknowledgement", *CORPORATE[3:])], id="the clock changed"),
        pytest.param([(*CHILDRENS[:6], 25, *CHILDRENS[7:])], id="another limit"),
        pytest.param([("children_statutory", "3", "request", "response", *CHILDRENS[4:])], id="a stage not asked of"),
        pytest.param([(*CORPORATE[:6], None, *CORPORATE[7:])], id="no one limit"),
    ],
)
def test_a_figure_on_another_definition_is_not_filled_in(tmp_path: Path, rows: list[tuple[object, ...]]) -> None:
    assert own_figures(warehouse(tmp_path / "w.duckdb", *rows), "E10000034", *PERIOD.values()) == {}


def test_a_figure_on_the_declared_clock_is_filled_in_as_another_definition(tmp_path: Path) -> None:
    declared = ("corporate", "1", "acknowledgement", *CORPORATE[3:])
    figures = own_figures(warehouse(tmp_path / "w.duckdb", declared), "E10000034", *PERIOD.values())
    assert figures["corporate", "1"]["definitions_followed"] == "no"


def test_what_a_return_says_has_one_heading_a_council_and_days_as_written() -> None:
    report = read_peer_return(
        CASES / "surrey-2.xlsx",
        asked_by="E10000034",
        as_at=dt.date(2026, 11, 30),
        code_on=lambda text, day: text,
    )
    told = peer_return_lines(report, {"E10000030": "Surrey"})
    assert told == [
        "Surrey:",
        "  children's social care, Stage 1, 1 April 2026 to 30 September 2026: 210 fell due within 20 working days, "
        "180 completed in time, 4 still open; on the fixed definitions, grade A",
        "  children's social care, Stage 2, 1 April 2026 to 30 September 2026: 40 fell due within 65 working days, "
        "18 completed in time, 9 still open; on the fixed definitions, grade A",
    ]


def test_a_persons_name_in_place_of_the_councils_is_never_repeated(tmp_path: Path) -> None:
    figures = own_figures(warehouse(tmp_path / "w.duckdb", CHILDRENS, CORPORATE), "E10000034", *PERIOD.values())
    names = iter(["Worcestershire", "Agnieszka Kowalska"])
    path = tmp_path / "return.xlsx"
    write_peer_return(path, **PERIOD, answer={key: {**row, "gss_code": next(names)} for key, row in figures.items()})

    def code_on(text: str, day: dt.date) -> str:
        if text != "Worcestershire":
            raise UnknownSubjectError(f"There is no English council called {text!r}")
        return "E10000034"

    report = read_peer_return(path, asked_by="E10000030", as_at=dt.date(2026, 11, 30), code_on=code_on)
    assert (report.accepted.num_rows, report.quarantined) == (1, 1)
    assert "Kowalska" not in report.as_text() + str(report.problems.to_dict())
