import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import combine_effects

from benchmarking.funnel import (
    angle,
    overdispersion,
    proportion_limits,
    rate_limits,
    root,
    tau2_dersimonian_laird,
    tau2_paule_mandel,
    winsorised,
)

Y = np.array([0.2, 0.9, 0.5, 1.4, -0.3, 0.7])
S = np.array([0.2, 0.3, 0.15, 0.25, 0.4, 0.1])


def test_the_angle_of_a_half_is_a_quarter_turn_of_pi() -> None:
    y, s = angle(50, 100)
    assert (float(y), float(s)) == pytest.approx((np.pi / 4, 0.05), abs=1e-15)


def test_limits_equal_the_published_formula_worked_by_hand() -> None:
    # sin^2(pi/4 +/- 1.96 sqrt(0.05^2 + 0.03^2)): half-width 0.11428666, sin^2 = (1 +/- sin(0.22857332)) / 2.
    lower, upper = proportion_limits(np.pi / 4, 0.05, 0.0009, 1.96)
    assert (float(lower), float(upper)) == pytest.approx((0.5 - 0.2265880 / 2, 0.5 + 0.2265880 / 2), abs=1e-7)


def test_rate_limits_equal_the_published_formula_worked_by_hand() -> None:
    y, s = root(16, 4)
    lower, upper = rate_limits(float(y), s, 0.0, 2.0)
    assert (float(lower), float(upper)) == pytest.approx((1.5**2, 2.5**2), abs=1e-12)


@given(st.floats(0, np.pi / 2), st.floats(0.001, 5), st.floats(0, 4))
def test_clipped_angles_never_turn_back(centre: float, s: float, tau2: float) -> None:
    inner = proportion_limits(centre, s, tau2, 1.96)
    outer = proportion_limits(centre, s, tau2, 3.09)
    assert 0 <= outer[0] <= inner[0] <= np.sin(centre) ** 2 + 1e-12
    assert np.sin(centre) ** 2 - 1e-12 <= inner[1] <= outer[1] <= 1


def test_a_small_council_near_all_has_an_upper_limit_of_all() -> None:
    assert proportion_limits(np.arcsin(np.sqrt(0.95)), 0.5, 0.0, 3.09)[1] == 1


def test_winsorising_pulls_the_extremes_to_the_quantiles() -> None:
    assert winsorised(np.arange(11.0)).tolist() == [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]


def test_overdispersion_is_the_mean_square_of_winsorised_z_scores() -> None:
    assert overdispersion(np.arange(11.0), 1.0, 5.0) == pytest.approx(
        (2 * (16 + 16 + 9 + 4 + 1)) / 11, abs=1e-12
    )


def test_overdispersion_under_chance_has_a_mean_of_about_0_7() -> None:
    z = np.random.default_rng(3).standard_normal((4_000, 16))
    assert np.mean([overdispersion(row, 1.0, 0.0) for row in z]) == pytest.approx(0.7, abs=0.05)


def test_dersimonian_laird_equals_statsmodels() -> None:
    assert tau2_dersimonian_laird(Y, S) == pytest.approx(
        combine_effects(Y, S**2, method_re="chi2").tau2, abs=1e-9
    )


def test_paule_mandel_equals_statsmodels() -> None:
    expected = combine_effects(Y, S**2, method_re="iterated", atol=1e-12).tau2
    assert tau2_paule_mandel(Y, S) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("estimate", [tau2_dersimonian_laird, tau2_paule_mandel])
def test_councils_closer_than_chance_have_no_spread(estimate: object) -> None:
    assert estimate(np.array([0.5, 0.51, 0.49]), np.array([0.3, 0.3, 0.3])) == 0  # type: ignore[operator]
