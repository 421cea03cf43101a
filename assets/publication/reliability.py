"""What a reader should know of a publication's data before relying on it."""

from datetime import date

from assets.publication.findings import Findings
from assets.wording import words

OLD_MONTHS = 18


def months_between(earlier: date, later: date) -> int:
    """Whole months from one day's month to another's."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def cautions(findings: Findings, today: date) -> list[str]:
    """Each known weakness of the data, in a sentence. Where a blocking check fails, nothing is published at all."""
    found = []
    if failed := [f"“{row['rule']}”" for row in findings.rows["failed_checks"] if not row["passed"]]:
        found.append(f"{words.counted(len(failed), 'check')} gave a warning: {words.joined(failed)}.")
    thin = sum(
        head["polarity"] != "none" and row["comparators_with_data"] * 2 < row["comparators"]
        for head in findings.headlines
        if (row := findings.comparison(head["indicator"]))
    )
    if thin:
        found.append(f"On {words.counted(thin, 'indicator')} fewer than half of the {findings.group} have a figure.")
    if absent := len(findings.absent):
        found.append(
            f"Of {words.counted(len(findings.headlines), 'indicator')}, {words.whole(absent)} "
            f"{'has' if absent == 1 else 'have'} no figure of {findings.council.nice_name} at all."
        )
    if any(row["gss_code"] == findings.council.gss_code for row in findings.rows["disagreements"]):
        found.append("Sources disagree about a figure of this council.")
    if findings.newest["period_end"] is None:
        found.append("We have no Ombudsman figures.")
    elif (age := months_between(findings.newest["period_end"], today)) > OLD_MONTHS:
        found.append(
            f"The newest Ombudsman figures here are for the year to {words.day(findings.newest['period_end'])}, "
            f"{words.counted(age, 'month')} ago. A later year may be out."
        )
    return found
