"""How far councils differ year after year, from several years of a share, and how long it takes to tell them apart.

The log-odds of a council's share in a year are a mean, what lasts of the council and what is of that year alone:
mu + N(0, lasting^2) + N(0, yearly^2). A share stands for its log-odds by the tangent at the pooled share, with the
binomial variance there: crude log-odds are too wide where cases are few. Priors: flat on mu, half-normal on both
spreads. Everything is a sum over a lattice of the three, so nothing is plugged in.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from benchmarking.arrays import Floats
from benchmarking.intervals import normal_quantile
from benchmarking.reproducible import exp, expit, log

LASTING = np.linspace(0.02, 1.2, 40)
YEARLY = np.linspace(0.0, 1.0, 14)
MEANS = np.linspace(-0.8, 0.8, 25)
"""Distances of mu from the pooled log-odds."""
YEARLY_SCALE = 0.3
"""Of the half-normal prior of the yearly spread, as for trends."""


@dataclass(frozen=True)
class OverYears:
    """The lattice of (lasting, yearly, mu) with its posterior weights, each of shape (nodes,)."""

    lasting: Floats
    yearly: Floats
    mean: Floats
    weight: Floats

    def probability_within(self, margin: float, share: float = 0.9) -> float:
        """That so large a share of councils lies no further than `margin` (0 to 1) from the middle one."""
        reach = normal_quantile(share) * self.lasting
        middle = expit(self.mean)
        is_within = (expit(self.mean + reach) - middle <= margin) & (middle - expit(self.mean - reach) <= margin)
        return float(self.weight[is_within].sum())

    def least_years(self, cases: int, reliability: float = 0.7, level: float = 0.95) -> float:
        """How many years of so many cases it takes at least, by this level, until their average is this reliable."""
        middle = expit(self.mean)
        error = self.yearly**2 + 1 / (cases * middle * (1 - middle))
        years = reliability / (1 - reliability) * error / self.lasting**2
        order = np.argsort(years, kind="stable")
        return float(years[order][np.searchsorted(np.cumsum(self.weight[order]), 1 - level)])


def over_years(numerator: ArrayLike, denominator: ArrayLike, council: ArrayLike, scale: float) -> OverYears:
    """The posterior from the counts of council-years.

    council: whose each is. scale: of the prior of the lasting spread.
    """
    cases, base = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    pooled = (cases.sum() + 0.5) / (base.sum() + 1)
    middle, variance = float(log(pooled / (1 - pooled))), 1 / (base * pooled * (1 - pooled))
    link = middle + (cases / base - pooled) / (pooled * (1 - pooled))
    _, which = np.unique(np.asarray(council), return_inverse=True)
    belongs = np.eye(which.max() + 1)[which].T
    mean = middle + MEANS
    log_weight = np.empty((len(LASTING), len(YEARLY), len(MEANS)))
    for place, yearly in enumerate(YEARLY):
        precision = 1 / (variance + yearly**2)
        whole, first, second = (belongs @ (precision * power) for power in (1, link, link**2))
        for at, spread in enumerate(LASTING):
            shrunk = 1 + spread**2 * whole
            quadratic = (
                (second - spread**2 * first**2 / shrunk).sum()
                - 2 * mean * (first / shrunk).sum()
                + mean**2 * (whole / shrunk).sum()
            )
            log_weight[at, place] = (log(precision).sum() - log(shrunk).sum() - quadratic) / 2
    log_weight -= (LASTING[:, None, None] / scale) ** 2 / 2 + (YEARLY[None, :, None] / YEARLY_SCALE) ** 2 / 2
    weight = exp(log_weight - log_weight.max()).ravel()
    spreads, yearlies, means = np.meshgrid(LASTING, YEARLY, mean, indexing="ij")
    return OverYears(spreads.ravel(), yearlies.ravel(), means.ravel(), weight / weight.sum())
