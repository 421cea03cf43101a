"""The questions that the benchmark answers: verdicts, places, lessons, compliance and news, as the marts give them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import ceil, exp
from typing import Any

from assets.answers.asked import ANY_PERIOD, Asked, Row, Rows, is_held
from assets.answers.facts import MISSING, Fact, shown
from assets.wording import comparison, sentences, words
from benchmarking.decomposition import PER, Counts, Part, decompose
from benchmarking.lasting import over_years
from benchmarking.places import place_limits
from benchmarking.settings import RankingSettings

ON_IT = ("IT case management", "tracking")
"""The themes of practices that are about handling cases by IT or about tracking them."""
REDRESS = ("apologise", "pay", "complete the stage", "complete stage two", "arrange the stage three panel")
"""What councils agree to for one complainant, which changes nothing for the next."""
MOST_PROMISES = 4
MOST_NAMED = 3
MINIMUM_PEERS = 5
MINIMUM_COUNCILS = 10
MARGIN = 5
"""Percentage points within which shares are as good as equal."""


def measured(asked: Asked, head: Row, template: str, **more: Any) -> Fact:
    """One indicator compared with the comparators, as `marts.verdicts` judges it."""
    found, beside = asked.standing(head), asked.comparison(head)
    base: dict[str, Any] = {
        "statement": head["indicator"],
        "template": template,
        "what": head["short_title"],
        "comparator": asked.group,
        "polarity": head["polarity"],
        "caveat": head["caution"] or "",
    }
    if not is_held(head):
        return Fact(**{**base, "period": head["period_label"] or ANY_PERIOD, "reason": MISSING, **more})
    verdict = found["called"] if found else None
    reason = "" if verdict else (found["verdict_reason"] if found else MISSING)
    may_show = words.may_show_percentage(head)
    printed = head["printed_text"] if head["value"] is None else None
    figures: dict[str, Any] = {
        "period": head["period_label"],
        "unit": "percent" if head["unit"] == "percent" else "per 100,000",
        "value": (head["value"] if head["value"] is not None else head["printed_value"])
        if may_show or printed
        else None,
        "printed": words.as_printed(head, "printed_text") if printed else "",
        "numerator": head["numerator"] if head["value"] is not None else None,
        "denominator": head["denominator"] if head["value"] is not None else None,
        "comparator_value": found["expected"] if found else None,
        "together": beside["pooled_value"] if beside else None,
        "base": (
            f"{words.whole(beside['comparators_with_data'])} of {words.whole(beside['comparators'])} {asked.group} "
            "have figures"
            if beside
            else f"none of the {asked.group} has figures"
        ),
        "is_different": verdict not in comparison.NULLS if verdict else None,
        "is_same": verdict == "About the same",
        "is_above": is_above(head, verdict) if verdict else None,
        "called": verdict or "",
        # with something in print there is something to tell, though not to judge
        "reason": "not judged" if reason == MISSING and printed else reason,
        "reason_in_words": words.MISSING_IN_WORDS[head["missing_reason"]]
        if reason == MISSING and printed
        else sentences.reason(reason),
        "is_strong": bool(verdict) and str(found["verdict"]).startswith("much"),  # type: ignore[index]
        "noticed": comparison.noticed(found, head["unit"]) if found and verdict else "",
        "sample": comparison.sample(beside, words.TYPES_IN_WORDS[asked.council.lgsco_type], head["unit"])
        if beside
        else "",
        "detail": _said_besides(asked, head, found, beside) if verdict else "",
        "stands_with_one_case_moved": found["is_same_with_one_case_moved"] if found else None,
        "is_same_in_all_groups": found["is_same_in_all_groups"] if found else None,
        "evidence": (
            *asked.evidence("marts.indicator_values", head),
            *asked.evidence("marts.verdicts", found),
            *asked.evidence("marts.comparisons", beside),
        ),
        "sources": (head["source_url"],) if head["source_url"] else (),
    }
    return Fact(**{**base, **figures, **more})


def _said_besides(asked: Asked, head: Row, found: Row | None, beside: Row | None) -> str:
    """What stands after a verdict: whether it is unusual, the printed averages, a sample that is not typical."""
    councils = words.TYPES_IN_WORDS[asked.council.lgsco_type]
    parts = []
    if found and found["called"] not in comparison.WITHOUT_DIFFERENCE:
        parts.append(f"It is {comparison.VERDICTS[found['verdict']]}.")
    if beside:
        parts += [
            comparison.printed_averages(beside, councils, head["unit"]),
            comparison.sample(beside, councils, head["unit"]),
        ]
    return " ".join(part for part in parts if part)


def is_above(head: Row, called: str) -> bool:
    """Whether a verdict says that the figure is above its comparator's, by the indicator's direction."""
    return called == "higher" or called == ("Better" if head["polarity"] == "higher" else "Worse")


def ombudsman(asked: Asked) -> Rows:
    """The indicators of what the Ombudsman measures, with and without a figure."""
    return [head for head in asked.rows["headlines"] if head["family"] == "ombudsman"]


def q1(asked: Asked) -> Iterable[Fact]:
    """Every measure of the Ombudsman against the comparators, summed up first."""
    heads = [head for head in ombudsman(asked) if head["polarity"] != "none"]
    found = {head["short_title"]: measured(asked, head, "measure") for head in heads}
    judged = {title: fact for title, fact in found.items() if fact.is_different is not None}
    clear = {
        "better than the average": [title for title, fact in judged.items() if fact.called == "Better"],
        "worse than the average": [title for title, fact in judged.items() if fact.called == "Worse"],
        "about the same": [title for title, fact in judged.items() if fact.is_same],
    }
    few = [title for title, fact in judged.items() if not fact.is_different and not fact.is_same]
    phrases = [
        f"{asked.council.nice_name} is {how} on {words.joined(f'“{title}”' for title in titles)}."
        for how, titles in clear.items()
        if titles
    ]
    if few:
        phrases.append(f"On {words.counted(len(few), 'measure')} there are too few cases to say.")
    held = [fact for fact in found.values() if fact.period != ANY_PERIOD]
    yield Fact(
        statement="summary",
        template="summary",
        what="The Ombudsman’s measures with a good and a bad direction",
        period=words.joined(sorted({fact.period for fact in held})) or ANY_PERIOD,
        comparator=asked.group,
        polarity="none",
        unit="",
        numerator=len(judged),
        denominator=len(found),
        reason="" if judged else "not judged" if held else MISSING,
        reason_in_words="we have too few figures",
        detail=" ".join(phrases),
        is_lead=True,
        counts_results=True,
        evidence=tuple(one for fact in judged.values() for one in fact.evidence),
        sources=tuple(dict.fromkeys(url for fact in held for url in fact.sources)),
    )
    for row in asked.of_the_group("ledger")[:1]:
        yield Fact(
            statement="denominator",
            template="denominator",
            what="Upheld complaints",
            period=row["period_label"],
            comparator=asked.group,
            polarity="none",
            unit="",
            numerator=row["upheld"],
            detail=_sides(row, asked.council.nice_name),
            is_lead=bool(row["has_flip"]),
            evidence=asked.evidence("marts.denominator_ledger", row),
            sources=(),
        )
    yield _parts(asked)
    yield _place_by_volume(asked)
    for head in ombudsman(asked):
        fact = measured(asked, head, "measure")
        yield measured(asked, head, "measure", is_lead=bool(fact.is_different) and head["polarity"] != "none")


def _sides(row: Row, council: str) -> str:
    """Which way a council's upheld complaints point over each thing they can be divided by, with both figures."""
    sides = (
        (
            "As a share of those investigated",
            "percent",
            "by_investigated",
            "upheld_of_investigated_pct",
            "investigated",
        ),
        (
            "As a share of those dealt with",
            "percent",
            "by_dealt_with",
            "upheld_of_dealt_with_pct",
            "dealt_with",
        ),
        ("Per resident", "per 100,000", "by_residents", "upheld_per_100k", "residents"),
    )
    phrases = []
    for base, unit, side, value, whole in sides:
        if not row[side] or words.is_too_few(row, value):
            continue
        figures = [shown(row[name], unit, row[whole]) for name in (value, f"peers_{value}")]
        way = "too close to others to tell apart" if row[side] == "not told apart" else row[side]
        phrases.append(f"{base}, {council} is {way} ({figures[0]}; others {figures[1]}).")
    if not phrases:
        return "We cannot compare it over any number."
    return " ".join([*phrases, "Quote both."] if row["has_flip"] else phrases)


PART_NAMES = {
    "complaints": "how many people complain",
    "investigated": "how many complaints are investigated",
    "upheld": "how many investigations find fault",
}


def _parts(asked: Asked) -> Fact:
    """How much of the distance per resident comes from each of complaints, investigations and findings of fault."""
    row = next(iter(asked.rows["parts"]), None)
    base: dict[str, Any] = {
        "statement": "parts",
        "template": "parts",
        "what": "Complaints upheld",
        "comparator": asked.group,
        "polarity": "none",
    }
    if row is None:
        return Fact(**base, period=ANY_PERIOD, reason=MISSING)
    names = ("residents", "dealt_with", "investigated", "upheld")
    ours, others = (Counts(*(row[f"{whose}{name}"] for name in names)) for whose in ("", "peers_"))
    parts = decompose(ours, others)
    return Fact(
        **base,
        period=row["period_label"],
        unit="per 100,000",
        value=ours.value,
        numerator=ours.upheld,
        denominator=ours.residents,
        base=words.counted(row["peers"], "council"),
        reason="" if parts else "too few cases",
        reason_in_words="" if parts else "there are too few cases",
        detail=_decomposed(parts, ours.value - others.value) if parts else "",
        evidence=asked.evidence("marts.upheld_parts", row),
    )


def _decomposed(parts: Mapping[str, Part], whole: float) -> str:
    """The distance and its parts with their limits, and which of them are more than chance."""
    clear = [PART_NAMES[name] for name, part in parts.items() if part.is_clear]
    each = [
        f"{_signed(part.difference)} from {PART_NAMES[name]} ({_signed(part.lower)} to {_signed(part.upper)})"
        for name, part in parts.items()
    ]
    clear_text = (
        f"Clear of chance: {words.joined(clear)}." if clear else "None of the three is clear of chance."
    )
    return f"The distance of {_signed(whole)} is {words.joined(each)}. {clear_text}"


def _place_by_volume(asked: Asked) -> Fact:
    """Between which places the council stands by upheld complaints per resident: by volume, and not by quality."""
    rows = asked.rows["volume"]
    peers = len(rows) - 1
    base: dict[str, Any] = {
        "statement": "volume",
        "template": "volume",
        "what": "Complaints upheld",
        "comparator": asked.group,
        "polarity": "none",
        "unit": "per 100,000",
    }
    if peers < MINIMUM_PEERS:
        return Fact(**base, period=ANY_PERIOD, reason=MISSING)
    ours = rows[0]
    low, high = place_limits([row["upheld"] for row in rows], [row["residents"] for row in rows])
    places = f"place {low}" if low == high else f"places {low} to {high}"
    span = f"{places} of {len(rows)}" if (low, high) != (1, len(rows)) else f"any of the {len(rows)} places"
    return Fact(
        **base,
        period=ours["period_label"],
        value=PER * ours["upheld"] / ours["residents"],
        numerator=ours["upheld"],
        denominator=ours["residents"],
        detail=f"{span}, with 95% certainty. Place 1 has the fewest per resident.",
        evidence=asked.evidence("marts.denominator_ledger", *rows),
    )


def _signed(value: float) -> str:
    """A difference with its sign and a decimal."""
    return f"{value:+.1f}".replace("-", "−")


def q2(asked: Asked) -> Iterable[Fact]:
    """The place within the comparators, or why nobody is ranked, and who could be the best."""
    has_lead = False
    for head in ombudsman(asked):
        if head["polarity"] == "none":
            continue
        found = asked.standing(head)
        best = next(
            (
                row
                for row in asked.rows["possible_best"]
                if (row["indicator"], row["period_start"]) == (head["indicator"], head["period_start"])
            ),
            None,
        )
        fact = measured(asked, head, "place")
        detail, is_different, above = _place(found, best, head, asked.council.nice_name)
        reason = (found["rank_reason"] or "") if found else MISSING
        is_lead = not has_lead and (reason != MISSING or head["indicator"] == "uphold_rate")
        has_lead = has_lead or is_lead
        yield measured(
            asked,
            head,
            "place",
            caveat="",
            called="",
            reason=fact.reason if reason == MISSING else reason,
            reason_in_words=fact.reason_in_words if reason == MISSING else sentences.reason(reason),
            detail=detail,
            is_different=is_different,
            is_above=above,
            is_lead=is_lead,
            evidence=(
                *asked.evidence("marts.rankings", found),
                *asked.evidence("marts.indicator_values", head),
            )
            if found
            else fact.evidence,
        )
    yield _alike(asked)


def _alike(asked: Asked) -> Fact:
    """How close together councils lie year after year, and how many years it would take to tell them apart."""
    rows = asked.rows["council_years"]
    councils = Counter(row["gss_code"] for row in rows)
    base: dict[str, Any] = {
        "statement": "alike",
        "template": "alike",
        "what": "Investigations where the Ombudsman found fault",
        "comparator": asked.group,
        "polarity": "none",
    }
    if len(councils) < MINIMUM_COUNCILS or max(councils.values()) < 2:
        return Fact(**base, period=ANY_PERIOD, reason=MISSING)
    upheld, investigated, codes = (
        [row[name] for row in rows] for name in ("numerator", "denominator", "gss_code")
    )
    found = over_years(upheld, investigated, codes, RankingSettings().spread_scale)
    ours = [row["denominator"] for row in rows if row["is_ours"]]
    detail = ""
    if ours and (cases := round(sum(ours) / len(ours))):
        years, ours_a_year = ceil(found.least_years(cases)), words.counted(cases, "investigation")
        detail = f"At our {ours_a_year} a year, telling councils apart takes at least {words.counted(years, 'year')}."
    probability = found.probability_within(MARGIN / 100)
    likely = "less than 1%" if probability < 0.01 else words.share(probability)
    return Fact(
        **base,
        period=words.joined(dict.fromkeys((rows[0]["period_label"], rows[-1]["period_label"])), "to"),
        unit="",
        numerator=len(councils),
        printed=likely,
        value=100 * probability,
        detail=detail,
        is_model=True,
        evidence=asked.evidence("marts.indicator_values", *rows),
    )


def _place(
    found: Row | None, best: Row | None, head: Row, council: str
) -> tuple[str, bool | None, bool | None]:
    """The place and who could be best in words; whether the place is called different from the middle, and above it."""
    if found is None:
        return "", None, None
    phrases, is_different, above = [], None, None
    if not words.is_missing(found["rank_lower"]):
        many = found["peers_with_data"] + 1
        low, high = found["rank_lower"], found["rank_upper"]
        phrases.append(f"place {sentences.place(found)}")
        is_best = found["best_places"] is not None and high <= found["best_places"]
        is_different = is_best or low > many / 2
        above = is_best == (head["polarity"] == "higher")
    if best:
        phrases.append(
            comparison.possible_best(best["possible"], best["judged"], best["possible_best"] or [])
        )
        if not best["is_possible"]:
            phrases.append(f"{council} is not among them")
    text = "; ".join(phrases)
    return (words.sentence(f"{text}.") if text and is_different is None else text), is_different, above


def q3(asked: Asked) -> Iterable[Fact]:
    """Who is likely better and what they publish, and what is published about IT for handling cases."""
    for head in ombudsman(asked):
        found = asked.standing(head)
        if head["polarity"] == "none":
            continue
        if head["value"] is None or not found:
            yield Fact(
                statement=f"ahead_{head['indicator']}",
                template="ahead",
                what=head["short_title"],
                period=head["period_label"] or ANY_PERIOD,
                comparator=asked.group,
                polarity="none",
                reason=MISSING,
                is_lead=head["indicator"] == "uphold_rate",
            )
            continue
        same = [
            row
            for row in asked.of_the_group("learn_from")
            if (row["indicator"], row["period_start"]) == (head["indicator"], head["period_start"])
        ]
        likely = {row["nice_name"]: row["probability"] for row in same}
        names = [f"{name} ({words.share(probability)})" for name, probability in likely.items()]
        published = [row for row in same if row["source_row"] is not None]
        does = words.joined(dict.fromkeys(f"{row['nice_name']} ({row['theme']})" for row in published))
        detail = (
            f"They are {words.joined(names)}. "
            + (f"They publish what they do: {does}." if does else "We know of no practice that they publish.")
            if names
            else "So there is no model to copy on this measure."
        )
        yield Fact(
            statement=f"ahead_{head['indicator']}",
            template="ahead",
            what=head["short_title"],
            period=head["period_label"],
            comparator=f"{asked.group} with figures",
            polarity="none",
            unit="",
            numerator=len(names),
            denominator=found["peers_with_data"],
            reason=found["verdict_reason"] or "",
            reason_in_words=sentences.reason(found["verdict_reason"]),
            detail=detail,
            counts_results=True,
            is_lead=head["indicator"] == "uphold_rate" or bool(names),
            evidence=(
                *asked.evidence("marts.verdicts", found),
                *asked.evidence("marts.learn_from", *_distinct(same)),
            ),
            sources=tuple(dict.fromkeys(row["source_url"] for row in published if row["source_url"])),
        )
    rows = [row for row in asked.rows["practices"] if row["theme"] in ON_IT]
    names = list(dict.fromkeys(row["body_name"] for row in rows))
    yield Fact(
        statement="practices",
        template="practices",
        what="IT for case management and tracking",
        period="those we gathered" if rows else ANY_PERIOD,
        comparator=words.joined(names) or asked.group,
        polarity="none",
        unit="",
        numerator=len(rows) or None,
        denominator=len(asked.rows["practices"]) if rows else None,
        detail=" ".join(f"{row['body_name']}: {str(row['paraphrase']).rstrip('.')}." for row in rows[:2]),
        is_lead=True,
        evidence=asked.evidence("marts.practices", *rows),
        sources=tuple(dict.fromkeys(row["source_url"] for row in rows)),
    )
    yield _standing(asked)
    yield _promised(asked)
    yield from _improved(asked)


def _improved(asked: Asked) -> Iterable[Fact]:
    """Of each measure, which comparators improved over the years by more than chance, the most first."""
    base: dict[str, Any] = {"template": "improved", "comparator": asked.group, "polarity": "none", "unit": ""}
    for head in ombudsman(asked):
        rows = [row for row in asked.rows["improved"] if row["indicator"] == head["indicator"]]
        if head["polarity"] == "none" or not rows:
            continue
        better = [row for row in rows if row["trend"] == "improving"]
        named = words.joined(f"{row['nice_name']} ({_odds(row)})" for row in better[:MOST_NAMED])
        yield Fact(
            **base,
            statement=f"improved_{head['indicator']}",
            what=head["short_title"],
            period=f"up to {max(row['years'] for row in rows)} years",
            numerator=len(better),
            denominator=len(rows),
            detail=f"The most: {named}." if better else "So there is nobody to ask how they improved.",
            counts_results=True,
            evidence=asked.evidence("marts.peer_trends", *rows),
        )
    if not asked.rows["improved"]:
        yield Fact(
            **base, statement="improved", what="The Ombudsman’s measures", period=ANY_PERIOD, reason=MISSING
        )


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
        statement="promised",
        template="promised",
        what="Changes agreed after late Stage 2",
        period=words.years(years) if years else ANY_PERIOD,
        comparator=asked.group,
        polarity="none",
        unit="",
        numerator=len(rows) or None,
        reason="" if rows else MISSING,
        detail=" ".join(f"{name}: {change}." for name, change in list(promises.items())[:MOST_PROMISES]),
        evidence=asked.evidence("marts.stage2_decisions", *rows),
        sources=tuple(dict.fromkeys(row["source_url"] for row in rows)),
    )


def _standing(asked: Asked) -> Fact:
    """Of the comparators that publish a practice, how many are likely better than the council on anything."""
    rows = [row for row in asked.rows["practices"] if row["standing"]]
    better = [row for row in rows if row["standing"] == "credibly_better"]
    unknown = [row for row in rows if row["standing"] == "not_compared"]
    bodies, ahead, unmeasured = (
        list(dict.fromkeys(row["body_name"] for row in some)) for some in (rows, better, unknown)
    )
    on = "; ".join(dict.fromkeys(f"{row['body_name']} ({row['better_on']})" for row in better))
    detail = f"Likely better: {on}." if ahead else "So we found no link between these practices and results."
    if unmeasured:
        few = words.counted(len(unmeasured), "council")
        detail += f" We could not compare {few}: we lack figures for the same year."
    standing = {
        "gss_code": asked.council.gss_code,
        "comparator_group": asked.comparator_group,
    }
    return Fact(
        statement="standing",
        template="standing",
        what="Councils that publish what they do",
        period="the latest year of each measure" if rows else ANY_PERIOD,
        comparator=asked.group,
        polarity="none",
        unit="",
        numerator=len(ahead) if rows else None,
        denominator=len(bodies) if rows else None,
        detail=detail,
        reason="" if rows else MISSING,
        evidence=asked.evidence("marts.practice_standing", *({**row, **standing} for row in rows)),
        sources=tuple(dict.fromkeys(row["source_url"] for row in better)),
    )


def _distinct(rows: Rows) -> Rows:
    """One row a peer: a peer has a row for each of its practices."""
    return list({row["peer_gss_code"]: row for row in rows}.values())


def q8(asked: Asked) -> Iterable[Fact]:
    """Compliance, late compliance, and the years for which letters have said so."""
    heads = {head["indicator"]: head for head in asked.rows["headlines"]}
    if head := heads.get("compliance_rate"):
        yield measured(asked, head, "compliance", is_lead=True)
    if head := heads.get("late_compliance"):
        yield measured(asked, head, "late", is_lead=True)
    rows = asked.rows["concerns"]
    what = "Late action on recommendations"
    base: dict[str, Any] = {
        "statement": "letters",
        "template": "letters",
        "what": what,
        "comparator": asked.group,
        "polarity": "none",
    }
    if not rows:
        yield Fact(**base, period=ANY_PERIOD, unit="", reason=MISSING, is_lead=True)
        return
    row = rows[0]
    yield Fact(
        **base,
        period=f"the year to {words.day(row['period_end'])}",
        unit="",
        numerator=int(row["value"]),
        detail=words.WITNESSES[row["witness_kind"]],
        is_lead=True,
        evidence=asked.evidence("core.readings", row),
        sources=(row["source_url"],) if row["source_url"] else (),
    )


def q12(asked: Asked) -> Iterable[Fact]:
    """How new the figures are, what was restated, and why places moved."""
    newest = asked.rows["newest_figures"][0]
    yield Fact(
        statement="newest", template="newest", what="The Ombudsman’s figures", polarity="none", unit="",
        period=newest["period_label"] or ANY_PERIOD, comparator="earlier years",
        numerator=newest["councils"] if newest["period_end"] else None, is_lead=True,
        reason="" if newest["period_end"] else MISSING,
    )  # fmt: skip
    row = asked.rows["restated"][0]
    yield Fact(
        statement="restated", template="restated", what="Figures", unit="",
        polarity="none",
        period=f"up to {words.day(row['latest'].date())}" if row["latest"] else "all pages we collected",
        comparator="all councils", numerator=row["figures"] if row["captured"] else None,
        detail=f"{words.counted(row['ours'], 'is', 'are')} this council’s.",
        is_lead=bool(row["figures"]),
    )  # fmt: skip
    heads = {head["indicator"]: head for head in asked.rows["headlines"]}
    known = (row for row in asked.rows["moves"] if row["move"] is not None)
    ours = (row for row in known if row["comparator_group"] == asked.comparator_group)
    # the rows come year by year, so the latest of each indicator is the one that stays
    for move in {row["indicator"]: row for row in ours}.values():
        head = heads[move["indicator"]]
        if move["period_end"] != head["period_end"]:  # a move of years ago is no news
            continue
        parts = {
            "our own change": "ours",
            "the others’ change": "peers",
            "restated figures": "restatement",
        }
        split = words.joined(
            f"{how} moved it {_places(move[f'move_by_{name}'])}"
            for how, name in parts.items()
            if _places(move[f"move_by_{name}"])
        )
        yield Fact(
            statement=f"moved_{move['indicator']}",
            template="moved",
            what=head["short_title"],
            period=f"{move['period_label_before']} to {move['period_label']}",
            comparator=asked.group,
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
