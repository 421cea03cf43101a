"""Dagster's history kept in SQLite over kept connections."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage

from pipelines.history import KEPT_ENGINES, EventLog, History
from pipelines.settings import PROJECT


@dg.op
def count_to_three() -> int:
    return 3


@dg.job
def counting() -> None:
    count_to_three()


def run_in(folder: Path, storage: type) -> tuple[str, int]:
    """One run of a small job kept by `storage`: its id and how many events it left."""
    given = {"module": storage.__module__, "class": storage.__name__, "config": {"base_dir": str(folder)}}
    with dg.DagsterInstance.local_temp(
        str(folder.parent), overrides={"storage": {"custom": given}}
    ) as instance:
        result = counting.execute_in_process(instance=instance)
        return result.run_id, len(instance.all_logs(result.run_id))


def logs_in(folder: Path, storage: type, run: str) -> int:
    given = {"module": storage.__module__, "class": storage.__name__, "config": {"base_dir": str(folder)}}
    with dg.DagsterInstance.local_temp(
        str(folder.parent), overrides={"storage": {"custom": given}}
    ) as instance:
        return len(instance.all_logs(run))


@pytest.mark.parametrize(
    ("writer", "reader"), [(History, DagsterSqliteStorage), (DagsterSqliteStorage, History)]
)
def test_either_storage_reads_the_history_that_the_other_wrote(
    tmp_path: Path, writer: type, reader: type
) -> None:
    run, events = run_in(tmp_path / "storage", writer)

    assert events > 5
    assert logs_in(tmp_path / "storage", reader, run) == events


def test_no_more_files_stay_open_than_the_stated_number(tmp_path: Path) -> None:
    log = EventLog(str(tmp_path))
    for number in range(KEPT_ENGINES + 3):
        with log.run_connection(f"run{number}"):
            pass

    assert len(log._engines) == KEPT_ENGINES
    log.dispose()
    assert not log._engines


def test_what_was_wiped_is_written_anew_and_not_into_the_removed_file(tmp_path: Path) -> None:
    log = EventLog(str(tmp_path))
    with log.index_connection():
        pass
    log.wipe()
    with log.index_connection():
        pass

    assert (tmp_path / "index.db").exists()
    log.dispose()


def test_the_project_keeps_its_history_this_way() -> None:
    with dg.DagsterInstance.from_config(str(PROJECT)) as instance:
        assert isinstance(instance.event_log_storage, EventLog)
