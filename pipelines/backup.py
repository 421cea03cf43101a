"""One file that holds all that cannot be made again: the archive of captures, deliveries, undertakings, settings.

What runs build from these is left out. A restored installation gives the same tables after one refresh. The file holds
the salt and pseudonymous cases, so only its owner can read it; it is as confidential as the register itself.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from warehouse.connection import WAREHOUSE_FILE, exclusive
from warehouse.files import PRIVATE, fsync_folder, private_folder, write_whole
from warehouse.settings import PROJECT, Settings

MANIFEST = "manifest.json"
FORMAT = 1
SETTINGS_FILE = "settings.toml"
HISTORY = PROJECT / "state" / "dagster"
NOTE = "last-backup.json"
ASIDE = ".before-restore"
# what is made again, or says only what this machine is doing
LEFT_OUT = ("dagster", "data_docs", "as-at", "example", NOTE)
LARGEST_MANIFEST = 256 << 20
PIECE = 1 << 20


class BackupError(Exception):
    """A backup cannot be made or used; the message says why. Nothing was changed."""


class Entry(BaseModel):
    """One file of a backup."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    sha256: str
    bytes: int


class Manifest(BaseModel):
    """What a backup says of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: int
    made: datetime
    files: dict[str, Entry]


@dataclass(frozen=True)
class Kept:
    """What is in a backup: how many files and bytes, and when it was made."""

    files: int
    bytes: int
    made: datetime


def last_backup(settings: Settings) -> datetime | None:
    """When this installation was last backed up."""
    try:
        told = json.loads((settings.state / NOTE).read_text(encoding="utf-8"))
        return datetime.fromisoformat(told["made"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def backup(settings: Settings, target: Path, force: bool = False, history: bool = False) -> Kept:
    """Write everything that cannot be made again to `target`, whole or not at all; what is in it.

    Waits for a refresh that goes on. Raises BackupError where `target` is there already and `force` is not given.
    """
    if target.exists() and not force:
        raise BackupError(f"{target} is there already; give --force to replace it")
    target.parent.mkdir(parents=True, exist_ok=True)
    made = datetime.now(UTC)
    files: dict[str, Entry] = {}
    handle, fresh = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # its owner's alone
    try:
        with (
            exclusive(settings.state / WAREHOUSE_FILE, settings.lock_wait_seconds),
            os.fdopen(handle, "wb") as file,
        ):
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, path in _to_keep(settings):
                    files[name] = _add(archive, name, path)
                if history:
                    _add_history(archive, files)
                manifest = Manifest(format=FORMAT, made=made, files=files)
                archive.writestr(MANIFEST, manifest.model_dump_json())
            file.flush()
            os.fsync(file.fileno())
        Path(fresh).replace(target)
        fsync_folder(target.parent)
    finally:
        Path(fresh).unlink(missing_ok=True)
    write_whole(settings.state / NOTE, json.dumps({"made": made.isoformat()}).encode())
    return Kept(len(files), sum(entry.bytes for entry in files.values()), made)


def _to_keep(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Each file's name in the backup, and where it lies."""
    toml = Path(str(Settings.model_config.get("toml_file")))
    if toml.exists():
        yield SETTINGS_FILE, toml
    # the log before the bodies: what is captured meanwhile then misses nothing that the log names
    yield from _files_of("captures", settings.captures, first="log.jsonl")
    for child in sorted(settings.state.iterdir() if settings.state.exists() else ()):
        # an archive that the settings do not name is not the one in use
        if (
            not _is_made_again(child.name)
            and child.name != "captures"
            and not _same(child, settings.captures)
        ):
            yield from _files_of(f"state/{child.name}", child)


def _is_made_again(name: str) -> bool:
    """Whether a child of the state is of no use elsewhere."""
    return name in LEFT_OUT or name.startswith((WAREHOUSE_FILE, ".")) or name.endswith((ASIDE, ".lock"))


def _files_of(name: str, place: Path, first: str = "") -> Iterator[tuple[str, Path]]:
    paths = (
        sorted(place.rglob("*"), key=lambda path: (path.name != first, path)) if place.is_dir() else [place]
    )
    for path in paths:
        if (
            path.is_file()
            and not path.is_symlink()
            and not path.name.startswith(".")
            and path.suffix != ".lock"
        ):
            inner = path.relative_to(place).as_posix()
            yield (name if path == place else f"{name}/{inner}"), path


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> Entry:
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as sink:
        return _copy(source, sink)


def _add_history(archive: zipfile.ZipFile, files: dict[str, Entry]) -> None:
    """Dagster's SQLite files, each as of one moment although it may be in use."""
    for path in sorted(HISTORY.rglob("*.db")):
        name = f"history/{path.relative_to(HISTORY).as_posix()}"
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / path.name
            source, sink = sqlite3.connect(path), sqlite3.connect(copy)
            try:
                source.backup(sink)
            finally:
                source.close()
                sink.close()
            files[name] = _add(archive, name, copy)


def _copy(source: IO[bytes], sink: IO[bytes], most: int | None = None) -> Entry:
    """Copies in pieces, and stops past `most` bytes, so that nothing unpacks to more than it says."""
    digest, size = hashlib.sha256(), 0
    while piece := source.read(PIECE):
        size += len(piece)
        if most is not None and size > most:
            raise BackupError("a file in the backup is larger than the backup says. Nothing was changed.")
        digest.update(piece)
        sink.write(piece)
    return Entry(sha256=digest.hexdigest(), bytes=size)


def restore(settings: Settings, source: Path, force: bool = False) -> Kept:
    """Put back what `source` holds; what was in it. Everything is unpacked beside and verified before anything moves.

    Raises BackupError for anything but a whole, unaltered backup, and where something is there already and `force` is
    not given; with it, what was there is moved to `<name>.before-restore`.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _checked_manifest(archive)
            with exclusive(settings.state / WAREHOUSE_FILE, settings.lock_wait_seconds):
                _put_back(archive, manifest, settings, force)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise BackupError(f"{source} is no whole backup: {error}") from error
    except OSError as error:
        raise BackupError(f"{source} cannot be restored: {error}") from error
    return Kept(len(manifest.files), sum(entry.bytes for entry in manifest.files.values()), manifest.made)


def _checked_manifest(archive: zipfile.ZipFile) -> Manifest:
    """What the backup says it holds, when that is what it holds and every name stays inside."""
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if MANIFEST not in names or archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise BackupError("this is no backup: it has no manifest")
    try:
        manifest = Manifest.model_validate_json(archive.read(MANIFEST))
    except ValidationError as error:
        raise BackupError(
            f"this is no backup: its manifest cannot be read ({error.error_count()} errors)"
        ) from None
    if manifest.format != FORMAT:
        raise BackupError(f"the backup has format {manifest.format}; this version reads {FORMAT}")
    if sorted(names) != sorted([*manifest.files, MANIFEST]):
        raise BackupError("the backup holds other files than its manifest lists")
    for info in infos:
        if info.filename != MANIFEST and not _is_safe(info.filename):
            raise BackupError(f"the backup has a file of the name {info.filename!r}, which leads elsewhere")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise BackupError(f"{info.filename!r} in the backup is a link")
    return manifest


def _is_safe(name: str) -> bool:
    """Whether a name is of a file in one of the places that a backup is about."""
    path = PurePosixPath(name)
    plain = name == str(path) and not {"..", ""} & set(path.parts) and not set(name) & set("\\:\0")
    at_home = name == SETTINGS_FILE or (
        path.parts[0] in ("captures", "state", "history") and len(path.parts) > 1
    )
    is_other = path.parts[0] == "state" and (path.parts[1] == "captures" or _is_made_again(path.parts[1]))
    return plain and at_home and not is_other


def _put_back(archive: zipfile.ZipFile, manifest: Manifest, settings: Settings, force: bool) -> None:
    homes = {name: _home(name, settings) for name in {_unit(name) for name in manifest.files}}
    taken = [home for home in homes.values() if home.is_file() or (home.is_dir() and any(home.iterdir()))]
    if taken and not force:
        raise BackupError(
            f"there already: {', '.join(str(home) for home in sorted(taken))}. Nothing was changed; give --force to "
            "move it aside first"
        )
    needed = sum(entry.bytes for entry in manifest.files.values())
    settings.state.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(settings.state).free < needed:
        raise BackupError(f"the backup unpacks to {needed:,} bytes, and the disk has no room for that")
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=settings.state) as folder:
        for name, entry in manifest.files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as packed, path.open("wb") as sink:
                found = _copy(packed, sink, entry.bytes)
            if found != entry:
                raise BackupError(f"{name} in the backup is not what it was when the backup was made")
            if name.split("/")[0] == "state" and name.split("/")[1] in PRIVATE:
                path.chmod(0o600)
        for name, home in sorted(homes.items()):
            home.parent.mkdir(parents=True, exist_ok=True)
            if home in taken:
                _move_aside(home)
            elif home.is_dir():
                home.rmdir()
            shutil.move(Path(folder) / name, home)
            if home.name in PRIVATE and home.is_dir():
                private_folder(home)


def _unit(name: str) -> str:
    """What is put back as one: the settings, the captures, the history, and each child of the state."""
    parts = name.split("/")
    return "/".join(parts[:2]) if parts[0] == "state" else parts[0]


def _home(unit: str, settings: Settings) -> Path:
    if unit == SETTINGS_FILE:
        return Path(str(Settings.model_config.get("toml_file")))
    places: dict[str, Any] = {"captures": settings.captures, "history": HISTORY}
    return places.get(unit) or settings.state / unit.split("/")[1]


def _move_aside(home: Path) -> None:
    aside = home.with_name(home.name + ASIDE)
    if aside.is_dir():
        shutil.rmtree(aside)
    home.replace(aside)
