"""The briefing: where the council stands in one screen. Each part is a written rule from findings to words.

The headline takes the first two of these that there are, in this order:
1. Stage 2 in time, from the council's own cases;
2. measures on which the council is better or worse than the comparators, or about the same;
3. a concern that the Ombudsman has repeated, else the council's first figure;
4. that there are too few cases to compare;
5. what we do not have.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any

from markupsafe import Markup, escape

from assets.publication.findings import Findings
from assets.wording import own, words
from warehouse.files import declaration

Row = Mapping[str, Any]
TEXTS: dict[str, Any] = declaration(Path(__file__).parent / "briefing.yml")
BETTER, WORSE, SAME = "Better", "Worse", "About the same"
TOO_FEW, NOT_COMPARABLE = "Too few cases to say", "Not comparable"
NO_DIRECTION = "Not about quality"
# under which a middle half says nothing of where most lie
FEWEST_FOR_A_MIDDLE_HALF = 8
OLD_YEARS = 2
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
LESS_WELCOME = ("there are too few", "its last", "we have no", "the Ombudsman has criticised")
MOST_ASKS = 3
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Measure:
    """One row of the briefing: a measure in its latest year.

    head: its row of marts.indicator_values; chip: one of the five results; why: what the chip rests on, or why there
    is none; strip: where the comparators lie, as a drawing with its text alternative, empty without one."""

    head: Row
    name: str
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
        _measure(findings, head)
        for head in findings.applicable
        if head["period_start"] is not None and (head["family"] == "ombudsman" or head["value"] is not None)
    ]
    tiles = _tiles(findings)
    return Briefing(
        headline=headline(findings, measures),
        sentences=sentences(findings, measures, today)[:3],
        asks=asks(findings, measures, tiles)[:MOST_ASKS],
        measures=sorted(measures, key=lambda one: one.head["polarity"] == "none"),
        tiles=tiles,
    )


def number(count: int) -> str:
    """A count as it is read in a sentence: up to ten in words."""
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else words.whole(count)


def _measure(findings: Findings, head: Row) -> Measure:
    compared = findings.comparison(head["indicator"]) or {}
    chip, why = result(head, compared, findings.standing(head["indicator"]))
    others = _others(findings, head)
    average, of_whom = _average(findings, head, compared)
    change = next(iter(findings.of("changes", dict(head))), None)
    return Measure(
        head=head,
        name=head["short_title"],
        value=shown_value(head),
        cases=_cases(head),
        chip=chip,
        why=why or _coverage(compared),
        strip=strip(head, others, average, findings.council.nice_name, of_whom) if others else Markup(),
        average=f"average {in_unit(average, head['unit'])} ({of_whom})" if average is not None else "",
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
    """The average to compare with and of whom it is: as the Ombudsman prints it for the type, else of those we have."""
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


def strip(head: Row, others: list[float], average: float | None, council: str, of_whom: str) -> Markup:
    """Where the council stands among its comparators on one line, from its lowest to its highest value.

    Positions are shares of the width, so that the drawing fits any screen; the text alternative says the same."""
    has_interval = not words.is_missing(head["value"]) and not words.is_missing(head["lower_95"])
    ours = [head["value"], head["lower_95"], head["upper_95"]] if has_interval else []
    values = [*others, *ours, *([average] if average is not None else [])]
    low, high = min(values), max(values)
    width = high - low or 1.0

    def at(value: float) -> str:
        return f"{3 + 94 * (value - low) / width:.1f}%"

    parts = ['<line class="axis" x1="3%" x2="97%" y1="20" y2="20"/>']
    if len(others) >= FEWEST_FOR_A_MIDDLE_HALF:
        lower, _, upper = quantiles(others, method="inclusive")
        span = f"{94 * (upper - lower) / width:.1f}%"
        parts.append(f'<rect class="half" x="{at(lower)}" y="8" width="{span}" height="24"/>')
    parts += [f'<circle class="other" cx="{at(value)}" cy="20" r="6"/>' for value in sorted(others)]
    if average is not None:
        parts.append(f'<line class="average" x1="{at(average)}" x2="{at(average)}" y1="4" y2="36"/>')
    unit = head["unit"]
    said = f"{len(others)} others from {in_unit(min(others), unit)} to {in_unit(max(others), unit)}"
    if has_interval:
        value, lower, upper = ours
        parts.append(f'<line class="reach" x1="{at(lower)}" x2="{at(upper)}" y1="20" y2="20"/>')
        parts.append(
            f'<svg x="{at(value)}" y="20" overflow="visible"><path class="us" d="M0-10 8 0 0 10-8 0Z"/></svg>'
        )
        ours_said = (
            f"{council} {in_unit(value, unit)}, by chance {in_unit(lower, unit)} to {in_unit(upper, unit)}"
        )
        said = f"{ours_said}; {said}"
    if average is not None:
        said += f"; average {in_unit(average, unit)} ({of_whom})"
    drawn = f'<svg class="strip" height="40" width="100%" role="img" aria-label="{escape(said)}">{"".join(parts)}</svg>'
    return Markup(drawn)  # noqa: S704 (numbers, and what was escaped)


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
    """What to ask for and of whom, what is worst first."""
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
        found.append(said["first"].format(council=findings.council.nice_name, whole=whole))
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
    return f"It answers {number(len(answered))} of the {number(len(still_open))} open questions."


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


def headline(findings: Findings, measures: list[Measure]) -> str:
    """The finding: the first two clauses that there are, in the order that the module's docstring gives."""
    clauses = [
        clause
        for clause in (
            _stage_2_clause(findings),
            _compared_clause(findings, measures),
            _concern_clause(findings) or _figure_clause(findings, measures),
            _too_few_clause(findings, measures),
            _missing_clause(findings),
        )
        if clause
    ][:2]
    if not clauses:
        return f"What is published about {findings.council.nice_name}’s complaints"
    is_less_welcome = clauses[-1].startswith(
        ("there are too few", "its last", "we have no", "the Ombudsman has criti")
    )
    joint = ", but " if is_less_welcome and "is worse" not in clauses[0] else ", and "
    council = findings.council.nice_name
    # the name once: after it, "it"
    if len(clauses) == 2 and all(clause.startswith(f"{council} ") for clause in clauses):
        clauses[1] = f"it{clauses[1].removeprefix(council)}"
    return words.sentence(joint.join(clauses))


def _compared_clause(findings: Findings, measures: list[Measure]) -> str:
    council, group = findings.council.nice_name, findings.group
    better = [words.inside(one.name) for one in measures if one.chip == BETTER]
    worse = [words.inside(one.name) for one in measures if one.chip == WORSE]
    same = sum(one.chip == SAME for one in measures)
    compared = same + sum(one.chip == TOO_FEW for one in measures)
    if better and worse:
        return f"{council} is worse than {group} on {_some(worse)}, and better on {_some(better)}"
    if worse or better:
        return f"{council} is {'worse' if worse else 'better'} than {group} on {_some(worse or better)}"
    if same:
        on = "" if same == compared else f" on {number(same)} of {number(compared)} measures"
        return f"{council} is about the same as {group}{on}"
    return ""


def _concern_clause(findings: Findings) -> str:
    raised = concern(findings)
    printed = words.printed_number(raised) if raised else ""
    if not printed.isdecimal() or int(printed) < 2:
        return ""
    council = findings.council.nice_name
    return f"the Ombudsman has criticised late action by {council} {number(int(printed))} years running"


def _figure_clause(findings: Findings, measures: list[Measure]) -> str:
    council = findings.council.nice_name
    shown = next((one for one in measures if one.head["value"] is not None), None)
    if shown is None or any(one.is_clear or one.chip == SAME for one in measures):
        return ""
    if shown.head["indicator"] == "uphold_rate":
        when = shown.head["period_label"]
        return f"the Ombudsman found fault in {shown.cases} complaints about {council} that it investigated in {when}"
    return f"{council} has {shown.value} on “{words.inside(shown.name)}”"


def _too_few_clause(findings: Findings, measures: list[Measure]) -> str:
    if _compared_clause(findings, measures) or all(one.chip != TOO_FEW for one in measures):
        return ""
    return f"there are too few cases to compare it with {findings.group}"


def _some(names: list[str]) -> str:
    return (
        words.joined(f"“{name}”" for name in names) if len(names) <= 2 else f"{number(len(names))} measures"
    )


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
        _compared_sentence(measures),
        _late_sentence(measures),
        _stage_2_sentence(findings, today),
    ]
    return [one for one in found if one]


def _compared_sentence(measures: list[Measure]) -> str:
    judged = [one for one in measures if one.chip in (BETTER, WORSE, SAME, TOO_FEW)]
    if not judged:
        return ""
    if all(one.chip == TOO_FEW for one in judged):
        noun = "measure" if len(judged) == 1 else "measures"
        return f"On {number(len(judged))} {noun} there are too few cases to tell it from the average."
    parts = []
    for chip, text in ((WORSE, "worse on {}"), (BETTER, "better on {}"), (SAME, "about the same on {}")):
        if count := sum(one.chip == chip for one in judged):
            parts.append(text.format(number(count)))
    if count := sum(one.chip == TOO_FEW for one in judged):
        parts.append(f"with too few cases to say on {number(count)}")
    return f"Of the {words.counted(len(judged), 'measure')} we can compare, it is {words.joined(parts)}."


def _late_sentence(measures: list[Measure]) -> str:
    late = next((one.head for one in measures if one.head["indicator"] == "late_compliance"), None)
    if not late or not late["numerator"]:
        return ""
    said = f"{words.whole(late['numerator'])} of {words.whole(late['denominator'])} Ombudsman recommendations"
    return f"In {late['period_label']} it acted late on {said}{', counts from two sources' if late['doubt'] else ''}."


def _stage_2_sentence(findings: Findings, today: date) -> str:
    if not findings.has_childrens_services:
        return "The county council, not this council, deals with complaints about children’s social care."
    if findings.own["own_timeliness"]:
        return own.stage_2_sentence(findings.own["own_timeliness"], findings.council.nice_name)
    head = _published_stage_2(findings)
    if head is None:
        return "We have found no published figure of how many Stage 2 complaints finish in time."
    years = (today - head["period_end"]).days // 365
    age = f", {number(years)} years ago" if years >= OLD_YEARS else ""
    return f"The last published Stage 2 figure is {head['printed_text']}% in time, for {head['period_label']}{age}."


def next_figures(newest: date, today: date) -> str:
    """When the Ombudsman's next figures come, or that they should be out. newest: the last day of the newest year."""
    year = f"{newest.year}-{(newest.year + 1) % 100:02d}"
    due = date(newest.year + 1, DUE_MONTH, 31)
    if today > due:
        return f"Those for {year} should have been published by {due:%B %Y}: ask the analyst to check."
    return f"Those for {year} are due by {due:%B %Y}."
