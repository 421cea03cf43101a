"""One address is one witness; where witnesses differ the better kind is used, and all of them are shown."""

from datetime import date
from typing import Any

import pytest

from tests.sql.harness import Rows, columns, result, table

FIGURE: dict[str, Any] = {
    "gss_code": "X99999901",
    "period_start": "2023-04-01",
    "period_end": "2024-03-31",
    "measure": "upheld",
    "unit": "count",
    "procedure": "all",
    "stage": "all",
    "scope": "all",
}


def witnesses(readings: str) -> Rows:
    return result("core.witnesses", {"core.readings": table(readings, **FIGURE)})


def observations(drawn: str) -> Rows:
    return result("core.observations", {"core.witnesses": table(drawn, limit_days=0, **FIGURE)})


def test_the_same_figure_met_twice_at_one_address_is_one_witness() -> None:
    rows = witnesses(
        """
        source            | source_row | value | as_printed | address           | witness_kind
        letters_and_press | 2          | 12    | 12         | https://a.example | press
        letters_and_press | 3          | 12    | twelve     | https://a.example | press
        """
    )
    assert columns(rows, "address", "value") == [("https://a.example", 12.0)]


def test_the_same_figure_at_two_addresses_has_two_witnesses() -> None:
    rows = witnesses(
        """
        source            | source_row | value | address           | witness_kind
        letters_and_press | 2          | 12    | https://a.example | press
        letters_and_press | 3          | 12    | https://b.example | press
        """
    )
    assert columns(rows, "address") == [("https://a.example",), ("https://b.example",)]


def test_a_figure_that_was_set_aside_is_no_witness() -> None:
    assert (
        witnesses(
            """
            source            | source_row | value | address           | witness_kind | problem
            letters_and_press | 2          | 12    | https://a.example | press        | no period is stated
            """
        )
        == []
    )


def test_a_figure_that_is_kept_apart_is_no_witness() -> None:
    drawn = "source | source_row | value | address | witness_kind | kept_apart"
    assert witnesses(f"{drawn}\nx | 2 | 12 | a | press | from before 2012-13") == []


def test_no_stated_limit_is_a_limit_of_0_days() -> None:
    rows = witnesses(
        """
        source          | source_row | value | address           | witness_kind     | limit_days
        peer_indicators | 2          | 12    | https://a.example | letter or report |
        """
    )
    assert columns(rows, "limit_days") == [(0,)]


def test_a_page_that_a_letter_quotes_under_the_same_address_stays_a_statistics_page() -> None:
    rows = witnesses(
        """
        source            | source_row | value | as_printed | address           | witness_kind
        letters_and_press | 2          | 12    | twelve     | https://a.example | letter or report
        statistics_pages  | 9          | 12    | 12         | https://a.example | statistics page
        """
    )
    assert columns(rows, "witness_kind", "precedence", "source", "source_row", "as_printed") == [
        ("statistics page", 2, "statistics_pages", 9, "12")
    ]


def test_what_an_address_said_last_is_what_it_says() -> None:
    rows = witnesses(
        """
        source         | source_row | value | address           | witness_kind    | captured_at
        captured_pages | 1          | 13    | https://a.example | statistics page | 2026-05-02
        captured_pages | 2          | 12    | https://a.example | statistics page | 2026-05-01
        """
    )
    assert columns(rows, "value") == [(13.0,)]


def test_the_ombudsmans_page_is_used_before_a_letter_and_a_letter_before_the_press() -> None:
    drawn = """
        value | precedence | witness_kind     | source_url        | address
        13    | 4          | press            | https://a.example | https://a.example
        12    | 3          | letter or report | https://b.example | https://b.example
        {page}
        """
    page = "11 | 2 | statistics page | https://c.example | https://c.example"
    assert columns(observations(drawn.format(page="")), "value") == [(12.0,)]
    assert columns(observations(drawn.format(page=page)), "value") == [(11.0,)]


def test_an_observation_counts_its_witnesses_and_says_whether_they_differ() -> None:
    agreed = observations(
        """
        value | precedence | source_url        | address
        12    | 3          | https://a.example | https://a.example
        12    | 4          | https://b.example | https://b.example
        """
    )
    differing = observations(
        """
        value | precedence | source_url        | address
        12    | 3          | https://a.example | https://a.example
        13    | 4          | https://b.example | https://b.example
        """
    )
    assert columns(agreed, "witnesses", "has_disagreement") == [(2, False)]
    assert columns(differing, "witnesses", "has_disagreement") == [(2, True)]


def test_figures_against_different_limits_are_different_observations() -> None:
    rows = result(
        "core.observations",
        {
            "core.witnesses": table(
                """
                value | limit_days | address
                12    | 25         | https://a.example
                30    | 65         | https://a.example
                """,
                precedence=3,
                **FIGURE,
            )
        },
    )
    assert columns(rows, "limit_days", "value", "witnesses") == [(25, 12.0, 1), (65, 30.0, 1)]


def test_every_witness_of_a_disputed_figure_is_listed_and_the_used_one_marked() -> None:
    drawn = table(
        """
        value | address           | source_url        | witness_kind
        12    | https://a.example | https://a.example | statistics page
        13    | https://b.example | https://b.example | press
        """,
        limit_days=0,
        **FIGURE,
    )
    rows = result(
        "quality.disagreements",
        {
            "core.witnesses": drawn,
            "core.observations": table(
                """
                value | source_url
                12    | https://a.example
                """,
                limit_days=0,
                has_disagreement=True,
                **FIGURE,
            ),
        },
    )
    assert columns(rows, "address", "value", "is_used") == [
        ("https://a.example", 12.0, True),
        ("https://b.example", 13.0, False),
    ]


def test_witnesses_that_agree_are_no_disagreement() -> None:
    rows = result(
        "quality.disagreements",
        {
            "core.witnesses": table(
                """
                value | address
                12    | https://a.example
                12    | https://b.example
                """,
                limit_days=0,
                **FIGURE,
            ),
            "core.observations": table("value\n12", limit_days=0, has_disagreement=False, **FIGURE),
        },
    )
    assert rows == []


def periods(drawn: str) -> list[tuple[Any, ...]]:
    return columns(result("core.periods", {"core.witnesses": table(drawn)}), "period_label", "is_financial_year")


@pytest.mark.parametrize(
    ("start", "end", "label", "is_financial_year"),
    [
        ("2023-04-01", "2024-03-31", "2023-24", True),
        ("2099-04-01", "2100-03-31", "2099-00", True),
        ("2023-01-01", "2023-12-31", "January to December 2023", False),
        ("2022-04-01", "2024-03-31", "April 2022 to March 2024", False),
        ("2023-10-01", "2025-10-01", "1 October 2023 to 1 October 2025", False),
        ("2024-03-31", "2024-03-31", "31 March 2024", False),
    ],
)
def test_a_period_has_its_label(start: str, end: str, label: str, is_financial_year: bool) -> None:
    assert periods(f"period_start | period_end\n{start} | {end}") == [(label, is_financial_year)]


def test_several_copies_of_one_page_are_one_and_it_is_truncated_only_if_all_are() -> None:
    rows = result(
        "core.page_copies",
        {
            "core.council_names": table("gss_code | folded_name | is_short\nX99999901 | example | false"),
            "staging.statistics_copies": table(
                """
                source_row | council_slug | period_start | period_end | is_truncated
                2          | example      | 2023-04-01   | 2024-03-31 | true
                3          | example      | 2023-04-01   | 2024-03-31 | false
                4          | example      | 2024-04-01   | 2025-03-31 | true
                5          | example      |              | 2025-03-31 | true
                """
            ),
        },
    )
    assert columns(rows, "period_start", "is_truncated") == [
        (date(2023, 4, 1), False),
        (date(2024, 4, 1), True),
    ]
