"""One writer at a time, names that cannot carry SQL, and a publication that is whole or not there."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from warehouse.connection import Warehouse, WarehouseBusyError, exclusive, open_warehouse
from warehouse.files import write_whole
from warehouse.names import Relation


@pytest.mark.parametrize(
    "name",
    [
        "councils",
        "core.councils; drop table x",
        'core."x"',
        "core.a.b",
        "Core.a",
        "core.1a",
        "core.",
        ".a",
        "core.a\n",
        "",
    ],
)
def test_only_a_plain_layer_and_table_is_a_relations_name(name: str) -> None:
    with pytest.raises(ValueError, match="is not a relation's name"):
        Relation(name)


def test_a_relation_knows_its_layer_and_table() -> None:
    relation = Relation("marts.indicator_values")
    assert (relation.layer, relation.table) == ("marts", "indicator_values")


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with pytest.raises(RuntimeError, match="broken off"), exclusive(path, 0.1):
        raise RuntimeError("broken off")
    with exclusive(path, 0.1):
        assert (tmp_path / "warehouse.duckdb.holder").exists()
    assert not (tmp_path / "warehouse.duckdb.holder").exists()


def test_who_waits_too_long_is_told_that_nothing_was_changed(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with (
        exclusive(path, 0.1),
        pytest.raises(WarehouseBusyError, match=r"process \d+ is writing .* nothing was changed"),
        exclusive(path, 0.05),
    ):
        pass
    with exclusive(path, 0.1):
        pass


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    """An open warehouse, to be published into a folder that is not there yet."""
    published = tmp_path / "out" / "warehouse.duckdb"
    warehouse = Warehouse(
        path=str(tmp_path / "building.duckdb"),
        published=str(published),
        lock_wait_seconds=1,
        shared="",
    )
    warehouse._connection = open_warehouse(Path(warehouse.path))
    yield warehouse
    warehouse._connection.close()


def published_rows(warehouse: Warehouse) -> list[tuple[int]]:
    with duckdb.connect(warehouse.published, read_only=True) as reader:
        return reader.execute("from marts.figures").fetchall()


def test_a_publication_replaces_the_last_and_an_open_reader_keeps_what_it_opened(
    warehouse: Warehouse,
) -> None:
    figures = Relation("marts.figures")
    warehouse.create(figures, "select 1 as x", ["x"])
    warehouse.publish()
    with duckdb.connect(warehouse.published, read_only=True) as reader:
        warehouse.create(figures, "select 2 as x", ["x"])
        warehouse.publish()
        assert reader.execute("from marts.figures").fetchall() == [(1,)]
    assert published_rows(warehouse) == [(2,)]


def test_a_publication_opens_in_an_older_duckdb_than_the_one_that_builds(warehouse: Warehouse) -> None:
    warehouse.publish()
    with duckdb.connect(warehouse.published, read_only=True) as reader:
        tags = reader.execute("select tags from duckdb_databases() where not internal").fetchall()
    assert tags == [({"storage_version": "v1.0.0+"},)]


def test_nothing_but_the_publication_is_left_behind(warehouse: Warehouse) -> None:
    warehouse.create(Relation("marts.figures"), "select 1 as x", ["x"])
    target = warehouse.publish()
    assert [path.name for path in target.parent.iterdir()] == ["warehouse.duckdb"]


def test_a_stale_write_ahead_log_beside_the_publication_is_refused_and_the_publication_kept(
    warehouse: Warehouse,
) -> None:
    warehouse.create(Relation("marts.figures"), "select 1 as x", ["x"])
    target = warehouse.publish()
    before = target.read_bytes()
    target.with_name("warehouse.duckdb.wal").write_bytes(b"stale")
    warehouse.create(Relation("marts.figures"), "select 2 as x", ["x"])
    with pytest.raises(WarehouseBusyError, match="opened the published warehouse for writing"):
        warehouse.publish()
    assert target.read_bytes() == before


def test_a_publication_keeps_the_comments_on_columns(warehouse: Warehouse) -> None:
    warehouse.create(Relation("marts.figures"), "select 1 as x", ["x"])
    warehouse.connection.execute("comment on column marts.figures.x is 'the number'")
    warehouse.publish()
    with duckdb.connect(warehouse.published, read_only=True) as reader:
        assert reader.execute("select comment from duckdb_columns() where column_name = 'x'").fetchone() == (
            "the number",
        )


def test_a_relation_is_made_in_the_order_of_its_key(warehouse: Warehouse) -> None:
    figures = Relation("marts.figures")
    assert warehouse.create(figures, "select unnest([3, 1, 2]) as x", ["x"]) == 3
    assert warehouse.head(figures)["x"].to_list() == [1, 2, 3]


def test_a_loaded_frame_keeps_its_order_and_missing_text_stays_missing(warehouse: Warehouse) -> None:
    rows = Relation("raw.rows")
    warehouse.load(rows, pd.DataFrame({"x": pd.Series(["b", None, "a"], dtype="str")}))
    assert warehouse.connection.execute("from raw.rows").fetchall() == [("b",), (None,), ("a",)]
    assert warehouse.types(rows) == {"x": "VARCHAR"}


def test_statements_that_belong_together_are_kept_all_or_none(warehouse: Warehouse) -> None:
    def replace(wrong: str) -> None:
        with warehouse.at_once() as connection:
            connection.execute("create or replace table core.halves as select 1 as half")
            connection.execute(f"insert into core.halves select {wrong}")

    replace("2")
    with pytest.raises(duckdb.ConversionException):
        replace("'no number'")
    assert warehouse.connection.execute("from core.halves order by all").fetchall() == [(1,), (2,)]


def test_a_users_extensions_are_never_brought_in(warehouse: Warehouse) -> None:
    settings = warehouse.connection.execute(
        "select current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions')"
    ).fetchone()
    assert settings == (False, False)


def test_the_same_bytes_leave_a_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "page.html"
    assert write_whole(path, b"one") is True
    before = path.stat().st_mtime_ns
    assert write_whole(path, b"one") is False
    assert path.stat().st_mtime_ns == before


def test_a_file_is_replaced_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_whole(path, b"one")
    assert write_whole(path, b"two") is True
    assert path.read_bytes() == b"two"
    assert [one.name for one in tmp_path.iterdir()] == ["page.html"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_whole(path, b"one")
    (tmp_path / ".page.html.new").mkdir()
    with pytest.raises(OSError, match="page"):
        write_whole(path, b"two")
    assert path.read_bytes() == b"one"


def test_what_an_earlier_version_built_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as earlier:
        earlier.execute("create schema marts; create table marts.figures as select 1 as x")
    with open_warehouse(path) as connection:
        tables = connection.execute("select table_name from duckdb_tables() order by all").fetchall()
        assert tables == [("built_as",), ("made",)]
    assert (tmp_path / "warehouse.duckdb.set-aside").exists()


def test_what_this_version_built_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with open_warehouse(path) as connection:
        connection.execute("create table marts.figures as select 1 as x")
    with open_warehouse(path) as connection:
        assert connection.execute("from marts.figures").fetchall() == [(1,)]


@pytest.mark.parametrize("content", [b"", b"hello " * 3000, b"SQLite format 3\0" + b"\0" * 5000])
def test_a_file_that_is_no_warehouse_is_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(content)
    with open_warehouse(path):
        pass
    assert (tmp_path / "warehouse.duckdb.set-aside").read_bytes() == content


def test_a_warehouse_that_another_program_writes_is_not_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    open_warehouse(path).close()
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.readline()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdin is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(WarehouseBusyError, match="another program has it open"):
            open_warehouse(path)
        other.stdin.write("done\n")
    assert not path.with_name("warehouse.duckdb.set-aside").exists()


def test_what_is_withheld_is_not_in_the_publication_nor_are_rows_about_it(warehouse: Warehouse) -> None:
    warehouse.create(Relation("marts.figures"), "select 1 as x", ["x"])
    warehouse.create(Relation("raw.register_case_stages"), "select 'case-4711' as case_id", [])
    warehouse.create(
        Relation("quality.failures"),
        "select unnest(['marts.figures', 'raw.register_case_stages']) as relation, 'case-4711' as row_key",
        ["relation"],
    )
    withheld = {Relation("raw.register_case_stages")}
    target = warehouse.publish(withheld)
    with duckdb.connect(str(target), read_only=True) as reader:
        tables = reader.execute("select table_name from duckdb_tables() order by all").fetchall()
        about = reader.execute("select relation from quality.failures").fetchall()
    assert ("register_case_stages",) not in tables and ("figures",) in tables
    assert about == [("marts.figures",)]


def test_nothing_of_what_is_withheld_can_be_recovered_from_the_file(warehouse: Warehouse) -> None:
    warehouse.create(Relation("raw.register_case_stages"), "select 'pseudonym-4711' as case_id", [])
    target = warehouse.publish({Relation("raw.register_case_stages")})
    assert b"pseudonym-4711" not in target.read_bytes()
    assert b"pseudonym-4711" in warehouse.publish().read_bytes()


def test_a_withheld_view_is_not_in_the_publication_nor_where_its_files_lie(warehouse: Warehouse) -> None:
    warehouse.create(Relation("marts.figures"), "select 1 as x", ["x"])
    warehouse.connection.execute("create view raw.register_case_stages as select 'folder-4711' as case_id")
    warehouse.connection.execute("create view marts.shown as select x from marts.figures")
    target = warehouse.publish({Relation("raw.register_case_stages")})
    with duckdb.connect(str(target), read_only=True) as reader:
        views = reader.execute("select view_name from duckdb_views() where not internal").fetchall()
        assert views == [("shown",)] and reader.execute("from marts.shown").fetchall() == [(1,)]
    assert b"folder-4711" not in target.read_bytes()


def test_a_log_that_a_killed_run_left_beside_its_copy_is_not_read_into_the_next(warehouse: Warehouse) -> None:
    warehouse.create(Relation("marts.figures"), "select 1 as x", ["x"])
    target = Path(warehouse.published)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_name(f".{target.name}.new").write_bytes(b"half a copy")
    target.with_name(f".{target.name}.new.wal").write_bytes(b"its log")
    with duckdb.connect(str(warehouse.publish()), read_only=True) as reader:
        assert reader.execute("select x from marts.figures").fetchall() == [(1,)]
    assert list(target.parent.glob(".*")) == []
