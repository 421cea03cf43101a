import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from benchmarking.intervals import average_rate, median_interval, newcombe_difference, poisson, wilson


@pytest.mark.parametrize("level", [0.95, 0.998])
def test_wilson_equals_statsmodels(level: float) -> None:
    base = np.repeat(np.arange(1, 61), 61)
    cases = np.minimum(np.tile(np.arange(61), 60), base)
    expected = proportion_confint(cases, base, alpha=1 - level, method="wilson")
    np.testing.assert_allclose(wilson(cases, base, level), expected, atol=1e-9)


@pytest.mark.parametrize(
    ("cases", "base", "lower", "upper"),
    [(20, 20, 83.9, 100), (31, 39, 64.5, 89.2), (1, 1, 20.7, 100), (23, 26, 71.0, 96.0)],
)
def test_wilson_gives_the_limits_of_the_protocol(cases: int, base: int, lower: float, upper: float) -> None:
    assert [round(100 * float(limit), 1) for limit in wilson(cases, base)] == [lower, upper]


def test_wilson_ends_are_exactly_zero_and_one() -> None:
    assert wilson(0, 7)[0] == 0 and wilson(7, 7)[1] == 1


def test_few_events_have_the_exact_poisson_interval() -> None:
    count = np.arange(1, 10)
    expected = stats.chi2.ppf([[0.025], [0.975]], [2 * count, 2 * (count + 1)]) / 2
    np.testing.assert_allclose(poisson(count, 1), expected, rtol=1e-9)


def test_no_events_have_a_lower_limit_of_zero() -> None:
    lower, upper = poisson(0, 2)
    assert lower == 0 and upper == pytest.approx(-np.log(0.025) / 2, rel=1e-11)


def test_ten_events_or_more_have_byars_interval() -> None:
    # Breslow & Day's formula worked for 31 events in 553,078 residents, per 10,000.
    lower, upper = poisson(31, 55.3078)
    by_hand = (
        31 * (1 - 1 / 279 - 1.959963984540054 / (3 * 31**0.5)) ** 3 / 55.3078,
        32 * (1 - 1 / 288 + 1.959963984540054 / (3 * 32**0.5)) ** 3 / 55.3078,
    )
    assert (float(lower), float(upper)) == pytest.approx(by_hand, rel=1e-9)
    assert (round(float(lower), 2), round(float(upper), 2)) == (0.38, 0.80)


def test_byar_is_within_one_per_cent_of_exact_from_ten_events() -> None:
    count = np.arange(10, 200)
    exact = stats.chi2.ppf([[0.025], [0.975]], [2 * count, 2 * (count + 1)]) / 2
    np.testing.assert_allclose(poisson(count, 1), exact, rtol=0.01)


@pytest.mark.parametrize("counts", [(56, 70, 48, 80), (9, 10, 3, 10), (10, 10, 0, 20), (23, 26, 504, 587)])
def test_newcombe_equals_statsmodels(counts: tuple[int, int, int, int]) -> None:
    expected = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
    np.testing.assert_allclose(newcombe_difference(*counts)[1:], expected, atol=1e-9)


def test_newcombe_gives_the_published_worked_value() -> None:
    # Newcombe 1998, table II, case (a), method 10: 56/70 - 48/80 is 0.0524 to 0.3339.
    assert [round(float(limit), 4) for limit in newcombe_difference(56, 70, 48, 80)] == [0.2, 0.0524, 0.3339]


@pytest.mark.parametrize(("cases", "base"), [(1, 0), (0, 0), (3, 2), (-1, 5), (np.nan, 5), (2, np.nan), (2, np.inf)])
def test_counts_that_make_no_rate_have_no_interval(cases: float, base: float) -> None:
    assert np.isnan(wilson(cases, base)).all()
    assert np.isnan(newcombe_difference(cases, base, 1, 2)).all()


def test_a_rate_may_have_more_events_than_units_of_exposure() -> None:
    assert np.isfinite(poisson(12, 0.5)).all() and np.isnan(poisson(12, 0)).all()


@given(st.integers(1, 500).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_a_wilson_interval_holds_its_own_proportion_and_stays_in_range(counts: tuple[int, int]) -> None:
    cases, base = counts
    lower, upper = wilson(cases, base)
    assert 0 <= lower <= cases / base <= upper <= 1


@pytest.mark.parametrize("count", [6, 7, 12, 25, 60])
def test_the_interval_of_a_median_is_that_of_the_quantile_test(count: int) -> None:
    days = np.random.default_rng(count).integers(20, 120, count)
    found = stats.quantile_test(days, p=0.5).confidence_interval(0.95)
    assert median_interval(days) == (np.median(days), found.low, found.high)


def test_under_six_values_a_median_has_no_limits_and_none_has_no_median() -> None:
    assert median_interval([1, 2, 3, 4, 5])[0] == 3
    assert np.isnan(median_interval([1, 2, 3, 4, 5])[1:]).all()
    assert np.isnan(median_interval([])).all()


def _coverage(spread: float, councils: int = 8, worlds: int = 300) -> tuple[float, float]:
    """How often the true mean lies within the limits of the average, and within those of the events together."""
    dice, mean, covered = np.random.default_rng(19), 0.2, np.zeros(2)
    for _ in range(worlds):
        exposure = dice.uniform(2, 30, councils)
        # log-normal, not of the form that the model assumes
        rate = mean * np.exp(spread * dice.standard_normal(councils) - spread**2 / 2)
        events = dice.poisson(rate * exposure).astype(float)
        limits = (average_rate(events, exposure), poisson(events.sum(), exposure.sum()))
        covered += [lower <= mean <= upper for lower, upper in limits]
    return covered[0] / worlds, covered[1] / worlds


@pytest.mark.parametrize("spread", [0.0, 0.35, 0.7])
def test_the_average_of_councils_that_differ_is_covered_as_often_as_stated(spread: float) -> None:
    assert _coverage(spread)[0] >= 0.93


def test_the_poisson_limits_of_councils_that_differ_are_too_narrow() -> None:
    assert _coverage(0.7)[1] < 0.85


def test_the_average_of_one_council_has_its_own_limits() -> None:
    assert average_rate(np.array([3.0]), np.array([10.0])) == tuple(map(float, poisson(3, 10)))
