"""What came of checks is in the warehouse when a run ends, also one that failed; only what was tried is replaced."""

from pathlib import Path

import dagster as dg
import duckdb
import pytest

from tests.relations import warehouse_in
from warehouse.asset_checks import FAILURES, RESULTS, DagsterCheck, evaluation, record, write_outcomes
from warehouse.connection import MADE, Warehouse
from warehouse.contracts import Contract
from warehouse.expectations import Check, Outcome

CHECK = Check("a_share_is_at_most_100", "A share is at most 100", True, [])


def contract(table: str) -> Contract:
    column = {"type": "VARCHAR", "description": "council"}
    return Contract.model_validate(
        {
            "relation": f"core.{table}",
            "row": "One share.",
            "key": ["council"],
            "group": "comparison",
            "columns": {"council": column},
        }
    )


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return warehouse_in(tmp_path)


def run(warehouse: Warehouse, *failing: tuple[str, list[dict[str, str]]], fails: bool = False) -> None:
    """A run that checks these relations, of which these rows fail."""
    with warehouse.yield_for_execution(dg.build_init_resource_context()):
        for table, rows in failing:
            record(warehouse, contract(table), [Outcome(CHECK, failing=rows)])
        if fails:
            raise RuntimeError("a later step failed")


def held(warehouse: Warehouse, select: str) -> list[tuple[object, ...]]:
    with duckdb.connect(warehouse.path, read_only=True) as connection:
        return connection.execute(select).fetchall()


def test_the_outcomes_of_a_run_that_fails_are_kept(warehouse: Warehouse) -> None:
    with pytest.raises(RuntimeError, match="later step"):
        run(warehouse, ("shares", [{"council": "A", "share": "101"}]), fails=True)
    assert held(warehouse, f"select relation, passed, failing_rows from {RESULTS}") == [("core.shares", False, 1)]
    assert held(warehouse, f"select check_name, row_key from {FAILURES}") == [
        (CHECK.name, '{"council": "A", "share": "101"}')
    ]


def test_only_the_outcomes_of_what_was_checked_are_replaced(warehouse: Warehouse) -> None:
    run(warehouse, ("shares", [{"council": "A"}]), ("portions", [{"council": "B"}]))
    run(warehouse, ("shares", []))
    assert held(warehouse, f"select relation, passed from {RESULTS} order by all") == [
        ("core.portions", False),
        ("core.shares", True),
    ]
    assert held(warehouse, f"select relation from {FAILURES}") == [("core.portions",)]


def test_outcomes_can_be_read_before_the_run_ends(warehouse: Warehouse) -> None:
    with warehouse.yield_for_execution(dg.build_init_resource_context()):
        record(warehouse, contract("shares"), [Outcome(CHECK)])
        write_outcomes(warehouse)
        found = warehouse.connection.execute(f"select relation from {RESULTS}").fetchall()
    assert found == [("core.shares",)]


@pytest.mark.parametrize(("failing", "is_sound"), [([], True), ([{"council": "A"}], False)])
def test_a_relation_is_sound_only_once_what_its_checks_found_is_kept(
    warehouse: Warehouse, failing: list[dict[str, str]], is_sound: bool
) -> None:
    shares = contract("shares")
    with warehouse.yield_for_execution(dg.build_init_resource_context()):
        warehouse.note_made(shares.name, is_sound=False)
        record(warehouse, shares, [Outcome(CHECK, failing=failing)])
        # a kill here leaves no outcome, so nothing may call the relation sound
        assert sound(warehouse) == [(False,)]
    assert held(warehouse, f"select is_sound from {MADE}") == [(is_sound,)]


def sound(warehouse: Warehouse) -> list[tuple[object, ...]]:
    return warehouse.connection.execute(f"select is_sound from {MADE}").fetchall()


def test_a_run_without_checks_writes_none(warehouse: Warehouse) -> None:
    run(warehouse)
    tables = held(warehouse, "select table_name from duckdb_tables() where schema_name = 'checking'")
    assert tables == [("built_as",), ("made",)]


@pytest.mark.parametrize(("failing", "count"), [([], 0), ([{"gss_code": "E10000016"}], 1)])
def test_every_result_has_its_numbers_so_that_they_plot(failing: list[dict[str, str]], count: int) -> None:
    shown = DagsterCheck(CHECK.name, CHECK.sentence, True, (CHECK.name,))
    result = evaluation(dg.AssetKey("shares"), shown, [Outcome(CHECK, failing=failing)])
    assert result.metadata["number of failing rows"].value == count
    assert result.metadata["number of known exceptions"].value == 0


def test_failing_rows_name_their_council() -> None:
    shown = DagsterCheck(CHECK.name, CHECK.sentence, True, (CHECK.name,))
    outcome = Outcome(CHECK, failing=[{"gss_code": "E10000016"}, {"gss_code": "E99999999"}])
    result = evaluation(dg.AssetKey("shares"), shown, [outcome], {"E10000016": "Kent"})
    rows = str(result.metadata["first failing rows"].value)
    assert rows.startswith("| council | gss_code |") and "| Kent | E10000016 |" in rows
