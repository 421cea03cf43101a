"""The version of what something is made from: the code, the libraries that compute, the files and settings it reads.

Dagster keeps it with each table as its code version, and derives the table's data version from it and from those of the
tables that it reads. A refresh makes what has another version than it was last made with.
"""

import hashlib
import re
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

from warehouse.settings import PROJECT

# packages of assets/ that no table is made by; import-linter keeps the others from importing them
PAGES = ("example", "publication", "answers")


def digest(*parts: Path | str) -> str:
    """A hash of texts, files, and folders with all that lies in them; a path where nothing lies counts as such."""
    found = hashlib.sha256()
    for part in parts:
        found.update(b"\2" + (part if isinstance(part, str) else "/".join(part.parts[-2:])).encode())
        if isinstance(part, Path):
            files = [part] if part.is_file() else sorted(path for path in part.rglob("*") if _counts(path))
            for path in files:
                name = path.relative_to(part).as_posix()
                found.update(b"\0" + name.encode() + b"\1" + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]


def _counts(path: Path) -> bool:
    return path.is_file() and path.suffix not in (".pyc", ".lock")


@cache
def ground() -> str:
    """The version of what every table is made with: the warehouse, the mathematics and the installed libraries."""
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = [re.split(r"[^\w.-]", line)[0] for line in declared]
    libraries = [f"{name} {metadata.version(name)}" for name in names]
    return digest(*libraries, PROJECT / "warehouse", PROJECT / "benchmarking")


@cache
def python(with_pages: bool) -> str:
    """The version of what a table made by Python is made with; with_pages: or of what is made last, for people."""
    parts = sorted((PROJECT / "assets").iterdir())
    made_by = [part for part in parts if with_pages or part.name not in PAGES]
    return digest(ground(), PROJECT / "sql" / "asked", *made_by)
