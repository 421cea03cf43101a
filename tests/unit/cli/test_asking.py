"""What is asked for on the command line and is not there is one message and status 2, before anything is done."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--council", ""], "No council is named"),
        (["--council", "kennt"], "Did you mean: kent-county-council"),
        (
            ["--council", "cumbria"],
            "Cumberland Council (cumberland-council) and Westmorland and Furness Council",
        ),
        (["--comparators", "friends"], "There is no comparator group 'friends'"),
        (["--comparators", ""], "There is no comparator group ''"),
        (["--year", "2023/24"], "is not a financial year"),
        (["--year", "2098-99"], "has not begun"),
        (["--year", ""], "it is empty"),
        (["--as-at", " "], "it is empty"),
        (["table", "uphold_rate", "--year", ""], "it is empty"),
        (["explain", "uphold_rate", "kent", ""], "it is empty"),
        (["lessons", "kent", "--to", ""], "it is empty"),
        (["import", "page.html", "--saved", ""], "it is empty"),
        (["import", ""], "it is empty"),
        (["what-changed", "--since", ""], "it is empty"),
        (["lessons", "kent", "--from", "2024-02-01", "--to", "2024-01-01"], "is after --to 2024-01-01"),
        (["--only", "kent"], "--only goes with --live"),
        (["--mapping", __file__], "--mapping goes with --register"),
        (["--register", str(HERE)], "is a directory"),
        (["--plan", str(HERE)], "is a directory"),
        (["register-template", str(HERE), "--overwrite"], "is a folder: give the name of a file"),
        (["plan-template", str(HERE), "--overwrite"], "is a folder: give the name of a file"),
        (["backup", str(HERE), "--force"], "is a folder: give the name of a file"),
        (["--council", "kent", "table", "uphold_rate"], "give table its options after its name"),
        (["--as-at", "2098-05-01"], "is still to come"),
        (["--as-at", "1 May 2026"], "is not a date such as 2026-05-01"),
        (["--live", "--only", "nobody"], "There is no English council called 'nobody'"),
        (["table", "uphold_rate", "--council", ""], "No council is named"),
        (["lessons", "kent", "--from", "yesterday"], "is not a date"),
        (["import", "page.html", "--saved", "2098-01-01"], "is still to come"),
    ],
    ids=lambda value: " ".join(value).replace(str(HERE), "HERE") if isinstance(value, list) else "",
)
def test_what_is_not_there_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.setenv("BENCHMARK_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("BENCHMARK_OUTPUT", str(tmp_path / "output"))
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2
    assert said in " ".join(done.output.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []
