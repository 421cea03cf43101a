"""Calibration of the ranking protocol on simulated worlds with known truth: writes docs/calibration/ranks.csv.

    python -m benchmarks.calibration [--worlds 1000] [--output docs/calibration/ranks.csv]

The grid was fixed beforehand. In each world the councils' true log-odds are normal about the pooled uphold rate of
the shipped pages with the cell's standard deviation (so the truth is not of the form the model assumes), and their
case numbers are drawn with replacement from the investigations on those pages.
"""

import argparse
import csv
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import special

from benchmarking.best_performer import best_performer
from benchmarking.groups import Groups
from benchmarking.hierarchy import SPREADS as SPREAD_NODES
from benchmarking.hierarchy import Lattice, crude_link
from benchmarking.predictive import predict, surprise
from benchmarking.rankability import Counts, rankability
from benchmarking.ranking import rank_posterior
from benchmarking.settings import Family, Gate, RankingSettings
from benchmarking.shrinkage import shrink

PROJECT = Path(__file__).resolve().parents[1]
PAGES = PROJECT / "data" / "ombudsman" / "statistics_pages.csv"
SPREADS = (0.0, 0.2, 0.35, 0.6, 0.8)
FROM_PRIOR = -1.0
"""In place of a spread: each world draws its own from the prior, to tell a fault from a want of information."""
COUNCILS = (10, 14, 21, 60)
RESULTS = PROJECT / "docs" / "calibration"
"""One file of results a grid, one row a cell; docs/calibration.md says what they show."""
CHUNK = 1_200
"""Councils simulated at once."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cell:
    """What one cell of the grid showed. Shares are 0 to 1; the slopes and their errors are NaN at a spread of 0.

    slope_if_known: the slope that the same model would have if it knew the true spread, NaN where not run.
    """

    councils: int
    spread: float
    seed: int
    worlds: int
    coverage: float
    width: float
    slope: float
    slope_error: float
    slope_if_known: float
    bias: float
    bias_error: float
    bands_or_ranks: float
    ranks: float
    without_leave_one_out: float
    false_call: float
    rate_coverage: float

    @property
    def misses(self) -> list[str]:
        """The targets that this cell misses."""
        if self.spread == FROM_PRIOR:
            return []
        if self.spread == 0:
            return ["gate"] * (self.bands_or_ranks > 0.05)
        missed = ["coverage"] * (not 0.93 <= self.coverage <= 0.995)
        missed += ["slope"] * (not 0.9 <= self.slope <= 1.1)
        return missed + ["bias"] * (abs(self.bias) > 0.02)


def shipped_counts() -> tuple[Floats, float]:
    """Investigations on every shipped page with an uphold rate, and the pooled rate."""
    with PAGES.open(encoding="utf-8", newline="") as file:
        rows = [
            (int(row["upheld"]), int(row["investigated"]))
            for row in csv.DictReader(file)
            if row["upheld"] and row["investigated"]
        ]
    upheld, investigated = np.asarray([row for row in rows if row[1]], dtype=np.float64).T
    return investigated, float(upheld.sum() / investigated.sum())


def simulate(
    councils: int, spread: float, worlds: int, settings: RankingSettings, counts: Floats, rate: float
) -> Cell:
    """One cell of the grid."""
    seed = 1_000 * councils + (999 if spread == FROM_PRIOR else round(100 * spread))
    generator = np.random.default_rng(seed)
    per_chunk = max(1, CHUNK // councils)
    parts = [
        _worlds(
            generator,
            councils,
            spread,
            min(per_chunk, worlds - begin),
            f"{seed}/{begin}",
            settings,
            counts,
            rate,
        )
        for begin in range(0, worlds, per_chunk)
    ]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    slope, slope_error = (np.nan, np.nan)
    if spread:
        slope, slope_error = _slope(joined["probability"], joined["is_best"], councils)
    slope_if_known = np.nan
    if "probability_if_known" in joined:
        slope_if_known, _ = _slope(joined["probability_if_known"], joined["is_best"], councils)
    bias = joined["bias"]
    return Cell(
        councils=councils,
        spread=spread,
        seed=seed,
        worlds=worlds,
        coverage=float(joined["is_covered"].mean()),
        width=float(joined["width"].mean()),
        slope=slope,
        slope_error=slope_error,
        slope_if_known=slope_if_known,
        bias=float(bias.mean()),
        bias_error=float(bias.std() / np.sqrt(worlds)),
        bands_or_ranks=float(joined["gate"].mean()),
        ranks=float(joined["ranks"].mean()),
        without_leave_one_out=float(joined["rho"].mean()),
        false_call=float(joined["is_called"].mean()),
        rate_coverage=float(joined["rate_covered"].mean()),
    )


def _worlds(
    generator: np.random.Generator,
    councils: int,
    spread: float,
    worlds: int,
    stream: str,
    settings: RankingSettings,
    counts: Floats,
    rate: float,
) -> dict[str, NDArray[np.float64]]:
    """Measures of some worlds of one cell: one value a council, or one a world."""
    total = worlds * councils
    base = generator.choice(counts, total)
    of_world = np.full(worlds, spread)
    if spread == FROM_PRIOR:
        of_world = np.minimum(np.abs(generator.normal(0, settings.spread_scale, worlds)), SPREAD_NODES[-1])
    truth = special.expit(
        special.logit(rate) + np.repeat(of_world, councils) * generator.standard_normal(total)
    )
    cases = generator.binomial(base.astype(np.int64), truth).astype(np.float64)
    sets = np.arange(total).reshape(worlds, councils)
    types = np.repeat([f"world {world}" for world in range(worlds)], councils).astype(object)
    # No two worlds share a council, and with it the normals that its draws are made of.
    keys = np.asarray([f"council {one} of {stream}" for one in range(total)], dtype=object)

    link, variance = crude_link(cases, base, Family.PROPORTION)
    information = (1 / variance).reshape(worlds, councils).sum(axis=1).max()
    lattice = Lattice.around(cases, base, Family.PROPORTION, settings.spread_scale, float(information**-0.5))
    log_likelihood = lattice.log_likelihood(cases, base)
    shrunken = shrink(lattice, log_likelihood, cases, base, types, keys, stream, settings)
    everyone = Groups.everyone(sets)
    posterior = rank_posterior(everyone, shrunken.draws, settings)
    true_rank = (1 + truth.reshape(worlds, councils).argsort(axis=1).argsort(axis=1)).ravel()

    # The benchmark of all councils of a world, as seen by one more that has no case: nobody is left out.
    step = settings.draws // settings.benchmark_draws
    drawn = shrunken.rates(
        np.vstack([shrunken.draws[:, ::step], np.ones((1, settings.benchmark_draws), np.float32)])
    )
    tables = Groups.of((total, row) for row in sets)
    benchmark = best_performer(tables, drawn, settings).value
    true_benchmark = np.quantile(truth.reshape(worlds, councils), settings.benchmark_quantile, axis=1)

    first = Groups.of((row[0], row) for row in sets)
    counted = Counts(cases, base, Family.PROPORTION)
    measured = rankability(first.with_subject(), link, variance, settings, counted)
    called = (
        surprise(predict(lattice, log_likelihood, first), first, cases, base, settings).p_value
        < 1 - settings.level
    )
    found = {
        "is_covered": (posterior.lower <= true_rank) & (true_rank <= posterior.upper),
        "width": (posterior.upper - posterior.lower + 1).astype(np.float64),
        "probability": posterior.probability_best,
        "is_best": true_rank <= posterior.best_places,
        "rate_covered": (shrunken.lower <= truth) & (truth <= shrunken.upper),
        "bias": benchmark - true_benchmark,
        "gate": measured.gate != Gate.NOTHING,
        "ranks": measured.gate == Gate.RANKS,
        "rho": measured.rho >= settings.bands_from,
        "is_called": called,
    }
    if spread > 0 and councils <= 21:
        informed = replace(
            lattice, spread=np.asarray([spread]), log_prior=lattice.log_prior[: len(lattice.link)]
        )
        known = shrink(
            informed, informed.log_likelihood(cases, base), cases, base, types, keys, stream, settings
        )
        ranks = rank_posterior(everyone, known.draws, settings)
        found["probability_if_known"] = ranks.probability_best
    return found


def _slope(probability: Floats, is_best: Floats, councils: int) -> tuple[float, float]:
    """Slope of the outcome on the stated probability (1 is calibrated) and its standard error by worlds."""
    p = probability.reshape(-1, councils)
    outcome = is_best.reshape(-1, councils).astype(np.float64)
    centred = p - p.mean()
    slope = float(np.sum(centred * outcome) / np.sum(centred**2))
    residual = outcome - outcome.mean() - slope * centred
    error = float(np.sqrt(np.sum(np.sum(centred * residual, axis=1) ** 2)) / np.sum(centred**2))
    return slope, error


def cells(worlds: int, settings: RankingSettings, workers: int) -> Iterator[Cell]:
    """Every cell of the grid, smallest groups first, then those that draw their spread from the prior."""
    counts, rate = shipped_counts()
    grid = [(councils, spread) for councils in COUNCILS for spread in SPREADS]
    grid += [(councils, FROM_PRIOR) for councils in COUNCILS[:-1]]
    with ProcessPoolExecutor(workers) as pool:
        tasks = [
            pool.submit(simulate, councils, spread, worlds, settings, counts, rate)
            for councils, spread in grid
        ]
        yield from (task.result() for task in tasks)


def row(cell: Cell) -> dict[str, object]:
    """The cell as a row of its grid's file, with the targets that it misses."""
    spread = "prior" if cell.spread == FROM_PRIOR else cell.spread
    return asdict(cell) | {"spread": spread, "misses": " ".join(cell.misses)}


def write_results(path: Path, rows: list[dict[str, object]]) -> None:
    """Write the rows, numbers to four digits and what is not a number as nothing."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, rows[0], lineterminator="\n")
        lines.writeheader()
        lines.writerows({name: _printed(value) for name, value in found.items()} for found in rows)


def _printed(value: object) -> object:
    if not isinstance(value, float):
        return value
    return "" if np.isnan(value) else f"{value:.4g}"


def main() -> None:
    """Run the grid and write its results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=1, help="processes; the figures do not depend on them")
    parser.add_argument("--output", type=Path, default=RESULTS / "ranks.csv")
    options = parser.parse_args()
    found = []
    begun = time.perf_counter()
    for cell in cells(options.worlds, RankingSettings(), options.workers):
        found.append(cell)
        print(f"{time.perf_counter() - begun:6.0f} s  {cell}", file=sys.stderr, flush=True)
    write_results(options.output, [row(cell) for cell in found])
    if missed := sum(bool(cell.misses) for cell in found):
        print(f"{missed} of {len(found)} cells miss a target: see {options.output}", file=sys.stderr)


if __name__ == "__main__":
    main()
