"""Comparator groups as index arrays: many groups at once, each one council against its peers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarking.arrays import Booleans, Floats, Integers


@dataclass(frozen=True)
class Groups:
    """One row per council and comparator group, its peers in compressed-row form (CSR), never the council itself.

    subject: index of the council, shape (groups,). start: where the peers of each row begin in `peer`, shape
    (groups + 1,). peer: indexes of the peers, ascending within a row, shape (pairs,).
    """

    subject: Integers
    start: Integers
    peer: Integers

    @classmethod
    def of(cls, rows: Iterable[tuple[int, Sequence[int]]]) -> "Groups":
        """Groups from (council, members); repeated members and the council itself are left out of its peers."""
        subjects, peers = [], []
        for council, members in rows:
            subjects.append(council)
            peers.append(np.setdiff1d(np.asarray(members, dtype=np.int64), [council]))
        return cls(
            np.asarray(subjects, dtype=np.int64),
            np.cumsum([0, *(len(row) for row in peers)], dtype=np.int64),
            np.concatenate(peers) if peers else np.zeros(0, dtype=np.int64),
        )

    @classmethod
    def everyone(cls, sets: Iterable[Sequence[int]]) -> "Groups":
        """A row for every member of every set against the rest of it: a whole ranking table per set."""
        return cls.of((int(member), members) for members in sets for member in np.unique(members))

    def __len__(self) -> int:
        return len(self.subject)

    @property
    def size(self) -> Integers:
        """Peers in each row, shape (groups,)."""
        return np.diff(self.start)

    @property
    def row(self) -> Integers:
        """Row of each pair, shape (pairs,)."""
        return np.repeat(np.arange(len(self)), self.size)

    def validated(self, councils: int) -> "Groups":
        """Itself, with peers ascending, single, in range, and without the subject. Raises ValueError if out
        of range.
        """
        if len(self.start) != len(self) + 1 or (len(self.start) and self.start[-1] != len(self.peer)):
            raise ValueError("start must hold one offset per group and the number of pairs")
        for index in (self.subject, self.peer):
            if len(index) and (index.min() < 0 or index.max() >= councils):
                raise ValueError(f"a council index is outside 0 to {councils - 1}")
        key = np.sort(self.row * max(councils, 1) + self.peer)
        row, peer = np.divmod(key, max(councils, 1))
        is_other = (peer != self.subject[row]) & (np.diff(key, prepend=-1) > 0)
        size = np.bincount(row[is_other], minlength=len(self))
        return Groups(self.subject, np.concatenate([[0], np.cumsum(size)]), peer[is_other])

    def keep(self, good: Booleans) -> "Groups":
        """The same rows with only the peers that are good. `good`: shape (councils,)."""
        kept = good[self.peer]
        total = np.concatenate([[0], np.cumsum(kept)])
        return Groups(self.subject, total[self.start], self.peer[kept])

    def take(self, rows: Integers) -> "Groups":
        """Some of the rows, in the order given."""
        size = self.size[rows]
        start = np.concatenate([[0], np.cumsum(size)])
        offset = np.repeat(self.start[rows] - start[:-1], size)
        return Groups(self.subject[rows], start, self.peer[np.arange(start[-1]) + offset])

    def renamed(self, position: Integers) -> "Groups":
        """The same rows with each council index replaced by its new position, peers ascending again."""
        councils = 1 + position.max(initial=0)
        key = np.sort(self.row * councils + position[self.peer])
        return Groups(position[self.subject], self.start, key % councils)

    def ascending(self, values: Floats) -> Floats:
        """The values of the peers of each row, ascending within it, shape (pairs,). values: shape (councils,)."""
        order = np.argsort(values)
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        key = np.sort(self.row * max(len(order), 1) + place[self.peer])
        return values[order[key % max(len(order), 1)]]

    def with_subject(self) -> "Groups":
        """Rows whose peers include the subject, in ascending order: the members of the table."""
        councils = 1 + max(self.subject.max(initial=0), self.peer.max(initial=0))
        own = np.arange(len(self)) * councils + self.subject
        member = np.sort(np.concatenate([self.row * councils + self.peer, own])) % councils
        return Groups(self.subject, self.start + np.arange(len(self) + 1), member)

    def distinct(self) -> tuple["Groups", Integers]:
        """One row for all that hold the same peers, whoever the subject, and the place among them of each row."""
        places: dict[bytes, int] = {}
        which = np.asarray(
            [
                places.setdefault(self.peer[first:last].tobytes(), len(places))
                for first, last in zip(self.start[:-1].tolist(), self.start[1:].tolist(), strict=True)
            ],
            dtype=np.int64,
        )
        return self.take(np.unique(which, return_index=True)[1]), which

    def sums(self, values: NDArray[Any]) -> NDArray[Any]:
        """Sum of `values` over the peers of each row, in their precision. values: shape (councils, columns)."""
        ones = np.ones(len(self.peer), dtype=values.dtype)
        matrix = sparse.csr_matrix((ones, self.peer, self.start), shape=(len(self), len(values)))
        return np.asarray(matrix @ values)
