import heapq

import numpy as np
import pytest

from benchmarking.capacity import NotEnoughDataError, Scenario, Workload, _remaining, _starts, simulate

SERVICE = np.linspace(20, 80, 61)


def workload(**changes: object) -> Workload:
    given: dict[str, object] = {
        "waiting_since": [30.0, 10.0],
        "started_since": [5.0, 25.0, 50.0],
        "started_elapsed": [20.0, 40.0, 70.0],
        "service_times": SERVICE,
        "is_complete": np.ones(SERVICE.size, dtype=bool),
        "arrivals": 24,
    }
    return Workload(**(given | changes))  # type: ignore[arg-type]


def run(load: Workload | None = None, **changes: object) -> list[Scenario]:
    given: dict[str, object] = {
        "investigators": 3,
        "independent_persons": 4,
        "cases_per_investigator": 1,
        "cases_per_independent_person": 1,
        "draws": 300,
    }
    return simulate(load or workload(), **(given | changes))  # type: ignore[arg-type]


def shares(scenarios: list[Scenario], role: str = "investigators") -> list[float]:
    return [scenario.share_in_time for scenario in scenarios if scenario.role == role]


def test_a_rerun_gives_the_same_answer() -> None:
    assert run() == run()


def test_more_investigators_never_make_it_worse_while_they_are_the_shortage() -> None:
    answers = shares(run(independent_persons=50))
    assert answers == sorted(answers)
    assert answers[-1] > answers[0] + 0.1


def test_people_who_are_not_the_shortage_change_nothing() -> None:
    assert len(set(shares(run(investigators=2, independent_persons=40), "independent_persons"))) == 1


def test_nobody_helps_where_the_work_itself_takes_longer_than_the_limit() -> None:
    answers = shares(run(workload(service_times=SERVICE + 60, started_since=[], started_elapsed=[])))
    assert max(answers) == 0


def test_a_queue_starts_as_an_independent_event_loop_says() -> None:
    rng = np.random.default_rng(3)
    arrivals, service = np.sort(rng.uniform(0, 250, 40)), rng.uniform(20, 80, 40)
    remaining = rng.uniform(1, 40, 7)
    places = 5
    ends = sorted(remaining)
    heap = ends[len(ends) - places :]
    heapq.heapify(heap)
    expected = []
    for arrival, time in zip(arrivals, service, strict=True):
        start = max(arrival, heapq.heappop(heap))
        heapq.heappush(heap, start + time)
        expected.append(start)
    ours = _starts(arrivals[None], service[None], remaining[None], (places, 50))[0]
    assert np.allclose(ours, expected)


def test_with_room_for_all_the_share_in_time_is_the_chance_of_a_short_enough_case() -> None:
    load = workload(waiting_since=[], started_since=[], started_elapsed=[], arrivals=400)
    answer = run(load, investigators=500, independent_persons=500, changes=(0,), draws=400)[0]
    assert answer.share_in_time == pytest.approx(np.mean(SERVICE <= 65), abs=0.01)


def test_a_case_in_work_takes_at_least_as_long_as_it_has_already() -> None:
    times, weights = np.array([10.0, 20.0, 30.0]), np.full(3, 1 / 3)
    left = _remaining(times, weights, np.full(1000, 15.0), np.random.default_rng(1))
    assert set(left.tolist()) == {5.0, 15.0}


def test_open_cases_in_work_are_censored_not_taken_as_finished() -> None:
    half_open = run(workload(is_complete=np.arange(SERVICE.size) % 2 == 0), investigators=60, independent_persons=60)
    complete = run(investigators=60, independent_persons=60)
    assert shares(half_open)[0] < shares(complete)[0]


def test_the_interval_holds_the_expected_share() -> None:
    assert all(scenario.lower <= scenario.share_in_time <= scenario.upper for scenario in run())


def test_a_cost_is_given_only_where_one_is_known() -> None:
    answers = run(annual_cost_gbp={"investigators": 40_000.0}, changes=(2,))
    assert [answer.cost_gbp for answer in answers] == [80_000.0, None]


@pytest.mark.parametrize(
    ("load", "people", "reason"),
    [
        (workload(service_times=SERVICE[:19], is_complete=np.ones(19, dtype=bool)), 3, "19 completed cases"),
        (workload(arrivals=4), 3, "4 cases arrived"),
        (workload(), 0, "nobody is recorded"),
    ],
)
def test_too_little_data_is_refused_with_its_reason(load: Workload, people: int, reason: str) -> None:
    with pytest.raises(NotEnoughDataError, match=reason):
        run(load, investigators=people)


def test_a_team_is_never_reduced_to_nobody() -> None:
    assert {scenario.people for scenario in run(investigators=1) if scenario.role == "investigators"} == set(
        range(1, 7)
    )
