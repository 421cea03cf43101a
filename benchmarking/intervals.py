"""Confidence intervals of one count: of a proportion, of a rate, and of a difference of proportions.

Shapes broadcast. Where there is no rate (denominator zero, missing or negative; numerator above denominator)
both limits are NaN, which the callers turn into a null with its reason.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from benchmarking.arrays import Floats
from benchmarking.hierarchy import Lattice, crude_link
from benchmarking.reproducible import exp, steady
from benchmarking.settings import Family

WIDE_SPREAD = 1.0
"""Scale of the prior of how far councils' rates differ; wide, because few councils seldom show it."""


@lru_cache(maxsize=64)
def normal_quantile(level: float) -> float:
    """z of a two-sided interval: 1.96 at 0.95, 3.09 at 0.998."""
    if not 0 < level < 1:
        raise ValueError("a level lies strictly between 0 and 1")
    return float(steady(special.ndtri((1 + level) / 2), 12))


def wilson(numerator: ArrayLike, denominator: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Lower and upper limit of a proportion, 0 to 1 (Wilson 1927; Newcombe & Altman 2000).

    Works at 0% and 100%: 20 of 20 gives 0.839 to 1.
    """
    cases, base = _valid(numerator, denominator)
    z = normal_quantile(level)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = cases / base
        centre = share + z**2 / (2 * base)
        half = z * np.sqrt(share * (1 - share) / base + z**2 / (4 * base**2))
        lower, upper = ((centre + side * half) / (1 + z**2 / base) for side in (-1, 1))
    # Exactly 0 and 1 at the ends, where the arithmetic leaves a rounding error.
    return np.where(cases == 0, np.where(base > 0, 0.0, np.nan), lower), np.where(cases == base, 1.0, upper)


def poisson(events: ArrayLike, exposure: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Lower and upper limit of events per unit of exposure (Breslow & Day 1987).

    Byar's approximation from 10 events, exact (chi-squared) below; no events gives a lower limit of 0.
    """
    count, base = _valid(events, exposure, bounded=False)
    z = normal_quantile(level)
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        byar_lower = count * _cube(1 - 1 / (9 * count) - z / (3 * np.sqrt(count)))
        byar_upper = (count + 1) * _cube(1 - 1 / (9 * (count + 1)) + z / (3 * np.sqrt(count + 1)))
        exact_lower = np.where(count == 0, 0.0, steady(special.gammaincinv(np.maximum(count, 0.5), tail), 12))
        exact_upper = steady(special.gammainccinv(count + 1, tail), 12)
        lower = np.where(count >= 10, byar_lower, exact_lower) / base
        upper = np.where(count >= 10, byar_upper, exact_upper) / base
    return lower, upper


def average_rate(events: Floats, exposure: Floats, level: float = 0.95) -> tuple[float, float]:
    """Lower and upper limit of the average rate of councils like these, whose rates differ. Both: shape (councils,).

    The posterior of the mean in the gamma-Poisson model (`hierarchy`): the Poisson limits of the events together would
    treat the councils as one. A single council has its Poisson limits.
    """
    if len(events) == 1:
        lower, upper = poisson(events, exposure, level)
        return float(lower[0]), float(upper[0])
    _, variance = crude_link(events, exposure, Family.RATE)
    lattice = Lattice.around(events, exposure, Family.RATE, WIDE_SPREAD, float((1 / variance).sum() ** -0.5))
    weight = lattice.weights(lattice.log_likelihood(events, exposure).sum(axis=0))
    mass = weight.reshape(len(lattice.spread), -1).sum(axis=0)
    tail = (1 - level) / 2
    limits = exp(np.interp((tail, 1 - tail), np.cumsum(mass) - mass / 2, lattice.link))
    return float(limits[0]), float(limits[1])


def newcombe_difference(
    numerator: ArrayLike,
    denominator: ArrayLike,
    other_numerator: ArrayLike,
    other_denominator: ArrayLike,
    level: float = 0.95,
) -> tuple[Floats, Floats, Floats]:
    """Difference of two proportions (first minus second) with its limits, each -1 to 1.

    Newcombe's hybrid of two Wilson intervals (1998, method 10). Overlapping intervals are not a test; this
    is.
    """
    cases, base = _valid(numerator, denominator)
    other_cases, other_base = _valid(other_numerator, other_denominator)
    lower, upper = wilson(cases, base, level)
    other_lower, other_upper = wilson(other_cases, other_base, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        share, other = cases / base, other_cases / other_base
    difference = share - other
    return (
        difference,
        difference - _root_of_squares(share - lower, other_upper - other),
        difference + _root_of_squares(upper - share, other - other_lower),
    )


def median_interval(values: ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """The median and its limits, each a value of the sample (NaN where it has too few for this level).

    The limits are order statistics whose places a fair coin gives (Conover 1999), so that no shape is assumed.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    count = len(ordered)
    if not count:
        return float("nan"), float("nan"), float("nan")
    # the highest place from either end that the median lies outside of no more often than this
    tails = special.bdtr(np.arange(count // 2 + 1), count, 0.5)
    place = int(np.searchsorted(tails, (1 - level) / 2, side="right"))
    middle = float(np.median(ordered))
    if not place:
        return middle, float("nan"), float("nan")
    return middle, float(ordered[place - 1]), float(ordered[count - place])


def _root_of_squares(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.sqrt(one * one + other * other))


def _cube(x: Floats) -> Floats:
    return x * x * x


def _valid(numerator: ArrayLike, denominator: ArrayLike, bounded: bool = True) -> tuple[Floats, Floats]:
    """Both counts as floats, NaN in both where they make no rate."""
    cases, base = np.broadcast_arrays(
        np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    )
    with np.errstate(invalid="ignore"):
        good = (cases >= 0) & (base > 0) & np.isfinite(base) & np.isfinite(cases)
        if bounded:
            good &= cases <= base
    return np.where(good, cases, np.nan), np.where(good, base, np.nan)
