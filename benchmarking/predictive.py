"""How surprising is one council's count, given its peers without it: the one p-value behind verdict, funnel and tests.

The peers' mean and spread are integrated over their posterior (`hierarchy`), so their uncertainty and the
real differences between councils are in the prediction. The p-value is two-sided: twice the smaller mid-p
tail (mid-p: Lancaster 1961; predictive checking of one unit without itself: Marshall & Spiegelhalter 2003,
Jones & Spiegelhalter 2011). The funnel limits are the counts at which that same p-value crosses the level.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarking.arrays import Booleans, Floats, Integers, Words
from benchmarking.groups import Groups
from benchmarking.hierarchy import Lattice
from benchmarking.reproducible import exp, product
from benchmarking.settings import Family, Polarity, RankingSettings, Verdict

BLOCK = 256
"""Groups handled at once: bounds memory, changes nothing."""
NEGLIGIBLE, LOG_NEGLIGIBLE = 1e-12, -27.6
TABLE, TOGETHER = 1_024, 100_000
"""Counts and numbers that are tabulated at once: bound memory, change nothing."""


@dataclass(frozen=True)
class Prediction:
    """What the peers of each group lead one to expect of a further council like them.

    theta: distribution of its true rate over the lattice's locations, shape (groups, locations).
    expected: its mean, in the unit of the rate; spread: posterior mean of tau. Shape (groups,).
    """

    lattice: Lattice
    theta: Floats
    expected: Floats
    spread: Floats


def predict(lattice: Lattice, log_likelihood: Floats, groups: Groups) -> Prediction:
    """The prediction for each group from its peers. log_likelihood: of all councils, shape (councils, nodes).

    A group without peers gets the prior, which the caller must not show.
    """
    prior = lattice.log_prior - lattice.log_prior.max()
    theta = np.empty((len(groups), len(lattice.link)))
    expected, spread = np.empty(len(groups)), np.empty(len(groups))
    of_spread = np.repeat(lattice.spread, len(lattice.link))
    for rows, log_weight in _peer_sums(groups, log_likelihood - log_likelihood.max(axis=1, keepdims=True)):
        log_weight += prior
        log_weight -= log_weight.max(axis=1, keepdims=True)
        matters = np.flatnonzero(log_weight.max(axis=0) > LOG_NEGLIGIBLE)
        weight = exp(log_weight[:, matters])
        weight /= weight.sum(axis=1, keepdims=True)
        # sums and products that no library may order as it likes: the result depends on what it is made of alone
        mixed = product(weight, lattice.theta_given(matters))
        mixed /= mixed.sum(axis=1, keepdims=True)
        theta[rows] = mixed
        expected[rows] = (mixed * lattice.value).sum(axis=1)
        spread[rows] = (weight * of_spread[matters]).sum(axis=1)
    return Prediction(lattice, theta, expected, spread)


def _peer_sums(groups: Groups, values: Floats) -> Iterator[tuple[Integers, Floats]]:
    """Rows of groups and the sums of their peers' values, shape (rows, columns). values: shape (councils, columns).

    A table that several councils see is added up once, and each takes itself away.
    """
    tables, which = groups.with_subject().distinct()
    seen = np.bincount(which)
    several = np.flatnonzero(seen > 1)
    whole = tables.take(several).sums(values)
    for rows in _blocks(np.flatnonzero(seen[which] == 1)):
        yield rows, groups.take(rows).sums(values)
    for rows in _blocks(np.flatnonzero(seen[which] > 1)):
        yield rows, whole[np.searchsorted(several, which[rows])] - values[groups.subject[rows]]


def _blocks(rows: Integers) -> list[Integers]:
    return np.split(rows, np.arange(BLOCK, len(rows), BLOCK)) if len(rows) else []


@dataclass(frozen=True)
class Surprise:
    """The predictive p-value of each count and the limits that it implies, shape (groups,).

    p_value: two-sided. above: the count lies in the upper tail. p_one_fewer, p_one_more, above_one_fewer,
    above_one_more: the same with one case less or more; NaN where there is none to move. lower, upper:
    smallest and largest count that is not called different at `level`; lower_strong, upper_strong: at
    `strong_level`.
    """

    p_value: Floats
    above: Booleans
    p_one_fewer: Floats
    p_one_more: Floats
    above_one_fewer: Booleans
    above_one_more: Booleans
    lower: Integers
    upper: Integers
    lower_strong: Integers
    upper_strong: Integers


def surprise(
    prediction: Prediction, groups: Groups, numerator: Floats, denominator: Floats, settings: RankingSettings
) -> Surprise:
    """The p-value of each group's subject. numerator, denominator: shape (councils,), valid for the subjects."""
    count = len(groups)
    p_value = np.full((3, count), np.nan)
    above = np.zeros((3, count), dtype=bool)
    limits = np.zeros((4, count), dtype=np.int64)
    cases, base = numerator[groups.subject].astype(np.int64), denominator[groups.subject]
    most = base if prediction.lattice.family is Family.PROPORTION else np.full(count, np.inf)
    for rows, middle in _mid_probabilities(prediction.lattice, prediction.theta, base, cases, settings.strong_level):
        for place, moved in enumerate((cases[rows] - 1, cases[rows], cases[rows] + 1)):
            is_there = (moved >= 0) & (moved <= most[rows])
            tail = middle[is_there, moved[is_there]]
            p_value[place, rows[is_there]] = two_sided(tail)
            above[place, rows[is_there]] = tail > 0.5
        limits[:, rows] = _limits(middle, settings)
    return Surprise(
        p_value[1],
        above[1],
        p_value[0],
        p_value[2],
        above[0],
        above[2],
        limits[0],
        limits[1],
        limits[2],
        limits[3],
    )


def two_sided(lower_tail: Floats) -> Floats:
    """Two-sided p-value of a mid-p lower tail P(X < x) + P(X = x) / 2."""
    return np.asarray(np.minimum(1.0, 2 * np.minimum(lower_tail, 1 - lower_tail)))


def funnel_curves(prediction: Prediction, denominators: Floats, settings: RankingSettings) -> Floats:
    """Funnel limits of each group for councils of other sizes, as rates, shape (groups, denominators, 4).

    Columns: lower_strong, lower, upper, upper_strong, the outermost rates not called different. A point lies
    outside exactly where its verdict says so; between whole counts there is nothing to draw, hence the steps.
    """
    groups, sizes = len(prediction.theta), len(denominators)
    base = np.tile(denominators, groups)
    limits = np.empty((4, len(base)))
    theta, no_cases = np.repeat(prediction.theta, sizes, axis=0), np.zeros(len(base), dtype=np.int64)
    for rows, middle in _mid_probabilities(prediction.lattice, theta, base, no_cases, settings.strong_level):
        lower, upper, lower_strong, upper_strong = _limits(middle, settings)
        limits[:, rows] = [lower_strong, lower, upper, upper_strong]
    return np.asarray((limits / base).T).reshape(groups, sizes, 4)


def verdicts(p_value: Floats, above: Booleans, polarity: Polarity, settings: RankingSettings) -> Words:
    """The verdict of each p-value in the words of `Verdict`, NONE where it is NaN, shape as p_value.

    `above` is whether the count is higher than expected; polarity decides whether that is better.
    """
    high, low = {
        Polarity.LOWER: ((Verdict.MUCH_WORSE, Verdict.WORSE), (Verdict.MUCH_BETTER, Verdict.BETTER)),
        Polarity.HIGHER: ((Verdict.MUCH_BETTER, Verdict.BETTER), (Verdict.MUCH_WORSE, Verdict.WORSE)),
        Polarity.NONE: ((Verdict.MUCH_HIGHER, Verdict.HIGHER), (Verdict.MUCH_LOWER, Verdict.LOWER)),
    }[polarity]
    strong, clear = _is_called(p_value, settings.strong_level), _is_called(p_value, settings.level)
    words = np.full(np.shape(p_value), Verdict.NOT_UNUSUAL.value, dtype=object)
    for (much, some), side in ((high, above), (low, ~above)):
        words[clear & side] = some.value
        words[strong & side] = much.value
    words[np.isnan(p_value)] = Verdict.NONE.value
    return words


def _is_called(p_value: Floats, level: float) -> Booleans:
    with np.errstate(invalid="ignore"):
        return np.asarray(p_value + level < 1)


def _mid_probabilities(
    lattice: Lattice, theta: Floats, base: Floats, cases: Integers, strong_level: float
) -> Iterator[tuple[Integers, Floats]]:
    """Some rows of theta at a time, with their P(X < x) + P(X = x) / 2 for x = 0, 1, ..., shape (rows, counts).

    base, cases: of each row. The counts are all of a proportion, which is 1 beyond its last; of a rate, at least those
    up to `cases` + 1 and beyond the strong limits. Rows of one base share a table of probabilities.
    """
    if not len(base):
        return
    order = np.argsort(base, kind="stable")
    bases, start = np.unique(base[order], return_index=True)
    last = np.maximum.reduceat(_last_counts(lattice, theta, base, cases, strong_level)[order], start)
    # Locations that hold next to nothing of any prediction cost as much as the others and change no digit shown.
    matters = np.logical_or.reduceat(theta[order] > NEGLIGIBLE, start)
    start = np.append(start, len(order))
    for tables in _tables_together(last, len(lattice.link)):
        rows = order[start[tables.start] : start[tables.stop]]
        begins = start[tables.start : tables.stop + 1] - start[tables.start]
        is_read = np.repeat(matters[tables], np.diff(begins), axis=0)
        where = np.logical_or.reduce(matters[tables])
        weight = np.where(is_read, theta[rows], 0.0)[:, where]
        parts, below = [], np.zeros((len(rows), 1))
        for first in range(0, last[tables].max() + 1, TABLE):
            counts = np.arange(first, min(first + TABLE, last[tables].max() + 1), dtype=np.float64)
            chance = lattice.pmf(counts, bases[tables], where)
            mass = np.empty((len(rows), len(counts)))
            # one row of one table at a time: a product of matrices would differ with the processor
            for row, table in enumerate(np.repeat(np.arange(len(chance)), np.diff(begins))):
                mass[row] = (chance[table] * weight[row]).sum(axis=1)
            reached = below + np.cumsum(mass, axis=1)
            parts.append(reached - mass / 2)
            below = reached[:, -1:]
        yield rows, np.clip(np.concatenate(parts, axis=1), 0.0, 1.0)


def _last_counts(lattice: Lattice, theta: Floats, base: Floats, cases: Integers, strong_level: float) -> Integers:
    """The last count of each row that is worth a probability, shape (rows,)."""
    if lattice.family is Family.PROPORTION:
        return base.astype(np.int64)
    beyond = np.cumsum(theta[:, ::-1], axis=1)[:, ::-1] > (1 - strong_level) / 8
    largest = base * lattice.value[beyond.sum(axis=1) - 1]
    return np.maximum(cases + 1, np.ceil(largest + 4 * np.sqrt(largest) + 8)).astype(np.int64)


def _tables_together(last: Integers, locations: int) -> Iterator[slice]:
    """Neighbouring tables that are made at once: as many as hold `TOGETHER` numbers, all as long as the longest."""
    begin, longest = 0, 0
    for place, counts in enumerate(last.tolist()):
        longest = max(longest, counts + 1)
        if place > begin and (place + 1 - begin) * min(longest, TABLE) * locations > TOGETHER:
            yield slice(begin, place)
            begin, longest = place, counts + 1
    yield slice(begin, len(last))


def _limits(middle: Floats, settings: RankingSettings) -> list[Integers]:
    """Smallest and largest count not called different, of each row: at the level, and at the strong one."""
    p_value, found = two_sided(middle), []
    for level in (settings.level, settings.strong_level):
        inside = ~_is_called(p_value, level)
        found += [inside.argmax(axis=1), p_value.shape[1] - 1 - inside[:, ::-1].argmax(axis=1)]
    return found
