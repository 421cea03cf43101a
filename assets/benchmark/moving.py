"""What several years say: changes, distances from the peers and their trends."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assets.benchmark.comparing import Part
from assets.benchmark.tables import Booleans, Compared, Floats, Integers, World, Year
from benchmarking.arrays import Words
from benchmarking.settings import Family, Polarity, RankingSettings, Reason
from benchmarking.trend import YearEffect, changes, relative_trends, year_effect


@dataclass(frozen=True)
class Series:
    """One indicator of every council in all years from the first to the last, gaps included: shape (councils, years).

    year: the calendar year in which each financial year starts, shape (years,); segment likewise, of a year that is not
    in hand that of the year before it. held: the `Year` of each, None where no figure is in hand.
    """

    indicator: str
    polarity: Polarity
    family: Family
    per: int
    year: Integers
    segment: Words
    held: list[Year | None]
    numerator: Floats
    denominator: Floats
    council_type: Words

    @cached_property
    def year_effects(self) -> dict[str, YearEffect]:
        """The year effect of each type's councils."""
        return {
            name: year_effect(
                self.year,
                self.numerator[self.council_type == name],
                self.denominator[self.council_type == name],
                self.segment,
                self.family,
            )
            for name in sorted(set(self.council_type) - {""})
        }

    @property
    def year_variance(self) -> Floats:
        """Mean square of the year effect of each council's type, NaN for councils that have no figure."""
        found = {name: effect.mean_square for name, effect in self.year_effects.items()}
        return np.array([found.get(name, np.nan) for name in self.council_type])

    @property
    def has_value(self) -> Booleans:
        """Whether a council has a value in a year."""
        return np.asarray(~np.isnan(self.numerator))


def all_series(world: World) -> Iterator[Series]:
    """The series of every indicator."""
    for _, years in _by_indicator(world.years):
        first, last = years[0].period_start.year, years[-1].period_start.year
        held: list[Year | None] = [None] * (last - first + 1)
        numerator, denominator = (np.full((len(world.councils), len(held)), np.nan) for _ in range(2))
        segment = np.empty(len(held), dtype=object)
        council_type = np.full(len(world.councils), "", dtype=object)
        for year in years:
            place = year.period_start.year - first
            held[place] = year
            council_type[year.council] = year.council_type
            has_value = ~np.isnan(year.value)
            numerator[year.council[has_value], place] = year.numerator[has_value]
            denominator[year.council[has_value], place] = year.denominator[has_value]
        for place, one in enumerate(held):
            segment[place] = one.segment.isoformat() if one else segment[place - 1]
        yield Series(
            indicator=years[0].indicator,
            polarity=years[0].polarity,
            family=years[0].family,
            per=years[0].per,
            year=np.arange(first, last + 1),
            segment=segment,
            held=held,
            numerator=numerator,
            denominator=denominator,
            council_type=council_type,
        )


def _by_indicator(years: list[Year]) -> list[tuple[str, list[Year]]]:
    names = sorted({year.indicator for year in years})
    return [(name, [year for year in years if year.indicator == name]) for name in names]


def yearly_changes(series: Series, codes: Words, settings: RankingSettings) -> list[Part]:
    """Each council's value in each year, and its change from the year before unless a break lies between.

    A rate is treated as a share of residents: at a few cases in 100,000 the interval is the same.
    """
    found = changes(series.numerator, series.denominator, series.segment, settings, series.year_variance)
    return [
        {
            "indicator": series.indicator,
            "gss_code": codes[councils],
            "period_start": year.period_start,
            "period_end": year.period_end,
            "period_label": year.period_label,
            "segment": year.segment,
            "is_break": year.is_break,
            "is_flagged": year.is_flagged,
            "value": series.per * series.numerator[councils, place] / series.denominator[councils, place],
            "change": series.per * found.difference[councils, place],
            "change_lower": series.per * found.lower[councils, place],
            "change_upper": series.per * found.upper[councils, place],
            "change_reason": found.reason[councils, place],
        }
        for place, year in enumerate(series.held)
        if year is not None and len(councils := np.flatnonzero(series.has_value[:, place]))
    ]


def distances(
    series: Series, world: World, compared: list[Compared], settings: RankingSettings
) -> tuple[list[Part], list[Part]]:
    """How far each council lies from its pooled peers in each year, and where that is going.

    compared: of this indicator. Only years with enough peers with data count.
    """
    shape = (len(world.table_subject), len(series.year))
    cases, base = (np.full(shape, np.nan) for _ in range(2))
    is_there = np.zeros(shape, dtype=bool)
    for one in compared:
        place = one.year.period_start.year - int(series.year[0])
        found, table = one.result.groups, one.named.table
        reason = one.result.councils.reason
        with_data = found.groups.keep(reason == Reason.OK)
        is_there[table[reason[found.groups.subject] == Reason.OK], place] = True
        has_verdict = found.reason == Reason.OK
        for stack, column in ((cases, one.year.numerator), (base, one.year.denominator)):
            pooled = np.bincount(with_data.row, column[with_data.peer], len(with_data))
            stack[table[has_verdict], place] = pooled[has_verdict]
    tables = np.flatnonzero(is_there.any(axis=1))
    if not len(tables):
        return [], []
    council = world.table_subject[tables]
    trend = relative_trends(
        series.year,
        series.numerator[council],
        series.denominator[council],
        cases[tables],
        base[tables],
        series.segment,
        series.family,
        series.polarity,
        settings,
        series.year_variance[council],
    )
    key = {
        "gss_code": world.councils[council],
        "comparator_group": world.table_group[tables],
    }
    row, place = np.nonzero(is_there[tables])
    years = {name: column[row] for name, column in key.items()} | {
        name: np.array([getattr(one, name) if one else None for one in series.held], dtype=object)[place]
        for name in ("period_start", "period_end", "period_label", "segment")
    }
    distance = trend.distance[row, place]
    years |= {
        "indicator": series.indicator,
        "distance": distance,
        "error": trend.error[row, place],
        "reason": np.where(np.isnan(distance), Reason.TOO_FEW_PEERS.value, "").astype(object),
    }
    trends = key | {
        "indicator": series.indicator,
        "years": trend.years,
        "is_across_a_break": trend.crosses_break,
        "trend": trend.trend,
        "slope": trend.slope,
        "slope_error": trend.slope_error,
        "p_value": trend.p_value,
        "reason": trend.reason,
    }
    return [years], [trends]


def by_indicator(compared: list[Compared]) -> Mapping[str, list[Compared]]:
    """The comparisons of each indicator, in order of time."""
    names = sorted({one.year.indicator for one in compared})
    return {name: [one for one in compared if one.year.indicator == name] for name in names}
