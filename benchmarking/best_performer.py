"""The best performers' true rate, and how many of our cases lie between us and it.

The benchmark is the posterior 10% quantile of the peers' true rates: in each draw the quantile of the peers'
rates (linear between councils), then the mean over draws. The raw best and the pared mean (ABC, Weissman et
al. 1999) are biased at these case numbers; an ensemble of draws is not (Lin et al. 2006).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarking.arrays import Booleans, Draws, Floats, Integers
from benchmarking.groups import Groups
from benchmarking.settings import RankingSettings
from benchmarking.shrinkage import quantiles_of_rows

BLOCK = 32
"""Tables handled at once: bounds memory, changes nothing."""
FEW = 8
"""Smallest rates above which, and tables below which, draws are sorted: changes nothing."""


@dataclass(frozen=True)
class BestPerformer:
    """The benchmark of each group. Shape (groups,); NaN for a group without peers.

    value, lower, upper: the benchmark with its interval, better lower, in the unit of the draws.
    """

    value: Floats
    lower: Floats
    upper: Floats


def best_performer(groups: Groups, rate: Draws, settings: RankingSettings) -> BestPerformer:
    """The benchmark of every group.

    rate: draws of the councils' true rates, better lower (the caller turns the sign where high is good),
    shape (councils, draws).
    """
    results = np.full((3, len(groups)), np.nan)
    tail = (1 - settings.level) / 2
    for rows, benchmark in _benchmark_draws(groups, rate, settings.benchmark_quantile):
        limits = quantiles_of_rows(benchmark, (tail, 1 - tail))
        results[:, rows] = [benchmark.mean(axis=1, dtype=np.float64), *limits]
    return BestPerformer(*results)


@dataclass(frozen=True)
class Gap:
    """Cases of the subject between its own value, as it was counted, and the benchmark: positive where it is behind.

    cases, lower, upper: shape (groups,). is_clear: the interval leaves out zero; where it does not, the subject is
    level with the best and no gap is shown.
    """

    cases: Floats
    lower: Floats
    upper: Floats
    is_clear: Booleans


def gap_in_cases(found: BestPerformer, value: Floats, lower: Floats, upper: Floats, denominator: Floats) -> Gap:
    """The gap of every group. value, lower, upper: the subject's own rate with its interval, better lower.

    The two intervals are joined in Newcombe's way (1998, method 10). All arrays: shape (groups,).
    """
    gap = value - found.value
    gap_lower = gap - np.sqrt((value - lower) ** 2 + (found.upper - found.value) ** 2)
    gap_upper = gap + np.sqrt((upper - value) ** 2 + (found.value - found.lower) ** 2)
    return Gap(denominator * gap, denominator * gap_lower, denominator * gap_upper, (gap_lower > 0) | (gap_upper < 0))


def _benchmark_draws(groups: Groups, rate: Draws, share: float) -> Iterator[tuple[Integers, Draws]]:
    """Rows of groups and the quantile of their peers' rates in each draw, shape (rows, draws).

    A table (a council with its peers) that several councils share is sorted once; the quantile of the peers
    is then read off with the council itself passed over.
    """
    tables, which = groups.with_subject().distinct()
    is_shared = np.bincount(which)[which] > 1
    for size in np.unique(groups.size[groups.size > 0]):
        place = share * (size - 1)
        low = int(np.floor(place))
        part = np.float32(place - low)
        alone = np.flatnonzero((groups.size == size) & ~is_shared)
        for begin in range(0, len(alone), BLOCK):
            rows = alone[begin : begin + BLOCK]
            peers = groups.take(rows).peer.reshape(len(rows), size)
            ranked = _smallest(rate, peers, min(low + 2, int(size)))
            yield rows, ranked[low] if place == low else ranked[low] + part * (ranked[low + 1] - ranked[low])
        shared = np.flatnonzero((groups.size == size) & is_shared)
        for table in np.unique(which[shared]):
            rows = shared[which[shared] == table]
            ranked = _smallest(rate, tables.take(np.asarray([table])).peer[None, :], min(low + 3, int(size) + 1))[:, 0]
            own = rate[groups.subject[rows]]
            below = np.where(own <= ranked[low], ranked[low + 1], ranked[low])
            if place == low:
                yield rows, below
                continue
            above = np.where(own <= ranked[low + 1], ranked[low + 2], ranked[low + 1])
            yield rows, below + part * (above - below)


def _smallest(rate: Draws, tables: Integers, count: int) -> Draws:
    """The `count` smallest rates of each table in each draw, ascending, shape (count, tables, draws).

    For the few smallest of a few in many tables an insertion network over whole arrays, which is faster than
    sorting every draw.
    """
    if count > FEW or len(tables) < FEW:
        return np.stack([np.sort(rate[table].T, axis=1)[:, :count].T for table in tables], axis=1)
    kept = np.full((count, len(tables), rate.shape[1]), np.inf, dtype=np.float32)
    spare = np.empty_like(kept[0])
    for place, member in enumerate(tables.T):
        coming = rate[member]
        for slot in kept[: min(place + 1, count - 1)]:
            np.maximum(slot, coming, out=spare)
            np.minimum(slot, coming, out=slot)
            coming, spare = spare, coming
        np.minimum(kept[-1], coming, out=kept[-1])
    return kept
