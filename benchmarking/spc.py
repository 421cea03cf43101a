"""Statistical process control: is it changing, and will it meet the target? Two questions, two answers.

XmR charts for a series of measurements or counts, p-charts where each point is a share of its own number of cases.
Rules as in NHS England's Making Data Count. Few cases make few values, so a p-chart's limits are exact binomial ones,
and a run counts only where it is as rare as seven tosses of a coin that fall alike. Under 12 points the limits are
"trial limits".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from benchmarking.arrays import Booleans, Floats, Words

POINTS_FOR_LIMITS = 12
RUN_LENGTH = 7
OUTER, INNER = special.ndtr(-3.0), special.ndtr(-2.0)
"""Chance beyond 3 standard errors on one side, at the limits, and beyond 2, where a point is near one."""


class Limits(NamedTuple):
    """Of one point each: centre line, limits, whether it lies near one, and the chance of a point on either side."""

    centre: Floats
    lower: Floats
    upper: Floats
    is_near_upper: Booleans
    is_near_lower: Booleans
    chance_above: Floats
    chance_below: Floats


@dataclass(frozen=True)
class Chart:
    """One point each: its value, centre line and limits, and which of the four rules it belongs to.

    is_high, is_low: whether a rule marks it towards the top or the bottom. is_trial: its limits rest on fewer than 12
    points.
    """

    values: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    is_outside: Booleans
    is_in_run: Booleans
    is_in_trend: Booleans
    is_near_limit: Booleans
    is_high: Booleans
    is_low: Booleans
    is_trial: Booleans

    @property
    def is_signal(self) -> Booleans:
        """Whether any of the four rules marks the point as more than routine variation."""
        return self.is_outside | self.is_in_run | self.is_in_trend | self.is_near_limit

    def words(self, *, higher_is_better: bool | None = None) -> Words:
        """What each point's signal says: better or worse, higher or lower where neither is good, both ways, nothing."""
        high, low = {None: ("higher", "lower"), True: ("better", "worse"), False: ("worse", "better")}[higher_is_better]
        return np.select([self.is_high & self.is_low, self.is_high, self.is_low], ["both ways", high, low], "").astype(
            object
        )


def xmr(values: ArrayLike, *, are_counts: bool = False, rebase_at: Sequence[int] = ()) -> Chart:
    """An individuals chart: mean +/- 2.66 average moving ranges, from each index of `rebase_at` anew.

    are_counts: of events, whose limits are at least as wide as chance makes them (Poisson). Rebase only at registered
    events. Reference: Wheeler, Understanding Variation. Raises ValueError on a missing value or fewer than two points
    in a segment.
    """
    points = np.asarray(values, dtype=float)

    def limits(segment: slice) -> Limits:
        part = points[segment]
        if part.size < 2:
            raise ValueError("limits need at least two points")
        centre = np.full(part.size, part.mean())
        reach = 2.66 * np.abs(np.diff(part)).mean()
        lower, upper = centre - reach, centre + reach
        near_upper, near_lower = part > centre + 2 / 3 * reach, part < centre - 2 / 3 * reach
        above, below = np.full(part.size, 0.5), np.full(part.size, 0.5)
        if are_counts and centre[0] > 0:
            chance = _chances(lambda count: special.pdtr(count, centre[0]), part, centre)
            lowest, highest = (_least(special.pdtrik(share, centre[0])) for share in (OUTER, 1 - OUTER))
            lower, upper = np.minimum(lower, lowest), np.maximum(upper, highest)
            near_upper, near_lower = near_upper & (chance.upper < INNER), near_lower & (chance.lower < INNER)
            above, below = chance.above, chance.below
        return Limits(centre, lower, upper, near_upper, near_lower, above, below)

    return _chart(points, rebase_at, limits)


def p_chart(counts: ArrayLike, totals: ArrayLike, *, rebase_at: Sequence[int] = ()) -> Chart:
    """A chart of shares: the pooled share, and the outermost shares of each point's own total that chance allows.

    Beyond a limit lies what has the chance of 3 standard errors of a normal on that side, by the binomial; so does a
    point near one, with 2. Raises ValueError on a total of 0 (leave such months out: they have no share) or a count
    above its total.
    """
    hits, bases = np.asarray(counts, dtype=float), np.asarray(totals, dtype=float)
    if (bases <= 0).any():
        raise ValueError("a point without cases has no share")
    if (hits > bases).any() or (hits < 0).any():
        raise ValueError("a count must lie between 0 and its total")

    def limits(segment: slice) -> Limits:
        case, base = hits[segment], bases[segment]
        share = case.sum() / base.sum()
        chance = _chances(lambda count: special.bdtr(count, base.astype(int), share), case, base * share)
        if 0 < share < 1:
            lowest, highest = (_least(special.bdtrik(tail, base, share)) for tail in (OUTER, 1 - OUTER))
        else:
            lowest = highest = base * share
        return Limits(
            np.full(base.size, share),
            lowest / base,
            np.minimum(highest / base, 1),
            chance.upper < INNER,
            chance.lower < INNER,
            chance.above,
            chance.below,
        )

    return _chart(hits / bases, rebase_at, limits)


class _Chances(NamedTuple):
    """The chance of a count as high and as low as each, and of one above and below what is expected."""

    upper: Floats
    lower: Floats
    above: Floats
    below: Floats


def _chances(up_to: Callable[[Floats], Floats], counts: Floats, expected: Floats) -> _Chances:
    """up_to: the chance of at most so many, each of its own distribution."""

    def at_most(limit: Floats) -> Floats:
        return np.where(limit < 0, 0.0, up_to(np.maximum(limit, 0)))

    # what is expected is a whole number where it is one but for rounding
    whole = np.where(np.abs(expected - np.rint(expected)) < 1e-9, np.rint(expected), expected)
    return _Chances(
        1 - at_most(np.ceil(counts) - 1),
        at_most(np.floor(counts)),
        1 - at_most(np.floor(whole)),
        at_most(np.ceil(whole) - 1),
    )


def _least(count: ArrayLike) -> Floats:
    """The smallest whole number that is not below a count found between whole numbers, 0 where none was."""
    return np.maximum(np.ceil(np.nan_to_num(np.asarray(count, dtype=float)) - 1e-9), 0)


def _chart(points: Floats, rebase_at: Sequence[int], limits: Callable[[slice], Limits]) -> Chart:
    if np.isnan(points).any():
        raise ValueError("a missing point has no place on the chart: leave it out")
    bounds = [0, *sorted(rebase_at), points.size]
    parts = [_marked(points[begin:end], limits(slice(begin, end))) for begin, end in pairwise(bounds)]
    return Chart(points, *(np.concatenate(column) for column in zip(*parts, strict=True)))


def _marked(part: Floats, limits: Limits) -> tuple[NDArray[np.generic], ...]:
    """The columns of a chart after its values, of the points of one stretch."""
    centre, lower, upper = limits[:3]
    # a limit that is a point's own share is that share, whatever the last digit says
    slack = 1e-9 * np.maximum(1, np.abs(part))
    above, below = part > centre + slack, part < centre - slack
    is_over, is_under = part > upper + slack, part < lower - slack
    runs_above = _in_run(above, limits.chance_above)
    runs_below = _in_run(below, limits.chance_below)
    rising, falling = _in_climb(np.diff(part) > 0), _in_climb(np.diff(part) < 0)
    near_top = _two_of_three(limits.is_near_upper & above, above)
    near_bottom = _two_of_three(limits.is_near_lower & below, below)
    return (
        centre,
        lower,
        upper,
        is_over | is_under,
        runs_above | runs_below,
        rising | falling,
        near_top | near_bottom,
        is_over | runs_above | rising | near_top,
        is_under | runs_below | falling | near_bottom,
        np.full(part.size, part.size < POINTS_FOR_LIMITS),
    )


def _streaks(flags: Booleans) -> list[tuple[int, int]]:
    """Where each unbroken streak of flags begins and ends."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def _in_run(side: Booleans, chance: Floats) -> Booleans:
    """Which points stand in a run on one side: seven at least, and as rare as seven tosses that fall alike."""
    found = np.zeros(side.size, dtype=bool)
    for begin, end in _streaks(side):
        # a point that is likelier on its side than a toss counts for less of one
        is_rare = np.sum(-np.log2(np.clip(chance[begin:end], 1e-300, 1))) >= RUN_LENGTH - 1e-9
        if end - begin >= RUN_LENGTH and is_rare:
            found[begin:end] = True
    return found


def _in_climb(steps: Booleans) -> Booleans:
    """Which points stand in a trend: seven points are six steps one way."""
    found = np.zeros(steps.size + 1, dtype=bool)
    for begin, end in _streaks(steps):
        if end - begin >= RUN_LENGTH - 1:
            found[begin : end + 1] = True
    return found


def _two_of_three(near: Booleans, side: Booleans) -> Booleans:
    """Which near points stand in three neighbours on one side of the centre, of which at least two are near."""
    marked = np.zeros(near.size, dtype=bool)
    if near.size >= 3:
        is_enough = near[:-2].astype(int) + near[1:-1] + near[2:] >= 2
        is_enough &= side[:-2] & side[1:-1] & side[2:]
        for place in range(3):
            marked[place : near.size - 2 + place] |= is_enough
    return marked & near
