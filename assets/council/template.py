"""The workbook a council fills in: a sheet for each table with its lists, and the data dictionary, from the
contract."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from assets.council.contract import Table, read_contract

# Fixed, so that the same contract always gives the same bytes.
CREATED = dt.datetime(2026, 1, 1)
ROWS_VALIDATED = 50_000
LONGEST_LIST = 255


def write_register_template(path: Path) -> None:
    """Write the register template: `about`, a sheet for each table with validation lists, `data
    dictionary`."""
    contract = read_contract()
    tables = [contract[name] for name in ("case_stages", "resources", "compliments", "quarterly_indicators")]
    about = [
        ("as_at", None, "The day the extract was taken, as YYYY-MM-DD"),
        ("gss_code", None, "Your council's ONS code, such as E10000034; may be left empty"),
    ]
    definitions = [
        "Fill in the sheets that you have figures for; an empty one is passed over. Columns on blue must be filled in. "
        "Click on a heading's cells to see what belongs there; the data dictionary says it of every column.",
        *(f"{table.name}: {table.row}." for table in tables),
        "No names, addresses, telephone numbers or notes: a file with what looks like personal data is refused.",
    ]
    write_workbook(path, about, [(table, []) for table in tables], definitions)


def write_workbook(
    path: Path,
    about: Sequence[tuple[str, str | None, str]],
    tables: Sequence[tuple[Table, Sequence[Sequence[Any]]]],
    definitions: Sequence[str],
) -> None:
    """A workbook with an `about` sheet, the tables with any rows already filled in, and their data
    dictionary."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        workbook.set_properties({"created": CREATED})
        bold = workbook.add_format({"bold": True})
        needed = workbook.add_format({"bold": True, "bg_color": "#DDEBF7"})
        wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
        date = workbook.add_format({"num_format": "yyyy-mm-dd"})

        sheet = workbook.add_worksheet("about")
        sheet.set_column(0, 1, 16)
        sheet.set_column(2, 2, 90)
        line = 0
        for line, (name, value, meaning) in enumerate(about):
            sheet.write_string(line, 0, name, bold)
            if value:
                sheet.write_string(line, 1, value)
            sheet.write_string(line, 2, meaning)
        for offset, definition in enumerate(definitions, start=2):
            sheet.write_string(line + offset, 2, definition, wrap)

        for table, rows in tables:
            _write_table(workbook.add_worksheet(table.name), table, rows, needed, bold, date)
        _write_dictionary(workbook.add_worksheet("data dictionary"), [table for table, _ in tables], bold, wrap)


def _write_table(sheet: Any, table: Table, rows: Sequence[Sequence[Any]], needed: Any, bold: Any, date: Any) -> None:
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(table.columns):
        heading = column.heading or column.name
        sheet.write_string(0, place, heading, needed if column.required else bold)
        sheet.set_column(place, place, max(12, len(heading) + 2), date if column.type == "date" else None)
        what = {
            "input_title": heading[:32],
            "input_message": column.description[:255],
            "ignore_blank": True,
        }
        check: dict[str, Any]
        if column.allowed and len(",".join(column.allowed)) <= LONGEST_LIST:
            stop = "warning" if column.open else "stop"
            check = {"validate": "list", "source": list(column.allowed), "error_type": stop}
        elif column.type == "date":
            check = {"validate": "date", "criteria": ">=", "value": dt.date(2012, 1, 1)}
        elif column.type in ("integer", "decimal"):
            limits = {"minimum": column.minimum or 0, "maximum": column.maximum or 10**9}
            check = {"validate": column.type, "criteria": "between", **limits}
        else:
            check = {"validate": "any"}
        sheet.data_validation(1, place, ROWS_VALIDATED, place, {**check, **what})
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(line, place, dt.datetime.combine(value, dt.time()), date)
            elif isinstance(value, int | float):
                sheet.write_number(line, place, value)
            elif value is not None:
                sheet.write_string(line, place, value)


def _write_dictionary(sheet: Any, tables: Sequence[Table], bold: Any, wrap: Any) -> None:
    headings = (
        "table",
        "one row is",
        "column",
        "type",
        "must be there",
        "allowed",
        "description",
        "unanswered without it",
    )
    sheet.freeze_panes(1, 0)
    for place, (heading, width) in enumerate(zip(headings, (18, 24, 32, 11, 14, 48, 70, 20), strict=True)):
        sheet.write_string(0, place, heading, bold)
        sheet.set_column(place, place, width)
    line = 0
    for table in tables:
        for column in table.columns:
            line += 1
            there = {"value": "in every row", "column": "the column", None: "no"}[column.required]
            allowed = ", ".join(column.allowed) + (", or your own, declared in the mapping" if column.open else "")
            if column.minimum is not None and column.maximum is not None:
                allowed = f"{column.minimum:,.0f} to {column.maximum:,.0f}"
            cells = (
                table.name, table.row, column.heading or column.name, column.type, there, allowed, column.description,
                ", ".join(column.without),
            )  # fmt: skip
            for place, cell in enumerate(cells):
                sheet.write_string(line, place, cell, wrap)
