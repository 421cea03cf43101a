"""The short version of the calibration; the results of the whole grids are in docs/calibration."""

import csv
import re
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from benchmarking.settings import RankingSettings
from tests.calibration import over_time, ranks, sayings
from tests.calibration.__main__ import GRIDS, main
from tests.calibration.drawn import PROJECT, RESULTS, Row
from tests.calibration.sayings import CLAIMS, Tally, exceeds


@cache
def ranked(spread: float) -> Row:
    return ranks.simulate(14, spread, 80)


@cache
def said(spread: float) -> dict[str, Tally]:
    return sayings.tallies(14, spread, 0.827, 100, RankingSettings(draws=400, benchmark_draws=400))


def test_rank_intervals_cover_the_true_ranks() -> None:
    assert 0.93 <= ranked(0.6)["coverage"] <= 0.995


def test_the_probability_of_being_among_the_best_is_calibrated() -> None:
    assert abs(ranked(0.6)["slope"] - 1) <= 0.1 + 2 * ranked(0.6)["slope_error"]


def test_the_benchmark_is_nearly_unbiased() -> None:
    assert abs(ranked(0.6)["bias"]) <= 0.02 + 2 * ranked(0.6)["bias_error"]


def test_the_gate_stays_shut_where_councils_are_alike() -> None:
    assert ranked(0.0)["bands_or_ranks"] <= 0.05


def test_a_simulation_is_repeated_exactly_by_its_seed() -> None:
    settings = RankingSettings(draws=400, benchmark_draws=200)
    assert ranks.simulate(10, 0.6, 4, settings) == ranks.simulate(10, 0.6, 4, settings)


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_is_false_no_more_often_than_its_nominal_share(claim: str) -> None:
    for spread in (0.0, 0.6):
        assert not exceeds(said(spread)[claim], CLAIMS[claim][1])


def test_a_claim_that_is_false_too_often_is_seen() -> None:
    assert exceeds(np.array([30, 100]), 0.05) and not exceeds(np.array([9, 100]), 0.05)


def test_a_cell_that_misses_a_target_says_which() -> None:
    assert ranks.misses(ranked(0.6) | {"slope": 1.2, "coverage": 0.9}) == "coverage slope"
    assert over_time.misses(0.06, 4_000) == "change" and not over_time.misses(0.05, 4_000)


def stored(name: str) -> list[dict[str, str]]:
    with (RESULTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("grid", GRIDS)
def test_the_stored_results_have_what_the_command_writes(
    grid: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The results of a whole grid are made in hours, so here its first cell alone is written."""
    simulate, cells, _ = GRIDS[grid]
    monkeypatch.setitem(GRIDS, grid, (simulate, cells[1:2], 2))
    monkeypatch.setattr(sys, "argv", ["calibration", grid, "--output", str(tmp_path)])
    main()
    written = (tmp_path / f"{grid}.csv").read_text(encoding="utf-8")
    assert written.startswith(",".join(stored(grid)[0]) + "\n")


def test_the_page_says_what_the_stored_results_show() -> None:
    text = " ".join((PROJECT / "docs" / "calibration.md").read_text(encoding="utf-8").split())
    grid = [found for found in stored("ranks") if found["spread"] != "prior"]
    missed = [f"{found['councils']} councils at {found['spread']}" for found in grid if found["misses"]]
    assert f"**{len(grid) - len(missed)} of {len(grid)} cells meet every target.**" in text
    assert f"Missed: {', '.join(missed)}." in text and {f["misses"] for f in grid} == {"", "slope"}
    years = stored("years")
    assert f"**{sum(not f['misses'] for f in years)} of {len(years)} cells meet the target.**" in text
    for column in ("change_by_chance_alone", "change"):
        assert f"{100 * max(float(found[column]) for found in years):.2f}%" in text
    for claim, (words, nominal) in CLAIMS.items():
        worst = max(float(found[claim] or 0) for found in stored("sayings"))
        row = rf"\| {words} \| {100 * nominal:.0f}% \| [\d.]+% \| {100 * worst:.1f}% \|"
        assert re.search(row, text), claim
