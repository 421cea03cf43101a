"""How often the protocol is right, on simulated worlds with known truth: writes docs/calibration/<grid>.csv.

    python -m tests.calibration ranks|years|months|sayings [--worlds N] [--workers N]

Grids and targets were fixed beforehand. Case numbers are drawn with replacement from the investigations on the shipped
pages; true log-odds are normal about an average, so the truth is not of the form that the model assumes.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.calibration import over_time, ranks, sayings
from tests.calibration.drawn import RESULTS, write_results

GRIDS = {
    "ranks": (ranks.simulate, ranks.GRID, 1_000),
    "years": (over_time.years, over_time.YEARS, 400),
    "months": (over_time.months, over_time.CHARTS, 2_000),
    "sayings": (sayings.simulate, sayings.GRID, 600),
}
"""What simulates a cell of each grid, its cells, and how many worlds each has."""


def main() -> None:
    """Run one grid and write its results."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("grid", choices=GRIDS)
    options.add_argument("--worlds", type=int)
    options.add_argument("--workers", type=int, default=1, help="processes; the figures do not depend on them")
    options.add_argument("--output", type=Path, default=RESULTS, help="the folder of the results")
    given = options.parse_args()
    simulate, grid, worlds = GRIDS[given.grid]
    rows = []
    with ProcessPoolExecutor(given.workers) as pool:
        for task in [pool.submit(simulate, *cell, given.worlds or worlds) for cell in grid]:
            rows.append(task.result())
            print(rows[-1], file=sys.stderr, flush=True)
    write_results(given.output / f"{given.grid}.csv", rows)


if __name__ == "__main__":
    main()
