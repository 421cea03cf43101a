"""How a publication gets out: whole or not at all, under an address that stays, and only when something changed.

`<council>/publications/<identity>/` is one publication and never changes; `<council>/index.html` leads
to the current one
and is replaced in one step. The identity comes from what is said and from how it is said, not from the day. A sign-off
makes another edition of the same publication, named `<identity>-<state>-<mark>`, because its pages say the state.
"""

import hashlib
import html
import json
import os
import re
import shutil
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from assets.publication.findings import Findings
from warehouse.files import fsync_folder, gone_if_failed, write_whole

HERE = Path(__file__).parent
FOLDER = "publications"
LANDING = "index.html"
IDENTITY = re.compile(r"[0-9a-z-]+")


@cache
def how_it_is_said() -> str:
    """A hash of everything that shapes the pages: templates, style, script, queries and words."""
    paths = sorted(
        path
        for path in HERE.rglob("*")
        if path.suffix in (".py", ".sql", ".j2", ".css", ".js", ".yml", ".conf")
    )
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def identity_of(findings: Findings) -> str:
    """The publication's id: the newest year in it and ten characters of a hash of all that it says."""
    said = json.dumps(vars(findings), default=_as_text, sort_keys=True)
    digest = hashlib.sha256((how_it_is_said() + said).encode()).hexdigest()
    newest = findings.newest["period_label"] or "no-year"
    return "-".join([*re.findall(r"[0-9a-z]+", newest.lower()), digest[:10]])


def publication_of(edition: str) -> str:
    """The id of the publication that an edition is of: without the mark of its sign-off."""
    return re.sub(r"-(checked|approved)-[0-9a-f]{4}$", "", edition)


def _as_text(value: Any) -> Any:
    # a set comes in another order in every process, which would make the same figures another publication
    if isinstance(value, frozenset | set):
        return sorted(value)
    return vars(value) if hasattr(value, "__dict__") else str(value)


def current(folder: Path) -> str:
    """The id that the landing page leads to, or nothing."""
    landing = folder / LANDING
    if not landing.exists():
        return ""
    found = re.search(rf'{FOLDER}/({IDENTITY.pattern})/index\.html"', landing.read_text(encoding="utf-8"))
    return found[1] if found and (folder / FOLDER / found[1]).is_dir() else ""


def overview_of(folder: Path, identity: str) -> dict[str, Any]:
    """The figures of an earlier publication, as it gave them to other systems; empty where there are none to read."""
    path = folder / FOLDER / identity / "downloads" / "overview.json"
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))) if identity else {}
    except (OSError, ValueError):
        return {}


def put(folder: Path, identity: str, files: Mapping[str, bytes]) -> Path:
    """Write one publication beside the others, whole or not at all; its folder. A publication there
    already is left alone."""
    target = folder / FOLDER / identity
    if target.is_dir():
        return target
    building = folder / FOLDER / f".{identity}.new"
    shutil.rmtree(building, ignore_errors=True)
    with gone_if_failed(building):
        for name, content in files.items():
            path = building / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        building.replace(target)
    fsync_folder(target.parent)
    return target


def point_to(folder: Path, identity: str, council: str) -> bool:
    """Make the landing page lead to a publication; whether it led elsewhere before."""
    address = f"{FOLDER}/{identity}/index.html"
    page = f"""<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:">
<meta http-equiv="refresh" content="0; url={address}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{html.escape(council)} – Council Complaints Benchmark</title>
</head>
<body>
<main><h1>{html.escape(council)}</h1><p><a href="{address}">The current publication</a></p></main>
</body>
</html>
"""
    return write_whole(folder / LANDING, page.encode())


def beyond(folder: Path, previous: int) -> list[Path]:
    """The publications older than the current one and so many before it, and what broken runs left behind."""
    kept = current(folder)
    others = sorted(
        (path for path in (folder / FOLDER).iterdir() if path.is_dir() and path.name != kept),
        key=lambda path: (path.stat().st_mtime_ns, path.name),
        reverse=True,
    )
    # a folder with a dot is what a broken run left behind
    whole = [path for path in others if not path.name.startswith(".")]
    return [*whole[previous:], *(path for path in others if path.name.startswith("."))]


def keep_newest(folder: Path, previous: int) -> list[str]:
    """Remove all but the current publication and so many before it; the ids removed."""
    old = beyond(folder, previous)
    for path in old:
        shutil.rmtree(path)
    return [path.name for path in old if not path.name.startswith(".")]


def published_on(folder: Path, identity: str) -> date | None:
    """The day a publication was made, by its own account."""
    told = overview_of(folder, identity).get("published")
    return date.fromisoformat(told) if told else None
