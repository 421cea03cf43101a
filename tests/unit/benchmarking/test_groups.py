import numpy as np
import pytest

from benchmarking.groups import Groups


def rows(groups: Groups) -> list[tuple[int, list[int]]]:
    return [
        (int(subject), groups.peer[groups.start[row] : groups.start[row + 1]].tolist())
        for row, subject in enumerate(groups.subject)
    ]


def test_a_council_is_never_its_own_peer() -> None:
    assert rows(Groups.of([(1, [0, 1, 2, 2])])) == [(1, [0, 2])]
    raw = Groups(np.array([1]), np.array([0, 4]), np.array([2, 1, 0, 2]))
    assert rows(raw.validated(3)) == [(1, [0, 2])]


def test_every_member_of_a_set_faces_the_rest() -> None:
    assert rows(Groups.everyone([[0, 1, 2]])) == [(0, [1, 2]), (1, [0, 2]), (2, [0, 1])]


def test_keeping_the_good_peers_keeps_every_row() -> None:
    kept = Groups.of([(0, [1, 2]), (3, [1])]).keep(np.array([True, False, True, True]))
    assert rows(kept) == [(0, [2]), (3, [])]


def test_rows_are_taken_in_the_order_asked() -> None:
    assert rows(Groups.of([(0, [1]), (1, []), (2, [0, 1])]).take(np.array([2, 0]))) == [(2, [0, 1]), (0, [1])]


def test_members_include_the_subject() -> None:
    assert sorted(Groups.of([(0, [1, 2]), (1, [])]).with_subject().peer.tolist()) == [0, 1, 1, 2]


def test_sums_run_over_the_peers_alone() -> None:
    assert Groups.of([(0, [1, 2]), (1, [])]).sums(np.array([[1.0], [10.0], [100.0]])).tolist() == [
        [110.0],
        [0.0],
    ]


@pytest.mark.parametrize("peer", [3, -1])
def test_an_index_of_no_council_is_refused(peer: int) -> None:
    with pytest.raises(ValueError, match="outside 0 to 2"):
        Groups(np.array([0]), np.array([0, 1]), np.array([peer])).validated(3)


def test_offsets_that_do_not_fit_the_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match="start"):
        Groups(np.array([0]), np.array([0, 5]), np.array([1])).validated(3)
