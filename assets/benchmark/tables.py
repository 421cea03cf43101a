"""The marts as arrays for `benchmarking/`, and its results as the typed columns of a contract."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarking.arrays import Booleans, Floats, Integers, Words
from benchmarking.comparison import Comparison, compare
from benchmarking.groups import Groups
from benchmarking.models import IndicatorYear
from benchmarking.settings import Family, Polarity, RankingSettings
from warehouse.contracts import Contract
from warehouse.queries import query


def rows(connection: duckdb.DuckDBPyConnection, name: str) -> pd.DataFrame:
    """The rows of `sql/asked/<name>.sql`."""
    return connection.execute(query(name)).df()


@dataclass(frozen=True)
class Year:
    """One indicator in one financial year: every council that lived then, in the order of their codes.

    council: place of each in `World.councils`; has_part: whether it has a figure or a part of one; counts: NaN where
    missing, the denominator as counted (cases or residents); value: in the indicator's unit.
    """

    indicator: str
    period_start: Any
    period_end: Any
    period_label: str
    polarity: Polarity
    family: Family
    per: int
    segment: Any
    is_break: bool
    is_flagged: bool
    council: Integers
    council_type: Words
    has_part: Booleans
    numerator: Floats
    denominator: Floats
    value: Floats

    @property
    def scale(self) -> float:
        """What turns the mathematics' unit (a share, or a rate per `per` residents) into the indicator's."""
        return float(self.per) if self.family is Family.PROPORTION else 1.0

    @property
    def base(self) -> Floats:
        """The denominator in the mathematics' unit: cases, or residents in units of `per`."""
        return self.denominator if self.family is Family.PROPORTION else self.denominator / self.per


@dataclass(frozen=True)
class World:
    """Every indicator-year with its councils, and every comparator group with its members.

    councils: ONS codes, ascending. table_group, table_subject: one entry per group of a council. pair_table,
    pair_peer, likeness: one entry per member of it; likeness is small where alike, NaN where nobody says.
    """

    councils: Words
    years: list[Year]
    table_group: Words
    table_subject: Integers
    pair_table: Integers
    pair_peer: Integers
    likeness: Floats

    def groups(self, year: Year) -> "YearGroups":
        """The groups of the councils that have a part of a figure, of the members that lived then."""
        place = np.full(len(self.councils), -1, dtype=np.int64)
        place[year.council] = np.arange(len(year.council))
        has_part = np.zeros(len(self.councils), dtype=bool)
        has_part[year.council] = year.has_part
        is_table = has_part[self.table_subject]
        kept = is_table[self.pair_table] & (place[self.pair_peer] >= 0)
        size = np.bincount(self.pair_table[kept], minlength=len(is_table))[is_table]
        groups = Groups(
            place[self.table_subject[is_table]],
            np.concatenate([[0], np.cumsum(size)]).astype(np.int64),
            place[self.pair_peer[kept]],
        )
        return YearGroups(np.flatnonzero(is_table), self.table_group[is_table], groups, self.likeness[kept])


@dataclass(frozen=True)
class YearGroups:
    """The comparator groups of one indicator-year: their places in the world's tables, their names, their members as
    arrays, how alike each peer is."""

    table: Integers
    comparator_group: Words
    groups: Groups
    likeness: Floats


def read_world(connection: duckdb.DuckDBPyConnection) -> World:
    """The indicator-years in which some council has a part of a figure, and the groups."""
    figures, members = rows(connection, "compared_figures"), rows(connection, "compared_members")
    codes = np.unique(np.concatenate([figures["gss_code"], members["gss_code"]]).astype(object))
    place = pd.Series(np.arange(len(codes)), index=codes)
    years = _years(figures, place)
    tables = members.groupby(["comparator_group", "gss_code"], sort=True)
    named = tables.size().index.to_frame(index=False)
    pairs = members.assign(table=tables.ngroup()).dropna(subset=["comparator_gss_code"])
    pairs = pairs.sort_values(["table", "comparator_gss_code"], kind="stable")
    return World(
        councils=codes,
        years=years,
        table_group=named["comparator_group"].to_numpy(dtype=object),
        table_subject=place[named["gss_code"]].to_numpy(dtype=np.int64),
        pair_table=pairs["table"].to_numpy(dtype=np.int64),
        pair_peer=place[pairs["comparator_gss_code"]].to_numpy(dtype=np.int64),
        likeness=pairs["likeness"].to_numpy(dtype=np.float64, na_value=np.nan),
    )


def _years(figures: pd.DataFrame, place: "pd.Series[int]") -> list[Year]:
    """The indicator-years in which some council has a part of a figure. figures: in their order."""
    council = np.asarray(place[figures["gss_code"]], dtype=np.int64)
    council_type = figures["lgsco_type"].to_numpy(dtype=object)
    has_part = figures["has_part"].to_numpy(dtype=bool)
    numerator, denominator, value = (
        figures[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in ("numerator", "denominator", "value")
    )
    name, start = figures["indicator"].to_numpy(dtype=object), figures["period_start"].to_numpy()
    is_first = np.ones(len(figures), dtype=bool)
    is_first[1:] = (name[1:] != name[:-1]) | (start[1:] != start[:-1])
    begins = np.flatnonzero(is_first)
    years = []
    for first, begin, end in zip(
        figures[is_first].to_dict("records"), begins, [*begins[1:], len(figures)], strict=True
    ):
        rows_of_year = slice(begin, end)
        if has_part[rows_of_year].any():
            years.append(
                Year(
                    indicator=first["indicator"],
                    period_start=first["period_start"].date(),
                    period_end=first["period_end"].date(),
                    period_label=first["period_label"],
                    polarity=Polarity(first["polarity"]),
                    family=Family(first["kind"]),
                    per=int(first["per"]),
                    segment=first["segment"].date(),
                    is_break=bool(first["is_break"]),
                    is_flagged=bool(first["is_flagged"]),
                    council=council[rows_of_year],
                    council_type=council_type[rows_of_year],
                    has_part=has_part[rows_of_year],
                    numerator=numerator[rows_of_year],
                    denominator=denominator[rows_of_year],
                    value=value[rows_of_year],
                )
            )
    return years


@dataclass(frozen=True)
class Compared:
    """One indicator-year with its results, in the order of its councils and groups."""

    world: World
    year: Year
    named: YearGroups
    result: Comparison

    @cached_property
    def codes(self) -> Words:
        """ONS code of each council of the year."""
        return np.asarray(self.world.councils[self.year.council])

    @property
    def period(self) -> dict[str, Any]:
        """The columns that all rows of the year share."""
        return {
            "indicator": self.year.indicator,
            "period_start": self.year.period_start,
            "period_end": self.year.period_end,
            "period_label": self.year.period_label,
        }

    @cached_property
    def group_key(self) -> dict[str, Any]:
        """The columns that name each council and group of the year."""
        return self.period | {
            "gss_code": self.codes[self.named.groups.subject],
            "comparator_group": self.named.comparator_group,
        }


def compare_years(world: World, settings: RankingSettings) -> list[Compared]:
    """Every indicator-year compared in every comparator group."""
    named = [world.groups(year) for year in world.years]
    results = [
        compare(
            IndicatorYear(
                name=f"{year.indicator} {year.period_start}",
                family=year.family,
                polarity=year.polarity,
                key=world.councils[year.council],
                council_type=year.council_type,
                numerator=year.numerator,
                denominator=year.base,
            ),
            groups.groups,
            settings,
        )
        for year, groups in zip(world.years, named, strict=True)
    ]
    return [
        Compared(world, year, groups, result) for year, groups, result in zip(world.years, named, results, strict=True)
    ]


def known(values: Any, where: Booleans | None = None) -> pa.Array:
    """A column with nothing where `where` is false, where a number is NaN and where a word is empty."""
    values = np.asarray(values)
    mask = np.zeros(len(values), dtype=bool) if where is None else ~where
    if values.dtype == object:
        mask = mask | (values == "")
    elif values.dtype.kind == "f":
        mask = mask | np.isnan(values)
    return pa.array(values, mask=mask)


def relation(contract: Contract, parts: list[Mapping[str, Any]]) -> pa.Table:
    """The rows of all parts, in the order of the contract's key, with the contract's columns and types.

    A part maps each column to an array, or to one value that all its rows share.
    """
    schema = contract.arrow_schema
    whole = pa.concat_tables([schema.empty_table(), *(_table(part, schema) for part in parts)])
    return whole.sort_by([(name, "ascending") for name in contract.key])


def _table(part: Mapping[str, Any], schema: pa.Schema) -> pa.Table:
    count = next(len(column) for column in part.values() if isinstance(column, (np.ndarray, pa.Array)))
    return pa.table(
        [
            _array(part[field.name], count, field.type)
            if isinstance(part[field.name], (np.ndarray, pa.Array))
            else pa.repeat(pa.scalar(part[field.name], field.type), count)
            for field in schema
        ],
        schema=schema,
    )


def _array(column: Any, count: int, kind: pa.DataType) -> pa.Array:
    found = column if isinstance(column, pa.Array) else known(column)
    return found.cast(kind) if len(found) == count else _differs(len(found), count)


def _differs(found: int, expected: int) -> pa.Array:
    raise ValueError(f"a column has {found} entries, not {expected}")
