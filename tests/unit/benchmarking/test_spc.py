import numpy as np
import pytest
from scipy import stats

from benchmarking.spc import p_chart, xmr

# A quiet series: mean 10, every moving range 2.
QUIET = [9.0, 11.0] * 8


def test_individuals_limits_are_the_mean_and_2_66_average_moving_ranges() -> None:
    chart = xmr(QUIET)
    assert chart.centre[0] == 10
    assert (chart.lower[0], chart.upper[0]) == (pytest.approx(10 - 5.32), pytest.approx(10 + 5.32))


def test_a_quiet_series_has_no_signal() -> None:
    assert not xmr(QUIET).is_signal.any()


def test_a_point_outside_its_limits_is_a_signal() -> None:
    chart = xmr([*QUIET, 40.0])
    assert chart.is_outside.tolist() == [False] * 16 + [True]


def test_seven_points_on_one_side_are_a_run_and_six_are_not() -> None:
    seven = xmr([*QUIET, *([10.5, 11.5] * 4)[:7]])
    assert seven.is_in_run.sum() >= 7
    centre = np.array([9.0, 11.0] * 7)
    assert not xmr(centre).is_in_run.any()
    six = xmr([*[9.0, 9.5, 9.0, 9.5, 9.0, 9.5], *[10.5, 10.0, 10.5, 10.0, 10.5, 10.0]])
    assert not six.is_in_run.any()


def test_seven_rising_points_are_a_trend_and_six_are_not() -> None:
    rising = xmr([5.0, 9.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 2.0, 9.0, 3.0])
    assert np.flatnonzero(rising.is_in_trend).tolist() == [2, 3, 4, 5, 6, 7, 8]
    six = xmr([5.0, 9.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 2.0, 9.0, 3.0, 8.0])
    assert not six.is_in_trend.any()


def test_seven_falling_points_are_a_trend() -> None:
    assert xmr([1.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 9.0, 1.0, 9.0, 2.0]).is_in_trend.sum() == 7


def test_two_of_three_near_the_same_limit_are_a_signal_and_on_opposite_sides_are_not() -> None:
    same = xmr([*QUIET, 14.5, 11.0, 14.5, *QUIET])
    assert same.is_near_limit.sum() == 2 and set(same.words()) == {"", "higher"}
    opposite = xmr([*QUIET, 14.6, 11.0, 5.4, *QUIET])
    assert not opposite.is_near_limit.any()


def test_two_of_three_near_a_limit_are_no_signal_where_the_third_is_across_the_centre() -> None:
    assert not xmr([*QUIET, 14.5, 9.0, 14.5, *QUIET]).is_near_limit.any()


def test_fewer_than_twelve_points_give_trial_limits() -> None:
    assert xmr(QUIET[:11]).is_trial.all()
    assert not xmr(QUIET[:12]).is_trial.any()


def test_limits_start_anew_at_a_registered_event() -> None:
    chart = xmr([*QUIET, *[value + 20 for value in QUIET]], rebase_at=[16])
    assert (chart.centre[0], chart.centre[-1]) == (10, 30)
    assert not chart.is_signal.any()


def test_limits_of_a_share_widen_for_a_smaller_base() -> None:
    chart = p_chart([5, 50], [10, 100])
    assert chart.centre.tolist() == [0.5, 0.5]
    assert chart.upper.tolist() == [0.9, 0.65]


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_limits_of_a_share_are_the_outermost_counts_that_chance_allows(share: float) -> None:
    base = np.array([1, 2, 3, 7, 20, 100, 1_000])
    hits = np.append(np.round(base * share), round(1e6 * share) * 1.0)
    chart = p_chart(hits, np.append(base, 1_000_000))
    found = chart.centre[0]
    for size, lower, upper in zip(base, chart.lower, chart.upper, strict=False):
        low, high = round(lower * size), round(upper * size)
        chance = stats.binom(size, found)
        assert chance.cdf(low) >= stats.norm.sf(3) and (low == 0 or chance.cdf(low - 1) < stats.norm.sf(3))
        assert chance.sf(high - 1) >= stats.norm.sf(3) and (high == size or chance.sf(high) <= stats.norm.sf(3))


def test_a_steady_share_of_few_cases_is_not_flagged() -> None:
    steady = np.random.default_rng(3).binomial(3, 0.95, 24)
    assert steady.max() == 3 and (steady == 3).sum() >= 18
    assert not p_chart(steady, np.full(24, 3)).is_signal.any()
    assert not p_chart(np.ones(12), np.ones(12)).is_signal.any()


def test_a_run_of_a_likely_side_has_to_be_longer() -> None:
    # with three cases at 95%, all in time is what six months in seven give
    seven = p_chart([2, *[3] * 7, 2, 3, 2, 3, 2, 2], [3] * 14)
    assert not seven.is_in_run.any()
    many = p_chart([*[40, 60] * 6, *[56] * 7, *[44] * 7], [100] * 26)
    assert many.is_in_run.sum() >= 14


@pytest.mark.parametrize(
    ("higher_is_better", "words"),
    [(True, ("better", "worse")), (False, ("worse", "better")), (None, ("higher", "lower"))],
)
def test_a_signal_is_better_or_worse_by_what_is_good(higher_is_better: bool | None, words: tuple[str, str]) -> None:
    for value, word in zip((40.0, -40.0), words, strict=True):
        said = xmr([*QUIET, value]).words(higher_is_better=higher_is_better)
        assert said[-1] == word


def test_a_few_events_now_and_then_are_no_signal() -> None:
    counts = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]
    assert xmr(counts).is_signal.any()
    assert not xmr(counts, are_counts=True).is_signal.any()


def test_limits_of_a_share_stay_between_0_and_1() -> None:
    chart = p_chart([1, 2, 3], [3, 3, 3])
    assert chart.lower.min() >= 0 and chart.upper.max() <= 1


def test_a_month_without_cases_cannot_be_charted() -> None:
    with pytest.raises(ValueError, match="has no share"):
        p_chart([0, 1], [0, 2])


def test_a_missing_value_cannot_be_charted() -> None:
    with pytest.raises(ValueError, match="missing point"):
        xmr([1.0, np.nan, 2.0])
