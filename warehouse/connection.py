"""The DuckDB warehouse: built in one file by one run at a time, read from a copy that is swapped in whole.

DuckDB lets one process write. So a run takes a lock on the file it builds (the operating system frees it when the
process dies, however it dies), and people read `output/warehouse.duckdb`, which a run replaces only when every blocking
check has passed.
"""

import logging
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import duckdb
from filelock import FileLock, Timeout
from pydantic import PrivateAttr

from warehouse.copies import CHECKING, VERSION, at_once, put_in_place, take, types, write_copy
from warehouse.files import close_to_others, gone_if_failed, private_file, private_folder
from warehouse.names import LAYERS, Relation
from warehouse.run_tags import tag_warnings
from warehouse.spelling import define_folding

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    import pandas as pd
    import pyarrow as pa

    from warehouse.expectations import Outcome

WAREHOUSE_FILE = "warehouse.duckdb"
# raised whenever a relation is renamed or dropped or its columns change: what an earlier version built is then
# set aside and made anew from the archive and the inputs
SCHEMA_VERSION = 9
SET_ASIDE = ".set-aside"
UNFINISHED_RESTORE = "restore-unfinished.txt"  # in the state's folder while a restore moves things


# which run made each relation, and whether its blocking checks passed: a run that was cut off told Dagster neither
MADE = f"{CHECKING}.made"

log = logging.getLogger(__name__)


class WarehouseBusyError(Exception):
    """Another run is writing the warehouse; the message says which process."""


@contextmanager
def exclusive(path: Path, wait_seconds: float) -> Iterator[None]:
    """Hold the lock next to `path`. Raises WarehouseBusyError, naming the holder, if it is not free in time."""
    private_folder(path.parent)
    holder = path.with_name(path.name + ".holder")
    lock = FileLock(path.with_name(path.name + ".lock"), mode=0o600)
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout:
        who = holder.read_text(encoding="utf-8").strip() if holder.exists() else "another process"
        raise WarehouseBusyError(
            f"{who} is writing {path} and did not finish within {wait_seconds:.0f} seconds. Wait for it, or end it, "
            "and run again: nothing was changed."
        ) from None
    try:
        with private_file(holder) as file:
            file.write(f"process {os.getpid()}".encode())
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


class Warehouse(dg.ConfigurableResource):
    """One run's connection to the warehouse that it builds: the file `path`, copied to `published` for readers.

    shared: the folder in which refreshes of any machine share theirs, if there is one.

    Its fields are dependencies, so that no run's config can set them: whoever starts a run chooses no file to write."""

    path: dg.ResourceDependency[str]
    published: dg.ResourceDependency[str]
    lock_wait_seconds: dg.ResourceDependency[float]
    shared: dg.ResourceDependency[str]
    _connection: duckdb.DuckDBPyConnection | None = PrivateAttr(default=None)
    _outcomes: dict[Relation, "list[Outcome]"] = PrivateAttr(default_factory=dict)
    _run_id: str = PrivateAttr(default="")
    _last_writes: "list[Callable[[], None]]" = PrivateAttr(default_factory=list)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Warehouse"]:
        """Hold the lock and the connection for as long as the run lasts."""
        path = Path(self.path)
        with self.lock():
            if self.shared:
                take(Path(self.shared), path)
            self._connection = open_warehouse(path)
            self._run_id = context.run.run_id if context.run else ""
            self._outcomes.clear()
            self._last_writes.clear()
            try:
                yield self
            finally:
                try:
                    for write in self._last_writes:
                        write()
                    tag_warnings(context)
                finally:
                    self._connection.close()
                    self._connection = None

    def lock(self) -> "AbstractContextManager[None]":
        """What keeps others from writing the warehouse during the run."""
        return exclusive(Path(self.path), self.lock_wait_seconds)

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            raise RuntimeError("the warehouse is open only while a run executes")
        return self._connection

    @property
    def state(self) -> Path:
        """The folder of what runs keep."""
        return Path(self.path).parent

    @property
    def outcomes(self) -> dict[Relation, "list[Outcome]"]:
        """What came of the checks of this run, as far as it is not written yet."""
        return self._outcomes

    def before_closing(self, write: "Callable[[], None]") -> None:
        """Have `write` called when the run ends, however it ends but by a kill."""
        self._last_writes.append(write)

    def at_once(self) -> "AbstractContextManager[duckdb.DuckDBPyConnection]":
        """The connection, for statements that are kept all or none; the disk is waited for once."""
        return at_once(self.connection)

    def create(self, relation: Relation, select: str, key: list[str]) -> int:
        """Replace `relation` with the rows of `select`, ordered by `key` so that a rerun is identical; how many."""
        order = f"\norder by {', '.join(key)}" if key else ""
        self.connection.execute(f"create or replace table {relation} as\nselect * from (\n{select}\n){order}")
        return self.count(relation)

    def load(self, relation: Relation, frame: "pd.DataFrame | pa.Table") -> int:
        """Replace `relation` with the rows of `frame`, in their order; how many rows."""
        self.connection.register("incoming_rows", frame)
        try:
            self.connection.execute(f"create or replace table {relation} as select * from incoming_rows")
        finally:
            self.connection.unregister("incoming_rows")
        return self.count(relation)

    def head(self, relation: Relation, rows: int = 5) -> "pd.DataFrame":
        return self.connection.execute(f"select * from {relation} limit {int(rows)}").df()

    def count(self, relation: Relation) -> int:
        return self.connection.execute(f"select count(*) from {relation}").fetchall()[0][0]

    def types(self, relation: Relation) -> dict[str, str]:
        """Column names and DuckDB types, in order."""
        return types(self.connection, relation)

    def version(self, relation: Relation) -> str:
        """What differs where the rows of `relation` do, in whatever order they lie."""
        rows = self.connection.execute(f"select count(*), sum(hash(rows)) from {relation} as rows").fetchall()
        return "-".join(map(str, rows[0]))

    def has_passed(self, relation: Relation, run_id: str) -> bool:
        """Whether `relation` is there as that run made it, and passed every blocking check."""
        return (str(relation), run_id) in sound(self.connection).items()

    def note_made(self, relation: Relation, is_sound: bool) -> None:
        """Note that this run made a relation; is_sound: that no blocking check is to come."""
        self.connection.execute(f"insert or replace into {MADE} values (?, ?, ?)", [relation, self._run_id, is_sound])

    def note_checked(self, relation: Relation, is_sound: bool) -> None:
        """Note whether a relation passed every blocking check."""
        self.connection.execute(f"update {MADE} set is_sound = ? where relation = ?", [is_sound, relation])

    def publish(self, withheld: Collection[Relation] = ()) -> Path:
        """Put a copy of the warehouse where people read it, whole or not at all.

        withheld: relations that are not for readers. They are not in the copy, nor are rows about them in the tables
        of the quality layer, nor what check steps wrote.
        """
        target = Path(self.published)
        if target.with_name(target.name + ".wal").exists():
            raise WarehouseBusyError(
                f"{target}.wal exists: somebody opened the published warehouse for writing. Close that program and "
                "remove the file, then run again. Readers should open it with read_only."
            )
        # beside what people read, and hidden from who looks into the folder meanwhile
        fresh = write_copy(self.connection.cursor(), target.with_name(f".{target.name}.new"), withheld)
        with gone_if_failed(fresh):
            put_in_place(fresh, target)
        return target


def sound(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The run that made each relation which is there and has passed its blocking checks."""
    return dict(
        connection.execute(
            f"select relation, run_id from {MADE} inner join information_schema.tables"
            " on relation = table_schema || '.' || table_name where is_sound"
        ).fetchall()
    )


class LockedWarehouse(Warehouse):
    """The same for a run in a process that holds the lock already."""

    def lock(self) -> "AbstractContextManager[None]":
        return nullcontext()


def open_warehouse(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to `path` with every layer's schema, safe from what a user's own DuckDB settings might bring in.

    A file that is damaged, foreign or of another version is set aside and an empty one begun: a refresh makes
    everything again from the archive and the inputs. Raises WarehouseBusyError where another program has it open, or
    a restore was cut off.
    """
    if path.with_name(UNFINISHED_RESTORE).exists():
        raise WarehouseBusyError(
            f"A restore was cut off in {path.parent}, so part of what is there is older than the rest. Restore again: "
            "`uv run benchmark restore FILE --force`. Nothing was changed."
        )
    reason = why_unusable(path)
    if reason:
        aside = path.with_name(path.name + SET_ASIDE)
        path.replace(aside)
        path.with_name(path.name + ".wal").unlink(missing_ok=True)
        log.warning("%s %s. It was set aside as %s; a full refresh makes everything anew.", path, reason, aside.name)
    connection = _connect(path)
    for layer in (*LAYERS, CHECKING):
        connection.execute(f"create schema if not exists {layer}")
    define_folding(connection)
    connection.execute(
        f"create table if not exists {MADE} (relation varchar primary key, run_id varchar, is_sound boolean)"
    )
    connection.execute(f"create or replace table {VERSION} as select ?::integer as schema_version", [SCHEMA_VERSION])
    for cases in path.parent.glob(f"{path.name}*"):  # the file, its log, and one that was set aside
        close_to_others(cases)
    return connection


def why_unusable(path: Path, read_only: bool = False) -> str:
    """Why nothing can be built on the warehouse at `path`, or nothing where it can or there is none yet."""
    if not path.is_file():
        return ""
    try:
        with _connect(path, read_only) as connection:
            found = connection.execute(f"select schema_version from {VERSION}").fetchall()
    except duckdb.CatalogException:
        return "was made by an earlier version of this project"
    except duckdb.Error as error:
        # neither is the file's own fault
        if "Could not set lock" in str(error) or "Cannot open file" in str(error):
            raise WarehouseBusyError(
                f"{path} cannot be opened: another program has it open, or it may not be written to. Nothing was "
                f"changed. ({error})"
            ) from None
        return "is damaged or no warehouse"
    return "" if found == [(SCHEMA_VERSION,)] else f"has schema version {found}, not {SCHEMA_VERSION}"


def _connect(path: Path, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        str(path),
        read_only=read_only,
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            # a checkpoint after each small relation takes longer than making it
            "checkpoint_threshold": "1GB",
            # text is written in two thirds of the time
            "storage_compatibility_version": "v1.5.0",
        },
    )
