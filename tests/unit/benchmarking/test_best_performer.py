import numpy as np
import pytest

from benchmarking.best_performer import best_performer, gap_in_cases
from benchmarking.groups import Groups
from benchmarking.settings import RankingSettings

SETTINGS = RankingSettings(draws=480, benchmark_draws=480)


@pytest.fixture(scope="module")
def rate() -> np.ndarray:
    return np.random.default_rng(0).beta(8, 3, (40, 480)).astype(np.float32)


@pytest.mark.parametrize("size", [1, 2, 5, 11, 12, 21, 39])
def test_the_benchmark_is_the_mean_of_each_draws_quantile_of_the_peers(rate: np.ndarray, size: int) -> None:
    groups = Groups.of([(0, range(1, size + 1)), (3, range(size + 1)), (39, range(size))])
    found = best_performer(groups, rate, SETTINGS)
    for row in range(len(groups)):
        peers = groups.peer[groups.start[row] : groups.start[row + 1]]
        benchmark = np.quantile(rate[peers].astype(float), 0.1, axis=0)
        assert [found.value[row], found.lower[row], found.upper[row]] == pytest.approx(
            [benchmark.mean(), *np.quantile(benchmark, [0.025, 0.975])], abs=1e-6
        )


STILL = np.repeat(np.array([[0.1], [0.5], [0.6], [0.7]], dtype=np.float32), 480, axis=1)


def test_a_council_ahead_of_the_benchmark_has_a_negative_gap() -> None:
    found = best_performer(Groups.of([(0, [1, 2, 3])]), STILL, SETTINGS)
    own = (np.array([end]) for end in (0.1, 0.05, 0.2, 10.0))
    gap = gap_in_cases(found, *own)
    assert gap.cases[0] == pytest.approx(10 * (0.1 - 0.52), abs=1e-5) and gap.is_clear[0]


def test_the_gap_is_that_of_the_value_that_is_shown() -> None:
    found = best_performer(Groups.of([(0, [1, 2, 3])]), STILL, SETTINGS)
    value, lower, upper = 0.5, 0.3, 0.7
    gap = gap_in_cases(found, *(np.array([end]) for end in (value, lower, upper, 20.0)))
    # better than the benchmark of 52%, so not behind it, whatever a rate drawn towards the others would say
    assert gap.cases[0] == pytest.approx(20 * (value - 0.52), abs=1e-5)
    assert not gap.is_clear[0]


def test_a_council_does_not_set_its_own_benchmark(rate: np.ndarray) -> None:
    groups = Groups.of([(0, range(12))])
    better = rate.copy()
    better[0] /= 100
    usual, moved = (best_performer(groups, draws, SETTINGS) for draws in (rate, better))
    assert usual.value[0] == moved.value[0]


def test_a_group_without_peers_has_no_benchmark(rate: np.ndarray) -> None:
    assert np.isnan(best_performer(Groups.of([(0, [])]), rate, SETTINGS).value[0])
