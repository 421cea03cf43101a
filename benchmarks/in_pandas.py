"""The rules of a case extract and the shares in time, in plain pandas: what an analyst would write, to compare ours.

It reads the same file, counts the rows that break each rule of the contract, and works out every row of
marts.stage_timeliness. It does not look for personal data, hash case numbers, or say what is wrong in which row.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from assets.council.clocks import clock_limits, clock_readings
from assets.council.contract import read_contract
from assets.example.cases import AS_AT, GSS_CODE
from benchmarking.working_days import england_and_wales

CONTRACT = read_contract()["case_stages"]
LATEST = pd.Timestamp(AS_AT)
JUDGED = ("in_time", "late", "overdue", "withdrawn_late")
COUNTED = (*JUDGED, "not_yet_due", "withdrawn", "not_recorded")
# how many quarters each kind of period has
PERIODS = {"quarter": 1, "half_year": 2, "financial_year": 4}
QUARTERS_OF_A_YEAR = 4


def rules_and_timeliness(path: Path) -> tuple[dict[str, float], dict[str, float]]:
    """The seconds of each part, and what was counted."""
    begun = time.perf_counter()
    kinds = {column.name: column.type for column in CONTRACT.columns}
    cases = pd.read_csv(
        path,
        parse_dates=[name for name, kind in kinds.items() if kind == "date"],
        dtype={name: str for name, kind in kinds.items() if kind in ("code", "reference")},
    )
    read = time.perf_counter()
    figures = {f"breaks {name}": float(count) for name, count in broken(cases).items() if count}
    checked = time.perf_counter()
    measures = pd.concat(timeliness(cases))
    figures |= totals(measures)
    seconds = {"read": read - begun, "check": checked - read, "measure": time.perf_counter() - checked}
    return seconds, figures


def totals(measures: pd.DataFrame) -> dict[str, float]:
    """Sums over every row of the measures, which agree only where each does."""
    names = [*COUNTED, "median_working_days", "p90_working_days"]
    return {name: round(float(measures[name].sum()), 3) for name in names}


def broken(cases: pd.DataFrame) -> dict[str, int]:
    """How many rows break each rule of the contract."""
    stage, closed = cases["stage"], cases["closed_date"].notna()
    of_first = cases[stage == "1"].groupby("case_reference")
    requested = cases["case_reference"].map(of_first["requested_date"].min())
    ended = cases["case_reference"].map(of_first["closed_date"].max())
    is_adult, is_later = cases["procedure"] == "adult_statutory", stage.isin(["2", "3"])
    rows = {
        "case_stage_twice": cases.duplicated(["case_reference", "stage"], keep=False),
        "stage_of_another_procedure": (is_adult != (stage == "single"))
        | ((cases["procedure"] == "corporate") & (stage == "3")),
        "stage_2_before_stage_1": is_later & (cases["requested_date"] < requested),
        "stage_2_before_stage_1_closed": (stage == "2") & (cases["requested_date"] < ended),
        "stage_2_without_stage_1": is_later & requested.isna(),
        "closed_without_outcome": closed & cases["outcome"].isna(),
        "outcome_without_closed": ~closed & cases["outcome"].notna(),
        "open_for_three_years": ~closed & (cases["requested_date"] < LATEST - pd.DateOffset(years=3)),
    }
    rows |= {rule.name: pd.Series(cases.eval(rule.breaks_when)) for rule in CONTRACT.rules if rule.name not in rows}
    return {name: int(found.sum()) for name, found in rows.items()}


def timeliness(cases: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Each reading and allowance of the clocks: results and working days by period, service and way of counting."""
    complaints = cases[cases["kind"].fillna("complaint") == "complaint"].copy()
    complaints["service"] = complaints["service"].fillna("not_recorded")
    closed, outcome = complaints["closed_date"], complaints["outcome"]
    complaints["withdrawn_date"] = closed.where(outcome.isin(["withdrawn", "transferred"]))
    limits, readings = clock_limits(), clock_readings()
    limits = limits[limits["gss_code"].isna() | (limits["gss_code"] == GSS_CODE)].sort_values("gss_code")
    limits = limits.drop_duplicates(["procedure", "stage"])
    for _, limit in limits.iterrows():
        where = [
            frame[["procedure", "stage"]].eq(limit[["procedure", "stage"]]).all(axis=1)
            for frame in (complaints, readings)
        ]
        for _, reading in readings[where[1]].iterrows():
            stages = read_clock(complaints[where[0]], limit.dropna(), reading)
            for due in due_dates(stages, limit.dropna()):
                yield from counted(results(stages.assign(due=due)))


def read_clock(stages: pd.DataFrame, limit: pd.Series, reading: pd.Series) -> pd.DataFrame:
    """The stages with the day that starts and the days that stop a clock."""
    requested, responded, closed = (stages[f"{name}_date"] for name in ("requested", "response_sent", "closed"))
    start = requested if reading["clock_start"] == "request" else stages["statement_agreed_date"]
    if limit.get("starts") == "acknowledgement":
        last = england_and_wales().add(requested, int(limit["acknowledge_working_days"]))
        acknowledged = stages["acknowledged_date"].fillna(pd.Series(last, stages.index))
        start = pd.concat([acknowledged, responded, closed], axis=1).min(axis=1)
    completed = responded.fillna(closed)
    if reading["clock_end"] == "report":
        completed = stages["report_received_date"]
    elif reading["clock_end"] == "adjudication":
        completed = stages["adjudication_date"].fillna(completed)
    return stages.assign(start=start, completed=completed.where(stages["withdrawn_date"].isna()))


def due_dates(stages: pd.DataFrame, limit: pd.Series) -> Iterator[pd.Series]:
    """The last day in time by each allowance: the limit, its maximum, and as it was agreed."""
    maximum = int(limit.get("maximum_working_days", 10**6))
    further = stages[["extension_working_days", "paused_working_days"]].fillna(0).astype(int)
    if "limit_months" in limit:
        ends = stages["start"] + pd.DateOffset(months=int(limit["limit_months"]))
        yield ends
        yield within(ends, further.sum(axis=1))
        return
    least = int(limit["limit_working_days"])
    yield within(stages["start"], least)
    if "maximum_working_days" in limit:
        yield within(stages["start"], maximum)
    extended = (least + further["extension_working_days"]).clip(upper=maximum)
    yield within(stages["start"], extended + further["paused_working_days"])


def within(start: pd.Series, days: pd.Series | int) -> pd.Series:
    """The last day within so many working days of each start."""
    known = start.dropna()
    count = days if isinstance(days, int) else days[known.index].to_numpy()
    return pd.Series(england_and_wales().add(known, count), known.index).reindex(start.index)


def results(stages: pd.DataFrame) -> pd.DataFrame:
    """How each stage stands against its due day, and how many working days it took."""
    start, due, completed, withdrawn = (stages[name] for name in ("start", "due", "completed", "withdrawn_date"))
    is_open = stages["closed_date"].isna()
    ended = completed.fillna(withdrawn)
    choices = {
        "not_started": start.isna() & is_open,
        "not_recorded": start.isna() | (ended < start) | (ended.isna() & ~is_open),
        "in_time": completed <= due,
        "late": completed.notna(),
        "withdrawn_late": withdrawn > due,
        "withdrawn": withdrawn.notna(),
        "overdue": due < LATEST,
    }
    stages["result"] = np.select(list(choices.values()), list(choices), "not_yet_due")
    done = stages["result"].isin(["in_time", "late"])
    stages["days"] = np.nan
    stages.loc[done, "days"] = england_and_wales().between(start[done], completed[done])
    return stages


def counted(stages: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Results and working days by period of receipt, completion and falling due; by service and together."""
    is_due = (stages["due"] < LATEST) | ((stages["due"] == LATEST) & (stages["result"] != "not_yet_due"))
    for rows, day in (
        (stages["start"].notna(), "start"),
        (stages["days"].notna(), "completed"),
        (is_due, "due"),
    ):
        own = stages.loc[rows, ["service", "result", "days"]]
        # quarters since the year 0, the first of each beginning in April
        dates = stages.loc[rows, day].dt
        quarter = dates.year * QUARTERS_OF_A_YEAR + dates.quarter - 2
        periods = [quarter // quarters for quarters in PERIODS.values()]
        periods += [pd.concat([quarter - before for before in range(QUARTERS_OF_A_YEAR)])]
        for period in periods:
            its = own.loc[period.index]
            for by in ([period], [its["service"], period]):
                found = its.groupby([*by, "result"]).size().unstack(fill_value=0)
                found = found.reindex(columns=list(COUNTED), fill_value=0)
                quantiles = its["days"].groupby(by).quantile([0.5, 0.9]).unstack()
                quantiles.columns = pd.Index(["median_working_days", "p90_working_days"])
                yield found.join(quantiles).reset_index(drop=True)
