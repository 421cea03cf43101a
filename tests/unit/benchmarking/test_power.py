"""Whether there are cases enough: beside simulation and statsmodels."""

import numpy as np
import pytest
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_effectsize

from benchmarking.power import MOST, cases_to_see, chance_of_seeing, smallest_rise


@pytest.mark.parametrize(("before", "after", "cases"), [(0.25, 0.5, 12), (0.1, 0.4, 20), (0.5, 0.2, 35)])
def test_the_chance_is_that_of_a_simulation_with_statsmodels_intervals(before: float, after: float, cases: int) -> None:
    random = np.random.default_rng(7)
    draws = 2000
    pairs = zip(random.binomial(cases, before, draws), random.binomial(cases, after, draws), strict=True)
    called: dict[tuple[int, int], bool] = {}
    seen = 0
    for pair in pairs:
        if pair not in called:
            first, second = pair
            low, high = confint_proportions_2indep(second, cases, first, cases, method="newcomb")
            called[pair] = low > 0 or high < 0
        seen += called[pair]
    chance = chance_of_seeing(before, after, cases)
    assert abs(seen / draws - chance) < 4 * np.sqrt(chance * (1 - chance) / draws)


@pytest.mark.parametrize(("before", "rise"), [(0.25, 0.2), (0.5, 0.2), (0.3, 0.15)])
def test_the_cases_that_it_takes_are_near_the_textbooks_approximation(before: float, rise: float) -> None:
    textbook = NormalIndPower().solve_power(proportion_effectsize(before + rise, before), power=0.8, alpha=0.05)
    needed = cases_to_see(before, rise)
    assert needed is not None and abs(needed / textbook - 1) < 0.1


def test_the_smallest_rise_is_called_and_one_point_less_is_not() -> None:
    rise = smallest_rise(0.25, 12)
    assert rise is not None
    assert chance_of_seeing(0.25, 0.25 + rise, 12) >= 0.8 > chance_of_seeing(0.25, 0.24 + rise, 12)


def test_with_few_cases_or_a_high_share_no_rise_would_be_seen() -> None:
    assert smallest_rise(0.25, 3) is None
    assert smallest_rise(0.95, 12) is None


def test_a_rise_of_one_point_is_out_of_reach() -> None:
    assert cases_to_see(0.25, 0.01) is None


@pytest.mark.parametrize(
    ("before", "after", "cases"), [(0.2, 1.2, 9), (-0.1, 0.2, 9), (0.1, 0.2, 0), (0.1, 0.2, MOST + 1)]
)
def test_what_is_no_share_or_no_number_of_cases_is_refused(before: float, after: float, cases: int) -> None:
    with pytest.raises(ValueError, match="expected shares"):
        chance_of_seeing(before, after, cases)
