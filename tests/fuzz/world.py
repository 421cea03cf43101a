"""The project's own relations in memory, from its own SQL and reference files, with damaged inputs alone to read."""

from collections.abc import Iterable, Mapping
from functools import cache

import duckdb
import pandas as pd
import pyarrow as pa

from tests.conftest import made_in_python
from tests.relations import fill, held, leave_empty
from warehouse.connection import LAYERS, Relation
from warehouse.contracts import Contract, read_contracts
from warehouse.models import Model, creation, read_models
from warehouse.settings import PROJECT, Settings
from warehouse.spelling import define_folding

# the sources that ship: left empty, so that no figure of theirs stands in for one that was lost or spoilt
SHIPPED = ("statistics_pages", "letters_and_press", "own_indicators", "peer_indicators")


def settings() -> Settings:
    """The project's own files, whatever this machine's settings are."""
    return Settings(
        data=PROJECT / "data",
        sql=PROJECT / "sql",
        expectations=PROJECT / "expectations",
        indicators=PROJECT / "indicators",
    )


@cache
def models() -> list[Model]:
    """Every model of the project."""
    return read_models(PROJECT / "sql")


@cache
def contracts() -> dict[Relation, Contract]:
    """Every contract of the project."""
    return read_contracts(PROJECT / "expectations")


@cache
def shipped() -> dict[Relation, pd.DataFrame | pa.Table]:
    """What no SQL makes: reference files as they ship, and the sources empty."""
    relations = made_in_python(settings())
    return {
        name: rows[:0] if name.layer == "raw" and name.table in SHIPPED else rows for name, rows in relations.items()
    }


def build(
    connection: duckdb.DuckDBPyConnection,
    wanted: Iterable[str],
    given: Mapping[Relation, pd.DataFrame | pa.Table],
) -> None:
    """Make the wanted relations and all that they read: from what is given or ships, by their models, or empty."""
    for layer in LAYERS:
        connection.execute(f"create schema if not exists {layer}")
    define_folding(connection)
    by_name = {model.relation: model for model in models()}
    made: set[Relation] = set()

    def make(name: Relation) -> None:
        if name in made:
            return
        made.add(name)
        if name in given or name in shipped():
            fill(connection, name, given[name] if name in given else shipped()[name])
        elif name in by_name:
            for read in by_name[name].reads:
                make(read)
            connection.execute(creation(by_name[name], contracts()[name]))
        else:
            leave_empty(connection, name, contracts()[name])

    for name in wanted:
        make(Relation(name))


def every_word(connection: duckdb.DuckDBPyConnection) -> str:
    """Everything that stands in any relation, as one text."""
    return "\n".join(repr(connection.execute(f"from {name}").fetchall()) for name in held(connection))
