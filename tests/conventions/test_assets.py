"""Every asset explains itself, and the shape of the graph is known."""

from typing import get_args

import dagster as dg
import pytest

from assets.council.register import PRIVATE
from warehouse.contracts import Contract, Group, read_contracts
from warehouse.names import Relation
from warehouse.settings import Settings

GROUPS = get_args(Group)


@pytest.fixture(scope="module")
def contracts(shipped_settings: Settings) -> dict[Relation, Contract]:
    return read_contracts(shipped_settings.expectations)


@pytest.fixture(scope="module")
def specs(shipped_definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    """Every asset by the name of its relation or product."""
    return {".".join(spec.key.path): spec for spec in shipped_definitions.resolve_all_asset_specs()}


def test_every_contract_is_for_an_asset_and_no_relation_lacks_its_contract(
    specs: dict[str, dg.AssetSpec], contracts: dict[Relation, Contract]
) -> None:
    tables = {name for name, spec in specs.items() if "dagster/table_name" in spec.metadata}
    assert tables == set(contracts)


def test_every_asset_has_a_description_an_owner_and_kinds(specs: dict[str, dg.AssetSpec]) -> None:
    mute = [name for name, spec in specs.items() if not (spec.description and spec.owners and spec.kinds)]
    assert mute == []


def test_groups_flow_one_way(specs: dict[str, dg.AssetSpec]) -> None:
    place = {name: GROUPS.index(spec.group_name or "") for name, spec in specs.items()}
    backwards = [
        (name, source)
        for name, spec in specs.items()
        for source in (".".join(dep.asset_key.path) for dep in spec.deps)
        if place[source] > place[name]
    ]
    assert backwards == []


def test_no_table_that_is_made_from_single_cases_is_in_a_group_whose_tables_are_published(
    specs: dict[str, dg.AssetSpec], contracts: dict[Relation, Contract]
) -> None:
    published = [name for name, contract in contracts.items() if contract.group in ("figures", "comparison")]
    leaking = [name for name in published if set(PRIVATE) & waited_for(name, specs)]
    assert leaking == []


def test_every_description_says_first_in_a_sentence_what_the_table_is_for(
    specs: dict[str, dg.AssetSpec], contracts: dict[Relation, Contract]
) -> None:
    for name, spec in specs.items():
        first = (spec.description or "").partition("\n")[0]
        assert first.endswith(".") and not first.startswith(("One row", "*")), name
    for name in contracts:
        assert "\n\nOne row:" in (specs[name].description or ""), name


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
