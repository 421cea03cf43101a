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

from benchmarking.settings import Reason

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

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
