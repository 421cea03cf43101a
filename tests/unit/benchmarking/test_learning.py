import numpy as np

from benchmarking.groups import Groups
from benchmarking.learning import teachers
from benchmarking.settings import RankingSettings

GROUPS = Groups.of([(0, [1, 2, 3]), (1, [0, 2])])
SHRUNKEN = np.array([0.80, 0.60, 0.70, 0.601])


def test_teachers_are_the_credibly_better_peers_the_furthest_ahead_first() -> None:
    found = teachers(GROUPS, np.array([0.95, 0.97, 0.5, 0.1, np.nan]), SHRUNKEN, RankingSettings())
    assert found.row.tolist() == [0, 0] and found.peer.tolist() == [1, 2] and found.order.tolist() == [1, 2]
    assert np.round(found.lead, 3).tolist() == [0.2, 0.1]


def test_a_lone_lead_among_many_peers_must_be_surer_than_one_looked_at_alone() -> None:
    groups = Groups.of([(0, range(1, 11))])
    shrunken = np.linspace(0.8, 0.6, 11)
    one_of_ten = np.array([0.94, *[0.5] * 9])
    every_one = np.full(10, 0.94)
    named = [
        len(teachers(groups, probability, shrunken, RankingSettings()).row)
        for probability in (one_of_ten, np.array([0.995, *[0.5] * 9]), every_one)
    ]
    assert named == [0, 1, 10]


def test_of_peers_equally_far_ahead_the_likest_comes_first() -> None:
    found = teachers(
        GROUPS,
        np.array([0.95, 0.1, 0.95, 0.1, 0.1]),
        SHRUNKEN,
        RankingSettings(),
        np.array([9.0, 1, 2, 1, 1]),
    )
    assert found.peer.tolist() == [3, 1]


def test_without_a_credibly_better_peer_there_is_no_teacher() -> None:
    assert len(teachers(GROUPS, np.full(5, 0.89), SHRUNKEN, RankingSettings()).row) == 0
