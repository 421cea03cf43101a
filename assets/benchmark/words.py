"""What the comparison says in sentences. Each is a function of one row and names its comparator, base and period.

A row is one of `queries/ranked_figure.sql`; the comparator's name is made from the row itself, so that no sentence can
speak of another group than the one that was computed.
"""

from collections.abc import Mapping
from typing import Any

from assets.publication.words import (
    counts,
    group_in_words,
    is_missing,
    may_show_percentage,
    measured,
    rounded,
    whole,
)

Row = Mapping[str, Any]

VERDICTS = {
    "much better": "much better than",
    "better": "better than",
    "no clear difference": "no clear difference from",
    "worse": "worse than",
    "much worse": "much worse than",
    "much higher": "much higher than",
    "higher": "higher than",
    "lower": "lower than",
    "much lower": "much lower than",
}
REASONS = {
    "missing": "its figure is not in hand",
    "not a count": "its figure is not a whole number of cases",
    "zero denominator": "there is nothing to divide by",
    "numerator above denominator": "its counts contradict each other",
    "doubted": "its figure is doubted",
    "no other council in the group": "the group has no other council",
    "too few peers with data": "too few councils of the group have data",
    "too few councils to name the best": "the group is too small to name the best",
    "all tied": "all councils have the same value",
    "no good direction": "neither high nor low is good",
    "differences mostly chance": "the differences between the councils are mostly chance",
    "differences partly chance": "the differences between the councils are partly chance, so only bands are shown",
    "no rank is shown in both years": "no rank is shown in both years",
    "differences rest on one council": "the differences rest on one council",
    "not enough comparable years": "there are not enough comparable years",
    "break in the series": "the series is broken by a change of method",
}


def group(row: Row) -> str:
    """The comparators of the row in words: "other county councils"."""
    return group_in_words(row["comparator_group"], row["comparator_title"], row["lgsco_type"])


def base(row: Row) -> str:
    """How many of the comparators have data: "10 of 20 have data"."""
    if is_missing(row["peers"]):
        return "none has data"
    return f"{whole(row['peers_with_data'])} of {whole(row['peers'])} have data"


def verdict(row: Row) -> str:
    """The verdict beside its comparator: "no clear difference from other county councils", or why there is none."""
    if is_missing(row["verdict"]):
        return f"no verdict beside {group(row)}: {REASONS[row['verdict_reason']]}"
    return f"{VERDICTS[row['verdict']]} {group(row)}"


def own_figure(row: Row) -> str:
    """The council's figure as it may be shown: "88.5%, 23 of 26"; under five cases the counts alone."""
    if is_missing(row["value"]):
        return "no figure" if is_missing(row.get("doubt")) else f"doubted: {row['doubt']}"
    if not may_show_percentage(row):
        return f"{counts(row)}, too few for a percentage"
    return f"{measured(row['value'], row['unit'])}, {counts(row)}"


def headline(row: Row) -> str:
    """One sentence: indicator, year, the council's figure, the verdict, its comparator and how many have data."""
    pooled = (
        "" if is_missing(row["pooled_value"]) else f", {measured(row['pooled_value'], row['unit'])} together"
    )
    return f"{row['title']}, {row['period_label']}: {own_figure(row)}; {verdict(row)} ({base(row)}{pooled})."


def rank(row: Row) -> str:
    """The rank interval, the band, or why neither is shown."""
    if not is_missing(row["rank_lower"]):
        return f"rank {whole(row['rank_lower'])} to {whole(row['rank_upper'])}"
    if not is_missing(row["band"]):
        return f"band {whole(row['band'])}; no rank: {REASONS[row['rank_reason']]}"
    return f"no rank: {REASONS[row['rank_reason']]}"


def gate(row: Row) -> str:
    """What rankability allows, with the numbers behind it."""
    if is_missing(row["gate"]):
        return f"No rank: {REASONS[row['rank_reason']]}."
    numbers = (
        f"{rounded(100 * row['rankability'], 0)}% of the differences between it and {group(row)} is real "
        f"(interval {rounded(100 * row['rankability_lower'], 0)}% to {rounded(100 * row['rankability_upper'], 0)}%; "
        f"{rounded(100 * row['rankability_without_one'], 0)}% without the council that matters most)"
    )
    if not is_missing(row["rank_reason"]):
        return f"No rank, because {REASONS[row['rank_reason']]}: an estimated {numbers}."
    return f"Ranks are shown, because an estimated {numbers}."


def one_case(row: Row) -> str:
    """Whether the verdict would stand with one decision the other way."""
    if is_missing(row["verdict"]):
        return f"No one-case test: {REASONS[row['verdict_reason']]}."
    fewer, more = (
        "none to move" if is_missing(row[name]) else row[name]
        for name in ("verdict_one_fewer", "verdict_one_more")
    )
    stands = "stands" if row["is_same_with_one_case_moved"] else "does not stand"
    return f"The verdict {stands} with one case moved: one fewer, {fewer}; one more, {more}."


def stress_test(row: Row) -> str:
    """Whether the verdict depends on the choice of comparators."""
    if is_missing(row["groups_with_verdict"]) or row["groups_with_verdict"] < 2:
        return (
            "Fewer than two comparator groups have enough data for a verdict, so the choice cannot be tried."
        )
    if not row["is_same_in_all_groups"]:
        found = "The result depends on which councils we compare with"
    elif row["verdict"] == "no clear difference":
        found = "There is no clear difference whichever councils we compare with"
    else:
        found = "The result points the same way whichever councils we compare with"
    return (
        f"{found}: {whole(row['groups_with_verdict'])} of {whole(row['comparator_groups'])} groups have enough data; "
        "they overlap."
    )


def cases(value: float) -> str:
    """Cases with one decimal; a gap that rounds to nothing has no sign."""
    text = rounded(value)
    return "0.0" if text == "-0.0" else text


def best_performer(row: Row) -> str:
    """The gap to the best performers in cases, or why there is none; ahead is said as ahead."""
    if is_missing(row["benchmark"]):
        reason = row["verdict_reason"] if not is_missing(row["verdict_reason"]) else "no good direction"
        return f"No best-performer benchmark: {REASONS[reason]}."
    way = "behind" if row["gap_cases"] >= 0 else "ahead of"
    benchmark = measured(row["benchmark"], row["unit"])
    return (
        f"Best performers among {group(row)}: {benchmark}; {cases(abs(row['gap_cases']))} cases {way} that "
        f"(interval {cases(row['gap_cases_lower'])} to {cases(row['gap_cases_upper'])}; "
        "behind is positive)."
    )


def trend(row: Row | None) -> str:
    """Where the council's own figures are going, and where they are going beside its comparators."""
    if row is None:
        return "No trend: no figure is in hand."
    own = row["trend"] or f"none, because {REASONS[row['reason']]} ({whole(row['years'])} in hand)"
    if is_missing(row["years_beside"]):
        return f"Trend: {own}."
    if not row["trend"] and not row["trend_beside"] and row["reason"] == row["reason_beside"]:
        years = f"{whole(row['years'])} in hand, {whole(row['years_beside'])} beside its comparators"
        return f"Trend: none, alone or beside its comparators, because {REASONS[row['reason']]} ({years})."
    beside = (
        row["trend_beside"]
        or f"none, because {REASONS[row['reason_beside']]} ({whole(row['years_beside'])} in hand)"
    )
    crosses = ", across a break, so only if that hit all councils alike" if row["is_across_a_break"] else ""
    return f"Trend: {own}. Beside its comparators: {beside}{crosses}."
