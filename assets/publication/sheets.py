"""Writes the sheets of a workbook in one look: a title, one real table, a frozen header, our rows marked.

workbook.yml declares the sheets and their columns."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter

from assets.publication.briefing import Briefing
from assets.publication.findings import Findings
from assets.publication.measures import Measure
from assets.publication.site import Edition
from assets.wording import words
from warehouse.files import declaration

DECLARED: dict[str, Any] = declaration(Path(__file__).parent / "workbook.yml")
SHEETS: dict[str, Any] = DECLARED["sheets"]
CELL_LIMIT = 32_767
# points of one line and of the highest row; paper A4; characters across one sheet of it; the button beside a heading
LINE, HIGHEST, A4, WIDEST, FILTER_BUTTON = 15, 409, 9, 230, 3
# the row of the table's header
HEADER = 2

# name of the column, its key, its width, its number format
Columns = Sequence[tuple[str, str, int, str]]
ONE, COUNT, DAY, TEXT, CODE, PRINTED, LINK = "#,##0.0", "#,##0", "dd mmm yyyy", "", "@", "General", "link"
ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[!-~]*)?")
LONGEST_ADDRESS = 2_000
KINDS = {
    "one": ONE, "count": COUNT, "day": DAY, "text": TEXT, "code": CODE, "printed": PRINTED, "link": LINK
}  # fmt: skip
Rows = list[dict[str, Any]]


@cache
def columns_of(sheet: str) -> Columns:
    """The columns of a sheet as workbook.yml declares them."""
    found = []
    for column in SHEETS[sheet]["columns"]:
        own_way = column if isinstance(column, dict) else {column: DECLARED["columns"][column]}
        ((key, (heading, width, *kind)),) = own_way.items()
        found.append((heading, key, width, KINDS[kind[0] if kind else "text"]))
    return found


class Writer:
    """Writes sheets of one look: a bold title, one real table, a frozen header, formats by column, our rows marked."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.header = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        ours = {"bold": True, "bg_color": "#FFF2CC"}
        looks: dict[str, dict[str, Any]] = {
            **{kind: {"num_format": kind} for kind in (ONE, COUNT, DAY, CODE)},
            PRINTED: {"align": "right"},
            TEXT: {"text_wrap": True},
            LINK: {"font_color": "#0B5394", "underline": 1},
        }
        self.formats = {
            (kind, is_ours): book.add_format({"valign": "top", **look, **(ours if is_ours else {})})
            for kind, look in looks.items()
            for is_ours in (False, True)
        }

    def briefing(self, findings: Findings, edition: Edition, page: Briefing) -> None:
        """The first sheet: the finding, a line a measure, what to ask for, and a chart of the shares."""
        rows: Rows = [
            {**vars(one), "year": one.head["period_label"], "source_url": one.head["source_url"]}
            for one in page.measures
        ]
        if not rows:
            rows = [
                dict.fromkeys((key for _, key, _, _ in columns_of("Briefing")), None)
                | {"name": "We have no figure yet"}
            ]
        about = f"{edition.mark}{page.headline}"
        sheet = self.sheet("Briefing", about, rows, then=" ".join(page.sentences))
        last = HEADER + len(rows)
        for offset, line in enumerate(["What to ask for", *page.asks] if page.asks else [], start=last + 2):
            sheet.write_string(offset, 0, line, self.header if line == "What to ask for" else None)
            last = offset
        shares = [one for one in page.measures if one.head["unit"] == "percent" and one.head["value"] is not None]
        shares = [one for one in shares if words.may_show_percentage(one.head)]
        last = self._bars(sheet, last + 2, shares, findings) if shares else last
        sheet.print_area(0, 0, last, _printed(columns_of("Briefing")) - 1)

    def _bars(self, sheet: Any, first: int, shares: list[Measure], findings: Findings) -> int:
        """The council's shares and the average as bars, from a small block of numbers; the last row they take."""
        heads = ("In the chart, per cent", "Council", "Average")
        for column, heading in enumerate(heads):
            sheet.write_string(first, column, heading, self.header)
        for row, one in enumerate(shares, start=first + 1):
            compared = findings.comparison(one.head["indicator"]) or {}
            average = one.head["printed_average"]
            if average is None or findings.comparator_group != "lgsco_type":
                average = compared.get("pooled_value")
            _write(sheet, row, 0, one.name, self.formats[TEXT, False])
            _write(sheet, row, 1, one.head["value"], self.formats[ONE, False])
            _write(sheet, row, 2, average, self.formats[ONE, False])
        last = first + len(shares)
        chart = self.book.add_chart({"type": "bar"})
        for column, colour in ((1, "#1F4E79"), (2, "#A6A6A6")):
            chart.add_series(
                {
                    "name": ["Briefing", first, column],
                    "categories": ["Briefing", first + 1, 0, last, 0],
                    "values": ["Briefing", first + 1, column, last, column],
                    "fill": {"color": colour},
                    "data_labels": {"value": True, "num_format": "0"},
                }
            )
        chart.set_title({"name": "The council’s shares and the average, per cent", "name_font": {"size": 12}})
        chart.set_x_axis({"min": 0, "max": 100, "visible": False, "major_gridlines": {"visible": False}})
        chart.set_y_axis({"reverse": True})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 900, "height": 120 + 60 * len(shares)})
        sheet.insert_chart(
            last + 1,
            0,
            chart,
            {"description": "Bars of the numbers above: the council’s shares and the average of each."},
        )
        return last + 2 + ceil((120 + 60 * len(shares)) / 20)

    def _lay_out(self, sheet: Any, columns: Columns, body: Rows, printed: int) -> None:
        """Rows as high as their text, the header wrapped, and one sheet of paper wide, on which the last columns are
        left out where they do not fit: a program that is not Excel works out none of it by itself."""
        lines = max(_lines(heading, width - FILTER_BUTTON) for heading, _, width, _ in columns)
        sheet.set_row(HEADER, LINE * lines)
        wrapped = [(key, width) for _, key, width, kind in columns if kind == TEXT]
        for offset, row in enumerate(body, start=HEADER + 1):
            lines = max((_lines(row[key], width) for key, width in wrapped), default=1)
            sheet.set_row(offset, min(LINE * lines, HIGHEST))
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.print_area(0, 0, HEADER + printed, _printed(columns) - 1)
        sheet.repeat_rows(HEADER)
        sheet.set_footer("&L&A&RPage &P of &N")

    def sheet(
        self,
        name: str,
        about: str,
        rows: Rows,
        *,
        then: str = "",
        printed: int | None = None,
        leads_to_sheets: bool = False,
    ) -> Any:
        """One sheet: what it is about, perhaps a line more, and its table, of which so many rows are printed."""
        columns = columns_of(name)
        sheet = self.book.add_worksheet(name)
        sheet.write_string(0, 0, about[:CELL_LIMIT], self.title)
        if then:
            sheet.write_string(1, 0, then[:CELL_LIMIT])
        sheet.add_table(
            HEADER,
            0,
            HEADER + len(rows),
            len(columns) - 1,
            {
                "name": f"table_{name.lower().replace(' ', '_')}",
                "style": "Table Style Light 1",
                "columns": [{"header": heading, "header_format": self.header} for heading, _, _, _ in columns],
            },
        )
        for place, (_, key, width, kind) in enumerate(columns):
            sheet.set_column(place, place, width)
            for offset, row in enumerate(rows, start=HEADER + 1):
                form = self.formats[kind, bool(row.get("is_subject")) and name == "Figures"]
                if leads_to_sheets and key == "sheet":
                    sheet.write_url(offset, place, f"internal:'{row[key]}'!A1", self.formats[LINK, False], row[key])
                elif kind == LINK and is_address(row[key]):
                    sheet.write_url(offset, place, row[key], form, row[key])
                else:
                    _write(sheet, offset, place, as_number(row[key]) if kind == PRINTED else row[key], form)
        self._lay_out(sheet, columns, rows, len(rows) if printed is None else printed)
        sheet.freeze_panes(HEADER + 1, 1)
        return sheet


def is_address(text: Any) -> bool:
    """Whether a source is an address of the web that may become a link."""
    return isinstance(text, str) and len(text) <= LONGEST_ADDRESS and ADDRESS.fullmatch(text) is not None


def as_number(text: Any) -> Any:
    """A printed number as a number; any other text as it is."""
    plain = text.replace(",", "") if isinstance(text, str) else ""
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]+)?", plain):
        return text
    return float(plain) if "." in plain else int(plain)


def _printed(columns: Columns) -> int:
    """How many columns fit on one sheet of paper."""
    wide = [sum(width for _, _, width, _ in columns[:count]) for count in range(1, len(columns) + 1)]
    return max(1, sum(width <= WIDEST for width in wide))


def _lines(value: Any, width: int) -> int:
    """How many lines a text takes in a column of a width in characters."""
    return 1 if not isinstance(value, str) else sum(ceil(len(line) / width) or 1 for line in value.splitlines())


def _write(sheet: Any, row: int, column: int, value: Any, form: Any) -> None:
    """One cell; text is written as text, whatever it starts with, and a value too long for a cell is
    cut and says so."""
    if words.is_missing(value) or value == "":
        # a marked row is marked throughout
        if form.bg_color:
            sheet.write_blank(row, column, None, form)
        return
    if isinstance(value, str):
        cut = value if len(value) <= CELL_LIMIT else value[: CELL_LIMIT - 1] + "…"
        sheet.write_string(row, column, cut, form)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), form)
    else:
        sheet.write_number(row, column, value, form)
