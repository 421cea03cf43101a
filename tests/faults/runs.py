"""Refreshes of the small invented world as processes that can be killed, and what they published, product by product.

A run is the project's own command in a process forked from this one: the very code, without the seconds of imports,
so that two hundred of them can be had. Two versions of one figure take turns, so every run has something to publish.
"""

import hashlib
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import scipy.stats  # noqa: F401 (imported where a run needs it: here once, for all that are forked)

from assets.ombudsman.archive import Captures
from assets.publication import publishing
from assets.publication.assets import PACKAGE_FILE, WORKBOOK_FILE
from cli.main import main
from tests.graph.world import FILES, SUBJECT, World, invent
from tests.relations import held, rows_of
from warehouse.settings import PROJECT

VERSIONS = ("first", "second")
PAGES = "ombudsman/statistics_pages"
CAPTURED = "https://www.lgo.org.uk/your-councils-performance/{}/statistics"


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit status or the signal that ended it, its seconds, and what it printed."""

    status: int
    seconds: float
    printed: str

    @property
    def killed_by(self) -> signal.Signals | None:
        return signal.Signals(-self.status) if self.status < 0 else None


def set_up(folder: Path) -> World:
    """The invented world with an archive of a few captures, and Dagster's settings beside it."""
    world = invent(folder)
    (folder / "dagster.yaml").write_bytes((PROJECT / "dagster.yaml").read_bytes())
    archive = Captures(world.settings.captures)
    for place in ("exampleshire", "sampleshire", "mockshire"):
        archive.keep(CAPTURED.format(f"{place}-county-council-invented"), f"<p>{place}</p>".encode())
    return world


def put_version(world: World, version: str) -> None:
    """Make one of the two versions the one that ships: a council's upheld complaints differ by one."""
    rows = [dict(row) for row in FILES[PAGES]]
    changed = next(row for row in rows if row.get("upheld") == 33)
    changed["upheld"] += VERSIONS.index(version)
    changed["satisfactory_remedy_upheld_base"] = changed["upheld"]
    world.write(PAGES, rows)


def environment(world: World) -> dict[str, str]:
    """The settings of the world as environment variables; one earlier publication only, so that each is made anew."""
    settings = world.settings
    places = {name: str(getattr(settings, name)) for name in ("data", "expectations", "state", "output")}
    return {f"BENCHMARK_{name.upper()}": value for name, value in places.items()} | {
        "BENCHMARK_CAPTURES": str(settings.captures),
        "BENCHMARK_PUBLICATIONS_KEPT": "0",
        "BENCHMARK_RANKING": '{"draws": 80, "benchmark_draws": 40}',
    }


@dataclass
class UnderWay:
    """A refresh in a process of its own, and where it prints."""

    pid: int
    log: Path
    began: float

    def wait(self, kill_after: float | None = None) -> Ended:
        """How it ended; with `kill_after`, killed so many seconds after its start if it goes on until then."""
        ended, status = 0, 0
        while not ended:
            if kill_after is not None and time.monotonic() - self.began >= kill_after:
                os.kill(self.pid, signal.SIGKILL)
                kill_after = None
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            time.sleep(0.005)
        seconds = time.monotonic() - self.began
        return Ended(os.waitstatus_to_exitcode(status), seconds, self.log.read_text(encoding="utf-8"))


def start(
    world: World, *, first: Callable[[], None] = lambda: None, log: Path | None = None, **settings: str
) -> UnderWay:
    """Start a refresh; it calls `first` in its own process, and prints into `log`."""
    printed = log or world.folder / "run.log"
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        _become_the_command(world, printed, first, settings)
    return UnderWay(pid, printed, began)


def _become_the_command(world: World, log: Path, first: Callable[[], None], settings: Mapping[str, str]) -> None:
    """Turn this forked process into the command, with its output in a file; does not come back."""
    status = 70
    try:
        os.setsid()
        os.chdir(world.folder)
        os.environ.update(environment(world) | dict(settings))
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        first()
        sys.argv = ["benchmark", "--council", SUBJECT]
        status = 0
        main()
    except SystemExit as done:
        status = done.code if isinstance(done.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
        status = 70
    finally:
        sys.stdout.flush()
        os._exit(status)


def refresh(
    world: World, *, first: Callable[[], None] = lambda: None, log: Path | None = None, **settings: str
) -> Ended:
    """One refresh from beginning to end."""
    return start(world, first=first, log=log, **settings).wait()


def tables_of(path: Path) -> str:
    """A hash of every row of every relation in a warehouse, in their order."""
    digest = hashlib.sha256()
    with duckdb.connect(str(path), read_only=True) as connection:
        for name in held(connection):
            digest.update(name.encode())
            for row in rows_of(connection, name):
                digest.update(repr(row).encode())
    return digest.hexdigest()


def products(world: World) -> dict[str, str]:
    """A hash of each product as a reader finds it: the site that the landing page leads to, the workbook, the data
    package and the tables of the warehouse. A site whose landing page leads nowhere, or to an edition that does not fit
    its seal, is `broken`."""
    output = world.settings.output
    folder = output / SUBJECT
    found = {}
    if (folder / publishing.LANDING).exists():
        identity = publishing.current(folder)
        edition = folder / publishing.FOLDER / identity
        found["site"] = _edition(edition) if identity and not publishing.altered(edition) else "broken"
    for name, path in {"workbook": folder / WORKBOOK_FILE, "data package": output / PACKAGE_FILE}.items():
        if path.exists():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    if (output / "warehouse.duckdb").exists():
        found["warehouse"] = tables_of(output / "warehouse.duckdb")
    return found


def _edition(folder: Path) -> str:
    """A hash of what an edition says. Left out are the seals, its own and that of the edition before it: each edition
    names the one before, so a seal hangs on every edition since the first, and none comes again."""
    names = (folder.name, publishing.overview_of(folder.parent.parent, folder.name).get("previous") or "")
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        # the manifest holds hashes of pages that name the edition before; that it fits them is looked at apart
        content = path.read_bytes() if path.name != publishing.MANIFEST else b""
        for name in filter(None, names):
            content = content.replace(name.encode(), publishing.publication_of(name).encode())
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + content)
    return digest.hexdigest()
