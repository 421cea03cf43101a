"""One small illustrative register in the shapes that complaint systems export."""

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
import pandas as pd

from assets.example.cases import example_register

PROCEDURES = {
    "corporate": "Corporate Complaints",
    "children_statutory": "Children's Statutory",
    "adult_statutory": "Adult Social Care Statutory",
}
OUTCOMES = {
    "upheld": "Closed - Upheld",
    "partly_upheld": "Closed - Partially justified",
    "not_upheld": "Closed - Not Upheld/No fault",
    "withdrawn": "Closed - Withdrawn",
    "transferred": "Closed - Passed to other org",
}
STAGES = {"1": "Stage 1", "2": "Stage 2", "3": "Stage 3", "single": "Single stage"}
DATES = ["requested_date", "response_sent_date", "closed_date"]
HEADINGS = {
    "case_reference": "Case Ref",
    "procedure": "Case Type",
    "stage": "Stage",
    "service": "Service Area",
    "requested_date": "Date Received",
    "response_sent_date": "Response Date",
    "closed_date": "Date Closed",
    "outcome": "Status",
}


@cache
def register() -> pd.DataFrame:
    """The register that every shape holds: no third stages, which hardly any export has. Nobody changes it."""
    frame = example_register(90, seed=7)[list(HEADINGS)].copy()
    frame["outcome"] = frame["outcome"].where(frame["outcome"] != "other", "upheld")
    frame = frame[frame["stage"] != "3"].reset_index(drop=True)
    frame["case_reference"] = frame["case_reference"].astype(str)
    return frame


def written(how: str = "%d/%m/%Y", frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """The register in a council's words, its dates written in one way."""
    made = (register() if frame is None else frame).copy()
    made["procedure"] = made["procedure"].map(PROCEDURES)
    made["stage"] = made["stage"].map(STAGES)
    made["service"] = made["service"].str.replace("_", " ").str.title()
    made["outcome"] = made["outcome"].map(OUTCOMES).fillna("Open")
    for name in DATES:
        made[name] = made[name].dt.strftime(how).where(made[name].notna(), None)
    return made


def long(how: str = "%d/%m/%Y", **headings: str) -> pd.DataFrame:
    """One row a stage, under a council's headings."""
    return written(how).rename(columns={**HEADINGS, **headings})


def wide(one: Callable[[str, str], str], how: str = "%d/%m/%Y") -> pd.DataFrame:
    """One row a case, its stages side by side; `one` names the heading of a stage's column."""
    made = written(how)
    made["of"] = made["stage"].replace({"Single stage": "Stage 1"}).str[-1]
    cases = made.groupby("case_reference", sort=False)[["procedure", "service"]].first()
    for stage in ("1", "2"):
        own = made[made["of"] == stage].set_index("case_reference")
        for name in [*DATES, "outcome"]:
            cases[one(stage, name)] = own[name]
    return cases.reset_index().rename(columns=HEADINGS)


WORDS = {
    "requested_date": "Received",
    "response_sent_date": "Responded",
    "closed_date": "Closed",
    "outcome": "Outcome",
}


def csv(frame: pd.DataFrame, **how: Any) -> tuple[str, bytes]:
    encoding = how.pop("encoding", "utf-8")
    return ".csv", frame.to_csv(index=False, **how).encode(encoding)


def xlsx(**sheets: pd.DataFrame) -> tuple[str, bytes]:
    made = io.BytesIO()
    with pd.ExcelWriter(made, engine="xlsxwriter") as book:
        for name, frame in sheets.items():
            frame.to_excel(book, sheet_name=name, index=False)
    return ".xlsx", made.getvalue()


def typed() -> pd.DataFrame:
    frame = long()
    for name in DATES:
        frame[HEADINGS[name]] = register()[name]
    return frame


def with_title() -> tuple[str, bytes]:
    suffix, data = csv(long())
    return suffix, b"Complaints extract\nRun on 30/09/2026\n\n" + data


def over_two_rows() -> tuple[str, bytes]:
    frame = wide(lambda stage, name: f"Stage {stage} / {WORDS[name]}")
    upper = [name.split(" / ")[0] if " / " in name else "" for name in frame.columns]
    upper = ["" if place and name == upper[place - 1] else name for place, name in enumerate(upper)]
    lower = [name.split(" / ")[-1] for name in frame.columns]
    rows = pd.DataFrame([upper, lower, *frame.astype(object).where(frame.notna(), "").to_numpy().tolist()])
    return ".csv", rows.to_csv(index=False, header=False).encode()


def with_more_columns() -> pd.DataFrame:
    frame = long()
    frame.insert(1, "Complainant Name", "Xiaoming Li")
    frame.insert(2, "Description", "Bins,\nnot collected")
    frame["Target Date"] = "01/01/2026"
    frame["Zone Code"] = "A7"
    frame["Days open at 30/09/2026"] = "4"
    return frame


def with_words_for_nothing() -> pd.DataFrame:
    frame = wide(lambda stage, name: f"Stage {stage} {WORDS[name]}")
    return frame.fillna("N/A")


def with_totals() -> tuple[str, bytes]:
    suffix, data = csv(long())
    return suffix, data + b"Total,,,," + str(len(long())).encode() + b",,,\nExported by the complaints team,,,,,,,\n"


def with_headings_again() -> tuple[str, bytes]:
    suffix, data = csv(long())
    lines = data.splitlines(keepends=True)
    return suffix, b"".join([*lines[:40], lines[0], *lines[40:]])


def with_numbers_used_twice() -> pd.DataFrame:
    frame = long()
    cases = {reference: str(1000 + place // 2) for place, reference in enumerate(frame["Case Ref"].unique())}
    frame["Case Ref"] = frame["Case Ref"].map(cases)
    frame["Service Area"] = [f"Team {'AB'[list(cases).index(reference) % 2]}" for reference in long()["Case Ref"]]
    return frame


def excel_days() -> pd.DataFrame:
    frame = long()
    for name in DATES:
        days = (register()[name] - pd.Timestamp("1899-12-30")).dt.days
        frame[HEADINGS[name]] = days.astype("Int64").astype(str).where(days.notna(), None)
    return frame


def in_utc() -> pd.DataFrame:
    frame = long()
    for name in DATES:
        moments = register()[name].dt.tz_localize("Europe/London").dt.tz_convert("UTC")
        frame[HEADINGS[name]] = moments.dt.strftime("%Y-%m-%dT%H:%M:%SZ").where(moments.notna(), None)
    return frame


def as_html() -> tuple[str, bytes]:
    return ".xls", f"<html><body>{long('%Y-%m-%d').to_html(index=False, na_rep='')}</body></html>".encode()


def as_parquet() -> tuple[str, bytes]:
    made = io.BytesIO()
    typed().to_parquet(made, index=False)
    return ".parquet", made.getvalue()


def first_stage_unnamed(stage: str, name: str) -> str:
    words = {"requested_date": "Date Received", "response_sent_date": "Date Responded", "closed_date": "Date Closed",
             "outcome": "Outcome"}  # fmt: skip
    return words[name] if stage == "1" else f"Stage 2 {words[name]}"


def one_procedure() -> pd.DataFrame:
    frame = register()
    made = written(frame=frame[frame["procedure"] == "corporate"])
    return made.rename(columns=HEADINGS).drop(columns="Case Type")


def first_stages() -> pd.DataFrame:
    frame = register()
    return written(frame=frame[frame["stage"].isin(["1", "single"])]).rename(columns=HEADINGS).drop(columns="Stage")


def with_subtotals() -> pd.DataFrame:
    parts = []
    for service, rows in long().groupby("Service Area"):
        parts += [rows, pd.DataFrame([{"Case Ref": f"{service} Total", "Case Type": str(len(rows))}])]
    return pd.concat(parts)


def with_notes() -> tuple[str, bytes]:
    suffix, data = csv(long())
    return suffix, data + b"\nNotes:\n1. Leaves out,anonymous ones\nRun by,the system,30/09/2026\n"


def as_ods() -> tuple[str, bytes]:
    made = io.BytesIO()
    typed().to_excel(made, index=False, engine="odf")
    return ".ods", made.getvalue()


def each_day(how: Callable[[pd.Timestamp], str]) -> pd.DataFrame:
    """One row a stage, its dates written by a function."""
    frame = long()
    for name in DATES:
        frame[HEADINGS[name]] = [None if pd.isna(day) else how(day) for day in register()[name]]
    return frame


def of_month(day: pd.Timestamp) -> str:
    ending = "th" if day.day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"the {day.day}{ending} of {day:%b %Y}"


def as_text() -> pd.DataFrame:
    """With what keeps a spreadsheet from taking a number for one."""
    frame = each_day(lambda day: f"'{day:%d/%m/%Y}")
    frame["Case Ref"] = '="' + frame["Case Ref"] + '"'
    return frame


def with_a_column_twice() -> tuple[str, bytes]:
    frame = long()
    return ".csv", pd.concat([frame, frame["Date Closed"]], axis=1).to_csv(index=False).encode()


def as_list() -> tuple[str, bytes]:
    """As SharePoint has it."""
    frame = each_day(lambda day: f"{day:%Y-%m-%d}T00:00:00Z")
    return csv(frame.rename(columns=lambda name: "Title" if name == "Case Ref" else name.replace(" ", "_x0020_")))


def with_rules() -> tuple[str, bytes]:
    """As SAP prints a list."""
    frame = each_day(lambda day: f"{day:%d.%m.%Y}").fillna("")
    rule = "-" * 80
    rows = ["|" + "|".join(f"{cell:<8}" for cell in row) + "|" for row in (frame.columns, *frame.to_numpy())]
    return ".txt", "\r\n".join(["List Display 1", "", rule, rows[0], rule, *rows[1:], rule, ""]).encode()


def under_months() -> tuple[str, bytes]:
    months = register()["requested_date"].dt.strftime("%B %Y")
    parts = [
        pd.concat([pd.DataFrame([{"Case Ref": month}]), rows]) for month, rows in long().groupby(months, sort=False)
    ]
    return csv(pd.concat(parts))


def with_stages(**words: str) -> pd.DataFrame:
    """The stages in other words."""
    return long().replace({"Stage": {name.replace("_", " "): word for name, word in words.items()}})


def rows_that_end_with_a_comma() -> tuple[str, bytes]:
    """As a program writes that puts a comma behind each value, but not behind the last heading."""
    headings, rows = long().to_csv(index=False, lineterminator="\n").split("\n", 1)
    return ".csv", f"{headings}\n{rows}".replace("\n", ",\n").replace(",\n", "\n", 1).encode()


def in_milliseconds(how: str) -> tuple[str, bytes]:
    return csv(each_day(lambda day: how.format(int(day.tz_localize("Europe/London").timestamp() * 1000))))


def month_first_in_headings() -> tuple[str, bytes]:
    return csv(long("%m/%d/%Y", **{name: f"{HEADINGS[name]} (MM/DD/YYYY)" for name in DATES}))


def with_procedures_in_stages() -> tuple[str, bytes]:
    frame = long()
    short = register()["procedure"].map({"corporate": "Corp", "children_statutory": "CSC", "adult_statutory": "ASC"})
    frame["Stage"] = frame["Stage"].replace("Single stage", "Stage 1") + " (" + short + ")"
    return csv(frame.drop(columns="Case Type"))


def with_escalation(stage: str, name: str) -> str:
    named = first_stage_unnamed(stage, name)
    return "Date Escalated" if (stage, name) == ("2", "requested_date") else named


def with_letters_that_nobody_sees() -> tuple[str, bytes]:
    frame = long().map(lambda value: value.replace(" ", "\u00a0") + "\u200b" if isinstance(value, str) else value)
    return csv(frame.rename(columns=lambda name: "\ufeff" + name.replace(" ", "\u00a0")))


def with_case_status() -> tuple[str, bytes]:
    frame = long(outcome="Outcome")
    frame["Case Status"] = register()["closed_date"].isna().map({True: "Open", False: "Closed"})
    return csv(frame)


def sheet_of_numbers_for_days() -> tuple[str, bytes]:
    frame = long()
    for name in DATES:
        frame[HEADINGS[name]] = [None if pd.isna(day) else int(f"{day:%Y%m%d}") for day in register()[name]]
    return xlsx(Cases=frame)


def a_row_an_event(is_by_stage: bool = True) -> pd.DataFrame:
    """What happened to each case, in order of its days: the stage in a column of its own, or in the event's words."""
    frame = long()
    stage = frame["Stage"].replace("Single stage", "Stage 1")
    parts = []
    for event, name in (
        ("Opened", "Date Received"),
        ("Response sent", "Response Date"),
        ("Closed", "Date Closed"),
    ):
        rows = frame[["Case Ref", "Case Type", "Service Area"]].assign(Event=event, When=frame[name])
        rows["Outcome"] = frame["Status"] if event == "Closed" else None
        if is_by_stage:
            rows["Stage"] = frame["Stage"]
        else:
            rows["Event"] = stage + " " + event.lower()
        parts.append(rows[frame[name].notna()])
    rows = pd.concat(parts)
    return rows.iloc[pd.to_datetime(rows["When"], format="%d/%m/%Y").argsort(kind="stable")]


def keys_once(*columns: str) -> pd.DataFrame:
    """Later stages below the first, with some of the case's own cells once."""
    frame = long().sort_values(["Case Ref", "Stage"], ignore_index=True)
    frame.loc[frame["Case Ref"].duplicated(), [*columns, "Case Type", "Service Area"]] = None
    return frame


def merged_keys() -> tuple[str, bytes]:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(Cases=keys_once("Case Ref"))[1]))
    sheet = book["Cases"]
    begins = [cell.row for cell in sheet["A"] if cell.value and cell.row > 1]
    for begin, after in zip(begins, [*begins[1:], sheet.max_row + 1], strict=True):
        for column in "ABD" if after > begin + 1 else "":
            sheet.merge_cells(f"{column}{begin}:{column}{after - 1}")
    made = io.BytesIO()
    book.save(made)
    return ".xlsx", made.getvalue()


def swapped_by_a_spreadsheet() -> tuple[str, bytes]:
    """Written day first, opened where the month comes first: what could be a date became another."""
    frame = long().astype(object)
    for name in DATES:
        frame[HEADINGS[name]] = [
            None if pd.isna(day) else f"{day:%d/%m/%Y}" if day.day > 12 else day.replace(month=day.day, day=day.month)
            for day in register()[name]
        ]
    return xlsx(Cases=frame)


def outcomes_in_columns_of_their_own(frame: pd.DataFrame, own: str = "{}") -> pd.DataFrame:
    """The outcomes ticked, each in a column of its own; `own` names these."""
    outcomes = frame.pop(next(name for name in frame if own.format("").strip() in name and "utcome" in name))
    for word, said in OUTCOMES.items():
        frame[own.format(word.replace("_", " ").title())] = (outcomes == said).map({True: "Y", False: "N"})
    return frame


def with_a_total(frame: pd.DataFrame) -> tuple[str, bytes]:
    total = frame.tail(1).map(lambda _: None).assign(**{"Case Ref": "Total", frame.columns[-1]: "33"})
    return csv(pd.concat([frame, total]))


def wide_with_ticks() -> pd.DataFrame:
    frame = wide(lambda stage, name: f"Stage {stage} {WORDS[name]}")
    for stage in ("1", "2"):
        frame = outcomes_in_columns_of_their_own(frame, f"Stage {stage} {{}}")
    return frame


SHAPES: dict[str, Callable[[], tuple[str, bytes]]] = {
    "day first": lambda: csv(long()),
    "month first with time": lambda: csv(long("%m/%d/%Y %I:%M:%S %p")),
    "two-digit years": lambda: csv(long("%d/%m/%y")),
    "words": lambda: csv(long("%d %B %Y")),
    "short months": lambda: csv(long("%d-%b-%Y")),
    "dots": lambda: csv(long("%d.%m.%Y")),
    "ISO": lambda: csv(long("%Y-%m-%d")),
    "ISO with slashes": lambda: csv(long("%Y/%m/%d")),
    "moments in UTC": lambda: csv(in_utc()),
    "Excel's day numbers": lambda: csv(excel_days()),
    "semicolons": lambda: csv(long(), sep=";"),
    "UTF-16 with tabs": lambda: csv(long(), sep="\t", encoding="utf-16"),
    "Windows-1252": lambda: csv(long(service="Équipe"), encoding="cp1252"),
    "another system's headings": lambda: csv(
        long(case_reference="Complaint Number", procedure="Complaint Type", stage="Complaint Stage",
             service="Directorate", requested_date="Received On", response_sent_date="Final Response Sent",
             closed_date="Resolved On", outcome="Decision")
    ),
    "joined headings": lambda: csv(
        long(case_reference="CaseNumber", procedure="CaseType", stage="CaseStage", service="ServiceArea",
             requested_date="DateRec'd", response_sent_date="ResponseDate", closed_date="DateClosed",
             outcome="CaseOutcome")
    ),
    "a title above": with_title,
    "more columns": lambda: csv(with_more_columns()),
    "totals at the foot": with_totals,
    "headings again": with_headings_again,
    "numbers used twice": lambda: csv(with_numbers_used_twice()),
    "a workbook with dates": lambda: xlsx(Cases=typed()),
    "a sheet a year": lambda: xlsx(**{"2024": typed().iloc[:40], "2025": typed().iloc[40:]}),
    "a web page named .xls": as_html,
    "Parquet": as_parquet,
    "stages side by side": lambda: csv(wide(lambda stage, name: f"Stage {stage} {WORDS[name]}", "%d/%m/%Y %H:%M")),
    "stages by letter": lambda: csv(wide(lambda stage, name: f"S{stage} {WORDS[name]} Date")),
    "stages in joined headings": lambda: csv(wide(lambda stage, name: f"Stage{stage}{WORDS[name]}Date")),
    "the first stage unnamed": lambda: csv(wide(first_stage_unnamed)),
    "headings over two rows": over_two_rows,
    "words for nothing": lambda: csv(with_words_for_nothing()),
    "one procedure": lambda: csv(one_procedure()),
    "first stages alone": lambda: csv(first_stages()),
    "weekdays": lambda: csv(long("%a %d/%m/%Y")),
    "at a time": lambda: csv(long("%d/%m/%Y at %H:%M")),
    "joined day and month": lambda: csv(long("%d%b%Y")),
    "dots and spaces": lambda: csv(long("%d. %m. %Y")),
    "stages as 1st and 2nd": lambda: csv(with_stages(Stage_1="1st", Stage_2="2nd", Single_stage="1st")),
    "no stage of adults' cases": lambda: csv(with_stages(Single_stage="N/A")),
    "a day that never comes": lambda: csv(long().fillna({"Date Closed": "31/12/9999", "Response Date": "01/01/1900"})),
    "words in columns of dates": lambda: csv(
        long().fillna({"Response Date": "Not yet sent", "Date Closed": "Still going"})
    ),
    "subtotals": lambda: csv(with_subtotals()),
    "notes of several values": with_notes,
    "row numbers without a heading": lambda: (".csv", long().to_csv().encode()),
    "UTF-16 without a mark": lambda: csv(long(), encoding="utf-16-be"),
    "an OpenDocument sheet": as_ods,
    "ordinals": lambda: csv(each_day(of_month)),
    "weekdays and months first": lambda: csv(each_day(lambda day: f"{day:%A, %B} {day.day}, {day.year}")),
    "midnight as 24:00": lambda: csv(long("%d/%m/%Y 24:00")),
    "a named zone": lambda: csv(long("%d/%m/%Y 09:30 BST")),
    "blanks about slashes": lambda: csv(long("%d / %m / %Y")),
    "stages with what they are": lambda: csv(with_stages(Stage_1="S1 (LR)", Stage_2="S2 inv.", Single_stage="S1 (LR)")),
    "rows that end with a comma": rows_that_end_with_a_comma,
    "values kept as text": lambda: csv(as_text()),
    "a column twice": with_a_column_twice,
    "a SharePoint list": as_list,
    "rules between lines": with_rules,
    "months as headings": under_months,
    "a sheet a stage": lambda: xlsx(
        **{name: rows.drop(columns="Stage") for name, rows in long().groupby("Stage")}
    ),
    "the separator in the first line": lambda: (".csv", b"sep=;\r\n" + csv(long(), sep=";")[1]),
    "vertical bars": lambda: csv(long(), sep="|"),
    "milliseconds": lambda: in_milliseconds("{}"),
    "dates of JSON": lambda: in_milliseconds("/Date({})/"),
    "month first in headings": month_first_in_headings,
    "procedures in stages": with_procedures_in_stages,
    "a day of escalation": lambda: csv(wide(with_escalation)),
    "letters that nobody sees": with_letters_that_nobody_sees,
    "a status beside the outcome": with_case_status,
    "numbers for days": sheet_of_numbers_for_days,
    "Oracle's moments": lambda: csv(
        each_day(lambda day: f"{day:%d-%b-%y} 09.12.33.000000 AM".upper())
    ),
    "a sheet a directorate": lambda: xlsx(
        **{name[:31]: rows.drop(columns="Service Area") for name, rows in typed().groupby("Service Area")}
    ),
    "a semicolon and decimal commas": lambda: csv(long().assign(**{"Remedy Paid": "1.234,56"}), sep=";"),
    "outcomes ticked": lambda: csv(outcomes_in_columns_of_their_own(long(outcome="Outcome"))),
    "outcomes of stages ticked": lambda: csv(wide_with_ticks()),
    "keys once": lambda: csv(keys_once("Case Ref")),
    "attributes once": lambda: csv(keys_once()),
    "outcomes ticked over a total": lambda: with_a_total(outcomes_in_columns_of_their_own(long(outcome="Outcome"))),
    "keys merged": merged_keys,
    "a row an event": lambda: csv(a_row_an_event()),
    "a row an event of a stage": lambda: csv(a_row_an_event(is_by_stage=False)),
    "timestamps": lambda: csv(
        long(case_reference="Case Enquiry Ref", procedure="Case Classification 1", stage="Process Stage",
             service="Allocated Team", requested_date="Case Creation Timestamp", closed_date="Case Close Timestamp",
             response_sent_date="Response Issued Timestamp", outcome="Closure Reason")
    ),
}  # fmt: skip
