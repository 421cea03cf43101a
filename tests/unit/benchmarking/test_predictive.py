import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from benchmarking.groups import Groups
from benchmarking.hierarchy import Lattice
from benchmarking.predictive import (
    Prediction,
    Surprise,
    funnel_curves,
    predict,
    surprise,
    two_sided,
    verdicts,
)
from benchmarking.settings import Family, Polarity, RankingSettings

SETTINGS = RankingSettings()


def predicted(
    cases: list[float], base: list[float], family: Family = Family.PROPORTION, subject: int = 0
) -> tuple[Surprise, Prediction]:
    x, n = np.asarray(cases, dtype=float), np.asarray(base, dtype=float)
    lattice = Lattice.around(x, n, family, SETTINGS.spread_scale, 0.05)
    groups = Groups.of([(subject, range(len(x)))])
    prediction = predict(lattice, lattice.log_likelihood(x, n), groups)
    return surprise(prediction, groups, x, n, SETTINGS), prediction


@pytest.mark.parametrize("family", list(Family))
def test_the_p_value_equals_one_by_independent_monte_carlo(family: Family) -> None:
    cases, base = np.array([30, 12, 40, 18, 9, 25, 33.0]), np.array([32, 20, 50, 30, 12, 30, 45.0])
    generator = np.random.default_rng(7)
    size = 400_000
    spread = np.abs(generator.normal(0, SETTINGS.spread_scale, size)).clip(0.01, 2)
    # Importance sampling from a wide proposal for the mean; weights by scipy's own distributions.
    link = generator.normal(0.9 if family is Family.PROPORTION else -0.3, 0.8, size)
    proposal = stats.norm.logpdf(link, 0.9 if family is Family.PROPORTION else -0.3, 0.8)
    if family is Family.PROPORTION:
        mean = special.expit(link)
        a, b = 1 / (spread**2 * (1 - mean)), 1 / (spread**2 * mean)
        weight = 0.5 * np.log(mean * (1 - mean)) - proposal
        for x, n in zip(cases[1:], base[1:], strict=True):
            weight += stats.betabinom.logpmf(x, n, a, b)
        tail = 1 - sum(
            share * stats.betabinom.pmf(count, 32, a, b) for count, share in ((30, 0.5), (31, 1.0), (32, 1.0))
        )
    else:
        shape, rate = 1 / spread**2, 1 / (spread**2 * np.exp(link))
        weight = 0.5 * link - proposal
        for x, n in zip(cases[1:], base[1:], strict=True):
            weight += stats.nbinom.logpmf(x, shape, rate / (rate + n))
        tail = stats.nbinom.cdf(30, shape, rate / (rate + 32)) - stats.nbinom.pmf(30, shape, rate / (rate + 32)) / 2
    weight = np.exp(weight - weight.max())
    expected = 2 * (1 - np.sum(weight * tail) / np.sum(weight))
    error = 2 * np.sqrt(np.sum((weight * (tail - np.sum(weight * tail) / weight.sum())) ** 2)) / weight.sum()
    found, _ = predicted(cases.tolist(), base.tolist(), family)
    assert abs(found.p_value[0] - expected) < 4 * error + 1e-3


@pytest.mark.parametrize("family", list(Family))
def test_leaving_out_the_negligible_moves_no_digit_shown(family: Family) -> None:
    x, n = np.array([2.0, 400, 9, 31, 28, 66]), np.array([3.0, 500, 40, 40, 55, 70])
    lattice = Lattice.around(x, n, family, SETTINGS.spread_scale, 0.02)
    log_likelihood = lattice.log_likelihood(x, n)
    groups = Groups.of([*((council, range(6)) for council in range(6)), (0, [2, 3]), (5, [1, 2, 4])])
    found = predict(lattice, log_likelihood, groups)
    of_spread = np.repeat(lattice.spread, len(lattice.link))
    for row in range(len(groups)):
        peers = groups.peer[groups.start[row] : groups.start[row + 1]]
        weight = lattice.weights(log_likelihood[peers].sum(axis=0))
        np.testing.assert_allclose(
            found.theta[row], weight @ lattice.theta_given(np.arange(weight.shape[-1])), atol=1e-10
        )
        assert found.spread[row] == pytest.approx(weight @ of_spread, rel=1e-9)


def test_the_council_itself_does_not_move_its_own_prediction() -> None:
    usual, _ = predicted([8, 30, 31, 29, 33, 28], [10, 40, 40, 40, 40, 40])
    peers = np.array([30.0, 31, 29, 33, 28])
    lattice = Lattice.around(np.append(8.0, peers), np.append(10.0, [40.0] * 5), Family.PROPORTION, 1.0, 0.05)
    groups = Groups.of([(0, [1, 2, 3, 4, 5])])
    x, n = np.append(1.0, peers), np.append(10.0, [40.0] * 5)
    moved = surprise(predict(lattice, lattice.log_likelihood(x, n), groups), groups, x, n, SETTINGS)
    assert moved.lower == usual.lower and moved.upper_strong == usual.upper_strong
    assert moved.p_value < usual.p_value


def test_real_spread_between_peers_excuses_what_chance_alone_would_not() -> None:
    alike, _ = predicted([24, 80, 80, 80, 80, 80, 80], [40, 100, 100, 100, 100, 100, 100])
    spread, _ = predicted([24, 60, 97, 65, 92, 88, 73], [40, 100, 100, 100, 100, 100, 100])
    assert alike.p_value < 0.05 < spread.p_value


def test_one_case_of_one_is_never_called_different() -> None:
    found, _ = predicted([1, 90, 80, 85, 70, 92], [1, 100, 100, 100, 100, 100])
    assert found.p_value > 0.5 and (found.lower, found.upper) == (0, 1)


def test_a_perfect_score_among_perfect_scores_is_no_surprise() -> None:
    found, _ = predicted([20, 30, 15, 40, 8, 22], [20, 30, 15, 40, 8, 22])
    assert found.p_value > 0.5


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=6,
        max_size=12,
    ),
    st.sampled_from(list(Family)),
)
def test_verdict_and_funnel_limits_cannot_contradict_each_other(counts: list[tuple[int, int]], family: Family) -> None:
    cases, base = [x for x, _ in counts], [n for _, n in counts]
    found, prediction = predicted(cases, base, family)
    assert (found.p_value[0] < 0.05) == (not found.lower[0] <= cases[0] <= found.upper[0])
    assert (found.p_value[0] < 0.002) == (not found.lower_strong[0] <= cases[0] <= found.upper_strong[0])
    assert found.lower_strong[0] <= found.lower[0] <= found.upper[0] <= found.upper_strong[0]
    curve = funnel_curves(prediction, np.array([float(base[0])]), SETTINGS)
    if family is Family.PROPORTION:
        drawn = np.rint(curve[0, 0] * base[0]).astype(int).tolist()
        assert drawn == [found.lower_strong[0], found.lower[0], found.upper[0], found.upper_strong[0]]


def test_moving_one_case_gives_the_p_value_of_that_count() -> None:
    base = [20, 50, 50, 50, 50, 50]
    at, _ = predicted([10, 40, 41, 39, 42, 38], base)
    fewer, _ = predicted([9, 40, 41, 39, 42, 38], base)
    assert at.p_one_fewer == pytest.approx(fewer.p_value, rel=1e-2)


def test_a_council_at_its_limit_has_no_case_to_move() -> None:
    none, _ = predicted([0, 4, 5, 3, 6, 2], [10, 10, 10, 10, 10, 10])
    every, _ = predicted([10, 4, 5, 3, 6, 2], [10, 10, 10, 10, 10, 10])
    assert np.isnan(none.p_one_fewer) and np.isnan(every.p_one_more)


def test_two_sided_doubles_the_smaller_tail_and_stops_at_one() -> None:
    assert two_sided(np.array([0.01, 0.5, 0.98])).tolist() == pytest.approx([0.02, 1.0, 0.04])


@pytest.mark.parametrize(
    ("polarity", "expected"),
    [
        (Polarity.LOWER, ["much worse", "worse", "not unusual", "better", "much better", ""]),
        (Polarity.HIGHER, ["much better", "better", "not unusual", "worse", "much worse", ""]),
        (Polarity.NONE, ["much higher", "higher", "not unusual", "lower", "much lower", ""]),
    ],
)
def test_verdict_words_follow_polarity(polarity: Polarity, expected: list[str]) -> None:
    p_value = np.array([0.001, 0.04, 0.05, 0.04, 0.001, np.nan])
    above = np.array([True, True, True, False, False, False])
    words = verdicts(p_value, above, polarity, SETTINGS)
    assert words.tolist() == expected
