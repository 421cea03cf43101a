"""The questions that only the council's own register answers, small counts left out.

What is judged here and not in the marts is judged by two tests that `docs/methods.md` states: Newcombe's interval of
two shares, and the exact binomial test of two counts, both at 95%.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import ceil, isnan
from typing import Any

from assets.answers.asked import (
    ANY_PERIOD,
    LEVEL,
    PROCEDURES,
    REGISTER,
    TOO_FEW,
    Asked,
    Row,
    Rows,
    is_held,
    procedures,
)
from assets.answers.facts import BROKEN, MISSING, TIED, Fact, shown
from assets.answers.plan import targets
from assets.wording import own, words
from assets.wording.small_counts import MINIMUM_BASE, gives_away, is_small
from benchmarking.intervals import median_interval, newcombe_difference, wilson
from benchmarking.power import MOST, cases_to_see, smallest_rise
from benchmarking.spc import POINTS_FOR_LIMITS, xmr

MONTHS_IN_A_YEAR = 12
RISE = 20
"""The rise in points that one might set out to reach in a year, and that the numbers are tried on."""


def q4(asked: Asked) -> Iterable[Fact]:
    """Without the longest cases, for each procedure."""
    rows = asked.rows["own_leave_out"]
    for procedure in procedures(rows, asked.main_procedure):
        same = [row for row in rows if row["procedure"] == procedure]
        whole, least = (same[0], same[-1]) if same else (None, None)
        what = f"Stage 2 {PROCEDURES[procedure]} in time"
        base: dict[str, Any] = {
            "statement": f"longest_{procedure}",
            "template": "longest",
            "what": what,
            "polarity": "none",
            "comparator": "the three longest cases",
            "is_lead": True,
        }
        if whole is None or least is None:
            yield Fact(**base, period=ANY_PERIOD, reason=MISSING)
            continue
        is_hidden = bool({"in_time", "case_stages"} & (whole["hidden"] | least["hidden"]))
        shares = (whole["in_time_pct"], least["in_time_pct"])
        reason = TOO_FEW if is_hidden else "fewer than five cases are left" if None in shares else ""
        upper = 100 * float(wilson(whole["in_time"], whole["case_stages"], LEVEL)[1])
        is_different = None if reason else bool(shares[1] > upper)
        yield Fact(
            **{**base, "comparator": f"the {_number(least['left_out'])} longest"},
            period=whole["period_label"],
            value=None if is_hidden else shares[0],
            numerator=None if is_hidden else whole["in_time"],
            denominator=whole["case_stages"],
            comparator_value=None if is_hidden else shares[1],
            is_hidden=is_hidden,
            is_different=is_different,
            is_above=False,
            reason=reason or (TIED if shares[0] == shares[1] else ""),
            reason_in_words=reason or "the shares are the same",
            evidence=asked.evidence("marts.leave_out", whole, least),
            sources=(REGISTER.format(words.day(whole["as_at"])),),
        )


def q5(asked: Asked) -> Iterable[Fact]:
    """Twelve months compared with those a year before: Stage 2, Stage 1, volumes; and the target."""
    rows = asked.rows["timeliness"]
    held = {(row["stage"], row["procedure"]) for row in rows}
    for stage, procedure in [
        ("2", "children_statutory"),
        ("2", "corporate"),
        ("1", "children_statutory"),
        ("1", "corporate"),
    ]:
        same = [row for row in rows if (row["stage"], row["procedure"]) == (stage, procedure)]
        limit = f"{same[0]['limit_working_days']} working days" if same else "the limit"
        is_lead = stage == "2" and (procedure == asked.main_procedure or (stage, procedure) in held)
        fact = _change(
            asked,
            same,
            Fact(
                statement=f"in_time_stage_{stage}_{procedure}",
                template="in_time",
                what=f"Stage {stage} {PROCEDURES[procedure]} within {limit}",
                period=ANY_PERIOD,
                comparator="the 12 months before",
                polarity="higher",
                reason=asked.absence(procedure),
                is_lead=is_lead,
            ),
        )
        yield _as_published(asked, fact, stage, procedure) if not same else fact
    yield from _days(asked)
    yield from _volumes(asked)
    yield from targets(asked)


def _days(asked: Asked) -> Iterable[Fact]:
    """How many working days Stage 2 takes: the median with its interval, and how far single cases may go."""
    rows = asked.rows["case_days"]
    for procedure in procedures(rows, None):
        days = [row["elapsed_working_days"] for row in rows if row["procedure"] == procedure]
        newest = [row for row in rows if row["procedure"] == procedure and row["is_of_last_year"]]
        middle, low, high = median_interval([row["elapsed_working_days"] for row in newest], LEVEL)
        timed = [
            row for row in asked.rows["timeliness"] if (row["stage"], row["procedure"]) == ("2", procedure)
        ]
        few = isnan(low) or len(newest) < MINIMUM_BASE
        limit = f"{timed[0]['limit_working_days']} working days" if timed else ""
        yield Fact(
            statement=f"days_stage_2_{procedure}",
            template="days",
            what=f"Stage 2 {PROCEDURES[procedure]}",
            period=f"the 12 months to {words.day(rows[0]['as_at'])}",
            comparator=f"a limit of {limit}" if limit else "no limit",
            polarity="none",
            unit="working days",
            value=None if few else middle,
            printed="" if few else f"{middle:g} working days (95% interval {low:g} to {high:g})",
            numerator=None if len(newest) < MINIMUM_BASE else len(newest),
            is_hidden=few,
            reason=TOO_FEW if few else "",
            reason_in_words=TOO_FEW if few else "",
            detail=" ".join([f"The limit is {limit}."] * bool(limit) + _own_variation(days)),
            evidence=asked.evidence("marts.stage_timeliness", *timed[:1]),
            sources=(REGISTER.format(words.day(rows[0]["as_at"])),),
        )


def _own_variation(days: list[int]) -> list[str]:
    """What an individuals chart of the cases' days says: how far one may go, and whether the newest are out of it."""
    if len(days) < POINTS_FOR_LIMITS:
        return []
    chart = xmr(days)
    expected = [f"If nothing changes, single cases may take up to {ceil(chart.upper[-1])} working days."]
    signal = str(chart.words(higher_is_better=False)[-1])
    way = {"better": "quicker", "worse": "slower"}.get(signal)
    return expected + ([f"The newest cases are {way} than usual by more than chance."] if way else [])


def _change(asked: Asked, rows: Rows, empty: Fact) -> Fact:
    """The first row's twelve months compared with those of a later row on the same limit, by Newcombe's interval."""
    if not rows:
        return empty
    now = rows[0]
    earlier = [row for row in rows[1:] if row["period_end"] < now["period_end"]]
    clock = ("limit_working_days", "clock_start", "clock_end", "allowance")
    before = next((row for row in earlier if all(row[name] == now[name] for name in clock)), None)
    is_hidden = bool({"judged", "in_time"} & now["hidden"])
    was_hidden = before is not None and bool({"judged", "in_time"} & before["hidden"])
    reason = ""
    if is_hidden or was_hidden:
        reason = TOO_FEW if is_hidden else f"{TOO_FEW} in the 12 months before"
    elif before is None:
        reason = BROKEN if earlier else ""
    elif min(now["judged"], before["judged"]) < MINIMUM_BASE:
        reason = "fewer than five cases fell due"
    is_different, is_higher = None, None
    if before is not None and not reason:
        change, low, high = newcombe_difference(
            now["in_time"], now["judged"], before["in_time"], before["judged"], LEVEL
        )
        is_different, is_higher = bool(low > 0 or high < 0), bool(change > 0)
    other = before or (earlier[0] if earlier else None)
    return Fact(
        **{
            **vars(empty),
            "period": now["period_label"],
            "comparator": words.the_period(other["period_label"]) if other else empty.comparator,
            "value": None if is_hidden or now["judged"] < MINIMUM_BASE else now["in_time_pct"],
            "numerator": None if is_hidden else now["in_time"],
            "denominator": now["judged"],
            "comparator_value": before["in_time_pct"] if before and not was_hidden else None,
            "base": f"{before['in_time']} of {before['judged']}" if before and not was_hidden else "",
            "is_hidden": is_hidden,
            "is_different": is_different,
            "is_above": is_higher,
            "reason": reason,
            "reason_in_words": "the limit or the clock changed" if reason == BROKEN else reason,
            "evidence": asked.evidence("marts.stage_timeliness", now, other),
            "sources": _register_of(now),
        }
    )


def _register_of(row: Row) -> tuple[str, ...]:
    """What is named as the source: the register, or the papers in which the council reports its quarters."""
    if row["source"] == "case register":
        return (REGISTER.format(words.day(row["as_at"])),)
    return tuple(dict.fromkeys(row["source"].split("; ")))


def months_of(row: Row) -> int:
    """How many months the period of a row lasts."""
    start, end = row["period_start"], row["period_end"]
    return int(12 * (end.year - start.year) + end.month - start.month + 1)


def _as_published(asked: Asked, fact: Fact, stage: str, procedure: str) -> Fact:
    """What the council has published of a share in time, where we have no register; else the fact as it was."""
    head = next(
        (
            row
            for row in asked.rows["headlines"]
            if (row["stage"], row["procedure"]) == (stage, procedure)
            and row["numerator_measure"] == "complaints_completed_in_time"
            and row["period_start"] is not None
        ),
        None,
    )
    if head is None:
        return fact
    if not is_held(head):
        # other years may have one
        return replace(fact, period=head["period_label"])
    counted = head["value"] is not None
    return Fact(
        **{
            **vars(fact),
            "template": "published",
            "what": f"Stage {stage} {PROCEDURES[procedure]} in time",
            "period": head["period_label"],
            "comparator": fact.comparator
            if months_of(head) == MONTHS_IN_A_YEAR
            else "the same months a year before",
            "value": head["value"] if counted else head["printed_value"],
            "printed": "" if counted else words.as_printed(head, "printed_text"),
            "numerator": head["numerator"] if counted else None,
            "denominator": head["denominator"] if counted else None,
            "reason": "nothing to compare with",
            "reason_in_words": "we have no other figure",
            "evidence": asked.evidence("marts.indicator_values", head),
            "sources": (head["source_url"],) if head["source_url"] else (),
        }
    )


def _volumes(asked: Asked) -> Iterable[Fact]:
    """Complaints received in the latest twelve months compared with a year before, by the exact binomial test."""
    rows = asked.rows["volumes"]
    for stage, procedure in [("1", "children_statutory"), ("1", "corporate"), ("2", "children_statutory")]:
        same = [row for row in rows if (row["stage"], row["procedure"]) == (stage, procedure)]
        base: dict[str, Any] = {
            "statement": f"received_stage_{stage}_{procedure}",
            "template": "volume",
            "what": f"Stage {stage} {PROCEDURES[procedure]}",
            "comparator": "the 12 months before",
            "polarity": "none",
            "unit": "complaints",
        }
        if not same:
            yield Fact(**base, period=ANY_PERIOD, reason=asked.absence(procedure))
            continue
        now, before = same[0], next(iter(same[1:]), None)
        small = is_small(*(row["received"] for row in same))
        both = now["received"] + (before["received"] if before else 0)
        is_different = (
            _is_different(now["received"], before["received"]) if before and both and not small else None
        )
        yield Fact(
            **{
                **base,
                "comparator": words.the_period(before["period_label"]) if before else base["comparator"],
            },
            period=now["period_label"],
            value=None if small else float(now["received"]),
            numerator=None if small else now["received"],
            comparator_value=None if small or not before else float(before["received"]),
            is_hidden=small,
            is_different=is_different,
            is_above=before is not None and now["received"] > before["received"],
            reason=TOO_FEW if small else "",
            reason_in_words=TOO_FEW if small else "",
            evidence=asked.evidence("marts.stage_volumes", now, before),
            sources=_register_of(now),
        )


def _is_different(now: int, before: int) -> bool:
    """Whether two counts differ by more than chance would have it, by the exact binomial test."""
    # scipy.stats takes a second to import, which a refresh without cases should not wait for
    from scipy.stats import binomtest

    return bool(binomtest(now, now + before, 0.5).pvalue < 1 - LEVEL)


def q6(asked: Asked) -> Iterable[Fact]:
    """The longest step, which bodies cases waited on, and the slowest partner."""
    timed = [row for row in asked.rows["own_steps"] if row["share_of_time_pct"] is not None]
    rows = sorted(timed, key=lambda row: -row["share_of_time_pct"])
    base: dict[str, Any] = {"statement": "step", "template": "step", "polarity": "none", "is_lead": True}
    what, whole = "Stage 2 {}", "all steps"
    if not rows:
        name = what.format(PROCEDURES[asked.main_procedure])
        yield Fact(**base, what=name, period=ANY_PERIOD, comparator=whole, reason=MISSING)
    for procedure in procedures(rows, None):
        same = [row for row in rows if row["procedure"] == procedure]
        top = same[0]
        tied = [row["step"] for row in same if row["share_of_time_pct"] == top["share_of_time_pct"]]
        is_hidden = "timed" in top["hidden"]
        yield Fact(
            **{**base, "statement": f"step_{procedure}"},
            what=what.format(PROCEDURES[procedure]),
            period=f"all cases to {words.day(top['as_at'])}",
            comparator=whole,
            value=None if is_hidden else top["share_of_time_pct"],
            numerator=None if is_hidden else top["timed"],
            denominator=top["stages"],
            is_hidden=is_hidden,
            detail=words.joined(f"“{step}”" for step in tied),
            reason=TOO_FEW if is_hidden else TIED if len(tied) > 1 else "",
            reason_in_words=TOO_FEW if is_hidden else "",
            evidence=asked.evidence("marts.stage_step_times", *[row for row in same if row["step"] in tied]),
            sources=(REGISTER.format(words.day(top["as_at"])),),
        )
    yield _waited_on(asked)
    yield _slowest_partner(asked)


def _waited_on(asked: Asked) -> Fact:
    rows = [row for row in asked.rows["waited_on"] if row["procedure"] == "children_statutory"]
    known = [row for row in rows if row["waiting_on"] != "not_recorded"]
    base: dict[str, Any] = {
        "statement": "waited_on",
        "template": "waited_on",
        "what": f"Late Stage 2 {PROCEDURES['children_statutory']}",
        "polarity": "none",
        "comparator": "a partner or the complainant",
    }
    total = sum(row["late"] for row in known)
    if not total:
        return Fact(**base, period=ANY_PERIOD, reason=asked.absence("children_statutory"))
    ours = sum(row["late"] for row in known if row["waiting_on"] == "council")
    is_hidden = gives_away(ours, total)
    return Fact(
        **base,
        period=f"all cases to {words.day(known[0]['as_at'])}",
        value=None if is_hidden else 100 * ours / total,
        numerator=None if is_hidden else ours,
        denominator=None if is_hidden else total,
        is_hidden=is_hidden,
        is_lead=True,
        reason=TOO_FEW if is_hidden else TIED if 2 * ours == total else "",
        reason_in_words=TOO_FEW if is_hidden else "",
        evidence=asked.evidence("marts.waiting_on", *known),
        sources=(REGISTER.format(words.day(known[0]["as_at"])),),
    )


def _slowest_partner(asked: Asked) -> Fact:
    rows = [row for row in asked.rows["partners"] if row["procedure"] == "children_statutory"]
    base: dict[str, Any] = {
        "statement": "partner",
        "template": "partner",
        "what": "Requests to partners in Stage 2 children’s social care complaints",
        "polarity": "none",
        "comparator": "the partners asked",
        "unit": "working days",
    }
    if not rows:
        return Fact(**base, period=ANY_PERIOD, reason=asked.absence("children_statutory"))
    enough = [row for row in rows if row["answered"] >= MINIMUM_BASE]
    top = enough[0] if len(enough) > 1 else None
    period = f"all cases to {words.day(rows[0]['as_at'])}"
    evidence = asked.evidence("marts.partner_waits", *rows)
    if top is None:
        why = "fewer than two kinds of partner answered five requests"
        return Fact(
            **base, period=period, is_hidden=True, reason=TOO_FEW, reason_in_words=why, evidence=evidence
        )
    return Fact(
        **base,
        period=period,
        value=top["median_working_days"],
        numerator=top["answered"],
        detail=top["partner"].replace("_", " "),
        evidence=evidence,
        sources=(REGISTER.format(words.day(top["as_at"])),),
    )


def q9(asked: Asked) -> Iterable[Fact]:
    """The service with most complaints, whether the largest is mostly requests, and what goes on to Stage 2."""
    rows = [row for row in asked.rows["own_services"] if row["service"] != own.SERVICE_ALL]
    whole = next((row for row in asked.rows["own_services"] if row["service"] == own.SERVICE_ALL), None)
    base: dict[str, Any] = {"polarity": "none", "is_lead": True}
    largest: dict[str, Any] = {
        **base,
        "statement": "largest",
        "template": "largest",
        "what": "Complaints by service",
    }
    requests: dict[str, Any] = {**base, "statement": "requests", "template": "requests", "comparator": "half"}
    if not rows or whole is None or not whole["complaints"]:
        yield Fact(**largest, period=ANY_PERIOD, comparator="the services", reason=MISSING)
        yield Fact(**requests, what="Contacts", period=ANY_PERIOD, reason=MISSING)
    else:
        top = rows[0]
        tied = [row for row in rows if row["complaints"] == top["complaints"]]
        is_hidden = "complaints" in top["hidden"]
        sources = (REGISTER.format(words.day(top["as_at"])),)
        yield Fact(
            **largest,
            period=top["period_label"],
            comparator="all complaints",
            value=None if is_hidden else 100 * top["complaints"] / whole["complaints"],
            numerator=None if is_hidden else top["complaints"],
            denominator=whole["complaints"],
            is_hidden=is_hidden,
            detail=words.joined(own.named(row["service"]) for row in tied),
            reason=TOO_FEW if is_hidden else TIED if len(tied) > 1 else "",
            reason_in_words=TOO_FEW if is_hidden else "",
            evidence=asked.evidence("marts.services", *tied, whole),
            sources=sources,
        )
        most = max(rows, key=lambda row: row["complaints"] + row["requests_for_service"])
        yield _requests(asked, most, requests, sources)
    yield from _escalations(asked)
    yield _to_the_ombudsman(asked)


def _to_the_ombudsman(asked: Asked) -> Fact:
    """The service that most complaints to the Ombudsman are about, and its share of the comparators' complaints."""
    rows = asked.rows["received"]
    base: dict[str, Any] = {
        "statement": "ombudsman",
        "template": "ombudsman",
        "what": "Complaints to the Ombudsman",
        "comparator": asked.group,
        "polarity": "none",
    }
    if not rows:
        return Fact(**base, period=ANY_PERIOD, reason=MISSING, is_lead=not asked.rows["own_services"])
    top = rows[0]
    tied = [row for row in rows if row["received"] == top["received"]]
    share = 100 * top["received"] / top["all_received"]
    low, high = (
        words.rounded(100 * float(one), 0) for one in wilson(top["received"], top["all_received"], LEVEL)
    )
    detail = f"It was {words.joined((row['service'] for row in tied), 'or')}."
    if top["others_all"]:
        others = shown(100 * top["others_received"] / top["others_all"], "percent", top["others_all"])
        group, whole = words.sentence(asked.group), words.whole(top["others_all"])
        detail += f" {group} had {others} of {whole} about {top['service']}."
    return Fact(
        **base,
        period=words.period(top),
        value=share,
        printed=f"{shown(share, 'percent', top['all_received'])}, 95% interval {low}% to {high}%",
        numerator=top["received"],
        denominator=top["all_received"],
        detail=detail,
        is_lead=not asked.rows["own_services"],
        evidence=asked.evidence("marts.received_by_service", *tied),
        sources=tuple(dict.fromkeys(row["source_url"] for row in tied if row["source_url"])),
    )


def _requests(asked: Asked, row: Row, base: Mapping[str, Any], sources: tuple[str, ...]) -> Fact:
    both = row["complaints"] + row["requests_for_service"]
    is_hidden = bool({"complaints", "requests_for_service"} & row["hidden"])
    low, high = (float(one) for one in wilson(row["requests_for_service"], both, LEVEL))
    share = 100 * row["requests_for_service"] / both if both else None
    return Fact(
        **base,
        what=(f"Contacts with {own.named(row['service']).lower()}, the busiest service"),
        period=row["period_label"],
        value=None if is_hidden else share,
        numerator=None if is_hidden else row["requests_for_service"],
        denominator=None if is_hidden else both,
        comparator_value=50.0,
        is_hidden=is_hidden,
        is_different=low > 0.5 or high < 0.5,
        is_above=low > 0.5,
        reason=TOO_FEW if is_hidden else "",
        reason_in_words=TOO_FEW if is_hidden else "",
        evidence=asked.evidence("marts.services", row),
        sources=sources,
    )


def _escalations(asked: Asked) -> Iterable[Fact]:
    rows = asked.rows["escalation"]
    for procedure in procedures(rows, asked.main_procedure):
        same = [row for row in rows if row["procedure"] == procedure]
        base: dict[str, Any] = {
            "statement": f"escalation_{procedure}",
            "template": "escalation",
            "what": f"Stage 1 {PROCEDURES[procedure]} that went on to Stage 2",
            "polarity": "lower",
        }
        if not same:
            yield Fact(**base, period=ANY_PERIOD, comparator="the year before", reason=MISSING)
            continue
        now, before = same[0], next(iter(same[1:]), None)
        is_hidden = any({"closed", "escalated"} & row["hidden"] for row in same)
        is_judged = (
            before is not None and not is_hidden and min(now["closed"], before["closed"]) >= MINIMUM_BASE
        )
        is_different = above = None
        if before is not None and is_judged:
            change, low, high = newcombe_difference(
                now["escalated"], now["closed"], before["escalated"], before["closed"], LEVEL
            )
            is_different, above = bool(low > 0 or high < 0), bool(change > 0)
        yield Fact(
            **base,
            period=now["period_label"],
            comparator=before["period_label"] if before else "the year before",
            value=None if is_hidden else now["escalated_pct"],
            numerator=None if is_hidden else now["escalated"],
            denominator=now["closed"],
            comparator_value=before["escalated_pct"] if before and not is_hidden else None,
            is_hidden=is_hidden,
            is_different=is_different,
            is_above=above,
            reason=TOO_FEW if is_hidden else "",
            reason_in_words=TOO_FEW if is_hidden else "",
            evidence=asked.evidence("marts.escalation", now, before),
            sources=(REGISTER.format(words.day(now["as_at"])),),
        )


def q10(asked: Asked) -> Iterable[Fact]:
    """What one more investigator and one more independent person would do on the model."""
    rows = asked.rows["own_capacity"]
    names = {"investigators": "investigators", "independent_persons": "independent persons"}
    for role, name in names.items():
        base: dict[str, Any] = {
            "statement": role,
            "template": "one_more",
            "what": "Stage 2 children’s social care complaints in time",
            "polarity": "higher",
            "is_lead": True,
            "is_model": True,
        }
        as_now = next((row for row in rows if row["role"] == role and row["change"] == 0), None)
        more = next((row for row in rows if row["role"] == role and row["change"] == 1), None)
        if as_now is None or more is None:
            refused = next((row for row in rows if row["reason"]), None)
            absence = asked.absence("children_statutory")
            yield Fact(
                **{**base, "is_model": False},
                period="the next four quarters",
                comparator=f"as many {name} as now",
                reason="not modelled" if refused and absence == MISSING else absence,
                reason_in_words=refused["reason"] if refused else "",
                evidence=asked.evidence("marts.stage_capacity", refused),
            )
            continue
        shares = (more["share_in_time_pct"], as_now["share_in_time_pct"])
        cost = (
            ""
            if more["cost_gbp"] is None
            else " With as many cases as each has now, one more costs "
            f"{words.shown('cost_gbp', more['cost_gbp'])} a year."
        )
        yield Fact(
            **base,
            period=f"the four quarters after {words.day(more['as_at'])}",
            comparator=f"the {as_now['people']} {name} of the last three months",
            value=shares[0],
            numerator=more["people"],
            comparator_value=shares[1],
            is_different=abs(shares[0] - shares[1]) >= 1,
            is_above=shares[0] > shares[1],
            reason=TIED if shares[0] == shares[1] else "",
            detail=(
                f"It could be {words.rounded(more['lower_pct'], 0)}% to {words.rounded(more['upper_pct'], 0)}%.{cost}"
            ),
            evidence=asked.evidence("marts.stage_capacity", as_now, more),
            sources=(REGISTER.format(words.day(more["as_at"])),),
        )

    yield _people(asked)
    yield _enough(asked)


def _people(asked: Asked) -> Fact:
    """Who could take a case in the latest month recorded, and what was spent in the twelve months to it."""
    base: dict[str, Any] = {
        "statement": "people",
        "template": "people",
        "what": "Investigators who could take a case",
        "polarity": "none",
        "unit": "",
        "comparator": "posts, people and spending",
    }
    row = next((row for row in asked.rows["people"] if row["investigators_available"] is not None), None)
    if row is None:
        return Fact(**base, period=ANY_PERIOD, reason=MISSING)
    phrases = [
        f"{row['independent_persons_available']} independent persons"
        if row["independent_persons_available"] is not None
        else "",
        f"{words.plain(row['vacancies'])} of {words.plain(row['posts'])} posts vacant"
        if row["posts"] is not None and row["vacancies"] is not None
        else "",
        f"{words.shown('cost_gbp', row['cost_of_year_gbp'])} spent in the 12 months to then"
        if row["months_with_cost"] == 12
        else "",
    ]
    return Fact(
        **base,
        period=f"{row['month_start']:%B %Y}",
        numerator=row["investigators_available"],
        detail=words.joined(filter(None, phrases)) or "nothing else",
        evidence=asked.evidence("staging.register_resources", row),
        sources=(REGISTER.format(f"the end of {row['month_start']:%B %Y}"),),
    )


def _enough(asked: Asked) -> Fact:
    """Whether a year holds cases enough for a change of Stage 2 timeliness to be clear of chance."""
    base: dict[str, Any] = {
        "statement": "enough",
        "template": "enough",
        "what": f"Stage 2 {PROCEDURES[asked.main_procedure]}",
        "polarity": "none",
        "unit": "percentage points",
        "comparator": "the 12 months before",
        "is_lead": True,
    }
    rows = asked.rows["timeliness"]
    main = ("2", asked.main_procedure)
    now = next((row for row in rows if (row["stage"], row["procedure"]) == main), None)
    if now is None or not now["judged"]:
        return Fact(**base, period=ANY_PERIOD, reason=MISSING)
    evidence: dict[str, Any] = {
        "period": now["period_label"],
        "evidence": asked.evidence("marts.stage_timeliness", now),
        "sources": _register_of(now),
    }
    if {"judged", "in_time"} & now["hidden"]:
        return Fact(**base, **evidence, is_hidden=True, reason=TOO_FEW, reason_in_words=TOO_FEW)
    cases = min(now["judged"], MOST)
    # as Jeffreys' prior has it, so that none in time is not taken for a share of nought
    share = (now["in_time"] + 0.5) / (now["judged"] + 1)
    rise = smallest_rise(share, cases)
    needed = cases_to_see(share, RISE / 100) if share + RISE / 100 <= 1 else None
    quarters = None if needed is None else ceil(4 * needed / now["judged"])
    detail = (
        f"To confirm a rise of {RISE} percentage points would take more than {MOST} cases before and as many after."
        if needed is None or quarters is None
        else f"To confirm a rise of {RISE} percentage points would take {words.counted(needed, 'case')} before and as "
        f"many after. At this rate that is {words.counted(quarters, 'quarter')} each."
    )
    return Fact(
        **base,
        **evidence,
        value=None if rise is None else 100 * rise,
        printed="no rise" if rise is None else f"only a rise of {100 * rise:.0f} percentage points or more",
        numerator=now["judged"],
        detail=detail,
        is_model=True,
    )


def _number(value: int) -> str:
    return {1: "one", 2: "two", 3: "three"}.get(value, str(value))
