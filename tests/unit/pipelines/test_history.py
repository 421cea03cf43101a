"""Dagster's history kept in SQLite over kept connections."""

import tomllib
from pathlib import Path
from queue import SimpleQueue

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage

from pipelines.history import KEPT_ENGINES, LOCATION, EventLog, History
from warehouse.settings import PROJECT, Settings


@dg.op
def count_to_three() -> int:
    return 3


@dg.job
def counting() -> None:
    count_to_three()


def kept_in(folder: Path, storage: type = History) -> dg.DagsterInstance:
    """An instance with its history in `folder`, kept by `storage`."""
    given = {"module": storage.__module__, "class": storage.__name__, "config": {"base_dir": str(folder)}}
    return dg.DagsterInstance.local_temp(str(folder.parent), overrides={"storage": {"custom": given}})


def run_in(folder: Path, storage: type) -> tuple[str, int]:
    """One run of a small job: its id and how many events it left."""
    with kept_in(folder, storage) as instance:
        result = counting.execute_in_process(instance=instance)
        return result.run_id, len(instance.all_logs(result.run_id))


@pytest.mark.parametrize(("writer", "reader"), [(History, DagsterSqliteStorage), (DagsterSqliteStorage, History)])
def test_either_storage_reads_the_history_that_the_other_wrote(tmp_path: Path, writer: type, reader: type) -> None:
    run, events = run_in(tmp_path / "storage", writer)

    assert events > 5
    with kept_in(tmp_path / "storage", reader) as instance:
        assert len(instance.all_logs(run)) == events


def test_no_more_files_stay_open_than_the_stated_number(tmp_path: Path) -> None:
    log = EventLog(str(tmp_path))
    for number in range(KEPT_ENGINES + 3):
        with log.run_connection(f"run{number}"):
            pass

    assert len(log._engines) == KEPT_ENGINES
    log.dispose()
    assert not log._engines


def test_who_watches_a_run_hears_of_an_event_while_the_writer_keeps_the_file_open(tmp_path: Path) -> None:
    heard: SimpleQueue[str] = SimpleQueue()
    with kept_in(tmp_path / "storage", History) as writer, kept_in(tmp_path / "storage", History) as page:
        run = counting.execute_in_process(instance=writer).dagster_run
        page.watch_event_logs(run.run_id, None, lambda entry, _: heard.put(entry.message))
        writer.report_engine_event("one more", run)
        while "one more" not in heard.get(timeout=60):
            pass


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


@dg.asset
def figures() -> None:
    return None


@dg.asset_check(asset=figures)  # type: ignore[arg-type]
def are_read() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


@dg.asset(deps=[figures])
def ranks() -> None:
    return None


def asked_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dg.DagsterInstance, list[dg.AssetKey]]:
    """An instance with its history in `folder`, and the assets whose records are read from its files, as they are."""
    read: list[dg.AssetKey] = []
    really = SqliteEventLogStorage.get_asset_records

    def noted(log: EventLog, keys: list[dg.AssetKey] | None = None) -> object:
        read.extend(keys or [])
        return really(log, keys)

    monkeypatch.setattr(SqliteEventLogStorage, "get_asset_records", noted)
    return kept_in(folder), read


def test_a_record_is_read_once_until_its_asset_is_written_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance, read = asked_of(tmp_path / "storage", monkeypatch)
    with instance:
        result = dg.materialize([figures, are_read, ranks], instance=instance)
        assert result.success
        # its check and what is made from it both ask
        assert read.count(figures.key) == 1
        during = read.copy()
        (record,) = instance.get_asset_records([figures.key])
        assert read == [*during, figures.key]
    assert record.asset_entry.last_run_id == result.run_id


def test_a_check_is_about_the_materialization_of_its_own_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instance, _ = asked_of(tmp_path / "storage", monkeypatch)
    with instance:
        for _ in range(2):
            result = dg.materialize([figures, are_read, ranks], instance=instance)
            (evaluation,) = result.get_asset_check_evaluations()
            assert evaluation.target_materialization_data is not None
            assert evaluation.target_materialization_data.run_id == result.run_id


def test_everything_that_dagster_keeps_follows_the_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHMARK_STATE", str(tmp_path / "apart"))

    @dg.op
    def says() -> None:
        print("something")

    @dg.job
    def job() -> None:
        says()

    with dg.DagsterInstance.from_config(str(PROJECT)) as instance:
        assert job.execute_in_process(instance=instance).success
        run = instance.get_runs()[0]
        assert instance.storage_directory() == str(tmp_path / "apart" / "dagster" / "storage")
    kept = {path.name for path in (tmp_path / "apart" / "dagster").rglob("*") if path.is_file()}
    assert {"runs.db", "index.db", f"{run.run_id}.db"} <= kept and any(name.endswith(".out") for name in kept)


def test_captures_follow_the_state_unless_they_are_set_by_themselves(tmp_path: Path) -> None:
    assert Settings(state=tmp_path).captures == tmp_path / "captures"
    assert Settings(state=tmp_path, captures=tmp_path / "elsewhere").captures == tmp_path / "elsewhere"


def test_a_run_of_the_command_line_belongs_to_its_job_so_that_the_timeline_shows_it(tmp_path: Path) -> None:
    folder = tmp_path / "storage"
    run, _ = run_in(folder, History)
    with kept_in(folder) as instance:
        (found,) = instance.get_runs(dg.RunsFilter(tags={".dagster/repository": f"__repository__@{LOCATION}"}))
    assert found.run_id == run and found.remote_job_origin
    assert (found.remote_job_origin.job_name, found.remote_job_origin.location_name) == ("counting", LOCATION)


def test_the_code_location_is_the_module_that_the_user_interface_loads() -> None:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["dagster"]["module_name"] == LOCATION
