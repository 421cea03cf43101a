"""False calls of trends, changes and control charts on worlds in which nothing lasting changes.

Writes docs/calibration/years.csv and months.csv. Worlds and targets are fixed beforehand: a cell's seed is its place
in the grid.
"""

import argparse
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import special

from benchmarking.settings import Family, Polarity, RankingSettings, Reason, Trend
from benchmarking.spc import p_chart
from benchmarking.trend import NO_YEAR_EFFECT, annual_trend, changes, year_effect
from benchmarks.calibration import RESULTS, shipped_counts, write_results

COUNCILS, YEARS, YEAR_SPREADS = (10, 21), (5, 8), (0.0, 0.25, 0.4)
BETWEEN = 0.35
BASES, SHARES, MONTHS = (1, 3, 10, 40, 10_000), (0.5, 0.8, 0.95), 24


@dataclass(frozen=True)
class Years:
    """One cell: shares of series called a trend, and of changes called, without and with the effect."""

    councils: int
    years: int
    spread: float
    series: int
    trends: tuple[float, float]
    changes: tuple[float, float]

    @property
    def misses(self) -> list[str]:
        """The targets missed: at most nominal plus two standard errors."""
        settings = RankingSettings()
        found = []
        for name, share, nominal, tries in (
            ("trend", self.trends[1], 1 - settings.strong_level, self.series),
            ("change", self.changes[1], 1 - settings.level, self.series),
        ):
            if share > nominal + 2 * np.sqrt(nominal * (1 - nominal) / tries):
                found.append(name)
        return found


def years(worlds: int, counts: NDArray[np.float64], rate: float) -> Iterator[Years]:
    """Every cell of the grid of councils, years and year effects."""
    for place, (councils, count, spread) in enumerate(product(COUNCILS, YEARS, YEAR_SPREADS)):
        chance = np.random.default_rng(70_000 + place)
        time, segment = np.arange(count), np.full(count, "one", dtype=object)
        called, left_out, tries, steps = np.zeros(2), np.zeros(2), 0, 0
        for _ in range(worlds):
            base = np.repeat(chance.choice(counts[counts >= 5], (councils, 1)), count, axis=1)
            link = special.logit(rate) + BETWEEN * chance.standard_normal((councils, 1))
            share = special.expit(link + spread * chance.standard_normal((councils, count)))
            cases = chance.binomial(base.astype(int), share).astype(np.float64)
            effect = year_effect(time, cases, base, segment, Family.PROPORTION)
            tries += councils
            for way, used in enumerate((NO_YEAR_EFFECT, effect)):
                for council in zip(cases, base, strict=True):
                    trend = annual_trend(time, *council, segment, Polarity.LOWER, effect=used).trend
                    called[way] += trend != Trend.NO_CLEAR_CHANGE
                found = changes(cases, base, segment, RankingSettings(), used.mean_square)
                is_there = found.reason == Reason.OK
                left_out[way] += ((found.lower > 0) | (found.upper < 0))[is_there].sum()
                steps += int(is_there.sum()) if way else 0
        yield Years(
            councils,
            count,
            spread,
            tries,
            tuple(called / tries),
            tuple(left_out / steps),  # type: ignore[arg-type]
        )


@dataclass(frozen=True)
class Months:
    """One cell of control charts of a steady share: the shares of months and of charts with a mark."""

    base: int
    share: float
    marked: float
    charts: float


def months(worlds: int) -> Iterator[Months]:
    """Every cell of the grid of cases a month and shares in time."""
    for place, (base, share) in enumerate(product(BASES, SHARES)):
        cases = np.random.default_rng(80_000 + place).binomial(base, share, (worlds, MONTHS))
        marks = np.array([p_chart(row, np.full(MONTHS, base)).is_signal for row in cases])
        yield Months(base, share, float(marks.mean()), float(marks.any(axis=1).mean()))


def year_row(cell: Years) -> dict[str, object]:
    """The cell as a row of its grid's file, with the targets that it misses."""
    return {
        "councils": cell.councils,
        "years": cell.years,
        "spread": cell.spread,
        "series": cell.series,
        "trend_by_chance_alone": cell.trends[0],
        "trend": cell.trends[1],
        "change_by_chance_alone": cell.changes[0],
        "change": cell.changes[1],
        "misses": " ".join(cell.misses),
    }


def main() -> None:
    """Run both grids and write their results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=400)
    parser.add_argument("--charts", type=int, default=2_000)
    parser.add_argument("--output", type=Path, default=RESULTS, help="the folder of the results")
    options = parser.parse_args()
    found = [year_row(cell) for cell in years(options.worlds, *shipped_counts())]
    write_results(options.output / "years.csv", found)
    write_results(options.output / "months.csv", [asdict(cell) for cell in months(options.charts)])


if __name__ == "__main__":
    main()
