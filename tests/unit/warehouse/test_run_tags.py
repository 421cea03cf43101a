"""A run says in the list of runs what it is about and how many checks failed."""

from pathlib import Path

import dagster as dg
import pytest

from tests.relations import warehouse_in
from warehouse.run_tags import PARTITION_TAG
from warehouse.settings import Settings
from warehouse.subject import Subject


@pytest.mark.parametrize(("year", "shown"), [("", "latest"), ("2022-23", "2022-23")])
def test_a_run_is_tagged_with_its_subject_and_its_warnings(tmp_path: Path, year: str, shown: str) -> None:
    @dg.asset(required_resource_keys={"warehouse", "subject"})
    def figures() -> None: ...

    @dg.asset_check(asset=figures)
    def is_known() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN)

    settings = Settings(state=tmp_path / "state", output=tmp_path / "output")
    resources = {
        "subject": Subject(settings=settings, year=year),
        "warehouse": warehouse_in(tmp_path),
    }
    with dg.DagsterInstance.ephemeral() as instance:
        run = dg.materialize(
            [figures, is_known],
            instance=instance,
            resources=resources,
            tags={PARTITION_TAG: "kent-county-council"},
        )
        tags = instance.get_run_by_id(run.run_id).tags
    assert {name: tags.get(name) for name in ("council", "comparators", "year", "warnings")} == {
        "council": "kent-county-council",
        "comparators": "lgsco_type",
        "year": shown,
        "warnings": "1",
    }
