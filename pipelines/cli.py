"""The command line: `benchmark` refreshes everything and prints what a director wants first."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines.settings import PROJECT, Settings

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    help="Compare an English council's complaints performance with comparable authorities.",
)
console = Console(stderr=True)


@app.callback(invoke_without_command=True)
def refresh(
    context: typer.Context,
    council: Annotated[str | None, typer.Option(help="The subject: a council's name or page name.")] = None,
    comparators: Annotated[str | None, typer.Option(help="The comparator group, such as lgsco_type.")] = None,
    year: Annotated[
        str,
        typer.Option(help="A financial year such as 2023-24; by default each indicator's latest."),
    ] = "",
) -> None:
    """Refresh everything from the figures at hand, publish it, and print where the council stands."""
    if context.invoked_subcommand is None:
        settings = Settings()
        raise typer.Exit(
            run_refresh(
                settings,
                council or settings.council,
                comparators or settings.comparators,
                year,
            )
        )


def run_refresh(settings: Settings, council: str, comparators: str, year: str) -> int:
    """The exit status of one refresh: 0 if every blocking check passed, 1 if not, 2 if it was asked for wrongly."""
    # Dagster and pandas take seconds to import, which `--help` and a misspelt council should not wait for
    from pipelines.subject import Lookup, UnknownSubjectError, checked_year

    try:
        lookup = Lookup(settings)
        subject = lookup.council(council)
        lookup.comparators(comparators)
        checked_year(year)
    except UnknownSubjectError as error:
        console.print(str(error), style="bold", markup=False)
        return 2
    console.print(f"Refreshing for {subject.official_name}", markup=False)

    from pipelines.refresh import refresh as run

    return run(settings, subject, comparators, year, console)


def main() -> None:
    """The entry point; errors that a person can mend are one message, not a traceback."""
    from pipelines.shipped import SourceFileError

    try:
        app()
    except SourceFileError as error:
        console.print(f"error: {error}", style="bold red", markup=False)
        sys.exit(1)


__all__ = ["PROJECT", "Path", "app", "main"]
