"""The shipped figures, ranked, in memory and in a file such as a refresh publishes."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from assets.benchmark.assets import ranked
from tests.relations import fill
from tests.sql.harness import create
from warehouse.contracts import read_contracts
from warehouse.expectations import checks_of
from warehouse.names import Relation
from warehouse.settings import Settings


@pytest.fixture(scope="session")
def ranked_settings(
    shipped_warehouse: duckdb.DuckDBPyConnection,
    shipped_settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """Settings whose output folder holds a warehouse of the shipped figures with everything ranked."""
    settings = shipped_settings.model_copy(update={"output": tmp_path_factory.mktemp("output")})
    path = settings.output / "warehouse.duckdb"
    shipped_warehouse.execute(f"attach '{path}' as ranked_copy")
    shipped_warehouse.execute("copy from database memory to ranked_copy")
    shipped_warehouse.execute("detach ranked_copy")
    contracts = read_contracts(settings.expectations)
    with duckdb.connect(str(path)) as connection:
        # no check has run here, so every check that a figure passes through is made to have passed
        create(
            connection,
            "quality.checks",
            [
                {
                    "relation": str(name),
                    "check_name": check.name,
                    "rule": check.sentence,
                    "severity": "blocks",
                }
                | {"passed": True, "failing_rows": 0, "excused_rows": 0, "summary": "passed"}
                for name in (Relation("marts.indicator_values"), Relation("marts.verdicts"))
                for check in checks_of(contracts[name])
            ],
        )
        for name, rows in ranked(connection, contracts, settings.ranking).items():
            fill(connection, name, rows)
    return settings


@pytest.fixture
def ranked_warehouse(ranked_settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """That warehouse, for reading."""
    path: Path = ranked_settings.output / "warehouse.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection
