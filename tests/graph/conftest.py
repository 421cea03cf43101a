"""The invented world, run once for all tests that only look at it."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.graph.world import SUBJECT, Run, World, invent


@dataclass(frozen=True)
class GoodRun:
    """The world after its first refresh, of which it keeps the history, and how that went."""

    world: World
    run: Run


SECRETS = {"smtp_password": "canary", "register_database": "postgresql://reader:canary@127.0.0.1:1/cases"}


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> GoodRun:
    """The world where it was refreshed, for the tests of what the next refresh makes."""
    world = invent(tmp_path_factory.mktemp("world") / "first")
    run = world.command("--council", SUBJECT, history=world.folder / "history", council=SUBJECT, **SECRETS)
    return GoodRun(world, run)


@pytest.fixture(scope="session")
def good_run(first_run: GoodRun, tmp_path_factory: pytest.TempPathFactory) -> GoodRun:
    """A copy that nobody changes."""
    folder = tmp_path_factory.mktemp("world") / "good"
    shutil.copytree(first_run.world.folder, folder)
    return GoodRun(World(folder, folder / "expectations"), first_run.run)


@pytest.fixture
def world(good_run: GoodRun, tmp_path: Path) -> World:
    """A copy of the world with its good publication, to be spoilt."""
    return good_run.world.copy(tmp_path / "world")


@pytest.fixture
def another_process(world: World) -> Iterator[int]:
    """The id of a process that holds the world's warehouse."""
    code = (
        "import sys; from pathlib import Path; from warehouse.connection import exclusive\n"
        "with exclusive(Path(sys.argv[1]), 5):\n"
        "    print('held', flush=True); sys.stdin.readline()"
    )
    path = world.settings.state / "warehouse.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None and holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        yield holder.pid
        holder.stdin.write("done\n")
