"""Many verdicts at once: which differences remain when the number tested is allowed for.

The family is the primary comparator group x the indicators with a polarity, one year. Indicators share
numerators, so they depend on each other: Benjamini-Yekutieli (2001) holds whatever the dependence.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Multiplicity:
    """Adjusted p-values, shape as the p-values; NaN where there was no test.

    tested: how many p-values the family of each holds, 0 where there was no test. yekutieli: adjusted
    p-values. A difference remains at false discovery rate q where its adjusted p-value is at most q.
    """

    tested: Integers
    yekutieli: Floats


def adjust(p_value: ArrayLike, family: ArrayLike = 0) -> Multiplicity:
    """The adjusted p-values of each family. p_value: the predictive ones, NaN where there was none.

    family: the number of each one's family; without it all are one. Raises ValueError outside 0 to 1.
    """
    given = np.asarray(p_value, dtype=np.float64)
    places = np.flatnonzero(~np.isnan(given))
    tests = given.flat[places]
    if ((tests < 0) | (tests > 1)).any():
        raise ValueError("a p-value lies between 0 and 1")
    families, which = np.unique(np.broadcast_to(family, given.shape).flat[places], return_inverse=True)
    tested = np.zeros(given.shape, dtype=np.int64)
    tested.flat[places] = size = np.bincount(which, minlength=len(families))[which]
    yekutieli = np.full_like(given, np.nan)
    order = np.lexsort((-tests, which))
    for count in np.unique(size):
        # families of one size are a table, the largest p-value first
        some = order[size[order] == count].reshape(-1, count)
        own, place = tests[some], places[some]
        stepped = np.minimum.accumulate(own * (count / np.arange(count, 0, -1)), axis=1)
        # the largest of a family is adjusted by 1, which floating point may turn into a hair less
        yekutieli.flat[place] = np.clip(stepped * np.sum(1 / np.arange(1, count + 1)), own, 1)
    return Multiplicity(tested, yekutieli)
