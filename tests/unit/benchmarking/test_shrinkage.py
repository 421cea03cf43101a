import numpy as np
import pytest
from scipy import stats

from benchmarking.hierarchy import Lattice
from benchmarking.settings import Family, RankingSettings
from benchmarking.shrinkage import Shrunken, _Chance, _gammas, shrink

SETTINGS = RankingSettings()
CASES = np.array([23, 47, 68, 28, 42, 76, 16, 50, 141, 36.0])
BASE = np.array([26, 55, 82, 32, 47, 94, 20, 58, 158, 41.0])


def shrunken(order: list[int], family: Family = Family.PROPORTION, settings: RankingSettings = SETTINGS) -> Shrunken:
    lattice = Lattice.around(CASES, BASE, family, settings.spread_scale, 0.05)
    x, n = CASES[order], BASE[order]
    keys = np.array([f"council {one}" for one in order], dtype=object)
    types = np.array(["county"] * len(order), dtype=object)
    return shrink(lattice, lattice.log_likelihood(x, n), x, n, types, keys, "uphold rate 2023-24", settings)


@pytest.mark.parametrize("family", list(Family))
def test_the_draws_average_to_the_exact_posterior_mean(family: Family) -> None:
    found = shrunken(list(range(10)), family)
    rate = found.rates(found.draws)
    error = rate.std(axis=1) / np.sqrt(SETTINGS.draws)
    assert (np.abs(rate.mean(axis=1) - found.mean) < 4 * error).all()


def test_the_posterior_mean_equals_one_by_independent_importance_sampling() -> None:
    generator = np.random.default_rng(11)
    size = 300_000
    spread = np.abs(generator.normal(0, 1, size)).clip(0.01, 2)
    link = generator.normal(1.7, 0.3, size)
    mean = 1 / (1 + np.exp(-link))
    a, b = 1 / (spread**2 * (1 - mean)), 1 / (spread**2 * mean)
    weight = 0.5 * np.log(mean * (1 - mean)) - stats.norm.logpdf(link, 1.7, 0.3)
    for x, n in zip(CASES, BASE, strict=True):
        weight += stats.betabinom.logpmf(x, n, a, b)
    weight = np.exp(weight - weight.max())
    expected = [np.average((a + x) / (a + b + n), weights=weight) for x, n in zip(CASES, BASE, strict=True)]
    np.testing.assert_allclose(shrunken(list(range(10))).mean, expected, atol=1e-3)


def test_small_councils_are_drawn_further_towards_their_type() -> None:
    found = shrunken(list(range(10)))
    pooled = CASES.sum() / BASE.sum()
    kept = (found.mean - pooled) / (CASES / BASE - pooled)
    assert 0 < kept[6] < kept[5] < 1 and BASE[6] < BASE[5]


def test_the_interval_is_not_spuriously_precise_where_the_spread_may_be_zero() -> None:
    # The plug-in gave one county 85.9 to 86.2.
    found = shrunken(list(range(10)))
    assert (found.upper - found.lower).min() > 0.05


def test_draws_do_not_depend_on_the_order_of_councils() -> None:
    one, other = shrunken(list(range(10))), shrunken(list(range(9, -1, -1)))
    np.testing.assert_array_equal(one.draws, other.draws[::-1])


def test_another_seed_gives_other_draws() -> None:
    other = shrunken(list(range(10)), settings=RankingSettings(seed=1))
    assert not np.array_equal(shrunken(list(range(10))).draws, other.draws)


@pytest.mark.parametrize("shape", [0.25, 0.999, 1.0, 1.5, 4.0, 60.0, 2_500.0])
def test_draws_from_shared_normals_are_gamma_draws(shape: float) -> None:
    size = 100_000
    chance = _Chance.of(3, "council", size)
    for drawn in _gammas(np.full((2, size), shape, np.float32), chance, np.random.default_rng(8)):
        # The largest distance that one in a thousand samples of so many would exceed.
        assert stats.kstest(drawn, stats.gamma(shape).cdf).statistic < 1.95 / np.sqrt(size)


def test_the_two_gammas_of_a_council_and_those_of_two_councils_are_independent() -> None:
    shape = np.full((2, 40_000), 3.0, np.float32)
    generator = np.random.default_rng(8)
    one, other = (_gammas(shape, _Chance.of(3, name, 40_000), generator) for name in ("one", "other"))
    correlation = stats.spearmanr(np.vstack([one, other]), axis=1).statistic
    assert np.abs(correlation - np.eye(4)).max() < 4 / np.sqrt(40_000)


def test_the_draws_of_a_type_do_not_depend_on_other_types() -> None:
    lattice = Lattice.around(CASES, BASE, Family.PROPORTION, SETTINGS.spread_scale, 0.05)
    keys = np.array([f"council {one}" for one in range(10)], dtype=object)
    types = np.array(["county"] * 6 + ["unitary"] * 4, dtype=object)

    def draws(few: slice) -> np.ndarray:
        likelihood = lattice.log_likelihood(CASES[few], BASE[few])
        return shrink(lattice, likelihood, CASES[few], BASE[few], types[few], keys[few], "year", SETTINGS).draws

    np.testing.assert_array_equal(draws(slice(0, 10))[:6], draws(slice(0, 6)))
