"""False calls of changes and control charts on worlds in which nothing lasting changes.

A cell's seed is its place in the grid.
"""

from itertools import product

import numpy as np
from scipy import special

from benchmarking.settings import Family, RankingSettings, Reason
from benchmarking.spc import p_chart
from benchmarking.trend import changes, year_effect
from tests.calibration.drawn import Row, shipped_counts

YEARS = list(enumerate(product((10, 21), (5, 8), (0.0, 0.25, 0.4))))
"""Councils, years, and the standard deviation of a year effect."""
BETWEEN = 0.35
CHARTS = list(enumerate(product((1, 3, 10, 40, 10_000), (0.5, 0.8, 0.95))))
"""Cases a month, and the share in time."""
MONTHS = 24


def years(place: int, cell: tuple[int, int, float], worlds: int) -> Row:
    """One cell: the share of changes called, without and with the year effect."""
    (counts, rate), (councils, count, spread) = shipped_counts(), cell
    chance = np.random.default_rng(70_000 + place)
    time, segment = np.arange(count), np.full(count, "one", dtype=object)
    called, steps = np.zeros(2), 0
    for _ in range(worlds):
        base = np.repeat(chance.choice(counts[counts >= 5], (councils, 1)), count, axis=1)
        link = special.logit(rate) + BETWEEN * chance.standard_normal((councils, 1))
        share = special.expit(link + spread * chance.standard_normal((councils, count)))
        cases = chance.binomial(base.astype(int), share).astype(np.float64)
        effect = year_effect(time, cases, base, segment, Family.PROPORTION)
        for way, mean_square in enumerate((0.0, effect.mean_square)):
            found = changes(cases, base, segment, RankingSettings(), mean_square)
            is_there = found.reason == Reason.OK
            called[way] += ((found.lower > 0) | (found.upper < 0))[is_there].sum()
            steps += int(is_there.sum()) if way else 0
    series = worlds * councils
    by_chance_alone, changed = called / steps
    return {
        "councils": councils,
        "years": count,
        "spread": spread,
        "series": series,
        "change_by_chance_alone": by_chance_alone,
        "change": changed,
        "misses": misses(changed, series),
    }


def misses(change: float, series: int) -> str:
    """The target where it is missed: at most nominal plus two standard errors."""
    nominal = 1 - RankingSettings().level
    return "change" if change > nominal + 2 * np.sqrt(nominal * (1 - nominal) / series) else ""


def months(place: int, cell: tuple[int, float], charts: int) -> Row:
    """One cell of control charts of a steady share: the shares of months and of charts with a mark."""
    base, share = cell
    cases = np.random.default_rng(80_000 + place).binomial(base, share, (charts, MONTHS))
    marks = np.array([p_chart(row, np.full(MONTHS, base)).is_signal for row in cases])
    return {
        "base": base,
        "share": share,
        "marked": float(marks.mean()),
        "charts": float(marks.any(axis=1).mean()),
    }
