"""Places by volume: they hold the true place, and equal a count of exact tests."""

import numpy as np
import pytest
from scipy.stats import binomtest

from benchmarking.places import place_limits


def test_a_clear_case_has_one_place_and_none_is_clear_has_all() -> None:
    assert place_limits([50, 500, 5], [1000, 1000, 1000]) == (2, 2)
    assert place_limits([5, 5, 6, 4], [1000, 1000, 1000, 1000]) == (1, 4)
    assert place_limits([0, 0], [1000, 10]) == (1, 2)


def test_the_limits_are_those_of_exact_tests_one_by_one() -> None:
    cases, people = np.array([23, 60, 9, 40, 2]), np.array([600_000, 700_000, 550_000, 1_400_000, 300_000])
    below = above = 0
    for count, base in zip(cases[1:], people[1:], strict=True):
        share = people[0] / (people[0] + base)
        is_higher = binomtest(int(cases[0]), int(cases[0] + count), share, "greater").pvalue <= 0.05 / 4 / 2
        is_lower = binomtest(int(cases[0]), int(cases[0] + count), share, "less").pvalue <= 0.05 / 4 / 2
        below, above = below + is_higher, above + is_lower
    assert place_limits(cases, people) == (1 + below, 5 - above)


@pytest.mark.parametrize("spread", [0.0, 0.3, 0.8])
def test_the_true_place_is_within_the_limits_in_made_up_worlds(spread: float) -> None:
    dice = np.random.default_rng(5)
    people = np.full(20, 600_000)
    held = 0
    for _ in range(400):
        rates = 4e-5 * np.exp(dice.normal(0, spread, 20))
        lower, upper = place_limits(dice.poisson(rates * people), people)
        first, last = 1 + int((rates < rates[0]).sum()), int((rates <= rates[0]).sum())
        held += lower <= last and first <= upper
    assert held / 400 >= 0.95
