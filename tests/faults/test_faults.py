"""The short version of the faults command: one kill, after which everything is as if it had not been."""

import os
import random

import pytest

from tests.faults.kills import Tried, kill_once
from tests.faults.runs import VERSIONS, products
from tests.faults.troubles import TROUBLES


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Tried:
    return Tried.prepared(tmp_path_factory.mktemp("faults") / "world")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="runs are forked, which this system cannot")
def test_a_refresh_killed_at_any_moment_leaves_readers_a_whole_version_and_the_next_run_recovers(
    tried: Tried,
) -> None:
    after = random.uniform(0.2, 1) * tried.seconds
    assert kill_once(tried, VERSIONS[1], after).faults == [], f"killed after {after:.2f} s"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="runs are forked, which this system cannot")
def test_a_product_that_is_neither_version_is_seen(tried: Tried) -> None:
    workbook = next(tried.world.settings.output.rglob("benchmark.xlsx"))
    whole = workbook.read_bytes()
    workbook.write_bytes(whole[:-1])
    try:
        assert tried.whole(products(tried.world))["workbook"] == "damaged"
    finally:
        workbook.write_bytes(whole)


def test_every_trouble_says_what_it_is() -> None:
    assert len(TROUBLES) >= 9
    assert all(make.__doc__ for make in TROUBLES.values())
