"""The three things that matter most, and the data-quality light: written rules, each with the sentence it gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assets.publication import sentences, words
from assets.publication.findings import Findings

RULE = (
    "First the indicators with a good direction on which the council differs from its comparators by more than chance "
    "and the usual spread would bring about, the most surprising first; then its own complaints open past their limit; "
    "then a concern that the Ombudsman’s letters have repeated; then Stage 2 timeliness where no "
    "figure of the last two "
    "years is held; then the other indicators with a good direction, the most surprising first. The "
    "first three are shown."
)
SHOWN = 3
STAGE_2 = "stage2_childrens_in_time"
STANDING_KEY = ("indicator", "gss_code", "period_start", "period_end", "comparator_group")
STALE_MONTHS = 24
OLD_MONTHS = 18


@dataclass(frozen=True)
class Priority:
    """One thing that matters, as a sentence, with the page of its evidence and the key of the rows it speaks of."""

    sentence: str
    page: str
    evidence: str
    about: tuple[Any, ...]


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
    return (
        f"The Ombudsman’s letter to {council} for the year to {words.day(row['period_end'])} raised late "
        f"compliance with "
        f"its recommendations for year number {words.printed_number(row)} running, "
        f"{words.WITNESSES[row['witness_kind']]}."
    )


def stage_2_sentence(statements: Sequence[dict[str, Any]], council: str, today: date) -> str | None:
    """What is known of the share of Stage 2 complaints in time, where it is older than two years; else nothing."""
    latest = latest_stage_2_share(statements)
    if latest is None:
        return (
            f"No figure of {council}’s Stage 2 children’s social care complaints completed in time is held, "
            f"for any period: "
            "the panel’s first question cannot be answered yet."
        )
    if months_between(latest["period_end"], today) < STALE_MONTHS:
        return None
    limit = f" within {latest['limit_days']} days" if latest["limit_days"] else " in time"
    return (
        f"The latest figure held of {council}’s Stage 2 children’s social care complaints completed{limit} is "
        f"{words.printed(latest)}, for {words.period(latest)}; the number of cases was not printed, and "
        f"nothing later is held."
    )


def latest_stage_2_share(statements: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The latest share of Stage 2 children's complaints in time, or nothing."""
    known = [row for row in statements if is_stage_2_share(row)]
    return max(known, key=lambda row: row["period_end"]) if known else None


def is_stage_2_share(row: dict[str, Any]) -> bool:
    """Whether a statement is a share of Stage 2 children's complaints in time, for a stated period."""
    return bool(
        row["measure"] == "complaints_in_time_pct"
        and row["procedure"] == "children_statutory"
        and row["stage"] == "2"
        and row["period_end"] is not None
    )


def concerns(findings: Findings) -> list[dict[str, Any]]:
    """The years-running counts that letters or the press gave, latest first."""
    rows = [row for row in findings.rows["statements"] if row["measure"] == "late_compliance_concern_years"]
    return sorted(rows, key=lambda row: row["period_end"], reverse=True)


def _reading(row: dict[str, Any] | None) -> tuple[Any, ...]:
    return ("core.readings", row["source"], row["source_row"]) if row else ("core.readings",)


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
    absent = [row for row in findings.headlines if row["period_start"] is None]
    if absent:
        reasons.append(
            f"Of {words.counted(len(findings.headlines), 'indicator')}, {words.whole(len(absent))} "
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


def priorities(findings: Findings, today: date) -> list[Priority]:
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
    if overdue := sentences.overdue_sentence(findings.own["own_open"], council):
        chosen.append(Priority(overdue, "our-complaints.html", "Open cases by age", ("marts.open_cases",)))
    if repeated := concerns(findings):
        chosen.append(
            Priority(
                concern_sentence(repeated[0], council),
                "indicator/late_compliance.html",
                "Recommendations complied with late",
                _reading(repeated[0]),
            )
        )
    known = latest_stage_2_share(findings.rows["statements"])
    if unknown := stage_2_sentence(findings.rows["statements"], council, today):
        chosen.append(Priority(unknown, "our-complaints.html", "What would answer it", _reading(known)))
    chosen += [one for is_quiet, one in told if is_quiet]
    return chosen[:SHOWN]
