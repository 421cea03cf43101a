"""Each sentence speaks of the comparator, base and period of its own row, and of no other."""

from typing import Any

import pytest

from assets.wording import comparison
from benchmarking.settings import Reason, Verdict
from tests.sql.harness import PROJECT
from warehouse.contracts import read_contracts

ROW: dict[str, Any] = {
    "comparator_group": "lgsco_type",
    "comparator_title": "councils of the same type",
    "lgsco_type": "county",
    "type_average": 85.0,
    "sample_mean": 85.4,
    "is_fair_sample": True,
    "called": "Cannot say",
    "noticed_below": 63.1,
    "noticed_above": None,
    "verdict": "not unusual",
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
    "comparator_groups": 6,
    "groups_with_verdict": 4,
    "is_same_in_all_groups": True,
}


def test_there_are_words_for_every_verdict_and_reason_of_the_contracts() -> None:
    contracts = read_contracts(PROJECT / "expectations")
    allowed = {
        word
        for name in (
            "verdicts",
            "rankings",
            "best_performers",
            "yearly_changes",
            "peer_trends",
            "peer_distances",
        )
        for column in contracts[f"marts.{name}"].columns.values()  # type: ignore[index]
        for word in column.allowed or []
    }
    # why no best is drawn stays within the mathematics
    reasons = {str(reason) for reason in Reason} - {"", str(Reason.TOO_FEW_COUNCILS)}
    assert reasons <= allowed and reasons | {"doubted", "sample not fair"} == set(comparison.REASONS)
    assert {str(verdict) for verdict in Verdict} - {""} == set(comparison.VERDICTS) <= allowed
    assert set(comparison.CALLED) == set(contracts["marts.verdicts"].columns["called"].allowed or [])  # type: ignore[index]


def test_a_shut_gate_gives_its_reason_and_numbers() -> None:
    assert comparison.gate(ROW) == (
        "No rank, because the differences rest on one council: an estimated 54% of the differences between it and "
        "other county councils is real (interval 15% to 85%; 35% without the council that matters most)."
    )


def test_an_open_gate_says_that_ranks_are_shown() -> None:
    assert comparison.gate(ROW | {"rank_reason": None, "rank_lower": 1}).startswith("Ranks are shown, because")


def test_the_one_case_test_tells_both_sides() -> None:
    assert comparison.one_case(ROW) == (
        "The result does not stand with one case moved (one fewer: better; one more: none to move)."
    )


@pytest.mark.parametrize(
    ("gap", "is_clear", "said"),
    [
        (0.6, False, "level with the best of them (83.6%): any gap could be chance"),
        (-3.0, False, "level with the best of them (83.6%): any gap could be chance"),
        (3.4, True, "3 cases behind the best of them (83.6%)"),
        (1.0, True, "1 case behind the best of them (83.6%)"),
        (0.6, True, "less than one case behind the best of them (83.6%)"),
        (1.2, True, "1 case behind the best of them (83.6%)"),
        (-4.5, True, "5 cases ahead of the best of them (83.6%)"),
    ],
)
def test_a_gap_is_whole_cases_and_none_where_chance_explains_it(gap: float, is_clear: bool, said: str) -> None:
    assert comparison.gap(ROW | {"gap_cases": gap, "is_gap_clear": is_clear}, "percent") == said


@pytest.mark.parametrize(("have", "of"), [(19, 20), (5, 33)])
def test_a_sample_that_is_no_fair_one_says_what_share_of_the_type_it_is(have: int, of: int) -> None:
    row = ROW | {"is_fair_sample": False, "councils_with_figure": have, "councils": of}
    assert comparison.sample(row, "county councils", "percent") == (
        f"We have figures from {have} of {of} county councils. They average 85.4%, but the Ombudsman prints 85% for "
        "all."
    )
    assert comparison.sample(ROW, "county councils", "percent") == ""


@pytest.mark.parametrize(
    ("possible", "names", "said"),
    [
        (11, ["A"] * 11, "nobody stands out: any of the 11 with figures could be the best"),
        (9, ["A"] * 9, "nobody stands out: 9 of the 11 with figures could be the best"),
        (
            2,
            ["Kent", "Devon"],
            "2 of the 11 with figures could be the best: Kent and Devon, the likeliest first",
        ),
        (2, [], "2 of the 11 with figures could be the best"),
        (1, ["Kent"], "1 of the 11 with figures could be the best: Kent"),
    ],
)
def test_those_that_could_be_best_are_named_only_where_they_are_not_nearly_all(
    possible: int, names: list[str], said: str
) -> None:
    assert comparison.possible_best(possible, 11, names) == said


def test_three_quarters_of_a_group_are_still_named() -> None:
    assert "A and B, the likeliest first" in comparison.possible_best(9, 12, ["A", "B"])


def test_a_null_among_denominators_is_no_direction() -> None:
    sides = {"per resident": "lower", "of those investigated": "not told apart", "of those dealt with": None}
    assert comparison.denominators(sides, has_flip=False) == (
        "lower per resident; the rest the difference could be chance (of those investigated)"
    )
    both = {"per resident": "lower", "of those investigated": "higher"}
    assert comparison.denominators(both, has_flip=True).endswith("they point in different directions, so quote both")
    assert comparison.denominators(dict.fromkeys(sides), has_flip=None) == ""


@pytest.mark.parametrize("called", comparison.CALLED)
def test_a_null_has_what_it_would_have_noticed_and_a_difference_has_not(called: str) -> None:
    assert bool(comparison.noticed(ROW | {"called": called}, "percent")) is (called in comparison.WITHOUT_DIFFERENCE)


def test_a_withheld_rankability_says_why_without_a_number() -> None:
    missing = dict.fromkeys(("rankability", "rankability_lower", "rankability_upper", "rankability_without_one"))
    row = ROW | missing | {"rank_reason": "too few cases of one outcome"}
    assert comparison.gate(row) == (
        "No rank, because nearly all cases have the same outcome, so we cannot measure how far councils differ."
    )


def test_the_stress_test_says_how_many_groups_have_enough_data() -> None:
    assert comparison.stress_test(ROW | {"called": "Worse"}) == (
        "The result points the same way whichever councils we compare with: 4 of 6 groups have enough data; they "
        "overlap."
    )
    assert "depends on" in comparison.stress_test(ROW | {"is_same_in_all_groups": False})
    assert comparison.stress_test(ROW | {"groups_with_verdict": 1}).startswith("Fewer than two")


def test_where_nothing_points_anywhere_no_direction_is_said() -> None:
    said = comparison.stress_test(ROW)
    assert said.startswith("We see no difference whichever councils") and "way" not in said


@pytest.mark.parametrize("words_of", [comparison.CALLED, comparison.VERDICTS])
def test_every_verdict_is_worded_with_its_own_direction_and_strength(words_of: dict[str, str]) -> None:
    directions = {"better", "worse", "higher", "lower"}
    for verdict, text in words_of.items():
        said = directions & set(text.split())
        assert said == directions & set(verdict.lower().split()), verdict
        assert ("far " in text) == verdict.startswith("much "), verdict
    assert len(set(words_of.values())) >= len(words_of) - 1


def test_what_is_not_known_is_left_out_or_said() -> None:
    assert comparison.noticed(ROW | {"noticed_below": None, "noticed_above": None}, "percent") == (
        "With so few cases we could not have seen any difference in four years of five."
    )
    assert comparison.printed_averages({"type_average": None, "england_average": None}, "any", "percent") == ""
    assert comparison.gate(ROW | {"gate": None, "rank_reason": "all tied"}) == (
        "No rank: all councils have the same value."
    )
    assert comparison.one_case(ROW | {"verdict": None, "verdict_reason": "all tied"}) == (
        "We cannot test one case more or fewer: all councils have the same value."
    )


LINKS = [
    ("Worse", "not unusual", ", but "),
    ("Worse", "worse", ", and "),
    ("About the same", "not unusual", ", and "),
    ("Cannot say", "not unusual", ""),
    ("not told apart", "not unusual", ""),
]


@pytest.mark.parametrize(("called", "verdict", "link"), LINKS)
def test_an_unusual_result_is_joined_by_and_another_by_but(called: str, verdict: str, link: str) -> None:
    said = comparison.finding(ROW | {"called": called, "verdict": verdict}, "others")
    assert said == f"{comparison.CALLED[called]} others{link}{comparison.VERDICTS[verdict] if link else ''}"
