import numpy as np
import pytest

from benchmarking.settings import Family, Polarity, RankingSettings, Reason, Trend
from benchmarking.trend import (
    changes,
    relative_trends,
    year_effect,
)

YEARS = np.arange(2015, 2025)
SETTINGS = RankingSettings()


def segments(breaks: str) -> np.ndarray:
    return np.array(list(breaks), dtype=object)


def relative(
    *own: list[float],
    peers: list[float],
    breaks: str = "aaabbb",
    polarity: Polarity = Polarity.LOWER,
):
    """Rows of councils of 100 cases a year against their peers' of 1,000."""
    cases = np.array(own, dtype=float)
    theirs = np.broadcast_to(np.array(peers, dtype=float), cases.shape)
    return relative_trends(
        YEARS[: len(peers)],
        cases,
        np.full(cases.shape, 100.0),
        theirs,
        np.full(cases.shape, 1000.0),
        segments(breaks),
        Family.PROPORTION,
        polarity,
        SETTINGS,
    )


def test_a_break_that_hit_all_alike_is_no_trend_against_peers() -> None:
    found = relative([60, 61, 60, 80, 81, 80], peers=[600, 600, 600, 800, 800, 800])
    assert found.crosses_break[0] and found.trend[0] == Trend.NO_CLEAR_CHANGE


@pytest.mark.parametrize(
    ("polarity", "word"),
    [
        (Polarity.LOWER, Trend.WORSENING),
        (Polarity.HIGHER, Trend.IMPROVING),
        (Polarity.NONE, Trend.RISING),
    ],
)
def test_leaving_the_peers_is_a_trend_though_our_rate_stands_still(polarity: Polarity, word: Trend) -> None:
    found = relative([70] * 6, peers=[850, 800, 740, 680, 610, 540], polarity=polarity)
    assert found.trend[0] == word


def test_a_trend_that_rests_on_one_year_is_not_called() -> None:
    found = relative([50, 50, 50, 50, 15], peers=[500] * 5, breaks="aaaaa")
    assert not found.survives[0] and found.trend[0] == Trend.NO_CLEAR_CHANGE


def test_two_years_give_distances_from_the_peers_but_no_trend() -> None:
    found = relative([70, 60], peers=[700, 700], breaks="aa")
    assert found.distance[0, 1] < found.distance[0, 0] and np.isnan(found.slope[0])
    assert (found.reason[0], found.trend[0]) == (Reason.TOO_FEW_YEARS, "")


def test_each_council_has_the_trend_that_it_has_alone_whichever_years_the_others_have() -> None:
    councils = [
        [70, 68, 71, 69, 70, 72],
        [60, 55, 50, 45, 40, 30],
        [np.nan, 80, 70, 60, 50, 45],
        [50, np.nan, np.nan, 40, 41, 42],
    ]
    together = relative(*councils, peers=[600] * 6)
    assert together.years.tolist() == [6, 6, 5, 4]
    for place, council in enumerate(councils):
        alone = relative(council, peers=[600] * 6)
        for name, column in vars(together).items():
            np.testing.assert_array_equal(column[place], getattr(alone, name)[0], err_msg=name)


def test_changes_across_a_break_are_missing_with_the_reason() -> None:
    found = changes(np.array([[6, 7, 9, 9.0]]), np.array([[10, 10, 10, 0.0]]), segments("aabb"), SETTINGS)
    assert found.reason[0].tolist() == [
        Reason.TOO_FEW_YEARS,
        Reason.OK,
        Reason.BREAK_IN_SERIES,
        Reason.MISSING,
    ]
    assert np.isfinite(found.difference[0]).tolist() == [False, True, False, False]
    assert np.isnan(found.lower[0, 2]) and found.lower[0, 1] < found.difference[0, 1] < found.upper[0, 1]


def simulated(spread: float, councils: int = 60, years: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Counts of councils whose years differ by so much on the log-odds."""
    chance = np.random.default_rng(12)
    link = 1.2 + 0.4 * chance.standard_normal((councils, 1)) + spread * chance.standard_normal((councils, years))
    base = np.full((councils, years), 40)
    return chance.binomial(base, 1 / (1 + np.exp(-link))).astype(float), base.astype(float)


@pytest.mark.parametrize("spread", [0.0, 0.25, 0.5])
def test_the_year_effect_is_found_in_the_years_of_all_councils(spread: float) -> None:
    found = year_effect(np.arange(8), *simulated(spread, 400), segments("a" * 8), Family.PROPORTION)
    assert np.sqrt(found.mean_square) == pytest.approx(spread, abs=0.1)
    assert found.years == 400 * 6 and found.chance.sum() == pytest.approx(1)


def test_a_year_effect_does_not_bridge_a_break() -> None:
    cases, base = np.array([[30, 31, 29, 90, 91, 89.0]] * 20), np.full((20, 6), 100.0)
    across, apart = (
        year_effect(np.arange(6), cases, base, segments(breaks), Family.PROPORTION) for breaks in ("aaaaaa", "aaabbb")
    )
    assert across.mean_square > 0.1 > 0.02 > apart.mean_square


def test_years_of_all_or_none_and_of_one_council_alone_say_nothing_of_a_year_effect() -> None:
    full = np.full((3, 5), 20.0)
    for cases in (full, np.full((3, 5), np.nan)):
        found = year_effect(np.arange(5), cases, full, segments("aaaaa"), Family.PROPORTION)
        assert found.years == 0 and 0.05 < found.mean_square < 0.1


def test_the_interval_of_a_change_widens_by_the_year_effect_of_both_years() -> None:
    counts = (np.array([[4000.0, 5000]]), np.array([[10_000.0, 10_000]]), segments("aa"), SETTINGS)
    plain, wide = (changes(*counts, spread**2) for spread in (0.0, 0.25))
    added = 1.96**2 * 0.25**2 * ((0.4 * 0.6) ** 2 + 0.5**4)
    for one, other in ((plain.lower, wide.lower), (plain.upper, wide.upper)):
        reach = ((other - wide.difference) ** 2 - (one - plain.difference) ** 2)[0, 1]
        assert reach == pytest.approx(added, rel=1e-3)
