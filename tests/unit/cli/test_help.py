"""Help is grouped, has an example for each command, and waits for no import that it does not need."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer
from typer.testing import CliRunner

from cli import panels
from cli.main import app

START = "Example: uv run benchmark "
GROUP = typer.main.get_command(app)
HEAVY = {
    "altair",
    "dagster",
    "duckdb",
    "great_expectations",
    "pandas",
    "pyarrow",
    "pydantic",
    "requests",
    "scipy",
}


def commands(group: click.Command, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its names, those of groups too."""
    for name, command in getattr(group, "commands", {}).items():
        if hasattr(command, "commands"):
            yield from commands(command, (*names, name))
        else:
            yield (*names, name), command


@pytest.mark.parametrize(("names", "command"), [pytest.param(*one, id=" ".join(one[0])) for one in commands(GROUP)])
def test_the_example_of_a_command_has_its_own_options_and_arguments(
    names: tuple[str, ...], command: click.Command
) -> None:
    example = str(command.epilog)
    words = shlex.split(example.removeprefix(START))
    assert example.startswith(START) and tuple(words[: len(names)]) == names
    context = click.Context(command, info_name=names[-1])
    command.make_parser(context).parse_args(words[len(names) :])


def test_help_shows_every_group_of_commands_look_ups_first() -> None:
    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "100"}).output
    assert [shown.index(f" {panel} ") for panel in panels.ORDER] == sorted(
        shown.index(f" {panel} ") for panel in panels.ORDER
    )
    assert "─ Commands ─" not in shown


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["check-register", "--help"], ["doctor", "--help"]])
def test_help_and_version_import_nothing_that_takes_long(arguments: list[str]) -> None:
    code = f"import sys; from cli.main import app; app({arguments!r}, standalone_mode=False); print(*sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    ).stdout
    assert HEAVY & set(printed.split()) == set()


def test_a_name_that_no_council_has_is_refused_before_anything_slow_is_imported() -> None:
    arguments = ["--council", "kennt"]
    code = f"import sys; from cli.main import app; app({arguments!r}, standalone_mode=False); print(*sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert "kent-county-council" in ended.stderr
    assert {"altair", "dagster", "great_expectations", "scipy"} & set(ended.stdout.split()) == set()


def test_the_version_is_printed() -> None:
    assert CliRunner().invoke(app, ["--version"]).output == "Council Complaints Benchmark 0.1.0\n"


def test_council_and_measure_names_are_completed() -> None:
    assert panels.councils("kent") == ["kent-county-council"]
    assert panels.indicators("uphold") == ["uphold_rate"]


def test_a_shell_is_given_the_names_that_begin_with_what_was_typed() -> None:
    words = {
        "_BENCHMARK_COMPLETE": "complete_bash",
        "COMP_WORDS": "benchmark table uphold",
        "COMP_CWORD": "2",
    }
    found = subprocess.run(
        [Path(sys.executable).parent / "benchmark"],
        env=os.environ | words,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == ["uphold_rate"]


def test_the_site_opens_in_the_browser_that_is_set(tmp_path: Path) -> None:
    page, opened = tmp_path / "index.html", tmp_path / "opened"
    code = f"from pathlib import Path; from cli.refresh import open_site; open_site(Path({str(page)!r}), None)"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    subprocess.run([sys.executable, "-c", code], env=os.environ | {"BROWSER": f"{browser} %s"}, check=True)
    assert opened.read_text().strip() == page.as_uri()
