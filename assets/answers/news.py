"""How new the figures are, and what was restated."""

from collections.abc import Iterable

from assets.answers.asked import Asked
from assets.answers.facts import ANY_PERIOD, Fact
from assets.wording import words
from assets.wording.sentences import newest_result


def q12(asked: Asked) -> Iterable[Fact]:
    """How new the figures are, and what was restated."""
    newest = asked.rows["newest_figures"][0]
    ours = newest_result(asked.rows["headlines"])
    yield Fact(
        "newest",
        "The Ombudsman’s figures",
        "earlier years",
        newest["period_label"] or ANY_PERIOD,
        unit="",
        numerator=newest["councils"] if newest["period_end"] else None,
        brief=f"Our newest: {ours['period_label']}" if ours else "No figure of ours yet",
        is_half_answer=ours is None,
        is_lead=True,
    )
    row = asked.rows["restated"][0]
    yield Fact(
        "restated",
        "Figures",
        "all councils",
        f"up to {words.day(row['latest'].date())}" if row["latest"] else "all pages we collected",
        unit="",
        numerator=row["figures"] if row["captured"] else None,
        detail=f"{words.counted(row['ours'], 'is', 'are')} this council’s.",
        is_lead=bool(row["figures"]),
    )
