"""The rules of a relation of very many rows, tried in SQL, find what Great Expectations finds on all rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines import row_rules
from pipelines.expectations import Outcome, Validator, checks_of
from tests.unit.pipelines.test_expectations import CONTRACT, GOOD, RULE
from warehouse.connection import Warehouse, open_warehouse
from warehouse.contracts import Contract, read_contracts

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    made = Warehouse(
        path=str(tmp_path / "w.duckdb"), published=str(tmp_path / "p.duckdb"), lock_wait_seconds=1
    )
    made._connection = open_warehouse(tmp_path / "w.duckdb")
    yield made
    made.connection.close()


def in_sql(warehouse: Warehouse, state: Path, frame: pd.DataFrame, **changes: Any) -> dict[str, Outcome]:
    contract = Contract.model_validate(CONTRACT | changes)
    warehouse.load(contract.name, frame)
    found = row_rules.run(warehouse, contract, checks_of(contract), Validator(state).run)
    return {outcome.check.name: outcome for outcome in found}


def in_pandas(state: Path, frame: pd.DataFrame, **changes: Any) -> dict[str, Outcome]:
    contract = Contract.model_validate(CONTRACT | changes)
    return {outcome.check.name: outcome for outcome in Validator(state).run(contract, frame)}


ABOUT_COUNTIES = [CONTRACT["warns"][0] | {"when": {"column": "kind", "equals": "county"}}]
BROKEN = {
    "nothing": GOOD,
    "the order of columns": GOOD[["year", "council", "kind", "share"]],
    "too few rows": GOOD.head(1),
    "a required value is missing": GOOD.assign(kind=pd.Series(["county", None, "unitary"], dtype=object)),
    "an unknown code": GOOD.assign(kind=["county", "parish", "unitary"]),
    "a key twice": GOOD.assign(year=2023),
    "a share above 100": GOOD.assign(share=[10.0, float("nan"), 100.5]),
    "a share below 0": GOOD.assign(share=[-0.5, float("nan"), 100.0]),
}


@pytest.mark.parametrize("what", BROKEN)
@pytest.mark.parametrize("changes", [{}, {"warns": ABOUT_COUNTIES}], ids=["all rows", "some rows"])
def test_each_check_finds_in_sql_what_it_finds_in_pandas(
    what: str, changes: dict[str, Any], warehouse: Warehouse, state: Path
) -> None:
    ours = in_sql(warehouse, state, BROKEN[what], **changes)
    theirs = in_pandas(state, BROKEN[what], **changes)
    assert {name: outcome.passed for name, outcome in ours.items()} == {
        name: outcome.passed for name, outcome in theirs.items()
    }
    for name, outcome in ours.items():
        keys = [{column: row[column] for column in ("council", "year")} for row in outcome.failing]
        expected = [{column: row[column] for column in ("council", "year")} for row in theirs[name].failing]
        if name == "key_is_unique":  # one row for a key that stands twice, however often it stands
            expected = [dict(pair) for pair in {tuple(key.items()) for key in expected}]
        assert sorted(keys, key=str) == sorted(expected, key=str), name


def test_a_missing_value_is_named_by_its_column(warehouse: Warehouse, state: Path) -> None:
    found = in_sql(warehouse, state, BROKEN["a required value is missing"])
    assert found["nothing_required_is_missing"].failing == [{"council": "A", "year": 2023, "missing": "kind"}]


def test_of_very_many_failing_rows_some_are_listed_and_all_are_counted(
    warehouse: Warehouse, state: Path
) -> None:
    count = row_rules.LISTED_ROWS + 1
    frame = pd.DataFrame({"council": "A", "year": range(count), "kind": "county", "share": 101.0})
    outcome = in_sql(warehouse, state, frame)["a_share_lies_between_0_and_100"]
    assert len(outcome.failing) == row_rules.LISTED_ROWS
    assert outcome.summary.startswith("10,001 rows fail, of which 10,000 are listed")


@pytest.mark.parametrize(
    "rule",
    [
        {"expect": "ExpectColumnMeanToBeBetween", "with": {"column": "share", "min_value": 0}},
        {
            "expect": "ExpectColumnValuesToBeBetween",
            "with": {"column": "share", "min_value": 0, "mostly": 0.9},
        },
    ],
)
def test_a_rule_without_a_counterpart_in_sql_is_left_to_great_expectations(rule: dict[str, Any]) -> None:
    assert not row_rules.in_sql(Contract.model_validate(CONTRACT | {"warns": [{"rule": RULE} | rule]}))


def test_every_relation_that_may_have_a_million_rows_can_be_tried_in_sql() -> None:
    contracts = read_contracts(PROJECT / "expectations").values()
    many = [
        contract
        for contract in contracts
        if contract.stored != "in order of its key" or contract.relation.startswith("core.case_")
    ]
    assert {contract.relation for contract in many} >= {
        "core.case_stages",
        "core.case_clocks",
        "core.case_timeliness",
    }
    assert all(map(row_rules.in_sql, many))
