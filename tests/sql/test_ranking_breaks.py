"""The register of breaks parts the years of the indicators that it affects, and of no others."""

from datetime import date

from tests.sql.harness import Rows, columns, result

BREAKS: Rows = [
    {"date": "2022-04-01", "measures": "upheld|rate", "kind": "break", "what_changed": "another method"},
    {"date": "2020-04-01", "measures": "upheld", "kind": "flag", "what_changed": "a closure"},
]
YEARS = [
    {
        "period_start": date(year, 4, 1),
        "period_end": date(year + 1, 3, 31),
        "period_label": f"{year}-{year % 100 + 1}",
        "is_financial_year": True,
    }
    for year in range(2019, 2024)
]
AFFECTED: Rows = [
    {"first_day": date(2022, 4, 1), "measure": "upheld", "kind": "break", "what_changed": "another method"},
    {"first_day": date(2020, 4, 1), "measure": "upheld", "kind": "flag", "what_changed": "a closure"},
]


def segments(**indicator: str) -> Rows:
    """The stretches of one indicator."""
    given: dict[str, Rows] = {
        "core.indicators": [{"indicator": "one", **indicator}],
        "core.periods": YEARS,
        "core.breaks": AFFECTED,
    }
    return result("core.segments", given)


def test_a_change_of_method_stands_once_for_each_measure_that_it_affects() -> None:
    found = columns(result("core.breaks", {"raw.breaks": BREAKS}), "measure", "kind", "first_day")
    assert found == [
        ("upheld", "flag", date(2020, 4, 1)),
        ("rate", "break", date(2022, 4, 1)),
        ("upheld", "break", date(2022, 4, 1)),
    ]


def test_a_break_parts_the_years_and_a_flag_does_not() -> None:
    starts = [row["segment"].year for row in segments(numerator_measure="upheld", denominator_measure="investigated")]
    assert starts == [1974, 1974, 1974, 2022, 2022]


def test_the_first_year_after_a_break_is_marked_and_says_what_changed() -> None:
    rows = segments(numerator_measure="upheld")
    assert [(row["period_label"], row["what_changed"]) for row in rows if row["is_break"]] == [
        ("2022-23", "another method")
    ]
    assert [row["period_label"] for row in rows if row["is_flagged"]] == ["2020-21"]


def test_a_break_of_the_denominator_or_of_the_printed_figure_parts_the_years_too() -> None:
    for role in ("denominator_measure", "printed_measure"):
        assert {row["segment"].year for row in segments(**{role: "upheld"})} == {1974, 2022}


def test_an_indicator_of_other_measures_has_one_stretch() -> None:
    assert {row["segment"] for row in segments(numerator_measure="dealt_with")} == {date(1974, 4, 1)}
