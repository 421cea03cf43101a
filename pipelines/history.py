"""Dagster's history in SQLite, without a new connection for every event.

Dagster's own SQLite storage builds an engine, opens the file and closes it again for each of the some two thousand
events of a refresh, which throws away SQLAlchemy's compiled statements and makes SQLite fold its write-ahead log into
the file each time: a quarter of a refresh. Here the connections are kept. Tables and files are Dagster's, so either
storage reads what the other wrote.

During a run each step also asks for the latest record of every asset that it reads, and of the one that it checks:
a record that was read is kept until the run writes about its asset again, or ends.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

import dagster as dg
from dagster._core.definitions.repository_definition import SINGLETON_REPOSITORY_NAME
from dagster._core.events.log import EventLogEntry
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.base import AssetRecord
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager
from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from sqlalchemy import Connection, Engine, create_engine, event

from warehouse.settings import Settings

# `dagster dev` calls the code location after the module that pyproject.toml names
LOCATION = "pipelines.definitions"
KEPT_ENGINES = 4  # the index of all runs, the run that goes on, and a run or two that somebody looks at


class EventLog(SqliteEventLogStorage):
    """Dagster's event log, one SQLite file per run and an index, with the engines of the latest files kept."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self._engines: dict[str, Engine] = {}
        self._known_tables: set[str] = set()
        self._records: dict[dg.AssetKey, AssetRecord] | None = None
        super().__init__(*given, **named)

    def _engine(self, shard: str) -> Engine:
        engine = self._engines.pop(shard, None)
        if engine is None:
            engine = create_engine(
                self.conn_string_for_shard(shard), connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
            )
            event.listen(engine, "connect", _spare_the_disk)
        self._engines[shard] = engine
        while len(self._engines) > KEPT_ENGINES:
            self._engines.pop(next(iter(self._engines))).dispose()
        return engine

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def has_table(self, table_name: str) -> bool:
        # asked of every asset's event; a table that is there stays
        if table_name not in self._known_tables and super().has_table(table_name):
            self._known_tables.add(table_name)
        return table_name in self._known_tables

    def store_event(self, event: EventLogEntry) -> None:
        super().store_event(event)
        # whoever looks at a run's page watches the file, which the write-ahead log leaves as it is
        os.utime(self.path_for_shard(event.run_id))
        about = event.dagster_event
        if about is None:
            return
        if about.is_job_event:
            # one run at a time writes the warehouse, and what is read between runs may be of another process's
            self._records = {} if about.event_type == dg.DagsterEventType.RUN_START else None
        elif self._records and about.asset_key:
            self._records.pop(about.asset_key, None)

    def get_asset_records(self, asset_keys: Sequence[dg.AssetKey] | None = None) -> Sequence[AssetRecord]:
        if self._records is None or asset_keys is None:
            return super().get_asset_records(asset_keys)
        unknown = [key for key in asset_keys if key not in self._records]
        if unknown:
            found = super().get_asset_records(unknown)
            self._records |= {record.asset_entry.asset_key: record for record in found}
        return [self._records[key] for key in asset_keys if key in self._records]

    def wipe(self) -> None:
        self._records = None
        self._known_tables.clear()
        self._close()
        super().wipe()

    def dispose(self) -> None:
        super().dispose()
        self._close()

    def _close(self) -> None:
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()


def _spare_the_disk(connection: Any, _record: object) -> None:
    # with a write-ahead log this can lose the last events to a power cut, never the file's consistency
    connection.execute("pragma synchronous = normal")


def kept_in(folder: str) -> str:
    """Where a folder of dagster.yaml is: under the settings' `state`, unless it is absolute."""
    return str(Settings().state.resolve() / folder)


class Artifacts(LocalArtifactStorage):
    """Dagster's files, under `state`."""

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> Self:
        return cls(kept_in(config_value["base_dir"]), inst_data)


class Logs(LocalComputeLogManager):
    """What steps print, under `state`."""

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> Self:
        return cls(kept_in(config_value["base_dir"]), inst_data=inst_data)


class RunLog(SqliteRunStorage):
    """Dagster's record of runs, in which a run of the command line belongs to its job as a launched one does.

    The timeline of the UI shows only runs of which it knows the job and the code location."""

    def add_run(self, dagster_run: dg.DagsterRun) -> dg.DagsterRun:
        if dagster_run.remote_job_origin is None:
            repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(LOCATION), SINGLETON_REPOSITORY_NAME)
            origin = RemoteJobOrigin(repository, dagster_run.job_name)
            dagster_run = dagster_run._replace(remote_job_origin=origin)
        return super().add_run(dagster_run)


class History(DagsterSqliteStorage):
    """Runs, events and schedules in SQLite files under one folder, laid out as Dagster's own storage lays them out."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._event_log_storage: EventLog = EventLog(self._event_log_storage._base_dir)
        self._run_storage: RunLog = RunLog(self._run_storage._conn_string)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> Self:
        return cls.from_local(kept_in(config_value["base_dir"]), inst_data=inst_data)
