"""A council's own cases in words: every branch of what pages say of them, on rows typed in."""

from datetime import date
from typing import Any

import pytest

from assets.wording import own

END = date(2026, 9, 30)
DUE: dict[str, Any] = {
    "counted_on": "due",
    "procedure": "children_statutory",
    "period_end": END,
    "period_label": "12 months to September 2026",
    "judged": 40,
    "in_time": 9,
    "in_time_pct": 22.46,
    "limit_working_days": 65,
    "has_small_base": False,
    "hidden": set(),
}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [],
            "No Stage 2 children’s social care complaint of Kent fell due in a whole period of the register.",
        ),
        (
            [DUE | {"counted_on": "closed"}, DUE | {"procedure": "corporate"}],
            "No Stage 2 children’s social care",
        ),
        (
            [DUE, DUE | {"period_end": date(2025, 9, 30), "judged": 7}],
            "Kent completed 9 of 40 Stage 2 children’s social care complaints within 65 working days (22%). "
            "They fell due in the 12 months to September 2026.",
        ),
        (
            [DUE | {"judged": 100}],
            "9 of 100 Stage 2 children’s social care complaints within 65 working days (22.5%).",
        ),
        (
            [DUE | {"in_time_pct": None, "has_small_base": True}],
            "within 65 working days. They fell due in the 12 months to ",
        ),
        ([DUE | {"has_small_base": True}], "They fell due in the 12 months to September 2026, few cases."),
        (
            [DUE | {"hidden": {"judged", "in_time"}}],
            "Fewer than five Stage 2 children’s social care complaints to Kent fell due in the 12 months to",
        ),
        (
            [DUE | {"hidden": {"in_time"}}],
            "Of 40 Stage 2 children’s social care complaints to Kent that fell due in the 12 months to September 2026, "
            "so few were in time, or late, that we do not show the number.",
        ),
    ],
)
def test_stage_2_is_told_of_the_latest_twelve_months_that_fell_due(rows: list[Any], said: str) -> None:
    assert said in own.stage_2_sentence(rows, "Kent")


CHART: dict[str, Any] = {
    "procedure": "corporate",
    "stage": "1",
    "measure": "received",
    "centre": 34.4,
    "is_trial": False,
    "as_at": END,
    "marked": 0,
    "hidden": set(),
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {},
            "Corporate, stage 1, complaints received: no month of the twelve to 30 September 2026 stands out from "
            "chance around 34 a month",
        ),
        (
            {
                "measure": "due_in_time",
                "centre": 56.5,
                "marked": 1,
                "stage": "single",
                "procedure": "adult_statutory",
            },
            "Adult social care, its only stage, share in time of those that fell due: 1 month of the twelve to "
            "30 September 2026 stands out from chance around 57%",
        ),
        (
            {"marked": 2, "is_trial": True, "hidden": {"centre"}},
            "Corporate, stage 1, complaints received: 2 months of the twelve to 30 September 2026 stand out from "
            "chance; trial limits, from fewer than twelve months",
        ),
    ],
)
def test_a_control_chart_tells_how_many_of_its_last_months_stand_out(changes: dict[str, Any], said: str) -> None:
    assert own.control_sentence(CHART | changes) == said


SERVICE: dict[str, Any] = {
    "service": "all",
    "period_label": "2025-26",
    "compliments": 12,
    "complaints": 340,
    "hidden": set(),
}
NO_COUNT = "We have no count of compliments."


@pytest.mark.parametrize(
    ("changes", "extracts", "said"),
    [
        (
            {},
            1,
            "In 2025-26 the register counts 12 compliments and 340 complaints. "
            "1 extract that the council checked and sent is shown.",
        ),
        (
            {"compliments": 1},
            2,
            "counts 1 compliment and 340 complaints. 2 extracts that the council checked and sent are",
        ),
        (
            {"compliments": 0},
            0,
            "counts no compliment and 340 complaints. The council sent no extract to be shown.",
        ),
        ({"compliments": 0}, 1, NO_COUNT),
        ({"compliments": None}, 0, NO_COUNT),
        ({"service": "highways"}, 0, NO_COUNT),
        (
            {"compliments": 3, "hidden": {"compliments"}},
            0,
            "counts fewer than five compliments and 340 complaints",
        ),
        ({"hidden": {"complaints"}}, 0, "counts 12 compliments and [c] complaints"),
    ],
)
def test_compliments_are_counted_unless_none_were_recorded(changes: dict[str, Any], extracts: int, said: str) -> None:
    assert said in own.compliments_sentence([SERVICE | {"service": "roads"}, SERVICE | changes], extracts)


def test_both_ways_of_counting_stand_in_one_row_and_of_two_alike_the_first() -> None:
    closed = DUE | {"counted_on": "closed"}
    other = DUE | {"limit_working_days": 25}
    assert own.paired([DUE, closed, DUE | {"judged": 1}, other]) == [
        {"either": DUE, "due": DUE, "closed": closed},
        {"either": other, "due": other, "closed": None},
    ]


BAND: dict[str, Any] = {"procedure": "corporate", "stage": "1", "age_band": "0 to 10", "hidden": set()}


def test_a_band_of_open_cases_is_left_out_only_where_both_its_numbers_are_hidden() -> None:
    hidden = BAND | {"age_band": "11 to 25", "hidden": {"open_stages", "overdue"}}
    half = BAND | {"stage": "2", "hidden": {"overdue"}}
    assert own.shown_open([BAND, hidden, half]) == [BAND, half]
    assert own.hidden_open([BAND, hidden, hidden | {"age_band": "over 65"}, half]) == [
        "Corporate, stage 1 (11 to 25, over 65)"
    ]


def left_out(clock_start: str, number: int, **changes: Any) -> dict[str, Any]:
    return {
        "procedure": "corporate",
        "clock_start": clock_start,
        "clock_end": "response",
        "allowance": 25,
        "left_out": number,
        "case_stages": 30,
        "in_time": 12,
        "in_time_pct": 40.0,
        "hidden": set(),
    } | changes


def test_what_is_left_out_is_told_by_its_clock_only_where_a_procedure_has_two() -> None:
    rows = [
        left_out("request", 0),
        left_out("request", 5, hidden={"in_time_pct"}),
        left_out("request", 1, in_time_pct=None),
    ]
    assert own.without_longest(rows) == [
        {"name": "Corporate", "shares": {0: "40.0% (12 of 30)", 5: "[c]", 1: "12 of 30"}}
    ]
    assert [test["name"] for test in own.without_longest([*rows, left_out("agreed_statement", 0)])] == [
        "Corporate, from the request",
        "Corporate, from the agreed statement of complaint",
    ]


def scenario(change: int, share: float | None, role: str = "investigators") -> dict[str, Any]:
    return {
        "role": role,
        "change": change,
        "people": 3 + change,
        "share_in_time_pct": share,
        "lower_pct": 20.0,
        "upper_pct": 60.0,
        "reason": None,
        "hidden": set(),
    }


def test_numbers_of_people_that_give_the_same_stand_in_one_row() -> None:
    rows = [
        scenario(-1, 30.0),
        scenario(0, 40.0),
        scenario(1, 40.0),
        scenario(2, 40.0, "independent_persons"),
    ]
    runs = own.folded(rows)
    assert runs == [rows[:1], rows[1:3], rows[3:]]
    assert [(own.span(run, "change"), own.span(run, "people")) for run in runs] == [
        ("-1", "2"),
        ("0 to +1", "3 to 4"),
        ("+2", "5"),
    ]
    assert own.makes_no_difference(rows) == [
        "On this model any number of investigators from 3 to 4 gives the same share in time, 40.0%."
    ]
    for others in ([rows[0], *rows[2:]], [scenario(1, 1.0)] * 2, rows[1:2]):
        assert own.makes_no_difference(others) == []


@pytest.mark.parametrize(
    ("cases", "of_cases", "said"),
    [
        (12, 30, "40.0%, 12 of 30"),
        (None, None, "[x]"),
        (3, 30, "[c]"),
        (28, 30, "[c]"),
        (30, 30, "40.0%, 30 of 30"),
    ],
)
def test_a_target_tells_its_cases_unless_they_are_few(cases: int | None, of_cases: int | None, said: str) -> None:
    assert own.targets_now({"cases": cases, "of_cases": of_cases, "value_pct": 40.0}) == said


CLOCK: dict[str, Any] = {
    "procedure": "corporate",
    "clock_start": "request",
    "clock_end": "response",
    "has_declared_clock": True,
    "source": "case register",
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Corporate: the clock runs from the request to the response, as the council declared."),
        (
            {"has_declared_clock": False, "clock_end": "site_visit"},
            "Corporate: the clock runs from the request to site visit, the usual one, because the council has not "
            "declared its own.",
        ),
        (
            {"has_declared_clock": False, "source": "quarterly figures", "clock_start": "not_stated"},
            "Corporate: the clock runs from not stated to the response, as the council’s own figures state.",
        ),
        (
            {"clock_start": "not_stated", "clock_end": "not_stated"},
            "Corporate: the council does not say where the clock starts and stops.",
        ),
    ],
)
def test_the_clock_is_told_with_whoever_chose_it(changes: dict[str, Any], said: str) -> None:
    assert own.clocks([CLOCK, CLOCK | changes]) == [said]


@pytest.mark.parametrize(
    ("text", "said"),
    [("all", "All services"), ("childrens_services", "Children’s services"), ("highways", "Highways")],
)
def test_a_service_is_named_in_words(text: str, said: str) -> None:
    assert own.named(text) == said


def test_an_outcome_says_which_way_it_went() -> None:
    assert own.MOVED["improved"].startswith("better,") and own.MOVED["worsened"].startswith("worse,")
    assert (own.OUTLOOKS["met"], own.OUTLOOKS["missed"]) == ("met", "missed")
