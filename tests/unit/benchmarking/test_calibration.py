"""The short version of benchmarks/calibration.py; the results of the whole grid are in docs/calibration."""

import csv
import re
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

from benchmarking.settings import RankingSettings
from benchmarks.calibration import PROJECT, RESULTS, Cell, row, shipped_counts, simulate, write_results
from benchmarks.over_time import Months, Years, year_row
from benchmarks.sayings import CLAIMS

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


def stored(name: str) -> list[dict[str, str]]:
    with (RESULTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_stored_results_have_what_the_scripts_write(tmp_path: Path) -> None:
    """The results of the whole grid are made in hours, so here one cell of each is written and read."""
    write_results(tmp_path / "ranks.csv", [row(cell(0.0))])
    assert (
        (tmp_path / "ranks.csv")
        .read_text(encoding="utf-8")
        .startswith(",".join(stored("ranks")[0]) + "\n14,")
    )
    year = Years(10, 5, 0.0, 1_200, (0.0008, 0.0), (0.038, 0.023))
    assert list(year_row(year)) == list(stored("years")[0])
    assert [field.name for field in fields(Months)] == list(stored("months")[0])


def test_a_cell_that_misses_a_target_says_which() -> None:
    assert row(replace(cell(0.6), slope=1.2, coverage=0.9))["misses"] == "coverage slope"


def test_the_page_says_what_the_stored_results_show() -> None:
    text = " ".join((PROJECT / "docs" / "calibration.md").read_text(encoding="utf-8").split())
    grid = [found for found in stored("ranks") if found["spread"] != "prior"]
    missed = [f"{found['councils']} councils at {found['spread']}" for found in grid if found["misses"]]
    assert f"**{len(grid) - len(missed)} of {len(grid)} cells meet every target.**" in text
    assert f"Missed: {', '.join(missed)}." in text and {f["misses"] for f in grid} == {"", "slope"}
    over_time = stored("years")
    assert (
        f"**{sum(not f['misses'] for f in over_time)} of {len(over_time)} cells meet both targets.**" in text
    )
    for column in ("trend_by_chance_alone", "trend", "change_by_chance_alone", "change"):
        assert f"{100 * max(float(found[column]) for found in over_time):.2f}%" in text
    for claim, (words, nominal) in CLAIMS.items():
        worst = max(float(found[claim] or 0) for found in stored("sayings"))
        assert re.search(rf"\| {words} \| {100 * nominal:.0f}% \| [\d.]+% \| {100 * worst:.1f}% \|", text), (
            claim
        )
