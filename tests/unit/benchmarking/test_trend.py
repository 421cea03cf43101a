from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from benchmarking.settings import Family, Polarity, RankingSettings, Reason, Trend
from benchmarking.trend import (
    YEAR_EFFECTS,
    AnnualTrend,
    YearEffect,
    annual_trend,
    changes,
    exact_slope_test,
    logit_slope,
    relative_trends,
    year_effect,
)

YEARS = np.arange(2015, 2025)
SETTINGS = RankingSettings()


def segments(breaks: str) -> np.ndarray:
    return np.array(list(breaks), dtype=object)


def trend(cases: list[float], base: list[float], breaks: str | None = None) -> AnnualTrend:
    count = len(cases)
    return annual_trend(
        YEARS[:count],
        np.array(cases, dtype=float),
        np.array(base, dtype=float),
        segments(breaks or "a" * count),
        Polarity.LOWER,
    )


FALLING = ([90, 84, 77, 70, 62, 55], [100] * 6)


def test_the_slope_equals_statsmodels() -> None:
    cases, base, time = np.array([50, 41, 44, 30, 35.0]), np.array([60, 52, 60, 44, 55.0]), np.arange(5.0)
    fitted = sm.GLM(
        np.stack([cases, base - cases], axis=1), sm.add_constant(time), family=sm.families.Binomial()
    ).fit(tol=1e-12)
    assert logit_slope(time, cases, base, segments("aaaaa")) == pytest.approx(
        (fitted.params[1], fitted.bse[1]), abs=1e-9
    )


def test_a_slope_refuses_to_bridge_a_break() -> None:
    with pytest.raises(ValueError, match="bridge"):
        logit_slope(np.arange(5.0), np.full(5, 3.0), np.full(5, 9.0), segments("aabbb"))


def test_an_infinite_slope_is_refused() -> None:
    with pytest.raises(ValueError, match="infinite"):
        logit_slope(np.arange(4.0), np.array([0, 0, 30, 30.0]), np.full(4, 30.0), segments("aaaa"))


STEPS = ([95, 94, 95, 60, 61, 59, 60, 61], [100] * 8)
CALLED = {
    "falling where low is good": (
        (*FALLING,),
        {"trend": Trend.IMPROVING, "years": 6, "survives": True, "is_exact": False},
    ),
    "across a break": (
        (*FALLING, "aaabbb"),
        {"reason": Reason.BREAK_IN_SERIES, "trend": Trend.NONE, "years": 3},
    ),
    "a step": (STEPS, {"trend": Trend.IMPROVING}),
    "after a break": ((*STEPS, "aaabbbbb"), {"trend": Trend.NO_CLEAR_CHANGE, "years": 5}),
    "four years": (([90, 70, 50, 30], [100] * 4), {"reason": Reason.TOO_FEW_YEARS}),
    "missing years": (
        ([90, np.nan, 70, 50, 3, 30], [100, 100, 100, 0, 2, 100]),
        {"reason": Reason.TOO_FEW_YEARS},
    ),
    "no year": (([np.nan], [np.nan]), {"reason": Reason.TOO_FEW_YEARS}),
    "all at 100%": (([20] * 6, [20] * 6), {"is_exact": True, "p_value": 1, "trend": Trend.NO_CLEAR_CHANGE}),
}


@pytest.mark.parametrize(("series", "expected"), CALLED.values(), ids=CALLED)
def test_a_series_is_called_or_says_why_not(series: tuple[Any, ...], expected: dict[str, Any]) -> None:
    found = trend(*series)
    assert {name: getattr(found, name) for name in expected} == expected


def test_a_trend_that_rests_on_one_year_is_not_called() -> None:
    found = trend([100, 100, 101, 100, 30], [200] * 5)
    assert found.p_value < 0.002 and not found.survives and found.trend == Trend.NO_CLEAR_CHANGE


def test_the_exact_test_of_two_years_is_fishers_one_sided_test_doubled() -> None:
    one_sided = stats.fisher_exact([[9, 1], [3, 7]], alternative="greater").pvalue
    assert exact_slope_test(np.array([0.0, 1.0]), np.array([9.0, 3]), np.array([10.0, 10])) == pytest.approx(
        2 * one_sided, rel=1e-9
    )


def test_the_exact_test_equals_permutation_of_cases_among_years() -> None:
    time, cases, base = np.array([0, 1, 2, 4.0]), np.array([1, 1, 3, 5.0]), np.array([12, 9, 11, 10.0])
    generator = np.random.default_rng(0)
    sums = generator.multivariate_hypergeometric(base.astype(int), 10, 200_000) @ time
    seen = cases @ time
    expected = 2 * min(np.mean(sums <= seen), np.mean(sums >= seen))
    assert exact_slope_test(time, cases, base) == pytest.approx(expected, abs=4 * np.sqrt(expected / 200_000))


def test_no_change_is_called_in_at_most_0_2_per_cent_of_null_series() -> None:
    generator = np.random.default_rng(1)
    called = sum(
        trend(generator.binomial(40, 0.7, 6).tolist(), [40] * 6).trend != Trend.NO_CLEAR_CHANGE
        for _ in range(1_000)
    )
    assert called <= 6  # 2 expected at most; 6 is its upper 99.5% limit


@pytest.mark.parametrize(
    ("polarity", "word"), [(Polarity.HIGHER, Trend.WORSENING), (Polarity.NONE, Trend.FALLING)]
)
def test_the_word_follows_polarity(polarity: Polarity, word: Trend) -> None:
    cases, base = np.array(FALLING[0], dtype=float), np.array(FALLING[1], dtype=float)
    assert annual_trend(YEARS[:6], cases, base, segments("aaaaaa"), polarity).trend == word


def relative(*own: list[float], peers: list[float], breaks: str = "aaabbb", spread: float = 0.4):
    """Rows of councils of 100 cases a year against their peers' of 1,000."""
    cases = np.array(own, dtype=float)
    theirs = np.broadcast_to(np.array(peers, dtype=float), cases.shape)
    return relative_trends(
        YEARS[: len(peers)],
        cases,
        np.full(cases.shape, 100.0),
        theirs,
        np.full(cases.shape, 1000.0),
        np.full(cases.shape, spread),
        segments(breaks),
        Family.PROPORTION,
        Polarity.LOWER,
        SETTINGS,
    )


def test_a_break_that_hit_all_alike_is_no_trend_against_peers() -> None:
    found = relative([60, 61, 60, 80, 81, 80], peers=[600, 600, 600, 800, 800, 800])
    assert found.crosses_break[0] and found.trend[0] == Trend.NO_CLEAR_CHANGE


def test_falling_behind_the_peers_is_worsening_though_our_rate_stands_still() -> None:
    assert relative([70] * 6, peers=[850, 800, 740, 680, 610, 540]).trend[0] == Trend.WORSENING


def test_the_distance_is_drawn_towards_the_peers_as_chance_allows() -> None:
    found = relative([70] * 6, peers=[600] * 6)
    assert (np.abs(found.shrunken) < np.abs(found.distance)).all()
    assert relative([70] * 6, peers=[600] * 6, spread=0.0).shrunken == pytest.approx(np.zeros((1, 6)))


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


def test_years_that_part_into_none_and_all_are_tested_exactly_and_called() -> None:
    base = np.full(6, 20.0)
    cases = np.array([0, 0, 0, 20, 20, 20.0])
    found = annual_trend(np.arange(6), cases, base, np.full(6, "one", dtype=object), Polarity.LOWER)
    assert (found.reason, found.is_exact, found.trend) == (Reason.OK, True, Trend.WORSENING)
    assert found.p_value == exact_slope_test(np.arange(6.0), cases, base)


def certain(spread: float) -> YearEffect:
    """A year effect whose standard deviation is known."""
    return YearEffect((np.isclose(YEAR_EFFECTS, spread)).astype(float))


def simulated(spread: float, councils: int = 60, years: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Counts of councils whose years differ by so much on the log-odds."""
    chance = np.random.default_rng(12)
    link = (
        1.2 + 0.4 * chance.standard_normal((councils, 1)) + spread * chance.standard_normal((councils, years))
    )
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
        year_effect(np.arange(6), cases, base, segments(breaks), Family.PROPORTION)
        for breaks in ("aaaaaa", "aaabbb")
    )
    assert across.mean_square > 0.1 > 0.02 > apart.mean_square


def test_years_of_all_or_none_and_of_one_council_alone_say_nothing_of_a_year_effect() -> None:
    full = np.full((3, 5), 20.0)
    for cases in (full, np.full((3, 5), np.nan)):
        found = year_effect(np.arange(5), cases, full, segments("aaaaa"), Family.PROPORTION)
        assert found.years == 0 and 0.05 < found.mean_square < 0.1


@pytest.mark.parametrize("cases", [[60, 56, 52, 48, 44, 40.0], [1, 2, 2, 3, 4, 5.0]], ids=["many", "rare"])
def test_a_year_effect_makes_a_slope_less_surprising(cases: list[float]) -> None:
    p_values = [
        annual_trend(
            YEARS[:6],
            np.array(cases),
            np.full(6, 100.0),
            segments("aaaaaa"),
            Polarity.LOWER,
            effect=certain(spread),
        ).p_value
        for spread in (0.0, 0.25, 0.5)
    ]
    assert p_values == sorted(p_values) and p_values[0] < p_values[2]


def test_the_interval_of_a_change_widens_by_the_year_effect_of_both_years() -> None:
    counts = (np.array([[4000.0, 5000]]), np.array([[10_000.0, 10_000]]), segments("aa"), SETTINGS)
    plain, wide = (changes(*counts, spread**2) for spread in (0.0, 0.25))
    added = 1.96**2 * 0.25**2 * ((0.4 * 0.6) ** 2 + 0.5**4)
    for one, other in ((plain.lower, wide.lower), (plain.upper, wide.upper)):
        reach = ((other - wide.difference) ** 2 - (one - plain.difference) ** 2)[0, 1]
        assert reach == pytest.approx(added, rel=1e-3)


def test_years_that_differ_without_a_trend_are_called_in_at_most_0_2_per_cent() -> None:
    cases, base = simulated(0.4, councils=300, years=6)
    effect = year_effect(np.arange(6), cases, base, segments("aaaaaa"), Family.PROPORTION)
    called = {
        name: sum(
            annual_trend(np.arange(6), *row, segments("aaaaaa"), Polarity.LOWER, effect=used).trend
            != Trend.NO_CLEAR_CHANGE
            for row in zip(cases, base, strict=True)
        )
        for name, used in (("without", certain(0.0)), ("with", effect))
    }
    assert called["without"] >= 6 and called["with"] <= 2
