"""The findings as sentences. Each names its comparator, base and period; a test binds it to the rows it speaks of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets.wording import comparison, words
from benchmarking.settings import RankingSettings

Row = Mapping[str, Any]

MARKS = {
    "Better": "▲",
    "Worse": "▼",
    "About the same": "●",
    words.CANNOT_SAY: "○",
    "higher": "↑",
    "lower": "↓",
    "not told apart": "○",
}
YEAR_BEFORE = {
    "missing": "we do not have the figure of the year before",
    "not enough comparable years": "there is no comparable year before",
    "break in the series": "the measure changed between the two years",
}
NEEDED = {
    "ombudsman": "the Ombudsman’s page or annual table for the council, which the analyst can collect",
    "council": "the case register or quarterly figures",
}
COUNTED = "we count these from the council’s own cases on Our complaints"


@dataclass(frozen=True)
class TextOrReason:
    """One finding in words or, where there is none, why."""

    text: str = ""
    why: str = ""

    def or_no(self, name: str) -> str:
        """The finding, or "No rank: why" under its name."""
        return self.text or f"No {name}: {self.why}"


def once(parts: Mapping[str, TextOrReason]) -> list[str]:
    """Why each part that is not given is not, each reason once: No rank or benchmark: neither high nor low is good."""
    names: dict[str, list[str]] = {}
    for name, text in parts.items():
        if not text.text:
            names.setdefault(text.why, []).append(name)
    return [f"No {words.joined(of, 'or')}: {why}" for why, of in names.items()]


def reason(text: str | None) -> str:
    """A reason of the protocol in a reader's words."""
    return comparison.REASONS.get(text or "", "not judged")


def value(head: Row) -> str:
    """The subject's figure with its counts and year: 88.5%, 23 of 26, in 2023-24."""
    if words.is_missing(head["value"]):
        year = "" if words.is_missing(head["period_label"]) else f", {head['period_label']}"
        return f"{words.own_value(head)}{year}"
    if not words.may_show_percentage(head):
        return f"{words.counts(head)} in {head['period_label']}, too few for a percentage"
    return f"{words.measured(head['value'], head['unit'])}, {words.counts(head)}, in {head['period_label']}"


def _not_judged(head: Row | None) -> str:
    """Why a figure is not compared at all."""
    if head is None:
        return reason(None)
    if words.is_missing(head["value"]):
        why = head["missing_reason"]
        return words.MISSING_IN_WORDS["not held" if words.is_missing(why) else why]
    if not head.get("is_financial_year", True):
        return "its period is not a financial year"
    # whoever has a figure of a financial year and still stands among nobody is there no more
    return "we do not compare a council that has been abolished"


def verdict_text(standing: Row | None, head: Row | None = None) -> TextOrReason:
    """The verdict in words, or why there is none."""
    if standing is None:
        return TextOrReason(why=_not_judged(head))
    if words.is_missing(standing["verdict"]) or not standing["verdict"]:
        return TextOrReason(why=reason(standing["verdict_reason"]))
    return TextOrReason(words.sentence(comparison.finding(standing, _group(standing))))


def _group(standing: Row) -> str:
    """The comparators of a standing in words."""
    return words.group_in_words(standing["comparator_group"], standing["comparator_title"], standing["lgsco_type"])


def verdict(standing: Row | None) -> str:
    """The verdict in words, or why there is none, in one text."""
    return verdict_text(standing).or_no("result")


def mark(standing: Row | None) -> str:
    """A sign next to the verdict, so that colour is never the only signal."""
    return MARKS.get(str(standing["called"]), "") if standing else ""


def standing(head: Row, beside: Row | None, found: Row | None, council: str, group: str) -> str:
    """The finding of one indicator compared with one group, the title of its chart."""
    ours = f"{council}: {value(head)}"
    if beside is None:
        return f"{ours}. We do not compare it with {group}"
    if words.is_missing(beside["pooled_value"]):
        return f"{ours}. None of the {group} has a figure for that period"
    return f"{ours}. {words.sentence(comparison.finding(found, group))}" if found and found["verdict"] else ours


def others(head: Row, beside: Row | None, found: Row | None, group: str) -> str:
    """What the comparators have, and what would be expected of a council like this one."""
    if beside is None or words.is_missing(beside["pooled_value"]):
        return ""
    with_figures = f"{words.whole(beside['comparators_with_data'])} of {words.whole(beside['comparators'])} {group}"
    said = f"{with_figures} have figures: {words.measured(beside['pooled_value'], head['unit'])} from all their cases."
    if found and found["verdict"]:
        said += f" We would expect {words.measured(found['expected'], head['unit'])} of a council like this one."
    return said


def funnel(head: Row, found: Row | None, council: str, group: str) -> str:
    """What the funnel shows: how many cases would be no surprise."""
    if found is None or words.is_missing(found["lower_cases"]):
        return f"{council} among {group}, {head['period_label']}"
    link, residents = (" of ", "") if head["unit"] == "percent" else (" among ", " residents")
    inside = f"{words.whole(found['lower_cases'])} to {words.whole(found['upper_cases'])}"
    return (
        f"Given the {group}, {inside} cases{link}{words.whole(head['denominator'])}{residents} would have been no "
        f"surprise in {head['period_label']}; {council} had {words.whole(head['numerator'])}"
    )


def years(rows: Sequence[Row], head: Row, council: str) -> str:
    """The first and the last year, and that none is compared across a break."""
    held = [row for row in rows if not words.is_missing(row["value"])]
    if not held:
        return f"{council}: no year to compare"
    first, last = held[0], held[-1]
    if first is last:
        return f"{council} has one year: {value({**head, **last})}"
    crossed = [
        row for row in rows if row["is_break"] and first["period_start"] < row["period_start"] <= last["period_start"]
    ]
    then, now = (
        words.measured(row["value"], head["unit"])
        if words.may_show_percentage({**head, **row})
        else words.counts({**head, **row})
        for row in (first, last)
    )
    said = f"{council}: {then} in {first['period_label']}, {now} in {last['period_label']}"
    if crossed:
        at = words.joined(row["period_label"] for row in crossed)
        return f"{said}. The measure changed in {at}, so do not compare years before and after"
    return said


def rank_text(found: Row | None, head: Row | None = None) -> TextOrReason:
    """The rank as an interval, a band, or the reason that there is neither."""
    if found is None:
        return TextOrReason(why=_not_judged(head))
    if not words.is_missing(found["rank_lower"]):
        low, high = words.whole(found["rank_lower"]), words.whole(found["rank_upper"])
        count = words.whole(found["peers_with_data"] + 1)
        return TextOrReason(f"{low} to {high} of {count}" if low != high else f"{low} of {count}")
    if not words.is_missing(found["band"]):
        return TextOrReason(f"Quarter {words.whole(found['band'])} of 4, no rank: {reason(found['rank_reason'])}")
    return TextOrReason(why=reason(found["rank_reason"]))


def place(found: Row | None) -> str:
    """The rank as an interval, a band, or the reason that there is none, in one text."""
    return rank_text(found).or_no("rank")


def gap_text(head: Row, found: Row | None) -> TextOrReason:
    """The gap to the best-performer benchmark in whole cases, or why there is none."""
    if found is None:
        return TextOrReason(why=_not_judged(head))
    if words.is_missing(found["benchmark"]):
        return TextOrReason(why=reason(found["benchmark_reason"] or "no good direction"))
    return TextOrReason(words.sentence(comparison.gap(found, head["unit"])))


def caution(head: Row, beside: Row | None, found: Row | None, lgsco_type: str) -> list[str]:
    """What one must know to read a comparison: printed averages, an untypical sample, what a null rules out."""
    councils, unit = words.TYPES_IN_WORDS[lgsco_type], head["unit"]
    said = []
    if beside:
        said = [
            comparison.printed_averages(beside, councils, unit),
            comparison.sample(beside, councils, unit),
        ]
    if found and found["verdict"]:
        said.append(comparison.noticed(found, unit))
    return [line for line in said if line]


def beside_them(head: Row, found: Row | None, going: Row | None) -> tuple[list[str], list[str]]:
    """What the overview says of one indicator in one group, under names; and why the rest is not given, each reason
    once. That there is no trend is left to a sentence for all indicators."""
    place, gap = rank_text(found, head), gap_text(head, found)
    known = {
        "Rank": place,
        "Distance from the best": gap,
        "Trend": trend_text(going),
    }
    lines = [f"{name}: {one.text[:1].lower()}{one.text[1:]}" for name, one in known.items() if one.text]
    return lines, once({"result": verdict_text(found, head), "rank": place, "distance from the best": gap})


def indicator_lines(
    head: Row, found: Row | None, change: Row | None, best: TextOrReason
) -> tuple[dict[str, str], list[str]]:
    """What the page of one indicator says of it by name; and why the rest is not given, each reason once."""
    place = rank_text(found, head)
    parts = {
        "result": verdict_text(found, head),
        "rank": place,
        "distance from the best": gap_text(head, found),
        "change from the year before": change_text(head, change),
        "best performer": best,
    }
    names = {
        "best performer": "Who could be best",
    }
    return (
        {f"{names.get(name, words.sentence(name))} (ours)": one.text for name, one in parts.items() if one.text},
        once(parts),
    )


def evidence(head: Row, found: Row | None, trend: Row | None) -> list[str]:
    """What lies behind the verdict: the gate of ranks, the one-case test, the choice of comparators, the trend."""
    lines = []
    if found is not None:
        row = {**found, "unit": head["unit"]}
        if not words.is_missing(found["gate"]):
            lines.append(comparison.gate(row))
        # where there is no verdict to weigh, the reasons stand above
        if not words.is_missing(found["verdict"]):
            lines.append(comparison.one_case(row))
        lines.append(comparison.stress_test(row))
        is_difference = found["verdict"] not in (None, "", "not unusual")
        if is_difference and not words.is_missing(found["is_clear_among_all_tested"]):
            stands = "stands" if found["is_clear_among_all_tested"] else "is not beyond chance"
            lines.append(
                f"With {words.counted(found['tested'], 'indicator')} tested at once, that it is unusual {stands} "
                "after allowing for their number."
            )
    going = trend_text(trend)
    compared = f"Trend compared with the others: {words.inside(going.text)}"
    return [*lines, f"{compared if going.text else going.or_no('trend')}."]


def no_trend() -> str:
    """Why no indicator has a trend, where none has."""
    needed = RankingSettings().minimum_years
    return f"We show no trend: it needs {needed} comparable years."


def trend_text(found: Row | None) -> TextOrReason:
    """Where the council is going compared with its comparators, or why no trend is given."""
    if found is None or words.is_missing(found["years"]):
        return TextOrReason(why="we have no comparable year")
    if words.is_missing(found["trend"]):
        if found["reason"] != "not enough comparable years":
            return TextOrReason(why=reason(found["reason"]))
        held = words.counted(found["years"], "comparable year")
        return TextOrReason(why=f"we have {held} and need {RankingSettings().minimum_years}")
    crosses = ", across a break, so only if that hit all councils alike" if found["is_across_a_break"] else ""
    return TextOrReason(f"{words.sentence(found['trend'])} over {words.counted(found['years'], 'year')}{crosses}")


def no_teacher(head: Row, beside: Row | None, group: str) -> str:
    """Why nobody among a group is named as one to learn from."""
    if head["polarity"] == "none":
        return "Neither high nor low is good on this measure, so nobody is ahead on it."
    if beside is None or not beside["comparators_with_data"]:
        return f"None of the {group} has a figure of that period, so nobody can be named."
    return f"None of the {group} with data is likely better on this indicator, after allowing for looking at them all."


def change_text(head: Row, found: Row | None) -> TextOrReason:
    """The change from the year before with its interval, or why none is given."""
    if found is None or words.is_missing(found["change"]):
        return TextOrReason(why=YEAR_BEFORE[found["change_reason"] if found else "missing"])
    if not words.may_show_percentage(head):
        return TextOrReason(why="there are too few cases for a percentage")
    size = words.lead(abs(found["change"]), head["unit"])
    return TextOrReason(
        f"{'Up' if found['change'] > 0 else 'Down'} {size} on the year before (95% interval of the change "
        f"{words.rounded(found['change_lower'])} to {words.rounded(found['change_upper'])})"
    )


def possible_best_text(rows: Sequence[Row], found: Row | None, group: str, head: Row | None = None) -> TextOrReason:
    """Who could be best among the comparators, or why nobody is named."""
    if found is None:
        return TextOrReason(why=_not_judged(head))
    named = sorted((row for row in rows if row["is_possible_best"]), key=lambda row: -row["probability_of_being_best"])
    if not named:
        return TextOrReason(why=reason(found["rank_reason"]))
    held = [row for row in rows if not words.is_missing(row["is_possible_best"])]
    said = comparison.possible_best(len(named), len(held), [row["nice_name"] for row in named])
    return TextOrReason(words.sentence(f"{said}."))


def is_stage_2_statement(row: Row) -> bool:
    """Whether a figure from minutes or the press is about how long Stage 2 takes."""
    return bool(row["stage"] == "2" and row["measure"] in ("complaints_in_time_pct", "target_days", "limit_days"))


def needed(heads: Sequence[Row], has_own: bool = False) -> list[tuple[str, list[Row]]]:
    """Each input that would answer indicators without a figure, with the indicators that it would answer.

    has_own: whether the council's own cases are there, and so counted elsewhere."""
    found: dict[str, list[Row]] = {}
    for head in heads:
        is_counted = has_own and head["family"] != "ombudsman"
        found.setdefault(COUNTED if is_counted else f"from {_needed(head)}", []).append(head)
    return list(found.items())


def _needed(head: Row) -> str:
    return NEEDED["ombudsman" if head["family"] == "ombudsman" else "council"]


def absent(head: Row, council: str, year: str, has_own: bool) -> str:
    """Why an indicator's page has no figure of the council, and what would answer it."""
    when = f" in {year}" if year else ""
    if head.get("numerator") is not None:
        return f"{council}: {words.own_value(head)} ({head['period_label']})."
    if has_own and head["family"] != "ombudsman":
        none = f"We have no published figure of {council} for this measure{when}"
        return f"{none}; its own cases are on Our complaints."
    return f"We have no figure of {council} for this measure{when}. To answer it, we need {_needed(head)}."


def no_childrens_services(council: str) -> str:
    """Why nothing is said of a district council's children's social care."""
    return (
        f"{council} is a district council. The county council deals with complaints about children’s social care, so "
        "the statutory limit does not apply here."
    )


def ledger(row: Row, council: str, group: str) -> str:
    """Whether the story of one year flips with the denominator."""
    by_base = {
        "of those investigated": row["by_investigated"],
        "of those dealt with": row["by_dealt_with"],
        "per resident": row["by_residents"],
    }
    said = comparison.denominators(by_base, row["has_flip"])
    if not said:
        return f"In {row['period_label']} no denominator can be compared with {group}."
    return f"In {row['period_label']}, {council}’s upheld complaints compared with {group}: {said}."


def newest_result(headlines: Iterable[Row]) -> Row | None:
    """The newest row with a figure of the Ombudsman's; those with a good direction first, which stand open on pages."""
    held = [row for row in headlines if row["family"] == "ombudsman" and row["value"] is not None]
    return max(held, key=lambda row: (row["polarity"] != "none", row["period_end"]), default=None)
