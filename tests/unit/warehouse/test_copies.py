"""A refresh shares its warehouse as a file, and workers on other machines take the newest."""

from pathlib import Path

import duckdb

from warehouse.connection import WAREHOUSE_FILE, open_warehouse
from warehouse.copies import SHARED_KEPT, share, shared, take
from warehouse.names import Relation

FIGURES = Relation("marts.figures")
IN_ANOTHER_ORDER = "select hash(n) as figure from range(300000) as numbers(n) order by all"


def refreshed(tmp_path: Path, query: str) -> Path:
    """Where a refresh has shared a warehouse whose figures are the rows of a query."""
    state, folder = tmp_path / "refresher", tmp_path / "shared"
    state.mkdir(exist_ok=True)
    with open_warehouse(state / WAREHOUSE_FILE) as connection:
        connection.execute(f"create or replace table {FIGURES} as {query}")
        share(connection, folder, state)
    return folder


def rows(warehouse: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(f"from {FIGURES}").fetchall()


def test_a_worker_gets_the_rows_in_the_order_in_which_the_refresh_wrote_them(tmp_path: Path) -> None:
    folder, warehouse = refreshed(tmp_path, IN_ANOTHER_ORDER), tmp_path / "worker" / WAREHOUSE_FILE
    take(folder, warehouse)
    with duckdb.connect() as plain:
        assert rows(warehouse) == plain.execute(IN_ANOTHER_ORDER).fetchall()


def test_a_worker_takes_each_warehouse_once(tmp_path: Path) -> None:
    folder, warehouse = refreshed(tmp_path, "select 1 as figure"), tmp_path / "worker" / WAREHOUSE_FILE
    take(folder, warehouse)
    before = warehouse.stat().st_ino
    take(folder, warehouse)
    assert warehouse.stat().st_ino == before
    refreshed(tmp_path, "select 2 as figure")
    take(folder, warehouse)
    assert rows(warehouse) == [(2,)]


def test_whoever_shared_a_warehouse_does_not_take_it_back(tmp_path: Path) -> None:
    folder = refreshed(tmp_path, "select 1 as figure")
    warehouse = tmp_path / "refresher" / WAREHOUSE_FILE
    before = warehouse.stat().st_ino
    take(folder, warehouse)
    assert warehouse.stat().st_ino == before


def test_nothing_shared_leaves_the_warehouse_alone(tmp_path: Path) -> None:
    take(tmp_path, tmp_path / "worker" / WAREHOUSE_FILE)
    assert not (tmp_path / "worker").exists()


def test_the_newest_files_are_kept_for_their_owner_alone(tmp_path: Path) -> None:
    for figure in range(SHARED_KEPT + 1):
        folder = refreshed(tmp_path, f"select {figure} as figure")
    files = shared(folder)
    assert [rows(path) for path in files] == [[(figure,)] for figure in range(1, SHARED_KEPT + 1)]
    assert {path.stat().st_mode & 0o077 for path in (folder, *files)} == {0}
