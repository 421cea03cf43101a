"""The archive of captures: every body that was read from anywhere, kept as bytes, and a log of when and whence.

    bodies/ab/ab12….gz   one body, named by the SHA-256 of its bytes, compressed
    log.jsonl            one line per look at an address: when, what the server said, which body

Nothing is ever overwritten, the same bytes are stored once, and everything downstream can be rebuilt from here. What
repeats an earlier and a later capture can be forgotten (assets.ombudsman.retention).
"""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from warehouse.files import write_whole

# Response headers worth keeping as evidence; cookies and the like are not.
KEPT_HEADERS = (
    "content-type",
    "content-length",
    "content-encoding",
    "date",
    "etag",
    "last-modified",
    "location",
)


# Four times what is fetched or imported at most.
_LARGEST_BODY = 100_000_000


class CaptureError(Exception):
    """Something is wrong with the archive itself."""


class MissingCapture(CaptureError):
    """The log names a body that is not there."""


class CorruptCapture(CaptureError):
    """A body's bytes no longer have the hash that names them."""


@dataclass(frozen=True)
class Capture:
    """One look at an address: the time (UTC), what the server said, and the hash of the body it stands for.

    `how` is `fetched` (a body came), `unchanged` (the server said that the stored body is still right) or
    `imported` (a person saved it and brought it here)."""

    address: str
    time: datetime
    sha256: str
    status: int = 200
    how: str = "fetched"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def validators(self) -> dict[str, str]:
        """The request headers that ask for a body only if it differs from this one."""
        names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
        return {ask: self.headers[name] for name, ask in names.items() if self.headers.get(name)}

    def to_line(self) -> bytes:
        """The capture as one line of the log."""
        values = {
            **asdict(self),
            "time": self.time.isoformat(),
            "headers": dict(sorted(self.headers.items())),
        }
        return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "Capture":
        """The capture of one line. Raises ValueError on a line that is no whole capture."""
        try:
            values = json.loads(line)
            when = datetime.fromisoformat(values["time"])
            if when.tzinfo is None or not _is_hash(values["sha256"]):
                raise ValueError("a capture has a time with its zone and a SHA-256")
            capture = cls(**{**values, "time": when})
            headers = [text for pair in capture.headers.items() for text in pair]
            if not all(isinstance(text, str) for text in (capture.address, capture.how, *headers)):
                raise ValueError("a capture's address and headers are text")
            return capture
        except (TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ValueError(f"not a capture: {error}") from error


def _is_hash(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


class Captures:
    """The archive in one folder, which is made when the first body is kept. Safe for several processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.log = self.folder / "log.jsonl"
        self._read_to = 0
        self._by_address: dict[str, list[Capture]] = {}
        self._damaged: list[int] = []

    def keep(
        self,
        address: str,
        body: bytes,
        *,
        when: datetime | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        how: str = "fetched",
    ) -> Capture:
        """Stores `body` (once) and logs that `address` had it. The new capture. The body is safe on disk before
        the log speaks of it."""
        sha256 = hashlib.sha256(body).hexdigest()
        kept = {name.lower(): value for name, value in (headers or {}).items() if name.lower() in KEPT_HEADERS}
        with self._lock():
            self._store(sha256, body)
            return self._append(Capture(address, when or datetime.now(UTC), sha256, status, how, kept))

    def still(self, capture: Capture, *, when: datetime | None = None) -> Capture:
        """Logs that the server called the body of `capture` unchanged. The new capture, of the same body."""
        now = when or datetime.now(UTC)
        with self._lock():
            return self._append(Capture(capture.address, now, capture.sha256, 304, "unchanged", capture.headers))

    def latest(self, address: str) -> Capture | None:
        """The newest capture of `address`."""
        history = self.history(address)
        return history[-1] if history else None

    def history(self, address: str) -> list[Capture]:
        """Every capture of `address`, oldest first."""
        self._catch_up()
        return sorted(self._by_address.get(address, []), key=lambda one: one.time)

    def addresses(self) -> list[str]:
        """Every address ever captured, sorted."""
        self._catch_up()
        return sorted(self._by_address)

    def has(self, sha256: str) -> bool:
        """Whether the body is there and whole."""
        try:
            self.read(sha256)
        except CaptureError:
            return False
        return True

    def read(self, sha256: str) -> bytes:
        """The body with this hash. Raises MissingCapture or CorruptCapture."""
        path = self._path(sha256)
        try:
            with gzip.open(path) as file:
                body = file.read(_LARGEST_BODY + 1)
        except FileNotFoundError:
            raise MissingCapture(f"the archive has no body {sha256} (expected at {path})") from None
        except (OSError, EOFError, zlib.error) as error:
            raise CorruptCapture(f"the body at {path} cannot be read: {error}") from error
        if len(body) > _LARGEST_BODY:
            raise CorruptCapture(f"the body at {path} unpacks to more than {_LARGEST_BODY:,} bytes")
        if (found := hashlib.sha256(body).hexdigest()) != sha256:
            raise CorruptCapture(f"the body at {path} has the hash {found}")
        return body

    def headings(self) -> dict[str, str]:
        """The headings of tables that somebody accepted, each with the measure it stands for. They are kept with the
        archive, because they say how it is read."""
        path = self.folder / "headings.json"
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return found

    def accept_heading(self, heading: str, measure: str) -> None:
        """Take a heading for one of a measure from now on."""
        with self._lock():
            accepted = {**self.headings(), heading: measure}
            text = json.dumps(accepted, ensure_ascii=False, indent=1, sort_keys=True)
            write_whole(self.folder / "headings.json", f"{text}\n".encode())

    def verify(self) -> list[str]:
        """Everything wrong with the archive, one sentence each: bodies missing or changed, lines of the log that
        are no capture. Empty when all is well."""
        self._catch_up()
        named = {capture.sha256 for captures in self._by_address.values() for capture in captures}
        stored = {path.name.removesuffix(".gz") for path in self.folder.glob("bodies/*/*.gz")}
        problems = []
        for sha256 in sorted(named | stored):
            try:
                self.read(sha256)
            except CaptureError as error:
                problems.append(str(error))
        return problems + [f"{self.log} has a damaged line at byte {place}" for place in self._damaged]

    def forget(self, captures: Iterable[Capture]) -> int:
        """Takes these captures out of the log, and out of the archive every body that no other capture names; how
        many bytes that frees. Whoever asks has made sure that nothing is lost. No run may go on meanwhile."""
        gone = {capture.to_line() for capture in captures}
        with self._lock():
            lines = self.log.read_bytes().splitlines(keepends=True) if self.log.exists() else []
            write_whole(self.log, b"".join(line for line in lines if line not in gone))
            self._read_to, self._by_address, self._damaged = 0, {}, []
            self._catch_up()
            named = {capture.sha256 for history in self._by_address.values() for capture in history}
            freed = 0
            for sha256 in {Capture.from_line(line).sha256 for line in gone} - named:
                path = self._path(sha256)
                freed += path.stat().st_size if path.exists() else 0
                path.unlink(missing_ok=True)
        return freed

    def _lock(self) -> FileLock:
        self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / "log.lock")

    def _path(self, sha256: str) -> Path:
        if not _is_hash(sha256):
            raise ValueError(f"{sha256!r} is not a SHA-256")
        return self.folder / "bodies" / sha256[:2] / f"{sha256}.gz"

    def _store(self, sha256: str, body: bytes) -> None:
        """Puts the body in its place, where there is nothing yet or something damaged."""
        if not self.has(sha256):
            write_whole(self._path(sha256), gzip.compress(body, 9, mtime=0))

    def _append(self, capture: Capture) -> Capture:
        with self.log.open("a+b") as file:
            end = file.seek(0, os.SEEK_END)
            if end:
                file.seek(end - 1)
                # A kill in the middle of a line left it without its end: what follows must not be glued to it.
                torn = file.read(1) != b"\n"
                file.write(b"\n" if torn else b"")
            file.write(capture.to_line())
            file.flush()
            os.fsync(file.fileno())
        return capture

    def _catch_up(self) -> None:
        """Reads what the log has gained. A last line without its end is left for later: it may still be written."""
        if not self.log.exists():
            return
        with self.log.open("rb") as file:
            file.seek(self._read_to)
            for place, line in _lines(file.read(), self._read_to):
                self._read_to = place + len(line)
                try:
                    capture = Capture.from_line(line)
                except ValueError:
                    self._damaged.append(place)
                    continue
                self._by_address.setdefault(capture.address, []).append(capture)


def _lines(data: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    for line in data.splitlines(keepends=True):
        if line.endswith(b"\n"):
            yield start, line
        start += len(line)
