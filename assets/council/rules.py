"""The contract's row rules, tried over a whole delivery at once in DuckDB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assets.council.columns import NOT_SHOWN, RULE_TYPES, ReadColumn
from assets.council.contract import Rule, Table

ROWS_OF_ONE_THREAD = 250_000


@dataclass(frozen=True)
class Broken:
    """A rule that some rows break: the places of these rows, and what each holds in the rule's column."""

    rule: Rule
    places: NDArray[np.int64]
    values: list[Any]


def broken_rules(contract: Table, read: Mapping[str, ReadColumn], count: int, as_at: dt.date) -> list[Broken]:
    """Each rule of the contract that some of the `count` rows break."""
    if not contract.rules:
        return []
    nothing = pa.nulls(count)
    typed = pa.table(
        {
            "place": pa.array(np.arange(count)),
            **{
                column.name: read[column.name].typed
                if column.name in read
                else nothing.cast(RULE_TYPES.get(column.type, pa.string()))
                for column in contract.columns
            },
        }
    )
    # every rule is tried in one pass, of which only the rows that break one come back
    tried = ", ".join(f'({rule.breaks_when}) as "breaks {rule.name}"' for rule in contract.rules)
    shown = ", ".join(
        f'cast({name} as varchar) as "shown {name}"' for name in dict.fromkeys(rule.column for rule in contract.rules)
    )
    derived = ", ".join(["*", *(f"{value} as {name}" for name, value in contract.derived.items())])
    any_broken = " or ".join(f'"breaks {rule.name}"' for rule in contract.rules)
    with _connection(len(typed) > ROWS_OF_ONE_THREAD).cursor() as connection:
        connection.register("delivered", typed.append_column("as_at", pa.repeat(pa.scalar(as_at), len(typed))))
        found = connection.execute(
            f"with together as (select {derived} from delivered) "
            f"select place, {tried}, {shown} from together where {any_broken}"
        ).to_arrow_table()
    broken = []
    for rule in contract.rules:
        rows = found.filter(found[f"breaks {rule.name}"])
        if rows.num_rows:
            is_secret = contract.column(rule.column).type == "reference"
            values = [NOT_SHOWN] * rows.num_rows if is_secret else rows[f"shown {rule.column}"].to_pylist()
            broken.append(Broken(rule, rows["place"].to_numpy(), values))
    return broken


@cache
def _connection(is_large: bool) -> duckdb.DuckDBPyConnection:
    """A connection that rules run over; kept, because to open one takes as long as most rules.

    On few rows a second thread would only wait, and keep a core from another delivery.
    """
    return duckdb.connect(config={} if is_large else {"threads": 1})
