"""When a refresh runs by itself: once for each publication that is noticed, and weekly in case none was.

What failed is tried again where that can help: a page while it is fetched (assets.ombudsman.client), a round of
collecting half an hour later (`retry_collection`), a run whose process died once more (`run_retries` in dagster.yaml).
Reading, modelling and checking are not: the same bytes fail the same way.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg

from assets.answers import ANSWERS
from assets.ombudsman.collect import notice
from assets.ombudsman.collection import archive_version, client_for
from assets.ombudsman.source import load
from assets.publication.assets import EVERY_COUNCIL, SITE, WORKBOOK
from pipelines.notify import send_notices
from pipelines.runs import REFRESH, is_own
from pipelines.stale import due_assets
from pipelines.tidy import tidy
from warehouse.connection import WAREHOUSE_FILE, WarehouseBusyError, exclusive
from warehouse.contracts import read_contracts
from warehouse.councils import Lookup
from warehouse.relations import asset_key
from warehouse.run_tags import ONLY_CHANGED_TAG, PARTITION_TAG, about
from warehouse.settings import Settings
from warehouse.versions import digest, ground, python

COLLECTING = "ombudsman__captures"
COLLECT = "collect"
REGISTER = "register"
PUBLISH = "publish"
AGAIN_AFTER = timedelta(minutes=30)
MOST_AGAIN = 4
AGAIN_TAG = "benchmark/again"
LONGEST_TAG = 250
WEEKLY = "0 6 * * 1"
MONTHLY = "0 5 1 * *"
Build = Callable[[], dg.Definitions]
# steps share the connection of their run, so a run whose process died begins anew; past one machine, the jobs that
# write the warehouse wait for one another
ANEW = {"dagster/retry_strategy": "ALL_STEPS", "dagster-celery/queue": REFRESH}


def run_config(comparators: str, year: str = "", *, is_live: bool) -> dict[str, Any]:
    """The run config of a refresh. is_live: it visits the Ombudsman's site."""
    return {
        "resources": {
            "subject": {"config": {"comparators": comparators, "year": year}},
            "collection": {"config": {"is_live": is_live}},
        }
    }


def refresh_of_what_is_due(
    settings: Settings,
    instance: dg.DagsterInstance,
    build: Build,
    *,
    is_live: bool = True,
    council: str = "",
    tags: Mapping[str, str] | None = None,
    **request: Any,
) -> dg.RunRequest:
    """The request for a refresh, for a council or the installation's own, of what is out of date by then.

    is_live: it visits the site. While another run writes it makes everything, since nobody can say what is due."""
    slug = council or Lookup(settings).council(settings.council).slug
    asked = about(slug, settings.comparators.value)
    # the daemon may have read its files long ago
    for reading in (read_contracts, ground, python):
        reading.cache_clear()
    due = checks = None
    with suppress(WarehouseBusyError), exclusive(settings.state / WAREHOUSE_FILE, wait_seconds=0):
        graph = build().resolve_asset_graph()
        due = sorted(due_assets(graph, instance, settings, asked, is_live=is_live))
        # of a request that is launched in the UI, only the checks that it names are run
        checks = sorted(key for key in graph.asset_check_keys if key.asset_key in due)
    return dg.RunRequest(
        partition_key=slug,
        run_config=run_config(settings.comparators.value, is_live=is_live),
        asset_selection=due,
        asset_check_keys=checks,
        tags={ONLY_CHANGED_TAG: "yes", **(tags or {})},
        **request,
    )


def out_of_date_sensor(settings: Settings, build: Build) -> dg.SensorDefinition:
    """The sensor that refreshes what is out of date, without a visit to the site. Off until it is switched on."""

    @dg.sensor(
        name="out_of_date",
        job_name=REFRESH,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Makes the tables that are out of date after a file has changed, with all that is made of them. "
        "Preview a tick and launch it to make them once; switch it on to have them made whenever a file changes.",
    )
    def out_of_date(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        request = refresh_of_what_is_due(settings, context.instance, build, is_live=False)
        if not request.asset_selection:
            busy = request.asset_selection is None
            return dg.SkipReason("Another run is writing." if busy else "Everything is up to date.")
        good = dg.RunsFilter(job_name=REFRESH, statuses=[dg.DagsterRunStatus.SUCCESS])
        last = [run.run_id for run in context.instance.get_runs(good, limit=1)]
        due = [key.to_user_string() for key in request.asset_selection]
        # what failed is not tried again before one of the files has changed
        kept = (settings.state / "register", settings.state / "undertakings")
        files = (settings.data, settings.expectations, settings.sql, *kept)
        return request.with_replaced_attrs(run_key=digest(*last, *due, *files, archive_version(settings).value))

    return out_of_date


def refresh_job(settings: Settings) -> Any:
    """The job that makes everything, for the council that is its partition."""
    return dg.define_asset_job(
        REFRESH,
        selection=dg.AssetSelection.all(),
        description="Loads, checks and publishes everything, for the council chosen as partition.",
        config=run_config(settings.comparators.value, is_live=False),
        tags=ANEW,
    )


def part_jobs(settings: Settings) -> list[Any]:
    """The jobs for one part of a refresh each; each makes what its part reads and runs its checks."""
    config = run_config(settings.comparators.value, is_live=False)["resources"]
    return [
        dg.define_asset_job(
            COLLECT,
            dg.AssetSelection.groups("sources").upstream(),
            config={"resources": {"collection": {"config": {"is_live": True}}}},
            tags=ANEW,
            description="Visits the Ombudsman's website, saves its pages and reads them. Publishes nothing. "
            "Set `contact` first.",
        ),
        dg.define_asset_job(
            REGISTER,
            dg.AssetSelection.groups("register").upstream(),
            config={"resources": {"collection": config["collection"]}},
            tags=ANEW,
            description="Loads the council's own cases and works out its measures. Publishes nothing.",
        ),
        dg.define_asset_job(
            PUBLISH,
            dg.AssetSelection.assets(asset_key(ANSWERS), SITE, WORKBOOK, EVERY_COUNCIL),
            config={"resources": {"subject": config["subject"]}},
            description="Publishes a council's edition from the warehouse as it is, the council chosen as partition. "
            "Run `refresh` once before.",
            tags={**ANEW, "dagster-celery/queue": PUBLISH},
        ),
    ]


def every_council_sensor(settings: Settings, refreshing: Any, publishing: Any) -> dg.SensorDefinition:
    """The sensor that publishes every council after each refresh: on from the start where workers share the work."""

    @dg.run_status_sensor(
        name="every_council",
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitored_jobs=[refreshing],
        request_job=publishing,
        default_status=(dg.DefaultSensorStatus.RUNNING if settings.shared else dg.DefaultSensorStatus.STOPPED),
        description="Publishes every council, or those of the setting `publish_for`, after each refresh.",
    )
    def every_council(context: dg.RunStatusSensorContext) -> list[dg.RunRequest] | dg.SkipReason:
        run = context.dagster_run
        if not is_own(run, settings):
            return dg.SkipReason("This refresh built another warehouse.")
        lookup = Lookup(settings)
        councils = [lookup.council(name) for name in settings.publish_for] or lookup.living()
        return [
            dg.RunRequest(run_key=f"{run.run_id} {council.slug}", partition_key=council.slug)
            for council in councils
            if council.slug != run.tags.get(PARTITION_TAG)
        ]

    return every_council


def publication_sensor(settings: Settings, build: Build) -> dg.SensorDefinition:
    """Looks for a new publication with conditional requests on a few pages, and refreshes once for each.

    Off until it is switched on in the UI (Automation), because it visits the Ombudsman's site.
    """

    @dg.sensor(
        name="ombudsman_publication",
        job_name=REFRESH,
        minimum_interval_seconds=settings.seconds_between_looks,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=(
            "Looks at a few of the Ombudsman's pages for a new table, a new year or a changed figure, and starts one "
            "live refresh for each. Set `contact` before switching it on."
        ),
    )
    def ombudsman_publication(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        with client_for(settings, settings.site or load().site) as client:
            look = notice(client, context.cursor)
        problems = "; ".join(f"{address}: {why}" for address, why in look.failed.items())
        if look.publication is None:
            why = f"Could not look everywhere: {problems}" if problems else "Nothing new on the pages looked at."
            return dg.SensorResult(skip_reason=why, cursor=look.cursor)
        request = refresh_of_what_is_due(
            settings,
            context.instance,
            build,
            # the same publication asks for the same run, however often it is noticed
            run_key=look.publication.key,
            tags={"noticed": look.publication.in_short(LONGEST_TAG)},
        )
        return dg.SensorResult(run_requests=[request], cursor=look.cursor)

    return ombudsman_publication


def weekly_schedule(settings: Settings, build: Build) -> dg.ScheduleDefinition:
    """A live refresh every Monday morning, for what the sensor might miss. Off until it is switched on."""

    @dg.schedule(
        name="weekly_refresh",
        job_name=REFRESH,
        cron_schedule=WEEKLY,
        execution_timezone="Europe/London",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Visits the whole site, politely, and refreshes. Set `contact` before switching it on.",
    )
    def weekly_refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return refresh_of_what_is_due(settings, context.instance, build)

    return weekly_refresh


def send_notices_sensor(settings: Settings) -> dg.SensorDefinition:
    """The sensor that sends a notice of every refresh that failed or published something new. On from the start."""

    @dg.sensor(
        name="send_notices",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Sends a notice by e-mail or webhook when a refresh fails or publishes something new, also for refreshes "
            "from the command line. Does nothing until a channel is set."
        ),
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        deliveries = send_notices(context.instance, settings)
        for delivery in deliveries:
            context.log.info(delivery.sentence())
        return dg.SkipReason("; ".join(one.sentence() for one in deliveries) or "No new notices.")

    return sensor


def retry_collection_sensor(settings: Settings, build: Build) -> dg.SensorDefinition:
    """The sensor that retries a live refresh half an hour after its collection failed, four times at most."""

    @dg.sensor(
        name="retry_collection",
        job_name=REFRESH,
        minimum_interval_seconds=300,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Retries a refresh half an hour after its collection failed, four times at most. It retries only what the "
            "schedule or a sensor started."
        ),
    )
    def retry_collection(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        last = context.instance.get_run_records(dg.RunsFilter(job_name=REFRESH), limit=1)
        if not last or not _is_for_again(context.instance, last[0]):
            return dg.SensorResult(skip_reason="No failed collection to retry.")
        run = last[0].dagster_run
        count = int(run.tags.get(AGAIN_TAG, "0")) + 1
        request = refresh_of_what_is_due(
            settings,
            context.instance,
            build,
            council=run.tags.get(PARTITION_TAG, ""),
            run_key=f"again after {run.run_id}",
            tags={AGAIN_TAG: str(count)},
        )
        return dg.SensorResult(run_requests=[request])

    return retry_collection


def tidy_job(settings: Settings) -> dg.JobDefinition:
    """Removes what the settings say need not be kept."""

    @dg.op(name="remove_what_is_over")
    def remove(context: dg.OpExecutionContext) -> None:
        for one in tidy(settings, context.instance):
            context.log.info(f"{one.count} {one.what}")

    @dg.job(
        name="tidy",
        description="What `benchmark tidy --remove` does: old runs, repeated captures, leftovers.",
    )
    def job() -> None:
        remove()

    return job


def monthly_tidy(job: dg.JobDefinition) -> dg.ScheduleDefinition:
    """Tidies on the first of each month. Off until it is switched on."""
    return dg.ScheduleDefinition(
        name="monthly_tidy",
        job=job,
        cron_schedule=MONTHLY,
        execution_timezone="Europe/London",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Does what `benchmark tidy` does: removes what the settings no longer keep.",
    )


def _is_for_again(instance: dg.DagsterInstance, record: Any) -> bool:
    run = record.dagster_run
    started_by_itself = {"dagster/sensor_name", "dagster/schedule_name"} & set(run.tags)
    if run.status != dg.DagsterRunStatus.FAILURE or not started_by_itself:
        return False
    if int(run.tags.get(AGAIN_TAG, "0")) >= MOST_AGAIN:
        return False
    if datetime.now(UTC).timestamp() - (record.end_time or 0) < AGAIN_AFTER.total_seconds():
        return False
    failed = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    return [entry.step_key for entry in failed] == [COLLECTING]
