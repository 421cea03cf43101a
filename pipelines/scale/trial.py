"""The whole deployment on this machine: servers, workers, daemon; compared with what the embedded default publishes."""

import filecmp
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import dagster as dg
import duckdb
from dagster._core.storage.dagster_run import IN_PROGRESS_RUN_STATUSES
from dagster._core.storage.tags import WILL_RETRY_TAG

from assets.publication.assets import PACKAGE_FILE, made_site, made_workbook
from assets.publication.findings import read_findings
from assets.publication.publishing import how_it_is_said
from pipelines.runs import REFRESH, raised
from pipelines.scale import servers
from pipelines.scale.councils import COUNCILS, SITES, WORKBOOKS
from pipelines.scale.lake import SHARED, Snapshot, open_lake, quoted, relations_published, snapshot_metadata
from pipelines.scale.launcher import Launcher
from pipelines.scale.settings import COUNCILS_QUEUE, REFRESH_QUEUE, ScaleSettings
from warehouse.connection import WAREHOUSE_FILE
from warehouse.contracts import read_contracts
from warehouse.councils import Council
from warehouse.names import Relation
from warehouse.settings import PROJECT, Settings

HERE = Path(__file__).parent
MODULES = ("pipelines.scale.refreshing", "pipelines.scale.councils")
POLL_SECONDS = 0.5
LONGEST_SECONDS = 3 * 60 * 60
UNFINISHED = [*IN_PROGRESS_RUN_STATUSES, dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED]
Say = Callable[[str], None]


class TrialError(Exception):
    """The trial could not be carried through; the message says where it stood."""


@dataclass
class Outcome:
    """What a trial measured: seconds on the clock, and what differed from the embedded default."""

    councils: int
    workers: int
    seconds: float
    embedded_seconds: float
    killed: str = ""
    runs: dict[str, int] = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        pace, embedded = (60 * self.councils / taken for taken in (self.seconds, self.embedded_seconds))
        ended = ", ".join(f"{number} {status}" for status, number in sorted(self.runs.items()))
        lost = [f"Killed in the middle of a run: {self.killed}."] if self.killed else []
        same = (
            f"Differing from the embedded default: {', '.join(self.differing)}."
            if self.differing
            else "All is byte for byte what the embedded default publishes."
        )
        return [
            f"{self.councils} councils with {self.workers} workers in {self.seconds:.0f} s: {pace:.0f} a minute"
            f" (runs: {ended}).",
            f"One after another in one process in {self.embedded_seconds:.0f} s: {embedded:.0f} a minute.",
            *lost,
            same,
        ]


@contextmanager
def environment(known: Mapping[str, object]) -> Iterator[None]:
    """The process's environment with what is known besides, which child processes inherit, put back at the end."""
    before = {name: os.environ.get(name) for name in known}
    os.environ.update({name: str(value) for name, value in known.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


@dataclass
class Deployment:
    """A deployment that runs: its folder, its Dagster instance, its workers by name."""

    folder: Path
    instance: dg.DagsterInstance
    workers: dict[str, subprocess.Popen[bytes]]

    def share(self, warehouse: Path) -> Snapshot:
        """Share a warehouse that a refresh built elsewhere, as the asset would."""
        with open_lake(ScaleSettings()) as lake:
            lake.connection.execute(f"attach {quoted(warehouse)} as built (read_only)")
            snapshot = lake.share("built", Settings().publications_kept)
        self.instance.report_runless_asset_event(
            dg.AssetMaterialization(SHARED, metadata=snapshot_metadata(snapshot))
        )
        return snapshot

    def refresh(self, modules: Sequence[str]) -> None:
        """Have a worker run the refresh, and wait for its end. Raises TrialError if it fails."""
        launch = ["job", "launch", "-m", modules[0], "-j", REFRESH]
        _run([sys.executable, "-m", "dagster", *launch])
        self._wait(REFRESH, lambda: True)

    def published(self) -> set[str]:
        """The councils whose site and workbook are out."""
        return self.instance.get_materialized_partitions(SITES) & self.instance.get_materialized_partitions(
            WORKBOOKS
        )

    def kill_one(self) -> str:
        """Kill a worker in the middle of publishing, with all its processes; its name, or nothing if none is."""
        started = dg.RunsFilter(job_name=COUNCILS, statuses=[dg.DagsterRunStatus.STARTED])
        for run in self.instance.get_runs(started):
            launcher = self.instance.run_launcher
            name = launcher.worker_of(run).split("@")[0] if isinstance(launcher, Launcher) else ""
            if name in self.workers:
                servers.kill(self.workers[name])
                return name
        return ""

    def wait(self, councils: Sequence[Council], kill: bool, say: Say) -> str:
        """Wait until all these are published; the worker killed on the way, if one was to be."""
        wanted, killed, seen = {council.slug for council in councils}, "", -1

        def is_done() -> bool:
            nonlocal killed, seen
            if kill and not killed and (killed := self.kill_one()):
                say(f"killed the worker {killed}")
            if (done := len(self.published() & wanted)) != seen:
                say(f"{done} of {len(wanted)} councils published")
                seen = done
            return seen == len(wanted)

        self._wait(COUNCILS, is_done)
        return killed

    def _wait(self, job: str, is_done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < deadline:
            done = is_done()
            runs = self.instance.get_runs(dg.RunsFilter(job_name=job))
            busy = [run for run in runs if run.status in UNFINISHED]
            if done and runs and not busy:
                return
            failed = [
                run
                for run in runs
                if run.status == dg.DagsterRunStatus.FAILURE and run.tags.get(WILL_RETRY_TAG) == "false"
            ]
            if failed and not busy:
                raise TrialError(f"{job} failed: {self._why(failed[0])}")
            if not any(process.poll() is None for process in self.workers.values()):
                raise TrialError(f"no worker is alive; see the logs in {self.folder}")
            time.sleep(POLL_SECONDS)
        raise TrialError(f"{job} did not end within {LONGEST_SECONDS // 3600} hours")

    def _why(self, run: dg.DagsterRun) -> str:
        events = self.instance.all_logs(
            run.run_id, of_type={dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE}
        )
        errors = [
            event.dagster_event.step_failure_data.error
            for event in events
            if event.dagster_event and event.dagster_event.is_step_failure
        ]
        cause = raised(errors[0] if errors else None)
        return cause.message.strip() if cause else f"see the logs in {self.folder}"


@contextmanager
def deployed(
    folder: Path,
    workers: int,
    councils: Sequence[Council],
    modules: Sequence[str],
    known: Mapping[str, object],
) -> Iterator[Deployment]:
    """PostgreSQL, Redis, so many workers and the daemon, all in `folder` and on this machine's own address."""
    home, logs = folder / "dagster", folder / "logs"
    for path in (home, logs, folder / "lake"):
        path.mkdir(parents=True)
    shutil.copy(HERE / "dagster.yaml", home)
    with ExitStack() as stack:
        database = stack.enter_context(servers.postgresql(folder / "postgresql"))
        broker = stack.enter_context(servers.redis(folder / "redis"))
        size = max(1, min(10, len(councils) // (3 * workers)))
        addresses = {
            "BENCHMARK_SCALE_POSTGRES": database,
            "BENCHMARK_SCALE_REDIS": broker,
            "BENCHMARK_SCALE_LAKE": folder / "lake",
            "BENCHMARK_SCALE_COUNCILS": "[" + ", ".join(f'"{council.slug}"' for council in councils) + "]",
            "BENCHMARK_SCALE_COUNCILS_PER_RUN": size,
            "DAGSTER_HOME": home,
        }
        stack.enter_context(environment({**addresses, **known}))
        instance = stack.enter_context(dg.DagsterInstance.from_config(str(home)))
        processes = {}
        for number in range(workers):
            name = f"worker-{number + 1}"
            queues = f"{COUNCILS_QUEUE},{REFRESH_QUEUE}" if number == 0 else COUNCILS_QUEUE
            command = [
                *(sys.executable, "-m", "celery", "-A", "pipelines.scale.worker", "worker"),
                *("-n", f"{name}@%h", "-Q", queues, "-c", "1", "--loglevel", "warning"),
                *("--without-gossip", "--without-mingle"),
            ]
            processes[name] = stack.enter_context(servers.started(command, logs / f"{name}.log", cwd=PROJECT))
        places = [word for module in modules for word in ("-m", module)]
        daemon = [sys.executable, "-m", "dagster._daemon", "run", *places]
        stack.enter_context(servers.started(daemon, logs / "daemon.log", cwd=PROJECT))
        yield Deployment(folder, instance, processes)


def one_after_another(settings: Settings, warehouse: Path, councils: Sequence[Council], today: date) -> None:
    """Publish these councils as the embedded default does, in this process."""
    contracts = read_contracts(settings.expectations)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for council in councils:
            findings = read_findings(connection, council, settings.comparators.value, "")
            made_site(settings, contracts, findings, today)
            made_workbook(settings, council)


def differing_files(ours: Path, theirs: Path) -> list[str]:
    """The files that are under only one of two folders, or are not the same bytes in both."""
    names = {
        str(path.relative_to(top)) for top in (ours, theirs) for path in top.rglob("*") if path.is_file()
    }
    _, different, absent = filecmp.cmpfiles(ours, theirs, sorted(names), shallow=False)
    return different + absent


def differing_relations(ours: Path, theirs: Path, relations: Sequence[Relation]) -> list[str]:
    """Those relations which are not the same rows in the same order in two warehouses."""
    found = []
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(ours)} as ours (read_only)")
        connection.execute(f"attach {quoted(theirs)} as theirs (read_only)")
        for relation in relations:
            rows = [
                connection.execute(f"select * from {side}.{relation}").to_arrow_table()
                for side in ("ours", "theirs")
            ]
            if not rows[0].equals(rows[1]):
                found.append(str(relation))
    return found


def embedded_refresh(folder: Path) -> Path:
    """The warehouse that the embedded default builds, refreshed by its own command under `folder`."""
    with environment(_places(folder)):
        _run([sys.executable, "-m", "cli"])
    return folder / "state" / WAREHOUSE_FILE


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False)
    if done.returncode:
        raise TrialError(f"{' '.join(command[1:])} failed:\n{done.stderr[-2000:]}")


def _places(folder: Path) -> dict[str, object]:
    return {"BENCHMARK_STATE": folder / "state", "BENCHMARK_OUTPUT": folder / "output"}


def trial(
    folder: Path,
    councils: Sequence[Council],
    workers: int,
    say: Say,
    *,
    built: Path | None = None,
    kill: bool = False,
    then: Callable[[], None] | None = None,
) -> Outcome:
    """Publish these councils past one machine and one after another, and compare.

    built: a warehouse that a refresh built; without, both the embedded default and a worker run a refresh first.
    kill: whether a worker is killed in the middle. then: what to do before the servers stop.
    """
    apart, embedded = folder / "scaled", folder / "embedded"
    modules: Sequence[str] = MODULES
    differing, said = [], how_it_is_said()
    if built is None:
        say("refreshing in one process, as the embedded default does")
        reference = embedded_refresh(embedded)
    else:
        reference, modules = built, modules[1:]
    say("starting PostgreSQL, Redis, the workers and the daemon")
    with deployed(folder / "servers", workers, councils, modules, _places(apart)) as deployment:
        if built is None:
            say("refreshing on a worker")
            deployment.refresh(modules)
        else:
            deployment.share(built)
        began = time.monotonic()
        killed = deployment.wait(councils, kill, say)
        seconds = time.monotonic() - began
        records = deployment.instance.get_runs(dg.RunsFilter(job_name=COUNCILS))
        runs = [run.status.value.lower() for run in records]
        with open_lake(ScaleSettings()) as lake:
            snapshot = lake.newest()
            copy = lake.local_copy(snapshot, folder / "compared")
        if then:
            then()
    say("publishing one after another in one process")
    if built is None:
        ours, theirs = (top / "output" / PACKAGE_FILE for top in (apart, embedded))
        differing += [] if filecmp.cmp(ours, theirs, shallow=False) else [PACKAGE_FILE]
    # a state of its own, as the workers have: what somebody signed off on this machine would make another edition
    places = {"output": folder / "one-process", "state": folder / "one-process-state"}
    settings = Settings().model_copy(update=places)
    began = time.monotonic()
    one_after_another(settings, reference, councils, snapshot.day)
    alone = time.monotonic() - began
    if how_it_is_said.__wrapped__() != said:
        raise TrialError("the files that shape the pages were edited meanwhile, so nothing can be compared")
    for council in councils:
        ours, theirs = apart / "output" / council.slug, settings.output / council.slug
        differing += [f"{council.slug}/{name}" for name in differing_files(ours, theirs)]
    differing += differing_relations(copy, reference, relations_published())
    return Outcome(
        len(councils),
        workers,
        seconds,
        alone,
        killed,
        {status: runs.count(status) for status in set(runs)},
        differing,
    )


def until_interrupted(say: Say) -> None:
    """Serve Dagster's web pages of the deployment that runs, until somebody presses Ctrl-C."""
    port = servers.free_port()
    modules = [word for module in MODULES for word in ("-m", module)]
    command = [sys.executable, "-m", "dagster_webserver", "-h", servers.HOST, "-p", str(port), *modules]
    log = Path(os.environ["DAGSTER_HOME"]) / "webserver.log"
    with servers.started(command, log, cwd=PROJECT):
        say(f"Dagster's pages are at http://{servers.HOST}:{port}; Ctrl-C stops everything.")
        with suppress(KeyboardInterrupt):
            while True:
                time.sleep(1)
