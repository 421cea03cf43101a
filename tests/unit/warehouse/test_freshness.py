"""What comes from outside is noted once each time it comes, and only what comes from outside ages."""

from pathlib import Path

import dagster as dg
import pytest

from warehouse.freshness import QUARTERLY, REGISTER_DELIVERED, WEEKLY, note_arrival, outside_assets
from warehouse.settings import Settings


def noted(tmp_path: Path, *deliveries: str, is_example: bool = False) -> list[str]:
    """What was noted when runs found these to be the newest deliveries, one run after another."""
    settings = Settings(state=tmp_path, is_example=is_example)
    with dg.DagsterInstance.ephemeral() as instance:
        newest = iter(deliveries)

        @dg.asset
        def register(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
            note_arrival(context, REGISTER_DELIVERED, next(newest), settings)
            return dg.MaterializeResult()

        for _ in deliveries:
            dg.materialize([register], instance=instance)
        records = instance.fetch_materializations(REGISTER_DELIVERED, limit=10, ascending=True).records
    found = [record.asset_materialization for record in records]
    return [str(one.metadata["what"].value) for one in found if one]


@pytest.mark.parametrize(
    ("deliveries", "expected"),
    [
        (["first"], ["first"]),
        (["first", "first", "first"], ["first"]),
        (["first", "first", "second"], ["first", "second"]),
        (["", ""], []),
    ],
)
def test_a_delivery_is_noted_once(tmp_path: Path, deliveries: list[str], expected: list[str]) -> None:
    assert noted(tmp_path, *deliveries) == expected


def test_the_examples_delivery_is_no_arrival(tmp_path: Path) -> None:
    assert noted(tmp_path, "first", is_example=True) == []


def test_the_site_the_register_and_the_plan_age_and_no_relation_does(
    shipped_definitions: dg.Definitions,
) -> None:
    ageing = {
        "/".join(spec.key.path): spec.freshness_policy
        for spec in shipped_definitions.resolve_all_asset_specs()
        if spec.freshness_policy
    }
    assert ageing == {
        "ombudsman/site": WEEKLY,
        "council/register_extract": QUARTERLY,
        "council/improvement_plan": QUARTERLY,
    }
    assert len(outside_assets()) == len(ageing)
