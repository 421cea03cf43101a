"""Whether a council differs from the average of its peers, and what a null can and cannot rule out.

The average is the peers' cases together, as they were counted. Whether the council is *unusual* among peers that
differ is another question (`predictive`): a value may differ from the average and be nothing unusual.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from benchmarking.intervals import poisson, wilson
from benchmarking.predictive import two_sided
from benchmarking.reproducible import exp, log_gamma, steady
from benchmarking.settings import Family, Polarity, RankingSettings, Result, Verdict

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Words = NDArray[np.object_]

BLOCK = 400_000
"""Probabilities computed at once: bounds memory, changes nothing."""


@dataclass(frozen=True)
class AgainstAverage:
    """One council against its peers' cases together, shape (rows,). Rates are in the unit of the family.

    difference: value less average, with its interval. p_value: two-sided mid-p, given all cases of both together.
    is_different: p below 1 - level. survives_one_case: so it is, and on the same side, with one case fewer and with one
    more. noticed_below, noticed_above: the true rates nearest to the average that would
    have been called different with the settings' power, NaN where none would.
    """

    average: Floats
    difference: Floats
    lower: Floats
    upper: Floats
    p_value: Floats
    is_different: Booleans
    survives_one_case: Booleans
    noticed_below: Floats
    noticed_above: Floats


def against_average(
    cases: Floats,
    base: Floats,
    peer_cases: Floats,
    peer_base: Floats,
    family: Family,
    settings: RankingSettings,
) -> AgainstAverage:
    """The council of each row against its peers' average. All counts: shape (rows,), the bases above 0."""
    interval = wilson if family is Family.PROPORTION else poisson
    value, average = cases / base, peer_cases / peer_base
    (own_lower, own_upper), (peer_lower, peer_upper) = (
        interval(cases, base, settings.level),
        interval(peer_cases, peer_base, settings.level),
    )
    difference = value - average

    def p_of(counts: Floats) -> Floats:
        return two_sided(_mid_tail(counts, base, peer_cases, peer_base, family))

    p_value = p_of(cases)
    is_different = _is_called(p_value, settings)
    below, above = _noticed(average, base, p_of, family, settings)
    return AgainstAverage(
        average,
        difference,
        # Newcombe's way (1998, method 10) of joining two intervals, for shares and rates alike
        difference - np.sqrt((value - own_lower) ** 2 + (peer_upper - average) ** 2),
        difference + np.sqrt((own_upper - value) ** 2 + (average - peer_lower) ** 2),
        p_value,
        is_different,
        np.all(
            [_is_called(p_of(moved), settings) == is_different for moved in _moved(cases, base, family)],
            axis=0,
        ),
        below,
        above,
    )


def _moved(cases: Floats, base: Floats, family: Family) -> tuple[Floats, Floats]:
    """The counts with one case fewer and with one more; as they are where there is none to move."""
    most = base if family is Family.PROPORTION else np.inf
    return np.maximum(cases - 1, 0), np.minimum(cases + 1, most)


def _is_called(p_value: Floats, settings: RankingSettings) -> Booleans:
    return np.asarray(p_value + settings.level < 1)


def _mid_tail(cases: Floats, base: Floats, peer_cases: Floats, peer_base: Floats, family: Family) -> Floats:
    """P(X < x) + P(X = x) / 2 given x and the peers' cases together: hypergeometric, or binomial for rates."""
    together = cases + peer_cases
    if family is Family.RATE:
        share, whole = base / (base + peer_base), together.astype(np.int64)
        below = special.bdtr(np.maximum(cases - 1, 0), whole, share) * (cases > 0)
        return steady((below + special.bdtr(cases, whole, share)) / 2)
    tail = np.empty(len(cases))
    order = np.argsort(base, kind="stable")
    width = base[order].astype(np.int64) + 1
    begin = 0
    while begin < len(order):
        # rows of like size share a table as wide as the largest of them
        end = begin + max(
            1, int(np.searchsorted(np.arange(1, len(order) - begin + 1) * width[begin:], BLOCK))
        )
        rows = order[begin:end]
        tail[rows] = _hypergeometric_mid_tail(cases[rows], base[rows], together[rows], peer_base[rows])
        begin = end
    return tail


def _hypergeometric_mid_tail(cases: Floats, base: Floats, together: Floats, peer_base: Floats) -> Floats:
    """The mid-p lower tail of each row, by adding up the probabilities of every count that is possible."""
    count = np.arange(base.max() + 1)[None, :]
    base, together, peer_base = base[:, None], together[:, None], peer_base[:, None]
    rest = together - count
    possible = (count <= base) & (rest >= 0) & (rest <= peer_base)
    log_factorial = log_gamma(np.arange(max(base.max(), peer_base.max()) + 1) + 1)
    parts = (count, base - count, rest, peer_base - rest)
    ways = sum(log_factorial[np.where(possible, part, 0).astype(np.int64)] for part in parts)
    log_mass = np.where(possible, -ways, -np.inf)
    mass = exp(log_mass - log_mass.max(axis=1, keepdims=True))
    reached = np.cumsum(mass, axis=1) / mass.sum(axis=1, keepdims=True)
    place = cases.astype(np.int64)[:, None]
    at = np.take_along_axis(reached, place, axis=1)[:, 0]
    before = np.where(
        place[:, 0] > 0, np.take_along_axis(reached, np.maximum(place - 1, 0), axis=1)[:, 0], 0.0
    )
    return np.asarray((before + at) / 2)


def _noticed(
    average: Floats, base: Floats, p_of: Callable[[Floats], Floats], family: Family, settings: RankingSettings
) -> tuple[Floats, Floats]:
    """The true rates below and above the average from which the test calls with the settings' power."""
    is_share = family is Family.PROPORTION
    middle = np.floor(average * base)
    largest = base if is_share else np.ceil(middle + 40 * np.sqrt(middle + 1) + 40)
    # the largest count below the average that is called, -1 without; the smallest above it, `largest` + 1 without
    low = _last_called(np.full(len(base), -1.0), middle, p_of, settings)
    high = _last_called(largest + 1, np.minimum(middle + 1, largest), p_of, settings)
    below, above = np.full(len(base), np.nan), np.full(len(base), np.nan)
    has_low, has_high = low >= 0, high <= largest
    power = settings.power
    if is_share:
        # P(X <= low) and P(X >= high) are the power
        below[has_low] = steady(special.bdtri(low[has_low], base[has_low].astype(np.int64), power))
        above[has_high] = steady(
            special.bdtri(high[has_high] - 1, base[has_high].astype(np.int64), 1 - power)
        )
        above[high <= 0] = np.nan
    else:
        below[has_low] = steady(special.pdtri(low[has_low].astype(np.int64), power)) / base[has_low]
        above[has_high] = (
            steady(special.pdtri(high[has_high].astype(np.int64) - 1, 1 - power)) / base[has_high]
        )
    return below, above


def _last_called(
    outside: Floats, inside: Floats, p_of: Callable[[Floats], Floats], settings: RankingSettings
) -> Floats:
    """The called count nearest to the average of each row, by halving; `outside` itself where no count is called.

    outside: one beyond the furthest possible count, taken as called. inside: a count next to the average.
    """
    called, quiet = outside.astype(np.float64).copy(), inside.astype(np.float64).copy()
    step = np.where(outside < inside, -1.0, 1.0)
    # the count next to the average may itself be called, where the average rests on very many cases
    quiet -= step * _is_called(p_of(quiet), settings)
    while True:
        is_open = np.abs(called - quiet) > 1
        if not is_open.any():
            return called
        between = np.where(is_open, np.floor((called + quiet) / 2), np.clip(quiet, 0, None))
        is_called = _is_called(p_of(between), settings)
        called = np.where(is_open & is_called, between, called)
        quiet = np.where(is_open & ~is_called, between, quiet)


def margin(average: Floats, family: Family, settings: RankingSettings) -> Floats:
    """How far from the average still counts as about the same: points of a share, a part of the average of a rate."""
    if family is Family.PROPORTION:
        return np.full(np.shape(average), settings.same_within)
    return np.asarray(settings.same_within_of_rate * average)


def results(
    found: AgainstAverage, verdict: Words, polarity: Polarity, family: Family, settings: RankingSettings
) -> Words:
    """The result of each row in the words of `Result`, shape (rows,).

    Unusual or different from the average is better or worse, unless the whole interval of the difference lies within
    the margin and nothing is unusual: that is about the same. What is neither has too few cases to say.
    """
    words = np.full(len(verdict), Result.TOO_FEW_CASES.value, dtype=object)
    if polarity is Polarity.NONE:
        words[:] = Result.NOT_COMPARABLE.value
        return words
    within = margin(found.average, family, settings)
    is_good = (found.difference < 0) == (polarity is Polarity.LOWER)
    words[found.is_different & is_good] = Result.BETTER.value
    words[found.is_different & ~is_good] = Result.WORSE.value
    words[(found.lower > -within) & (found.upper < within)] = Result.ABOUT_THE_SAME.value
    for good, kinds in (
        (Result.BETTER, (Verdict.BETTER, Verdict.MUCH_BETTER)),
        (Result.WORSE, (Verdict.WORSE, Verdict.MUCH_WORSE)),
    ):
        words[np.isin(verdict, [kind.value for kind in kinds])] = good.value
    return words


def differences(found: AgainstAverage) -> Words:
    """Which way each row differs from the average: higher or lower beyond chance, or not told apart."""
    words = np.full(len(found.difference), "not told apart", dtype=object)
    words[found.is_different & (found.difference > 0)] = "higher"
    words[found.is_different & (found.difference < 0)] = "lower"
    return words


def called(direction: Words, verdict: Words, result: Words, polarity: Polarity) -> Words:
    """What is said first of each row, whatever the direction that is good: a word of `Result`, or higher or lower."""
    if polarity is not Polarity.NONE:
        return result
    words = direction.copy()
    for side, kinds in (
        ("higher", (Verdict.HIGHER, Verdict.MUCH_HIGHER)),
        ("lower", (Verdict.LOWER, Verdict.MUCH_LOWER)),
    ):
        words[np.isin(verdict, [kind.value for kind in kinds])] = side
    return words
