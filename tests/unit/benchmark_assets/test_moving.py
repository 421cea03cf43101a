"""Years beside each other: no relation carries a change across a break, and parts sum to the whole."""

import math

import numpy as np
import pytest

from benchmarking.intervals import newcombe_difference
from benchmarking.settings import Family, RankingSettings
from benchmarking.trend import YearEffect, changes, year_effect
from tests.unit.benchmark_assets.world import Counts, World, code, years

US = code(0)
FALLING: list[Counts] = [(90, 100), (80, 100), (70, 100), (60, 100), (50, 100), (40, 100)]
STEADY: list[Counts] = [(60, 100), (62, 100), (58, 100), (61, 100), (59, 100), (60, 100)]


def six_years(*ours: Counts) -> World:
    """Our counts from 2018-19 beside six steady peers."""
    return years(2018, ours or FALLING, *[STEADY] * 6)


def effect_of(*councils: list[Counts]) -> YearEffect:
    """The year effect of councils over the years from 2018-19."""
    numerator, denominator = (
        np.array([[pair[place] for pair in council] for council in councils], dtype=float) for place in (0, 1)
    )
    segment = np.full(numerator.shape[1], "one", dtype=object)
    return year_effect(2018 + np.arange(len(segment)), numerator, denominator, segment, Family.PROPORTION)


SIX_YEARS = effect_of(FALLING, *[STEADY] * 6)


def test_a_change_is_that_from_the_year_before_with_an_interval_for_chance_and_the_year() -> None:
    row = six_years().row("yearly_changes", gss_code=US, period_label="2019-20")
    difference, lower, upper = newcombe_difference(
        np.array([80.0]), np.array([100.0]), np.array([90.0]), np.array([100.0]), 0.95
    )
    assert row["change"] == pytest.approx(100 * difference[0])
    assert row["change_lower"] < 100 * lower[0] and row["change_upper"] > 100 * upper[0]
    counts = np.array([[90.0, 80.0]]), np.array([[100.0, 100.0]])
    found = changes(*counts, np.full(2, "one", dtype=object), RankingSettings(), SIX_YEARS.mean_square)
    assert (row["change_lower"], row["change_upper"]) == pytest.approx(
        (100 * found.lower[0, 1], 100 * found.upper[0, 1])
    )


def test_the_first_year_has_no_change() -> None:
    row = six_years().row("yearly_changes", gss_code=US, period_label="2018-19")
    assert (row["change"], row["change_reason"]) == (None, "not enough comparable years")


def test_a_year_after_a_gap_has_no_change() -> None:
    world = six_years((9, 10), (None, None), (8, 10))
    row = world.row("yearly_changes", gss_code=US, period_label="2020-21")
    assert (row["change"], row["change_reason"]) == (None, "missing")


def test_a_year_in_which_nobody_has_a_figure_is_a_gap_too() -> None:
    world = World(2, [("rate", place, year, 5, 10) for place in (0, 1) for year in (2018, 2020)])
    rows = world.rows("yearly_changes", gss_code=US)
    assert [row["change_reason"] for row in rows] == ["not enough comparable years", "missing"]


def test_no_relation_carries_a_change_across_a_break() -> None:
    # everything is the same but a leap at the break: whoever carries anything across it has a number for it
    leap: list[Counts] = [(20, 100), (20, 100), (20, 100), (90, 100), (90, 100), (90, 100)]
    world = years(2018, leap, *[leap] * 6).break_from(2021)
    moved = world.rows("yearly_changes", period_label="2021-22")
    assert {(row["change"], row["change_lower"], row["change_upper"], row["change_reason"]) for row in moved} == {
        (None, None, None, "break in the series")
    }
    assert {row["change"] for row in world.rows("yearly_changes")} == {None, 0.0}
    # the distance from the peers may go on, is marked, and calls nothing that hit all alike
    beside = world.rows("peer_trends", comparator_group="lgsco_type")
    assert {(row["is_across_a_break"], row["trend"]) for row in beside} == {(True, "no clear change")}


def test_the_year_of_a_break_is_marked() -> None:
    marked = [row["period_label"] for row in six_years().break_from(2021).rows("yearly_changes", is_break=True)]
    assert set(marked) == {"2021-22"}


def test_a_successor_does_not_take_over_the_past_of_whom_it_replaced() -> None:
    world = six_years().set("core.councils", {"gss_code": US}, valid_from="2020-04-01")
    assert world.row("peer_trends", gss_code=US, comparator_group="lgsco_type")["years"] == 4


def test_a_trend_away_from_the_peers_is_called() -> None:
    row = six_years().row("peer_trends", gss_code=US, comparator_group="lgsco_type")
    assert (row["trend"], row["is_across_a_break"], row["years"]) == ("improving", False, 6)


def test_the_distance_is_between_us_and_the_peers_pooled() -> None:
    row = six_years().row("peer_distances", gss_code=US, period_label="2018-19", comparator_group="lgsco_type")
    ours, theirs = math.log(90.5 / 10.5), math.log(360.5 / 240.5)
    assert row["distance"] == pytest.approx(ours - theirs)
    assert row["reason"] is None


def test_a_year_with_too_few_peers_has_no_distance() -> None:
    row = years(2018, FALLING, *[STEADY] * 4).rows("peer_distances", gss_code=US, comparator_group="lgsco_type")[0]
    assert (row["distance"], row["error"], row["reason"]) == (None, None, "too few peers with data")


@pytest.mark.parametrize("relation", ["yearly_changes", "peer_distances", "peer_trends"])
def test_no_number_of_years_is_published_that_is_none(relation: str) -> None:
    world = six_years((0, 0), (5, 3), (1, 1), (0, 9), (9, 9), (9, 9)).break_from(2020)
    rows = world.rows(relation)
    assert rows
    assert [
        (row, name)
        for row in rows
        for name, value in row.items()
        if isinstance(value, float) and not math.isfinite(value)
    ] == []
