"""The county figures of the shipped pages of the Ombudsman alone, worked out by hand once and checked here."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from benchmarking.comparison import Comparison, compare
from benchmarking.groups import Groups
from benchmarking.intervals import newcombe_difference, wilson
from benchmarking.models import IndicatorYear
from benchmarking.settings import Family, Gate, Polarity, Reason, Result, Verdict

PAGES = Path(__file__).parents[3] / "data" / "ombudsman" / "statistics_pages.csv"
# Named County Council without being a county of the Ombudsman's: two unitaries, and one abolished in 2023.
NO_COUNTIES = {"durham-county-council", "northumberland-county-council", "cumbria-county-council"}


@cache
def counties(start: str) -> tuple[list[str], np.ndarray, np.ndarray, Comparison]:
    """Slugs, upheld, investigated and results of the counties with an uphold rate in the year that starts then."""
    with PAGES.open(encoding="utf-8", newline="") as file:
        rows = [
            (row["slug"], float(row["upheld"]), float(row["investigated"]))
            for row in csv.DictReader(file)
            if row["period_start"] == start
            and row["slug"].endswith("-county-council")
            and row["slug"] not in NO_COUNTIES
            and row["upheld"]
            and row["investigated"]
        ]
    slugs = [slug for slug, _, _ in rows]
    upheld, investigated = (np.array([row[place] for row in rows]) for place in (1, 2))
    data = IndicatorYear(
        name=f"uphold rate {start}",
        family=Family.PROPORTION,
        polarity=Polarity.LOWER,
        key=np.array(slugs, dtype=object),
        council_type=np.array(["county"] * len(slugs), dtype=object),
        numerator=upheld,
        denominator=investigated,
    )
    return slugs, upheld, investigated, compare(data, Groups.everyone([range(len(slugs))]))


def test_the_ten_living_counties_of_2023_24_are_in_hand() -> None:
    slugs, upheld, investigated, _ = counties("2023-04-01")
    ours = slugs.index("worcestershire-county-council")
    assert (upheld[ours], investigated[ours]) == (23, 26)
    assert (len(slugs), upheld.sum() - 23, investigated.sum() - 26) == (10, 504, 587)


def test_worcestershire_2023_24_has_the_interval_and_difference_of_the_trial() -> None:
    assert [round(100 * float(limit), 1) for limit in wilson(23, 26)] == [71.0, 96.0]
    difference = [round(100 * float(part), 1) for part in newcombe_difference(23, 26, 504, 587)]
    assert difference == [2.6, -15.0, 10.7]


def test_2023_24_shows_no_rank_because_nothing_but_chance_separates_the_counties() -> None:
    *_, found = counties("2023-04-01")
    assert (found.groups.rankability.rho == 0).all() and set(found.groups.rankability.gate) == {Gate.NOTHING}
    assert set(found.groups.rank_reason) == {Reason.MOSTLY_CHANCE}
    assert set(found.groups.judgement.verdict) == {Verdict.NOT_UNUSUAL}


def test_no_interval_of_2023_24_is_as_narrow_as_the_plug_in_gave() -> None:
    *_, found = counties("2023-04-01")
    assert 100 * (found.councils.shrunken_upper - found.councils.shrunken_lower).min() > 5


def test_2024_25_has_the_rankability_of_the_trial_and_the_gate_stays_shut() -> None:
    slugs, _, _, found = counties("2024-04-01")
    assert len(slugs) == 14
    assert found.groups.rankability.rho[0] == pytest.approx(0.54, abs=0.005)
    assert found.groups.rankability.without_one[0] == pytest.approx(0.35, abs=0.005)
    assert set(found.groups.rankability.gate) == {Gate.NOTHING}
    assert set(found.groups.rank_reason) == {Reason.ONE_COUNCIL_DECIDES}


def test_no_county_of_2024_25_is_called_different_once_the_spread_counts() -> None:
    *_, found = counties("2024-04-01")
    assert set(found.groups.judgement.verdict) == {Verdict.NOT_UNUSUAL}


def test_a_county_may_differ_from_the_average_and_not_be_unusual() -> None:
    slugs, _, _, found = counties("2024-04-01")
    essex = slugs.index("essex-county-council")
    assert found.groups.judgement.direction[essex] == "higher" and found.groups.judgement.result[essex] == Result.WORSE
    assert found.groups.judgement.verdict[essex] == Verdict.NOT_UNUSUAL


def test_worcestershire_2023_24_has_too_few_cases_to_say() -> None:
    slugs, _, _, found = counties("2023-04-01")
    ours = slugs.index("worcestershire-county-council")
    assert found.groups.judgement.result[ours] == Result.CANNOT_SAY
    assert found.groups.average.noticed_below[ours] == pytest.approx(0.631, abs=0.001)
    assert not found.groups.gap.is_clear[ours]
