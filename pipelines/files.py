"""Files that are there whole or not at all."""

import os
from pathlib import Path

from pipelines.warehouse import fsync_folder


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
