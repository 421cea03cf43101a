"""The command that tries the deployment past one machine on this one. Needs the optional extra `scale`."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from cli.panels import UPKEEP
from cli.terminal import Terminal

console = Terminal(stderr=True)
out = Terminal()
scale = typer.Typer(
    no_args_is_help=True,
    help="Past one machine: PostgreSQL, Redis, Celery workers and a shared warehouse (docs/scaling.md).",
)


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.add_typer(scale, name="scale", rich_help_panel=UPKEEP)


@scale.callback()
def _group() -> None:
    """Keep `try` a command of its own, although it is the only one."""


@scale.command("try", epilog="Example: uv run benchmark scale try --councils 4 --workers 2")
def try_(
    councils: Annotated[
        int,
        typer.Option(min=0, help="How many councils to publish, spread over the alphabet; 0 for every one."),
    ] = 12,
    workers: Annotated[int, typer.Option(min=1, help="How many Celery workers to start.")] = 2,
    kill: Annotated[
        bool, typer.Option("--kill", help="Kill a worker (SIGKILL) in the middle of its work; needs two.")
    ] = False,
    built: Annotated[
        Path | None,
        typer.Option(
            help="A warehouse that a refresh built, such as state/warehouse.duckdb, to be shared as it is; without, "
            "the embedded default and a worker each run a refresh, and these are compared too.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    ui: Annotated[
        bool, typer.Option("--ui", help="Then start Dagster's web server and keep all up until Ctrl-C.")
    ] = False,
    folder: Annotated[
        Path | None,
        typer.Option(
            help="A new folder for everything that the trial makes; by default one that is removed."
        ),
    ] = None,
) -> None:
    """Start PostgreSQL, Redis, workers and the daemon on this machine, publish councils, and compare every byte.

    Everything listens on 127.0.0.1 with passwords of its own, in a folder of its own, and is stopped at the end. Exits
    with 0 only if everything published is the same as what the embedded default publishes.
    """
    try:
        from pipelines.scale.trial import TrialError, trial, until_interrupted
    except ImportError as error:
        console.print(
            f"The optional extra is not installed ({error.name}): uv run --extra scale benchmark scale try",
            style="bold",
            markup=False,
        )
        raise typer.Exit(2) from None
    from pipelines.scale.lake import LakeError
    from pipelines.scale.servers import ServerError
    from warehouse.councils import Lookup
    from warehouse.settings import Settings

    if kill and workers < 2:
        raise typer.BadParameter("a worker can be killed only where another is left", param_hint="--kill")
    if folder and folder.exists():
        raise typer.BadParameter(f"{folder} is there already", param_hint="--folder")
    every = Lookup(Settings()).living()
    chosen = every[:: max(1, len(every) // councils)][:councils] if councils else every
    place = folder or Path(tempfile.mkdtemp(prefix="benchmark-scale-"))
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o755)  # PostgreSQL may run as another user, who must be able to reach its own folder in it
    try:
        outcome = trial(
            place.resolve(),
            chosen,
            workers,
            lambda line: console.print(line, markup=False),
            built=built.resolve() if built else None,
            kill=kill,
            then=(lambda: until_interrupted(console.print)) if ui else None,
        )
    except (LakeError, ServerError, TrialError) as error:
        console.print(str(error), style="bold red", markup=False)
        raise typer.Exit(1) from None
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)
    for sentence in outcome.sentences():
        out.print(sentence, markup=False)
    raise typer.Exit(1 if outcome.differing else 0)
