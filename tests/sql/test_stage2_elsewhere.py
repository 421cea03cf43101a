"""What other authorities publish of Stage 2, graded by what they state of it."""

from typing import Any

import pytest

from tests.sql.harness import columns, result, table

EVERYWHERE: dict[str, Any] = {
    "source": "peer_indicators",
    "gss_code": "E06000001",
    "body_name": "Exampleton",
    "procedure": "children_statutory",
    "stage": "2",
    "period_start": "2023-04-01",
    "period_end": "2024-03-31",
}


def graded(drawn: str) -> list[tuple[Any, ...]]:
    rows = table(drawn, **EVERYWHERE)
    found = result("marts.stage2_elsewhere", {"core.readings": rows})
    return columns(found, "comparability_grade", "comparability_reason", "in_time_pct", "case_stages")


@pytest.mark.parametrize(
    ("limit", "base", "grade"),
    [
        ("65", "33", ("B", None, 21.0, 33)),
        ("", "33", ("C", "the limit is not stated", 21.0, 33)),
        ("0", "33", ("C", "the limit is not stated", 21.0, 33)),
        ("65", "", ("C", "the number of cases is not printed", 21.0, None)),
        ("", "", ("C", "the limit is not stated; the number of cases is not printed", 21.0, None)),
    ],
)
def test_a_share_is_graded_by_whether_its_limit_and_its_cases_are_stated(
    limit: str, base: str, grade: tuple[Any, ...]
) -> None:
    assert graded(
        f"""
        source_row | name  | measure                | value | as_printed | limit_days | printed_base
        1          | share | complaints_in_time_pct | 21    | 21         | {limit}    | {base}
        """
    ) == [grade]


def test_a_figure_without_a_share_is_grade_d() -> None:
    assert graded(
        """
        source_row | name | measure                   | value | as_printed | limit_days
        1          | late | complaints_completed_late | 1     | 1          | 65
        """
    ) == [("D", "no share is printed", None, None)]


def test_a_count_of_completed_cases_alone_says_nothing_of_time() -> None:
    assert (
        graded(
            """
            source_row | name      | measure              | value | as_printed
            1          | completed | complaints_completed | 35    | 35
            """
        )
        == []
    )


def test_the_figures_of_one_report_and_period_stand_in_one_row() -> None:
    assert graded(
        """
        source_row | name      | measure                      | value | as_printed | limit_days | printed_base
        1          | share     | complaints_in_time_pct       | 50    | 50         | 65         | 2
        2          | in time   | complaints_completed_in_time | 1     | 1          | 65         | 2
        """
    ) == [("B", None, 50.0, 2)]


def test_a_peer_return_keeps_its_own_grade() -> None:
    peers = table(
        """
        stage | limit_working_days | fell_due | completed_in_time | in_time_pct | comparability_grade
        2     | 65                 | 10       | 6                 | 60          | A
        """,
        gss_code="E06000001",
        procedure="children_statutory",
        period_start="2026-04-01",
        period_end="2026-09-30",
    )
    councils = table("gss_code | official_name\nE06000001 | Exampleton Council")
    found = result("marts.stage2_elsewhere", {"marts.peer_timeliness": peers, "core.councils": councils})
    assert columns(found, "origin", "body_name", "in_time", "case_stages", "comparability_grade", "definition") == [
        ("peer return", "Exampleton Council", 6, 10, "A", "within 65 days, of those that fell due")
    ]
