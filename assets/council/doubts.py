"""Columns of a delivery that are likely read wrongly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.council import dates
from assets.council.columns import ReadColumn
from assets.council.contract import Table
from assets.council.headings import Layout
from assets.council.mapping import Mapping
from assets.council.sources import Source

# as many wrong cells of a column, if it has more of them than right ones, show that it is read wrongly
MANY = 5
# closed stages of which hardly ever all have one outcome
MANY_CLOSED = 10


def both_orders(layout: Layout, source: Source, contract: Table, mapping: Mapping) -> Iterator[str]:
    """Columns in which some dates can only be day first and others only month first: then nobody knows of the rest. So
    are those that a spreadsheet took for month first where it could, and those whose heading contradicts the mapping.
    """
    seen = set()
    for name, cells in layout.cells.items():
        if contract.column(name).type != "date":
            continue
        for part in range(len(layout.parts)):
            header = layout.header(name, part)
            if header in seen:
                continue
            seen.add(header)
            said, declared = dates.order_said(header), set(map(dates.order, mapping.formats(name))) - {""}
            if said and declared and said not in declared:
                yield (
                    f"{header}: its heading says {said} first, and `dates` in the mapping the other order: make them "
                    "the same"
                )
            own = cells.filter(pa.array(layout.part == part)).dictionary_encode()
            rows = layout.rows[layout.part == part]
            values = [value or "" for value in own.dictionary.to_pylist()]
            found = dates.orders(values)
            if source.has_typed_dates and dates.are_swapped(values):
                yield (
                    f"{header}: no date in it that the sheet holds as a date has a day after the 12th, and every one "
                    "that it holds as text has, so the spreadsheet took day for month. Export it again, and open it "
                    "with this column as text"
                )
            if not all(found.values()):
                continue
            indices = own.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            orders = []
            for order, places in found.items():
                first = np.flatnonzero(np.isin(indices, places))
                shown = "; ".join(f"row {source.place(rows[place])}: {values[indices[place]]!r}" for place in first[:2])
                orders.append(f"{len(first):,} can only be {order} first ({shown})")
            yield (
                f"{header}: holds dates in both orders, so the others could be either: {', '.join(orders)}. "
                "Write or export the column in one order, and check again"
            )


def one_outcome(accepted: pa.Table) -> str:
    """Why outcomes may be mapped wrongly: the same one for all of many closed stages. Nothing if they differ."""
    if "outcome" not in accepted.column_names:
        return ""
    closed = accepted.filter(pc.and_(pc.is_valid(accepted["closed_date"]), pc.is_valid(accepted["outcome"])))
    outcomes = set(closed["outcome"].to_pylist()) if closed.num_rows > MANY_CLOSED else set()
    return f"every outcome is {outcomes.pop().replace('_', ' ')}: look at the mapping" if len(outcomes) == 1 else ""


def read_wrongly(columns: dict[str, ReadColumn], layout: Layout, contract: Table) -> Iterator[str]:
    """Columns that hold more values that cannot be read than values that can."""
    for name, column in columns.items():
        wrong = int(column.wrong.sum())
        right = len(column.text) - column.text.null_count
        if wrong >= MANY and wrong > right and contract.column(name).type != "text":
            headers = " and ".join(dict.fromkeys(layout.header(name, part) for part in range(len(layout.parts))))
            yield (
                f"{headers}: {wrong:,} values cannot be read and {right:,} can, so it is more likely read wrongly than "
                "filled in wrongly"
            )
