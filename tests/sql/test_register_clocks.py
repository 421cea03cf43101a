"""Clocks on drawn cases, worked by hand on the 2024 and 2026 calendars."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.sql.register_world import World, register_models

MODELS = register_models()
# its own limit for corporate Stage 2 is 25 working days until the Code
WORCESTERSHIRE = "E10000034"

# Monday 4 March 2024 + 65 working days, with Good Friday, Easter Monday and two May holidays, is Friday 7 June.
CASES = """
case_reference,procedure,stage,requested_date,statement_agreed_date,report_received_date,adjudication_date,closed_date,outcome,acknowledged_date,extension_working_days,paused_working_days
S-1,children_statutory,2,2024-03-04,2024-03-18,2024-06-06,2024-06-10,2024-06-11,upheld,,,
S-2,children_statutory,2,2024-03-04,2024-03-18,,,2024-04-02,withdrawn,,,
S-3,children_statutory,2,2024-03-04,2024-03-18,,,2024-06-20,withdrawn,,,
S-4,children_statutory,2,2026-03-02,2026-03-09,,,,,,,
S-5,children_statutory,2,2026-09-01,2026-09-08,,,,,,,
S-6,children_statutory,2,2024-03-04,,2024-04-12,2024-05-01,2024-05-01,upheld,,20,4
S-7,children_statutory,2,2024-03-04,,,,2024-05-01,upheld,,,
S-8,children_statutory,2,2026-09-01,,,,,,,,
C-1,corporate,1,2026-03-31,,,,2026-04-16,upheld,2026-04-02,,
C-2,corporate,1,2026-04-01,,,,2026-04-23,upheld,2026-04-07,,
C-3,corporate,1,2026-04-01,,,,2026-04-24,upheld,,,
C-4,corporate,1,2026-04-01,,,,2026-04-02,upheld,,,
C-5,corporate,2,2024-03-04,,,,2024-04-10,upheld,,,
A-1,adult_statutory,single,2024-03-04,,,,2024-09-04,upheld,,,
A-2,adult_statutory,single,2024-03-04,,,,2024-09-05,upheld,,,
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(tmp_path_factory.mktemp("clocks"), MODELS)
    # references are hashed, so each case is known by its number of points instead
    lines = CASES.strip().splitlines()
    numbered = [f"{lines[0]},points_of_complaint"] + [f"{line},{place}" for place, line in enumerate(lines[1:], 1)]
    made.deliver("\n".join(numbered), gss_code=WORCESTERSHIRE)
    made.build()
    return made


def clock(world: World, case: str, **reading: str) -> dict[str, Any]:
    place = [line.split(",")[0] for line in CASES.strip().splitlines()[1:]].index(case) + 1
    reference = world.row("core.case_stages", points_of_complaint=place)["case_reference"]
    return world.row("core.case_clocks", case_reference=reference, **reading)


REQUEST = {"clock_start": "request", "clock_end": "adjudication", "allowance": "maximum"}


@pytest.mark.parametrize(
    ("start", "end", "elapsed", "result"),
    [
        ("request", "adjudication", 66, "late"),
        ("request", "report", 64, "in_time"),
        ("agreed_statement", "adjudication", 56, "in_time"),
        ("agreed_statement", "report", 54, "in_time"),
    ],
)
def test_each_reading_of_the_stage_2_clock_is_its_own(
    world: World, start: str, end: str, elapsed: int, result: str
) -> None:
    row = clock(world, "S-1", clock_start=start, clock_end=end, allowance="maximum")
    assert (row["elapsed_working_days"], row["result"]) == (elapsed, result)


def test_the_limit_of_65_working_days_falls_on_the_hand_counted_day(world: World) -> None:
    assert str(clock(world, "S-1", **REQUEST)["due_date"])[:10] == "2024-06-07"


def test_the_declared_reading_and_limit_are_marked_once(world: World) -> None:
    rows = world.rows("core.case_clocks", procedure="children_statutory", is_declared=True)
    assert set(rows["clock_start"]) == {"request"} and set(rows["allowance"]) == {"maximum"}
    assert not rows.duplicated("case_reference").any()


def test_a_case_withdrawn_before_its_limit_stands_apart_and_after_it_has_missed_it(world: World) -> None:
    assert clock(world, "S-2", **REQUEST)["result"] == "withdrawn"
    assert clock(world, "S-3", **REQUEST)["result"] == "withdrawn_late"


def test_an_open_case_is_overdue_once_its_limit_has_passed(world: World) -> None:
    assert clock(world, "S-4", **REQUEST)["result"] == "overdue"
    assert clock(world, "S-5", **REQUEST)["result"] == "not_yet_due"


def test_extension_and_pause_count_only_in_what_was_agreed(world: World) -> None:
    # 25 days end on 10 April; 20 of extension and 4 of pause later is 15 May. It was answered on 1 May, day 40.
    reading = {"clock_start": "request", "clock_end": "adjudication"}
    assert clock(world, "S-6", **reading, allowance="limit")["result"] == "late"
    agreed = clock(world, "S-6", **reading, allowance="agreed")
    assert (agreed["result"], str(agreed["due_date"])[:10]) == ("in_time", "2024-05-15")


def test_a_reading_without_its_dates_is_not_recorded_and_says_why(world: World) -> None:
    row = clock(world, "S-6", clock_start="agreed_statement", clock_end="report", allowance="maximum")
    assert (row["result"], row["reason"]) == ("not_recorded", "start not recorded")
    row = clock(world, "S-7", clock_start="request", clock_end="report", allowance="maximum")
    assert (row["result"], row["reason"]) == ("not_recorded", "end not recorded")


def test_an_open_case_whose_clock_has_not_started_is_neither_due_nor_late(world: World) -> None:
    row = clock(world, "S-8", clock_start="agreed_statement", clock_end="adjudication", allowance="maximum")
    assert row["result"] == "not_started"


def test_the_handling_code_holds_from_the_first_of_april_2026(world: World) -> None:
    assert clock(world, "C-1", allowance="limit")["clock_start"] == "request"
    row = clock(world, "C-2", allowance="limit")
    # acknowledged on Tuesday 7 April: ten working days end on Tuesday 21 April
    assert (row["clock_start"], str(row["due_date"])[:10], row["result"]) == (
        "acknowledgement",
        "2026-04-21",
        "late",
    )


def test_without_an_acknowledgement_the_code_counts_from_the_last_day_for_it(world: World) -> None:
    # five working days from Wednesday 1 April, over Good Friday and Easter Monday, is Friday 10 April
    row = clock(world, "C-3", allowance="limit")
    assert (str(row["start_date"])[:10], str(row["due_date"])[:10], row["result"]) == (
        "2026-04-10",
        "2026-04-24",
        "in_time",
    )


def test_an_answer_before_the_acknowledgement_was_due_is_in_time(world: World) -> None:
    assert clock(world, "C-4", allowance="limit")["result"] == "in_time"


def test_the_councils_own_target_holds_before_the_code(world: World) -> None:
    row = clock(world, "C-5", allowance="limit")
    assert (row["allowed_working_days"], row["elapsed_working_days"], row["result"]) == (25, 25, "in_time")


def test_six_months_end_on_the_same_day_of_the_sixth_month(world: World) -> None:
    assert clock(world, "A-1", allowance="limit")["result"] == "in_time"
    assert clock(world, "A-2", allowance="limit")["result"] == "late"


def test_a_later_extract_moves_the_day_open_cases_are_judged_on(tmp_path: Path) -> None:
    made = World(tmp_path, MODELS)
    row = "case_reference,procedure,stage,requested_date,closed_date\nS-1,children_statutory,2,2024-03-04,"
    made.deliver(row, as_at="2024-06-07")
    made.build()
    assert made.row("core.case_clocks", **REQUEST)["result"] == "not_yet_due"
    made.deliver(row, as_at="2024-06-10")
    made.build()
    assert made.row("core.case_clocks", **REQUEST)["result"] == "overdue"
    assert len(made.rows("raw.register_case_stages")) == 2


def test_a_later_row_supersedes_and_an_absent_one_stays_until_everything_is_delivered(tmp_path: Path) -> None:
    made = World(tmp_path, MODELS)
    header = "case_reference,procedure,stage,requested_date,closed_date,outcome\n"
    made.deliver(f"{header}S-1,corporate,1,2024-03-04,,\nS-2,corporate,1,2024-03-05,,", as_at="2024-03-31")
    made.deliver(f"{header}S-1,corporate,1,2024-03-04,2024-04-02,upheld", as_at="2024-04-30")
    made.build()
    assert made.rows("core.case_stages")["is_open"].sum() == 1
    made.deliver(f"{header}S-1,corporate,1,2024-03-04,2024-04-02,upheld", as_at="2024-05-31", covers="everything")
    made.build()
    assert made.rows("core.case_stages")["is_open"].tolist() == [False]


def test_a_limit_that_changed_within_the_row_is_none(tmp_path: Path) -> None:
    made = World(tmp_path, MODELS)
    case = "case_reference,procedure,stage,requested_date,closed_date\nS-1,corporate,2,2026-03-02,"
    made.deliver(case, gss_code=WORCESTERSHIRE)
    made.build()
    assert len(made.rows("core.case_durations"))
    made.connection.execute(
        "insert into core.case_durations select * replace (20 as allowed_working_days) from core.case_durations"
    )
    model = next(one for one in MODELS if one.relation == "core.case_timeliness")
    made.connection.execute(f"create or replace table core.case_timeliness as {model.select}")
    rows = made.rows("marts.stage_timeliness", allowance="limit")
    assert rows["limit_working_days"].isna().all()


def test_past_the_end_of_the_bank_holidays_a_limit_is_not_judged_and_nothing_is_blocked(
    tmp_path: Path,
) -> None:
    # as if nobody had upgraded the list: 65 working days from September 2028 end in the next year
    made = World(tmp_path, MODELS)
    late = "S-1,children_statutory,2,2028-09-28,2028-10-05,,,,,,,"
    made.deliver(f"{CASES.strip().splitlines()[0]}\n{late}", as_at=date(2028, 12, 20))
    made.build()
    results = made.rows("core.case_results")
    beyond = results[results["reason"] == "limit falls after the published bank holidays"]
    assert len(beyond) and set(beyond["result"]) == {"open"}
    assert (made.rows("core.case_checks")["rows_broken"] == 0).all()
