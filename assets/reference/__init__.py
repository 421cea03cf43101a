"""What the comparison refers to besides published figures: the indicators, the sources and a table of exact limits."""

import dagster as dg
import pandas as pd
from scipy import special

from benchmarking.reproducible import steady
from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.indicators import indicator_rows, read_indicators
from warehouse.names import Relation
from warehouse.relations import asset_spec, finish
from warehouse.settings import Settings
from warehouse.shipped import shipped_files
from warehouse.versions import digest

INDICATORS = Relation("raw.indicators")
SOURCES = Relation("core.sources")
POISSON_LIMITS = Relation("core.poisson_limits")

# from this many cases on, Byar's closed form in SQL is as good as the exact limits
EXACT_BELOW = 10


def poisson_limits() -> pd.DataFrame:
    """Exact 95% limits of a Poisson mean for 0 to 9 cases, through chi-squared quantiles (Garwood 1936)."""
    rows = [
        {
            "cases": cases,
            "lower_95": float(steady(special.gammaincinv(cases, 0.025), 12)) if cases else 0.0,
            "upper_95": float(steady(special.gammaincinv(cases + 1, 0.975), 12)),
        }
        for cases in range(EXACT_BELOW)
    ]
    return pd.DataFrame(rows)


def reference_assets(settings: Settings, contracts: dict[Relation, Contract]) -> list[dg.AssetsDefinition]:
    """Relations made from the project's own declarations."""

    @dg.multi_asset(
        name="raw__indicators",
        specs=[asset_spec(contracts[INDICATORS], [], {"yaml"}, digest(settings.indicators))],
    )
    def indicators(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        warehouse.load(INDICATORS, indicator_rows(read_indicators(settings.indicators)))
        return finish(warehouse, contracts[INDICATORS])

    @dg.multi_asset(
        name="core__sources",
        specs=[
            asset_spec(
                contracts[SOURCES],
                [],
                {"yaml"},
                digest(*(file.source_path for file in shipped_files(settings.data))),
            )
        ],
    )
    def sources(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        rows = [{"source": file.name, **file.source.model_dump()} for file in shipped_files(settings.data)]
        warehouse.load(SOURCES, pd.DataFrame(rows).astype("str"))
        return finish(warehouse, contracts[SOURCES])

    @dg.multi_asset(
        name="core__poisson_limits",
        specs=[asset_spec(contracts[POISSON_LIMITS], [], {"python"}, "constants")],
    )
    def limits(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        warehouse.load(POISSON_LIMITS, poisson_limits())
        return finish(warehouse, contracts[POISSON_LIMITS])

    return [indicators, sources, limits]
