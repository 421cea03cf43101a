"""The short version of benchmarks/sayings.py; the results of the whole grid are in docs/calibration."""

from dataclasses import replace
from functools import cache

import pytest

from benchmarking.settings import RankingSettings
from benchmarks.calibration import shipped_counts
from benchmarks.sayings import CLAIMS, Cell, Share, misses, row, simulate

SETTINGS = RankingSettings(draws=400, benchmark_draws=400)
WORLDS = 100


@cache
def cell(spread: float) -> Cell:
    return simulate(14, spread, 0.827, WORLDS, SETTINGS, shipped_counts()[0])


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_is_false_no_more_often_than_its_nominal_share(claim: str) -> None:
    for spread in (0.0, 0.6):
        assert not cell(spread).shares[claim].exceeds(CLAIMS[claim][1])


def test_a_claim_that_is_false_too_often_is_named() -> None:
    bad = replace(cell(0.6), shares=cell(0.6).shares | {"gap": Share(30, 100)})
    assert misses([bad]) == [
        "a gap to the best, of a council at the benchmark: 30.0% at 14 councils, logit SD 0.6, average 82.7%"
    ]


def test_a_row_has_each_claim_and_its_seed() -> None:
    found = row(cell(0.6))
    assert found["seed"] == cell(0.6).seed and set(CLAIMS) <= set(found) and "shares" not in found
