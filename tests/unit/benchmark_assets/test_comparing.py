"""What the ranking relations say of a typed-in world: the protocol's numbers in the indicator's unit, or a reason."""

import math
from typing import Any

import numpy as np
import pytest

from benchmarking.comparison import compare
from benchmarking.groups import Groups
from benchmarking.learning import teachers
from benchmarking.models import IndicatorYear
from benchmarking.settings import Family, Polarity, RankingSettings, Reason
from tests.unit.benchmark_assets.world import FAR_APART, LIKE_US, World, code, one_year

US = code(0)
TYPE: dict[str, Any] = {"gss_code": US, "comparator_group": "lgsco_type"}
FLOATS = 1e-9


def by_hand(counts: Any, polarity: Polarity = Polarity.LOWER, name: str = "rate 2023-04-01") -> Any:
    """The same world through `benchmarking` alone."""
    data = IndicatorYear(
        name=name,
        family=Family.PROPORTION,
        polarity=polarity,
        key=np.array([code(place) for place in range(len(counts))], dtype=object),
        council_type=np.array(["county"] * len(counts), dtype=object),
        numerator=np.array([pair[0] for pair in counts], dtype=float),
        denominator=np.array([pair[1] for pair in counts], dtype=float),
    )
    groups = Groups.everyone([range(len(counts))])
    return groups, compare(data, groups)


def test_rates_are_the_protocols_in_percent() -> None:
    _, expected = by_hand(LIKE_US)
    row = one_year(*LIKE_US).row("council_rates", gss_code=US)
    for column, name in {
        "value": "value",
        "lower": "lower",
        "upper_strong": "upper_strong",
        "shrunken": "shrunken",
        "shrunken_lower": "shrunken_lower",
    }.items():
        assert row[column] == pytest.approx(100 * getattr(expected.councils, name)[0], rel=FLOATS)


def test_a_rate_per_head_is_in_its_own_unit() -> None:
    counts = [(30 + place, 500_000) for place in range(7)]
    world = one_year(*counts).set("core.indicators", {}, kind="rate", per=100_000, polarity="none")
    row = world.row("council_rates", gss_code=US)
    assert row["value"] == pytest.approx(6.0) and 4.0 < row["lower"] < 6.0 < row["upper"] < 9.0


def test_verdicts_are_the_protocols() -> None:
    _, expected = by_hand(FAR_APART)
    row = one_year(*FAR_APART).row("verdicts", **TYPE)
    assert row["verdict"] == expected.groups.judgement.verdict[0]
    assert row["p_value"] == pytest.approx(expected.groups.surprise.p_value[0], rel=1e-6)
    assert (row["lower_cases"], row["upper_cases"]) == (
        expected.groups.surprise.lower[0],
        expected.groups.surprise.upper[0],
    )
    assert (row["peers"], row["peers_with_data"], row["reason"]) == (9, 9, None)


def test_ranks_are_shown_where_the_gate_is_open() -> None:
    _, expected = by_hand(FAR_APART)
    row = one_year(*FAR_APART).row("rankings", **TYPE)
    assert (row["gate"], row["rank_reason"]) == ("ranks", None)
    assert (row["rank_lower"], row["rank_upper"]) == (
        expected.groups.ranks.lower[0],
        expected.groups.ranks.upper[0],
    )
    assert row["band"] == 1


def test_a_shut_gate_shows_no_rank() -> None:
    row = one_year(*LIKE_US).row("rankings", **TYPE)
    assert (row["gate"], row["rank_lower"], row["band"]) == ("none", None, None)
    assert row["rank_reason"] == "differences mostly chance"


def test_a_gate_open_for_bands_shows_a_band_and_no_rank() -> None:
    settings = RankingSettings(ranks_from=0.999)
    row = one_year(*FAR_APART).row("rankings", settings, **TYPE)
    assert (row["gate"], row["band"], row["rank_lower"]) == ("bands", 1, None)
    assert row["rank_reason"] == "differences partly chance"


def test_the_benchmark_is_in_percent_and_the_gap_in_cases() -> None:
    _, expected = by_hand(FAR_APART)
    row = one_year(*FAR_APART).row("best_performers", gss_code=code(9), comparator_group="lgsco_type")
    assert row["benchmark"] == pytest.approx(100 * expected.groups.standing.benchmark[9], rel=1e-6)
    assert row["gap_cases"] == pytest.approx(expected.groups.gap.cases[9], rel=1e-6) and row["gap_cases"] > 70
    assert row["gap_cases_lower"] < row["gap_cases"] < row["gap_cases_upper"]


def test_whom_to_learn_from_is_the_protocols_list() -> None:
    groups, expected = by_hand(FAR_APART)
    found = teachers(groups, expected.groups.probability_peer_better, expected.councils.shrunken, RankingSettings())
    rows = one_year(*FAR_APART).rows("learn_from", gss_code=code(9))
    rows.sort(key=lambda row: row["learn_order"])
    assert [row["peer_gss_code"] for row in rows] == [code(int(peer)) for peer in found.peer[found.row == 9]]
    assert rows[0]["lead"] == pytest.approx(100 * found.lead[found.row == 9][0])


def test_nobody_is_to_be_learnt_from_where_there_is_no_good_direction() -> None:
    assert one_year(*FAR_APART).set("core.indicators", {}, polarity="none").rows("learn_from") == []


REASONS: dict[str, World] = {
    Reason.MISSING: one_year((None, 26), *LIKE_US),
    Reason.NOT_A_COUNT: one_year((-1, 26), *LIKE_US),
    Reason.ZERO_DENOMINATOR: one_year((0, 0), *LIKE_US),
    Reason.NUMERATOR_ABOVE_DENOMINATOR: one_year((27, 26), *LIKE_US),
    Reason.ALONE_IN_GROUP: one_year((23, 26)),
    Reason.TOO_FEW_PEERS: one_year(*LIKE_US[:5]),
}


@pytest.mark.parametrize("reason", REASONS, ids=str)
def test_a_verdict_is_missing_with_its_reason_in_every_relation(reason: str) -> None:
    world = REASONS[reason]
    verdict = world.row("verdicts", **TYPE)
    assert (verdict["reason"], verdict["verdict"], verdict["p_value"], verdict["lower_cases"]) == (
        reason,
        None,
        None,
        None,
    )
    ranking, best = world.row("rankings", **TYPE), world.row("best_performers", **TYPE)
    assert (ranking["rank_reason"], ranking["gate"], ranking["is_possible_best"]) == (reason, None, None)
    assert (best["reason"], best["benchmark"]) == (reason, None)


@pytest.mark.parametrize(
    ("reason", "world"),
    [
        (Reason.ALL_TIED, one_year(*[(10, 10)] * 8)),
        (Reason.MOSTLY_CHANCE, one_year(*LIKE_US)),
        (Reason.ONE_COUNCIL_DECIDES, one_year((1, 100), *[(50 + place, 100) for place in range(7)])),
        (Reason.NO_POLARITY, one_year(*FAR_APART).set("core.indicators", {}, polarity="none")),
    ],
    ids=["all tied", "mostly chance", "one council decides", "no good direction"],
)
def test_a_rank_is_missing_with_its_reason(reason: str, world: World) -> None:
    row = world.row("rankings", **TYPE)
    assert (row["rank_reason"], row["rank_lower"], row["rank_upper"]) == (reason, None, None)


def test_nobody_is_listed_as_possibly_the_best_where_the_spread_cannot_be_measured() -> None:
    row = one_year(*[(0, 40 + place) for place in range(11)], (1, 60)).row("rankings", **TYPE)
    assert row["rank_reason"] == Reason.TOO_FEW_OUTCOMES
    assert (row["is_possible_best"], row["possible_best_councils"]) == (None, None)


def test_best_places_are_not_named_among_few_councils() -> None:
    row = one_year(*LIKE_US).row("rankings", **TYPE)
    assert (row["best_places"], row["probability_best"]) == (None, None)


def test_a_verdict_without_a_good_direction_says_higher_or_lower_and_has_no_benchmark() -> None:
    world = one_year(*FAR_APART).set("core.indicators", {}, polarity="none")
    assert world.row("verdicts", **TYPE)["verdict"] in ("lower", "not unusual")
    assert world.row("best_performers", **TYPE)["reason"] == "no good direction"


def test_a_council_without_any_part_of_a_figure_has_no_row_but_counts_as_a_peer() -> None:
    world = one_year((None, None), *LIKE_US)
    assert world.rows("verdicts", **TYPE) == []
    row = world.row("verdicts", gss_code=code(1), comparator_group="lgsco_type")
    assert (row["peers"], row["peers_with_data"]) == (7, 6)


def test_an_abolished_council_is_in_no_year_after_its_end_and_nobodys_peer_then() -> None:
    world = one_year(*LIKE_US, (40, 46)).set("marts.indicator_values", {"gss_code": code(7)}, is_after_abolition=True)
    assert world.rows("verdicts", gss_code=code(7)) == []
    assert world.row("verdicts", **TYPE)["peers"] == 6


def test_a_council_has_no_figure_from_before_it_was_set_up() -> None:
    world = one_year(*LIKE_US).set("core.councils", {"gss_code": US}, valid_from="2024-04-01")
    assert world.rows("council_rates", gss_code=US) == []


def test_one_case_of_one_is_a_result_without_a_case_to_add() -> None:
    row = one_year((1, 1), *LIKE_US).row("verdicts", **TYPE)
    assert (row["verdict"], row["verdict_one_more"]) == ("not unusual", None)
    assert row["is_same_with_one_case_moved"] is True


WORLDS = {
    "far apart": one_year(*FAR_APART),
    "all of all": one_year(*[(10, 10)] * 8),
    "none at all": one_year(*[(0, 10)] * 8),
    "every error": one_year((None, 26), (-1, 26), (0, 0), (27, 26), (1, 1), *LIKE_US),
    "nobody": one_year((None, 4), (None, 5)),
}


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_no_number_is_published_that_is_none(world: World) -> None:
    for relation in (
        "council_rates",
        "verdicts",
        "rankings",
        "best_performers",
        "learn_from",
    ):
        for row in world.rows(relation):
            bad = [name for name, value in row.items() if isinstance(value, float) and not math.isfinite(value)]
            assert bad == [], relation


def test_every_verdict_has_no_reason_and_every_reason_no_verdict() -> None:
    rows = [row for world in WORLDS.values() for row in world.rows("verdicts")]
    assert len(rows) > 50
    assert [row for row in rows if (row["verdict"] is None) == (row["reason"] is None)] == []


def test_the_order_in_which_the_figures_come_changes_nothing() -> None:
    world, turned = one_year(*FAR_APART), one_year(*FAR_APART)
    for relation in ("marts.indicator_values", "core.comparators", "core.councils"):
        turned.given[relation] = turned.given[relation][::-1]
    for relation in ("verdicts", "rankings", "best_performers", "learn_from"):
        assert turned.rows(relation) == world.rows(relation)
