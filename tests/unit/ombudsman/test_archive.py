"""The archive: bytes kept once and for ever, found by address and date, damage named."""

import gzip
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assets.ombudsman.archive import Captures, CorruptCapture, MissingCapture

ADDRESS = "https://www.lgo.org.uk/your-councils-performance/illustrative-council/statistics"


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2025, 6, day, hour, tzinfo=UTC)


@pytest.fixture
def captures(tmp_path: Path) -> Captures:
    return Captures(tmp_path / "captures")


def bodies(captures: Captures) -> list[Path]:
    return sorted(captures.folder.glob("bodies/*/*.gz"))


def test_a_body_comes_back_as_it_was(captures: Captures) -> None:
    capture = captures.keep(ADDRESS, b"<p>1 complaint</p>", headers={"ETag": '"a"', "Set-Cookie": "secret"})
    assert captures.read(capture.sha256) == b"<p>1 complaint</p>"
    assert captures.latest(ADDRESS) == capture


def test_only_headers_worth_keeping_are_kept(captures: Captures) -> None:
    capture = captures.keep(ADDRESS, b"x", headers={"ETag": '"a"', "Set-Cookie": "secret"})
    assert capture.headers == {"etag": '"a"'}


def test_the_same_bytes_are_stored_once(captures: Captures) -> None:
    captures.keep(ADDRESS, b"same", when=at(1))
    captures.keep(ADDRESS + "?displaypref=0", b"same", when=at(2))
    captures.keep(ADDRESS, b"same", when=at(3))
    assert len(bodies(captures)) == 1
    assert len(captures.history(ADDRESS)) == 2


def test_the_same_bytes_are_compressed_to_the_same_file(tmp_path: Path) -> None:
    first, second = Captures(tmp_path / "a"), Captures(tmp_path / "b")
    for archive, when in ((first, at(1)), (second, at(2))):
        archive.keep(ADDRESS, b"figures" * 1000, when=when)
    assert bodies(first)[0].read_bytes() == bodies(second)[0].read_bytes()


def test_an_unchanged_page_is_logged_without_another_body(captures: Captures) -> None:
    first = captures.keep(ADDRESS, b"body", when=at(1), headers={"ETag": '"a"'})
    again = captures.still(first, when=at(2))
    assert (again.sha256, again.how, again.status) == (first.sha256, "unchanged", 304)
    assert again.validators == {"If-None-Match": '"a"'}
    assert len(bodies(captures)) == 1


def test_another_reader_sees_what_was_kept(captures: Captures) -> None:
    other = Captures(captures.folder)
    assert other.latest(ADDRESS) is None
    capture = captures.keep(ADDRESS, b"body")
    assert other.latest(ADDRESS) == capture
    assert other.addresses() == [ADDRESS]


def test_a_half_written_last_line_hides_nothing_before_or_after_it(captures: Captures) -> None:
    first = captures.keep(ADDRESS, b"one", when=at(1))
    whole = captures.log.read_bytes()
    with captures.log.open("ab") as log:
        log.write(whole[: len(whole) // 2])
    after_the_kill = Captures(captures.folder)
    assert after_the_kill.history(ADDRESS) == [first]
    second = after_the_kill.keep(ADDRESS, b"two", when=at(2))
    assert Captures(captures.folder).history(ADDRESS) == [first, second]


def test_a_damaged_line_is_named(captures: Captures) -> None:
    captures.keep(ADDRESS, b"one")
    with captures.log.open("ab") as log:
        log.write(b"not a capture\n")
    (problem,) = captures.verify()
    assert "damaged line at byte" in problem


@pytest.mark.parametrize(
    "line",
    [
        '{"address": 5, "time": "2025-06-01T12:00:00+00:00", "sha256": "%s"}',
        '{"address": "x", "time": "2025-06-01T12:00:00+00:00", "sha256": "%s", "headers": [1]}',
        '{"address": "x", "time": "2025-06-01T12:00:00+00:00", "sha256": "%s", "headers": {"etag": 1}}',
        "[" * 200_000 + "%s",
    ],
)
def test_a_line_of_another_shape_is_a_damaged_line(line: str, captures: Captures) -> None:
    kept = captures.keep(ADDRESS, b"one")
    with captures.log.open("a", encoding="utf-8") as log:
        log.write(line % kept.sha256 + "\n")
    assert captures.addresses() == [ADDRESS]
    (problem,) = captures.verify()
    assert "damaged line" in problem


def test_a_body_that_unpacks_to_a_bomb_is_corrupt(captures: Captures) -> None:
    capture = captures.keep(ADDRESS, b"33 investigated")
    bodies(captures)[0].write_bytes(gzip.compress(b"0" * 200_000_000, 1))
    with pytest.raises(CorruptCapture, match="more than"):
        captures.read(capture.sha256)


def test_a_body_with_other_bytes_is_corrupt(captures: Captures) -> None:
    capture = captures.keep(ADDRESS, b"33 investigated")
    bodies(captures)[0].write_bytes(gzip.compress(b"34 investigated"))
    with pytest.raises(CorruptCapture, match="has the hash"):
        captures.read(capture.sha256)
    assert len(captures.verify()) == 1


def test_half_a_body_is_corrupt(captures: Captures) -> None:
    capture = captures.keep(ADDRESS, os.urandom(2_000))
    path = bodies(captures)[0]
    path.write_bytes(path.read_bytes()[:1_000])
    with pytest.raises(CorruptCapture, match="cannot be read"):
        captures.read(capture.sha256)


def test_a_missing_body_is_named(captures: Captures) -> None:
    capture = captures.keep(ADDRESS, b"body")
    bodies(captures)[0].unlink()
    with pytest.raises(MissingCapture, match=capture.sha256):
        captures.read(capture.sha256)
    assert len(captures.verify()) == 1


def test_a_damaged_body_is_mended_when_the_same_bytes_come_again(captures: Captures) -> None:
    capture = captures.keep(ADDRESS, b"body")
    bodies(captures)[0].write_bytes(b"")
    captures.keep(ADDRESS, b"body")
    assert captures.read(capture.sha256) == b"body"


def test_a_healthy_archive_has_no_problem(captures: Captures) -> None:
    captures.keep(ADDRESS, b"one")
    captures.keep(ADDRESS, b"two")
    assert captures.verify() == []


def test_a_hash_is_never_taken_for_a_path(captures: Captures) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        captures.read("../../etc/passwd")


WRITER = """
import sys
from pathlib import Path
from assets.ombudsman.archive import Captures
captures = Captures(Path(sys.argv[1]))
number = 0
while True:
    captures.keep(f"https://example.org/{sys.argv[2]}/{number}", f"body {sys.argv[2]} {number}".encode() * 50)
    print(number, flush=True)
    number += 1
"""


def test_a_kill_at_any_moment_loses_nothing_that_was_reported_kept(tmp_path: Path) -> None:
    folder = tmp_path / "captures"
    reported: set[str] = set()
    for attempt in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), str(attempt)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        first = "".join(writer.stdout.readline() for _ in range(4 + attempt))
        writer.kill()
        output, _ = writer.communicate()
        reported |= {f"https://example.org/{attempt}/{line}" for line in (first + output).split("\n")[:-1]}
    captures = Captures(folder)
    assert len(reported) > 10
    assert reported <= set(captures.addresses())
    assert [problem for problem in captures.verify() if "damaged line" not in problem] == []


def test_two_processes_write_into_one_archive(tmp_path: Path) -> None:
    folder = tmp_path / "captures"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder), str(name)], stdout=subprocess.DEVNULL)
        for name in range(2)
    ]
    deadline = time.monotonic() + 300
    captures = Captures(folder)
    while time.monotonic() < deadline:
        if all(any(f"/{name}/5" in address for address in captures.addresses()) for name in range(2)):
            break
        time.sleep(0.05)
    for writer in writers:
        writer.kill()
        writer.wait()
    assert {address.split("/")[3] for address in captures.addresses()} == {"0", "1"}
    assert [problem for problem in Captures(folder).verify() if "damaged line" not in problem] == []
