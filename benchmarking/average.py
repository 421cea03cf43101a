"""Whether a council differs from the average of its peers, and what a null can and cannot rule out.

The average is the peers' cases together, as they were counted. Whether the council is *unusual* among peers that
differ is another question (`predictive`): a value may differ from the average and be nothing unusual.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from benchmarking.arrays import Booleans, Floats, Integers, Words
from benchmarking.intervals import poisson, wilson
from benchmarking.predictive import two_sided
from benchmarking.reproducible import steady
from benchmarking.settings import Family, Polarity, RankingSettings, Result, Verdict

NEGLIGIBLE = 1e-30
"""Beside the likeliest count, what is too improbable to be added."""


@dataclass(frozen=True)
class AgainstAverage:
    """One council against its peers' cases together, shape (rows,). Rates are in the unit of the family.

    difference: value less average, with its interval. p_value: two-sided mid-p, given all cases of both together.
    is_different: p below 1 - level. survives_one_case: so it is, and on the same side, with one case fewer and with one
    more. noticed_below, noticed_above: the true rates nearest to the average that would have been called different with
    the settings' power, NaN where none would.
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

    def p_of(counts: Floats, rows: Integers | slice = slice(None)) -> Floats:
        return two_sided(_mid_tail(counts, base[rows], peer_cases[rows], peer_base[rows], family))

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
    return _hypergeometric_mid_tail(cases, base, together, peer_base)


def _hypergeometric_mid_tail(cases: Floats, base: Floats, together: Floats, peer_base: Floats) -> Floats:
    """The mid-p lower tail of each row, from the likeliest count outwards: each probability is a multiple of the last.

    The work grows with the standard deviation of a count, not with the counts.
    """
    likeliest = np.floor((together + 1) * (base + 1) / (base + peer_base + 2))
    whole = np.ones_like(likeliest)
    below = (likeliest < cases) + (likeliest == cases) / 2
    for is_up in (False, True):
        rows, count, mass = np.arange(len(cases)), likeliest, np.ones_like(likeliest)
        x, own, both, rest = cases, base, together, peer_base - together
        while len(rows):
            if is_up:
                mass = mass * ((own - count) * (both - count)) / ((count + 1) * (rest + count + 1))
                count = count + 1
            else:
                mass = mass * (count * (rest + count)) / ((own - count + 1) * (both - count + 1))
                count = count - 1
            whole[rows] += mass
            below[rows] += mass * ((count < x) + (count == x) / 2)
            if not (matters := mass > NEGLIGIBLE).all():
                rows, (count, mass, x, own, both, rest) = (
                    rows[matters],
                    (column[matters] for column in (count, mass, x, own, both, rest)),
                )
    return np.asarray(below / whole)


def _noticed(
    average: Floats, base: Floats, p_of: Callable[..., Floats], family: Family, settings: RankingSettings
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
        above[has_high] = steady(special.bdtri(high[has_high] - 1, base[has_high].astype(np.int64), 1 - power))
        above[high <= 0] = np.nan
    else:
        below[has_low] = steady(special.pdtri(low[has_low].astype(np.int64), power)) / base[has_low]
        above[has_high] = steady(special.pdtri(high[has_high].astype(np.int64) - 1, 1 - power)) / base[has_high]
    return below, above


def _last_called(outside: Floats, inside: Floats, p_of: Callable[..., Floats], settings: RankingSettings) -> Floats:
    """The called count nearest to the average of each row, by halving; `outside` itself where no count is called.

    outside: one beyond the furthest possible count, taken as called. inside: a count next to the average.
    """
    called, quiet = outside.astype(np.float64).copy(), inside.astype(np.float64).copy()
    step = np.where(outside < inside, -1.0, 1.0)
    # the count next to the average may itself be called, where the average rests on very many cases
    quiet -= step * _is_called(p_of(quiet), settings)
    while len(rows := np.flatnonzero(np.abs(called - quiet) > 1)):
        between = np.floor((called[rows] + quiet[rows]) / 2)
        is_called = _is_called(p_of(between, rows), settings)
        called[rows[is_called]] = between[is_called]
        quiet[rows[~is_called]] = between[~is_called]
    return called


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
    the margin and nothing is unusual: that is about the same. Of what is neither we cannot say.
    """
    words = np.full(len(verdict), Result.CANNOT_SAY.value, dtype=object)
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
    """Which way each row differs from the average: higher or lower beyond chance, or too close to say."""
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
