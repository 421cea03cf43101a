"""Where the time of `uv run benchmark` goes, against the floor: the same work in one plain process.

    uv run python -m benchmarks.refresh [--repeats N]

The floor calls the very functions of the assets and checks, in the order of the graph, with one connection: the same
parsing, SQL, arithmetic, Great Expectations suites and rendering, and none of Dagster's steps, events and history.
Each run is a process of its own with a fresh state and output, so that imports count. Prints medians of the repeats.
"""

import argparse
import inspect
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import note

PROJECT = Path(__file__).resolve().parent.parent


def environment(folder: Path) -> dict[str, str]:
    """The environment of a run that keeps and publishes in `folder` alone."""
    places = {name: str(folder / name) for name in ("state", "output", "captures")}
    return os.environ | {f"BENCHMARK_{name.upper()}": place for name, place in places.items()}


def floor() -> dict[str, float]:
    """Seconds of each part of the floor, in this process."""
    started = time.perf_counter()
    import dagster as dg
    import great_expectations  # noqa: F401 (part of the imports that are timed)

    from assets.ombudsman.collection import Collection
    from assets.ombudsman.source import load
    from pipelines.definitions import build_definitions
    from warehouse.connection import Warehouse
    from warehouse.settings import Settings
    from warehouse.subject import Subject

    seconds = {"imports": time.perf_counter() - started}
    settings = Settings()
    warehouse = Warehouse(
        path=str(settings.state / "warehouse.duckdb"),
        published=str(settings.output / "warehouse.duckdb"),
        lock_wait_seconds=120,
    )
    resources = {
        "warehouse": warehouse,
        "collection": Collection(site=load().site, councils=[], as_at=""),
        "subject": Subject(settings=settings, council=settings.council, comparators=settings.comparators),
        "context": None,
    }
    with warehouse.yield_for_execution(dg.build_init_resource_context()):
        for part, function in functions(build_definitions(settings)):
            wanted = {name: resources[name] for name in inspect.signature(function).parameters}
            began = time.perf_counter()
            result = function(**wanted)
            if inspect.isgenerator(result):
                list(result)
            seconds[part] = seconds.get(part, 0) + time.perf_counter() - began
    return seconds


def functions(defs: object) -> Iterator[tuple[str, object]]:
    """The function behind each step of the refresh with the part it belongs to, in an order that the graph allows."""
    job = defs.resolve_job_def("refresh")  # type: ignore[attr-defined]
    for name in job.graph.node_dict and [node.name for node in job.graph.nodes_in_topological_order]:
        definition = job.graph.node_named(name).definition
        yield part_of(name), definition.compute_fn.decorated_fn


def part_of(step: str) -> str:
    """Which part of a refresh a step belongs to."""
    if step.startswith("check__"):
        return "checks"
    if step.startswith(("publication__", "quality__data_docs")):
        return "publication"
    return "loading, SQL and arithmetic"


def measured(command: list[str], folder: Path) -> tuple[float, float, float, str]:
    """Wall seconds, CPU seconds, peak memory in MiB and output of one command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(
        command, cwd=PROJECT, env=environment(folder), capture_output=True, text=True, check=False
    )
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, after.ru_maxrss / 1024, done.stdout


def step_seconds() -> dict[str, float]:
    """Seconds of each part of the latest refresh, from Dagster's own history."""
    import dagster as dg

    with dg.DagsterInstance.from_config(str(PROJECT)) as instance:
        run = instance.get_runs(limit=1)[0]
        seconds: dict[str, float] = {}
        for step in instance.get_run_step_stats(run.run_id):
            if step.start_time and step.end_time:
                part = part_of(step.step_key)
                seconds[part] = seconds.get(part, 0) + step.end_time - step.start_time
    return seconds


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--floor", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.floor:
        print(json.dumps(floor()))
        return
    refreshes, floors, parts, floor_parts = [], [], [], []
    for _ in range(given.repeats):
        with tempfile.TemporaryDirectory() as folder:
            refreshes.append(measured([sys.executable, "-m", "cli"], Path(folder))[:3])
            parts.append(step_seconds())
        with tempfile.TemporaryDirectory() as folder:
            *figures, printed = measured(
                [sys.executable, "-m", "benchmarks.refresh", "--floor"], Path(folder)
            )
            floors.append(figures)
            floor_parts.append(json.loads(printed.splitlines()[-1]))
    print(
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores,"
        f" median of {given.repeats}\n"
    )
    print("| | wall s | CPU s | peak MiB |\n|---|---|---|---|")
    for name, rows in (("uv run benchmark", refreshes), ("floor", floors)):
        print(
            f"| {name} | "
            + " | ".join(f"{statistics.median(column):.1f}" for column in zip(*rows, strict=True))
            + " |"
        )
    note("uv run benchmark", statistics.median(row[0] for row in refreshes), "s", 25)
    note("uv run benchmark: memory", statistics.median(row[2] for row in refreshes) / 1024, "GiB", 1.5)
    note("the same work without Dagster", statistics.median(row[0] for row in floors), "s")
    ratio = statistics.median(row[0] for row in refreshes) / statistics.median(row[0] for row in floors)
    note("uv run benchmark beside the same work without Dagster", ratio, "times", 1.5)
    print(
        f"\nThe refresh takes {ratio:.2f} times the floor.\n\n| part | refresh s | floor s |\n|---|---|---|"
    )
    for part in floor_parts[0]:
        own = [one.get(part) for one in parts]
        shown = f"{statistics.median(own):.1f}" if all(value is not None for value in own) else "as the floor"
        print(f"| {part} | {shown} | {statistics.median(one[part] for one in floor_parts):.1f} |")


if __name__ == "__main__":
    main()
