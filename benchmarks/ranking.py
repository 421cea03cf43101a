"""Speed of the ranking protocol on a synthetic full set.

    python -m benchmarks.ranking

317 invented councils of the real types and numbers, nine comparator groups each (eight for districts), case
numbers like the Ombudsman's.
"""

import time

import numpy as np
from scipy import special

from benchmarking.comparison import IndicatorYear, compare
from benchmarking.groups import Groups
from benchmarking.settings import Family, Polarity, RankingSettings
from benchmarks.measuring import note, peak_memory

TYPES = {"county": 21, "unitary": 62, "metropolitan": 36, "london": 33, "district": 165}
REGIONS = 9
YEARS, INDICATORS = 12, 12


def synthetic_groups(generator: np.random.Generator) -> tuple[np.ndarray, Groups]:
    """Types of 317 invented councils, and their groups: type, region, region with other types, five sets of 20
    neighbours of their type, and for upper-tier councils ten statistical neighbours."""
    types = np.repeat(list(TYPES), list(TYPES.values())).astype(object)
    region = generator.integers(0, REGIONS, len(types))
    upper_tier = np.flatnonzero(types != "district")
    rows = []
    for council in range(len(types)):
        same = np.flatnonzero(types == types[council])
        rows += [(council, same), (council, same[region[same] == region[council]])]
        rows.append((council, np.flatnonzero(region == region[council])))
        rows += [(council, generator.choice(same, 20, replace=False)) for _ in range(5)]
        if types[council] != "district":
            rows.append((council, generator.choice(upper_tier, 10, replace=False)))
    return types, Groups.of(rows)


def synthetic_year(generator: np.random.Generator, types: np.ndarray, name: str, place: int) -> IndicatorYear:
    """One indicator-year: three proportions to one rate per population, districts with few cases."""
    councils = len(types)
    if place % 4 == 3:
        family = Family.RATE
        few, many = generator.uniform(5, 20, councils), generator.uniform(15, 150, councils)
        base = np.where(types == "district", few, many)
        usual = np.where(types == "district", 0.1, 0.5)
        cases = generator.poisson(base * usual * np.exp(generator.normal(0, 0.35, councils))).astype(float)
    else:
        family = Family.PROPORTION
        few, many = generator.integers(1, 9, councils), generator.integers(5, 90, councils)
        base = np.where(types == "district", few, many).astype(float)
        truth = special.expit(generator.normal([1.5, 3.0, 0.0][place % 4], 0.4, councils))
        cases = generator.binomial(base.astype(int), truth).astype(float)
    cases[generator.random(councils) < 0.02] = np.nan
    polarity = [Polarity.LOWER, Polarity.HIGHER][place % 2]
    keys = np.asarray([f"E{one:08}" for one in range(councils)], dtype=object)
    return IndicatorYear(name, family, polarity, keys, types, cases, base)


def main() -> None:
    """Run both and print the table."""
    generator = np.random.default_rng(20_251_122)
    types, groups = synthetic_groups(generator)
    settings = RankingSettings()
    tasks = [
        [
            (synthetic_year(generator, types, f"indicator {one} of year {year}", one), groups, settings)
            for one in range(INDICATORS)
        ]
        for year in range(YEARS)
    ]
    print(
        f"{len(types)} councils, {len(groups):,} council-groups ({len(groups.peer):,} pairs), {INDICATORS} "
        f"indicators, {settings.draws:,} draws"
    )
    before = time.process_time()
    seconds = timed(tasks[-1])
    working = time.process_time() - before
    print(
        f"latest year                       {seconds:8.2f} s   (target 5; {working:.2f} s of processor time)"
    )
    note("verdicts and ranks, latest year", seconds, "s", 5)
    begun = time.perf_counter()
    for year in tasks:
        timed(year)
    every = time.perf_counter() - begun
    print(f"{YEARS} years                          {every:8.2f} s   (target 45)")
    note(f"verdicts and ranks, {YEARS} years", every, "s", 45)
    peak = peak_memory() / 2**30
    print(f"peak memory                       {peak:8.2f} GiB (target 2)")
    note("verdicts and ranks: memory", peak, "GiB", 2)


def timed(year: list[tuple[IndicatorYear, Groups, RankingSettings]]) -> float:
    """The wall time of one year's comparisons."""
    begun = time.perf_counter()
    for task in year:
        compare(*task)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
