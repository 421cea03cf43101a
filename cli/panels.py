"""How `--help` groups the commands, and the names that a shell completes."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

LOOK = "Look things up"
OMBUDSMAN = "Collect published figures"
REGISTER = "The council's own cases"
IMPROVEMENT = "Plan, replies and sign-off"
UPKEEP = "Keep it running"
ORDER = (LOOK, OMBUDSMAN, REGISTER, IMPROVEMENT, UPKEEP)


def command(app: typer.Typer, panel: str, name: str, example: str) -> Callable[[Any], Any]:
    """The decorator that puts a command into its panel, with an example under its help."""
    return app.command(name, rich_help_panel=panel, epilog=f"Example: uv run benchmark {example}")


def not_empty(context: typer.Context, parameter: typer.CallbackParam, text: str) -> str:
    """What was given; refuses an empty text, as a script has where its variable is not set: it means no default."""
    source = context.get_parameter_source(parameter.name or "")
    if source and source.name == "COMMANDLINE" and not text.strip():
        raise typer.BadParameter("it is empty: leave it out, or give one")
    return text


def given_path(text: str) -> Path:
    """The path; refuses an empty text, which would mean the folder that the command is run in."""
    if not text.strip():
        raise typer.BadParameter("it is empty: name a file or a folder")
    return Path(text)


def councils(typed: str) -> list[str]:
    """The page names of councils that begin with what was typed, for a shell to complete."""
    from warehouse.settings import Settings

    path = Settings().data / "reference" / "councils.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [row["council_id"] for row in csv.DictReader(file) if row["council_id"].startswith(typed)]


def indicators(typed: str) -> list[str]:
    """The measures that begin with what was typed, for a shell to complete."""
    from warehouse.settings import Settings

    return sorted(path.stem for path in Settings().indicators.glob("*.yml") if path.stem.startswith(typed))
