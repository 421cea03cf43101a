"""How new the figures are, what was restated, and why places moved."""

from collections.abc import Iterable

from assets.answers.asked import Asked
from assets.answers.facts import ANY_PERIOD, Fact
from assets.wording import comparison, words

MOVED_BY = {"our own change": "ours", "the others’ change": "peers", "restated figures": "restatement"}


def q12(asked: Asked) -> Iterable[Fact]:
    """How new the figures are, what was restated, and why places moved."""
    newest = asked.rows["newest_figures"][0]
    yield Fact(
        "newest",
        "The Ombudsman’s figures",
        "earlier years",
        newest["period_label"] or ANY_PERIOD,
        unit="",
        numerator=newest["councils"] if newest["period_end"] else None,
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
    heads = {head["indicator"]: head for head in asked.rows["headlines"]}
    known = (row for row in asked.rows["moves"] if row["move"] is not None)
    ours = (row for row in known if row["comparator_group"] == asked.comparator_group)
    # the rows come year by year, so the latest of each indicator is the one that stays
    for move in {row["indicator"]: row for row in ours}.values():
        head = heads[move["indicator"]]
        if move["period_end"] != head["period_end"]:  # a move of years ago is no news
            continue
        split = words.joined(
            f"{how} moved it {places}"
            for how, name in MOVED_BY.items()
            if (places := _places(move[f"move_by_{name}"]))
        )
        yield Fact(
            "moved",
            head["short_title"],
            asked.group,
            f"{move['period_label_before']} to {move['period_label']}",
            statement=f"moved_{move['indicator']}",
            polarity=head["polarity"],
            unit="",
            value=float(move["rank_after"]),
            printed=f"place {move['rank_after']}",
            numerator=move["rank_after"],
            detail=f"after place {move['rank_before']} the year before, among the {move['councils']} with figures for "
            f"both years.{f' {words.sentence(split)}.' if split else ''}",
            evidence=asked.evidence("marts.rank_moves", move),
        )


def _places(move: float) -> str:
    """How far and which way something moved a place, or nothing where it did not: lower numbers are nearer the top."""
    size = comparison.cases(abs(move))
    if size == "0.0":
        return ""
    return f"{size} {'place' if size == '1.0' else 'places'} {'towards the top' if move < 0 else 'towards the end'}"
