"""Nothing that comes from outside reaches the terminal as anything but text."""

import io
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.terminal import Terminal
from warehouse.showing import printable, shown

ESCAPE = Path(__file__).resolve().parents[2] / "cases" / "hostile" / "esc.csv"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("corp\x1b]0;owned\x07\x1b[2Jorate", "corp\\x1b]0;owned\\x07\\x1b[2Jorate"),
        ("\x9b31mred", "\\x9b31mred"),
        ("over\rwritten", "over\\rwritten"),
        ("gone\x08\x7f", "gone\\x08\\x7f"),
        ("exe.\u202ecod", "exe.\\u202ecod"),
        ("two\u200bwords", "two\\u200bwords"),
        ("King’s Lynn – £5, ≥ 3 (ŵ)", "King’s Lynn – £5, ≥ 3 (ŵ)"),
        ("line\nline", "line\nline"),
    ],
)
def test_what_a_terminal_would_act_on_is_shown_as_an_escape(text: str, seen: str) -> None:
    assert printable(text) == seen
    printed = Terminal()
    printed.file = io.StringIO()
    printed.print(text, markup=False)
    assert printed.file.getvalue() == seen + "\n"


def test_what_is_shown_within_a_sentence_is_short_and_on_one_line() -> None:
    assert shown("a\nb\tc") == "a\\nb\\tc"
    assert shown("x" * 1000, 10) == "x" * 10 + "…"


def test_every_console_of_the_command_line_is_the_one_that_escapes() -> None:
    folder = Path(__file__).resolve().parents[3] / "cli"
    others = [path.name for path in sorted(folder.glob("*.py")) if " Console(" in path.read_text()]
    assert others == []


@pytest.mark.parametrize("command", ["check-register", "import", "check-plan"])
def test_escapes_in_a_file_and_in_its_name_are_not_sent_to_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("BENCHMARK_STATE", str(tmp_path / "state"))
    file = tmp_path / "esc\x1b]0;owned\x07.csv"
    shutil.copy(ESCAPE, file)
    printed = CliRunner().invoke(app, [command, str(file)]).output
    assert "owned" in printed and "\x1b" not in printed and "\x07" not in printed
