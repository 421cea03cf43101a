"""Why a council has more or fewer upheld complaints per resident: how many complain, are investigated and are upheld.

upheld / residents = dealt with / residents x investigated / dealt with x upheld / investigated. The difference from
other councils is shared out over the three by the logarithmic mean (Ang 2004), so that the parts add up to it exactly.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarking.arrays import Floats
from benchmarking.intervals import poisson, wilson
from benchmarking.reproducible import log

PER = 100_000
PARTS = ("complaints", "investigated", "upheld")


@dataclass(frozen=True)
class Counts:
    """Residents, and complaints dealt with, investigated and upheld."""

    residents: int
    dealt_with: int
    investigated: int
    upheld: int

    @property
    def value(self) -> float:
        """Upheld per 100,000 residents."""
        return PER * self.upheld / self.residents


@dataclass(frozen=True)
class Part:
    """What one factor adds to the difference, per 100,000 residents, with its limits."""

    difference: float
    lower: float
    upper: float

    @property
    def is_clear(self) -> bool:
        """Whether it is more than chance."""
        return self.lower > 0 or self.upper < 0


def decompose(ours: Counts, others: Counts, level: float = 0.95) -> dict[str, Part] | None:
    """The parts of our difference from others by `PARTS`; None without cases, or with counts that cannot be."""
    counts = [(each.residents, each.dealt_with, each.investigated, each.upheld) for each in (ours, others)]
    if any(upheld < 1 or not upheld <= investigated <= dealt_with for _, dealt_with, investigated, upheld in counts):
        return None
    mean = _logarithmic_mean(ours.value, others.value)
    found = {}
    for place, name in enumerate(PARTS):
        limits = poisson if place == 0 else wilson
        ratio, lower, upper = _log_ratio(
            (counts[0][place + 1], counts[0][place]), (counts[1][place + 1], counts[1][place]), limits, level
        )
        found[name] = Part(mean * ratio, mean * lower, mean * upper)
    return found


def _logarithmic_mean(one: float, other: float) -> float:
    return one if one == other else (one - other) / float(log(one) - log(other))


def _log_ratio(
    ours: tuple[int, int],
    others: tuple[int, int],
    limits: Callable[[int, int, float], tuple[Floats, Floats]],
    level: float,
) -> tuple[float, float, float]:
    """The logarithm of a ratio of two rates with its limits, from those of each (Donner & Zou 2012)."""
    (value, low, high), (other, other_low, other_high) = (
        (float(log(count / base)), *(float(log(limit)) for limit in limits(count, base, level)))
        for count, base in (ours, others)
    )
    ratio = value - other
    return (
        ratio,
        ratio - float(np.hypot(value - low, other_high - other)),
        ratio + float(np.hypot(high - value, other - other_low)),
    )
