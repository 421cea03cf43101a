"""A club of councils: what each sees of the others' returns, with no small count and none that follows."""

from datetime import date
from random import Random
from typing import Any

import pytest

from tests.sql.harness import asked, columns, result

HALVES = [(date(2025, 4, 1), date(2025, 9, 30)), (date(2025, 10, 1), date(2026, 3, 31))]
YEAR = (date(2025, 4, 1), date(2026, 3, 31))


def answer(
    fell_due: int, in_time: int, still_open: int = 0, period: tuple[date, date] = YEAR, **more: Any
) -> dict[str, Any]:
    return {
        "gss_code": "E1", "procedure": "children_statutory", "stage": "2", "period_start": period[0],
        "period_end": period[1], "limit_working_days": 65, "fell_due": fell_due, "completed_in_time": in_time,
        "still_open": still_open, "answered_date": "2026-06-01", "is_on_fixed_definitions": True,
        "asked_by_gss_code": "E9", "extract_id": "x",
    } | more  # fmt: skip


def shown(*answers: dict[str, Any]) -> list[dict[str, Any]]:
    return result("marts.peer_timeliness", {"staging.register_peer_returns": list(answers)})


@pytest.mark.parametrize(
    ("counts", "seen"),
    [
        ((20, 10, 0), (20, 10, 0, 50.0)),
        ((20, 4, 0), (20, None, None, None)),
        ((20, 5, 0), (20, 5, 0, 25.0)),
        ((20, 16, 0), (20, None, None, None)),
        ((20, 20, 0), (20, 20, 0, 100.0)),
        ((20, 0, 20), (20, 0, 20, 0.0)),
        ((4, 4, 0), (None, None, None, None)),
        ((0, 0, 0), (0, None, None, None)),
        # of ten late ones, three open, or seven open and so three ended late
        ((20, 10, 3), (20, 10, None, 50.0)),
        ((20, 10, 7), (20, 10, None, 50.0)),
    ],
)
def test_no_count_of_one_to_four_is_shown_or_follows(
    counts: tuple[int, int, int], seen: tuple[float | None, ...]
) -> None:
    assert columns(shown(answer(*counts)), "fell_due", "completed_in_time", "still_open", "in_time_pct") == [seen]


def test_a_half_year_is_not_shown_beside_its_year() -> None:
    rows = shown(answer(20, 10), answer(11, 6, period=HALVES[0]))
    assert columns(rows, "period_start", "period_end") == [YEAR]


def test_no_subtraction_of_what_is_shown_gives_a_small_count() -> None:
    dice = Random(7)
    for _ in range(40):
        halves = []
        for period in HALVES:
            due = dice.randrange(12)
            in_time = dice.randrange(due + 1)
            halves.append(answer(due, in_time, dice.randrange(due - in_time + 1), period))
        names = ("fell_due", "completed_in_time", "still_open")
        whole = answer(*(sum(half[name] for half in halves) for name in names))
        given = [one for one in (*halves, whole) if dice.random() < 0.7]
        rows = columns(shown(*given), *names)
        assert len(rows) <= 2
        for due, in_time, still_open in rows:
            late = None if due is None or in_time is None else due - in_time
            ended_late = None if late is None or still_open is None else late - still_open
            assert not {due, in_time, still_open, late, ended_late} & {1, 2, 3, 4}


def test_each_member_sees_its_own_return_beside_the_others() -> None:
    club = shown(answer(20, 10), answer(30, 12, gss_code="E2"), answer(40, 30, gss_code="E3"))
    councils = [{"gss_code": code, "nice_name": code} for code in ("E1", "E2", "E3")]
    rows = asked("peer_returns", {"marts.peer_timeliness": club, "core.councils": councils}, council="E2")
    assert columns(rows, "nice_name", "in_time_pct", "own_in_time_pct") == [("E1", 50, 40), ("E3", 75, 40)]


def of_ours(kind: str) -> dict[str, Any]:
    return {
        "gss_code": "E2", "procedure": "children_statutory", "stage": "2", "service": "all", "counted_on": "due",
        "source": "case register", "period_kind": kind, "period_start": YEAR[0], "period_end": YEAR[1],
        "clock_start": "request", "clock_end": "adjudication", "allowance": "maximum", "is_declared": True,
        "limit_working_days": 65, "in_time": 10, "late": 14, "overdue": 1, "withdrawn_late": 0, "withdrawn": 0,
        "in_time_pct": 40.0,
    }  # fmt: skip


def test_a_financial_year_that_is_twelve_months_too_has_our_own_figure() -> None:
    given = {
        "marts.peer_timeliness": shown(answer(20, 10)),
        "core.councils": [{"gss_code": "E1", "nice_name": "E1"}],
        "marts.stage_timeliness": [of_ours("financial_year"), of_ours("rolling_12_months")],
    }
    assert columns(asked("peer_returns", given, council="E2"), "own_in_time_pct", "own_judged") == [(40, 25)]
    filled = asked(
        "own_return",
        {"marts.stage_timeliness": given["marts.stage_timeliness"]},
        council="E2",
        period_start=YEAR[0],
        period_end=YEAR[1],
    )
    assert columns(filled, "fell_due", "completed_in_time")[-1] == (25, 10)


@pytest.mark.parametrize(("letter", "followed"), [("2026-01-05", "yes"), (None, "no")])
def test_a_response_in_place_of_the_adjudication_letter_is_another_definition(
    letter: str | None, followed: str
) -> None:
    case = {
        "gss_code": "E2", "procedure": "children_statutory", "stage": "2", "response_sent_date": "2026-01-05",
        "adjudication_date": letter,
    }  # fmt: skip
    given = {"marts.stage_timeliness": [of_ours("financial_year")], "core.case_stages": [case]}
    filled = asked("own_return", given, council="E2", period_start=YEAR[0], period_end=YEAR[1])
    assert columns(filled, "definitions_followed") == [(followed,)]
