"""The register's check: every problem of a delivery with its row, good rows on, bad rows aside, nothing guessed.

The contract stays the only place that says what is right.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from assets.council import dates
from assets.council.columns import NOT_SHOWN, ReadColumn, read_column
from assets.council.contract import Table, read_contract
from assets.council.doubts import both_orders, one_outcome, read_wrongly
from assets.council.headings import Headings, Layout
from assets.council.layout import lay_out
from assets.council.mapping import CASES, Mapping
from assets.council.personal_data import KINDS
from assets.council.querying import read_query
from assets.council.reading import read_file
from assets.council.remedies import remedy_of
from assets.council.report import (
    NO_VALUE,
    Problems,
    RegisterReport,
    accepted_schema,
    as_frame,
    mostly_bad,
)
from assets.council.reshaping import reshape
from assets.council.rules import broken_rules
from assets.council.sources import NoHeaderError, Source, UnreadableError
from warehouse.showing import shown


def check_register(
    source: Path | Source,
    *,
    gss_code: str,
    salt: bytes,
    mapping: Mapping | None = None,
    as_at: dt.date | None = None,
    table: str | Table = CASES,
) -> RegisterReport:
    """The report on one delivery, a file or what `read_query` gave. A bad one is refused in the report, not raised.

    `as_at` is the day the extract was taken: given here, in the mapping, or on the template's `about` sheet.
    """
    contract = read_contract()[table] if isinstance(table, str) else table
    mapping = mapping or Mapping()
    nearest = Headings(contract, mapping)
    try:
        read = source if isinstance(source, Source) else _read(source, nearest, mapping)
    except UnreadableError as error:
        name = source.name
        hint = nearest.hint() if isinstance(error, NoHeaderError) else ""
        return replace(_report(contract, name, gss_code, as_at, mapping), refusals=(f"{error}{hint}",))
    return _check(read, contract, mapping, gss_code, as_at, salt)


def _read(path: Path, nearest: Headings, mapping: Mapping) -> Source:
    read = partial(read_file, path, encoding=mapping.encoding, delimiter=mapping.delimiter, sheet=mapping.sheet)
    try:
        return read(nearest.is_header)
    except NoHeaderError:
        if not nearest.has_some:
            raise
        # with some of the headings, what is wrong with the others can be said
        return read(lambda cells: [*cells] == nearest.row)


def check_query(url: Any, query: str, **settings: Any) -> RegisterReport:
    """The report on what a SQL query over SQLAlchemy answers; `settings` as for `check_register`."""
    try:
        source = read_query(url, query)
    except UnreadableError as error:
        contract = read_contract()[settings.get("table", CASES)]
        mapping = settings.get("mapping") or Mapping()
        report = _report(contract, "query", settings["gss_code"], settings.get("as_at"), mapping)
        return replace(report, refusals=(str(error),))
    return check_register(source, **settings)


def _report(contract: Table, name: str, gss_code: str, as_at: dt.date | None, mapping: Mapping) -> RegisterReport:
    """The report on a delivery of which nothing is read yet."""
    nothing = accepted_schema(contract).empty_table()
    return RegisterReport(contract, name, gss_code, as_at or mapping.as_at, mapping.covers, accepted=nothing)


def _check(
    source: Source, contract: Table, mapping: Mapping, gss_code: str, as_at: dt.date | None, salt: bytes
) -> RegisterReport:
    delivered = source
    source, mapping, refusals = reshape(source, mapping)
    layout = lay_out(source, contract, mapping) if not refusals else Layout()
    refusals += layout.refusals
    said = source.about.get("as_at")
    as_at = as_at or mapping.as_at or (dates.day(said, ()) if said else None)
    if as_at is None and said:
        refusals.append(f"as_at: '{shown(said, 60)}' is not a date such as 2026-09-30")
    elif as_at is None:
        refusals.append(
            "the day the extract was taken is not stated: give it with --as-at 2026-09-30, on the template's "
            "about sheet, or as `as_at` in the mapping"
        )
    if (said := source.about.get("gss_code")) and said != gss_code:
        refusals.append(f"the workbook says it is of {said}, not {gss_code}")
    notes = [*source.notes, *layout.notes]
    report = _report(contract, source.name, gss_code, as_at, mapping)
    report = replace(report, notes=tuple(notes), source=delivered, remedy=layout.remedy)
    if refusals or as_at is None:
        return replace(report, refusals=tuple(refusals))
    day = as_at

    def read(name: str) -> ReadColumn:
        column = contract.column(name)
        further = layout.further if name == "case_reference" else None
        return read_column(layout.cells[name], column, mapping, day, salt, source.has_typed_dates, further)

    # Arrow's work on one column runs beside Python's on another
    with ThreadPoolExecutor(2) as pool:
        columns = dict(zip(layout.cells, pool.map(read, layout.cells), strict=True))
    if not contract.form and (personal := _personal(columns, layout, source)):
        refusal, remedy = personal
        return replace(report, refusals=(refusal,), remedy=remedy, rows_read=len(layout.rows))
    problems = as_frame(_every_problem(columns, layout, source, contract, as_at))
    is_personal = _cells(problems).isin(_cells(problems[problems["rule"] == "personal_data"]))
    problems.loc[is_personal, "value"] = NOT_SHOWN
    problems = _without_misled(problems, contract, {cell.rule for cell in source.problems})

    blocked = set(problems.loc[problems["severity"] == "block", "row"])
    is_good = ~np.isin(layout.rows, list(blocked))
    unlaid = len(blocked - set(layout.rows[~is_good].tolist()))
    rows_read = len(layout.rows) + unlaid
    remedy = remedy_of(columns, layout, problems, contract, mapping, source.has_typed_dates)
    if mapping.stages:
        notes.append(f"{layout.source_rows:,} cases, one a row, read as {len(layout.rows):,} case stages")
    bad, good = len(blocked), layout.source_rows - len(set(layout.rows[~is_good].tolist()))
    if refusals := list(both_orders(layout, source, contract, mapping)):
        # what else is wrong would only follow from the order
        problems, remedy = problems[:0], {}
    elif not contract.form:  # the sheets of a form are judged together
        refusals = mostly_bad(bad, good) or list(read_wrongly(columns, layout, contract))
    report = replace(report, rows_read=rows_read, problems=problems, remedy=remedy, headers=layout.parts[0].headers)
    if refusals:
        return replace(report, refusals=tuple(refusals), notes=tuple(notes))

    covers = report.covers
    keys = _keys_aside(columns, contract, layout, is_good)
    if covers == "everything" and (unlaid or keys[contract.key[0]].null_count):
        covers = "changes"
        notes.append(
            "rows were set aside whose number cannot be read, so it is not known what else is gone: nothing of earlier "
            "extracts is taken away, although the mapping says `covers: everything`"
        )
    mask = pa.array(is_good)
    accepted = pa.table(
        [
            pa.array(layout.rows[is_good]),
            *(
                columns[name].text.filter(mask) if name in columns else pa.nulls(int(is_good.sum()), accepted_type)
                for name, accepted_type in zip(contract.names, accepted_schema(contract).types[1:], strict=True)
            ),
        ],
        schema=accepted_schema(contract),
    )
    if doubt := one_outcome(accepted):
        notes.append(doubt)
    return replace(
        report,
        covers=covers,
        blank_rows=layout.blank_rows,
        accepted=accepted,
        notes=tuple(notes),
        missing=tuple(column for column in contract.columns if column.name not in columns),
        set_aside_keys=keys,
    )


def _cells(problems: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(problems[["row", "column"]])


def _without_misled(problems: pd.DataFrame, contract: Table, rules_of_reading: set[str]) -> pd.DataFrame:
    """The problems without those of rules that look at a cell that could not be read, which is empty to them."""
    is_unread = problems["rule"].isin(["not_as_expected", "personal_data", *rules_of_reading])
    looked_at = {rule.name: {rule.column, *re.findall(r"\w+", rule.breaks_when)} for rule in contract.rules}
    if not is_unread.any():
        return problems
    unread = set(zip(problems.loc[is_unread, "row"], problems.loc[is_unread, "column"], strict=True))
    is_misled = [
        not is_itself and any((row, name) in unread for name in {column, *looked_at.get(rule, ())})
        for row, column, rule, is_itself in zip(
            problems["row"], problems["column"], problems["rule"], is_unread, strict=True
        )
    ]
    return problems[~np.array(is_misled, dtype=bool)].reset_index(drop=True)


def _headers_at(layout: Layout, name: str, places: np.ndarray) -> str | list[str]:
    """The council's own heading of a column at each place."""
    if len(layout.parts) == 1:
        return layout.header(name)
    # in words, the stage of a part is the heading under which it was received
    own = [layout.header("requested_date" if name == "stage" else name, number) for number in range(len(layout.parts))]
    return [own[part] for part in layout.part[places]]


def _every_problem(
    columns: dict[str, ReadColumn], layout: Layout, source: Source, contract: Table, as_at: dt.date
) -> Iterator[Problems]:
    """Cells that are not as expected or empty, rules that are broken, and what reading the file found."""

    def at(places: np.ndarray, name: str, values: Any, expected: str, rule: str, severity: str = "block") -> Problems:
        headers = _headers_at(layout, name, places)
        return Problems(layout.rows[places], headers, name, values, expected, rule, severity)

    for name, column in columns.items():
        if column.wrong.any():
            yield at(np.flatnonzero(column.wrong), name, column.shown, column.expected, "not_as_expected")
        if contract.column(name).required == "value":
            empty = column.text.is_null().to_numpy(zero_copy_only=False) & ~column.wrong
            if empty.any():
                yield at(np.flatnonzero(empty), name, None, "a value", "empty")
        for kind, places in column.personal.items() if contract.form else ():
            expected = f"nothing that looks like {KINDS[kind]}"
            yield at(places, name, [NOT_SHOWN] * len(places), expected, "personal_data")
    for broken in broken_rules(contract, columns, len(layout.rows), as_at):
        rule = broken.rule
        yield at(broken.places, rule.column, broken.values, rule.expected, rule.name, rule.severity)
    left_out = {*layout.left_out}
    for cell in source.problems:
        if cell.row in left_out:
            continue
        row = np.array([cell.row])
        if not cell.header:
            yield Problems(row, "", "", [NO_VALUE], cell.expected, cell.rule, "block")
        elif fed := layout.columns_of(cell.header):
            yield Problems(row, cell.header.strip(), fed[0][1], [NO_VALUE], cell.expected, cell.rule, "block")


def _personal(columns: dict[str, ReadColumn], layout: Layout, source: Source) -> tuple[str, dict[str, Any]] | None:
    """Why a delivery that may hold personal data is refused, and what to declare if it does not: rows, never values."""
    found: list[str] = []
    excused: dict[str, list[str]] = {}
    for name, column in columns.items():
        for kind, places in column.personal.items():
            rows = list(dict.fromkeys(layout.rows[places].tolist()))
            headers = dict.fromkeys(layout.header(name, part) for part in layout.part[places])
            count, whose = len(places), " and ".join(headers)
            found.append(
                f"{count:,} {'value' if count == 1 else 'values'} of {whose} {'looks' if count == 1 else 'look'} like "
                f"{KINDS[kind]} ({source.places(rows, 5)})"
            )
            excused.setdefault(name, []).append(kind)
    if not found:
        return None
    refusal = (
        f"looks like personal data, and nothing of it was kept: {'; '.join(found)}. Take it out of your extract and "
        "check again. Where somebody has checked that it only looks so, the lines below say so in the mapping"
    )
    return refusal, {"not_personal": excused, "checked_by": "the role of whoever checked"}


def _keys_aside(columns: dict[str, ReadColumn], contract: Table, layout: Layout, is_good: np.ndarray) -> pa.Table:
    """The key of each row set aside, with its number; nothing where it cannot be read."""
    aside = pa.array(~is_good)
    count = int((~is_good).sum())
    return pa.table(
        {"row_number": pa.array(layout.rows[~is_good])}
        | {
            name: columns[name].text.cast(pa.string()).filter(aside)
            if name in columns
            else pa.nulls(count, pa.string())
            for name in contract.key
        }
    )
