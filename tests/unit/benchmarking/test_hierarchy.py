import numpy as np
import pytest
from scipy import special, stats

from benchmarking.hierarchy import Lattice, crude_link
from benchmarking.settings import Family

CASES, BASE = np.array([23.0, 47.0, 0.0, 5.0]), np.array([26.0, 55.0, 3.0, 5.0])


@pytest.fixture(params=list(Family))
def lattice(request: pytest.FixtureRequest) -> Lattice:
    return Lattice.around(CASES, BASE, request.param, scale=1.0, sharpest=0.1)


def exact_log_pmf(lattice: Lattice, cases: float, base: float) -> np.ndarray:
    if lattice.family is Family.PROPORTION:
        return stats.betabinom.logpmf(cases, base, lattice.first, lattice.second)
    return stats.nbinom.logpmf(cases, lattice.first, lattice.second / (lattice.second + base))


def test_the_likelihood_equals_scipys_but_for_a_constant(lattice: Lattice) -> None:
    ours = lattice.log_likelihood(CASES, BASE)
    usual = np.abs(lattice.link.mean() - np.tile(lattice.link, len(lattice.spread))) < 4
    for row, cases, base in zip(ours, CASES, BASE, strict=True):
        difference = (row - exact_log_pmf(lattice, cases, base))[usual]
        assert np.ptp(difference) < 1e-6


def test_a_new_councils_rates_average_to_the_mean_of_their_node(lattice: Lattice) -> None:
    middle = len(lattice.link) // 2
    for spread in (3, 8, 14):
        node = spread * len(lattice.link) + middle
        assert lattice.theta_given(np.asarray([node]))[0] @ lattice.value == pytest.approx(
            lattice.value[middle], rel=2e-3
        )


def test_rates_of_one_node_give_the_marginal_counts_of_scipy(lattice: Lattice) -> None:
    node = 12 * len(lattice.link) + len(lattice.link) // 2
    counts = np.arange(26.0)
    ours = (
        np.exp(lattice.log_pmf(counts, np.array([25.0]), np.ones(len(lattice.link), dtype=bool)))[0]
        @ lattice.theta_given(np.asarray([node]))[0]
    )
    theirs = np.exp([exact_log_pmf(lattice, count, 25.0)[node] for count in counts])
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize(("family", "base"), [(Family.PROPORTION, 70.0), (Family.RATE, 3.0), (Family.RATE, 900.0)])
def test_probabilities_of_consecutive_counts_are_scipys(family: Family, base: float) -> None:
    lattice = Lattice.around(CASES, BASE, family, scale=1.0, sharpest=0.1)
    counts = np.arange(5.0, 71.0)
    where = np.abs(lattice.link) < 3
    # a shorter table is made beside it
    _, ours = lattice.pmf(counts, np.array([3.0, base]), where)
    theta = lattice.value[where]
    theirs = (
        stats.binom.pmf(counts[:, None], base, theta)
        if family is Family.PROPORTION
        else stats.poisson.pmf(counts[:, None], base * theta)
    )
    # A start that underflows costs only what is smaller than this.
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-200)


def test_spread_is_about_the_standard_deviation_on_the_log_odds_scale() -> None:
    lattice = Lattice.around(CASES, BASE, Family.PROPORTION, scale=1.0, sharpest=0.1)
    node = 11 * len(lattice.link) + len(lattice.link) // 2
    variance = special.polygamma(1, lattice.first[node]) + special.polygamma(1, lattice.second[node])
    assert np.sqrt(variance) == pytest.approx(lattice.spread[11], rel=0.05)


def test_the_posterior_equals_one_on_a_much_finer_lattice() -> None:
    coarse, fine = (Lattice.around(CASES, BASE, Family.PROPORTION, scale=1.0, sharpest=step) for step in (0.1, 0.02))
    mean = [
        lattice.weights(lattice.log_likelihood(CASES, BASE).sum(axis=0, keepdims=True))
        @ lattice.posterior_means(CASES, BASE).T
        for lattice in (coarse, fine)
    ]
    np.testing.assert_allclose(mean[0], mean[1], atol=1e-5)


def test_half_a_case_keeps_the_log_odds_of_all_and_none_finite() -> None:
    link, variance = crude_link(np.array([0.0, 4.0]), np.array([4.0, 4.0]), Family.PROPORTION)
    assert link.tolist() == pytest.approx([-np.log(9), np.log(9)])
    assert variance.tolist() == pytest.approx([2 + 1 / 4.5] * 2)
