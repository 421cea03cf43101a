"""The workbook: the same tables as the report, one real table a sheet, values only."""

from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from assets.publication import words
from assets.publication.findings import Findings
from assets.publication.report import DIRECTION, day

# a fixed date, so that the same figures give the same bytes
CREATED = datetime(2026, 1, 1)
SHEET_NAME_LIMIT = 31

COLUMNS: list[tuple[str, str, int]] = [
    ("Council", "nice_name", 30),
    ("Year", "period_label", 10),
    ("Numerator", "numerator", 11),
    ("How the numerator is known", "numerator_basis", 14),
    ("Denominator", "denominator", 13),
    ("Value (ours)", "value", 12),
    ("Lower 95% (ours)", "lower_95", 12),
    ("Upper 95% (ours)", "upper_95", 12),
    ("As printed", "printed_text", 11),
    ("Why there is no value", "missing_reason", 28),
    ("Note", "note", 40),
    ("Source", "source_url", 60),
]


def workbook_bytes(findings: Findings) -> bytes:
    """The workbook as bytes: contents, notes, an overview and one sheet per indicator. No cell is a formula."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    title = f"{findings.council.nice_name}: complaints benchmark"
    book.set_properties({"title": title, "created": CREATED})
    bold = book.add_format({"bold": True, "font_size": 14})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    one_decimal = book.add_format({"num_format": "#,##0.0"})
    counted = book.add_format({"num_format": "#,##0"})

    contents = book.add_worksheet("Contents")
    notes = book.add_worksheet("Notes")
    overview = book.add_worksheet("Overview")
    sheets = {
        row["indicator"]: book.add_worksheet(row["indicator"][:SHEET_NAME_LIMIT])
        for row in findings.headlines
    }

    contents.write_string(0, 0, title, bold)
    contents.write_string(1, 0, f"Beside {findings.group}. Each sheet holds one table.")
    contents.set_column(0, 0, 34)
    contents.set_column(1, 1, 90)
    listed = [
        ["Notes", "Symbols, terms of use and sources"],
        ["Overview", "Every indicator beside its comparators"],
    ]
    listed += [[row["indicator"][:SHEET_NAME_LIMIT], row["title"]] for row in findings.headlines]
    _table(contents, 3, ["Sheet", "What it holds"], listed, "contents")

    lines = [
        [
            "Ours",
            "Values, intervals and pooled values are worked out by this project from printed counts.",
        ],
        ["As printed", "What the Ombudsman or the council printed, unchanged."],
        [
            "Missing",
            "An empty cell is not zero: the column beside says why there is no value.",
        ],
        [
            "Worked out",
            "The only whole number of cases that gives the printed percentage.",
        ],
        ["Not ranked", "Rows stand in order of value. No rank is given."],
        [
            "Percentages",
            "None of ours is given under 5 cases; under 30 the base is small.",
        ],
        [
            "Newest figures",
            f"Ombudsman: {findings.newest['period_label']}, to {day(findings.newest['period_end'])}."
            " A later year may be out.",
        ],
    ]
    lines += [
        [
            f"Source: {row['source']}",
            f"{row['title']}. {row['attribution']} {row['licence']}",
        ]
        for row in findings.sources
    ]
    notes.set_column(0, 0, 28)
    notes.set_column(1, 1, 110, wrap)
    notes.write_string(0, 0, "Notes", bold)
    _table(notes, 2, ["Term", "Meaning"], lines, "notes")

    overview.write_string(0, 0, f"{title}: every indicator", bold)
    overview.set_column(0, 0, 60)
    overview.set_column(1, 5, 24)
    rows = [
        [
            row["title"],
            DIRECTION[row["polarity"]],
            row["period_label"] or "no figure",
            words.own_value(row),
            words.comparator_value(row, findings.group),
            row["printed_text"] or "",
            row["source_url"] or "",
        ]
        for row in findings.headlines
    ]
    header = [
        "Indicator",
        "Direction",
        "Year",
        findings.council.nice_name,
        "Comparators",
        "As printed",
        "Source",
    ]
    _table(overview, 2, header, rows, "overview")
    overview.freeze_panes(3, 1)

    for row in findings.headlines:
        sheet = sheets[row["indicator"]]
        sheet.write_string(0, 0, f"{row['title']} ({row['unit']})", bold)
        sheet.write_string(1, 0, row["definition"])
        for column, (_, key, width) in enumerate(COLUMNS):
            number = (
                one_decimal
                if key in ("value", "lower_95", "upper_95")
                else counted
                if key.endswith("ator")
                else None
            )
            sheet.set_column(column, column, width, number)
        table = [
            [_cell(council, key, row["unit"]) for _, key, _ in COLUMNS]
            for council in findings.tables.get(row["indicator"], [])
        ]
        _table(sheet, 3, [name for name, _, _ in COLUMNS], table, row["indicator"])
        sheet.freeze_panes(4, 1)

    book.close()
    return buffer.getvalue()


def _cell(council: dict[str, Any], key: str, unit: str) -> Any:
    value = council[key]
    hidden = key in ("value", "lower_95", "upper_95") and not words.may_show_percentage(
        {**council, "unit": unit}
    )
    return None if hidden else value


def _table(sheet: Any, first_row: int, header: list[str], rows: list[list[Any]], name: str) -> None:
    """A real Excel table at `first_row`; text is written as text, whatever it starts with."""
    body = rows or [[None] * len(header)]
    last = first_row + len(body)
    sheet.add_table(
        first_row,
        0,
        last,
        len(header) - 1,
        {
            "name": f"table_{name}",
            "style": "Table Style Light 1",
            "columns": [{"header": text} for text in header],
        },
    )
    for offset, row in enumerate(body, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(first_row + offset, column, value)
            elif value is not None:
                sheet.write_number(first_row + offset, column, value)
