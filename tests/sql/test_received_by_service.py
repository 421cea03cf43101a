"""Complaints to the Ombudsman by service: only of years whose services add up."""

import pytest

from tests.sql.harness import columns, result, table


def services(drawn: str) -> list[tuple[object, ...]]:
    rows = table(drawn, gss_code="E1", procedure="all", stage="all", scope="all", limit_days=0)
    found = result("marts.received_by_service", {"core.observations": rows})
    return columns(found, "measure", "received", "all_received")


@pytest.mark.parametrize(
    ("start", "end", "other", "is_used"),
    [
        ("2023-04-01", "2024-03-31", 6, True),
        ("2023-04-01", "2024-03-31", 5, False),
        ("2023-04-01", "2024-03-31", 7, False),
        ("2011-04-01", "2012-03-31", 6, False),
        ("2023-04-01", "2023-09-30", 6, False),
    ],
)
def test_a_year_is_used_where_its_services_add_up(start: str, end: str, other: int, is_used: bool) -> None:
    found = services(
        f"""
        period_start | period_end | measure            | value
        {start}      | {end}      | received           | 10
        {start}      | {end}      | received_housing   | 4
        {start}      | {end}      | received_other     | {other}
        """
    )
    assert found == ([("received_housing", 4, 10), ("received_other", other, 10)] if is_used else [])


def test_a_doubted_figure_leaves_its_year_out() -> None:
    assert not services(
        """
        period_start | period_end | measure          | value | doubt
        2023-04-01   | 2024-03-31 | received         | 10    |
        2023-04-01   | 2024-03-31 | received_housing | 10    | ten times
        """
    )
