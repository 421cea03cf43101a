"""Raw text becomes typed rows; what cannot be typed is missing, never guessed."""

from datetime import date
from typing import Any

import pytest

from tests.sql.harness import columns, result, table


def test_a_statistics_page_becomes_one_row_for_each_figure_that_it_prints() -> None:
    rows = result(
        "staging.statistics_pages",
        {
            "raw.statistics_pages": table(
                """
                source_row | slug    | period_start | period_end | investigated | upheld
                2          | example | 2023-04-01   | 2024-03-31 | 26           | 23
                """
            )
        },
    )
    assert columns(rows, "measure", "as_printed", "value") == [
        ("investigated", "26", 26.0),
        ("upheld", "23", 23.0),
    ]


@pytest.mark.parametrize(
    ("column", "measure"),
    [
        ("uphold_rate_similar_avg_pct", "uphold_rate_similar_pct"),
        ("upheld_per_100k_similar_avg", "upheld_per_100k_similar"),
        ("compliance_similar_avg_pct", "compliance_rate_similar_pct"),
        ("satisfactory_remedy_similar_avg_pct", "satisfactory_remedy_rate_similar_pct"),
    ],
)
def test_the_ombudsmans_averages_get_this_projects_names(column: str, measure: str) -> None:
    rows = result(
        "staging.statistics_pages",
        {"raw.statistics_pages": table(f"source_row | slug | {column}\n2 | example | 85")},
    )
    assert columns(rows, "measure", "value") == [(measure, 85.0)]


@pytest.mark.parametrize("printed", ["n/a", ">50 reduction", "1,234", "12%"])
def test_what_is_no_number_keeps_its_characters_and_has_no_value(printed: str) -> None:
    rows = result(
        "staging.statistics_pages",
        {
            "raw.statistics_pages": table(
                f"""
                source_row | slug    | upheld
                2          | example | {printed}
                """
            )
        },
    )
    assert columns(rows, "as_printed", "value") == [(printed, None)]


def test_a_copy_that_ends_early_is_known_as_truncated() -> None:
    rows = result(
        "staging.statistics_copies",
        {
            "raw.statistics_pages": table(
                """
                source_row | slug    | period_start | period_end | truncated
                2          | example | 2023-04-01   | 2024-03-31 | 0
                3          | example | 2024-04-01   | 2025-03-31 | 1
                """
            )
        },
    )
    assert columns(rows, "source_row", "is_truncated") == [(2, False), (3, True)]


def test_a_letters_year_is_a_financial_year() -> None:
    rows = result(
        "staging.letters_and_press",
        {
            "raw.letters_and_press": table(
                """
                source_row | council_id | body    | year    | measure | value
                2          | example    | council | 2019-20 | upheld  | 12
                """
            )
        },
    )
    assert columns(rows, "period_start", "period_end") == [(date(2019, 4, 1), date(2020, 3, 31))]


@pytest.mark.parametrize("year", ["unknown", "2019", "2019-21", "19-20"])
def test_a_letters_year_that_is_no_financial_year_gives_no_period(year: str) -> None:
    rows = result(
        "staging.letters_and_press",
        {
            "raw.letters_and_press": table(
                f"""
                source_row | council_id | body    | year   | measure | value
                2          | example    | council | {year} | upheld  | 12
                """
            )
        },
    )
    assert columns(rows, "financial_year", "period_start", "period_end") == [(year, None, None)]


@pytest.mark.parametrize(
    ("address", "is_first_hand"),
    [
        ("https://www.lgo.org.uk/your-councils-performance/example/statistics", True),
        ("https://democracy.example.gov.uk/letter.pdf", True),
        ("https://www.example.gov.uk", True),
        ("https://news.example/council.gov.uk/story", False),
        ("https://notlgo.org.uk/letter", False),
        ("no-url: a letter on paper", False),
    ],
)
def test_only_a_page_on_the_ombudsmans_or_a_councils_own_site_is_first_hand(address: str, is_first_hand: bool) -> None:
    rows = result(
        "staging.letters_and_press",
        {
            "raw.letters_and_press": table(
                f"""
                source_row | body    | year    | value | source_url
                2          | council | 2019-20 | 12    | {address}
                """
            )
        },
    )
    assert rows[0]["is_first_hand"] is is_first_hand


def letter(**stated: str) -> dict[str, Any]:
    figure = {
        "source_row": 2,
        "body": "council",
        "year": "2019-20",
        "measure": "upheld",
        "value": "12",
    } | stated
    return result("staging.letters_and_press", {"raw.letters_and_press": [figure]})[0]


@pytest.mark.parametrize(
    ("measure", "words", "base"),
    [
        ("upheld", "26 detailed investigations", 26),
        ("upheld", "26 investigated; year as printed", 26),
        ("upheld", "26", 26),
        ("upheld", "57 received", None),
        ("upheld", "119 complaints", None),
        ("uphold_rate", "31 local authority areas", None),
        ("upheld", "12 decided", 12),
        ("upheld", "13 decided", None),
        ("investigations", "60 complaints", None),
        ("satisfactory_remedy_rate", "2 out of 3", 3),
        ("upheld", "printed in words", None),
    ],
)
def test_a_number_beside_an_uphold_count_is_its_base_only_where_it_was_investigated(
    measure: str, words: str, base: int | None
) -> None:
    assert letter(measure=measure, denominator=words)["printed_base"] == base


def test_what_stands_beside_a_number_in_words_is_a_note() -> None:
    assert letter(denominator="61 investigated; doubtful, may be 2018-19")["note"] == "doubtful, may be 2018-19"


def test_a_document_without_an_address_is_its_own_source_and_first_hand() -> None:
    quoted = letter(document="Committee report of 5 December 2023")
    assert (quoted["source_url"], quoted["is_first_hand"]) == ("Committee report of 5 December 2023", True)


@pytest.mark.parametrize("relation", ["raw.own_indicators", "raw.peer_indicators"])
def test_a_published_indicator_says_which_file_it_comes_from(relation: str) -> None:
    rows = result(
        "staging.published_indicators",
        {
            relation: table(
                """
                source_row | council_id | indicator   | target_working_days | value | denominator
                2          | example    | pct_in_time | 65                  | 40    | 10
                """
            )
        },
    )
    assert columns(rows, "source", "source_row", "limit_days", "value", "printed_base") == [
        (relation.removeprefix("raw."), 2, 65, 40.0, 10)
    ]


def test_a_population_says_which_of_the_two_series_it_belongs_to() -> None:
    rows = result(
        "staging.populations",
        {
            "raw.populations": table(
                """
                source_row | gss_code  | year | population | vintage | preferred | first_release
                2          | X99999901 | 2022 | 100000     | first   | 0         | 1
                3          | X99999901 | 2022 | 101000     | rebased | 1         | 0
                """
            )
        },
    )
    assert columns(rows, "population", "is_first_release", "is_preferred") == [
        (100000, True, False),
        (101000, False, True),
    ]


def test_a_characteristic_that_is_a_label_has_no_number() -> None:
    rows = result(
        "staging.characteristics",
        {
            "raw.characteristics": table(
                """
                source_row | gss_code  | measure     | year | value
                2          | X99999901 | area_sqkm   | 2021 | 12.5
                3          | X99999901 | rural_urban | 2021 | mainly rural
                """
            )
        },
    )
    assert columns(rows, "as_published", "value") == [("12.5", 12.5), ("mainly rural", None)]


def test_a_neighbours_word_for_closeness_is_not_a_distance() -> None:
    rows = result(
        "staging.neighbours",
        {
            "raw.neighbours": table(
                """
                source_row | method | council_gss | neighbour_gss | england_rank | distance_or_closeness
                2          | a      | X99999901   | X99999902     | 1            | 0.25
                3          | a      | X99999901   | X99999903     | 2            | Very Close
                """
            )
        },
    )
    assert columns(rows, "distance", "closeness_as_published") == [(0.25, "0.25"), (None, "Very Close")]
