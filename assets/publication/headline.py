"""The headline of the briefing and the sentences below it: a written rule from findings to words.

The headline takes the first two of these that there are, in this order:
1. Stage 2 in time, from the council's own cases;
2. measures on which the council is better or worse than the comparators, or about the same;
3. a concern that the Ombudsman has repeated, else the council's first figure;
4. that it is unclear whether it is better or worse;
5. what is missing.

On this page "we" is the council alone.

A figure of more than three years ago is no finding about today (measures.OLD_YEARS). Where there is nothing newer, the
headline says from when the newest is.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from assets.publication.findings import Findings
from assets.publication.measures import (
    BETTER,
    CANNOT_SAY,
    NO_DIRECTION,
    NOT_COMPARABLE,
    SAME,
    WORSE,
    Measure,
    in_unit,
    is_old,
)
from assets.wording import own, words

Row = Mapping[str, Any]
STAGE_2 = ("stage2_childrens_in_time", "stage2_corporate_in_time")
MOST_NAMED = 2
# what the numerator of a measure counts that is neither good nor bad
COUNTED = {
    "dealt_with_per_100k": "dealt with",
    "share_investigated": "investigated",
    "upheld_per_100k": "upheld",
}
# each result of a measure with a good and a bad direction, as the line under the headline names it
RESULTS = {
    BETTER: BETTER,
    WORSE: WORSE,
    SAME: SAME,
    CANNOT_SAY: CANNOT_SAY,
    NOT_COMPARABLE: CANNOT_SAY,
}


def headline(findings: Findings, measures: list[Measure], today: date) -> str:
    """The finding: the first two clauses that there are, in the order that the module's docstring gives."""
    council = findings.council.nice_name
    recent = [one for one in measures if not one.is_old]
    stage_2, compared = _stage_2_clause(findings), _compared_clause(findings, recent)
    norm = _norm(findings, _first_judged(recent))
    figure, unknown = _figure_clause(findings, recent, norm), _unknown_clause(findings, recent)
    criticised, missing = _concern_clause(findings, today), _missing_clause(findings)
    clauses = [
        clause
        for clause in (
            stage_2,
            compared,
            criticised or ("" if compared else figure),
            "" if compared else unknown or _old_clause(findings, measures, today),
            missing,
        )
        if clause
    ][:2]
    if not clauses:
        return f"What is published about {council}’s complaints"
    if clauses == [figure, unknown]:
        # shortly where its average stands next to it, so that a high share does not read as a bad one
        if norm:
            return words.sentence(f"{figure}: it is unclear if that is better or worse")
        return words.sentence(f"{figure}, but {unknown.replace(council, 'it')}")
    if stage_2 and compared:
        # one sentence each, so that nobody takes our own figure for what is compared
        joint = ". On the Ombudsman’s figures "
    else:
        opens_badly = clauses[0] == compared and bool(_named(recent, WORSE))
        joint = ", but " if clauses[-1] in (criticised, unknown, missing) and not opens_badly else ", and "
    # the name once: after it, "it"
    if council in clauses[0]:
        clauses[1:] = [clause.replace(f"{council} is ", "it is ") for clause in clauses[1:]]
    return words.sentence(joint.join(clauses))


def _named(measures: list[Measure], chip: str) -> list[str]:
    return [words.inside(one.name) for one in measures if one.chip == chip]


def _compared_clause(findings: Findings, measures: list[Measure]) -> str:
    council, group = findings.council.nice_name, findings.group
    better, worse, same, few = (_named(measures, chip) for chip in (BETTER, WORSE, SAME, CANNOT_SAY))
    if better and worse:
        on = words.counted_in_words(len(worse), "measure")
        return f"{council} is worse than {group} on {on} and better on {words.number(len(better))}"
    if worse or better:
        return f"{council} is {'worse' if worse else 'better'} than {group} on {_some(worse or better)}"
    if same:
        on = f" on {words.number(len(same))} of {words.number(len(same + few))} measures" if few else ""
        return f"{council} is about the same as {group}{on}"
    return ""


def _concern_clause(findings: Findings, today: date) -> str:
    raised = concern(findings)
    if raised is None or is_old(raised["period_end"], today):
        return ""
    printed = str(raised["as_printed"])
    if not printed.isdecimal() or int(printed) < 2:
        return ""
    council = findings.council.nice_name
    years = f"{words.number(int(printed))} years running to {words.period(raised)}"
    return f"the Ombudsman criticised late action by {council} {years}"


def _first_judged(measures: list[Measure]) -> Measure | None:
    """The first measure with a figure and a good and a bad direction."""
    return next((one for one in measures if one.head["value"] is not None and one.chip != NO_DIRECTION), None)


def _figure_clause(findings: Findings, measures: list[Measure], norm: str) -> str:
    """The first figure with a good and a bad direction, and its `norm`; else how many complaints the Ombudsman dealt
    with."""
    council = findings.council.nice_name
    shown = _first_judged(measures)
    if shown is None:
        known = {one.head["indicator"]: one for one in measures if one.head["value"] is not None}
        return next(
            (
                f"the Ombudsman {verb} {words.counted(one.head['numerator'], 'complaint')} about {council} in "
                f"{one.dated}"
                for indicator, verb in COUNTED.items()
                if (one := known.get(indicator))
            ),
            "",
        )
    if shown.head["indicator"] == "uphold_rate":
        # a share of few cases says how few: 0% (0 of 5)
        few = f" ({shown.cases})" if shown.head["is_small_base"] else ""
        of_them = f"{shown.value}{few} of its investigations of {council}"
        if not words.may_show_percentage(shown.head):
            of_them = f"{shown.value} investigations of {council}"
        return f"the Ombudsman found fault in {of_them} in {shown.dated}{norm}"
    return f"{council} has {shown.value} on “{words.inside(shown.name)}”{norm}"


def _norm(findings: Findings, shown: Measure | None) -> str:
    """The average that the Ombudsman prints for the type in the same year, next to a share."""
    if shown is None or shown.head["unit"] != "percent":
        return ""
    printed = shown.head["printed_average"]
    if words.is_missing(printed):
        return ""
    councils = words.TYPES_IN_WORDS[findings.council.lgsco_type]
    return f" (average of {councils} {in_unit(float(printed), 'percent')})"


def _old_clause(findings: Findings, measures: list[Measure], today: date) -> str:
    """From when the newest figure is, where that is too long ago to say anything of today."""
    if not measures:
        return ""
    head = max((one.head for one in measures), key=lambda head: head["period_end"])
    what = "Ombudsman figure" if head["family"] == "ombudsman" else "figure"
    when = f"{head['period_label']}, {words.age(head['period_end'], today)}"
    return f"the newest {what} here for {findings.council.nice_name} is from {when}, too old to show how it does today"


def _unknown_clause(findings: Findings, measures: list[Measure]) -> str:
    if not measures:
        return ""
    return f"it is unclear if {findings.council.nice_name} is better or worse than {findings.group}"


def _some(names: list[str]) -> str:
    if len(names) > MOST_NAMED:
        return words.counted_in_words(len(names), "measure")
    return words.joined(f"“{name}”" for name in names)


def concern(findings: Findings) -> Row | None:
    """The latest count of years in which the Ombudsman's letters complained of late action, if there is one."""
    rows = [row for row in findings.rows["statements"] if row["measure"] == "late_compliance_concern_years"]
    return max(rows, key=lambda row: row["period_end"], default=None)


def _stage_2_row(findings: Findings) -> Row | None:
    """The latest twelve months of children's Stage 2 complaints whose limit fell due, from the council's own cases."""
    due = [
        row
        for row in findings.own["own_timeliness"]
        if row["counted_on"] == "due" and row["procedure"] == "children_statutory"
    ]
    return max(due, key=lambda row: row["period_end"], default=None)


def _stage_2_clause(findings: Findings) -> str:
    row = _stage_2_row(findings)
    if row is None or {"judged", "in_time"} & row["hidden"]:
        return ""
    return (
        f"{findings.council.nice_name} finished {words.whole(row['in_time'])} of {words.whole(row['judged'])} Stage 2 "
        "children’s complaints in time"
    )


def stage_2_late(findings: Findings) -> int:
    """How many children's Stage 2 complaints of the latest twelve months were late, 0 where that is hidden."""
    row = _stage_2_row(findings)
    return 0 if row is None or {"judged", "in_time"} & row["hidden"] else row["judged"] - row["in_time"]


def _missing_clause(findings: Findings) -> str:
    if not findings.headlines or len(findings.absent) == len(findings.headlines):
        return f"there are no figures for {findings.council.nice_name} yet"
    if not findings.has_childrens_services or findings.own["own_timeliness"]:
        return ""
    published = _published_stage_2(findings)
    if published:
        return f"its last Stage 2 figure is from {published['period_end'].year}"
    return "no Stage 2 figures have been found"


def _published_stage_2(findings: Findings) -> Row | None:
    """The council's published share of Stage 2 complaints in time, children's before corporate."""
    return next(
        (
            head
            for head in findings.headlines
            if head["indicator"] in STAGE_2 and head["printed_text"] is not None and head["period_end"] is not None
        ),
        None,
    )


def sentences(findings: Findings, measures: list[Measure], today: date) -> list[str]:
    """At most three sentences under the headline, each of at most twenty-five words."""
    found = [
        "" if findings.own["own_timeliness"] else _late_sentence(measures),
        _old_sentence(findings, measures),
        _stage_2_sentence(findings, today),
        _open_sentence(findings, measures),
    ]
    return [one for one in found if one]


def ages_once(texts: list[str]) -> list[str]:
    """The texts of one screen, each age of a figure said at its first mention alone."""
    said: set[str] = set()

    def first(found: re.Match[str]) -> str:
        if found[1] in said:
            return ""
        said.add(found[1])
        return found[0]

    return [re.sub(r", (\w+ years ago),?", first, text) for text in texts]


def by_result(measures: list[Measure]) -> dict[str, str]:
    """Each result with the measures that have it, of those with a recent figure; empty where none has one."""
    recent = [one for one in measures if one.chip in RESULTS and not one.is_old]
    named = {
        result: [words.inside(one.name) for one in recent if RESULTS[one.chip] == result] for result in RESULTS.values()
    }
    return {result: _some(names) or "none" for result, names in named.items()} if recent else {}


def _late_sentence(measures: list[Measure]) -> str:
    one = next((one for one in measures if one.head["indicator"] == "late_compliance"), None)
    if not one or not one.head["numerator"]:
        return ""
    late, all_of_them = (words.whole(one.head[part]) for part in ("numerator", "denominator"))
    if one.sources:
        # each count to its own source: the press may know nothing of the other
        said = f"{one.sources[0]} reported {late} Ombudsman recommendations as late"
        return f"In {one.dated}, {said}. The {one.sources[1]} counts {all_of_them} in all."
    comma = "," * ("," in one.dated)
    return f"In {one.dated}{comma} it acted late on {late} of {all_of_them} Ombudsman recommendations."


def _open_sentence(findings: Findings, measures: list[Measure]) -> str:
    """What the Stage 2 figure of the council's own cases leaves open; empty where there is none."""
    is_compared = any(one.head["indicator"] in STAGE_2 and one.chip != NOT_COMPARABLE for one in measures)
    if not _stage_2_clause(findings) or is_compared:
        return ""
    plan = ", or whether the improvement plan has changed it" if findings.rows["plan_actions"] else ""
    return f"We do not know whether that is better or worse than other councils{plan}."


def _old_sentence(findings: Findings, measures: list[Measure]) -> str:
    """The figure itself, where the headline says only how old it is."""
    if any(not one.is_old for one in measures):
        return ""
    figure = _figure_clause(findings, measures, _norm(findings, _first_judged(measures)))
    return words.sentence(f"{figure}.") if figure else ""


def _stage_2_sentence(findings: Findings, today: date) -> str:
    if not findings.has_childrens_services:
        return "The county council, not this council, deals with complaints about children’s social care."
    if row := _stage_2_row(findings):
        if {"judged", "in_time"} & row["hidden"] or words.is_missing(row["in_time_pct"]):
            return own.stage_2_sentence(findings.own["own_timeliness"], findings.council.nice_name)
        share, limit = words.rounded(row["in_time_pct"], 0), words.whole(row["limit_working_days"])
        return (
            f"Those {words.whole(row['judged'])} Stage 2 complaints fell due in the {row['period_label']}, and "
            f"{share}% met the limit of {limit} working days."
        )
    head = _published_stage_2(findings)
    if head is None:
        return "No published figure has been found of how many Stage 2 complaints finish in time."
    when = ", ".join(filter(None, (head["period_label"], words.age(head["period_end"], today))))
    return f"The last published Stage 2 figure is {head['printed_text']}% in time, for {when}."
