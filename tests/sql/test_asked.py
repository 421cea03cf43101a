"""What pages and answers ask: each SELECT on a few typed-in rows, with a row beside them that it must leave out."""

import re
from datetime import date

import pytest

from tests.sql.harness import Rows, asked, columns, database, table
from warehouse.queries import ASKED, query

YEAR = {"period_start": "2024-04-01", "period_end": "2025-03-31", "period_label": "2024-25"}
BEFORE = {"period_start": "2023-04-01", "period_end": "2024-03-31", "period_label": "2023-24"}
YEAR_DAYS = {"period_start": "2024-04-01", "period_end": "2025-03-31"}
US, THEM = "X99999901", "X99999902"
COUNCILS = table(
    """
    gss_code  | nice_name | lgsco_type | valid_to
    X99999901 | Ours      | county     |
    X99999902 | Theirs    | county     |
    X99999903 | Gone      | county     | 2020-03-31
    X99999904 | Small     | district   |
    """
)
COMPARATORS = table(
    """
    gss_code  | comparator_gss_code | comparator_group
    X99999901 | X99999902           | lgsco_type
    X99999901 | X99999903           | lgsco_type
    X99999901 | X99999904           | region
    X99999902 | X99999901           | lgsco_type
    """,
    place=1,
)

# both are each other's only comparator
ALIKE = table(
    "gss_code | comparator_gss_code\nX99999901 | X99999902\nX99999902 | X99999901",
    comparator_group="lgsco_type",
)


def headlines(year: str) -> Rows:
    figures = [
        *table("gss_code | value\nX99999901 | 80\nX99999902 | 60", indicator="upheld", **YEAR),
        *table("gss_code | value\nX99999901 | 70", indicator="upheld", **BEFORE),
    ]
    return asked(
        "headlines",
        {
            "core.indicators": table("indicator | report_order\nvolume | 2\nupheld | 1"),
            "core.periods": [YEAR | {"is_financial_year": True}, BEFORE | {"is_financial_year": True}],
            "marts.latest_years": [
                *table("gss_code\nX99999901", indicator="upheld", **YEAR),
                *table("gss_code\nX99999902", indicator="upheld", **BEFORE),
            ],
            "marts.indicator_values": figures,
        },
        council=US,
        year=year,
    )


def test_a_headline_is_the_councils_latest_figure_and_an_indicator_without_one_keeps_its_row() -> None:
    assert columns(headlines(""), "indicator", "period_label", "value") == [
        ("upheld", "2024-25", 80.0),
        ("volume", None, None),
    ]


def test_a_year_that_is_asked_for_has_every_indicator() -> None:
    assert columns(headlines("2023-24"), "indicator", "period_label", "value") == [
        ("upheld", "2023-24", 70.0),
        ("volume", "2023-24", None),
    ]


def test_late_decisions_are_those_of_living_comparators_of_the_group() -> None:
    decisions = table(
        """
        source_url | gss_code  | is_stage2_late
        2          | X99999901 | true
        3          | X99999902 | true
        4          | X99999902 | false
        5          | X99999903 | true
        6          | X99999904 | true
        """
    )
    given = {
        "marts.stage2_decisions": decisions,
        "core.councils": COUNCILS,
        "core.comparators": COMPARATORS,
    }
    found = asked("found_late", given, council=US, comparators="lgsco_type")
    assert [row["source_url"] for row in found] == ["3"]


def test_the_councils_of_a_group_are_counted_while_they_live_and_an_empty_group_is_named() -> None:
    groups = table("comparator_group | title\nlgsco_type | Type\nregion | Region\nown_list | Own")
    given = {
        "core.comparator_groups": groups,
        "core.comparators": COMPARATORS,
        "core.councils": COUNCILS,
    }
    rows = asked("comparator_groups", given, council=US)
    assert columns(rows, "comparator_group", "councils") == [
        ("lgsco_type", 1),
        ("own_list", 0),
        ("region", 1),
    ]


def test_peers_are_the_living_councils_of_any_group_with_their_groups() -> None:
    rows = asked("peers", {"core.comparators": COMPARATORS, "core.councils": COUNCILS}, council=US)
    assert columns(rows, "nice_name", "comparator_groups") == [
        ("Small", ["region"]),
        ("Theirs", ["lgsco_type"]),
    ]


def test_authorities_with_childrens_services_are_living_and_others() -> None:
    (row,) = asked("authorities", {"core.councils": COUNCILS}, council=US)
    assert row["authorities"] == 1


def test_concerns_are_the_councils_own_that_say_how_many_years_latest_first() -> None:
    readings = table(
        """
        source_row | gss_code  | measure                       | value | period_end
        2          | X99999901 | late_compliance_concern_years | 4     | 2023-03-31
        3          | X99999901 | late_compliance_concern_years | 5     | 2024-03-31
        4          | X99999901 | late_compliance_concern_years |       | 2024-03-31
        5          | X99999901 | late_compliance_concern_years | 5     |
        6          | X99999901 | upheld                        | 5     | 2024-03-31
        7          | X99999902 | late_compliance_concern_years | 5     | 2024-03-31
        """,
        source="letters_and_press",
    )
    rows = asked("concerns", {"core.readings": readings}, council=US)
    assert [row["source_row"] for row in rows] == [3, 2]


def test_restated_figures_are_counted_for_all_and_for_the_council() -> None:
    restatements = table("gss_code | measure\nX99999901 | a\nX99999902 | b\nX99999902 | c")
    given = {"marts.restatements": restatements, "raw.captured_pages": table("council_slug\none\ntwo")}
    (row,) = asked("restated", given, council=US)
    assert (row["figures"], row["ours"], row["councils"], row["captured"]) == (3, 1, 2, 2)


def test_a_years_cost_is_that_of_the_twelve_months_to_it() -> None:
    months = table(
        "month_start | cost_gbp\n2025-01-01 | 1000\n2025-02-01 | 200\n2025-12-01 | 30\n2026-01-01 | 4",
        gss_code=US,
    )
    rows = asked("people", {"staging.register_resources": months}, council=US)
    assert columns(rows, "month_start", "cost_of_year_gbp", "months_with_cost")[0] == (
        date(2026, 1, 1),
        234.0,
        3,
    )


def test_failed_checks_are_those_that_fail_or_pass_by_an_exception() -> None:
    checks = table(
        """
        relation | rule  | passed | excused_rows
        core.a   | one   | true   | 0
        core.b   | two   | true   | 1
        core.c   | three | false  | 0
        """
    )
    rows = asked("failed_checks", {"quality.checks": checks})
    assert [row["relation"] for row in rows] == ["core.c", "core.b"]


def test_practices_name_the_lead_beside_the_council_and_group_that_are_asked_about() -> None:
    given = {
        "marts.practices": table(
            "source_row | gss_code | theme\n2 | X99999901 | a\n3 | X99999902 | b", body_name="A body"
        ),
        "marts.practice_standing": table(
            """
            source_row | gss_code  | comparator_group | standing
            3          | X99999901 | lgsco_type       | better
            3          | X99999901 | region           | not better
            3          | X99999904 | lgsco_type       | no figures
            """
        ),
    }
    rows = asked("practices", given, council=US, comparators="lgsco_type")
    assert columns(rows, "source_row", "is_subject", "standing") == [(2, True, None), (3, False, "better")]


def test_a_statement_that_several_sources_print_alike_stands_once_with_its_note() -> None:
    readings = table(
        """
        source_row | gss_code  | source            | as_printed | note | stage
        2          | X99999901 | letters_and_press | 25         |      | 2
        3          | X99999901 | own_indicators    | 25         | Why  | 2
        4          | X99999901 | own_indicators    | 30         |      | 2
        5          | X99999901 | annual_table      | 25         |      | 2
        6          | X99999902 | own_indicators    | 25         |      | 2
        """,
        measure="in_time",
    )
    given = {"core.readings": readings, "core.measures": table("measure | title\nin_time | In time")}
    rows = asked("statements", given, council=US)
    assert columns(rows, "as_printed", "note") == [("25", "Why"), ("30", None)]


def test_those_that_could_be_best_are_named_where_their_own_group_is_the_same() -> None:
    rankings = table(
        """
        gss_code  | is_possible_best | probability_of_being_best | peers_with_data | possible_best_councils
        X99999901 | true             | 0.1                       | 1               | 2
        X99999902 | true             | 0.9                       | 1               | 1
        X99999904 | true             | 0.9                       | 1               | 1
        """,
        indicator="upheld",
        comparator_group="lgsco_type",
        **YEAR_DAYS,
    )
    given = {"core.comparators": ALIKE, "core.councils": COUNCILS, "marts.rankings": rankings}
    (row,) = asked("possible_best", given, council=US, comparators="lgsco_type")
    assert (row["judged"], row["possible"], row["is_possible"], row["possible_best"]) == (
        2,
        2,
        True,
        ["Theirs", "Ours"],
    )


def test_a_doubted_figure_is_said_to_be_doubted_and_not_missing() -> None:
    figure = {"indicator": "upheld", "gss_code": US, "doubt": "ten times", "is_financial_year": True}
    given: dict[str, Rows] = {
        "marts.indicator_values": [figure | YEAR | {"is_after_abolition": False}],
        "core.indicators": table("indicator | report_order\nupheld | 1"),
        "core.councils": COUNCILS,
        "core.comparator_groups": table("comparator_group\nregion"),
    }
    (row,) = asked("ranked_figure", given, council=US, period_start=date(2024, 4, 1), indicator="", comparators="")
    assert (row["verdict_reason"], row["rank_reason"]) == ("doubted", "doubted")


def test_uphold_rates_of_three_years_are_ours_and_our_comparators() -> None:
    figures = [
        {
            "indicator": indicator,
            "gss_code": code,
            "period_start": f"{year}-04-01",
            "period_end": f"{year + 1}-03-31",
            "value": value,
            "denominator": 10,
            "is_financial_year": True,
            "is_after_abolition": code == "X99999903",
        }
        for indicator, code, year, value in (
            ("uphold_rate", US, 2024, 80),
            ("uphold_rate", US, 2023, None),
            ("uphold_rate", THEM, 2023, 70),
            ("uphold_rate", THEM, 2022, 60),
            ("uphold_rate", THEM, 2021, 50),
            ("uphold_rate", "X99999903", 2024, 50),
            ("uphold_rate", "X99999904", 2024, 50),
            ("volume", US, 2024, 5),
        )
    ]
    given: dict[str, Rows] = {"marts.indicator_values": figures, "core.comparators": COMPARATORS}
    rows = asked("council_years", given, council=US, comparators="lgsco_type")
    assert columns(rows, "gss_code", "period_start", "is_ours") == [
        (THEM, date(2022, 4, 1), False),
        (THEM, date(2023, 4, 1), False),
        (US, date(2024, 4, 1), True),
    ]


def test_figures_of_stage_2_elsewhere_carry_the_counts_of_their_own_report_alone() -> None:
    elsewhere = table(
        """
        origin           | body_name | gss_code
        published report | Theirs    | X99999902
        peer return      | Theirs    | X99999902
        published report | Ours      | X99999901
        """,
        procedure="children_statutory",
        period_start="2023-10-01",
        period_end="2025-10-01",
    )
    readings = table(
        """
        source_row | measure                   | value | stage | body_name | note
        2          | complaints_received       | 14    | 2     | Theirs    | of all ages
        3          | complaints_completed_late | 1     | 2     | Theirs    | one case only
        4          | late_response_days        | 8     | 2     | Theirs    | one case only
        5          | complaints_received       | 90    | 1     | Theirs    |
        6          | complaints_received       | 80    | 2     | Another   |
        """,
        source="peer_indicators",
        procedure="children_statutory",
        period_start="2023-10-01",
        period_end="2025-10-01",
    )
    given = {"marts.stage2_elsewhere": elsewhere, "core.readings": readings}
    rows = asked("stage2_elsewhere", given, council=US)
    found = {row["origin"]: (row["received"], row["late"], row["days_late"], row["note"]) for row in rows}
    assert found == {
        "published report": (14, 1, 8, "one case only"),
        "peer return": (None, None, None, None),
    }


ABOUT = {
    **{
        "council": US,
        "comparators": "region",
        "year": "2024-25",
        "lgsco_type": "county",
        "indicator": "upheld",
    },
    **{
        "procedure": "corporate",
        "stage": "2",
        "period": "2024-25",
        "counted": "due",
        "indicators": ["upheld"],
    },
    **{"period_start": date(2024, 4, 1), "period_end": date(2025, 3, 31)},
    **{"period_starts": [date(2024, 4, 1)], "period_ends": [date(2025, 3, 31)]},
}
# the news are of two warehouses: test_news.py
QUERIES = sorted({path.stem for path in ASKED.glob("*.sql")} - {"news"})


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_reads_what_the_contracts_have_and_names_each_of_its_columns_once(name: str) -> None:
    asked(name, {}, **ABOUT)
    used = {parameter: ABOUT[parameter] for parameter in set(re.findall(r"\$(\w+)", query(name)))}
    names = [column[0] for column in database().execute(query(name), used).description or []]
    assert len(set(names)) == len(names)


def test_a_council_without_a_figure_of_the_ombudsmans_is_one_of_today() -> None:
    given = {
        "core.councils": table("gss_code | valid_to\nE1 |\nE2 |\nE3 | 2023-03-31\nE4 |"),
        "core.observations": table("gss_code | measure\nE1 | upheld\nE2 | in_time"),
        "core.measures": table("measure | family\nupheld | ombudsman\nin_time | council"),
    }
    assert {row["gss_code"] for row in asked("councils_without_figures", given)} == {"E2", "E4"}
