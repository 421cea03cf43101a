import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchmarking.groups import Groups
from benchmarking.ranking import (
    possible_best,
    rank_posterior,
    value_bands,
)
from benchmarking.settings import RankingSettings

SETTINGS = RankingSettings(draws=400, benchmark_draws=400)


@pytest.fixture(scope="module")
def draws() -> np.ndarray:
    generator = np.random.default_rng(0)
    return (np.linspace(-1, 1, 12)[:, None] + generator.normal(0, 0.7, (12, 400))).astype(np.float32)


def test_rank_posterior_equals_plain_ranking_of_every_draw(draws: np.ndarray) -> None:
    rows = [(0, [1, 2, 3, 4, 5, 6, 7]), (5, list(range(12))), (3, [9, 11]), (0, [11])]
    groups = Groups.of(rows)
    found = rank_posterior(groups, draws, SETTINGS)
    for place, (subject, members) in enumerate(rows):
        table = np.union1d(members, [subject])
        rank = stats.rankdata(draws[table], axis=0)[table.tolist().index(subject)]
        expected = np.quantile(rank, [0.025, 0.975], method="inverted_cdf")
        assert [found.lower[place], found.upper[place]] == expected.tolist()
        if len(table) >= 8:
            assert found.probability_best[place] == pytest.approx(np.mean(rank <= len(table) // 4), abs=1e-12)
    better = [
        np.mean(draws[peer] < draws[subject])
        for subject, peer in zip(groups.subject[groups.row], groups.peer, strict=True)
    ]
    np.testing.assert_allclose(found.probability_peer_better, better, atol=1e-12)


def test_a_council_without_peers_is_first_in_every_draw(draws: np.ndarray) -> None:
    found = rank_posterior(Groups.of([(4, []), (0, [1])]), draws, SETTINGS)
    assert (found.lower[0], found.upper[0]) == (1, 1)


@pytest.mark.parametrize("draws", [1, 63, 64, 65, 400])
def test_any_number_of_draws_is_counted_to_the_last(draws: int) -> None:
    drawn = np.random.default_rng(draws).normal(size=(9, draws)).astype(np.float32)
    groups = Groups.everyone([range(9)])
    found = rank_posterior(groups, drawn, SETTINGS)
    mean = 1 + np.bincount(groups.row, found.probability_peer_better)
    np.testing.assert_allclose(mean, stats.rankdata(drawn, axis=0).mean(axis=1), atol=1e-12)


def test_more_than_255_peers_ahead_are_counted_as_well() -> None:
    drawn = np.repeat(np.arange(300, dtype=np.float32)[:, None], 400, axis=1)
    found = rank_posterior(Groups.of([(299, range(300)), (150, range(300))]), drawn, SETTINGS)
    assert found.lower.tolist() == found.upper.tolist() == [300, 151]


def test_no_best_places_are_named_under_eight_councils(draws: np.ndarray) -> None:
    found = rank_posterior(Groups.of([(0, range(7)), (0, range(8)), (0, range(12))]), draws, SETTINGS)
    assert found.best_places.tolist() == [0, 2, 3] and np.isnan(found.probability_best[0])


def test_the_best_places_of_a_table_add_up_to_their_number(draws: np.ndarray) -> None:
    found = rank_posterior(Groups.everyone([range(12)]), draws, SETTINGS)
    assert found.probability_best.sum() == pytest.approx(3, abs=1e-9)


def test_those_that_could_be_best_are_the_fewest_that_hold_the_best_at_the_level() -> None:
    # of 100 draws the first is best in 60, the second in 37, the third in 3, the fourth never
    best = np.repeat([0, 1, 2], [60, 37, 3])
    drawn = np.ones((4, 100), dtype=np.float32)
    drawn[best, np.arange(100)] = 0
    found = possible_best(Groups.everyone([range(4)]), drawn, SETTINGS)
    assert found.probability.tolist() == pytest.approx([0.6, 0.37, 0.03, 0])
    assert found.could_be.tolist() == [True, True, False, False] and found.many.tolist() == [2] * 4


def test_who_could_be_best_is_told_within_each_councils_own_group() -> None:
    drawn = np.repeat(np.arange(5, dtype=np.float32)[:, None], 10, axis=1)
    found = possible_best(Groups.of([(2, [0, 1]), (2, [3, 4]), (0, [])]), drawn, SETTINGS)
    assert found.could_be.tolist() == [False, True, True]


def test_the_true_best_is_left_out_in_at_most_five_per_cent_of_tables() -> None:
    generator = np.random.default_rng(5)
    worlds, councils, draws = 400, 10, 400
    # truth from a standard normal, seen with an error of like size: the posterior is known outright
    truth = generator.normal(0, 1, worlds * councils)
    seen = truth + generator.normal(0, 1, truth.size)
    drawn = generator.normal(seen[:, None] / 2, np.sqrt(0.5), (truth.size, draws)).astype(np.float32)
    sets = np.arange(truth.size).reshape(worlds, councils)
    best = sets[np.arange(worlds), truth.reshape(sets.shape).argmin(axis=1)]
    groups = Groups.of(zip(best.tolist(), sets, strict=True))
    # three standard errors of a share of 400
    assert np.mean(~possible_best(groups, drawn, SETTINGS).could_be) <= 0.05 + 0.033


def test_six_councils_on_all_share_one_band() -> None:
    # SQL's ntile put such councils into three quarters.
    score = -np.array([1, 1, 1, 1, 1, 1, 0.9, 0.8])
    assert value_bands(Groups.everyone([range(8)]), score).tolist() == [1, 1, 1, 1, 1, 1, 4, 4]


def test_distinct_values_fall_into_even_quarters() -> None:
    assert value_bands(Groups.everyone([range(8)]), np.arange(8.0)).tolist() == [1, 1, 2, 2, 3, 3, 4, 4]


def test_fewer_councils_than_bands_have_none() -> None:
    assert value_bands(Groups.everyone([range(3)]), np.arange(3.0)).tolist() == [0, 0, 0]


@given(st.lists(st.sampled_from([0.5, 0.8, 0.9, 1.0]), min_size=4, max_size=30))
def test_councils_with_one_value_share_a_band_and_order_follows_value(values: list[float]) -> None:
    score = np.array(values)
    groups = Groups.everyone([range(len(values))])
    band, order = value_bands(groups, score), np.argsort(score, kind="stable")
    assert (np.diff(band[order])[np.diff(score[order]) == 0] == 0).all()
    assert (np.diff(band[order]) >= 0).all()
