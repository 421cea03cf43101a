"""Many verdicts at once: which differences remain when the number tested is allowed for.

The family is the primary comparator group x the indicators with a polarity, one year. Indicators share
numerators, so they depend on each other: Benjamini-Yekutieli (2001) holds whatever the dependence,
Benjamini-Hochberg (1995) under a mild kind of it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Multiplicity:
    """Adjusted p-values of a family, shape as the p-values; NaN where there was no test.

    tested: how many p-values the family holds. hochberg, yekutieli: adjusted p-values. A difference remains
    at false discovery rate q where its adjusted p-value is at most q.
    """

    tested: int
    hochberg: Floats
    yekutieli: Floats


def adjust(p_value: ArrayLike) -> Multiplicity:
    """The family's adjusted p-values. p_value: the predictive ones, NaN where there was none. Raises outside 0 to 1."""
    given = np.asarray(p_value, dtype=np.float64)
    is_test = ~np.isnan(given)
    tests = given[is_test]
    if ((tests < 0) | (tests > 1)).any():
        raise ValueError("a p-value lies between 0 and 1")
    count = len(tests)
    order = np.argsort(tests)[::-1]
    # the factor first: it is at least 1, so that rounding never leaves an adjusted p-value below its own
    stepped = np.minimum.accumulate(tests[order] * (count / np.arange(count, 0, -1)))
    hochberg, yekutieli = np.full_like(given, np.nan), np.full_like(given, np.nan)
    places = np.flatnonzero(is_test)[order]
    # the largest of a family is adjusted by 1, which floating point may turn into a hair less
    hochberg.flat[places] = np.clip(stepped, tests[order], 1)
    yekutieli.flat[places] = np.clip(stepped * np.sum(1 / np.arange(1, count + 1)), tests[order], 1)
    return Multiplicity(count, hochberg, yekutieli)
