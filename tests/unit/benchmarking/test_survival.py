import numpy as np
import pytest
from lifelines import AalenJohansenFitter

from benchmarking import survival
from benchmarking.survival import Completed, completed_by


def counts_by_time(durations: np.ndarray, events: np.ndarray) -> tuple[np.ndarray, ...]:
    """Distinct times and, at each, how many were completed (event 1), withdrawn (2) and still open (0)."""
    times, place = np.unique(np.asarray(durations, float), return_inverse=True)
    return times, *(np.bincount(place[np.asarray(events) == code], minlength=len(times)) for code in (1, 2, 0))


def completed(durations: object, events: object, *limits: float) -> Completed:
    """One set of cases, judged at each limit."""
    counts = counts_by_time(np.asarray(durations), np.asarray(events))
    begins = np.arange(len(limits)) * len(counts[0])
    return completed_by(limits, begins, *(np.tile(column, len(limits)) for column in counts))


def world(seed: int, cases: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Untied durations with completions, withdrawals and open cases."""
    rng = np.random.default_rng(seed)
    finish, withdraw, censor = (
        rng.gamma(3, 25, cases),
        rng.exponential(400, cases),
        rng.uniform(5, 300, cases),
    )
    durations = np.minimum.reduce([finish, withdraw, censor])
    events = np.select([durations == censor, durations == finish], [0, 1], default=2)
    return durations, events


@pytest.mark.parametrize("seed", range(5))
def test_the_share_completed_equals_lifelines_with_its_interval(seed: int) -> None:
    durations, events = world(seed)
    times = np.unique(durations)[:-1]  # at the very last case lifelines divides by zero
    ours = completed(durations, events, *times)
    theirs = AalenJohansenFitter().fit(durations, events, event_of_interest=1)
    limits = theirs.confidence_interval_.loc[times].to_numpy()
    assert np.allclose(ours.estimate, theirs.cumulative_density_.loc[times].to_numpy()[:, 0], rtol=0, atol=1e-12)
    inside = ours.estimate > 0
    assert np.allclose(ours.lower[inside], limits.min(axis=1)[inside], rtol=0, atol=1e-9)
    assert np.allclose(ours.upper[inside], limits.max(axis=1)[inside], rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_whole_days_with_ties_stay_within_what_lifelines_gives_by_jittering(seed: int) -> None:
    durations, events = world(seed, 2000)
    days = np.ceil(durations)
    with pytest.warns(Warning, match="Tied event times"):
        fitter = AalenJohansenFitter(seed=1, calculate_variance=False).fit(days, events, event_of_interest=1)
    theirs = float(fitter.cumulative_density_.loc[:65.5].iloc[-1, 0])
    assert completed(days, events, 65).estimate[0] == pytest.approx(theirs, abs=1e-3)


def test_without_open_cases_it_is_the_plain_share() -> None:
    durations, events = world(4)
    events = np.where(events == 0, 1, events)
    share = np.mean((durations <= 65) & (events == 1))
    assert completed(durations, events, 65).estimate[0] == pytest.approx(share, abs=1e-12)


def test_a_withdrawn_case_counts_as_never_completed() -> None:
    # four cases: done on day 10, withdrawn on 20, done on 30 and 40
    assert completed([10, 20, 30, 40], [1, 2, 1, 1], 40).estimate[0] == pytest.approx(0.75)


def test_nothing_is_said_before_the_first_or_beyond_the_longest_case_that_was_followed() -> None:
    found = completed([10, 20, 30], [1, 1, 0], 5, 30, 65)
    assert found.estimate[:2] == pytest.approx([0, 2 / 3])
    assert np.isnan([found.lower[0], found.estimate[2], found.lower[2], found.upper[2]]).all()


def test_a_median_that_was_never_reached_is_missing() -> None:
    assert np.isnan(completed([10, 20, 30, 30], [1, 0, 0, 0], 30).median[0])
    assert completed([10, 20, 30, 30], [1, 1, 0, 0], 30).median[0] == 20


def test_thousands_of_curves_at_once_say_to_the_last_digit_what_each_says_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    generator = np.random.default_rng(8)
    cases = [
        (generator.integers(0, 90, size), generator.choice([0, 1, 2], size, p=[0.2, 0.6, 0.2]))
        for size in (1, 2, 3, 5, 8, 40, 41, 200, 900, 3, 60)
    ]
    limits = generator.integers(0, 100, len(cases))
    alone = [completed(*case, limit) for case, limit in zip(cases, limits, strict=True)]
    monkeypatch.setattr(survival, "CELLS_AT_ONCE", 400)  # several rectangles, of curves of unlike lengths
    each = [counts_by_time(*case) for case in cases]
    begins = np.cumsum([0, *(len(times) for times, *_ in each[:-1])])
    together = completed_by(limits, begins, *(np.concatenate(column) for column in zip(*each, strict=True)))
    for name in ("estimate", "lower", "upper", "median"):
        np.testing.assert_array_equal(getattr(together, name), np.concatenate([getattr(one, name) for one in alone]))
