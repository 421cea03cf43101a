"""The questions that the benchmark answers: verdicts and places, as the marts give them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import ceil
from typing import Any

from assets.answers.asked import Asked, Row, Rows, addresses, is_held, where
from assets.answers.facts import ANY_PERIOD, MISSING, Fact, shown
from assets.wording import comparison, sentences, words
from benchmarking.decomposition import PER, Counts, Part, decompose
from benchmarking.lasting import over_years
from benchmarking.places import place_limits
from benchmarking.settings import RankingSettings

MINIMUM_PEERS = 5
MOST_BEST = 2
MINIMUM_COUNCILS = 10
MARGIN = 5
"""Percentage points within which shares are as good as equal."""


def measured(asked: Asked, head: Row, template: str, **more: Any) -> Fact:
    """One indicator compared with the comparators, as `marts.verdicts` judges it."""
    empty = Fact(
        template,
        head["short_title"],
        asked.group,
        head["period_label"] or ANY_PERIOD,
        statement=head["indicator"],
        polarity=head["polarity"],
        caveat=head["caution"] or "",
    )
    fact = _compared(asked, head, empty) if is_held(head) else empty
    return replace(fact, **more)


def _compared(asked: Asked, head: Row, empty: Fact) -> Fact:
    standing, beside = asked.standing(head), asked.comparison(head)
    verdict = standing["called"] if standing else None
    fact = replace(
        empty,
        unit="percent" if head["unit"] == "percent" else "per 100,000",
        reason="" if verdict else standing["verdict_reason"] if standing else MISSING,
        base="none of them has figures",
        evidence=(
            *asked.evidence("marts.indicator_values", head),
            *asked.evidence("marts.verdicts", standing),
            *asked.evidence("marts.comparisons", beside),
        ),
        sources=addresses([head]),
    )
    if head["value"] is not None:
        fact = replace(
            fact,
            value=head["value"] if words.may_show_percentage(head) else None,
            numerator=head["numerator"],
            denominator=head["denominator"],
        )
    elif head["printed_text"]:
        fact = replace(fact, value=head["printed_value"], printed=words.as_printed(head, "printed_text"))
        if fact.reason == MISSING:
            # with something in print there is something to tell, though not to judge
            reason = words.MISSING_IN_WORDS[head["missing_reason"]]
            fact = replace(fact, reason="not judged", reason_in_words=reason)
    elif head["numerator"] is not None and head["doubt"]:
        counts = {part: head[part] for part in ("numerator", "denominator")}
        fact = replace(fact, **counts, reason="not judged", reason_in_words=head["doubt"])
    if beside:
        with_data, all_of_them = beside["comparators_with_data"], beside["comparators"]
        fact = replace(
            fact,
            together=beside["pooled_value"],
            base=f"{words.whole(with_data)} of {words.whole(all_of_them)} {asked.group} have figures",
            sample=comparison.sample(beside, words.TYPES_IN_WORDS[asked.council.lgsco_type], head["unit"]),
        )
    if standing:
        fact = replace(
            fact,
            comparator_value=standing["expected"],
            stands_with_one_case_moved=standing["is_same_with_one_case_moved"],
            is_same_in_all_groups=standing["is_same_in_all_groups"],
        )
    if standing and verdict:
        fact = replace(
            fact,
            is_different=verdict not in comparison.NULLS,
            is_same=verdict == "About the same",
            is_above=is_above(head, verdict),
            called=verdict,
            is_strong=str(standing["verdict"]).startswith("much"),
            noticed=comparison.noticed(standing, head["unit"]),
            detail=_said_besides(asked, head, standing, beside),
        )
    return replace(fact, reason_in_words=fact.reason_in_words or sentences.reason(fact.reason))


def _said_besides(asked: Asked, head: Row, standing: Row, beside: Row | None) -> str:
    """What stands after a verdict: whether it is unusual, the printed averages, a sample that is not typical."""
    councils = words.TYPES_IN_WORDS[asked.council.lgsco_type]
    parts = []
    if standing["called"] not in comparison.WITHOUT_DIFFERENCE:
        parts.append(f"It is {comparison.VERDICTS[standing['verdict']]}.")
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
    measures = {head["short_title"]: measured(asked, head, "measure") for head in heads}
    judged = {title: fact for title, fact in measures.items() if fact.is_different is not None}
    clear = {
        "better than the average": [title for title, fact in judged.items() if fact.called == "Better"],
        "worse than the average": [title for title, fact in judged.items() if fact.called == "Worse"],
        "about the same": [title for title, fact in judged.items() if fact.is_same],
    }
    few = [title for title, fact in judged.items() if not fact.is_different and not fact.is_same]
    phrases = [
        f"{'It' if place else asked.council.nice_name} is {how} on {words.joined(f'“{title}”' for title in titles)}."
        for place, (how, titles) in enumerate((how, titles) for how, titles in clear.items() if titles)
    ]
    if few:
        phrases.append(f"On {words.counted(len(few), 'measure')} we cannot say: {words.COULD_BE_CHANCE}.")
    held = [fact for fact in measures.values() if fact.period != ANY_PERIOD]
    yield Fact(
        "summary",
        "The Ombudsman’s measures where high or low is good",
        asked.group,
        words.joined(sorted({fact.period for fact in held})) or ANY_PERIOD,
        unit="",
        numerator=len(judged),
        denominator=len(measures),
        reason="" if judged else "not judged" if held else MISSING,
        reason_in_words="we have too few figures",
        detail=" ".join(phrases),
        is_lead=True,
        counts_results=True,
        evidence=tuple(row for fact in judged.values() for row in fact.evidence),
        sources=tuple(dict.fromkeys(url for fact in held for url in fact.sources)),
    )
    for row in asked.of_the_group("ledger")[:1]:
        yield Fact(
            "denominator",
            "Upheld complaints",
            asked.group,
            row["period_label"],
            unit="",
            numerator=row["upheld"],
            detail=_sides(row, asked.council.nice_name),
            is_lead=bool(row["has_flip"]),
            evidence=asked.evidence("marts.denominator_ledger", row),
        )
    yield _parts(asked)
    yield _place_by_volume(asked)
    for head in ombudsman(asked):
        fact = measured(asked, head, "measure")
        yield replace(fact, is_lead=bool(fact.is_different) and head["polarity"] != "none")


SIDES = (
    (
        "As a share of those investigated",
        "percent",
        "by_investigated",
        "upheld_of_investigated_pct",
        "investigated",
    ),
    ("As a share of those dealt with", "percent", "by_dealt_with", "upheld_of_dealt_with_pct", "dealt_with"),
    ("Per resident", "per 100,000", "by_residents", "upheld_per_100k", "residents"),
)


def _sides(row: Row, council: str) -> str:
    """Which way a council's upheld complaints point over each thing they can be divided by, with both figures."""
    phrases = []
    for base, unit, side, value, whole in SIDES:
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
    empty = Fact("parts", "Complaints upheld", asked.group)
    if row is None:
        return empty
    names = ("residents", "dealt_with", "investigated", "upheld")
    ours, others = (Counts(*(row[f"{whose}{name}"] for name in names)) for whose in ("", "peers_"))
    parts = decompose(ours, others)
    return replace(
        empty,
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
    clear_text = f"Clear of chance: {words.joined(clear)}." if clear else "None of the three is clear of chance."
    return f"The distance of {_signed(whole)} is {words.joined(each)}. {clear_text}"


def _place_by_volume(asked: Asked) -> Fact:
    """Between which places the council stands by upheld complaints per resident: by volume, and not by quality."""
    rows = asked.rows["volume"]
    peers = len(rows) - 1
    empty = Fact("volume", "Complaints upheld", asked.group, unit="per 100,000")
    if peers < MINIMUM_PEERS:
        return empty
    ours = rows[0]
    low, high = place_limits([row["upheld"] for row in rows], [row["residents"] for row in rows])
    places = f"place {low}" if low == high else f"places {low} to {high}"
    span = f"{places} of {len(rows)}" if (low, high) != (1, len(rows)) else f"any of the {len(rows)} places"
    return replace(
        empty,
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
        standing = asked.standing(head)
        fact = measured(asked, head, "place", caveat="", called="")
        reason = (standing["rank_reason"] or "") if standing else MISSING
        is_lead = not has_lead and (reason != MISSING or head["indicator"] == "uphold_rate")
        has_lead = has_lead or is_lead
        if reason != MISSING:
            fact = replace(fact, reason=reason, reason_in_words=sentences.reason(reason))
        if standing:
            evidence = asked.evidence("marts.rankings", standing)
            fact = replace(fact, evidence=evidence + asked.evidence("marts.indicator_values", head))
        same_year = {name: head[name] for name in ("indicator", "period_start")}
        best = next(iter(where(asked.rows["possible_best"], **same_year)), None)
        detail, is_different, above = _place(standing, best, head, asked.council.nice_name)
        brief, is_half_answer = _best_in_short(best)
        fact = replace(fact, detail=detail, brief=brief, is_half_answer=is_half_answer)
        yield replace(fact, is_different=is_different, is_above=above, is_lead=is_lead)
    yield _alike(asked)


def _alike(asked: Asked) -> Fact:
    """How close together councils lie year after year, and how many years it would take to tell them apart."""
    rows = asked.rows["council_years"]
    councils = Counter(row["gss_code"] for row in rows)
    empty = Fact("alike", "Investigations where the Ombudsman found fault", asked.group)
    if len(councils) < MINIMUM_COUNCILS or max(councils.values()) < 2:
        return empty
    upheld, investigated, codes = ([row[name] for row in rows] for name in ("numerator", "denominator", "gss_code"))
    spread = over_years(upheld, investigated, codes, RankingSettings().spread_scale)
    ours = [row["denominator"] for row in rows if row["is_ours"]]
    detail = ""
    if ours and (cases := round(sum(ours) / len(ours))):
        years, ours_a_year = ceil(spread.least_years(cases)), words.counted(cases, "investigation")
        detail = f"At our {ours_a_year} a year, telling councils apart takes at least {words.counted(years, 'year')}."
    probability = spread.probability_within(MARGIN / 100)
    likely = "less than 1%" if probability < 0.01 else words.share(probability)
    return replace(
        empty,
        period=words.joined(dict.fromkeys((rows[0]["period_label"], rows[-1]["period_label"])), "to"),
        unit="",
        numerator=len(councils),
        printed=likely,
        value=100 * probability,
        detail=detail,
        is_model=True,
        evidence=asked.evidence("marts.indicator_values", *rows),
    )


def _place(standing: Row | None, best: Row | None, head: Row, council: str) -> tuple[str, bool | None, bool | None]:
    """The place and who could be best in words; whether the place is called different from the middle, and above it."""
    if standing is None:
        return "", None, None
    phrases, is_different, above = [], None, None
    if not words.is_missing(standing["rank_lower"]):
        many = standing["peers_with_data"] + 1
        low, high = standing["rank_lower"], standing["rank_upper"]
        phrases.append(f"place {sentences.place(standing)}")
        is_best = standing["best_places"] is not None and high <= standing["best_places"]
        is_different = is_best or low > many / 2
        above = is_best == (head["polarity"] == "higher")
    if best:
        phrases.append(comparison.possible_best(best["possible"], best["judged"], best["possible_best"] or []))
        if not best["is_possible"]:
            phrases.append(f"{council} is not among them")
    text = "; ".join(phrases)
    return (words.sentence(f"{text}.") if text and is_different is None else text), is_different, above


def _best_in_short(best: Row | None) -> tuple[str, bool]:
    """The best by name where they are two at most, else how many could be it; and whether that leaves it half open."""
    if best is None or best["possible"] > comparison.NEARLY_ALL * best["judged"]:
        return "Nobody stands out as best", True
    names = best["possible_best"] or []
    if names and len(names) == best["possible"] <= MOST_BEST:
        return f"Best: {words.joined(names, 'or')}", False
    return f"{words.whole(best['possible'])} of {words.whole(best['judged'])} could be the best", False
