"""The workbook: the briefing, every figure in one long sheet, and the tables of the site, one real table a sheet.

No cell is a formula. A link leads to another sheet or to a source's address on the web; no other text becomes one."""

from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from assets.publication import publishing
from assets.publication.briefing import Briefing
from assets.publication.findings import Findings
from assets.publication.sheets import SHEETS, Writer
from assets.publication.site import Edition
from assets.wording import own, sentences, words

# a fixed date, so that the same figures give the same bytes
CREATED = datetime(2026, 1, 1)
Rows = list[dict[str, Any]]


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
    writer = Writer(book)
    figures = _figures(findings)
    sheets = {
        "Figures": figures,
        "Measures": _overview(findings),
        "Comparisons": _groups(findings),
        "Years": _years(findings),
        "Time limits": _register(findings, "own_timeliness"),
        "Open cases": _register(findings, "own_open"),
        "Steps": _register(findings, "own_steps"),
        "Services": _register(findings, "own_services"),
        "Answers": _answers(findings),
        "Stage 2 elsewhere": _worded(findings.stage_2_elsewhere),
        "Other figures": _worded(findings.rows["statements"]),
        "Sources": findings.rows["sources"],
        "Notes": _notes(findings, edition),
    }
    sheets = {name: rows for name, rows in sheets.items() if rows}
    named = {"council": findings.council.nice_name, "group": findings.group}
    about = {name: SHEETS[name]["about"].format(**named) for name in ("Contents", *sheets)}
    writer.briefing(findings, edition, first_page)
    writer.sheet(
        "Contents",
        about["Contents"],
        [{"sheet": name, "holds": about[name]} for name in sheets],
        then=f"{edition.state}. Each sheet holds one table.",
        leads_to_sheets=True,
    )
    ours = sum(_is_near(row, findings) for row in figures)
    first = f"{named['council']} and its comparators come first and are what is printed. Other councils follow."
    for name, rows in sheets.items():
        writer.sheet(
            name,
            about[name] if name == "Notes" else f"{edition.mark}{about[name]}",
            rows,
            then=first if name == "Figures" else "",
            printed=ours if name == "Figures" else len(rows),
        )
    book.close()
    return buffer.getvalue()


def _figures(findings: Findings) -> Rows:
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


def _register(findings: Findings, query: str) -> Rows:
    """A table of the council's own cases, small counts replaced by their symbol."""
    return [
        {
            **{column: words.SUPPRESSED if column in row["hidden"] else value for column, value in row.items()},
            **({"procedure": words.PROCEDURES[row["procedure"]]} if "procedure" in row else {}),
            **({"service": own.named(row["service"])} if "service" in row else {}),
        }
        for row in findings.own[query]
    ]


def _notes(findings: Findings, edition: Edition) -> Rows:
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


def _answers(findings: Findings) -> Rows:
    return [
        {
            **row,
            "verdict_in_words": words.VERDICT_OF_ANSWER[row["verdict"]],
            "confidence": words.CONFIDENCE[row["confidence"]],
            "evidence": None if row["evidence"] == "[]" else row["evidence"],
        }
        for row in findings.rows["answers"]
    ]


def _overview(findings: Findings) -> Rows:
    return [
        {
            **_shown(head, findings),
            "direction": words.DIRECTION[head["polarity"]],
            "year": head["period_label"] or "no figure",
            "words": words.own_value(head),
        }
        for head in findings.headlines
    ]


def _groups(findings: Findings) -> Rows:
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


def _years(findings: Findings) -> Rows:
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


def _worded(rows: Rows) -> Rows:
    return [{**row, "procedure": words.PROCEDURES[row["procedure"]]} for row in rows]
