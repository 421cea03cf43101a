"""How often what is said from the numbers is false, on simulated worlds with known truth.

    python -m benchmarks.sayings [--worlds 600]

Writes docs/calibration/sayings.csv. The grid was fixed beforehand: group sizes, spreads between councils
and average rates. Case numbers are drawn with replacement from the investigations on the shipped pages; true log-odds
are normal about the average rate, so the truth is not of the form that the model assumes.
"""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import special

from benchmarking.average import against_average, results
from benchmarking.best_performer import best_performer, gap_in_cases
from benchmarking.groups import Groups
from benchmarking.hierarchy import Lattice, crude_link
from benchmarking.intervals import newcombe_difference, wilson
from benchmarking.learning import teachers
from benchmarking.rankability import Counts, rankability
from benchmarking.ranking import possible_best, rank_posterior
from benchmarking.settings import Family, Polarity, RankingSettings, Result
from benchmarking.shrinkage import Shrunken, shrink
from benchmarks.calibration import RESULTS, shipped_counts, write_results

Floats = NDArray[np.float64]

COUNCILS = (10, 21, 60)
SPREADS = (0.0, 0.2, 0.35, 0.6)
RATES = (0.5, 0.827, 0.95, 0.98, 0.995)
DRAWS = 1_000
"""Posterior draws of each council: fewer than the protocol's, which is the harder test."""
TWO_WAYS = 8
"""What the seeds of the worlds of that claim end in."""
RESIDENTS = 1_000
"""Residents for each investigation: so many that their number adds next to no chance."""
CHUNK = 1_200
"""Councils simulated at once."""


@dataclass(frozen=True)
class Share:
    """How often something false was said: `false` of `said` occasions."""

    false: int
    said: int

    def __add__(self, other: "Share") -> "Share":
        return Share(self.false + other.false, self.said + other.said)

    @property
    def value(self) -> float:
        return self.false / self.said if self.said else float("nan")

    def exceeds(self, nominal: float) -> bool:
        """Whether the share lies above the nominal one by more than three standard errors of the simulation."""
        return bool(self.said and self.value > nominal + 3 * np.sqrt(nominal * (1 - nominal) / self.said))


CLAIMS = {
    "different": ("Different from the average, of a council that is at the average", 0.05),
    "same": ("About the same, of a council five points from the average", 0.05),
    "same_many": ("The same with ten times the cases", 0.05),
    "mostly_chance": ("Mostly chance, where more than half of the differences are real", 0.05),
    "spread_missed": ("The interval of the spread leaves out the true one, where it is given", 0.10),
    "best_left_out": ("The best council is left out of those that could be the best", 0.05),
    "named": ("A council is named as likely better, of those that are not", 0.10),
    "gap": ("A gap to the best, of a council at the benchmark", 0.05),
    "two_ways": ("Two denominators point different ways, of a council that differs on one alone", 0.05),
}
"""Each claim with its nominal share of false ones."""


@dataclass(frozen=True)
class Cell:
    """What one cell of the grid showed."""

    councils: int
    spread: float
    rate: float
    seed: int
    worlds: int
    withheld: float
    shares: dict[str, Share]


def simulate(
    councils: int, spread: float, rate: float, worlds: int, settings: RankingSettings, counts: Floats
) -> Cell:
    """One cell of the grid."""
    seed = int(1_000_000 * councils + 10_000 * spread + round(1_000 * rate))
    generator = np.random.default_rng(seed)
    per_chunk = max(1, CHUNK // councils)
    shares = {name: Share(0, 0) for name in CLAIMS}
    withheld = 0
    for begin in range(0, worlds, per_chunk):
        many = min(per_chunk, worlds - begin)
        found, hidden = _worlds(generator, councils, spread, rate, many, f"{seed}/{begin}", settings, counts)
        shares |= {name: shares[name] + share for name, share in found.items()}
        withheld += hidden
    # of worlds of its own, which move no other claim
    apart = np.random.default_rng([seed, TWO_WAYS])
    own = _counts(apart, (worlds, councils), spread, rate, counts)
    shares["two_ways"] = two_ways(apart, *own, settings)
    return Cell(councils, spread, rate, seed, worlds, withheld / worlds, shares)


def _worlds(
    generator: np.random.Generator,
    councils: int,
    spread: float,
    rate: float,
    worlds: int,
    stream: str,
    settings: RankingSettings,
    counts: Floats,
) -> tuple[dict[str, Share], int]:
    """The false and the said of some worlds of one cell, and in how many the spread was withheld."""
    base, truth, cases = _counts(generator, (worlds, councils), spread, rate, counts)
    found = {
        **_averages(generator, truth, base, cases, settings),
        **_against_the_best(generator, truth, base, cases, stream, settings),
    }
    groups = Groups.of((int(row[0]), row) for row in np.arange(base.size).reshape(base.shape))
    flat = Counts(cases.ravel(), base.ravel(), Family.PROPORTION)
    link, variance = crude_link(flat.cases, flat.base, Family.PROPORTION)
    measured = rankability(groups.with_subject(), link, variance, settings, flat)
    # as the rankability has it: the spread beside the median sampling variance
    middle = np.median(variance.reshape(base.shape), axis=1)
    real = spread**2 / (spread**2 + middle)
    given = measured.is_measured
    said = given & (measured.upper < settings.bands_from)
    is_missed = (measured.lower > real + 1e-9) | (measured.upper < real - 1e-9)
    found["mostly_chance"] = Share(int((said & (real > settings.bands_from)).sum()), int(worlds))
    found["spread_missed"] = Share(int((given & is_missed).sum()), int(given.sum()))
    return found, int((~given).sum())


def _counts(
    generator: np.random.Generator, shape: tuple[int, int], spread: float, rate: float, counts: Floats
) -> tuple[Floats, Floats, Floats]:
    """Bases, true rates and cases of worlds of councils."""
    base = generator.choice(counts, shape)
    truth = special.expit(special.logit(rate) + spread * generator.standard_normal(shape))
    return base, truth, generator.binomial(base.astype(np.int64), truth).astype(np.float64)


def _averages(
    generator: np.random.Generator, truth: Floats, base: Floats, cases: Floats, settings: RankingSettings
) -> dict[str, Share]:
    """The first council of each world put at its peers' average, and five points from it."""
    peers = cases[:, 1:].sum(axis=1)
    peer_base = base[:, 1:].sum(axis=1)
    average = (truth[:, 1:] * base[:, 1:]).sum(axis=1) / peer_base

    def called(own: Floats, times: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        n = times * base[:, 0]
        peer = peers if times == 1 else generator.binomial((times * peer_base).astype(int), average)
        count = generator.binomial(n.astype(np.int64), own).astype(np.float64)
        found = against_average(
            count, n, peer.astype(np.float64), times * peer_base, Family.PROPORTION, settings
        )
        no_verdict = np.full(len(count), "", dtype=object)
        result = results(found, no_verdict, Polarity.LOWER, Family.PROPORTION, settings)
        return found.is_different, result == Result.ABOUT_THE_SAME

    # towards one half, where there is room on that side whatever the average
    side = np.where(average > 0.5, -1, 1)
    edge = average + side * settings.same_within
    worlds = len(average)
    return {
        "different": Share(int(called(average, 1)[0].sum()), worlds),
        "same": Share(int(called(edge, 1)[1].sum()), worlds),
        "same_many": Share(int(called(edge, 10)[1].sum()), worlds),
    }


def _against_the_best(
    generator: np.random.Generator,
    truth: Floats,
    base: Floats,
    cases: Floats,
    stream: str,
    settings: RankingSettings,
) -> dict[str, Share]:
    """Who could be best, who is likely better, and the gap of a first council put at its peers' benchmark."""
    worlds = len(truth)
    benchmark = np.quantile(truth[:, 1:], settings.benchmark_quantile, axis=1)
    moved = cases.copy()
    moved[:, 0] = generator.binomial(base[:, 0].astype(np.int64), benchmark)
    everyone = Groups.everyone(np.arange(truth.size).reshape(truth.shape))
    first = Groups.of((int(row[0]), row) for row in np.arange(truth.size).reshape(truth.shape))
    shrunken = _drawn(cases, base, stream, settings)
    best = possible_best(everyone, shrunken.draws[:, :: settings.draws // settings.benchmark_draws], settings)
    is_best = (truth == truth.min(axis=1, keepdims=True)).ravel()
    # with no spread every council is as good as the best, so nobody can be left out
    left_out = is_best & ~best.could_be if np.ptp(truth) else np.zeros(len(is_best), dtype=bool)

    posterior = rank_posterior(everyone, shrunken.draws, settings)
    named = teachers(everyone, posterior.probability_peer_better, shrunken.mean, settings)
    flat = truth.ravel()
    is_false = flat[named.peer] >= flat[everyone.subject[named.row]]
    # the share of a council's list that is wrong, none where there is no list: its mean is the false discovery rate
    size = np.bincount(named.row, minlength=truth.size)
    wrong = np.bincount(named.row, is_false, truth.size) / np.maximum(size, 1)

    at_benchmark = _drawn(moved, base, f"{stream}/moved", settings)
    step = settings.draws // settings.benchmark_draws
    performer = best_performer(first, at_benchmark.rates(at_benchmark.draws[:, ::step]), settings)
    n, x = base[:, 0], moved[:, 0]
    lower, upper = wilson(x, n, settings.level)
    gap = gap_in_cases(performer, x / n, lower, upper, n)
    return {
        "best_left_out": Share(int(left_out.sum()), worlds),
        "named": Share(int(np.round(wrong.sum())), truth.size),
        "gap": Share(int(gap.is_clear.sum()), worlds),
    }


def two_ways(
    generator: np.random.Generator, base: Floats, truth: Floats, cases: Floats, settings: RankingSettings
) -> Share:
    """The first council of each world put at its peers' average of investigations, with half or twice their cases per
    resident; tried as `sql/marts/denominator_ledger.sql` does."""
    peers, peer_base = cases[:, 1:].sum(axis=1), base[:, 1:].sum(axis=1)
    average = (truth[:, 1:] * base[:, 1:]).sum(axis=1) / peer_base
    own = generator.binomial(base[:, 0].astype(np.int64), average)
    residents = RESIDENTS * base[:, 0] * generator.choice([0.5, 2.0], len(own))
    points = []
    for ours, theirs in ((base[:, 0], peer_base), (residents, RESIDENTS * peer_base)):
        _, lower, upper = newcombe_difference(own, ours, peers, theirs, settings.level)
        points.append((lower > 0).astype(np.int64) - (upper < 0))
    return Share(int((points[0] * points[1] < 0).sum()), len(own))


def _drawn(cases: Floats, base: Floats, stream: str, settings: RankingSettings) -> Shrunken:
    """The posterior of every council of every world, each world a type of its own."""
    x, n = cases.ravel(), base.ravel()
    _, variance = crude_link(x, n, Family.PROPORTION)
    information = (1 / variance).reshape(cases.shape).sum(axis=1).max()
    lattice = Lattice.around(x, n, Family.PROPORTION, settings.spread_scale, float(information**-0.5))
    types = np.repeat([f"world {world}" for world in range(len(cases))], cases.shape[1]).astype(object)
    keys = np.asarray([f"council {one} of {stream}" for one in range(len(x))], dtype=object)
    return shrink(lattice, lattice.log_likelihood(x, n), x, n, types, keys, stream, settings)


def cells(worlds: int, settings: RankingSettings, workers: int) -> Iterator[Cell]:
    """Every cell of the grid, the smallest groups first."""
    counts, _ = shipped_counts()
    grid = [(councils, spread, rate) for councils in COUNCILS for spread in SPREADS for rate in RATES]
    with ProcessPoolExecutor(workers) as pool:
        tasks = [pool.submit(simulate, *cell, worlds, settings, counts) for cell in grid]
        yield from (task.result() for task in tasks)


def misses(found: list[Cell]) -> list[str]:
    """Every claim of every cell that is false more often than its nominal share and three standard errors."""
    return [
        f"{CLAIMS[name][0].lower()}: {100 * share.value:.1f}% at {cell.councils} councils, logit SD {cell.spread}, "
        f"average {100 * cell.rate:g}%"
        for cell in found
        for name, share in cell.shares.items()
        if share.exceeds(CLAIMS[name][1])
    ]


def row(cell: Cell) -> dict[str, object]:
    """The cell as a row of its grid's file: the false share of each claim."""
    shares = {name: share.value for name, share in cell.shares.items()}
    about = {name: value for name, value in vars(cell).items() if name not in ("shares", "withheld")}
    return about | shares | {"withheld": cell.withheld}


def main() -> None:
    """Run the grid, write its results, and print each claim that is false too often."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=600)
    parser.add_argument("--workers", type=int, default=1, help="processes; the figures do not depend on them")
    parser.add_argument("--output", type=Path, default=RESULTS / "sayings.csv")
    options = parser.parse_args()
    found = []
    settings = RankingSettings(draws=DRAWS, benchmark_draws=DRAWS)
    for cell in cells(options.worlds, settings, options.workers):
        found.append(cell)
        print(cell, file=sys.stderr, flush=True)
    write_results(options.output, [row(cell) for cell in found])
    print(*misses(found), sep="\n")


if __name__ == "__main__":
    main()
