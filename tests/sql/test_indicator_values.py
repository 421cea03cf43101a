"""Every council has a row for every year in which anyone has a figure: its value and interval, or why not."""

from datetime import date
from typing import Any, cast

import pytest
from scipy.stats import chi2
from statsmodels.stats.proportion import proportion_confint

from assets.reference import poisson_limits
from tests.sql.harness import Rows, columns, result, table

YEAR: dict[str, Any] = {"period_start": "2023-04-01", "period_end": "2024-03-31"}
ALL: dict[str, Any] = {"procedure": "all", "stage": "all", "scope": "all"}

UPHOLD_RATE: dict[str, Any] = {
    "indicator": "uphold_rate",
    "family": "ombudsman",
    "kind": "proportion",
    "per": 100,
    "unit": "percent",
    "numerator_measure": "upheld",
    "denominator_measure": "investigated",
    "printed_measure": "uphold_rate_pct",
    "printed_average_measure": "uphold_rate_similar_pct",
    "is_upper_tier_only": False,
    **ALL,
}
COMPLIANCE_RATE: dict[str, Any] = UPHOLD_RATE | {
    "indicator": "compliance_rate",
    "numerator_measure": None,
    "denominator_measure": "compliance_outcomes",
    "printed_measure": "compliance_rate_pct",
}
PER_HEAD: dict[str, Any] = UPHOLD_RATE | {
    "indicator": "upheld_per_100k",
    "kind": "rate",
    "per": 100_000,
    "unit": "per 100,000 residents",
    "denominator_measure": "population",
    "printed_measure": "upheld_per_100k",
}
IN_TIME: dict[str, Any] = UPHOLD_RATE | {
    "indicator": "stage2_in_time",
    "family": "complaints",
    "numerator_measure": "completed_in_time",
    "denominator_measure": "completed",
    "printed_measure": "in_time_pct",
    "limit_days": 65,
    "is_upper_tier_only": True,
}
COUNCILS = table(
    """
    gss_code  | is_upper_tier | valid_from | valid_to
    X99999901 | true          |            |
    X99999902 | true          |            |
    """
)
PERIODS = table(
    """
    period_start | period_end | period_label         | is_financial_year
    2022-04-01   | 2023-03-31 | 2022-23              | true
    2023-04-01   | 2024-03-31 | 2023-24              | true
    2023-04-01   | 2023-09-30 | April to September 2023 | false
    """
)


def values(
    observations: str,
    indicator: dict[str, Any] = UPHOLD_RATE,
    councils: Rows = COUNCILS,
    populations: Rows | None = None,
    copies: Rows | None = None,
    **everywhere: Any,
) -> Rows:
    """The indicator's values; undrawn, what is observed is of the first council and the year 2023-24."""
    observed = {
        "gss_code": "X99999901",
        "limit_days": 0,
        "has_disagreement": False,
        **YEAR,
        **ALL,
    } | everywhere
    return result(
        "marts.indicator_values",
        {
            "core.indicators": [indicator],
            "core.observations": [observed | row for row in table(observations)],
            "core.councils": councils,
            "core.periods": PERIODS,
            "core.page_copies": copies or [],
            "core.populations": populations or [],
            "core.poisson_limits": cast(Rows, poisson_limits().to_dict("records")),
        },
    )


def ours(*arguments: Any, **keywords: Any) -> dict[str, Any]:
    """The first council's row."""
    return values(*arguments, **keywords)[0]


COUNTS = "measure | value\nupheld | {upheld}\ninvestigated | {investigated}"
NO_SHARE = {"value": None, "missing_reason": "no denominator"}
NOT_PRINTED = {"value": None, "missing_reason": "number of cases not printed"}
COMPLIANCE = "measure | value\ncompliance_rate_pct | {}\ncompliance_outcomes | {}"
PRINTED_TOO = """
    measure                 | value | as_printed
    upheld                  | 22    | 22
    investigated            | 24    | 24
    uphold_rate_pct         | 93    | 93
    uphold_rate_similar_pct | 85    | 85
"""
TWO_LIMITS = """
    measure           | value | limit_days
    completed_in_time | 5     | 65
    completed_in_time | 7     | 0
    completed         | 8     | 0
"""
TWO_WITNESSES = """
    measure      | value | witness_kind    | source_url
    upheld       | 1     | statistics page | https://z.example
    investigated | 2     | press           | https://a.example
"""
UPHELD = "measure | value\nupheld | 12"
ROWS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("a share", COUNTS.format(upheld=33, investigated=40), UPHOLD_RATE,
     {"numerator": 33, "denominator": 40, "value": 82.5, "numerator_basis": "printed", "is_small_base": False}),
    ("its year", COUNTS.format(upheld=1, investigated=2), UPHOLD_RATE,
     {"period_start": date(2023, 4, 1), "period_end": date(2024, 3, 31), "period_label": "2023-24"}),
    ("nothing investigated", COUNTS.format(upheld=0, investigated=0), UPHOLD_RATE, NO_SHARE),
    ("a count without its denominator", UPHELD, UPHOLD_RATE, NO_SHARE | {"numerator": 12}),
    ("a count without a population", UPHELD, PER_HEAD, NO_SHARE | {"numerator": 12}),
    ("a numerator above its denominator", COUNTS.format(upheld=27, investigated=26), UPHOLD_RATE,
     {"numerator": 27, "denominator": 26, "value": None, "missing_reason": "numerator above denominator"}),
    ("a base printed with the figure", "measure | value | printed_base\nupheld | 12 | 16", UPHOLD_RATE,
     {"denominator": 16, "value": 75}),
    ("a percentage without its cases", "measure | value | as_printed\nin_time_pct | 25 | 25", IN_TIME,
     NOT_PRINTED | {"printed_text": "25"}),
    ("a percentage of no cases", COMPLIANCE.format(0, 0), COMPLIANCE_RATE, NO_SHARE | {"printed_value": 0}),
    ("a printed count is not replaced, and what is printed is shown", PRINTED_TOO, UPHOLD_RATE,
     {"numerator": 22, "numerator_basis": "printed", "printed_text": "93", "printed_average": 85}),
    ("29 cases are few", COUNTS.format(upheld=10, investigated=29), UPHOLD_RATE, {"is_small_base": True}),
    ("30 cases are not", COUNTS.format(upheld=10, investigated=30), UPHOLD_RATE, {"is_small_base": False}),
    ("the indicator's own limit comes first", TWO_LIMITS, IN_TIME,
     {"numerator": 5, "denominator": 8, "limit_days": 65}),
    ("the witness is the numerator's", TWO_WITNESSES, UPHOLD_RATE,
     {"witness_kind": "statistics page", "source_url": "https://z.example"}),
    *((f"{count} of {outcomes} alone is {printed}%", COMPLIANCE.format(printed, outcomes), COMPLIANCE_RATE,
       {"numerator": count, "numerator_basis": "worked out", "missing_reason": None})
      for printed, outcomes, count in (
          (100, 18, 18), (94, 18, 17), (0, 18, 0), (50, 2, 1), (33, 3, 1), (83, 40, 33), (99, 99, 98), (100, 1, 1))),
    *((f"several or no counts of {outcomes} are {printed}%", COMPLIANCE.format(printed, outcomes), COMPLIANCE_RATE,
       NOT_PRINTED | {"numerator": None, "numerator_basis": None})
      for printed, outcomes in ((99, 300), (100, 250), (40, 18))),
]  # fmt: skip


@pytest.mark.parametrize(("observed", "indicator", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_observed_gives_a_value_or_the_reason_why_not(
    observed: str, indicator: dict[str, Any], expected: dict[str, Any]
) -> None:
    row = ours(observed, indicator)
    assert {name: row[name] for name in expected} == expected


def test_a_disputed_figure_says_so() -> None:
    assert ours(COUNTS.format(upheld=1, investigated=2), has_disagreement=True)["has_disagreement"] is True


@pytest.mark.parametrize(
    ("copies", "reason"),
    [
        ([], "not held"),
        ([{"gss_code": "X99999902", "is_truncated": True, **YEAR}], "copy truncated"),
        ([{"gss_code": "X99999902", "is_truncated": False, **YEAR}], "not published"),
    ],
)
def test_a_council_without_a_figure_says_whether_a_page_is_held_and_whole(copies: Rows, reason: str) -> None:
    rows = values(COUNTS.format(upheld=23, investigated=26), copies=copies)
    assert columns(rows, "gss_code", "value", "missing_reason") == [
        ("X99999901", 100 * (23 / 26), None),
        ("X99999902", None, reason),
    ]


def test_what_councils_count_themselves_is_never_missing_from_an_ombudsmans_page() -> None:
    rows = values(
        "measure | value\ncompleted_in_time | 5\ncompleted | 8",
        IN_TIME,
        copies=[{"gss_code": "X99999902", "is_truncated": True, **YEAR}],
    )
    assert rows[1]["missing_reason"] == "not held"


def test_a_council_without_the_service_is_not_asked_for_its_figure() -> None:
    district = table("gss_code | is_upper_tier\nX99999903 | false")
    rows = values("measure | value\ncompleted_in_time | 5\ncompleted | 8", IN_TIME, [*COUNCILS, *district])
    assert columns(rows, "missing_reason") == [(None,), ("not held",), ("not applicable",)]


@pytest.mark.parametrize(
    ("numerator", "denominator"),
    [(20, 20), (31, 39), (1, 1), (0, 1), (0, 12), (23, 26), (1, 300), (299, 300)],
)
def test_the_interval_of_a_share_is_wilsons(numerator: int, denominator: int) -> None:
    row = ours(COUNTS.format(upheld=numerator, investigated=denominator))
    lower, upper = proportion_confint(numerator, denominator, alpha=0.05, method="wilson")
    assert (row["lower_95"], row["upper_95"]) == pytest.approx((100 * lower, 100 * upper), abs=1e-10)


def test_wilsons_interval_of_20_out_of_20_is_the_one_in_the_literature() -> None:
    row = ours(COUNTS.format(upheld=20, investigated=20))
    assert (round(row["lower_95"], 1), row["upper_95"]) == (83.9, 100)


POPULATION = table(
    "gss_code | year | first_release_population | rebased_population\nX99999901 | 2022 | 553078 | 600000"
)


@pytest.mark.parametrize("cases", range(10))
def test_the_interval_of_a_rate_is_exact_below_ten_cases(cases: int) -> None:
    row = ours(f"measure | value\nupheld | {cases}", PER_HEAD, populations=POPULATION)
    lower = chi2.ppf(0.025, 2 * cases) / 2 if cases else 0
    upper = chi2.ppf(0.975, 2 * cases + 2) / 2
    expected = (100_000 * lower / 553_078, 100_000 * upper / 553_078)
    assert (row["lower_95"], row["upper_95"]) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("cases", [10, 31, 250])
def test_from_ten_cases_on_byars_interval_of_a_rate_is_within_a_hundredth_of_the_exact_one(
    cases: int,
) -> None:
    row = ours(f"measure | value\nupheld | {cases}", PER_HEAD, populations=POPULATION)
    exact = (chi2.ppf(0.025, 2 * cases) / 2, chi2.ppf(0.975, 2 * cases + 2) / 2)
    byar = (row["lower_95"] * 553_078 / 100_000, row["upper_95"] * 553_078 / 100_000)
    assert byar == pytest.approx(exact, rel=0.01)


def test_byars_interval_of_31_in_553078_is_the_one_in_the_literature() -> None:
    row = ours("measure | value\nupheld | 31", PER_HEAD, populations=POPULATION)
    per_10_000 = [round(row[name] / 10, 2) for name in ("value", "lower_95", "upper_95")]
    assert per_10_000 == [0.56, 0.38, 0.80]


def test_a_rate_divides_by_the_first_release_for_the_year_before_the_financial_year_starts() -> None:
    populations = table(
        """
        gss_code  | year | first_release_population | rebased_population
        X99999901 | 2021 | 100000                   | 111111
        X99999901 | 2022 | 200000                   | 222222
        X99999901 | 2023 | 300000                   | 333333
        """
    )
    row = ours("measure | value\nupheld | 10", PER_HEAD, populations=populations)
    assert (row["denominator"], row["population_year"], row["value"]) == (200_000, 2022, 5)


@pytest.mark.parametrize(
    ("observed", "populations"),
    [
        ("measure | value | period_end\nupheld | 10 | 2023-09-30", POPULATION),
        (
            "measure | value\nupheld | 10",
            table("gss_code | year | rebased_population\nX99999901 | 2022 | 222222"),
        ),
    ],
    ids=["half a year", "the rebased series alone"],
)
def test_there_is_no_rate_per_head_without_the_first_release_and_a_whole_year(observed: str, populations: Rows) -> None:
    row = ours(observed, PER_HEAD, populations=populations)
    assert (row["value"], row["missing_reason"]) == (None, "no denominator")


def test_only_financial_years_give_every_council_a_row() -> None:
    rows = values("measure | value | period_end\nupheld | 10 | 2023-09-30")
    assert columns(rows, "gss_code", "is_financial_year") == [("X99999901", False)]


def test_a_council_has_no_row_for_a_year_in_which_it_did_not_live() -> None:
    councils = [
        *COUNCILS,
        *table(
            """
            gss_code  | is_upper_tier | valid_from | valid_to
            X99999903 | true          | 2024-04-01 |
            X99999904 | true          |            | 2023-03-31
            X99999905 | true          | 2023-04-01 | 2024-03-31
            """
        ),
    ]
    rows = values(COUNTS.format(upheld=1, investigated=2), councils=councils)
    assert columns(rows, "gss_code") == [("X99999901",), ("X99999902",), ("X99999905",)]


def test_a_late_figure_of_an_abolished_council_is_kept_and_marked() -> None:
    ended = table("gss_code | is_upper_tier | valid_to\nX99999901 | true | 2023-03-31")
    row = ours(COUNTS.format(upheld=9, investigated=10), councils=ended)
    assert (row["value"], row["is_after_abolition"]) == (90, True)


def test_a_figure_against_another_limit_is_not_this_indicators() -> None:
    rows = values(
        """
        measure           | value | limit_days
        completed_in_time | 5     | 25
        completed         | 8     | 25
        """,
        IN_TIME,
    )
    assert rows == []


@pytest.mark.parametrize(("limits", "denominator"), [((65, 25, 0), 25), ((65, 0), 0), ((10, 65), 65)])
def test_a_denominator_against_the_numerators_limit_is_preferred_and_then_one_against_none(
    limits: tuple[int, ...], denominator: int
) -> None:
    drawn = "\n".join(f"completed | {100 + limit} | {limit}" for limit in limits)
    row = ours(
        f"measure | value | limit_days\n{drawn}\ncompleted_in_time | 5 | 25",
        IN_TIME | {"limit_days": None},
    )
    assert (row["numerator"], row["denominator"]) == (5, 100 + denominator)


def test_figures_of_another_stage_are_not_this_indicators() -> None:
    assert values(COUNTS.format(upheld=1, investigated=2), stage="2") == []


REMEDIES: dict[str, Any] = UPHOLD_RATE | {
    "indicator": "satisfactory_remedy_rate",
    "numerator_measure": "satisfactory_remedies",
    "denominator_measure": "satisfactory_remedy_upheld_base",
    "printed_measure": "satisfactory_remedy_rate_pct",
}
INVESTIGATED: dict[str, Any] = UPHOLD_RATE | {
    "indicator": "share_investigated",
    "numerator_measure": "investigated",
    "denominator_measure": "dealt_with",
    "printed_measure": None,
}
TABLE = {"address": "table", "precedence": 1, "witness_kind": "annual table"}
PRINTED_PAGE = {"address": "page", "precedence": 2, "witness_kind": "statistics page"}
REPORT = {"address": "report", "precedence": 3, "witness_kind": "letter or report"}
NEWER_PAGE = PRINTED_PAGE | {"version": "a1b2"}
BOTH_REMEDIES = {"satisfactory_remedies": 3, "satisfactory_remedy_upheld_base": 23}


def of_documents(
    indicator: dict[str, Any],
    *stated: tuple[dict[str, Any], dict[str, float]],
    doubts: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The indicator's row where each document states some figures and the best witness of each is the observation.

    doubts: what is doubted on the page, by measure."""
    everywhere: dict[str, Any] = {
        "gss_code": "X99999901",
        "limit_days": 0,
        "version": "shipped",
        **YEAR,
        **ALL,
    }
    drawn = [
        everywhere | document | {"measure": measure, "value": value, "as_printed": f"{value:g}"}
        for document, figures in stated
        for measure, value in figures.items()
    ]
    best: dict[str, dict[str, Any]] = {}
    for row in sorted(drawn, key=lambda row: row["precedence"]):
        best.setdefault(row["measure"], row)
    doubted = [
        everywhere | {"address": "page", "measure": measure, "reason": reason, "is_vouched": False}
        for measure, reason in (doubts or {}).items()
    ]
    (row,) = result(
        "marts.indicator_values",
        {
            "core.indicators": [indicator],
            "core.document_figures": drawn,
            "core.observations": [
                row | {"has_disagreement": False, "doubt": (doubts or {}).get(measure)} for measure, row in best.items()
            ],
            "core.doubts": doubted,
            "core.councils": COUNCILS[:1],
            "core.periods": PERIODS,
            "core.poisson_limits": cast(Rows, poisson_limits().to_dict("records")),
        },
    )
    return row


@pytest.mark.parametrize(
    ("indicator", "stated", "counts"),
    [
        (REMEDIES, [(TABLE, {"satisfactory_remedies": 13}), (PRINTED_PAGE, BOTH_REMEDIES)], (3, 23)),
        (
            INVESTIGATED,
            [(TABLE, {"investigated": 40}), (PRINTED_PAGE, {"investigated": 26, "dealt_with": 93})],
            (26, 93),
        ),
        (
            INVESTIGATED,
            [(PRINTED_PAGE, {"investigated": 35}), (REPORT, {"investigated": 32, "dealt_with": 86})],
            (32, 86),
        ),
        (
            UPHOLD_RATE,
            [(TABLE, {"upheld": 24, "investigated": 27}), (PRINTED_PAGE, {"upheld": 23, "investigated": 26})],
            (24, 27),
        ),
        (
            COMPLIANCE_RATE,
            [
                (TABLE, {"compliance_outcomes": 90}),
                (PRINTED_PAGE, {"compliance_outcomes": 18, "compliance_rate_pct": 94}),
            ],
            (17, 18),
        ),
        (
            REMEDIES,
            [
                (TABLE, {"satisfactory_remedies": 13}),
                (PRINTED_PAGE, {"satisfactory_remedy_upheld_base": 23, "satisfactory_remedy_rate_pct": 13}),
            ],
            (3, 23),
        ),
        (
            UPHOLD_RATE,
            [(NEWER_PAGE, {"upheld": 23}), (PRINTED_PAGE, {"upheld": 23, "investigated": 26})],
            (23, 26),
        ),
    ],
    ids=["remedies", "investigated", "report", "table first", "worked out", "printed", "an earlier version"],
)
def test_a_share_is_of_the_best_source_that_gives_both_its_counts(
    indicator: dict[str, Any], stated: list[Any], counts: tuple[int, int]
) -> None:
    row = of_documents(indicator, *stated)
    assert (row["numerator"], row["denominator"], row["missing_reason"]) == (*counts, None)
    assert row["value"] == pytest.approx(100 * counts[0] / counts[1])


@pytest.mark.parametrize(
    ("indicator", "stated", "counts"),
    [
        (
            REMEDIES,
            [(TABLE, {"satisfactory_remedies": 13}), (PRINTED_PAGE, {"satisfactory_remedy_upheld_base": 23})],
            (13, 23),
        ),
        (INVESTIGATED, [(TABLE, {"investigated": 40}), (PRINTED_PAGE, {"dealt_with": 93})], (40, 93)),
        (INVESTIGATED, [(PRINTED_PAGE, {"investigated": 32}), (REPORT, {"dealt_with": 86})], (32, 86)),
        (
            COMPLIANCE_RATE,
            [(TABLE, {"compliance_outcomes": 18}), (PRINTED_PAGE, {"compliance_rate_pct": 94})],
            (17, 18),
        ),
        (UPHOLD_RATE, [(NEWER_PAGE, {"upheld": 23}), (PRINTED_PAGE, {"investigated": 26})], (23, 26)),
    ],
    ids=["remedies", "investigated", "report", "worked out", "two versions"],
)
def test_counts_of_two_sources_are_shown_as_such_and_make_no_value(
    indicator: dict[str, Any], stated: list[Any], counts: tuple[int, int]
) -> None:
    row = of_documents(indicator, *stated)
    assert (row["numerator"], row["denominator"]) == counts
    assert (row["value"], row["lower_95"], row["missing_reason"], row["doubt"]) == (
        None,
        None,
        "two sources",
        "its two counts are from two sources",
    )


def test_what_another_source_prints_stands_beside_a_share_and_makes_none_of_it() -> None:
    row = of_documents(
        UPHOLD_RATE,
        (PRINTED_PAGE, {"uphold_rate_pct": 88}),
        (REPORT, {"upheld": 12, "investigated": 16}),
    )
    assert (row["value"], row["printed_value"], row["witness_kind"]) == (75, 88, "letter or report")


@pytest.mark.parametrize(
    ("indicator", "figures", "doubts", "why"),
    [
        (UPHOLD_RATE, {"upheld": 23, "investigated": 26}, {"upheld": "so"}, "so"),
        (UPHOLD_RATE, {"upheld": 23, "investigated": 26}, {"upheld": "so", "investigated": "so"}, "so"),
        (
            UPHOLD_RATE,
            {"upheld": 23, "investigated": 26},
            {"upheld": "so", "investigated": "thus"},
            "so; thus",
        ),
        (
            COMPLIANCE_RATE,
            {"compliance_rate_pct": 94, "compliance_outcomes": 18},
            {"compliance_rate_pct": "so"},
            "so",
        ),
        (IN_TIME | {"printed_measure": "in_time_pct"}, {"in_time_pct": 25}, {"in_time_pct": "so"}, "so"),
    ],
)
def test_a_doubted_figure_is_kept_with_its_reason_and_makes_no_value(
    indicator: dict[str, Any], figures: dict[str, float], doubts: dict[str, str], why: str
) -> None:
    row = of_documents(indicator, (PRINTED_PAGE, figures), doubts=doubts)
    assert (row["value"], row["upper_95"], row["missing_reason"], row["doubt"]) == (
        None,
        None,
        "doubted",
        why,
    )
    kept = {row["numerator"], row["denominator"], row["printed_value"]}
    assert kept >= set(figures.values())


def test_a_source_that_is_not_doubted_comes_before_a_better_one_that_is() -> None:
    row = of_documents(
        UPHOLD_RATE,
        (PRINTED_PAGE, {"upheld": 230, "investigated": 26}),
        (PRINTED_PAGE | {"version": "a1b2"}, {"upheld": 230, "investigated": 26}),
        (REPORT, {"upheld": 23, "investigated": 26}),
        doubts={"upheld": "so", "investigated": "so"},
    )
    assert (row["numerator"], row["denominator"], row["missing_reason"]) == (23, 26, None)


def test_a_printed_rate_that_is_doubted_takes_nothing_from_counts_that_are_vouched_for() -> None:
    row = of_documents(
        UPHOLD_RATE,
        (PRINTED_PAGE, {"upheld": 22, "investigated": 24, "uphold_rate_pct": 93}),
        doubts={"uphold_rate_pct": "the printed 93% is not 22 of 24"},
    )
    assert (row["numerator"], row["printed_value"], row["missing_reason"], row["doubt"]) == (
        22,
        93,
        None,
        None,
    )
