"""What more investigators or independent persons would do to the share of cases finished in time.

A seeded simulation of the next four quarters from today's open cases. It is transient: a backlog that grows has no
steady state for a queueing formula to describe. It is a model. Its assumptions are `ASSUMPTIONS`, and are to be printed
wherever its answers are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from benchmarking.arrays import Booleans, Floats

Role = Literal["investigators", "independent_persons"]

ASSUMPTIONS = (
    "Cases arrive at the rate of the last twelve months, evenly through the year.",
    "A case starts when an investigator and an independent person both have room, longest wait first.",
    "From then on it takes as long as such cases have taken, whoever works on it and however many wait.",
    "Each person works on as many cases at a time as now; nobody leaves or falls ill.",
    "New people are there from the first day and work like those there now.",
    "No case is withdrawn, paused or extended.",
)

WORKING_DAYS_A_YEAR = 253
LEAST_SERVICE_TIMES = 20
LEAST_ARRIVALS = 5


class NotEnoughDataError(ValueError):
    """The register cannot support a simulation; the message says why, in words for the reader."""


@dataclass(frozen=True)
class Workload:
    """What the simulation starts from. Times are in working days.

    waiting_since: elapsed time of each open case that nobody works on yet. started_since: for each open case in work,
    time since the investigator was appointed; started_elapsed: for the same cases, time since the clock started.
    service_times, is_complete: time from appointment to completion, or so far where not complete (censored).
    arrivals: cases that arrived in the last arrival_days working days.
    """

    waiting_since: ArrayLike
    started_since: ArrayLike
    started_elapsed: ArrayLike
    service_times: ArrayLike
    is_complete: ArrayLike
    arrivals: int
    arrival_days: int = WORKING_DAYS_A_YEAR


@dataclass(frozen=True)
class Scenario:
    """Expected share in time with `change` more people in one role, over cases whose limit falls due in the year ahead.

    The interval holds the middle 95% of simulated years: arrivals, service times and their estimation vary in it.
    """

    role: Role
    change: int
    people: int
    share_in_time: float
    lower: float
    upper: float
    cost_gbp: float | None


def simulate(
    workload: Workload,
    *,
    investigators: int,
    independent_persons: int,
    cases_per_investigator: float,
    cases_per_independent_person: float,
    limit_working_days: int = 65,
    changes: Sequence[int] = tuple(range(-1, 6)),
    annual_cost_gbp: dict[Role, float] | None = None,
    horizon_working_days: int = WORKING_DAYS_A_YEAR,
    draws: int = 1000,
    seed: int = 20,
) -> list[Scenario]:
    """Scenarios for each role and change in its number, by common random numbers, so that they differ only by it.

    Raises NotEnoughDataError where the data cannot support it.
    """
    waiting, started, elapsed, service = (
        np.asarray(values, dtype=float)
        for values in (
            workload.waiting_since,
            workload.started_since,
            workload.started_elapsed,
            workload.service_times,
        )
    )
    complete = np.asarray(workload.is_complete, dtype=bool)
    _refuse_if_too_little(workload.arrivals, complete, investigators, independent_persons)

    rng = np.random.default_rng(seed)
    rates = rng.gamma(workload.arrivals + 0.5, 1 / workload.arrival_days, draws)
    numbers = rng.poisson(rates * horizon_working_days)
    new = numbers.max()
    arrivals = rng.uniform(0, horizon_working_days, (draws, new))
    arrivals[np.arange(new) >= numbers[:, None]] = np.inf
    arrivals.sort(axis=1)
    queue = np.concatenate((np.tile(-np.sort(waiting)[::-1], (draws, 1)), arrivals), axis=1)
    queue_service = np.empty_like(queue)
    remaining = np.empty((draws, started.size))
    for draw in range(draws):
        times, shares = _service_distribution(service, complete, rng)
        chances = rng.random(queue.shape[1]) * (1 - 1e-12)
        queue_service[draw] = times[np.searchsorted(np.cumsum(shares), chances)]
        remaining[draw] = _remaining(times, shares, started, rng)

    scenarios = []
    roles: tuple[Role, Role] = ("investigators", "independent_persons")
    for role in roles:
        for change in changes:
            people = {"investigators": investigators, "independent_persons": independent_persons}
            people[role] += change
            if people[role] < 1:
                continue
            slots = (
                max(1, round(people["investigators"] * cases_per_investigator)),
                max(1, round(people["independent_persons"] * cases_per_independent_person)),
            )
            starts = _starts(queue, queue_service, remaining, slots)
            finish = np.concatenate((starts + queue_service, remaining), axis=1)
            begun = np.concatenate((queue, np.tile(-elapsed, (draws, 1))), axis=1)
            due = begun + limit_working_days
            is_due = (due > 0) & (due <= horizon_working_days)
            in_time = is_due & (finish <= due)
            cases = is_due.sum(axis=1)
            shares_in_time = in_time.sum(axis=1)[cases > 0] / cases[cases > 0]
            annual = (annual_cost_gbp or {}).get(role)
            scenarios.append(
                Scenario(
                    role,
                    change,
                    people[role],
                    float(in_time.sum() / max(is_due.sum(), 1)),
                    float(np.quantile(shares_in_time, 0.025)),
                    float(np.quantile(shares_in_time, 0.975)),
                    None if annual is None else annual * change,
                )
            )
    return scenarios


def _refuse_if_too_little(arrivals: int, complete: Booleans, *people: int) -> None:
    completed = int(complete.sum())
    if completed < LEAST_SERVICE_TIMES:
        raise NotEnoughDataError(
            f"{completed} completed cases have an appointment and an end; {LEAST_SERVICE_TIMES} are needed to say "
            "how long one takes"
        )
    if arrivals < LEAST_ARRIVALS:
        raise NotEnoughDataError(f"{arrivals} cases arrived in the last twelve months; {LEAST_ARRIVALS} are needed")
    if min(people) < 1:
        raise NotEnoughDataError("nobody is recorded as available to investigate or to be the independent person")


def _service_distribution(service: Floats, complete: Booleans, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """A draw of the service-time distribution: Kaplan-Meier jumps under Bayesian-bootstrap weights of the cases.

    What Kaplan-Meier leaves beyond the longest case still in work is put on the longest time seen.
    """
    weights = rng.standard_exponential(service.size)
    order = np.argsort(service, kind="stable")
    times, ended, weight = service[order], complete[order], weights[order]
    at_risk = np.cumsum(weight[::-1])[::-1]
    survival = np.cumprod(np.where(ended, np.maximum(1 - weight / at_risk, 0), 1.0))
    jumps = -np.diff(np.concatenate(([1.0], survival)))
    jumps[-1] += survival[-1]
    return times, jumps / jumps.sum()


def _remaining(times: Floats, shares: Floats, so_far: Floats, rng: np.random.Generator) -> Floats:
    """How much longer each case in work takes, given how long it has taken; one day if longer than any seen."""
    reached = np.concatenate(([0.0], np.cumsum(shares)))
    passed = reached[np.searchsorted(times, so_far, side="right")]
    target = passed + rng.random(so_far.size) * (1 - passed) * (1 - 1e-12)
    place = np.minimum(np.searchsorted(np.cumsum(shares), target), times.size - 1)
    return np.maximum(times[place] - so_far, 1.0)


def _starts(queue: Floats, service: Floats, remaining: Floats, slots: tuple[int, int]) -> Floats:
    """When each queued case starts: first come, first served, once both roles have a free place (draws x cases)."""
    draws = queue.shape[0]
    rows = np.arange(draws)
    free = []
    for places in slots:
        busy = np.sort(remaining, axis=1)[:, max(remaining.shape[1] - places, 0) :]
        free.append(np.concatenate((np.zeros((draws, places - busy.shape[1])), busy), axis=1))
    starts = np.empty_like(queue)
    for case in range(queue.shape[1]):
        first = [until.argmin(axis=1) for until in free]
        start = np.maximum(queue[:, case], 0)
        for until, place in zip(free, first, strict=True):
            start = np.maximum(start, until[rows, place])
        starts[:, case] = start
        for until, place in zip(free, first, strict=True):
            until[rows, place] = start + service[:, case]
    return starts
