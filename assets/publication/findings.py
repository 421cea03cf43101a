"""What a publication says, read from the marts once and shown the same everywhere."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from assets.publication.words import group_in_words
from pipelines.subject import Council

QUERIES = Path(__file__).parent / "queries"


def ask(connection: duckdb.DuckDBPyConnection, query: str, **parameters: Any) -> list[dict[str, Any]]:
    """The rows of `queries/<query>.sql`, as dictionaries; missing values are None."""
    text = (QUERIES / f"{query}.sql").read_text(encoding="utf-8")
    # a query may leave out a parameter that others need
    used = {name: value for name, value in parameters.items() if f"${name}" in text}
    cursor = connection.execute(text, used) if used else connection.execute(text)
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Findings:
    """Everything that one publication shows about one council beside one comparator group."""

    council: Council
    comparator_group: str
    group: str
    year: str
    headlines: list[dict[str, Any]]
    tables: dict[str, list[dict[str, Any]]]
    newest: dict[str, Any]
    statements: list[dict[str, Any]]
    quarantined: list[dict[str, Any]]
    disagreements: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    sources: list[dict[str, Any]]

    def months_old(self, today: date) -> int:
        """Whole months since the newest Ombudsman figures' year ended."""
        end = self.newest["period_end"]
        return (today.year - end.year) * 12 + today.month - end.month


def read_findings(
    connection: duckdb.DuckDBPyConnection,
    council: Council,
    comparator_group: str,
    year: str,
) -> Findings:
    """The findings about `council` beside `comparator_group`, in `year` or each indicator's latest."""
    title = ask(connection, "comparator_group", comparators=comparator_group)[0]["title"]
    about = {"council": council.gss_code, "comparators": comparator_group}
    headlines = ask(connection, "headlines", year=year, **about)
    tables = {
        row["indicator"]: ask(
            connection,
            "benchmark_table",
            indicator=row["indicator"],
            period_start=row["period_start"],
            period_end=row["period_end"],
            **about,
        )
        for row in headlines
        if row["period_start"] is not None
    }
    return Findings(
        council=council,
        comparator_group=comparator_group,
        group=group_in_words(comparator_group, title, council.lgsco_type),
        year=year,
        headlines=headlines,
        tables=tables,
        newest=ask(connection, "newest_figures")[0],
        statements=ask(connection, "statements", council=council.gss_code),
        quarantined=ask(connection, "quarantined"),
        disagreements=ask(connection, "disagreements"),
        checks=ask(connection, "failed_checks"),
        sources=ask(connection, "sources"),
    )
