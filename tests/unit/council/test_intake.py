"""What the intake takes, sets aside and refuses, on deliveries drawn in the tests."""

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy

from assets.council.check import check_query, check_register
from assets.council.mapping import Mapping
from assets.council.querying import _refuse_what_writes, read_query
from assets.council.report import RegisterReport
from assets.example.cases import GSS_CODE

Check = Callable[..., RegisterReport]

HEADER = "case_reference,procedure,stage,requested_date,closed_date,outcome\n"
GOOD = "A-1,corporate,1,2024-03-01,2024-03-15,upheld\n"
QUARTERLY = "procedure,stage,indicator,period_start,period_end,limit_working_days,value,source\n"


def problems(report: RegisterReport, severity: str = "block") -> list[tuple[int, str, str]]:
    found = report.problems[report.problems["severity"] == severity]
    return list(zip(found["row"], found["column"], found["rule"], strict=True))


def mess_up(delivered: pd.DataFrame, *, seed: int = 20) -> tuple[pd.DataFrame, dict[str, list[int]]]:
    """The delivery with faults put in, and for each rule the CSV row numbers (header is row 1) that break
    it."""
    rng = np.random.default_rng(seed)
    messy = delivered.copy()
    closed = rng.permutation(np.flatnonzero(messy["closed_date"].notna() & (messy["stage"] == "1")))
    faults: dict[str, list[tuple[int, str, str | None]]] = {
        "not_as_expected": [
            (closed[0], "closed_date", "31/02/2024"),
            (closed[1], "requested_date", "2024-02-31"),
            (closed[2], "stage", "4"),
            (closed[3], "outcome", "upheldd"),
            (closed[4], "organisations", "two"),
            (closed[5], "points_of_complaint", "-1"),
            (closed[6], "closed_date", "01/03/2024"),
        ],
        "closed_before_requested": [(closed[7], "closed_date", "2013-01-02")],
        "empty": [(closed[8], "procedure", None)],
        "stage_of_another_procedure": [(closed[9], "stage", "single")],
    }
    rows: dict[str, list[int]] = {}
    for rule, cells in faults.items():
        for row, column, value in cells:
            messy.loc[row, column] = value
            if rule == "closed_before_requested":
                messy.loc[row, "response_sent_date"] = None
            if rule == "stage_of_another_procedure":
                messy.loc[row, "procedure"] = "corporate"
            rows.setdefault(rule, []).append(int(row) + 2)
    rows["case_stage_twice"] = [int(closed[10]) + 2, len(messy) + 2]
    messy = pd.concat([messy, messy.loc[[closed[10]]]], ignore_index=True)
    return messy, {rule: sorted(found) for rule, found in rows.items()}


def test_a_clean_register_is_taken_whole(check: Check, delivered: pd.DataFrame) -> None:
    report = check(delivered)
    assert not report.is_refused
    assert report.accepted.num_rows == len(delivered)
    assert report.problems.empty


def test_every_fault_put_in_is_found_in_its_row_and_nothing_else(check: Check, delivered: pd.DataFrame) -> None:
    messy, faults = mess_up(delivered)
    report = check(messy)
    found: dict[str, list[int]] = {}
    for row, _, rule in problems(report):
        found.setdefault(rule, []).append(row)
    assert found == faults
    assert report.quarantined == sum(map(len, faults.values()))
    assert report.accepted.num_rows + report.quarantined == len(messy)


def test_the_report_says_row_column_value_and_what_was_expected(check: Check) -> None:
    text = check(HEADER + GOOD + "A-2,corporate,1,31/02/2024,,\n").as_text()
    assert "row 3, requested_date: '31/02/2024'; expected a real date written YYYY-MM-DD" in text
    assert "2 rows read, 1 good, 1 set aside" in text


def test_a_missing_optional_column_says_which_question_it_leaves_unanswered(check: Check) -> None:
    assert "investigator_appointed_date: Q6, Q10" in check(HEADER + GOOD).as_text()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("A-2,corporate,1,2024-03-05,2024-03-01,upheld", [(3, "closed_date", "closed_before_requested")]),
        ("A-1,corporate,1,2024-03-05,,", [(row, "case_reference", "case_stage_twice") for row in (2, 3)]),
        ("A-2,adult_statutory,1,2024-03-05,,", [(3, "stage", "stage_of_another_procedure")]),
        ("A-2,corporate,3,2024-03-05,,", [(3, "stage", "stage_of_another_procedure")]),
        ("A-1,corporate,2,2024-02-01,,", [(3, "requested_date", "stage_2_before_stage_1")]),
        (",corporate,1,2024-02-01,,", [(3, "case_reference", "empty")]),
        ("A-2,  ,1,2024-02-01,,", [(3, "procedure", "empty")]),
        ("   ,corporate,1,2024-02-01,,", [(3, "case_reference", "empty")]),
        ("=1+1,corporate,1,2024-02-01,,", [(3, "case_reference", "not_as_expected")]),
        # a cell that cannot be read raises no second complaint
        ("A-2,corporate,1,2024-03-01,31/02/2024,upheld", [(3, "closed_date", "not_as_expected")]),
        ("A-2,corporate,1,2026-10-01,,", [(3, "requested_date", "not_as_expected")]),
        ("A-2,corporate,1,2011-12-30,,", [(3, "requested_date", "not_as_expected")]),
        ("A-2,corporate,1,2024-03-05,", [(3, "", "number_of_values")]),
        ("A-2,corporate,1,2024-03-05,,,", [(3, "", "number_of_values")]),
    ],
)  # fmt: skip
def test_a_bad_row_is_set_aside_with_its_reason(check: Check, row: str, expected: list[Any]) -> None:
    report = check(HEADER + GOOD + row + "\n")
    assert problems(report) == expected
    assert report.rows_read == 2


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("A-2,corporate,1,2024-03-05,2024-03-06,", (3, "outcome", "closed_without_outcome")),
        ("A-2,corporate,1,2024-03-05,,upheld", (3, "closed_date", "outcome_without_closed")),
        ("A-2,corporate,2,2024-03-05,,", (3, "stage", "stage_2_without_stage_1")),
        ("A-1,corporate,2,2024-03-14,,", (3, "requested_date", "stage_2_before_stage_1_closed")),
        ("A-2,corporate,1,2022-03-05,,", (3, "closed_date", "open_for_three_years")),
    ],
)
def test_an_odd_row_is_taken_and_shown(check: Check, rows: str, expected: Any) -> None:
    report = check(HEADER + GOOD + rows + "\n")
    assert problems(report, "warn") == [expected]
    assert report.accepted.num_rows == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\x00\x01\x02" * 100, "no row with the required column names"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"just words", "no row with the required column names"),
        ((HEADER + GOOD + "A-2,corporate,1").encode(), "middle of a row"),
        ((HEADER + GOOD + "A-2,corporate,1").encode("utf-16"), "middle of a row"),
        (HEADER.replace("outcome", "outcome,Own notes") + GOOD.replace("upheld", "upheld,x"), "know: Own notes"),
        (HEADER.replace("outcome", "outcome,Outcome ") + GOOD.replace("upheld", "upheld,"), "there twice"),
        ("case_reference,procedure\nA-1,corporate\n", "not there: stage"),
        (HEADER.replace("closed_date", "date closed") + GOOD, "columns that are not there: closed_date"),
        (HEADER.replace("closed_date", "date closed") + GOOD, "columns:\n    closed_date: date closed"),
        ("a,b\n1,2\n", "They are case_reference, procedure, stage, requested_date, closed_date"),
        (QUARTERLY + "corporate,2,due,2024-04-01,2024-06-30,,8,minutes\n",
         "Its columns are those of quarterly_indicators: add --table quarterly_indicators"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_as_cases_is_refused_with_what_is_wrong(
    check: Check, content: str | bytes, says: str
) -> None:
    report = check(content)
    assert report.is_refused and report.accepted.num_rows == 0
    assert says in report.as_text()


def test_a_wrong_declared_delimiter_is_refused(check: Check) -> None:
    assert "delimiters tried: semicolon" in check(HEADER + GOOD, delimiter=";").as_text()


def test_a_short_last_row_with_its_line_end_is_set_aside_alone(check: Check) -> None:
    report = check((HEADER + GOOD + "A-2,corporate,1\n").encode("utf-16"))
    assert (problems(report), report.accepted.num_rows) == ([(3, "", "number_of_values")], 1)


def test_the_row_number_is_the_files_own_after_titles_blanks_and_ragged_rows(check: Check) -> None:
    report = check(
        "Complaints extract\n\n"
        + HEADER
        + GOOD
        + "\n\na,b\n,,,,,\nA-3,corporate,9,2024-03-01,,\n"
        + GOOD.replace("A-1", "A-4")
    )
    assert problems(report) == [(7, "", "number_of_values"), (9, "stage", "not_as_expected")]
    assert report.blank_rows == 3


def test_a_million_blank_rows_are_passed_over(check: Check) -> None:
    report = check(HEADER + GOOD + ",,,,,\n" * 1_000_000)
    assert (report.accepted.num_rows, report.blank_rows) == (1, 1_000_000)


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8-sig", ","), ("utf-16", "\t"), ("cp1252", ";"), ("latin-1", "|"), ("utf-8", ";")],
)
def test_common_encodings_and_delimiters_are_read(check: Check, encoding: str, delimiter: str) -> None:
    text = (HEADER + GOOD).replace(",", delimiter).replace("outcome", "Résultat")
    report = check(text.encode(encoding), columns={"outcome": "Résultat"})
    assert report.accepted.column("outcome").to_pylist() == ["upheld"]


def test_a_quotation_mark_that_is_never_closed_loses_no_row_silently(check: Check) -> None:
    report = check(HEADER + GOOD + 'A-2,corporate,1,2024-03-01,,"upheld\n' + GOOD.replace("A-1", "A-3"))
    assert report.is_refused or report.quarantined > 0


def test_a_column_that_the_mapping_ignores_is_not_read(check: Check) -> None:
    text = HEADER.replace("outcome", "outcome,Officer") + GOOD.replace("upheld", "upheld,Mrs Jane Doe")
    report = check(text, ignore={"Officer"})
    assert report.accepted.num_rows == 1
    assert "Doe" not in str(report.accepted.to_pydict())


def test_an_extract_without_its_day_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(HEADER + GOOD)
    report = check_register(path, gss_code=GSS_CODE, salt=b"")
    assert "day the extract was taken" in report.refusals[0]


@pytest.mark.parametrize(
    ("written", "value", "day"),
    [
        ("%d/%m/%Y", "01/03/2024", "2024-03-01"),
        ("%m/%d/%Y", "03/01/2024", "2024-03-01"),
        ("%d-%b-%Y", "01-Mar-2024", "2024-03-01"),
        ("%d/%m/%Y %H:%M", "01/03/2024 13:45", "2024-03-01"),
        ("excel", "45352", "2024-03-01"),
        ("excel-1904", "43890", "2024-03-01"),
    ],
)
def test_dates_are_read_as_the_mapping_declares(check: Check, written: str, value: str, day: str) -> None:
    report = check(HEADER + f"A-1,corporate,1,{value},,\n", dates=written)
    assert report.accepted.column("requested_date").to_pylist() == [day]


@pytest.mark.parametrize("value", ["01/03/2024", "45352", "2024-02-30", "March 2024", "2024", "=TODAY()"])
def test_a_date_not_as_declared_is_never_guessed(check: Check, value: str) -> None:
    assert problems(check(HEADER + f"A-1,corporate,1,{value},,\n")) == [(2, "requested_date", "not_as_expected")]


def test_mixed_date_formats_are_taken_only_if_both_are_declared(check: Check) -> None:
    text = HEADER + "A-1,corporate,1,01/03/2024,,\nA-2,corporate,1,2024-03-02,,\n"
    assert problems(check(text, dates="%d/%m/%Y")) == [(3, "requested_date", "not_as_expected")]
    assert check(text, dates=("%d/%m/%Y", "%Y-%m-%d")).accepted.num_rows == 2


def test_day_first_and_month_first_together_are_refused() -> None:
    with pytest.raises(ValueError, match="day first and month first cannot both be declared"):
        Mapping(dates=("%d/%m/%Y", "%m/%d/%Y"))


def test_the_councils_own_names_and_codes_are_mapped(check: Check) -> None:
    text = "Ref,Type,Lvl,Rec'd,Shut,Team\nA-1,Childrens Act,Stage 2,2024-03-01,,Looked After\n"
    columns = dict(zip(["case_reference", "procedure", "stage"], ["Ref", "Type", "Lvl"], strict=True))
    columns |= {"requested_date": "Rec'd", "closed_date": "Shut", "service": "Team"}
    values = {"procedure": {"childrens act": "children_statutory"}, "stage": {"Stage 2": "2"}}
    values["service"] = {"Looked After": "looked_after_children"}
    row = check(text, columns=columns, values=values).accepted.to_pylist()[0]
    assert (row["procedure"], row["stage"], row["service"]) == (
        "children_statutory",
        "2",
        "looked_after_children",
    )


def test_a_code_mapped_to_what_the_contract_does_not_know_is_not_taken(check: Check) -> None:
    report = check(HEADER + GOOD.replace("upheld", "ok"), values={"outcome": {"ok": "fine"}})
    assert problems(report) == [(2, "outcome", "not_as_expected")]


@pytest.mark.parametrize(
    ("reference", "kind"),
    [
        ("jane@example.org", "e-mail"),
        ("07700 900123", "telephone"),
        ("+44 1905 900123", "telephone"),
        ("QQ 12 34 56 C".replace("QQ", "AB"), "National Insurance"),
        ("943 476 5919", "NHS numbers"),
        ("9434765919", "NHS numbers"),
        ("WR5 2NP", "postcodes"),
        ("WR52NP", "postcodes"),
        ("Mrs Doe 12", "names"),
        ("Doe", "names"),
        ("Xiaoming Li", "names"),
        ("John 3", "names"),
        ("MÜLLER, Karl", "names"),
    ],
)
def test_a_reference_that_looks_personal_stops_the_load_with_a_count(check: Check, reference: str, kind: str) -> None:
    report = check(HEADER + f'"{reference}",corporate,1,2024-03-01,,\n' + GOOD)
    assert report.is_refused and f"1 value of case_reference looks like {kind}" in report.as_text()
    assert report.accepted.num_rows == 0
    assert reference not in report.as_text()


@pytest.mark.parametrize("column", ["outcome", "closed_date", "stage"])
def test_a_name_in_any_column_stops_the_load(check: Check, column: str) -> None:
    frame = pd.DataFrame([GOOD.strip().split(",")], columns=HEADER.strip().split(","))
    frame[column] = "Xiaoming Li"
    report = check(frame)
    assert report.is_refused and "Xiaoming" not in report.as_text()


def test_a_misspelt_code_is_a_problem_of_its_row_not_personal_data(check: Check) -> None:
    report = check(
        HEADER
        + GOOD.replace("upheld", "Partly Upheldd")
        + "A-2,Corporate Complaint,1,2024-03-01,,\n"
        + GOOD.replace("A-1", "A-3")
        + GOOD.replace("A-1", "A-4")
    )
    assert not report.is_refused
    assert len(problems(report)) == 2


def test_case_numbers_of_ten_digits_are_not_all_taken_for_nhs_numbers(check: Check) -> None:
    rows = "".join(f"{number},corporate,1,2024-03-01,,\n" for number in range(2_024_000_001, 2_024_000_201))
    assert check(HEADER + rows).accepted.num_rows == 200


def test_what_someone_has_checked_not_to_be_personal_is_taken(check: Check) -> None:
    report = check(
        HEADER + GOOD.replace("A-1", "WR5 2NP"),
        not_personal={"case_reference": ("postcode",)},
        checked_by="role",
    )
    assert report.accepted.num_rows == 1


def test_references_are_hashed_alike_with_one_salt_and_unlike_with_another(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(HEADER + GOOD)
    day = dt.date(2026, 9, 30)
    one, same, other = (
        check_register(path, gss_code=GSS_CODE, salt=salt, as_at=day).accepted.column("case_reference").to_pylist()
        for salt in (b"1", b"1", b"2")
    )
    assert one == same != other
    assert "A-1" not in one[0]


def test_no_case_number_stands_in_the_report(check: Check) -> None:
    assert "A-1" not in check(HEADER + GOOD + GOOD).as_text()


@pytest.mark.parametrize(
    ("said", "is_taken"),
    [
        ("Thank you Sarah for all your help", False),
        ("Ring me on 01905 900 123", False),
        ("Write to me at jane@example.org", False),
        ("The Blue Badge team could not have been kinder.", True),
    ],
)
def test_a_compliment_is_taken_as_it_is_unless_it_may_name_somebody(check: Check, said: str, is_taken: bool) -> None:
    report = check(
        f"received_date,service,extract,checked_by_role\n2024-03-01,highways,{said},complaints_manager\n",
        table="compliments",
    )
    assert report.accepted.column("extract").to_pylist() == ([said] if is_taken else [])


def test_a_query_is_checked_like_a_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'complaints.db'}"
    with sqlalchemy.create_engine(url).begin() as connection:
        connection.exec_driver_sql("create table complaints (ref text, type text, stage int, received date, shut date)")
        connection.exec_driver_sql("insert into complaints values ('A-1', 'corporate', 1, '2024-03-01', null)")
        connection.exec_driver_sql("insert into complaints values ('A-2', 'corporate', 7, '2024-03-01', null)")
    columns = {
        "case_reference": "ref",
        "procedure": "type",
        "requested_date": "received",
        "closed_date": "shut",
    }
    settings = {"salt": b"1", "as_at": dt.date(2026, 9, 30), "mapping": Mapping(columns=columns)}
    report = check_query(url, "select * from complaints", gss_code=GSS_CODE, **settings)
    assert (report.accepted.num_rows, problems(report)) == (1, [(2, "stage", "not_as_expected")])


@pytest.mark.parametrize(
    "query",
    [
        "select 1; drop table cases",
        "select 1; select 2",
        "copy cases to '{folder}/out.csv'",
        "attach database '{folder}/other.db' as other",
        "/* select */ update cases set ref = 'x'",
        "with gone as (delete from cases returning *) select * from gone",
        "select * into other from cases",
        "SELECT 1 -- fine\n; commit; drop table cases",
        "select 'a' || $$'$$ ; drop table cases",
        "select E'\\'; drop table cases; --'",
        "pragma writable_schema = on",
        "insert into cases values ('B')",
        "",
    ],
)
def test_a_query_that_is_more_than_one_select_is_refused_and_changes_nothing(tmp_path: Path, query: str) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    with contextlib.closing(sqlite3.connect(tmp_path / "cases.db")) as connection:
        connection.execute("create table cases (ref text)")
        connection.execute("insert into cases values ('A')")
        connection.commit()
    report = check_query(url, query.format(folder=tmp_path), gss_code=GSS_CODE, salt=b"1", as_at=None)
    assert report.is_refused and "the query has" in report.as_text()
    with contextlib.closing(sqlite3.connect(tmp_path / "cases.db")) as connection:
        assert connection.execute("select * from cases").fetchall() == [("A",)]
    assert [path.name for path in tmp_path.iterdir()] == ["cases.db"]


@pytest.mark.parametrize(
    "query",
    [
        "select 'a; drop' as ref;",
        '  -- what we want\nselect [Update Date] from (select 1 as "Update Date")',
        "with a as (select 1 as ref) select * from a where ref <> 'delete'",
        "(select 1 as into_stage)",
    ],
)
def test_one_select_is_read_whatever_its_names_and_texts_say(query: str) -> None:
    _refuse_what_writes(query)


def test_a_query_that_writes_in_another_way_is_stopped_by_the_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    engine = sqlalchemy.create_engine(url)
    read_query(engine, "select 1 as a")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("pragma query_only").scalar() == 1


def test_a_query_that_fails_is_refused_without_the_password(tmp_path: Path) -> None:
    report = check_query(
        f"sqlite:///{tmp_path}/none/x.db?password=secret",
        "select 1",
        gss_code=GSS_CODE,
        salt=b"1",
        as_at=None,
    )
    assert report.is_refused and "secret" not in report.as_text()


def test_problems_that_are_alike_are_told_once_with_their_rows(check: Check) -> None:
    report = check(HEADER + "".join(f"A-{row},corporate,2,2024-03-05,,\n" for row in range(30)))
    first = ", ".join(map(str, range(2, 22)))
    assert f"rows {first} and 10 more, stage: '2'; expected a row for Stage 1" in report.as_text()


def test_a_column_of_many_wrong_values_is_told_with_the_first_few(check: Check) -> None:
    days = [f"{day:02}/03/2024" for day in range(1, 29)]
    report = check(HEADER + "".join(f"A-{day},corporate,1,{day},,\n" for day in days))
    lines = report.as_text().splitlines()
    place = next(place for place, line in enumerate(lines) if "28 rows with 28 different values" in line)
    assert lines[place].startswith("  requested_date: ") and "expected a real date" in lines[place]
    assert lines[place + 1 : place + 6] == [f"    row {row}: '{day}'" for row, day in enumerate(days[:5], start=2)]
    assert "and 23 more values; --annotated problems.xlsx lists every row" in lines[place + 6]
    assert len(report.problems) == 28


def test_a_row_that_is_set_aside_is_not_said_to_be_taken(check: Check) -> None:
    text = check(HEADER + GOOD + "A-2,corporate,2,2024-03-05,2024-03-01,upheld\n").as_text()
    assert "closed_before_requested" in text and "row taken" not in text


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("corporate,2,target_pct,2026-04-01,2027-03-31,25,70,plan", []),
        ("corporate,2,due,2026-10-01,2026-12-31,,8,minutes", [(2, "period_end", "period_not_over")]),
        ("corporate,2,pct_due_in_time,2026-04-01,2026-06-30,25,0.33,x", [(2, "value", "share_not_percent")]),
        ("corporate,2,pct_due_in_time,2026-04-01,2026-06-30,25,0,minutes", []),
        ("corporate,2,median_working_days,2026-04-01,2026-06-30,,0.5,minutes", []),
    ],
)
def test_a_target_may_lie_ahead_and_a_share_is_no_percentage(check: Check, row: str, expected: list[Any]) -> None:
    report = check(QUARTERLY + row + "\n", table="quarterly_indicators", as_at=dt.date(2026, 9, 30))
    assert problems(report) == expected


@pytest.mark.parametrize("rows", ["", "\n,,,,\n,,,,\n"])
def test_a_file_with_nothing_below_its_header_is_refused_for_it_would_drop_every_case(check: Check, rows: str) -> None:
    header = "case_reference,stage,procedure,requested_date,closed_date"
    report = check(f"{header}\n{rows}".encode())
    assert report.refusals == ("nothing stands below its headings: export it again, with its rows",)
