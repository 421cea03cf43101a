"""The shared warehouse: a DuckLake, Parquet files with their catalogue in PostgreSQL, one snapshot a refresh.

A worker on another machine cannot open the refresh's DuckDB file. It takes what publications read from one snapshot
into a local DuckDB file, once per snapshot, row for row in the same order: what runs on it then is the embedded
default's. Publications read councils' own cases too, so the lake is for workers; readers have the published warehouse.
"""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import duckdb

from pipelines.scale.settings import ScaleSettings
from warehouse.connection import exclusive
from warehouse.models import relations_read
from warehouse.names import LAYERS, Relation
from warehouse.queries import ASKED, query

SHARED = dg.AssetKey(["shared", "warehouse"])
EXTENSIONS = ("postgres_scanner", "ducklake")
SHARED_BY = "shared by a refresh"
NOTHING_DOWNLOADED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
COPIES_KEPT = 2
WAIT_SECONDS = 600


class LakeError(Exception):
    """The shared warehouse has nothing to offer, or its extensions are not installed; the message says what to do."""


@dataclass(frozen=True)
class Snapshot:
    """One state of the shared warehouse: what one refresh published."""

    number: int
    moment: datetime

    @property
    def day(self) -> date:
        """The day of publication, the same on every machine and at every retry."""
        return self.moment.astimezone(UTC).date()

    @property
    def name(self) -> str:
        return f"{self.number}-{self.moment.astimezone(UTC):%Y%m%dT%H%M%S%f}"


def snapshot_metadata(snapshot: Snapshot) -> dict[str, dg.MetadataValue]:
    """A snapshot's metadata for Dagster."""
    return {
        "snapshot": dg.MetadataValue.text(snapshot.name),
        "shared at": dg.MetadataValue.timestamp(snapshot.moment),
    }


def relations_published() -> list[Relation]:
    """The relations that publications read, parsed from their queries."""
    return sorted({name for path in ASKED.glob("*.sql") for name in relations_read(query(path.stem))})


def _extension(name: str) -> Path:
    """The extension's file in the package that brings it, so that nothing is downloaded at run time."""
    found = importlib.util.find_spec(f"duckdb_extension_{name}")
    folder = Path(found.origin).parent if found and found.origin else None
    files = sorted(folder.rglob(f"v{duckdb.__version__}/*.duckdb_extension")) if folder else []
    if not files:
        raise LakeError(
            f"DuckDB's extension {name} {duckdb.__version__} is not installed: use `uv run --extra scale`."
        )
    return files[0]


def quoted(text: object) -> str:
    """Text as a literal, where SQL takes no parameter."""
    return "'" + str(text).replace("'", "''") + "'"


@dataclass(frozen=True)
class Lake:
    """The shared warehouse, attached as `lake`."""

    connection: duckdb.DuckDBPyConnection

    def share(self, warehouse: str, kept: int) -> Snapshot:
        """Make what publications read of an attached warehouse the newest snapshot, whole or not at all.

        kept: how many earlier snapshots stay.
        """
        run = self.connection.execute
        threads = run("select current_setting('threads')").fetchall()[0][0]
        # several threads write a large table in whatever order they come to it, and the order is to be kept
        run("set threads = 1")
        run("begin")
        try:
            for layer in LAYERS:
                run(f"create schema if not exists lake.{layer}")
            for relation in relations_published():
                run(f'create or replace table lake.{relation} as select * from "{warehouse}".{relation}')
            run(f"call lake.set_commit_message('benchmark', {quoted(SHARED_BY)})")
            run("commit")
        except BaseException:
            run("rollback")
            raise
        finally:
            run(f"set threads = {threads}")
        snapshots = self._snapshots()
        if old := [one.number for one in snapshots[kept + 1 :]]:
            run(f"call ducklake_expire_snapshots('lake', versions => {old})")
            run("call ducklake_cleanup_old_files('lake', cleanup_all => true)")
        return snapshots[0]

    def newest(self) -> Snapshot:
        """What the latest refresh shared. Raises LakeError where none has."""
        for snapshot in self._snapshots():
            return snapshot
        raise LakeError("Nothing is in the shared warehouse yet: run a refresh.")

    def local_copy(self, snapshot: Snapshot, folder: Path) -> Path:
        """A DuckDB file in `folder` with what publications read of the snapshot, made once for all who ask."""
        path = folder / f"{snapshot.name}.duckdb"
        if path.exists():
            return path
        with exclusive(folder / "copies", WAIT_SECONDS):
            if not path.exists():
                fresh = path.with_suffix(".new")
                fresh.unlink(missing_ok=True)
                self._copy(snapshot, fresh)
                fresh.replace(path)
            others = sorted(folder.glob("*.duckdb"), key=lambda other: other.stat().st_mtime_ns)
            for other in others[:-COPIES_KEPT]:
                other.unlink()
        return path

    def _copy(self, snapshot: Snapshot, path: Path) -> None:
        run = self.connection.execute
        run(f"attach {quoted(path)} as copy")
        try:
            for layer in LAYERS:
                run(f"create schema copy.{layer}")
            for relation in relations_published():
                # in the order in which the rows were shared, because a query's order may hang on it
                run(
                    f"create table copy.{relation} as select * from lake.{relation} at (version => {snapshot.number})"
                    " order by rowid"
                )
        finally:
            run("detach copy")

    def _snapshots(self) -> list[Snapshot]:
        """What refreshes shared, the newest first."""
        found = self.connection.execute(
            "select snapshot_id, snapshot_time from ducklake_snapshots('lake') where commit_message = ?"
            " order by snapshot_id desc",
            [SHARED_BY],
        ).fetchall()
        return [Snapshot(*row) for row in found]


@contextmanager
def open_lake(scale: ScaleSettings, connection: duckdb.DuckDBPyConnection | None = None) -> Iterator[Lake]:
    """The shared warehouse for as long as the context lasts, on a connection of its own or on the one that is given."""
    database = scale.database()
    known = {
        "host": database.host,
        "port": database.port,
        "database": database.database,
        "user": database.username,
        "password": database.password,
    }
    secret = ", ".join(f"{name} {quoted(value)}" for name, value in known.items() if value is not None)
    with connection.cursor() if connection else duckdb.connect(config=NOTHING_DOWNLOADED) as cursor:
        for name in EXTENSIONS:
            cursor.execute(f"load {quoted(_extension(name))}")
        # a secret, because the text of an attach that fails is shown
        cursor.execute(f"create or replace secret catalogue (type postgres, {secret})")
        cursor.execute(
            f"attach 'ducklake:postgres:' as lake (data_path {quoted(scale.lake)}, metadata_schema 'lake',"
            " meta_secret 'catalogue')"
        )
        try:
            yield Lake(cursor)
        finally:
            cursor.execute("detach lake")
            cursor.execute("drop secret catalogue")
