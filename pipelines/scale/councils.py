"""Every council of England as the subject, one partition each: published from the shared warehouse by any worker.

A council's publication is made by the embedded default's own functions from one snapshot, under a lock, whole or not at
all, and says the same whoever makes it and whenever: so a run may be done twice, and a lost one is simply done again.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import dagster as dg
import duckdb
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG
from dagster_celery.tags import DAGSTER_CELERY_QUEUE_TAG

from pipelines.scale.lake import SHARED, WAIT_SECONDS, Lake, open_lake
from pipelines.scale.settings import COUNCILS_QUEUE, ScaleSettings
from warehouse.connection import exclusive
from warehouse.contracts import Contract, read_contracts
from warehouse.councils import Council, Lookup
from warehouse.names import Relation
from warehouse.settings import Settings

SITES = dg.AssetKey(["councils", "site"])
WORKBOOKS = dg.AssetKey(["councils", "workbook"])
COUNCILS = "councils"
SNAPSHOT_TAG = "benchmark/snapshot"


class PublicationError(Exception):
    """Some councils of a run could not be published; the message names each with its reason."""


def publish(
    settings: Settings, contracts: Mapping[Relation, Contract], lake: Lake, council: Council
) -> dict[dg.AssetKey, dict[str, Any]]:
    """Publish one council from the newest snapshot; the metadata of its site and workbook."""
    # only a worker needs what draws and writes: a code server is up in half the time without
    from assets.publication.assets import made_site, made_workbook
    from assets.publication.findings import read_findings

    # two may be at it, where a worker that was given up still lives
    with exclusive(settings.output / ".publishing" / council.slug, WAIT_SECONDS):
        snapshot = lake.newest()
        copy = lake.local_copy(snapshot, settings.state / "snapshots")
        with duckdb.connect(str(copy), read_only=True) as connection:
            findings = read_findings(connection, council, settings.comparators.value, "")
        return {
            SITES: {"snapshot": snapshot.name, **made_site(settings, contracts, findings, snapshot.day)},
            WORKBOOKS: {"snapshot": snapshot.name, **made_workbook(settings, council)},
        }


def councils_definitions(settings: Settings, scale: ScaleSettings) -> dg.Definitions:
    """The partitioned assets, their job, and the sensor that asks for them after each refresh."""
    lookup = Lookup(settings)
    named = [lookup.council(name) for name in scale.councils] or lookup.living()
    subjects = {council.slug: council for council in named}
    partitions = dg.StaticPartitionsDefinition(list(subjects))

    def spec(key: dg.AssetKey, kind: str, what: str) -> dg.AssetSpec:
        return dg.AssetSpec(
            key,
            deps=[SHARED],
            group_name="publication",
            kinds={kind},
            description=f"The {what} for each council.",
        )

    @dg.multi_asset(
        name="councils__publication",
        specs=[spec(SITES, "html", "website"), spec(WORKBOOKS, "xlsx", "workbook")],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.multi_run(scale.councils_per_run),
    )
    def publication(context: dg.AssetExecutionContext) -> Any:
        contracts = read_contracts(settings.expectations)
        failed = []
        with open_lake(scale) as lake:
            for slug in context.partition_keys:
                try:
                    metadata_of = publish(settings, contracts, lake, subjects[slug])
                except Exception as error:  # one council's trouble is not its neighbours'
                    context.log.exception("%s could not be published", slug)
                    failed.append(f"{slug}: {error}")
                    continue
                for key, metadata in metadata_of.items():
                    context.add_asset_metadata(metadata, asset_key=key, partition_key=slug)
        if failed:
            raise PublicationError("; ".join(failed))
        for key in (SITES, WORKBOOKS):
            yield dg.MaterializeResult(asset_key=key)

    job = dg.define_asset_job(
        COUNCILS,
        selection=[SITES, WORKBOOKS],
        tags={DAGSTER_CELERY_QUEUE_TAG: COUNCILS_QUEUE},
        description="Publishes the councils of its partitions from the shared warehouse.",
    )

    @dg.sensor(
        name="every_council",
        job=job,
        minimum_interval_seconds=5,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Publishes every council after each refresh that was shared.",
    )
    def every_council(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        latest = context.instance.get_latest_materialization_event(SHARED)
        if latest is None or latest.asset_materialization is None:
            return dg.SkipReason("Nothing was shared yet.")
        snapshot = str(latest.asset_materialization.metadata["snapshot"].value)
        if snapshot == context.cursor:
            return dg.SkipReason(f"Snapshot {snapshot} was asked for already.")
        slugs, size = list(subjects), scale.councils_per_run
        chunks = [slugs[first : first + size] for first in range(0, len(slugs), size)]
        requests = [
            dg.RunRequest(
                run_key=f"{snapshot} {chunk[0]}",
                tags={
                    SNAPSHOT_TAG: snapshot,
                    ASSET_PARTITION_RANGE_START_TAG: chunk[0],
                    ASSET_PARTITION_RANGE_END_TAG: chunk[-1],
                },
            )
            for chunk in chunks
        ]
        return dg.SensorResult(run_requests=requests, cursor=snapshot)

    return dg.Definitions(
        assets=[publication], jobs=[job], sensors=[every_council], executor=dg.in_process_executor
    )


@cache  # a worker loads them once, not for each run
def _definitions() -> dg.Definitions:
    return councils_definitions(Settings(), ScaleSettings())


@dg.definitions
def defs() -> dg.Definitions:
    """What a code server and the workers of the queue `councils` load."""
    return _definitions()
