"""Whether the council acts on the Ombudsman's recommendations, and in time."""

from collections.abc import Iterable
from dataclasses import replace

from assets.answers.asked import Asked, addresses
from assets.answers.compared import measured
from assets.answers.facts import Fact
from assets.wording import words

WITNESSES = {
    "annual table": "by the Ombudsman’s own table",
    "statistics page": "by the Ombudsman’s own page",
    "letter or report": "by a letter or report",
    "press": "the press reported",
}


def done_in_short(fact: Fact) -> str:
    """How many recommendations were carried out, as counts where they are known."""
    if fact.numerator is None or fact.denominator is None:
        return f"{fact.printed or words.share((fact.value or 0) / 100)} done"
    if fact.numerator == fact.denominator:
        return f"All {words.whole(fact.numerator)} done"
    return f"{words.whole(fact.numerator)} of {words.whole(fact.denominator)} done"


def late_in_short(late: Fact, done: Fact | None) -> str:
    """How many were late: "of them" where the same recommendations are named before it."""
    if late.numerator is None:
        return f"{late.printed or words.share((late.value or 0) / 100)} late"
    whole = (late.denominator, late.period)
    if done and not done.reason and (done.denominator, done.period) == whole:
        return f"{words.whole(late.numerator) if late.numerator else 'none'} of them late"
    of_all = "" if late.denominator is None else f" of {words.whole(late.denominator)}"
    return f"{words.whole(late.numerator)}{of_all} late"


def q8(asked: Asked) -> Iterable[Fact]:
    """Compliance, late compliance, and the years for which letters have said so."""
    heads = {head["indicator"]: head for head in asked.rows["headlines"]}
    done = None
    if head := heads.get("compliance_rate"):
        done = measured(asked, head, "compliance", is_lead=True)
        yield replace(done, brief=done_in_short(done))
    if head := heads.get("late_compliance"):
        late = measured(asked, head, "late", is_lead=True)
        yield replace(late, brief=late_in_short(late, done))
    letters = Fact("letters", "Late action on recommendations", asked.group, unit="", is_lead=True)
    for row in asked.rows["concerns"][:1]:
        letters = replace(
            letters,
            period=f"the year to {words.day(row['period_end'])}",
            numerator=int(row["value"]),
            detail=WITNESSES[row["witness_kind"]],
            evidence=asked.evidence("core.readings", row),
            sources=addresses([row]),
        )
    yield letters
