"""The findings as sentences. Each names its comparator, base and period; a test binds it to the rows it speaks of."""

from collections.abc import Mapping, Sequence
from typing import Any

from assets.publication import words

Row = Mapping[str, Any]

CHART_DESCRIPTIONS = {
    "caterpillar": (
        "One line a council, in order of value, with its 95% interval; the subject is a diamond in another colour, the "
        "dashed line is the comparators together, the dotted line the best-performer benchmark where there is one. The "
        "table below gives every figure."
    ),
    "funnel": (
        "One point a council, its value against its number of cases; the subject is a diamond. Between "
        "the dashed lines the "
        "subject would be called no clear difference; beyond the dotted lines, much better or much "
        "worse. The table below "
        "gives every figure."
    ),
    "years": (
        "The subject’s value in each year as diamonds with 95% intervals, the comparators together as circles; no line "
        "crosses a break in the series, which is marked [b]. The table below gives every figure."
    ),
}
VERDICTS = {
    "much better": "much better than",
    "better": "better than",
    "no clear difference": "not clearly different from",
    "worse": "worse than",
    "much worse": "much worse than",
    "much higher": "much higher than",
    "higher": "higher than",
    "lower": "lower than",
    "much lower": "much lower than",
}
MARKS = {
    "much better": "▲▲",
    "better": "▲",
    "no clear difference": "●",
    "worse": "▼",
    "much worse": "▼▼",
    "much higher": "↑↑",
    "higher": "↑",
    "lower": "↓",
    "much lower": "↓↓",
}
REASONS = {
    "missing": "our figure is missing",
    "not a count": "our figure is no count of cases",
    "zero denominator": "there is nothing to divide by",
    "numerator above denominator": "our counts contradict each other",
    "no other council in the group": "no other council is in the group",
    "too few peers with data": "fewer than five comparators have data",
    "too few councils to name the best": "too few councils to name the best",
    "all tied": "every council has the same value",
    "no good direction": "neither high nor low is good",
    "differences mostly chance": "the differences between councils are mostly chance",
    "differences partly chance": "the differences between councils are partly chance",
    "differences rest on one council": "the differences between councils rest on one council",
    "not enough comparable years": "not enough comparable years",
    "break in the series": "the series has a break",
}
NEEDED = {
    "ombudsman": "the Ombudsman’s page or annual table for the council, collected live or saved and imported",
    "council": "the case register or quarterly figures (see Our complaints)",
}


def reason(text: str | None) -> str:
    """A reason of the protocol in a reader's words."""
    return REASONS.get(text or "", text or "not yet judged")


def value(head: Row) -> str:
    """The subject's figure with its counts and year: 88.5%, 23 of 26, in 2023-24."""
    if words.is_missing(head["value"]):
        return f"{words.own_value(head)}, {head['period_label']}"
    if not words.may_show_percentage(head):
        return f"{words.counts(head)} in {head['period_label']}, too few for a percentage"
    return f"{words.measured(head['value'], head['unit'])}, {words.counts(head)}, in {head['period_label']}"


def verdict(standing: Row | None) -> str:
    """The verdict in words, or why there is none."""
    if standing is None or words.is_missing(standing["verdict"]) or not standing["verdict"]:
        return f"No verdict: {reason(standing['reason'] if standing else None)}"
    return words.sentence(str(standing["verdict"]))


def mark(standing: Row | None) -> str:
    """A sign beside the verdict, so that colour is never the only signal."""
    return MARKS.get(str(standing["verdict"]), "") if standing else ""


def standing(head: Row, beside: Row | None, found: Row | None, council: str, group: str) -> str:
    """The finding of one indicator beside one group, the title of its chart."""
    ours = f"{council}: {value(head)}"
    if beside is None or words.is_missing(beside["pooled_value"]):
        return f"{ours}; none of the {group} has a figure for that year"
    theirs = (
        f"the {words.whole(beside['comparators_with_data'])} of {words.whole(beside['comparators'])} "
        f"{group} with data: "
        f"{words.measured(beside['pooled_value'], head['unit'])} together"
    )
    if found and found["verdict"]:
        return f"{ours}; {VERDICTS[found['verdict']]} {theirs}"
    return f"{ours}; {theirs}"


def funnel(head: Row, found: Row | None, council: str, group: str) -> str:
    """What the funnel shows: how many cases would be no surprise."""
    if found is None or words.is_missing(found["lower_cases"]):
        return f"{council} among {group}, {head['period_label']}"
    inside = f"{words.whole(found['lower_cases'])} to {words.whole(found['upper_cases'])}"
    return (
        f"Given the {group}, {inside} cases of {words.whole(head['denominator'])} would have been no surprise in "
        f"{head['period_label']}; {council} had {words.whole(head['numerator'])}"
    )


def years(rows: Sequence[Row], head: Row, council: str) -> str:
    """What the years show, and that none is compared across a break."""
    held = [row for row in rows if not words.is_missing(row["value"])]
    if not held:
        return f"No year of {council} is held"
    first, last = held[0], held[-1]
    crossed = [
        row
        for row in rows
        if row["is_break"] and first["period_start"] < row["period_start"] <= last["period_start"]
    ]
    span = f"{words.counted(len(held), 'year')} of {council} held, {first['period_label']} to {last['period_label']}"
    if crossed:
        at = words.joined(row["period_label"] for row in crossed)
        return f"{span}; the measure changed in {at}, so years before and after are not compared"
    return span


def place(found: Row | None) -> str:
    """The rank as an interval, a band, or the reason that there is none."""
    if found is None:
        return "No rank: not yet judged"
    if not words.is_missing(found["rank_lower"]):
        low, high = words.whole(found["rank_lower"]), words.whole(found["rank_upper"])
        count = words.whole(found["peers_with_data"] + 1)
        return f"{low} to {high} of {count}" if low != high else f"{low} of {count}"
    if not words.is_missing(found["band"]):
        return f"Quarter {words.whole(found['band'])} of 4, no rank: {reason(found['rank_reason'])}"
    return f"No rank: {reason(found['rank_reason'] or found['reason'])}"


def gap(head: Row, found: Row | None) -> str:
    """The gap to the best-performer benchmark in whole cases, or why there is none."""
    if found is None or words.is_missing(found["benchmark"]):
        why = (found["benchmark_reason"] or found["reason"]) if found else None
        return f"No benchmark: {reason(why)}"
    benchmark = words.measured(found["benchmark"], head["unit"])
    low, high = words.rounded(found["gap_cases_lower"]), words.rounded(found["gap_cases_upper"])
    cases = words.rounded(abs(found["gap_cases"]))
    way = "behind" if found["gap_cases"] > 0 else "ahead of"
    return f"{cases} cases {way} the benchmark of {benchmark} (95% interval of the gap {low} to {high})"


def one_case(found: Row | None) -> str:
    """Whether the verdict would survive one decision going the other way."""
    if found is None or words.is_missing(found["is_same_with_one_case_moved"]):
        return "No verdict, so no one-case test."
    if found["is_same_with_one_case_moved"]:
        return (
            f"The verdict, {found['verdict']}, would be the same with one case more and with one case fewer."
        )
    return (
        f"The verdict, {found['verdict']}, rests on one case: with one fewer it would be "
        f"{found['verdict_one_fewer'] or 'none'}, with one more {found['verdict_one_more'] or 'none'}."
    )


def is_stage_2_statement(row: Row) -> bool:
    """Whether a figure from minutes or the press is about how long Stage 2 takes."""
    return bool(
        row["stage"] == "2" and row["measure"] in ("complaints_in_time_pct", "target_days", "limit_days")
    )


def needed(head: Row) -> str:
    """Which input would answer an indicator that has no figure."""
    return NEEDED["ombudsman" if head["family"] == "ombudsman" else "council"]


def standing_sentence(head: Row, beside: Row | None, found: Row, council: str, group: str) -> str:
    """The verdict on one indicator as a whole sentence, for the overview."""
    return (
        f"{head['title']}: {council} is {VERDICTS[found['verdict']]} {group} "
        f"({value(head)}; "
        f"{words.comparator_value({**(beside or {}), 'unit': head['unit']} if beside else None, group)})."
    )


def overdue_sentence(open_cases: Sequence[Row], council: str) -> str | None:
    """How many of the council's own complaints are open past their limit, or nothing where none are known to be."""
    overdue = sum(row["overdue"] for row in open_cases)
    if not overdue:
        return None
    if overdue < words.MINIMUM_BASE:
        on = words.day(open_cases[0]["as_at"])
        return f"Fewer than five complaints to {council} were open past their limit on {on}."
    return (
        f"{words.counted(overdue, 'complaint')} to {council} were open past their limit on "
        f"{words.day(open_cases[0]['as_at'])}."
    )
