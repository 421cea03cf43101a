"""Rewrite the pinned versions in pyproject.toml from what uv resolves now.

Run as `uv run --no-sync tools/pins.py` after deleting the list (to upgrade) or after adding a dependency.
A package that resolves differently on two Python versions takes the older release, which both accept.
"""

import re
import subprocess
import sys
from pathlib import Path

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
LIST = re.compile(r"(?<=^constraint-dependencies = \[\n).*?(?=^\])", re.MULTILINE | re.DOTALL)


def version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def resolved() -> dict[str, str]:
    """Package to version, as uv resolves them for every supported platform and Python."""
    exported = subprocess.run(
        [
            "uv",
            "export",
            "--quiet",
            "--no-hashes",
            "--no-emit-project",
            "--all-groups",
            "--all-extras",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    pins: dict[str, str] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", exported, re.MULTILINE):
        if name not in pins or version_key(version) < version_key(pins[name]):
            pins[name] = version
    return pins


def main() -> int:
    lines = "".join(f'    "{name}=={version}",\n' for name, version in sorted(resolved().items()))
    text = PYPROJECT.read_text(encoding="utf-8")
    PYPROJECT.write_text(LIST.sub(lambda _: lines, text, count=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
