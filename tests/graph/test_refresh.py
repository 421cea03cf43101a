"""The whole pipeline on a small invented world: it publishes, again the same, and sets the unusable aside."""

import io
import json

import dagster as dg
import openpyxl
import pytest

from cli.main import main
from tests.graph.conftest import GoodRun
from tests.graph.world import COUNCILS, SUBJECT, World

PRODUCTS = {"html", "xlsx", "duckdb"}


def kinds(published: dict[str, bytes]) -> set[str]:
    return {name.rsplit(".", 1)[-1] for name in published}


def test_a_refresh_makes_and_publishes_everything_and_exits_with_0(good_run: GoodRun) -> None:
    assert good_run.run.status == 0, good_run.run.printed
    assert kinds(good_run.world.published()) >= PRODUCTS
    assert good_run.run.made >= {"marts.comparisons", "quality.failures", "publication.warehouse"}


def test_the_command_prints_the_subjects_counts_and_where_the_products_lie(good_run: GoodRun) -> None:
    assert "Exampleshire County Council (invented)" in good_run.run.printed
    assert "33 of 40" in good_run.run.printed
    assert "warehouse.duckdb" in good_run.run.printed


def test_no_secret_of_the_environment_is_in_what_a_run_says_keeps_or_publishes(good_run: GoodRun) -> None:
    kept = (path for path in good_run.world.folder.rglob("*") if path.is_file())
    assert [path for path in kept if b"canary" in path.read_bytes()] == []
    assert "canary" not in repr(good_run.run.events) + good_run.run.printed


def test_the_same_figures_give_the_same_tables_report_and_workbook(world: World) -> None:
    tables, published = world.tables(), world.published()
    rebuilt = world.rebuild()
    assert (rebuilt.status, rebuilt.errors) == (0, "")
    assert "publication.warehouse" in rebuilt.made
    assert world.tables() == tables
    again = world.published()
    assert set(again) == set(published)
    assert [name for name in again if again[name] != published[name] and not name.endswith(".duckdb")] == []


def test_an_altered_register_of_councils_is_one_message_and_not_a_traceback(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = world.settings.data / "reference" / "councils.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    monkeypatch.setenv("BENCHMARK_DATA", str(world.settings.data))
    monkeypatch.setattr("sys.argv", ["benchmark"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    shown = capsys.readouterr().err
    assert "councils.csv" in shown and "sha256" in shown and "Traceback" not in shown


def test_only_warnings_stand_beside_a_publication(good_run: GoodRun) -> None:
    failed = good_run.run.failed_checks
    assert set(failed) == {
        "core.readings: nearly_every_figure_that_is_read_can_be_used",
        "quality.quarantine: every_council_in_the_sources_resolves",
        "quality.quarantine: no_source_contradicts_itself",
    }
    assert {one.severity for one in failed.values()} == {dg.AssetCheckSeverity.WARN}


@pytest.mark.parametrize(
    ("source", "row", "problem"),
    [
        ("letters_and_press", 2, "no code or name resolves the council"),
        ("peer_indicators", 2, "one address gives two values for one figure"),
        ("peer_indicators", 3, "one address gives two values for one figure"),
        ("peer_indicators", 4, "not a number"),
        ("statistics_pages", 5, "a percentage outside 0 to 100"),
        ("statistics_pages", 6, "not a number"),
    ],
)
def test_a_figure_that_cannot_be_used_is_named_by_file_row_and_reason(
    good_run: GoodRun, source: str, row: int, problem: str
) -> None:
    found = good_run.world.ask(
        f"select problem from quality.quarantine where source = '{source}' and source_row = {row}"
    )
    assert found == [(problem,)]


def test_what_was_set_aside_is_counted_and_nothing_is_lost(good_run: GoodRun) -> None:
    read, used, set_aside = good_run.world.ask(
        "select count(*), count(*) filter (problem is null), count(problem) from core.readings"
    )[0]
    assert (read, set_aside) == (used + set_aside, 12)
    assert "12 figures" in good_run.world.pages()


def test_a_check_shows_five_failing_rows_and_the_relation_of_failures_holds_them_all(
    good_run: GoodRun,
) -> None:
    check = good_run.run.failed_checks["quality.quarantine: every_council_in_the_sources_resolves"]
    shown = check.metadata["first failing rows"]
    assert isinstance(shown, dg.MarkdownMetadataValue)
    assert len((shown.md_str or "").splitlines()) == 2 + 5
    assert check.metadata["number of failing rows"].value == 7
    kept = good_run.world.ask(
        "select row_key from quality.failures where check_name = 'every_council_in_the_sources_resolves'"
    )
    assert sorted(json.loads(key)["source_row"] for (key,) in kept) == list(range(2, 9))


def test_the_subjects_figures_are_right(good_run: GoodRun) -> None:
    row = good_run.world.ask(
        "select value, comparators, comparators_with_data, pooled_numerator, pooled_denominator"
        " from marts.comparisons where indicator = 'uphold_rate' and gss_code = 'X99999901'"
        " and comparator_group = 'lgsco_type' and period_label = '2023-24'"
    )
    assert row == [(82.5, 2, 1, 10, 20)]


def test_a_council_that_ended_is_in_no_comparison(good_run: GoodRun) -> None:
    assert good_run.world.ask("select * from marts.comparisons where gss_code = 'X99999905'") == []


def test_the_year_of_the_run_config_selects_what_is_shown_and_never_filters_the_marts(
    good_run: GoodRun, world: World
) -> None:
    world.run("raw.practices", year="2022-23")
    before = good_run.world.published()
    (page,) = [name for name in world.published() if name.endswith("/uphold_rate.html") and name not in before]
    assert b"12 of 20" in world.published()[page] and b"33 of 40" not in world.published()[page]
    assert world.tables("marts") == good_run.world.tables("marts")


def test_another_council_gets_its_own_publication_beside_the_first(good_run: GoodRun, world: World) -> None:
    world.run("raw.practices", council="sampleshire-county-council-invented")
    first = {name: content for name, content in world.published().items() if name.startswith(SUBJECT)}
    assert "Sampleshire" in world.pages("sampleshire-county-council-invented")
    assert first == {name: content for name, content in good_run.world.published().items() if name.startswith(SUBJECT)}


def test_the_published_warehouse_explains_its_columns(good_run: GoodRun) -> None:
    uncommented = good_run.world.ask(
        "select schema_name, table_name, column_name from duckdb_columns()"
        " where schema_name in ('raw', 'staging', 'core', 'marts') and comment is null"
    )
    assert uncommented == []


def test_a_run_beside_another_process_is_told_who_holds_the_warehouse_and_changes_nothing(
    world: World, another_process: int
) -> None:
    before = world.published()
    run = world.command("--council", SUBJECT, lock_wait_seconds="0.1")
    assert run.status == 1
    assert f"process {another_process} is writing" in run.printed
    assert world.published() == before


HOSTILE = "<script>alert(1)</script>\u202e=1+1"


def test_a_hostile_name_stays_text_on_every_page_and_in_every_cell(world: World) -> None:
    named = [row | ({"nice_name": HOSTILE} if row["gss_code"] == "X99999902" else {}) for row in COUNCILS]
    formula = [row | ({"nice_name": "=1+1"} if row["gss_code"] == "X99999903" else {}) for row in named]
    world.write("reference/councils", formula)
    run = world.run("raw.councils", "staging.councils", "core.councils", "core.council_names")
    assert (run.status, run.errors) == (0, "")
    assert "&lt;script&gt;alert(1)" in world.pages()
    assert "<script>alert(1)" not in world.pages()
    workbooks = [content for name, content in world.published().items() if name.endswith(".xlsx")]
    cells = [
        cell
        for content in workbooks
        for sheet in openpyxl.load_workbook(io.BytesIO(content))
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert "=1+1" in {cell.value for cell in cells}
