"""Ranks of councils from draws of their true rates, with what can and cannot be said of them.

Better is lower here: callers turn the sign of indicators where high is good. Rank 1 is the best.

References: Goldstein & Spiegelhalter 1996; Marshall & Spiegelhalter 1998; Mogstad, Romano, Shaikh & Wilhelm
2024 (could be best).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from benchmarking.groups import Groups
from benchmarking.settings import RankingSettings

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class RankPosterior:
    """What the draws say of the subject's rank in each group. Shape (groups,) unless said otherwise.

    mean: mean rank. lower, upper: rank interval (2.5% and 97.5% at level 0.95). best_places: floor(share x
    councils), 0 where none are named. probability_best: of being in one of them, NaN without any.
    probability_peer_better: that the peer's true rate is better, shape (pairs,), as `Groups.peer`.
    """

    mean: Floats
    lower: Integers
    upper: Integers
    best_places: Integers
    probability_best: Floats
    probability_peer_better: Floats


def rank_posterior(groups: Groups, drawn: NDArray[np.float32], settings: RankingSettings) -> RankPosterior:
    """The rank of each group's subject among its peers.

    drawn: draws of the councils' true rates on any scale, better lower, shape (councils, draws); draws a multiple
    of 8.
    """
    draws = drawn.shape[1]
    is_peer = np.zeros(len(drawn), dtype=bool)
    best_places = np.where(
        groups.size + 1 >= settings.minimum_for_best, np.floor(settings.best_share * (groups.size + 1)), 0
    ).astype(np.int64)
    mean, probability_best = np.full(len(groups), np.nan), np.full(len(groups), np.nan)
    lower, upper = np.zeros(len(groups), dtype=np.int64), np.zeros(len(groups), dtype=np.int64)
    peer_better = np.empty(len(groups.peer))
    tail = (1 - settings.level) / 2
    for council in np.unique(groups.subject):
        rows = np.flatnonzero(groups.subject == council)
        own = groups.take(rows)
        # A peer that is in several of the council's groups is compared once.
        is_peer[:] = False
        is_peer[own.peer] = True
        peers = np.flatnonzero(is_peer)
        which = (np.cumsum(is_peer) - 1)[own.peer]
        is_better = drawn[peers] < drawn[council]
        # Eight draws at a time: the flags of a word of eight bytes are its set bits.
        chance = np.bitwise_count(is_better.view(np.uint64)).sum(axis=1, dtype=np.uint32) / draws
        peer_better[np.concatenate([np.arange(groups.start[row], groups.start[row + 1]) for row in rows])] = (
            chance[which]
        )
        for part, row in enumerate(rows):
            inside = which[own.start[part] : own.start[part + 1]]
            wide_enough = np.uint8 if len(inside) < 256 else np.uint16
            ahead = np.add.reduce(is_better[inside].view(np.uint8), axis=0, dtype=wide_enough)
            share = np.cumsum(np.bincount(ahead, minlength=len(inside) + 1)) / draws
            mean[row] = 1 + len(inside) - share[:-1].sum()
            lower[row], upper[row] = 1 + np.searchsorted(share, [tail, 1 - tail])
            if best_places[row]:
                probability_best[row] = share[best_places[row] - 1]
    return RankPosterior(mean, lower, upper, best_places, probability_best, peer_better)


@dataclass(frozen=True)
class RankLimits:
    """Simultaneous limits of the subject's rank in each group, shape (groups,).

    lowest: 1 + the peers that are clearly better; highest: councils - the peers that are clearly worse.
    could_be_best: lowest is 1. All limits of a group hold together at the settings' level.
    """

    lowest: Integers
    highest: Integers
    could_be_best: NDArray[np.bool_]


def simultaneous_rank_limits(
    groups: Groups, score: Floats, variance: Floats, settings: RankingSettings
) -> RankLimits:
    """Rank limits from all pairwise differences of a group (Mogstad et al. 2024).

    score, variance: log-odds with half a case added, better lower, and its sampling variance, shape
    (councils,). The critical value is that of the studentised range, which holds for unequal variances too
    (Tukey-Kramer; Hayter 1984), in place of their bootstrap: no draws, and never too narrow.
    """
    difference = score[groups.subject][groups.row] - score[groups.peer]
    error = np.sqrt(variance[groups.subject][groups.row] + variance[groups.peer])
    critical = np.asarray([_studentised_range(int(size) + 1, settings.level) for size in groups.size])
    clearly = np.abs(difference) > critical[groups.row] * error
    better = np.bincount(groups.row, clearly & (difference > 0), len(groups)).astype(np.int64)
    worse = np.bincount(groups.row, clearly & (difference < 0), len(groups)).astype(np.int64)
    return RankLimits(1 + better, groups.size + 1 - worse, better == 0)


@lru_cache(maxsize=1_024)
def _studentised_range(councils: int, level: float) -> float:
    """Critical value of the largest of all pairwise differences, in standard errors of a difference.

    The quantile of the range of as many standard normals, over the square root of 2; SciPy's own takes a
    second.
    """
    if councils < 2:
        return float("inf")
    node = np.linspace(-9, 9, 721)
    density = np.exp(-(node**2) / 2) / np.sqrt(2 * np.pi) * (node[1] - node[0])
    below = special.ndtr(node)

    def shortfall(width: float) -> float:
        inside = below - special.ndtr(node - width)
        return float(councils * np.sum(density * inside ** (councils - 1))) - level

    return float(optimize.brentq(shortfall, 0.0, 20.0, xtol=1e-12) / np.sqrt(2))


def competition_ranks(
    groups: Groups, score: Floats, subject_score: Floats | None = None
) -> tuple[Integers, Integers]:
    """Rank of each group's subject by a plain value, ties sharing the best of their places, and how many tie.

    score: better is lower, shape (councils,). subject_score: in place of the subject's own, shape (groups,),
    for "what if". Tied counts include the subject: 1 means no tie. For inspection: a raw rank is no verdict.
    Equal fractions give equal floats, so 1 of 2 ties with 2 of 4.
    """
    own = (score[groups.subject] if subject_score is None else subject_score)[groups.row]
    other = score[groups.peer]
    ahead = np.bincount(groups.row, other < own, len(groups)).astype(np.int64)
    level = np.bincount(groups.row, other == own, len(groups)).astype(np.int64)
    return 1 + ahead, 1 + level


def value_bands(groups: Groups, score: Floats, bands: int = 4) -> Integers:
    """Band of each group's subject, 1 the best; 0 in groups with fewer councils than bands. Shape (groups,).

    Bands are cut at the group's own quantiles of the value: a value on a cut is in the better band, so
    councils that tie share a band, which may leave others empty.
    """
    members = groups.with_subject()
    order = np.lexsort((score[members.peer], members.row))
    ranked = score[members.peer][order]
    band = np.ones(len(groups), dtype=np.int64)
    for cut in range(1, bands):
        # The cut is the value at the last place of the band: NumPy's "inverted_cdf" quantile, exact for any size.
        place = (cut * members.size + bands - 1) // bands - 1
        band += score[groups.subject] > ranked[members.start[:-1] + place]
    band[members.size < bands] = 0
    return band


def ties_as_printed(rank: ArrayLike, tied: ArrayLike) -> list[str]:
    """Ranks as readers know them: "3", or "1=" where the place is shared."""
    return [
        f"{place}=" if level > 1 else f"{place}"
        for place, level in zip(np.asarray(rank), np.asarray(tied), strict=True)
    ]
