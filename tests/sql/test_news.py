"""What is new is told against the warehouse that was published before."""

from pathlib import Path

import duckdb
import pytest

from assets.publication.news import news
from warehouse.connection import open_warehouse

COLUMNS = "gss_code, period_start, period_end, measure, procedure, stage, scope, limit_days, value"
PERIOD = "date '2024-04-01', date '2025-03-31'"


def fill(connection: duckdb.DuckDBPyConnection, *figures: tuple[str, str, float]) -> None:
    connection.execute(
        "create or replace table core.periods as select date '2024-04-01' as period_start,"
        " date '2025-03-31' as period_end, '2024-25' as period_label"
    )
    connection.execute(
        "create or replace table core.observations as select '' as gss_code,"
        f" {PERIOD.replace(',', ' as period_start,')}"
        " as period_end, '' as measure, 'all' as procedure, 'all' as stage, 'all' as scope, 0 as limit_days,"
        " 0.0::double as value limit 0"
    )
    for council, measure, value in figures:
        connection.execute(
            f"insert into core.observations ({COLUMNS}) values (?, {PERIOD}, ?, 'all', 'all', 'all', 0, ?)",
            [council, measure, value],
        )


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "published.duckdb"
    connection = open_warehouse(path)
    fill(connection, ("X99999901", "upheld", 23), ("X99999902", "upheld", 5))
    connection.close()
    return path


def test_a_new_and_a_changed_figure_are_counted_by_period(published: Path) -> None:
    connection = open_warehouse(published.with_name("building.duckdb"))
    fill(connection, ("X99999901", "upheld", 24), ("X99999902", "upheld", 5), ("X99999903", "upheld", 1))
    assert news(connection, published) == [
        "2024-25: 1 changed figure of 1 council",
        "2024-25: 1 new figure of 1 council",
    ]


def test_the_same_figures_are_no_news(published: Path) -> None:
    connection = open_warehouse(published.with_name("building.duckdb"))
    fill(connection, ("X99999901", "upheld", 23), ("X99999902", "upheld", 5))
    assert news(connection, published) == ["No figure is new or changed since the last publication."]


def test_a_first_publication_says_that_there_was_none(tmp_path: Path) -> None:
    connection = open_warehouse(tmp_path / "building.duckdb")
    assert news(connection, tmp_path / "published.duckdb") == ["Nothing was published before."]


def test_a_last_publication_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    foreign = tmp_path / "published.duckdb"
    foreign.write_bytes(b"not a warehouse")
    connection = open_warehouse(tmp_path / "building.duckdb")
    assert "cannot be read" in news(connection, foreign)[0]
