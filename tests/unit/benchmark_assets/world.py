"""A small world of invented councils, typed in, and what the ranking relations say of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb
import pandas as pd

from assets.benchmark.assets import ranked
from benchmarking.settings import RankingSettings
from tests.sql.harness import PROJECT, Rows, create
from warehouse.contracts import read_contracts
from warehouse.names import LAYERS

CONTRACTS = read_contracts(PROJECT / "expectations")
Counts = tuple[int | None, int | None]
SETTINGS = RankingSettings()


def code(place: int) -> str:
    """The invented code of the council at a place, in order."""
    return f"X{place:08d}"


def label(year: int) -> str:
    return f"{year}-{(year + 1) % 100:02d}"


class World:
    """Councils A, B, … of one type, all in each other's groups, with what the test types in.

    figures: (indicator, council, year, numerator, denominator). Indicators not told of are shares of cases where low is
    good. What is `given` may be changed until the first rows are asked for.
    """

    def __init__(self, councils: int, figures: Sequence[tuple[str, int, int, int | None, int | None]]) -> None:
        self.made: dict[RankingSettings, dict[str, Rows]] = {}
        indicators = sorted({row[0] for row in figures})
        years = sorted({row[2] for row in figures})
        self.given: dict[str, Rows] = {
            "core.councils": [
                {"gss_code": code(place), "nice_name": f"Council {place}", "lgsco_type": "county"}
                for place in range(councils)
            ],
            "core.indicators": [
                {"indicator": name, "kind": "proportion", "polarity": "lower", "per": 100, "unit": "percent"}
                for name in indicators
            ],
            "core.segments": [
                _period(year) | {"indicator": name, "segment": date(1974, 4, 1), "is_break": False, "is_flagged": False}
                for name in indicators
                for year in years
            ],
            "core.comparator_groups": [
                {"comparator_group": "lgsco_type", "title": "councils of the same type", "basis": "typed in"},
                {
                    "comparator_group": "region",
                    "title": "councils of the same type and region",
                    "basis": "typed in",
                },
                {"comparator_group": "near", "title": "near", "method": "near", "basis": "typed in"},
            ],
            "core.comparators": [
                {"comparator_group": "lgsco_type", "gss_code": code(one), "comparator_gss_code": code(other)}
                for one in range(councils)
                for other in range(councils)
                if one != other
            ],
            "marts.practices": [],
            "core.readings": [],
            "core.witnesses": [],
            "core.observations": [],
        }
        typed = {(name, council, year): counts for name, council, year, *counts in figures}
        self.given["marts.indicator_values"] = [
            self._figure(name, council, year, *typed.get((name, council, year), (None, None)))
            for name in indicators
            for year in years
            for council in range(councils)
        ]

    @staticmethod
    def _figure(name: str, council: int, year: int, numerator: int | None, denominator: int | None) -> dict[str, Any]:
        has_value = numerator is not None and bool(denominator) and numerator <= (denominator or 0)
        return _period(year) | {
            "indicator": name,
            "gss_code": code(council),
            "is_financial_year": True,
            "is_after_abolition": False,
            "numerator": numerator,
            "denominator": denominator,
            "value": 100 * numerator / denominator if has_value else None,  # type: ignore[operator]
            "unit": "percent",
        }

    def set(self, relation: str, where: dict[str, Any], **values: Any) -> "World":
        """The world with some columns of the rows that fit `where` replaced."""
        fitting = [row for row in self.given[relation] if where.items() <= row.items()]
        if not fitting:
            raise ValueError(f"no row of {relation} is {where}")
        for row in fitting:
            row.update(values)
        return self

    def break_from(self, year: int) -> "World":
        """The world with a break in every series at the start of a year."""
        for row in self.given["core.segments"]:
            if row["period_start"] >= date(year, 4, 1):
                row["segment"] = date(year, 4, 1)
                row["is_break"] = row["period_start"] == date(year, 4, 1)
        return self

    def rows(self, relation: str, settings: RankingSettings = SETTINGS, **where: Any) -> Rows:
        """The rows of one ranking relation that have the values in `where`."""
        if settings not in self.made:
            self.made[settings] = self._ranked(settings)
        return [row for row in self.made[settings][relation] if where.items() <= row.items()]

    def _ranked(self, settings: RankingSettings) -> dict[str, Rows]:
        with duckdb.connect() as connection:
            for layer in LAYERS:
                connection.execute(f"create schema {layer}")
            for name, given in self.given.items():
                create(connection, name, [])
                if given:  # all rows at once: one statement a row takes most of a test's time
                    incoming_rows = pd.DataFrame(given, dtype=object)
                    connection.execute(f"insert into {name} by name select * from incoming_rows")
                    del incoming_rows
            return {name.table: table.to_pylist() for name, table in ranked(connection, CONTRACTS, settings).items()}

    def row(self, relation: str, settings: RankingSettings = SETTINGS, **where: Any) -> dict[str, Any]:
        """The only such row."""
        (found,) = self.rows(relation, settings, **where)
        return found


def _period(year: int) -> dict[str, Any]:
    return {
        "period_start": date(year, 4, 1),
        "period_end": date(year + 1, 3, 31),
        "period_label": label(year),
    }


def one_year(*counts: Counts, year: int = 2023) -> World:
    """A world of one indicator and one year: a numerator and denominator for each council."""
    return World(len(counts), [("rate", place, year, *pair) for place, pair in enumerate(counts)])


def years(first: int, *series: Sequence[Counts]) -> World:
    """A world of one indicator: for each council its counts in each year from the first."""
    return World(
        len(series),
        [("rate", place, first + step, *pair) for place, own in enumerate(series) for step, pair in enumerate(own)],
    )


LIKE_US: tuple[Counts, ...] = ((23, 26), (45, 52), (60, 70), (30, 36), (50, 58), (41, 47), (70, 82))
"""Seven councils that hardly differ."""
FAR_APART: tuple[Counts, ...] = tuple((share, 100) for share in (5, 15, 25, 35, 45, 55, 65, 75, 85, 95))
"""Ten councils that plainly differ: the gate shows ranks."""
