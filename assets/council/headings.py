"""Which row of a delivery has its headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from assets.council.contract import Table, read_contract
from assets.council.mapping import CASES, OF_THE_CASE, Mapping
from assets.council.sheets import ALL_SHEETS, SHEET
from assets.council.sources import normal

DRAFT = "`uv run benchmark register-mapping FILE` drafts a mapping from your own headings"


class Headings:
    """Which row has the headings: the one with every column that must be there; else, the row that came nearest."""

    def __init__(self, contract: Table, mapping: Mapping) -> None:
        self.wanted = {normal(name): name for name in headings_needed(contract, mapping)}
        self.own = contract.name
        self.absent = list(self.wanted.values())
        self.row: list[str] = []
        self.is_of = ""

    def is_header(self, cells: Sequence[str]) -> bool:
        """Whether a row has the headings."""
        there = {normal(cell) for cell in cells}
        absent = [name for each, name in self.wanted.items() if each not in there]
        if len(absent) < len(self.absent) or (not self.row and sum(map(bool, map(str.strip, cells))) > 2):
            self.absent, self.row = absent, [*cells]
        self.is_of = is_other_table(there, self.own) or self.is_of
        return not absent

    @property
    def has_some(self) -> bool:
        """Whether some row has a part of the headings, and is not another table's."""
        return not self.is_of and len(self.absent) < len(self.wanted)

    def hint(self) -> str:
        """What to do where no row has any of the headings."""
        if self.is_of:
            return f". Its columns are those of {self.is_of}: add --table {self.is_of}"
        wanted = ", ".join(self.absent)
        found = [cell for cell in self.row if cell.strip()]
        named = f". The headings found are: {', '.join(found[:40])}" if found else ""
        draft = f". {DRAFT}" if self.own == CASES else ""
        return f". They are {wanted}: say in the mapping what you call them (docs/register.md){named}{draft}"


def needed(contract: Table, mapping: Mapping) -> list[str]:
    """The contract's columns that must be there, but those that a section of the mapping or a constant gives."""
    given = {*mapping.constants, *(("stage",) if mapping.stages else ())}
    return [column.name for column in contract.columns if column.required and column.name not in given]


def headings_needed(contract: Table, mapping: Mapping) -> list[str]:
    """The council's own headings without which a row cannot be the row of headings."""
    found: list[str] = []
    for name in needed(contract, mapping):
        if mapping.stages and name not in mapping.columns:
            named = [own[name] for own in mapping.stages.values() if name in own]
        else:
            named = [mapping.columns.get(name, name)]
        for header in named:
            found += mapping.ticked.get(header, [header])
    if mapping.event and mapping.event_date:
        # the days are headings only once the events are side by side
        of_cases = {mapping.columns.get(name, name) for name in OF_THE_CASE}
        found = [*(header for header in found if header in of_cases), mapping.event, mapping.event_date]
    is_named_by_sheet = mapping.sheet == ALL_SHEETS
    return [name for name in dict.fromkeys(found) if not (is_named_by_sheet and name == SHEET)]


def is_other_table(there: set[str], own: str) -> str:
    """The table whose needed columns a row of headings has, if it is another than `own`; nothing otherwise."""
    for name, table in read_contract().items():
        if name != own and there.issuperset(normal(column.name) for column in table.columns if column.required):
            return name
    return ""


@dataclass(frozen=True)
class Part:
    """One stage's columns of a delivery, or all of them where a row is a stage: the council's own heading of each."""

    headers: dict[str, str]
    stage: str | None = None


@dataclass
class Layout:
    """What was laid out. Each row has its number in the source and its part, whose headings its cells stood under.

    `further`: what case numbers are hashed together with. `refusals`: why nothing could be laid out, with `remedy`,
    the lines of the mapping that would mend it.
    """

    parts: list[Part] = field(default_factory=list)
    cells: dict[str, pa.Array] = field(default_factory=dict)
    rows: NDArray[np.int64] = field(default_factory=lambda: np.array([], np.int64))
    part: NDArray[np.int64] = field(default_factory=lambda: np.array([], np.int64))
    further: list[pa.Array] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    blank_rows: int = 0
    notes: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    remedy: dict[str, Any] = field(default_factory=dict)

    @property
    def source_rows(self) -> int:
        """How many rows of the source were laid out."""
        return len(pd.unique(self.rows))

    def header(self, column: str, part: int = 0) -> str:
        """The council's own heading of a column of the contract."""
        return self.parts[part].headers.get(column, column)

    def columns_of(self, header: str) -> list[tuple[int, str]]:
        """The parts and columns of the contract that a heading feeds."""
        return [
            (number, name)
            for number, part in enumerate(self.parts)
            for name, own in part.headers.items()
            if normal(own) == normal(header)
        ]
