"""A council is set beside its comparators: their cases pooled without it, the absent counted, the ended left out."""

from datetime import date
from typing import Any

import pytest

from tests.sql.harness import Rows, columns, result, table

YEAR: dict[str, Any] = {
    "indicator": "rate",
    "period_start": "2023-04-01",
    "period_end": "2024-03-31",
    "period_label": "2023-24",
    "is_financial_year": True,
    "is_after_abolition": False,
}
ALL_COMPARE = table(
    """
    comparator_group | gss_code  | comparator_gss_code
    same             | X99999901 | X99999902
    same             | X99999901 | X99999903
    same             | X99999901 | X99999904
    """
)


def comparison(figures: str, polarity: str = "lower", **everywhere: Any) -> dict[str, Any]:
    """The first council's row beside the other three."""
    rows = result(
        "marts.comparisons",
        {
            "marts.indicator_values": table(figures, **(YEAR | everywhere)),
            "core.indicators": [{"indicator": "rate", "per": 100, "polarity": polarity}],
            "core.comparators": ALL_COMPARE,
        },
    )
    return rows[0] if rows else {}


COMPARED: dict[str, tuple[str, dict[str, Any]]] = {
    "our cases are left out": (
        """
        gss_code  | numerator | denominator | value
        X99999901 | 90        | 100         | 90
        X99999902 | 1         | 10          | 10
        X99999903 | 15        | 30          | 50
        """,
        {"pooled_numerator": 16, "pooled_denominator": 40, "pooled_value": 40},
    ),
    "who has no figure is counted and not pooled": (
        """
        gss_code  | numerator | denominator | value | missing_reason
        X99999901 | 9         | 10          | 90    |
        X99999902 | 5         | 10          | 50    |
        X99999903 | 7         |             |       | no denominator
        X99999904 |           |             |       | not held
        """,
        {"comparators": 3, "comparators_with_data": 1, "pooled_numerator": 5},
    ),
    "the median weighs councils alike and takes a printed percentage without its count": (
        """
        gss_code  | numerator | denominator | value | printed_value
        X99999901 | 9         | 10          | 90    |
        X99999902 | 1         | 100         | 1     | 1
        X99999903 | 3         | 10          | 30    | 30
        X99999904 |           |             |       | 80
        """,
        {"median_value": 30, "comparators_with_data": 2},
    ),
    "a doubted figure is in no pool and no median": (
        """
        gss_code  | numerator | denominator | value | printed_value | doubt
        X99999901 | 9         | 10          | 90    |               |
        X99999902 | 1         | 10          | 10    | 10            |
        X99999903 | 30        | 10          |       | 99            | so
        """,
        {"pooled_numerator": 1, "median_value": 10, "comparators_with_data": 1},
    ),
    "without a value of our own we see the others": (
        """
        gss_code  | value | missing_reason
        X99999901 |       | not held
        X99999902 | 100   |
        """,
        {"value": None, "comparators_with_data": 1},
    ),
    "nobody has a figure": (
        """
        gss_code  | missing_reason
        X99999901 | not held
        X99999902 | not held
        """,
        {},
    ),
    "a late figure of an abolished council is left out": (
        """
        gss_code  | numerator | denominator | value | is_after_abolition
        X99999901 | 9         | 10          | 90    | false
        X99999902 | 5         | 10          | 50    | false
        X99999903 | 1         | 10          | 10    | true
        """,
        {"comparators": 1, "pooled_numerator": 5},
    ),
    "without the service a council is no comparator": (
        """
        gss_code  | value | missing_reason
        X99999901 | 90    |
        X99999902 | 50    |
        X99999903 |       | not applicable
        """,
        {"comparators": 1},
    ),
}


@pytest.mark.parametrize("case", COMPARED)
def test_the_comparators_figures_are_pooled_and_counted(case: str) -> None:
    drawn, expected = COMPARED[case]
    row = comparison(drawn)
    assert {name: row[name] for name in expected} == expected
    assert bool(row) is bool(expected)


def test_a_figure_from_before_a_council_began_is_nobodys_comparison() -> None:
    figures = """
        gss_code  | numerator | denominator | value
        X99999901 | 90        | 100         | 90
        X99999902 | 1         | 10          | 10
        X99999903 | 15        | 30          | 50
        """

    def pooled(first_day: str | None) -> int | None:
        rows = result(
            "marts.comparisons",
            {
                "marts.indicator_values": table(figures, **YEAR),
                "core.indicators": [{"indicator": "rate", "per": 100, "polarity": "lower"}],
                "core.comparators": ALL_COMPARE,
                "core.councils": [{"gss_code": "X99999903", "valid_from": first_day}],
            },
        )
        return next(row["pooled_denominator"] for row in rows if row["gss_code"] == "X99999901")

    assert (pooled(None), pooled("2023-04-01"), pooled("2023-04-02")) == (40, 40, 10)


def test_only_financial_years_are_compared() -> None:
    assert comparison("gss_code | value\nX99999901 | 90\nX99999902 | 50", is_financial_year=False) == {}


def test_figures_of_different_years_are_never_compared() -> None:
    figures = [
        *table("gss_code | value\nX99999901 | 90", **YEAR),
        *table(
            "gss_code | value\nX99999902 | 50",
            **(YEAR | {"period_start": "2022-04-01", "period_end": "2023-03-31"}),
        ),
    ]
    rows = result(
        "marts.comparisons",
        {
            "marts.indicator_values": figures,
            "core.indicators": [{"indicator": "rate", "per": 100, "polarity": "lower"}],
            "core.comparators": ALL_COMPARE,
        },
    )
    assert rows == []


def latest(drawn: str) -> list[tuple[Any, ...]]:
    rows = result(
        "marts.latest_years",
        {"marts.indicator_values": table(drawn, indicator="rate", gss_code="X99999901")},
    )
    return columns(rows, "period_start", "period_end", "period_label")


LAST_YEAR = (date(2023, 4, 1), date(2024, 3, 31), "2023-24")


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ("2022-04-01 | 2023-03-31 | 2022-23 | true | 50 | 50\n2023-04-01 | 2024-03-31 | 2023-24 | true | 60 |\n"
         "2024-04-01 | 2025-03-31 | 2024-25 | true | |", [LAST_YEAR]),
        ("2022-04-01 | 2023-03-31 | 2022-23 | true | 50 | 50\n2023-04-01 | 2024-03-31 | 2023-24 | true | | 60",
         [LAST_YEAR]),
        ("2023-04-01 | 2024-03-31 | 2023-24 | true | 50 |\n2024-04-01 | 2024-09-30 | A half year | false | 60 |",
         [LAST_YEAR]),
        ("2020-04-01 | 2020-09-30 | A half year | false | 25 |",
         [(date(2020, 4, 1), date(2020, 9, 30), "A half year")]),
        ("2023-04-01 | 2024-03-31 | 2023-24 | true | |", []),
    ],
    ids=["the last with a figure", "a printed percentage is one", "a whole year first", "a half year alone", "none"],
)  # fmt: skip
def test_the_latest_year_is_the_last_whole_one_with_a_figure(figures: str, expected: list[Any]) -> None:
    header = "period_start | period_end | period_label | is_financial_year | value | printed_value"
    assert latest(f"{header}\n{figures}") == expected


@pytest.mark.parametrize("year_first", [True, False])
def test_a_whole_year_comes_before_its_own_last_quarter(year_first: bool) -> None:
    year = "2023-04-01 | 2024-03-31 | 2023-24 | true | 50"
    quarter = "2024-01-01 | 2024-03-31 | January to March 2024 | false | 60"
    body = [year, quarter] if year_first else [quarter, year]
    header = "period_start | period_end | period_label | is_financial_year | value"
    assert latest("\n".join([header, *body])) == [LAST_YEAR]


def coverage(drawn: str) -> list[tuple[Any, ...]]:
    councils: Rows = table(
        """
        gss_code  | lgsco_type
        X99999901 | county
        X99999902 | county
        X99999903 | unitary
        """
    )
    rows = result("marts.coverage", {"marts.indicator_values": table(drawn, **YEAR), "core.councils": councils})
    return columns(rows, "lgsco_type", "councils", "councils_with_data")


def test_coverage_counts_the_councils_of_each_type_and_those_with_a_figure() -> None:
    drawn = "gss_code | value\nX99999901 | 5\nX99999902 |\nX99999903 |"
    assert coverage(drawn) == [("county", 2, 1), ("unitary", 1, 0)]


def test_coverage_leaves_out_councils_without_the_service() -> None:
    drawn = "gss_code | value | missing_reason\nX99999901 | 5 |\nX99999902 | | not applicable"
    assert coverage(drawn) == [("county", 1, 1)]


@pytest.mark.parametrize(
    ("called", "groups_with_verdict", "is_same"),
    [
        (["Worse", "Worse", None], 2, True),
        (["Worse", "Cannot say"], 2, False),
        (["About the same", "Cannot say"], 2, True),
        (["higher", "lower"], 2, False),
        (["Worse", None], 1, None),
    ],
)
def test_the_stress_test_says_whether_every_group_points_the_same_way(
    called: list[str | None], groups_with_verdict: int, is_same: bool | None
) -> None:
    verdicts = [
        {"indicator": "upheld", "gss_code": "X99999901", "period_start": "2023-04-01", "called": word}
        | {"period_end": "2024-03-31", "comparator_group": str(place)}
        for place, word in enumerate(called)
    ]
    (row,) = result("marts.stress_tests", {"marts.verdicts": verdicts})
    assert row["comparator_groups"] == len(called)
    assert (row["groups_with_verdict"], row["is_same_in_all_groups"]) == (groups_with_verdict, is_same)
