"""The shared warehouse on a real PostgreSQL server."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.names import LAYERS, Relation

pytestmark = pytest.mark.postgres
FIGURES = Relation("marts.figures")
NAMES = itertools.count()


@pytest.fixture
def lake(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A shared warehouse of its own, in which publications read one relation."""
    from pipelines.scale import lake as module
    from pipelines.scale.settings import ScaleSettings

    monkeypatch.setattr(module, "relations_published", lambda: [FIGURES])
    server, _ = database.rsplit("/", 1)
    name = f"lake_{next(NAMES)}"
    import psycopg

    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"create database {name}")  # type: ignore[call-overload]
    scale = ScaleSettings(postgres=f"{server}/{name}", redis="redis://unused", lake=str(tmp_path / "lake"))
    with module.open_lake(scale) as opened:
        yield opened


@pytest.fixture
def warehouse(lake: Any, tmp_path: Path) -> Callable[[str], str]:
    """Attach a new warehouse whose figures are the rows of a query; its name."""

    def made(query: str) -> str:
        name = f"warehouse_{next(NAMES)}"
        lake.connection.execute(f"attach '{tmp_path / name}' as {name}")
        for layer in LAYERS:
            lake.connection.execute(f"create schema {name}.{layer}")
        lake.connection.execute(f"create table {name}.{FIGURES} as {query}")
        return name

    return made


def rows(path: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(f"select * from {FIGURES}").fetchall()


def test_a_lake_that_nothing_was_shared_to_says_what_to_do(lake: Any) -> None:
    from pipelines.scale.lake import LakeError

    with pytest.raises(LakeError, match="run a refresh"):
        lake.newest()


def test_a_worker_gets_the_rows_in_the_order_in_which_the_refresh_wrote_them(
    lake: Any, warehouse: Callable[[str], str], tmp_path: Path
) -> None:
    snapshot = lake.share(
        warehouse(
            "select hash(n) as figure, n::varchar as word from range(300000) as numbers(n) order by all"
        ),
        1,
    )
    with duckdb.connect() as plain:
        expected = plain.execute(
            "select hash(n) as figure, n::varchar as word from range(300000) as numbers(n) order by all"
        ).fetchall()
    assert rows(lake.local_copy(snapshot, tmp_path / "copies")) == expected


def test_an_earlier_snapshot_stays_as_it_was(
    lake: Any, warehouse: Callable[[str], str], tmp_path: Path
) -> None:
    first = lake.share(warehouse("select 1 as figure"), 1)
    lake.share(warehouse("select 2 as figure, 'new' as column_of_later"), 1)
    assert rows(lake.local_copy(first, tmp_path / "copies")) == [(1,)]


def test_snapshots_beyond_those_kept_are_gone_with_their_files(
    lake: Any, warehouse: Callable[[str], str], tmp_path: Path
) -> None:
    for figure in range(4):
        last = lake.share(warehouse(f"select n, {figure} as figure from range(1000) as numbers(n)"), 1)
    assert len(list((tmp_path / "lake").rglob("*.parquet"))) == 2
    assert lake.newest() == last


def test_a_share_that_breaks_off_leaves_the_last_snapshot(lake: Any, warehouse: Callable[[str], str]) -> None:
    good = lake.share(warehouse("select 1 as figure"), 1)
    broken = warehouse("select 1 as figure")
    lake.connection.execute(f"drop table {broken}.{FIGURES}")
    with pytest.raises(duckdb.CatalogException):
        lake.share(broken, 1)
    assert lake.newest() == good


def test_a_password_is_in_no_message_about_a_server_that_is_not_there(
    tmp_path: Path, open_folder: Path
) -> None:
    from pipelines.scale.lake import open_lake
    from pipelines.scale.settings import ScaleSettings

    scale = ScaleSettings(
        postgres="postgresql://someone:secretword@127.0.0.1:1/none",
        redis="redis://unused",
        lake=str(tmp_path),
    )
    with pytest.raises(duckdb.Error) as refused, open_lake(scale):
        pass
    assert "secretword" not in str(refused.value)
