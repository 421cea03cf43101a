"""Great Expectations in a process of its own, which tries the rows of one relation while the run makes the next.

Importing it and trying all relations take as long as making them, and are Python throughout, so a thread of the run's
own process would gain nothing. The process serves all runs of the process that started it, and ends with it, however
that ends: its questions come through a pipe, which then closes. This module imports next to nothing, so that a command
can start the process before it imports what it needs itself.
"""

import atexit
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import traceback
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pipelines.memory import collect_rarely
from pipelines.settings import PROJECT

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.contracts import Contract
    from pipelines.expectations import Outcome


class ValidatingError(Exception):
    """The process that tries rows could not answer; the message says why."""


class Question(Protocol):
    """What the process can be asked."""

    def answer(self) -> Any: ...


@dataclass(frozen=True)
class Trial:
    """What comes of every check of `contract` on these rows? Its answer is kept in `state` for Data Docs."""

    contract: "Contract"
    rows: "pa.Table"
    state: Path

    def answer(self) -> "list[Outcome]":
        import duckdb

        from pipelines.expectations import Validator

        # by DuckDB, so that pandas gets the same types as from a relation in the warehouse
        return Validator(self.state).run(self.contract, duckdb.from_arrow(self.rows).df())


@dataclass(frozen=True)
class Docs:
    """Where are the Data Docs of all results that were kept in `state`?"""

    state: Path

    def answer(self) -> Path:
        from pipelines.expectations import Validator

        return Validator(self.state).build_docs()


@dataclass(frozen=True)
class Ready:
    """Is everything imported that answers need?"""

    def answer(self) -> bool:
        import duckdb
        import great_expectations.expectations as classes

        from pipelines import expectations

        return all((duckdb, classes, expectations))


class ValidatingProcess:
    """The process, and the questions that wait for it. They are answered one after the other."""

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue[tuple[Question, Future[Any]]] = queue.SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        # a daemon, so that nobody waits for answers to a run that was stopped
        threading.Thread(target=self._pass_on, name="validating", daemon=True).start()

    def start(self) -> None:
        """Start it, so that what it imports is there when the first rows are."""
        self.ask(Ready())

    def ask(self, question: Question) -> Future[Any]:
        """The answer, once it is there. Raises ValidatingError where the process failed."""
        answer: Future[Any] = Future()
        self._asked.put((question, answer))
        return answer

    def _pass_on(self) -> None:
        while True:
            question, answer = self._asked.get()
            try:
                answer.set_result(self._answered(question))
            except Exception as error:
                answer.set_exception(error)

    def _answered(self, question: Question) -> Any:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            # else it would see only when its imports are done that nobody is there any more
            atexit.register(self._process.kill)
        process = self._process
        assert process.stdin
        assert process.stdout
        try:
            pickle.dump(question, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            is_answered, answer = pickle.load(process.stdout)  # noqa: S301 (our own process)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            process.kill()
            raise ValidatingError(
                f"the process that tries the rules ended with status {process.wait()}; run again, and see whether "
                "the machine's memory was full"
            ) from error
        if not is_answered:
            raise ValidatingError(f"Great Expectations could not try the rules:\n{answer}")
        return answer


@cache
def validating_process() -> ValidatingProcess:
    """The one of this process."""
    return ValidatingProcess()


if hasattr(os, "register_at_fork"):
    # its thread is not in a forked process
    os.register_at_fork(after_in_child=validating_process.cache_clear)


def serve() -> None:
    """Answer the questions on standard input, one after the other, until there are no more."""
    collect_rarely()
    # Ctrl+C reaches every process of a terminal: the run decides when this one ends
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # whatever a library prints must not stand among the answers
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            question: Question = pickle.load(sys.stdin.buffer)  # noqa: S301 (whoever started us)
        except EOFError:
            return
        try:
            answer = (True, question.answer())
        except Exception:
            answer = (False, traceback.format_exc())
        pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()


if __name__ == "__main__":
    # by its full name, so that questions have the same classes as where they were asked
    from pipelines.validating_process import serve as serve_questions

    serve_questions()
