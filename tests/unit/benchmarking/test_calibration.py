"""The short version of benchmarks/calibration.py; the whole grid is in docs/calibration.md."""

from dataclasses import replace
from functools import cache

from benchmarking.settings import RankingSettings
from benchmarks.calibration import Cell, page, shipped_counts, simulate

WORLDS = 80


@cache
def cell(spread: float) -> Cell:
    return simulate(14, spread, WORLDS, RankingSettings(), *shipped_counts())


def test_rank_intervals_cover_the_true_ranks() -> None:
    assert 0.93 <= cell(0.6).coverage <= 0.995


def test_the_probability_of_being_among_the_best_is_calibrated() -> None:
    assert abs(cell(0.6).slope - 1) <= 0.1 + 2 * cell(0.6).slope_error


def test_the_benchmark_is_nearly_unbiased() -> None:
    assert abs(cell(0.6).bias) <= 0.02 + 2 * cell(0.6).bias_error


def test_the_gate_stays_shut_where_councils_are_alike() -> None:
    assert cell(0.0).bands_or_ranks <= 0.05


def test_a_simulation_is_repeated_exactly_by_its_seed() -> None:
    settings, shipped = RankingSettings(draws=400, benchmark_draws=200), shipped_counts()
    assert simulate(10, 0.6, 4, settings, *shipped) == simulate(10, 0.6, 4, settings, *shipped)


def test_the_page_reports_every_cell_with_its_seed() -> None:
    text = page([cell(0.0), cell(0.6)], RankingSettings(), *shipped_counts())
    assert "| 14 | 0.0 | – |" in text and "| 14000 |" in text and "| 14060 |" in text


def test_the_page_names_every_cell_that_misses_a_target() -> None:
    missed = replace(cell(0.6), slope=1.2, coverage=0.9)
    text = page([cell(0.0), missed], RankingSettings(), *shipped_counts())
    assert "**1 of 2 cells meet every target.** Missed: 14 councils at 0.6 (coverage, slope)." in text
