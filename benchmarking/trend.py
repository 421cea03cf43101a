"""Trends over years, never across a break in the series.

Every year belongs to a segment of the register of breaks; figures of two segments are not comparable. A council's
years differ by more than the chance of its cases: that year effect is learnt from all councils of its type. The
plain trend uses the latest segment alone. The break-proof trend follows a council's distance from its peers,
where a change of method that hit all alike cancels.

Reference: Fingertips technical guidance for the rule of five points at 99.8%; Agresti 2013, ch. 5 (exact
conditional test of a slope).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from benchmarking.hierarchy import crude_link
from benchmarking.intervals import newcombe_difference, normal_quantile
from benchmarking.reproducible import exp, expit, log, log_factorial, steady
from benchmarking.settings import Family, Polarity, RankingSettings, Reason, Trend

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Words = NDArray[np.object_]


class InfiniteSlopeError(ValueError):
    """The years separate into all and none, so no finite slope fits them best."""


RARE = 20
"""Cases of the rarer outcome below which the test of a slope is exact."""
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


NO_YEAR_EFFECT = YearEffect((YEAR_EFFECTS == 0).astype(np.float64))
"""For councils whose years are known to differ by chance alone."""


def year_effect(
    year: Integers, numerator: Floats, denominator: Floats, segment: Words, family: Family
) -> YearEffect:
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
    effect: YearEffect = NO_YEAR_EFFECT,
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
    if is_exact:
        # chance alone exactly, or with the year effect by approximation: whichever is the less surprising
        by_chance = exact_slope_test(time, cases, base)
        p_value = (
            by_chance if effect is NO_YEAR_EFFECT else max(by_chance, _crude_p(time, cases, base, effect))
        )
    else:
        # how far a year effect moves the slope: each year by its weight in it
        lever = base * (time - (base * time).sum() / base.sum())
        scatter = float((lever * lever).sum() / ((lever * time).sum() * (lever * time).sum()))
        errors = np.sqrt(error**2 + YEAR_EFFECTS**2 * scatter)
        p_value = _mixed_p(slope, errors, effect)
        error = float(np.sqrt(error**2 + effect.mean_square * scatter))
    direction = float(np.sign(_score(time, cases, base)))
    is_left = ~np.eye(len(time), dtype=bool)
    without = np.sign(_score(time, cases * is_left, base * is_left))
    survives = bool(direction != 0 and (without == direction).all())
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
    centred = time - time.mean()
    level = float(log((cases.sum() + 0.5) / ((base - cases).sum() + 0.5)))
    slope = 0.0
    for _ in range(50):
        share = expit(level + slope * centred)
        weight = base * share * (1 - share)
        if not weight.sum() > 1e-12:
            break
        # Newton's step for the slope, and for the level at the weighted middle of the years
        middle = (weight * centred).sum() / weight.sum()
        reach = (weight * (centred - middle) * (centred - middle)).sum()
        if not reach > 1e-12:
            break
        rest = cases - base * share
        step = float(((centred - middle) * rest).sum() / reach)
        step_up = float(rest.sum() / weight.sum() - middle * step)
        slope, level = slope + float(np.clip(step, -2, 2)), level + float(np.clip(step_up, -2, 2))
        if max(abs(step), abs(step_up)) < 1e-12:
            return slope, float(1 / np.sqrt(reach))
        if max(abs(slope), abs(level)) > 30:
            break
    raise InfiniteSlopeError("the slope is infinite: use exact_slope_test")


def _mixed_p(slope: float | Floats, errors: Floats, effect: YearEffect) -> float:
    """Two-sided p-value of a slope whose error is one for each standard deviation of a year effect."""
    tail = special.ndtr(-np.abs(slope / errors))
    return float(steady((effect.chance * 2 * tail).sum()))


def _crude_p(time: Floats, cases: Floats, base: Floats, effect: YearEffect) -> float:
    """The p-value of the slope of the log-odds, half a case added, weighted by precision."""
    y, variance = crude_link(cases, base, Family.PROPORTION)
    weight = 1 / (variance + YEAR_EFFECTS[:, None] ** 2)
    centred = time - ((weight * time).sum(axis=1) / weight.sum(axis=1))[:, None]
    reach = (weight * centred * centred).sum(axis=1)
    return _mixed_p((weight * centred * y).sum(axis=1) / reach, 1 / np.sqrt(reach), effect)


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
        few = np.arange(min(size, total) + 1)
        # log of the number of ways to choose so many of the year's cases
        choose = log_factorial(size) - log_factorial(few) - log_factorial(size - few)
        for taken, choices in enumerate(choose):
            shift = place * taken
            source = ways[: total + 1 - taken, : ways.shape[1] - shift] + choices
            target = grown[taken:, shift:]
            np.logaddexp(target, source, out=target)
        ways = grown
    chance = np.exp(ways[total] - special.logsumexp(ways[total]))
    seen = int(np.sum(offset * rare))
    return float(steady(min(1.0, 2 * min(chance[: seen + 1].sum(), chance[seen:].sum()))))


@dataclass(frozen=True)
class RelativeTrends:
    """How councils' distances from their peers have moved. Shape (rows,) unless said otherwise.

    distance: log-odds (or log rate) of the council minus that of its pooled peers. shrunken: the same, drawn
    towards 0 as far as chance may explain it; error: standard error of the distance. All three: shape (rows, years),
    NaN where either has no rate. slope, slope_error, p_value: of the distance on time; years: years used; survives,
    trend, reason: as for `AnnualTrend`. crosses_break: the years lie in more than one segment, so the trend holds only
    if the break hit all councils alike.
    """

    distance: Floats
    shrunken: Floats
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
    spread: Floats,
    segment: Words,
    family: Family,
    polarity: Polarity,
    settings: RankingSettings,
    year_variance: ArrayLike = 0.0,
) -> RelativeTrends:
    """The break-proof trend of the council of each row against the pooled counts of its peers without it.

    year, segment: shape (years,), in order of time. Counts: shape (rows, years), NaN where missing. spread: tau between
    the councils in each year, for shrinking. year_variance: mean square of the year effect of each row. The slope is
    weighted by precision, the year effect included; where years scatter more than that, its error grows with the
    scatter (Birge's ratio). Called like the annual trend.
    """
    with np.errstate(invalid="ignore"):
        good = (numerator >= 0) & (denominator > 0) & (peers_numerator >= 0) & (peers_denominator > 0)
        if family is Family.PROPORTION:
            good &= (numerator <= denominator) & (peers_numerator <= peers_denominator)
    counts = [
        np.where(good, one, np.nan) for one in (numerator, denominator, peers_numerator, peers_denominator)
    ]
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
        shrunken=distance * spread**2 / (spread**2 + error**2),
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


def _score(time: Floats, cases: Floats, base: Floats) -> Floats:
    """Score of the slope at 0, whose sign is that of the fitted slope, finite or not. Years on the last axis."""
    whole = base.sum(axis=-1)
    centred = time - ((base * time).sum(axis=-1) / whole)[..., None]
    score = (centred * cases).sum(axis=-1)
    return np.asarray(np.where(np.abs(score) > 1e-9 * whole, score, 0.0))


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
