"""Other troubles of a refresh: each tried on the small world, then undone, then one recovering run.

A trouble is a generator function: it makes the trouble, runs, yields what is wrong with how the run ended, and undoes
the trouble when it is resumed. After all of them readers must have one whole version, and the next run must recover.
"""

import gzip
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assets.ombudsman.archive import Captures
from tests.faults.kills import Tried
from tests.faults.runs import CAPTURED, VERSIONS, Ended, products, put_version, refresh, start

SECONDS_TO_END = 10
SECONDS_TO_BE_IDLE = 120
MEGABYTES = 4_000  # of the file system that fills up: room for every run of the command, most of it never used
Trouble = Callable[[Tried, random.Random], Iterator[list[str]]]
TROUBLES: dict[str, Trouble] = {}


@dataclass(frozen=True)
class Came:
    """What came of one trouble, and of the recovering run after it."""

    name: str
    faults: list[str]


PUBLISHES_OTHERWISE = {"a corrupted capture"}  # its figures are rightly left out while it lasts


def trouble(make: Trouble) -> Trouble:
    """Enter a trouble in the list of those that are tried."""
    TROUBLES[make.__name__.replace("_", " ")] = make
    return make


def try_trouble(tried: Tried, name: str, version: str, dice: random.Random) -> Came:
    """Make one trouble while `version` is to be published, undo it, and let one run recover."""
    put_version(tried.world, version)
    under_way = TROUBLES[name](tried, dice)
    faults = next(under_way)
    if name in PUBLISHES_OTHERWISE:
        for more in under_way:
            faults += more
        # what a publication says changed depends on the one before it: let each version follow the other again
        other = next(one for one in VERSIONS if one != version)
        for next_one in (version, other):
            put_version(tried.world, next_one)
            faults += well(refresh(tried.world))
        put_version(tried.world, version)
    found = tried.whole(products(tried.world))
    faults += [f"under the trouble {name} was {what}" for name, what in found.items() if what == "damaged"]
    faults += [f"under the trouble there was no {name}" for name in tried.good[version] if name not in found]
    for more in under_way:
        faults += more
    recovery = refresh(tried.world)
    if recovery.status:
        faults.append(f"the recovering run exited with {recovery.status}:\n{recovery.printed[-2000:]}")
    return Came(name, faults + tried.faults(version))


def said(ended: Ended, *any_of: str) -> list[str]:
    """What is wrong with a run that was to fail with a message that has one of these words, and no traceback."""
    wrong = [] if ended.status == 1 else [f"exited with {ended.status}"]
    told = " ".join(ended.printed.lower().split())
    wrong += [] if any(word in told for word in any_of) else [f"said none of {any_of}"]
    wrong += ["printed a traceback"] if "Traceback" in ended.printed else []
    return [f"{one}:\n{ended.printed[-1500:]}" for one in wrong]


def well(ended: Ended, *words: str) -> list[str]:
    """What is wrong with a run that was to succeed, and to say these words."""
    wrong = [] if ended.status == 0 else [f"exited with {ended.status}"]
    wrong += [f"did not say {word!r}" for word in words if word.lower() not in ended.printed.lower()]
    return [f"{one}:\n{ended.printed[-1500:]}" for one in wrong]


def _asked_to_end(tried: Tried, dice: random.Random, number: signal.Signals) -> Iterator[list[str]]:
    run = start(tried.world)
    time.sleep(dice.uniform(1, tried.seconds * 0.9))
    asked = time.monotonic()
    os.kill(run.pid, number)
    ended = run.wait()
    took = time.monotonic() - asked
    wrong = [f"ended {took:.0f} s after the signal"] if took > SECONDS_TO_END else []
    wrong += ["ended as if all were well"] if ended.status == 0 else []
    yield wrong + (["printed a traceback"] if "Traceback" in ended.printed else [])


@trouble
def interrupted_by_a_person(tried: Tried, dice: random.Random) -> Iterator[list[str]]:
    """Ctrl-C: it ends within seconds."""
    yield from _asked_to_end(tried, dice, signal.SIGINT)


@trouble
def asked_to_end_by_the_system(tried: Tried, dice: random.Random) -> Iterator[list[str]]:
    """SIGTERM, as at shutdown: it ends within seconds."""
    yield from _asked_to_end(tried, dice, signal.SIGTERM)


def _mounted(tried: Tried, options: str) -> None:
    """Mount the world's file system anew with these options, once nothing writes to it any more: the process that
    tries rules ends a moment after its run."""
    command = ["mount", "-o", f"remount,{options}", str(tried.world.folder)]
    until = time.monotonic() + SECONDS_TO_BE_IDLE
    while (done := subprocess.run(command, check=False, capture_output=True, text=True)).returncode:
        if time.monotonic() > until:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
        time.sleep(0.5)


def may_mount(folder: Path) -> bool:
    """Mount a small file system of its own at `folder` if this user may; whether it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    return made.returncode == 0


@trouble
def disk_full(tried: Tried, dice: random.Random) -> Iterator[list[str]]:
    """No more room than some part of what a run writes; without a file system of its own, a limit on each file."""
    if os.path.ismount(tried.world.folder):
        disk = os.statvfs(tried.world.folder)
        used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize
        room = dice.randint(16, 2_000) * 1024
        _mounted(tried, f"size={(used + room) // 1024}k")
        yield said(refresh(tried.world), "no space left", "disk is full")
        _mounted(tried, f"size={MEGABYTES}m")
    else:
        import resource

        most = dice.choice([20_000, 200_000, 1_000_000])
        yield said(
            refresh(tried.world, first=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))),
            "file too large",
            "disk is full",
        )


@trouble
def nothing_may_be_written(tried: Tried, dice: random.Random) -> Iterator[list[str]]:
    """The folder is read-only."""
    if os.path.ismount(tried.world.folder):
        (tried.world.folder / "run.log").touch()
        log = Path("/dev/shm") / f"faults-{os.getpid()}.log"
        _mounted(tried, "ro")
        ended = refresh(tried.world, log=log)
        log.unlink(missing_ok=True)
        yield said(ended, "read-only", "unable to open database file")
        _mounted(tried, "rw")
    else:
        yield []


@trouble
def a_second_refresh_at_once(tried: Tried, dice: random.Random) -> Iterator[list[str]]:
    """The second says who holds the warehouse, or waits its turn; the first is not disturbed."""
    first = start(tried.world)
    while not (tried.world.settings.state / "warehouse.duckdb.holder").exists():
        time.sleep(0.01)
    log = tried.world.folder / "second.log"
    second = refresh(tried.world, log=log, BENCHMARK_LOCK_WAIT_SECONDS="0.5")
    yield well(first.wait()) + said(second, f"process {first.pid} is writing")


@trouble
def a_corrupted_capture(tried: Tried, dice: random.Random) -> Iterator[list[str]]:
    """A body of the archive no longer has its hash: it is found and named, and its figures are not used."""
    folder = tried.world.settings.captures
    path = dice.choice(sorted(folder.glob("bodies/*/*.gz")))
    kept = path.read_bytes()
    path.write_bytes(gzip.compress(gzip.decompress(kept) + b"x"))
    faults = well(refresh(tried.world))
    named = tried.world.ask("select * from raw.captured_quarantine")
    if not any(path.name.removesuffix(".gz") in str(row) for row in named):
        faults.append(f"{path.name} is not named in raw.captured_quarantine")
    yield faults
    path.write_bytes(kept)


@trouble
def a_damaged_warehouse(tried: Tried, dice: random.Random) -> Iterator[list[str]]:
    """The warehouse that runs build is cut short: it is set aside and built anew."""
    path = tried.world.settings.state / "warehouse.duckdb"
    content = path.read_bytes()
    path.write_bytes(content[: dice.randrange(1, len(content) // 2)])
    yield well(refresh(tried.world), "set aside")


@trouble
def a_foreign_warehouse(tried: Tried, dice: random.Random) -> Iterator[list[str]]:
    """Another program's file lies where the warehouse is built: it is set aside, not overwritten."""
    path = tried.world.settings.state / "warehouse.duckdb"
    path.write_bytes(b"SQLite format 3\0" + dice.randbytes(4096))
    yield well(refresh(tried.world), "set aside")


@trouble
def the_clock_set_back(tried: Tried, dice: random.Random) -> Iterator[list[str]]:
    """The archive knows captures of a later time than now: nothing is lost and the run goes on."""
    archive = Captures(tried.world.settings.captures)
    later = datetime.now(UTC) + timedelta(days=400)
    body = b"<p>exampleshire</p>"
    archive.keep(CAPTURED.format("exampleshire-county-council-invented"), body, when=later)
    yield well(refresh(tried.world))
