"""What a refresh prints comes from the run itself."""

from pathlib import Path

import pytest
from rich.console import Console

from cli.main import in_plain_words
from cli.refresh import Request, refresh, summarise
from warehouse.connection import exclusive
from warehouse.councils import Council
from warehouse.settings import Settings

KENT = Council("E10000016", "kent-county-council", "Kent County Council", "Kent", "county")


def test_the_summary_is_that_of_the_run_while_another_holds_the_warehouse_and_publishes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(state=tmp_path / "state", output=tmp_path / "output")
    made = {
        "summary": "Complaints upheld (2023-24)\n  Worcestershire: 88.5%",
        "edition": "2023-24-ab-0123456789abcdef",
    }
    with exclusive(settings.state / "warehouse.duckdb", 0):
        summarise(settings, Request(KENT, "lgsco_type"), made)
    printed = capsys.readouterr().out
    assert "Worcestershire: 88.5%" in printed and "2023-24-ab-0123456789abcdef/panel-pack.html" in printed.replace(
        "\n", ""
    )


def test_a_refresh_that_could_not_be_published_makes_nothing(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path / "state", output=tmp_path / "output")
    settings.output.write_text("a file, where a folder should be")
    with pytest.raises(FileExistsError):
        refresh(settings, Request(KENT, "lgsco_type"), Console())
    assert not settings.state.exists()


def test_an_installation_that_belongs_to_somebody_else_is_answered_with_the_settings_of_its_folders() -> None:
    said = in_plain_words(PermissionError(13, "Permission denied", "/srv/benchmark/state"))
    assert "'/srv/benchmark/state'" in said and "Set BENCHMARK_STATE and BENCHMARK_OUTPUT" in said
