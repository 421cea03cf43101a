"""Great Expectations in a process of its own, which tries the rows of one relation while the run makes the next.

Importing it and trying all relations take as long as making them, and are Python throughout, so a thread of the run's
own process would gain nothing. The process is started when the first rows are there to be tried, serves all runs of
the process that started it, and ends with it, however that ends: its questions come through a pipe, which then closes.
"""

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
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from pipelines import row_rules
from pipelines.contracts import Contract
from pipelines.expectations import Outcome, Validator, checks_of
from pipelines.settings import PROJECT
from pipelines.warehouse import Relation, Warehouse

DOCS = Relation("quality.data_docs")


class ValidatingError(Exception):
    """The process that tries rows could not answer; the message says why."""


class Question(Protocol):
    """What the process can be asked."""

    def answer(self) -> Any: ...


@dataclass(frozen=True)
class Trial:
    """What comes of every check of `contract` on these rows? Its answer is kept in `state` for Data Docs."""

    contract: Contract
    rows: pa.Table
    state: Path

    def answer(self) -> list[Outcome]:
        # by DuckDB, so that pandas gets the same types as from a relation in the warehouse
        return Validator(self.state).run(self.contract, duckdb.from_arrow(self.rows).df())


@dataclass(frozen=True)
class Docs:
    """Where are the Data Docs of all results that were kept in `state`?"""

    state: Path

    def answer(self) -> Path:
        return Validator(self.state).build_docs()


@dataclass(frozen=True)
class Ready:
    """Is Great Expectations imported?"""

    def answer(self) -> bool:
        import great_expectations.expectations as classes

        return bool(classes)


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


def begin(warehouse: Warehouse, contract: Contract) -> None:
    """Have the rows of a relation tried while the run goes on; `outcomes` waits for the answer."""
    if not _is_tried_in_sql(warehouse, contract):
        warehouse.trials[contract.name] = _ask(warehouse, contract, warehouse.arrow(contract.name))


def outcomes(warehouse: Warehouse, contract: Contract) -> list[Outcome]:
    """What came of every check of a relation as it now is."""
    if contract.name not in warehouse.trials:  # of very many rows, or of an earlier run
        if _is_tried_in_sql(warehouse, contract):
            return row_rules.run(
                warehouse,
                contract,
                checks_of(contract),
                lambda rules, rows: _ask(warehouse, rules, pa.Table.from_pandas(rows)).result(),
            )
        begin(warehouse, contract)
    return warehouse.trials.pop(contract.name).result()


def begin_docs(warehouse: Warehouse) -> None:
    """Have the Data Docs built while the run goes on, when everything has been tried; `built_docs` waits for them."""
    warehouse.trials[DOCS] = validating_process().ask(Docs(warehouse.state.resolve()))


def built_docs(warehouse: Warehouse) -> Path:
    """The index of the Data Docs, built anew."""
    if DOCS not in warehouse.trials:
        begin_docs(warehouse)
    index: Path = warehouse.trials.pop(DOCS).result()
    return index


def _is_tried_in_sql(warehouse: Warehouse, contract: Contract) -> bool:
    return warehouse.count(contract.name) >= row_rules.MANY_ROWS and row_rules.in_sql(contract)


def _ask(warehouse: Warehouse, contract: Contract, rows: pa.Table) -> "Future[list[Outcome]]":
    return validating_process().ask(Trial(contract, rows, warehouse.state.resolve()))


def serve() -> None:
    """Answer the questions on standard input, one after the other, until there are no more."""
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
    from pipelines.validating import serve as serve_questions

    serve_questions()
