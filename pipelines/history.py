"""Dagster's history in SQLite, without a new connection for every event.

Dagster's own SQLite storage builds an engine, opens the file and closes it again for each of the some two thousand
events of a refresh, which throws away SQLAlchemy's compiled statements and makes SQLite fold its write-ahead log into
the file each time: a quarter of a refresh. Here the connections are kept. Tables and files are Dagster's, so either
storage reads what the other wrote.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from sqlalchemy import Connection, Engine, create_engine, event

KEPT_ENGINES = 4  # the index of all runs, the run that goes on, and a run or two that somebody looks at


class EventLog(SqliteEventLogStorage):
    """Dagster's event log, one SQLite file per run and an index, with the engines of the latest files kept."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self._engines: dict[str, Engine] = {}
        self._known_tables: set[str] = set()
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

    def wipe(self) -> None:
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


class History(DagsterSqliteStorage):
    """Runs, events and schedules in SQLite files under one folder, laid out as Dagster's own storage lays them out."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._event_log_storage: EventLog = EventLog(self._event_log_storage._base_dir)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> Self:
        return cls.from_local(inst_data=inst_data, **config_value)
