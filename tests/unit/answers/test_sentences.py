"""Every template on every kind of row, and each sentence bound to the figures that it names.

The seven kinds of row are those of the protocol; a template that has no words for one inherits the common ones. The
mutations swap one figure of a row at a time: a sentence that stays the same would be about another row.
"""

from dataclasses import replace
from typing import Any

import pytest

from assets.answers.facts import (
    BROKEN,
    MISSING,
    NOT_APPLICABLE,
    TIED,
    Fact,
    MisfitError,
    confidence,
    counts,
    in_short,
    ours,
    sentence,
    verdict,
)
from assets.answers.templates import Template, read_questions

TEMPLATES = [template for question in read_questions().values() for template in question.templates.values()]
NAMES = [f"{template.question}.{template.name}" for template in TEMPLATES]
COUNCIL = "Exampleshire"
KINDS: dict[str, dict[str, Any]] = {
    "better": {},
    "worse": {},
    "no difference": {"is_different": False},
    "gated": {
        "reason": "too few peers with data",
        "reason_in_words": "too few councils have data",
        "is_different": None,
    },
    "missing": {
        "reason": MISSING,
        "value": None,
        "numerator": None,
        "denominator": None,
        "is_different": None,
    },
    "tied": {"reason": TIED, "is_different": None},
    "broken": {"reason": BROKEN, "is_different": None},
}
# each swap, and the kinds of row in which the swapped figure is told
SWAPS: dict[str, dict[str, Any]] = {
    "comparator": {"comparator": "unlike councils"},
    "period": {"period": "1999-00"},
    "numerator": {"numerator": 12, "denominator": 99},
}


def fact(template: Template, kind: str) -> Fact:
    """A row of one kind, in the direction that the template is for."""
    polarity = "higher" if template.direction == "of the measure" else template.direction
    plain = Fact(
        statement="statement",
        template=template.name,
        what="Complaints answered in time",
        period="2023-24",
        comparator="other county councils",
        polarity=polarity,
        value=71.9,
        numerator=23,
        denominator=32,
        comparator_value=61.3,
        together=60.8,
        base="10 of 20 other county councils have figures",
        is_different=True,
        is_above=(kind == "worse") == (polarity == "lower"),
        detail="a detail",
    )
    return replace(plain, **KINDS[kind])


@pytest.mark.parametrize("template", TEMPLATES, ids=NAMES)
def test_a_service_that_the_council_does_not_have_is_said_to_be_no_service_of_its(template: Template) -> None:
    row = replace(fact(template, "missing"), reason=NOT_APPLICABLE)
    assert verdict(row, template) == "not applicable"
    assert f"“Complaints answered in time” does not apply to {COUNCIL}" in sentence(row, template, COUNCIL)
    assert confidence(row, "not applicable") == (
        "none",
        "There is nothing to judge: the council does not have this service.",
    )


def expected(template: Template, kind: str) -> str:
    """Without a good direction, better is higher and worse is lower."""
    if template.direction == "none":
        return {"better": "higher", "worse": "lower"}.get(kind, kind)
    return kind


@pytest.mark.parametrize("template", TEMPLATES, ids=NAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_row_gives_its_own_verdict_and_its_own_words(template: Template, kind: str) -> None:
    row = fact(template, kind)
    said = {other: sentence(fact(template, other), template, COUNCIL) for other in KINDS}
    assert verdict(row, template) == expected(template, kind)
    assert [other for other, text in said.items() if text == said[kind]] == [kind]


@pytest.mark.parametrize(
    "template", [one for one in TEMPLATES if one.short], ids=lambda one: f"{one.question}.{one.name}"
)
def test_the_words_of_a_tile_follow_the_verdict_and_are_none_without_a_figure(template: Template) -> None:
    said = {kind: in_short(fact(template, kind), template, COUNCIL) for kind in KINDS}
    assert said.pop("missing") == ""
    assert all(len(text) <= 60 and "{" not in text for text in said.values())


@pytest.mark.parametrize("template", TEMPLATES, ids=NAMES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("swap", SWAPS)
def test_swapping_a_figure_changes_every_sentence(template: Template, kind: str, swap: str) -> None:
    row = fact(template, kind)
    swapped = sentence(replace(row, **SWAPS[swap]), template, COUNCIL)
    # what is missing has no numerator to swap, and most such sentences name no comparator
    is_unnamed = swap == "comparator" and "{comparator}" not in template.says["missing"]
    is_same = kind == "missing" and (swap == "numerator" or is_unnamed)
    assert (swapped == sentence(row, template, COUNCIL)) == is_same


@pytest.mark.parametrize("template", TEMPLATES, ids=NAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_swapping_the_direction_changes_a_sentence_or_is_refused(template: Template, kind: str) -> None:
    row = fact(template, kind)
    turned = replace(row, polarity="lower" if row.polarity != "lower" else "higher")
    if template.direction == "of the measure":
        is_same = sentence(turned, template, COUNCIL) == sentence(row, template, COUNCIL)
        assert is_same == (kind == "missing")
    else:
        with pytest.raises(MisfitError):
            sentence(turned, template, COUNCIL)


@pytest.mark.parametrize("template", TEMPLATES, ids=NAMES)
def test_a_figure_without_a_verdict_is_told_and_a_hidden_one_is_not(template: Template) -> None:
    row = replace(fact(template, "better"), is_different=None)
    hidden = replace(row, is_hidden=True, numerator=None, value=None)
    assert verdict(row, template) == "told" and "23 of 32" in sentence(row, template, COUNCIL)
    assert verdict(hidden, template) == "gated" and "23" not in sentence(hidden, template, COUNCIL).replace("2023", "")


MEASURE = read_questions()["Q1"].templates["measure"]


def test_a_verdict_of_the_marts_that_the_figures_contradict_is_refused() -> None:
    with pytest.raises(MisfitError):
        verdict(replace(fact(MEASURE, "better"), called="worse"), MEASURE)


@pytest.mark.parametrize("called", ["better", "Better"])
def test_a_verdict_of_the_marts_that_the_figures_bear_out_stands(called: str) -> None:
    assert verdict(replace(fact(MEASURE, "better"), called=called), MEASURE) == "better"


def test_a_sentence_names_council_measure_period_counts_comparator_and_base() -> None:
    assert sentence(fact(MEASURE, "worse"), MEASURE, COUNCIL) == (
        "Exampleshire did worse than the average of other county councils on “Complaints answered in time” in 2023-24. "
        "It had 72% (23 of 32; higher is better). We would expect 61%, and all their cases give 61% "
        "(10 of 20 have figures). A detail"
    )


def test_a_figure_is_shown_as_its_source_prints_it() -> None:
    assert ours(replace(fact(MEASURE, "gated"), printed="71.90%", numerator=None)) == "71.90%"


@pytest.mark.parametrize(
    ("changed", "level"),
    [
        ({}, "fair"),
        ({"denominator": 29}, "weak"),
        ({"stands_with_one_case_moved": False}, "weak"),
        ({"is_same_in_all_groups": False}, "weak"),
        ({"is_strong": True, "stands_with_one_case_moved": True, "is_same_in_all_groups": True}, "firm"),
        ({"is_strong": True, "stands_with_one_case_moved": True}, "fair"),
        ({"is_model": True}, "modelled"),
        ({"is_different": None}, "counted"),
        ({"reason": MISSING}, "none"),
        ({"reason": "too few peers with data"}, "none"),
    ],
)
def test_confidence_follows_base_one_case_and_choice_of_group(changed: dict[str, Any], level: str) -> None:
    row = replace(fact(MEASURE, "better"), **changed)
    assert confidence(row, verdict(row, MEASURE))[0] == level


def test_a_count_alone_is_not_told_twice_and_an_absent_one_is_not_said_to_be_unprinted() -> None:
    count = Fact("s", "t", "Received", "2025-26", "the year before", "none", "complaints", value=98.0, numerator=98)
    assert ours(count) == "98 complaints"
    assert counts(replace(count, value=None, numerator=None)) == "no number of cases"
    assert counts(replace(count, value=25.0, numerator=None)) == "number of cases not published"
