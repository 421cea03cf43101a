"""The short version of benchmarks/sayings.py; the whole grid is in docs/calibration.md."""

from dataclasses import replace
from functools import cache

import pytest

from benchmarking.settings import RankingSettings
from benchmarks.calibration import shipped_counts
from benchmarks.sayings import CLAIMS, Cell, Share, misses, section, simulate

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


def test_the_section_reports_every_cell_with_its_seed() -> None:
    text = section([cell(0.0), cell(0.6)])
    assert "| 14 | 0.0 | 82.7% |" in text and str(cell(0.6).seed) in text
