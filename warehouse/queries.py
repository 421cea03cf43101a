"""Rows of the warehouse as whoever words them reads them."""

from pathlib import Path
from typing import Any

import duckdb

from warehouse.showing import isolate_bidi

Rows = list[dict[str, Any]]


def ask(connection: duckdb.DuckDBPyConnection, query: str, folder: Path, **parameters: Any) -> Rows:
    """The rows of `<folder>/<query>.sql`, as dictionaries; missing values are None. No text in them turns the order
    of reading round beyond itself, whatever it holds."""
    text = (folder / f"{query}.sql").read_text(encoding="utf-8")
    # a query may leave out a parameter that others need
    used = {name: value for name, value in parameters.items() if f"${name}" in text}
    cursor = connection.execute(text, used) if used else connection.execute(text)
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, map(_isolated, row), strict=True)) for row in cursor.fetchall()]


def _isolated(value: Any) -> Any:
    if isinstance(value, str):
        return isolate_bidi(value)
    return [_isolated(one) for one in value] if isinstance(value, list) else value
