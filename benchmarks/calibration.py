"""Calibration of the ranking protocol on simulated worlds with known truth: writes docs/calibration.md.

    python benchmarks/calibration.py [--worlds 1000] [--output docs/calibration.md]

The grid was fixed beforehand. In each world the councils' true log-odds are normal about the pooled uphold rate of
the shipped pages with the cell's standard deviation (so the truth is not of the form the model assumes), and their
case numbers are drawn with replacement from the investigations on those pages.
"""

import argparse
import csv
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PROJECT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))

from scipy import special

from benchmarking.best_performer import best_performer
from benchmarking.groups import Groups
from benchmarking.hierarchy import Lattice, crude_link
from benchmarking.predictive import predict, surprise
from benchmarking.rankability import rankability
from benchmarking.ranking import positions, rank_posterior, simultaneous_rank_limits
from benchmarking.settings import Family, Gate, RankingSettings
from benchmarking.shrinkage import shrink

PAGES = PROJECT / "data" / "ombudsman" / "statistics_pages.csv"
SPREADS = (0.0, 0.2, 0.35, 0.6, 0.8)
COUNCILS = (10, 14, 21, 60)
CHUNK = 1_200
"""Councils simulated at once."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cell:
    """What one cell of the grid showed. Shares are 0 to 1; `slope` and its error are NaN at a spread of 0."""

    councils: int
    spread: float
    seed: int
    worlds: int
    coverage: float
    width: float
    slope: float
    slope_error: float
    bias: float
    bias_error: float
    bands_or_ranks: float
    ranks: float
    without_leave_one_out: float
    false_call: float
    best_excluded: float
    rate_coverage: float

    @property
    def misses(self) -> list[str]:
        """The targets that this cell misses."""
        if self.spread == 0:
            return ["gate"] * (self.bands_or_ranks > 0.05)
        missed = ["coverage"] * (not 0.93 <= self.coverage <= 0.995)
        missed += ["slope"] * (not 0.9 <= self.slope <= 1.1)
        return missed + ["bias"] * (abs(self.bias) > 0.02)


def shipped_counts(path: Path = PAGES) -> tuple[Floats, float]:
    """Investigations on every shipped page with an uphold rate, and the pooled rate."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(int(row["upheld"]), int(row["investigated"])) for row in csv.DictReader(file) if row["upheld"] and row["investigated"]]
    upheld, investigated = np.asarray([row for row in rows if row[1]], dtype=np.float64).T
    return investigated, float(upheld.sum() / investigated.sum())


def simulate(councils: int, spread: float, worlds: int, settings: RankingSettings, counts: Floats, rate: float) -> Cell:
    """One cell of the grid."""
    seed = 1_000 * councils + round(100 * spread)
    generator = np.random.default_rng(seed)
    per_chunk = max(1, CHUNK // councils)
    parts = [
        _worlds(generator, councils, spread, min(per_chunk, worlds - begin), f"{seed}/{begin}", settings, counts, rate)
        for begin in range(0, worlds, per_chunk)
    ]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    slope, slope_error = (np.nan, np.nan)
    if spread:
        slope, slope_error = _slope(joined["probability"], joined["is_best"], councils)
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
        bias=float(bias.mean()),
        bias_error=float(bias.std() / np.sqrt(worlds)),
        bands_or_ranks=float(joined["gate"].mean()),
        ranks=float(joined["ranks"].mean()),
        without_leave_one_out=float(joined["rho"].mean()),
        false_call=float(joined["is_called"].mean()),
        best_excluded=float(joined["best_excluded"].mean()),
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
    truth = special.expit(special.logit(rate) + spread * generator.standard_normal(total))
    cases = generator.binomial(base.astype(np.int64), truth).astype(np.float64)
    sets = np.arange(total).reshape(worlds, councils)
    types = np.repeat([f"world {world}" for world in range(worlds)], councils).astype(object)
    keys = np.asarray([f"council {one}" for one in range(total)], dtype=object)

    link, variance = crude_link(cases, base, Family.PROPORTION)
    information = (1 / variance).reshape(worlds, councils).sum(axis=1).max()
    lattice = Lattice.around(cases, base, Family.PROPORTION, settings.spread_scale, float(information**-0.5))
    log_likelihood = lattice.log_likelihood(cases, base)
    shrunken = shrink(lattice, log_likelihood, cases, base, types, keys, stream, settings)
    everyone = Groups.everyone(sets)
    posterior = rank_posterior(everyone, _positions_by_world(shrunken.draws, sets), settings)
    true_rank = (1 + truth.reshape(worlds, councils).argsort(axis=1).argsort(axis=1)).ravel()

    # The benchmark of all councils of a world, as seen by one more that has no case: nobody is left out.
    step = settings.draws // settings.benchmark_draws
    drawn = special.expit(np.vstack([shrunken.draws[:, ::step], np.zeros((1, settings.benchmark_draws), np.float32)]))
    tables = Groups.of((total, row) for row in sets)
    benchmark = best_performer(tables, drawn, np.append(base, 0.0), settings).value
    true_benchmark = np.quantile(truth.reshape(worlds, councils), settings.benchmark_quantile, axis=1)

    first = Groups.of((row[0], row) for row in sets)
    measured = rankability(first.with_subject(), link, variance, settings)
    called = surprise(predict(lattice, log_likelihood, first), first, cases, base, settings).p_value < 1 - settings.level
    could_be_best = simultaneous_rank_limits(everyone, link, variance, settings).could_be_best
    return {
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
        "best_excluded": ~could_be_best[true_rank == 1],
    }


def _positions_by_world(draws: NDArray[np.float32], sets: NDArray[np.int64]) -> NDArray[np.uint16]:
    """Positions within each world, which is all that its ranks need."""
    return np.concatenate([positions(draws[row]) for row in sets])


def _slope(probability: Floats, is_best: Floats, councils: int) -> tuple[float, float]:
    """Slope of the outcome on the stated probability (1 is calibrated) and its standard error by worlds."""
    p = probability.reshape(-1, councils)
    outcome = is_best.reshape(-1, councils).astype(np.float64)
    centred = p - p.mean()
    slope = float(np.sum(centred * outcome) / np.sum(centred**2))
    residual = outcome - outcome.mean() - slope * centred
    error = float(np.sqrt(np.sum(np.sum(centred * residual, axis=1) ** 2)) / np.sum(centred**2))
    return slope, error


def cells(worlds: int, settings: RankingSettings, path: Path = PAGES) -> Iterator[Cell]:
    """Every cell of the grid, smallest groups first."""
    counts, rate = shipped_counts(path)
    for councils in COUNCILS:
        for spread in SPREADS:
            yield simulate(councils, spread, worlds, settings, counts, rate)


def page(found: list[Cell], settings: RankingSettings, counts: Floats, rate: float) -> str:
    """The Markdown page."""
    missed = [cell for cell in found if cell.misses]
    lines = [
        "# Calibration",
        "",
        "Written by `python benchmarks/calibration.py`; change the code, not this page. The protocol is `methods.md`.",
        "",
        f"{found[0].worlds:,} worlds a cell, {settings.draws:,} draws, half-normal prior of the spread with scale "
        f"{settings.spread_scale}. Case numbers: drawn with replacement from the {len(counts)} shipped pages "
        f"(median {np.median(counts):.0f}, {counts.min():.0f} to {counts.max():.0f}). True log-odds: normal about the "
        f"pooled uphold rate, {100 * rate:.1f}%, with the standard deviation of the cell. Better is lower.",
        "",
        "Targets, fixed beforehand: for a spread above 0, 95% rank intervals cover 93 to 99.5%, P(best quarter) has "
        "slope 0.9 to 1.1, the benchmark's bias is within 0.02; at 0 the gate opens in at most 5% of worlds.",
        "",
        f"**{len(found) - len(missed)} of {len(found)} cells meet every target.**"
        + ("" if not missed else " Missed: " + "; ".join(f"{cell.councils} councils at {cell.spread}: {', '.join(cell.misses)}" for cell in missed) + "."),
        "",
        "## Ranks and benchmark",
        "",
        "| councils | logit SD | rank interval covers | its width, places | slope of P(best quarter) | benchmark bias | missed | seed |",
        "|---:|---:|---:|---:|---:|---:|---|---:|",
    ]
    for cell in found:
        slope = f"{cell.slope:.3f} ± {cell.slope_error:.3f}" if cell.spread else "–"
        coverage = f"{100 * cell.coverage:.1f}%" if cell.spread else "–"
        lines.append(
            f"| {cell.councils} | {cell.spread} | {coverage} | {cell.width:.1f} | {slope} "
            f"| {cell.bias:+.4f} ± {cell.bias_error:.4f} | {', '.join(cell.misses) or '–'} | {cell.seed} |"
        )
    lines += [
        "",
        "± is one standard error of the simulation. At a spread of 0 there are no true ranks, so nothing to cover.",
        "",
        "## Gate, verdict and sets",
        "",
        "The gate's power is reported, not aimed at. \"Called\" is the share of councils that get a verdict other than "
        "no clear difference: they belong to the population of their peers, so about 5% is right whatever the spread.",
        "",
        "| councils | logit SD | gate shows bands or ranks | shows ranks | would show without the leave-one-out rule | called at 95% | true best left out of \"could be best\" | 95% interval of the true rate covers |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {cell.councils} | {cell.spread} | {100 * cell.bands_or_ranks:.1f}% | {100 * cell.ranks:.1f}% "
        f"| {100 * cell.without_leave_one_out:.1f}% | {100 * cell.false_call:.1f}% "
        f"| {100 * cell.best_excluded:.1f}% | {100 * cell.rate_coverage:.1f}% |"
        for cell in found
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run the grid and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=1_000)
    parser.add_argument("--scale", type=float, default=RankingSettings().spread_scale, help="prior scale of the spread")
    parser.add_argument("--pages", type=Path, default=PAGES)
    parser.add_argument("--output", type=Path, default=PROJECT / "docs" / "calibration.md")
    options = parser.parse_args()
    settings = RankingSettings(spread_scale=options.scale)
    found = []
    begun = time.perf_counter()
    for cell in cells(options.worlds, settings, options.pages):
        found.append(cell)
        print(f"{time.perf_counter() - begun:6.0f} s  {cell}", file=sys.stderr, flush=True)
    options.output.write_text(page(found, settings, *shipped_counts(options.pages)), encoding="utf-8")
    if missed := sum(bool(cell.misses) for cell in found):
        print(f"{missed} of {len(found)} cells miss a target: see {options.output}", file=sys.stderr)


if __name__ == "__main__":
    main()
