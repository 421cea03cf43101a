"""Between which places a council's rate may stand among others, where neither high nor low is good."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from benchmarking.reproducible import steady


def place_limits(cases: ArrayLike, exposure: ArrayLike, level: float = 0.95) -> tuple[int, int]:
    """The lowest and highest place that the first council may have, 1 being the lowest rate.

    Of the others, those whose rate is clearly lower stand before it and those whose rate is clearly higher after it.
    Two rates are compared by the exact test of one count given their sum (Przyborowski & Wilenski 1940), all at one
    level by Bonferroni, so that the true place is within the limits at least as often as `level` says.
    """
    count = np.asarray(cases, dtype=np.int64)
    base = np.asarray(exposure, dtype=np.float64)
    both, share = count[0] + count[1:], base[0] / (base[0] + base[1:])
    alpha = (1 - level) / max(len(count) - 1, 1)
    is_above = steady(special.bdtrc(count[0] - 1, both, share)) <= alpha / 2
    is_below = steady(special.bdtr(count[0], both, share)) <= alpha / 2
    return 1 + int(is_above.sum()), len(count) - int(is_below.sum())
