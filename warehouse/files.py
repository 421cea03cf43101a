"""Atomic writes, and files and folders for their owner alone."""

import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import yaml
from pydantic import ValidationError

# the same safe loader, ten times as fast where PyYAML was built with libyaml
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# what in `state`, at any depth, is about people: cases, who has undertaken what, and the warehouse made of them
PRIVATE = re.compile(
    r"(register|undertakings|internal)(\.before-restore)?|snapshots|warehouse\.duckdb(\.(?!lock|holder).*)?|\.(backup|restoring)-.*"
)


def declaration(path: Path) -> Any:
    """What one of the project's own YAML files says; raises yaml.YAMLError. Not for what people hand in: libyaml has no
    bound on how deep a file may be nested."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506 (a safe loader)


def mistakes(error: Exception) -> str:
    """What is wrong with a declaration, one line a mistake: the field and what is expected of it."""
    if not isinstance(error, ValidationError):
        return str(error)
    return "".join(
        f"\n  {': '.join([*map(str, each['loc']), each['msg'].removeprefix('Value error, ')])}"
        for each in error.errors()
    )


def fsync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut; a no-op where folders cannot be opened (Windows)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def gone_if_failed(unfinished: Path) -> Iterator[None]:
    """Remove an unfinished file or folder where making it fails: on a full disk it would take the room of a retry."""
    try:
        yield
    except BaseException:
        if unfinished.is_dir():
            shutil.rmtree(unfinished, ignore_errors=True)
        else:
            unfinished.unlink(missing_ok=True)
        raise


def write_whole(path: Path, content: bytes, is_private: bool = False) -> bool:
    """Put `content` at `path` in one step; whether anything changed. The same bytes are left alone.

    is_private: for its owner alone."""
    if path.exists() and path.read_bytes() == content:
        if is_private:
            close_to_others(path)
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with gone_if_failed(fresh):
        with private_file(fresh) if is_private else fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    fsync_folder(path.parent)
    return True


def private_folder(folder: Path) -> Path:
    """The folder, made if need be, that its owner alone may enter, on systems that have such modes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    close_to_others(folder)
    return folder


def private_folders(top: Path, folder: Path) -> None:
    """Make `folder`, which lies in `top` or is it, and each one on the way, for their owner alone."""
    inner = folder.relative_to(top)
    for each in (*reversed(inner.parents), inner):
        private_folder(top / each)


def private_file(path: Path) -> IO[bytes]:
    """The file, emptied and open for writing, that its owner alone may read."""
    file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
    close_to_others(path)
    return file


def is_open_to_others(path: Path) -> bool:
    """Whether others than its owner may read, write or enter it."""
    return os.name == "posix" and not path.is_symlink() and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def close_to_others(path: Path) -> None:
    """Leave a file or folder to its owner alone. One that belongs to somebody else stays as it is: doctor names it."""
    if is_open_to_others(path):
        with suppress(PermissionError):
            path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o700)


def open_to_others(state: Path) -> list[Path]:
    """The folder of what runs keep, and what in it is about people, as far as it is open to others."""
    if not state.is_dir():
        return []
    private = (path for path in state.rglob("*") if any(map(PRIVATE.fullmatch, path.relative_to(state).parts)))
    return [path for path in (state, *sorted(private)) if is_open_to_others(path)]
