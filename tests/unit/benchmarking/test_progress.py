"""Movement and chances against other computations: statsmodels, simulation, counting by hand."""

from datetime import date

import numpy as np
import pytest
from scipy import special
from statsmodels.stats.proportion import confint_proportions_2indep

from benchmarking.progress import Moved, chance_of_meeting, distance_moved, said_by, share_moved
from benchmarking.settings import Polarity


@pytest.mark.parametrize(("before", "after"), [((2, 12), (9, 14)), ((0, 9), (5, 5)), ((31, 39), (20, 40))])
def test_the_interval_of_a_change_equals_that_of_statsmodels(before: tuple[int, int], after: tuple[int, int]) -> None:
    found = share_moved(before, after, Polarity.HIGHER)
    theirs = confint_proportions_2indep(*after, *before, method="newcomb", compare="diff", alpha=0.01)
    assert (found.lower, found.upper) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize(
    ("before", "after", "polarity", "verdict"),
    [
        ((5, 50), (25, 50), Polarity.HIGHER, Moved.IMPROVED),
        ((5, 50), (25, 50), Polarity.LOWER, Moved.WORSENED),
        ((25, 50), (5, 50), Polarity.HIGHER, Moved.WORSENED),
        ((5, 50), (8, 50), Polarity.HIGHER, Moved.NO_CHANGE_DETECTED),
        ((1, 4), (25, 50), Polarity.HIGHER, Moved.NO_DATA),
        ((5, 50), (4, 4), Polarity.HIGHER, Moved.TOO_EARLY),
    ],
)
def test_a_share_is_called_only_where_its_interval_leaves_no_doubt(
    before: tuple[int, int], after: tuple[int, int], polarity: Polarity, verdict: Moved
) -> None:
    assert share_moved(before, after, polarity).verdict is verdict


def test_a_measure_that_has_not_changed_is_seldom_called_changed_over_seven_quarterly_looks() -> None:
    rng = np.random.default_rng(20)
    worlds, called = 1_500, 0
    base = rng.poisson(12, (worlds, 12))
    cases = rng.binomial(base, 0.5)
    for x, n in zip(cases, base, strict=True):
        before = (int(x[:4].sum()), int(n[:4].sum()))
        looks = [
            share_moved(before, (int(x[begin:end].sum()), int(n[begin:end].sum())), Polarity.HIGHER)
            for end in range(6, 13)
            for begin in [max(4, end - 4)]
        ]
        called += any(look.verdict in (Moved.IMPROVED, Moved.WORSENED) for look in looks)
    assert called / worlds < 0.06


def test_a_distance_is_called_by_the_errors_of_both_years() -> None:
    assert distance_moved((0.8, 0.2), (-0.2, 0.2), Polarity.LOWER).verdict is Moved.IMPROVED
    assert distance_moved((0.8, 0.3), (-0.2, 0.3), Polarity.LOWER).verdict is Moved.NO_CHANGE_DETECTED
    assert distance_moved((0.8, 0.2), (float("nan"), 0.2), Polarity.LOWER).verdict is Moved.NO_DATA


def test_a_measure_without_a_good_direction_cannot_improve() -> None:
    with pytest.raises(ValueError, match="good direction"):
        share_moved((5, 50), (25, 50), Polarity.NONE)
    with pytest.raises(ValueError, match="good direction"):
        chance_of_meeting(0.5, (5, 10), Polarity.NONE, to_come=5)


def test_the_chance_of_meeting_a_target_equals_a_simulation() -> None:
    rng = np.random.default_rng(20)
    share = rng.beta(3.5, 12.5, 400_000)
    met = (2 + rng.binomial(9, share)) / (5 + 9) >= 0.5
    found = chance_of_meeting(0.5, (3, 15), Polarity.HIGHER, held=(2, 5), to_come=9)
    assert found == pytest.approx(met.mean(), abs=4 * np.sqrt(met.var() / len(met)))


def test_the_chance_of_meeting_a_low_target_equals_a_sum_over_the_counts() -> None:
    # an independent beta-binomial: its probabilities from beta functions, added up
    counts = np.arange(0, 4)
    ways = special.comb(12, counts)
    chances = ways * special.beta(counts + 4.5, 12 - counts + 6.5) / special.beta(4.5, 6.5)
    assert chance_of_meeting(0.25, (4, 10), Polarity.LOWER, to_come=12) == pytest.approx(chances.sum())


def test_a_target_of_7_in_10_is_met_by_7_of_10() -> None:
    assert chance_of_meeting(0.7, (7, 10), Polarity.HIGHER, held=(7, 10), to_come=0) == 1
    assert chance_of_meeting(0.7, (6, 10), Polarity.HIGHER, held=(6, 10), to_come=0) == 0


def test_of_no_cases_there_is_no_chance_to_speak_of() -> None:
    with pytest.raises(ValueError, match="no cases"):
        chance_of_meeting(0.7, (7, 10), Polarity.HIGHER, to_come=0)
    with pytest.raises(ValueError, match="not negative"):
        chance_of_meeting(0.7, (11, 10), Polarity.HIGHER, to_come=4)


def test_a_trajectory_is_a_straight_line_between_its_ends() -> None:
    start, by = date(2026, 1, 1), date(2026, 1, 11)
    values = [said_by(day, start, 20.0, by, 70.0) for day in (date(2025, 1, 1), date(2026, 1, 6), by)]
    assert values == [20.0, 45.0, 70.0]
    with pytest.raises(ValueError, match="after its start"):
        said_by(by, by, 20.0, start, 70.0)
