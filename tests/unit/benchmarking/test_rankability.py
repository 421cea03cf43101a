import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from benchmarking.groups import Groups
from benchmarking.hierarchy import crude_link
from benchmarking.rankability import Counts, Rankability, rankability
from benchmarking.settings import Family, Gate, RankingSettings

SETTINGS = RankingSettings()


def measured(link: np.ndarray, variance: np.ndarray) -> Rankability:
    return rankability(Groups.of([(0, range(len(link)))]).with_subject(), link, variance, SETTINGS)


def rho_of(link: np.ndarray, variance: np.ndarray) -> float:
    tau2 = max(0.0, combine_effects(link, variance, method_re="chi2").tau2)
    return tau2 / (tau2 + float(np.median(variance)))


@pytest.mark.parametrize("councils", [3, 4, 7, 12, 21])
def test_rankability_and_its_leave_one_out_equal_plain_recomputation(councils: int) -> None:
    generator = np.random.default_rng(councils)
    link, variance = generator.normal(0, 1, councils), generator.uniform(0.05, 0.6, councils)
    found = measured(link, variance)
    without = [rho_of(np.delete(link, one), np.delete(variance, one)) for one in range(councils)]
    assert found.rho[0] == pytest.approx(rho_of(link, variance), abs=1e-12)
    if councils > 3:
        assert found.without_one[0] == pytest.approx(min(without), abs=1e-12)


def test_the_interval_holds_the_spreads_that_the_q_statistic_does_not_reject() -> None:
    generator = np.random.default_rng(1)
    link, variance = generator.normal(0, 2, 12), generator.uniform(0.05, 0.6, 12)
    found = measured(link, variance)
    for limit, tail in ((found.lower[0], 0.975), (found.upper[0], 0.025)):
        tau2 = limit * np.median(variance) / (1 - limit)
        weight = 1 / (variance + tau2)
        q = np.sum(weight * (link - np.sum(weight * link) / weight.sum()) ** 2)
        assert stats.chi2.cdf(q, 11) == pytest.approx(tail, abs=1e-8)


def test_the_interval_of_tau2_covers_at_its_level() -> None:
    generator = np.random.default_rng(2)
    variance, tau2, worlds = generator.uniform(0.05, 0.6, 14), 0.2, 2_000
    link = generator.normal(0, np.sqrt(variance + tau2), (worlds, 14)).ravel()
    groups = Groups.of((14 * world, range(14 * world, 14 * world + 14)) for world in range(worlds)).with_subject()
    found = rankability(groups, link, np.tile(variance, worlds), SETTINGS)
    rho = tau2 / (tau2 + np.median(variance))
    # Three standard errors of a share of 2,000.
    assert np.mean((found.lower <= rho) & (rho <= found.upper)) == pytest.approx(0.95, abs=0.0147)


def test_large_real_differences_open_the_gate_for_ranks() -> None:
    assert measured(np.linspace(-2, 2, 12), np.full(12, 0.02)).gate[0] == Gate.RANKS


def test_moderate_differences_open_it_for_bands() -> None:
    found = measured(np.linspace(-1.2, 1.2, 12), np.full(12, 0.2))
    assert 0.5 < found.without_one[0] < 0.7
    assert found.gate[0] == Gate.BANDS


def test_chance_keeps_it_shut() -> None:
    found = measured(np.linspace(-0.2, 0.2, 12), np.full(12, 0.2))
    assert found.rho[0] == 0 and found.gate[0] == Gate.NOTHING


def test_differences_that_rest_on_one_council_keep_it_shut() -> None:
    found = measured(np.append(np.linspace(-0.2, 0.2, 11), 4.0), np.full(12, 0.2))
    assert found.rho[0] > 0.7 and found.without_one[0] == 0 and found.gate[0] == Gate.NOTHING


def test_leaving_out_whichever_council_may_raise_rankability() -> None:
    found = measured(np.array([3.0, 1.0, -1.0]), np.array([0.5, 0.1, 0.5]))
    assert (found.rho[0], found.without_one[0]) == pytest.approx((0.8167, 0.85), abs=1e-4)


def test_two_councils_have_no_rankability() -> None:
    found = measured(np.array([0.0, 1.0]), np.array([0.1, 0.1]))
    assert np.isnan(found.rho[0]) and found.gate[0] == Gate.NOTHING


def test_a_group_is_measured_alike_alone_and_beside_others() -> None:
    generator = np.random.default_rng(4)
    link, variance = generator.normal(0, 1, 30), generator.uniform(0.05, 0.6, 30)
    together = rankability(
        Groups.of([(0, range(9)), (9, [9, 10]), (11, range(11, 30))]).with_subject(), link, variance, SETTINGS
    )
    alone = rankability(Groups.of([(11, range(11, 30))]).with_subject(), link, variance, SETTINGS)
    assert together.rho[2] == pytest.approx(alone.rho[0], abs=1e-12) and np.isnan(together.rho[1])


def counted(cases: list[float], base: list[float]) -> Rankability:
    counts = Counts(np.array(cases), np.array(base), Family.PROPORTION)
    link, variance = crude_link(counts.cases, counts.base, counts.family)
    groups = Groups.of([(0, range(len(cases)))]).with_subject()
    return rankability(groups, link, variance, SETTINGS, counts)


def test_compliance_near_100_per_cent_has_no_rankability() -> None:
    found = counted([20, 25, 18, 39, 12, 20, 30, 22], [20, 25, 18, 40, 12, 21, 30, 22])
    assert not found.is_measured[0] and np.isnan(found.rho[0]) and found.gate[0] == Gate.NOTHING


def test_enough_cases_of_either_outcome_have_a_rankability() -> None:
    assert counted([5, 25, 8, 30, 12], [20, 30, 18, 40, 22]).is_measured[0]


def test_the_upper_end_is_never_below_that_of_the_log_odds() -> None:
    generator = np.random.default_rng(4)
    base = generator.integers(8, 60, 20).astype(float)
    cases = generator.binomial(base.astype(int), 0.8).astype(float)
    link, variance = crude_link(cases, base, Family.PROPORTION)
    assert counted(cases.tolist(), base.tolist()).upper[0] >= measured(link, variance).upper[0]
