"""Small counts of a council's own cases, taken out of what is published so that nobody can be recognised.

Counts of 1 to 4 are suppressed, and then as many others as it takes that no total gives them away. Zeros stay:
nobody is in them. LGSCO's counts are public already and are none of this.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

Row = dict[str, Any]
Rows = list[Row]

LARGEST_SMALL = 4
# no percentage of ours rests on fewer cases
MINIMUM_BASE = LARGEST_SMALL + 1
SERVICE_ALL = "all"
QUARTERS = 4


def is_small(*counts: int) -> bool:
    """Whether any of the counts is too small to show."""
    return any(0 < count <= LARGEST_SMALL for count in counts)


def gives_away(part: int, whole: int) -> bool:
    """Whether a count, what it leaves of the whole, or the whole is too small to show."""
    return is_small(part, whole - part, whole)


def suppressed(frame: pd.DataFrame, count: str, groups: Sequence[Sequence[str]]) -> pd.Series:
    """Whether each row's `count` must not be shown, given the published total of each of the `groups` of rows.

    `groups` lists, for every total that is published too, the columns that the rows adding up to it share; an empty
    list stands for the grand total. A total that leaves one suppressed count, or that lets them be worked out because
    all must be 1 or all must be 4, suppresses the next smallest count as well, until no total tells.
    """
    counts = frame[count].to_numpy(float)
    hidden = (counts >= 1) & (counts <= LARGEST_SMALL)
    members = [
        np.asarray(places)
        for columns in groups
        for places in (frame.groupby(list(columns)).indices.values() if columns else [np.arange(len(frame))])
    ]
    changed = True
    while changed:
        changed = False
        for places in members:
            inside = hidden[places]
            if not inside.any() or not _tells(counts[places][inside]):
                continue
            shown = places[~inside]
            if shown.size:
                order = np.lexsort((counts[shown], counts[shown] == 0))  # zeros last: hiding one protects least
                hidden[shown[order[0]]] = True
                changed = True
    return pd.Series(hidden, index=frame.index, name=f"is_{count}_suppressed")


def suppressed_shares(frame: pd.DataFrame, numerator: str, denominator: str) -> pd.Series:
    """Whether each row's share must not be shown: its numerator, or what is left of its denominator, is 1 to 4."""
    part, rest = frame[numerator], frame[denominator] - frame[numerator]
    return (part.between(1, LARGEST_SMALL) | rest.between(1, LARGEST_SMALL)).rename("is_share_suppressed")


def _tells(hidden: np.ndarray) -> bool:
    """Whether the sum of these counts, which a total gives, gives each of them."""
    if hidden.size == 1:
        return True
    if (hidden > LARGEST_SMALL).any():
        return False
    return bool(hidden.sum() in (hidden.size, LARGEST_SMALL * hidden.size))


@dataclass(frozen=True)
class Guard:
    """What of one table must be protected: counts, shares with their parts, and the totals that are published too.

    shares: each as the share, its numerator and its denominator. groups: as `suppressed` takes them. companions:
    columns that must not be shown where the column of that name is not. whole: the columns of a series, which is
    hidden whole where a total of one of its `groups` would tell what is hidden, however many of its rows are.
    """

    counts: tuple[str, ...]
    shares: tuple[tuple[str, str, str], ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    companions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    whole: tuple[str, ...] = ()


# a month's limits and signal follow from its counts, and those of a whole chart from its centre
MONTH_SHOWN = ("cases", "others", "of_cases", "value", "lower_limit", "upper_limit", "signal")
FROM_THE_CENTRE = frozenset({"centre", "lower_limit", "upper_limit", "signal"})
GUARDS = {
    "own_timeliness": Guard(
        ("judged", "in_time"),
        (("in_time_pct", "in_time", "judged"),),
        # a median on one side of the limit tells how many at least were in time, or late
        companions={
            "judged": ("in_time", "in_time_pct", "median_working_days"),
            "in_time": ("median_working_days",),
        },
    ),
    "own_quarters": Guard(
        ("judged", "in_time"),
        (("in_time_pct", "in_time", "judged"),),
        companions={"judged": ("in_time", "in_time_pct"), "in_time": ("in_time_pct",)},
    ),
    "own_charts": Guard(
        ("cases", "others", "of_cases"),
        (("value", "cases", "of_cases"),),
        groups=(("procedure", "stage", "measure", "quarter_start"),),
        companions=dict.fromkeys(("cases", "others", "of_cases"), MONTH_SHOWN),
        whole=("procedure", "stage", "measure"),
    ),
    "own_chart_totals": Guard((), (("centre", "cases", "of_cases"),)),
    "own_incidence": Guard(
        ("case_stages",),
        (("completed_by_limit_pct", "completed_by_limit", "case_stages"),),
        companions={
            "case_stages": ("completed_by_limit_pct", "lower_95_pct", "upper_95_pct"),
            "completed_by_limit_pct": ("lower_95_pct", "upper_95_pct"),
        },
    ),
    "own_steps": Guard(
        ("timed",), companions={"timed": ("share_of_time_pct", "median_working_days", "p90_working_days")}
    ),
    # in a band past every limit all open cases are overdue: the one count would give the other away
    "own_open": Guard(
        ("open_stages", "overdue"),
        (("overdue", "overdue", "open_stages"),),
        groups=((), ("procedure", "stage")),
        companions={"open_stages": ("overdue",), "overdue": ("open_stages",)},
    ),
    "own_services": Guard(
        ("complaints", "requests_for_service", "stage_2_complaints", "compliments", "upheld", "not_upheld"),
        groups=((),),
        companions={
            "complaints": ("requests_for_service_pct",),
            "requests_for_service": ("requests_for_service_pct",),
        },
    ),
    "own_escalation": Guard(("closed", "escalated"), (("escalated_pct", "escalated", "closed"),)),
    # what others returned has no small count left
    "peer_returns": Guard((), (("own_in_time_pct", "own_in_time", "own_judged"),)),
    "own_leave_out": Guard(("case_stages", "in_time"), (("in_time_pct", "in_time", "case_stages"),)),
}


def coarsened(rows: Rows) -> Rows:
    """The quarters of each stage, or its half-years or years: the shortest without a small count.

    Years end with the quarters, like the twelve months that are published as well. Sums of twelve months tell nothing
    of a quarter whose half-year is shown: a case moved from each odd quarter to the next changes no sum.
    """
    made: Rows = []
    for of in _by(rows, ("procedure", "stage")).values():
        last = max(map(_quarter, of))
        for size in (1, 2, QUARTERS):
            blocks = _by([{**row, "block": (last - _quarter(row)) // size} for row in of], ("block",))
            together = [_added(block, last - number * size, size) for (number,), block in sorted(blocks.items())]
            if not any(gives_away(row["in_time"], row["judged"]) for row in together):
                break
        # the register may begin within the first half-year or year
        is_whole = min(map(_quarter, of)) == _quarter(together[-1] | {"period_end": together[-1]["period_start"]})
        made += together if is_whole or len(together) == 1 else together[:-1]
    return made


def _by(rows: Rows, columns: tuple[str, ...]) -> dict[tuple[Any, ...], Rows]:
    found: dict[tuple[Any, ...], Rows] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in columns), []).append(row)
    return found


def _quarter(row: Mapping[str, Any]) -> int:
    """The number of a row's quarter, from one to the next."""
    return row["period_end"].year * 4 + (row["period_end"].month - 1) // 3


def _added(rows: Rows, last: int, size: int) -> Row:
    """The rows of the `size` quarters up to the number `last` as one row."""
    if size == 1:
        return rows[0]
    first = last - size + 1
    start, end = date(first // 4, first % 4 * 3 + 1, 1), date(last // 4, last % 4 * 3 + 3, 1)
    judged, in_time = (sum(row[name] for row in rows) for name in ("judged", "in_time"))
    return {
        **rows[0],
        "period_start": start,
        "period_end": end + timedelta(days=monthrange(end.year, end.month)[1] - 1),
        "period_label": f"{start:%B %Y} to {end:%B %Y}",
        "judged": judged,
        "in_time": in_time,
        "in_time_pct": 100 * in_time / judged if judged >= MINIMUM_BASE else None,
    }


def protected(query: str, rows: Rows) -> Rows:
    """The rows of one query with `hidden`, the columns that must not be shown in each."""
    rows = coarsened(rows) if query == "own_quarters" else rows
    guard = GUARDS.get(query)
    if guard is None or not rows:
        return [{**row, "hidden": frozenset()} for row in rows]
    frame = pd.DataFrame(rows)
    is_part = frame["service"] != SERVICE_ALL if "service" in frame else pd.Series(True, frame.index)
    hidden: list[set[str]] = [set() for _ in rows]
    for count in guard.counts:
        # the row of all services is the total of the others, and small itself where they all are
        for members, groups in ((is_part, guard.groups), (~is_part, ())):
            held = frame[members & frame[count].notna()]
            found = suppressed(held.reset_index(drop=True), count, [list(group) for group in groups])
            for place, is_hidden in zip(held.index, found, strict=True):
                if is_hidden:
                    hidden[place].add(count)
    for share, part, whole in guard.shares:
        for place, is_hidden in enumerate(suppressed_shares(frame, part, whole)):
            if is_hidden:
                hidden[place].update((share, part))
    for columns in hidden:
        for column in sorted(columns):
            columns.update(guard.companions.get(column, ()))
    if guard.whole:
        for places in frame.groupby(list(guard.whole)).indices.values():
            if _reveals(frame, hidden, guard, set(places)):
                for place in places:
                    hidden[place].update(MONTH_SHOWN)
    if query == "own_leave_out":
        _hide_whole_tests(rows, hidden)
    return [{**row, "hidden": frozenset(columns)} for row, columns in zip(rows, hidden, strict=True)]


def _reveals(frame: pd.DataFrame, hidden: list[set[str]], guard: Guard, series: set[int]) -> bool:
    """Whether the total of a quarter, which other tables give or let work out, gives hidden counts of the series."""
    return any(
        bool(inside) and _tells(frame[count].to_numpy(float)[inside])
        for count in guard.counts
        for group in guard.groups
        for places in frame.groupby(list(group)).indices.values()
        if (
            inside := [
                place
                for place in places
                if place in series
                and count in hidden[place]
                and frame["is_whole_quarter"].iat[place]
                and frame[count].notna().iat[place]
            ]
        )
    )


def protected_together(tables: Mapping[str, Rows]) -> dict[str, Rows]:
    """The tables of one publication by the name of their query, each `protected`, and against one another.

    The services' Stage 2 counts and the procedures' are of the same complaints. Where the procedures shown leave few of
    the services' total, or all that they leave can be told, no count of Stage 2 by service is shown. A control chart
    whose centre tells a small count is shown without its lines.
    """
    found = {query: protected(query, rows) for query, rows in tables.items()}
    services, procedures = (found.get(query, []) for query in ("own_services", "own_incidence"))
    for whole in (row for row in services if row["service"] == SERVICE_ALL):
        period = {name: whole[name] for name in ("period_start", "period_end")}
        same = [row for row in procedures if period.items() <= row.items()]
        left_out = [row["case_stages"] for row in same if "case_stages" in row["hidden"]]
        rest = whole["stage_2_complaints"] - sum(row["case_stages"] for row in same) + sum(left_out)
        if is_small(rest) or (left_out and _tells(np.asarray(left_out, float))):
            found["own_services"] = [{**row, "hidden": row["hidden"] | {"stage_2_complaints"}} for row in services]
    for total in found.get("own_chart_totals", []):
        if "centre" in total["hidden"]:
            chart = {name: total[name] for name in ("procedure", "stage", "measure")}
            found["own_charts"] = [
                {**row, "hidden": row["hidden"] | FROM_THE_CENTRE} if chart.items() <= row.items() else row
                for row in found["own_charts"]
            ]
    return found


def unprotected(tables: Mapping[str, Rows]) -> dict[str, Rows]:
    """The same tables with every count as it is, for an edition that is not handed out."""
    return {query: [{**row, "hidden": frozenset()} for row in rows] for query, rows in tables.items()}


def _hide_whole_tests(rows: Rows, hidden: list[set[str]]) -> None:
    """Where one row of a leave-out test is hidden, hide all its rows but the whole.

    The longest cases are mostly late, so the rows next to it would give the count away."""
    tests: dict[tuple[Any, ...], list[int]] = {}
    for place, row in enumerate(rows):
        tests.setdefault((row["procedure"], row["clock_end"], row["allowance"]), []).append(place)
    for places in tests.values():
        if any(hidden[place] for place in places):
            for place in places:
                if rows[place]["left_out"]:
                    hidden[place].update(("in_time", "in_time_pct"))
