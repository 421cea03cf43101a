"""Bad data is stopped: nothing is published over a good earlier result, and the message names the rows."""

import json
from typing import Any

import dagster as dg
import pytest

from tests.graph.conftest import GoodRun
from tests.graph.world import CODES, COUNCILS, POPULATIONS, Run, World

SPOILT = ("statistics_pages", "practices", "councils", "gss_codes", "populations", "characteristics")


def changed(rows: list[dict[str, Any]], place: int, **changes: Any) -> list[dict[str, Any]]:
    return [row | changes if number == place else row for number, row in enumerate(rows)]


def with_a_number(contract: dict[str, Any]) -> dict[str, Any]:
    """The contract of the characteristics, which takes their names for numbers."""
    text = json.dumps(contract)
    return json.loads(text.replace('"characteristic": {"type": "VARCHAR"', '"characteristic": {"type": "BIGINT"'))


@pytest.fixture(scope="module")
def spoilt(good_run: GoodRun, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Run]:
    """The good world with a fault of another kind in each of these files, and how the next run of them went."""
    world = good_run.world.copy(tmp_path_factory.mktemp("spoilt") / "world")
    pages = world.settings.data / "ombudsman" / "statistics_pages.csv"
    pages.write_bytes(pages.read_bytes().replace(b",33,", b",34,"))
    world.write_text("complaints/practices", "council_id,theme\none,two,three\n")
    twice = COUNCILS[0] | {"council_id": "exampleshire-twice-invented"}
    world.write("reference/councils", [*changed(COUNCILS, 2, council_id_basis="guessed"), twice])
    world.write("reference/gss_codes", changed(CODES, 1, basis=""))
    world.write("reference/populations", changed(POPULATIONS, 0, population=999))
    world = world.with_contract("staging.characteristics", with_a_number)
    layers = ("raw", "staging", "core")
    return world, world.run(*(f"{layer}.{name}" for name in SPOILT for layer in layers[:2]), "core.councils")


def test_nothing_that_is_published_changes_and_nothing_is_made_of_what_is_bad(
    spoilt: tuple[World, Run], good_run: GoodRun
) -> None:
    world, run = spoilt
    assert run.status == 1 and world.published() == good_run.world.published()
    assert run.made == {
        "raw.councils", "staging.councils", "raw.gss_codes", "raw.populations", "staging.populations",
        "raw.characteristics",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (
            "staging.councils: columns_keys_and_required_values",
            ["key_is_unique", "gss_code=X99999901", "codes_are_known", "gss_code=X99999903", "guessed"],
        ),
        ("raw.gss_codes: columns_keys_and_required_values", ["nothing_required_is_missing", "source_row=3"]),
        (
            "staging.populations: a_population_is_a_plausible_number_of_residents_of_a_council",
            ["population=999"],
        ),
    ],
)
def test_a_check_that_fails_blocks_and_names_the_rows(spoilt: tuple[World, Run], check: str, words: list[str]) -> None:
    failed = spoilt[1].failed_checks[check]
    assert failed.severity == dg.AssetCheckSeverity.ERROR
    assert [word for word in words if word not in str(failed.description)] == []


@pytest.mark.parametrize(
    "said",
    [
        "statistics_pages.csv: its sha256 is",
        "practices.csv, line 2: 3 fields where the header has 2",
        "characteristic is VARCHAR, not BIGINT",
    ],
)
def test_what_cannot_be_read_or_stored_stops_its_step_with_one_sentence(spoilt: tuple[World, Run], said: str) -> None:
    assert said in spoilt[1].errors
