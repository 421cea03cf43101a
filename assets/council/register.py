"""The council's register as assets: what was delivered, and what Python works out from the models of its cases."""

from collections.abc import Iterator

import dagster as dg

from assets.council.deliveries import RegisterStore
from assets.council.relations import (
    COMPUTED_RELATIONS,
    OTHER_RELATIONS,
    REGISTER_RELATIONS,
    compute,
    load_other,
    load_register_table,
)
from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.freshness import REGISTER_DELIVERED, note_arrival
from warehouse.names import Relation
from warehouse.relations import asset_spec, finish
from warehouse.settings import Settings
from warehouse.versions import digest

_ABOUT = (
    "Taken from the deliveries that were checked and accepted, which hold no personal data. Without a delivery it has "
    "no row, and the report says what a register would answer."
)

# others' answers with their small counts: marts.peer_timeliness, which is made of them, has none
RETURNS = {Relation(REGISTER_RELATIONS["peer_return"]), Relation("staging.register_peer_returns")}
# what stays with the council, and all that is made of it
PRIVATE = {*map(Relation, (*REGISTER_RELATIONS.values(), "raw.register_extracts", "raw.register_problems"))} - RETURNS


def register_store(settings: Settings) -> RegisterStore:
    """Where accepted deliveries are kept."""
    return RegisterStore(settings.state / "register")


def register_assets(settings: Settings, contracts: dict[Relation, Contract]) -> list[dg.AssetsDefinition]:
    """The raw relations of the register, one step for all, and one step for each relation that Python computes."""
    tables = {Relation(name): table for table, name in REGISTER_RELATIONS.items()}
    others = [Relation(name) for name in OTHER_RELATIONS]
    delivered = digest(register_store(settings).folder)

    @dg.multi_asset(
        name="raw__register",
        specs=[
            asset_spec(contracts[name], [], {"python"}, delivered, _ABOUT).replace_attributes(deps=[REGISTER_DELIVERED])
            for name in (*tables, *others)
        ],
    )
    def register(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult[None]]:
        store = register_store(settings)
        arrivals = store.extracts()["delivered_at"].to_pylist()
        note_arrival(context, REGISTER_DELIVERED, max(arrivals, default=""), settings)
        for name, table in tables.items():
            load_register_table(warehouse.connection, store, table)
            yield finish(warehouse, contracts[name])
        for name in others:
            load_other(warehouse.connection, store, name)
            yield finish(warehouse, contracts[name])

    return [register, *(_computed(Relation(name), contracts) for name in COMPUTED_RELATIONS)]


def _computed(relation: Relation, contracts: dict[Relation, Contract]) -> dg.AssetsDefinition:
    contract = contracts[relation]

    @dg.multi_asset(
        name=f"{relation.layer}__{relation.table}",
        specs=[asset_spec(contract, [Relation(name) for name in COMPUTED_RELATIONS[relation].inputs], {"python"})],
    )
    def make(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        compute(warehouse.connection, relation, contract)
        return finish(warehouse, contract)

    return make
