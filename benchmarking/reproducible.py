"""Logarithms, exponentials and matrix products that every processor rounds alike.

The libraries' own differ in the last digit with the processor, with the kernel that they pick for it, and with how
many threads share the work; a comparison of draws turns a last digit into a different probability. Here is nothing
but +, -, x, / and whole numbers, which IEEE 754 rounds in one way everywhere, one operation to a NumPy call, so that no
compiler joins two. Right to about four units of the last place.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from benchmarking.arrays import Floats

BLOCK = 8_192
"""Numbers handled at once, which stay in the processor's cache: changes nothing."""
LN2_HIGH, LN2_LOW = float.fromhex("0x1.62e42feep-1"), float.fromhex("0x1.a39ef35793c76p-33")
"""ln 2 in two parts, the first so short that its product with an exponent is exact."""
LOWEST, HIGHEST = -708.0, 709.0
"""Beyond these an exponential is 0, or the largest that can be given."""
EXPONENTIAL = [1 / factorial for factorial in (362_880.0, 40_320.0, 5_040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0)]
"""Taylor's series, the highest power first: right to 1e-17 up to ln 2 / 8."""
ARTANH = [2 / place for place in range(21, 0, -2)]
"""Series of 2 artanh(s) / s in s squared, the highest power first: right to 1e-17 up to s = 0.172."""
STIRLING = [1 / 156, -691 / 360_360, 1 / 1_188, -1 / 1_680, 1 / 1_260, -1 / 360, 1 / 12]
"""Series of the logarithm of the gamma function in 1 / x squared, the highest power first: right to 1e-15 from 8 on."""
HALF_LOG_TWO_PI = float.fromhex("0x1.d67f1c864beb5p-1")
POWERS = np.array([float(f"1e{power}") for power in range(-300, 301)])
LEFT, RIGHT, TERMS = 32, 20, 8_192
"""Bits of the first parts of a product's two sides, and how many terms its sums may have."""


def exp(x: ArrayLike) -> Floats:
    """e to the power of each number; below `LOWEST` 0."""
    return _by_blocks(_exp, x)


def log(x: ArrayLike) -> Floats:
    """The natural logarithm of each number."""
    return _by_blocks(_log, x)


def log1p(x: ArrayLike) -> Floats:
    """log(1 + x), exact where x is small. x: above -1."""
    small = np.asarray(x, dtype=np.float64)
    whole = 1 + small
    return log(whole) + (small - (whole - 1)) / whole


def expit(x: ArrayLike) -> Floats:
    """The share whose log-odds are x."""
    odds = exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1 / (1 + odds), odds / (1 + odds))


def log_expit(x: ArrayLike) -> Floats:
    """The logarithm of the share whose log-odds are x."""
    return np.minimum(x, 0.0) - log1p(exp(-np.abs(x)))


def log_gamma(x: ArrayLike) -> Floats:
    """The logarithm of the gamma function. x: above 0."""
    return _by_blocks(_log_gamma, x)


def log_factorial(whole: ArrayLike) -> Floats:
    """The logarithm of the factorial of each whole number, looked up in a table that grows with the largest."""
    places = np.asarray(whole).astype(np.int64)
    return _log_factorials(max(10, int(places.max(initial=0)).bit_length()))[places]


@cache
def _log_factorials(bits: int) -> Floats:
    """Those of all numbers of so many binary digits."""
    return log_gamma(np.arange(1.0, 2.0**bits + 1))


def product(left: Floats, right: Floats) -> Floats:
    """left @ right, to 1e-12. Rows of `left` are weights that sum to 1 at most; `right` lies between 0 and 1.

    Each side is cut into two parts of so few bits that every sum of their products is exact, in whatever order it is
    made. Raises ValueError for sums of more than `TERMS` terms.
    """
    if left.shape[1] > TERMS:
        raise ValueError(f"{left.shape[1]} terms are more than {TERMS}: a sum would not be exact")
    (left, left_rest), (right, right_rest) = _cut(left, LEFT, 53), _cut(right, RIGHT, 42)
    whole = left @ right_rest
    whole += left_rest @ right
    whole += left @ right
    return np.maximum(whole, 0.0, out=whole)


def steady(values: ArrayLike, digits: int = 9) -> Floats:
    """The numbers to so many significant digits: for a library's quantiles and tails, whose last digits differ."""
    given = np.asarray(values, dtype=np.float64)
    places = np.clip(np.searchsorted(POWERS, np.abs(given), side="right") - 1, 0, len(POWERS) - 1)
    step = POWERS[np.maximum(places - digits + 1, 0)]
    # whole steps of a power of ten: divided by its reciprocal, which is exact where the step is small
    back = POWERS[::-1][np.maximum(places - digits + 1, 0)]
    return np.where(step < 1, np.rint(given * back) / back, np.rint(given / step) * step)


def _cut(values: Floats, bits: int, all_bits: int) -> tuple[Floats, Floats]:
    """The values, 0 to 1, to so many bits after the point, and what is left of them, to `all_bits`.

    Added to a number so large that no further bits fit into it, a value is rounded to those that do.
    """
    large, less_large = (1.5 * 2.0 ** (52 - kept) for kept in (bits, all_bits))
    coarse, rest = np.empty_like(values), np.empty_like(values)
    together = max(1, BLOCK * len(values) // max(1, values.size))
    for begin in range(0, len(values), together):
        some = slice(begin, begin + together)
        np.add(values[some], large, out=coarse[some])
        coarse[some] -= large
        np.subtract(values[some], coarse[some], out=rest[some])
        rest[some] += less_large
        rest[some] -= less_large
    return coarse, rest


def _by_blocks(function: Callable[[Floats], Floats], x: ArrayLike) -> Floats:
    given = np.asarray(x, dtype=np.float64)
    flat = np.ascontiguousarray(given).reshape(-1)
    found = np.empty_like(flat)
    for begin in range(0, len(flat), BLOCK):
        found[begin : begin + BLOCK] = function(flat[begin : begin + BLOCK])
    return found.reshape(given.shape)


def _series(coefficients: list[float], x: Floats) -> Floats:
    """Horner's scheme, the highest power first."""
    found = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        found *= x
        found += coefficient
    return found


def _exp(x: Floats) -> Floats:
    within = np.minimum(np.maximum(x, LOWEST), HIGHEST)
    twos = np.rint(within * (1 / 0.6931471805599453))
    within -= twos * LN2_HIGH
    within -= twos * LN2_LOW
    within *= 0.25
    found = _series(EXPONENTIAL, within)
    found *= found
    found *= found
    with np.errstate(invalid="ignore"):  # what is no number stays none, whatever it is multiplied with
        power = twos.astype(np.int64)
    power += 1023
    power <<= 52
    found *= power.view(np.float64)
    found[x < LOWEST] = 0.0
    return found


def _log(x: Floats) -> Floats:
    bits = x.view(np.int64)
    twos = ((bits >> 52) - 1022).astype(np.float64)
    bits = bits & 0x000FFFFFFFFFFFFF
    bits |= 0x3FE0000000000000
    fraction = bits.view(np.float64)
    is_low = fraction < 0.7071067811865476
    fraction += fraction * is_low
    twos -= is_low
    s = (fraction - 1) / (fraction + 1)
    found = _series(ARTANH, s * s)
    found *= s
    found += twos * LN2_LOW
    found += twos * LN2_HIGH
    is_odd = ~((x >= np.finfo(np.float64).tiny) & (x < np.inf))
    if is_odd.any():
        # 0, infinity, numbers below 0 and none at all
        with np.errstate(invalid="ignore", divide="ignore"):
            found[is_odd] = np.log(x[is_odd])
    return found


def _log_gamma(x: Floats) -> Floats:
    small = np.flatnonzero(x < 8)
    lifted = x
    if len(small):
        lifted, raised = x.copy(), x[small]
        lifted[small] += 8
        for place in range(1, 8):
            raised = raised * (x[small] + place)
    inverse = 1 / lifted
    found = (lifted - 0.5) * _log(lifted) - lifted
    found += HALF_LOG_TWO_PI
    found += inverse * _series(STIRLING, inverse * inverse)
    if len(small):
        found[small] -= _log(raised)
    return found
