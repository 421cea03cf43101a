"""What the product needs is named with its reason, and installed without what only developers need."""

import re
import subprocess
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9._-]", one)[0] for one in requirements}


def test_the_docs_say_of_each_dependency_what_it_is_for() -> None:
    text = (PROJECT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
    named = {name.strip() for row in rows for name in row.split(",")}
    assert named - {"package"} == names(DECLARED["project"]["dependencies"])


def test_the_first_command_installs_nothing_for_developers() -> None:
    exported = subprocess.run(
        ["uv", "export", "--quiet", "--no-header", "--no-annotate", "--no-hashes", "--no-emit-project"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    installed = {line.split("==")[0] for line in exported.splitlines()}
    assert "dagster" in installed and installed & names(DECLARED["dependency-groups"]["dev"]) == set()
