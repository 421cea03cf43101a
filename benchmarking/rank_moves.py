"""Why a council's place moved between two years, in parts that add up exactly.

Four things can change: our value, the peers' values, who is in the group, and the earlier year's figures
themselves (restated since). The effect of each depends on which changed before it, so each part is its
average over all 24 orders: Shapley's (1953) value, which shares nothing out by the order of listing.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from benchmarking.groups import Groups
from benchmarking.settings import Reason

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Words = NDArray[np.object_]

PARTS = ("ours", "peers", "group", "restatement")


@dataclass(frozen=True)
class RankMove:
    """Places moved, positive towards the bottom; whole twelfths of a place, so kept as fractions.

    rank_before: as it was shown then. rank_after: now. ours + peers + group + restatement is exactly
    rank_after - rank_before. reason: a word of `Reason`; where it is not empty the ranks and parts are None.
    """

    reason: str
    rank_before: int | None = None
    rank_after: int | None = None
    ours: Fraction | None = None
    peers: Fraction | None = None
    group: Fraction | None = None
    restatement: Fraction | None = None


def rank_move(
    subject: int,
    before: Floats,
    restated: Floats,
    after: Floats,
    members_before: Booleans,
    members_after: Booleans,
) -> RankMove:
    """The decomposition for one council and comparator group.

    before: the earlier year's values as first published, restated: the same year as known now, after: the
    later year's; better lower, NaN where missing, shape (councils,). members_before, members_after: who was
    and is in the group, shape (councils,). A peer that gains or loses its figure counts under peers, one that
    joins or leaves under group. Ranks are competition ranks.
    """
    if np.isnan([before[subject], restated[subject], after[subject]]).any():
        return RankMove(Reason.MISSING)
    others = np.arange(len(before)) != subject
    sources = {False: {False: before, True: restated}, True: {False: after, True: after}}
    groups = {False: members_before & others, True: members_after & others}

    def rank(changed: frozenset[str]) -> int:
        is_restated = "restatement" in changed
        own = sources["ours" in changed][is_restated][subject]
        others_values = sources["peers" in changed][is_restated][groups["group" in changed]]
        return 1 + int(np.count_nonzero(others_values < own))

    if not any(
        np.isfinite(values[groups[is_new]]).any() for values, is_new in ((before, False), (after, True))
    ):
        return RankMove(Reason.ALONE_IN_GROUP)
    ranks = {
        frozenset(changed): rank(frozenset(changed))
        for count in range(len(PARTS) + 1)
        for changed in combinations(PARTS, count)
    }
    parts = {
        part: sum(
            (
                Fraction(
                    factorial(len(changed)) * factorial(len(PARTS) - 1 - len(changed)), factorial(len(PARTS))
                )
                * (ranks[changed | {part}] - ranks[changed])
                for changed in ranks
                if part not in changed
            ),
            Fraction(0),
        )
        for part in PARTS
    }
    return RankMove(Reason.OK, ranks[frozenset()], ranks[frozenset(PARTS)], **parts)


TWELFTHS = (3, 1, 1, 3)
"""Weight, in twelfths, of a part's effect when 0, 1, 2 or all 3 of the others have changed before it."""


@dataclass(frozen=True)
class RankMoves:
    """`RankMove` of every group at once, shape (groups,); ranks and parts 0 where there is a reason.

    parts: in twelfths of a place, so that they are exact, shape (4, groups) in the order of `PARTS`.
    """

    reason: Words
    rank_before: Integers
    rank_after: Integers
    parts: Integers


def rank_moves(
    groups: Groups,
    before: Floats,
    restated: Floats,
    after: Floats,
    lived_before: Booleans,
    lived_after: Booleans,
) -> RankMoves:
    """`rank_move` of every group's subject. Arrays as there, shape (councils,); a peer is a member while it lives."""
    values = {False: {False: before, True: restated}, True: {False: after, True: after}}
    lived = {False: lived_before[groups.peer], True: lived_after[groups.peer]}
    everything = (1 << len(PARTS)) - 1
    ranks = np.empty((everything + 1, len(groups)), dtype=np.int64)
    for changed in range(everything + 1):
        ours, peers, group, restatement = (bool(changed >> place & 1) for place in range(len(PARTS)))
        own = values[ours][restatement][groups.subject][groups.row]
        ahead = lived[group] & (values[peers][restatement][groups.peer] < own)
        ranks[changed] = 1 + np.bincount(groups.row, ahead, len(groups))
    parts = np.zeros((len(PARTS), len(groups)), dtype=np.int64)
    for place in range(len(PARTS)):
        for changed in range(everything + 1):
            if not changed >> place & 1:
                weight = TWELFTHS[changed.bit_count()]
                parts[place] += weight * (ranks[changed | 1 << place] - ranks[changed])
    has_peer = np.zeros(len(groups), dtype=bool)
    for is_new, figures in ((False, before), (True, after)):
        has_peer |= (
            np.bincount(groups.row, lived[is_new] & np.isfinite(figures[groups.peer]), len(groups)) > 0
        )
    reason = np.full(len(groups), Reason.OK.value, dtype=object)
    reason[~has_peer] = Reason.ALONE_IN_GROUP.value
    reason[np.isnan([column[groups.subject] for column in (before, restated, after)]).any(axis=0)] = (
        Reason.MISSING.value
    )
    is_fine = reason == Reason.OK
    return RankMoves(reason, ranks[0] * is_fine, ranks[everything] * is_fine, parts * is_fine)
