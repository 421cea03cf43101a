"""The short version of the faults command: one kill, after which everything is as if it had not been.

The command forks its runs, which is only safe from a process that has not yet worked: so it is one of its own here too.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.kills import Tried
from tests.faults.troubles import TROUBLES
from tests.graph.world import World
from tests.sql.harness import PROJECT


@pytest.mark.skipif(not hasattr(os, "fork"), reason="runs are forked, which this system cannot")
def test_a_refresh_killed_at_any_moment_leaves_readers_a_whole_version_and_the_next_run_recovers() -> None:
    seed = "20"
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "kills", "--times", "1", "--seed", seed],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, f"seed {seed}:\n{done.stdout}\n{done.stderr}"
    assert "1 kills, 0 with faults" in done.stdout


def test_a_product_that_is_neither_version_is_called_damaged(tmp_path: Path) -> None:
    good = {"first": {"workbook": "a"}, "second": {"workbook": "b"}}
    tried = Tried(World(tmp_path, tmp_path), good, 1.0)
    assert [tried.whole({"workbook": what})["workbook"] for what in "abc"] == ["first", "second", "damaged"]


def test_every_trouble_says_what_it_is() -> None:
    assert len(TROUBLES) >= 9
    assert all(make.__doc__ for make in TROUBLES.values())
