"""Speed of the ranking protocol on a synthetic full set, compared with a plain pandas and statsmodels loop.

    python -m benchmarks.ranking

317 invented councils of the real types and numbers, nine comparator groups each (eight for districts), case
numbers like the Ombudsman's. The plain loop gives the verdict of one council and group at a time
(DerSimonian-Laird prediction by statsmodels) and ranks draws of it; it runs on a sample and is scaled up.
"""

import time
import warnings

import numpy as np
import pandas as pd
from scipy import special, stats
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.proportion import proportion_confint

from benchmarking.comparison import Comparison, compare
from benchmarking.groups import Groups
from benchmarking.models import IndicatorYear
from benchmarking.settings import Family, Polarity, RankingSettings, Verdict
from benchmarks.measuring import note, peak_memory

TYPES = {"county": 21, "unitary": 62, "metropolitan": 36, "london": 33, "district": 165}
REGIONS = 9
YEARS, INDICATORS = 12, 12
SAMPLE = 200
"""Council-groups that the plain loop judges."""


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


def plain_verdict(
    counts: pd.DataFrame, subject: int, peers: np.ndarray, generator: np.random.Generator
) -> tuple[bool, tuple[float, float]]:
    """What the loop does for one council and group: whether it is called at 95%, and its rank interval."""
    table = counts.loc[np.append(peers, subject)].dropna()
    rest = table["base"] - table["cases"]
    link = np.log((table["cases"] + 0.5) / (rest + 0.5))
    variance = 1 / (table["cases"] + 0.5) + 1 / (rest + 0.5)
    others = table.index != subject
    pooled = combine_effects(link[others].to_numpy(), variance[others].to_numpy(), method_re="chi2")
    if pooled.tau2 > 0:
        mean, error, tau2 = pooled.mean_effect_re, pooled.sd_eff_w_re, pooled.tau2
    else:
        mean, error, tau2 = pooled.mean_effect_fe, pooled.sd_eff_w_fe, 0.0
    z = (link[subject] - mean) / np.sqrt(variance[subject] + tau2 + error**2)
    proportion_confint(table.loc[subject, "cases"], table.loc[subject, "base"], method="wilson")
    kept = tau2 / (tau2 + variance)
    draws = generator.normal(mean + kept * (link - mean), np.sqrt(kept * variance + 1e-9), (4_000, len(table)))
    rank = pd.DataFrame(draws, columns=table.index).rank(axis=1)[subject]
    return bool(abs(z) > stats.norm.ppf(0.975)), (float(rank.quantile(0.025)), float(rank.quantile(0.975)))


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
    latest, seconds = timed(tasks[-1])
    working = time.process_time() - before
    print(f"latest year                       {seconds:8.2f} s   (target 5; {working:.2f} s of processor time)")
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

    data = tasks[-1][0][0]
    counts = pd.DataFrame({"cases": data.numerator, "base": data.denominator})
    result = latest[0].groups
    judged = np.flatnonzero(result.reason == "")
    sample = generator.choice(judged, min(SAMPLE, len(judged)), replace=False)
    # statsmodels takes the root of a negative variance before it says that there is none.
    warnings.simplefilter("ignore", RuntimeWarning)
    begun = time.perf_counter()
    agreed = 0
    for row in sample:
        is_called, _ = plain_verdict(
            counts,
            int(groups.subject[row]),
            groups.peer[groups.start[row] : groups.start[row + 1]],
            generator,
        )
        agreed += is_called == (result.verdict[row] != Verdict.NOT_UNUSUAL)
    each = (time.perf_counter() - begun) / len(sample)
    whole = each * len(groups) * INDICATORS
    print(f"plain loop, latest year, scaled   {whole:8.0f} s   ({len(sample)} council-groups at {1000 * each:.1f} ms)")
    print(f"times as long                     {whole / seconds:8.0f}")
    note("verdicts and ranks, latest year, in a plain loop (scaled up)", whole, "s")
    print(f"same call at 95%                  {100 * agreed / len(sample):8.1f} %")


def timed(year: list[tuple[IndicatorYear, Groups, RankingSettings]]) -> tuple[list[Comparison], float]:
    """One year's comparisons and their wall time."""
    begun = time.perf_counter()
    compared = [compare(*task) for task in year]
    return compared, time.perf_counter() - begun


if __name__ == "__main__":
    main()
