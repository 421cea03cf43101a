"""Runs that ended without saying so: found by the lock they no longer hold, marked as failed.

A process that is killed can report nothing. But every run of a refresh holds the lock of the warehouse that it builds,
and the operating system frees it with the process: a run that is in progress while its lock is free is no run any more.
"""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
from dagster._core.storage.dagster_run import IN_PROGRESS_RUN_STATUSES, RunRecord
from dagster._utils.error import SerializableErrorInfo
from filelock import FileLock, Timeout

from warehouse.connection import WAREHOUSE_FILE
from warehouse.settings import Settings

REFRESH = "refresh"
# which warehouse a run builds, for the runs of one history that build others than the installation's own
WAREHOUSE_TAG = "benchmark/warehouse"
GRACE_SECONDS = 120  # between a run's start and its taking the lock
MESSAGE = "The process of this run ended without saying so: it was killed, or the machine stopped."


def raised(error: SerializableErrorInfo | None) -> SerializableErrorInfo | None:
    """The error as our code raised it: the first below Dagster's own. Its own causes say less than it does."""
    while error is not None and error.cause is not None and (error.cls_name or "").startswith("Dagster"):
        error = error.cause
    return error


def own_tags(settings: Settings) -> dict[str, str]:
    """The tags by which a run of these settings is known again."""
    return {WAREHOUSE_TAG: str((settings.state / WAREHOUSE_FILE).resolve())}


def is_own(run: dg.DagsterRun, settings: Settings) -> bool:
    """Whether a run builds the warehouse of these settings; one launched in the UI says nothing, and does."""
    mine = own_tags(settings)
    return {name: run.tags.get(name, value) for name, value in mine.items()} == mine


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock of the warehouse at `path`."""
    lock = path.with_name(path.name + ".lock")
    if not lock.exists():
        return True
    try:
        with FileLock(lock, timeout=0):
            return True
    except Timeout:
        return False


def cut_off(instance: dg.DagsterInstance, settings: Settings) -> list[dg.DagsterRun]:
    """The refreshes in progress by their own account whose process is gone."""
    if not _runs_on_this_machine(instance) or not is_free(settings.state / WAREHOUSE_FILE):
        return []
    records = instance.get_run_records(
        dg.RunsFilter(job_name=REFRESH, statuses=[*IN_PROGRESS_RUN_STATUSES, dg.DagsterRunStatus.CANCELING])
    )
    now = datetime.now(UTC).timestamp()
    return [
        record.dagster_run
        for record in records
        if is_own(record.dagster_run, settings) and now - _began(record) > GRACE_SECONDS
    ]


def settle(instance: dg.DagsterInstance, settings: Settings) -> list[str]:
    """Mark the runs that were cut off as failed; their ids."""
    settled = []
    for run in cut_off(instance, settings):
        instance.report_run_failed(run, MESSAGE)
        settled.append(run.run_id)
    return settled


def _began(record: RunRecord) -> float:
    return record.start_time or record.create_timestamp.timestamp()


def _runs_on_this_machine(instance: dg.DagsterInstance) -> bool:
    """Whether the history is a file or in memory: in a database on a server, runs may be those of other machines."""
    return type(instance.run_storage).__module__.startswith("dagster.")
