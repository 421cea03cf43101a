"""Whom to learn from: comparable councils that are credibly better."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarking.groups import Groups
from benchmarking.settings import RankingSettings

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Teachers:
    """One entry per council, group and peer credibly better, ordered within each group: the furthest ahead first.

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
    """The peers to learn from.

    probability_peer_better: shape (pairs,), NaN without data, and shrunken: true rates, shape (councils,), both
    from `comparison.compare`. distance: how unlike the peer is (say its place among the nearest neighbours), shape
    (pairs,); it orders peers whose leads are equal to two decimals (a percentage point of a share), likest first.
    """
    with np.errstate(invalid="ignore"):
        pairs = np.flatnonzero(probability_peer_better >= settings.credibly_better)
    row, peer = groups.row[pairs], groups.peer[pairs]
    lead = np.abs(shrunken[peer] - shrunken[groups.subject[row]])
    unlike = np.zeros(len(pairs)) if distance is None else distance[pairs]
    order = np.lexsort((peer, -lead, unlike, -np.round(lead, 2), row))
    row = row[order]
    first = np.searchsorted(row, row)
    return Teachers(
        row, peer[order], probability_peer_better[pairs][order], lead[order], np.arange(len(row)) - first + 1
    )
