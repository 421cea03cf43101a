"""The limits and readings of clocks.yml as rows of text, one relation each."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from warehouse.files import declaration

HERE = Path(__file__).parent

LIMIT_COLUMNS = (
    "gss_code", "procedure", "stage", "from_date", "to_date", "starts", "acknowledge_working_days",
    "limit_working_days", "maximum_working_days", "limit_months", "headline", "basis",
)  # fmt: skip
REBASE_COLUMNS = ("gss_code", "procedure", "stage", "measure", "from_date", "what_changed", "source")
SPAN = (("from_date", "0000"), ("to_date", "9999"))
CHARTED = ("received", "due_in_time")
READING_COLUMNS = ("gss_code", "procedure", "stage", "clock_start", "clock_end", "is_declared")


class ClockError(ValueError):
    """A setting of a clock that cannot be used; the message says which."""


@lru_cache
def _declared(path: Path) -> dict[str, list[dict[str, Any]]]:
    said: dict[str, list[dict[str, Any]]] = declaration(path)
    return said


def clock_limits(path: Path = HERE / "clocks.yml") -> pd.DataFrame:
    """One row a limit, all text; `gss_code` empty for the general ones. Raises ClockError where two overlap."""
    rows = [
        {**limit, "from_date": limit.get("from"), "to_date": limit.get("to")} for limit in _declared(path)["limits"]
    ]
    for pair in combinations(rows, 2):
        is_same = all(pair[0].get(name) == pair[1].get(name) for name in ("gss_code", "procedure", "stage"))
        begins, ends = ([str(each[name] or open_end) for each in pair] for name, open_end in SPAN)
        if is_same and max(begins) <= min(ends):
            raise ClockError(f"two limits of {pair[0]['procedure']} stage {pair[0]['stage']} hold on the same day")
    return _as_text(rows, LIMIT_COLUMNS)


def clock_readings(path: Path = HERE / "clocks.yml") -> pd.DataFrame:
    """One row a reading of a clock, all text, and one a council's own declaration, with its `gss_code`.

    Raises ClockError where a declaration names a reading that there is not.
    """
    declared = _declared(path)
    stated = [each | {"declared": True} for each in declared["declarations"]]
    rows = [
        {
            **each,
            "clock_start": each["start"],
            "clock_end": each["end"],
            "is_declared": "yes" if each.get("declared") else "no",
        }
        for each in [*declared["readings"], *stated]
    ]
    keys = [tuple(row[name] for name in READING_COLUMNS[1:5]) for row in rows]
    known = set(keys[: len(declared["readings"])])
    for row, key in zip(rows, keys, strict=True):
        if key not in known:
            raise ClockError(f"{row['gss_code']} declares a reading of its clock that there is not: {key}")
    return _as_text(rows, READING_COLUMNS)


def chart_rebases(path: Path = HERE / "clocks.yml") -> pd.DataFrame:
    """One row a registered event from which a control chart begins anew, all text; `gss_code` empty for everybody's.

    Raises ClockError for a measure that is not charted, or an event without its day, what changed or its source.
    """
    rows = []
    for event in _declared(path).get("rebases", []):
        row = {"from_date": event.get("from")} | event
        if row.get("measure") not in CHARTED or any(not row.get(name) for name in REBASE_COLUMNS[4:]):
            raise ClockError(f"a rebase needs a charted measure, a day, what changed and a source: {event}")
        rows.append(row)
    return _as_text(rows, REBASE_COLUMNS)


def _as_text(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    text = [{name: None if row.get(name) is None else str(row[name]) for name in columns} for row in rows]
    return pd.DataFrame(text, columns=list(columns), dtype=object)
