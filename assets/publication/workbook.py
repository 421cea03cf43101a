"""The workbook: the briefing, every figure in one long sheet, and the tables of the site, one real table a sheet.

No cell is a formula. A link leads to another sheet or to a source's address on the web; no other text becomes one."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from math import ceil
from typing import Any

import xlsxwriter

from assets.publication import publishing
from assets.publication.briefing import Briefing, Measure
from assets.publication.findings import Findings
from assets.publication.site import Edition
from assets.wording import own, sentences, words

# a fixed date, so that the same figures give the same bytes
CREATED = datetime(2026, 1, 1)
CELL_LIMIT = 32_767
# points of one line and of the highest row; paper A4; characters across one sheet of it; the button beside a heading
LINE, HIGHEST, A4, WIDEST, FILTER_BUTTON = 15, 409, 9, 230, 3
# the row of the table's header
HEADER = 2

# name of the column, its key, its width, its number format
Columns = Sequence[tuple[str, str, int, str]]
# CODE is text for programs, which stays on one line
# LINK is an address of the web, and a text where it is none
ONE, COUNT, DAY, TEXT, CODE, PRINTED, LINK = "#,##0.0", "#,##0", "dd mmm yyyy", "", "@", "General", "link"
ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[!-~]*)?")
LONGEST_ADDRESS = 2_000

BRIEFING: Columns = [
    ("Measure", "name", 48, TEXT),
    ("We", "value", 10, TEXT),
    ("Cases", "cases", 18, TEXT),
    ("Year", "year", 10, TEXT),
    ("Result", "chip", 22, TEXT),
    ("Why", "why", 36, TEXT),
    ("Compared with", "average", 40, TEXT),
    ("Change since last year", "change", 30, TEXT),
    ("Source", "source_url", 60, LINK),
]
FIGURES: Columns = [
    ("Council", "nice_name", 30, TEXT),
    ("Year", "period_label", 10, TEXT),
    ("Measure", "measure", 52, TEXT),
    ("Value (ours)", "value", 10, ONE),
    ("Numerator", "numerator", 11, COUNT),
    ("Denominator", "denominator", 13, COUNT),
    ("Lower 95% (ours)", "lower_95", 10, ONE),
    ("Upper 95% (ours)", "upper_95", 10, ONE),
    ("As printed", "printed_text", 10, PRINTED),
    ("Unit of the values", "unit", 22, TEXT),
    ("Why there is no value", "missing_reason", 28, TEXT),
    ("Source", "source_url", 60, LINK),
    ("How the numerator is known", "numerator_basis", 16, CODE),
    ("Comparator groups", "groups", 40, CODE),
    ("Note", "note", 40, CODE),
]
OWN_TIMELINESS: Columns = [
    ("Procedure", "procedure", 24, TEXT),
    ("First day", "period_start", 13, DAY),
    ("Last day", "period_end", 13, DAY),
    ("Counted on", "counted_on", 12, TEXT),
    ("Cases judged", "judged", 10, COUNT),
    ("In time", "in_time", 10, COUNT),
    ("In time, per cent", "in_time_pct", 12, ONE),
    ("Limit in working days", "limit_working_days", 12, COUNT),
    ("Median working days", "median_working_days", 12, ONE),
]
OWN_OPEN: Columns = [
    ("Procedure", "procedure", 24, TEXT),
    ("Stage", "stage", 10, TEXT),
    ("Age in working days", "age_band", 18, TEXT),
    ("Open", "open_stages", 10, COUNT),
    ("Past the limit", "overdue", 10, COUNT),
    ("As at", "as_at", 13, DAY),
]
OWN_STEPS: Columns = [
    ("Procedure", "procedure", 24, TEXT),
    ("Step", "step", 40, TEXT),
    ("Cases timed", "timed", 10, COUNT),
    ("Share of the time, per cent", "share_of_time_pct", 14, ONE),
    ("Median working days", "median_working_days", 12, ONE),
    ("Nine in ten within, working days", "p90_working_days", 16, ONE),
]
OWN_SERVICES: Columns = [
    ("Service", "service", 36, TEXT),
    ("Year", "period_label", 12, TEXT),
    ("Complaints", "complaints", 12, COUNT),
    ("Stage 2 complaints", "stage_2_complaints", 12, COUNT),
    ("Requests for service", "requests_for_service", 12, COUNT),
    ("Compliments", "compliments", 12, COUNT),
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
    ("As printed", "printed_text", 11, PRINTED),
    ("In words", "words", 60, TEXT),
    ("Source", "source_url", 60, LINK),
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
    ("As printed", "printed_text", 11, PRINTED),
    ("Comparators together (ours)", "pooled_value", 14, ONE),
    ("Comparators with data", "comparators_with_data", 13, COUNT),
    ("Break", "break", 50, TEXT),
    ("Source", "source_url", 60, LINK),
]
STATEMENTS: Columns = [
    ("Figure", "title", 50, TEXT),
    ("Procedure", "procedure", 22, TEXT),
    ("Stage", "stage", 8, TEXT),
    ("First day", "period_start", 13, DAY),
    ("Last day", "period_end", 13, DAY),
    ("As printed", "as_printed", 14, PRINTED),
    ("Unit", "unit", 14, TEXT),
    ("Note", "note", 60, TEXT),
    ("Source", "source_url", 60, LINK),
]
PEERS_STAGE2: Columns = [
    ("Council", "body_name", 44, TEXT),
    ("Procedure", "procedure", 22, TEXT),
    ("First day", "period_start", 13, DAY),
    ("Last day", "period_end", 13, DAY),
    ("Per cent in time, as printed", "share_in_time", 12, PRINTED),
    ("Number in time, as printed", "completed_in_time", 12, PRINTED),
    ("Number late, as printed", "completed_late", 12, PRINTED),
    ("Completed, as printed", "completed", 12, PRINTED),
    ("Base printed with it", "printed_base", 10, COUNT),
    ("Limit in days", "limit_days", 10, COUNT),
    ("Why it may not compare", "note", 60, TEXT),
    ("Source", "source_url", 60, LINK),
]
ANSWERS: Columns = [
    ("Question", "question", 10, TEXT),
    ("In words", "asks", 50, TEXT),
    ("Statement", "sentence", 90, TEXT),
    ("Measure", "what", 40, TEXT),
    ("Period", "period_label", 22, TEXT),
    ("The council", "ours", 24, TEXT),
    ("Compared with", "beside", 40, TEXT),
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
    ("Page", "landing_page", 50, LINK),
]


def workbook_bytes(findings: Findings, edition: Edition, first_page: Briefing) -> bytes:
    """The workbook as bytes. Its contents say how the edition is signed off; every sheet of a draft does."""
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
    figures = _figures(findings)
    sheets: list[tuple[str, str, Columns, list[dict[str, Any]]]] = [
        ("Figures", "Every council’s figures, a line a council, year and measure", FIGURES, figures),
        (
            "Measures",
            f"{findings.council.nice_name}’s latest figure of every measure",
            OVERVIEW,
            _overview(findings),
        ),
        ("Comparisons", "Every measure compared with every group of councils", GROUPS, _groups(findings)),
        (
            "Years",
            f"{findings.council.nice_name} by year, compared with {findings.group}",
            YEARS,
            _years(findings),
        ),
        *_register(findings),
        ("Answers", "The panel’s questions, answered, as in the panel pack", ANSWERS, _answers(findings)),
        (
            "Stage 2 elsewhere",
            "Stage 2 timeliness in other councils’ own reports, as printed",
            PEERS_STAGE2,
            _worded(findings.rows["peers_stage2"]),
        ),
        (
            "Other figures",
            "Figures from minutes, the press and decisions, as printed",
            STATEMENTS,
            _worded(findings.rows["statements"]),
        ),
        ("Sources", "Files of published figures, with licences", SOURCES, findings.rows["sources"]),
        (
            "Notes",
            "Notes",
            [("Term", "term", 28, TEXT), ("Meaning", "meaning", 120, TEXT)],
            _notes(findings, edition),
        ),
    ]
    sheets = [one for one in sheets if one[3]]
    writer.briefing(findings, edition, first_page)
    writer.sheet(
        "Contents",
        f"{title}, compared with {findings.group}",
        [("Sheet", "sheet", 34, TEXT), ("What it holds", "holds", 90, TEXT)],
        [{"sheet": name, "holds": about} for name, about, _, _ in sheets],
        then=f"{edition.state}. Each sheet holds one table.",
        leads_to_sheets=True,
    )
    ours = sum(_is_near(row, findings) for row in figures)
    for name, about, columns, rows in sheets:
        writer.sheet(
            name,
            about if name == "Notes" else f"{edition.mark}{about}",
            columns,
            rows,
            then=f"{findings.council.nice_name} and its comparators come first and are what is printed. Other councils "
            "follow."
            if name == "Figures"
            else "",
            printed=ours if name == "Figures" else len(rows),
        )
    book.close()
    return buffer.getvalue()


def _figures(findings: Findings) -> list[dict[str, Any]]:
    """Every council's figure of every measure in its latest year, and the council's own other years, which come first
    with the councils of the leading group."""
    names = {head["indicator"]: head for head in findings.headlines}
    rows = [
        {**_shown(row, findings), "measure": names[indicator]["short_title"]}
        for indicator, councils in findings.councils.items()
        for row in councils
    ]
    for indicator, years in findings.series.items():
        rows += [
            {
                **_shown(row, findings),
                "nice_name": findings.council.nice_name,
                "is_subject": True,
                "measure": names[indicator]["short_title"],
                "note": row["what_changed"] if row["is_break"] else None,
            }
            for row in years
            if row["period_start"] != names[indicator]["period_start"]
        ]
    return sorted(rows, key=lambda row: not _is_near(row, findings))


def _is_near(row: dict[str, Any], findings: Findings) -> bool:
    """Whether a row is of the council itself or of a council of the leading group."""
    return bool(row["is_subject"]) or findings.comparator_group in row["comparator_groups"]


def _register(findings: Findings) -> list[tuple[str, str, Columns, list[dict[str, Any]]]]:
    """The tables of the council's own cases, small counts replaced by their symbol."""
    of = {
        name: [
            {
                **{
                    column: words.SUPPRESSED if column in row["hidden"] else value
                    for column, value in row.items()
                },
                **({"procedure": words.PROCEDURES[row["procedure"]]} if "procedure" in row else {}),
                **({"service": own.named(row["service"])} if "service" in row else {}),
            }
            for row in findings.own[name]
        ]
        for name in ("own_timeliness", "own_open", "own_steps", "own_services")
    }
    return [
        (
            "Time limits",
            "Our own cases: Stage 2 in time",
            OWN_TIMELINESS,
            of["own_timeliness"],
        ),
        ("Open cases", "Our own cases: complaints that are open, by age", OWN_OPEN, of["own_open"]),
        ("Steps", "Our own cases: where the time goes at Stage 2", OWN_STEPS, of["own_steps"]),
        (
            "Services",
            "Our own cases: complaints by service in the latest year",
            OWN_SERVICES,
            of["own_services"],
        ),
    ]


def _notes(findings: Findings, edition: Edition) -> list[dict[str, Any]]:
    newest = findings.newest
    lines = {
        "State": f"{edition.state}.",
        "Publication": f"{publishing.publication_of(edition.identity)}, made {words.day(edition.published)}.",
        "Ours": "Values, intervals, verdicts, places and benchmarks are worked out by this project from "
        "printed counts.",
        "As printed": "What the Ombudsman, the council or the press printed, unchanged.",
        "Missing": "An empty cell is not zero: the next column says why there is no value.",
        "Worked out": "The only whole number of cases that gives the printed percentage.",
        "Order": "Councils stand in order of value, which is not a rank. A place is an interval, or there is none.",
        "Percentages": "None of ours is given under 5 cases; under 30 the base is small.",
        "Newest figures": (
            f"Ombudsman: {newest['period_label']}, to {words.day(newest['period_end'])}. A later year may be out."
            if newest["period_end"]
            else "We have no Ombudsman figure."
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
                        "gap": sentences.gap_text(head, found).text or None,
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
        rows: list[dict[str, Any]] = [
            {**vars(one), "year": one.head["period_label"], "source_url": one.head["source_url"]}
            for one in page.measures
        ]
        if not rows:
            rows = [
                dict.fromkeys((key for _, key, _, _ in BRIEFING), None) | {"name": "We have no figure yet"}
            ]
        about = f"{edition.mark}{page.headline}"
        sheet = self.sheet("Briefing", about, BRIEFING, rows, then=" ".join(page.sentences))
        last = HEADER + len(rows)
        for offset, line in enumerate(["What to ask for", *page.asks] if page.asks else [], start=last + 2):
            sheet.write_string(offset, 0, line, self.header if line == "What to ask for" else None)
            last = offset
        shares = [
            one for one in page.measures if one.head["unit"] == "percent" and one.head["value"] is not None
        ]
        shares = [one for one in shares if words.may_show_percentage(one.head)]
        last = self._bars(sheet, last + 2, shares, findings) if shares else last
        sheet.print_area(0, 0, last, _printed(BRIEFING) - 1)

    def _bars(self, sheet: Any, first: int, shares: list[Measure], findings: Findings) -> int:
        """The council's shares and the average as bars, from a small block of numbers; the last row they take."""
        heads = ("In the chart, per cent", "We", "Average")
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
        chart.set_title({"name": "Our shares and the average, per cent", "name_font": {"size": 12}})
        chart.set_x_axis({"min": 0, "max": 100, "visible": False, "major_gridlines": {"visible": False}})
        chart.set_y_axis({"reverse": True})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 900, "height": 120 + 60 * len(shares)})
        sheet.insert_chart(
            last + 1,
            0,
            chart,
            {"description": "Bars of the numbers above: our shares and the average of each."},
        )
        return last + 2 + ceil((120 + 60 * len(shares)) / 20)

    def _lay_out(self, sheet: Any, columns: Columns, body: list[dict[str, Any]], printed: int) -> None:
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
        columns: Columns,
        rows: list[dict[str, Any]],
        *,
        then: str = "",
        printed: int | None = None,
        leads_to_sheets: bool = False,
    ) -> Any:
        """One sheet: what it is about, perhaps a line more, and its table, of which so many rows are printed."""
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
                "columns": [
                    {"header": heading, "header_format": self.header} for heading, _, _, _ in columns
                ],
            },
        )
        for place, (_, key, width, kind) in enumerate(columns):
            sheet.set_column(place, place, width)
            for offset, row in enumerate(rows, start=HEADER + 1):
                form = self.formats[kind, bool(row.get("is_subject")) and name == "Figures"]
                if leads_to_sheets and key == "sheet":
                    sheet.write_url(
                        offset, place, f"internal:'{row[key]}'!A1", self.formats[LINK, False], row[key]
                    )
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
    return (
        1 if not isinstance(value, str) else sum(ceil(len(line) / width) or 1 for line in value.splitlines())
    )


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
