"""The second process answers what it is asked, shares work with this one, and ends with it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from warehouse.second_process import SecondProcess, SecondProcessError
from warehouse.settings import PROJECT

LONG = 120
"""Seconds for what takes a moment, on whatever machine."""


def prints() -> int:
    """Something is printed while it is answered."""
    print("a library's greeting", flush=True)
    os.write(1, b"and another, from below\n")
    return os.getpid()


def dies() -> None:
    """The process ends, as when the machine's memory is full."""
    os._exit(9)


def meets(item: int, folder: Path, refused: int = -1) -> tuple[int, int]:
    """The item, and the process that was asked, which waits until the other one was asked too, so that both have some.

    Raises LookupError for the item that is refused."""
    (folder / str(os.getpid())).touch()
    until = time.monotonic() + LONG
    while len(list(folder.iterdir())) < 2:
        assert time.monotonic() < until, "the other process was never asked"
        time.sleep(0.01)
    if item == refused:
        raise LookupError(f"no answer to {item}")
    return item, os.getpid()


@pytest.fixture(scope="module")
def process() -> SecondProcess:
    return SecondProcess()


def test_what_libraries_print_is_not_taken_for_an_answer(process: SecondProcess) -> None:
    assert process.submit(prints).result() == process.submit(prints).result() != os.getpid()


def test_a_process_that_dies_is_named_and_the_next_to_ask_has_a_new_one(process: SecondProcess) -> None:
    first = process.submit(prints).result()
    with pytest.raises(SecondProcessError, match="ended with status 9 at dies"):
        process.submit(dies).result()
    assert process.submit(prints).result() != first


def test_what_fails_there_is_told_with_its_reason(process: SecondProcess, tmp_path: Path) -> None:
    (tmp_path / "this process").touch()
    with pytest.raises(SecondProcessError, match=r"failed at meets(.|\n)*no answer to 3"):
        process.submit(meets, 3, tmp_path, 3).result()


def test_both_processes_take_their_share_and_the_order_is_kept(
    process: SecondProcess, tmp_path: Path
) -> None:
    found = process.share(meets, [(item, tmp_path) for item in range(20)])
    assert [item for item, _ in found] == list(range(20))
    assert len({asked for _, asked in found}) == 2


def test_nothing_to_share_is_nothing(process: SecondProcess) -> None:
    assert process.share(meets, []) == []


@pytest.mark.parametrize(("refused", "error"), [(0, LookupError), (19, SecondProcessError)])
def test_where_one_of_a_share_fails_it_is_told_whichever_process_had_it(
    process: SecondProcess, tmp_path: Path, refused: int, error: type[Exception]
) -> None:
    with pytest.raises(error, match=f"no answer to {refused}"):
        process.share(meets, [(item, tmp_path, refused) for item in range(20)])


def test_it_ends_with_the_process_that_started_it_however_that_ends() -> None:
    script = (
        "import os, signal\n"
        "from tests.unit.warehouse.test_second_process import prints\n"
        "from warehouse.second_process import second_process\n"
        "print(second_process().submit(prints).result(), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=False
    )
    assert killed.returncode < 0
    waited = time.monotonic() + LONG
    while _is_running(int(killed.stdout)) and time.monotonic() < waited:
        time.sleep(0.05)
    assert not _is_running(int(killed.stdout))


def _is_running(pid: int) -> bool:
    """Whether a process of that number is there and has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
