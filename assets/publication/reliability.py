"""How far a publication's data can be relied on: a light with its reasons."""

from dataclasses import dataclass
from datetime import date

from assets.publication.findings import Findings
from assets.wording import words

OLD_MONTHS = 18


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
            f"On {words.counted(len(thin), 'indicator')} fewer than half of the {findings.group} have a figure."
        )
    absent = findings.absent
    if absent:
        reasons.append(
            f"Of {words.counted(len(findings.headlines), 'indicator')}, {words.whole(len(absent))} "
            f"{'has' if len(absent) == 1 else 'have'} no figure of {findings.council.nice_name} at all."
        )
    own = [row for row in findings.rows["disagreements"] if row["gss_code"] == findings.council.gss_code]
    if own:
        reasons.append("Sources disagree about a figure of this council.")
    if findings.newest["period_end"] is None:
        reasons.append("We have no Ombudsman figures.")
    elif (age := months_between(findings.newest["period_end"], today)) > OLD_MONTHS:
        reasons.append(
            f"Our newest Ombudsman figures are for the year to {words.day(findings.newest['period_end'])}, "
            f"{words.counted(age, 'month')} ago. A later year may be out."
        )
    return Light("red" if blocking else "amber" if reasons else "green", reasons)
