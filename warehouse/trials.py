"""What the second process is asked of rules: no Dagster is imported for it, and Great Expectations only there."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from warehouse.contracts import Contract
    from warehouse.expectations import Outcome


def get_ready() -> None:
    """Import what trying rules needs, so that it is there when the first rows are."""
    import duckdb_engine  # noqa: F401
    import great_expectations.expectations  # noqa: F401

    import warehouse.expectations  # noqa: F401


def try_rows(contract: "Contract", rows: "pa.Table", state: Path) -> "list[Outcome]":
    """What comes of every check of the contract on these rows; kept in the state folder for Data Docs."""
    import duckdb

    from warehouse.expectations import try_rules

    with duckdb.connect() as connection:
        connection.execute(f"create schema if not exists {contract.name.layer}")
        connection.from_arrow(rows).create(contract.relation)
        return try_rules(contract, connection, state)


def build_docs(state: Path) -> Path:
    """Build the Data Docs of all results that are kept in the state folder; their index."""
    from warehouse.expectations import build_docs

    return build_docs(state)
