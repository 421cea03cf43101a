"""Workbooks read in a process of their own, of limited memory and time (`warehouse/workbook_process.py`).

One reader for every door: the Ombudsman's tables, register extracts, plans and what other councils send back.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest
from typing import Any

from warehouse.settings import PROJECT

MOST_BYTES_UNPACKED = 2**30
MOST_CELLS = 40_000_000
MEMORY = 2 * 2**30
SECONDS, SECONDS_A_MEBIBYTE = 60, 5
_WEB_PAGE = re.compile(
    r"\s*(<\?.*?\?>\s*)*(<!--.*?-->\s*)*<(!doctype html|html|head|meta|style|body|div|table|(\w+:)?workbook)\b",
    re.IGNORECASE | re.DOTALL,
)


class WorkbookError(ValueError):
    """A workbook that is not read; the message says why and what to do, and follows the file's name."""


@dataclass
class Sheet:
    """One sheet as text. Only rows with something in them are there, each with its number as its program shows it.

    `problems`: row, column, and what is wrong with that cell (see `workbook_cells`). `merged`: top, left, bottom,
    right. All numbers count from 1. `has_typed_dates`: dates came as dates and are written here as YYYY-MM-DD.
    """

    name: str
    is_visible: bool
    has_typed_dates: bool = True
    numbers: list[int] = field(default_factory=list)
    rows: list[list[str | None]] = field(default_factory=list)
    problems: list[tuple[int, int, str]] = field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def is_workbook(start: bytes) -> bool:
    """Whether a file that begins so is a workbook, or a web page, which some systems name .xls."""
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return True
    encoding = "utf-16" if start.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return _WEB_PAGE.match(start.decode(encoding, errors="ignore")) is not None


def read_workbook(
    data: bytes,
    *,
    rows: int = 2**20,
    columns: int = 2**14,
    cells: int = MOST_CELLS,
    unpacked: int = MOST_BYTES_UNPACKED,
) -> list[Sheet]:
    """Every sheet of a workbook, at most as large as said. Raises WorkbookError."""
    seconds = SECONDS + SECONDS_A_MEBIBYTE * len(data) // 2**20
    return reader().read(
        data, {"rows": rows, "columns": columns, "cells": cells, "unpacked": unpacked, "seconds": seconds}
    )


def two_rows(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Headings over two rows as one: "Stage 1" above "Received" is "Stage 1 / Received", and so is what follows under
    the same upper heading. An upper heading with nothing below it stands for itself."""
    joined, over = [], ""
    for above, below in zip_longest(upper, lower, fillvalue=""):
        if above:
            over = above if below else ""
        joined.append(f"{over} / {below}" if over and below else below or above)
    return joined


class Reader:
    """The process, started when there is something to read and again after it ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def read(self, data: bytes, limits: dict[str, int]) -> list[Sheet]:
        with self._lock:
            process = self._started()
            assert process.stdin
            assert process.stdout
            try:
                request = json.dumps({**limits, "size": len(data)})
                process.stdin.write(request.encode() + b"\n" + data)
                process.stdin.flush()
                return _sheets(process.stdout)
            except (OSError, EOFError) as error:
                process.kill()
                raise WorkbookError(_why_ended(process.wait(), limits["seconds"])) from error
            except WorkbookError:
                raise
            except BaseException:
                # half an answer is still on its way
                process.kill()
                raise

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "warehouse.workbook_process", str(MEMORY)],
                cwd=PROJECT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            atexit.register(self._process.kill)
        return self._process


def _sheets(answers: Any) -> list[Sheet]:
    known: dict[str | None, str | None] = {}  # of the same texts one is kept
    sheets: list[Sheet] = []
    sheet = Sheet("", False)
    for line in answers:
        message = json.loads(line)
        if message.get("done"):
            return sheets
        if "unreadable" in message:
            raise WorkbookError(message["unreadable"])
        for number, row in message["rows"]:
            sheet.numbers.append(number)
            sheet.rows.append([known.setdefault(text, text) for text in row])
        if "name" in message:
            sheet.name, sheet.is_visible = message["name"], message["is_visible"]
            sheet.has_typed_dates = message["has_typed_dates"]
            sheet.problems = [tuple(problem) for problem in message["problems"]]
            sheet.hidden_rows = frozenset(message["hidden_rows"])
            sheet.hidden_columns = frozenset(message["hidden_columns"])
            sheet.merged = [tuple(area) for area in message["merged"]]
            sheets.append(sheet)
            sheet = Sheet("", False)
    raise EOFError("the process that reads workbooks ended")


def _why_ended(status: int, seconds: int) -> str:
    if status == -getattr(signal, "SIGXCPU", 0):
        return f"takes more than {seconds} seconds to read: delete what lies beyond the table, or send CSV"
    return (
        f"takes more than {MEMORY // 2**20:,} MiB of memory to read, or breaks its reader (status {status}): "
        "delete what lies beyond the table, or send CSV"
    )


@cache
def reader() -> Reader:
    """The one of this process."""
    return Reader()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=reader.cache_clear)
