"""The return a council asks of comparable authorities: fixed definitions, few counts, comparability grade
A."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from assets.council.check import check_register
from assets.council.columns import NOT_SHOWN
from assets.council.contract import read_contract
from assets.council.mapping import Mapping
from assets.council.personal_data import kinds_in
from assets.council.report import Problems, RegisterReport, as_frame, mostly_bad
from assets.council.template import write_workbook
from warehouse.councils import UnknownSubjectError
from warehouse.queries import ask

DEFINITIONS = (
    "Count cases of the statutory children's procedure and of the corporate one, Stages 1 and 2, one row each.",
    "The clock starts on the day of the request. It stops on the day of the adjudication letter at Stage 2 of "
    "the children's procedure, on the day of the response otherwise.",
    "Working days leave out Saturdays, Sundays and the bank holidays of England and Wales; the day of the request "
    "is day 0.",
    "Extensions and pauses are not taken off. A withdrawn case counts only as withdrawn, and only if it was "
    "withdrawn before its limit passed.",
    "fell_due counts the cases whose limit fell within the period, finished or not; of these, those completed in "
    "time and those still open.",
    "Leave a cell empty if you do not know it; never estimate. Answer definitions_followed with no if you counted "
    "otherwise.",
)
# as British councils write them
DATES = (
    "YYYY-MM-DD",
    "DD/MM/YYYY",
    "DD/MM/YY",
    "DD-MM-YYYY",
    "DD.MM.YYYY",
    "DD Month YYYY",
    "DD Mon YYYY",
    "DD-Mon-YYYY",
)
LIMITS = {
    ("children_statutory", "1"): 20,
    ("children_statutory", "2"): 65,
    ("corporate", "1"): None,
    ("corporate", "2"): None,
}


@dataclass(frozen=True)
class Asker:
    """Who asks: the council's name, the role to answer to, its address, and the day by which an answer helps."""

    council: str = ""
    role: str = ""
    reply_to: str = ""
    deadline: dt.date | None = None


def own_figures(
    warehouse: Path, gss_code: str, period_start: dt.date, period_end: dt.date
) -> dict[tuple[str, str], dict[str, Any]]:
    """What one's own register answers of a return, by procedure and stage: on the fixed definitions, else on the
    declared clock, which the row then says. What it has on another limit alone is left out."""
    if not warehouse.exists():
        return {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = ask(
            connection,
            "own_return",
            council=gss_code,
            period_start=period_start,
            period_end=period_end,
        )
    found = {}
    for row in rows:
        asked = (row["procedure"], row["stage"])
        has_limit = row["limit_working_days"] is not None
        if asked in LIMITS and has_limit and LIMITS[asked] in (None, row["limit_working_days"]):
            found[asked] = row
    return found


def write_peer_return(
    path: Path,
    *,
    period_start: dt.date,
    period_end: dt.date,
    asker: Asker | None = None,
    answer: dict[tuple[str, str], dict[str, Any]] | None = None,
) -> None:
    """Write the return for one period, with its rows, period and statutory limits filled in. Same period, same bytes.

    `asker` stands on its first sheet. `answer` fills it in: one's own figures, each with the council's name.
    """
    table = read_contract()["peer_return"]
    asker = asker or Asker()
    filled = []
    for (procedure, stage), limit in LIMITS.items():
        known = {
            "procedure": procedure,
            "stage": stage,
            "period_start": period_start,
            "period_end": period_end,
            "limit_working_days": limit,
            **(answer or {}).get((procedure, stage), {}),
        }
        filled.append([known.get(name) for name in table.names])
    about = [
        ("period", f"{written(period_start)} to {written(period_end)}", "Complaints Stage 1 and 2: counts on fixed "
         "definitions"),
        ("asked by", asker.council, "The council that asks"),
        ("answer to", ", ".join(filter(None, (asker.role, asker.reply_to))), "Send the sheet back to this role"),
        ("answer by", written(asker.deadline) if asker.deadline else "", "The day by which your answer helps"),
        ("your council", "", "Write your council's name in the first column of every row that you answer"),
    ]  # fmt: skip
    write_workbook(path, about, [(table, filled)], DEFINITIONS)


def written(day: dt.date) -> str:
    """A day as people write it."""
    return f"{day.day} {day:%B %Y}"


def read_peer_return(
    path: Path, *, asked_by: str, as_at: dt.date, code_on: Callable[[str, dt.date], str]
) -> RegisterReport:
    """The report on a return that came back; its accepted rows are a source of their own.

    `asked_by` is the council that sent it out, `as_at` the day it was read in. Rows that follow the
    definitions have comparability grade A. `code_on` gives the code of the council that was called
    so on the last day of the period, or raises UnknownSubjectError: a row of no council is set aside.
    """
    report, earlier = (
        check_register(path, gss_code=asked_by, salt=b"", as_at=as_at, table="peer_return", mapping=mapping)
        for mapping in (Mapping(dates=DATES, columns={"gss_code": "council"}), Mapping(dates=DATES))
    )
    # a return that went out earlier has gss_code over the council's name
    report = report if earlier.is_refused else earlier
    if report.is_refused:
        return report
    rows = report.accepted.to_pylist()
    codes: list[str | None] = []
    problems = []
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        try:
            code = code_on(row["gss_code"], dt.date.fromisoformat(row["period_end"]))
        except UnknownSubjectError as error:
            is_person = bool(kinds_in(row["gss_code"]))
            expected = "the name of a council" if is_person else str(error)
            problems.append((row | ({"gss_code": NOT_SHOWN} if is_person else {}), expected, "no_council"))
            codes.append(None)
            continue
        answer = (code, row["procedure"], row["stage"], row["period_start"])
        if answer in seen:
            expected = "one answer for each council, procedure, stage and period, also under a former code"
            problems.append((row, expected, "answer_twice"))
        codes.append(None if answer in seen else code)
        seen.add(answer)
    kept = pa.array([code is not None for code in codes], pa.bool_())
    place = report.accepted.schema.get_field_index("gss_code")
    field = report.accepted.schema.field(place)
    resolved = report.accepted.set_column(place, field, pa.array(codes, pa.string()).cast(field.type))
    header = report.headers.get("gss_code", "")
    found = as_frame(
        Problems(np.array([row["row_number"]]), header, "gss_code", [row["gss_code"]], expected, rule, "block")
        for row, expected, rule in problems
    )
    every = pd.concat([report.problems, found], ignore_index=True) if problems else report.problems
    checked = replace(report, accepted=resolved.filter(kept), problems=every)
    return replace(checked, refusals=tuple(mostly_bad(checked.quarantined, checked.accepted.num_rows)))
