"""What is said of one council beside its peers' average, against SciPy's own distributions."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from benchmarking.average import AgainstAverage, against_average, results
from benchmarking.settings import Family, Polarity, RankingSettings, Result, Verdict

SETTINGS = RankingSettings()


def of_one(
    cases: float, base: float, peer_cases: float, peer_base: float, family: Family = Family.PROPORTION
) -> AgainstAverage:
    given = (np.array([float(count)]) for count in (cases, base, peer_cases, peer_base))
    return against_average(*given, family, SETTINGS)


def result_of(found: AgainstAverage, polarity: Polarity = Polarity.LOWER, verdict: str = "") -> str:
    family = Family.PROPORTION
    return str(results(found, np.array([verdict], dtype=object), polarity, family, SETTINGS)[0])


@pytest.mark.parametrize("cases", [0, 3, 15, 23, 26])
def test_the_p_value_of_a_share_is_the_mid_p_of_the_hypergeometric(cases: int) -> None:
    together = stats.hypergeom(26 + 587, cases + 504, 26)
    tail = together.cdf(cases) - together.pmf(cases) / 2
    assert of_one(cases, 26, 504, 587).p_value[0] == pytest.approx(min(1, 2 * min(tail, 1 - tail)), rel=1e-9)


@pytest.mark.parametrize("cases", [0, 4, 31, 90])
def test_the_p_value_of_a_rate_is_the_mid_p_of_the_binomial(cases: int) -> None:
    split = stats.binom(cases + 400, 5.5 / (5.5 + 80))
    tail = split.cdf(cases) - split.pmf(cases) / 2
    found = of_one(cases, 5.5, 400, 80, Family.RATE)
    assert found.p_value[0] == pytest.approx(min(1, 2 * min(tail, 1 - tail)), rel=1e-9)


def test_many_rows_at_once_give_what_each_gives_alone() -> None:
    generator = np.random.default_rng(3)
    base = generator.integers(1, 400, 300).astype(float)
    cases = generator.binomial(base.astype(int), 0.7).astype(float)
    peers = generator.integers(200, 4_000, 300).astype(float)
    peer_cases = np.floor(0.72 * peers)
    together = against_average(cases, base, peer_cases, peers, Family.PROPORTION, SETTINGS)
    for row in range(0, 300, 37):
        alone = of_one(cases[row], base[row], peer_cases[row], peers[row])
        assert together.p_value[row] == pytest.approx(alone.p_value[0], rel=1e-9)
        assert together.noticed_below[row] == pytest.approx(alone.noticed_below[0], rel=1e-9, nan_ok=True)


@pytest.mark.parametrize("family", list(Family))
def test_the_smallest_difference_noticed_is_noticed_four_times_in_five(family: Family) -> None:
    is_share = family is Family.PROPORTION
    base, peers = (60, (300, 500)) if is_share else (6.0, (240, 50.0))
    found = of_one(36 if is_share else 29, base, *peers, family)
    counts = np.arange(61 if is_share else 200)
    called = np.array([bool(of_one(count, base, *peers, family).is_different[0]) for count in counts])
    for true, side in ((found.noticed_below[0], counts < 36), (found.noticed_above[0], counts >= 29)):
        law = stats.binom(60, true) if is_share else stats.poisson(true * base)
        assert law.pmf(counts[called & side]).sum() == pytest.approx(0.8, abs=1e-6)


def test_what_no_count_could_show_is_not_said_to_be_noticed() -> None:
    found = of_one(3, 3, 95, 100)
    assert np.isnan(found.noticed_above[0]) and found.noticed_below[0] < 0.5


def test_30_of_30_beside_42_8_per_cent_is_different_from_the_average_however_far_councils_differ() -> None:
    found = of_one(30, 30, 428, 1_000)
    assert result_of(found, verdict=Verdict.NOT_UNUSUAL) == Result.WORSE


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((23, 26, 504, 587), Result.CANNOT_SAY),
        ((2_000, 2_500, 8_100, 10_000), Result.ABOUT_THE_SAME),
        # beyond chance, but by a point and a half: the whole interval lies within five points
        ((19_600, 25_000, 80_000, 100_000), Result.ABOUT_THE_SAME),
        ((60, 100, 8_000, 10_000), Result.BETTER),
        ((95, 100, 8_000, 10_000), Result.WORSE),
    ],
)
def test_a_null_is_about_the_same_only_where_the_whole_interval_lies_within_the_margin(
    counts: tuple[int, int, int, int], expected: Result
) -> None:
    assert result_of(of_one(*counts)) == expected


@pytest.mark.parametrize(
    ("polarity", "expected"),
    [
        (Polarity.LOWER, Result.BETTER),
        (Polarity.HIGHER, Result.WORSE),
        (Polarity.NONE, Result.NOT_COMPARABLE),
    ],
)
def test_the_result_follows_the_good_direction(polarity: Polarity, expected: Result) -> None:
    assert result_of(of_one(60, 100, 8_000, 10_000), polarity) == expected


@pytest.mark.parametrize("verdict", [Verdict.WORSE, Verdict.MUCH_WORSE])
def test_what_is_unusual_is_never_about_the_same_or_unsaid(verdict: Verdict) -> None:
    for counts in ((2_000, 2_500, 8_100, 10_000), (23, 26, 504, 587)):
        assert result_of(of_one(*counts), verdict=verdict) == Result.WORSE


def arguments(**changed: Any) -> dict[str, Any]:
    return {"same_within": 0.05, "power": 0.8} | changed


@pytest.mark.parametrize("changed", [{"same_within": 0.0}, {"power": 1.0}, {"minimum_outcomes": 0.0}])
def test_a_setting_out_of_range_is_refused(changed: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"strictly between|must be positive"):
        RankingSettings(**arguments(**changed))
