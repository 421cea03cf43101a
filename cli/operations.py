"""Commands for whoever keeps it running: doctor, tidy, backup and restore."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.panels import UPKEEP, command
from cli.terminal import Terminal

if TYPE_CHECKING:
    import dagster as dg

    from cli.doctor import Finding
    from pipelines.backup import Kept
    from pipelines.notices import Notice

out = Terminal()
STYLES = {"ok": "", "warn": "yellow", "bad": "bold red"}


@contextmanager
def history() -> Iterator["dg.DagsterInstance"]:
    """Dagster's history of this checkout, as the UI and every refresh use it."""
    import dagster as dg

    from warehouse.settings import PROJECT

    with dg.DagsterInstance.from_config(str(PROJECT)) as instance:
        yield instance


def doctor(
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended without losing anything.")] = False,
    notify: Annotated[
        bool,
        typer.Option("--notify", help="Send what is bad, or that all is well, by the channels that are set."),
    ] = False,
) -> None:
    """Examine the installation, one line each with what to do. Exits with 1 where something is bad."""
    from cli.doctor import Installation, examine
    from cli.register import refuse
    from pipelines.notices import send
    from pipelines.notify import send_notices
    from warehouse.settings import Settings

    settings = Settings()
    try:
        settings.state.mkdir(0o700, parents=True, exist_ok=True)
    except OSError as error:
        from cli.register import refuse

        refuse(f"{settings.state} cannot be made ({error.strerror}): set BENCHMARK_STATE to a folder that can.")
    bad: list[Finding] = []
    with history() as instance:
        if notify:
            for delivery in send_notices(instance, settings):
                out.print(delivery.sentence(), markup=False)
        for finding in examine(Installation(settings, instance)):
            mended = finding.mend() if fix and finding.mend else ""
            _print(finding, mended)
            if finding.level == "bad" and not mended:
                bad.append(finding)
    if notify:
        for delivery in send(_as_notice(bad), settings.notices):
            out.print(delivery.sentence(), markup=False)
    raise typer.Exit(1 if bad else 0)


def _print(finding: "Finding", mended: str) -> None:
    level = "mended" if mended else finding.level
    out.print(f"{level:<7}{finding.what:<17}{finding.said}", markup=False, style=STYLES.get(level, "green"))
    if mended or finding.do:
        out.print(f"{'':<24}{mended or finding.do}", markup=False)


def _as_notice(bad: "list[Finding]") -> "Notice":
    from pipelines.notices import Notice

    if not bad:
        return Notice("all is well", ("Nothing that was examined is bad.",), (), ())
    return Notice(
        f"{len(bad)} things need attention",
        tuple(f"{finding.what}: {finding.said}" for finding in bad),
        ("What is published stands until the next refresh that succeeds.",),
        tuple(finding.do for finding in bad if finding.do),
    )


def verify_command(
    council: Annotated[str | None, typer.Option(help="One council; by default every one published here.")] = None,
) -> None:
    """Check that nothing published was altered since. Names what was, and exits with 1 where anything was."""
    from assets.publication.publishing import published, verify
    from cli.register import owner_of, refuse
    from warehouse.settings import Settings

    folders = published(Settings().output)
    if council:
        slug = owner_of(council).slug
        folders = [folder for folder in folders if folder.name == slug]
    if not folders:
        refuse("Nothing is published yet: run `uv run benchmark` first.")
    is_sound = True
    for folder in folders:
        problems = verify(folder)
        is_sound = is_sound and not problems
        for name, said in problems.items():
            out.print(f"{folder.name}, {name}: {'; '.join(said)}.", markup=False, style="bold red")
        if not problems:
            out.print(f"{folder.name}: nothing was altered.", markup=False)
    if not is_sound:
        out.print("Run `uv run benchmark` for each council: it makes the current edition again.")
    raise typer.Exit(0 if is_sound else 1)


def tidy_command(
    remove: Annotated[bool, typer.Option("--remove", help="Remove it; without this, only say what would go.")] = False,
) -> None:
    """Say, and with --remove do, what the settings say need not be kept: old runs, repeated captures, publications."""
    from pipelines.tidy import surplus, tidy
    from warehouse.settings import Settings

    settings = Settings()
    with history() as instance:
        found = tidy(settings, instance) if remove else surplus(settings, instance)
    for one in found:
        out.print(f"{one.count:>6} {one.what}", markup=False)
    if not remove and any(one.count for one in found):
        out.print("Nothing was removed. Run `uv run benchmark tidy --remove` to remove it.")


Force = Annotated[bool, typer.Option("--force", help="Replace what is there already.")]


def backup_command(
    file: Annotated[Path, typer.Argument(help="Where to write the backup (ZIP).")],
    force: Force = False,
    with_history: Annotated[bool, typer.Option("--history", help="Keep Dagster's history of runs too.")] = False,
) -> None:
    """Write one file with everything that cannot be made again: captures, deliveries, undertakings, settings."""
    if file.is_dir():
        raise typer.BadParameter(f"{file} is a folder: give the name of a file")
    from assets.ombudsman.archive import Captures
    from pipelines.backup import backup
    from warehouse.settings import Settings

    settings = Settings()
    with _said_plainly():
        kept = backup(settings, file, force, with_history)
        out.print(f"{file}: {_counted(kept)}.", markup=False)
        for problem in Captures(settings.captures).verify():
            out.print(f"Kept as it is, although it is damaged: {problem}", markup=False, style="bold")
        out.print("It holds the register's salt and cases: keep it where the register itself may be kept.")


def restore_command(
    file: Annotated[Path, typer.Argument(help="A backup.", exists=True, dir_okay=False)],
    force: Force = False,
    with_history: Annotated[
        bool,
        typer.Option("--history", help="Take Dagster's history too, with the schedules that it switches on."),
    ] = False,
) -> None:
    """Put a backup back, verified file by file, and say what to run next. Its settings are shown, not taken."""
    from pipelines.backup import RESTORED_SETTINGS, SETTINGS_FILE, restore
    from warehouse.settings import Settings

    settings = Settings()
    with _said_plainly():
        kept = restore(settings, file, force, with_history)
    out.print(f"{_counted(kept)} put back, as of {kept.made:%Y-%m-%d %H:%M} (UTC).", markup=False)
    if kept.settings:
        out.print(f"Its settings are in {RESTORED_SETTINGS} and not in use yet:", markup=False)
        for name, value in kept.settings.items():
            out.print(f"  {name!a} = {value!a}", markup=False)
        out.print(f"Read them, then rename {RESTORED_SETTINGS} to {SETTINGS_FILE} to use them.", markup=False)
    out.print("Run `uv run benchmark` to make every table and publication from it.")


def _counted(kept: "Kept") -> str:
    return f"{kept.files:,} files, {kept.bytes:,} bytes"


@contextmanager
def _said_plainly() -> Iterator[None]:
    """What cannot be done, in one message and with status 1."""
    from pipelines.backup import BackupError

    try:
        yield
    except (BackupError, OSError) as error:
        Terminal(stderr=True).print(str(error), style="bold", markup=False)
        raise typer.Exit(1) from None


def add_to(app: typer.Typer) -> None:
    """Put these commands on the project's own."""
    command(app, UPKEEP, "doctor", "doctor --fix")(doctor)
    command(app, UPKEEP, "tidy", "tidy --remove")(tidy_command)
    command(app, UPKEEP, "verify", "verify --council kent")(verify_command)
    command(app, UPKEEP, "backup", "backup benchmark.zip")(backup_command)
    command(app, UPKEEP, "restore", "restore benchmark.zip")(restore_command)
