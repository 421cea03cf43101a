"""Whether the limit of Stage 2 is reached anywhere, from what other authorities publish or return."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from assets.answers.asked import Asked, Row, Rows, addresses, where
from assets.answers.facts import ANY_PERIOD, NOT_APPLICABLE, Fact
from assets.wording import words
from benchmarking.intervals import average_rate

MOST_NAMED, FEWEST_AVERAGED = 6, 5
LIMIT_DAYS, MOST_LATE = 65, 0.1


def q7(asked: Asked) -> Iterable[Fact]:
    """Who publishes Stage 2 timeliness, and how many reach it in most cases; of a council that has no such complaints,
    only that."""
    if not asked.council.has_childrens_services:
        what = "The limit of 65 working days"
        yield Fact("published", what, "other councils", unit="", is_lead=True, reason=NOT_APPLICABLE)
        return
    rows = where(asked.rows["stage2_elsewhere"], procedure="children_statutory")
    shares = [row for row in rows if row["in_time_pct"] is not None]
    most = [row for row in shares if row["in_time_pct"] > 50]
    first = min((row["period_start"] for row in rows), default=None)
    last = max((row["period_end"] for row in rows), default=None)
    fact = Fact(
        "published",
        "Stage 2 children’s complaints",
        "other councils",
        f"{first:%Y} to {last:%Y}" if rows else ANY_PERIOD,
        unit="",
        is_lead=True,
        evidence=asked.evidence("marts.stage2_elsewhere", *shares),
        sources=addresses(rows),
    )
    counted = replace(fact, denominator=len(shares)) if shares else fact
    best = list(_best(asked, rows))
    yield from best
    low, high = (min(shares, key=_share), max(shares, key=_share)) if shares else (None, None)
    yield replace(
        counted,
        template="reached",
        statement="reached",
        numerator=len(most) if shares else None,
        brief=f"{len(most)} of {len(shares)} figures: yes, mostly" if most else "In no figure we found, mostly",
        is_half_answer=not most and not best,
        detail=f"The lowest is {_statement(low)}. The highest is {_statement(high)}. {_grades(rows)}"
        if low and high
        else "",
        reason="none states a share" if rows and not shares else "",
    )
    yield _found_late(asked)
    yield replace(
        fact,
        comparator="other councils in England with such complaints",
        numerator=len({row["body_name"] for row in rows}) if rows else None,
        denominator=asked.rows["authorities"][0]["authorities"] if rows else None,
        evidence=asked.evidence("marts.stage2_elsewhere", *rows),
    )
    yield _window(asked)
    late = [row for row in shares if row not in most]
    for statement, side, same, so in (
        ("for_change", "For", late, "So the difficulty is not one council’s alone."),
        ("against_change", "Against", most, "So it can be done under the present limit."),
    ):
        yield replace(
            counted,
            template=statement,
            statement=statement,
            what=f"{side} asking government to change the limit",
            numerator=len(same) if shares else None,
            detail=f"{so if any(map(_states_limit, same)) else ''}{_unstated(same)}",
            is_lead=False,
        )


def _best(asked: Asked, rows: Rows) -> Iterable[Fact]:
    """The council that reports fewest of its cases over 65 days, where that is one in ten at most."""
    known = [
        row
        for row in rows
        if row["limit_days"] == LIMIT_DAYS
        and row["late"] is not None
        and row["received"]
        and row["late"] <= MOST_LATE * row["received"]
    ]
    if not known:
        return
    best = min(known, key=lambda row: (row["late"] / row["received"], -row["received"], row["body_name"]))
    over = f"It was {words.whole(best['days_late'])} days over. " if best["late"] == 1 and best["days_late"] else ""
    unknown = "These are complaints received: we do not know how many had ended." if best["case_stages"] is None else ""
    yield Fact(
        "best",
        "Stage 2 complaints",
        words.body(best["body_name"]),
        words.period(best),
        unit="",
        is_lead=True,
        numerator=best["late"],
        denominator=best["received"],
        detail=over + unknown,
        evidence=asked.evidence("marts.stage2_elsewhere", best),
        sources=addresses([best]),
    )


def _grades(rows: Rows) -> str:
    """How many of the figures can be compared: grades A and B state both the limit and the number of cases."""
    good = sum(row["comparability_grade"] in ("A", "B") for row in rows)
    kinds = sorted({row["comparability_grade"] for row in rows})
    if not good:
        return f"None is good enough to compare ({'grade' if len(kinds) == 1 else 'grades'} {words.joined(kinds)})."
    return f"We can compare {words.whole(good)} of {words.whole(len(rows))} (grade A or B)."


def _found_late(asked: Asked) -> Fact:
    """Which comparators the Ombudsman found late at Stage 2, how often and since when: a floor, never compared."""
    rows = asked.rows["found_late"]
    years = [row["year_of_decision_or_case"] for row in rows if row["year_of_decision_or_case"]]
    often = Counter(row["nice_name"] for row in rows)
    # the rows come year by year
    since = {row["nice_name"]: row["year_of_decision_or_case"] for row in reversed(rows)}
    named = [f"{name} ({count} since {since[name]})" for name, count in often.most_common()]
    return Fact(
        "found_late",
        "Stage 2 late",
        asked.group,
        words.years(years) if years else ANY_PERIOD,
        unit="",
        # to find none by searching answers nothing
        is_lead=bool(rows),
        numerator=len(often) if rows else None,
        caveat=f"By number of decisions: {words.some(named, MOST_NAMED)}. Found by searching, so there may be more.",
        evidence=asked.evidence("marts.stage2_decisions", *rows),
        sources=addresses(rows),
    )


def _window(asked: Asked) -> Fact:
    """Upheld decisions on late Stage 2 per 10,000 children, for dates of which we have every decision."""
    rows = asked.rows["windows"]
    ours, others = (where(rows, is_ours=is_ours) for is_ours in (True, False))
    known = bool(ours) and ours[0]["children"] is not None
    why = "we do not know how many children live there" if ours else ""
    detail = "We have not collected every decision about any comparator for these dates."
    if others and all(row["children"] for row in others):
        many = words.counted(len(others), "comparator")
        detail = f"{many} with every decision collected had {_rate(others)}{' on average' * (len(others) > 1)}."
        if 1 < len(others) < FEWEST_AVERAGED:
            late, children = (sum(row[name] for row in others) for name in ("stage2_late", "children"))
            detail = (
                f"The {many} with every decision collected had {words.whole(late)} "
                f"together, with {words.whole(children)} children. They are too few for an average."
            )
    return Fact(
        "window",
        "Stage 2 late",
        asked.group,
        words.period(ours[0]) if ours else ANY_PERIOD,
        unit="per 10,000 children",
        value=_per_10k(ours) if known else None,
        printed=_rate(ours) if known else "",
        numerator=ours[0]["stage2_late"] if ours else None,
        reason="" if known else why,
        detail=detail,
        evidence=asked.evidence("marts.stage2_windows", *rows),
    )


def _per_10k(rows: Rows) -> float:
    return 10_000 * sum(row["stage2_late"] for row in rows) / sum(row["children"] for row in rows)


def _rate(rows: Rows) -> str:
    """Decisions per 10,000 children with their interval: of one council, or of councils like these on average."""
    late, children = (np.array([row[name] for row in rows], float) for name in ("stage2_late", "children"))
    lower, upper = average_rate(late, children / 10_000)
    return f"{_per_10k(rows):.2f} (95% interval {lower:.2f} to {upper:.2f})"


def _states_limit(row: Row) -> bool:
    return row["limit_days"] is not None


def _unstated(rows: Rows) -> str:
    """That figures do not say by which limit they are in time, so that they bear on it less."""
    unstated = sum(not _states_limit(row) for row in rows)
    if not unstated:
        return ""
    if unstated == len(rows):
        return f"{'It does not say' if unstated == 1 else 'None says'} which time limit it used. This is weak evidence."
    return f" {words.whole(unstated)} of them {'does' if unstated == 1 else 'do'} not say which time limit it used."


def _share(row: Row) -> float:
    return float(row["in_time_pct"])


def _statement(row: Row) -> str:
    cases = (
        f" of {words.whole(row['case_stages'])}"
        if row["case_stages"] is not None
        else ", number of cases not published"
    )
    figure = (
        f"{row['in_time_as_printed']}%"
        if row["in_time_as_printed"]
        else f"{words.rounded(row['in_time_pct'], 0 if (row['case_stages'] or 0) < 100 else 1)}%"
    )
    return f"{figure}{cases} ({words.body(row['body_name'])}, {words.period(row)})"
