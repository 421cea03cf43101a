"""Publication days on which the stand-in site fails: whole live refreshes of the real councils.

Three days. On the first all is well. On the second the new year is out, and each way in which the site can fail befalls
the page of one council: the run goes on, everybody else's new figures are there, and those councils' old ones. On the
third the site is well again, and nothing tells that it was not. Then it fails everywhere, in ways that end a round: the
run says so and the last publication stands.
"""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import duckdb

from assets.ombudsman.archive import Captures
from tests.standin.figures import figures_of
from tests.standin.site import FAULTS, STATISTICS, StandIn
from warehouse.settings import PROJECT

SUBJECT = "worcestershire-county-council"
# faults that cost nothing but time, and those after which nobody is asked any more
OVERCOME, ENDS_THE_ROUND = {"redirect", "slow"}, {"429", "429-long"}
EVERYWHERE = ("500", "429-long", "redirect-private", "empty-body")

Figures = dict[tuple[str, str, str], float]


@dataclass
class Day:
    """What did not hold on one day."""

    name: str
    faults: list[str] = field(default_factory=list)


def days(folder: Path) -> Iterator[Day]:
    """The days, one after the other."""
    with StandIn() as site:
        first = Day("all is well")
        ended = _refresh(folder, site)
        first.faults += _said(ended, 0)
        before = _figures(folder)
        first.faults += _missing(site, before, set())
        yield first

        second = Day("each fault befalls one page")
        site.publish(2024)
        struck = _struck(site)
        for slug, fault in struck.items():
            site.fault(f"/your-councils-performance/{slug}{STATISTICS}", fault, 1 if fault in OVERCOME else 1_000_000)
        ended = _refresh(folder, site)
        second.faults += _said(ended, 0)
        now = _figures(folder)
        lost = {slug for slug, fault in struck.items() if fault not in OVERCOME}
        second.faults += _missing(site, now, lost)
        second.faults += [f"{key} was lost or changed" for key, value in before.items() if now.get(key) != value]
        new = [key for key in now if key[0] in lost and key[1] == "2024-04-01"]
        second.faults += [f"{key} is there, although its page failed" for key in new]
        yield second

        third = Day("all is well again")
        site.faults.clear()
        third.faults += _said(_refresh(folder, site), 0)
        after = _figures(folder)
        third.faults += _missing(site, after, set())
        third.faults += [f"{key} was lost or changed" for key, value in now.items() if after.get(key) != value]
        third.faults += Captures(folder / "captures").verify()
        yield third

        for fault in EVERYWHERE:
            day = Day(f"everywhere: {FAULTS[fault]}")
            published = (folder / "output" / "warehouse.duckdb").read_bytes()
            site.fault("*", fault)
            day.faults += _said(_refresh(folder, site), 1)
            site.faults.clear()
            if (folder / "output" / "warehouse.duckdb").read_bytes() != published:
                day.faults.append("the warehouse for readers changed")
            day.faults += Captures(folder / "captures").verify()
            yield day


def _struck(site: StandIn) -> dict[str, str]:
    """A council with a new page for each fault that does not end the round."""
    with_news = {row["slug"] for row in site.rows if row["period_start"].startswith("2024")}
    slugs = sorted(_living() & with_news - {SUBJECT})
    faults = [fault for fault in FAULTS if fault not in ENDS_THE_ROUND]
    return dict(zip(slugs, faults, strict=False))


def _refresh(folder: Path, site: StandIn) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ,
        **{f"BENCHMARK_{name.upper()}": str(folder / name) for name in ("state", "output", "captures")},
        "BENCHMARK_SECONDS_BETWEEN_REQUESTS": "0",
        "BENCHMARK_RANKING": '{"draws": 80, "benchmark_draws": 40}',
    }
    return subprocess.run(
        [sys.executable, "-m", "cli", "--council", SUBJECT, "--live", "--site", site.address],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _said(ended: "subprocess.CompletedProcess[str]", status: int) -> list[str]:
    wrong = [] if ended.returncode == status else [f"exited with {ended.returncode}, not {status}"]
    wrong += ["printed a traceback"] if "Traceback" in ended.stdout + ended.stderr else []
    return [f"{one}:\n{(ended.stdout + ended.stderr)[-1500:]}" for one in wrong]


def _figures(folder: Path) -> Figures:
    """What was read from pages into core: by council, first day of the year, and measure as the page names it."""
    path = folder / "output" / "warehouse.duckdb"
    if not path.exists():
        return {}
    with duckdb.connect(str(path), read_only=True) as connection:
        return {
            (slug, start, measure): value
            for slug, start, measure, value in connection.execute(
                """
                select pages.council_slug, pages.period_start, pages.measure, witnesses.value
                from core.witnesses as witnesses
                inner join raw.captured_pages as pages on witnesses.source_row = pages.source_row
                where witnesses.source = 'captured_pages'
                """
            ).fetchall()
        }


def _missing(site: StandIn, figures: Figures, but: set[str]) -> list[str]:
    """What the site shows and core has not, of all councils but some."""
    wrong = []
    for slug in sorted(_living() & {row["slug"] for row in site.rows} - but):
        newest = site.newest(slug) or {}
        for measure, value in figures_of(newest).items():
            found = figures.get((slug, newest["period_start"], measure))
            if found != float(value):
                wrong.append(f"{slug} {measure} is {found}, not {value}")
    return wrong[:10]


@cache
def _living() -> frozenset[str]:
    """The councils that a round visits."""
    with (PROJECT / "data" / "reference" / "councils.csv").open(encoding="utf-8", newline="") as lines:
        return frozenset(row["council_id"] for row in csv.DictReader(lines) if not row["valid_to"])
