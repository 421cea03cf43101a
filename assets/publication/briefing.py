"""The briefing: where the council stands in one screen, with what to ask for and how far each question is answered."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from assets.publication.findings import Findings
from assets.publication.headline import RESULTS, ages_once, by_result, headline, sentences, stage_2_late
from assets.publication.measures import BETTER, CANNOT_SAY, NOT_COMPARABLE, SAME, WORSE, Measure, measure
from assets.wording import words
from assets.wording.sentences import newest_result
from warehouse.files import declaration

Row = Mapping[str, Any]
TEXTS: dict[str, Any] = declaration(Path(__file__).parent / "briefing.yml")
# the Ombudsman publishes between May and July
DUE_MONTH = 7
ANSWERED, PARTLY, NO_DATA, NOT_OURS = "Answered", "Partly", "No data yet", "Not our service"
# a tile that gives figures, and no answer
UNDECIDED = CANNOT_SAY
ANSWERS = ("better", "worse", "higher", "lower", "about the same", "no difference", "told", "tied")
UNCLEAR = (CANNOT_SAY, NOT_COMPARABLE)
MOST_ASKS = 3
# characters
LONGEST_TILE = 45


@dataclass(frozen=True)
class Tile:
    """One of the panel's questions: its number and name, how far it is answered, and the answer or what it needs."""

    question: str
    short: str
    state: str
    says: str


@dataclass(frozen=True)
class Briefing:
    """Everything on the first page."""

    headline: str
    results: dict[str, str]
    rest: list[str]
    asks: list[str]
    measures: list[Measure]
    tiles: list[Tile]

    @property
    def sentences(self) -> list[str]:
        """All that stands under the headline: the measures by result, then the rest."""
        return [*(f"{result}: {names}." for result, names in self.results.items()), *self.rest]


def briefing(findings: Findings, today: date) -> Briefing:
    """The briefing about one council as it stands on a day, from which the age of its figures is counted."""
    heads = [
        head
        for head in findings.headlines
        if head["period_start"] is not None and (head["family"] == "ombudsman" or head["value"] is not None)
    ]
    newest: dict[bool, date] = {}
    for head in heads:
        is_neutral = head["polarity"] == "none"
        newest[is_neutral] = max(head["period_end"], newest.get(is_neutral, head["period_end"]))
    measures = [measure(findings, head, today, newest[head["polarity"] == "none"]) for head in heads]
    first, *rest = ages_once([headline(findings, measures, today), *sentences(findings, measures, today)])
    tiles = _tiles(findings, measures, today)
    return Briefing(
        headline=first,
        results=by_result(measures),
        rest=rest,
        asks=asks(findings, measures, tiles, today)[:MOST_ASKS],
        measures=sorted(measures, key=lambda one: (one.head["polarity"] == "none", one.is_old)),
        tiles=tiles,
    )


def _tiles(findings: Findings, measures: list[Measure], today: date) -> list[Tile]:
    found, tiles = by_question(findings), []
    for question, text in TEXTS["questions"].items():
        rows = found.get(question, [])
        how_far, (says, is_undecided) = state(rows), _says(rows, today)
        if question == "Q1":
            says, is_undecided = how_we_compare(measures)
        if how_far in (ANSWERED, PARTLY) and is_undecided:
            how_far = UNDECIDED
        if how_far == NO_DATA or not says:
            how_far = how_far if how_far == NOT_OURS else NO_DATA
            missing = inputs_missing(findings, question)
            says = f"Needs {TEXTS['sources'][missing[0]]['short']}" if missing else "No figures yet"
        tiles.append(Tile(question, text["short"], how_far, NOT_OURS if how_far == NOT_OURS else says))
    return tiles


def by_question(findings: Findings) -> dict[str, list[Row]]:
    """The statements of each question, in the order of the pack."""
    return {
        question: list(rows)
        for question, rows in groupby(findings.rows["answers"], key=lambda row: str(row["question"]))
    }


def _says(rows: list[Row], today: date) -> tuple[str, bool]:
    """The answer to a question in a few words, and whether it is that nobody can say. It is the first statement, a
    second of the same period where both are short, and the period of an old figure."""
    known = sorted(
        (row for row in rows if row["in_short"]),
        key=lambda row: (not row["is_lead"], row["verdict"] not in ANSWERS),
    )
    if not known:
        return "", False
    is_undecided = known[0]["verdict"] not in ANSWERS
    first, period = str(known[0]["in_short"]), known[0]["period_label"]
    others = [row["in_short"] for row in known[1:] if row["is_lead"] and row["period_label"] == period]
    others = [said for said in others if said != first]
    says = f"{first}, {words.inside(others[0])}" if others else first
    says = first if len(says) > LONGEST_TILE else says
    ended = words.last_day(period)
    if ended is None or period in says or f"from {ended.year}" in says or not words.age(ended, today):
        return says, is_undecided
    return f"{says} ({period})", is_undecided


def how_we_compare(measures: list[Measure]) -> tuple[str, bool]:
    """On how many of the measures with a direction the council is better, worse or the same; and whether on none."""
    judged = [one for one in measures if one.chip in RESULTS]
    recent = Counter("unclear" if one.chip in UNCLEAR else one.chip.lower() for one in judged if not one.is_old)
    if not recent:
        return (f"No figure since {judged[0].head['period_label']}" if judged else "Numbers only, no result"), True
    if set(recent) == {"unclear"}:
        return (
            f"Cannot say on {'any of ' * (recent.total() > 1)}{words.counted(recent.total(), 'measure')}",
            True,
        )
    said = {WORSE.lower(): "worse", BETTER.lower(): "better", SAME.lower(): "same", "unclear": "unclear"}
    return ", ".join(f"{recent[chip]} {text}" for chip, text in said.items() if recent[chip]), False


def inputs_missing(findings: Findings, question: str) -> list[str]:
    """Which of the inputs that would answer a question are not loaded."""
    is_loaded = {"register": findings.has_own, "plan": bool(findings.rows["plan_actions"])}
    return [name for name in TEXTS["questions"][question]["inputs"] if not is_loaded.get(name)]


def state(rows: Iterable[Row]) -> str:
    """How far a question is answered: by all its leading statements, by some statement, or by none yet."""
    all_rows = list(rows)
    leads = [row for row in all_rows if row["is_lead"]]
    ours = [row for row in leads if row["verdict"] != "not applicable"]
    if leads and not ours:
        return NOT_OURS
    if leads and all(row["verdict"] in ANSWERS and not row["is_half_answer"] for row in ours):
        return ANSWERED
    if any(row["verdict"] in (*ANSWERS, "gated") for row in all_rows):
        return PARTLY
    return NO_DATA


def asks(findings: Findings, measures: list[Measure], tiles: list[Tile], today: date) -> list[str]:
    """What to ask for and who has it, the worst first."""
    said, group = TEXTS["inputs"], findings.group
    recent = [one for one in measures if not one.is_old]
    found = [said["worse"].format(what=words.inside(one.name), group=group) for one in recent if one.chip == WORSE]
    if late_stage_2 := stage_2_late(findings):
        found.append(said["stage_2"].format(late=words.whole(late_stage_2)))
    late = next((one.head for one in recent if one.head["indicator"] == "late_compliance"), None)
    if not findings.has_own:
        found.append(said["register"].format(answers=_answers(tiles, "register")))
    if late and late["numerator"]:
        found.append(said["late"].format(late=words.whole(late["numerator"]), all=words.whole(late["denominator"])))
    if not recent:
        newer = "newer " if measures else ""
        found.insert(0, said["first"].format(council=findings.council.nice_name, newer=newer))
    elif thin := _thin(findings):
        newest = findings.newest["period_end"]
        is_overdue = newest is not None and today > _due(newest)
        due = f", with those for {_year_after(newest)}, which should be out" if is_overdue else ""
        found.append(said["tables"].format(have=thin[0], all=thin[1], group=group, due=due))
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


def _thin(findings: Findings) -> tuple[str, str] | None:
    """How many comparators have figures, from fewest to most, and of how many, where that is under two in three."""
    compared = [
        row
        for head in findings.headlines
        if head["family"] == "ombudsman"
        and head["polarity"] != "none"
        and head["indicator"] != "late_compliance"
        and (row := findings.comparison(head["indicator"]))
        and row["comparators"]
    ]
    have = sorted({row["comparators_with_data"] for row in compared})
    of_them = max((row["comparators"] for row in compared), default=0)
    if not have or have[0] * 3 >= of_them * 2:
        return None
    return words.joined([words.whole(one) for one in dict.fromkeys((have[0], have[-1]))], "to"), words.whole(of_them)


def newest_figures(findings: Findings, today: date) -> str:
    """Of which year the council's newest Ombudsman figures are, and any council's, and when the next come."""
    newest = findings.newest
    if not newest["period_end"]:
        return ""
    ours = newest_result(findings.headlines)
    council, label = findings.council.nice_name, newest["period_label"]
    said = f"There is no Ombudsman figure of {council} here; the newest of any council are of {label}."
    if ours:
        mine = f"{council}’s newest Ombudsman results here are of {ours['period_label']}"
        said = f"{mine}, those of any council of {label}."
    if ours and ours["period_end"] == newest["period_end"]:
        said = f"The newest Ombudsman figures here are of {label}."
    return f"{said} {next_figures(newest['period_end'], today)}"


def next_figures(newest: date, today: date) -> str:
    """When the Ombudsman's next figures come, or that they should be out. newest: the last day of the newest year."""
    year, due = _year_after(newest), _due(newest)
    if today > due:
        return f"Those for {year} should have been published by {due:%B %Y}: ask the analyst to check."
    return f"Those for {year} are due by {due:%B %Y}."


def _due(newest: date) -> date:
    """The last day on which the Ombudsman's figures after the newest year are expected."""
    return date(newest.year + 1, DUE_MONTH, 31)


def _year_after(newest: date) -> str:
    return f"{newest.year}-{(newest.year + 1) % 100:02d}"
