"""What came of the checks, as relations and as Great Expectations' own pages."""

import dagster as dg

from warehouse.asset_checks import FAILURES, RESULTS, write_outcomes
from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.names import Relation
from warehouse.relations import asset_key, asset_spec, finish, to_open
from warehouse.validating import DOCS, built_docs

CHECKS_RELATION = Relation("quality.checks")
FAILURES_RELATION = Relation("quality.failures")
DATA_DOCS = asset_key(DOCS)


def quality_assets(contracts: dict[Relation, Contract], ends: list[Relation]) -> list[dg.AssetsDefinition]:
    """The relations of check results and the Data Docs, made once every relation up to `ends` has been tried."""

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

    @dg.multi_asset(
        name="quality__data_docs",
        # built while the publication is made, which is what people wait for
        op_tags={"dagster/priority": "-2"},
        specs=[
            dg.AssetSpec(
                DATA_DOCS,
                deps=[asset_key(relation) for relation in ends],
                group_name="quality",
                kinds={"greatexpectations", "html"},
                description=(
                    "Great Expectations' own pages about every check, for the analyst on this machine. They load "
                    "styles from other websites, so they are not published."
                ),
            )
        ],
    )
    def data_docs(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        index = built_docs(warehouse)
        return dg.MaterializeResult(
            asset_key=DATA_DOCS,
            metadata={
                "website": to_open(index),
                "file": dg.MetadataValue.path(str(index)),
            },
        )

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
        data_docs,
    ]
