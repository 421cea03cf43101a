"""One file that holds all that cannot be made again: the archive of captures, deliveries, undertakings, settings.

What runs build from these is left out. A restored installation gives the same tables after one refresh. The file holds
the salt and pseudonymous cases, so only its owner can read it; it is as confidential as the register itself.
"""

import errno
import json
import os
import shutil
import sqlite3
import stat
import tomllib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse.connection import UNFINISHED_RESTORE, WAREHOUSE_FILE, exclusive
from warehouse.files import (
    close_to_others,
    fsync_folder,
    gone_if_failed,
    private_file,
    private_folder,
    private_folders,
    write_whole,
)
from warehouse.settings import Settings

FORMAT = 2
SETTINGS_FILE = "settings.toml"
RESTORED_SETTINGS = "settings.restored.toml"
HISTORY = "history"  # the part that is only kept where it is asked for
NOTE = "last-backup.json"
ASIDE = ".before-restore"
STAGED = ".restoring-"
UNDER_WAY = ".backup-"
LARGEST_SETTINGS = 1 << 20


class BackupError(Exception):
    """A backup cannot be made or used; the message says why. Nothing was changed."""


@dataclass(frozen=True)
class Kept:
    """What is in a backup: how many files and bytes, when it was made, and what its settings say."""

    files: int
    bytes: int
    made: datetime
    settings: dict[str, Any] = field(default_factory=dict)


def last_backup(settings: Settings) -> datetime | None:
    """When this installation was last backed up."""
    try:
        noted = json.loads((settings.state / NOTE).read_text(encoding="utf-8"))
        return datetime.fromisoformat(noted["made"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def parts(settings: Settings) -> dict[str, Path]:
    """Where each part of a backup lies here, by its name in the backup."""
    return {
        "captures": settings.captures,
        "state/register": settings.state / "register",
        "state/undertakings": settings.state / "undertakings",
        HISTORY: settings.state / "dagster",
    }


def leftovers(settings: Settings) -> list[Path]:
    """What backups and restores that were killed left behind. Some may be in use unless the lock is taken."""
    folders = {settings.state, *(place.parent for place in parts(settings).values())}
    return sorted(path for folder in folders for start in (STAGED, UNDER_WAY) for path in folder.glob(f"{start}*"))


def backup(settings: Settings, target: Path, force: bool = False, history: bool = False) -> Kept:
    """Write everything that cannot be made again to `target`, whole or not at all; what is in it.

    Waits for a refresh that goes on. Raises BackupError where `target` already exists and `force` is not given.
    """
    if target.exists() and not force:
        raise BackupError(f"{target} already exists; use --force to replace it")
    target.parent.mkdir(parents=True, exist_ok=True)
    made = datetime.now(UTC)
    fresh = settings.state / f"{UNDER_WAY}{os.getpid()}.zip"
    with exclusive(settings.state / WAREHOUSE_FILE, settings.lock_wait_seconds), gone_if_failed(fresh):
        with private_file(fresh) as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
                for name, path in _to_keep(settings):
                    archive.write(path, name)
                if history:
                    _add_history(archive, parts(settings)[HISTORY], fresh.with_suffix(".db"))
                archive.comment = json.dumps({"format": FORMAT, "made": made.isoformat()}).encode()
            file.flush()
            os.fsync(file.fileno())
        _hand_over(fresh, target)
    write_whole(settings.state / NOTE, json.dumps({"made": made.isoformat()}).encode())
    return _kept(archive, made)


def _kept(archive: zipfile.ZipFile, made: datetime, settings: dict[str, Any] | None = None) -> Kept:
    infos = archive.infolist()
    return Kept(len(infos), sum(info.file_size for info in infos), made, settings or {})


def _hand_over(fresh: Path, target: Path) -> None:
    """Move the finished backup to `target`, also on another file system."""
    try:
        fresh.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = target.with_name(f".{target.name}.new")
        with gone_if_failed(beside), fresh.open("rb") as source, private_file(beside) as sink:
            shutil.copyfileobj(source, sink)
            sink.flush()
            os.fsync(sink.fileno())
        beside.replace(target)
        fresh.unlink()
    fsync_folder(target.parent)


def _to_keep(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Each file's name in the backup, and where it lies."""
    if _settings_file().exists():
        yield SETTINGS_FILE, _settings_file()
    for part, place in parts(settings).items():
        if part == HISTORY:
            continue
        # the log before the bodies: what is captured meanwhile then misses nothing that the log names
        for path in sorted(place.rglob("*"), key=lambda path: (path.name != "log.jsonl", path)):
            inner = path.relative_to(place)
            is_passing = path.suffix == ".lock" or any(name.startswith(".") for name in inner.parts)
            if path.is_file() and not path.is_symlink() and not is_passing:
                yield f"{part}/{inner.as_posix()}", path


def _add_history(archive: zipfile.ZipFile, history: Path, copy: Path) -> None:
    """Dagster's SQLite files, each as of one moment although it may be in use."""
    for path in sorted(history.rglob("*.db")):
        with gone_if_failed(copy):
            private_file(copy).close()
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as sink:
                source.backup(sink)
            archive.write(copy, f"{HISTORY}/{path.relative_to(history).as_posix()}")
        copy.unlink()


def restore(settings: Settings, source: Path, force: bool = False, history: bool = False) -> Kept:
    """Put back what `source` holds; what was in it. Everything is unpacked next to its place and verified before
    anything moves. A restore that is cut off while it moves leaves a mark: no refresh runs until it is done again.

    Settings decide where everything is read from and written to, so they are not taken: they are put next to those of
    this installation. Dagster's history, which may switch schedules on, comes back only with `history`.

    Raises BackupError for anything but a whole, unaltered backup, and where something already exists and `force` is
    not given; with it, what was there is moved to `<name>.before-restore`.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            made = _checked(archive, settings)
            text = _settings_of(archive)
            found = _read(text)
            with exclusive(settings.state / WAREHOUSE_FILE, settings.lock_wait_seconds):
                _put_back(archive, settings, force, history)
            if text:
                write_whole(_settings_file().with_name(RESTORED_SETTINGS), text, is_private=True)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise BackupError(f"{source} is no whole backup: {error}") from error
    except OSError as error:
        raise BackupError(f"{source} cannot be restored: {error}") from error
    return _kept(archive, made, found)


def _checked(archive: zipfile.ZipFile, settings: Settings) -> datetime:
    """When the backup was made. Raises BackupError unless every name in it is one of ours and stays inside."""
    try:
        said = json.loads(archive.comment)
        version, made = said["format"], datetime.fromisoformat(said["made"])
    except (ValueError, KeyError, TypeError):
        raise BackupError("this is no backup: it does not say when it was made") from None
    if version != FORMAT:
        raise BackupError(f"the backup has format {version}; this version reads {FORMAT}")
    infos = archive.infolist()
    names = [info.filename for info in infos]
    for info in infos:
        if info.filename != SETTINGS_FILE and not _part(info.filename, settings):
            raise BackupError(f"the backup has a file of the name {info.filename!r}, which leads elsewhere")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise BackupError(f"{info.filename!r} in the backup is a link")
    # on a file system that knows no case, or where a file's name is another's folder, one would replace the other
    folded = {name.casefold() for name in names}
    folders = {
        "/".join(pieces[:end]) for name in folded if (pieces := name.split("/")) for end in range(1, len(pieces))
    }
    if len(folded) < len(names) or folded & folders:
        raise BackupError("the backup holds two files for one place")
    return made


def _part(name: str, settings: Settings) -> str:
    """The part of a backup that a file's name belongs to; empty where the name may lead anywhere else."""
    pieces = name.split("/")
    if any(not piece or piece.startswith(".") for piece in pieces) or set(name) & set("\\:") or not name.isprintable():
        return ""
    return next((part for part in parts(settings) if name.startswith(f"{part}/")), "")


def _settings_of(archive: zipfile.ZipFile) -> bytes:
    if SETTINGS_FILE not in archive.namelist():
        return b""
    if archive.getinfo(SETTINGS_FILE).file_size > LARGEST_SETTINGS:
        raise BackupError(f"{SETTINGS_FILE} in the backup is too large to be one")
    return archive.read(SETTINGS_FILE)


def _read(text: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(text.decode())
    except ValueError as error:
        raise BackupError(f"{SETTINGS_FILE} in the backup cannot be read: {error}") from None


def _settings_file() -> Path:
    return Path(str(Settings.model_config.get("toml_file")))


def _put_back(archive: zipfile.ZipFile, settings: Settings, force: bool, history: bool) -> None:
    homes = {
        part: home
        for part, home in parts(settings).items()
        if (history or part != HISTORY) and any(name.startswith(f"{part}/") for name in archive.namelist())
    }
    mark = settings.state / UNFINISHED_RESTORE
    taken = [home for home in homes.values() if home.is_dir() and any(home.iterdir())]
    if taken and not force:
        raise BackupError(
            f"these already exist: {', '.join(str(home) for home in sorted(taken))}. Nothing was changed; use "
            "--force to move them aside first"
        )
    needed = sum(info.file_size for info in archive.infolist())
    for home in homes.values():
        home.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(home.parent).free < needed:
            raise BackupError(f"the backup unpacks to {needed:,} bytes, and the disk has no room for that")
    staged = {part: home.with_name(f"{STAGED}{home.name}") for part, home in homes.items()}
    try:
        _unpack(archive, settings, staged)
        for home in taken:
            aside = home.with_name(home.name + ASIDE)
            if aside.is_dir() and not mark.exists():
                shutil.rmtree(aside)
        os.sync()
        write_whole(mark, b"Restore again with --force: what is here is partly restored.\n")
        for part, home in homes.items():
            _swap(staged[part], home)
        mark.unlink()
        fsync_folder(mark.parent)
    finally:
        for folder in staged.values():
            shutil.rmtree(folder, ignore_errors=True)


def _unpack(archive: zipfile.ZipFile, settings: Settings, staged: dict[str, Path]) -> None:
    """Unpack every file, each part into its folder in `staged`; the archive checks size and CRC of each as it goes."""
    for folder in staged.values():
        shutil.rmtree(folder, ignore_errors=True)
        private_folder(folder)
    for info in archive.infolist():
        part = _part(info.filename, settings)
        if part not in staged:
            continue
        path = staged[part] / info.filename.removeprefix(f"{part}/")
        private_folders(staged[part], path.parent)
        with archive.open(info) as packed, private_file(path) as sink:
            shutil.copyfileobj(packed, sink)


def _swap(staged: Path, home: Path) -> None:
    """Put a whole part in its place; what was there is moved aside, unless a restore that was cut off put it there."""
    if home.is_dir():
        aside = home.with_name(home.name + ASIDE)
        if not any(home.iterdir()):
            home.rmdir()
        elif aside.exists():
            shutil.rmtree(home)
        else:
            home.replace(aside)
            close_to_others(aside)
    staged.replace(home)
    fsync_folder(home.parent)
