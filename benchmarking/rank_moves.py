"""Why a council's place moved between two years, in parts that add up exactly.

Three things can change: our value, the peers' values, and the earlier year's figures themselves (restated since). The
effect of each depends on which changed before it, so each part is its average over all 6 orders: Shapley's (1953)
value, which shares nothing out by the order of listing. Only councils with a figure in both years are placed, so that
a page that is newly in hand moves nobody.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarking.groups import Groups
from benchmarking.settings import Reason

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Words = NDArray[np.object_]

PARTS = ("ours", "peers", "restatement")
SIXTHS = (2, 1, 2)
"""Weight, in sixths, of a part's effect when 0, 1 or both of the others have changed before it."""


@dataclass(frozen=True)
class RankMoves:
    """Places moved, positive towards the bottom, shape (groups,); 0 where there is a reason, a word of `Reason`.

    councils: how many are placed, the subject included. rank_before: by the earlier year as it was first published;
    rank_after: now. parts: in sixths of a place, so that they are exact, shape (3, groups) in the order of `PARTS`;
    they sum to six times rank_after - rank_before.
    """

    reason: Words
    councils: Integers
    rank_before: Integers
    rank_after: Integers
    parts: Integers


def rank_moves(groups: Groups, before: Floats, restated: Floats, after: Floats) -> RankMoves:
    """The move of every group's subject among the peers with a figure in both years.

    before: the earlier year's values as first published, restated: the same year as known now, after: the later
    year's; better lower, NaN where missing, shape (councils,). Ranks are competition ranks.
    """
    values = {False: {False: before, True: restated}, True: {False: after, True: after}}
    has_all = ~(np.isnan(before) | np.isnan(restated) | np.isnan(after))
    groups = groups.keep(has_all)
    everything = (1 << len(PARTS)) - 1
    ranks = np.empty((everything + 1, len(groups)), dtype=np.int64)
    for changed in range(everything + 1):
        ours, peers, restatement = (bool(changed >> place & 1) for place in range(len(PARTS)))
        own = values[ours][restatement][groups.subject][groups.row]
        ahead = values[peers][restatement][groups.peer] < own
        ranks[changed] = 1 + np.bincount(groups.row, ahead, len(groups))
    parts = np.zeros((len(PARTS), len(groups)), dtype=np.int64)
    for place in range(len(PARTS)):
        for changed in range(everything + 1):
            if not changed >> place & 1:
                weight = SIXTHS[changed.bit_count()]
                parts[place] += weight * (ranks[changed | 1 << place] - ranks[changed])
    reason = np.full(len(groups), Reason.OK.value, dtype=object)
    reason[groups.size == 0] = Reason.ALONE_IN_GROUP.value
    reason[~has_all[groups.subject]] = Reason.MISSING.value
    is_fine = reason == Reason.OK
    return RankMoves(
        reason, (groups.size + 1) * is_fine, ranks[0] * is_fine, ranks[everything] * is_fine, parts * is_fine
    )
