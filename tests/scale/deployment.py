"""A deployment past one machine, all on this one: PostgreSQL, Redis, workers and Dagster's daemon."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from pipelines.automation import PUBLISH
from pipelines.scale.launcher import Launcher
from tests.scale import servers
from warehouse.run_tags import PARTITION_TAG
from warehouse.settings import PROJECT

POLL_SECONDS = 0.5
LONGEST_SECONDS = 900  # on a machine with other work, what takes seconds takes minutes


@dataclass
class Deployment:
    """A deployment that runs: its folder, its environment, its Dagster instance, its workers by name."""

    folder: Path
    environment: Mapping[str, str]
    instance: dg.DagsterInstance
    workers: dict[str, subprocess.Popen[bytes]]
    postgresql: servers.Server
    redis: servers.Server
    definitions: tuple[str, ...]

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def publish(self, council: str) -> None:
        """Ask for a run of a council."""
        partition = json.dumps({PARTITION_TAG: council})
        subprocess.run(
            [sys.executable, "-m", "dagster", "job", "launch", "-j", PUBLISH, "--tags", partition, *self.definitions],
            env=self.environment, cwd=PROJECT, check=True, capture_output=True,
        )  # fmt: skip

    def runs(self, *statuses: dg.DagsterRunStatus) -> list[dg.DagsterRun]:
        """The runs that publish a council, in these states or any."""
        return list(self.instance.get_runs(dg.RunsFilter(job_name=PUBLISH, statuses=list(statuses) or None)))

    @property
    def launcher(self) -> Launcher:
        launcher = self.instance.run_launcher
        assert isinstance(launcher, Launcher)
        return launcher

    def kill_one(self) -> str:
        """Kill a worker in the middle of a run, with all its processes; its name."""

        def killed() -> str:
            for run in self.runs(dg.DagsterRunStatus.STARTED):
                name = self.launcher.worker_of(run).split("@")[0]
                if name in self.workers:
                    # stopped first, so that the run cannot end between the question and the kill
                    self.signal(name, signal.SIGSTOP)
                    now = self.instance.get_run_by_id(run.run_id)
                    if now and now.status == dg.DagsterRunStatus.STARTED:
                        self.signal(name, signal.SIGKILL)
                        return name
                    self.signal(name, signal.SIGCONT)
            return ""

        return self.wait_for(killed)

    def signal(self, worker: str, what: signal.Signals) -> None:
        """Send all processes of a worker a signal."""
        os.killpg(self.workers[worker].pid, what)

    def kill_one_that_took(self, council: str) -> None:
        """Ask for a run, and kill the worker that took it before it begins the run."""
        inspect = self.launcher.celery.control.inspect(timeout=2)
        self.wait_for(lambda: "all" if len(inspect.ping() or {}) == len(self.workers) else "")
        # what runs the tasks is stopped; the main process goes on taking them
        for worker in self.workers.values():
            for pid in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split():
                os.kill(int(pid), signal.SIGSTOP)
        self.publish(council)
        taker = self.wait_for(
            lambda: next((name for name, tasks in (inspect.reserved() or {}).items() if tasks), "")
        ).split("@")[0]
        self.signal(taker, signal.SIGKILL)
        for name in self.workers.keys() - {taker}:
            self.signal(name, signal.SIGCONT)

    def wait_until_published(self, count: int) -> None:
        done = dg.DagsterRunStatus.SUCCESS
        self.wait_for(lambda: "all" if len(self.runs(done)) == count else "")

    def wait_for(self, what: Callable[[], str]) -> str:
        """The first answer that is not empty."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < deadline:
            if answer := what():
                return answer
            time.sleep(POLL_SECONDS)
        runs = [(run.run_id[:8], run.status.value, run.tags) for run in self.runs()]
        last_words = [path.read_text(encoding="utf-8")[-3000:] for path in self.folder.glob("logs/*.log")]
        raise TimeoutError("\n".join([f"nothing came within {LONGEST_SECONDS} seconds", *map(str, runs), *last_words]))


@contextmanager
def deployed(folder: Path, workers: int) -> Iterator[Deployment]:
    """So many workers, each with a `state` of its own as on a machine of its own, and all that they need."""
    home, logs = folder / "dagster", folder / "logs"
    for path in (home, logs):
        path.mkdir(parents=True)
    shutil.copy(PROJECT / "pipelines" / "scale" / "dagster.yaml", home)
    with ExitStack() as stack:
        postgresql = stack.enter_context(servers.postgresql(folder / "postgresql"))
        redis = stack.enter_context(servers.redis(folder / "redis"))
        environment = {
            **os.environ,
            "BENCHMARK_SCALE_POSTGRES": postgresql.address,
            "BENCHMARK_SCALE_REDIS": redis.address,
            "BENCHMARK_SCALE_WORKERS": str(workers),
            "BENCHMARK_SHARED": str(folder / "shared"),
            "BENCHMARK_OUTPUT": str(folder / "output"),
            "BENCHMARK_STATE": str(folder / "state"),
            "DAGSTER_HOME": str(home),
        }
        processes = {}
        for name in (f"worker-{number + 1}" for number in range(workers)):
            command = [
                *(sys.executable, "-m", "celery", "-A", "pipelines.scale.worker", "worker"),
                *("-n", f"{name}@%h", "-Q", f"{PUBLISH},refresh", "-c", "1", "--loglevel", "warning"),
                *("--without-gossip", "--without-mingle"),
            ]
            own = environment | {"BENCHMARK_STATE": str(folder / name)}
            processes[name] = stack.enter_context(servers.started(command, logs / f"{name}.log", cwd=PROJECT, env=own))
        port = servers.free_port()
        code = [
            *(sys.executable, "-m", "dagster", "api", "grpc", "-h", servers.HOST, "-p", str(port)),
            *("-m", "pipelines.definitions"),
        ]
        log = logs / "code.log"
        definitions = ("--grpc-host", servers.HOST, "--grpc-port", str(port))
        served = stack.enter_context(servers.started(code, log, cwd=PROJECT, env=environment))
        servers.wait_until_answering(port, served, log)
        daemon = [sys.executable, "-m", "dagster._daemon", "run", *definitions]
        stack.enter_context(servers.started(daemon, logs / "daemon.log", cwd=PROJECT, env=environment))
        stack.enter_context(_environment(environment))
        instance = stack.enter_context(dg.DagsterInstance.from_config(str(home)))
        yield Deployment(folder, environment, instance, processes, postgresql, redis, definitions)


@contextmanager
def _environment(known: Mapping[str, str]) -> Iterator[None]:
    """The process's environment with what is known, put back at the end."""
    before = dict(os.environ)
    os.environ.update(known)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
