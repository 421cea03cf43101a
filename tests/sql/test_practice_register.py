"""Published practices: overdue ones are marked, and a lead stands beside them without being explained by them."""

from datetime import date, timedelta

from tests.sql.harness import Rows, columns, result, table

YEAR = {"period_start": "2024-04-01", "period_end": "2025-03-31", "period_label": "2024-25"}
GROUP = {"comparator_group": "lgsco_type"}


def standing(learn_from: Rows, latest: Rows | None = None) -> Rows:
    """Practices of two peers, the second without figures, beside one council."""
    return result(
        "marts.practice_standing",
        {
            "core.indicators": table(
                """
                indicator | title | polarity | report_order
                upheld    | Upheld | lower | 1
                volume    | Volume | none  | 2
                """
            ),
            "marts.latest_years": latest
            or table("indicator | gss_code\nupheld | X99999901\nvolume | X99999901", **YEAR),
            "marts.indicator_values": table(
                """
                indicator | gss_code  | value
                upheld    | X99999901 | 80
                upheld    | X99999902 | 60
                volume    | X99999901 | 10
                volume    | X99999902 | 20
                """,
                **YEAR,
            ),
            "marts.practices": table(
                """
                source_row | gss_code  | theme
                2          | X99999902 | tracking
                3          | X99999903 | tracking
                4          |           | guidance
                """
            ),
            "core.comparators": table(
                """
                gss_code  | comparator_gss_code
                X99999901 | X99999902
                X99999901 | X99999903
                """,
                **GROUP,
            ),
            "marts.learn_from": learn_from,
        },
    )


def test_a_lead_in_the_latest_year_stands_beside_the_practice_with_what_it_is_on() -> None:
    rows = standing(table("indicator | gss_code | peer_gss_code\nupheld | X99999901 | X99999902", **YEAR, **GROUP))
    assert columns(rows, "source_row", "standing", "better_on") == [
        (2, "credibly_better", "Upheld"),
        (3, "not_compared", None),
    ]


def test_without_a_credible_lead_the_practice_says_so() -> None:
    assert columns(standing([]), "source_row", "standing") == [(2, "no_credible_lead"), (3, "not_compared")]


def test_a_lead_of_an_earlier_year_is_not_counted() -> None:
    earlier = {"period_start": "2023-04-01", "period_end": "2024-03-31", "period_label": "2023-24"}
    rows = standing(table("indicator | gss_code | peer_gss_code\nupheld | X99999901 | X99999902", **earlier, **GROUP))
    assert columns(rows, "source_row", "standing")[0] == (2, "no_credible_lead")


def test_an_entry_whose_review_has_passed_is_marked_and_kept() -> None:
    # two days either side, so that a midnight between here and there changes nothing
    before, after = (date.today() + timedelta(days=days) for days in (-2, 2))
    rows = result(
        "marts.practices",
        {
            "core.council_names": table("gss_code | folded_name | is_short\nX99999901 | example | false"),
            "staging.practices": table(
                f"""
                source_row | council_slug | review_date
                2          | example      | {before}
                3          | example      | {after}
                """
            ),
        },
    )
    assert columns(rows, "source_row", "is_review_overdue") == [(2, True), (3, False)]
