"""What a refresh prints at its end: each indicator with its comparators, in a few plain lines."""

from collections.abc import Iterator
from typing import Any

from assets.publication.findings import Findings
from assets.wording import own, sentences
from assets.wording.words import comparator_value, own_value


def summary(findings: Findings) -> str:
    """The findings as text; a line that is not indented is a heading."""
    return "\n".join(_lines(findings))


def indicator_lines(head: dict[str, Any], findings: Findings) -> Iterator[str]:
    """One indicator with its comparators in words, line by line."""
    yield f"{head['title']} ({head['period_label']})"
    yield f"  {findings.council.nice_name}: {own_value(head)}"
    compared = findings.comparison(head["indicator"])
    yield f"  {findings.group}: {comparator_value(compared, findings.group)}"
    standing = findings.standing(head["indicator"])
    if standing is not None:
        yield f"  {sentences.verdict(standing)}. {sentences.place(standing)}."


def _register_lines(findings: Findings) -> Iterator[str]:
    """What the council's own cases say, where there are any."""
    timeliness, still_open = findings.own["own_timeliness"], findings.own["own_open"]
    if timeliness or still_open:
        yield f"The register of {findings.council.official_name}"
    if timeliness:
        yield f"  {own.stage_2_sentence(timeliness, findings.council.nice_name)}"
    if still_open:
        yield f"  {own.open_sentence(still_open, findings.council.nice_name)}"


def _lines(findings: Findings) -> Iterator[str]:
    yield from _register_lines(findings)
    yield f"{findings.council.official_name} compared with {findings.group}"
    for head in findings.headlines:
        if head["period_start"] is not None:
            yield from indicator_lines(head, findings)
    if findings.absent:
        absent = [head["title"] for head in findings.absent]
        yield "We have no published figure"
        own = " Its own cases say more: see the panel pack." if findings.has_own else ""
        yield f"  {'; '.join(absent)}.{own}"
    newest = findings.newest
    yield "The newest Ombudsman figures here"
    yield f"  {newest['period_label']} ({newest['councils']} councils). A later year may be out."
    # what the council's own quarters say of Stage 2 stands in no headline
    first = next((row["sentence"] for row in findings.rows["answers"] if row["is_lead"]), None)
    if first and not findings.own["own_timeliness"]:
        yield "The panel pack begins"
        yield f"  {first}"
