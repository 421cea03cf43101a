"""Ranks of councils from draws of their true rates, with what can and cannot be said of them.

Better is lower here: callers turn the sign of indicators where high is good. Rank 1 is the best.

References: Goldstein & Spiegelhalter 1996; Marshall & Spiegelhalter 1998; Mogstad, Romano, Shaikh & Wilhelm
2024 (could be best).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, sparse, special

from benchmarking.groups import Groups
from benchmarking.settings import RankingSettings

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BLOCK = 800
"""Draws handled at once, a multiple of 8: bounds memory, changes nothing."""


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
    of 8. Of two equal draws, one in some millions, the later council's is the worse.
    """
    draws, size = drawn.shape[1], groups.size
    best_places = np.where(
        size + 1 >= settings.minimum_for_best, np.floor(settings.best_share * (size + 1)), 0
    ).astype(np.int64)
    ahead, peer_better = _peers_ahead(groups, drawn)
    # Group after group, how often no peer was ahead, one peer, two, ..., all of them.
    start = groups.start[:-1] + np.arange(len(groups))
    often = np.empty(len(groups.peer) + len(groups), dtype=np.int64)
    for group, first in enumerate(start):
        often[first : first + size[group] + 1] = np.bincount(ahead[group], minlength=size[group] + 1)
    row = np.repeat(np.arange(len(groups)), size + 1)
    share = (np.cumsum(often) - draws * row) / draws
    tail = (1 - settings.level) / 2
    lower, upper = (
        1 + np.bincount(row, share < below, len(groups)).astype(np.int64) for below in (tail, 1 - tail)
    )
    mean = 1 + np.bincount(row, often * (np.arange(len(row)) - start[row]), len(groups)) / draws
    probability_best = np.full(len(groups), np.nan)
    has_best = np.flatnonzero(best_places)
    probability_best[has_best] = share[start[has_best] + best_places[has_best] - 1]
    return RankPosterior(mean, lower, upper, best_places, probability_best, peer_better)


def _peers_ahead(groups: Groups, drawn: NDArray[np.float32]) -> tuple[NDArray[np.unsignedinteger], Floats]:
    """How many peers are ahead of each group's subject in each draw, shape (groups, draws), and how often each
    peer is, a share of the draws, shape (pairs,).

    Two councils are compared once, whichever is the subject and however many groups they share: one is ahead
    wherever the other is not. Whole numbers wrap round, so that taking away from them is adding.
    """
    councils, draws = drawn.shape
    subject = groups.subject[groups.row]
    is_later = groups.peer > subject
    pair = np.where(is_later, subject * councils + groups.peer, groups.peer * councils + subject)
    is_pair = np.zeros(councils**2, dtype=bool)
    is_pair[pair] = True
    which = (np.cumsum(is_pair) - 1)[pair]
    earlier, later = np.divmod(np.flatnonzero(is_pair), councils)
    bounds = np.searchsorted(earlier, np.arange(councils + 1))

    number = np.uint8 if groups.size.max(initial=0) < 256 else np.uint16
    signs = sparse.csr_array(
        (np.where(is_later, 1, -1).astype(number), which, groups.start), shape=(len(groups), len(later))
    )
    at_least = np.bincount(groups.row, ~is_later, len(groups)).astype(number)[:, None]
    ahead = np.empty((len(groups), draws), dtype=number)
    often = np.zeros(len(later), dtype=np.int64)
    for begin in range(0, draws, BLOCK):
        part = np.ascontiguousarray(drawn[:, begin : begin + BLOCK])
        is_lower = np.empty((len(later), part.shape[1]), dtype=bool)
        for council in range(councils):
            pairs = slice(bounds[council], bounds[council + 1])
            np.less(part[later[pairs]], part[council], out=is_lower[pairs])
        # Eight draws at a time: the flags of a word of eight bytes are its set bits.
        often += np.bitwise_count(is_lower.view(np.uint64)).sum(axis=1, dtype=np.uint16)
        np.add(signs @ is_lower.view(np.uint8), at_least, out=ahead[:, begin : begin + BLOCK])
    chance = often[which] / draws
    return ahead, np.where(is_later, chance, 1 - chance)


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
    ranked = members.ascending(score)
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
