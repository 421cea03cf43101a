"""`benchmark table` and `benchmark explain` on the shipped figures: what they print, and what they say otherwise."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.ranking import NothingToShowError, explanation, ranking_table
from warehouse.councils import UnknownSubjectError
from warehouse.settings import Settings

COUNTY, TYPE = "worcestershire", "lgsco_type"


def test_a_table_tells_the_gate_the_coverage_and_every_council(ranked_settings: Settings) -> None:
    text = ranking_table(ranked_settings, "uphold_rate", COUNTY, "2023-24", TYPE)
    assert "other county councils: 12 of 21 councils have data" in text
    assert "No rank, because the differences are mostly chance" in text
    assert "In order of value, which is no ranking." in text
    lines = [line for line in text.splitlines() if line.startswith(">")]
    (ours,) = [" ".join(line.split()) for line in lines]
    assert ours == "> Worcestershire 88.5% 23 of 26 71.0% to 96.0% no rank Cannot say, not unusual"
    assert "Without data: Cambridgeshire, Essex," in text


def test_a_table_without_a_year_is_of_the_latest_with_our_figure(ranked_settings: Settings) -> None:
    assert ranking_table(ranked_settings, "uphold_rate", COUNTY, "", TYPE).splitlines()[0].endswith("2023-24")
    assert ranking_table(ranked_settings, "uphold_rate", "essex", "", TYPE).splitlines()[0].endswith("2024-25")


def test_verdicts_of_neighbours_are_left_out_because_they_have_neighbours_of_their_own(
    ranked_settings: Settings,
) -> None:
    text = ranking_table(ranked_settings, "uphold_rate", "essex", "2024-25", "ons_neighbours")
    judged = [line for line in text.splitlines() if ", not unusual" in line or "than usual" in line]
    assert judged == [line for line in text.splitlines() if line.startswith("> Essex")]


def test_under_five_cases_no_percentage_is_printed(ranked_settings: Settings) -> None:
    with duckdb.connect(str(ranked_settings.output / "warehouse.duckdb"), read_only=True) as connection:
        slug, year = connection.execute(
            "select council_slug, period_label from marts.indicator_values inner join core.councils using (gss_code)"
            " where indicator = 'uphold_rate' and denominator between 1 and 4 and value is not null"
            " and not is_after_abolition order by all limit 1"
        ).fetchall()[0]
    assert "too few" in ranking_table(ranked_settings, "uphold_rate", slug, year, TYPE)
    text = explanation(ranked_settings, "uphold_rate", slug, year, TYPE)
    assert "too few for a percentage" in text and "95% interval" not in text


def test_an_explanation_tells_the_figures_whole_story(ranked_settings: Settings) -> None:
    text = explanation(ranked_settings, "uphold_rate", COUNTY, "2023-24", TYPE)
    for told in (
        "88.5%, 23 of 26",
        "95% interval 71.0% to 96.0%, few cases",
        "Complaints upheld by the Ombudsman: 23 (statistics page, used)",
        "https://www.lgo.org.uk/your-councils-performance/worcestershire-county-council/statistics",
        "(press, also there)",
        "With data: Derbyshire, Devon,",
        "We cannot say whether it differs from the average of other county councils.",
        "11 of 20 other county councils have figures: 85.7% from all their cases.",
        "Published averages: all county councils 85%, England 80%.",
        "Given them, 18 to 25 cases would be no surprise; p = 0.747.",
        "No rank, because",
        "Level with the best of them",
        "The result stands with one case moved",
        "Fewer than two comparator groups have enough figures",
        "No trend: we have ",
    ):
        assert told in text, told
    assert "own list" not in text


def test_an_explanation_of_a_rate_names_the_population(ranked_settings: Settings) -> None:
    text = explanation(ranked_settings, "upheld_per_100k", COUNTY, "2023-24", TYPE)
    assert "23 among 609,216 residents" in text and "the middle of 2022" in text


def test_an_explanation_of_a_missing_figure_says_why(ranked_settings: Settings) -> None:
    text = explanation(ranked_settings, "uphold_rate", COUNTY, "2024-25", TYPE)
    assert "no figure:" in text and "No result: we do not have its figure." in text


@pytest.mark.parametrize(
    ("indicator", "council", "year", "comparators", "error", "message"),
    [
        ("uphold", COUNTY, "", TYPE, NothingToShowError, "There are: .*uphold_rate"),
        ("uphold_rate", "worcestr", "", TYPE, UnknownSubjectError, "worcester"),
        ("uphold_rate", COUNTY, "2023", TYPE, UnknownSubjectError, "not a financial year"),
        ("uphold_rate", COUNTY, "2001-02", TYPE, NothingToShowError, "Years with figures: .*2023-24"),
        ("uphold_rate", COUNTY, "", "friends", UnknownSubjectError, "lgsco_type"),
        (
            "uphold_rate",
            "cumbria-county-council",
            "2024-25",
            TYPE,
            NothingToShowError,
            "was no council in 2024-25",
        ),
    ],
)
def test_what_cannot_be_shown_is_answered_with_what_can(
    ranked_settings: Settings,
    indicator: str,
    council: str,
    year: str,
    comparators: str,
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        ranking_table(ranked_settings, indicator, council, year, comparators)


def test_without_a_warehouse_the_command_to_run_is_named(ranked_settings: Settings, tmp_path: Path) -> None:
    settings = ranked_settings.model_copy(update={"output": tmp_path})
    with pytest.raises(NothingToShowError, match="run `uv run benchmark` first"):
        ranking_table(settings, "uphold_rate", COUNTY, "", TYPE)


def test_a_file_that_is_no_warehouse_is_told_as_such(ranked_settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").write_bytes(b"not a database" * 400)
    settings = ranked_settings.model_copy(update={"output": tmp_path})
    with pytest.raises(NothingToShowError, match="cannot be read"):
        explanation(settings, "uphold_rate", COUNTY, "", TYPE)


def test_the_commands_print_the_same_and_exit_well(ranked_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHMARK_OUTPUT", str(ranked_settings.output))
    table = CliRunner().invoke(app, ["table", "uphold_rate", "--council", COUNTY, "--year", "2023-24"])
    assert table.exit_code == 0
    assert table.stdout.rstrip("\n") == ranking_table(ranked_settings, "uphold_rate", COUNTY, "2023-24", TYPE)
    told = CliRunner().invoke(app, ["explain", "uphold_rate", COUNTY, "2023-24"])
    assert told.stdout.rstrip("\n") == explanation(ranked_settings, "uphold_rate", COUNTY, "2023-24", TYPE)


@pytest.mark.parametrize("command", ["table", "explain"])
def test_a_look_up_imports_nothing_that_only_a_refresh_needs(ranked_settings: Settings, command: str) -> None:
    arguments = [command, "uphold_rate"]
    code = f"import sys; from cli.main import app; app({arguments!r}, standalone_mode=False); print(*sys.modules)"
    environment = os.environ | {"BENCHMARK_OUTPUT": str(ranked_settings.output)}
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert {"altair", "dagster", "great_expectations", "requests", "scipy"} & set(ended.stdout.split()) == set()


def test_a_misspelt_indicator_exits_with_the_list_of_indicators(
    ranked_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCHMARK_OUTPUT", str(ranked_settings.output))
    answer = CliRunner().invoke(app, ["explain", "upheld"])
    assert answer.exit_code == 2 and answer.stdout == ""
