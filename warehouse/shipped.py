"""Files that ship in `data/`, each next to a `<name>.source.yml` that says where it comes from.

A file whose bytes are not those its source file vouches for is refused: a figure that cannot be traced is not used.
"""

import csv
import hashlib
import io
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from warehouse.files import declaration, mistakes


class SourceFileError(Exception):
    """A shipped file or its source file is missing, altered or malformed; the message says which and what to do."""


class Source(BaseModel):
    """What is known of where one shipped file comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    producer: str
    landing_page: str | None = None
    licence: str
    attribution: str
    row: str
    note: str
    gathered: str
    file: str
    sha256: str


class ShippedFile:
    """One CSV of `data/` and its source file. `name` is the name of its raw relation."""

    def __init__(self, source_path: Path) -> None:
        self.source_path = source_path
        self.name = source_path.name.removesuffix(".source.yml")

    @cached_property
    def source(self) -> Source:
        """What the source file says. Raises SourceFileError where it cannot be read."""
        try:
            return Source.model_validate(declaration(self.source_path))
        except (OSError, yaml.YAMLError, ValidationError) as error:
            raise SourceFileError(f"{self.source_path}: cannot be read as a source file: {mistakes(error)}") from error

    @property
    def path(self) -> Path:
        return self.source_path.with_name(self.source.file)

    def bytes(self) -> bytes:
        """The file's bytes, checked against the source file's sha256."""
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise SourceFileError(
                f"{self.path}: named by {self.source_path.name} but cannot be read: {error}"
            ) from error
        found = hashlib.sha256(content).hexdigest()
        if found != self.source.sha256:
            raise SourceFileError(
                f"{self.path}: its sha256 is {found}, but {self.source_path.name} vouches for {self.source.sha256}. "
                f"Restore the file (git checkout), or, if the change is meant, run `uv run tools/vouch.py {self.name}` "
                "and say why in CHANGELOG.md."
            )
        return content

    def columns(self) -> list[str]:
        """The file's header."""
        with self.path.open(encoding="utf-8", newline="") as lines:
            return next(csv.reader(lines))

    def rows(self) -> pa.Table:
        """All rows as text, blanks as missing, with `source_row`, the line number in the file (the header is line 1).

        Raises SourceFileError where the bytes are no UTF-8 or a row has more or fewer fields than the header.
        """
        try:
            text = self.bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise SourceFileError(f"{self.path}: not in UTF-8: {error}") from error
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        records: list[list[str]] = []
        lines: list[int] = []
        header: list[str] | None = None
        while True:
            # a quoted field may span lines, so the line on which a record starts is the one after the last read
            line = reader.line_num + 1
            try:
                fields = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                raise SourceFileError(f"{self.path}, line {line}: {error}") from error
            if header is None:
                header = fields
            elif len(fields) != len(header):
                raise SourceFileError(
                    f"{self.path}, line {line}: {len(fields)} fields where the header has {len(header)}"
                )
            else:
                records.append(fields)
                lines.append(line)
        if header is None:
            raise SourceFileError(f"{self.path}: the file is empty")
        columns = zip(*records, strict=True) if records else ([] for _ in header)
        return pa.table(
            [pa.array(lines, pa.int64()), *(_text(column) for column in columns)],
            names=["source_row", *header],
        )


def _text(column: Sequence[str]) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(pa.array(column, pa.string()))
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def shipped_files(folder: Path) -> list[ShippedFile]:
    """Every shipped file under `folder`, by name."""
    return sorted(
        (ShippedFile(path) for path in folder.rglob("*.source.yml")),
        key=lambda file: file.name,
    )
