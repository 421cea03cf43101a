"""Measures of the register that SQL cannot compute: time to completion, control charts, capacity."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarking.capacity import ASSUMPTIONS, NotEnoughDataError, Role, Workload, simulate
from benchmarking.counted import counted_quantiles
from benchmarking.spc import POINTS_FOR_LIMITS, Chart, p_chart, xmr
from benchmarking.survival import completed_by

ELAPSED = ("reading_number", "is_declared", "limit_working_days", "period_number", "elapsed_working_days")
COMPLETED = ("in_time", "late", "completed")
QUANTILES = (Fraction(1, 2), Fraction(9, 10))
LEAST_CASES = 5
MONTHS_OF_RESOURCES = 12
MOST_ARRIVALS = 1000


def case_quantiles(durations: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """One row a clock, way of counting and period, and one for all services together (clock 0): how many stages were
    completed, and the median and ninth tenth of their working days.

    `durations` is core.case_durations, `periods` core.case_periods.
    """
    done = durations[durations["result"].isin(COMPLETED)]
    ways, names = pd.factorize(done["counted_on"], sort=True)
    readings, clocks, declared = (
        done[name].to_numpy(np.int64) for name in ("reading_number", "clock_number", "is_declared")
    )
    # the four columns of a series as one number, which is found again several times as fast
    sizes = (readings.max(initial=0) + 1, clocks.max(initial=0) + 1, 2, len(names) + 1)
    own, together = (
        np.ravel_multi_index((readings, clock, declared, ways), sizes) for clock in (clocks, np.zeros_like(clocks))
    )
    series, places = np.unique(np.concatenate((own, together)), return_inverse=True)
    # a quarter is part of several periods: each has a column, 0 where there is none
    in_periods = periods.assign(place=periods.groupby("quarter_start").cumcount()).pivot(
        index="quarter_start", columns="place", values="period_number"
    )
    its = in_periods.index.get_indexer(pd.Index(done["quarter_start"]))
    numbers = in_periods.fillna(0).to_numpy(np.int64)[its]
    periods_to = numbers.max(initial=0) + 1
    groups = np.concatenate([place[:, None] * periods_to + numbers for place in np.split(places, 2)], axis=1)
    groups[np.tile(numbers == 0, 2)] = -1
    days, stages = (done[name].to_numpy(np.int64) for name in ("elapsed_working_days", "case_stages"))
    found, completed, quantiles = counted_quantiles(groups, days, stages, QUANTILES)
    place, period = np.divmod(found, periods_to)
    reading, clock, is_declared, way = np.unravel_index(series[place], sizes)
    return pd.DataFrame(
        {
            "reading_number": reading,
            "clock_number": clock,
            "is_declared": is_declared.astype(bool),
            "counted_on": np.asarray(names)[way],
            "period_number": period,
            "completed": completed,
            "median_working_days": quantiles[:, 0],
            "p90_working_days": quantiles[:, 1],
        }
    )


def stage_incidence(elapsed: pd.DataFrame, clocks: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """One row a clock and period of receipt: the Aalen-Johansen share completed by the limit, with its 95% interval.

    `elapsed` is core.case_elapsed in order of `ELAPSED`, `clocks` core.clocks, `periods` core.case_periods. Withdrawal
    competes; open stages are censored on the day of the extract. No estimate on fewer than five stages, or where none
    was followed as long as the limit.
    """
    *key, days = ELAPSED
    ends = ["completed", "withdrawn", "still_open"]
    begins = np.flatnonzero(~elapsed.duplicated(key).to_numpy())
    curves = completed_by(
        elapsed["limit_working_days"].to_numpy()[begins],
        begins,
        elapsed[days].to_numpy(),
        *(elapsed[name].to_numpy() for name in ends),
    )
    rows = elapsed[key].take(begins).reset_index(drop=True)
    for name in ends:
        rows[name] = np.add.reduceat(elapsed[name].to_numpy(), begins) if len(begins) else 0
    rows["case_stages"] = rows[ends].sum(axis=1)
    is_few = (rows["case_stages"] < LEAST_CASES).to_numpy()
    is_unknown = is_few | np.isnan(curves.estimate)
    rows["completed_by_limit_pct"] = np.where(is_unknown, np.nan, 100 * curves.estimate)
    rows["lower_95_pct"] = np.where(is_unknown, np.nan, 100 * curves.lower)
    rows["upper_95_pct"] = np.where(is_unknown, np.nan, 100 * curves.upper)
    rows["median_working_days"] = np.where(is_few, np.nan, curves.median)
    rows["reason"] = np.select([is_few, is_unknown], ["fewer than 5", "none followed as long as the limit"], "")
    rows["reason"] = rows["reason"].where(is_unknown, None)
    readings = clocks.drop_duplicates("reading_number").drop(columns=["clock_number", "service"])
    named = rows.merge(readings, on="reading_number").merge(
        periods.drop_duplicates("period_number"), on="period_number"
    )
    return named.sort_values([*key[:3], "period_kind", "period_start"])


def stage_control_charts(months: pd.DataFrame) -> pd.DataFrame:
    """One row a month of a measure: its value, centre, limits and signals. `months` is core.case_months.

    Volumes are on an XmR chart, shares in time (per cent) on a p-chart of the months in which something fell due.
    Limits begin anew where a registered event says so, once two months stand on either side of it.
    """
    key = ["gss_code", "procedure", "stage", "measure"]
    ordered = months.sort_values([*key, "month_start"], ignore_index=True)
    starts = np.flatnonzero(~ordered.duplicated(key))
    # a frame of each of some thousand charts would take ten times as long as its limits
    arrays = {name: ordered[name].to_numpy() for name in ("measure", "cases", "of_cases", "rebased_because")}
    parts = [
        slice(begin, end)
        for begin, end in zip(starts, np.append(starts, len(ordered))[1:], strict=True)
        if end - begin >= 2
    ]
    charts = [_charted({name: values[part] for name, values in arrays.items()}) for part in parts]
    rows = pd.DataFrame()
    if charts:
        charted = {name: np.concatenate([chart[name] for chart in charts]) for name in charts[0]}
        rows = ordered.take(np.r_[tuple(parts)]).assign(**charted)
    return rows


def _charted(points: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """What is charted of the months of one measure; each column as an array."""
    months = len(points["cases"])
    has_event = pd.notna(points["rebased_because"])
    anew = _rebases(has_event)
    cases = points["cases"].astype(float)
    chart: Chart
    if points["measure"][0] == "received":
        chart, scale, kind = xmr(cases, are_counts=True, rebase_at=anew), 1.0, "XmR"
        signal = chart.words()
    else:
        chart = p_chart(cases, points["of_cases"].astype(float), rebase_at=anew)
        scale, kind = 100.0, "p"
        signal = chart.words(higher_is_better=True)
    is_rebased = np.isin(np.arange(months), anew)
    return {
        "chart": np.full(months, kind),
        "value": chart.values * scale,
        "centre": chart.centre * scale,
        "lower_limit": np.maximum(chart.lower, 0.0) * scale,
        "upper_limit": chart.upper * scale,
        "is_outside": chart.is_outside,
        "is_in_run": chart.is_in_run,
        "is_in_trend": chart.is_in_trend,
        "is_near_limit": chart.is_near_limit,
        "is_signal": chart.is_signal,
        "signal": np.array([word or None for word in signal], dtype=object),
        "is_trial": chart.is_trial | (months < POINTS_FOR_LIMITS),
        "rebased_because": np.where(is_rebased, points["rebased_because"], np.nan),
    }


def _rebases(has_event: NDArray[np.bool_]) -> list[int]:
    """Places of the months in which a registered event starts the limits anew: two points make a limit."""
    found: list[int] = []
    for place in np.flatnonzero(has_event):
        if place - (found[-1] if found else 0) >= 2 and len(has_event) - place >= 2:
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
                | {f"{name}_pct": 100 * getattr(scenario, name) for name in ("share_in_time", "lower", "upper")}
                for scenario in _scenarios(
                    cases, resources[resources["gss_code"] == gss_code], limit_working_days, draws, seed
                )
            ]
        except NotEnoughDataError as error:
            rows.append(named | {"role": "none", "change": 0, "reason": str(error)})
    return pd.DataFrame(rows, dtype=object)


def _scenarios(
    cases: pd.DataFrame, resources: pd.DataFrame, limit_working_days: int, draws: int, seed: int
) -> list[Any]:
    # case numbers are hashed with a salt of their own on each computer, so the draws must not hang on their order
    cases = cases[~cases["is_withdrawn"]].sort_values(
        ["requested_date", "investigator_appointed_date", "ended_date"], kind="stable"
    )
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
