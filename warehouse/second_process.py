"""A second process of the run, for work that is Python throughout, so that a thread would gain nothing.

It tries rules with Great Expectations, takes its share of the rankings, and draws charts. It serves all runs of the
process that started it, and ends with it, however that ends: what it is asked comes through a pipe, which then closes.
This module imports next to nothing, so that a command can start the process before it imports what it needs itself.
The module of a function that is asked for is imported there, with all that it imports.
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
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from typing import Any, TypeVar

from warehouse.memory import collect_rarely
from warehouse.settings import PROJECT

Answer = TypeVar("Answer")


class SecondProcessError(Exception):
    """The second process could not answer; the message says what it was asked, and why it could not."""


class SecondProcess:
    """The process, started when it is first asked for anything, and what waits for it, done one after the other."""

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue[tuple[partial[Any], Future[Any]]] = queue.SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        # a daemon, so that nobody waits for answers to a run that was stopped
        threading.Thread(target=self._pass_on, name="second process", daemon=True).start()

    def submit(self, function: Callable[..., Answer], *arguments: Any) -> Future[Answer]:
        """What the function gives there. Asked for its result, it raises SecondProcessError if the function failed.

        The function is one of a module, and the arguments and the answer can be pickled."""
        answer: Future[Answer] = Future()
        self._asked.put((partial(function, *arguments), answer))
        return answer

    def share(self, function: Callable[..., Answer], items: Iterable[tuple[Any, ...]]) -> list[Answer]:
        """What the function gives with each item as its arguments, in their order: this process takes the items from
        the front and the second one from the back until they meet."""
        items = list(items)
        waiting = deque(range(len(items)))
        answers: dict[int, Answer] = {}

        def take(pop: Callable[[], int], answered: Callable[..., Answer]) -> None:
            try:
                while (place := _popped(pop)) is not None:
                    answers[place] = answered(*items[place])
            finally:
                # where one of them failed the other need not go on
                waiting.clear()

        with ThreadPoolExecutor(1) as other:
            there = other.submit(take, waiting.pop, lambda *item: self.submit(function, *item).result())
            take(waiting.popleft, function)
            there.result()
        return [answers[place] for place in range(len(items))]

    def _pass_on(self) -> None:
        while True:
            asked, answer = self._asked.get()
            try:
                answer.set_result(self._answered(asked))
            except Exception as error:
                answer.set_exception(error)

    def _answered(self, asked: "partial[Any]") -> Any:
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
            pickle.dump(asked, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            is_answered, answer = pickle.load(process.stdout)  # noqa: S301 (our own process)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            process.kill()
            raise SecondProcessError(
                f"the second process ended with status {process.wait()} at {asked.func.__name__}; run again, and see "
                "whether the machine's memory was full"
            ) from error
        if not is_answered:
            raise SecondProcessError(f"the second process failed at {asked.func.__name__}:\n{answer}")
        return answer


def _popped(pop: Callable[[], int]) -> int | None:
    """What there was, or nothing where the other side has taken the last."""
    try:
        return pop()
    except IndexError:
        return None


@cache
def second_process() -> SecondProcess:
    """The one of this process."""
    return SecondProcess()


if hasattr(os, "register_at_fork"):
    # its thread is not in a forked process
    os.register_at_fork(after_in_child=second_process.cache_clear)


def serve() -> None:
    """Answer what is asked on standard input, one after the other, until there is no more."""
    collect_rarely()
    # Ctrl+C reaches every process of a terminal: the run decides when this one ends
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # whatever a library prints must not stand among the answers
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            asked: partial[Any] = pickle.load(sys.stdin.buffer)  # noqa: S301 (whoever started us)
        except EOFError:
            return
        try:
            answer = (True, asked())
        except Exception:
            answer = (False, traceback.format_exc())
        pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()


if __name__ == "__main__":
    # by its full name, so that what is asked has the same classes as where it was asked
    from warehouse.second_process import serve as serve_questions

    serve_questions()
