from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchmarking.groups import Groups
from benchmarking.rank_moves import RankMove, rank_move, rank_moves
from benchmarking.settings import Reason

ALL = np.ones(4, dtype=bool)


def move(
    before: list[float], after: list[float], restated: list[float] | None = None, joined: np.ndarray = ALL
) -> RankMove:
    values = [np.array(row, dtype=float) for row in (before, restated or before, after)]
    return rank_move(0, *values, np.ones(len(before), dtype=bool), joined)


def parts(found: RankMove) -> tuple[Fraction | None, ...]:
    return found.ours, found.peers, found.group, found.restatement


def test_a_move_of_ours_alone_is_ours() -> None:
    assert parts(move([1, 2, 3, 4], [5, 2, 3, 4])) == (3, 0, 0, 0)


def test_a_move_of_the_peers_alone_is_theirs() -> None:
    assert parts(move([3, 1, 2, 4], [3, 5, 6, 4])) == (0, -2, 0, 0)


def test_a_better_council_that_joins_is_group_change() -> None:
    values = np.array([3, 1, 2, 4.0])
    found = rank_move(0, values, values, values, np.array([True, False, True, True]), ALL)
    assert parts(found) == (0, 0, 1, 0) and (found.rank_before, found.rank_after) == (2, 3)


def test_two_causes_of_one_move_share_it_evenly() -> None:
    # We got worse and the peer got better: either alone would have lost the place.
    found = rank_move(
        0,
        np.array([1.0, 2]),
        np.array([1.0, 2]),
        np.array([3.0, 0]),
        np.ones(2, dtype=bool),
        np.ones(2, dtype=bool),
    )
    assert parts(found) == (Fraction(1, 2), Fraction(1, 2), 0, 0)


def test_a_council_without_a_figure_in_one_year_has_no_move() -> None:
    assert move([np.nan, 2, 3, 4], [1, 2, 3, 4]).reason == Reason.MISSING


def test_a_group_without_any_figure_has_no_move() -> None:
    assert move([1, np.nan], [1, np.nan], joined=np.ones(2, dtype=bool)).reason == Reason.ALONE_IN_GROUP


value = st.one_of(st.integers(0, 9).map(float), st.just(np.nan))


@given(
    st.lists(st.tuples(value, value, value, st.booleans(), st.booleans()), min_size=1, max_size=12),
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
)
def test_the_parts_always_sum_to_the_move(
    peers: list[tuple[float, float, float, bool, bool]], own: tuple[int, int, int]
) -> None:
    before, restated, after = (
        np.array([own[i], *(peer[i] for peer in peers)], dtype=float) for i in range(3)
    )
    member, joined = (np.array([True, *(peer[i] for peer in peers)]) for i in (3, 4))
    found = rank_move(0, before, restated, after, member, joined)
    if found.reason == Reason.OK:
        assert sum(parts(found)) == found.rank_after - found.rank_before  # type: ignore[arg-type,operator]


@given(
    st.integers(2, 6).flatmap(
        lambda count: st.tuples(
            *(st.lists(value, min_size=count, max_size=count) for _ in range(3)),
            *(st.lists(st.booleans(), min_size=count, max_size=count) for _ in range(2)),
        )
    )
)
def test_all_groups_at_once_give_what_one_group_at_a_time_gives(
    world: tuple[list[float], list[float], list[float], list[bool], list[bool]],
) -> None:
    before, restated, after = (np.array(row, dtype=float) for row in world[:3])
    lived_before, lived_after = (np.array(row) for row in world[3:])
    everyone = range(len(before))
    found = rank_moves(Groups.everyone([everyone]), before, restated, after, lived_before, lived_after)
    for council in everyone:
        one = rank_move(council, before, restated, after, lived_before, lived_after)
        assert found.reason[council] == one.reason
        if one.reason == Reason.OK:
            assert (found.rank_before[council], found.rank_after[council]) == (
                one.rank_before,
                one.rank_after,
            )
            assert [Fraction(int(part), 12) for part in found.parts[:, council]] == list(parts(one))
