"""The printed averages of a type, and whether the councils in hand are a fair sample of it."""

from typing import Any

import pytest
from scipy import stats

from tests.sql.harness import Rows, result

YEAR: dict[str, Any] = {
    "indicator": "rate",
    "period_start": "2023-04-01",
    "period_end": "2024-03-31",
    "period_label": "2023-24",
    "is_financial_year": True,
    "is_after_abolition": False,
}
INDICATOR = {"indicator": "rate", "kind": "proportion", "per": 100, "printed_measure": "rate_pct"}


def averages(
    values: list[float | None],
    printed: list[float | None],
    denominator: int = 10_000,
    england: Rows | None = None,
    **indicator: Any,
) -> dict[str, Any]:
    """The one row of a type whose councils have these values, and print these averages."""
    figures = [
        {
            **YEAR,
            "gss_code": f"X{place:08}",
            "value": value,
            "denominator": denominator,
            "printed_average": average,
        }
        for place, (value, average) in enumerate(zip(values, printed, strict=True))
    ]
    (row,) = result(
        "marts.type_averages",
        {
            "marts.indicator_values": figures,
            "core.indicators": [INDICATOR | indicator],
            "core.councils": [{"gss_code": figure["gss_code"], "lgsco_type": "county"} for figure in figures],
            "core.england_averages": england or [],
        },
    )
    return row


SOME = [70.0, 74.0, 78.0, 82.0, 86.0]


def test_the_average_that_most_pages_print_is_the_types() -> None:
    row = averages([*SOME, None], [80, 80, 79, 80, None, None])
    assert (row["type_average"], row["has_disagreement"]) == (80, True)


def test_the_largest_distance_by_chance_is_students_without_replacement_and_half_a_unit() -> None:
    row = averages([*SOME, *[None] * 15], [80, *[None] * 19])
    spread = stats.tstd(SOME)
    expected = stats.t.ppf(0.975, 4) * spread / 5**0.5 * (1 - 5 / 20) ** 0.5 + 0.5
    # the closed form of the quantile is right to a hundredth
    assert row["largest_by_chance"] == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("printed", [78, 80, 76, 84])
def test_a_sample_as_near_as_chance_explains_is_fair(printed: int) -> None:
    row = averages([*SOME, *[None] * 15], [printed, *[None] * 19])
    assert (row["is_fair_sample"], row["distance"]) == (True, 78 - printed)


@pytest.mark.parametrize("printed", [60, 95])
def test_a_sample_further_off_than_chance_explains_is_not_fair(printed: int) -> None:
    assert averages([*SOME, *[None] * 15], [printed, *[None] * 19])["is_fair_sample"] is False


def test_councils_at_100_per_cent_of_few_cases_are_no_proof_against_an_average_of_98() -> None:
    few, many = (averages([100.0] * 8 + [None] * 25, [98, *[None] * 32], base) for base in (12, 5_000))
    assert (few["is_fair_sample"], many["is_fair_sample"]) == (True, False)


@pytest.mark.parametrize(
    ("values", "printed"),
    [([70.0, 90.0, 80.0, 85.0, None, None], [60.0] * 6), ([*SOME, None], [None] * 6)],
)
def test_under_five_councils_or_without_a_printed_average_nothing_is_tested(
    values: list[float | None], printed: list[float | None]
) -> None:
    row = averages(values, printed)
    assert (row["is_fair_sample"], row["distance"], row["largest_by_chance"]) == (None, None, None)


def test_all_councils_of_a_type_are_a_fair_sample_of_it() -> None:
    assert averages(SOME, [60.0] * 5)["is_fair_sample"] is True


def test_a_rate_is_printed_to_a_tenth() -> None:
    row = averages(
        [4.0] * 6 + [None] * 14,
        [4.0, *[None] * 19],
        100_000_000,
        kind="rate",
        per=100_000,
        unit="per 100,000",
    )
    assert 0.05 < row["largest_by_chance"] < 0.15


def test_the_average_of_england_of_the_same_measure_and_year_stands_beside_it() -> None:
    england = [
        {
            "measure": measure,
            "period_start": start,
            "period_end": end,
            "value": value,
            "has_disagreement": False,
            "source_url": "https://example.org.uk",
        }
        for measure, start, end, value in (
            ("rate_pct", "2023-04-01", "2024-03-31", 80),
            ("rate_pct", "2022-04-01", "2023-03-31", 72),
            ("other_pct", "2023-04-01", "2024-03-31", 12),
        )
    ]
    assert averages(SOME, [80.0] * 5, england=england)["england_average"] == 80


def national(*values: tuple[str, str]) -> Rows:
    """What is kept of figures for all England: (as printed, address) of one measure and year."""
    letters = [
        {
            "source_row": place,
            "body": body,
            "name": "uphold_rate",
            "period_start": "2023-04-01",
            "period_end": "2024-03-31",
            "value": float(value),
            "source_url": address,
            "is_first_hand": "lgo" in address,
        }
        for place, (body, value, address) in enumerate(
            [("national", *one) for one in values] + [("council", "12", "https://www.lgo.org.uk/c")]
        )
    ]
    return result(
        "core.england_averages",
        {
            "staging.letters_and_press": letters,
            "core.measure_names": [
                {
                    "source": "letters_and_press",
                    "name": "uphold_rate",
                    "scope": "all",
                    "measure": "uphold_rate_pct",
                }
            ],
            "core.measures": [{"measure": "uphold_rate_pct", "unit": "percent"}],
            "core.as_at": [{"moment": "2026-11-30"}],
        },
    )


def test_an_average_of_england_is_kept_once_and_no_councils_figure_is_one() -> None:
    (row,) = national(("80", "https://a.example"), ("80", "https://b.example"))
    assert (row["measure"], row["value"], row["has_disagreement"]) == ("uphold_rate_pct", 80, False)


def test_of_two_averages_of_england_the_first_hand_one_wins_and_the_other_is_said() -> None:
    (row,) = national(("79", "https://a.example"), ("79", "https://b.example"), ("80", "https://www.lgo.org.uk/x"))
    assert (row["value"], row["has_disagreement"], row["source_url"]) == (
        80,
        True,
        "https://www.lgo.org.uk/x",
    )


FIGURES = [
    YEAR | {"gss_code": f"X9999990{place}", "numerator": 9, "denominator": 10, "value": 90.0} for place in (1, 2)
]


def compared(
    fair: bool | None, group: str = "lgsco_type", polarity: str = "lower", **verdict: Any
) -> tuple[str | None, str | None]:
    """The result of the first council beside the second, and why it is not comparable."""
    key = {name: YEAR[name] for name in ("indicator", "period_start", "period_end")}
    rows = result(
        "marts.comparisons",
        {
            "marts.indicator_values": FIGURES,
            "core.indicators": [{"indicator": "rate", "per": 100, "polarity": polarity}],
            "core.councils": [{"gss_code": "X99999901", "lgsco_type": "county"}],
            "core.comparators": [
                {"comparator_group": group, "gss_code": "X99999901", "comparator_gss_code": "X99999902"}
            ],
            "marts.verdicts": [key | {"gss_code": "X99999901", "comparator_group": group} | verdict],
            "marts.type_averages": [key | {"lgsco_type": "county", "is_fair_sample": fair}],
        },
    )
    (row,) = (row for row in rows if row["gss_code"] == "X99999901")
    return row["result"], row["result_reason"]


@pytest.mark.parametrize(
    ("fair", "about", "expected"),
    [
        (True, {"result": "Better"}, ("Better", None)),
        (None, {"result": "Better"}, ("Better", None)),
        (False, {"result": "Better"}, ("Not comparable", "sample not fair")),
        # a sample of the type says nothing of another group
        (False, {"group": "dfe_neighbours", "result": "Better"}, ("Better", None)),
        (True, {"polarity": "none", "result": "Not comparable"}, ("Not comparable", "no good direction")),
        (True, {"reason": "too few peers with data"}, ("Not comparable", "too few peers with data")),
    ],
)
def test_the_result_is_that_of_the_verdict_unless_the_sample_is_known_not_to_be_fair(
    fair: bool | None, about: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    assert compared(fair, **about) == expected
