"""Measures of the register that SQL cannot compute: time to completion, control charts, capacity."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarking.capacity import ASSUMPTIONS, NotEnoughDataError, Role, Workload, simulate
from benchmarking.spc import POINTS_FOR_LIMITS, Chart, p_chart, xmr
from benchmarking.survival import aalen_johansen

CLOCK = [
    "gss_code", "procedure", "stage", "clock_start", "clock_end", "allowance", "is_declared", "limit_working_days",
]  # fmt: skip
PERIOD = ["period_kind", "period_start", "period_end", "period_label"]
LEAST_CASES = 5
MONTHS_OF_RESOURCES = 12
MOST_ARRIVALS = 1000
ARROW = {
    "str": pa.string(),
    "date": pa.date32(),
    "bool": pa.bool_(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
}


def stage_incidence(elapsed: pd.DataFrame) -> pd.DataFrame:
    """One row a clock and period of receipt: the Aalen-Johansen share completed by the limit, with its 95% interval.

    `elapsed` is core.case_elapsed. Withdrawal competes; open stages are censored on the day of the extract. No estimate
    on fewer than five stages, or where none was followed as long as the limit.
    """
    rows: list[dict[str, Any]] = []
    key = [*CLOCK, *PERIOD]
    ordered = elapsed.sort_values([*key, "elapsed_working_days"], ignore_index=True)
    days = ordered["elapsed_working_days"].to_numpy()
    ended = {name: ordered[name].to_numpy() for name in ("completed", "withdrawn", "still_open")}
    # a frame for each of a thousand curves takes three times as long as the curves
    first = ordered[~ordered.duplicated(key)]
    ends = np.append(first.index, len(ordered))[1:]
    keys: list[dict[str, Any]] = first[[*key, "as_at"]].to_dict("records")  # type: ignore[assignment]
    for named, begin, end in zip(keys, first.index, ends, strict=True):
        its = {name: counts[begin:end] for name, counts in ended.items()}
        curve = aalen_johansen(days[begin:end], its["completed"], its["withdrawn"], its["still_open"])
        totals = {name: int(counts.sum()) for name, counts in its.items()}
        stages = sum(totals.values())
        estimate, lower, upper = curve.at(named["limit_working_days"])
        reason = None
        if stages < LEAST_CASES:
            reason = "fewer than 5"
        elif math.isnan(estimate):
            reason = "none followed as long as the limit"
        rows.append(
            named
            | totals
            | {
                "case_stages": stages,
                "completed_by_limit_pct": None if reason else 100 * estimate,
                "lower_95_pct": None if reason or math.isnan(lower) else 100 * lower,
                "upper_95_pct": None if reason or math.isnan(upper) else 100 * upper,
                "median_working_days": None if reason == "fewer than 5" else _or_none(curve.quantile(0.5)),
                "reason": reason,
            }
        )
    columns = {
        **dict.fromkeys(CLOCK, "str"),
        **dict.fromkeys(PERIOD, "str"),
        "case_stages": "int64",
        "completed": "int64",
        "withdrawn": "int64",
        "still_open": "int64",
        "completed_by_limit_pct": "float64",
        "lower_95_pct": "float64",
        "upper_95_pct": "float64",
        "median_working_days": "float64",
        "reason": "str",
        "as_at": "date",
    } | {"is_declared": "bool", "limit_working_days": "int32", "period_start": "date", "period_end": "date"}
    return _frame(rows, columns)


def stage_control_charts(months: pd.DataFrame) -> pd.DataFrame:
    """One row a month of a measure: its value, centre, limits and signals. `months` is core.case_months.

    Volumes are on an XmR chart, shares in time (per cent) on a p-chart of the months in which something fell due.
    Limits begin anew where a registered event says so, once two months stand on either side of it.
    """
    rows: list[dict[str, Any]] = []
    key = ["gss_code", "procedure", "stage", "measure"]
    for values, points in months.sort_values([*key, "month_start"]).groupby(key, sort=False):
        named = dict(zip(key, values, strict=True))
        rows += _charted(named, points)
    columns = {
        **dict.fromkeys(key, "str"),
        "month_start": "date",
        "chart": "str",
        "cases": "int64",
        "of_cases": "int64",
        "value": "float64",
        "centre": "float64",
        "lower_limit": "float64",
        "upper_limit": "float64",
        "is_outside": "bool",
        "is_in_run": "bool",
        "is_in_trend": "bool",
        "is_near_limit": "bool",
        "is_signal": "bool",
        "is_trial": "bool",
        "rebased_because": "str",
        "as_at": "date",
    }
    return _frame(rows, columns)


def _charted(named: dict[str, Any], points: pd.DataFrame) -> Iterator[dict[str, Any]]:
    if len(points) < 2:
        return
    anew = _rebases(points)
    chart: Chart
    if named["measure"] == "received":
        chart, scale, kind = xmr(points["cases"].to_numpy(float), rebase_at=anew), 1.0, "XmR"
    else:
        chart, scale, kind = (
            p_chart(points["cases"].to_numpy(float), points["of_cases"].to_numpy(float), rebase_at=anew),
            100.0,
            "p",
        )
    for place, point in enumerate(points.to_dict("records")):
        yield named | {
            "month_start": point["month_start"],
            "chart": kind,
            "cases": point["cases"],
            "of_cases": point["of_cases"],
            "value": chart.values[place] * scale,
            "centre": chart.centre[place] * scale,
            "lower_limit": max(chart.lower[place], 0.0) * scale,
            "upper_limit": chart.upper[place] * scale,
            "is_outside": bool(chart.is_outside[place]),
            "is_in_run": bool(chart.is_in_run[place]),
            "is_in_trend": bool(chart.is_in_trend[place]),
            "is_near_limit": bool(chart.is_near_limit[place]),
            "is_signal": bool(chart.is_signal[place]),
            "is_trial": bool(chart.is_trial[place]) or len(points) < POINTS_FOR_LIMITS,
            "rebased_because": point["rebased_because"] if place in anew else None,
            "as_at": point["as_at"],
        }


def _rebases(points: pd.DataFrame) -> list[int]:
    """Places of the months in which a registered event starts the limits anew: two points make a limit."""
    found: list[int] = []
    for place in np.flatnonzero(points["rebased_because"].notna()):
        if place - (found[-1] if found else 0) >= 2 and len(points) - place >= 2:
            found.append(int(place))
    return found


def stage_capacity(
    workload: pd.DataFrame,
    resources: pd.DataFrame,
    *,
    limit_working_days: int = 65,
    draws: int = 1000,
    seed: int = 20,
) -> pd.DataFrame:
    """One row a council, role and change in its number: expected share in time over the next four quarters.

    `workload` is core.case_workload, `resources` staging.register_resources. Where data cannot support it, one row a
    council without figures and with the reason. Cost is each role's fee for a case, times the cases one person ends in
    a year, where the fees are known.
    """
    rows: list[dict[str, Any]] = []
    for gss_code, cases in workload.groupby("gss_code"):
        named = {
            "gss_code": gss_code,
            "limit_working_days": limit_working_days,
            "as_at": cases["as_at"].iloc[0],
        }
        named["assumptions"] = " ".join(ASSUMPTIONS)
        try:
            rows += [
                named
                | asdict(scenario)
                | {
                    f"{name}_pct": 100 * getattr(scenario, name)
                    for name in ("share_in_time", "lower", "upper")
                }
                for scenario in _scenarios(
                    cases, resources[resources["gss_code"] == gss_code], limit_working_days, draws, seed
                )
            ]
        except NotEnoughDataError as error:
            rows.append(named | {"role": "none", "change": 0, "reason": str(error)})
    columns = {
        "gss_code": "str",
        "role": "str",
        "change": "int32",
        "people": "int32",
        "limit_working_days": "int32",
        "share_in_time_pct": "float64",
        "lower_pct": "float64",
        "upper_pct": "float64",
        "cases_due": "float64",
        "waiting_at_end": "float64",
        "cost_gbp": "float64",
        "reason": "str",
        "assumptions": "str",
        "as_at": "date",
    }
    return _frame(rows, columns)


def _scenarios(
    cases: pd.DataFrame, resources: pd.DataFrame, limit_working_days: int, draws: int, seed: int
) -> list[Any]:
    cases = cases[~cases["is_withdrawn"]]
    arrivals = int(cases["is_from_last_year"].sum())
    if arrivals > MOST_ARRIVALS:
        raise NotEnoughDataError(f"{arrivals:,} cases arrived in a year: the model is of one council's team")
    recent = resources.sort_values("month_start").tail(MONTHS_OF_RESOURCES)
    people = {}
    for role in ("investigators", "independent_persons"):
        available = recent[f"{role}_available"].dropna() if len(recent) else pd.Series(dtype=float)
        if available.empty:
            raise NotEnoughDataError(
                f"the monthly resources do not say how many {role.replace('_', ' ')} are available"
            )
        people[role] = round(available.iloc[-3:].mean())
    appointed = cases[cases["work_working_days"].notna() & (cases["work_working_days"] >= 0)]
    unknown = cases[~cases["is_open"] & cases["is_from_last_year"] & cases["work_working_days"].isna()]
    closed = cases[~cases["is_open"] & cases["is_from_last_year"]]
    if len(closed) and len(unknown) > 0.3 * len(closed):
        raise NotEnoughDataError(
            f"{len(unknown)} of {len(closed)} cases of the last year do not say when the investigator was appointed"
        )
    waiting = cases[cases["is_open"] & cases["work_working_days"].isna()]
    started = appointed[appointed["is_open"]]
    ended = appointed[~appointed["is_open"]]
    workload = Workload(
        waiting_since=waiting["elapsed_working_days"].to_numpy(),
        started_since=started["work_working_days"].to_numpy(),
        started_elapsed=started["elapsed_working_days"].to_numpy(),
        service_times=np.concatenate((ended["work_working_days"], started["work_working_days"])).clip(1),
        is_complete=np.repeat([True, False], [len(ended), len(started)]),
        arrivals=arrivals,
    )
    in_hand = _most_in_hand(appointed)
    a_year = len(ended[ended["is_from_last_year"]])
    costs: dict[Role, float] = {}
    roles: tuple[Role, Role] = ("investigators", "independent_persons")
    for role in roles:
        fees = recent[f"{role[:-1]}_fee_gbp"].dropna()
        if len(fees) and people[role] > 0:
            costs[role] = round(float(fees.iloc[-1]) * a_year / people[role], 2)
    return simulate(
        workload,
        investigators=people["investigators"],
        independent_persons=people["independent_persons"],
        cases_per_investigator=in_hand / max(people["investigators"], 1),
        cases_per_independent_person=in_hand / max(people["independent_persons"], 1),
        limit_working_days=limit_working_days,
        annual_cost_gbp=costs,
        draws=draws,
        seed=seed,
    )


def _most_in_hand(appointed: pd.DataFrame) -> float:
    """The most cases that were in work at once in the last two years: what the team can carry."""
    if appointed.empty:
        return 0.0
    last = pd.Timestamp(appointed["as_at"].iloc[0])
    begins = pd.to_datetime(appointed["investigator_appointed_date"])
    ends = pd.to_datetime(appointed["ended_date"]).fillna(last + pd.Timedelta(days=1))
    days = begins[begins > last - pd.Timedelta(days=730)]
    return float(max(((begins <= day) & (ends > day)).sum() for day in [*days, last]))


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


def _frame(rows: list[dict[str, Any]], columns: dict[str, str]) -> pd.DataFrame:
    """The rows with Arrow's types, so that DuckDB finds the same ones whether or not there are rows."""
    schema = pa.schema([(name, ARROW[kind]) for name, kind in columns.items()])
    table = pa.Table.from_pylist([{name: _plain(row.get(name)) for name in columns} for row in rows], schema)
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def _plain(value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value.item() if isinstance(value, np.generic) else value
