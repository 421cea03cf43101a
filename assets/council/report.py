"""The report on one delivery: what was read, every problem by source row and own column, and the lines of the mapping
that would mend them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import yaml
from numpy.typing import NDArray

from assets.council.columns import NOT_SHOWN
from assets.council.contract import Column, Table
from assets.council.sources import TEXT, Source

NO_VALUE = "no value of its own"
VALUES_NAMED = 5
PROBLEM_COLUMNS = ["row", "header", "column", "value", "expected", "rule", "severity"]


@dataclass(frozen=True)
class RegisterReport:
    """What the check of one delivery found.

    `accepted`: the good rows as text by the contract's columns, references hashed, with `row_number`.
    `problems`: row, own heading, column, value, expected, rule, severity (block or warn); one row each.
    `refusals`: why nothing of the delivery is taken, if so. `remedy`: lines of the mapping that would mend problems.
    `set_aside_keys`: the key of each row that was set aside, as far as it can be read.
    """

    table: Table
    source_name: str
    gss_code: str
    as_at: dt.date | None
    covers: str
    accepted: pa.Table
    rows_read: int = 0
    blank_rows: int = 0
    problems: pd.DataFrame = field(default_factory=lambda: as_frame([]))
    refusals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[Column, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    source: Source | None = None
    remedy: dict[str, Any] = field(default_factory=dict)
    set_aside_keys: pa.Table | None = None

    @property
    def is_refused(self) -> bool:
        """Whether nothing of the delivery can be taken."""
        return bool(self.refusals)

    @property
    def quarantined(self) -> int:
        """Rows set aside because something in them blocks."""
        return self.rows_read - self.accepted.num_rows

    def as_text(self, council: str = "") -> str:
        """The whole report for a terminal: what was read, every problem, what stays unanswered.

        council: its name, in place of its code."""
        when = f"as at {self.as_at}" if self.as_at else "no day stated"
        whose = f" of {council or self.gss_code}" if self.gss_code else ""
        lines = [f"{self.source_name}: {self.table.title.lower()}{whose}, {when}"]
        lines += [f"  {note}" for note in self.notes]
        if self.refusals:
            lines += ["", "Nothing was taken:", *(f"  {refusal}" for refusal in self.refusals)]
        else:
            lines.append(f"  {self.counts()}")
        blocks = self.problems["severity"] == "block"
        aside = self.problems["row"].isin(self.problems.loc[blocks, "row"])
        for title, found in (
            ("To be put right (row set aside)", self.problems[blocks]),
            ("To be looked at (row taken)", self.problems[~blocks & ~aside & (not self.refusals)]),
        ):
            if len(found):
                lines += ["", f"{title}: {len(found):,}"]
                for (header, rule, expected), same in found.groupby(["header", "rule", "expected"], sort=False):
                    assert self.source is not None
                    lines += _alike(str(header) or "whole row", str(rule), str(expected), same, self.source)
        unanswered = [column for column in self.missing if column.without and not self.refusals]
        if unanswered:
            lines += ["", "Not in this delivery, and what it leaves unanswered:"]
            lines += [f"  {column.name}: {', '.join(column.without)}" for column in unanswered]
        if self.remedy:
            lines += ["", "Lines for your mapping, where they say what you mean (check each, then paste):"]
            lines += [f"  {line}" for line in as_yaml(self.remedy)]
        if not self.refusals and self.quarantined:
            lines += ["", f"Altogether: {self.counts()}"]
        return "\n".join(lines)

    def counts(self) -> str:
        """How many rows were read, are good and were set aside."""
        blank = f"; {self.blank_rows:,} blank rows passed over" if self.blank_rows else ""
        return f"{self.rows_read:,} rows read, {self.accepted.num_rows:,} good, {self.quarantined:,} set aside{blank}"


def mostly_bad(bad: int, good: int) -> list[str]:
    """Why nothing is taken where more rows are bad than good."""
    if bad <= good:
        return []
    return [
        f"{bad:,} rows are bad and {good:,} good: with more bad rows than good it is more likely read wrongly than "
        "filled in wrongly. Mend what is listed below, and check again"
    ]


def accepted_schema(contract: Table) -> pa.Schema:
    """The columns of accepted rows."""
    return pa.schema([("row_number", pa.int64()), *((name, TEXT) for name in contract.names)])


@dataclass(frozen=True)
class Problems:
    """The same problem in many rows; `values` None where there is nothing to show. `headers`: one, or one a row."""

    rows: NDArray[np.int64]
    headers: str | Sequence[str]
    column: str
    values: Sequence[str | None] | None
    expected: str
    rule: str
    severity: str


def as_frame(problems: Iterable[Problems]) -> pd.DataFrame:
    """One row a problem, in order of their rows."""
    frames = [
        pd.DataFrame(
            {
                "row": problem.rows,
                "header": problem.headers if isinstance(problem.headers, str) else list(problem.headers),
                "column": problem.column,
                "value": pd.Series(list(problem.values or [None] * len(problem.rows)), dtype=object),
                "expected": problem.expected,
                "rule": problem.rule,
                "severity": problem.severity,
            }
        )
        for problem in problems
        if len(problem.rows)
    ]
    if not frames:
        return pd.DataFrame({name: pd.Series(dtype="int64" if name == "row" else "object") for name in PROBLEM_COLUMNS})
    found = pd.concat(frames, ignore_index=True)
    return found.sort_values(["row", "column", "rule"], kind="stable", ignore_index=True)


def _alike(header: str, rule: str, expected: str, found: pd.DataFrame, source: Source) -> list[str]:
    """One problem of one column: a line for each value, or, of many values, how many rows and the first few."""
    by_value = found.groupby(found["value"].map(_shown), sort=False)["row"]
    if len(by_value) <= VALUES_NAMED:
        return [
            f"  {source.places(rows)}, {header}: {value}{'; ' if value else ''}expected {expected} [{rule}]"
            for value, rows in by_value
        ]
    first = [f"    {source.places(rows)}: {value}" for value, rows in islice(by_value, VALUES_NAMED)]
    return [
        f"  {header}: {len(found):,} rows with {len(by_value):,} different values; expected {expected} [{rule}]",
        *first,
        f"    and {len(by_value) - VALUES_NAMED:,} more values; --annotated problems.xlsx lists every row",
    ]


def _shown(value: Any) -> str:
    if value is None or value != value:
        return "empty"
    if value == NO_VALUE:
        return ""
    if value == NOT_SHOWN:
        return NOT_SHOWN
    text = "".join(letter if letter.isprintable() else "?" for letter in str(value))
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


Reasons = Mapping[tuple[str, ...], str]


def as_yaml(mapping: Mapping[str, Any], reasons: Reasons | None = None, at: tuple[str, ...] = ()) -> list[str]:
    """A mapping, or part of one, as lines of YAML: with `reasons` each value on a line, its reason behind it; without,
    each list and each column's values on one line."""
    lines: list[str] = []
    for name, value in mapping.items():
        here = (*at, name)
        if name.startswith("#"):
            lines[-1] += f"  # {value}"
        elif isinstance(value, dict) and (not at or reasons is not None):
            lines.append(f"{_flow(name)}:")
            lines += [f"  {line}" for line in as_yaml(value, reasons, here)]
        else:
            because = f"  # {reasons[here]}" if reasons and here in reasons else ""
            lines.append(f"{_flow(name)}: {_flow(value)}{because}")
    return lines


def _flow(value: Any) -> str:
    """A value as YAML has it in one line, in quotation marks where it could be taken for something else."""
    plain = [sorted(value) if isinstance(value, set | frozenset) else value]
    text = yaml.safe_dump(plain, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**6)
    return text.strip().removeprefix("[").removesuffix("]")
