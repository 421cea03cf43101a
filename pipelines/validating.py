"""The rules of a relation, tried while the run makes the next: asked for in one step, answered in another."""

from concurrent.futures import Future
from pathlib import Path

import pyarrow as pa

from pipelines import row_rules
from pipelines.expectations import Outcome, checks_of
from pipelines.trials import build_docs, try_rules
from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.names import Relation
from warehouse.second_process import second_process

DOCS = Relation("quality.data_docs")


def begin(warehouse: Warehouse, contract: Contract) -> None:
    """Have the rows of a relation tried while the run goes on; `outcomes` waits for the answer."""
    if not _is_tried_in_sql(warehouse, contract):
        warehouse.trials[contract.name] = _ask(warehouse, contract, warehouse.arrow(contract.name))


def outcomes(warehouse: Warehouse, contract: Contract) -> list[Outcome]:
    """What came of every check of a relation as it now is."""
    if contract.name not in warehouse.trials:  # of very many rows, or of an earlier run
        if _is_tried_in_sql(warehouse, contract):
            return row_rules.run(
                warehouse,
                contract,
                checks_of(contract),
                lambda rules, rows: _ask(warehouse, rules, pa.Table.from_pandas(rows)).result(),
            )
        begin(warehouse, contract)
    return warehouse.trials.pop(contract.name).result()


def begin_docs(warehouse: Warehouse) -> None:
    """Have the Data Docs built while the run goes on, when everything has been tried; `built_docs` waits for them."""
    warehouse.trials[DOCS] = second_process().submit(build_docs, warehouse.state.resolve())


def built_docs(warehouse: Warehouse) -> Path:
    """The index of the Data Docs, built anew."""
    if DOCS not in warehouse.trials:
        begin_docs(warehouse)
    index: Path = warehouse.trials.pop(DOCS).result()
    return index


def _is_tried_in_sql(warehouse: Warehouse, contract: Contract) -> bool:
    return warehouse.count(contract.name) >= row_rules.MANY_ROWS and row_rules.in_sql(contract)


def _ask(warehouse: Warehouse, contract: Contract, rows: pa.Table) -> "Future[list[Outcome]]":
    return second_process().submit(try_rules, contract, rows, warehouse.state.resolve())
