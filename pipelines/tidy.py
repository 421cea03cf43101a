"""What may go: old runs of the history, captures that repeat others, publications beyond those kept, leftovers."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage

from assets.ombudsman.archive import Capture, Captures
from assets.ombudsman.retention import repeated
from assets.publication import publishing
from pipelines.backup import leftovers
from pipelines.runs import REFRESH
from warehouse.connection import SET_ASIDE, WAREHOUSE_FILE, exclusive
from warehouse.settings import Settings


@dataclass(frozen=True)
class Surplus:
    """One kind of thing that may go: how many, in words, and how to remove them."""

    what: str
    count: int
    remove: Callable[[], None]


def surplus(settings: Settings, instance: dg.DagsterInstance) -> list[Surplus]:
    """Everything that the settings say need not be kept, each kind with how to remove it. Nothing is changed."""
    return [_runs(settings, instance), _captures(settings), _publications(settings), _leftovers(settings)]


def tidy(settings: Settings, instance: dg.DagsterInstance) -> list[Surplus]:
    """Remove what need not be kept, while no refresh goes on; what it was."""
    with exclusive(settings.state / WAREHOUSE_FILE, settings.lock_wait_seconds):
        found = surplus(settings, instance)
        for one in found:
            one.remove()
    return found


def _runs(settings: Settings, instance: dg.DagsterInstance) -> Surplus:
    """The ended runs beyond the newest; the last good refresh stays, however old it is."""
    ended = [
        dg.DagsterRunStatus.SUCCESS,
        dg.DagsterRunStatus.FAILURE,
        dg.DagsterRunStatus.CANCELED,
    ]
    runs = instance.get_runs(dg.RunsFilter(statuses=ended))
    good = instance.get_runs(dg.RunsFilter(job_name=REFRESH, statuses=[dg.DagsterRunStatus.SUCCESS]), limit=1)
    kept = {run.run_id for run in [*runs[: settings.runs_kept], *good]}
    old = [run.run_id for run in runs if run.run_id not in kept]

    def remove() -> None:
        for run_id in old:
            instance.delete_run(run_id)
            instance.compute_log_manager.delete_logs(prefix=[run_id])
            if isinstance(instance.event_log_storage, SqliteEventLogStorage):
                shard = Path(instance.event_log_storage.path_for_shard(run_id))
                for path in shard.parent.glob(f"{shard.name}*"):
                    path.unlink(missing_ok=True)

    return Surplus(f"runs of the history beyond the newest {settings.runs_kept}", len(old), remove)


def _captures(settings: Settings) -> Surplus:
    captures = Captures(settings.captures)
    before = datetime.now(UTC) - timedelta(days=settings.captures_kept_days)
    doomed = repeated(captures, before)
    what = f"captures older than {settings.captures_kept_days} days that only repeat an earlier and a later one"
    return Surplus(what, len(doomed), partial(_forget, captures, doomed))


def _forget(captures: Captures, doomed: list[Capture]) -> None:
    captures.forget(doomed)


def _publications(settings: Settings) -> Surplus:
    old = [
        (folder, len(publishing.beyond(folder, settings.publications_kept)))
        for folder in publishing.published(settings.output)
    ]

    def remove() -> None:
        for folder, _ in old:
            publishing.keep_newest(folder, settings.publications_kept)

    what = f"publications beyond the current one and {settings.publications_kept} before it"
    return Surplus(what, sum(count for _, count in old), remove)


def _leftovers(settings: Settings) -> Surplus:
    """What broken runs, an upgrade or a restore left behind."""
    paths = [
        *settings.state.glob(f"{WAREHOUSE_FILE}{SET_ASIDE}"),
        *leftovers(settings),
        *settings.output.glob(f".{WAREHOUSE_FILE}.new*"),
    ]

    def remove() -> None:
        for path in paths:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    return Surplus("leftovers of broken runs and upgrades", len(paths), remove)
