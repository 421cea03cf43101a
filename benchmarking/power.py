"""Whether there are cases enough to see a change: exact, for two shares of as many cases each."""

from functools import lru_cache

import numpy as np

from benchmarking.arrays import Booleans
from benchmarking.intervals import newcombe_difference

POWER = 0.8
LEVEL = 0.95
MOST = 400
"""Cases on either side beyond which nothing is worked out: what takes more is out of one team's reach."""


@lru_cache(maxsize=64)
def _is_seen(cases: int, level: float) -> Booleans:
    """Whether each pair of counts, before by row and after by column, has an interval that leaves out no change."""
    counts = np.arange(cases + 1)
    _, lower, upper = newcombe_difference(counts[None, :], cases, counts[:, None], cases, level)
    return np.asarray((lower > 0) | (upper < 0))


def chance_of_seeing(before: float, after: float, cases: int, level: float = LEVEL) -> float:
    """The probability that a change from one true share to another is called, with as many cases on either side.

    before, after: shares from 0 to 1. Called means that Newcombe's interval of the two shares leaves out no change
    (1998), which is how `docs/methods.md` calls it; so this is the exact power of that test, by adding up the binomial
    probabilities of every pair of counts. Raises ValueError for no cases, more than `MOST`, or what is no share.
    """
    if not 1 <= cases <= MOST or not (0 <= before <= 1 and 0 <= after <= 1):
        raise ValueError(f"expected shares from 0 to 1 and 1 to {MOST} cases, not {before}, {after} and {cases}")
    # scipy.stats takes a second to import, which a refresh without cases should not wait for
    from scipy.stats import binom

    counts = np.arange(cases + 1)
    chances = binom.pmf(counts, cases, before)[:, None] * binom.pmf(counts, cases, after)
    return float(chances[_is_seen(cases, level)].sum())


def smallest_rise(before: float, cases: int, power: float = POWER, level: float = LEVEL) -> float | None:
    """The smallest rise, in whole points as a share, that would be called with this probability; None where none would.

    Raises ValueError as `chance_of_seeing` does.
    """
    for points in range(1, int(100 * (1 - before) + 1e-9) + 1):
        if chance_of_seeing(before, before + points / 100, cases, level) >= power:
            return points / 100
    return None


def cases_to_see(before: float, rise: float, power: float = POWER, level: float = LEVEL) -> int | None:
    """How many cases on either side it takes for a rise to be called with this probability; None beyond `MOST`.

    Raises ValueError as `chance_of_seeing` does.
    """
    low, high = 1, MOST
    if chance_of_seeing(before, before + rise, high, level) < power:
        return None
    while low < high:
        middle = (low + high) // 2
        if chance_of_seeing(before, before + rise, middle, level) >= power:
            high = middle
        else:
            low = middle + 1
    return low
