"""Files that are there whole or not at all, and some that are their owner's alone."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

# the same safe loader, ten times as fast where PyYAML was built with libyaml
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# the folders of `state` that hold what is about people: cases, and who has undertaken what
PRIVATE = ("register", "undertakings")


def declaration(path: Path) -> Any:
    """What one of the project's own YAML files says; raises yaml.YAMLError. Not for what people hand in: libyaml has no
    bound on how deep a file may be nested."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506 (a safe loader)


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


def write_whole(path: Path, content: bytes) -> bool:
    """Put `content` at `path` in one step; whether anything changed. The same bytes are left alone."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with gone_if_failed(fresh):
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    fsync_folder(path.parent)
    return True


def private_folder(folder: Path) -> Path:
    """The folder, made if need be, that its owner alone may enter, on systems that have such modes."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.name == "posix":
        folder.chmod(0o700)
    return folder
