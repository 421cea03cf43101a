"""The command that says what changed between two publications of a council."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.panels import LOOK, command, not_empty
from cli.register import CouncilName, owner_of, refuse
from warehouse.showing import printable


def what_changed(
    council: CouncilName = None,
    since: Annotated[
        str,
        typer.Option(
            help="An earlier publication: its id, or a date on which it was current; by default the one before.",
            callback=not_empty,
        ),
    ] = "",
    as_at: Annotated[
        str,
        typer.Option(help="The publication made with `benchmark --as-at` for this date, instead.", callback=not_empty),
    ] = "",
) -> None:
    """Print what changed between an earlier publication and the current one, as text for an e-mail."""
    from assets.ombudsman.collection import as_at_settings
    from assets.publication import changes, publishing
    from assets.publication.assets import publication_folder
    from warehouse.settings import Settings

    settings, slug = Settings(), owner_of(council).slug
    folder = publication_folder(settings, slug)
    now = publishing.overview_of(folder, publishing.current(folder))
    if not now:
        refuse("Nothing is published for this council yet: run `uv run benchmark` first.")
    if as_at:
        apart = publication_folder(as_at_settings(settings, _day(as_at).isoformat()), slug)
        before = publishing.overview_of(apart, publishing.current(apart))
        if not before:
            refuse(f"Nothing is published as at {as_at}: run `uv run benchmark --as-at {as_at}` first.")
    else:
        before = earlier(folder, now, since)
    typer.echo(printable(changes.as_text(before, now)), nl=False)


def earlier(folder: Path, now: dict[str, Any], since: str) -> dict[str, Any]:
    """The record of the publication named by its id or a day on which it was current; the command ends without one."""
    from assets.publication import publishing

    if not since:
        return publishing.overview_of(folder, now.get("previous") or "")
    # the later of two of one day was written later
    paths = sorted((folder / publishing.FOLDER).iterdir(), key=lambda path: path.stat().st_mtime_ns)
    kept = {path.name: publishing.overview_of(folder, path.name) for path in paths}
    if kept.get(since):
        return kept[since]
    day = _day(since)
    old = [one for one in kept.values() if one and one["publication"] != now["publication"]]
    found = [one for one in old if date.fromisoformat(one["published"]) <= day]
    if not found:
        held = ", ".join(sorted(f"{one['publication']} of {one['published']}" for one in old)) or "none"
        refuse(f"No publication of {since} or before is kept. There are: {held}.")
    return found[-1]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(f"{text!r} is no publication kept here and no date such as 2026-05-01.")


def add_to(app: typer.Typer) -> None:
    """Put the command into the command line."""
    command(app, LOOK, "what-changed", "what-changed --since 2026-05-01")(what_changed)
