"""Every asset explains itself, and the shape of the graph is known."""

import dagster as dg
import pytest

from tests.conventions.asset_graph import SNAPSHOT, graph_text
from warehouse.contracts import Contract, read_contracts
from warehouse.names import Relation
from warehouse.settings import Settings

GROUPS = {"reference", "ombudsman", "council", "benchmark", "quality", "publication"}


@pytest.fixture(scope="module")
def contracts(shipped_settings: Settings) -> dict[Relation, Contract]:
    return read_contracts(shipped_settings.expectations)


@pytest.fixture(scope="module")
def specs(shipped_definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    """Every asset by the name of its relation or product."""
    return {".".join(spec.key.path): spec for spec in shipped_definitions.resolve_all_asset_specs()}


def test_the_asset_graph_is_the_one_that_was_last_looked_at(shipped_definitions: dg.Definitions) -> None:
    rewrite = "if the change is meant, run: uv run python -m tests.conventions.asset_graph"
    assert graph_text(shipped_definitions) == SNAPSHOT.read_text(encoding="utf-8"), rewrite


def test_every_contract_is_for_an_asset_and_no_relation_lacks_its_contract(
    specs: dict[str, dg.AssetSpec], contracts: dict[Relation, Contract]
) -> None:
    tables = {name for name, spec in specs.items() if "dagster/table_name" in spec.metadata}
    assert tables == set(contracts)


def test_every_asset_has_a_description_a_group_and_kinds(specs: dict[str, dg.AssetSpec]) -> None:
    mute = [name for name, spec in specs.items() if not spec.description or not spec.kinds]
    assert mute == []
    assert {spec.group_name for spec in specs.values()} <= GROUPS


def test_the_description_of_every_relation_opens_with_its_grain(
    specs: dict[str, dg.AssetSpec], contracts: dict[Relation, Contract]
) -> None:
    unclear = [name for name in contracts if not (specs[name].description or "").startswith("**One row")]
    assert unclear == []


def test_every_relation_has_a_column_schema_whose_columns_are_described(
    specs: dict[str, dg.AssetSpec], contracts: dict[Relation, Contract]
) -> None:
    for name, contract in contracts.items():
        schema = specs[name].metadata["dagster/column_schema"]
        assert isinstance(schema, dg.TableSchema)
        assert [column.name for column in schema.columns] == list(contract.columns)
        assert all(column.description for column in schema.columns)


def test_every_relation_is_checked_but_those_that_hold_the_checks(
    shipped_definitions: dg.Definitions, contracts: dict[Relation, Contract]
) -> None:
    checked = {
        ".".join(key.asset_key.path)
        for definition in shipped_definitions.asset_checks or []
        for key in definition.check_keys
    }
    assert set(contracts) - checked == {"quality.checks", "quality.failures"}


def waited_for(name: str, specs: dict[str, dg.AssetSpec]) -> set[str]:
    """Everything that is made before `name`, at any distance."""
    direct = {".".join(dep.asset_key.path) for dep in specs[name].deps}
    return direct.union(*(waited_for(one, specs) for one in direct))


def test_everything_published_waits_for_every_relation(
    specs: dict[str, dg.AssetSpec], contracts: dict[Relation, Contract]
) -> None:
    answers = {"marts.answers"}
    for name, spec in specs.items():
        if spec.group_name == "publication" and name not in answers:
            # a sentence that cannot be used stops only what tells it, and the data package tells none
            expected = set(contracts) - (answers if name == "publication.data_package" else set())
            assert waited_for(name, specs) >= expected, name


def test_every_relation_that_is_checked_has_a_blocking_check_for_which_all_that_reads_it_waits(
    shipped_definitions: dg.Definitions,
) -> None:
    for definition in shipped_definitions.asset_checks or []:
        assert any(spec.blocking for spec in definition.check_specs), definition.check_keys


def test_a_run_keeps_to_one_process(shipped_definitions: dg.Definitions) -> None:
    executor = shipped_definitions.executor
    assert isinstance(executor, dg.ExecutorDefinition)
    assert executor.name == "in_process"
