import numpy as np
import pytest

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
    same = xmr([*QUIET, 14.5, 10.0, 14.5, *QUIET])
    assert same.is_near_limit.sum() == 2
    opposite = xmr([*QUIET, 14.6, 10.0, 5.4, *QUIET])
    assert not opposite.is_near_limit.any()


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
    assert chart.upper.tolist() == pytest.approx([0.5 + 3 * (0.25 / 10) ** 0.5, 0.65])


def test_limits_of_a_share_stay_between_0_and_1() -> None:
    chart = p_chart([1, 2, 3], [3, 3, 3])
    assert chart.lower.min() >= 0 and chart.upper.max() <= 1


def test_a_month_without_cases_cannot_be_charted() -> None:
    with pytest.raises(ValueError, match="has no share"):
        p_chart([0, 1], [0, 2])


def test_a_missing_value_cannot_be_charted() -> None:
    with pytest.raises(ValueError, match="missing point"):
        xmr([1.0, np.nan, 2.0])


@pytest.mark.parametrize(
    ("target", "higher_is_better", "answer"),
    [
        (4.0, True, "will meet"),
        (16.0, True, "will miss"),
        (10.0, True, "may or may not"),
        (16.0, False, "will meet"),
        (4.0, False, "will miss"),
        (10.0, False, "may or may not"),
    ],
)
def test_the_target_is_judged_by_the_limits(target: float, higher_is_better: bool, answer: str) -> None:
    assert xmr(QUIET).against(target, higher_is_better=higher_is_better) == answer
