"""The embedded default's definitions, with one asset more: what publications read, shared with every worker."""

from functools import cache

import dagster as dg

from assets.publication.assets import WAREHOUSE
from pipelines.definitions import build_definitions
from pipelines.scale.lake import SHARED, open_lake, snapshot_metadata
from pipelines.scale.settings import ScaleSettings
from warehouse.connection import Warehouse
from warehouse.settings import Settings


def shared_asset(settings: Settings, scale: ScaleSettings) -> dg.AssetsDefinition:
    """The asset that makes what each refresh built a snapshot of the shared warehouse."""

    @dg.multi_asset(
        name="shared__warehouse",
        specs=[
            dg.AssetSpec(
                SHARED,
                deps=[WAREHOUSE],
                group_name="publication",
                kinds={"duckdb", "postgres"},
                description="A snapshot of the warehouse in DuckLake, from which every worker publishes.",
            )
        ],
    )
    def share(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        building = warehouse.connection.execute("select current_database()").fetchall()[0][0]
        with open_lake(scale, warehouse.connection) as lake:
            snapshot = lake.share(building, settings.publications_kept)
        return dg.MaterializeResult(asset_key=SHARED, metadata=snapshot_metadata(snapshot))

    return share


@cache  # a worker loads them once, not for each run
def _definitions() -> dg.Definitions:
    settings, scale = Settings(), ScaleSettings()
    return dg.Definitions.merge(
        build_definitions(settings), dg.Definitions(assets=[shared_asset(settings, scale)])
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What a code server and the workers of the queue `refresh` load."""
    return _definitions()
