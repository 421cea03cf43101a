"""The findings as sentences. Each names its comparator, base and period; a test binds it to the rows it speaks of."""

from collections.abc import Mapping, Sequence
from typing import Any

# as a module, because it imports words from here in turn
import assets.benchmark.words as benchmark
from assets.publication import words
from benchmarking.settings import RankingSettings

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
    "in_time": (
        "One line a procedure: the share of the cases that fell due in twelve months and were completed "
        "within the limit; the dashed line is every case in time, as the limit asks. "
        "Periods whose counts are too small to show are left out. The table below gives every figure."
    ),
    "control": (
        "One point a month, squares where a rule of control charts marks it; the plain line is the centre, the "
        "dashed lines the limits of chance, at whole numbers. The table below gives every figure."
    ),
    "years": (
        "The subject’s value in each year as diamonds with 95% intervals, the comparators together as circles; no line "
        "crosses a break in the series, which is marked [b], or a year without a figure. The table below gives every "
        "figure."
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
YEAR_BEFORE = {
    "missing": "the figure of the year before is not held",
    "not enough comparable years": "there is no comparable year before",
    "break in the series": "the measure changed between the two years",
}
NEEDED = {
    "ombudsman": "the Ombudsman’s page or annual table for the council, collected live or saved and imported",
    "council": "the case register or quarterly figures (see Our complaints)",
}


def reason(text: str | None) -> str:
    """A reason of the protocol in a reader's words."""
    return benchmark.REASONS.get(text or "", "not judged")


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
        return f"No verdict: {reason(standing['verdict_reason'] if standing else None)}"
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
    return f"No rank: {reason(found['rank_reason'])}"


def gap(head: Row, found: Row | None) -> str:
    """The gap to the best-performer benchmark in whole cases, or why there is none."""
    if found is None or words.is_missing(found["benchmark"]):
        why = (found["benchmark_reason"] or "no good direction") if found else None
        return f"No benchmark: {reason(why)}"
    against = words.measured(found["benchmark"], head["unit"])
    low, high = benchmark.cases(found["gap_cases_lower"]), benchmark.cases(found["gap_cases_upper"])
    size = benchmark.cases(abs(found["gap_cases"]))
    way = "behind" if found["gap_cases"] > 0 else "ahead of"
    where = "Level with" if size == "0.0" else f"{size} cases {way}"
    return f"{where} the benchmark of {against} (95% interval of the gap {low} to {high} cases)"


def evidence(head: Row, found: Row | None, trend: Row | None) -> list[str]:
    """What lies behind the verdict: the gate of ranks, the one-case test, the choice of comparators, the trend."""
    told = []
    if found is not None:
        row = {**found, "unit": head["unit"]}
        told = [benchmark.gate(row), benchmark.one_case(row), benchmark.stress_test(row)]
        is_difference = found["verdict"] not in (None, "", "no clear difference")
        if is_difference and not words.is_missing(found["is_clear_among_all_tested"]):
            stands = "stands" if found["is_clear_among_all_tested"] else "is not beyond chance"
            told.append(
                f"With {words.counted(found['tested'], 'indicator')} tested together, a difference {stands} "
                f"after allowing "
                "for their number."
            )
    return [*told, benchmark.trend(trend)]


def trend(found: Row | None) -> str:
    """Where the council is going beside its comparators, or why no trend is given."""
    if found is None or words.is_missing(found["years_beside"]):
        return "No trend: no comparable year beside them is held"
    if words.is_missing(found["trend_beside"]):
        held = words.counted(found["years_beside"], "comparable year")
        needed = RankingSettings().minimum_years
        return f"No trend: {held} held, {needed} needed"
    crosses = ", across a break, so only if that hit all councils alike" if found["is_across_a_break"] else ""
    return f"{words.sentence(found['trend_beside'])} over {words.counted(found['years_beside'], 'year')}{crosses}"


def moved(head: Row, found: Row | None) -> str:
    """How the rank moved from the year before and what moved it, or why no move is given."""
    if found is None:
        why = "neither high nor low is good" if head["polarity"] == "none" else "the year before is not held"
        return f"No move of rank: {why}"
    if words.is_missing(found["move"]):
        return f"No move of rank: {reason(found['reason'])}"
    if not found["is_rank_shown"]:
        return f"No move of rank: no ranks are shown in both {found['period_label_before']} and {found['period_label']}"
    size = words.counted(abs(found["move"]), "place")
    way = f"{'Down' if found['move'] > 0 else 'Up'} {size}" if found["move"] else "The same place"
    parts = {
        "our own change": found["move_by_ours"],
        "the others’ changes": found["move_by_peers"],
        "councils that joined or left": found["move_by_group"],
        "figures restated since": found["move_by_restatement"],
    }
    because = words.joined(f"{what} {words.rounded(part)}" for what, part in parts.items() if part)
    return (
        f"{way}, from {words.whole(found['rank_before'])} in {found['period_label_before']} to "
        f"{words.whole(found['rank_after'])} in {found['period_label']}"
        f"{f' (towards the bottom is positive: {because})' if because else ''}"
    )


def changed(head: Row, found: Row | None) -> str:
    """The change from the year before with its interval, or why none is given."""
    if found is None or words.is_missing(found["change"]):
        why = YEAR_BEFORE[found["change_reason"] if found else "missing"]
        return f"No change is given: {why}"
    if not words.may_show_percentage(head):
        return "No change is given: there are too few cases for a percentage"
    size = words.lead(abs(found["change"]), head["unit"])
    return (
        f"{'Up' if found['change'] > 0 else 'Down'} {size} on the year before (95% interval of the change "
        f"{words.rounded(found['change_lower'])} to {words.rounded(found['change_upper'])})"
    )


def best(rows: Sequence[Row], found: Row | None, group: str) -> str:
    """Who could be best among the comparators, or why nobody is named."""
    named = [row["nice_name"] for row in rows if row["could_be_best"]]
    if not named:
        return f"Nobody is named the best: {reason(found['rank_reason'] if found else None)}."
    held = [row for row in rows if not words.is_missing(row["could_be_best"])]
    if len(named) == len(held):
        return f"Any of the {words.whole(len(held))} councils with data, {group} and this one, could be the best."
    return (
        f"{words.whole(len(named))} of {words.whole(len(held))} councils with data, {group} and this one, could be the "
        f"best: {words.joined(named)}."
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


def ledger(row: Row, council: str, group: str) -> str:
    """Whether the story of one year flips with the denominator."""
    told = {
        "of those investigated": row["by_investigated"],
        "of those dealt with": row["by_dealt_with"],
        "per resident": row["by_residents"],
    }
    known = [f"{side} {base}" for base, side in told.items() if not words.is_missing(side)]
    if not known:
        return f"In {row['period_label']} no denominator can be compared with {group}."
    flips = (
        "the story hangs on the denominator"
        if row["has_flip"]
        else "the story is the same"
        if not words.is_missing(row["has_flip"])
        else "there is no second one to set it against"
    )
    told_of = f"In {row['period_label']}, {council}’s upheld complaints beside {group} together"
    return f"{told_of}: {words.joined(known)}; {flips}."
