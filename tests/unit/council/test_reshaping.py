"""Sheets that are no rows of cases or stages yet: yes/no columns, numbers that stand once, one row an event."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.council.drafting import draft_mapping
from assets.council.mapping import Mapping
from assets.council.report import RegisterReport

Check = Callable[..., RegisterReport]
TICKED = "case_reference,procedure,stage,requested_date,closed_date,Upheld,Partly\n"
TICKS = {
    "columns": {"outcome": "Outcome"},
    "ticked": {"Outcome": {"Upheld": "upheld", "Partly": "partly_upheld"}},
}
LOG = "case_reference,procedure,Event,Day,Result,service\n"
EVENTS: dict[str, Any] = {
    "row": "event",
    "event": "Event",
    "event_date": "Day",
    "columns": {"outcome": "Closed / Result"},
    "stages": {"1": {"requested_date": "Opened", "closed_date": "Closed"}},
}
OPENED, CLOSED = "A-1,corporate,Opened,2024-03-01,,planning\n", "A-1,corporate,closed,2024-03-09,upheld,\n"


def problems(report: RegisterReport) -> list[tuple[int, str, str]]:
    found = report.problems[report.problems["severity"] == "block"]
    return list(zip(found["row"], found["column"], found["rule"], strict=True))


@pytest.mark.parametrize(
    ("ticks", "outcome"),
    [("Y,N", "upheld"), ("no,TRUE", "partly_upheld"), ("n,0", None), (",", None), ("x,", "upheld")],
)
def test_the_ticked_column_is_the_outcome(check: Check, ticks: str, outcome: str | None) -> None:
    report = check(f"{TICKED}A-1,corporate,1,2024-03-01,2024-03-09,{ticks}\n", **TICKS)
    assert report.accepted["outcome"].to_pylist() == [outcome]


@pytest.mark.parametrize("ticks", ["Y,Y", "Y,maybe", "2,N"])
def test_two_ticks_or_what_is_neither_yes_nor_no_set_the_row_aside(check: Check, ticks: str) -> None:
    report = check(f"{TICKED}A-1,corporate,1,2024-03-01,,Y,N\nA-2,corporate,1,2024-03-01,,{ticks}\n", **TICKS)
    assert problems(report) == [(3, "outcome", "yes_or_no")]
    assert "expected yes or no, and yes in one of Upheld, Partly at most" in report.as_text()


def test_a_column_to_be_ticked_that_is_not_there_is_named(check: Check) -> None:
    report = check(TICKED.replace("Partly", "Part") + "A-1,corporate,1,2024-03-01,,Y,N\n", **TICKS)
    assert report.refusals == ("ticked: there is no column 'Partly': did you mean Part?",)


def test_a_number_that_stands_once_is_filled_down_only_where_the_mapping_says_so(check: Check) -> None:
    sheet = (
        "case_reference,procedure,stage,requested_date,closed_date\n"
        "A-1,children_statutory,1,2024-03-01,2024-03-09\n,,2,2024-04-01,\n,,,,\nA-2,corporate,1,2024-05-01,\n"
    )
    assert (4, "case_reference", "empty") not in problems(check(sheet))
    assert problems(check(sheet)) == [(3, "case_reference", "empty"), (3, "procedure", "empty")]
    assert "fill_down: [case_reference, procedure]" in check(sheet).as_text()
    report = check(sheet, fill_down=["case_reference", "procedure"])
    numbers = report.accepted["case_reference"].to_pylist()
    assert (numbers[0] == numbers[1] != numbers[2], report.quarantined) == (True, 0)
    half = check(sheet.replace("\n,,2", "\n,corporate,2"), fill_down=["case_reference", "procedure"])
    assert problems(half) == [(3, "case_reference", "empty")]


def test_events_are_the_days_of_their_case(check: Check) -> None:
    report = check(LOG + OPENED + "A-2,corporate,Opened,2024-03-02,,\n" + CLOSED, **EVENTS)
    rows = report.accepted.select(["requested_date", "closed_date", "outcome", "service"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("2024-03-01", "2024-03-09", "upheld", "planning"),
        ("2024-03-02", None, None, None),
    ]
    assert "3 events, one a row, of 2 case_reference" in report.notes


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("A-1,corporate,Opened,2024-03-04,,\n", "one value of Day; the rows of this case have several"),
        ("A-1,corporate,Closed,,,\n", "expected the day of each event"),
        ("A-1,corporate,,2024-03-04,,\n", "expected Event in each row with a day"),
        (
            "A-1,corporate,Closed,2024-03-09,,waste\n",
            "one value of service; the rows of this case have several",
        ),
    ],
)
def test_a_case_whose_events_contradict_one_another_is_set_aside(check: Check, row: str, told: str) -> None:
    report = check(LOG + "A-2,corporate,Opened,2024-03-02,,\n" + OPENED + row, **EVENTS)
    assert (report.accepted.num_rows, {place for place, *_ in problems(report)}) == (1, {3})
    assert told in report.as_text()


def test_a_heading_behind_an_event_says_which_row_counts(check: Check) -> None:
    moved = "A-1,corporate,Closed,2024-03-09,,waste\n"
    columns = {**EVENTS["columns"], "service": "Closed / service"}
    assert check(LOG + OPENED + moved, **{**EVENTS, "columns": columns}).accepted["service"].to_pylist() == ["waste"]


def test_an_event_that_the_mapping_does_not_know_is_named_and_one_that_did_not_happen_is_no_fault(
    check: Check,
) -> None:
    reopened = "A-1,corporate,Reopened,2024-03-04,,\n"
    assert "does not know: Reopened" in check(LOG + OPENED + reopened, **EVENTS).refusals[0]
    report = check(LOG + OPENED + reopened, ignore=["Reopened"], **EVENTS)
    assert report.accepted["closed_date"].to_pylist() == [None]
    assert "no row has the event Closed" in report.notes


MOVED: dict[str, Any] = {
    **EVENTS,
    "columns": {},
    "stages": {
        "1": {"requested_date": "Opened", "closed_date": "Moved or Closed", "outcome": "Closed / Result"},
        "2": {"requested_date": "Moved", "closed_date": "Closed", "outcome": "Closed / Result"},
    },
}


def test_an_end_that_several_stages_name_is_of_the_last_that_began(check: Check) -> None:
    moved = "A-1,children_statutory,Moved,2024-03-05,,\n"
    second = "A-2,corporate,Opened,2024-03-02,,\nA-2,corporate,Closed,2024-03-20,other,\n"
    case = (OPENED + moved + CLOSED).replace("corporate", "children_statutory")
    rows = check(LOG + case + second, **MOVED).accepted
    rows = rows.select(["stage", "requested_date", "closed_date", "outcome"])
    assert [tuple(row.values()) for row in rows.to_pylist()] == [
        ("1", "2024-03-01", "2024-03-05", None),
        ("1", "2024-03-02", "2024-03-20", "other"),
        ("2", "2024-03-05", "2024-03-09", "upheld"),
    ]
    twice = check(LOG + case + CLOSED.replace("corporate", "children_statutory").replace("09", "10") + second, **MOVED)
    assert {place for place, *_ in problems(twice)} == {2}


def test_a_heading_behind_an_event_may_be_left_unread(check: Check) -> None:
    report = check(LOG + OPENED + CLOSED, ignore=["Opened / service"], **EVENTS)
    assert report.accepted["service"].to_pylist() == [None]


def test_attributes_that_stand_once_go_on_in_rows_of_the_same_case_alone(check: Check) -> None:
    sheet = (
        "case_reference,procedure,stage,requested_date,closed_date\n"
        "A-1,children_statutory,1,2024-03-01,2024-03-09\nA-1,,2,2024-04-01,\nA-2,,2,2024-04-01,\n"
    )
    assert "fill_down: [procedure]" in check(sheet).as_text()
    assert problems(check(sheet, fill_down=["procedure"])) == [(4, "procedure", "empty")]


def test_words_that_may_name_somebody_are_not_taken_for_events(check: Check) -> None:
    report = check(LOG + OPENED + "A-1,corporate,Mrs Jane Example,2024-03-04,,\n", **EVENTS)
    assert "look like personal data" in report.refusals[0]
    assert "Jane" not in report.as_text()


def test_a_heading_that_is_there_twice_is_named(check: Check) -> None:
    report = check(LOG.replace("Result", "Day") + OPENED, **EVENTS)
    assert report.refusals == ("columns that are there twice: day. Give each a heading of its own",)


def test_a_draft_shows_no_words_of_events_that_may_name_somebody(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    events = ("Opened", "Assigned to Mrs Jane Example", "Closed")
    rows = [f"A-{case},{event},{day}/03/2024,," for case in range(9) for day, event in enumerate(events, 20)]
    path.write_text("Case Ref,Event,Day,,\n" + "\n".join(rows))
    assert "Jane" not in draft_mapping(path).as_text()
    path.write_text(path.read_text().replace("Mrs Jane Example", "the team"))
    assert "row: event" in draft_mapping(path).as_text()


def test_rows_of_events_need_to_say_what_happened_and_when() -> None:
    with pytest.raises(ValueError, match="go together"):
        Mapping(row="event", event="Event")
