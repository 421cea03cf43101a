"""How long cases take when some are still open: Kaplan-Meier, and Aalen-Johansen where withdrawal competes.

Both take counts per elapsed time, so that a million cases cost no more than the days they took.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarking.intervals import normal_quantile
from benchmarking.reproducible import exp, log

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Curve:
    """The estimated share that has finished by each of `times`, with its pointwise interval.

    `followed_to` is the longest time about which the data say anything: the last time if someone was still
    being followed after it, infinity if everyone had ended.
    """

    times: Floats
    estimate: Floats
    lower: Floats
    upper: Floats
    at_risk: Floats
    followed_to: float

    def at(self, time: float) -> tuple[float, float, float]:
        """Estimate, lower and upper limit of the share finished by `time`; NaN where nobody was followed so
        long."""
        if self.times.size == 0 or time > self.followed_to:
            return (np.nan, np.nan, np.nan)
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        if place < 0:
            return (0.0, np.nan, np.nan)
        return (float(self.estimate[place]), float(self.lower[place]), float(self.upper[place]))

    def quantile(self, share: float) -> float:
        """The first time by which `share` has finished; NaN if that was never reached."""
        reached = np.flatnonzero(self.estimate >= share - 1e-12)
        return float(self.times[reached[0]]) if reached.size else np.nan


def counts_by_time(
    durations: ArrayLike, events: ArrayLike
) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Distinct times and, at each, how many were completed (event 1), competed (2) and were censored (0)."""
    elapsed, kind = np.asarray(durations, dtype=float), np.asarray(events)
    if not np.isin(kind, (0, 1, 2)).all():
        raise ValueError("an event is 0 (censored), 1 (completed) or 2 (competing)")
    times, place = np.unique(elapsed, return_inverse=True)
    completed, competing, censored = (
        np.bincount(place[kind == code], minlength=times.size).astype(np.int64) for code in (1, 2, 0)
    )
    return times, completed, competing, censored


def aalen_johansen(
    times: ArrayLike, completed: ArrayLike, competing: ArrayLike, censored: ArrayLike, *, level: float = 0.95
) -> Curve:
    """Cumulative incidence of completion by each time, with `competing` ends (a withdrawal) taken out, not
    censored.

    Parameters are counts at distinct, increasing `times`. The interval is the delta method on log(-log F)
    from the
    variance in Collett, Modelling Survival Data in Medical Research (3rd edition), page 411: NaN where F is
    0 or 1.
    Reference: Aalen & Johansen 1978. Raises ValueError on times that do not increase or counts below 0.
    """
    elapsed, done, other, open_ = _checked(times, completed, competing, censored)
    at_risk, incidence, variance = _incidence(done, other, open_)
    lower, upper = _log_log_interval(incidence, variance, level)
    return Curve(elapsed, incidence, lower, upper, at_risk, _followed_to(elapsed, open_))


@dataclass(frozen=True)
class Completed:
    """Of each curve: the estimated share that has finished by its own limit, with its interval, and the median time.

    NaN where `Curve.at` and `Curve.quantile` say NaN.
    """

    estimate: Floats
    lower: Floats
    upper: Floats
    median: Floats


CELLS_AT_ONCE = 500_000


def completed_by(
    limits: ArrayLike,
    begins: ArrayLike,
    times: ArrayLike,
    completed: ArrayLike,
    competing: ArrayLike,
    censored: ArrayLike,
    *,
    level: float = 0.95,
) -> Completed:
    """What `aalen_johansen` says at one limit, and of the median, of thousands of curves at once.

    The rows of all curves stand one below the other; a curve begins at each of `begins`. Its times increase, and at
    each of them somebody leaves.
    """
    starts, wanted = np.asarray(begins, dtype=np.int64), np.asarray(limits, dtype=float)
    columns = [np.asarray(values, dtype=float) for values in (times, completed, competing, censored)]
    lengths = np.diff(starts, append=len(columns[0]))
    answer = np.full((4, len(starts)), np.nan)
    # curves of about one length stand side by side in a rectangle, with nothing after their ends
    order = np.argsort(lengths, kind="stable")
    begin = 0
    while begin < len(order):
        end = begin + max(1, CELLS_AT_ONCE // max(1, int(lengths[order[begin]])))
        some = order[begin:end]
        some = some[lengths[some] <= 2 * lengths[some[0]]]
        answer[:, some] = _side_by_side(wanted[some], starts[some], lengths[some], columns, level)
        begin += len(some)
    return Completed(*answer)


def _side_by_side(
    limits: Floats, begins: NDArray[np.int64], lengths: NDArray[np.int64], columns: list[Floats], level: float
) -> Floats:
    places = np.arange(lengths.max())
    is_there = places < lengths[:, None]
    cells = np.where(is_there, begins[:, None] + places, 0)
    elapsed, done, other, open_ = (np.where(is_there, values[cells], 0.0) for values in columns)
    _, incidence, variance = _incidence(done, other, open_)
    lower, upper = _log_log_interval(incidence, variance, level)

    curves = np.arange(len(limits))
    followed_to = np.where(open_[curves, lengths - 1] > 0, elapsed[curves, lengths - 1], np.inf)
    last = (is_there & (elapsed <= limits[:, None])).sum(axis=1) - 1
    at = [values[curves, last] for values in (incidence, lower, upper)]
    at = [np.where(last < 0, before, value) for before, value in zip((0.0, np.nan, np.nan), at, strict=True)]
    at = [np.where(limits > followed_to, np.nan, value) for value in at]
    reached = is_there & (incidence >= 0.5 - 1e-12)
    median = np.where(reached.any(axis=1), elapsed[curves, reached.argmax(axis=1)], np.nan)
    return np.array([*at, median])


def _incidence(done: Floats, other: Floats, open_: Floats) -> tuple[Floats, Floats, Floats]:
    """Numbers at risk, cumulative incidence and its variance along the last axis; with nobody left, nothing happens."""
    ended = done + other
    at_risk = _at_risk(ended + open_)
    some = np.maximum(at_risk, 1)
    survival = np.cumprod(1 - ended / some, axis=-1)
    before = np.concatenate((np.ones_like(survival[..., :1]), survival), axis=-1)[..., :-1]
    # a sum of shares that may pass 1 by a hair in floating point
    incidence = np.minimum(np.cumsum(before * done / some, axis=-1), 1.0)

    # The three sums of the variance expand into running sums, so the whole curve costs one pass.
    left = at_risk - ended
    hazard_term = np.divide(ended, at_risk * left, out=np.zeros_like(before), where=left > 0)
    own_term = before**2 * done * (at_risk - done) / some**3
    cross_term = before * done / some**2
    variance = (
        incidence**2 * np.cumsum(hazard_term, axis=-1)
        - 2 * incidence * np.cumsum(hazard_term * incidence, axis=-1)
        + np.cumsum(hazard_term * incidence**2, axis=-1)
        + np.cumsum(own_term, axis=-1)
        - 2 * (incidence * np.cumsum(cross_term, axis=-1) - np.cumsum(cross_term * incidence, axis=-1))
    )
    return at_risk, incidence, variance


def kaplan_meier(
    times: ArrayLike, completed: ArrayLike, censored: ArrayLike, *, level: float = 0.95
) -> Curve:
    """One minus the Kaplan-Meier survival by each time: right only where nothing competes with completion.

    Interval: Greenwood's variance on the log(-log S) scale. Reference: Kaplan & Meier 1958.
    """
    elapsed, done, _, open_ = _checked(times, completed, np.zeros_like(np.asarray(completed)), censored)
    at_risk = _at_risk(done + open_)
    survival = np.cumprod(1 - done / at_risk)
    left = at_risk - done
    greenwood = np.cumsum(np.divide(done, at_risk * left, out=np.zeros_like(survival), where=left > 0))
    lower, upper = _log_log_interval(survival, survival**2 * greenwood, level)
    return Curve(elapsed, 1 - survival, 1 - upper, 1 - lower, at_risk, _followed_to(elapsed, open_))


def _checked(times: ArrayLike, *counts: ArrayLike) -> list[Floats]:
    elapsed, *numbers = (np.asarray(values, dtype=float) for values in (times, *counts))
    if (np.diff(elapsed) <= 0).any():
        raise ValueError("times must increase")
    if any(number.shape != elapsed.shape or (number < 0).any() for number in numbers):
        raise ValueError("counts must be 0 or more, one for each time")
    some = np.sum(numbers, axis=0) > 0
    return [elapsed[some], *(number[some] for number in numbers)]


def _at_risk(leaving: Floats) -> Floats:
    return np.cumsum(leaving[..., ::-1], axis=-1)[..., ::-1]


def _followed_to(times: Floats, censored: Floats) -> float:
    if times.size == 0:
        return -np.inf
    return float(times[-1]) if censored[-1] > 0 else np.inf


def _log_log_interval(share: Floats, variance: Floats, level: float) -> tuple[Floats, Floats]:
    inside = (share > 0) & (share < 1)
    lower, upper = np.full_like(share, np.nan), np.full_like(share, np.nan)
    middle = share[inside]
    width = normal_quantile(level) * np.sqrt(np.maximum(variance[inside], 0)) / (middle * np.abs(log(middle)))
    width = np.minimum(width, 100)  # beyond it the limits are 0 and 1 to the last digit
    lower[inside] = exp(exp(width) * log(middle))
    upper[inside] = exp(exp(-width) * log(middle))
    return lower, upper
