"""Each sentence speaks of the comparator, base and period of its own row, and of no other."""

from typing import Any

import pytest

from assets.benchmark import words
from benchmarking.settings import Reason, Verdict
from tests.sql.harness import PROJECT
from warehouse.contracts import read_contracts

ROW: dict[str, Any] = {
    "title": "Complaints upheld",
    "period_label": "2023-24",
    "comparator_group": "lgsco_type",
    "comparator_title": "councils of the same type",
    "lgsco_type": "county",
    "numerator": 23,
    "numerator_basis": "printed",
    "denominator": 26,
    "value": 88.46,
    "unit": "percent",
    "peers": 20,
    "peers_with_data": 10,
    "pooled_value": 85.7,
    "verdict": "no clear difference",
    "verdict_reason": None,
    "verdict_one_fewer": "better",
    "verdict_one_more": None,
    "is_same_with_one_case_moved": False,
    "gate": "none",
    "rankability": 0.54,
    "rankability_lower": 0.15,
    "rankability_upper": 0.85,
    "rankability_without_one": 0.35,
    "rank_lower": None,
    "rank_upper": None,
    "band": None,
    "rank_reason": "differences rest on one council",
    "benchmark": 83.6,
    "gap_cases": 0.6,
    "gap_cases_lower": -0.04,
    "gap_cases_upper": 2.4,
    "comparator_groups": 6,
    "groups_with_verdict": 4,
    "is_same_in_all_groups": True,
}


def test_a_headline_names_its_indicator_year_counts_comparator_and_base() -> None:
    assert words.headline(ROW) == (
        "Complaints upheld, 2023-24: 88.5%, 23 of 26; no clear difference from other county councils"
        " (10 of 20 have data, 85.7% together)."
    )


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"period_label": "2024-25"}, "Complaints upheld, 2024-25:"),
        ({"lgsco_type": "unitary"}, "other unitary councils"),
        (
            {"comparator_group": "dfe_neighbours", "comparator_title": "DfE statistical neighbours"},
            "no clear difference from DfE statistical neighbours",
        ),
        ({"peers_with_data": 7, "peers": 15}, "7 of 15 have data"),
        ({"pooled_value": 61.04}, "61.0% together"),
        ({"verdict": "much worse"}, "much worse than other county councils"),
        ({"numerator": 3, "denominator": 4, "value": 75.0}, "3 of 4, too few for a percentage;"),
        ({"value": None}, "no figure;"),
    ],
)
def test_a_headline_follows_its_row(changed: dict[str, Any], expected: str) -> None:
    assert expected in words.headline(ROW | changed)
    assert expected not in words.headline(ROW)


def test_a_headline_without_a_verdict_says_why_beside_whom() -> None:
    row = ROW | {"verdict": None, "verdict_reason": "too few peers with data", "peers_with_data": 4}
    assert (
        "no verdict beside other county councils: too few councils of the group have data (4 of 20"
        in words.headline(row)
    )


def test_there_are_words_for_every_verdict_and_reason_of_the_contracts() -> None:
    contracts = read_contracts(PROJECT / "expectations")
    allowed = {
        word
        for name in (
            "verdicts",
            "rankings",
            "best_performers",
            "trends",
            "peer_trends",
            "peer_distances",
            "rank_moves",
        )
        for column in contracts[f"marts.{name}"].columns.values()  # type: ignore[index]
        for word in column.allowed or []
    }
    reasons = {str(reason) for reason in Reason} - {""}
    assert reasons <= allowed and reasons | {"doubted"} == set(words.REASONS)
    assert {str(verdict) for verdict in Verdict} - {""} == set(words.VERDICTS) <= allowed


def test_a_shut_gate_gives_its_reason_and_numbers() -> None:
    assert words.gate(ROW) == (
        "No rank, because the differences rest on one council: an estimated 54% of the differences between it and "
        "other county councils is real (interval 15% to 85%; 35% without the council that matters most)."
    )


def test_an_open_gate_says_that_ranks_are_shown() -> None:
    assert words.gate(ROW | {"rank_reason": None, "rank_lower": 1}).startswith("Ranks are shown, because")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"rank_lower": 2, "rank_upper": 7, "rank_reason": None}, "rank 2 to 7"),
        (
            {"band": 2, "rank_reason": "differences partly chance"},
            "band 2; no rank: the differences between the councils are partly chance, so only bands are shown",
        ),
        ({}, "no rank: the differences rest on one council"),
    ],
)
def test_a_rank_is_an_interval_a_band_or_a_reason(changed: dict[str, Any], expected: str) -> None:
    assert words.rank(ROW | changed) == expected


def test_the_one_case_test_tells_both_sides() -> None:
    assert words.one_case(ROW) == (
        "The verdict does not stand with one case moved: one fewer, better; one more, none to move."
    )


def test_a_gap_behind_and_a_gap_ahead_are_both_told_as_what_they_are() -> None:
    assert "0.6 cases behind that (interval 0.0 to 2.4" in words.best_performer(ROW)
    ahead = words.best_performer(ROW | {"gap_cases": -3.0, "gap_cases_lower": -5.0})
    assert "3.0 cases ahead of that (interval -5.0 to 2.4" in ahead


def test_the_stress_test_says_how_many_groups_have_enough_data() -> None:
    assert words.stress_test(ROW | {"verdict": "worse"}) == (
        "The result points the same way whichever councils we compare with: 4 of 6 groups have enough data; they "
        "overlap."
    )
    assert "depends on" in words.stress_test(ROW | {"is_same_in_all_groups": False})
    assert words.stress_test(ROW | {"groups_with_verdict": 1}).startswith("Fewer than two")


def test_where_nothing_points_anywhere_no_direction_is_said() -> None:
    said = words.stress_test(ROW | {"verdict": "no clear difference"})
    assert said.startswith("There is no clear difference whichever councils") and "way" not in said


def test_a_trend_across_a_break_says_on_what_it_rests() -> None:
    row = {
        "trend": None,
        "reason": "break in the series",
        "years": 3,
        "years_beside": 6,
        "trend_beside": "improving",
        "reason_beside": None,
        "is_across_a_break": True,
    }
    assert words.trend(row) == (
        "Trend: none, because the series is broken by a change of method (3 in hand). Beside its comparators: "
        "improving, across a break, so only if that hit all councils alike."
    )
    assert words.trend(None) == "No trend: no figure is in hand."
