"""Measure everything that the project promises of speed and memory, and write docs/performance.md.

    uv run python -m benchmarks [--repeats 5] [--only refresh [--before REVISION]] [--output docs/performance.md]

Each benchmark is a process of its own, run so many times; the table gives the median and the range of each figure
compared with what was promised. A row of what was not run keeps its figures and their date.
Leave the machine alone meanwhile: on two busy cores everything takes twice as long.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.measuring import FIGURES
from benchmarks.register import EVERY_CASE, EVERY_COUNCIL

PROJECT = Path(__file__).resolve().parent.parent
HEADING = "| figure | median | range | promised | held | measured |"
PACKAGES = (
    "dagster",
    "duckdb",
    "great-expectations",
    "pandas",
    "numpy",
    "scipy",
    "vl-convert-python",
)


@dataclass(frozen=True)
class Benchmark:
    """One benchmark: the module that runs it and its arguments, and how often it is worth running."""

    name: str
    arguments: tuple[str, ...] = ()
    most_repeats: int = 99
    module: str = ""

    @property
    def command(self) -> list[str]:
        return ["-m", f"benchmarks.{self.module or self.name}", *self.arguments]


BENCHMARKS = (
    Benchmark("refresh", ("--repeats", "1")),
    Benchmark("register"),
    Benchmark(
        "registers",
        ("--cases", str(EVERY_CASE), "--councils", str(EVERY_COUNCIL)),
        most_repeats=1,
        module="register",
    ),
    Benchmark("ranking"),
    Benchmark("publication"),
)


@dataclass(frozen=True)
class Result:
    """Each figure of one benchmark over the repeats, and what was promised of it."""

    figures: dict[str, list[float]]
    promises: dict[str, tuple[str, float | None]]


def run(benchmark: Benchmark, repeats: int, before: str | None) -> Result:
    """Run one benchmark so many times. Exits with what it printed where it fails."""
    command = benchmark.command
    if before and benchmark.name == "refresh":
        command += ["--before", before]
    figures: dict[str, list[float]] = {}
    promises: dict[str, tuple[str, float | None]] = {}
    for number in range(min(repeats, benchmark.most_repeats)):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            noted = Path(folder) / "figures.jsonl"
            done = subprocess.run(
                [sys.executable, *command],
                cwd=PROJECT,
                env=os.environ | {FIGURES: str(noted)},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                sys.exit(f"{benchmark.name} failed:\n{done.stdout}{done.stderr}")
            for line in noted.read_text(encoding="utf-8").splitlines() if noted.exists() else ():
                figure = json.loads(line)
                figures.setdefault(figure["name"], []).append(figure["value"])
                promises[figure["name"]] = (figure["unit"], figure["at_most"])
        print(f"{benchmark.name}, {number + 1}: {time.monotonic() - began:.0f} s", flush=True)
    return Result(figures, promises)


def row(name: str, values: Sequence[float], unit: str, at_most: float | None) -> str:
    """One row of the table of figures."""
    median = statistics.median(values)
    spread = f"{min(values):,.2f} to {max(values):,.2f}" if len(values) > 1 else "once"
    promised = "" if at_most is None else f"at most {at_most:g} {unit}"
    held = "" if at_most is None else "yes" if median <= at_most else "**no**"
    return f"| {name} | {median:,.2f} {unit} | {spread} | {promised} | {held} | {datetime.now(UTC).date()} |"


def rows_of(page: str) -> dict[str, str]:
    """The rows of a page by the name of the figure."""
    rows = [line for line in page.splitlines() if line.count(" | ") == HEADING.count(" | ")]
    return {line.split(" | ")[0]: line for line in rows if line != HEADING}


def page(results: Sequence[Result], before: str) -> str:
    """The page of all figures; before: the last one, whose other rows stand."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    new = [row(name, values, *result.promises[name]) for result in results for name, values in result.figures.items()]
    rows = rows_of(before) | rows_of("\n".join(new))
    return "\n".join(
        [
            "# What it costs",
            "",
            "Written by `uv run python -m benchmarks`; not edited by hand. Times are wall-clock seconds unless it",
            "says processor time.",
            "",
            f"Last on {datetime.now(UTC).date()}: {platform.platform()}, {os.cpu_count()} cores,"
            f" {memory:.0f} GiB, Python {platform.python_version()}; {versions}.",
            "",
            HEADING,
            "|---|---|---|---|---|---|",
            *rows.values(),
            "",
        ]
    )


def main() -> None:
    """Run all or some and write the page."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--only", action="append", choices=[one.name for one in BENCHMARKS])
    options.add_argument("--before", metavar="REVISION", help="A version to refresh beside this one.")
    options.add_argument("--output", type=Path, default=PROJECT / "docs" / "performance.md")
    given = options.parse_args()
    chosen = [one for one in BENCHMARKS if not given.only or one.name in given.only]
    before = given.output.read_text(encoding="utf-8") if given.output.exists() else ""
    results = []
    for one in chosen:
        results.append(run(one, given.repeats, given.before))
        # one that fails later should not take what was measured with it
        given.output.write_text(page(results, before), encoding="utf-8")
    print(f"written to {given.output}")


if __name__ == "__main__":
    main()
