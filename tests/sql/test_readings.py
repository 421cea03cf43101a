"""Every figure is read as far as it can be; whatever cannot be used says why, and nothing is corrected."""

from typing import Any

import pytest

from tests.sql.harness import Rows, columns, result, table

NAMES = table(
    """
    folded_name           | gss_code
    exampleshire invented | X99999901
    sampleshire invented  | X99999902
    """,
    is_short=False,
)
MEASURES = table(
    """
    measure         | unit    | family
    upheld          | count   | ombudsman
    uphold_rate_pct | percent | ombudsman
    remedy_gbp      | gbp     | complaints
    """
)
MEASURE_NAMES = table(
    """
    source               | name         | scope | measure
    statistics_pages     | upheld       | all   | upheld
    letters_and_press    | uphold_rate  | all   | uphold_rate_pct
    letters_and_press    | upheld       | all   | upheld
    published_indicators | payments     | adult | remedy_gbp
    """
)
PAGE: dict[str, Any] = {
    "source_row": 2,
    "council_slug": "exampleshire-invented",
    "period_start": "2023-04-01",
    "period_end": "2024-03-31",
    "measure": "upheld",
    "as_printed": "12",
    "value": 12,
    "source_url": "https://pages.example/1",
}
QUOTED: dict[str, Any] = {
    "source_row": 2,
    "council_slug": "exampleshire-invented",
    "body": "council",
    "period_start": "2023-04-01",
    "period_end": "2024-03-31",
    "name": "uphold_rate",
    "as_printed": "80",
    "value": 80,
    "source_url": "https://letters.example/1",
    "is_first_hand": True,
}


def read(
    pages: Rows | None = None,
    quoted: Rows | None = None,
    published: Rows | None = None,
    names: Rows = NAMES,
) -> Rows:
    return result(
        "core.readings",
        {
            "staging.statistics_pages": pages or [],
            "staging.letters_and_press": quoted or [],
            "staging.published_indicators": published or [],
            "core.council_names": names,
            "core.measures": MEASURES,
            "core.measure_names": MEASURE_NAMES,
            "core.as_at": table("moment\n2999-12-31"),
        },
    )


def problem(**changes: Any) -> str | None:
    """Why one figure quoted from a letter is set aside when some of it is changed."""
    found: str | None = read(quoted=[QUOTED | changes])[0]["problem"]
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Exampleshire (invented)", None),
        ("A name that nobody knows", None),
        ("Sampleshire (invented)", "the source names another council"),
    ],
)
def test_a_page_that_names_another_council_than_its_address_gives_it_no_figure(name: str, expected: str | None) -> None:
    assert columns(read(pages=[PAGE | {"council_name": name}]), "problem") == [(expected,)]


@pytest.mark.parametrize(("period_end", "expected"), [("2023-03-31", "X99999900"), ("2024-03-31", "X99999901")])
def test_a_name_that_two_councils_had_in_turn_means_the_one_of_the_figures_year(period_end: str, expected: str) -> None:
    names = table(
        """
        folded_name          | gss_code  | is_short | former_gss_code | former_last_day
        exampleshire         | X99999901 | false    | X99999900       | 2023-03-31
        """
    )
    rows = read(
        quoted=[QUOTED | {"council_slug": "Exampleshire", "period_start": None, "period_end": period_end}],
        names=names,
    )
    assert columns(rows, "gss_code") == [(expected,)]


def test_a_short_name_in_a_document_means_no_council() -> None:
    names = table("folded_name | gss_code | is_short\nexampleshire invented | X99999901 | true")
    assert columns(read(quoted=[QUOTED], names=names), "problem") == [("no code or name resolves the council",)]


def test_an_address_that_nobody_knows_leaves_the_name_to_say_which_council_it_is() -> None:
    page = PAGE | {"council_slug": "exampleshire-county", "council_name": "Exampleshire (invented)"}
    assert columns(read(pages=[page]), "gss_code", "problem") == [("X99999901", None)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"council_slug": "another-invented"}, "no code or name resolves the council"),
        ({"council_slug": None}, "no code or name resolves the council"),
        ({"name": "kindness"}, "the source's name for the figure is not in the register of measures"),
        *(({"value": value}, "not a number") for value in (None, "nan", "inf", "-inf")),
        *(({"name": "upheld", "value": value}, "not a number") for value in ("nan", "inf")),
        *(({"value": value}, "a percentage outside 0 to 100") for value in (100.1, -0.1)),
        *(({"value": value}, None) for value in (0, 100)),
        *(({"name": "upheld", "value": value}, "a count that is not a whole number") for value in (12.5, -1)),
        *(({end: None}, "no period is stated") for end in ("period_start", "period_end")),
        ({"period_end": "2023-03-31"}, "the period ends before it starts"),
        ({"period_end": "2023-04-01"}, None),
    ],
)
def test_a_figure_is_used_or_set_aside_with_its_problem(changes: dict[str, Any], expected: str | None) -> None:
    assert problem(**changes) == expected


def test_one_address_that_gives_two_values_is_set_aside_on_both_sides() -> None:
    rows = read(quoted=[QUOTED, QUOTED | {"source_row": 3, "value": 81}])
    assert columns(rows, "source_row", "problem") == [
        (2, "one address gives two values for one figure"),
        (3, "one address gives two values for one figure"),
    ]


@pytest.mark.parametrize("other", [{}, {"value": 81, "source_url": "https://letters.example/2"}])
def test_the_same_value_twice_or_another_address_is_no_contradiction(other: dict[str, Any]) -> None:
    rows = read(quoted=[QUOTED, QUOTED | {"source_row": 3} | other])
    assert columns(rows, "problem") == [(None,), (None,)]


def test_no_limit_and_a_limit_of_0_days_are_the_same_figure() -> None:
    figure = {**QUOTED, "source": "peer_indicators", "name": "payments", "procedure": "all", "stage": "all"}
    del figure["body"]
    rows = read(published=[figure, figure | {"source_row": 3, "limit_days": 0, "value": 81}])
    assert columns(rows, "problem") == [("one address gives two values for one figure",)] * 2


def test_a_figure_that_is_not_about_one_council_is_no_reading() -> None:
    assert read(quoted=[QUOTED | {"body": "national"}]) == []


def test_what_a_source_calls_a_figure_says_which_part_of_the_council_it_counts() -> None:
    figure = {**QUOTED, "source": "own_indicators", "name": "payments", "procedure": "all", "stage": "all"}
    del figure["body"]
    assert columns(read(published=[figure]), "measure", "scope", "unit") == [("remedy_gbp", "adult", "gbp")]


def test_a_statistics_page_a_letter_and_the_press_are_kinds_of_witness() -> None:
    rows = read(pages=[PAGE], quoted=[QUOTED, QUOTED | {"source_row": 3, "is_first_hand": False}])
    assert columns(rows, "source", "witness_kind") == [
        ("letters_and_press", "letter or report"),
        ("letters_and_press", "press"),
        ("statistics_pages", "statistics page"),
    ]


@pytest.mark.parametrize(
    ("year_end", "kept_apart"),
    [
        ("2012-03-31", "from before 2012-13, when the Ombudsman counted in other categories"),
        ("2013-03-31", None),
    ],
)
def test_a_figure_of_before_2012_13_is_kept_apart(year_end: str, kept_apart: str | None) -> None:
    first_day = f"{int(year_end[:4]) - 1}-04-01"
    rows = read(quoted=[QUOTED | {"period_start": first_day, "period_end": year_end}])
    assert columns(rows, "problem", "kept_apart") == [(None, kept_apart)]


def test_a_figure_without_an_address_is_known_by_its_row() -> None:
    rows = read(quoted=[QUOTED | {"source_url": None}])
    assert columns(rows, "source_url", "address", "problem") == [(None, "no address: letters_and_press row 2", None)]


def test_quarantine_holds_exactly_the_readings_with_a_problem() -> None:
    rows = result(
        "quality.quarantine",
        {
            "core.readings": table(
                """
                source          | source_row | name   | problem
                peer_indicators | 2          | upheld | not a number
                peer_indicators | 3          | upheld |
                """
            )
        },
    )
    assert columns(rows, "source_row", "problem") == [(2, "not a number")]
