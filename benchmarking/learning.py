"""Which councils to learn from: comparable ones that are likely better."""

from dataclasses import dataclass

import numpy as np

from benchmarking.arrays import Booleans, Floats, Integers
from benchmarking.groups import Groups
from benchmarking.settings import RankingSettings


@dataclass(frozen=True)
class Teachers:
    """One entry per council, group and peer likely better, ordered within each group: the furthest ahead first.

    row: of `groups`. peer: index of the council. probability: that its true rate is better. lead: by how
    much, in the unit of the rate (shrunken rates, never negative). order: 1, 2, ... within the row.
    """

    row: Integers
    peer: Integers
    probability: Floats
    lead: Floats
    order: Integers


def teachers(
    groups: Groups,
    probability_peer_better: Floats,
    shrunken: Floats,
    settings: RankingSettings,
    distance: Floats | None = None,
) -> Teachers:
    """The peers to learn from: those likely better after allowing for having looked at all of them.

    One less each peer's probability of being better is taken as a p-value, and Benjamini-Hochberg's procedure is run
    over the peers with data of a row, at a rate of 1 less `credibly_better`.

    probability_peer_better: shape (pairs,), NaN without data, and shrunken: true rates, shape (councils,), both
    from `comparison.compare`. distance: how unlike the peer is (say its place among the nearest neighbours), shape
    (pairs,); it orders peers whose leads are equal to two decimals (a percentage point of a share), likest first.
    """
    pairs = np.flatnonzero(_is_likely(groups, probability_peer_better, 1 - settings.credibly_better))
    row, peer = groups.row[pairs], groups.peer[pairs]
    lead = np.abs(shrunken[peer] - shrunken[groups.subject[row]])
    unlike = np.zeros(len(pairs)) if distance is None else distance[pairs]
    order = np.lexsort((peer, -lead, unlike, -np.round(lead, 2), row))
    row = row[order]
    first = np.searchsorted(row, row)
    return Teachers(
        row, peer[order], probability_peer_better[pairs][order], lead[order], np.arange(len(row)) - first + 1
    )


def _is_likely(groups: Groups, probability: Floats, rate: float) -> Booleans:
    """Whether Benjamini-Hochberg's procedure keeps each pair within its row, shape (pairs,)."""
    doubt = 1 - probability
    known = np.flatnonzero(~np.isnan(doubt))
    row = groups.row[known]
    order = np.lexsort((doubt[known], row))
    row, ranked = row[order], doubt[known][order]
    first = np.searchsorted(row, row)
    size = np.searchsorted(row, row, side="right") - first
    passes = ranked <= rate * (np.arange(len(row)) - first + 1) / size + 1e-12
    last = np.full(len(groups), -1, dtype=np.int64)
    np.maximum.at(last, row[passes], np.flatnonzero(passes))
    kept = np.zeros(len(doubt), dtype=bool)
    kept[known[order]] = np.arange(len(row)) <= last[row]
    return kept
