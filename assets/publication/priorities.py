"""The three things that matter most, and the data-quality light: written rules, each with the sentence it gives."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from assets.publication import sentences, words
from assets.publication.findings import Findings

RULE = (
    "First the indicators with a good direction on which the council differs from its comparators by more than chance "
    "and the usual spread would bring about, the most surprising first; then its own complaints open past their limit; "
    "then a concern that the Ombudsman’s letters have repeated; then what cannot be told for want of the council’s "
    "own cases; last, the measures without a clear difference, in one sentence. The first three are shown. What is "
    "known of Stage 2 stands above them, whatever it is."
)
SHOWN = 3
STAGE_2_QUESTION = "Q5"
STANDING_KEY = ("indicator", "gss_code", "period_start", "period_end", "comparator_group")
OLD_MONTHS = 18


@dataclass(frozen=True)
class Priority:
    """One thing that matters, as a sentence, with the page of its evidence and the key of the rows it speaks of, which
    a sentence without a number has none of."""

    sentence: str
    page: str
    evidence: str
    about: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Light:
    """How far the publication's data can be relied on: green, amber or red, with every reason."""

    colour: str
    reasons: list[str]

    @property
    def words(self) -> str:
        return {
            "green": "Green: no known problem",
            "amber": "Amber: read the reasons",
            "red": "Red: do not rely on it",
        }[self.colour]


def months_between(earlier: date, later: date) -> int:
    """Whole months from one day's month to another's."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def concern_sentence(row: dict[str, Any], council: str) -> str:
    """How many years running a letter raised the same concern, and who says so."""
    years = words.printed_number(row)
    return (
        f"By its letter for the year to {words.day(row['period_end'])} the Ombudsman had raised {council}’s late "
        f"compliance with its recommendations {years} {'year' if years == '1' else 'years'} running, "
        f"{words.WITNESSES[row['witness_kind']]}."
    )


def stage_2_answer(findings: Findings) -> dict[str, Any] | None:
    """The panel pack's first answer: what is known of Stage 2 in time. Nothing where no answers are held."""
    return next(
        (row for row in findings.rows["answers"] if row["question"] == STAGE_2_QUESTION and row["is_lead"]),
        None,
    )


def no_cases_sentence(findings: Findings) -> str | None:
    """What cannot be told for want of the council's own cases, or nothing where some are held."""
    if findings.has_own:
        return None
    return (
        f"No case register or quarterly figures of {findings.council.nice_name} are held: whether complaints are in "
        "time, where the days go, how old the open ones are and whether a few long ones distort the figures cannot be "
        "told until they are."
    )


def concerns(findings: Findings) -> list[dict[str, Any]]:
    """The years-running counts that letters or the press gave, latest first."""
    rows = [row for row in findings.rows["statements"] if row["measure"] == "late_compliance_concern_years"]
    return sorted(rows, key=lambda row: row["period_end"], reverse=True)


def light(findings: Findings, today: date) -> Light:
    """The data-quality light: red where a blocking check fails, amber for any other reason, else green."""
    reasons = []
    failed = [row for row in findings.rows["failed_checks"] if not row["passed"]]
    blocking = [row for row in failed if row["severity"] == "blocks"]
    if blocking:
        reasons.append(f"{words.counted(len(blocking), 'blocking check')} failed.")
    if len(failed) > len(blocking):
        reasons.append(f"{words.counted(len(failed) - len(blocking), 'warning check')} failed.")
    thin = [
        (head["title"], row)
        for head in findings.headlines
        if (row := findings.comparison(head["indicator"]))
        and head["polarity"] != "none"
        and row["comparators"]
        and row["comparators_with_data"] * 2 < row["comparators"]
    ]
    if thin:
        reasons.append(
            f"On {words.counted(len(thin), 'indicator')} fewer than half of the {findings.group} have a figure held."
        )
    absent = findings.absent
    if absent:
        reasons.append(
            f"Of {words.counted(len(findings.applicable), 'indicator')}, {words.whole(len(absent))} "
            f"{'has' if len(absent) == 1 else 'have'} no figure of {findings.council.nice_name} at all."
        )
    own = [row for row in findings.rows["disagreements"] if row["gss_code"] == findings.council.gss_code]
    if own:
        reasons.append("Sources disagree about a figure of this council.")
    if findings.newest["period_end"] is None:
        reasons.append("No Ombudsman figures are held.")
    elif (age := months_between(findings.newest["period_end"], today)) > OLD_MONTHS:
        reasons.append(
            f"The newest Ombudsman figures held are for the year to {words.day(findings.newest['period_end'])}, "
            f"{words.counted(age, 'month')} before this was published: a later year may be out."
        )
    return Light("red" if blocking else "amber" if reasons else "green", reasons)


def priorities(findings: Findings) -> list[Priority]:
    """The three things that matter most, by `RULE`; fewer where there is less to say."""
    council, group = findings.council.nice_name, findings.group
    judged = sorted(
        (
            (found["p_value"], head, found)
            for head in findings.headlines
            if head["polarity"] != "none"
            and (found := findings.standing(head["indicator"]))
            and found["verdict"]
            and found["p_value"] is not None
        ),
        key=lambda one: (one[0], one[1]["indicator"]),
    )
    told = [
        (
            found["verdict"] == "no clear difference",
            Priority(
                sentences.standing_sentence(
                    head, findings.comparison(head["indicator"]), found, council, group
                ),
                f"indicator/{head['indicator']}.html",
                head["title"],
                tuple(found[name] for name in STANDING_KEY),
            ),
        )
        for _, head, found in judged
    ]
    chosen = [one for is_quiet, one in told if not is_quiet]
    is_rest = bool(chosen)
    if overdue := sentences.overdue_sentence(findings.own["own_open"], council):
        chosen.append(Priority(overdue, "our-complaints.html", "Open cases by age", ("marts.open_cases",)))
    if repeated := concerns(findings):
        chosen.append(
            Priority(
                concern_sentence(repeated[0], council),
                "indicator/late_compliance.html",
                "Recommendations complied with late",
                ("core.readings", repeated[0]["source"], repeated[0]["source_row"]),
            )
        )
    if unknown := no_cases_sentence(findings):
        chosen.append(Priority(unknown, "our-complaints.html", "What they would answer"))
    quiet = [head for (_, head, _), (is_quiet, _) in zip(judged, told, strict=True) if is_quiet]
    if quiet:
        same = sentences.no_clear_difference(quiet, council, group, findings.year, is_rest)
        chosen.append(Priority(same, "#ombudsman", "What the Ombudsman measures"))
    return chosen[:SHOWN]
