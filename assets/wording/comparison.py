"""What the tests of the comparison say, each a function of one row: verdicts, samples, gates and gaps."""

from collections.abc import Mapping
from typing import Any

from assets.wording.words import (
    CANNOT_SAY,
    counted,
    group_in_words,
    is_missing,
    joined,
    measured,
    plain,
    rounded,
    share,
    whole,
)

Row = Mapping[str, Any]

CALLED = {
    "Better": "better than the average of",
    "Worse": "worse than the average of",
    "About the same": "about the same as the average of",
    CANNOT_SAY: "we cannot say whether it differs from the average of",
    "higher": "higher than the average of",
    "lower": "lower than the average of",
    "not told apart": "too close to tell from the average of",
}
"""What is said first: whether the council differs from the average of its comparators."""
VERDICTS = {
    "much better": "far better than usual among them",
    "better": "better than usual among them",
    "not unusual": "not unusual among them",
    "worse": "worse than usual among them",
    "much worse": "far worse than usual among them",
    "much higher": "far higher than usual among them",
    "higher": "higher than usual among them",
    "lower": "lower than usual among them",
    "much lower": "far lower than usual among them",
}
"""What is said second: whether it is unusual, given how far they differ from each other."""
NULLS = (CANNOT_SAY, "not told apart", "About the same")
WITHOUT_DIFFERENCE = (CANNOT_SAY, "not told apart")
REASONS = {
    "missing": "we do not have its figure",
    "not a count": "its figure is not a whole number of cases",
    "zero denominator": "there is nothing to divide by",
    "numerator above denominator": "its counts contradict each other",
    "doubted": "we doubt its figure",
    "no other council in the group": "there is no other council to compare with",
    "too few peers with data": "too few councils have figures",
    "sample not fair": "the average of the councils with figures is too far from that of all of their type",
    "all tied": "all councils have the same value",
    "no good direction": "neither high nor low is good",
    "differences mostly chance": "the differences are mostly chance",
    "differences not told from chance": "the differences could be chance",
    "too few cases of one outcome": (
        "nearly all cases have the same outcome, so we cannot measure how far councils differ"
    ),
    "differences partly chance": "the differences are partly chance, so we show only bands",
    "differences rest on one council": "the differences rest on one council",
    "not enough comparable years": "there are not enough comparable years",
    "break in the series": "the method changed",
}


def finding(row: Row, comparators: str) -> str:
    """Both statements: "worse than the average of other county councils, but not unusual among them"."""
    first = f"{CALLED[row['called']]} {comparators}"
    if row["called"] in WITHOUT_DIFFERENCE:
        return first
    is_unusual = row["verdict"] != "not unusual"
    link = "and" if is_unusual or row["called"] == "About the same" else "but"
    return f"{first}, {link} {VERDICTS[row['verdict']]}"


def noticed(row: Row, unit: str) -> str:
    """For a null: the nearest true rates that would have been noticed in four of five years; else nothing."""
    if is_missing(row["called"]) or row["called"] not in WITHOUT_DIFFERENCE:
        return ""
    sides = {"below": row["noticed_below"], "above": row["noticed_above"]}
    known = [f"{side} {measured(rate, unit)}" for side, rate in sides.items() if not is_missing(rate)]
    if not known:
        return "With so few cases we could not have seen any difference in four years of five."
    return f"We would have seen only a true rate {' or '.join(known)} in four years of five."


def printed_averages(row: Row, councils: str, unit: str) -> str:
    """The Ombudsman's printed averages: of all councils of the type, and of England where it is known; else nothing."""
    sign = "%" if unit == "percent" else " per 100,000"
    parts = [
        f"{name} {plain(row[column])}{sign}"
        for name, column in ((f"all {councils}", "type_average"), ("England", "england_average"))
        if not is_missing(row[column])
    ]
    return f"Published averages: {', '.join(parts)}." if parts else ""


def sample(row: Row, councils: str, unit: str) -> str:
    """How far the average of the councils we have lies from that of all of their type, where that is too far."""
    if is_missing(row["is_fair_sample"]) or row["is_fair_sample"]:
        return ""
    have, average = f"{whole(row['councils_with_figure'])} of {whole(row['councils'])}", row["sample_mean"]
    printed = f"{plain(row['type_average'])}{'%' if unit == 'percent' else ' per 100,000'}"
    return (
        f"We have figures from {have} {councils}. They average {measured(average, unit)}, but the Ombudsman prints "
        f"{printed} for all."
    )


def gate(row: Row) -> str:
    """What rankability allows, with the numbers behind it."""
    why = "" if is_missing(row["rank_reason"]) else REASONS[row["rank_reason"]]
    if is_missing(row["gate"]):
        return f"No rank: {why}."
    if is_missing(row["rankability"]):
        return f"No rank, because {why}."
    group = group_in_words(row["comparator_group"], row["comparator_title"], row["lgsco_type"])
    allowed = f"No rank, because {why}:" if why else "Ranks are shown, because"
    return (
        f"{allowed} an estimated {share(row['rankability'])} of the differences between it and {group} is real "
        f"(interval {share(row['rankability_lower'])} to {share(row['rankability_upper'])}; "
        f"{share(row['rankability_without_one'])} without the council that matters most)."
    )


def one_case(row: Row) -> str:
    """Whether the verdict would stand with one decision the other way."""
    if is_missing(row["verdict"]):
        return f"We cannot test one case more or fewer: {REASONS[row['verdict_reason']]}."
    fewer, more = (
        "none to move" if is_missing(row[name]) else row[name] for name in ("verdict_one_fewer", "verdict_one_more")
    )
    stands = "stands" if row["is_same_with_one_case_moved"] else "does not stand"
    return f"The result {stands} with one case moved (one fewer: {fewer}; one more: {more})."


def stress_test(row: Row) -> str:
    """Whether the verdict depends on the choice of comparators."""
    if is_missing(row["groups_with_verdict"]) or row["groups_with_verdict"] < 2:
        return "Fewer than two comparator groups have enough figures, so we cannot try another choice."
    if not row["is_same_in_all_groups"]:
        found = "The result depends on which councils we compare with"
    elif row["called"] in NULLS:
        found = "We see no difference whichever councils we compare with"
    else:
        found = "The result points the same way whichever councils we compare with"
    return (
        f"{found}: {whole(row['groups_with_verdict'])} of {whole(row['comparator_groups'])} groups have enough data; "
        "they overlap."
    )


def gap(row: Row, unit: str) -> str:
    """How far from the best in whole cases, from the figure that is shown; level where chance could explain the gap."""
    best = f"the best of them ({measured(row['benchmark'], unit)})"
    if not row["is_gap_clear"]:
        return f"level with {best}: any gap could be chance"
    size = abs(row["gap_cases"])
    many = "less than one case" if size < 1 else counted(int(rounded(size, 0).replace(",", "")), "case")
    return f"{many} {'behind' if row['gap_cases'] > 0 else 'ahead of'} {best}"


NEARLY_ALL = 0.75
"""Share of a group from which those that could be best are counted and not named."""


def possible_best(possible: int, judged: int, names: list[str]) -> str:
    """Who could be the best, the likeliest first; one sentence without names where nearly all could be."""
    if possible == judged:
        return f"nobody stands out: any of the {whole(judged)} with figures could be the best"
    if possible > NEARLY_ALL * judged:
        return f"nobody stands out: {whole(possible)} of the {whole(judged)} with figures could be the best"
    named = f": {joined(names)}, the likeliest first" if len(names) > 1 else f": {names[0]}" if names else ""
    return f"{whole(possible)} of the {whole(judged)} with figures could be the best{named}"


def denominators(sides: Mapping[str, str | None], has_flip: bool | None) -> str:
    """Which way one count points over each base beyond chance, and whether the finding depends on the base."""
    known = {base: side for base, side in sides.items() if not is_missing(side)}
    if not known:
        return ""
    clear = [f"{side} {base}" for base, side in known.items() if side != "not told apart"]
    rest = [base for base, side in known.items() if side == "not told apart"]
    said = [joined(clear)] if clear else []
    if rest:
        said.append(f"{'the rest ' if clear else ''}the difference could be chance ({joined(rest)})")
    if has_flip:
        said.append("they point in different directions, so quote both")
    return "; ".join(said)
