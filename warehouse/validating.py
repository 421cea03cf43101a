"""The rules of a relation, tried while the run makes the next: asked for in one step, answered in another."""

from pathlib import Path

from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.expectations import Outcome, try_rules
from warehouse.names import Relation
from warehouse.second_process import second_process
from warehouse.trials import build_docs, try_rows

DOCS = Relation("quality.data_docs")
MANY_ROWS = 200_000  # from here on rules are tried in the run itself: to hand so many rows over takes longer


def begin(warehouse: Warehouse, contract: Contract) -> None:
    """Have the rows of a relation tried while the run goes on; `outcomes` waits for the answer."""
    warehouse.trials.pop(contract.name, None)
    if warehouse.count(contract.name) < MANY_ROWS:
        warehouse.trials[contract.name] = second_process().submit(
            try_rows, contract, warehouse.arrow(contract.name), warehouse.state.resolve()
        )


def outcomes(warehouse: Warehouse, contract: Contract) -> list[Outcome]:
    """What came of every check of a relation as it now is."""
    if contract.name not in warehouse.trials:  # of an earlier run
        begin(warehouse, contract)
    if contract.name not in warehouse.trials:
        return try_rules(contract, warehouse.connection, warehouse.state.resolve())
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
