"""Bad data is stopped: nothing is published over a good earlier result, and the message names the rows."""

from typing import Any

import dagster as dg

from tests.graph.world import COUNCILS, POPULATIONS, World


def changed(rows: list[dict[str, Any]], place: int, **changes: Any) -> list[dict[str, Any]]:
    return [row | changes if number == place else row for number, row in enumerate(rows)]


def test_a_file_with_another_hash_stops_the_run_and_nothing_published_changes(world: World) -> None:
    before = world.published()
    path = world.settings.data / "ombudsman" / "statistics_pages.csv"
    path.write_bytes(path.read_bytes().replace(b",33,", b",34,"))
    run = world.run("raw.statistics_pages", "staging.statistics_pages")
    assert run.status == 1
    assert "statistics_pages.csv" in run.errors and "sha256" in run.errors
    assert run.made == set()
    assert world.published() == before


def test_a_duplicate_key_blocks_and_names_the_rows(world: World) -> None:
    before = world.published()
    world.write(
        "reference/councils", [*COUNCILS, COUNCILS[0] | {"council_id": "exampleshire-twice-invented"}]
    )
    run = world.run("raw.councils", "staging.councils", "core.councils")
    check = run.failed_checks["staging.councils: columns_keys_and_required_values"]
    assert (run.status, check.severity) == (1, dg.AssetCheckSeverity.ERROR)
    assert "key_is_unique" in str(check.description) and "gss_code=X99999901" in str(check.description)
    assert run.made == {"raw.councils", "staging.councils"}
    assert world.published() == before


def test_a_missing_required_value_blocks_and_names_the_row(world: World) -> None:
    before = world.published()
    world.write("reference/councils", changed(COUNCILS, 1, official_name=""))
    run = world.run("raw.councils", "staging.councils", "core.councils")
    check = run.failed_checks["raw.councils: columns_keys_and_required_values"]
    assert (run.status, check.severity) == (1, dg.AssetCheckSeverity.ERROR)
    assert "nothing_required_is_missing" in str(check.description) and "source_row=3" in str(
        check.description
    )
    assert run.made == {"raw.councils"}
    assert world.published() == before


def test_an_unknown_code_blocks_and_names_the_row(world: World) -> None:
    before = world.published()
    world.write("reference/councils", changed(COUNCILS, 2, council_id_basis="guessed"))
    run = world.run("raw.councils", "staging.councils", "core.councils")
    check = run.failed_checks["staging.councils: columns_keys_and_required_values"]
    assert (run.status, check.severity) == (1, dg.AssetCheckSeverity.ERROR)
    assert "gss_code=X99999903" in str(check.description) and "guessed" in str(check.description)
    assert run.made == {"raw.councils", "staging.councils"}
    assert world.published() == before


def test_a_value_that_its_rule_forbids_blocks_and_names_the_row(world: World) -> None:
    before = world.published()
    world.write("reference/populations", changed(POPULATIONS, 0, population=999))
    run = world.run("raw.populations", "staging.populations", "core.populations")
    check = run.failed_checks[
        "staging.populations: a_population_is_a_plausible_number_of_residents_of_a_council"
    ]
    assert (run.status, check.severity) == (1, dg.AssetCheckSeverity.ERROR)
    assert "population=999" in str(check.description)
    assert "core.populations" not in run.made
    assert world.published() == before


def test_a_column_of_the_wrong_type_stops_the_run_with_one_sentence(world: World) -> None:
    before = world.published()
    changed_world = world.with_contract(
        "staging.practices",
        lambda contract: {
            **contract,
            "columns": [
                {name: {"type": "BIGINT"} if name == "theme" else {}}
                for name in contract["columns"][0].split(", ")
            ],
        },
    )
    run = changed_world.run("staging.practices")
    assert run.status == 1
    assert "staging.practices" in run.errors and "theme is VARCHAR, not BIGINT" in run.errors
    assert world.published() == before


def test_a_ragged_file_stops_the_run_and_names_the_line(world: World) -> None:
    world.write_text("complaints/practices", "council_id,theme\none,two,three\n")
    run = world.run("raw.practices")
    assert run.status == 1
    assert "practices.csv, line 2: 3 fields where the header has 2" in run.errors
