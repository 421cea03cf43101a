"""The annotated copy of a delivery: the council's own rows that have problems, each with what was
expected."""

from __future__ import annotations

import csv
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from assets.council.report import RegisterReport
from warehouse.files import private_file

SENTENCE_WIDTH = 60
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_annotated(report: RegisterReport, path: Path) -> None:
    """Write the rows with problems, as delivered, with a column that says what is wrong; XLSX or CSV by the
    suffix.

    In XLSX the cells concerned are coloured and the problems are listed on a sheet of their own. Nothing is
    ever
    written as a formula. Raises ValueError for a delivery refused whole, which has no rows with problems.
    """
    if report.source is None or (report.is_refused and report.problems.empty):
        raise ValueError("nothing of a refused delivery is copied")
    private_file(path).close()  # before anything is written: these are the council's own rows
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            writer.writerow(["row", "problems", *map(inert, report.source.cells.column_names)])
            for row, cells, problems in _rows(report):
                writer.writerow([inert(report.source.place(row)), inert(_sentence(problems)), *map(inert, cells)])
    else:
        _write_xlsx(report, path)


def inert(text: str | None) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "" if text is None else f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _rows(report: RegisterReport) -> Iterator[tuple[int, list[str | None], pd.DataFrame]]:
    assert report.source is not None
    numbers = report.source.rows.to_numpy()
    rows, begins = np.unique(report.problems["row"], return_index=True)  # problems are in order of their rows
    ends = [*begins[1:], len(report.problems)]
    for row, begin, end in zip(rows, begins, ends, strict=True):
        problems = report.problems.iloc[begin:end]
        place = int(np.searchsorted(numbers, row))
        is_there = place < len(numbers) and numbers[place] == row
        cells = [column[place].as_py() for column in report.source.cells.columns] if is_there else []
        yield int(row), cells, problems


def _sentence(problems: pd.DataFrame) -> str:
    return "; ".join(
        f"{column or 'row'}: expected {expected}"
        for column, expected in zip(problems["column"], problems["expected"], strict=True)
    )


def _write_xlsx(report: RegisterReport, path: Path) -> None:
    assert report.source is not None
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        bold = workbook.add_format({"bold": True})
        colour = {
            "block": workbook.add_format({"bg_color": "#F8CBAD", "valign": "top"}),
            "warn": workbook.add_format({"bg_color": "#FFF2CC", "valign": "top"}),
        }
        rows = workbook.add_worksheet("rows")
        rows.freeze_panes(1, 2)
        headers = report.source.cells.column_names
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        at_top = workbook.add_format({"valign": "top"})
        _lay_out(rows, {0: 7, 1: SENTENCE_WIDTH}, 1 + len(headers))
        for place, header in enumerate(["row", "problems", *headers]):
            rows.write_string(0, place, header, bold)
        for line, (row, cells, problems) in enumerate(_rows(report), start=1):
            sentence = _sentence(problems)
            # not every program makes a row as high as its wrapped text
            rows.set_row(line, 15 * len(textwrap.wrap(sentence, SENTENCE_WIDTH)), at_top)
            rows.write_number(line, 0, row)
            rows.write_string(line, 1, sentence, wrapped)
            severity = dict(zip(problems["column"], problems["severity"], strict=True))
            marked = {report.headers.get(column): colour[each] for column, each in severity.items()}
            for place, (header, cell) in enumerate(zip(headers, cells, strict=False), start=2):
                if cell is None and header.strip() in marked:
                    rows.write_blank(line, place, None, marked[header.strip()])
                elif cell is not None:
                    rows.write_string(line, place, cell, marked.get(header.strip()))
        listed = workbook.add_worksheet("problems")
        listed.freeze_panes(1, 0)
        _lay_out(listed, {0: 7, 3: SENTENCE_WIDTH}, len(report.problems.columns) - 1)
        for place, name in enumerate(report.problems.columns):
            listed.write_string(0, place, name, bold)
        for line, values in enumerate(report.problems.itertuples(index=False), start=1):
            for place, value in enumerate(values):
                if place == 0:
                    listed.write_number(line, place, value)
                else:
                    listed.write_string(line, place, "" if pd.isna(value) else str(value))


def _lay_out(sheet: Worksheet, widths: dict[int, int], last: int) -> None:
    """Make columns wide enough to read; each printed page begins with the header and the row's number.

    Thirty columns on one page would be too small to read.
    """
    sheet.set_column(0, last, 18)
    for place, width in widths.items():
        sheet.set_column(place, place, width)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)
