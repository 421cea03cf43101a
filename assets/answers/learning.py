"""Which councils to learn from: who is likely better or improved, what they publish, and what they agreed to change."""

from collections.abc import Iterable
from dataclasses import replace
from math import exp

from assets.answers.asked import Asked, Row, addresses, where
from assets.answers.compared import ombudsman
from assets.answers.facts import ANY_PERIOD, Fact
from assets.wording import sentences, words

ON_IT = ("IT case management", "tracking")
"""The themes of practices that are about handling cases by IT or about tracking them."""
REDRESS = ("apologise", "pay", "complete the stage", "complete stage two", "arrange the stage three panel")
"""What councils agree to for one complainant, which changes nothing for the next."""
MOST_PROMISES = 4
MOST_NAMED = 3


def q3(asked: Asked) -> Iterable[Fact]:
    """Who is likely better and what they publish, and what is published about IT for handling cases."""
    for head in ombudsman(asked):
        if head["polarity"] != "none":
            yield _ahead(asked, head)
    rows = [row for row in asked.rows["practices"] if row["theme"] in ON_IT]
    names = list(dict.fromkeys(words.body(row["body_name"]) for row in rows))
    yield Fact(
        "practices",
        "IT for case management and tracking",
        words.joined(names) or asked.group,
        "those we gathered" if rows else ANY_PERIOD,
        unit="",
        numerator=len(rows) or None,
        denominator=len(asked.rows["practices"]) if rows else None,
        detail=" ".join(f"{words.body(row['body_name'])}: {str(row['paraphrase']).rstrip('.')}." for row in rows[:2]),
        is_lead=True,
        evidence=asked.evidence("marts.practices", *rows),
        sources=addresses(rows),
    )
    yield _standing(asked)
    yield _promised(asked)
    yield from _improved(asked)


def _ahead(asked: Asked, head: Row) -> Fact:
    """Which comparators are likely better on one measure, and what they publish."""
    empty = Fact(
        "ahead",
        head["short_title"],
        asked.group,
        head["period_label"] or ANY_PERIOD,
        statement=f"ahead_{head['indicator']}",
        is_lead=head["indicator"] == "uphold_rate",
    )
    standing = asked.standing(head)
    if head["value"] is None or not standing:
        return empty
    same_year = {name: head[name] for name in ("indicator", "period_start")}
    better = where(asked.of_the_group("learn_from"), **same_year)
    likely = {row["nice_name"]: row["probability"] for row in better}
    published = [row for row in better if row["source_row"] is not None]
    does = words.joined(dict.fromkeys(f"{row['nice_name']} ({row['theme']})" for row in published))
    detail = "So there is no model to copy on this measure."
    if likely:
        names = words.some(f"{name} ({words.share(probability)})" for name, probability in likely.items())
        practice = f"They publish what they do: {does}." if does else "We know of no practice that they publish."
        detail = f"{'It is' if len(likely) == 1 else 'They are'} {names}. {practice}"
    ideas = ": see their ideas" if published else ""
    many = f"{words.counted(len(likely), 'council')} {'does' if len(likely) == 1 else 'do'} better"
    # a peer has a row for each of its practices
    peers = {row["peer_gss_code"]: row for row in better}.values()
    return replace(
        empty,
        comparator=f"{asked.group} with figures",
        unit="",
        numerator=len(likely),
        denominator=standing["peers_with_data"],
        reason=standing["verdict_reason"] or "",
        reason_in_words=sentences.reason(standing["verdict_reason"]),
        detail=detail,
        brief=f"{many} on one measure{ideas}" if likely else "No better council found yet",
        is_half_answer=not likely,
        counts_results=True,
        is_lead=empty.is_lead or bool(likely),
        evidence=asked.evidence("marts.verdicts", standing) + asked.evidence("marts.learn_from", *peers),
        sources=addresses(published),
    )


def _improved(asked: Asked) -> Iterable[Fact]:
    """Of each measure, which comparators improved over the years by more than chance, the most first."""
    for head in ombudsman(asked):
        rows = where(asked.rows["improved"], indicator=head["indicator"])
        if head["polarity"] == "none" or not rows:
            continue
        better = where(rows, trend="improving")
        named = words.joined(f"{row['nice_name']} ({_odds(row)})" for row in better[:MOST_NAMED])
        yield Fact(
            "improved",
            head["short_title"],
            asked.group,
            f"up to {max(row['years'] for row in rows)} years",
            statement=f"improved_{head['indicator']}",
            unit="",
            numerator=len(better),
            denominator=len(rows),
            detail=f"The most: {named}." if better else "So there is nobody to ask how they improved.",
            counts_results=True,
            evidence=asked.evidence("marts.peer_trends", *rows),
        )
    if not asked.rows["improved"]:
        yield Fact("improved", "The Ombudsman’s measures", asked.group)


def _odds(row: Row) -> str:
    """By how much the odds of a good result grow a year against the council's peers, with the 95% interval."""
    middle, low, high = (
        words.rounded(100 * (exp(row["gain"] + z * row["slope_error"]) - 1), 0) for z in (0.0, -1.96, 1.96)
    )
    return f"odds up {middle}% a year, 95% interval {low}% to {high}%"


def _promised(asked: Asked) -> Fact:
    """What comparators agreed with the Ombudsman to change after Stage 2 was found late, the newest first."""
    promises: dict[str, str] = {}
    rows = []
    for row in reversed(asked.rows["found_late"]):
        changes = [part for part in (row["promised"] or "").split(", ") if part and part not in REDRESS]
        if changes and row["nice_name"] not in promises:
            promises[row["nice_name"]] = words.joined(changes)
            rows.append(row)
    years = [row["year_of_decision_or_case"] for row in rows if row["year_of_decision_or_case"]]
    return Fact(
        "promised",
        "Changes agreed after late Stage 2",
        asked.group,
        words.years(years) if years else ANY_PERIOD,
        unit="",
        numerator=len(rows) or None,
        detail=" ".join(f"{name}: {change}." for name, change in list(promises.items())[:MOST_PROMISES]),
        evidence=asked.evidence("marts.stage2_decisions", *rows),
        sources=addresses(rows),
    )


def _standing(asked: Asked) -> Fact:
    """Of the comparators that publish a practice, how many are likely better than the council on anything."""
    rows = [row for row in asked.rows["practices"] if row["standing"]]
    better, unknown = (where(rows, standing=standing) for standing in ("credibly_better", "not_compared"))
    bodies, ahead, unmeasured = (
        list(dict.fromkeys(row["body_name"] for row in some)) for some in (rows, better, unknown)
    )
    compared = len(bodies) - len(unmeasured)
    on = "; ".join(dict.fromkeys(f"{row['body_name']} ({row['better_on']})" for row in better))
    detail = f"Likely better: {on}." if ahead else "So we found no link between these practices and results."
    if unmeasured:
        few = words.counted(len(unmeasured), "council")
        detail += f" We could not compare {few}: we lack figures for the same year."
    key = {"gss_code": asked.council.gss_code, "comparator_group": asked.comparator_group}
    return Fact(
        "standing",
        "Councils that publish what they do",
        asked.group,
        "the latest year of each measure" if rows else ANY_PERIOD,
        unit="",
        numerator=len(ahead) if compared else None,
        denominator=compared or None,
        detail=detail,
        evidence=asked.evidence("marts.practice_standing", *({**row, **key} for row in rows)),
        sources=addresses(better),
    )
