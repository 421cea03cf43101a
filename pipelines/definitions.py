"""The only Definitions: every asset, every check, every job."""

from collections.abc import Sequence
from functools import cache, partial

import dagster as dg

from assets.answers import ANSWERS, answer_assets
from assets.benchmark.assets import benchmark_assets
from assets.council.register import PRIVATE, RETURNS, register_assets
from assets.improvement.assets import improvement_assets
from assets.ombudsman.collection import Collection, collection_assets
from assets.ombudsman.source import load
from assets.publication.assets import publication_assets
from assets.quality import CHECKS_RELATION, FAILURES_RELATION, quality_assets
from assets.reference import reference_assets
from assets.shipped import shipped_assets
from pipelines.automation import (
    every_council_sensor,
    monthly_tidy,
    out_of_date_sensor,
    part_jobs,
    publication_sensor,
    refresh_job,
    retry_collection_sensor,
    send_notices_sensor,
    tidy_job,
    weekly_schedule,
)
from warehouse.asset_checks import asset_checks
from warehouse.connection import WAREHOUSE_FILE, Warehouse
from warehouse.contracts import Contract, read_contracts
from warehouse.freshness import outside_assets
from warehouse.models import read_models
from warehouse.names import Relation
from warehouse.relations import unread, with_downstream
from warehouse.settings import Settings
from warehouse.sql_assets import sql_asset
from warehouse.subject import Subject, council_partitions
from warehouse.versions import digest, ground, python

# relations made when all checks have run: the first two hold their results and so have none of their own
AFTER_CHECKS = (CHECKS_RELATION, FAILURES_RELATION, ANSWERS)


def build_definitions(
    settings: Settings,
    councils: Sequence[str] = (),
    as_at: str = "",
    warehouse: type[Warehouse] = Warehouse,
) -> dg.Definitions:
    """Everything that Dagster runs, read from the folders that `settings` names.

    `councils` are the page names that a live run visits, all of today's where none is given; with `as_at`, only what
    had been captured by that day is read."""
    contracts = read_contracts(settings.expectations)
    if settings.is_example:
        # the known exceptions are of real councils, and the example has none of their figures
        contracts = contracts.without_exceptions()
    models = read_models(settings.sql)
    tidying, refreshing, parts = tidy_job(settings), refresh_job(settings), part_jobs(settings)
    partitions, again = council_partitions(settings), partial(build_definitions, settings)
    checked = [relation for relation in contracts if relation not in AFTER_CHECKS]
    made = [
        *shipped_assets(settings, contracts),
        *reference_assets(settings, contracts),
        *collection_assets(settings, contracts, as_at),
        *register_assets(settings, contracts),
        *improvement_assets(settings, contracts),
        *benchmark_assets(settings, contracts),
        *(sql_asset(model, contracts[model.relation]) for model in models),
    ]
    tried, private = unread(made), with_downstream(PRIVATE, made) | RETURNS
    return dg.Definitions(
        assets=dg.map_asset_specs(
            partial(_with_owner_and_version, settings, contracts),
            [
                *outside_assets(),
                *made,
                *quality_assets(contracts, tried),
                *answer_assets(settings, contracts, [*tried, CHECKS_RELATION, FAILURES_RELATION], partitions),
                *publication_assets(settings, list(contracts), private, partitions),
            ],
        ),
        asset_checks=[
            *(asset_checks(contracts[relation]) for relation in checked),
            asset_checks(contracts[ANSWERS], is_recorded=False),
        ],
        jobs=[refreshing, *parts, tidying],
        sensors=[
            out_of_date_sensor(settings, again),
            publication_sensor(settings, again),
            retry_collection_sensor(settings, again),
            send_notices_sensor(settings),
            every_council_sensor(settings, refreshing, parts[-1]),
        ],
        schedules=[weekly_schedule(settings, again), monthly_tidy(tidying)],
        resources={
            "warehouse": warehouse(
                path=str(settings.state / WAREHOUSE_FILE),
                published=str(settings.output / WAREHOUSE_FILE),
                lock_wait_seconds=settings.lock_wait_seconds,
                shared=str(settings.shared or ""),
            ),
            "collection": Collection(site=settings.site or load().site, councils=list(councils), as_at=as_at),
            "subject": Subject(settings=settings, comparators=settings.comparators),
            # the default one's folder could be set by a run
            "io_manager": dg.mem_io_manager,
        },
        # DuckDB lets one process write: every step of a run shares the run's own process and connection
        executor=dg.in_process_executor,
    )


def _with_owner_and_version(
    settings: Settings, contracts: dict[Relation, Contract], spec: dg.AssetSpec
) -> dg.AssetSpec:
    """The asset with its owner, and with the version of all that it is made from besides other assets.

    It has no version where nobody says what that is, so that every refresh makes it.

    The council's own records are the complaints manager's, the rest the analyst's."""
    owner = "complaints-manager" if spec.group_name == "register" else "performance-analyst"
    relation = ".".join(spec.key.path)
    spec = spec.replace_attributes(owners=[f"team:{owner}"])
    if not spec.deps and spec.code_version is None:
        return spec
    if relation in contracts:
        said = contracts[Relation(relation)].model_dump_json()
    else:
        published = {"output", "state", "is_example", "internal_edition", "publications_kept"}
        said = digest(settings.expectations, settings.data / "reference", settings.model_dump_json(include=published))
    made_by = ground() if "sql" in spec.kinds else python(spec.group_name == "publication")
    return spec.replace_attributes(code_version=digest(made_by, said, spec.code_version or ""))


@cache  # a worker loads them once, not for each run
def _own() -> dg.Definitions:
    return build_definitions(Settings())


@dg.definitions
def defs() -> dg.Definitions:
    """What `dagster dev` and workers load: the installation's own settings. The command line builds its own, once."""
    return _own()
