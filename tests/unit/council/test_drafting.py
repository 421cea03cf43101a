"""A mapping drafted from an extract reads it as it is, in the shapes that complaint systems export."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from assets.council.check import check_register
from assets.council.draft import as_read, read_with, starting_points
from assets.council.drafting import draft_mapping
from assets.council.mapping import Mapping, MappingError, read_mapping
from assets.council.sources import UnreadableError
from assets.example.cases import GSS_CODE
from tests.unit.council.shapes import (
    SHAPES,
    csv,
    each_day,
    long,
    register,
    swapped_by_a_spreadsheet,
    xlsx,
)

CASES = Path(__file__).parents[2] / "cases" / "register"
AS_AT = dt.date(2026, 9, 30)
COMPARED = ["procedure", "stage", "requested_date", "closed_date", "response_sent_date", "outcome"]


def what_it_holds(name: str) -> Counter[tuple[str | None, ...]]:
    frame = register().copy()
    if name == "one procedure":
        frame = frame[frame["procedure"] == "corporate"]
    if name == "first stages alone":
        frame = frame[frame["stage"].isin(["1", "single"])]
    for column in COMPARED[2:5]:
        frame[column] = frame[column].dt.strftime("%Y-%m-%d")
    frame = frame[COMPARED].astype(object).where(frame[COMPARED].notna(), None)
    return Counter(map(tuple, frame.to_numpy().tolist()))


@pytest.mark.parametrize("name", SHAPES)
def test_a_drafted_mapping_reads_every_row_of_a_usual_export(tmp_path: Path, name: str) -> None:
    suffix, data = SHAPES[name]()
    path = tmp_path / f"extract{suffix}"
    path.write_bytes(data)
    mapping = tmp_path / "mapping.yml"
    mapping.write_text(draft_mapping(path, as_at=AS_AT).as_text(), encoding="utf-8")
    report = check_register(path, gss_code=GSS_CODE, salt=b"1", mapping=read_mapping(mapping))
    assert not report.is_refused and report.quarantined == 0, report.as_text()
    rows = report.accepted.select(COMPARED).to_pylist()
    assert Counter(tuple(row.values()) for row in rows) == what_it_holds(name)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda: csv(each_day(lambda day: f"Q{day.quarter} {day:%y}")),
         "Date Received is named like it, but no days are read in values such as 'Q4 20'"),
        (swapped_by_a_spreadsheet, "so the spreadsheet took day for month"),
        (lambda: (".csv", csv(long())[1] + b"Exported data exceeded the allowed volume.\n"), "not have every row"),
        (lambda: (".csv", csv(long())[1] + b"Showing 1 to 97 of 204 entries,,,,,,,\n"), "at row 99 that it does not"),
        (lambda: xlsx(Cases=long(), Older=long(requested_date="Von")), "not read: Older"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_as_it_stands_is_said_with_what_to_do(
    tmp_path: Path, made: Callable[[], tuple[str, bytes]], says: str
) -> None:
    suffix, data = made()
    path = tmp_path / f"extract{suffix}"
    path.write_bytes(data)
    try:
        drafted = draft_mapping(path, as_at=AS_AT)
        report = read_with(drafted, path, AS_AT)
        told = drafted.as_text() + (report.as_text() if report else "")
    except UnreadableError as error:
        told = str(error)
    assert says in told


def test_a_heading_that_contradicts_the_mapping_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "extract.csv"
    path.write_text(
        HEADINGS.replace("Date Received", "Date Received (MM/DD/YYYY)") + "\nA-1,Corporate,1,03/04/2025,,\n"
    )
    drafted = draft_mapping(path, as_at=AS_AT)
    assert drafted.lines["dates"] == "MM/DD/YYYY"
    drafted.lines["dates"] = "DD/MM/YYYY"
    report = read_with(drafted, path, AS_AT)
    assert report and "its heading says month first" in report.refusals[0]


def draft(tmp_path: Path, text: str) -> str:
    path = tmp_path / "extract.csv"
    path.write_text(text)
    return draft_mapping(path, as_at=AS_AT).as_text()


HEADINGS = "Case Ref,Case Type,Stage,Date Received,Date Closed,Outcome"


def test_each_line_of_a_draft_says_why(tmp_path: Path) -> None:
    text = draft(tmp_path, f"{HEADINGS}\nA-1,Corporate,Stage 1,23/07/2025,01/08/2025,Upheld\n")
    assert "requested_date: Date Received  # named like it; 1 dates" in text
    assert "dates: DD/MM/YYYY  # read so: 2 different dates, some of which can only be day first" in text


def test_a_heading_that_is_not_understood_is_named_and_left_unread(tmp_path: Path) -> None:
    text = draft(tmp_path, f"{HEADINGS},Zone,Officer\nA-1,Corporate,Stage 1,23/07/2025,,,A7,Li\n")
    assert "unknown: [Zone]  # not understood and left unread" in text
    assert "ignore: [Officer]" in text
    assert "Li" not in text


def test_dates_that_could_be_either_order_are_marked_to_be_checked(tmp_path: Path) -> None:
    text = draft(tmp_path, f"{HEADINGS}\nA-1,Corporate,Stage 1,03/07/2025,01/08/2025,Upheld\n")
    assert "dates: DD/MM/YYYY  # CHECK: no date shows which of day and month comes first; MM/DD/YYYY" in text


def test_a_week_is_not_taken_for_a_day(tmp_path: Path) -> None:
    text = draft(tmp_path, "Case Ref,Wk ending received,Closed\nA-1,04/07/2025,23/07/2025\n")
    assert "ignore: [Wk ending received]" in text
    assert "no column looks like the day a complaint of Stage 1 was received" in text


def test_a_day_with_more_than_a_day_in_it_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    rows = "".join(f"A-{day},Corporate,Stage 1,{day}/07/2025,,\n" for day in range(10, 19))
    text = draft(tmp_path, f"{HEADINGS}\n{rows}A-1,Corporate,Stage 1,19/07/2025 (est),,\n")
    assert "no days are read in values such as '19/07/2025 (est)': their rows are set aside" in text
    assert "\ndates: DD/MM/YYYY" in text


@pytest.mark.parametrize("outcome", ["2 upheld / 1 not upheld", "not upheld x 3, upheld x 1", "0 upheld; 3 not upheld"])
def test_an_outcome_of_several_points_is_asked_about(tmp_path: Path, outcome: str) -> None:
    text = draft(
        tmp_path,
        f'{HEADINGS}\nA-1,Corporate,Stage 1,23/07/2025,,"{outcome}"\nA-2,Corporate,1,23/07/2025,,Upheld\n',
    )
    assert f"outcome: no code is near '{outcome}'" in text


def test_a_stage_may_close_with_its_adjudication_letter(tmp_path: Path) -> None:
    text = draft(
        tmp_path,
        "Ref,Procedure,S1 Rec'd,S1 Resp,S2 Req,S2 Adj\nA-1,Children,23/06/2025,1/7/2025,4/7/2025,30/7/2025\n",
    )
    assert (
        "closed_date: S2 Adj  # CHECK: no column of its own; right if a stage is closed when its adjudication" in text
    )
    assert "requested_date: S2 Req" in text and "response_sent_date: S1 Resp" in text


def test_a_draft_of_both_date_orders_asks_for_another_export() -> None:
    text = draft_mapping(CASES / "05-mixed-order.csv", as_at=AS_AT).as_text()
    assert "dates both day first and month first, so nobody can say which day they are" in text
    assert "\ndates:" not in text


def test_a_draft_without_procedure_or_stage_says_what_it_takes_them_for(tmp_path: Path) -> None:
    text = draft(tmp_path, "Ref No,Received,Responded,Finding\n77,23/07/2025,01/08/2025,Upheld\n")
    assert "procedure: corporate  # CHECK: no column says the procedure" in text
    assert "row: case  # CHECK: no column says the stage" in text
    assert "closed_date: Responded  # CHECK: no column of its own" in text


def test_the_end_of_a_case_is_not_taken_for_the_end_of_its_first_stage(tmp_path: Path) -> None:
    headings = "Case Ref,Case Type,Stage 1 Received,Stage 1 Responded,Stage 2 Received,Stage 2 Responded,Case Closed"
    text = draft(tmp_path, f"{headings}\nA-1,Corporate,23/07/2025,01/08/2025,04/08/2025,20/08/2025,20/08/2025\n")
    assert "unknown: [Case Closed]" in text


def test_a_word_for_nothing_among_codes_is_an_empty_cell(tmp_path: Path) -> None:
    text = draft(tmp_path, f"{HEADINGS}\nA-1,Corporate,Stage 1,23/07/2025,,N/A\nA-2,Corporate,1,23/07/2025,,Upheld\n")
    assert "N/A: ''  # taken for nothing" in text


def test_a_value_that_looks_like_personal_data_is_not_written(tmp_path: Path) -> None:
    text = draft(tmp_path, f"{HEADINGS},Service\nA-1,Corporate,Stage 1,23/07/2025,,,Mrs Jane Example\n")
    assert "Jane" not in text
    assert "1 values of Service look like personal data" in text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a,b\n1,2\n", "no row that looks like the headings of cases"),
        (HEADINGS.encode(), "nothing stands below its headings"),
        (
            b"Count of Case Ref,Stage,Department\nBins,1,2\nRoads,2,3\n",
            "such as a pivot table, export the cases",
        ),
        (b"%PDF-1.7\n", "is a PDF, not a table"),
        (b"\x1f\x8b\x08", "is a compressed file, not a table"),
        (b"PK\x03\x04" + b"\0" * 26 + b"cases.csv", "is a zip file, not a table"),
        (b"PK\x03\x04" + b"\0" * 26 + b"xl/workbook.bin", "is a binary workbook"),
        (b"MIME-Version: 1.0\n\n<html>", "is a web archive, not a table"),
        (b"<?xml version='1.0'?>\n<cases/>", "is XML, not a table"),
        (b'[{"Case Ref": "A-1"}]', "is JSON, not a table"),
        (b"PK\x03\x04" + b"\0" * 26 + b"Index/Document.iwa", "is a Numbers file"),
        (b"PK\x03\x04" + b"\0" * 26 + b"word/document.xml", "is a Word file"),
    ],
)
def test_a_file_that_is_no_table_of_cases_is_refused_with_what_to_do(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "extract.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=says):
        draft_mapping(path, as_at=AS_AT)


def test_case_numbers_that_a_spreadsheet_shortened_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "extract.csv"
    path.write_text(f"{HEADINGS}\n1.01E+11,Corporate,1,23/07/2025,,\n1.01E+11,Corporate,2,24/07/2025,,\n")
    report = read_with(draft_mapping(path, as_at=AS_AT), path, AS_AT)
    assert report is not None and report.is_refused
    assert "shortened by a spreadsheet" in report.as_text()


def test_three_cases_are_shown_as_they_would_be_read() -> None:
    path = CASES / "01-icasework-wide.csv"
    report = read_with(draft_mapping(path, as_at=AS_AT), path, AS_AT)
    assert report is not None
    lines = as_read(report)
    assert [line for line in lines if line.startswith("row")] == ["row 2:", "row 5:", "row 8:"]
    assert any(line.startswith("  Stage 2: procedure children_statutory") for line in lines)
    assert lines[-1].endswith("open")
    assert "WCC-" not in "".join(lines)


@pytest.mark.parametrize("system", starting_points())
def test_a_starting_point_is_a_mapping_that_says_that_nobody_verified_it(tmp_path: Path, system: str) -> None:
    text = starting_points()[system]
    path = tmp_path / "mapping.yml"
    path.write_text(text)
    assert "UNVERIFIED" in text
    assert isinstance(read_mapping(path), Mapping)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("as_at: 2026-09-30\ncolumns:\n  requested_dat: X",
         "line 3: columns.requested_dat: the contract has no such column: did you mean requested_date"),
        ("values: {outcome: {Up: upheldd}}",
         "line 1: values.outcome.Up: 'upheldd' is no code of it: did you mean upheld?"),
        ("stages: {9: {requested_date: A}}", "line 1: stages.9: there is no such stage: it is one of 1, 2, 3, single"),
        ("dates: DD/MM", "line 1: dates: 'DD/MM' does not say day, month and year"),
        ("dates: [DD/MM/YYYY, MM/DD/YYYY]", "day first and month first cannot both be declared"),
        ("covers: everthing", "line 1: covers: 'everthing' is not possible: did you mean everything?"),
        ("columns: {stage: A, stage: B}", "line 1: columns.stage: is given twice, also in line 1: keep one"),
        ("\ncolumns:\n - x", "line 2: columns: write it as `name: value` lines, indented below"),
        ("row: case", "row: case needs `stages`"),
        ("as_at: soon", "line 1: as_at: 'soon' is not a day such as 2026-09-30"),
        ("colums: {}", "line 1: colums: the mapping has no such line: did you mean columns?"),
        ("not_personal: {case_reference: [postcode]}", "needs checked_by, the role of whoever checked"),
        ("- a\n- b", "cannot be read: it must be lines such as"),
        ("a: [", "cannot be read: this is not YAML"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_mapping_names_its_line_and_the_nearest_right_word(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "mapping.yml"
    path.write_text(line)
    with pytest.raises(MappingError) as found:
        read_mapping(path)
    assert told in str(found.value)
    assert "pydantic" not in str(found.value) and "Input should" not in str(found.value)


def drafted_outcomes(tmp_path: Path, headings: str, marks: tuple[str, str]) -> tuple[Counter[str], str]:
    """The outcomes read of 12 cases, 3 of them upheld, by the drafted mapping, which stands behind."""
    path = tmp_path / "extract.csv"
    rows = [f"A-{n},1,{n + 10}/03/2025,{n + 11}/03/2025,{marks[n > 2]}\n" for n in range(12)]
    path.write_text(f"Case Ref,Stage,Date Received,Date Closed,{headings}\n" + "".join(rows))
    drafted = draft_mapping(path, as_at=AS_AT)
    report = read_with(drafted, path, AS_AT)
    assert report
    return Counter(report.accepted["outcome"].to_pylist()), drafted.as_text()


@pytest.mark.parametrize(
    ("headings", "marks"),
    [
        ("Upheld Y,Upheld N", ("X,", ",X")),
        ("Upheld Yes,Upheld No", ("Y,N", "N,Y")),
        ("Upheld,Non-upheld", ("Y,N", "N,Y")),
        ("Upheld Y/N", ("Y", "N")),
        ("Upheld?", ("Yes", "No")),
        ("Outcome", ("Upheld - Yes", "Upheld - No")),
    ],
)
def test_a_heading_or_value_that_says_no_to_upheld_is_not_upheld(
    tmp_path: Path, headings: str, marks: tuple[str, str]
) -> None:
    outcomes, _ = drafted_outcomes(tmp_path, headings, marks)
    assert outcomes == {"upheld": 3, "not_upheld": 9}


def test_two_columns_are_never_drafted_to_one_outcome_and_one_outcome_for_all_is_told(tmp_path: Path) -> None:
    outcomes, text = drafted_outcomes(tmp_path, "Upheld,Fully upheld", ("Y,N", "N,Y"))
    assert set(outcomes) == {None} and "CHECK: Upheld, Fully upheld: not clear which outcome" in text
    _, text = drafted_outcomes(tmp_path, "Outcome", ("Upheld", "Upheld"))
    assert "CHECK: every outcome is upheld: look at the mapping" in text


@pytest.mark.parametrize("how", ["%d-%b-%Y", "%d %B %Y", "%Y-%m-%d", "%d/%m/%Y", "45{%d}"])
@pytest.mark.parametrize(
    "headings", ["Case No,Event date,Event", "Case No,Date received,Date closed", "Case No,Stage 1 received"]
)
def test_a_row_of_a_case_is_no_second_row_of_headings(tmp_path: Path, headings: str, how: str) -> None:
    days = [dt.date(2025, 3, day) for day in range(11, 26)]
    written = [f"457{day.day}" if "{" in how else day.strftime(how) for day in days]
    events = ["Complaint logged", "Response sent", "Case closed"]
    rows = [
        ",".join([f"EV-{500 + n // 3}", day, events[n % 3] if "Event" in headings else day][: headings.count(",") + 1])
        for n, day in enumerate(written)
    ]
    text = draft(tmp_path, "\n".join([headings, *rows, ""]))
    assert "case_reference: Case No  #" in text and "/ EV-" not in text


def test_a_row_of_totals_is_counted_nowhere_in_a_draft(tmp_path: Path) -> None:
    cases = "".join(f"C{day},Highways,1,{day:02}/03/2026,{day:02}/04/2026,Upheld\n" for day in range(10, 30))
    heading = "Case Reference,Service Area,Stage,Received,Responded,Outcome\n"
    without = draft(tmp_path, heading + cases)
    assert draft(tmp_path, f"{heading}{cases}Total,20,20,20,20,20\n") == without


def test_an_outcome_that_says_yes_or_no_is_asked_for_with_the_lines_to_paste(tmp_path: Path) -> None:
    cases = "".join(
        f"C{day},1,{day:02}/03/2026,{day:02}/04/2026,{'No' if day % 3 else 'Yes'}\n" for day in range(10, 30)
    )
    text = draft(tmp_path, f"Case Reference,Stage,Received,Responded,Outcome\n{cases}")
    assert "Outcome says yes or no" in text and "unknown: [Outcome]" in text
    assert "outcome: {'Yes': upheld, 'No': not_upheld} under values" in text
