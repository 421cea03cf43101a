"""What became of actions and targets, on quarters and years typed in."""

from datetime import date
from typing import Any

import pytest

from assets.improvement.progress import outlook, progress
from benchmarking.progress import Moved

COUNCIL = "X99999901"
MEASURES = {
    "in_time": {"title": "In time", "polarity": "higher", "counted": "due"},
    "upheld": {"title": "Upheld", "polarity": "lower", "counted": "year"},
}
Rows = list[dict[str, Any]]


def day(text: str) -> date:
    return date.fromisoformat(text)


def quarters(first: str, *counts: tuple[int, int], series: str = "one") -> Rows:
    """Quarters from the first on, each cases of how many; None leaves one out."""
    rows = []
    start = day(first)
    for cases, of_cases in counts:
        month = start.month + 3
        after = date(start.year + (month > 12), (month - 1) % 12 + 1, 1)
        if of_cases:
            rows.append(
                {
                    "gss_code": COUNCIL,
                    "measure": "in_time",
                    "period_start": start,
                    "period_end": date.fromordinal(after.toordinal() - 1),
                    "cases": cases,
                    "of_cases": of_cases,
                    "series": series,
                    "as_at": day("2026-09-30"),
                }
            )
        start = after
    return rows


def year(first: int, cases: int, of_cases: int, **changed: Any) -> dict[str, Any]:
    return {
        "gss_code": COUNCIL,
        "measure": "upheld",
        "period_start": date(first, 4, 1),
        "period_end": date(first + 1, 3, 31),
        "period_label": f"{first}-{(first + 1) % 100}",
        "cases": cases,
        "of_cases": of_cases,
        "value": 100 * cases / of_cases,
        "is_share": True,
        "series": "one",
        "distance": None,
        "error": None,
        **changed,
    }


def moved(start: str, held: Rows, measure: str | None = "in_time") -> dict[str, Any]:
    """What is said of one action, other councils' figures beside its own."""
    action = {"gss_code": COUNCIL, "action_id": "A1", "measure": measure, "start_date": day(start)}
    other = [{**row, "gss_code": "X99999902", "cases": 0} for row in held]
    is_yearly = measure == "upheld"
    return progress([action], MEASURES, [] if is_yearly else held + other, held + other if is_yearly else [])[0]


def test_the_twelve_months_before_are_set_beside_the_latest_twelve_since() -> None:
    row = moved("2025-07-01", quarters("2024-01-01", *[(9, 9)] * 2, *[(2, 20)] * 4, *[(16, 20)] * 5))
    assert (row["moved"], row["method"]) == (Moved.IMPROVED, "in_year")
    assert (row["before_label"], row["before_cases"], row["before_of_cases"]) == (
        "July 2024 to June 2025",
        8,
        80,
    )
    assert (row["after_label"], row["after_cases"], row["after_of_cases"]) == (
        "October 2025 to September 2026",
        64,
        80,
    )
    assert row["change"] == pytest.approx(70)
    assert row["change_lower"] < 70 < row["change_upper"]


def test_the_quarter_in_which_an_action_starts_is_on_neither_side() -> None:
    held = quarters("2024-10-01", *[(2, 20)] * 4, (20, 20), *[(2, 20)] * 3)
    row = moved("2025-11-15", held)
    assert (row["before_of_cases"], row["after_of_cases"]) == (80, 60)
    assert (row["before_cases"], row["after_cases"]) == (8, 6)


@pytest.mark.parametrize(
    ("start", "held", "verdict", "reason"),
    [
        ("2026-04-01", quarters("2025-01-01", *[(5, 10)] * 6), Moved.TOO_EARLY, "fewer than two whole quarters since"),
        ("2026-01-01", quarters("2025-01-01", *[(5, 10)] * 4, (1, 2), (1, 2)), Moved.TOO_EARLY,
         "fewer than 5 cases since"),
        ("2026-01-01", quarters("2025-01-01", *[(1, 1)] * 4, *[(5, 9)] * 3), Moved.NO_DATA,
         "fewer than 5 cases before"),
        ("2026-01-01", quarters("2026-01-01", *[(5, 9)] * 3), Moved.NO_DATA, "fewer than 5 cases before"),
        ("2026-01-01", [], Moved.NO_DATA, "we have no figures of it"),
        ("2026-01-01", quarters("2025-01-01", *[(5, 10)] * 4) + quarters("2026-01-01", *[(9, 10)] * 3, series="two"),
         Moved.BROKEN_SERIES, "clock or limit changed between"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_says_why(start: str, held: Rows, verdict: Moved, reason: str) -> None:
    row = moved(start, held)
    assert (row["moved"], row["moved_reason"]) == (verdict, reason)
    assert row.get("change") is None


def test_an_action_that_names_no_indicator_says_so() -> None:
    assert moved("2026-01-01", [], None)["moved_reason"] == "no indicator named"


def test_a_share_of_fewer_than_five_cases_is_not_given() -> None:
    row = moved("2026-01-01", quarters("2025-01-01", *[(5, 10)] * 4, (1, 2), (1, 2)))
    assert (row["after_of_cases"], row["after_value"]) == (4, None)


def test_across_a_break_only_the_distance_from_the_peers_is_compared() -> None:
    held = [
        year(2023, 30, 40, distance=0.9, error=0.2),
        year(2024, 20, 40, distance=0.0, error=0.2, series="two"),
        year(2025, 10, 40, distance=-0.9, error=0.2, series="two"),
    ]
    row = moved("2024-06-01", held, "upheld")
    assert (row["method"], row["moved"], row["change_unit"]) == (
        "break_proof",
        Moved.IMPROVED,
        "log-odds from the peers",
    )
    assert (row["before_label"], row["after_label"], row["change"]) == (
        "2023-24",
        "2025-26",
        pytest.approx(-1.8),
    )


def test_without_enough_peers_a_break_ends_the_comparison() -> None:
    row = moved("2024-06-01", [year(2023, 30, 40), year(2025, 10, 40, series="two")], "upheld")
    assert (row["moved"], row["moved_reason"]) == (
        Moved.BROKEN_SERIES,
        "break in the series and too few peers",
    )


def test_without_enough_peers_years_of_one_series_are_compared_as_they_are() -> None:
    row = moved("2024-06-01", [year(2023, 30, 40), year(2025, 10, 40)], "upheld")
    assert (row["method"], row["moved"], row["change"]) == ("annual", Moved.IMPROVED, pytest.approx(-50))


@pytest.mark.parametrize(
    ("held", "verdict", "reason"),
    [
        ([year(2023, 30, 40)], Moved.TOO_EARLY, "no whole financial year since"),
        ([year(2023, 30, 40), year(2024, 10, 40)], Moved.TOO_EARLY, "no whole financial year since"),
        ([year(2020, 30, 40), year(2025, 10, 40)], Moved.NO_DATA, "no figure of the two years before"),
        ([year(2023, 3, 4), year(2025, 10, 40)], Moved.NO_DATA, "fewer than 5 cases before"),
        ([year(2023, 30, 40), year(2025, 1, 4)], Moved.TOO_EARLY, "fewer than 5 cases since"),
        ([], Moved.NO_DATA, "we have no figures of it"),
    ],
)
def test_years_that_cannot_be_compared_say_why(held: Rows, verdict: Moved, reason: str) -> None:
    row = moved("2024-06-01", held, "upheld")
    assert (row["moved"], row["moved_reason"]) == (verdict, reason)


def target(held: Rows, by: str, value: float = 70, measure: str = "in_time", **changed: Any) -> dict[str, Any]:
    asked = {
        "gss_code": COUNCIL,
        "target_id": "T1",
        "measure": measure,
        "target_pct": value,
        "by_date": day(by),
        "start_date": None,
        "start_pct": None,
        **MEASURES[measure],
        **changed,
    }
    is_yearly = measure == "upheld"
    return outlook([asked], [] if is_yearly else held, held if is_yearly else [])[0]


RISING = quarters("2024-10-01", *[(4, 20)] * 4, *[(15, 20)] * 4)
LEVEL = quarters("2024-10-01", *[(10, 20)] * 8)


def test_a_target_ahead_has_a_probability_on_current_evidence() -> None:
    row = target(RISING, "2027-03-31", start_date=day("2025-03-31"), start_pct=20.0)
    assert (row["outlook"], row["improvement"], row["value_pct"]) == (
        "on_current_evidence",
        Moved.IMPROVED,
        75,
    )
    # half of the target's twelve months is held, half is to come at the current rate
    assert (row["held_cases"], row["held_of_cases"], row["to_come"]) == (30, 40, 40)
    assert 0.5 < row["probability"] < 1
    # 548 of the 730 days from the start to the target
    assert row["said_pct"] == pytest.approx(20 + 50 * 548 / 730)
    assert row["distance_from_said_pct"] == pytest.approx(75 - row["said_pct"])


def test_a_target_that_is_missed_now_without_improvement_says_so() -> None:
    row = target(LEVEL, "2027-09-30")
    assert (row["outlook"], row["held_of_cases"], row["to_come"]) == ("no_improvement_detected", 0, 80)
    assert row["probability"] < 0.05


@pytest.mark.parametrize(("value", "said"), [(50, "met"), (50.1, "missed")])
def test_a_target_whose_twelve_months_are_over_was_met_or_missed(value: float, said: str) -> None:
    row = target(LEVEL, "2026-09-30", value)
    assert (row["outlook"], row.get("probability")) == (said, None)


def test_a_target_between_two_quarters_is_met_by_the_twelve_months_that_end_before_it() -> None:
    assert target(LEVEL, "2026-11-15", 50)["outlook"] == "met"


def test_a_target_on_too_few_cases_has_no_probability() -> None:
    row = target(quarters("2025-10-01", *[(1, 1)] * 4), "2027-03-31")
    assert (row["outlook"], row.get("probability"), row.get("value_pct")) == ("too_few_cases", None, None)


def test_a_target_without_figures_says_so() -> None:
    assert target([], "2027-03-31")["outlook"] == "no_data"


def test_a_target_across_a_change_of_the_clock_has_no_probability() -> None:
    held = quarters("2025-10-01", *[(5, 10)] * 2) + quarters("2026-04-01", *[(5, 10)] * 2, series="two")
    assert target(held, "2027-03-31")["outlook"] == "broken_series"


def test_a_target_of_a_year_is_judged_in_the_financial_year_that_ends_by_it() -> None:
    held = [year(2023, 30, 40), year(2024, 20, 40)]
    met = target(held, "2025-04-30", 50, "upheld")
    ahead = target(held, "2026-03-31", 50, "upheld")
    assert (met["outlook"], ahead["outlook"], ahead["to_come"]) == ("met", "on_current_evidence", 40)
    assert ahead["held_of_cases"] == 0 and 0.4 < ahead["probability"] < 0.6


def test_nothing_that_is_said_of_an_action_speaks_of_causes() -> None:
    row = moved("2025-07-01", quarters("2024-07-01", *[(2, 20)] * 4, *[(16, 20)] * 5))
    said = " ".join(map(str, row.values())).lower()
    assert not any(word in said for word in ("because", "cause", "due to", "effect of", "thanks"))
