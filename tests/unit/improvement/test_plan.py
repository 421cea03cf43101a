"""A plan file is read as it stands: every problem with its line, bad rows aside, a bad file refused whole."""

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
import yaml

from assets.council.people import names_a_person
from assets.improvement.measures import measure_rows, polarities
from assets.improvement.plan import PlanReport, check_plan, plan_tables
from assets.improvement.template import BLANK, ILLUSTRATIVE, write_plan_template

INDICATORS = Path(__file__).resolve().parents[3] / "indicators"
POLARITIES = polarities(INDICATORS)
KEYS = {table.name: table.names for table in plan_tables(POLARITIES)}
GOOD = """\
as_at: 2026-09-30
actions:
  - id: A1
    objective: An investigator within five working days
    action: Contract a pool of investigators
    owner_role: Complaints manager
    start: 2026-01-05
    due: 2026-06-30
    status: in_progress
    indicator: childrens_stage2_due_in_time
  - id: A2
    objective: Files readable in three days
    action: Give investigators access to the files
    owner_role: Head of information governance
    start: 2026-01-05
    due: 2026-06-30
    status: in_progress
targets:
  - id: T1
    indicator: childrens_stage2_due_in_time
    value: 70
    due: 2027-03-31
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "plan.yml"


def check(path: Path, text: str) -> PlanReport:
    path.write_text(text, encoding="utf-8")
    return check_plan(path, POLARITIES)


def found(report: PlanReport) -> list[tuple[str, int, str, str]]:
    return [tuple(row) for row in report.problems.reindex(columns=["section", "row", "column", "rule"]).to_numpy()]


def test_a_good_plan_is_taken_whole(path: Path) -> None:
    report = check(path, GOOD)
    assert (report.refusals, found(report), report.accepted, report.as_at) == ((), [], 3, date(2026, 9, 30))
    assert report.rows["targets"] == [
        {
            "source_row": 19,
            "id": "T1",
            "indicator": "childrens_stage2_due_in_time",
            "value": "70.0",
            "due": "2027-03-31",
            "start": None,
            "start_value": None,
            "source": None,
        }
    ]


@pytest.mark.parametrize(
    ("was", "written", "line", "key", "rule"),
    [
        ("childrens_stage2_due_in_time\n  - id: A2", "stage_two\n  - id: A2", 3, "indicator", "not_as_expected"),
        ("childrens_stage2_due_in_time\n  - id: A2", "dealt_with_per_100k\n  - id: A2", 3, "indicator",
         "not_as_expected"),
        ("due: 2026-06-30\n    status: in_progress\n    indicator",
         "due: 2025-06-30\n    status: in_progress\n    indicator", 3, "due", "due_before_start"),
        ("Complaints manager", "Jane Smith", 3, "owner_role", "personal_data"),
        ("Complaints manager", "Priya Patel, complaints manager", 3, "owner_role", "personal_data"),
        ("Contract a pool", "=HYPERLINK(1)", 3, "action", "not_as_expected"),
        ("Contract a pool of", "Ask jane.smith@example.org for", 3, "action", "personal_data"),
        ("    owner_role: Complaints", "    owner: Someone\n    owner_role: Complaints", 3, "", "unknown_key"),
        ("start: 2026-01-05\n    due: 2026-06-30\n    status: in_progress\n    indicator",
         "start: 05/01/2026\n    due: 2026-06-30\n    status: in_progress\n    indicator", 3, "start",
         "not_as_expected"),
        ("status: in_progress\n    indicator", "status: nearly\n    indicator", 3, "status", "not_as_expected"),
        ("status: in_progress\n    indicator", "status: done\n    indicator", 3, "finished", "done_without_finished"),
        ("status: in_progress\n    indicator", "status: blocked\n    indicator", 3, "blocked_reason",
         "blocked_without_reason"),
        ("status: in_progress\n    indicator", "status: done\n    finished: 2026-10-01\n    indicator", 3, "finished",
         "finished_in_future"),
        ("status: in_progress\n    indicator", "status: done\n    finished: 2025-10-01\n    indicator", 3, "finished",
         "finished_before_start"),
        ("start: 2026-01-05\n    due: 2026-06-30\n    status: in_progress\n    indicator",
         "start: 2026-10-05\n    due: 2026-12-30\n    status: in_progress\n    indicator", 3, "start",
         "started_in_future"),
        ("id: A1", "id: an action with a long number", 3, "id", "not_as_expected"),
        ("    objective: An investigator within five working days\n", "", 3, "objective", "empty"),
        ("Contract a pool", "Contract " + "a " * 400, 3, "action", "not_as_expected"),
        ("value: 70", "value: 0.7", 19, "value", "share_not_percent"),
        ("value: 70", "value: 170", 19, "value", "not_as_expected"),
        ("value: 70", "value: most", 19, "value", "not_as_expected"),
        ("due: 2027-03-31", "due: 2027-03-31\n    start: 2025-03-31", 19, "start", "start_without_value"),
        ("action: Contract a pool of investigators", "action: [one, two]", 3, "action", "not_a_value"),
        ("    status: in_progress\n    indicator",
         "    status: done\n    status: in_progress\n    indicator", 3, "status", "key_twice"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_by_its_line_and_set_aside_and_the_rest_goes_on(
    path: Path, was: str, written: str, line: int, key: str, rule: str
) -> None:
    assert was in GOOD
    report = check(path, GOOD.replace(was, written, 1))
    assert (key, rule) in [(one[2], one[3]) for one in found(report)]
    assert line in [one[1] for one in found(report) if one[3] == rule]
    assert (report.set_aside, report.accepted, report.refusals) == (1, 2, ())
    assert f"line {line}" in report.as_text() and "plan.yml" in report.as_text()


@pytest.mark.parametrize("name", ["Jane Smith", "jane.smith@example.org"])
def test_what_looks_like_a_person_is_never_repeated(path: Path, name: str) -> None:
    text = check(path, GOOD.replace("Complaints manager", name)).as_text()
    assert "personal_data" in text and name not in text
    assert "expected a role, such as complaints manager, and no person's name" in text


def test_the_same_action_twice_is_set_aside_both_times(path: Path) -> None:
    report = check(path, GOOD.replace("Give investigators access to the files", "contract a pool of investigators."))
    assert [one[3] for one in found(report)] == ["row_twice", "row_twice"]
    report = check(path, GOOD.replace("id: A2", "id: A1"))
    assert [one[3] for one in found(report)] == ["id_twice", "id_twice"]


def test_everything_wrong_with_a_row_is_told_at_once(path: Path) -> None:
    many = GOOD.replace("due: 2026-06-30", "due: 2025-06-30", 1).replace("in_progress", "soon", 1)
    report = check(path, many.replace("id: A2", "id: A1").replace("Complaints manager", "Jane Smith"))
    assert {(one[1], one[3]) for one in found(report)} == {
        (3, "due_before_start"),
        (3, "not_as_expected"),
        (3, "personal_data"),
        (3, "id_twice"),
        (11, "id_twice"),
    }


def test_a_rule_is_not_tried_on_a_value_that_is_wrong_in_itself(path: Path) -> None:
    report = check(path, GOOD.replace("due: 2026-06-30", "due: 30/06/2025", 1))
    assert [one[3] for one in found(report)] == ["not_as_expected"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("as_at: 2026-09-30\nactions:\n  - id: A1\n   action: x\n", "line 4"),
        ("as_at: 2026-09-30\nactions:\n  - id: A1\n   action: x\n", "a missing space after a colon"),
        ("as_at: 2026-09-30\nactoins: []\n", "line 2: unknown key 'actoins'"),
        ("as_at: 2026-09-30\nas_at: 2026-09-30\n", "line 2: as_at stands twice"),
        ("as_at: &a 2026-09-30\nactions: [*a, *a]\n", "line 1: references"),
        ("as_at: !!python/object:os.system 1\n", "tags"),
        (GOOD.replace("2026-09-30", "31/12/2026", 1), "not a date"),
        ("- one\n- two\n", "expected as_at"),
        ("", "expected as_at"),
        ("[" * 5000, "nested too deeply"),
        ("as_at: 2026-09-30\n", "there is no row in it"),
        (GOOD.replace("as_at: 2026-09-30\n", ""), "is not stated"),
        (GOOD.replace("in_progress", "soon"), "with more bad rows than good"),
    ],
)
def test_a_bad_file_is_refused_whole_with_the_reason(path: Path, text: str, said: str) -> None:
    report = check(path, text)
    assert any(said in refusal for refusal in report.refusals), report.refusals


def test_a_file_that_is_no_text_or_too_large_is_refused(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00\x01")
    assert "not UTF-8" in check_plan(path, POLARITIES).refusals[0]
    path.write_bytes(b"#" * (2**20 + 1))
    assert "larger than 1 MiB" in check_plan(path, POLARITIES).refusals[0]
    path.write_bytes(b"PK\x03\x04 and no workbook")
    assert check_plan(path, POLARITIES).refusals


def test_a_workbook_says_the_same_as_the_yaml(tmp_path: Path, path: Path) -> None:
    plan = yaml.safe_load(GOOD)
    book = tmp_path / "plan.xlsx"
    with xlsxwriter.Workbook(str(book)) as workbook:
        about = workbook.add_worksheet("about")
        about.write_row(0, 0, ["as_at", str(plan["as_at"])])
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for section in ("actions", "targets"):
            sheet = workbook.add_worksheet(section)
            names = KEYS[section]
            sheet.write_row(0, 0, names)
            for line, row in enumerate(plan[section], start=1):
                for place, name in enumerate(names):
                    value = row.get(name)
                    if isinstance(value, date):
                        sheet.write_datetime(line, place, value, day)
                    elif value is not None:
                        sheet.write(line, place, value)
    report = check_plan(book, POLARITIES)
    assert (report.refusals, found(report)) == ((), [])
    expected = check(path, GOOD)
    for section, rows in expected.rows.items():
        without_place = [{**row, "source_row": 0} for row in rows]
        assert [{**row, "source_row": 0} for row in report.rows[section]] == without_place


def test_a_formula_in_a_workbook_sets_its_row_aside(tmp_path: Path) -> None:
    book = tmp_path / "plan.xlsx"
    with xlsxwriter.Workbook(str(book)) as workbook:
        workbook.add_worksheet("about").write_row(0, 0, ["as_at", "2026-09-30"])
        sheet = workbook.add_worksheet("targets")
        sheet.write_row(0, 0, KEYS["targets"])
        for line, value in enumerate((70, 80), start=1):
            sheet.write_row(line, 0, [f"T{line}", "childrens_stage2_due_in_time", value, f"202{line + 6}-03-31"])
        sheet.write_formula(1, 2, "=35+35", value=70)
    report = check_plan(book, POLARITIES)
    assert found(report) == [("targets", 2, "value", "formula")]
    assert report.accepted == 1


def test_a_workbook_with_two_columns_of_one_name_is_refused(tmp_path: Path) -> None:
    book = tmp_path / "plan.xlsx"
    with xlsxwriter.Workbook(str(book)) as workbook:
        workbook.add_worksheet("about").write_row(0, 0, ["as_at", "2026-09-30"])
        sheet = workbook.add_worksheet("targets")
        sheet.write_row(0, 0, ["id", "indicator", "value", "due", "ID"])
        sheet.write_row(1, 0, ["T1", "childrens_stage2_due_in_time", 70, "2027-03-31", "T2"])
    assert "columns that are there twice: id" in check_plan(book, POLARITIES).refusals[0]


def test_the_blank_plan_has_every_key_of_the_contract_and_no_other() -> None:
    blank = yaml.safe_load(BLANK.read_text(encoding="utf-8"))
    assert {section: list(blank[section][0]) for section in KEYS} == KEYS


def test_what_nobody_filled_in_of_the_blank_plan_is_no_problem(path: Path) -> None:
    blank = BLANK.read_text(encoding="utf-8").replace("as_at:  ", "as_at: 2026-09-30 #")
    assert check(path, blank).refusals == ("there is no row in it",)


def test_the_blank_workbook_holds_the_contract_and_no_row(tmp_path: Path) -> None:
    book = tmp_path / "plan.xlsx"
    write_plan_template(book, INDICATORS)
    report = check_plan(book, POLARITIES, as_at=date(2026, 9, 30))
    assert (report.refusals, report.reports) == (("there is no row in it",), ())


def test_the_worked_plan_is_good_marked_illustrative_and_names_every_cause() -> None:
    report = check_plan(ILLUSTRATIVE, POLARITIES)
    assert (report.refusals, found(report), report.is_illustrative) == ((), [], True)
    said = ILLUSTRATIVE.read_text(encoding="utf-8").lower()
    for cause in (
        "pool", "independent person", "file", "interview", "notes", "adjudicat", "partner", "early resolution",
        "conflict resolution", "cover",
    ):  # fmt: skip
        assert cause in said


@pytest.mark.parametrize(
    ("text", "is_person"),
    [
        *dict.fromkeys(
            ("Complaints manager", "Director of Children's Services", "Head of IT procurement",
             "Worcestershire Children First director", "Monitoring Officer", "Stage 2 team",
             "senior investigating officer", "A team leader"), False).items(),
        *dict.fromkeys(
            ("Jane Smith", "J. Smith, complaints manager", "Cllr Patel", "Smith", "Oluwaseun Adeyemi",
             "Complaints manager (Oluwaseun Adeyemi)", "David, team leader", "complaints.manager@example.org", ""),
            True).items(),
    ],
)  # fmt: skip
def test_a_role_is_told_from_a_name(text: str, is_person: bool) -> None:
    assert names_a_person(text) is is_person


def test_a_month_is_no_name(path: Path) -> None:
    assert found(check(path, GOOD.replace("Contract a pool", "By June 2026 and in June contract a pool"))) == []


def test_every_measure_that_a_plan_may_name_has_a_title_and_a_direction() -> None:
    rows = measure_rows(INDICATORS)
    assert len({row["measure"] for row in rows}) == len(rows)
    assert all(row["title"] and row["polarity"] in ("higher", "lower", "none") for row in rows)


def test_a_per_cent_cell_of_90_is_90_per_cent() -> None:
    cases = Path(__file__).resolve().parents[2] / "cases" / "workbooks"
    report = check_plan(cases / "plan_target_percent_cell_90.xlsx", POLARITIES)
    assert [(row["value"], row["start_value"]) for row in report.rows["targets"]] == [("90.0", "25.0")]
