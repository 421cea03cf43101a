"""Trends over years, never across a break in the series.

Every year belongs to a segment of the register of breaks; figures of two segments are not comparable. The
plain trend uses the latest segment alone. The break-proof trend follows a council's distance from its peers,
where a change of method that hit all alike cancels.

Reference: Fingertips technical guidance for the rule of five points at 99.8%; Agresti 2013, ch. 5 (exact
conditional test of a slope).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from benchmarking.hierarchy import crude_link
from benchmarking.intervals import newcombe_difference
from benchmarking.settings import Family, Polarity, RankingSettings, Reason, Trend

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Words = NDArray[np.object_]


class InfiniteSlopeError(ValueError):
    """The years separate into all and none, so no finite slope fits them best."""


RARE = 20
"""Cases of the rarer outcome below which the test of a slope is exact."""


@dataclass(frozen=True)
class AnnualTrend:
    """The trend of one council's proportion over its latest comparable years.

    reason: why there is none, a word of `Reason`. years: comparable years used. slope, error: change of the
    log-odds per year and its standard error, NaN where the exact test ran. p_value: two-sided. is_exact.
    survives: the direction stays whichever year is left out. trend: a word of `Trend`.
    """

    reason: str
    years: int
    slope: float = np.nan
    error: float = np.nan
    p_value: float = np.nan
    is_exact: bool = False
    survives: bool = False
    trend: str = Trend.NONE


def annual_trend(
    year: Integers,
    numerator: Floats,
    denominator: Floats,
    segment: Words,
    polarity: Polarity,
    settings: RankingSettings | None = None,
) -> AnnualTrend:
    """The trend of a proportion. All arrays: shape (years,), in any order; NaN where missing.

    segment: name of the stretch between breaks that each year lies in. Years without a rate are left out, as
    are those of other segments than the latest year's. Called at the strong level, and only if it survives
    leaving out each year.
    """
    settings = settings or RankingSettings()
    with np.errstate(invalid="ignore"):
        good = (numerator >= 0) & (numerator <= denominator) & (denominator > 0)
    if not good.any():
        return AnnualTrend(Reason.TOO_FEW_YEARS, 0)
    newest = segment[good][np.argmax(year[good])]
    used = good & (segment == newest)
    if used.sum() < settings.minimum_years:
        enough_but_for_breaks = good.sum() >= settings.minimum_years
        return AnnualTrend(
            Reason.BREAK_IN_SERIES if enough_but_for_breaks else Reason.TOO_FEW_YEARS, int(used.sum())
        )
    time, cases, base = (column[used].astype(np.float64) for column in (year, numerator, denominator))
    is_exact = min(cases.sum(), (base - cases).sum()) < RARE
    slope, error = np.nan, np.nan
    if not is_exact:
        try:
            slope, error = logit_slope(time, cases, base, segment[used])
        except InfiniteSlopeError:
            is_exact = True
    p_value = (
        exact_slope_test(time, cases, base) if is_exact else float(2 * special.ndtr(-abs(slope / error)))
    )
    direction = np.sign(_score(time, cases, base))
    without = [
        np.sign(_score(*(np.delete(column, left_out) for column in (time, cases, base))))
        for left_out in range(len(time))
    ]
    survives = bool(direction != 0 and all(sign == direction for sign in without))
    is_called = survives and p_value + settings.strong_level < 1
    trend = _word(direction, polarity) if is_called else Trend.NO_CLEAR_CHANGE.value
    return AnnualTrend(Reason.OK, len(time), slope, error, p_value, bool(is_exact), survives, trend)


def logit_slope(time: Floats, cases: Floats, base: Floats, segment: Words) -> tuple[float, float]:
    """Maximum-likelihood slope of the log-odds on time and its standard error (binomial regression).

    All arrays: shape (years,). Raises ValueError for years of more than one segment, and InfiniteSlopeError
    where the years separate into all and none.
    """
    if len(set(segment)) != 1:
        raise ValueError("a slope may not bridge a break in the series")
    design = np.stack([np.ones_like(time), time - time.mean()], axis=1)
    overall = (cases.sum() + 0.5) / (base.sum() + 1)
    estimate = np.array([special.logit(overall), 0.0])
    for _ in range(50):
        share = special.expit(design @ estimate)
        information = (design * (base * share * (1 - share))[:, None]).T @ design
        if not np.linalg.cond(information) < 1e12:
            break
        step = np.linalg.solve(information, design.T @ (cases - base * share))
        estimate += np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-12:
            return float(estimate[1]), float(np.sqrt(np.linalg.inv(information)[1, 1]))
        if np.abs(estimate).max() > 30:
            break
    raise InfiniteSlopeError("the slope is infinite: use exact_slope_test")


def exact_slope_test(time: Floats, cases: Floats, base: Floats) -> float:
    """Two-sided exact p-value of no slope, given each year's base and the total number of cases.

    Twice the smaller tail of the sum of time over the rarer outcome, at most 1; so 1 where every case went
    one way. time: whole years. All arrays: shape (years,).
    """
    rare = cases if cases.sum() <= (base - cases).sum() else base - cases
    total = int(rare.sum())
    if total == 0:
        return 1.0
    offset = (time - time.min()).astype(np.int64)
    # ways[f, s]: log of the number of ways to place f rare cases in the years so far with a sum of years s.
    ways = np.full((total + 1, total * int(offset.max()) + 1), -np.inf)
    ways[0, 0] = 0.0
    for place, size in zip(offset, base.astype(np.int64), strict=True):
        grown = np.full_like(ways, -np.inf)
        for taken in range(min(size, total) + 1):
            choices = (
                special.gammaln(size + 1) - special.gammaln(taken + 1) - special.gammaln(size - taken + 1)
            )
            shift = place * taken
            source = ways[: total + 1 - taken, : ways.shape[1] - shift] + choices
            target = grown[taken:, shift:]
            np.logaddexp(target, source, out=target)
        ways = grown
    chance = np.exp(ways[total] - special.logsumexp(ways[total]))
    seen = int(np.sum(offset * rare))
    return float(min(1.0, 2 * min(chance[: seen + 1].sum(), chance[seen:].sum())))


@dataclass(frozen=True)
class RelativeTrend:
    """How a council's distance from its peers has moved. Arrays: shape (years,), NaN where either has no rate.

    distance: log-odds (or log rate) of the council minus that of its pooled peers. shrunken: the same, drawn
    towards 0 as far as chance may explain it; error: standard error of the distance. slope, slope_error,
    p_value: of the distance on time; years: years used; survives, trend: as for `AnnualTrend`. crosses_break:
    the years lie in more than one segment, so the trend holds only if the break hit all councils alike.
    last_change, last_change_error: between the last two years with a distance.
    """

    reason: str
    distance: Floats
    shrunken: Floats
    error: Floats
    years: int
    crosses_break: bool
    slope: float = np.nan
    slope_error: float = np.nan
    p_value: float = np.nan
    survives: bool = False
    trend: str = Trend.NONE
    last_change: float = np.nan
    last_change_error: float = np.nan


def relative_trend(
    year: Integers,
    numerator: Floats,
    denominator: Floats,
    peers_numerator: Floats,
    peers_denominator: Floats,
    spread: Floats,
    segment: Words,
    family: Family,
    polarity: Polarity,
    settings: RankingSettings | None = None,
) -> RelativeTrend:
    """The break-proof trend of one council against the pooled counts of its peers without it.

    All arrays: shape (years,), NaN where missing. spread: tau between the councils in each year, for
    shrinking. The slope is weighted by precision; where years scatter more than chance allows, its error
    grows with the scatter (Birge's ratio). Called like the annual trend.
    """
    settings = settings or RankingSettings()
    with np.errstate(invalid="ignore"):
        good = (numerator >= 0) & (denominator > 0) & (peers_numerator >= 0) & (peers_denominator > 0)
        if family is Family.PROPORTION:
            good &= (numerator <= denominator) & (peers_numerator <= peers_denominator)
    distance, error, shrunken = (np.full(len(year), np.nan) for _ in range(3))
    own, own_variance = crude_link(numerator[good], denominator[good], family)
    other, other_variance = crude_link(peers_numerator[good], peers_denominator[good], family)
    distance[good] = own - other
    error[good] = np.sqrt(own_variance + other_variance)
    shrunken[good] = distance[good] * spread[good] ** 2 / (spread[good] ** 2 + error[good] ** 2)
    order = np.flatnonzero(good)[np.argsort(year[good])]
    time, y, weight = year[order].astype(np.float64), distance[order], error[order] ** -2
    last_change, last_change_error = _last_change(y, error[order])
    found = RelativeTrend(
        reason=Reason.OK,
        distance=distance,
        shrunken=shrunken,
        error=error,
        years=len(time),
        crosses_break=len(set(segment[good])) > 1,
        last_change=last_change,
        last_change_error=last_change_error,
    )
    if len(time) < settings.minimum_years:
        return replace(found, reason=Reason.TOO_FEW_YEARS)
    slope, slope_error = _weighted_slope(time, y, weight)
    p_value = float(2 * special.ndtr(-abs(slope / slope_error)))
    without = [
        np.sign(_weighted_slope(*(np.delete(column, left_out) for column in (time, y, weight)))[0])
        for left_out in range(len(time))
    ]
    survives = all(sign == np.sign(slope) for sign in without)
    is_called = survives and p_value + settings.strong_level < 1
    trend = _word(np.sign(slope), polarity) if is_called else Trend.NO_CLEAR_CHANGE.value
    return replace(
        found, slope=slope, slope_error=slope_error, p_value=p_value, survives=survives, trend=trend
    )


@dataclass(frozen=True)
class Change:
    """Change of a proportion from the year before, shape (years,), NaN with a reason where there is none."""

    reason: Words
    difference: Floats
    lower: Floats
    upper: Floats


def changes(
    numerator: Floats, denominator: Floats, segment: Words, settings: RankingSettings | None = None
) -> Change:
    """Change from each year to the next with Newcombe's interval. Arrays: shape (years,), in order of time.

    The first year has nothing before it ("not enough comparable years"); a year across a break says so.
    """
    level = (settings or RankingSettings()).level
    difference, lower, upper = (
        np.concatenate([[np.nan], column])
        for column in newcombe_difference(
            numerator[1:], denominator[1:], numerator[:-1], denominator[:-1], level
        )
    )
    reason = np.full(len(numerator), Reason.OK.value, dtype=object)
    reason[np.isnan(difference)] = Reason.MISSING.value
    is_break = np.concatenate([[False], segment[1:] != segment[:-1]])
    reason[is_break] = Reason.BREAK_IN_SERIES.value
    reason[:1] = Reason.TOO_FEW_YEARS.value
    for column in (difference, lower, upper):
        column[is_break] = np.nan
    return Change(reason, difference, lower, upper)


def _score(time: Floats, cases: Floats, base: Floats) -> float:
    """Score of the slope at 0, whose sign is that of the fitted slope, finite or not."""
    centred = time - np.sum(base * time) / base.sum()
    score = np.sum(centred * cases)
    return float(score) if abs(score) > 1e-9 * base.sum() else 0.0


def _weighted_slope(time: Floats, y: Floats, weight: Floats) -> tuple[float, float]:
    """Slope of y on time weighted by precision, and its error, not below what the scatter shows."""
    centred = time - np.sum(weight * time) / weight.sum()
    spread = np.sum(weight * centred**2)
    slope = np.sum(weight * centred * y) / spread
    residual = y - np.sum(weight * y) / weight.sum() - slope * centred
    birge = max(1.0, np.sum(weight * residual**2) / (len(time) - 2)) if len(time) > 2 else 1.0
    return float(slope), float(np.sqrt(birge / spread))


def _last_change(distance: Floats, error: Floats) -> tuple[float, float]:
    """Change between the last two distances and its standard error, NaN with fewer than two."""
    if len(distance) < 2:
        return np.nan, np.nan
    return float(distance[-1] - distance[-2]), float(np.hypot(error[-1], error[-2]))


def _word(direction: float, polarity: Polarity) -> str:
    """The trend's word for a rise (1) or fall (-1) of the value."""
    rise, fall = {
        Polarity.LOWER: (Trend.WORSENING, Trend.IMPROVING),
        Polarity.HIGHER: (Trend.IMPROVING, Trend.WORSENING),
        Polarity.NONE: (Trend.RISING, Trend.FALLING),
    }[polarity]
    return (rise if direction > 0 else fall).value
