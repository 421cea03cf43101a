"""What Python works out from the indicator values: verdicts, ranks, benchmarks, whom to learn from, trends, moves.

The mathematics is in `benchmarking/`; here its arrays are filled from the marts and its results become relations.
"""

import dagster as dg

from assets.benchmark.own_list import own_comparators
from pipelines.contracts import Contract
from pipelines.relations import asset_spec, finish
from pipelines.settings import Settings
from pipelines.warehouse import Relation, Warehouse

OWN_COMPARATORS = Relation("raw.own_comparators")


def benchmark_assets(settings: Settings, contracts: dict[Relation, Contract]) -> list[dg.AssetsDefinition]:
    """The relations of the comparison that no SQL can make."""

    @dg.multi_asset(
        name="raw__own_comparators",
        specs=[
            asset_spec(
                contracts[OWN_COMPARATORS],
                [],
                {"python"},
                about="From the setting own_comparators; empty without.",
            )
        ],
    )
    def own_list(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        warehouse.load(OWN_COMPARATORS, own_comparators(settings))
        return finish(warehouse, contracts[OWN_COMPARATORS])

    return [own_list]
