"""Imports run one way, as pyproject.toml declares it."""

import subprocess
import sys

from warehouse.settings import PROJECT


def test_imports_run_one_way() -> None:
    # in a process of its own, because it silences the loggers of the one that it runs in
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    checked = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False, capture_output=True, text=True)
    assert checked.returncode == 0, f"run `uv run lint-imports` to see which does not\n{checked.stdout}"
