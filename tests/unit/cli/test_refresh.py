"""What a refresh prints comes from the run itself."""

from pathlib import Path

import pytest

from cli.refresh import Request, summarise
from warehouse.connection import exclusive
from warehouse.councils import Council
from warehouse.settings import Settings

KENT = Council("E10000016", "kent-county-council", "Kent County Council", "Kent", "county")


def test_the_summary_is_that_of_the_run_while_another_holds_the_warehouse_and_publishes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(state=tmp_path / "state", output=tmp_path / "output")
    made = {"summary": "Complaints upheld (2023-24)\n  we: 88.5%", "edition": "2023-24-ab-0123456789abcdef"}
    with exclusive(settings.state / "warehouse.duckdb", 0):
        summarise(settings, Request(KENT, "lgsco_type"), made)
    printed = capsys.readouterr().out
    assert "we: 88.5%" in printed and "2023-24-ab-0123456789abcdef/panel-pack.html" in printed.replace(
        "\n", ""
    )
