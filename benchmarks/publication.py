"""How long a publication takes: of one council, and of every council in two processes.

`uv run python -m benchmarks.publication` reads the warehouse of the last run, and refreshes first where there is none;
what it publishes it removes.
"""

import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import duckdb

from assets.answers import answers, asked_of, require_evidence
from assets.answers.templates import read_questions
from assets.publication.assets import publish_site
from assets.publication.briefing import briefing
from assets.publication.findings import read_findings
from assets.publication.site import Edition, Site
from benchmarks.measuring import note
from warehouse.connection import WAREHOUSE_FILE
from warehouse.contracts import read_contracts
from warehouse.councils import Lookup
from warehouse.settings import PROJECT, Settings

TODAY = date(2026, 1, 1)
PROCESSES = 2


def publish(slugs: list[str], folder: Path) -> list[tuple[float, float]]:
    """Seconds, and seconds of a processor, that each council's publication took in this process, reading included."""
    settings = Settings()
    lookup, contracts, taken = Lookup(settings), read_contracts(settings.expectations), []
    with duckdb.connect(str(settings.state / WAREHOUSE_FILE), read_only=True) as connection:
        for slug in slugs:
            start, busy = time.perf_counter(), time.process_time()
            findings = read_findings(connection, lookup.council(slug), settings.comparators.value, "")
            publish_site(folder / slug, findings, contracts, TODAY, 0)
            taken.append((time.perf_counter() - start, time.process_time() - busy))
    return taken


def pack(settings: Settings) -> tuple[float, float]:
    """Seconds, and seconds of a processor, from the marts to the default subject's panel pack as a page."""
    contracts, council = read_contracts(settings.expectations), Lookup(settings).council(settings.council)
    with duckdb.connect(str(settings.state / WAREHOUSE_FILE), read_only=True) as connection:
        start, busy = time.perf_counter(), time.process_time()
        asked = asked_of(connection, contracts, council, settings.comparators.value, "")
        require_evidence(connection, answers(asked, read_questions(settings.sentences), ""))
        findings = read_findings(connection, council, settings.comparators.value, "")
        Site(findings, contracts, Edition("pack", TODAY), briefing(findings, TODAY)).page("panel-pack.html")
        return time.perf_counter() - start, time.process_time() - busy


def main() -> None:
    """Print the seconds of the default subject alone, and of every council."""
    settings = Settings()
    if not (settings.state / WAREHOUSE_FILE).is_file():
        subprocess.run([sys.executable, "-m", "cli"], cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    living = [council.slug for council in Lookup(settings).living()]
    seconds, busy = pack(settings)
    print(f"{settings.council}: the panel pack, from the marts: {seconds:.1f} s ({busy:.1f} s of a processor)")
    note("the panel pack, from the marts", seconds, "s", 5)
    with tempfile.TemporaryDirectory() as folder:
        alone = publish([Lookup(settings).council(settings.council).slug], Path(folder) / "alone")
        seconds, busy = alone[0]
        print(f"{settings.council}: {seconds:.1f} s ({busy:.1f} s of a processor), the renderer's start included")
        note("publication about one council", seconds, "s", 10)
        start = time.perf_counter()
        # not forked: what is drawn by a copy of a process that has drawn never ends
        with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
            jobs = [
                pool.submit(publish, living[place::PROCESSES], Path(folder) / str(place)) for place in range(PROCESSES)
            ]
            each = [one for job in jobs for one in job.result()]
        whole = time.perf_counter() - start
    slowest, busy = max(seconds for seconds, _ in each), sum(busy for _, busy in each)
    print(f"{len(living)} councils in {PROCESSES} processes: {whole:.1f} s, slowest {slowest:.1f} s")
    print(f"a council: {busy / len(living):.1f} s of a processor on average")
    note("publication about every council", whole, "s", 60)


if __name__ == "__main__":
    main()
