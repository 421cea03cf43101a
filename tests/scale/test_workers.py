"""Workers on real servers publish councils, one of them killed in the middle."""

import filecmp
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import duckdb
import pytest

from pipelines.automation import PUBLISH
from pipelines.definitions import build_definitions
from tests.relations import held, leave_empty
from warehouse.connection import WAREHOUSE_FILE, open_warehouse
from warehouse.contracts import read_contracts
from warehouse.copies import share, take
from warehouse.settings import Settings

if TYPE_CHECKING:
    from tests.scale.deployment import Deployment

COUNCILS = ("adur-district-council", "worcestershire-county-council")
pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def shared(shipped_warehouse: duckdb.DuckDBPyConnection, shipped_settings: Settings, open_folder: Path) -> Path:
    """A folder with the warehouse of a refresh; what only a full run fills is empty."""
    contracts = read_contracts(shipped_settings.expectations)
    path = open_folder / "refreshed.duckdb"
    with open_warehouse(path) as connection:
        empty = set(contracts) - set(held(shipped_warehouse))
        for relation in empty:
            leave_empty(connection, relation, contracts[relation])
    shipped_warehouse.execute(f"attach '{path}' as refreshed")
    try:
        for name in held(shipped_warehouse, catalog="memory"):
            shipped_warehouse.execute(f"create table refreshed.{name} as from memory.{name}")
    finally:
        shipped_warehouse.execute("detach refreshed")
    folder = open_folder / "trial" / "shared"
    with duckdb.connect(str(path)) as connection:
        share(connection, folder, open_folder / "refresher")
    return folder


@pytest.fixture(scope="module")
def embedded(shared: Path, open_folder: Path) -> Path:
    """What the same councils' runs publish on one machine, without workers."""
    folder = open_folder / "embedded"
    settings = Settings(state=folder / "state", output=folder / "output")
    take(shared, settings.state / WAREHOUSE_FILE)
    job = build_definitions(settings).resolve_job_def(PUBLISH)
    for council in COUNCILS:
        with dg.DagsterInstance.ephemeral() as instance:
            assert job.execute_in_process(instance=instance, partition_key=council).success
    return settings.output


@pytest.fixture(scope="module")
def killed() -> list[str]:
    """The workers that were killed."""
    return []


@pytest.fixture(scope="module")
def deployment(shared: Path, open_folder: Path, killed: list[str]) -> Iterator["Deployment"]:
    """Two workers after the runs of two councils, in the middle of which one of them was killed."""
    from tests.scale.deployment import deployed

    with deployed(open_folder / "trial", 2) as deployment:
        for council in COUNCILS:
            deployment.publish(council)
        killed.append(deployment.kill_one())
        deployment.wait_until_published(len(COUNCILS))
        yield deployment


def test_workers_publish_byte_for_byte_what_one_machine_does(deployment: "Deployment", embedded: Path) -> None:
    assert [name for council in COUNCILS for name in differing(deployment.output / council, embedded / council)] == []
    assert all((deployment.output / council / "index.html").exists() for council in COUNCILS)


def test_a_worker_killed_in_the_middle_costs_no_publication(deployment: "Deployment", killed: list[str]) -> None:
    assert killed[0].startswith("worker-")
    assert len(deployment.runs(dg.DagsterRunStatus.FAILURE)) == 1


def test_every_council_is_a_partition_with_a_history(deployment: "Deployment") -> None:
    site = dg.AssetKey(["publication", "site"])
    assert deployment.instance.get_materialized_partitions(site) == set(COUNCILS)


def restart_in_the_middle(name: str, deployment: "Deployment") -> None:
    """A server is away for some seconds while a run goes on."""
    deployment.publish(COUNCILS[0])
    deployment.wait_for(lambda: "yes" if deployment.runs(dg.DagsterRunStatus.STARTED) else "")
    server = getattr(deployment, name)
    server.stop()
    time.sleep(5)
    server.start()


@pytest.mark.long
@pytest.mark.parametrize(
    "trouble",
    [
        lambda deployment: deployment.kill_one_that_took(COUNCILS[0]),
        partial(restart_in_the_middle, "redis"),
        partial(restart_in_the_middle, "postgresql"),
    ],
    ids=["a worker that had not begun", "Redis", "PostgreSQL"],
)
def test_what_is_lost_costs_time_alone(
    trouble: Callable[["Deployment"], None], shared: Path, embedded: Path, open_folder: Path, tmp_path: Path
) -> None:
    from tests.scale.deployment import deployed

    folder = open_folder / tmp_path.name
    shutil.copytree(shared, folder / "shared")
    with deployed(folder, 2) as deployment:
        trouble(deployment)
        deployment.wait_until_published(1)
    assert differing(folder / "output" / COUNCILS[0], embedded / COUNCILS[0]) == []


def differing(ours: Path, theirs: Path) -> list[str]:
    """The files that are under only one of two folders, or are not the same bytes in both."""
    names = {str(path.relative_to(top)) for top in (ours, theirs) for path in top.rglob("*") if path.is_file()}
    _, different, absent = filecmp.cmpfiles(ours, theirs, sorted(names), shallow=False)
    return different + absent


def test_one_byte_more_is_a_difference(tmp_path: Path) -> None:
    for side in ("ours", "theirs"):
        (tmp_path / side / "pages").mkdir(parents=True)
        (tmp_path / side / "pages" / "index.html").write_bytes(b"the same")
        (tmp_path / side / "table.csv").write_bytes(b"1\n" if side == "ours" else b"1\n\n")
    (tmp_path / "theirs" / "more.csv").write_bytes(b"")
    assert differing(tmp_path / "ours", tmp_path / "theirs") == ["table.csv", "more.csv"]


def test_the_embedded_default_imports_nothing_of_the_extra() -> None:
    code = (
        "import sys, cli.main, cli.refresh\n"
        "print(sorted({'celery', 'redis', 'dagster_celery', 'dagster_postgres', 'pipelines.scale'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
