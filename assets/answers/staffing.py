"""Whether the council has enough people for Stage 2, on the model and by the number of cases."""

from collections.abc import Iterable
from dataclasses import replace
from math import ceil

from assets.answers.asked import (
    CHILDREN,
    MONTHS_IN_A_YEAR,
    PROCEDURES,
    Asked,
    register_as_at,
    source_of,
    where,
)
from assets.answers.facts import MISSING, NOT_APPLICABLE, TIED, Fact
from assets.wording import words
from benchmarking.power import MOST, cases_to_see, smallest_rise

RISE = 20
"""The rise in points that one might set out to reach in a year, and that the numbers are tried on."""


def q10(asked: Asked) -> Iterable[Fact]:
    """What one more investigator and one more independent person would do on the model; of a council that has neither,
    only that."""
    if not asked.council.has_childrens_services:
        what = "Having enough investigators"
        yield Fact("one_more", what, "", polarity="higher", is_lead=True, reason=NOT_APPLICABLE)
        return
    yield _one_more(asked, "investigators", "investigators")
    yield _one_more(asked, "independent_persons", "independent persons")
    yield _people(asked)
    yield _enough(asked)


def _one_more(asked: Asked, role: str, name: str) -> Fact:
    rows = asked.rows["own_capacity"]
    as_now, more = (next(iter(where(rows, role=role, change=change)), None) for change in (0, 1))
    empty = Fact(
        "one_more",
        "Stage 2 children’s social care complaints in time",
        f"as many {name} as now",
        "the next four quarters",
        statement=role,
        polarity="higher",
        brief=name.removesuffix("s"),
        is_lead=True,
    )
    if as_now is None or more is None:
        refused = next((row for row in rows if row["reason"]), None)
        return replace(
            empty,
            reason="not modelled" if refused else MISSING,
            reason_in_words=refused["reason"] if refused else "",
            evidence=asked.evidence("marts.stage_capacity", refused),
        )
    shares = (more["share_in_time_pct"], as_now["share_in_time_pct"])
    low, high = (words.rounded(more[limit], 0) for limit in ("lower_pct", "upper_pct"))
    cost = (
        ""
        if more["cost_gbp"] is None
        else f" With as many cases as each has now, one more costs {words.shown('cost_gbp', more['cost_gbp'])} a year."
    )
    return replace(
        empty,
        period=f"the four quarters after {words.day(more['as_at'])}",
        comparator=f"the {as_now['people']} {name} of the last three months",
        value=shares[0],
        numerator=more["people"],
        comparator_value=shares[1],
        is_different=abs(shares[0] - shares[1]) >= 1,
        is_above=shares[0] > shares[1],
        reason=TIED if shares[0] == shares[1] else "",
        detail=f"It could be {low}% to {high}%.{cost}",
        is_model=True,
        evidence=asked.evidence("marts.stage_capacity", as_now, more),
        sources=register_as_at(more),
    )


def _people(asked: Asked) -> Fact:
    """Who could take a case in the latest month recorded, and what was spent in the twelve months to it."""
    empty = Fact("people", "Investigators who could take a case", "posts, people and spending", unit="")
    row = next((row for row in asked.rows["people"] if row["investigators_available"] is not None), None)
    if row is None:
        return empty
    phrases = [
        f"{row['independent_persons_available']} independent persons"
        if row["independent_persons_available"] is not None
        else "",
        f"{words.plain(row['vacancies'])} of {words.plain(row['posts'])} posts vacant"
        if row["posts"] is not None and row["vacancies"] is not None
        else "",
        f"{words.shown('cost_gbp', row['cost_of_year_gbp'])} spent in the 12 months to then"
        if row["months_with_cost"] == MONTHS_IN_A_YEAR
        else "",
    ]
    month = f"{row['month_start']:%B %Y}"
    return replace(
        empty,
        period=month,
        numerator=row["investigators_available"],
        detail=words.joined(filter(None, phrases)) or "nothing else",
        evidence=asked.evidence("staging.register_resources", row),
        sources=(f"the council’s own register as at the end of {month}",),
    )


def _enough(asked: Asked) -> Fact:
    """Whether a year holds cases enough for a change of Stage 2 timeliness to be clear of chance."""
    fact = Fact(
        "enough",
        f"Stage 2 {PROCEDURES[CHILDREN]}",
        "the 12 months before",
        unit="percentage points",
        is_lead=True,
    )
    now = next(iter(where(asked.rows["timeliness"], stage="2", procedure=CHILDREN)), None)
    if now is None or not now["judged"]:
        return fact
    fact = replace(
        fact,
        period=now["period_label"],
        evidence=asked.evidence("marts.stage_timeliness", now),
        sources=source_of(now),
    )
    if {"judged", "in_time"} & now["hidden"]:
        return fact.hidden()
    cases = min(now["judged"], MOST)
    # as Jeffreys' prior has it, so that none in time is not taken for a share of nought
    share = (now["in_time"] + 0.5) / (now["judged"] + 1)
    rise = smallest_rise(share, cases)
    needed = cases_to_see(share, RISE / 100) if share + RISE / 100 <= 1 else None
    if needed is None:
        detail = f"more than {MOST} cases before and as many after."
    else:
        quarters = words.counted(ceil(4 * needed / now["judged"]), "quarter")
        detail = f"{words.counted(needed, 'case')} before and as many after. At this rate that is {quarters} each."
    return replace(
        fact,
        value=None if rise is None else 100 * rise,
        printed="no rise" if rise is None else f"only a rise of {100 * rise:.0f} percentage points or more",
        numerator=now["judged"],
        detail=f"To confirm a rise of {RISE} percentage points would take {detail}",
        is_model=True,
    )
