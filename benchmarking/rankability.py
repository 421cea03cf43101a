"""How much of the differences between councils is real, and whether that is enough to rank them.

rho = tau2 / (tau2 + median sampling variance), on the log-odds or log-rate scale (Lingsma et al. 2009),
with tau2 by DerSimonian-Laird. Its interval inverts the generalised Q statistic (Viechtbauer 2007), which
unlike a bootstrap keeps its level with few councils. With many councils of few cases each the log-odds are biased
towards each other, so the upper end is the larger of two: that of the log-odds, and that of the shares themselves,
whose variances follow from the pooled share.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from benchmarking.arrays import Booleans, Floats, Integers, Words
from benchmarking.groups import Groups
from benchmarking.reproducible import steady
from benchmarking.settings import Family, Gate, RankingSettings


@dataclass(frozen=True)
class Rankability:
    """Rankability of each group, the subject included. Shape (groups,); NaN for groups of fewer than three councils.

    rho: 0 (all chance) to 1. lower, upper: its interval at the settings' level. without_one: the smallest rho
    that leaving out any one council gives. gate: what may be shown, in the words of `Gate`.
    """

    rho: Floats
    lower: Floats
    upper: Floats
    without_one: Floats
    gate: Words
    is_measured: Booleans


@dataclass(frozen=True)
class Counts:
    """The counts behind the log-odds or log rates, shape (councils,); a rate has no other outcome than its cases."""

    cases: Floats
    base: Floats
    family: Family


def tau2_at(y: Floats, variance: Floats, row: Integers, target: Floats) -> Floats:
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


def rankability(
    members: Groups, link: Floats, variance: Floats, settings: RankingSettings, counts: Counts | None = None
) -> Rankability:
    """The rankability of each group of `members` (`Groups.with_subject`).

    link, variance: log-odds or log rate of each council and its sampling variance, shape (councils,). counts: what
    they were made of; without them the interval is that of the log-odds alone and nothing is withheld.
    """
    tables, which = members.distinct()
    big = np.flatnonzero(tables.size >= 3)
    rho, lower, upper, without_one = (np.full(len(tables), np.nan) for _ in range(4))
    gate = np.full(len(tables), Gate.NOTHING.value, dtype=object)
    is_measured = np.ones(len(tables), dtype=bool)
    if counts is not None:
        is_measured[big] = _rarer(tables.take(big), counts) >= settings.minimum_outcomes
        big = big[is_measured[big]]
    if len(big):
        few = tables.take(big)
        measures = _measures(few, link, variance, settings.level, counts)
        for column, values in zip((rho, lower, upper, without_one), measures, strict=True):
            column[big] = values
        sure = np.fmin(rho, without_one)[big]
        gate[big[sure >= settings.bands_from]] = Gate.BANDS.value
        gate[big[sure >= settings.ranks_from]] = Gate.RANKS.value
    return Rankability(*(column[which] for column in (rho, lower, upper, without_one, gate, is_measured)))


def _rarer(members: Groups, counts: Counts) -> Floats:
    """Cases of the rarer outcome a council, on average, of each group, shape (groups,)."""
    cases, base = _totals(members, counts)
    rarer = np.minimum(cases, base - cases) if counts.family is Family.PROPORTION else cases
    return np.asarray(rarer / members.size)


def _totals(members: Groups, counts: Counts) -> tuple[Floats, Floats]:
    """Cases and bases of each group together, shape (groups,)."""
    cases, base = (
        np.bincount(members.row, column[members.peer], len(members)).astype(np.float64)
        for column in (counts.cases, counts.base)
    )
    return cases, base


def _measures(
    members: Groups, link: Floats, variance: Floats, level: float, counts: Counts | None
) -> tuple[Floats, ...]:
    """rho, its limits, and the smallest rho without one council; each shape (groups,)."""
    count, row, size = len(members), members.row, members.size.astype(np.float64)
    s2 = variance[members.peer]
    weight = 1 / s2
    # Centred first: Q is a difference of sums that would cancel otherwise.
    centre = np.bincount(row, weight * link[members.peer], count) / np.bincount(row, weight, count)
    y = link[members.peer] - centre[row]
    parts = (np.ones_like(weight), weight, weight**2, weight * y, weight * y**2)
    sums: list[Floats] = [np.bincount(row, part, count).astype(np.float64) for part in parts]
    tau2 = _tau2_from_sums(*sums)
    middle, middle_without = _medians(members, s2)
    tau2_without = _tau2_from_sums(*(total[row] - part for total, part in zip(sums, parts, strict=True)))
    without_one = np.minimum.reduceat(tau2_without / (tau2_without + middle_without), members.start[:-1])
    tail = (1 - level) / 2
    # a root is found for all groups at once, whose last digits depend on how many there are
    limits = [steady(tau2_at(y, s2, row, steady(special.chdtri(size - 1, share))), 12) for share in (tail, 1 - tail)]
    rho, lower, upper = (spread / (spread + middle) for spread in (tau2, *limits))
    if counts is not None:
        upper = np.maximum(upper, _upper_of_shares(members, counts, tail))
    return rho, lower, upper, without_one


def _upper_of_shares(members: Groups, counts: Counts, tail: float) -> Floats:
    """The upper end from the shares or rates themselves, their variances from the pooled one, shape (groups,)."""
    row = members.row
    cases, base = _totals(members, counts)
    if counts.family is Family.PROPORTION:
        pooled = (cases + 0.5) / (base + 1)
        slope = pooled * (1 - pooled)
    else:
        pooled = slope = (cases + 0.5) / base
    own = counts.base[members.peer]
    s2 = 1 / (own * slope[row])
    # how far each lies from the pooled one, turned into log-odds or a log rate by its slope there
    y = (counts.cases[members.peer] / own - pooled[row]) / slope[row]
    tau2 = steady(tau2_at(y, s2, row, steady(special.chdtri(members.size - 1.0, 1 - tail))), 12)
    return np.asarray(tau2 / (tau2 + _medians(members, s2)[0]))


def _tau2_from_sums(size: Floats, weight: Floats, squared: Floats, first: Floats, second: Floats) -> Floats:
    """DerSimonian-Laird's tau2 from the sums of 1, w, w^2, w y and w y^2."""
    excess = second - first**2 / weight - (size - 1)
    return np.asarray(np.maximum(0.0, excess / (weight - squared / weight)))


def _medians(members: Groups, values: Floats) -> tuple[Floats, Floats]:
    """Median of each row, shape (groups,), and of each row without each of its members, shape (pairs,)."""
    row, size, start = members.row, members.size, members.start[:-1]
    order = np.lexsort((values, row))
    ranked = values[order]
    place = np.empty_like(order)
    place[order] = np.arange(len(order)) - start[row]
    whole = (ranked[start + (size - 1) // 2] + ranked[start + size // 2]) / 2
    left = size[row] - 1

    def without(position: Integers) -> Floats:
        return np.asarray(ranked[start[row] + position + (position >= place)])

    return whole, (without((left - 1) // 2) + without(left // 2)) / 2
