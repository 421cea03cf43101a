"""What came of the checks, as relations."""

import dagster as dg

from warehouse.asset_checks import FAILURES, RESULTS, write_outcomes
from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.names import Relation
from warehouse.relations import asset_spec, finish

CHECKS_RELATION = Relation("quality.checks")
FAILURES_RELATION = Relation("quality.failures")


def quality_assets(contracts: dict[Relation, Contract], ends: list[Relation]) -> list[dg.AssetsDefinition]:
    """The relations of check results, made once every relation up to `ends` has been tried."""

    def collected(relation: Relation, source: Relation, about: str) -> dg.AssetsDefinition:
        contract = contracts[relation]

        @dg.multi_asset(
            name=f"{relation.layer}__{relation.table}",
            specs=[asset_spec(contract, ends, {"greatexpectations"}, " ".join(contracts), about)],
        )
        def collect(warehouse: Warehouse) -> dg.MaterializeResult[None]:
            write_outcomes(warehouse)
            # a check may be of a relation that is no more
            known = ", ".join(f"'{name}'" for name in contracts)
            warehouse.create(relation, f"select * from {source} where relation in ({known})", contract.key)
            return finish(warehouse, contract, is_checked=False)

        return collect

    return [
        collected(
            CHECKS_RELATION,
            RESULTS,
            "The latest outcome of every check of every relation.",
        ),
        collected(
            FAILURES_RELATION,
            FAILURES,
            "All failing rows; the checks themselves show only the first five.",
        ),
    ]
