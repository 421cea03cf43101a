"""How long cases take when some are still open and withdrawal competes with completion (Aalen & Johansen 1978).

Counts per elapsed time go in, so that a million cases cost no more than the days they took.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarking.arrays import Integers
from benchmarking.intervals import normal_quantile
from benchmarking.reproducible import exp, log

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Completed:
    """Of each curve: the estimated share that has finished by its own limit, with its interval, and the median time.

    estimate, lower, upper: NaN where nobody was followed as long as the limit; the interval also where the estimate is
    0 or 1. median: NaN where half were never completed.
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
    """The share of each curve completed by its limit, with a pointwise interval, and the median time.

    The rows of all curves stand one below the other; a curve begins at each of `begins`. Its times increase, and at
    each of them somebody leaves: by completion, by a competing end (a withdrawal) or censored. The interval is the
    delta method on log(-log F), its variance that of Collett, Modelling Survival Data in Medical Research (3rd
    edition), page 411.
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


def _side_by_side(limits: Floats, begins: Integers, lengths: Integers, columns: list[Floats], level: float) -> Floats:
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


def _at_risk(leaving: Floats) -> Floats:
    return np.cumsum(leaving[..., ::-1], axis=-1)[..., ::-1]


def _log_log_interval(share: Floats, variance: Floats, level: float) -> tuple[Floats, Floats]:
    inside = (share > 0) & (share < 1)
    lower, upper = np.full_like(share, np.nan), np.full_like(share, np.nan)
    middle = share[inside]
    width = normal_quantile(level) * np.sqrt(np.maximum(variance[inside], 0)) / (middle * np.abs(log(middle)))
    width = np.minimum(width, 100)  # beyond it the limits are 0 and 1 to the last digit
    lower[inside] = exp(exp(width) * log(middle))
    upper[inside] = exp(exp(-width) * log(middle))
    return lower, upper
