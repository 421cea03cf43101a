"""One row of the briefing a measure: its figure, where the others lie, and the result of the comparison."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from assets.publication.drawing import strip
from assets.publication.findings import Findings
from assets.wording import words
from assets.wording.sources import source_name

Row = Mapping[str, Any]
BETTER, WORSE, SAME = "Better", "Worse", "About the same"
CANNOT_SAY, NOT_COMPARABLE = words.CANNOT_SAY, "Not comparable"
NO_DIRECTION = "Not about quality"
DIRECTIONS = {"lower": "lower is better", "higher": "higher is better", "none": ""}
# the Ombudsman's figures come out within four months: after three years at least two newer ones are out
OLD_YEARS = 3


def is_old(end: date, today: date) -> bool:
    """Whether a figure is too old to be said as if it were of today."""
    return (today.year - OLD_YEARS, today.month, today.day) > (end.year, end.month, end.day)


@dataclass(frozen=True)
class Measure:
    """One row of the briefing: a measure in its latest year.

    head: its row of marts.indicator_values; period: its year, with its age where another row is newer; is_old: whether
    that is too old to lead; dated: its year with its age; sources: those of its two counts, where they are two; chip:
    one of the five results; why: what the chip rests on, or why there is none; strip: where the comparators lie, as a
    drawing with its text alternative, empty without one."""

    head: Row
    name: str
    period: str
    value: str
    cases: str
    chip: str
    why: str
    strip: Markup
    average: str
    change: str
    is_old: bool = False
    dated: str = ""
    sources: tuple[str, ...] = ()

    @property
    def direction(self) -> str:
        """Which way is good; empty where neither is."""
        return DIRECTIONS[self.head["polarity"]]

    @property
    def has_middle_half(self) -> bool:
        """Whether the strip shades where the middle half of the councils lie."""
        return 'class="half"' in self.strip

    @property
    def is_clear(self) -> bool:
        """Whether the council is clearly better or clearly worse."""
        return self.chip in (BETTER, WORSE)


def measure(findings: Findings, head: Row, today: date, newest: date) -> Measure:
    """The row of one measure on a day, from which its age is counted. newest: the last day of the newest row."""
    compared = findings.comparison(head["indicator"]) or {}
    councils = words.TYPES_IN_WORDS[findings.council.lgsco_type]
    chip, why = result(head, compared, findings.standing(head["indicator"]), councils)
    sources = _two_sources(findings, head)
    others = _others(findings, head)
    average, peers = _average(findings, head, compared)
    if chip == NOT_COMPARABLE and not others:
        # the place of the strip says it already
        why = ", ".join(f"{count} from {source}" for source, count in sources.items())
    dated = ", ".join(filter(None, (head["period_label"], words.age(head["period_end"], today))))
    change = next(iter(findings.of("changes", dict(head))), None)
    return Measure(
        head=head,
        name=head["short_title"],
        period=dated if head["period_end"] < newest else head["period_label"],
        value=shown_value(head),
        cases=_cases(head),
        chip=chip,
        why=why if why or not others else _coverage(head, compared),
        strip=_strip(head, others, average, findings.council.nice_name, peers, is_fair(compared))
        if others
        else Markup(),
        average=_average_in_words(average, head["unit"], peers),
        change=_change(change, head["unit"]),
        is_old=is_old(head["period_end"], today),
        dated=dated,
        sources=tuple(sources),
    )


def _two_sources(findings: Findings, head: Row) -> dict[str, str]:
    """The source of each of the two counts of a figure with what it prints, where the two are not from one source."""
    counts = {head[f"{part}_measure"]: str(head[part]) for part in ("numerator", "denominator")}
    found = {
        row["measure"]: source_name(row["source_url"])
        for row in findings.of("provenance", dict(head))
        if head["doubt"] and row["as_printed"] == counts.get(row["measure"])
    }
    return {found[name]: counts[name] for name in counts} if len(set(found.values())) > 1 else {}


def shown_value(head: Row) -> str:
    """The council's value as a reader quotes it: whole per cent below 100 cases, or as its source prints it."""
    if words.is_missing(head["value"]) or not words.may_show_percentage(head):
        if head["value"] is None and head["printed_text"] is not None:
            return f"{head['printed_text']}{'%' if head['unit'] == 'percent' else ''}"
        return words.counts(head)
    return in_unit(head["value"], head["unit"])


def in_unit(value: float, unit: str) -> str:
    """A value as a whole per cent, or as a rate with one decimal."""
    return f"{words.rounded(value, 0)}%" if unit == "percent" else words.rounded(value)


def _cases(head: Row) -> str:
    is_share = head["unit"] == "percent"
    is_few = not words.is_missing(head["denominator"]) and not words.may_show_percentage(head)
    # the counts stand for the value already
    if not words.is_missing(head["numerator"]) and (words.is_missing(head["value"]) or is_few):
        return ""
    if words.is_missing(head["numerator"]) or (is_share and words.is_missing(head["denominator"])):
        return "number of cases not published"
    if is_share:
        return f"{words.whole(head['numerator'])} of {words.whole(head['denominator'])}"
    return words.counted(head["numerator"], "complaint")


def result(head: Row, compared: Row, standing: Row | None, councils: str) -> tuple[str, str]:
    """The chip of one measure, and why where that is not how many comparators have figures."""
    if head["polarity"] == "none":
        called = str(standing["called"]) if standing else ""
        level = f"{called} than average" if called in ("higher", "lower") else ""
        return NO_DIRECTION, level or "neither high nor low is good"
    if head["doubt"]:
        return NOT_COMPARABLE, str(head["doubt"])
    if not compared or words.is_missing(compared["result"]):
        return NOT_COMPARABLE, "too few councils have figures"
    if not is_fair(compared):
        have = words.whole(compared["councils_with_figure"])
        ours, of_all = (in_unit(compared[name], head["unit"]) for name in ("sample_mean", "type_average"))
        return NOT_COMPARABLE, f"the {have} with figures average {ours}, all {councils} {of_all}"
    if compared["result"] == NOT_COMPARABLE:
        return NOT_COMPARABLE, "too few councils have figures"
    return str(compared["result"]), ""


def is_fair(compared: Row) -> bool:
    """Whether the councils with figures may stand for all of their type."""
    return not compared or compared["result_reason"] != "sample not fair"


def _coverage(head: Row, compared: Row) -> str:
    """How many comparators have figures, after the reason why nothing can be said."""
    if not compared or not compared["comparators"]:
        return ""
    have = f"{words.whole(compared['comparators_with_data'])} of {words.whole(compared['comparators'])}"
    why = f"{words.COULD_BE_CHANCE}; " if compared["result"] == CANNOT_SAY else ""
    few = "few cases: " if why and head["is_small_base"] else ""
    return f"{few}{why}{have} {words.has(compared)} figures"


def _others(findings: Findings, head: Row) -> list[float]:
    """The comparators' values that may be shown."""
    return [
        row["value"]
        for row in findings.councils.get(head["indicator"], [])
        if not row["is_subject"]
        and findings.comparator_group in row["comparator_groups"]
        and not words.is_missing(row["value"])
        and words.may_show_percentage(row)
    ]


def _average(findings: Findings, head: Row, compared: Row) -> tuple[float | None, str]:
    """The average to compare with and whose it is: as the Ombudsman prints it for the type, else of those we have."""
    if head["printed_average"] is not None and findings.comparator_group == "lgsco_type":
        return float(head["printed_average"]), "the Ombudsman’s"
    if compared and compared["pooled_value"] is not None:
        return float(compared["pooled_value"]), f"of these {words.whole(compared['comparators_with_data'])}"
    return None, ""


def _average_in_words(average: float | None, unit: str, peers: str) -> str:
    """The average with whose it is; nothing where there is none."""
    return "" if average is None else f"average {in_unit(average, unit)}, {peers}"


def _change(row: Row | None, unit: str) -> str:
    """What changed since the year before, only where it is more than chance."""
    if row is None or words.is_missing(row["change"]) or words.is_missing(row["change_lower"]):
        return ""
    if row["change_lower"] <= 0 <= row["change_upper"]:
        return ""
    way = "up" if row["change"] > 0 else "down"
    size = words.rounded(abs(row["change"]), 0 if unit == "percent" else 1)
    return f"{way} {size}{' percentage points' if unit == 'percent' else ''} in a year"


def _strip(
    head: Row, others: list[float], average: float | None, council: str, peers: str, is_fair: bool = True
) -> Markup:
    """Where the council stands among its comparators, with the same in words."""
    has_interval = not words.is_missing(head["value"]) and not words.is_missing(head["lower_95"])
    unit = head["unit"]
    said = f"{len(others)} others from {in_unit(min(others), unit)} to {in_unit(max(others), unit)}"
    ours = (head["value"], head["lower_95"], head["upper_95"]) if has_interval else None
    if ours:
        value, lower, upper = (in_unit(one, unit) for one in ours)
        said = f"{council} {value}, chance alone could put it from {lower} to {upper}; {said}"
    said = "; ".join(filter(None, (said, _average_in_words(average, unit, peers), DIRECTIONS[head["polarity"]])))
    return strip(others, ours, average, said, is_fair, head["polarity"] == "lower")
