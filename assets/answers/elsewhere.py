"""Whether the limit of Stage 2 is reached anywhere, from what other authorities publish or return."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from assets.answers.asked import ANY_PERIOD, Asked, Row, Rows
from assets.answers.facts import MISSING, NOT_APPLICABLE, Fact
from assets.publication import words
from benchmarking.definitions import share_of_variation


def q7(asked: Asked) -> Iterable[Fact]:
    """Who publishes Stage 2 timeliness, how many reach it in most cases, and what definition has to do with it; of
    a council that has no such complaints, only that."""
    if not asked.council.has_childrens_services:
        yield Fact(
            statement="published", template="published", what="The limit of 65 working days", unit="", is_lead=True,
            period=ANY_PERIOD, comparator="other authorities", polarity="none", reason=NOT_APPLICABLE,
        )  # fmt: skip
        return
    rows = [row for row in asked.rows["stage2_elsewhere"] if row["procedure"] == "children_statutory"]
    authorities = asked.rows["authorities"][0]["authorities"]
    publishing = list(dict.fromkeys(row["body_name"] for row in rows))
    shares = [row for row in rows if row["in_time_pct"] is not None]
    most = [row for row in shares if row["in_time_pct"] > 50]
    name = "Stage 2 children’s social care complaints in time"
    span = (
        f"{words.day(min(row['period_start'] for row in rows))} to {words.day(max(row['period_end'] for row in rows))}"
        if rows
        else ANY_PERIOD
    )
    base: dict[str, Any] = {
        "polarity": "none",
        "period": span,
        "sources": tuple(dict.fromkeys(r["source_url"] for r in rows if r["source_url"])),
    }
    missing: dict[str, Any] = {} if rows else {"reason": MISSING}
    yield Fact(
        statement="published", template="published", what=name, unit="", is_lead=True,
        comparator="other authorities in England that deal with such complaints",
        numerator=len(publishing) if rows else None, denominator=authorities if rows else None,
        evidence=asked.evidence("marts.stage2_elsewhere", *rows), **missing, **base,
    )  # fmt: skip
    grades = words.joined(
        f"{len(list(same))} of grade {grade}"
        for grade, same in groupby(sorted(row["comparability_grade"] for row in rows))
    )
    low, high = (min(shares, key=_share), max(shares, key=_share)) if shares else (None, None)
    few = "" if shares else "no share is printed" if rows else MISSING
    value_range = (
        f"The shares run from {_told(low)} to {_told(high)}. Comparability: {grades}, A the best and D the least; "
        "B and better state both the limit and the number of cases."
        if low and high
        else ""
    )
    yield Fact(
        statement="reached", template="reached", what=name, unit="", is_lead=True, comparator="other authorities",
        numerator=len(most) if shares else None, denominator=len(shares) if shares else None,
        detail=value_range, reason=few, reason_in_words=few,
        evidence=asked.evidence("marts.stage2_elsewhere", *shares), **base,
    )  # fmt: skip
    variation = share_of_variation(
        [row["in_time_pct"] for row in shares], [row["definition"] for row in shares]
    )
    unknown = "" if variation is not None else MISSING if not rows else "too few of them"
    yield Fact(
        statement="definition", template="definition", what="What part of the variation is definition",
        comparator="other authorities", value=None if variation is None else 100 * variation,
        numerator=len(shares) if rows else None, reason=unknown,
        reason_in_words="it takes two definitions with two shares each",
        detail="The rest lies between councils that count alike, and in chance.",
        is_lead=True, evidence=asked.evidence("marts.stage2_elsewhere", *shares), **base,
    )  # fmt: skip
    late = [row for row in shares if row not in most]
    for statement, side, same, so in (
        ("for_change", "For asking government to change the limit", late,
         "So the difficulty is not one council’s alone."),
        ("against_change", "Against asking government to change the limit", most,
         "So it can be done under the limit as it is."),
    ):  # fmt: skip
        count, detail = len(same), f"{so if any(map(_states_limit, same)) else ''}{_unstated(same)}"
        yield Fact(
            statement=statement, template=statement, what=side, comparator="other authorities", unit="",
            numerator=count if shares else None, denominator=len(shares) if shares else None,
            detail=detail, reason="" if shares else MISSING,
            evidence=asked.evidence("marts.stage2_elsewhere", *shares), **base,
        )  # fmt: skip


def _states_limit(row: Row) -> bool:
    return row["limit_days"] is not None


def _unstated(rows: Rows) -> str:
    """That figures do not say by which limit they are in time, so that they bear on it less."""
    unstated = sum(not _states_limit(row) for row in rows)
    if not unstated:
        return ""
    if unstated == len(rows):
        return f"{'It does not say' if unstated == 1 else 'None of them says'} by which limit, so little hangs on it."
    return f" {words.whole(unstated)} of them {'does' if unstated == 1 else 'do'} not say by which limit."


def _share(row: Row) -> float:
    return float(row["in_time_pct"])


def _told(row: Row) -> str:
    cases = (
        f" of {words.whole(row['case_stages'])}"
        if row["case_stages"] is not None
        else ", number of cases not printed"
    )
    figure = (
        f"{row['in_time_as_printed']}%"
        if row["in_time_as_printed"]
        else words.measured(row["in_time_pct"], "percent")
    )
    return f"{figure}{cases} ({row['body_name']}, {words.period(row)})"
