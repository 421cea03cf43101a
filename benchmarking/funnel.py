"""Funnel limits and overdispersion as published (Spiegelhalter 2005, Statistics in Medicine and QSHC; 2012).

These are the reference formulas: phi and tau2 are reported with a group, and the limits serve analysts who
want to compare with other tools. The verdict and the drawn funnel come from `predictive`, whose limits
include the uncertainty of the peers' mean and spread and hold for small numbers, where the angle scale does
not.

Angles: y = asin(sqrt(x / n)), s = 1 / (2 sqrt n). Rates twin: y = sqrt(x / e), s = 1 / (2 sqrt e).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def angle(numerator: ArrayLike, denominator: ArrayLike) -> tuple[Floats, Floats]:
    """Arcsine angle of a proportion (0 to pi/2) and its sampling standard deviation."""
    base = np.asarray(denominator, dtype=np.float64)
    return np.asarray(np.arcsin(np.sqrt(np.asarray(numerator) / base))), 0.5 / np.sqrt(base)


def root(events: ArrayLike, exposure: ArrayLike) -> tuple[Floats, Floats]:
    """Square root of a rate and its sampling standard deviation."""
    base = np.asarray(exposure, dtype=np.float64)
    return np.asarray(np.sqrt(np.asarray(events) / base)), 0.5 / np.sqrt(base)


def winsorised(values: ArrayLike, share: float = 0.1) -> Floats:
    """The values with the lowest and highest `share` pulled in to that quantile. Spiegelhalter 2005."""
    lower, upper = np.quantile(np.asarray(values, dtype=np.float64), [share, 1 - share])
    return np.clip(values, lower, upper)


def overdispersion(y: ArrayLike, s: ArrayLike, centre: float, share: float = 0.1) -> float:
    """phi: mean squared winsorised z-score about `centre`; 1 if councils differ by chance alone.

    Winsorising pulls its mean under chance down to about 0.7, so a chi-squared test of it hardly ever fires.
    """
    z = winsorised((np.asarray(y) - centre) / np.asarray(s), share)
    return float(np.mean(z**2))


def tau2_dersimonian_laird(y: ArrayLike, s: ArrayLike) -> float:
    """Between-council variance by the method of moments, 0 at least (DerSimonian & Laird 1986). Two values or more."""
    value, weight = np.asarray(y, dtype=np.float64), 1 / np.asarray(s, dtype=np.float64) ** 2
    total = weight.sum()
    spread = np.sum(weight * (value - np.sum(weight * value) / total) ** 2)
    return float(max(0.0, (spread - (len(value) - 1)) / (total - np.sum(weight**2) / total)))


def tau2_paule_mandel(y: ArrayLike, s: ArrayLike) -> float:
    """Between-council variance at which the generalised Q equals its expectation, 0 at least (Paule & Mandel 1982)."""
    value, variance = np.asarray(y, dtype=np.float64), np.asarray(s, dtype=np.float64) ** 2
    row = np.zeros(len(value), dtype=np.int64)
    return float(tau2_at(value, variance, row, np.asarray([len(value) - 1.0]))[0])


def tau2_at(y: Floats, variance: Floats, row: NDArray[np.int64], target: Floats) -> Floats:
    """Between-council variance at which each row's generalised Q equals its target, 0 where Q is below it already.

    y, variance, row: shape (pairs,); target: shape (rows,). Q falls and is convex in tau2, so Newton's steps
    from 0 never overshoot.
    """
    tau2 = np.zeros(len(target))
    count = len(target)
    for _ in range(100):
        weight = 1 / (variance + tau2[row])
        total = np.bincount(row, weight, count)
        mean = np.bincount(row, weight * y, count) / total
        scaled = weight * (y - mean[row]) ** 2
        excess = np.bincount(row, scaled, count) - target
        slope = np.bincount(row, weight * scaled, count)
        with np.errstate(invalid="ignore", divide="ignore"):
            step = np.where(excess > 0, excess / slope, 0.0)
        tau2 += step
        if np.all(step <= 1e-12 * (1 + tau2)):
            break
    return tau2


def proportion_limits(centre: float, s: ArrayLike, tau2: float, z: float) -> tuple[Floats, Floats]:
    """Limits sin^2(centre -/+ z sqrt(s^2 + tau2)) of a proportion. centre: an angle; z: 1.96 or 3.09.

    The angle is clipped to 0 to pi/2 first: sin^2 turns back beyond it.
    """
    half = z * np.sqrt(np.asarray(s, dtype=np.float64) ** 2 + tau2)
    lower, upper = (np.sin(np.clip(centre + side * half, 0, np.pi / 2)) ** 2 for side in (-1, 1))
    return lower, upper


def rate_limits(centre: float, s: ArrayLike, tau2: float, z: float) -> tuple[Floats, Floats]:
    """Limits (centre -/+ z sqrt(s^2 + tau2))^2 of a rate. centre: a square root; clipped at 0, where it turns back."""
    half = z * np.sqrt(np.asarray(s, dtype=np.float64) ** 2 + tau2)
    return np.maximum(centre - half, 0.0) ** 2, np.asarray((centre + half) ** 2)
