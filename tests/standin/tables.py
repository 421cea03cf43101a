"""The annual tables in several layouts, as CSV and XLSX. Figures are the published ones where they are known,
else illustrative and under an invented council's name; a column whose figures are not known stays empty."""

import csv
import io
from datetime import UTC, datetime

import xlsxwriter

from tests.standin.figures import Row

Cells = list[list[str]]

ILLUSTRATIVE_RECEIVED: Cells = [
    ["Illustrative Borough Council", "3", "1", "0", "4", "2", "1", "5", "6", "1", "23"],
    ["Illustrative County Council", "19", "0", "2", "41", "0", "14", "0", "0", "0", "76"],
    ["Illustrative National Park Authority", "0", "0", "0", "0", "0", "0", "0", "2", "0", "2"],
]
RECEIVED_HEADINGS = [
    "Authority Name",
    "Adult Care Services",
    "Benefits & Tax",
    "Corporate & Other Services",
    "Education & Children’s Services",
    "Environmental Services, Public Protection & Regulation",
    "Highways & Transport",
    "Housing",
    "Planning & Development",
    "Other",
    "Total",
]
ILLUSTRATIVE_DECIDED: Cells = [
    ["Illustrative Borough Council", "1", "2", "8", "6", "1", "3", "21", "75%", "72%"],
    ["Illustrative County Council", "4", "2", "25", "19", "2", "17", "69", "89%", "80%"],
    ["Illustrative Fire & Rescue Service", "0", "0", "1", "1", "0", "0", "2", "", ""],
]
DECIDED_HEADINGS = [
    "Authority",
    "Invalid or Incomplete",
    "Advice Given",
    "Referred Back for Local Resolution",
    "Closed after Initial Enquiries",
    "Not Upheld",
    "Upheld",
    "Total",
    "Uphold Rate (%)",
    "Average uphold rate (%) of similar authorities",
]
DEALT_WITH_HEADINGS = [
    "Authority",
    "Not for us",
    "Assessed & closed",
    "Investigated ",
    "Upheld",
    "Total",
    "Uphold rate",
    "Average of similar authorities",
]
COMPLIANCE_HEADINGS = [
    "Local authority",
    "Cases with a recorded compliance outcome",
    "Remedy implemented on time",
    "Remedy implemented late",
    "Remedy not implemented",
    "Compliance rate",
    "Average compliance rate of similar authorities",
]
ILLUSTRATIVE_COMPLIANCE: Cells = [
    ["Illustrative Borough Council", "3", "3", "0", "0", "100%", "99%"],
    ["Illustrative County Council", "18", "13", "5", "0", "100%", "100%"],
]


def year_label(year: int) -> str:
    return f"{year}-{(year + 1) % 100:02}"


def dealt_with_rows(rows: list[Row], year: int) -> Cells:
    """The published overview figures of every council whose page of that year is known."""
    measures = [
        "not_for_us",
        "assessed_and_closed",
        "investigated",
        "upheld",
        "dealt_with",
        "uphold_rate_pct",
        "uphold_rate_similar_pct",
    ]
    return [
        [row["council_name"], *(row.get(measure, "") for measure in measures)]
        for row in rows
        if row["period_start"].startswith(str(year)) and row.get("dealt_with")
    ]


def compliance_rows(rows: list[Row], year: int) -> Cells:
    """The published compliance figures; how many were on time is not known, so those cells are empty."""
    return [
        [
            row["council_name"],
            row["compliance_outcomes"],
            "",
            "",
            "",
            row["compliance_rate_pct"],
            row["compliance_rate_similar_pct"],
        ]
        for row in rows
        if row["period_start"].startswith(str(year)) and row.get("compliance_outcomes")
    ]


def with_furniture(title: str, headings: list[str], rows: Cells, *, total: bool = True, offset: int = 3) -> Cells:
    """The table as published: title and blank rows above the headings, a total and footnotes below."""
    width = len(headings)
    whole = {place for place in range(1, width) if "rate" not in headings[place].lower()}
    whole -= {place for place in whole if "average" in headings[place].lower()}
    sums = ["Total"] + [
        str(sum(int(row[place] or 0) for row in rows)) if place in whole else "" for place in range(1, width)
    ]
    above: Cells = [[title], *([] for _ in range(offset - 1))]
    below: Cells = [
        [],
        ["* Councils that were abolished in the year are shown for as long as cases about them are decided."],
        ["Source: illustrative stand-in, not the Ombudsman's site"],
    ]
    return [*above, headings, *rows, *([sums] if total else []), *below]


def as_csv(cells: Cells, encoding: str = "utf-8", separator: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(cells)
    return text.getvalue().encode(encoding)


def as_xlsx(sheets: dict[str, Cells], *, fractions: bool = False) -> bytes:
    """A workbook with figures as numbers; percentages as fractions of one with a format, if asked."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        # Without a fixed time the same table would be other bytes each second.
        book.set_properties({"created": datetime(2025, 5, 1, tzinfo=UTC)})
        per_cent = book.add_format({"num_format": "0%"})
        for name, cells in sheets.items():
            sheet = book.add_worksheet(name)
            for row, line in enumerate(cells):
                for column, cell in enumerate(line):
                    figure = cell.removesuffix("%")
                    if not figure.isdigit():
                        sheet.write_string(row, column, cell)
                    elif cell.endswith("%") and fractions:
                        sheet.write_number(row, column, int(figure) / 100, per_cent)
                    else:
                        sheet.write_number(row, column, int(figure))
    return data.getvalue()
