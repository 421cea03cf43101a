"""Damaged inputs by the hundred, each within stated limits, in processes that may die without spoiling the count."""

import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fuzz.judging import Judged
from tests.fuzz.pages import Pages
from tests.fuzz.plans import Plans
from tests.fuzz.registers import Registers
from tests.fuzz.tables import Tables

KINDS: dict[str, Callable[[Path], Any]] = {kind.name: kind for kind in (Pages, Tables, Registers, Plans)}
SHARES = {"pages": 0.5, "tables": 0.28, "registers": 0.12, "plans": 0.1}
# what one input may take: whoever takes more is killed, and that is a fault. Of the processor, so that a busy machine
# makes no faults; and ten times as much by the clock, for whoever waits for something that never comes
SECONDS = 20
MEGABYTES = 1024
BATCHES = 10  # that one process takes in, so that what was found is told before all is done


def run(kind: str, numbers: Sequence[int], seed: int, before: Callable[[], None] = lambda: None) -> Iterator[Judged]:
    """What came of these inputs of one kind, in order. `before` is called first in each process that takes them in.

    The same kind, number and seed make the same input, whichever others there are."""
    waiting = list(numbers)
    while waiting:
        with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
            now = waiting[: BATCHES * KINDS[kind].batch]  # type: ignore[attr-defined]
            ended, done = _worker(kind, now, seed, Path(place), before)
            yield from done
            judged = {one.number for one in done}
            waiting = [one for one in waiting if one not in judged]
            if ended:
                printed = (Path(place) / "printed").read_text(encoding="utf-8", errors="replace")[-3000:]
                if not (Path(place) / "last").exists():
                    raise RuntimeError(f"no input could be taken in:\n{printed}")
                last = (Path(place) / "last").read_text(encoding="utf-8")
                why = signal.Signals(-ended).name if ended < 0 else f"status {ended}"
                why = f"took more than {SECONDS} s" if why in ("SIGPROF", "SIGALRM") else why
                # of a batch that could not be weighed, any input may be the one
                lost = [int(last)] if last.isdigit() else waiting[: KINDS[kind].batch]  # type: ignore[attr-defined]
                waiting = [one for one in waiting if one not in lost]
                told = f"the process ended: {why}: {printed.strip().splitlines()[-1:]}"
                for number in lost:
                    yield Judged(kind, number, [f"last done: {last}"], faults=[told, printed])


def _worker(
    kind: str, numbers: list[int], seed: int, place: Path, before: Callable[[], None]
) -> tuple[int, list[Judged]]:
    """Fork a process that takes in and judges batches; how it ended, and the batches that it judged."""
    pid = os.fork()
    if pid == 0:
        status = 70
        try:
            _serve(kind, numbers, seed, place, before)
            status = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    _, ended = os.waitpid(pid, 0)
    results = place / "results"
    lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    done = [Judged(**json.loads(line)) for line in lines]
    for one in done:
        one.came = Counter(one.came)
    return os.waitstatus_to_exitcode(ended), done


def _serve(kind: str, numbers: list[int], seed: int, place: Path, before: Callable[[], None]) -> None:
    printed = os.open(place / "printed", os.O_RDWR | os.O_CREAT)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    for number in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, signal.SIG_DFL)
    before()
    KINDS[kind](place / "warm").judge()  # whatever is made once is made before the limits are drawn
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    most = held + MEGABYTES * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    size = KINDS[kind].batch  # type: ignore[attr-defined]
    for first in range(0, len(numbers), size):
        batch = KINDS[kind](place / f"batch-{first}")
        seconds = {}
        for number in numbers[first : first + size]:
            (place / "last").write_text(str(number), encoding="utf-8")
            began = time.process_time()
            with _limited(1):
                batch.take_in(number, random.Random(f"{seed} {kind} {number}"))
            seconds[number] = time.process_time() - began
        (place / "last").write_text("weighing a batch", encoding="utf-8")
        with _limited(size):
            judged, connection = batch.judge()
        connection.close()
        logged = os.pread(printed, 2**24, 0).decode("utf-8", "replace")
        with (place / "results").open("a", encoding="utf-8") as results:
            for one in judged:
                one.seconds = round(seconds[one.number], 3)
                one.faults += [f"{text} was printed" for text in batch.personal.get(one.number, ()) if text in logged]
                results.write(json.dumps(vars(one)) + "\n")


@contextmanager
def _limited(inputs: int) -> Iterator[None]:
    """Have this process killed if it takes longer than so many inputs may."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS * inputs)
    signal.setitimer(signal.ITIMER_REAL, 10 * SECONDS * inputs)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)


def peak_megabytes() -> float:
    """The most memory that any process of a run held at once."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
