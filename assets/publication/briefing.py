"""The briefing: where the council stands in one screen. Each part is a written rule from findings to words.

The headline takes the first two of these that there are, in this order:
1. Stage 2 in time, from the council's own cases;
2. measures on which the council is better or worse than the comparators, or about the same;
3. a concern that the Ombudsman has repeated, else the council's first figure;
4. that we cannot say whether it is better or worse;
5. what we do not have.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from markupsafe import Markup

from assets.publication.drawing import strip
from assets.publication.findings import Findings
from assets.wording import own, words
from warehouse.files import declaration

Row = Mapping[str, Any]
TEXTS: dict[str, Any] = declaration(Path(__file__).parent / "briefing.yml")
BETTER, WORSE, SAME = "Better", "Worse", "About the same"
TOO_FEW, NOT_COMPARABLE = "Too few cases to say", "Not comparable"
NO_DIRECTION = "Not about quality"
# the Ombudsman publishes between May and July
DUE_MONTH = 7
NO_DATA, NOT_OURS = "No data yet", "Not our service"
ANSWERED = (
    "better",
    "worse",
    "higher",
    "lower",
    "about the same",
    "no difference",
    "told",
    "tied",
    "extreme",
)
STAGE_2 = ("stage2_childrens_in_time", "stage2_corporate_in_time")
LESS_WELCOME = ("we cannot say", "its last", "we have no", "the Ombudsman has criticised")
MOST_ASKS = 3
MOST_NAMED = 2
# each result of one measure and of several, in a sentence
RESULTS = {
    WORSE: ("is worse", "are worse"),
    BETTER: ("is better", "are better"),
    SAME: ("is about the same", "are about the same"),
    TOO_FEW: ("has too few cases to say", "have too few cases to say"),
    NOT_COMPARABLE: ("cannot be compared", "cannot be compared"),
}


@dataclass(frozen=True)
class Measure:
    """One row of the briefing: a measure in its latest year.

    head: its row of marts.indicator_values; period: its year, with its age; chip: one of the five results; why: what
    the chip rests on, or why there is none; strip: where the comparators lie, as a drawing with its text alternative,
    empty without one."""

    head: Row
    name: str
    period: str
    value: str
    cases: str
    chip: str
    why: str
    strip: Markup
    average: str
    change: str

    @property
    def is_clear(self) -> bool:
        """Whether the council is clearly better or clearly worse."""
        return self.chip in (BETTER, WORSE)


@dataclass(frozen=True)
class Tile:
    """One of the panel's questions: its number and name, and how far it is answered."""

    question: str
    short: str
    state: str


@dataclass(frozen=True)
class Briefing:
    """Everything on the first page."""

    headline: str
    sentences: list[str]
    asks: list[str]
    measures: list[Measure]
    tiles: list[Tile]


def briefing(findings: Findings, today: date) -> Briefing:
    """The briefing about one council as it stands on a day, from which the age of its figures is counted."""
    measures = [
        _measure(findings, head, today)
        for head in findings.applicable
        if head["period_start"] is not None and (head["family"] == "ombudsman" or head["value"] is not None)
    ]
    tiles = _tiles(findings)
    return Briefing(
        headline=headline(findings, measures, today),
        sentences=sentences(findings, measures, today)[:3],
        asks=asks(findings, measures, tiles)[:MOST_ASKS],
        measures=sorted(measures, key=lambda one: one.head["polarity"] == "none"),
        tiles=tiles,
    )


def _measure(findings: Findings, head: Row, today: date) -> Measure:
    compared = findings.comparison(head["indicator"]) or {}
    chip, why = result(head, compared, findings.standing(head["indicator"]))
    others = _others(findings, head)
    average, peers = _average(findings, head, compared)
    change = next(iter(findings.of("changes", dict(head))), None)
    return Measure(
        head=head,
        name=head["short_title"],
        period=", ".join(filter(None, (head["period_label"], words.age(head["period_end"], today)))),
        value=shown_value(head),
        cases=_cases(head),
        chip=chip,
        why=why or _coverage(compared),
        strip=_strip(head, others, average, findings.council.nice_name, peers) if others else Markup(),
        average=f"average {in_unit(average, head['unit'])} ({peers})" if average is not None else "",
        change=_change(change, head["unit"]),
    )


def shown_value(head: Row) -> str:
    """The council's value as a reader quotes it: whole per cent below 100 cases, or as its source prints it."""
    if words.is_missing(head["value"]) or not words.may_show_percentage(head):
        if head["value"] is None and head["printed_text"] is not None:
            return f"{head['printed_text']}{'%' if head['unit'] == 'percent' else ''}"
        return words.counts(head)
    return in_unit(head["value"], head["unit"])


def in_unit(value: float, unit: str) -> str:
    """A value as a whole per cent, or as a rate with one decimal."""
    return f"{words.rounded(value, 0)}%" if unit == "percent" else words.rounded(value)


def _cases(head: Row) -> str:
    is_share = head["unit"] == "percent"
    if words.is_missing(head["value"]) and not words.is_missing(head["numerator"]):
        return ""
    if words.is_missing(head["numerator"]) or (is_share and words.is_missing(head["denominator"])):
        return "number of cases not published"
    if is_share:
        return f"{words.whole(head['numerator'])} of {words.whole(head['denominator'])}"
    return words.counted(head["numerator"], "complaint")


def result(head: Row, compared: Row, standing: Row | None) -> tuple[str, str]:
    """The chip of one measure, and why where that is not how many comparators have figures."""
    if head["polarity"] == "none":
        called = str(standing["called"]) if standing else ""
        level = f"{called} than average" if called in ("higher", "lower") else ""
        return NO_DIRECTION, level or "neither high nor low is good"
    if head["doubt"]:
        return NOT_COMPARABLE, str(head["doubt"])
    if not compared or words.is_missing(compared["result"]):
        return NOT_COMPARABLE, "too few councils have figures"
    if compared["result_reason"] == "sample not fair":
        return (
            NOT_COMPARABLE,
            f"the {words.whole(compared['comparators_with_data'])} councils we have are not typical",
        )
    if compared["result"] == NOT_COMPARABLE:
        return NOT_COMPARABLE, "too few councils have figures"
    return str(compared["result"]), ""


def _coverage(compared: Row) -> str:
    if not compared or not compared["comparators"]:
        return ""
    have = f"{words.whole(compared['comparators_with_data'])} of {words.whole(compared['comparators'])}"
    return f"{have} {words.has(compared)} figures"


def _others(findings: Findings, head: Row) -> list[float]:
    """The comparators' values that may be shown."""
    return [
        row["value"]
        for row in findings.councils.get(head["indicator"], [])
        if not row["is_subject"]
        and findings.comparator_group in row["comparator_groups"]
        and not words.is_missing(row["value"])
        and words.may_show_percentage(row)
    ]


def _average(findings: Findings, head: Row, compared: Row) -> tuple[float | None, str]:
    """The average to compare with and whose it is: as the Ombudsman prints it for the type, else of those we have."""
    if head["printed_average"] is not None and findings.comparator_group == "lgsco_type":
        return float(head["printed_average"]), f"all {words.TYPES_IN_WORDS[findings.council.lgsco_type]}"
    if compared and compared["pooled_value"] is not None:
        return float(
            compared["pooled_value"]
        ), f"the {words.whole(compared['comparators_with_data'])} we have"
    return None, ""


def _change(row: Row | None, unit: str) -> str:
    """What changed since the year before, only where it is more than chance."""
    if row is None or words.is_missing(row["change"]) or words.is_missing(row["change_lower"]):
        return ""
    if row["change_lower"] <= 0 <= row["change_upper"]:
        return ""
    way = "up" if row["change"] > 0 else "down"
    size = words.rounded(abs(row["change"]), 0 if unit == "percent" else 1)
    return f"{way} {size}{' percentage points' if unit == 'percent' else ''} in a year"


def _strip(head: Row, others: list[float], average: float | None, council: str, peers: str) -> Markup:
    """Where the council stands among its comparators, with the same in words."""
    has_interval = not words.is_missing(head["value"]) and not words.is_missing(head["lower_95"])
    unit = head["unit"]
    said = f"{len(others)} others from {in_unit(min(others), unit)} to {in_unit(max(others), unit)}"
    ours = (head["value"], head["lower_95"], head["upper_95"]) if has_interval else None
    if ours:
        value, lower, upper = (in_unit(one, unit) for one in ours)
        said = f"{council} {value}, by chance {lower} to {upper}; {said}"
    if average is not None:
        said += f"; average {in_unit(average, unit)} ({peers})"
    return strip(others, ours, average, said)


def _tiles(findings: Findings) -> list[Tile]:
    found: dict[str, list[Row]] = {}
    for row in findings.rows["answers"]:
        found.setdefault(row["question"], []).append(row)
    return [
        Tile(question, text["short"], state(found.get(question, [])))
        for question, text in TEXTS["questions"].items()
    ]


def state(rows: Iterable[Row]) -> str:
    """How far a question is answered: by all its leading statements, by some statement, or by none yet."""
    all_rows = list(rows)
    leads = [row["verdict"] for row in all_rows if row["is_lead"]]
    if leads and all(verdict == "not applicable" for verdict in leads):
        return NOT_OURS
    if leads and all(verdict in ANSWERED or verdict == "not applicable" for verdict in leads):
        return "Answered"
    if any(row["verdict"] in (*ANSWERED, "gated") for row in all_rows):
        return "Partly"
    return NO_DATA


def asks(findings: Findings, measures: list[Measure], tiles: list[Tile]) -> list[str]:
    """What to ask for and who has it, the worst first."""
    said, group = TEXTS["inputs"], findings.group
    found = [
        said["worse"].format(what=words.inside(one.name), group=group)
        for one in measures
        if one.chip == WORSE
    ]
    late = next((one.head for one in measures if one.head["indicator"] == "late_compliance"), None)
    if not findings.has_own and findings.has_childrens_services:
        found.append(said["register"].format(answers=_answers(tiles, "register")))
    if late and late["numerator"]:
        found.append(
            said["late"].format(late=words.whole(late["numerator"]), all=words.whole(late["denominator"]))
        )
    thin = _thinnest(findings)
    # the invented councils have all the figures that there are
    without = 0 if findings.is_illustrative else findings.newest["councils_without"]
    whole = said["whole"].format(without=words.whole(without)) if without else ""
    if not measures:
        found.append(said["first"].format(council=findings.council.nice_name))
    elif thin:
        found.append(
            said["tables"].format(
                year=findings.newest["period_label"] or "every year",
                have=words.whole(thin["comparators_with_data"]),
                all=words.whole(thin["comparators"]),
                group=group.removeprefix("other "),
                whole=whole,
            )
        )
    elif whole:
        found.append(said["alone"].format(whole=whole))
    if not findings.rows["plan_actions"]:
        found.append(said["plan"].format(answers=_answers(tiles, "plan")))
    return [one.strip() for one in found]


def _answers(tiles: list[Tile], needed: str) -> str:
    """How many open questions an input would answer."""
    still_open = [one for one in tiles if one.state == NO_DATA]
    answered = [one for one in still_open if TEXTS["questions"][one.question]["inputs"][:1] == [needed]]
    if not answered:
        return ""
    if len(answered) == 1:
        return f"It answers “{answered[0].short}”."
    return f"It answers {words.number(len(answered))} of the {words.number(len(still_open))} open questions."


def _thinnest(findings: Findings) -> Row | None:
    """The comparison that the fewest councils enter, where fewer than two in three do."""
    compared = [
        row
        for head in findings.applicable
        if head["family"] == "ombudsman"
        and head["indicator"] != "late_compliance"
        and (row := findings.comparison(head["indicator"]))
        and row["comparators"]
    ]
    thin = [row for row in compared if row["comparators_with_data"] * 3 < row["comparators"] * 2]
    return min(thin, key=lambda row: row["comparators_with_data"], default=None)


def headline(findings: Findings, measures: list[Measure], today: date) -> str:
    """The finding: the first two clauses that there are, in the order that the module's docstring gives."""
    council = findings.council.nice_name
    clauses = [
        clause
        for clause in (
            _stage_2_clause(findings),
            _compared_clause(findings, measures),
            _concern_clause(findings) or _figure_clause(findings, measures, today),
            _unknown_clause(findings, measures),
            _missing_clause(findings),
        )
        if clause
    ][:2]
    if not clauses:
        return f"What is published about {council}’s complaints"
    joint = ", but " if clauses[-1].startswith(LESS_WELCOME) and "is worse" not in clauses[0] else ", and "
    # the name once: after it, "it"
    if council in clauses[0]:
        clauses[1:] = [clause.replace(f"{council} is ", "it is ") for clause in clauses[1:]]
    return words.sentence(joint.join(clauses))


def _named(measures: list[Measure], chip: str) -> list[str]:
    return [words.inside(one.name) for one in measures if one.chip == chip]


def _compared_clause(findings: Findings, measures: list[Measure]) -> str:
    council, group = findings.council.nice_name, findings.group
    better, worse, same, few = (_named(measures, chip) for chip in (BETTER, WORSE, SAME, TOO_FEW))
    if better and worse:
        on = words.counted_in_words(len(worse), "measure")
        return f"{council} is worse than {group} on {on} and better on {words.number(len(better))}"
    if worse or better:
        return f"{council} is {'worse' if worse else 'better'} than {group} on {_some(worse or better)}"
    if same:
        on = f" on {words.number(len(same))} of {words.number(len(same + few))} measures" if few else ""
        return f"{council} is about the same as {group}{on}"
    return ""


def _concern_clause(findings: Findings) -> str:
    raised = concern(findings)
    printed = words.printed_number(raised) if raised else ""
    if not printed.isdecimal() or int(printed) < 2:
        return ""
    council = findings.council.nice_name
    return f"the Ombudsman has criticised late action by {council} {words.number(int(printed))} years running"


def _figure_clause(findings: Findings, measures: list[Measure], today: date) -> str:
    council = findings.council.nice_name
    shown = next((one for one in measures if one.head["value"] is not None), None)
    if shown is None or _compared_clause(findings, measures):
        return ""
    if shown.head["indicator"] == "uphold_rate":
        return f"the Ombudsman found fault in {shown.cases} investigations of {council} in {shown.period}"
    return f"{council} has {shown.value} on “{words.inside(shown.name)}”"


def _unknown_clause(findings: Findings, measures: list[Measure]) -> str:
    if _compared_clause(findings, measures) or all(one.chip == NO_DIRECTION for one in measures):
        return ""
    return f"we cannot say if {findings.council.nice_name} is better or worse than {findings.group}"


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


def _missing_clause(findings: Findings) -> str:
    if not findings.headlines or all(head["period_start"] is None for head in findings.applicable):
        return f"we have no figures for {findings.council.nice_name} yet"
    if not findings.has_childrens_services or findings.own["own_timeliness"]:
        return ""
    published = _published_stage_2(findings)
    return (
        f"its last Stage 2 figure is from {published['period_end'].year}"
        if published
        else "we have no Stage 2 figures"
    )


def _published_stage_2(findings: Findings) -> Row | None:
    """The council's published share of Stage 2 complaints in time, children's before corporate."""
    return next(
        (
            head
            for head in findings.headlines
            if head["indicator"] in STAGE_2
            and head["printed_text"] is not None
            and head["period_end"] is not None
        ),
        None,
    )


def sentences(findings: Findings, measures: list[Measure], today: date) -> list[str]:
    """At most three sentences under the headline, each of at most twenty-five words."""
    found = [
        _names_sentence(measures),
        _compared_sentence(measures),
        "" if findings.own["own_timeliness"] else _late_sentence(measures),
        _stage_2_sentence(findings, today),
    ]
    return [one for one in found if one]


def _names_sentence(measures: list[Measure]) -> str:
    """Which measures are worse and which better, where the headline counts both."""
    worse, better = _named(measures, WORSE), _named(measures, BETTER)
    if not (worse and better) or max(len(worse), len(better)) > MOST_NAMED:
        return ""
    return f"It is worse on {_some(worse)}. It is better on {_some(better)}."


def _compared_sentence(measures: list[Measure]) -> str:
    """How many of the rows of the page have each result; where better and worse are named already, the others."""
    is_named = bool(_names_sentence(measures))
    found = Counter(one.chip for one in measures if one.chip in RESULTS and not (is_named and one.is_clear))
    if not found:
        return ""
    said = {chip: verbs[found[chip] > 1] for chip, verbs in RESULTS.items() if found[chip]}
    other = "other measure" if is_named else "measure"
    below = f"{words.counted_in_words(found.total(), other)} below"
    if len(said) == 1:
        return f"{'All' if found.total() > 1 else 'The'} {below} {words.joined(said.values())}."
    parts = [f"{words.number(found[chip])} {text}" for chip, text in said.items()]
    return f"Of the {below}, {words.joined(parts)}."


def _late_sentence(measures: list[Measure]) -> str:
    late = next((one.head for one in measures if one.head["indicator"] == "late_compliance"), None)
    if not late or not late["numerator"]:
        return ""
    said = f"{words.whole(late['numerator'])} of {words.whole(late['denominator'])} Ombudsman recommendations"
    sources = " (two sources)" if late["doubt"] else ""
    return f"In {late['period_label']} it acted late on {said}{sources}."


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
        return "We have found no published figure of how many Stage 2 complaints finish in time."
    when = ", ".join(filter(None, (head["period_label"], words.age(head["period_end"], today))))
    return f"The last published Stage 2 figure is {head['printed_text']}% in time, for {when}."


def next_figures(newest: date, today: date) -> str:
    """When the Ombudsman's next figures come, or that they should be out. newest: the last day of the newest year."""
    year = f"{newest.year}-{(newest.year + 1) % 100:02d}"
    due = date(newest.year + 1, DUE_MONTH, 31)
    if today > due:
        return f"Those for {year} should have been published by {due:%B %Y}: ask the analyst to check."
    return f"Those for {year} are due by {due:%B %Y}."
