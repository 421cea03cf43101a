"""Commands that take in what the Ombudsman publishes: saved pages and tables, gathered figures, headings, decisions."""

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.panels import OMBUDSMAN, command, given_path, not_empty
from cli.register import refuse
from cli.terminal import Terminal
from warehouse.showing import printable

if TYPE_CHECKING:
    from warehouse.councils import Lookup

console = Terminal(stderr=True)
out = Terminal()


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Saved pages (HTML) and tables (CSV, XLSX, XLS, ODS), or folders of them.", parser=given_path
        ),
    ],
    dry_run: Annotated[bool, typer.Option(help="Say what would be read, and keep nothing.")] = False,
    saved: Annotated[
        str, typer.Option(help="The date on which the files were saved, if not today.", callback=not_empty)
    ] = "",
) -> None:
    """Take pages and tables saved from a browser into the archive, and say for each what was read and what was not."""
    from assets.ombudsman.archive import Captures
    from assets.ombudsman.importing import import_files
    from warehouse.councils import Lookup
    from warehouse.moments import last_moment, past_day
    from warehouse.settings import Settings

    settings = Settings()
    try:
        when = last_moment(past_day(saved).isoformat()) if saved else None
    except ValueError as error:
        refuse(f"--saved: {error}")
    reports = import_files(
        files, Captures(settings.captures), dry_run=dry_run, slug_of=Lookup(settings).slug_of, saved_at=when
    )
    for report in reports:
        out.print(report.sentence(), markup=False)
    kept = sum(report.is_kept for report in reports)
    if kept:
        out.print(
            f"{kept} of {len(reports)} files are in the archive. Run `uv run benchmark` to read them into the report."
        )
    raise typer.Exit(1 if any(report.problem for report in reports) else 0)


def add_figures(
    file: Annotated[
        Path, typer.Argument(help="A CSV with the columns of a file in data/.", exists=True, dir_okay=False)
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check it, and say what would be added.")] = False,
) -> None:
    """Check figures that were gathered, line by line, and add them to the file in data/ that has their columns."""
    from assets.adding import AddingError, check
    from warehouse.settings import Settings

    try:
        addition = check(file, Settings())
        for fault in addition.faults:
            out.print(printable(fault), markup=False)
        if addition.repeated:
            lines = ", ".join(map(str, addition.repeated[:10])) + (", ..." if addition.repeated[10:] else "")
            out.print(f"Already there, so left out: {len(addition.repeated):,} lines ({lines}).", markup=False)
        if addition.faults:
            refuse("Nothing was added. Correct these lines and run the command again.")
        name = addition.file.path.name
        if dry_run:
            out.print(f"{len(addition.rows):,} lines can be added to {name}. Nothing was added yet.", markup=False)
            return
        addition.write()
    except AddingError as error:
        refuse(error)
    out.print(f"{len(addition.rows):,} lines were added to {name}. Run: uv run benchmark", markup=False)


def accept_heading(
    heading: Annotated[str, typer.Argument(help="The heading, as the table prints it.")],
    measure: Annotated[str, typer.Argument(help="The measure it stands for, such as compliance_outcomes.")],
) -> None:
    """Take a heading of the Ombudsman's tables for a measure from now on."""
    from difflib import get_close_matches

    from assets.ombudsman.archive import Captures
    from assets.ombudsman.source import load
    from assets.ombudsman.table_columns import meaning
    from warehouse.settings import Settings

    measures = load().tables.measures
    if measure not in measures:
        near = get_close_matches(measure, measures, n=3, cutoff=0.4) or measures
        refuse(f"There is no measure {measure!r}. The nearest are: {', '.join(near)}")
    if not heading.strip() or (others := meaning(heading)):
        why = f"already stands for {' and '.join(others)}" if heading.strip() else "is empty"
        refuse(f"The heading {heading!r} {why}; nothing is changed.")
    Captures(Settings().captures).accept_heading(heading, measure)
    out.print(f"{heading!r} stands for {measure}. Run `uv run benchmark` to read the tables again.", markup=False)


def lessons(
    councils: Annotated[list[str], typer.Argument(help="Councils about which to collect decisions.")],
    since: Annotated[
        str, typer.Option("--from", help="First day of the decisions to collect.", callback=not_empty)
    ] = "",
    until: Annotated[str, typer.Option("--to", help="Last day; today by default.", callback=not_empty)] = "",
    comparators: Annotated[
        bool, typer.Option("--comparators", help="Also every council of the same type as these.")
    ] = False,
    site: Annotated[str | None, typer.Option(help="A stand-in for the Ombudsman's site on this machine.")] = None,
) -> None:
    """Collect the Ombudsman's decisions about named councils, and what they agreed to change."""
    from assets.ombudsman.collect import collect_decisions
    from assets.ombudsman.collection import client_for
    from assets.ombudsman.decisions import EmptyShell
    from assets.ombudsman.source import load
    from assets.ombudsman.transport import FetchError
    from warehouse.councils import Lookup, UnknownSubjectError
    from warehouse.moments import past_day
    from warehouse.settings import Settings

    settings = Settings()
    address = site or settings.site or load().site
    try:
        last = past_day(until) if until else date.today()
        # not the same day of the year before: there is no 29 February then
        first = past_day(since) if since else last - timedelta(days=365)
    except ValueError as error:
        refuse(error)
    if first > last:
        refuse(f"--from {first} is after --to {last}: no decision can be of both.")
    failed = False
    lookup = Lookup(settings)
    for name in _with_their_type(lookup, councils) if comparators else councils:
        try:
            council = lookup.named(name)
            with client_for(settings, address) as client:
                decisions = collect_decisions(client, council.official_name, first, last)
            out.print(
                f"{council.official_name}: {len(decisions)} decisions from {first} to {last}. Run `uv run benchmark` "
                "to read them in.",
                markup=False,
            )
        except (UnknownSubjectError, FetchError, EmptyShell) as error:
            failed = True
            console.print(f"{name}: {error}", markup=False, style="bold")
    raise typer.Exit(1 if failed else 0)


def _with_their_type(lookup: "Lookup", names: list[str]) -> list[str]:
    """The councils named, and the page names of today's councils of the same types."""
    from warehouse.councils import UnknownSubjectError

    try:
        named = [lookup.named(name) for name in names]
    except UnknownSubjectError as error:
        refuse(error)
    types = {council.lgsco_type for council in named}
    others = [council.slug for council in lookup.living() if council.lgsco_type in types]
    return list(dict.fromkeys([*(council.slug for council in named), *others]))


def add_to(app: typer.Typer) -> None:
    """Put these commands on the project's own."""
    command(app, OMBUDSMAN, "import", "import saved-pages --dry-run")(import_)
    command(app, OMBUDSMAN, "add-figures", "add-figures gathered.csv --dry-run")(add_figures)
    command(app, OMBUDSMAN, "accept-heading", 'accept-heading "Compliance outcomes" compliance_outcomes')(
        accept_heading
    )
    command(app, OMBUDSMAN, "lessons", "lessons kent --from 2026-01-01")(lessons)
