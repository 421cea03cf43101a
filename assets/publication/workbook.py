"""The workbook: the same tables as the site, one real table a sheet, values only."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from math import ceil
from typing import Any

import xlsxwriter

from assets.publication import publishing, sentences, words
from assets.publication.findings import Findings
from assets.publication.site import Edition

# a fixed date, so that the same figures give the same bytes
CREATED = datetime(2026, 1, 1)
SHEET_NAME_LIMIT = 31
CELL_LIMIT = 32_767
# points of one line and of the highest row; paper A4; characters across one sheet of it; the button beside a heading
LINE, HIGHEST, A4, WIDEST, FILTER_BUTTON = 15, 409, 9, 230, 3

# name of the column, its key, its width, its number format
Columns = Sequence[tuple[str, str, int, str]]
# CODE is text for programs, which stays on one line
ONE, COUNT, DAY, TEXT, CODE = "#,##0.0", "#,##0", "dd mmm yyyy", "", "@"

COUNCILS: Columns = [
    ("Council", "nice_name", 30, TEXT),
    ("Year", "period_label", 10, TEXT),
    ("Unit of the values", "unit", 22, TEXT),
    ("Numerator", "numerator", 11, COUNT),
    ("How the numerator is known", "numerator_basis", 16, TEXT),
    ("Denominator", "denominator", 13, COUNT),
    ("Value (ours)", "value", 12, ONE),
    ("Lower 95% (ours)", "lower_95", 12, ONE),
    ("Upper 95% (ours)", "upper_95", 12, ONE),
    ("As printed", "printed_text", 11, TEXT),
    ("Why there is no value", "missing_reason", 28, TEXT),
    ("Comparator groups", "groups", 40, TEXT),
    ("Note", "note", 40, TEXT),
    ("Source", "source_url", 60, TEXT),
]
OVERVIEW: Columns = [
    ("Indicator", "title", 60, TEXT),
    ("Direction", "direction", 18, TEXT),
    ("Year", "year", 22, TEXT),
    ("Unit of the values", "unit", 22, TEXT),
    ("Numerator", "numerator", 11, COUNT),
    ("Denominator", "denominator", 13, COUNT),
    ("Value (ours)", "value", 12, ONE),
    ("Lower 95% (ours)", "lower_95", 12, ONE),
    ("Upper 95% (ours)", "upper_95", 12, ONE),
    ("As printed", "printed_text", 11, TEXT),
    ("In words", "words", 60, TEXT),
    ("Source", "source_url", 60, TEXT),
]
GROUPS: Columns = [
    ("Indicator", "title", 60, TEXT),
    ("Year", "year", 22, TEXT),
    ("Comparators", "group", 44, TEXT),
    ("Comparators in group", "comparators", 13, COUNT),
    ("With data", "comparators_with_data", 10, COUNT),
    ("Unit of the values", "unit", 22, TEXT),
    ("Together: numerator", "pooled_numerator", 13, COUNT),
    ("Together: denominator", "pooled_denominator", 13, COUNT),
    ("Together: value (ours)", "pooled_value", 13, ONE),
    ("Median (ours)", "median_value", 13, ONE),
    ("All of the type (printed average)", "type_average", 13, ONE),
    ("England (printed average)", "england_average", 13, ONE),
    ("Result (ours)", "result", 22, TEXT),
    ("Verdict (ours)", "verdict", 40, TEXT),
    ("Expected of a council like it (ours)", "expected", 13, ONE),
    ("Place (ours)", "place", 44, TEXT),
    ("Best-performer benchmark (ours)", "benchmark", 16, ONE),
    ("Gap to it (ours)", "gap", 44, TEXT),
]
YEARS: Columns = [
    ("Indicator", "title", 60, TEXT),
    ("Year", "period_label", 10, TEXT),
    ("Unit of the values", "unit", 22, TEXT),
    ("Numerator", "numerator", 11, COUNT),
    ("Denominator", "denominator", 13, COUNT),
    ("Value (ours)", "value", 12, ONE),
    ("Lower 95% (ours)", "lower_95", 12, ONE),
    ("Upper 95% (ours)", "upper_95", 12, ONE),
    ("As printed", "printed_text", 11, TEXT),
    ("Comparators together (ours)", "pooled_value", 14, ONE),
    ("Comparators with data", "comparators_with_data", 13, COUNT),
    ("Break", "break", 50, TEXT),
    ("Source", "source_url", 60, TEXT),
]
STATEMENTS: Columns = [
    ("Figure", "title", 50, TEXT),
    ("Procedure", "procedure", 22, TEXT),
    ("Stage", "stage", 8, TEXT),
    ("First day", "period_start", 13, DAY),
    ("Last day", "period_end", 13, DAY),
    ("As printed", "as_printed", 14, TEXT),
    ("Unit", "unit", 14, TEXT),
    ("Note", "note", 60, TEXT),
    ("Source", "source_url", 60, TEXT),
]
PEERS_STAGE2: Columns = [
    ("Council", "body_name", 44, TEXT),
    ("Procedure", "procedure", 22, TEXT),
    ("First day", "period_start", 13, DAY),
    ("Last day", "period_end", 13, DAY),
    ("Per cent in time, as printed", "share_in_time", 12, TEXT),
    ("Number in time, as printed", "completed_in_time", 12, TEXT),
    ("Number late, as printed", "completed_late", 12, TEXT),
    ("Completed, as printed", "completed", 12, TEXT),
    ("Base printed beside it", "printed_base", 10, COUNT),
    ("Limit in days", "limit_days", 10, COUNT),
    ("Why it may not compare", "note", 60, TEXT),
    ("Source", "source_url", 60, TEXT),
]
ANSWERS: Columns = [
    ("Question", "question", 10, TEXT),
    ("In words", "asks", 50, TEXT),
    ("Statement", "sentence", 90, TEXT),
    ("Measure", "what", 40, TEXT),
    ("Period", "period_label", 22, TEXT),
    ("The council", "ours", 24, TEXT),
    ("Set beside", "beside", 40, TEXT),
    ("What may be said (ours)", "verdict_in_words", 22, TEXT),
    ("How sure (ours)", "confidence", 12, TEXT),
    ("Why", "confidence_reason", 50, TEXT),
    ("Bear in mind", "caveat", 50, TEXT),
    ("What would answer it", "missing", 50, TEXT),
    ("Source", "sources", 60, TEXT),
    ("Rows behind it", "evidence", 60, CODE),
]
SOURCES: Columns = [
    ("File", "source", 22, TEXT),
    ("Title", "title", 60, TEXT),
    ("Producer", "producer", 40, TEXT),
    ("Licence", "licence", 50, TEXT),
    ("Attribution", "attribution", 60, TEXT),
    ("Gathered", "gathered", 12, TEXT),
    ("Page", "landing_page", 50, TEXT),
]


def workbook_bytes(findings: Findings, edition: Edition) -> bytes:
    """The workbook as bytes: contents, notes, overview, groups, years, what else is known, sources, and one sheet an
    indicator. No cell is a formula. Its first sheet says how the edition is signed off; every sheet of a draft does."""
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
    writer = _Writer(book)
    sheets: list[tuple[str, str, Columns, list[dict[str, Any]]]] = [
        ("Answers", "The panel’s questions, answered, as in the panel pack", ANSWERS, _answers(findings)),
        ("Overview", "Every indicator", OVERVIEW, _overview(findings)),
        ("Groups", "Every indicator beside every comparator group with data", GROUPS, _groups(findings)),
        ("Years", f"Every year held, beside {findings.group}", YEARS, _years(findings)),
        (
            "Stage 2 elsewhere",
            "Stage 2 timeliness in other councils’ own reports, as printed",
            PEERS_STAGE2,
            _worded(findings.rows["peers_stage2"]),
        ),
        (
            "Also known",
            "Other figures of the council from minutes, the press and decisions, as printed",
            STATEMENTS,
            _worded(findings.rows["statements"]),
        ),
        ("Sources", "Files of published figures, with licences", SOURCES, findings.rows["sources"]),
    ]
    for head in findings.headlines:
        rows = [_shown(row, findings) for row in findings.councils.get(head["indicator"], [])]
        sheets.append(
            (head["indicator"][:SHEET_NAME_LIMIT], _measured(head["title"], head["unit"]), COUNCILS, rows)
        )
    listed = [{"sheet": "Notes", "holds": "Draft or signed off, symbols, terms of use"}]
    listed += [{"sheet": name, "holds": about} for name, about, _, _ in sheets]
    writer.sheet(
        "Contents",
        f"{title}, beside {findings.group}",
        [("Sheet", "sheet", 34, TEXT), ("What it holds", "holds", 90, TEXT)],
        listed,
        then=f"{edition.state}. Each sheet holds one table.",
    )
    writer.sheet(
        "Notes",
        "Notes",
        [("Term", "term", 28, TEXT), ("Meaning", "meaning", 120, TEXT)],
        _notes(findings, edition),
    )
    for name, about, columns, rows in sheets:
        writer.sheet(name, f"Draft. {about}" if edition.is_draft else about, columns, rows)
    book.close()
    return buffer.getvalue()


def _notes(findings: Findings, edition: Edition) -> list[dict[str, Any]]:
    newest = findings.newest
    lines = {
        "State": f"{edition.state}.",
        "Publication": f"{publishing.publication_of(edition.identity)}, made {words.day(edition.published)}.",
        "Ours": "Values, intervals, verdicts, places and benchmarks are worked out by this project from "
        "printed counts.",
        "As printed": "What the Ombudsman, the council or the press printed, unchanged.",
        "Missing": "An empty cell is not zero: the column beside says why there is no value.",
        "Worked out": "The only whole number of cases that gives the printed percentage.",
        "Order": "Councils stand in order of value, which is not a rank. A place is an interval, or there is none.",
        "Percentages": "None of ours is given under 5 cases; under 30 the base is small.",
        "Newest figures": (
            f"Ombudsman: {newest['period_label']}, to {words.day(newest['period_end'])}. A later year may be out."
            if newest["period_end"]
            else "No Ombudsman figure is held."
        ),
        "Copyright": (
            "Ombudsman figures © Commission for Local Administration in England, reproduced as printed. "
            "Licences of every "
            "file are on the sheet Sources."
        ),
    }
    return [{"term": term, "meaning": meaning} for term, meaning in lines.items()]


def _shown(row: dict[str, Any], findings: Findings) -> dict[str, Any]:
    """A row of a table of councils, without the percentages that rest on too few cases."""
    named = {group["comparator_group"]: group["words"] for group in findings.groups}
    shown = {
        **row,
        "groups": "; ".join(named[group] for group in row.get("comparator_groups", []) if group in named),
    }
    if not words.may_show_percentage(row):
        shown |= {"value": None, "lower_95": None, "upper_95": None}
    return shown


def _answers(findings: Findings) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "verdict_in_words": words.VERDICT_OF_ANSWER[row["verdict"]],
            "confidence": words.CONFIDENCE[row["confidence"]],
            "evidence": None if row["evidence"] == "[]" else row["evidence"],
        }
        for row in findings.rows["answers"]
    ]


def _overview(findings: Findings) -> list[dict[str, Any]]:
    return [
        {
            **_shown(head, findings),
            "direction": words.DIRECTION[head["polarity"]],
            "year": head["period_label"] or "no figure",
            "words": words.own_value(head),
        }
        for head in findings.headlines
    ]


def _groups(findings: Findings) -> list[dict[str, Any]]:
    rows = []
    for head in findings.headlines:
        for group in findings.groups:
            beside = findings.comparison(head["indicator"], group["comparator_group"])
            found = findings.standing(head["indicator"], group["comparator_group"])
            if beside:
                rows.append(
                    {
                        **dict.fromkeys(("benchmark", "expected")),
                        **beside,
                        **(found or {}),
                        "title": head["title"],
                        "year": head["period_label"],
                        "group": group["words"],
                        "verdict": sentences.verdict(found),
                        "place": sentences.place(found),
                        "gap": sentences.gap_told(head, found).text or None,
                    }
                )
    return rows


def _years(findings: Findings) -> list[dict[str, Any]]:
    titles = {head["indicator"]: head["title"] for head in findings.headlines}
    return [
        {
            **_shown(row, findings),
            "title": titles[name],
            "break": row["what_changed"] if row["is_break"] else None,
        }
        for name, rows in findings.series.items()
        for row in rows
    ]


def _worded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "procedure": words.PROCEDURES[row["procedure"]]} for row in rows]


class _Writer:
    """Writes sheets of one look: a bold title, one real table, a frozen header, formats by column."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.header = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.formats = {
            kind: book.add_format({"num_format": kind, "valign": "top"}) for kind in (ONE, COUNT, DAY, CODE)
        }
        self.formats[TEXT] = book.add_format({"text_wrap": True, "valign": "top"})

    def _lay_out(self, sheet: Any, first: int, columns: Columns, body: list[dict[str, Any]]) -> None:
        """Rows as high as their text, the header wrapped, and sheets of paper that a reader can put side by side: a
        program that is not Excel works out none of it by itself."""
        lines = max(_lines(heading, width - FILTER_BUTTON) for heading, _, width, _ in columns)
        sheet.set_row(first, LINE * lines)
        wrapped = [(key, width) for _, key, width, kind in columns if kind == TEXT]
        for offset, row in enumerate(body, start=first + 1):
            lines = max((_lines(row[key], width) for key, width in wrapped), default=1)
            sheet.set_row(offset, min(LINE * lines, HIGHEST))
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(ceil(sum(width for _, _, width, _ in columns) / WIDEST), 0)
        sheet.print_area(0, 0, first + len(body), len(columns) - 1)
        sheet.repeat_rows(first)
        sheet.repeat_columns(0)
        sheet.set_footer("&L&A&RPage &P of &N")

    def sheet(
        self, name: str, about: str, columns: Columns, rows: list[dict[str, Any]], *, then: str = ""
    ) -> None:
        """One sheet: what it is about, perhaps a line more, and its table."""
        sheet = self.book.add_worksheet(name)
        sheet.write_string(0, 0, about[:CELL_LIMIT], self.title)
        if then:
            sheet.write_string(1, 0, then)
        first = 2
        body = rows or [{key: None for _, key, _, _ in columns}]
        sheet.add_table(
            first,
            0,
            first + len(body),
            len(columns) - 1,
            {
                "name": f"table_{name.lower().replace(' ', '_')}",
                "style": "Table Style Light 1",
                "columns": [
                    {"header": heading, "header_format": self.header} for heading, _, _, _ in columns
                ],
            },
        )
        for place, (_, key, width, kind) in enumerate(columns):
            sheet.set_column(place, place, width)
            for offset, row in enumerate(body, start=first + 1):
                _write(sheet, offset, place, row[key], self.formats[kind])
        self._lay_out(sheet, first, columns, body)
        sheet.freeze_panes(first + 1, 1)


def _measured(title: str, unit: str) -> str:
    """What an indicator measures, with its unit where the title does not say it already."""
    return title if unit in title else f"{title} ({unit})"


def _lines(value: Any, width: int) -> int:
    """How many lines a text takes in a column of a width in characters."""
    return (
        1 if not isinstance(value, str) else sum(ceil(len(line) / width) or 1 for line in value.splitlines())
    )


def _write(sheet: Any, row: int, column: int, value: Any, form: Any) -> None:
    """One cell; text is written as text, whatever it starts with, and a value too long for a cell is
    cut and says so."""
    if words.is_missing(value):
        return
    if isinstance(value, str):
        cut = value if len(value) <= CELL_LIMIT else value[: CELL_LIMIT - 1] + "…"
        sheet.write_string(row, column, cut, form)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), form)
    else:
        sheet.write_number(row, column, value, form)
