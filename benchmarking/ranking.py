"""Ranks of councils from draws of their true rates, with what can and cannot be said of them.

Better is lower here: callers turn the sign of indicators where high is good. Rank 1 is the best.

References: Goldstein & Spiegelhalter 1996; Marshall & Spiegelhalter 1998.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarking.arrays import Booleans, Draws, Floats, Integers
from benchmarking.groups import Groups
from benchmarking.settings import RankingSettings

Words = NDArray[np.uint64]

BLOCK = 256
"""Groups handled at once: bounds memory, changes nothing."""
FEW = 16
"""Pairs of councils compared at once: bounds memory, changes nothing."""


@dataclass(frozen=True)
class Ranks:
    """What the draws say of the subject's rank in each group, shape (groups,).

    lower, upper: rank interval (2.5% and 97.5% at level 0.95). best_places: floor(share x
    councils), 0 where none are named. probability_best: of being in one of them, NaN without any.
    """

    lower: Integers
    upper: Integers
    best_places: Integers
    probability_best: Floats


@dataclass(frozen=True)
class RankPosterior(Ranks):
    """The ranks, and that each peer's true rate is better: shape (pairs,), as `Groups.peer`."""

    probability_peer_better: Floats


def rank_posterior(groups: Groups, drawn: Draws, settings: RankingSettings) -> RankPosterior:
    """The rank of each group's subject among its peers.

    drawn: draws of the councils' true rates on any scale, better lower, shape (councils, draws). Of two equal
    draws, one in some millions, the later council's is the worse.
    """
    draws, size = drawn.shape[1], groups.size
    best_places = np.where(size + 1 >= settings.minimum_for_best, np.floor(settings.best_share * (size + 1)), 0).astype(
        np.int64
    )
    often, peer_better = _peers_ahead(groups, drawn)
    start = groups.start[:-1] + np.arange(len(groups))
    row = np.repeat(np.arange(len(groups)), size + 1)
    share = (np.cumsum(often) - draws * row) / draws
    tail = (1 - settings.level) / 2
    lower, upper = (1 + np.bincount(row, share < below, len(groups)).astype(np.int64) for below in (tail, 1 - tail))
    probability_best = np.full(len(groups), np.nan)
    has_best = np.flatnonzero(best_places)
    probability_best[has_best] = share[start[has_best] + best_places[has_best] - 1]
    return RankPosterior(lower, upper, best_places, probability_best, peer_better)


def _peers_ahead(groups: Groups, drawn: Draws) -> tuple[Integers, Floats]:
    """In how many draws no peer is ahead of each group's subject, one peer, two, ..., all of them, group after
    group, shape (pairs + groups,), and how often each peer is ahead, a share of the draws, shape (pairs,).

    Two councils are compared once, whichever is the subject and however many groups they share: one is ahead
    wherever the other is not. A draw is a bit, so that 64 are counted together.
    """
    councils, draws = drawn.shape
    subject = groups.subject[groups.row]
    is_later = groups.peer > subject
    pair = np.where(is_later, subject * councils + groups.peer, groups.peer * councils + subject)
    is_pair = np.zeros(councils**2, dtype=bool)
    is_pair[pair] = True
    which = (np.cumsum(is_pair) - 1)[pair]
    earlier, later = np.divmod(np.flatnonzero(is_pair), councils)
    later_is_lower = _lower(drawn, later, earlier)
    chance = np.bitwise_count(later_is_lower).sum(axis=1, dtype=np.int64)[which] / draws

    turned = np.where(is_later, 0, ~np.uint64(0)).astype(np.uint64)
    words = later_is_lower.shape[1]
    is_draw = np.packbits(np.arange(64 * words) < draws).view(np.uint64)
    often = np.empty(len(groups.peer) + len(groups), dtype=np.int64)
    for size in np.unique(groups.size):
        same = np.flatnonzero(groups.size == size)
        for rows in np.split(same, np.arange(BLOCK, len(same), BLOCK)):
            place = groups.start[rows]
            pairs = place + np.arange(size)[:, None]
            flags = [later_is_lower[which[one]] for one in pairs]
            for flag, one in zip(flags, pairs, strict=True):
                flag ^= turned[one, None]
            among = np.broadcast_to(is_draw, (len(rows), words))
            counted = _occurrences(among, _digits(flags), int(size))
            often[(place + rows)[:, None] + np.arange(size + 1)] = np.stack(counted, axis=1)
    return often, np.where(is_later, chance, 1 - chance)


def _lower(drawn: Draws, councils: Integers, others: Integers) -> Words:
    """In which draws each council's is below the other's, as bits, shape (pairs, words), the last filled up with 0."""
    draws = drawn.shape[1]
    packed = np.zeros((len(councils), 8 * -(-draws // 64)), dtype=np.uint8)
    for begin in range(0, len(councils), FEW):
        some = slice(begin, begin + FEW)
        packed[some, : -(-draws // 8)] = np.packbits(drawn[councils[some]] < drawn[others[some]], axis=1)
    return packed.view(np.uint64)


def _digits(flags: list[Words]) -> list[Words]:
    """Binary digits, the lowest first, of how many of the flags are set, bit by bit.

    Full adders: of three bits of a place, one stays and one is carried to the next.
    """
    digits = []
    while flags:
        carried = []
        while len(flags) > 2:
            one, two, three = flags.pop(), flags.pop(), flags.pop()
            either = one ^ two
            flags.append(either ^ three)
            either &= three
            either |= one & two
            carried.append(either)
        if len(flags) == 2:
            one, two = flags
            carried.append(one & two)
            flags = [one ^ two]
        digits += flags
        flags = carried
    return digits


def _occurrences(among: Words, digits: list[Words], most: int) -> list[Integers]:
    """How many bits of each row hold 0, 1, ..., `most`: as many arrays of shape (rows,).

    among: the bits asked about, shape (rows, words). digits: of what they hold, as `_digits` gives them.
    """
    if not digits:
        return [np.bitwise_count(among).sum(axis=-1, dtype=np.int64)]
    *lower, highest = digits
    half = 1 << len(lower)
    has_highest = among & highest
    found = _occurrences(among ^ has_highest, lower, min(most, half - 1))
    return found if most < half else found + _occurrences(has_highest, lower, most - half)


@dataclass(frozen=True)
class PossibleBest:
    """Which councils of a group could be its best, shape (groups,).

    probability: that the subject is the best. could_be: it is among the fewest councils, the likeliest first, that
    hold the best one with the settings' probability. many: how many councils of its table those are.
    """

    probability: Floats
    could_be: Booleans
    many: Integers


def possible_best(groups: Groups, drawn: Draws, settings: RankingSettings) -> PossibleBest:
    """Which subjects could be the best of their groups. drawn: as `rank_posterior`'s, better lower."""
    tables, which = groups.with_subject().distinct()
    councils, draws = drawn.shape
    order = np.argsort(drawn.T, axis=1, kind="stable").astype(np.uint16)
    place = np.empty(drawn.shape, dtype=np.uint16)
    np.put_along_axis(place, order.T, np.arange(councils, dtype=np.uint16)[:, None], axis=0)
    chance = np.zeros(len(tables.peer))
    could_be = np.zeros(len(tables.peer), dtype=bool)
    many = np.zeros(len(tables), dtype=np.int64)
    for table, (first, last) in enumerate(zip(tables.start[:-1], tables.start[1:], strict=True)):
        if first == last:
            continue
        members = tables.peer[first:last]
        best = order[np.arange(draws), place[members].min(axis=0)]
        share = np.bincount(best, minlength=councils)[members] / draws
        likeliest = np.sort(share)[::-1]
        before = np.concatenate([[0.0], np.cumsum(likeliest)[:-1]])
        inside = likeliest[before < settings.possible_best_level - 1e-12]
        # councils as likely as the last that is taken are taken with it
        could_be[first:last] = share >= inside[-1]
        chance[first:last], many[table] = share, could_be[first:last].sum()
    key = tables.row * councils + tables.peer
    found = np.searchsorted(key, which * councils + groups.subject)
    return PossibleBest(chance[found], could_be[found], many[which])


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
