"""Whether the council gets faster: twelve months of its register compared with those a year before."""

from collections.abc import Iterable
from dataclasses import replace
from math import ceil, isnan

from assets.answers.asked import (
    CHILDREN,
    LEVEL,
    MONTHS_IN_A_YEAR,
    PROCEDURES,
    Asked,
    Row,
    Rows,
    addresses,
    is_held,
    procedures,
    register_as_at,
    source_of,
    where,
)
from assets.answers.facts import BROKEN, TOO_FEW, Fact
from assets.answers.plan import targets
from assets.answers.register import newcombe
from assets.wording import words
from assets.wording.small_counts import MINIMUM_BASE, gives_away, is_small
from benchmarking.intervals import median_interval
from benchmarking.spc import POINTS_FOR_LIMITS, xmr

CLOCK = ("limit_working_days", "clock_start", "clock_end", "allowance")


def q5(asked: Asked) -> Iterable[Fact]:
    """Twelve months compared with those a year before: Stage 2, Stage 1, volumes; and the target."""
    for stage in ("2", "1"):
        for procedure in (CHILDREN, "corporate"):
            same = where(asked.rows["timeliness"], stage=stage, procedure=procedure)
            limit = f"{same[0]['limit_working_days']} working days" if same else "the limit"
            empty = Fact(
                "in_time",
                f"Stage {stage} {PROCEDURES[procedure]} within {limit}",
                "the 12 months before",
                statement=f"in_time_stage_{stage}_{procedure}",
                polarity="higher",
                reason=asked.absence(procedure),
                is_lead=stage == "2" and (bool(same) or procedure == asked.main_procedure),
            )
            yield _change(asked, same, empty) if same else _as_published(asked, empty, stage, procedure)
    yield from _days(asked)
    yield from _volumes(asked)
    yield from targets(asked)


def _days(asked: Asked) -> Iterable[Fact]:
    """How many working days Stage 2 takes: the median with its interval, and how far single cases may go."""
    rows = asked.rows["case_days"]
    for procedure in procedures(rows, None):
        cases = where(rows, procedure=procedure)
        newest = [row["elapsed_working_days"] for row in cases if row["is_of_last_year"]]
        middle, low, high = median_interval(newest, LEVEL)
        timed = where(asked.rows["timeliness"], stage="2", procedure=procedure)
        limit = f"{timed[0]['limit_working_days']} working days" if timed else ""
        variation = _own_variation([row["elapsed_working_days"] for row in cases])
        fact = Fact(
            "days",
            f"Stage 2 {PROCEDURES[procedure]}",
            f"a limit of {limit}" if limit else "no limit",
            f"the 12 months to {words.day(rows[0]['as_at'])}",
            statement=f"days_stage_2_{procedure}",
            unit="working days",
            value=middle,
            printed=f"{middle:g} working days (95% interval {low:g} to {high:g})",
            numerator=len(newest),
            detail=" ".join([f"The limit is {limit}."] * bool(limit) + variation),
            evidence=asked.evidence("marts.stage_timeliness", *timed[:1]),
            sources=register_as_at(rows[0]),
        )
        if len(newest) < MINIMUM_BASE or (timed and _tells_in_time(newest, timed[0], low, high)):
            fact = fact.hidden(printed="")
        elif isnan(low):
            fact = fact.hidden(printed="", numerator=fact.numerator)
        yield fact


def _tells_in_time(days: list[int], timed: Row, low: float, high: float) -> bool:
    """Whether the ends of the median's interval are days so far out that they tell a small count in time."""
    ordered = sorted(days)
    in_time = sum(day <= timed["limit_working_days"] for day in days)
    is_far_out = low < ordered[MINIMUM_BASE - 1] or high > ordered[-MINIMUM_BASE]
    return is_far_out and gives_away(in_time, len(days))


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
    now = rows[0]
    earlier = [row for row in rows[1:] if row["period_end"] < now["period_end"]]
    before = next((row for row in earlier if all(row[name] == now[name] for name in CLOCK)), None)
    other = before or next(iter(earlier), None)
    is_hidden, was_hidden = (row is not None and bool({"judged", "in_time"} & row["hidden"]) for row in (now, before))
    fact = replace(
        empty,
        period=now["period_label"],
        comparator=words.the_period(other["period_label"]) if other else empty.comparator,
        value=now["in_time_pct"] if now["judged"] >= MINIMUM_BASE else None,
        numerator=now["in_time"],
        denominator=now["judged"],
        comparator_value=before["in_time_pct"] if before and not was_hidden else None,
        base=f"{before['in_time']} of {before['judged']}" if before and not was_hidden else "",
        detail=_without_limit(now),
        reason="",
        evidence=asked.evidence("marts.stage_timeliness", now, other),
        sources=source_of(now),
    )
    if is_hidden:
        return fact.hidden()
    if was_hidden:
        return replace(fact, reason=f"{TOO_FEW} in the 12 months before")
    if before is None and earlier:
        return replace(fact, reason=BROKEN, reason_in_words="the limit or the clock changed")
    if before is None:
        return replace(fact, is_half_answer=True)
    if min(now["judged"], before["judged"]) < MINIMUM_BASE:
        return replace(fact, reason="fewer than five cases fell due")
    is_different, is_above = newcombe(now["in_time"], now["judged"], before["in_time"], before["judged"])
    return replace(fact, is_different=is_different, is_above=is_above)


def _without_limit(row: Row) -> str:
    """How many cases completed in the twelve months count nowhere, because no limit was set for them yet."""
    many = row["closed_without_limit"]
    if words.is_missing(many) or not many:
        return ""
    number = "Fewer than five" if is_small(many) else words.whole(many)
    return f"{number} completed in these months had no limit yet and do not count."


def months_of(row: Row) -> int:
    """How many months the period of a row lasts."""
    start, end = row["period_start"], row["period_end"]
    return int(12 * (end.year - start.year) + end.month - start.month + 1)


def _as_published(asked: Asked, fact: Fact, stage: str, procedure: str) -> Fact:
    """What the council has published of a share in time, where we have no register; else the fact as it was."""
    same = where(
        asked.rows["headlines"],
        stage=stage,
        procedure=procedure,
        numerator_measure="complaints_completed_in_time",
    )
    head = next((row for row in same if row["period_start"] is not None), None)
    if head is None:
        return fact
    if not is_held(head):
        # other years may have one
        return replace(fact, period=head["period_label"])
    counted = head["value"] is not None
    return replace(
        fact,
        template="published",
        what=f"Stage {stage} {PROCEDURES[procedure]} in time",
        period=head["period_label"],
        comparator=fact.comparator if months_of(head) == MONTHS_IN_A_YEAR else "the same months a year before",
        value=head["value"] if counted else head["printed_value"],
        printed="" if counted else words.as_printed(head, "printed_text"),
        numerator=head["numerator"] if counted else None,
        denominator=head["denominator"] if counted else None,
        brief=f"{head['period_end']:%Y}",
        reason="nothing to compare with",
        reason_in_words="we have no other figure",
        evidence=asked.evidence("marts.indicator_values", head),
        sources=addresses([head]),
    )


def _volumes(asked: Asked) -> Iterable[Fact]:
    """Complaints received in the latest twelve months compared with a year before, by the exact binomial test."""
    for stage, procedure in [("1", CHILDREN), ("1", "corporate"), ("2", CHILDREN)]:
        same = where(asked.rows["volumes"], stage=stage, procedure=procedure)
        fact = Fact(
            "volume",
            f"Stage {stage} {PROCEDURES[procedure]}",
            "the 12 months before",
            statement=f"received_stage_{stage}_{procedure}",
            unit="complaints",
            reason="" if same else asked.absence(procedure),
        )
        if not same:
            yield fact
            continue
        now, before = same[0], next(iter(same[1:]), None)
        fact = replace(
            fact,
            period=now["period_label"],
            value=float(now["received"]),
            numerator=now["received"],
            evidence=asked.evidence("marts.stage_volumes", now, before),
            sources=source_of(now),
        )
        if before:
            fact = replace(
                fact,
                comparator=words.the_period(before["period_label"]),
                comparator_value=float(before["received"]),
                is_different=_is_different(now["received"], before["received"]),
                is_above=now["received"] > before["received"],
            )
        is_hidden = is_small(*(row["received"] for row in same))
        yield fact.hidden(comparator_value=None) if is_hidden else fact


def _is_different(now: int, before: int) -> bool | None:
    """Whether two counts differ by more than chance would have it, by the exact binomial test."""
    if not now + before:
        return None
    # scipy.stats takes a second to import, which a refresh without cases should not wait for
    from scipy.stats import binomtest

    return bool(binomtest(now, now + before, 0.5).pvalue < 1 - LEVEL)
