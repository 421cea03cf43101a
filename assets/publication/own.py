"""The council's own cases as they may be published: small counts taken out, also where a total would give them away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from assets.council.suppression import suppressed, suppressed_shares
from assets.publication import words

Rows = list[dict[str, Any]]

SERVICE_ALL = "all"
WAYS = {
    "due": "of those whose limit fell due (the primary way)",
    "closed": "of those closed, as councils report",
}
CLOCKS = {
    "request": "the request",
    "agreed_statement": "the agreed statement of complaint",
    "statement": "the agreed statement of complaint",
    "report": "the investigator’s report",
    "adjudication": "the adjudication letter",
    "closed": "the closing of the case",
    "response": "the response",
}


@dataclass(frozen=True)
class Guard:
    """What of one table must be protected: counts, shares with their parts, and the totals that are published too.

    companions: columns that must not be shown where a count of theirs is not. groups: as `suppressed` takes them.
    """

    counts: tuple[str, ...]
    shares: tuple[tuple[str, str, str], ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    companions: Mapping[str, tuple[str, ...]] | None = None


GUARDS = {
    "own_timeliness": Guard(
        ("judged", "in_time"),
        (("in_time_pct", "in_time", "judged"),),
        companions={"judged": ("in_time", "in_time_pct", "median_working_days")},
    ),
    "own_incidence": Guard(
        ("case_stages",),
        (("completed_by_limit_pct", "completed", "case_stages"),),
        companions={"case_stages": ("completed_by_limit_pct", "lower_95_pct", "upper_95_pct")},
    ),
    "own_steps": Guard(
        ("timed",), companions={"timed": ("share_of_time_pct", "median_working_days", "p90_working_days")}
    ),
    "own_open": Guard(("open_stages", "overdue"), groups=((), ("procedure", "stage"))),
    "own_services": Guard(
        ("complaints", "requests_for_service", "stage_2_complaints"),
        groups=((),),
        companions={
            "complaints": ("requests_for_service_pct",),
            "requests_for_service": ("requests_for_service_pct",),
        },
    ),
    "own_escalation": Guard(("closed", "escalated"), (("escalated_pct", "escalated", "closed"),)),
    "own_leave_out": Guard(("case_stages", "in_time"), (("in_time_pct", "in_time", "case_stages"),)),
}


def protected(query: str, rows: Rows) -> Rows:
    """The rows of one query with `hidden`, the columns that must not be shown in each."""
    guard = GUARDS.get(query)
    if guard is None or not rows:
        return [{**row, "hidden": frozenset()} for row in rows]
    frame = pd.DataFrame(rows)
    parts = frame[frame["service"] != SERVICE_ALL] if "service" in frame else frame
    hidden: list[set[str]] = [set() for _ in rows]
    for count in guard.counts:
        held = parts[parts[count].notna()]
        found = suppressed(held.reset_index(drop=True), count, [list(group) for group in guard.groups])
        for place, is_hidden in zip(held.index, found, strict=True):
            if is_hidden:
                hidden[place].add(count)
                hidden[place].update((guard.companions or {}).get(count, ()))
    for share, part, whole in guard.shares:
        for place, is_hidden in enumerate(suppressed_shares(frame, part, whole)):
            if is_hidden:
                hidden[place].update((share, part))
    if query == "own_leave_out":
        _hide_whole_tests(rows, hidden)
    return [{**row, "hidden": frozenset(columns)} for row, columns in zip(rows, hidden, strict=True)]


def _hide_whole_tests(rows: Rows, hidden: list[set[str]]) -> None:
    """Where one row of a leave-out test is hidden, hide all its rows but the whole.

    The longest cases are mostly late, so the rows beside it would give the count away."""
    tests: dict[tuple[Any, ...], list[int]] = {}
    for place, row in enumerate(rows):
        tests.setdefault((row["procedure"], row["clock_end"], row["allowance"]), []).append(place)
    for places in tests.values():
        if any(hidden[place] for place in places):
            for place in places:
                if rows[place]["left_out"]:
                    hidden[place].update(("in_time", "in_time_pct"))


def shown(row: Mapping[str, Any], column: str) -> str:
    """One cell of a council's own table: the figure, the symbol for none, or that for a small count."""
    return words.SUPPRESSED if column in row["hidden"] else words.shown(column, row[column])


def stage_2_sentence(rows: Sequence[Mapping[str, Any]], council: str) -> str:
    """The primary answer to whether Stage 2 is in time: the latest twelve months of children's
    complaints that fell due."""
    due = [row for row in rows if row["counted_on"] == "due" and row["procedure"] == "children_statutory"]
    if not due:
        return f"No Stage 2 children’s social care complaint of {council} fell due in a whole period of the register."
    row = max(due, key=lambda one: one["period_end"])
    when = f"in the {row['period_label']}"
    if "judged" in row["hidden"]:
        return f"Fewer than five Stage 2 children’s social care complaints to {council} fell due {when}."
    if "in_time" in row["hidden"]:
        return (
            f"Of {words.whole(row['judged'])} Stage 2 children’s social care complaints to {council} that "
            f"fell due {when}, "
            "so few were in time, or late, that the number is not shown."
        )
    share = (
        "" if words.is_missing(row["in_time_pct"]) else f" ({words.shown('in_time_pct', row['in_time_pct'])})"
    )
    mark = ", a small base" if row["has_small_base"] else ""
    return (
        f"Of {words.whole(row['judged'])} Stage 2 children’s social care complaints to {council} that fell due {when}, "
        f"{words.whole(row['in_time'])}{share} were completed within {words.whole(row['limit_working_days'])} working "
        f"days{mark}."
    )


def clocks(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Which clock the timeliness figures run on, one sentence a procedure, for print beside them."""
    told = {}
    for row in rows:
        start, end = (
            CLOCKS.get(row[name], row[name].replace("_", " ")) for name in ("clock_start", "clock_end")
        )
        told[row["procedure"]] = (
            f"{words.PROCEDURES[row['procedure']]}: the clock runs from {start} to {end}, as the council declared."
        )
    return list(told.values())


def named(text: str) -> str:
    """A service or role of the register in words."""
    return (
        "All services"
        if text == SERVICE_ALL
        else words.sentence(text.replace("_", " ").replace("childrens", "children’s"))
    )
