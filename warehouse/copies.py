"""Copies of a warehouse: for readers, and for workers on other machines."""

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse.files import close_to_others, fsync_folder, gone_if_failed, private_folder, write_whole
from warehouse.names import Relation

READERS_VERSION = "v1.0.0"  # the oldest DuckDB that can open what is published
CHECKING = "checking"  # where check steps write; the quality layer is made from it when all have run
VERSION = f"{CHECKING}.built_as"
SHARED_KEPT = 3
TAKEN = "shared-warehouse.txt"  # which of the shared files the warehouse beside it is


def write_copy(connection: duckdb.DuckDBPyConnection, path: Path, withheld: Collection[Relation] = ()) -> Path:
    """Write the relations of the connection's database to a new one at `path`, but those that are `withheld`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_database(path)
    quoted = str(path).replace("'", "''")
    building = connection.execute("select current_database()").fetchall()[0][0]
    with gone_if_failed(path):
        connection.execute(f"attach '{quoted}' as fresh_copy (storage_version '{READERS_VERSION}')")
        try:
            with at_once(connection):
                connection.execute(f'copy from database "{building}" to fresh_copy (schema)')
                _copy_rows(connection, withheld)
        finally:
            connection.execute("detach fresh_copy")
    return path


def _copy_rows(connection: duckdb.DuckDBPyConnection, withheld: Collection[Relation]) -> None:
    """Fill the empty copy. What is withheld was never in the file, so that nothing of it can be recovered."""
    views = connection.execute(
        "select schema_name || '.' || view_name from duckdb_views()"
        " where database_name = current_database() and not internal order by all"
    ).fetchall()
    for (name,) in views:
        if name in withheld:
            connection.execute(f"drop view fresh_copy.{name}")
    tables = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables()"
        " where database_name = current_database() order by all"
    ).fetchall()
    for (name,) in tables:
        if name in withheld or (name.startswith(f"{CHECKING}.") and name != VERSION):
            connection.execute(f"drop table fresh_copy.{name}")
            continue
        relation = Relation(name)
        is_about = relation.layer == "quality" and "relation" in types(connection, relation)
        connection.execute(
            f"insert into fresh_copy.{relation} select * from {relation}"
            + (" where not list_contains(?::varchar[], relation)" if is_about else ""),
            [list(withheld)] if is_about else [],
        )


def share(connection: duckdb.DuckDBPyConnection, folder: Path, state: Path) -> Path:
    """Add the connection's warehouse to `folder`, for workers on other machines who see it too; its file there.

    A file is never replaced, so nobody reads half of one. It holds the council's own cases: it is for workers alone.
    state: of this machine, which need not take it back."""
    path = private_folder(folder) / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.duckdb"
    fresh = path.with_suffix(".new")
    write_copy(connection.cursor(), fresh)
    close_to_others(fresh)
    put_in_place(fresh, path)
    write_whole(state / TAKEN, path.name.encode())
    for old in shared(folder)[:-SHARED_KEPT]:
        old.unlink(missing_ok=True)
    return path


def take(folder: Path, warehouse: Path) -> None:
    """Put the newest file of `folder` in place of this machine's warehouse, unless it is that one already."""
    taken, files = warehouse.with_name(TAKEN), shared(folder)
    if not files:
        return
    newest = files[-1]
    if warehouse.exists() and taken.exists() and taken.read_text(encoding="utf-8") == newest.name:
        return
    fresh = private_folder(warehouse.parent) / f"{warehouse.name}.new"
    taken.unlink(missing_ok=True)
    with gone_if_failed(fresh):
        shutil.copyfile(newest, fresh)
        remove_database(warehouse)
        close_to_others(fresh)
        put_in_place(fresh, warehouse)
    write_whole(taken, newest.name.encode())


def shared(folder: Path) -> list[Path]:
    """The warehouses in `folder`, the oldest first."""
    return sorted(folder.glob("*.duckdb"))


def put_in_place(fresh: Path, path: Path) -> None:
    """Have a finished file at `path` in one step, also after a power cut."""
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    fresh.replace(path)
    fsync_folder(path.parent)


def remove_database(path: Path) -> None:
    """Remove a DuckDB file and its log, which would be replayed into another file of the same name."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def types(connection: duckdb.DuckDBPyConnection, relation: Relation) -> dict[str, str]:
    """Column names and DuckDB types of a relation, in order."""
    described = connection.execute(f"describe {relation}").fetchall()
    return {column[0]: column[1] for column in described}


@contextmanager
def at_once(connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The connection, for statements that are kept all or none; the disk is waited for once."""
    connection.begin()
    try:
        yield connection
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
