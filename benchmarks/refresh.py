"""What `uv run benchmark` costs, compared with the same work without Dagster and checks and with an earlier version.

    uv run python -m benchmarks.refresh [--repeats 5] [--before REVISION]

The floor calls the very functions of the assets in the order of the graph, in one plain process with one connection:
the same parsing, SQL, arithmetic and pages, and none of Dagster's steps, events and history, nor of the checks. Each
run is a process of its own with a fresh state and output, so that imports count. The kinds of run take turns, so that
a busy machine is busy for all of them; processor time and ratios suffer least from it.
"""

import argparse
import csv
import hashlib
import inspect
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from types import SimpleNamespace

import yaml

from benchmarks.measuring import note

PROJECT = Path(__file__).resolve().parent.parent
OURS, FLOOR, BEFORE = "uv run benchmark", "the same work without Dagster and checks", "the version before"
# what people look up afterwards, and the most seconds of processor time that are promised
LOOK_UPS = {
    "--help": 0.3,
    "table uphold_rate --council kent --year 2023-24": 1.0,
    "explain uphold_rate worcestershire 2023-24": 1.0,
}
PEERS = Path("data") / "complaints" / "peer_indicators.csv"
# what a refresh after the first costs, with its arguments, and the most of the first's processor time that is promised
AGAIN = {
    "nothing changed": ((), 0.1),
    "another council": (("--council", "kent-county-council"), 0.2),
    "one peer's figure added": ((), 0.35),
}


def floor() -> None:
    """The work of a refresh in this process."""
    import dagster as dg

    from assets.ombudsman.collection import Collection
    from assets.ombudsman.source import load
    from pipelines.definitions import build_definitions
    from warehouse.asset_checks import record
    from warehouse.connection import WAREHOUSE_FILE, Warehouse
    from warehouse.contracts import read_contracts
    from warehouse.settings import Settings

    settings = Settings()
    warehouse = Warehouse(
        path=str(settings.state / WAREHOUSE_FILE),
        published=str(settings.output / WAREHOUSE_FILE),
        lock_wait_seconds=120,
        shared="",
    )
    resources = {
        "warehouse": warehouse,
        "collection": Collection(site=load().site, councils=[], as_at=""),
        "subject": SimpleNamespace(council=settings.council, comparators=settings.comparators, year=""),
        "context": SimpleNamespace(
            run=SimpleNamespace(run_id="", tags={}), instance=SimpleNamespace(add_run_tags=lambda *_: None)
        ),
    }
    job = build_definitions(settings).resolve_job_def("refresh")
    with warehouse.yield_for_execution(dg.build_init_resource_context()):
        # so that there is a table of outcomes, with none in it
        record(warehouse, next(iter(read_contracts(settings.expectations).values())), [])
        for node in job.graph.nodes_in_topological_order:
            if node.name.startswith("check__"):
                continue
            function = job.graph.node_named(node.name).definition.compute_fn.decorated_fn  # type: ignore[attr-defined]
            result = function(**{name: resources[name] for name in inspect.signature(function).parameters})
            if inspect.isgenerator(result):
                list(result)


def measured(python: str | Path, command: list[str], project: Path, folder: Path) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak memory in GiB of one command, on what is kept in the folder."""
    places = {f"BENCHMARK_{name}": str(folder / name) for name in ("STATE", "OUTPUT", "CAPTURES")}
    if (folder / "data").exists():
        places["BENCHMARK_DATA"] = str(folder / "data")
    began = time.perf_counter()
    with (folder / "said").open("w+", encoding="utf-8") as said:
        started = subprocess.Popen(
            [python, *command],
            cwd=project,
            env=os.environ | places | {"PYTHONPATH": str(project)},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(started.pid, 0)
        wall = time.perf_counter() - began
        said.seek(0)
        if os.waitstatus_to_exitcode(status):
            sys.exit(f"{' '.join(command)} failed:\n{said.read()}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20


def command_of(project: Path, *arguments: str) -> list[str]:
    """What `uv run benchmark` starts in a checkout, which may be of another version."""
    scripts = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    module, function = scripts["benchmark"].split(":")
    given = ["benchmark", *arguments]
    return ["-c", f"import sys; sys.argv = {given}; from {module} import {function}; {function}()"]


def with_one_figure_more(folder: Path) -> None:
    """Repeat the last figure of the peers at another address."""
    path = folder / PEERS
    with path.open(encoding="utf-8", newline="") as file:
        *_, last = rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, last, lineterminator="\n")
        writer.writeheader()
        writer.writerows([*rows, last | {"source_url": "https://again.example"}])
    source = path.with_suffix(".source.yml")
    known = yaml.safe_load(source.read_text(encoding="utf-8"))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    source.write_text(yaml.safe_dump(known | {"sha256": sha256}), encoding="utf-8")


def installed() -> float:
    """The GiB of what the README's first command installs."""
    with tempfile.TemporaryDirectory() as folder:
        place = {"UV_PROJECT_ENVIRONMENT": folder, "UV_COMPILE_BYTECODE": "0"}
        subprocess.run(
            ["uv", "sync", "--no-dev", "--frozen", "--quiet"], cwd=PROJECT, env=os.environ | place, check=True
        )
        return sum(path.lstat().st_size for path in Path(folder).rglob("*")) / 2**30


def once(runs: dict[str, tuple[str | Path, list[str], Path]]) -> dict[str, tuple[float, float, float]]:
    """What each kind of run costs with nothing kept, and what ours and looking things up cost after it."""
    found = {}
    for name, run in runs.items():
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            if name == OURS:
                shutil.copytree(PROJECT / "data", folder / "data")
            found[name] = measured(*run, folder)
            if name != OURS:
                continue
            for look_up in LOOK_UPS:
                found[look_up] = measured(sys.executable, command_of(PROJECT, *look_up.split()), PROJECT, folder)
            for again, (arguments, _) in AGAIN.items():
                if again == "one peer's figure added":
                    with_one_figure_more(folder)
                found[again] = measured(sys.executable, command_of(PROJECT, *arguments), PROJECT, folder)
    return found


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--before", metavar="REVISION", help="An earlier version, run from a worktree of its own.")
    options.add_argument("--floor", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.floor:
        floor()
        return
    with tempfile.TemporaryDirectory() as folder:
        runs: dict[str, tuple[str | Path, list[str], Path]] = {
            OURS: (sys.executable, command_of(PROJECT), PROJECT),
            FLOOR: (sys.executable, ["-m", "benchmarks.refresh", "--floor"], PROJECT),
        }
        if given.before:
            earlier = Path(folder) / "before"
            subprocess.run(["git", "worktree", "add", "--detach", earlier, given.before], cwd=PROJECT, check=True)
            # with the packages that it was made for
            subprocess.run(["uv", "sync", "--no-dev", "--quiet"], cwd=earlier, check=True)
            runs[BEFORE] = (earlier / ".venv" / "bin" / "python", command_of(earlier), earlier)
        try:
            figures = [once(runs) for _ in range(given.repeats)]
        finally:
            if given.before:
                subprocess.run(["git", "worktree", "remove", "--force", earlier], cwd=PROJECT, check=True)
    middle = {
        name: [statistics.median(column) for column in zip(*(one[name] for one in figures), strict=True)]
        for name in figures[0]
    }
    for name, (wall, processor, memory) in middle.items():
        print(f"{name:42} {wall:7.1f} s {processor:7.1f} s of processor time {memory:6.2f} GiB")
    wall, processor, memory = middle[OURS]
    note(OURS, wall, "s", 25)
    note(f"{OURS}: processor time", processor, "s")
    note(f"{OURS}: memory", memory, "GiB", 0.6)
    note(f"{OURS}: processor time compared with {FLOOR}", processor / middle[FLOOR][1], "times", 2.0)
    for name, at_most in LOOK_UPS.items():
        note(f"uv run benchmark {name}: processor time", middle[name][1], "s", at_most)
    note("install for use", installed(), "GiB", 0.7)
    for name, (_, most) in AGAIN.items():
        note(
            f"{name}: processor time compared with a whole refresh",
            middle[name][1] / processor,
            "times",
            most,
        )
    if given.before:
        note(f"{OURS}: processor time compared with {BEFORE}", processor / middle[BEFORE][1], "times", 0.5)


if __name__ == "__main__":
    main()
