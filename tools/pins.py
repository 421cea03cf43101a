"""Rewrite the pinned versions in pyproject.toml, and their hashes in requirements.txt, from what uv resolves now.

Run as `uv run --no-sync tools/pins.py` after deleting the list (to upgrade) or after adding a dependency.
A package that resolves differently on two Python versions takes the older release, which both accept.
"""

import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parent.parent
PYPROJECT = PROJECT / "pyproject.toml"
REQUIREMENTS = PROJECT / "requirements.txt"
LIST = re.compile(r"(?<=^constraint-dependencies = \[\n).*?(?=^\])", re.MULTILINE | re.DOTALL)
HEAD = """\
# The SHA-256 of every file of every pinned package, without the addresses they come from. CI installs by it, so
# that a file which was replaced after its version was chosen is refused. Written by tools/pins.py.
"""


def version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def exported(*options: str) -> str:
    """Every package for every supported platform and Python, as uv writes requirements."""
    return subprocess.run(
        [
            "uv",
            "export",
            "--quiet",
            "--no-header",
            "--no-annotate",
            "--no-emit-project",
            "--all-groups",
            "--all-extras",
            *options,
        ],
        check=True,
        capture_output=True,
        text=True,
        cwd=PROJECT,
    ).stdout


def resolved() -> dict[str, str]:
    """Package to version."""
    pins: dict[str, str] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", exported("--no-hashes"), re.MULTILINE):
        if name not in pins or version_key(version) < version_key(pins[name]):
            pins[name] = version
    return pins


def main() -> int:
    lines = "".join(sorted(f'    "{name}=={version}",\n' for name, version in resolved().items()))
    text = PYPROJECT.read_text(encoding="utf-8")
    PYPROJECT.write_text(LIST.sub(lambda _: lines, text, count=1), encoding="utf-8")
    REQUIREMENTS.write_text(HEAD + exported(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
