"""Relations of a database that a test reads, or makes as the pipeline would have made them."""

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.names import Relation


def fill(connection: duckdb.DuckDBPyConnection, relation: Relation | str, rows: pd.DataFrame | pa.Table) -> None:
    """Make `relation`, anew if it was there, of these rows."""
    connection.register("incoming_rows", rows)
    connection.execute(f"create or replace table {relation} as select * from incoming_rows")
    connection.unregister("incoming_rows")


def leave_empty(connection: duckdb.DuckDBPyConnection, relation: Relation | str, contract: Contract) -> None:
    """Make `relation`, anew if it was there, with the columns and types of its contract and no rows."""
    columns = ", ".join(f'"{name}" {column.duckdb_type}' for name, column in contract.columns.items())
    connection.execute(f"create or replace table {relation} ({columns})")


def held(connection: duckdb.DuckDBPyConnection, *, catalog: str = "%", layer: str = "%") -> list[str]:
    """The tables and views that are there, by name: of everything attached, or of one catalog or layer alone."""
    found = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables"
        " where table_catalog like ? and table_schema like ? order by all",
        [catalog, layer],
    ).fetchall()
    return [name for (name,) in found]


def rows_of(connection: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[Any, ...]]:
    """The rows of a table in its order, or of a view, which has none, sorted."""
    is_view = "select view_name from duckdb_views() where schema_name || '.' || view_name = ?"
    order = " order by all" if connection.execute(is_view, [relation]).fetchall() else ""
    return connection.execute(f"from {relation}{order}").fetchall()


def warehouse_in(folder: Path) -> Warehouse:
    """A warehouse that is built in a folder and published there."""
    return Warehouse(
        path=str(folder / "warehouse.duckdb"),
        published=str(folder / "published.duckdb"),
        lock_wait_seconds=5,
        shared="",
    )
