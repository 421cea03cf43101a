"""The command line: `benchmark` refreshes everything and prints what a director wants first."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from cli import improvement as improvement_cli
from cli import load_registers as load_registers_cli
from cli import ombudsman as ombudsman_cli
from cli import operations as operations_cli
from cli import panels
from cli import peer_return as peer_return_cli
from cli import register as register_cli
from cli import what_changed as answers_cli
from cli.panels import LOOK, command
from cli.terminal import Terminal
from warehouse.showing import printable

COUNCIL = typer.Option(help="A council's name or page name.", autocompletion=panels.councils)
INDICATOR = typer.Argument(help="A measure: the name of its file in indicators/.", autocompletion=panels.indicators)
COMPARATORS = typer.Option(help="The comparator group, such as lgsco_type or region.")
YEAR = "A financial year such as 2023-24; by default the latest with a figure."

app = typer.Typer(
    pretty_exceptions_enable=False,
    help="Compare an English council's complaints performance with comparable authorities.",
    epilog="Example: uv run benchmark --council kent --open",
)
console = Terminal(stderr=True)
out = Terminal()
register_cli.add_to(app)
load_registers_cli.add_to(app)
peer_return_cli.add_to(app)
operations_cli.add_to(app)
ombudsman_cli.add_to(app)
improvement_cli.add_to(app)
answers_cli.add_to(app)


def print_version(is_wanted: bool) -> None:
    """Print the version and end the command, where it was asked for."""
    if is_wanted:
        from importlib import metadata

        out.print(f"Council Complaints Benchmark {metadata.version('council-complaints-benchmark')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def benchmark(
    context: typer.Context,
    council: Annotated[str | None, COUNCIL] = None,
    comparators: Annotated[str | None, COMPARATORS] = None,
    year: Annotated[
        str,
        typer.Option(
            help="A financial year such as 2023-24; by default each indicator's latest with data.",
            callback=panels.not_empty,
        ),
    ] = "",
    live: Annotated[
        bool,
        typer.Option(
            "--live/--from-archive",
            help="Visit the Ombudsman's site first, or read only what ships and what the archive holds (the default).",
        ),
    ] = False,
    site: Annotated[str | None, typer.Option(help="A stand-in for the Ombudsman's site on this machine.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="With --live: visit only this council's page; may be repeated.")
    ] = None,
    register: Annotated[
        Path | None,
        typer.Option(help="Check and load this extract of the council's register first.", exists=True, dir_okay=False),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(help="With --register: the mapping of its columns and codes.", exists=True, dir_okay=False),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(help="Check and load this improvement plan first (YAML or XLSX).", exists=True, dir_okay=False),
    ] = None,
    example: Annotated[
        bool,
        typer.Option("--example", help="Publish apart for an invented council with an illustrative register."),
    ] = False,
    as_at: Annotated[
        str,
        typer.Option(
            help="A past date such as 2026-05-01: publish apart, from what had been captured by then.",
            callback=panels.not_empty,
        ),
    ] = "",
    internal: Annotated[
        bool,
        typer.Option(
            "--internal",
            help="Also make an edition with small counts, for its owner alone, in state/internal.",
        ),
    ] = False,
    from_scratch: Annotated[
        bool, typer.Option("--from-scratch", help="Make every table again, also what is up to date.")
    ] = False,
    is_opened: Annotated[bool, typer.Option("--open", help="Open the site in a browser at the end.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and stop.", callback=print_version, is_eager=True),
    ] = False,
) -> None:
    """Refresh everything from the figures at hand, publish it, and print where the council stands."""
    if context.invoked_subcommand is not None:
        refuse_options_before(context)
        return
    if mapping and not register:
        raise typer.BadParameter("--mapping goes with --register")
    if only and not live:
        raise typer.BadParameter("--only goes with --live")
    from warehouse.councils import Lookup, UnknownSubjectError, checked_year
    from warehouse.moments import past_day
    from warehouse.settings import Settings

    settings = Settings()
    if site:
        settings = settings.model_copy(update={"site": site})
    if internal:
        settings = settings.model_copy(update={"internal_edition": True})
    if example:
        from assets.example.settings import earlier_settings, example_settings
        from assets.publication.publishing import published
        from cli.refresh import Request, refresh

        # an edition from before it had a register, so that the next can say what changed
        earlier = earlier_settings(settings)
        if not published(earlier.output):
            console.print("First an earlier edition of the example, then the present one.")
            first = Request(Lookup(earlier).council(earlier.council), str(earlier.comparators), is_quiet=True)
            refresh(earlier, first, console)
        settings = example_settings(settings)
        council = settings.council
    try:
        lookup = Lookup(settings)
        asked = settings.council if council is None else council
        subject = lookup.council(asked)
        group = lookup.comparators(settings.comparators if comparators is None else comparators)
        checked_year(year)
        # the site keeps the pages of abolished councils
        visited = [lookup.named(name).slug for name in only or []]
        if as_at:
            past_day(as_at)
    except (UnknownSubjectError, ValueError) as error:
        register_cli.refuse(error)
    # Dagster and pandas take seconds to import, which wrong names should not wait for
    from warehouse.memory import collect_rarely, keep_to_the_end

    collect_rarely()
    if register:
        register_cli.load(settings, register, subject, mapping)
    if plan:
        improvement_cli.load_plan(settings, improvement_cli.checked_plan(settings, plan), subject)
    if succession := lookup.succession(lookup.named(asked)):
        console.print(succession, markup=False)
    console.print(f"Refreshing for {subject.official_name}", markup=False)

    from cli.refresh import Request, refresh

    request = Request(subject, group, year, is_live=live, councils=visited, as_at=as_at, is_from_scratch=from_scratch)
    status = refresh(settings, request, console, is_opened=is_opened)
    keep_to_the_end()
    raise typer.Exit(status)


@command(app, LOOK, "table", "table uphold_rate --council kent --year 2023-24")
def table(
    indicator: Annotated[str, INDICATOR],
    council: Annotated[str | None, COUNCIL] = None,
    year: Annotated[str, typer.Option(help=YEAR, callback=panels.not_empty)] = "",
    comparators: Annotated[str | None, COMPARATORS] = None,
) -> None:
    """Print one ranking: the council and its comparators, and what may be said of their places."""
    from cli.ranking import ranking_table

    print_or_say(ranking_table, indicator, council, year, comparators)


@command(app, LOOK, "explain", "explain uphold_rate worcestershire 2023-24")
def explain(
    indicator: Annotated[str, INDICATOR],
    council: Annotated[
        str | None,
        typer.Argument(help="A council's name or page name.", autocompletion=panels.councils),
    ] = None,
    year: Annotated[str, typer.Argument(help=YEAR, callback=panels.not_empty)] = "",
    comparators: Annotated[str | None, COMPARATORS] = None,
) -> None:
    """Print the whole story of one figure: its sources, its checks, its uncertainty, and its place among others."""
    from cli.ranking import explanation

    print_or_say(explanation, indicator, council, year, comparators)


@command(app, LOOK, "dictionary", "dictionary")
def dictionary() -> None:
    """Print what every table and column of the warehouse means, in Markdown."""
    from cli.dictionary import data_dictionary
    from warehouse.contracts import read_contracts
    from warehouse.settings import PROJECT

    typer.echo(data_dictionary(read_contracts(PROJECT / "expectations")), nl=False)


# the panels of --help stand in the order of their first commands
app.registered_commands.sort(key=lambda one: panels.ORDER.index(str(one.rich_help_panel)))


def refuse_options_before(context: typer.Context) -> None:
    """Nothing, where none of the refresh's own options stands before another command, which would not hear of it."""
    for option in context.command.params:
        source = context.get_parameter_source(option.name or "")
        if source and source.name == "COMMANDLINE":
            said = f"{option.opts[0]} is for a refresh: give {context.invoked_subcommand} its options after its name"
            raise typer.BadParameter(said)


def print_or_say(
    make: Callable[..., str], indicator: str, council: str | None, year: str, comparators: str | None
) -> None:
    """Print what is asked for, or say what cannot be shown and what there is instead."""
    from cli.ranking import NothingToShowError
    from warehouse.councils import UnknownSubjectError
    from warehouse.settings import Settings

    settings = Settings()
    council = settings.council if council is None else council
    comparators = settings.comparators if comparators is None else comparators
    try:
        typer.echo(printable(make(settings, indicator, council, year, comparators)))
    except (NothingToShowError, UnknownSubjectError) as error:
        register_cli.refuse(error)


def main() -> None:
    """The entry point; errors that a person can mend are one message, not a traceback."""
    try:
        app()
    except Exception as error:
        message = in_plain_words(error)
        if not message:
            raise
        console.print(f"error: {message}", style="bold red", markup=False)
        sys.exit(1)


def in_plain_words(error: Exception) -> str:
    """What went wrong and what to do, of an error that a person can mend; nothing of any other."""
    # only now, because help and look-ups should not wait for these imports
    import sqlite3
    import tomllib

    from pydantic import ValidationError
    from xlsxwriter.exceptions import FileCreateError

    from assets.ombudsman.transport import FetchError
    from warehouse.connection import WarehouseBusyError
    from warehouse.contracts import ContractError
    from warehouse.indicators import IndicatorError
    from warehouse.shipped import SourceFileError

    if isinstance(error, ValidationError | tomllib.TOMLDecodeError):
        # the settings: a slip in settings.toml or in a variable, told without the value, which may be a secret
        return f"settings: {error}"
    if isinstance(error, ContractError | FetchError | IndicatorError | SourceFileError | WarehouseBusyError):
        return str(error)
    # a disk that is full or read-only stops even Dagster's history; SQLite says so in words of its own
    said = error.args[0] if isinstance(error, FileCreateError) else getattr(error, "orig", error)
    if isinstance(said, PermissionError):
        return (
            f"{said}. The last publication stands. Set BENCHMARK_STATE and BENCHMARK_OUTPUT to folders that you may "
            "write to, or give this one back its owner and mode, then run again."
        )
    if isinstance(said, OSError | sqlite3.OperationalError):
        return f"{said}. The last publication stands. Look at the disk with `uv run benchmark doctor`, then run again."
    return ""
