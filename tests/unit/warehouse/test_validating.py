"""Great Expectations in its own process finds what it would find in the run's, and its failures are told."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pandas as pd
import pyarrow as pa
import pytest

from tests.relations import warehouse_in
from warehouse.asset_checks import asset_checks
from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.relations import asset_key, finish
from warehouse.second_process import SecondProcess, SecondProcessError, second_process
from warehouse.trials import build_docs, try_rows
from warehouse.validating import begin, begin_docs, built_docs, outcomes

CONTRACT = Contract.model_validate(
    {
        "relation": "core.shares",
        "row": "One share.",
        "key": ["council"],
        "group": "comparison",
        "columns": {
            "council": {"type": "VARCHAR", "description": "Council"},
            "share": {"type": "DOUBLE", "description": "Share", "nullable": True},
            "day": {"type": "DATE", "description": "Day"},
        },
        "warns": [
            {
                "rule": "A share is at most 100",
                "breaks_when": "share > 100",
            }
        ],
    }
)
SELECT = """
    select * from (
        values ('A', 10::double, date '2024-04-01'), ('B', 101, '2024-04-02'), ('C', null, '2024-04-03')
    ) as shares (council, share, day)
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    made = warehouse_in(tmp_path)
    with made.yield_for_execution(dg.build_init_resource_context()):
        yield made


@pytest.mark.parametrize("many_rows", [0, 200_000])
def test_a_relation_of_any_size_gives_the_same_outcomes(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, many_rows: int
) -> None:
    monkeypatch.setattr("warehouse.validating.MANY_ROWS", many_rows)
    warehouse.create(CONTRACT.name, SELECT, CONTRACT.key)
    begin(warehouse, CONTRACT)
    assert bool(warehouse.trials) is (many_rows > 0)
    failed = [one for one in outcomes(warehouse, CONTRACT) if not one.passed]
    assert [one.failing for one in failed] == [[{"council": "B", "share": 101}]]


def test_a_check_alone_tries_the_rows_as_they_are_now(warehouse: Warehouse) -> None:
    warehouse.create(CONTRACT.name, SELECT, CONTRACT.key)
    assert [one.summary for one in outcomes(warehouse, CONTRACT) if not one.passed] == [
        "1 row(s) fail: council=B, share=101"
    ]
    warehouse.create(CONTRACT.name, f"{SELECT} where council <> 'B'", CONTRACT.key)
    assert all(one.passed for one in outcomes(warehouse, CONTRACT))


def test_what_was_begun_before_a_relation_was_made_again_is_not_its_outcome(warehouse: Warehouse) -> None:
    warehouse.create(CONTRACT.name, SELECT, CONTRACT.key)
    begin(warehouse, CONTRACT)
    warehouse.create(CONTRACT.name, f"{SELECT} where council <> 'B'", CONTRACT.key)
    begin(warehouse, CONTRACT)
    assert all(one.passed for one in outcomes(warehouse, CONTRACT))


@pytest.mark.parametrize("is_begun", [True, False])
def test_data_docs_show_what_was_tried_whether_they_were_begun_or_are_asked_for_alone(
    warehouse: Warehouse, is_begun: bool
) -> None:
    warehouse.create(CONTRACT.name, SELECT, CONTRACT.key)
    outcomes(warehouse, CONTRACT)
    if is_begun:
        begin_docs(warehouse)
    index = built_docs(warehouse)
    assert index == warehouse.state / "data_docs" / "index.html"
    assert CONTRACT.relation in index.read_text(encoding="utf-8")


def test_data_docs_are_whole_where_another_process_tried_the_rules(warehouse: Warehouse) -> None:
    two_required = CONTRACT.columns | {"day": CONTRACT.columns["day"].model_copy(update={"nullable": False})}
    contract = CONTRACT.model_copy(update={"columns": two_required})
    warehouse.create(CONTRACT.name, f"{SELECT} where council <> 'C'", CONTRACT.key)
    begin(warehouse, contract)
    outcomes(warehouse, contract)
    index = SecondProcess().submit(build_docs, warehouse.state).result()
    (drawn,) = (page.read_text(encoding="utf-8") for page in (index.parent / "validations").rglob("*.html"))
    assert "as missing" in drawn


def test_a_suite_that_cannot_be_built_is_told_with_its_reason(tmp_path: Path) -> None:
    contract = CONTRACT.model_copy(update={"warns": [None]})
    rows = pa.Table.from_pandas(pd.DataFrame({"council": ["A"]}))
    with pytest.raises(SecondProcessError, match=r"failed at try_rows(.|\n)*fails_when"):
        second_process().submit(try_rows, contract, rows, tmp_path).result()


def test_what_can_be_made_is_made_before_anything_is_waited_for(tmp_path: Path) -> None:
    order = []
    contracts = [
        CONTRACT.model_copy(update={"relation": f"core.{name}"}) for name in ("shares", "portions", "slices")
    ]

    def making(contract: Contract) -> dg.AssetsDefinition:
        @dg.multi_asset(name=contract.name.table, specs=[dg.AssetSpec(asset_key(contract.name))])
        def make(warehouse: Warehouse) -> dg.MaterializeResult[None]:
            warehouse.create(contract.name, SELECT, contract.key)
            order.append("made")
            return finish(warehouse, contract)

        return make

    defs = dg.Definitions(
        assets=[making(contract) for contract in contracts],
        asset_checks=[asset_checks(contract) for contract in contracts],
        resources={
            "warehouse": Warehouse(
                path=str(tmp_path / "warehouse.duckdb"), published=str(tmp_path / "new.duckdb")
            )
        },
        executor=dg.in_process_executor,
    )
    result = defs.resolve_implicit_global_asset_job_def().execute_in_process()
    steps = [event.step_key for event in result.filter_events(lambda event: event.is_step_start)]
    assert set(steps[:3]) == {"shares", "portions", "slices"}
    assert all(step.startswith("check__") for step in steps[3:])
    assert len(result.get_asset_check_evaluations()) == 6
