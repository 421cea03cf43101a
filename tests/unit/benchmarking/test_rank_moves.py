from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarking.groups import Groups
from benchmarking.rank_moves import PARTS, RankMoves, rank_moves
from benchmarking.settings import Reason

Values = Sequence[float]


def move(before: Values, after: Values, restated: Values | None = None) -> RankMoves:
    """The move of the first of some councils."""
    values = [np.array(row, dtype=float) for row in (before, restated or before, after)]
    return rank_moves(Groups.of([(0, range(len(before)))]), *values)


def parts(found: RankMoves) -> tuple[Fraction, ...]:
    return tuple(Fraction(int(part), 6) for part in found.parts[:, 0])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [([1, 2, 3, 4], [5, 2, 3, 4], (3, 0, 0)), ([3, 1, 2, 4], [3, 5, 6, 4], (0, -2, 0))],
    ids=["ours alone", "the peers' alone"],
)
def test_a_move_is_put_down_to_what_changed(before: Values, after: Values, expected: tuple[int, ...]) -> None:
    assert parts(move(before, after)) == expected


def test_two_causes_of_one_move_share_it_evenly() -> None:
    # We got worse and the peer got better: either alone would have lost the place.
    assert parts(move([1, 2], [3, 0])) == (Fraction(1, 2), Fraction(1, 2), 0)


@pytest.mark.parametrize("missing", ["before", "after"])
def test_a_peer_with_a_figure_in_one_year_only_moves_nobody(missing: str) -> None:
    years = {"before": [3.0, 1, 2], "after": [3.0, 1, 2]}
    years[missing][1] = np.nan
    found = move(years["before"], years["after"])
    assert (found.rank_before[0], found.rank_after[0], found.councils[0]) == (2, 2, 2)
    assert parts(found) == (0, 0, 0)


def test_a_council_without_a_figure_in_one_year_has_no_move() -> None:
    assert move([np.nan, 2, 3, 4], [1, 2, 3, 4]).reason == [Reason.MISSING]


def test_without_a_peer_that_has_both_years_there_is_no_move() -> None:
    assert move([1, np.nan, 3], [1, 2, np.nan]).reason == [Reason.ALONE_IN_GROUP]


def order_by_order(council: int, before: Values, restated: Values, after: Values) -> dict[str, Fraction]:
    """The mean effect of each part over every order in which they may change, one order at a time."""
    placed = [
        peer for peer in range(len(before)) if not np.isnan([before[peer], restated[peer], after[peer]]).any()
    ]

    def rank(changed: set[str]) -> int:
        earlier = restated if "restatement" in changed else before
        own = (after if "ours" in changed else earlier)[council]
        others = after if "peers" in changed else earlier
        return 1 + sum(others[peer] < own for peer in placed if peer != council)

    total = dict.fromkeys(PARTS, Fraction(0))
    orders = list(permutations(PARTS))
    for order in orders:
        for place, part in enumerate(order):
            total[part] += Fraction(rank(set(order[: place + 1])) - rank(set(order[:place])), len(orders))
    return total


value = st.one_of(st.integers(0, 9).map(float), st.just(np.nan))


@given(
    st.integers(2, 6).flatmap(
        lambda count: st.tuples(*(st.lists(value, min_size=count, max_size=count) for _ in range(3)))
    )
)
def test_each_part_is_its_mean_effect_over_all_orders_and_they_sum_to_the_move(
    world: tuple[list[float], list[float], list[float]],
) -> None:
    everyone = range(len(world[0]))
    found = rank_moves(Groups.everyone([everyone]), *map(np.array, world))
    assert np.array_equal(found.parts.sum(axis=0), 6 * (found.rank_after - found.rank_before))
    for council in np.flatnonzero(found.reason == Reason.OK):
        expected = order_by_order(int(council), *world)
        assert [Fraction(int(part), 6) for part in found.parts[:, council]] == [
            expected[name] for name in PARTS
        ]
