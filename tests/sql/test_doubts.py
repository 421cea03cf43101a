"""A figure that contradicts its own source, or is out by about ten times, is doubted until somebody vouches for it."""

from typing import Any

import pytest

from tests.sql.harness import Rows, columns, result

YEAR: dict[str, Any] = {"period_start": "2023-04-01", "period_end": "2024-03-31"}
PAGE: dict[str, Any] = {
    "gss_code": "X99999901",
    "procedure": "all",
    "stage": "all",
    "scope": "all",
    "limit_days": 0,
    "address": "page",
    "version": "shipped",
    "precedence": 2,
    "unit": "count",
    **YEAR,
}
COUNCILS = [{"gss_code": f"X9999990{number}", "lgsco_type": "county"} for number in range(1, 10)]
PEOPLE = [
    {"gss_code": council["gss_code"], "year": year, "first_release_population": 500_000}
    for council in COUNCILS
    for year in range(2020, 2024)
]


def figures(stated: dict[str, float], **changes: Any) -> Rows:
    """What one document prints, by measure."""
    return [PAGE | {"measure": measure, "value": value} | changes for measure, value in stated.items()]


def doubts(drawn: Rows, vouched: Rows | None = None, people: Rows = PEOPLE, readings: Rows | None = None) -> Rows:
    """The doubts about these figures, whichever of the kinds they are of."""
    printed = {"core.document_figures": drawn}
    beside = {"core.populations": people}
    return result(
        "core.doubts",
        printed
        | {
            "core.contradictions": result("core.contradictions", printed | beside),
            "core.jumps": result("core.jumps", printed | beside | {"core.councils": COUNCILS}),
            "core.readings": readings or [],
            "core.council_names": [{"folded_name": "exampleshire", "gss_code": "X99999901"}],
            "staging.vouched_figures": vouched or [],
        },
    )


def doubted(stated: dict[str, float], **changes: Any) -> set[str]:
    return {row["measure"] for row in doubts(figures(stated, **changes))}


OVERVIEW = {"dealt_with": 93, "not_for_us": 41, "assessed_and_closed": 26, "investigated": 26}
UPHELD = {"investigated": 26, "upheld": 23, "uphold_rate_pct": 88}
RECEIVED = {
    f"received_{subject}": 2
    for subject in (
        "adult_care",
        "benefits_tax",
        "corporate",
        "education_childrens",
        "environment_public_protection",
        "highways",
        "housing",
        "planning",
    )
}
DECIDED = {
    "decided_incomplete_invalid": 4,
    "decided_advice_given": 2,
    "referred_back": 25,
    "closed_after_initial_enquiries": 19,
    "not_upheld": 2,
    "upheld": 17,
}
COMPLIED = {"complied_on_time": 13, "late_compliance": 4, "not_complied": 1, "compliance_outcomes": 18}


@pytest.mark.parametrize(
    "stated",
    [
        OVERVIEW,
        UPHELD,
        {"upheld": 33, "investigated": 40, "uphold_rate_pct": 83},
        {"upheld": 1, "investigated": 8, "uphold_rate_pct": 12.5},
        {"upheld": 17, "not_upheld": 2, "uphold_rate_pct": 89},
        {"upheld": 0, "not_upheld": 2, "uphold_rate_pct": 0},
        {"satisfactory_remedies": 0, "satisfactory_remedy_rate_pct": 0},
        {"upheld": 0, "investigated": 0, "uphold_rate_pct": 0},
        {"upheld": 23, "upheld_per_100k": 4.6},
        {"upheld": 23, "upheld_per_100k": 4.7},
        {**RECEIVED, "received": 16},
        {**RECEIVED, "received_other": 1, "received": 17},
        {"received_adult_care": 2, "received_housing": 2, "received": 16},
        {**DECIDED, "decided": 69},
        COMPLIED | {"compliance_rate_pct": 94},
        {"complied_on_time": 13, "late_compliance": 4, "compliance_outcomes": 18, "compliance_rate_pct": 94},
        {"compliance_outcomes": 63, "compliance_rate_pct": 100},
        {"compliance_outcomes": 300, "compliance_rate_pct": 99},
        {
            "satisfactory_remedies": 3,
            "satisfactory_remedy_upheld_base": 24,
            "satisfactory_remedy_rate_pct": 13,
            "upheld": 24,
        },
        {"complaints_completed": 8, "complaints_completed_in_time": 5, "complaints_in_time_pct": 62},
        {"complaints_completed": 8, "complaints_completed_in_time": 5, "complaints_completed_late": 3},
    ],
    ids=str,
)
def test_figures_that_agree_are_not_doubted(stated: dict[str, float]) -> None:
    assert doubted(stated) == set()


@pytest.mark.parametrize(
    ("stated", "wrong"),
    [
        (OVERVIEW | {"dealt_with": 930}, {*OVERVIEW}),
        (OVERVIEW | {"dealt_with": 94}, {*OVERVIEW}),
        ({"dealt_with": 20, "investigated": 26}, {"dealt_with", "investigated"}),
        ({"dealt_with": 20, "upheld": 23}, {"dealt_with", "upheld"}),
        (UPHELD | {"upheld": 27}, {*UPHELD}),
        (UPHELD | {"uphold_rate_pct": 44}, {*UPHELD}),
        (UPHELD | {"uphold_rate_pct": 89}, {*UPHELD}),
        (UPHELD | {"investigated": 260}, {*UPHELD}),
        ({"investigated": 0, "uphold_rate_pct": 50}, {"investigated", "uphold_rate_pct"}),
        ({"upheld": 17, "not_upheld": 2, "uphold_rate_pct": 60}, {"upheld", "uphold_rate_pct"}),
        ({"upheld": 0, "uphold_rate_pct": 50}, {"upheld", "uphold_rate_pct"}),
        ({"not_upheld": 41, "investigated": 40}, {"not_upheld", "investigated"}),
        (
            {"satisfactory_remedies": 0, "satisfactory_remedy_rate_pct": 40},
            {"satisfactory_remedies", "satisfactory_remedy_rate_pct"},
        ),
        ({"investigated": 26, "upheld": 23, "not_upheld": 13}, {"investigated", "upheld", "not_upheld"}),
        ({"upheld": 230, "upheld_per_100k": 4.6}, {"upheld", "upheld_per_100k"}),
        ({"upheld": 23, "upheld_per_100k": 46}, {"upheld", "upheld_per_100k"}),
        ({**RECEIVED, "received": 160}, {*RECEIVED, "received"}),
        ({"received_adult_care": 20, "received": 16}, {"received_adult_care", "received"}),
        ({**DECIDED, "upheld": 171, "decided": 69}, {*DECIDED, "decided"}),
        ({"decided": 16, "investigated": 17}, {"decided", "investigated"}),
        (COMPLIED | {"complied_on_time": 31}, {*COMPLIED}),
        (
            {"complied_on_time": 13, "late_compliance": 4, "compliance_outcomes": 18, "compliance_rate_pct": 72},
            {"complied_on_time", "late_compliance", "compliance_outcomes", "compliance_rate_pct"},
        ),
        ({"compliance_outcomes": 18, "compliance_rate_pct": 95}, {"compliance_outcomes", "compliance_rate_pct"}),
        ({"late_compliance": 41, "compliance_outcomes": 18}, {"late_compliance", "compliance_outcomes"}),
        ({"satisfactory_remedies": 21, "upheld": 17}, {"satisfactory_remedies", "upheld"}),
        (
            {"satisfactory_remedies": 3, "satisfactory_remedy_upheld_base": 24, "satisfactory_remedy_rate_pct": 31},
            {"satisfactory_remedies", "satisfactory_remedy_upheld_base", "satisfactory_remedy_rate_pct"},
        ),
        (
            {"satisfactory_remedy_upheld_base": 24, "upheld": 23},
            {"satisfactory_remedy_upheld_base", "upheld"},
        ),
        (
            {"complaints_completed": 8, "complaints_completed_in_time": 9},
            {"complaints_completed", "complaints_completed_in_time"},
        ),
        (
            {"complaints_completed": 8, "complaints_completed_in_time": 5, "complaints_in_time_pct": 26},
            {"complaints_completed", "complaints_completed_in_time", "complaints_in_time_pct"},
        ),
    ],
    ids=lambda one: str(sorted(one)),
)  # fmt: skip
def test_every_figure_of_a_contradiction_is_doubted(stated: dict[str, float], wrong: set[str]) -> None:
    assert doubted(stated) == wrong


def test_the_reason_names_what_contradicts_what() -> None:
    rows = doubts(figures(UPHELD | {"uphold_rate_pct": 44}))
    assert {row["reason"] for row in rows} == {"the printed 44% is not 23 of 26"}


def test_figures_of_two_documents_do_not_contradict_each_other() -> None:
    drawn = figures({"upheld": 27}) + figures({"investigated": 26}, address="letter", precedence=3)
    assert doubts(drawn) == []


def test_two_versions_of_one_page_do_not_contradict_each_other() -> None:
    assert doubts(figures({"upheld": 27}) + figures({"investigated": 26}, version="a1b2")) == []


@pytest.mark.parametrize(("precedence", "is_doubted"), [(1, True), (2, True), (3, False), (4, False)])
def test_only_the_ombudsmans_own_papers_are_held_to_its_way_of_rounding(precedence: int, is_doubted: bool) -> None:
    stated = {"upheld": 10, "investigated": 21, "uphold_rate_pct": 47}
    assert bool(doubted(stated, precedence=precedence)) is is_doubted


def series(measure: str, *values: float, first: int = 2021, number: int = 1, **changes: Any) -> Rows:
    """A measure of one council in consecutive years."""
    return [
        PAGE
        | {
            "gss_code": f"X9999990{number}",
            "measure": measure,
            "value": value,
            "period_start": f"{first + place}-04-01",
            "period_end": f"{first + place + 1}-03-31",
        }
        | changes
        for place, value in enumerate(values)
    ]


def others(measure: str, value: float) -> Rows:
    """The same measure of five similar councils in three years."""
    return [row for number in range(2, 7) for row in series(measure, value, value, value, number=number)]


def years(rows: Rows) -> list[tuple[str, int]]:
    return [(row["measure"], row["period_start"].year) for row in rows]


@pytest.mark.parametrize(
    ("values", "out"),
    [
        ((51, 63, 631), 2023),
        ((60, 70, 411), 2023),
        ((51, 631, 63), 2022),
        ((631, 51, 63), 2021),
        ((70, 63, 6), 2023),
        ((25, 22, 0), 2023),
    ],
    ids=str,
)
def test_a_count_ten_times_or_a_tenth_of_the_year_before_and_of_similar_councils_is_doubted(
    values: tuple[int, ...], out: int
) -> None:
    rows = doubts(series("compliance_outcomes", *values) + others("compliance_outcomes", 50))
    assert years(rows) == [("compliance_outcomes", out)]


def test_a_jump_that_similar_councils_made_too_is_not_doubted() -> None:
    everyone = [row for number in range(1, 8) for row in series("dealt_with", 40, 41, 400, number=number)]
    assert doubts(everyone) == []


def test_a_council_that_was_always_far_above_the_others_is_not_doubted() -> None:
    assert doubts(series("dealt_with", 400, 410, 405) + others("dealt_with", 40)) == []


def test_a_few_cases_make_no_jump() -> None:
    assert doubts(series("dealt_with", 1, 1, 12) + others("dealt_with", 1)) == []


def test_against_the_year_before_alone_it_takes_ten_times() -> None:
    assert doubts(series("dealt_with", 50, 63, 600), people=[]) == []
    assert years(doubts(series("dealt_with", 50, 63, 631), people=[])) == [("dealt_with", 2023)]


def test_upheld_complaints_are_held_against_the_printed_average() -> None:
    average = series("upheld_per_100k_similar", 4.5, 4.5, 4.5, unit="per_100k")
    assert years(doubts(series("upheld", 22, 25, 230) + average)) == [("upheld", 2023)]
    plenty = series("upheld_per_100k_similar", 4.5, 4.5, 40, unit="per_100k")
    assert doubts(series("upheld", 22, 25, 230) + plenty) == []


def test_the_reason_of_a_jump_names_what_it_was_held_against() -> None:
    (row,) = doubts(series("dealt_with", 51, 63, 631) + others("dealt_with", 50))
    assert row["reason"] == (
        "631 is out by about ten times against 63 the year before and against 50.0 at similar councils"
    )


VOUCHED: dict[str, Any] = {
    "council_slug": "Exampleshire",
    "measure": "upheld",
    "value": 23,
    "reason": "the page prints both counts in words",
    "author_role": "complaints manager",
    **YEAR,
}


@pytest.mark.parametrize(
    ("changes", "is_vouched"),
    [({}, True), ({"value": 22}, False), ({"measure": "dealt_with"}, False), ({"council_slug": "Kent"}, False)],
    ids=str,
)  # fmt: skip
def test_who_vouches_does_so_for_one_value_of_one_measure_of_one_council(
    changes: dict[str, Any], is_vouched: bool
) -> None:
    rows = doubts(figures(UPHELD | {"uphold_rate_pct": 44}), [VOUCHED | changes])
    assert columns(rows, "measure", "is_vouched") == [
        ("investigated", False),
        ("upheld", is_vouched),
        ("uphold_rate_pct", False),
    ]


def entry(stated: dict[str, float], doubt: Rows, **changes: Any) -> Rows:
    return result(
        "quality.vouched_figures",
        {
            "staging.vouched_figures": [VOUCHED | {"source_row": 2} | changes],
            "core.council_names": [{"folded_name": "exampleshire", "gss_code": "X99999901"}],
            "core.document_figures": figures(stated),
            "core.doubts": doubt,
        },
    )


DOUBT = [
    {name: value for name, value in PAGE.items() if name not in ("precedence", "unit")}
    | {"measure": "upheld", "value": 23, "reason": "so", "is_vouched": True}
]


@pytest.mark.parametrize(
    ("stated", "doubt", "changes", "state"),
    [
        (UPHELD, DOUBT, {}, "needed"),
        (UPHELD, [], {}, "no longer needed"),
        (UPHELD | {"upheld": 24}, [], {}, "the figure is another"),
        ({"investigated": 26}, [], {}, "there is no such figure"),
        (UPHELD, [], {"council_slug": "Nowhere"}, "no council has that name"),
    ],
    ids=str,
)
def test_an_entry_of_the_corrections_file_says_whether_it_is_needed(
    stated: dict[str, float], doubt: Rows, changes: dict[str, Any], state: str
) -> None:
    assert columns(entry(stated, doubt, **changes), "state") == [(state,)]


def test_a_figure_whose_year_was_noted_as_doubtful_is_doubted() -> None:
    assert doubted({"upheld": 41}, note="doubtful, may be 2018-19") == {"upheld"}
    assert doubted({"upheld": 41}, note="revised data") == set()


@pytest.mark.parametrize(("second", "is_doubted"), [(17, True), (22.6, False), (23, False)])
def test_a_figure_that_its_document_gives_in_two_ways_is_doubted(second: float, is_doubted: bool) -> None:
    drawn = figures({"upheld": 23})
    read = {name: value for name, value in PAGE.items() if name not in ("precedence", "version")}
    twice = [
        read | {"measure": "upheld", "value": value, "as_printed": f"{value:g}", "capture_sha256": None}
        for value in (23, second)
    ]
    elsewhere = {"address": "another page", "value": 5, "as_printed": "5"}
    found = doubts(drawn, readings=[*twice, twice[0] | elsewhere])
    assert [row["reason"] for row in found] == ["its document gives it as 17 and as 23"] * is_doubted
