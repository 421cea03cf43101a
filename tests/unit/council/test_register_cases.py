"""Extracts in the shapes that complaint systems export. Every case in them is generated; none is a person's."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assets.council.check import check_register
from assets.council.deliveries import RegisterStore
from assets.council.mapping import Mapping, read_mapping
from assets.council.peer_return import read_peer_return
from assets.council.report import RegisterReport
from assets.example.cases import GSS_CODE
from warehouse.councils import Lookup, UnknownSubjectError
from warehouse.settings import Settings

CASES = Path(__file__).parents[2] / "cases" / "register"
AS_AT = dt.date(2026, 9, 30)
HEADER = "case_reference,procedure,stage,requested_date,closed_date,outcome\n"
Check = Callable[..., RegisterReport]

PROCEDURES = {
    "Corporate Complaints": "corporate",
    "Children's Statutory": "children_statutory",
    "Adult Social Care Statutory": "adult_statutory",
}
OUTCOMES = {
    "Closed - Upheld": "upheld",
    "Closed - Partially justified": "partly_upheld",
    "Closed - Not Upheld/No fault": "not_upheld",
    "Closed - Withdrawn": "withdrawn",
    "Closed - Passed to other org": "transferred",
}


def case_of(path: Path, mapping: Mapping | None = None) -> RegisterReport:
    return check_register(path, gss_code=GSS_CODE, salt=b"1", mapping=mapping, as_at=AS_AT)


def case(name: str, mapping: Mapping | None = None) -> RegisterReport:
    return case_of(CASES / name, mapping)


def long_with(**lines: Any) -> Mapping:
    """The mapping of the extracts with one row a stage, of which some lines are otherwise."""
    said = read_mapping(CASES / "map-a.yml").model_dump()
    return Mapping(**{**said, **lines})


def stage_columns(one: str, two: str) -> dict[str, dict[str, str]]:
    """Two stages side by side, each closed when its response is sent."""
    return {
        stage: {
            "requested_date": f"{heading}Received",
            "response_sent_date": f"{heading}Responded",
            "closed_date": f"{heading}Responded",
            "outcome": f"{heading}Outcome",
        }
        for stage, heading in (("1", one), ("2", two))
    }


def wide(**lines: Any) -> Mapping:
    said = {
        "columns": {"case_reference": "Case Reference", "procedure": "Case Type", "service": "Service Area",
                    "kind": "Contact Type"},
        "constants": {"channel": "resident"},
        "stages": stage_columns("Stage 1 ", "Stage 2 "),
        "dates": "DD/MM/YYYY HH:MM",
        "ignore": ["Stage 1 Due", "Stage 2 Due", "Stage 1 Acknowledged"],
        "empty": ["Open"],
        "values": {"procedure": PROCEDURES, "outcome": OUTCOMES, "kind": {"Service Request": "request_for_service"}},
    }  # fmt: skip
    return Mapping(**{**said, **lines})


def test_stages_side_by_side_become_one_row_a_stage() -> None:
    report = case("01-icasework-wide.csv", wide())
    rows = report.accepted.to_pandas()
    assert (len(rows), report.quarantined) == (131, 0)
    assert Counter(rows["stage"]) == {"1": 107, "2": 12, "single": 12}
    assert set(rows.loc[rows["procedure"] == "adult_statutory", "stage"]) == {"single"}


def test_one_own_column_feeds_two_of_the_contract() -> None:
    rows = case("01-icasework-wide.csv", wide()).accepted.to_pandas()
    assert rows["closed_date"].notna().sum() == 113 + 12
    assert rows["closed_date"].equals(rows["response_sent_date"])


def test_a_mapping_without_the_closing_date_is_offered_the_line_that_gives_it() -> None:
    report = case("01-icasework-wide.csv", read_mapping(CASES / "map-w1.yml"))
    text = report.as_text()
    assert report.is_refused
    assert "closed_date: Stage 1 Responded" in text


def test_headings_over_two_rows_are_joined() -> None:
    mapping = wide(
        columns={"case_reference": "Case Ref", "procedure": "Type", "service": "Service"},
        stages=stage_columns("Stage 1 / ", "Stage 2 / "),
        ignore=["Stage 1 / Due"],
        values={"procedure": PROCEDURES, "outcome": OUTCOMES},
    )
    report = case("09-excel-twoheaders-merged.xlsx", mapping)
    assert (report.accepted.num_rows, report.quarantined) == (131, 0)


def test_month_first_dates_with_am_and_pm_are_read_as_declared() -> None:
    report = case("03-salesforce-usdates.csv", long_with(dates="M/D/YYYY H:MM:SS AM/PM"))
    assert (report.accepted.num_rows, report.quarantined) == (135, 0)
    assert report.accepted["requested_date"].to_pylist()[0] == "2025-07-23"


def test_a_column_with_both_date_orders_stops_the_extract_with_two_rows_of_each() -> None:
    report = case("05-mixed-order.csv", long_with())
    (received, *_) = report.refusals
    assert report.accepted.num_rows == 0
    assert "Date Received: holds dates in both orders" in received
    assert "only be day first (row 8: '20/02/22'; row 13: '16/03/21')" in received
    assert "only be month first (row 2: '07/23/2025'; row 3: '05/14/2023')" in received


@pytest.mark.parametrize("declared", ["MM/DD/YYYY", ["DD/MM/YYYY", "DD/MM/YY"], ()])
def test_both_date_orders_stop_the_extract_whatever_is_declared(declared: Any) -> None:
    assert "both orders" in case("05-mixed-order.csv", long_with(dates=declared)).refusals[0]


def test_one_row_of_the_other_order_is_enough_to_stop(check: Check) -> None:
    rows = "".join(f"A-{day},corporate,1,{day}/03/2024,,\n" for day in range(13, 29))
    report = check(HEADER + rows + "B-1,corporate,1,03/29/2024,,\n", dates="DD/MM/YYYY")
    assert "1 can only be month first (row 18: '03/29/2024')" in report.refusals[0]


def test_an_extract_with_more_bad_rows_than_good_is_refused_with_the_line_that_mends_it() -> None:
    report = case("41-usdates-said-dayfirst.csv", long_with())
    text = report.as_text()
    assert (report.is_refused, report.accepted.num_rows) == (True, 0)
    assert "127 rows are bad and 8 good" in text
    assert "dates: MM/DD/YYYY" in text
    mended = case("41-usdates-said-dayfirst.csv", long_with(dates="MM/DD/YYYY"))
    assert (mended.accepted.num_rows, mended.quarantined) == (135, 0)


def test_as_many_good_rows_as_bad_are_taken(check: Check) -> None:
    good, bad = "A-1,corporate,1,2024-03-01,,\n", "A-2,corporate,1,01/03/2024,,\n"
    assert check(HEADER + good + bad).accepted.num_rows == 1
    assert check(HEADER + good + bad + bad.replace("A-2", "A-3")).is_refused


def test_a_column_of_which_more_cannot_be_read_than_can_stops_the_extract(check: Check) -> None:
    bad = "".join(f"A-{row},corporate,1,2024-03-01,{row + 12}/03/2024,upheld\n" for row in range(1, 7))
    good = "".join(f"B-{row},corporate,1,2024-03-01,,\n" for row in range(20))
    report = check(HEADER + bad + good)
    assert report.refusals == (
        "closed_date: 6 values cannot be read and 0 can, so it is more likely read wrongly than filled in wrongly",
    )
    assert "dates: [YYYY-MM-DD, DD/MM/YYYY]" in report.as_text()


def test_a_word_for_a_case_still_open_leaves_its_outcome_empty() -> None:
    outcomes = long_with(dates="MM/DD/YYYY")
    report = case("41-usdates-said-dayfirst.csv", outcomes)
    assert report.accepted["outcome"].null_count == report.accepted["closed_date"].null_count == 6


@pytest.mark.parametrize(
    ("name", "line", "rows"), [("06-words.csv", "DD Month YY", 135), ("30-12june.csv", "DD Month YYYY", 30)]
)
def test_dates_in_words_are_no_names_and_the_line_that_reads_them_is_offered(name: str, line: str, rows: int) -> None:
    text = case(name, long_with(dates=())).as_text()
    assert "personal data" not in text
    assert f"dates: {line}" in text
    assert "row 2: '" in text
    assert case(name, long_with(dates=line)).accepted.num_rows == rows


def test_rows_of_totals_are_told_apart_named_and_left_out() -> None:
    report = case("11-totals.xlsx", long_with())
    assert (report.accepted.num_rows, report.quarantined) == (135, 0)
    assert "rows 138, 139: of totals, left out" in report.notes


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("Total,,,2,,\n", "of totals"),
        (",Grand Total,,2,,\n", "of totals"),
        ("Sub-total: 2,,,,,\n", "of totals"),
        ("Count,,,2,2,\n", "of totals"),
        ("Number of cases: 2,,,,,\n", "of totals"),
        (HEADER, "with the headings again"),
        ("Exported by Jane Example on 30/09/2026,,,,,\n", "with a note below the table"),
    ],
)
def test_what_stands_among_the_rows_and_is_no_case_is_left_out(check: Check, row: str, what: str) -> None:
    cases = "A-1,corporate,1,2024-03-01,,\nA-2,corporate,1,2024-03-01,,\n"
    report = check(HEADER + cases + row)
    assert (report.accepted.num_rows, report.quarantined) == (2, 0)
    assert f"row 4: {what}, left out" in report.notes


def test_a_case_whose_number_begins_like_a_total_stays(check: Check) -> None:
    assert check(HEADER + "Total 7,corporate,1,2024-03-01,,\n").accepted.num_rows == 1


def test_a_register_without_the_day_of_response_is_offered_the_closing_date() -> None:
    text = case("42-closed-only.csv").as_text()
    assert "response_sent_date: closed_date" in text
    mended = case("42-closed-only.csv", Mapping(columns={"response_sent_date": "closed_date"}))
    assert mended.accepted["response_sent_date"].equals(mended.accepted["closed_date"])


def test_a_peers_return_is_read_without_the_rows_that_it_leaves_unanswered() -> None:
    report = read_peer_return(
        CASES / "surrey-2.xlsx",
        asked_by=GSS_CODE,
        as_at=dt.date(2026, 11, 30),
        code_on=lambda text, day: text,
    )
    assert (report.accepted.num_rows, len(report.problems)) == (2, 0)
    assert "rows 4, 5: not answered, left out" in report.notes


def test_two_whole_extracts_of_one_day_leave_the_second(tmp_path: Path) -> None:
    store = RegisterStore(tmp_path / "register")
    mapping = read_mapping(CASES / "same-day.yml")
    store.deliver(case("same-day-1.csv", mapping))
    difference = store.deliver(case("same-day-2.csv", mapping)).difference
    assert (difference.added, difference.no_longer_delivered) == (7, 8)
    assert store.rows("case_stages", current=True).num_rows == 7


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-06-14T23:00:00Z", "2026-06-15"),
        ("2026-06-14T22:59:59Z", "2026-06-14"),
        ("2026-01-14T23:59:59.999Z", "2026-01-14"),
        ("2026-06-14T23:00:00.000+0000", "2026-06-15"),
        ("2026-06-15T00:30:00+02:00", "2026-06-14"),
        ("2026-06-14 23:00:00Z", "2026-06-15"),
        ("2026-06-14T23:00:00", "2026-06-14"),
    ],
)
def test_a_moment_with_a_zone_is_its_british_day(check: Check, moment: str, day: str) -> None:
    assert check(HEADER + f"A-1,corporate,1,{moment},,\n").accepted["requested_date"].to_pylist() == [day]


@pytest.mark.parametrize(
    ("declared", "moment"),
    [
        ("DD/MM/YYYY HH:MM:SSZ", "14/06/2026 23:00:00Z"),
        ("%d/%m/%Y %H:%M:%S%z", "14/06/2026 23:00:00+0000"),
        ("%Y-%m-%dT%H:%M:%SZ", "2026-06-14T23:00:00Z"),
        ("YYYY-MM-DD", "2026-06-14T23:00:00.000Z"),
        ("DD/MM/YYYY", "14/06/2026 23:30 GMT"),
        ("DD/MM/YYYY", "14/06/2026 23:30:00 UTC"),
        ("DD/MM/YYYY", "15/06/2026 00:30 BST"),
        ("DD/MM/YYYY", "15 / 06 / 2026"),
    ],
)
def test_a_moment_with_a_zone_is_its_british_day_in_declared_patterns(check: Check, declared: str, moment: str) -> None:
    report = check(HEADER + f"A-1,corporate,1,{moment},,\n", dates=declared)
    assert report.accepted["requested_date"].to_pylist() == ["2026-06-15"]


def test_a_web_page_named_xls_is_read_as_its_table() -> None:
    report = case("25-html-as.xls", long_with(dates=()))
    assert (report.accepted.num_rows, report.quarantined) == (135, 0)


def test_sheets_alike_are_one_load_whose_problems_name_their_sheet(tmp_path: Path) -> None:
    path = tmp_path / "years.xlsx"
    columns = HEADER.strip().split(",")
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        for year in ("2024", "2025"):
            rows = [[f"{year}-{case}", "corporate", "1", f"{year}-03-0{case}", "", ""] for case in (1, 2)]
            rows += [[f"{year}-3", "corporate", "7", f"{year}-03-03", "", ""]] if year == "2025" else []
            pd.DataFrame(rows, columns=columns).to_excel(book, sheet_name=year, index=False)
        pd.DataFrame({"code": ["x"]}).to_excel(book, sheet_name="Lookups", index=False)
    assert "`sheet: all`" in case_of(path, Mapping()).refusals[0]
    report = case_of(path, Mapping(sheet="all"))
    assert (report.accepted.num_rows, report.quarantined) == (4, 1)
    assert "row 2025 4, stage: '7'" in report.as_text()
    assert "sheets without these headings, not read: Lookups" in report.notes


def test_a_number_used_by_two_services_is_two_cases_with_a_key_of_both(check: Check) -> None:
    header = HEADER.replace("outcome", "service")
    rows = "7,corporate,1,2024-03-01,,waste\n7,corporate,1,2024-03-04,,highways\n8,corporate,1,2024-03-04,,waste\n"
    refused = check(header + rows)
    assert "key: [case_reference, service]" in refused.as_text()
    report = check(header + rows, key=["case_reference", "service"])
    assert len(set(report.accepted["case_reference"].to_pylist())) == 3


def test_a_constant_stands_in_every_row_and_a_wrong_one_is_refused(check: Check) -> None:
    rows = HEADER.replace("procedure,", "") + "A-1,1,2024-03-01,,\n"
    report = check(rows, constants={"procedure": "corporate", "channel": "resident"})
    assert report.accepted["channel"].to_pylist() == ["resident"]
    wrong = check(rows, constants={"procedure": "corporat"})
    assert "constants: procedure: 'corporat' is not one of" in wrong.refusals[0]


def test_a_stage_without_its_start_is_named_by_its_own_column(check: Check) -> None:
    text = "Ref,Type,S1 In,S1 Out,S2 In,S2 Out\n" + "".join(
        f"{case},corporate,2024-03-01,2024-03-08,,\n" for case in range(3)
    )
    stages = {stage: {"requested_date": f"S{stage} In", "closed_date": f"S{stage} Out"} for stage in ("1", "2")}
    columns = {"case_reference": "Ref", "procedure": "Type"}
    report = check(text + "9,corporate,2024-03-01,2024-03-08,,N/A\n", columns=columns, stages=stages)
    told = report.as_text()
    assert "row 5, S2 In: empty; expected a value" in told
    assert "row 5, S2 Out: 'N/A'" in told
    assert "empty: [N/A]" in told
    assert (report.accepted.num_rows, report.quarantined) == (3, 2)


def test_unknown_and_missing_columns_are_told_with_the_lines_that_map_them(check: Check) -> None:
    text = "Case Ref,procedure,stage,requested_date,Date Closed,Zone\nA-1,corporate,1,2024-03-01,,x\n"
    told = check(text).as_text()
    assert "case_reference: Case Ref" in told
    assert "closed_date: Date Closed" in told
    assert "ignore: [Zone]" in told


def test_a_word_that_is_no_code_is_told_with_the_code_it_may_mean(check: Check) -> None:
    rows = "".join(f"A-{case},corporate,1,2024-03-01,2024-03-08,upheld\n" for case in range(3))
    told = check(HEADER + rows + "B-1,corporate,1,2024-03-01,2024-03-08,Partially justified\n").as_text()
    assert "values:\n    outcome: {Partially justified: partly_upheld}" in told


def test_what_looks_personal_names_rows_and_the_line_that_declares_it_never_the_value(check: Check) -> None:
    report = check(HEADER + "A-1,corporate,1,2024-03-01,,\nMrs Doe 12,corporate,1,2024-03-01,,\n")
    told = report.as_text()
    assert "1 value of case_reference looks like names of people (row 3)" in told
    assert "not_personal:\n    case_reference: [name]" in told
    assert "Doe" not in told


def test_an_own_word_for_stage_1_is_the_single_stage_of_a_statutory_adults_case(check: Check) -> None:
    rows = "A-1,adult_statutory,Stage 1,2024-03-01,,\nA-2,corporate,Stage 1,2024-03-01,,\n"
    report = check(HEADER + rows, values={"stage": {"Stage 1": "1"}})
    assert report.accepted["stage"].to_pylist() == ["single", "1"]
    assert "1 statutory adults' cases of Stage 1, or of none, are read as of their single stage" in report.notes


def test_a_return_under_a_former_code_or_a_name_is_the_councils_and_one_of_nobody_is_set_aside(
    shipped_settings: Settings,
) -> None:
    report = read_peer_return(
        CASES / "peer-old-code.csv",
        asked_by=GSS_CODE,
        as_at=dt.date(2026, 11, 30),
        code_on=Lookup(shipped_settings).code_on,
    )
    assert report.accepted["gss_code"].to_pylist() == ["E08000038", "E10000034", "E08000038", "E10000016"]
    assert report.problems[["row", "value", "rule"]].values.tolist() == [[4, "E99999999", "no_council"]]


@pytest.mark.parametrize(
    ("name", "day", "code"),
    [
        ("Somerset", dt.date(2022, 12, 31), "E10000027"),
        ("Somerset", dt.date(2023, 12, 31), "E06000066"),
        ("E10000023", dt.date(2022, 12, 31), "E10000023"),
    ],
)
def test_a_return_is_of_the_council_of_its_period(
    shipped_settings: Settings, name: str, day: dt.date, code: str
) -> None:
    assert Lookup(shipped_settings).code_on(name, day) == code


def test_a_return_for_a_period_after_its_councils_end_is_answered_with_who_succeeded_it(
    shipped_settings: Settings,
) -> None:
    with pytest.raises(UnknownSubjectError, match=r"abolished on 31 March 2023\. North Yorkshire Council"):
        Lookup(shipped_settings).code_on("E10000023", dt.date(2026, 3, 31))
