"""Half-up rounding, as the Ombudsman prints: 33 of 40 is 83, where Python's own `round` gives 82."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import ArrayLike, NDArray


def half_up(value: Decimal | int | str, places: int = 0) -> Decimal:
    """An exact decimal rounded half up (half away from zero), to `places` decimals.

    A float is refused: 0.285 is not the number it looks like.
    """
    if isinstance(value, float):
        raise TypeError("half_up takes exact numbers; give counts to `percentage` or a Decimal")
    return Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def scaled_share(numerator: ArrayLike, denominator: ArrayLike, scale: int) -> NDArray[np.int64]:
    """`scale` x numerator / denominator rounded half up, by whole-number arithmetic. Shape: broadcast.

    Raises ValueError for a negative count or a denominator of zero, which have no share.
    """
    top = np.asarray(numerator, dtype=np.int64)
    base = np.asarray(denominator, dtype=np.int64)
    if (top < 0).any() or (base <= 0).any():
        raise ValueError("a share needs a numerator of 0 or more and a denominator above 0")
    return np.asarray((2 * scale * top + base) // (2 * base))


def percentage(numerator: ArrayLike, denominator: ArrayLike) -> NDArray[np.int64]:
    """Whole per cent, rounded half up. Shape: broadcast of both. Raises as `scaled_share`."""
    return scaled_share(numerator, denominator, 100)


def per_100k_tenths(numerator: ArrayLike, population: ArrayLike) -> NDArray[np.int64]:
    """Cases per 100,000 residents in tenths (4.2 is 42), rounded half up. Shape: broadcast. Raises as
    `scaled_share`.
    """
    return scaled_share(numerator, population, 1_000_000)
