"""When a refresh runs by itself: once for each publication that is noticed, and weekly in case none was."""

from typing import Any

import dagster as dg

from assets.ombudsman.collect import notice
from assets.ombudsman.collection import client_for
from assets.ombudsman.source import load
from pipelines.settings import Settings

REFRESH = "refresh"
WEEKLY = "0 6 * * 1"


def run_config(settings: Settings, is_live: bool) -> dict[str, Any]:
    """The run config of a refresh for the installation's own subject."""
    return {
        "resources": {
            "subject": {
                "config": {"council": settings.council, "comparators": settings.comparators, "year": ""}
            },
            "collection": {"config": {"is_live": is_live, "site": settings.site or load().site}},
        }
    }


def refresh_job(settings: Settings) -> Any:
    """The one job: everything, for the council named in the run config, which the Launchpad opens with."""
    return dg.define_asset_job(
        REFRESH,
        selection=dg.AssetSelection.all(),
        description="Loads, checks, models and publishes everything, for the council named in the run config.",
        config=run_config(settings, is_live=False),
    )


def publication_sensor(settings: Settings) -> dg.SensorDefinition:
    """Looks for a new publication with conditional requests on a few pages, and refreshes once for each.

    Off until it is switched on in the UI (Automation), because it visits the Ombudsman's site.
    """

    @dg.sensor(
        name="ombudsman_publication",
        job_name=REFRESH,
        minimum_interval_seconds=settings.seconds_between_looks,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description=(
            "Asks the Ombudsman's landing page and a few councils' pages whether anything changed. A new table, a new "
            "year or a changed figure launches one live refresh. Set `contact` before switching it on."
        ),
    )
    def ombudsman_publication(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        with client_for(settings, settings.site or load().site) as client:
            look = notice(client, context.cursor)
        problems = "; ".join(f"{address}: {why}" for address, why in look.failed.items())
        if look.publication is None:
            why = (
                f"Could not look everywhere: {problems}"
                if problems
                else "Nothing new on the pages looked at."
            )
            return dg.SensorResult(skip_reason=why, cursor=look.cursor)
        news = "; ".join(look.publication.sentences())
        request = dg.RunRequest(
            # the same publication asks for the same run, however often it is noticed
            run_key=look.publication.key,
            run_config=run_config(settings, is_live=True),
            tags={"noticed": news[:250]},
        )
        return dg.SensorResult(run_requests=[request], cursor=look.cursor)

    return ombudsman_publication


def weekly_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """A live refresh every Monday morning, for what the sensor might miss. Off until it is switched on."""
    return dg.ScheduleDefinition(
        name="weekly_refresh",
        job_name=REFRESH,
        cron_schedule=WEEKLY,
        execution_timezone="Europe/London",
        run_config=run_config(settings, is_live=True),
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Visits the whole site, politely, and refreshes. Set `contact` before switching it on.",
    )
