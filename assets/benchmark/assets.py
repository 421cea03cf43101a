"""What Python works out from the indicator values: verdicts, ranks, benchmarks, whose lead to ask about, trends.

The mathematics is in `benchmarking/`; here its arrays are filled from the marts and its results become relations.
"""

from collections.abc import Iterator

import dagster as dg
import duckdb
import pyarrow as pa

from assets.benchmark import comparing, moving
from assets.benchmark.own_list import own_comparators
from assets.benchmark.tables import compare_years, read_world, relation
from benchmarking.settings import RankingSettings
from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.models import relations_read
from warehouse.names import Relation
from warehouse.queries import query
from warehouse.relations import asset_spec, finish, stands
from warehouse.settings import Settings
from warehouse.versions import digest

OWN_COMPARATORS = Relation("raw.own_comparators")
READ = ("compared_figures", "compared_members")
RELATIONS = tuple(
    Relation(f"marts.{name}")
    for name in (
        "council_rates",
        "verdicts",
        "rankings",
        "best_performers",
        "learn_from",
        "yearly_changes",
        "peer_distances",
        "peer_trends",
    )
)


def ranked(
    connection: duckdb.DuckDBPyConnection, contracts: dict[Relation, Contract], settings: RankingSettings
) -> dict[Relation, pa.Table]:
    """The rows of every relation of `RELATIONS`, from the marts in `connection`: the same marts give the same bytes."""
    world = read_world(connection)
    compared = compare_years(world, settings)
    series = list(moving.all_series(world))
    of_indicator = moving.by_indicator(compared)
    distances = [moving.distances(one, world, of_indicator[one.indicator], settings) for one in series]
    parts: dict[str, list[comparing.Part]] = {
        "council_rates": [comparing.council_rates(one) for one in compared],
        "verdicts": [comparing.verdicts(one) for one in compared],
        "rankings": [comparing.rankings(one) for one in compared],
        "best_performers": [comparing.best_performers(one) for one in compared],
        "learn_from": [comparing.learn_from(one, settings) for one in compared],
        "yearly_changes": [part for one in series for part in moving.yearly_changes(one, world.councils, settings)],
        "peer_distances": [part for years, _ in distances for part in years],
        "peer_trends": [part for _, trends in distances for part in trends],
    }
    return {name: relation(contracts[name], parts[name.table]) for name in RELATIONS}


def benchmark_assets(settings: Settings, contracts: dict[Relation, Contract]) -> list[dg.AssetsDefinition]:
    """The relations of the comparison that no SQL can make."""
    reads = sorted({name for text in map(query, READ) for name in relations_read(text)})

    @dg.multi_asset(
        name="raw__own_comparators",
        specs=[
            asset_spec(
                contracts[OWN_COMPARATORS],
                [],
                {"python"},
                digest(settings.council, *settings.own_comparators, settings.data / "reference"),
                about="From the setting own_comparators; empty without.",
            )
        ],
    )
    def own_list(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        warehouse.load(OWN_COMPARATORS, own_comparators(settings))
        return finish(warehouse, contracts[OWN_COMPARATORS])

    @dg.multi_asset(
        name="marts__ranked",
        specs=[
            asset_spec(
                contracts[name],
                reads,
                {"python"},
                repr(settings.ranking),
                about="How it is worked out: docs/methods.md.",
            )
            for name in RELATIONS
        ],
    )
    def ranking(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult[None]]:
        if stands(context, warehouse):
            yield from (finish(warehouse, contracts[name], is_new=False) for name in RELATIONS)
            return
        for name, table in ranked(warehouse.connection, contracts, settings.ranking).items():
            warehouse.load(name, table)
            yield finish(warehouse, contracts[name])

    return [own_list, ranking]
