"""The whole deployment on real servers, with a worker killed in the middle, beside the embedded default."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.relations import held, leave_empty
from warehouse.contracts import read_contracts
from warehouse.councils import Lookup
from warehouse.names import LAYERS, Relation
from warehouse.settings import Settings

COUNCILS = ("adur-district-council", "city-of-lincoln-council", "worcestershire-county-council")


@pytest.fixture(scope="session")
def built(
    shipped_warehouse: duckdb.DuckDBPyConnection, shipped_settings: Settings, open_folder: Path
) -> Path:
    """The shipped figures as a warehouse file; what only a full run fills is empty."""
    from pipelines.scale.lake import relations_published

    contracts = read_contracts(shipped_settings.expectations)
    path = open_folder / "built.duckdb"
    memory = shipped_warehouse.execute("select current_database()").fetchall()[0][0]
    shipped_warehouse.execute(f"attach '{path}' as built")
    try:
        shipped_warehouse.execute(f"copy from database {memory} to built")
        for layer in LAYERS:
            shipped_warehouse.execute(f"create schema if not exists built.{layer}")
        there = held(shipped_warehouse, catalog="built")
        for relation in relations_published():
            if str(relation) not in there:
                leave_empty(shipped_warehouse, f"built.{relation}", contracts[relation])
    finally:
        shipped_warehouse.execute("detach built")
    return path


@pytest.fixture(scope="session")
def outcome(built: Path, shipped_settings: Settings, open_folder: Path) -> Any:
    """What came of three councils and two workers, one of which was killed."""
    from pipelines.scale.trial import trial

    lookup = Lookup(shipped_settings)
    councils = [lookup.council(name) for name in COUNCILS]
    return trial(open_folder / "trial", councils, 2, print, built=built, kill=True)


@pytest.mark.postgres
def test_workers_publish_byte_for_byte_what_the_embedded_default_does(
    outcome: Any, open_folder: Path
) -> None:
    pages = [open_folder / "trial" / "scaled" / "output" / council / "index.html" for council in COUNCILS]
    assert all(page.exists() for page in pages)
    assert outcome.differing == []


@pytest.mark.postgres
def test_a_worker_killed_in_the_middle_costs_no_publication(outcome: Any) -> None:
    assert outcome.killed.startswith("worker-")
    assert outcome.runs["success"] >= len(COUNCILS)


@pytest.mark.postgres
def test_a_trial_leaves_nothing_running(outcome: Any, open_folder: Path) -> None:
    places = [Path("/proc") / name / "cmdline" for name in (path.name for path in Path("/proc").iterdir())]
    lines = [place.read_bytes() for place in places if place.parent.name.isdigit() and place.exists()]
    assert [line for line in lines if bytes(open_folder / "trial") in line] == []


def test_one_byte_more_is_a_difference(open_folder: Path, tmp_path: Path) -> None:
    from pipelines.scale.trial import differing_files

    for side in ("ours", "theirs"):
        (tmp_path / side / "pages").mkdir(parents=True)
        (tmp_path / side / "pages" / "index.html").write_bytes(b"the same")
        (tmp_path / side / "table.csv").write_bytes(b"1\n" if side == "ours" else b"1\n\n")
    (tmp_path / "theirs" / "more.csv").write_bytes(b"")
    assert differing_files(tmp_path / "ours", tmp_path / "theirs") == ["table.csv", "more.csv"]


def test_rows_in_another_order_are_a_difference(open_folder: Path, tmp_path: Path) -> None:
    from pipelines.scale.trial import differing_relations

    relation = Relation("marts.figures")
    for side, order in (("ours", "asc"), ("theirs", "desc")):
        with duckdb.connect(str(tmp_path / side)) as connection:
            connection.execute("create schema marts")
            connection.execute(
                f"create table {relation} as select * from range(3) as n(n) order by n {order}"
            )
    assert differing_relations(tmp_path / "ours", tmp_path / "theirs", [relation]) == ["marts.figures"]


def test_a_missing_server_is_named_with_the_package_that_brings_it() -> None:
    from pipelines.scale.servers import ServerError, program

    with pytest.raises(ServerError, match="apt-get install redis-server"):
        program("a-program-that-is-nowhere", "redis-server")


def test_the_embedded_default_imports_nothing_of_the_extra() -> None:
    code = (
        "import sys, cli.main, cli.refresh\n"
        "print(sorted({'celery', 'redis', 'dagster_celery', 'dagster_postgres', 'pipelines.scale'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
