"""What the process that opens workbooks says of a sheet and its cells, whatever their format."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import IO, Any

ROWS_AT_ONCE = 500
# What stands in a cell and is no value of its own.
FORMULA, NO_VALUE, ERROR, STRUCK, SUPERSCRIPT, DISGUISED = (
    "formula", "formula_without_value", "error_cell", "struck_out", "superscript", "disguised",
)  # fmt: skip
ERRORS = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)|Err:\d{3}")

# One cell: its column from 1, its text, and what is wrong with it if anything is.
Cell = tuple[int, str | None, str | None]


class UnreadableWorkbook(Exception):
    """A file that is not read; the message says why and what to do, and follows the file's name."""


def as_text(value: Any) -> str | None:
    """A cell as text: dates as YYYY-MM-DD, whole numbers without a decimal point, blanks as None."""
    if value is None:
        return None
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        is_day = value.time() == dt.time() and value.tzinfo is None
        return value.date().isoformat() if is_day else value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        if math.isnan(value):
            return None
        return str(int(value)) if math.isfinite(value) and value == int(value) else str(value)
    return str(value).strip() or None


def as_percent(value: float) -> str:
    """A number as the per cent that its cell shows: 1 is 100%."""
    return f"{(Decimal(repr(value)) * 100).normalize():f}%"


def is_percent(number_format: str) -> bool:
    """Whether cells of this format show per cent."""
    return "%" in re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', "", number_format.split(";")[0])


_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.|\*.')
_ANOTHER_FIGURE = re.compile(
    r"[0-9<>~\u2264\u2265\u2248]|\b(over|under|above|below|about|around|approx|circa|ca?\.|est)\b|\bc\.",
    re.IGNORECASE,
)


def is_disguise(number_format: str) -> bool:
    """Whether cells of this format show another figure than they have, or none: "<"0, "c. "0, thousands, ;;;."""
    plain = _LITERAL.sub("", number_format)
    written = " ".join("".join(found.groups("")) for found in _LITERAL.finditer(number_format))
    return bool(
        _ANOTHER_FIGURE.search(written)
        or re.search("[<>~]", plain)
        or re.search(r"[0#?],+(?![0#?,])", plain)
        or re.fullmatch(r"\s*;+\s*", number_format)
    )


class Answer:
    """What is written back, sheet by sheet; raises UnreadableWorkbook once that is more than is allowed."""

    def __init__(self, out: IO[bytes], rows: int, columns: int, cells: int) -> None:
        self.out, self.most_rows, self.most_columns, self.most_cells = out, rows, columns, cells
        self.all_cells = 0

    def send(self, message: dict[str, Any]) -> None:
        self.out.write(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))
        self.out.write(b"\n")

    def begin(self, name: str, is_visible: bool, has_typed_dates: bool = True) -> None:
        self.name, self.is_visible, self.has_typed_dates = name, is_visible, has_typed_dates
        self.last_row = self.widest = 0
        self.rows: list[tuple[int, list[str | None]]] = []
        self.problems: list[tuple[int, int, str]] = []

    def row(self, number: int, cells: Iterable[Cell]) -> None:
        """Take one row; blank cells, however they are formatted, are not counted."""
        filled = [cell for cell in cells if cell[1] is not None or cell[2] is not None]
        if not filled:
            return
        width = max(column for column, _, _ in filled)
        if number <= self.last_row or min(column for column, _, _ in filled) < 1:
            raise ValueError(f"row {number} of sheet {self.name!r} is out of order")
        self.last_row, self.widest = number, max(width, self.widest)
        self.all_cells += width
        if (
            number > self.most_rows
            or width > self.most_columns
            or max(self.last_row * self.widest, self.all_cells) > self.most_cells
        ):
            raise UnreadableWorkbook(
                f"has a sheet that is larger than {self.most_rows:,} rows and {self.most_columns:,} columns, or than "
                f"{self.most_cells:,} cells: {self.name!r} has something in row {number:,} and column {width:,}. "
                "Delete what lies beyond the table"
            )
        line: list[str | None] = [None] * width
        seen = set()
        for column, text, problem in filled:
            if column in seen:
                raise ValueError(f"row {number} of sheet {self.name!r} has column {column} twice")
            seen.add(column)
            line[column - 1] = text
            if problem:
                self.problems.append((number, column, problem))
        self.rows.append((number, line))
        if len(self.rows) == ROWS_AT_ONCE:
            self.send({"rows": self.rows})
            self.rows = []

    def end(
        self,
        hidden_rows: Iterable[int] = (),
        hidden_columns: Iterable[tuple[int, int]] = (),
        merged: Iterable[tuple[int, int, int, int]] = (),
    ) -> None:
        """End a sheet. What is hidden or merged is clipped to what is filled."""
        clipped = (
            (top, left, min(bottom, self.last_row), min(right, self.widest)) for top, left, bottom, right in merged
        )
        self.send(
            {
                "rows": self.rows,
                "name": self.name,
                "is_visible": self.is_visible,
                "has_typed_dates": self.has_typed_dates,
                "problems": self.problems,
                "hidden_rows": [number for number in hidden_rows if number <= self.last_row],
                "hidden_columns": sorted(
                    {
                        column
                        for first, last in hidden_columns
                        for column in range(max(first, 1), min(last, self.widest) + 1)
                    }
                ),
                "merged": [area for area in clipped if area[0] <= area[2] and area[1] <= area[3]],
            }
        )
