"""The council's own relations: what is loaded raw, and what Python computes from the models."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from assets.council.clocks import chart_rebases, clock_limits, clock_readings
from assets.council.contract import read_contract
from assets.council.deliveries import RegisterStore, row_schema
from assets.council.measures import (
    ELAPSED,
    case_quantiles,
    stage_capacity,
    stage_control_charts,
    stage_incidence,
)
from benchmarking.working_days import bank_holidays
from warehouse.contracts import Contract
from warehouse.models import Model, creation
from warehouse.names import Relation
from warehouse.relations import as_table
from warehouse.spelling import define_folding

# Each raw relation of a register table, by the table's name in the contract.
REGISTER_RELATIONS = {
    "case_stages": "raw.register_case_stages",
    "resources": "raw.register_resources",
    "compliments": "raw.register_compliments",
    "quarterly_indicators": "raw.register_quarterly_indicators",
    "peer_return": "raw.register_peer_returns",
}

# Each other raw relation, and what gives its rows.
OTHER_RELATIONS: dict[str, Callable[[RegisterStore], pa.Table]] = {
    "raw.register_extracts": lambda store: store.extracts(),
    "raw.register_problems": lambda store: store.problems(),
    "raw.bank_holidays": lambda store: _as_text(bank_holidays().astype(str)),
    "raw.clock_limits": lambda store: _as_text(clock_limits()),
    "raw.clock_readings": lambda store: _as_text(clock_readings()),
    "raw.chart_rebases": lambda store: _as_text(chart_rebases()),
}

ROWS_AT_ONCE = 250_000
PARTS_AT_ONCE = 2


@dataclass(frozen=True)
class Computed:
    """What gives the rows of a relation that Python computes, from which relations.

    Rows of the first come in `order`. Those that differ in the first column of it are computed apart, so that memory
    holds a few parts of them at a time.
    """

    rows: Callable[..., pd.DataFrame]
    inputs: tuple[str, ...]
    order: tuple[str, ...]


COMPUTED_RELATIONS = {
    "core.case_quantiles": Computed(case_quantiles, ("core.case_durations", "core.case_periods"), ("reading_number",)),
    "marts.stage_incidence": Computed(
        stage_incidence, ("core.case_elapsed", "core.clocks", "core.case_periods"), ELAPSED
    ),
    "marts.stage_control_charts": Computed(stage_control_charts, ("core.case_months",), ("gss_code",)),
    "marts.stage_capacity": Computed(
        stage_capacity,
        ("core.case_workload", "staging.register_resources"),
        ("gss_code", "case_reference"),
    ),
}


def load_register_table(connection: duckdb.DuckDBPyConnection, store: RegisterStore, table: str) -> None:
    """Replace one register table's raw relation with every row in the store; all its columns even without rows.

    Cases are a view of the delivered files: to keep a million rows of text a second time takes longer than to read
    them.
    """
    relation = REGISTER_RELATIONS[table]
    _drop(connection, relation)
    if paths := store.paths(table):
        files = ", ".join("'" + str(path.resolve()).replace("'", "''") + "'" for path in paths)
        kind = "view" if table == "case_stages" else "table"
        connection.execute(f"create {kind} {relation} as select * from read_parquet([{files}])")
    else:
        nothing = _plain(row_schema(read_contract()[table]).empty_table())
        connection.from_arrow(nothing).create(relation)


def _drop(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Drop a relation, whether it is a table or a view; DuckDB needs to know which."""
    kinds = connection.execute(
        "select table_type from information_schema.tables where table_schema || '.' || table_name = ?",
        [relation],
    ).fetchall()
    for (kind,) in kinds:
        connection.execute(f"drop {'view' if kind == 'VIEW' else 'table'} {relation}")


def load_other(connection: duckdb.DuckDBPyConnection, store: RegisterStore, relation: str) -> None:
    """Replace one of `OTHER_RELATIONS`."""
    connection.execute(f"drop table if exists {relation}")
    connection.from_arrow(OTHER_RELATIONS[relation](store)).create(relation)


def compute(connection: duckdb.DuckDBPyConnection, relation: str, contract: Contract) -> None:
    """Make one of `COMPUTED_RELATIONS`, a few parts at a time."""
    computed = COMPUTED_RELATIONS[relation]
    first, *others = (connection.table(name) for name in computed.inputs)
    beside = [other.df() for other in others]

    def rows_of(part: pa.Table) -> pa.Table:
        return as_table(contract, computed.rows(part.to_pandas(date_as_object=False), *beside))

    made: list[pa.Table] = []
    waiting: deque[Future[pa.Table]] = deque()
    # numpy sorts and adds up beside other threads, while the next part is read
    with ThreadPoolExecutor(PARTS_AT_ONCE) as pool:
        for part in _parts(first, computed.order):
            waiting.append(pool.submit(rows_of, part))
            if len(waiting) > PARTS_AT_ONCE:
                made.append(waiting.popleft().result())
        made += [part.result() for part in waiting]
    connection.execute(f"drop table if exists {relation}")
    connection.from_arrow(pa.concat_tables(made)).create(relation)


def _parts(rows: duckdb.DuckDBPyRelation, order: Sequence[str]) -> Iterator[pa.Table]:
    """All rows in order, some values of its first column at a time; once nothing where there are no rows.

    They are put in order and read once, however many parts there are. Whatever else the connection is asked in between
    would end the reading.
    """
    ordered = rows.order(", ".join(order))
    with ordered.to_arrow_reader(ROWS_AT_ONCE) as batches:
        held = batches.schema.empty_table()
        for batch in batches:
            held = pa.concat_tables([held, pa.Table.from_batches([batch])])
            column = held[order[0]]
            begins = pc.index(column, column[-1]).as_py()
            if begins:
                yield held.slice(0, begins)
                held = held.slice(begins)
    yield held


def build(
    connection: duckdb.DuckDBPyConnection,
    store: RegisterStore,
    models: Sequence[Model],
    contracts: Mapping[Relation, Contract],
) -> Iterator[str]:
    """Make every relation of the register in one connection, without Dagster; the name of each once it is made.

    `models` and `contracts` are all the project's: those that read nothing but the register's relations are run.
    """
    for layer in ("raw", "staging", "core", "marts"):
        connection.execute(f"create schema if not exists {layer}")
    define_folding(connection)
    for table in REGISTER_RELATIONS:
        load_register_table(connection, store, table)
    for relation in OTHER_RELATIONS:
        load_other(connection, store, relation)
    made = [*REGISTER_RELATIONS.values(), *OTHER_RELATIONS]
    makers: dict[str, tuple[Collection[str], Callable[[], object]]] = {
        str(model.relation): (
            model.reads,
            partial(connection.execute, creation(model, contracts[model.relation])),
        )
        for model in models
    }
    makers |= {
        name: (computed.inputs, partial(compute, connection, name, contracts[Relation(name)]))
        for name, computed in COMPUTED_RELATIONS.items()
    }
    while ready := [name for name, (reads, _) in makers.items() if set(map(str, reads)) <= set(made)]:
        for name in ready:
            _, make = makers.pop(name)
            make()
            made.append(name)
            yield name


def _as_text(frame: pd.DataFrame) -> pa.Table:
    return pa.table({name: pa.array(frame[name], pa.string(), from_pandas=True) for name in frame})


def _plain(table: pa.Table) -> pa.Table:
    return table.cast(pa.schema([(field.name, pa.string()) for field in table.schema]))
