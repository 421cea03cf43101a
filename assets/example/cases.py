"""An illustrative register of a council that does not exist, for trying the product and for tests. Never a
real name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from assets.council.contract import read_contract
from benchmarking.working_days import Calendar, england_and_wales

GSS_CODE = "X99999999"
COUNCIL = "Exampleshire County Council (illustrative)"
AS_AT = dt.date(2026, 9, 30)
YEARS = 6

_SERVICES = {
    "highways": 0.42, "childrens_social_care": 0.13, "adult_social_care": 0.1, "special_educational_needs": 0.12,
    "education": 0.05, "transport": 0.06, "waste": 0.05, "libraries": 0.02, "registration": 0.02, "other": 0.03,
}  # fmt: skip
_OUTCOMES = ("upheld", "partly_upheld", "not_upheld", "other")


Pace = Callable[[NDArray[np.datetime64]], NDArray[np.float64]]


def usual_pace(requested: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """One for every case: no step is faster or slower than usual."""
    return np.ones(len(requested))


def example_register(
    cases: int = 4000,
    *,
    seed: int = 20,
    as_at: dt.date = AS_AT,
    years: int = YEARS,
    pace: Pace = usual_pace,
) -> pd.DataFrame:
    """One row a case stage over so many years by the contract's columns, dates as datetime64; stages follow
    from `cases`.

    Some cases are open, some late, some withdrawn, some milestones missing. `pace` gives by the day of the request how
    long the steps of an investigation take, 1 being usual. Same arguments, same register.
    """
    rng = np.random.default_rng(seed)
    calendar = england_and_wales()
    first = np.datetime64(as_at) - int(years * 365.25)
    requested = np.sort(first + rng.integers(0, int(years * 365.25), cases))
    procedure = rng.choice(["corporate", "children_statutory", "adult_statutory"], cases, p=[0.8, 0.14, 0.06])
    service = rng.choice(list(_SERVICES), cases, p=list(_SERVICES.values()))
    service = np.where(procedure == "children_statutory", "childrens_social_care", service)
    service = np.where(procedure == "adult_statutory", "adult_social_care", service)
    is_request = (procedure == "corporate") & (rng.random(cases) < np.where(service == "highways", 0.45, 0.08))
    kind = np.where(is_request, "request_for_service", "complaint")
    first_stage = pd.DataFrame(
        {
            "case_reference": [f"EX-{number:07d}" for number in range(1, cases + 1)],
            "procedure": procedure,
            "stage": np.where(procedure == "adult_statutory", "single", "1"),
            "service": service,
            "kind": kind,
            "channel": rng.choice(
                ["resident", "councillor", "member_of_parliament", "advocate"],
                cases,
                p=[0.85, 0.07, 0.05, 0.03],
            ),
            "requested_date": requested,
        }
    )
    first_stage = _deal_with(first_stage, calendar, rng, as_at, pace)

    chance = first_stage["procedure"].map({"corporate": 0.08, "children_statutory": 0.22, "adult_statutory": 0.0})
    escalates = (
        first_stage["closed_date"].notna()
        & (first_stage["kind"] == "complaint")
        & ~first_stage["outcome"].isin(["withdrawn", "upheld"])
        & (rng.random(cases) < chance)
    )
    second_stage = _next_stage(first_stage[escalates], "2", calendar, rng, as_at)
    second_stage = _deal_with(second_stage, calendar, rng, as_at, pace)
    reaches_panel = (
        (second_stage["procedure"] == "children_statutory")
        & second_stage["closed_date"].notna()
        & (second_stage["outcome"] != "withdrawn")
        & (rng.random(len(second_stage)) < 0.12)
    )
    third_stage = _next_stage(second_stage[reaches_panel], "3", calendar, rng, as_at)
    third_stage = _deal_with(third_stage, calendar, rng, as_at, pace)
    stages = pd.concat([first_stage, second_stage, third_stage], ignore_index=True)
    return stages[read_contract()["case_stages"].names].sort_values(
        ["requested_date", "case_reference"], ignore_index=True
    )


def _next_stage(
    before: pd.DataFrame, stage: str, calendar: Calendar, rng: np.random.Generator, as_at: dt.date
) -> pd.DataFrame:
    after = before[["case_reference", "procedure", "service", "kind", "channel"]].copy()
    after["stage"] = stage
    after["requested_date"] = calendar.add(before["closed_date"].to_numpy(), 1 + rng.poisson(9, len(before)))
    return after[after["requested_date"] <= pd.Timestamp(as_at)].reset_index(drop=True)


def _deal_with(
    stages: pd.DataFrame, calendar: Calendar, rng: np.random.Generator, as_at: dt.date, pace: Pace
) -> pd.DataFrame:
    """The stages with their milestones up to the day of the extract: what lies after it has not happened
    yet."""
    count = len(stages)
    requested = stages["requested_date"].to_numpy("datetime64[D]")
    is_investigated = ((stages["procedure"] == "children_statutory") & (stages["stage"] == "2")).to_numpy()
    years = (requested - requested.min()).astype(int) / 365.25 if count else np.zeros(0)
    points = 1 + rng.poisson(np.where(is_investigated, 5, 1))
    organisations = 1 + (rng.random(count) < 0.15) + (rng.random(count) < 0.05)

    share = np.where(is_investigated, pace(requested), 1.0)

    def later(start: NDArray[np.datetime64], typical: float, spread: float = 0.5) -> NDArray[np.datetime64]:
        days = share * rng.lognormal(np.log(typical), spread, count)
        return calendar.add(start, np.ceil(days).astype(int).clip(1, 200))

    date = {"acknowledged_date": later(requested, 2, 0.4)}
    date["statement_agreed_date"] = later(requested, 9)
    date["investigator_appointed_date"] = later(date["statement_agreed_date"], 8)
    date["independent_person_appointed_date"] = later(date["investigator_appointed_date"], 3)
    date["file_access_date"] = later(date["investigator_appointed_date"], 6)
    date["first_interview_date"] = later(date["file_access_date"], 7)
    date["last_interview_date"] = later(date["first_interview_date"], 10)
    date["interview_notes_date"] = later(date["last_interview_date"], 8)
    drafted = calendar.add(date["interview_notes_date"], (points * rng.uniform(1, 3, count)).astype(int))
    date["report_received_date"] = later(drafted, 5)
    date["adjudication_date"] = later(date["report_received_date"], 9)
    typical = np.select(
        [stages["procedure"] == "adult_statutory", stages["stage"] == "3", stages["stage"] == "2"],
        [25, 40, 19],
        8,
    ) * (1 + 0.04 * years + 0.05 * (points - 1))
    date["response_sent_date"] = np.where(
        is_investigated,
        date["adjudication_date"],
        calendar.add(requested, np.ceil(rng.lognormal(0, 0.55, count) * typical).astype(int).clip(1, 250)),
    )
    is_withdrawn = rng.random(count) < 0.04
    withdrawn = later(requested, 12)
    closed = np.where(is_withdrawn, withdrawn, later(date["response_sent_date"], 1, 0.2))
    stages = stages.reset_index(drop=True)
    until = np.minimum(np.datetime64(as_at), np.where(is_withdrawn, withdrawn, np.datetime64("2100-01-01")))
    milestones = set(date) - {"acknowledged_date", "response_sent_date"}
    for name, days in date.items():
        happened = days <= until
        if name in milestones:
            happened &= is_investigated
        if name in milestones - {"report_received_date", "adjudication_date"}:
            happened &= rng.random(count) > 0.08
        stages[name] = np.where(happened, days, np.datetime64("NaT"))
    stages["closed_date"] = np.where(closed <= np.datetime64(as_at), closed, np.datetime64("NaT"))
    is_closed = stages["closed_date"].notna().to_numpy()
    outcome = np.where(is_withdrawn, "withdrawn", rng.choice(_OUTCOMES, count, p=[0.22, 0.26, 0.46, 0.06]))
    stages["outcome"] = pd.Series(outcome).where(is_closed, None)

    def some(share: float) -> NDArray[np.bool_]:
        return is_investigated & (rng.random(count) < share)

    stages["extension_working_days"] = pd.Series(rng.integers(5, 41, count)).where(some(0.4)).astype("Int64")
    paused = some(0.1)
    stages["paused_working_days"] = pd.Series(rng.integers(5, 31, count)).where(paused).astype("Int64")
    stages["pause_reason"] = pd.Series(rng.choice(["court", "subject_access", "advocate"], count)).where(paused, None)
    stages["waiting_on"] = pd.Series(
        rng.choice(["council", "partner", "complainant"], count, p=[0.6, 0.25, 0.15])
    ).where(some(0.9), None)
    asked = is_investigated & (organisations > 1)
    information_requested = later(requested, 15)
    information_received = later(information_requested, 14, 0.8)
    asked &= information_requested <= until
    stages["partner"] = pd.Series(rng.choice(["health", "police", "school", "other_council"], count)).where(asked, None)
    stages["information_requested_date"] = np.where(asked, information_requested, np.datetime64("NaT"))
    stages["information_due_date"] = np.where(asked, calendar.add(information_requested, 10), np.datetime64("NaT"))
    stages["information_received_date"] = np.where(
        asked & (information_received <= until), information_received, np.datetime64("NaT")
    )
    stages["organisations"] = pd.Series(organisations).astype("Int64")
    stages["points_of_complaint"] = pd.Series(points).astype("Int64")
    stages["resolution_attempted"] = rng.choice(["none", "resolution", "mediation"], count, p=[0.7, 0.25, 0.05])
    for name, people, appointed in (
        ("investigator_reference", 7, "investigator_appointed_date"),
        ("independent_person_reference", 5, "independent_person_appointed_date"),
    ):
        person = pd.Series([f"{name[:3].upper()}-{number:02d}" for number in rng.integers(1, people + 1, count)])
        stages[name] = person.where(stages[appointed].notna(), None)
    finished = is_investigated & stages["report_received_date"].notna().to_numpy()
    stages["cost_gbp"] = pd.Series(np.round(1500 + 250 * points, 2)).where(finished)
    remedied = is_closed & np.isin(outcome, ["upheld", "partly_upheld"]) & (rng.random(count) < 0.08)
    stages["remedy_gbp"] = pd.Series(rng.choice([50.0, 100.0, 250.0, 500.0], count)).where(remedied)
    return stages


def example_resources(*, seed: int = 20, as_at: dt.date = AS_AT) -> pd.DataFrame:
    """One row a month of the same six years, by the contract's resources columns. Illustrative."""
    rng = np.random.default_rng(seed)
    months = pd.date_range(end=pd.Timestamp(as_at), periods=12 * YEARS, freq="MS")
    count = len(months)
    return pd.DataFrame(
        {
            "month": months,
            "posts": 6.0,
            "vacancies": rng.choice([0.0, 0.5, 1.0, 2.0], count),
            "absences_covered": rng.choice([0.0, 0.5], count),
            "absences_not_covered": rng.choice([0.0, 0.5, 1.0], count),
            "investigators_available": rng.integers(5, 8, count),
            "independent_persons_available": rng.integers(4, 6, count),
            "recruitment_lead_working_days": 60,
            "investigator_fee_gbp": 2500.0,
            "independent_person_fee_gbp": 900.0,
            "cost_gbp": np.round(rng.normal(5600, 900, count), 2),
            "budget_gbp": 5000.0,
        }
    )


def example_compliments(*, as_at: dt.date = AS_AT) -> pd.DataFrame:
    """A few invented compliment extracts by the contract's columns. Illustrative."""
    said = [
        ("highways", "The pothole was mended the morning after it was reported."),
        ("libraries", "Staff went out of their way to find a book for a school project."),
        ("adult_social_care", "Every visit was on time and kind."),
        ("customer_services", "The call was answered at once and the answer was clear."),
    ]
    days = pd.date_range(end=pd.Timestamp(as_at), periods=len(said), freq="90D")
    return pd.DataFrame(
        {
            "received_date": days,
            "service": [service for service, _ in said],
            "extract": [extract for _, extract in said],
            "checked_by_role": "complaints_manager",
        }
    )


def as_delivered(register: pd.DataFrame) -> pd.DataFrame:
    """The register as text, as a CSV extract would hold it: dates YYYY-MM-DD, empty cells None."""
    text = pd.DataFrame(index=register.index)
    for name, column in register.items():
        if pd.api.types.is_datetime64_any_dtype(column):
            text[name] = column.dt.strftime("%Y-%m-%d")
        elif pd.api.types.is_numeric_dtype(column):
            text[name] = column.astype("string").str.removesuffix(".0")
        else:
            text[name] = column
    return text.astype(object).where(text.notna(), None)
