import numpy as np
import pytest

from benchmarking.best_performer import best_performer
from benchmarking.groups import Groups
from benchmarking.settings import RankingSettings

SETTINGS = RankingSettings(draws=480, benchmark_draws=480)


@pytest.fixture(scope="module")
def rate() -> np.ndarray:
    return np.random.default_rng(0).beta(8, 3, (40, 480)).astype(np.float32)


@pytest.mark.parametrize("size", [1, 2, 5, 11, 12, 21, 39])
def test_the_benchmark_is_the_mean_of_each_draws_quantile_of_the_peers(rate: np.ndarray, size: int) -> None:
    groups = Groups.of([(0, range(1, size + 1)), (3, range(size + 1)), (39, range(size))])
    found = best_performer(groups, rate, np.full(40, 20.0), SETTINGS)
    for row in range(len(groups)):
        peers = groups.peer[groups.start[row] : groups.start[row + 1]]
        benchmark = np.quantile(rate[peers].astype(float), 0.1, axis=0)
        gap = 20 * (rate[groups.subject[row]] - benchmark)
        assert found.value[row] == pytest.approx(benchmark.mean(), abs=1e-6)
        limits = np.quantile(gap, [0.025, 0.975])
        assert [found.gap[row], found.gap_lower[row], found.gap_upper[row]] == pytest.approx(
            [gap.mean(), *limits], abs=1e-5
        )


def test_a_council_ahead_of_the_benchmark_has_a_negative_gap() -> None:
    rate = np.repeat(np.array([[0.1], [0.5], [0.6], [0.7]], dtype=np.float32), 480, axis=1)
    found = best_performer(Groups.of([(0, [1, 2, 3])]), rate, np.full(4, 10.0), SETTINGS)
    assert found.gap[0] == pytest.approx(10 * (0.1 - 0.52), abs=1e-5) and found.probability_ahead[0] == 1


def test_a_council_does_not_set_its_own_benchmark(rate: np.ndarray) -> None:
    groups = Groups.of([(0, range(12))])
    better = rate.copy()
    better[0] /= 100
    usual, moved = (best_performer(groups, draws, np.full(40, 20.0), SETTINGS) for draws in (rate, better))
    assert usual.value[0] == moved.value[0]


def test_a_group_without_peers_has_no_benchmark(rate: np.ndarray) -> None:
    assert np.isnan(best_performer(Groups.of([(0, [])]), rate, np.full(40, 20.0), SETTINGS).value[0])
