"""Reading a delivery from a database, with one query that may only read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from assets.council.sources import (
    Source,
    UnreadableError,
    row_numbers,
    text_table,
)
from warehouse.workbook_cells import as_text

# What of a query is a literal, a quoted name or a comment, and the statement that makes a transaction read only.
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\[[\w ]+\]|--[^\n]*|/\*.*?\*/", re.DOTALL)
READ_ONLY = {"postgresql": "set transaction read only", "sqlite": "pragma query_only = on"}


def read_rows(name: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> Source:
    """The delivery in rows of Python values, such as a query's answer."""
    columns: list[list[str | None]] = [[] for _ in headers]
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            column.append(as_text(value))
    cells = text_table(headers, columns)
    return Source(name, cells, row_numbers(1, cells.num_rows), has_typed_dates=True)


def read_query(url: Any, query: str) -> Source:
    """The delivery that a SQL query answers, over SQLAlchemy. `url`: a URL or an engine.

    The query is one SELECT, in a transaction that may only read where the database has such, and that is never
    committed. Raises UnreadableError without the URL in its message, which may hold a password.
    """
    import sqlalchemy

    _refuse_what_writes(query)
    try:
        engine = url if isinstance(url, sqlalchemy.Engine) else sqlalchemy.create_engine(url)
        with engine.connect() as connection:
            if connection.dialect.name in READ_ONLY:
                connection.execute(sqlalchemy.text(READ_ONLY[connection.dialect.name]))
            answer = connection.execute(sqlalchemy.text(query))
            headers = list(answer.keys())
            return read_rows("query", headers, answer)
    except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
        cause = getattr(error, "orig", None) or error
        raise UnreadableError(
            f"the query could not be read: {type(cause).__name__}: {str(cause).splitlines()[0]}"
        ) from None


def _refuse_what_writes(query: str) -> None:
    """Raises UnreadableError for anything but one SELECT, which may begin with WITH."""
    if set(query) & set("\\\0") or "/*!" in query or re.search(r"\$\w*\$", query):
        raise UnreadableError("the query has a backslash, $$ or /*!, which hide what runs: write it without")
    plain = QUOTED.sub(" ", query).strip().removesuffix(";")
    writes = re.search(r"\b(into|insert|update|delete|merge)\b", plain, re.IGNORECASE)
    if ";" in plain or writes or not re.match(r"(select|with)\b", plain.lstrip(" ("), re.IGNORECASE):
        found = (
            f"it has {writes[0]!r}"
            if writes
            else "it has several statements"
            if ";" in plain
            else "it begins otherwise"
        )
        raise UnreadableError(f"the query has to be one SELECT, and {found}: it may only read")
