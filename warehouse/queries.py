"""The rows that pages, answers and commands read: `sql/asked/<name>.sql`, one SELECT each, about what is asked."""

import re
from typing import Any

import duckdb

from warehouse.settings import PROJECT
from warehouse.showing import isolate_bidi

ASKED = PROJECT / "sql" / "asked"
Rows = list[dict[str, Any]]


def query(name: str) -> str:
    """The text of `sql/asked/<name>.sql`."""
    return (ASKED / f"{name}.sql").read_text(encoding="utf-8")


def ask(connection: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> Rows:
    """The rows of `sql/asked/<name>.sql`, as dictionaries; missing values are None. No text in them turns the order
    of reading round beyond itself, whatever it holds."""
    text = query(name)
    # a query may leave out a parameter that others need
    used = {name: value for name, value in parameters.items() if re.search(rf"\${name}\b", text)}
    cursor = connection.execute(text, used) if used else connection.execute(text)
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, map(_isolated, row), strict=True)) for row in cursor.fetchall()]


def _isolated(value: Any) -> Any:
    if isinstance(value, str):
        return isolate_bidi(value)
    return [_isolated(one) for one in value] if isinstance(value, list) else value
