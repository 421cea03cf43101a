"""The asset that makes one model's relation."""

import dagster as dg

from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.models import Model, code_version, creation
from warehouse.relations import asset_spec, finish, stands


def sql_asset(model: Model, contract: Contract) -> dg.AssetsDefinition:
    """The asset that makes one model's relation."""

    @dg.multi_asset(
        name=f"{model.relation.layer}__{model.relation.table}",
        specs=[asset_spec(contract, model.reads, {"sql"}, code_version(model, contract), model.about)],
    )
    def make(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult[None]:
        is_new = "current_date" in model.select or not stands(context, warehouse)
        if is_new:
            warehouse.connection.execute(creation(model, contract))
        return finish(
            warehouse,
            contract,
            {"sql": dg.MetadataValue.md(f"```sql\n{model.select}\n```")},
            is_new=is_new,
        )

    return make
