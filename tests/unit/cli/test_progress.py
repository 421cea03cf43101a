"""The bar moves in a terminal while Dagster has standard error."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
# three steps, each of which has the bar drawn while it runs
RUN = """
import dagster as dg
from cli.progress import StepProgress, terminal_of_its_own
from cli.terminal import Terminal
from warehouse.settings import PROJECT

def step(number):
    @dg.op(name=f"step_{number}")
    def run():
        bar.bar.refresh()
    return run

@dg.job
def job():
    for number in range(3):
        step(number)()

with dg.DagsterInstance.from_config(str(PROJECT)) as instance:
    with terminal_of_its_own(Terminal(stderr=True)) as terminal, StepProgress(terminal, 3) as bar:
        logged = job.with_logger_defs({"progress": bar.logger})
        logged.execute_in_process(instance=instance, run_config={"loggers": {"progress": {}}})
"""


def run(stderr: int, state: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=PROJECT,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100", "BENCHMARK_STATE": str(state)},
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        check=True,
    )


def test_the_bar_moves_step_by_step_in_a_terminal(tmp_path: Path) -> None:
    reader, writer = os.openpty()
    run(writer, tmp_path)
    os.close(writer)
    shown = os.read(reader, 1 << 20).decode()
    os.close(reader)
    assert [step for step in ("0/3", "1/3", "2/3", "3/3") if step not in shown] == []


def test_a_log_file_gets_one_line_at_the_end_and_nothing_that_moves_a_cursor(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as file:
        run(file.fileno(), tmp_path / "state")
    assert "3/3" in log.read_text() and "1/3" not in log.read_text() and "\x1b" not in log.read_text()
