"""The marts as arrays for `benchmarking/`, and its results as rows."""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from benchmarking.comparison import Comparison, IndicatorYear, compare_all
from benchmarking.groups import Groups
from benchmarking.settings import Family, Polarity, RankingSettings, Reason

PERIOD = ["indicator", "period_start", "period_end"]
KEY = ["indicator", "gss_code", "period_start", "period_end", "comparator_group"]

VALUES = """
    select
        figures.indicator,
        figures.gss_code,
        figures.period_start,
        figures.period_end,
        indicators.kind,
        indicators.polarity,
        indicators.per,
        councils.lgsco_type,
        cast(figures.numerator as double) as numerator,
        figures.denominator / if(indicators.kind = 'rate', indicators.per, 1) as denominator,
    from marts.indicator_values as figures
    inner join core.indicators as indicators
        on figures.indicator = indicators.indicator
    inner join core.councils as councils
        on figures.gss_code = councils.gss_code
    where
        figures.is_financial_year
        and not figures.is_after_abolition
        and figures.missing_reason is distinct from 'not applicable'
    order by figures.indicator, figures.period_start, figures.gss_code
"""
MEMBERS = """
    select comparator_group, gss_code, comparator_gss_code, place
    from core.comparators
    order by comparator_group, gss_code, comparator_gss_code
"""


@dataclass(frozen=True)
class Compared:
    """One indicator-year: its councils and groups as rows, in the order of the arrays of `result`."""

    councils: pd.DataFrame
    groups: pd.DataFrame
    result: Comparison


def indicator_years(connection: duckdb.DuckDBPyConnection, settings: RankingSettings) -> list[Compared]:
    """Every indicator-year in which some council has a figure, compared in every comparator group."""
    values = connection.execute(VALUES).df()
    members = connection.execute(MEMBERS).df()
    tasks, frames = [], []
    for period, councils in values.groupby(PERIOD, sort=True):
        if not (councils["numerator"].notna() & councils["denominator"].gt(0)).any():
            continue
        rows = councils.reset_index(drop=True)
        named, groups = _groups(rows, members)
        first = rows.iloc[0]
        tasks.append(
            (
                IndicatorYear(
                    name=f"{period[0]} {period[1]:%Y-%m-%d}",
                    family=Family(first["kind"]),
                    polarity=Polarity(first["polarity"]),
                    key=rows["gss_code"].to_numpy(dtype=object),
                    council_type=rows["lgsco_type"].to_numpy(dtype=object),
                    numerator=rows["numerator"].to_numpy(dtype=np.float64, na_value=np.nan),
                    denominator=rows["denominator"].to_numpy(dtype=np.float64, na_value=np.nan),
                ),
                groups,
            )
        )
        frames.append((rows, named))
    results = compare_all(tasks, settings)
    return [Compared(rows, named, result) for (rows, named), result in zip(frames, results, strict=True)]


def _groups(councils: pd.DataFrame, members: pd.DataFrame) -> tuple[pd.DataFrame, Groups]:
    """The groups of the councils that have a figure, of members that lived then: as rows and as arrays."""
    index = pd.Series(councils.index, index=councils["gss_code"])
    has_figure = councils["numerator"].notna() & councils["denominator"].notna()
    pairs = members.assign(
        subject=members["gss_code"].map(index), peer=members["comparator_gss_code"].map(index)
    ).dropna(subset=["subject", "peer"])
    pairs = pairs[pairs["subject"].map(has_figure).astype(bool)]
    pairs = pairs.astype({"subject": "int64", "peer": "int64"}).sort_values(["comparator_group", "subject", "peer"])
    named = pairs.groupby(["comparator_group", "subject"], sort=True).size().rename("size").reset_index()
    start = np.concatenate([[0], named["size"].to_numpy(dtype=np.int64).cumsum()])
    groups = Groups(
        named["subject"].to_numpy(dtype=np.int64), start.astype(np.int64), pairs["peer"].to_numpy(dtype=np.int64)
    )
    named["gss_code"] = councils["gss_code"].to_numpy()[groups.subject]
    for column in PERIOD:
        named[column] = councils[column].iloc[0]
    # the place of each peer among the nearest, in the order of the arrays
    named.attrs["place"] = pairs["place"].to_numpy(dtype=np.float64, na_value=np.nan)
    return named[KEY], groups


def per_group(compared: list[Compared], columns: dict[str, str]) -> pd.DataFrame:
    """One row per council, group and indicator-year: the key, and the result columns renamed as in `columns`."""
    frames = []
    for one in compared:
        frame = one.groups.copy()
        for name, source in columns.items():
            frame[name] = getattr(one.result.groups, source)
        frame["per"] = float(one.councils["per"].iloc[0])
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def blank_where(frame: pd.DataFrame, reason: str, columns: list[str]) -> pd.DataFrame:
    """The frame with `columns` missing wherever there is a reason instead, and empty words missing."""
    frame = frame.copy()
    has_reason = frame[reason].to_numpy() != Reason.OK
    for column in columns:
        values = frame[column].astype(object)
        frame[column] = values.where(~has_reason & values.notna() & (values != ""), None)
    frame[reason] = frame[reason].where(has_reason, None)
    return frame


def each(compared: list[Compared]) -> Iterator[Compared]:
    """The indicator-years that have any group."""
    return (one for one in compared if len(one.groups))
