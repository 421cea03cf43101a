"""The questions that only the council's own register answers, small counts left out.

What is judged here and not in the marts is judged by two tests that `docs/methods.md` states: Newcombe's interval of
two shares, and the exact binomial test of two counts, both at 95%.
"""

from collections.abc import Iterable
from dataclasses import replace

from assets.answers.asked import (
    CHILDREN,
    LEVEL,
    PROCEDURES,
    Asked,
    Row,
    Rows,
    addresses,
    procedures,
    register_as_at,
    where,
)
from assets.answers.facts import TIED, Fact, shown
from assets.wording import own, words
from assets.wording.small_counts import MINIMUM_BASE, gives_away
from benchmarking.intervals import newcombe_difference, wilson

LEFT_OUT = {1: "the longest", 2: "the two longest", 3: "the three longest"}


def newcombe(part: int, whole: int, earlier: int, of_earlier: int) -> tuple[bool, bool]:
    """Whether a share differs from an earlier one by more than chance, and whether it is higher."""
    change, low, high = newcombe_difference(part, whole, earlier, of_earlier, LEVEL)
    return bool(low > 0 or high < 0), bool(change > 0)


def q4(asked: Asked) -> Iterable[Fact]:
    """Without the longest cases, for each procedure."""
    rows = asked.rows["own_leave_out"]
    for procedure in procedures(rows, asked.main_procedure):
        fact = Fact(
            "longest",
            f"Stage 2 {PROCEDURES[procedure]} in time",
            "the three longest cases",
            statement=f"longest_{procedure}",
            is_lead=True,
        )
        if same := where(rows, procedure=procedure):
            fact = _longest(asked, fact, same[0], same[-1])
        yield fact


def _longest(asked: Asked, empty: Fact, whole: Row, least: Row) -> Fact:
    shares = (whole["in_time_pct"], least["in_time_pct"])
    fact = replace(
        empty,
        comparator=LEFT_OUT.get(least["left_out"], empty.comparator),
        period=whole["period_label"],
        value=shares[0],
        numerator=whole["in_time"],
        denominator=whole["case_stages"],
        comparator_value=shares[1],
        evidence=asked.evidence("marts.leave_out", whole, least),
        sources=register_as_at(whole),
    )
    if {"in_time", "case_stages"} & (whole["hidden"] | least["hidden"]):
        return fact.hidden(comparator_value=None)
    if None in shares or least is whole:
        return replace(fact, comparator_value=None, reason="fewer than five cases are left")
    upper = 100 * float(wilson(whole["in_time"], whole["case_stages"], LEVEL)[1])
    is_tied = shares[0] == shares[1]
    return replace(fact, is_different=bool(shares[1] > upper), is_above=False, reason=TIED if is_tied else "")


def q6(asked: Asked) -> Iterable[Fact]:
    """The longest step, which bodies cases waited on, and the slowest partner."""
    timed = [row for row in asked.rows["own_steps"] if row["share_of_time_pct"] is not None]
    if not timed:
        yield Fact("step", f"Stage 2 {PROCEDURES[asked.main_procedure]}", "all steps", is_lead=True)
    for procedure in procedures(timed, None):
        steps = where(timed, procedure=procedure)
        top = max(steps, key=lambda row: row["share_of_time_pct"])
        tied = where(steps, share_of_time_pct=top["share_of_time_pct"])
        fact = Fact(
            "step",
            f"Stage 2 {PROCEDURES[procedure]}",
            "all steps",
            f"all cases to {words.day(top['as_at'])}",
            statement=f"step_{procedure}",
            value=top["share_of_time_pct"],
            numerator=top["timed"],
            denominator=top["stages"],
            detail=words.joined(f"“{row['step']}”" for row in tied),
            brief=words.inside(str(top["step"])),
            reason=TIED if len(tied) > 1 else "",
            is_lead=True,
            evidence=asked.evidence("marts.stage_step_times", *tied),
            sources=register_as_at(top),
        )
        yield fact.hidden() if "timed" in top["hidden"] else fact
    yield _waited_on(asked)
    yield _slowest_partner(asked)


def _waited_on(asked: Asked) -> Fact:
    rows = where(asked.rows["waited_on"], procedure=CHILDREN)
    known = [row for row in rows if row["waiting_on"] != "not_recorded"]
    empty = Fact("waited_on", f"Late Stage 2 {PROCEDURES[CHILDREN]}", "a partner or the complainant")
    total = sum(row["late"] for row in known)
    if not total:
        return replace(empty, reason=asked.absence(CHILDREN))
    ours = sum(row["late"] for row in where(known, waiting_on="council"))
    fact = replace(
        empty,
        period=f"all cases to {words.day(known[0]['as_at'])}",
        value=100 * ours / total,
        numerator=ours,
        denominator=total,
        is_lead=True,
        reason=TIED if 2 * ours == total else "",
        evidence=asked.evidence("marts.waiting_on", *known),
        sources=register_as_at(known[0]),
    )
    return fact.hidden() if gives_away(ours, total) else fact


def _slowest_partner(asked: Asked) -> Fact:
    rows = where(asked.rows["partners"], procedure=CHILDREN)
    what = "Requests to partners in Stage 2 children’s social care complaints"
    empty = Fact("partner", what, "the partners asked", unit="working days")
    if not rows:
        return replace(empty, reason=asked.absence(CHILDREN))
    enough = [row for row in rows if row["answered"] >= MINIMUM_BASE]
    known = replace(
        empty,
        period=f"all cases to {words.day(rows[0]['as_at'])}",
        evidence=asked.evidence("marts.partner_waits", *rows),
    )
    if len(enough) < 2:
        return known.hidden(reason_in_words="fewer than two kinds of partner answered five requests")
    return replace(
        known,
        value=enough[0]["median_working_days"],
        numerator=enough[0]["answered"],
        detail=enough[0]["partner"].replace("_", " "),
        sources=register_as_at(enough[0]),
    )


def q9(asked: Asked) -> Iterable[Fact]:
    """The service with most complaints, whether the largest is mostly requests, and what goes on to Stage 2."""
    rows = [row for row in asked.rows["own_services"] if row["service"] != own.SERVICE_ALL]
    whole = next(iter(where(asked.rows["own_services"], service=own.SERVICE_ALL)), None)
    if not rows or whole is None or not whole["complaints"]:
        yield Fact("largest", "Complaints by service", "the services", is_lead=True)
        yield Fact("requests", "Contacts", "half", is_lead=True)
    else:
        yield _largest(asked, rows, whole)
        yield _requests(asked, rows)
    yield from _escalations(asked)
    yield _to_the_ombudsman(asked)


def _largest(asked: Asked, rows: Rows, whole: Row) -> Fact:
    top = rows[0]
    tied = where(rows, complaints=top["complaints"])
    fact = Fact(
        "largest",
        "Complaints by service",
        "all complaints",
        top["period_label"],
        value=100 * top["complaints"] / whole["complaints"],
        numerator=top["complaints"],
        denominator=whole["complaints"],
        detail=words.joined(own.named(row["service"]) for row in tied),
        reason=TIED if len(tied) > 1 else "",
        is_lead=True,
        evidence=asked.evidence("marts.services", *tied, whole),
        sources=register_as_at(top),
    )
    return fact.hidden() if "complaints" in top["hidden"] else fact


def _to_the_ombudsman(asked: Asked) -> Fact:
    """The service that most complaints to the Ombudsman are about, and its share of the comparators' complaints."""
    rows = asked.rows["received"]
    empty = Fact("ombudsman", "Complaints to the Ombudsman", asked.group, is_lead=not asked.rows["own_services"])
    if not rows:
        return empty
    top = rows[0]
    tied = where(rows, received=top["received"])
    share = 100 * top["received"] / top["all_received"]
    low, high = (words.rounded(100 * float(limit), 0) for limit in wilson(top["received"], top["all_received"], LEVEL))
    detail = f"It was {words.joined((row['service'] for row in tied), 'or')}."
    if top["others_all"]:
        others = shown(100 * top["others_received"] / top["others_all"], "percent", top["others_all"])
        group, whole = words.sentence(asked.group), words.whole(top["others_all"])
        detail += f" {group} had {others} of {whole} about {top['service']}."
    return replace(
        empty,
        period=words.period(top),
        value=share,
        printed=f"{shown(share, 'percent', top['all_received'])}, 95% interval {low}% to {high}%",
        numerator=top["received"],
        denominator=top["all_received"],
        detail=detail,
        evidence=asked.evidence("marts.received_by_service", *tied),
        sources=addresses(tied),
    )


def _requests(asked: Asked, rows: Rows) -> Fact:
    is_counted = not words.is_missing(rows[0]["requests_for_service"])
    row = max(rows, key=lambda one: one["complaints"] + one["requests_for_service"]) if is_counted else rows[0]
    fact = Fact(
        "requests",
        f"Contacts with {own.named(row['service']).lower()}, the busiest service",
        "half",
        row["period_label"],
        is_lead=True,
        evidence=asked.evidence("marts.services", row),
        sources=register_as_at(row),
    )
    if not is_counted:
        fact = replace(fact, numerator=row["complaints"], reason="the register has complaints alone")
    elif both := row["complaints"] + row["requests_for_service"]:
        low, high = (float(limit) for limit in wilson(row["requests_for_service"], both, LEVEL))
        fact = replace(
            fact,
            value=100 * row["requests_for_service"] / both,
            numerator=row["requests_for_service"],
            denominator=both,
            comparator_value=50.0,
            is_different=low > 0.5 or high < 0.5,
            is_above=low > 0.5,
        )
    return fact.hidden() if {"complaints", "requests_for_service"} & row["hidden"] else fact


def _escalations(asked: Asked) -> Iterable[Fact]:
    rows = asked.rows["own_escalation"]
    for procedure in procedures(rows, asked.main_procedure):
        fact = Fact(
            "escalation",
            f"Stage 1 {PROCEDURES[procedure]} that went on to Stage 2",
            "the year before",
            statement=f"escalation_{procedure}",
            polarity="lower",
        )
        same = where(rows, procedure=procedure)[:2]
        if not same:
            yield fact
            continue
        now, before = same[0], next(iter(same[1:]), None)
        fact = replace(
            fact,
            period=now["period_label"],
            value=now["escalated_pct"],
            numerator=now["escalated"],
            denominator=now["closed"],
            evidence=asked.evidence("marts.escalation", now, before),
            sources=register_as_at(now),
        )
        if before:
            fact = replace(fact, comparator=before["period_label"], comparator_value=before["escalated_pct"])
        if before and min(now["closed"], before["closed"]) >= MINIMUM_BASE:
            is_different, is_above = newcombe(now["escalated"], now["closed"], before["escalated"], before["closed"])
            fact = replace(fact, is_different=is_different, is_above=is_above)
        is_hidden = any({"closed", "escalated"} & row["hidden"] for row in same)
        yield fact.hidden(comparator_value=None) if is_hidden else fact
