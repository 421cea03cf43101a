"""From a fact to its sentence: pure functions, the same for every question."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from assets.answers.templates import OTHERWISE, WITHOUT_FIGURE, Template
from assets.wording import words

SMALL_BASE = 30
# from how many cases a percentage is given with a decimal
EXACT_BASE = 100
BROKEN = "break in the series"
TIED = "all tied"
MISSING = "missing"
NOT_APPLICABLE = "not applicable"
TOO_FEW = "there are too few cases to show"
ANY_PERIOD = "any period"
DIRECTIONS = {
    "higher": "higher is better",
    "lower": "lower is better",
    "none": "neither high nor low is good",
}
# a placeholder that begins a sentence or a quoted name, which gets a capital
_BEGINS = re.compile(r"(^|[.?!] |“)\{(\w)")
CALLED = {
    "Better": "better",
    "Worse": "worse",
    "About the same": "about the same",
    words.CANNOT_SAY: "no difference",
    "not told apart": "no difference",
}
"""What the marts call a figure, as the verdict of a template; higher and lower are the same word in both."""


class MisfitError(ValueError):
    """A fact and its template, or the parts of a fact, contradict each other."""


@dataclass(frozen=True)
class Evidence:
    """One row of the warehouse that a statement rests on: its relation and key."""

    relation: str
    key: Mapping[str, Any]


@dataclass(frozen=True)
class Fact:
    """What the figures say on one point, before it is worded. One without figures or a reason is missing.

    statement: the fact's name, which is its template's unless several facts share that. comparator_value: what is
    tested, which is what a council like this one is expected to have; together: its comparators' cases together.
    is_different: whether the figure was called different from its comparator, or None where nothing is judged. is_same:
    whether it was called about the same. noticed: for a null, what would have been noticed. sample: that the
    comparators in hand are not typical, where they are not. called: the verdict that the marts give, where they do; it
    must agree with the rest. reason: the protocol's word for why there is no verdict; reason_in_words: the same for
    readers, where it differs. printed: the figure as its source prints it, where it is not ours. is_hidden: a count too
    small to show. brief: for the tile of its question. is_half_answer: whether its question stays half open although
    nothing is missing: nobody is better, or there is nothing to compare with. counts_results: what is counted are
    results of tests.
    """

    template: str
    what: str
    comparator: str
    period: str = ANY_PERIOD
    statement: str = ""
    polarity: str = "none"
    unit: str = "percent"
    value: float | None = None
    numerator: int | None = None
    denominator: int | None = None
    comparator_value: float | None = None
    together: float | None = None
    base: str = ""
    noticed: str = ""
    sample: str = ""
    is_same: bool = False
    is_different: bool | None = None
    is_above: bool | None = None
    called: str = ""
    printed: str = ""
    reason: str = ""
    reason_in_words: str = ""
    detail: str = ""
    brief: str = ""
    is_half_answer: bool = False
    is_lead: bool = False
    is_hidden: bool = False
    is_model: bool = False
    counts_results: bool = False
    is_strong: bool = False
    stands_with_one_case_moved: bool | None = None
    is_same_in_all_groups: bool | None = None
    caveat: str = ""
    evidence: tuple[Evidence, ...] = ()
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "statement", self.statement or self.template)

    def hidden(self, **changed: Any) -> "Fact":
        """The fact without its figures, which rest on too few cases to show."""
        figures = {"value": None, "numerator": None, "is_hidden": True, "reason": TOO_FEW}
        return replace(self, **{**figures, **changed})


def verdict(fact: Fact, template: Template) -> str:
    """The verdict on a fact, one of `templates.VERDICTS`.

    Raises MisfitError where its direction is not the template's, or the figures do not give the verdict of the marts.
    """
    found = _verdict(fact, template)
    called = CALLED.get(fact.called, fact.called)
    if called and found != called:
        raise MisfitError(f"{fact.what}, {fact.period}: the figures say {found!r}, the marts {fact.called!r}")
    return found


def _verdict(fact: Fact, template: Template) -> str:
    if template.direction not in ("of the measure", fact.polarity):
        raise MisfitError(
            f"{template.question}.{template.name} is worded for {template.direction!r}, not {fact.polarity!r}"
        )
    if fact.reason == NOT_APPLICABLE:
        return NOT_APPLICABLE
    is_empty = fact.value is None and fact.numerator is None and not fact.is_hidden
    if fact.reason == MISSING or (is_empty and not fact.reason):
        return "missing"
    if fact.reason == BROKEN:
        return "broken"
    if fact.reason == TIED:
        return "tied"
    if fact.reason or fact.is_hidden:
        return "gated"
    if fact.is_different is None:
        return "told"
    if not fact.is_different:
        return "about the same" if fact.is_same else "no difference"
    if fact.polarity == "none":
        return "higher" if fact.is_above else "lower"
    return "better" if fact.is_above == (fact.polarity == "higher") else "worse"


def sentence(fact: Fact, template: Template, council: str) -> str:
    """The sentence on a fact, every placeholder filled from the fact alone."""
    return _filled(template.says[verdict(fact, template)], fact, council)


def in_short(fact: Fact, template: Template, council: str) -> str:
    """The answer in a few words; nothing where there is none, or where the statement has no such words."""
    called = verdict(fact, template)
    if called in WITHOUT_FIGURE:
        return ""
    return _filled(template.short.get(called) or template.short.get(OTHERWISE, ""), fact, council, is_short=True)


def _filled(text: str, fact: Fact, council: str, is_short: bool = False) -> str:
    # a tile has whole percentages, as the rows above it
    cases = None if is_short else fact.denominator
    parts = {
        "council": council,
        "what": words.inside(fact.what),
        "period": words.the_period(fact.period),
        "value": _value(fact, cases),
        "counts": counts(fact) if fact.unit or fact.numerator else counts(fact).replace("0 of ", "none of the ", 1),
        "comparator": fact.comparator,
        "comparator_value": shown(fact.comparator_value, fact.unit, cases),
        "together": shown(fact.together, fact.unit, fact.denominator),
        "base": _base(fact),
        "direction": DIRECTIONS[fact.polarity],
        "reason": fact.reason_in_words or fact.reason,
        "detail": fact.detail,
        "brief": fact.brief,
    }
    parts |= {words.sentence(name): words.sentence(text) for name, text in parts.items()}
    text = _BEGINS.sub(lambda found: f"{found[1]}{{{found[2].upper()}", text)
    return " ".join(text.format_map(parts).replace(f" ({ANY_PERIOD})", "").split())


def _value(fact: Fact, cases: int | None) -> str:
    if fact.is_hidden and not fact.printed:
        return f"a {'share' if fact.unit == 'percent' else 'number'} that we do not show"
    return fact.printed or shown(fact.value, fact.unit, cases)


def counts(fact: Fact) -> str:
    """The counts of a fact as they may be shown: 23 of 26, or that they are not known or too small."""
    if fact.is_hidden:
        return "too few cases to show"
    if fact.numerator is None:
        return "no number of cases" if fact.value is None else "number of cases not published"
    if fact.denominator is None:
        return words.whole(fact.numerator)
    link, noun = (" among ", " residents") if fact.unit.startswith("per") and fact.unit != "percent" else (" of ", "")
    return f"{words.whole(fact.numerator)}{link}{words.whole(fact.denominator)}{noun}"


def shown(value: float | None, unit: str, cases: int | None = None) -> str:
    """A figure with its unit, a whole percentage below 100 cases; or that there is none."""
    if value is None:
        return "no percentage" if unit == "percent" else "no figure"
    if unit == "percent":
        return f"{words.rounded(value, 0 if (cases or 0) < EXACT_BASE else 1)}%"
    if unit == "per 100,000":
        return words.measured(value, unit)
    return f"{words.plain(round(value, 1))} {unit}".strip()


def ours(fact: Fact) -> str:
    """The council's figure for a table: 88.5% (23 of 26)."""
    if fact.value is None:
        return words.sentence(counts(fact)) if fact.numerator is not None or fact.is_hidden else words.MISSING
    is_count = fact.denominator is None and fact.value == fact.numerator
    suffix = "" if fact.numerator is None or is_count else f" ({counts(fact)})"
    return f"{fact.printed or shown(fact.value, fact.unit, fact.denominator)}{suffix}"


def beside(fact: Fact) -> str:
    """The comparator with its figure for a table."""
    parts = [] if fact.comparator_value is None else [shown(fact.comparator_value, fact.unit, fact.denominator)]
    if fact.together is not None:
        parts = [f"{part} expected" for part in parts]
        parts.append(f"{shown(fact.together, fact.unit, fact.denominator)} from all their cases")
    figure = f": {', '.join(parts)}" if parts else ""
    base = f" ({_base(fact)})" if fact.base else ""
    return f"{words.sentence(fact.comparator)}{figure}{base}"


def _base(fact: Fact) -> str:
    """How many of the comparators have figures, without their name, which stands before it."""
    return fact.base.replace(f" {fact.comparator}", "")


def confidence(fact: Fact, found: str) -> tuple[str, str]:
    """How sure a verdict is, one word and its reason: firm, fair, weak, counted, modelled, or none."""
    if fact.is_model and found not in ("missing", "gated"):
        return "modelled", "This comes from a model, not from what happened."
    if found == "tied":
        return "counted", "Both have the same value."
    if found in ("missing", "gated", "broken"):
        why = "" if fact.reason == MISSING else fact.reason_in_words or fact.reason
        return "none", f"We cannot judge: {why}." if why else "We have nothing to judge."
    if found == NOT_APPLICABLE:
        return "none", "There is nothing to judge: the council does not have this service."
    if found == "told":
        if fact.counts_results:
            return "counted", "We counted results that were each tested."
        return "counted", "This is a published figure, not tested."
    if found == "no difference" and fact.noticed:
        return "none", fact.noticed
    reasons, level = [fact.sample] if fact.sample else [], "fair"
    is_small = fact.denominator is not None and fact.denominator < SMALL_BASE and fact.unit == "percent"
    if is_small:
        reasons.append(f"With {words.whole(fact.denominator)} cases, only a large difference would show.")
    if fact.stands_with_one_case_moved is not None:
        reasons.append(
            f"One different Ombudsman decision would {'not ' * fact.stands_with_one_case_moved}change this result."
        )
    if fact.is_same_in_all_groups is not None:
        reasons.append(
            "It is the same whichever councils we compare with."
            if fact.is_same_in_all_groups
            else "It depends on which councils we compare with."
        )
    is_shaky = False in (fact.stands_with_one_case_moved, fact.is_same_in_all_groups)
    if is_shaky or fact.sample or (is_small and fact.is_different):
        level = "weak"
    elif fact.is_strong and fact.stands_with_one_case_moved and fact.is_same_in_all_groups:
        level = "firm"
    return level, " ".join(reasons) or "We tested it at the 95% level."
