"""Files that are there whole or not at all, and some that are their owner's alone."""

import os
from pathlib import Path

# the folders of `state` that hold what is about people: cases, and who has undertaken what
PRIVATE = ("register", "undertakings")


def fsync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut; a no-op where folders cannot be opened (Windows)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, content: bytes) -> bool:
    """Put `content` at `path` in one step; whether anything changed. The same bytes are left alone."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
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
