"""What lasts of councils over years: the posterior against another computation, and what is said of made-up worlds."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from benchmarking.lasting import YEARLY_SCALE, OverYears, over_years


def test_the_posterior_is_that_of_multivariate_normal_councils() -> None:
    cases, base, council = (
        np.array([20, 18, 30, 9]),
        np.array([26, 22, 33, 15]),
        np.array(["a", "a", "b", "b"]),
    )
    found = over_years(cases, base, council, 0.7)
    share = 77.5 / 97
    link = np.log(share / (1 - share)) + (cases / base - share) / (share * (1 - share))
    variance = 1 / (base * share * (1 - share))
    places = np.arange(0, len(found.weight), 997)
    expected = [
        sum(
            multivariate_normal.logpdf(
                link[mine],
                np.full(mine.sum(), found.mean[at]),
                np.diag(variance[mine] + found.yearly[at] ** 2) + found.lasting[at] ** 2,
            )
            for mine in (council == "a", council == "b")
        )
        - (found.lasting[at] / 0.7) ** 2 / 2
        - (found.yearly[at] / YEARLY_SCALE) ** 2 / 2
        for at in places
    ]
    differences = np.log(found.weight[places]) - expected
    assert np.allclose(differences, differences[0], atol=1e-8)


def test_equal_councils_with_many_cases_are_within_a_few_points_and_wide_ones_are_not() -> None:
    council = np.repeat(np.arange(20), 3)
    equal = over_years(np.full(60, 1600), np.full(60, 2000), council, 0.7)
    wide = over_years(np.repeat([1000, 1900], 30), np.full(60, 2000), council, 0.7)
    assert equal.probability_within(0.05) > 0.99
    assert wide.probability_within(0.05) < 0.01
    assert equal.least_years(26) > wide.least_years(26)


def test_more_cases_take_fewer_years() -> None:
    found = over_years(np.tile([20, 24], 20), np.full(40, 26), np.repeat(np.arange(20), 2), 0.7)
    assert found.least_years(100) < found.least_years(26) < found.least_years(10)


@pytest.mark.parametrize("councils", [20, 60])
def test_what_is_said_of_made_up_worlds_is_right_as_often_as_it_says(councils: int) -> None:
    """Spreads are drawn from the priors, so the mean probability must be the share of worlds in which it is so."""
    dice = np.random.default_rng(3)
    said, so, above = [], [], []
    for _ in range(80):
        spread, yearly = abs(dice.normal(0, 0.3)), abs(dice.normal(0, YEARLY_SCALE))
        council = np.repeat(np.arange(councils), 3)
        link = 1.4 + dice.normal(0, spread, councils)[council] + dice.normal(0, yearly, 3 * councils)
        base = dice.integers(15, 60, 3 * councils)
        found = over_years(dice.binomial(base, 1 / (1 + np.exp(-link))), base, council, 0.3)
        truth = OverYears(*(np.array([value]) for value in (spread, yearly, 1.4, 1.0)))
        said.append(found.probability_within(0.05))
        so.append(truth.probability_within(0.05))
        above.append(found.least_years(26) <= truth.least_years(26))
    assert np.mean(said) == pytest.approx(np.mean(so), abs=0.08)
    assert np.mean(above) >= 0.9
