import numpy as np
import pytest
from lifelines import AalenJohansenFitter, KaplanMeierFitter

from benchmarking import survival
from benchmarking.survival import aalen_johansen, completed_by, counts_by_time, kaplan_meier


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
def test_aalen_johansen_equals_lifelines_with_its_interval(seed: int) -> None:
    durations, events = world(seed)
    ours = aalen_johansen(*counts_by_time(durations, events))
    theirs = AalenJohansenFitter().fit(durations, events, event_of_interest=1)
    rows = theirs.cumulative_density_.loc[ours.times].to_numpy()[:, 0]
    limits = theirs.confidence_interval_.loc[ours.times].to_numpy()
    known = ours.at_risk > 1  # at the very last case lifelines divides by zero
    assert np.allclose(ours.estimate[known], rows[known], rtol=0, atol=1e-12)
    upper, lower = limits.max(axis=1), limits.min(axis=1)
    inside = known & (ours.estimate > 0)
    assert np.allclose(ours.lower[inside], lower[inside], rtol=0, atol=1e-9)
    assert np.allclose(ours.upper[inside], upper[inside], rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_whole_days_with_ties_stay_within_what_lifelines_gives_by_jittering(seed: int) -> None:
    durations, events = world(seed, 2000)
    days = np.ceil(durations)
    ours = aalen_johansen(*counts_by_time(days, events)).at(65)[0]
    with pytest.warns(Warning, match="Tied event times"):
        fitter = AalenJohansenFitter(seed=1, calculate_variance=False).fit(days, events, event_of_interest=1)
    theirs = float(fitter.cumulative_density_.loc[:65.5].iloc[-1, 0])
    assert ours == pytest.approx(theirs, abs=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_kaplan_meier_equals_lifelines_where_nothing_competes(seed: int) -> None:
    durations, events = world(seed)
    days, completed = np.ceil(durations), events == 1
    times, done, _, open_ = counts_by_time(days, completed.astype(int))
    ours = kaplan_meier(times, done, open_)
    theirs = KaplanMeierFitter().fit(days, completed)
    assert np.allclose(
        1 - ours.estimate, theirs.survival_function_.loc[ours.times].to_numpy()[:, 0], atol=1e-12
    )
    limits = 1 - theirs.confidence_interval_.loc[ours.times].to_numpy()
    inside = (ours.estimate > 0) & (ours.estimate < 1)
    assert np.allclose(ours.lower[inside], limits.min(axis=1)[inside], atol=1e-9)
    assert np.allclose(ours.upper[inside], limits.max(axis=1)[inside], atol=1e-9)


def test_without_withdrawals_both_estimates_agree() -> None:
    durations, events = world(9)
    times, done, _, open_ = counts_by_time(durations, np.where(events == 2, 0, events))
    incidence = aalen_johansen(times, done, np.zeros_like(done), open_)
    assert np.allclose(incidence.estimate, kaplan_meier(times, done, open_).estimate, atol=1e-12)


def test_without_open_cases_the_incidence_is_the_plain_share() -> None:
    durations, events = world(4)
    events = np.where(events == 0, 1, events)
    curve = aalen_johansen(*counts_by_time(durations, events))
    assert curve.at(65)[0] == pytest.approx(np.mean((durations <= 65) & (events == 1)), abs=1e-12)


def test_a_withdrawn_case_lowers_the_incidence_that_kaplan_meier_would_give() -> None:
    # four cases: done on day 10, withdrawn on 20, done on 30 and 40
    times, done, gone, open_ = counts_by_time([10, 20, 30, 40], [1, 2, 1, 1])
    assert aalen_johansen(times, done, gone, open_).at(40)[0] == pytest.approx(0.75)
    assert kaplan_meier(times, done, open_ + gone).at(40)[0] == pytest.approx(1.0)


def test_nothing_is_said_beyond_the_longest_case_that_was_followed() -> None:
    curve = aalen_johansen(*counts_by_time([10, 20, 30], [1, 1, 0]))
    assert np.isnan(curve.at(65)).all()
    assert curve.at(30)[0] == pytest.approx(2 / 3)


def test_a_median_that_was_never_reached_is_missing() -> None:
    curve = aalen_johansen(*counts_by_time([10, 20, 30, 30], [1, 0, 0, 0]))
    assert np.isnan(curve.quantile(0.5))
    assert curve.quantile(0.25) == 10


def test_no_cases_give_no_estimate() -> None:
    assert np.isnan(aalen_johansen([], [], [], []).at(65)).all()


def test_an_unknown_event_code_is_an_error() -> None:
    with pytest.raises(ValueError, match="an event is"):
        counts_by_time([1, 2], [0, 3])


def test_times_that_do_not_increase_are_an_error() -> None:
    with pytest.raises(ValueError, match="times must increase"):
        aalen_johansen([2, 1], [1, 1], [0, 0], [0, 0])


def test_thousands_of_curves_at_once_say_to_the_last_digit_what_each_says_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(survival, "CELLS_AT_ONCE", 400)  # several rectangles, of curves of unlike lengths
    generator = np.random.default_rng(8)
    each = [
        counts_by_time(generator.integers(0, 90, size), generator.choice([0, 1, 2], size, p=[0.2, 0.6, 0.2]))
        for size in (1, 2, 3, 5, 8, 40, 41, 200, 900, 3, 60)
    ]
    limits = generator.integers(0, 100, len(each))
    begins = np.cumsum([0, *(len(times) for times, *_ in each[:-1])])
    together = completed_by(limits, begins, *(np.concatenate(column) for column in zip(*each, strict=True)))
    for place, (limit, counts) in enumerate(zip(limits, each, strict=True)):
        alone = aalen_johansen(*counts)
        answer = [getattr(together, name)[place] for name in ("estimate", "lower", "upper", "median")]
        np.testing.assert_array_equal(answer, [*alone.at(limit), alone.quantile(0.5)])
