"""How a publication gets out: whole or not at all, under an address that stays, and only when something changed.

`<council>/publications/<identity>/` is one publication and never changes; `<council>/index.html` leads
to the current one
and is replaced in one step. The identity comes from what is said and from how it is said, not from the day. A sign-off
makes another edition of the same publication, because its pages say the state.

An edition is named `<identity>-<seal>`, or `<identity>-<state>-<mark>-<seal>` once it is signed off. The seal is a hash
of `manifest.json`, which holds the hash of every other file, so a file that was edited later no longer fits the name
that every page prints.
"""

import hashlib
import html
import json
import logging
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
# whatever shapes the pages
SAID_BY = (HERE, HERE.parent / "wording")
FOLDER = "publications"
LANDING = "index.html"
IDENTITY = re.compile(r"[0-9a-z-]+")
MANIFEST = "manifest.json"
UNSEALED = "0" * 16  # stands for the seal while the pages are hashed: a page cannot print a hash of itself
EDITION = re.compile(
    r"(?P<unsealed>(?P<publication>.+?)(?P<sign_off>-(?:checked|approved)-[0-9a-f]{4})?)-(?P<seal>[0-9a-f]{16})"
)

log = logging.getLogger(__name__)


@cache
def how_it_is_said(folders: tuple[Path, ...] = SAID_BY) -> str:
    """A hash of everything that shapes the pages: templates, style, script and words."""
    paths = sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in (".py", ".sql", ".j2", ".css", ".js", ".yml", ".conf")
    )
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def identity_of(findings: Findings) -> str:
    """The publication's id: the newest year in it and ten characters of a hash of all that it says, and of nothing that
    it hides: a small count could be tried out on it."""
    own = {
        query: [{name: value for name, value in row.items() if name not in row["hidden"]} for row in rows]
        for query, rows in findings.own.items()
    }
    said = json.dumps(vars(findings) | {"own": own}, default=_as_text, sort_keys=True)
    digest = hashlib.sha256((how_it_is_said() + said).encode()).hexdigest()
    newest = findings.newest["period_label"] or "no-year"
    return "-".join([*re.findall(r"[0-9a-z]+", newest.lower()), digest[:10]])


def publication_of(edition: str) -> str:
    """The id of the publication that an edition is of: without its sign-off and seal."""
    parts = EDITION.fullmatch(edition)
    return parts["publication"] if parts else edition


def is_draft(edition: str) -> bool:
    """Whether an edition is not signed off, by its name."""
    parts = EDITION.fullmatch(edition)
    return parts is None or not parts["sign_off"]


def sound_edition(folder: Path, unsealed: str) -> str:
    """The name of the edition of this publication and sign-off, if there is one; one that was altered is removed."""
    for path in sorted((folder / FOLDER).glob(f"{unsealed}-*")):
        parts = EDITION.fullmatch(path.name)
        if parts is None or parts["unsealed"] != unsealed:
            continue
        if not (problems := altered(path)):
            return path.name
        log.warning("Edition %s was altered, so it is made again: %s", path.name, "; ".join(problems))
        _remove(path)
    return ""


def altered(edition: Path) -> list[str]:
    """What no longer fits the name of an edition, file by file; empty where every byte does."""
    parts = EDITION.fullmatch(edition.name)
    if parts is None:
        return ["it was made by an earlier version, without a seal, so it cannot be checked"]
    try:
        manifest = (edition / MANIFEST).read_bytes()
        files = dict(json.loads(manifest)["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{MANIFEST} is missing or cannot be read"]
    problems = []
    if hashlib.sha256(manifest).hexdigest()[:16] != parts["seal"]:
        problems.append(f"{MANIFEST} is not the one that the edition's name was made from")
    there = {path.relative_to(edition).as_posix(): path for path in edition.rglob("*") if not path.is_dir()}
    for name in sorted({*files, *there} - {MANIFEST}):
        if name not in there:
            problems.append(f"{name} is missing")
        elif name not in files:
            problems.append(f"{name} was added")
        elif there[name].is_symlink() or not _fits(there[name].read_bytes(), edition.name, files[name]):
            problems.append(f"{name} was changed")
    return problems


def _fits(content: bytes, edition: str, digest: str) -> bool:
    """Whether a file, which may print its edition's name, has the hash that the manifest holds."""
    placeholder = _unsealed(edition)
    before = content.replace(edition.encode(), placeholder)
    return placeholder not in content and hashlib.sha256(before).hexdigest() == digest


def _unsealed(edition: str) -> bytes:
    """An edition's name as its pages print it before it has a seal."""
    return (edition[: -len(UNSEALED)] + UNSEALED).encode()


def seal(unsealed: str, files: Mapping[str, bytes]) -> tuple[str, dict[str, bytes]]:
    """The edition's name and its files with the manifest; each `<unsealed>-<UNSEALED>` in them becomes that name."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    manifest = json.dumps({"files": digests}, indent=1).encode()
    edition = f"{unsealed}-{hashlib.sha256(manifest).hexdigest()[:16]}"
    placeholder = _unsealed(edition)
    sealed = {name: content.replace(placeholder, edition.encode()) for name, content in files.items()}
    return edition, {**sealed, MANIFEST: manifest}


def published(output: Path) -> list[Path]:
    """The folder of each council that something is published about."""
    return sorted(path.parent for path in output.glob(f"*/{FOLDER}") if path.is_dir())


def verify(folder: Path) -> dict[str, list[str]]:
    """What was altered in what is published about one council: by edition, or by the file that is not part of one."""
    now = current(folder)
    editions = [
        path
        for path in sorted((folder / FOLDER).glob("[!.]*"))
        if path.is_dir() and (path.name == now or EDITION.fullmatch(path.name))
    ]
    problems = {path.name: altered(path) for path in editions}
    landing = (folder / LANDING).read_text(encoding="utf-8") if (folder / LANDING).exists() else ""
    council = re.search("<h1>(.*?)</h1>", landing)
    if not now or not council or landing != _landing_page(now, html.unescape(council[1])):
        problems[LANDING] = ["it is not the page that leads to the current edition"]
    for copy in sorted(folder.glob("*.xlsx")):
        originals = [path / "downloads" / copy.name for path in editions]
        if not any(path.is_file() and path.read_bytes() == copy.read_bytes() for path in originals):
            problems[copy.name] = ["it is not a copy of any edition's"]
    return {name: said for name, said in problems.items() if said}


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
    """Write one edition next to the others, whole or not at all; its folder. Replaces one of that name, which then was
    altered."""
    target = folder / FOLDER / identity
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
        if target.is_dir():
            _remove(target)
        building.replace(target)
    fsync_folder(target.parent)
    return target


def point_to(folder: Path, identity: str, council: str) -> bool:
    """Make the landing page lead to a publication; whether it led elsewhere before."""
    return write_whole(folder / LANDING, _landing_page(identity, council).encode())


def _landing_page(identity: str, council: str) -> str:
    address = f"{FOLDER}/{identity}/index.html"
    return f"""<!doctype html>
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
        _remove(path)
    return [path.name for path in old if not path.name.startswith(".")]


def _remove(edition: Path) -> None:
    """Remove an edition's folder; a kill on the way leaves no half edition under its name."""
    going = edition if edition.name.startswith(".") else edition.with_name(f".{edition.name}.old")
    edition.replace(going)
    shutil.rmtree(going)


def published_on(folder: Path, identity: str) -> date | None:
    """The day a publication was made, by its own account."""
    day = overview_of(folder, identity).get("published")
    return date.fromisoformat(day) if day else None
