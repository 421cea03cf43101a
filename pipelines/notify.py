"""Notices: one for each refresh that failed or published something new, however it was started.

There is one mechanism: `send_notices` looks for ended runs without a notice, sends one, and marks them in the history.
The command line calls it when it begins and when it ends, a sensor calls it every minute under the daemon. So a run
whose process is killed is reported too, as is one that ended while a channel was down.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
from dagster._core.events import JobFailureData
from filelock import FileLock

from assets.publication import changes, publishing
from assets.publication.assets import SITE, WAREHOUSE, publication_folder
from pipelines.notices import Delivery, Notice, channels, send
from pipelines.runs import REFRESH, is_own, raised, settle
from warehouse.councils import Lookup, UnknownSubjectError
from warehouse.run_tags import PARTITION_TAG
from warehouse.settings import Secrets, Settings

NOTIFIED_TAG = "benchmark/told"
TELLS_FOR = timedelta(days=3)  # what happened earlier is for `benchmark doctor`
MOST_LINES = 10

# what to do, by the kind of error that ended a run
ADVICE = {
    "RoundFailedError": "Collecting is tried again by itself under the daemon. If it goes on, look at the site in a "
    "browser and at docs/ombudsman.md; pages can be saved by hand and imported.",
    "AssetCheckFailed": "Look at the failing rows (Checks in the Dagster UI, or quality.failures) and correct their "
    "source; docs/running-it.md says how.",
    "WarehouseBusyError": "Wait for the other run or end it, then run again.",
    "SourceFileError": "Restore the file that is named (git checkout), then run again.",
    "OSError": "See that the disk has room and the folders can be written to (`uv run benchmark doctor`), then run "
    "again.",
}
OTHERWISE = "Run `uv run benchmark doctor`, then `uv run benchmark`; a run can always be repeated."


def send_notices(instance: dg.DagsterInstance, settings: Settings, secrets: Secrets | None = None) -> list[Delivery]:
    """Notify of every ended refresh not yet notified; how each notice went. Never raises for a channel."""
    secrets = secrets or Secrets()
    settings.state.mkdir(parents=True, exist_ok=True)
    deliveries: list[Delivery] = []
    # the daemon and a command that ends now must not both tell
    with FileLock(settings.state / "telling.lock"):
        settle(instance, settings)
        has_channels = bool(channels(settings.notices, secrets))
        for run in unnotified_runs(instance, settings):
            notice = notice_of(instance, run, settings) if has_channels else None
            sent = send(notice, settings.notices, secrets) if notice else []
            deliveries += sent
            if sent and all(delivery.problem for delivery in sent):
                break  # nothing gets through now; the next look tries again
            instance.add_run_tags(run.run_id, {NOTIFIED_TAG: "yes" if sent else "nothing to tell"})
    return deliveries


def unnotified_runs(instance: dg.DagsterInstance, settings: Settings) -> list[dg.DagsterRun]:
    """The refreshes of the last three days that ended and are not yet notified, oldest first."""
    ended = dg.RunsFilter(
        job_name=REFRESH,
        statuses=[dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED],
        created_after=datetime.now(UTC) - TELLS_FOR,
    )
    runs = instance.get_runs(ended)
    return [run for run in reversed(runs) if NOTIFIED_TAG not in run.tags and is_own(run, settings)]


def notice_of(instance: dg.DagsterInstance, run: dg.DagsterRun, settings: Settings) -> Notice | None:
    """The notice of an ended run; None where it published nothing new and all was well."""
    events = [
        entry.dagster_event
        for entry in instance.all_logs(
            run.run_id,
            of_type={
                dg.DagsterEventType.STEP_FAILURE,
                dg.DagsterEventType.RUN_FAILURE,
                dg.DagsterEventType.RUN_CANCELED,
                dg.DagsterEventType.ASSET_CHECK_EVALUATION,
                dg.DagsterEventType.ASSET_MATERIALIZATION,
            },
        )
        if entry.dagster_event
    ]
    broken = list(_broken_rules(events))
    place = _place(run, settings)
    if run.status != dg.DagsterRunStatus.SUCCESS or broken:
        return _failure(run, events, broken, place)
    return _publication(run, events, place)


class _Place:
    """The council that a run was about, and what stands published of it."""

    def __init__(self, name: str, folder: Any = None) -> None:
        self.name = name
        self.folder = folder

    def standing(self) -> str:
        identity = publishing.current(self.folder) if self.folder else ""
        if not identity:
            return "Nothing has been published yet."
        made = publishing.published_on(self.folder, identity)
        when = f" of {made.day} {made:%B %Y}" if made else ""
        return f"The publication{when} stands: {self.folder / publishing.LANDING}"

    def changed(self) -> list[str]:
        """What the current publication says differently from the one before it, in sentences."""
        if not self.folder:
            return []
        now = publishing.overview_of(self.folder, publishing.current(self.folder))
        before = publishing.overview_of(self.folder, now.get("previous") or "")
        return [change.sentence for change in changes.changes(before, now)]


def _place(run: dg.DagsterRun, settings: Settings) -> _Place:
    asked = run.tags.get(PARTITION_TAG, settings.council)
    try:
        council = Lookup(settings).council(asked)
    except (UnknownSubjectError, OSError, ValueError):
        return _Place(asked)
    return _Place(council.official_name, publication_folder(settings, council.slug))


def _failure(run: dg.DagsterRun, events: list[dg.DagsterEvent], broken: list[str], place: _Place) -> Notice:
    errors = list(_errors(events))
    causes = [cause for cause, _ in errors]
    said = [line for _, line in errors if line] + broken
    if run.status == dg.DagsterRunStatus.CANCELED:
        said.insert(0, "Somebody ended the run.")
    advice = [text for cause, text in ADVICE.items() if cause in causes or (cause == "AssetCheckFailed" and broken)]
    is_published = run.status == dg.DagsterRunStatus.SUCCESS
    return Notice(
        "a check could not run" if is_published else "refresh failed, nothing was published",
        (
            f"The refresh for {place.name} {'published, but' if is_published else 'failed and published nothing.'}"
            + (" not every check could run." if is_published else ""),
            *_few(said),
            f"Run {run.run_id[:8]} in the history.",
        ),
        (place.standing(), "The warehouse for readers and everything collected are as they were.")
        if not is_published
        else (place.standing(),),
        tuple(dict.fromkeys(advice)) or (OTHERWISE,),
    )


def _publication(run: dg.DagsterRun, events: list[dg.DagsterEvent], place: _Place) -> Notice | None:
    made = {event.asset_key: _metadata(event) for event in events if event.is_step_materialization}
    if not made.get(SITE, {}).get("changed"):
        return None
    new = str(made.get(WAREHOUSE, {}).get("what is new") or "").splitlines()
    noticed = run.tags.get("noticed", "")
    warned = sum(
        not event.asset_check_evaluation_data.passed
        for event in events
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
    )
    return Notice(
        f"new publication for {place.name}",
        (
            f"There is a new publication for {place.name}.",
            *_few([line.removeprefix("- ") for line in new]),
            *_few(place.changed()),
            *((f"Seen on the Ombudsman's site: {noticed}",) if noticed else ()),
        ),
        (place.standing(), "Earlier editions stay under their own addresses next to it."),
        (
            "Read what changed (`uv run benchmark what-changed`, and the page's own list) before you pass it on.",
            f"Warnings from checks of what was made: {warned}. See the page on data quality."
            if warned
            else "Every check of what was made passed.",
        ),
    )


def _broken_rules(events: list[dg.DagsterEvent]) -> Iterator[str]:
    for event in events:
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data
            if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR:
                yield f"{'.'.join(check.asset_key.path)}, {check.check_name}: {check.description}"


def _errors(events: list[dg.DagsterEvent]) -> Iterator[tuple[str, str]]:
    """The kind of each error that our code raised, and what it says."""
    for event in events:
        if event.is_step_failure:
            error, where = event.step_failure_data.error, event.step_key or ""
        elif event.is_run_failure:
            failure = event.event_specific_data
            error, where = failure.error if isinstance(failure, JobFailureData) else None, "refresh"
            if failure is None:  # reported from outside, with no error to show
                yield "", event.message or ""
        else:
            continue
        error = raised(error)
        if error is not None:
            name = error.cls_name or ""
            is_check = "AssetCheckFailed" in name
            yield (
                "AssetCheckFailed" if is_check else name,
                "" if is_check else f"{where}: {error.message.strip()}",
            )


def _metadata(event: dg.DagsterEvent) -> dict[str, Any]:
    return {name: value.value for name, value in event.step_materialization_data.materialization.metadata.items()}


def _few(lines: list[str]) -> list[str]:
    lines = [" ".join(line.split())[:400] for line in lines]
    rest = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], *([f"and {rest} more"] if rest > 0 else [])]
