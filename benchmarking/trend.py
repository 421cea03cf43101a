"""Trends over years, never across a break in the series.

Every year belongs to a segment of the register of breaks; figures of two segments are not comparable. A council's
years differ by more than the chance of its cases: that year effect is learnt from all councils of its type. The
trend follows a council's distance from its peers, where a change of method that hit all alike cancels.

Reference: Fingertips technical guidance for the rule of five points at 99.8%.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from benchmarking.arrays import Booleans, Floats, Integers, Words
from benchmarking.hierarchy import crude_link
from benchmarking.intervals import newcombe_difference, normal_quantile
from benchmarking.reproducible import exp, log, steady
from benchmarking.settings import Family, Polarity, RankingSettings, Reason, Trend

YEAR_EFFECTS = np.linspace(0, 1, 41)
"""Nodes of the standard deviation of a year effect, on the log-odds or log scale."""
YEAR_SCALE = 0.3
"""Scale of its half-normal prior: a median of 0.2."""
YEARS_FOR_A_LINE = 4
"""Years from which on a council's years are measured from their own line, and before from their mean."""


@dataclass(frozen=True)
class YearEffect:
    """How much councils of a type differ from year to year beyond the chance of their cases.

    chance: posterior probability of each standard deviation of `YEAR_EFFECTS`. years: degrees of freedom behind it.
    """

    chance: Floats
    years: int = 0

    @property
    def mean_square(self) -> float:
        """Posterior mean of its variance."""
        return float((self.chance * YEAR_EFFECTS**2).sum())


def year_effect(year: Integers, numerator: Floats, denominator: Floats, segment: Words, family: Family) -> YearEffect:
    """The year effect of the councils of one type. numerator, denominator: shape (councils, years), NaN where missing.

    From Pearson's chi-squared of each council's stretches between breaks, about its mean or its line: divided by 1 +
    the year effect's share of it, it follows chi-squared with the years' degrees of freedom. A stretch of all or none
    says nothing.
    """
    q, reach, freedom = 0.0, 0.0, 0
    for name in dict.fromkeys(segment):
        for cases, base in zip(numerator[:, segment == name], denominator[:, segment == name], strict=True):
            with np.errstate(invalid="ignore"):
                good = (cases >= 0) & (base > 0) & ((cases <= base) | (family is Family.RATE))
            pooled = cases[good].sum() / base[good].sum() if good.any() else 0.0
            slack = pooled * (1 - pooled) if family is Family.PROPORTION else pooled
            if good.sum() < 2 or not slack > 0:
                continue
            # on the log-odds or log scale, by the pooled share, so that few cases do not look quieter than they are
            y, weight = (cases[good] / base[good] - pooled) / slack, base[good] * slack
            design = [np.ones(len(y))]
            if len(y) >= YEARS_FOR_A_LINE:
                time = year[segment == name][good].astype(np.float64)
                design.append(time - (weight * time).sum() / weight.sum())
            # the columns are orthogonal under the weights, so each is taken out by itself
            for column in design:
                norm = (weight * column * column).sum()
                y = y - column * (weight * column * y).sum() / norm
                reach -= float((weight * weight * column * column).sum() / norm)
            q += float((weight * y * y).sum())
            reach += float(weight.sum())
            freedom += len(y) - len(design)
    log_chance = -(YEAR_EFFECTS**2) / (2 * YEAR_SCALE**2)
    if freedom:
        wider = 1 + YEAR_EFFECTS**2 * reach / freedom
        log_chance = log_chance - freedom / 2 * log(wider) - q / (2 * wider)
    chance = exp(log_chance - log_chance.max())
    return YearEffect(chance / chance.sum(), freedom)


@dataclass(frozen=True)
class RelativeTrends:
    """How councils' distances from their peers have moved. Shape (rows,) unless said otherwise.

    distance: log-odds (or log rate) of the council minus that of its pooled peers. error: its standard error. Both:
    shape (rows, years), NaN where either has no rate. slope, slope_error, p_value: of the distance on time. years:
    years used. survives: the direction stays whichever year is left out. trend: a word of `Trend`; reason: why there
    is none, a word of `Reason`. crosses_break: the years lie in more than one segment, so the trend holds only if the
    break hit all councils alike.
    """

    distance: Floats
    error: Floats
    years: Integers
    crosses_break: Booleans
    slope: Floats
    slope_error: Floats
    p_value: Floats
    survives: Booleans
    trend: Words
    reason: Words


def relative_trends(
    year: Integers,
    numerator: Floats,
    denominator: Floats,
    peers_numerator: Floats,
    peers_denominator: Floats,
    segment: Words,
    family: Family,
    polarity: Polarity,
    settings: RankingSettings,
    year_variance: ArrayLike = 0.0,
) -> RelativeTrends:
    """The break-proof trend of the council of each row against the pooled counts of its peers without it.

    year, segment: shape (years,), in order of time. Counts: shape (rows, years), NaN where missing. year_variance: mean
    square of the year effect of each row. The slope is weighted by precision, the year effect included; where years
    scatter more than that, its error grows with the scatter (Birge's ratio). Called at the strong level, and only if it
    survives leaving out each year.
    """
    with np.errstate(invalid="ignore"):
        good = (numerator >= 0) & (denominator > 0) & (peers_numerator >= 0) & (peers_denominator > 0)
        if family is Family.PROPORTION:
            good &= (numerator <= denominator) & (peers_numerator <= peers_denominator)
    counts = [np.where(good, one, np.nan) for one in (numerator, denominator, peers_numerator, peers_denominator)]
    own, own_variance = crude_link(counts[0], counts[1], family)
    other, other_variance = crude_link(counts[2], counts[3], family)
    distance, error = own - other, np.sqrt(own_variance + other_variance)
    weight = 1 / (error * error + np.reshape(year_variance, (-1, 1)))
    slope, slope_error = np.full(len(good), np.nan), np.full(len(good), np.nan)
    survives = np.zeros(len(good), dtype=bool)
    is_long = good.sum(axis=1) >= settings.minimum_years
    # rows with figures of the same years are a table
    for held in np.unique(good[is_long], axis=0):
        some = np.ix_(is_long & (good == held).all(axis=1), held)
        time, y, own_weight = year[held].astype(np.float64), distance[some], weight[some]
        rows = some[0].ravel()
        slope[rows], reach, centred = _slopes(time, y, own_weight)
        middle = (own_weight * y).sum(axis=1) / own_weight.sum(axis=1)
        residual = y - middle[:, None] - slope[rows, None] * centred
        scatter = (own_weight * residual**2).sum(axis=1) / max(len(time) - 2, 1)
        slope_error[rows] = np.sqrt(np.maximum(1.0, scatter) / reach)
        without, _, _ = _slopes(time, y[:, None], own_weight[:, None] * ~np.eye(len(time), dtype=bool))
        survives[rows] = (np.sign(without) == np.sign(slope[rows, None])).all(axis=1)
    p_value = steady(2 * special.ndtr(-np.abs(slope / slope_error)))
    trend = np.full(len(good), Trend.NONE.value, dtype=object)
    trend[is_long] = Trend.NO_CLEAR_CHANGE.value
    is_called = survives & (p_value + settings.strong_level < 1)
    trend[is_called] = [_word(direction, polarity) for direction in slope[is_called]]
    return RelativeTrends(
        distance=distance,
        error=error,
        years=good.sum(axis=1),
        crosses_break=np.array([len(set(segment[held])) > 1 for held in good], dtype=bool),
        slope=slope,
        slope_error=slope_error,
        p_value=p_value,
        survives=survives,
        trend=trend,
        reason=np.where(is_long, Reason.OK.value, Reason.TOO_FEW_YEARS.value).astype(object),
    )


@dataclass(frozen=True)
class Change:
    """Change of a proportion from the year before, shape as the counts, NaN with a reason where there is none."""

    reason: Words
    difference: Floats
    lower: Floats
    upper: Floats


def changes(
    numerator: Floats,
    denominator: Floats,
    segment: Words,
    settings: RankingSettings,
    year_variance: ArrayLike = 0.0,
) -> Change:
    """Change from each year to the next. Counts: shape (councils, years), in order of time.

    The interval is Newcombe's, widened by what a year effect of its mean square, one for each council, adds on either
    side. The first year has nothing before it ("not enough comparable years"); a year across a break says so.
    """
    difference, lower, upper = newcombe_difference(
        numerator[:, 1:], denominator[:, 1:], numerator[:, :-1], denominator[:, :-1], settings.level
    )
    # a year effect moves a share by it times share x (1 - share), half a case added so that none is without
    share = (numerator + 0.5) / (denominator + 1)
    moved = np.reshape(year_variance, (-1, 1)) * share * share * (1 - share) * (1 - share)
    z = normal_quantile(settings.level)
    added = z * z * (moved[:, 1:] + moved[:, :-1])
    lower = difference - np.sqrt((difference - lower) * (difference - lower) + added)
    upper = difference + np.sqrt((upper - difference) * (upper - difference) + added)
    is_break = segment[1:] != segment[:-1]
    reason = np.full(numerator.shape, Reason.OK.value, dtype=object)
    reason[:, 1:][np.isnan(difference)] = Reason.MISSING.value
    reason[:, 1:][:, is_break] = Reason.BREAK_IN_SERIES.value
    reason[:, :1] = Reason.TOO_FEW_YEARS.value
    found = np.full((3, *numerator.shape), np.nan)
    found[:, :, 1:] = np.where(is_break, np.nan, [difference, lower, upper])
    return Change(reason, *found)


def _slopes(time: Floats, y: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Slope of y on time by each row of weights, the precision that it rests on, and time about its weighted mean."""
    centred = time - ((weight * time).sum(axis=-1) / weight.sum(axis=-1))[..., None]
    reach = (weight * centred**2).sum(axis=-1)
    return (weight * centred * y).sum(axis=-1) / reach, reach, centred


def _word(direction: float, polarity: Polarity) -> str:
    """The trend's word for a rise (1) or fall (-1) of the value."""
    rise, fall = {
        Polarity.LOWER: (Trend.WORSENING, Trend.IMPROVING),
        Polarity.HIGHER: (Trend.IMPROVING, Trend.WORSENING),
        Polarity.NONE: (Trend.RISING, Trend.FALLING),
    }[polarity]
    return (rise if direction > 0 else fall).value
