"""The briefing: where the council stands in one screen, with what to ask for and how far each question is answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assets.publication.findings import Findings
from assets.publication.headline import headline, sentences, stage_2_late
from assets.publication.measures import BETTER, SAME, WORSE, Measure, measure
from assets.wording import words
from warehouse.files import declaration

Row = Mapping[str, Any]
TEXTS: dict[str, Any] = declaration(Path(__file__).parent / "briefing.yml")
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
MOST_ASKS = 3


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
        measure(findings, head, today)
        for head in findings.applicable
        if head["period_start"] is not None and (head["family"] == "ombudsman" or head["value"] is not None)
    ]
    tiles = _tiles(findings, measures)
    return Briefing(
        headline=headline(findings, measures, today),
        sentences=sentences(findings, measures, today)[:3],
        asks=asks(findings, measures, tiles)[:MOST_ASKS],
        measures=sorted(measures, key=lambda one: one.head["polarity"] == "none"),
        tiles=tiles,
    )


def _tiles(findings: Findings, measures: list[Measure]) -> list[Tile]:
    found: dict[str, list[Row]] = {}
    for row in findings.rows["answers"]:
        found.setdefault(row["question"], []).append(row)
    states = {question: state(found.get(question, [])) for question in TEXTS["questions"]}
    # where no measure can be told from the average, how we compare is not answered
    if states["Q1"] == "Answered" and not any(one.chip in (BETTER, WORSE, SAME) for one in measures):
        states["Q1"] = "Partly"
    return [Tile(question, text["short"], states[question]) for question, text in TEXTS["questions"].items()]


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
    if late_stage_2 := stage_2_late(findings):
        found.append(said["stage_2"].format(late=words.whole(late_stage_2)))
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


def next_figures(newest: date, today: date) -> str:
    """When the Ombudsman's next figures come, or that they should be out. newest: the last day of the newest year."""
    year = f"{newest.year}-{(newest.year + 1) % 100:02d}"
    due = date(newest.year + 1, DUE_MONTH, 31)
    if today > due:
        return f"Those for {year} should have been published by {due:%B %Y}: ask the analyst to check."
    return f"Those for {year} are due by {due:%B %Y}."
