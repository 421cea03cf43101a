"""Worlds of councils with known truth, their posterior, and files of results."""

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special

from benchmarking.arrays import Floats
from benchmarking.hierarchy import Lattice, crude_link
from benchmarking.settings import Family, RankingSettings
from benchmarking.shrinkage import Shrunken, shrink

PROJECT = Path(__file__).resolve().parents[2]
PAGES = PROJECT / "data" / "ombudsman" / "statistics_pages.csv"
RESULTS = PROJECT / "docs" / "calibration"
"""One file of results a grid, one row a cell; docs/calibration.md says what they show."""
CHUNK = 1_200
"""Councils simulated at once."""

Row = dict[str, Any]


@cache
def shipped_counts() -> tuple[Floats, float]:
    """Investigations on every shipped page with an uphold rate, and the pooled rate."""
    with PAGES.open(encoding="utf-8", newline="") as file:
        rows = [(int(row["upheld"] or -1), int(row["investigated"] or 0)) for row in csv.DictReader(file)]
    upheld, investigated = np.asarray([row for row in rows if min(row) >= 0 < row[1]], dtype=np.float64).T
    return investigated, float(upheld.sum() / investigated.sum())


def chunks(worlds: int, councils: int) -> list[tuple[int, int]]:
    """The first of some worlds to simulate together, and how many they are."""
    each = max(1, CHUNK // councils)
    return [(begin, min(each, worlds - begin)) for begin in range(0, worlds, each)]


def draw(
    generator: np.random.Generator, shape: tuple[int, int], rate: float, spread: Callable[[], Any]
) -> tuple[Floats, Floats, Floats]:
    """Bases, true rates and cases of worlds of councils; `spread` is asked for that of each world after the bases."""
    base = generator.choice(shipped_counts()[0], shape)
    truth = special.expit(special.logit(rate) + spread() * generator.standard_normal(shape))
    return base, truth, generator.binomial(base.astype(np.int64), truth).astype(np.float64)


def posterior(
    base: Floats,
    cases: Floats,
    stream: str,
    settings: RankingSettings,
    change: Callable[[Lattice], Lattice] = lambda lattice: lattice,
) -> tuple[Lattice, Floats, Shrunken]:
    """The lattice, the likelihoods and the posterior of every council, each world a type of its own."""
    x, n = cases.ravel(), base.ravel()
    _, variance = crude_link(x, n, Family.PROPORTION)
    information = (1 / variance).reshape(cases.shape).sum(axis=1).max()
    lattice = change(Lattice.around(x, n, Family.PROPORTION, settings.spread_scale, float(information**-0.5)))
    types = np.repeat([f"world {world}" for world in range(len(cases))], cases.shape[1]).astype(object)
    # no two worlds share a council, and with it the normals that its draws are made of
    keys = np.asarray([f"council {one} of {stream}" for one in range(len(x))], dtype=object)
    log_likelihood = lattice.log_likelihood(x, n)
    return (
        lattice,
        log_likelihood,
        shrink(lattice, log_likelihood, x, n, types, keys, stream, settings),
    )


def write_results(path: Path, rows: list[Row]) -> None:
    """Write the rows, numbers to four digits and what is not a number as nothing."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, rows[0], lineterminator="\n")
        lines.writeheader()
        lines.writerows({name: _printed(value) for name, value in row.items()} for row in rows)


def _printed(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return "" if np.isnan(value) else f"{value:.4g}"
