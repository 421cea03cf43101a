"""Progress of a run in the terminal: one line that moves, nothing in a log file."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import dagster as dg
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

from cli.terminal import Terminal


@contextmanager
def terminal_of_its_own(console: Console) -> Iterator[Console]:
    """A console on which the bar moves: Dagster points standard error at a file while a run lasts, so the bar goes to
    a duplicate of its descriptor. Where that is no terminal, the console itself, on which nothing moves."""
    if not sys.stderr.isatty():
        yield console
        return
    with os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding=sys.stderr.encoding) as stream:
        yield Terminal(file=stream)


class StepProgress(logging.Handler):
    """A bar over the steps of one run, fed by Dagster's own events and by what steps log of their progress."""

    def __init__(self, console: Console, steps: int) -> None:
        super().__init__()
        self.bar = Progress(
            TextColumn("{task.description:<44}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            # nothing of the run reaches this terminal, so nothing needs catching
            redirect_stdout=False,
            redirect_stderr=False,
            # drawing is work that the run has to wait for
            refresh_per_second=3,
        )
        self.task = self.bar.add_task("starting", total=steps)

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    @property
    def logger(self) -> dg.LoggerDefinition:
        """The logger that the command line gives its runs in place of the console's."""

        @dg.logger(None)
        def to_the_bar(_: dg.InitLoggerContext) -> logging.Logger:
            logger = logging.getLogger("cli.progress")
            logger.setLevel(logging.DEBUG)
            logger.propagate = False
            logger.handlers = [self]
            return logger

        return to_the_bar

    def emit(self, record: logging.LogRecord) -> None:
        """Move the bar for one event, or show what a step logs, such as which council's page it is at."""
        meta: dict[str, Any] = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        if event is None:
            if record.levelno == logging.INFO and meta.get("step_key"):
                self.bar.update(self.task, description=meta["orig_message"][:44])
        elif event.event_type == dg.DagsterEventType.STEP_START and event.step_key:
            self.bar.update(self.task, description=event.step_key.replace("__", " ").replace("_", " "))
        elif event.event_type in (dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE):
            self.bar.advance(self.task)
