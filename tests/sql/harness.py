"""One model on a few typed-in rows: the relations it reads are made from small tables drawn in the test."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from tests.relations import leave_empty
from warehouse.contracts import Contract, read_contracts
from warehouse.models import Model, read_model, relations_read
from warehouse.names import LAYERS, Relation
from warehouse.queries import ask, query
from warehouse.spelling import define_folding

PROJECT = Path(__file__).resolve().parents[2]

Rows = list[dict[str, Any]]


def table(drawn: str, **everywhere: Any) -> Rows:
    """The rows of a table drawn as text: a header line, fields between `|`, blanks missing. `everywhere` gives columns
    that are the same in every row."""
    lines = [line.strip() for line in drawn.strip().splitlines() if line.strip()]
    header, *body = [[field.strip() for field in line.split("|")] for line in lines]
    if any(len(fields) != len(header) for fields in body):
        raise ValueError("a drawn row has more or fewer fields than its header")
    return [everywhere | {name: field or None for name, field in zip(header, fields, strict=True)} for fields in body]


def contract_of(relation: str) -> Contract:
    """The contract of a relation of this project."""
    return read_contracts(PROJECT / "expectations")[Relation(relation)]


def create(connection: duckdb.DuckDBPyConnection, relation: str, rows: Rows) -> None:
    """Make `relation` with the columns and types of its contract. Columns that no row names are missing everywhere."""
    contract = contract_of(relation)
    unknown = {name for row in rows for name in row} - set(contract.columns)
    if unknown:
        raise ValueError(f"{relation} has no column {', '.join(sorted(unknown))}")
    leave_empty(connection, relation, contract)
    for row in rows:
        names = ", ".join(f'"{name}"' for name in row)
        connection.execute(f"insert into {relation} ({names}) values ({', '.join('?' * len(row))})", list(row.values()))


@cache
def model_of(relation: str) -> Model:
    """The model of a relation of this project."""
    return read_model(PROJECT / "sql" / f"{relation.replace('.', '/')}.sql")


@cache
def database() -> duckdb.DuckDBPyConnection:
    """One database for all tests of a process: each makes every relation that its model reads anew."""
    connection = duckdb.connect(config={"threads": 1})
    for layer in LAYERS:
        connection.execute(f"create schema {layer}")
    define_folding(connection)
    return connection


def result(relation: str, given: Mapping[str, Rows]) -> Rows:
    """The rows that the model of `relation` makes of the `given` relations, in the order of its key.

    Relations that it reads and that are not given are empty. The columns and types must be those of the contract."""
    model, connection = model_of(relation), database()
    unread = set(given) - set(model.reads)
    if unread:
        raise ValueError(f"{relation} does not read {', '.join(sorted(unread))}")
    for read in model.reads:
        create(connection, read, given.get(read, []))
    contract = contract_of(relation)
    connection.execute(f"create or replace table result as {model.select}")
    types = {row[0]: row[1] for row in connection.execute("describe result").fetchall()}
    expected = {name: column.type for name, column in contract.columns.items()}
    if types != expected:
        raise AssertionError(f"{relation} has {types}, its contract {expected}")
    cursor = connection.execute(f"select * from result order by {', '.join(contract.key)}")
    return [dict(zip(types, row, strict=True)) for row in cursor.fetchall()]


def asked(name: str, given: Mapping[str, Rows], **about: Any) -> Rows:
    """The rows of `sql/asked/<name>.sql` about what is asked. What it reads is made of the `given` relations, views by
    their models, and is empty otherwise."""
    reads = set(relations_read(query(name)))
    views = [model_of(read) for read in sorted(reads) if read.layer == "published"]
    tables = (reads | {read for view in views for read in view.reads}) - {view.relation for view in views}
    if unread := set(given) - tables:
        raise ValueError(f"{name} does not read {', '.join(sorted(unread))}")
    connection = database()
    for table_read in tables:
        create(connection, table_read, given.get(table_read, []))
    for view in views:
        connection.execute(f"create or replace view {view.relation} as {view.select}")
    return ask(connection, name, **about)


def columns(rows: Rows, *names: str) -> list[tuple[Any, ...]]:
    """The rows with some columns only, for comparing with what is expected."""
    return [tuple(row[name] for name in names) for row in rows]
