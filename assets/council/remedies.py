"""The lines of a mapping that would mend what the check of a delivery found, where the meaning is clear."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from assets.council import dates
from assets.council.columns import TYPES, ReadColumn
from assets.council.contract import Table
from assets.council.guessing import codes_for, empty_words, words_for_nothing
from assets.council.headings import Layout
from assets.council.mapping import CASES, OF_THE_CASE, Mapping


def remedy_of(
    columns: dict[str, ReadColumn],
    layout: Layout,
    problems: pd.DataFrame,
    contract: Table,
    mapping: Mapping,
    has_typed_dates: bool,
) -> dict[str, Any]:
    """Lines of the mapping that would mend what was found, where the meaning is clear."""
    remedy: dict[str, Any] = {}
    nothing: set[str] = set()
    bad_dates: list[str] = []
    blocking = problems[problems["severity"] == "block"]
    for name, same in blocking[blocking["rule"] == "not_as_expected"].groupby("column", sort=False):
        column = contract.column(str(name))
        values = list(dict.fromkeys(map(str, same["value"])))
        empty = (
            {*words_for_nothing(values)}
            if column.type in TYPES
            else {value for value in values if value.strip().lower() in empty_words()}
        )
        nothing |= empty
        values = [value for value in values if value not in empty]
        if column.type == "date":
            # what is a day, but out of bounds, is written rightly
            patterns = mapping.formats(column.name)
            bad_dates += [value for value in values if not dates.day(value, patterns, has_typed_dates)]
        elif column.type == "code" and not column.pattern and contract.name == CASES:
            codes = codes_for(column.name, values[:50])
            if known := {value: code for value, code in codes.items() if code is not None}:
                remedy.setdefault("values", {})[name] = known
    remedy |= _dates_remedy(bad_dates, columns, contract, mapping)
    if contract.name != CASES:
        return remedy
    unstarted = blocking[(blocking["rule"] == "empty") & (blocking["column"] == "requested_date")]
    if mapping.stages and len(unstarted):
        nothing |= _words_for_nothing(layout, set(unstarted["row"]))
    if nothing:
        remedy["empty"] = sorted({*mapping.empty, *nothing})
    of_the_case = blocking["column"].isin(["case_reference", "procedure"])
    blank_rows = blocking.loc[(blocking["rule"] == "empty") & of_the_case, "row"]
    if len(blank_rows) and not (mapping.stages or mapping.fill_down):
        at = pa.array(np.isin(layout.rows, blank_rows))
        stages = set(columns["stage"].text.filter(at).to_pylist()) if "stage" in columns else {"1"}
        blank = [name for name in OF_THE_CASE if name in columns and not _holds(layout.cells[name].filter(at))]
        if blank and not stages & {None, "1", "single"}:
            remedy["fill_down"] = [layout.header(name) for name in blank]
    twice = blocking.loc[blocking["rule"] == "case_stage_twice", "row"]
    if len(twice) and "service" in columns and not mapping.key:
        rows = pa.array(np.isin(layout.rows, twice))
        apart = pd.DataFrame(
            {
                name: columns[name].text.cast(pa.string()).filter(rows).to_pylist()
                for name in ("case_reference", "stage", "service")
            }
        )
        if not apart.duplicated().any():
            remedy["key"] = ["case_reference", "service"]
    if "response_sent_date" not in columns:
        for part in layout.parts:
            if header := part.headers.get("closed_date"):
                section = remedy.setdefault("stages" if part.stage else "columns", {})
                section = section.setdefault(part.stage, {}) if part.stage else section
                section["response_sent_date"] = header
                remedy["# response"] = (
                    "no column says when a response was sent: may the closing date count as that day?"
                )
    return remedy


def _dates_remedy(
    values: list[str], columns: dict[str, ReadColumn], contract: Table, mapping: Mapping
) -> dict[str, Any]:
    """The `dates` line for dates that cannot be read; where day and month could be either, it says so."""
    proposed = dates.propose(values, enough=0.8)
    if not proposed:
        return {}
    of_dates = [column for name, column in columns.items() if contract.column(name).type == "date"]
    declared = [dates.in_words(code) for code in mapping.dates] or ["YYYY-MM-DD"]
    is_right = any(column.text.null_count < len(column.text) for column in of_dates)
    names = list(dict.fromkeys([*(declared if is_right else ()), *proposed[0]]))
    if len({dates.order(dates.pattern(name)) for name in names} - {""}) > 1:
        names = list(proposed[0])
    line: dict[str, Any] = {"dates": names[0] if len(names) == 1 else names}
    if len(proposed) > 1:
        line["# order"] = f"or {' or '.join(proposed[1])}: no date here shows which of day and month comes first"
    return line


def _holds(cells: pa.Array) -> bool:
    return cells.null_count < len(cells)


def _words_for_nothing(layout: Layout, rows: set[int]) -> set[str]:
    """The words in rows without a start that usually mean that nothing is there."""
    at = pa.array(np.isin(layout.rows, list(rows)))
    words = {
        (value or "").strip() for cells in layout.cells.values() for value in pc.unique(cells.filter(at)).to_pylist()
    }
    return {word for word in words if word.lower() in empty_words()}
