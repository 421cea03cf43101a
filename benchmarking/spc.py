"""Statistical process control: is it changing, and will it meet the target? Two questions, two answers.

XmR charts for a series of measurements, p-charts where each point is a share of its own number of cases.
Rules as in
NHS England's Making Data Count. Under 12 points the limits are "trial limits".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Limits = Callable[[slice], tuple[Floats, Floats, Floats]]

POINTS_FOR_LIMITS = 12
RUN_LENGTH = 7


@dataclass(frozen=True)
class Chart:
    """One point each: its value, centre line and limits, and which of the four rules it belongs to.

    `is_trial` marks points whose limits rest on fewer than 12 points.
    """

    values: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    is_outside: Flags
    is_in_run: Flags
    is_in_trend: Flags
    is_near_limit: Flags
    is_trial: Flags

    @property
    def is_signal(self) -> Flags:
        """Whether any of the four rules marks the point as more than routine variation."""
        return self.is_outside | self.is_in_run | self.is_in_trend | self.is_near_limit

    def against(self, target: float, *, higher_is_better: bool = True) -> str:
        """What the last limits say of a target: `will meet`, `will miss` or `may or may not`."""
        low, high = float(self.lower[-1]), float(self.upper[-1])
        if not higher_is_better:
            low, high, target = -high, -low, -target
        if low >= target:
            return "will meet"
        return "will miss" if high < target else "may or may not"


def xmr(values: ArrayLike, *, rebase_at: Sequence[int] = ()) -> Chart:
    """An individuals chart: mean +/- 2.66 average moving ranges, from each index of `rebase_at` anew.

    Rebase only at registered events. Reference: Wheeler, Understanding Variation. Raises ValueError on a
    missing
    value or fewer than two points in a segment.
    """
    points = np.asarray(values, dtype=float)

    def limits(segment: slice) -> tuple[Floats, Floats, Floats]:
        part = points[segment]
        if part.size < 2:
            raise ValueError("limits need at least two points")
        centre = np.full(part.size, part.mean())
        reach = 2.66 * np.abs(np.diff(part)).mean()
        return centre, centre - reach, centre + reach

    return _chart(points, rebase_at, limits)


def p_chart(counts: ArrayLike, totals: ArrayLike, *, rebase_at: Sequence[int] = ()) -> Chart:
    """A chart of shares: pooled share +/- 3 binomial standard errors of each point's own total, kept within
    0 and 1.

    Raises ValueError on a total of 0 (leave such months out: they have no share) or a count above its total.
    """
    hits, bases = np.asarray(counts, dtype=float), np.asarray(totals, dtype=float)
    if (bases <= 0).any():
        raise ValueError("a point without cases has no share")
    if (hits > bases).any() or (hits < 0).any():
        raise ValueError("a count must lie between 0 and its total")

    def limits(segment: slice) -> tuple[Floats, Floats, Floats]:
        base = bases[segment]
        centre = np.full(base.size, hits[segment].sum() / base.sum())
        reach = 3 * np.sqrt(centre * (1 - centre) / base)
        return centre, np.maximum(centre - reach, 0), np.minimum(centre + reach, 1)

    return _chart(hits / bases, rebase_at, limits)


def _chart(points: Floats, rebase_at: Sequence[int], limits: Limits) -> Chart:
    if np.isnan(points).any():
        raise ValueError("a missing point has no place on the chart: leave it out")
    bounds = [0, *sorted(rebase_at), points.size]
    parts = []
    for begin, end in pairwise(bounds):
        segment = slice(begin, end)
        centre, lower, upper = limits(segment)
        part = points[segment]
        above, below = part > centre, part < centre
        rising, falling = np.diff(part) > 0, np.diff(part) < 0
        # A trend of seven points is six steps one way; a point belongs to it if it is at either end of such
        # a step.
        climbs, drops = (_in_streak(steps, RUN_LENGTH - 1) for steps in (rising, falling))
        trend = np.zeros(part.size, dtype=bool)
        for streak in (climbs, drops):
            trend[:-1] |= streak
            trend[1:] |= streak
        near_top = part > centre + 2 / 3 * (upper - centre)
        near_bottom = part < centre - 2 / 3 * (centre - lower)
        parts.append(
            (
                centre,
                lower,
                upper,
                (part > upper) | (part < lower),
                _in_streak(above, RUN_LENGTH) | _in_streak(below, RUN_LENGTH),
                trend,
                _two_of_three(near_top) | _two_of_three(near_bottom),
                np.full(part.size, part.size < POINTS_FOR_LIMITS),
            )
        )
    return Chart(points, *(np.concatenate(column) for column in zip(*parts, strict=True)))


def _in_streak(flags: Flags, length: int) -> Flags:
    """Which flags stand in an unbroken streak of at least `length`."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    streaks = np.zeros(flags.size, dtype=bool)
    for begin, end in edges.reshape(-1, 2):
        if end - begin >= length:
            streaks[begin:end] = True
    return streaks


def _two_of_three(near: Flags) -> Flags:
    """Which near points stand in three neighbours of which at least two are near, on the same side."""
    marked = np.zeros(near.size, dtype=bool)
    if near.size >= 3:
        is_enough = near[:-2].astype(int) + near[1:-1] + near[2:] >= 2
        for place in range(3):
            marked[place : near.size - 2 + place] |= is_enough
    return marked & near
