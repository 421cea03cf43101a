"""Quantiles of counted values, of many groups at once: a million cases cost no more than their distinct values."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarking.arrays import Floats

Integers = NDArray[np.integer[Any]]
BITS = 62  # of a signed whole number of 64 bits, one to spare


def counted_quantiles(
    groups: Integers, values: Integers, counts: Integers, shares: Sequence[Fraction]
) -> tuple[Integers, Integers, Floats]:
    """Each group once, in order; how many it counts; and its quantiles, one row a group and one column a share.

    Row for row, `values` occurs `counts` times in each of the groups in the row of `groups` (rows by groups), of which
    those below 0 are none; no value is below 0, and every count is above 0. A quantile between two values is
    interpolated, as a median usually is. Raises ValueError where the numbers are too large to be sorted as one.
    """
    is_in = groups >= 0
    if not is_in.any():
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, len(shares)))
    value_bits, count_bits = (int(numbers.max()).bit_length() for numbers in (values, counts))
    if int(groups.max()).bit_length() + value_bits + count_bits > BITS:
        raise ValueError("the groups, values and counts are too large to be sorted as one number")
    # one number sorts several times as fast as three
    counted = (values.astype(np.int64) << count_bits) | counts.astype(np.int64)
    packed = groups.astype(np.int64) << (value_bits + count_bits)
    packed |= counted[:, None]
    packed = packed[is_in]
    packed.sort()
    until = np.cumsum(packed & ((1 << count_bits) - 1))
    packed >>= count_bits
    values = packed & ((1 << value_bits) - 1)
    packed >>= value_bits
    ends = np.append(np.flatnonzero(packed[1:] != packed[:-1]), len(packed) - 1)
    totals = np.diff(until[ends], prepend=0)
    before = until[ends] - totals
    found = np.empty((len(ends), len(shares)))
    for column, share in enumerate(shares):
        # whole numbers as long as possible: nine tenths of the way from 2 to 3 is 2.9, not a hair beside it
        place, beyond = np.divmod((totals - 1) * share.numerator, share.denominator)
        place += before
        at = np.searchsorted(until, place, side="right")
        # the next one is another value only where this one ends; with nothing beyond there may be no next
        at_next = np.where((beyond > 0) & (place + 1 >= until[at]), at + 1, at)
        low, high = values[at], values[at_next]
        found[:, column] = (low * share.denominator + (high - low) * beyond) / share.denominator
    return packed[ends], totals, found
