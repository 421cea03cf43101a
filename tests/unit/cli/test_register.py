"""The complaints manager's commands: nothing filled in is written over, and every sheet of the template is read."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import sqlalchemy
from typer.testing import CliRunner, Result

from assets.council.deliveries import RegisterStore
from assets.council.many import Extract, take
from assets.council.mapping import Mapping
from assets.council.register import register_store
from cli.main import app
from warehouse.settings import Settings

CASE = ("C-1", "corporate", "1", "highways", "complaint", None, "2026-03-02")
MONTH = ("2026-08-01", 4, 1)


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHMARK_STATE", str(tmp_path / "state"))


def command(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.xlsx"
    assert command("register-template", path).exit_code == 0
    return path


def fill(path: Path, **rows: tuple[str | int | None, ...]) -> None:
    book = openpyxl.load_workbook(path)
    book["about"]["B1"] = "2026-09-30"
    for sheet, row in rows.items():
        for place, value in enumerate(row, start=1):
            book[sheet].cell(row=2, column=place, value=value)
    book.save(path)


@pytest.mark.parametrize(
    "arguments",
    [("register-template",), ("plan-template",), ("plan-template", "--worked"),
     ("peer-return", "write", "--from", "2026-04-01", "--to", "2026-09-30")],
)  # fmt: skip
def test_what_somebody_filled_in_is_not_written_over(arguments: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    path.write_text("filled in")
    refused = command(*arguments, path)
    assert refused.exit_code == 2 and "is there already" in refused.output
    assert path.read_text() == "filled in"
    assert command(*arguments, path, "--overwrite").exit_code == 0
    assert path.read_bytes() != b"filled in"


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    refused = command("register-template", tmp_path / "nowhere" / "mine.xlsx")
    assert refused.exit_code == 2 and "there is no folder" in refused.output


def test_every_filled_sheet_of_the_template_is_checked_and_kept(template: Path) -> None:
    fill(template, case_stages=CASE, resources=MONTH)
    loaded = command("check-register", template, "--load")
    assert loaded.exit_code == 0, loaded.output
    assert "Case stages, extract" in loaded.output and "Monthly resources, extract" in loaded.output
    store = register_store(Settings())
    assert [len(store.rows(name)) for name in ("case_stages", "resources", "compliments")] == [1, 1, 0]


def test_a_template_with_resources_alone_is_taken(template: Path) -> None:
    fill(template, resources=MONTH)
    checked = command("check-register", template)
    assert checked.exit_code == 0, checked.output
    assert "Nothing is kept yet" in checked.output and "case stages" not in checked.output
    assert "of Worcestershire County Council, as at 2026-09-30" in checked.output


def test_nothing_of_a_workbook_is_kept_where_one_sheet_is_refused(template: Path) -> None:
    fill(template, case_stages=(*CASE[:3], "Mrs Jane Smith", *CASE[4:]), resources=MONTH)
    refused = command("check-register", template, "--load")
    assert refused.exit_code == 1 and "looks like names of people" in refused.output
    assert len(register_store(Settings()).rows("resources")) == 0


def test_the_annotated_copy_does_not_take_the_extracts_place(template: Path) -> None:
    fill(template, case_stages=CASE)
    before = template.read_bytes()
    assert command("check-register", template, "--annotated", template).exit_code == 2
    assert template.read_bytes() == before


def test_what_is_kept_of_a_peer_return_is_said_and_what_is_not(tmp_path: Path) -> None:
    path = tmp_path / "return.csv"
    path.write_text(
        "gss_code,procedure,stage,period_start,period_end,limit_working_days,fell_due,completed_in_time,still_open,"
        "answered_date,definitions_followed\n"
        "E10000016,children_statutory,2,2025-04-01,2026-03-31,65,20,8,3,2026-06-01,yes\n"
        "E10000016,children_statutory,1,2025-04-01,2026-03-31,20,20,19,3,2026-06-01,yes\n"
    )
    read = command("peer-return", "read", path)
    assert read.exit_code == 1
    assert "Kent" in read.output and "20 fell due within 65 working days, 8 completed in time" in read.output
    assert "Set aside, and not kept: 1 of 2 rows" in read.output
    assert "Stored already, nothing changed" in command("peer-return", "read", path).output
    path.write_text(path.read_text().replace("fell_due", "due"))
    assert "Nothing of return.csv is kept" in command("peer-return", "read", path).output


def test_an_extract_whose_every_row_was_set_aside_is_not_kept(tmp_path: Path) -> None:
    path, mapping = tmp_path / "cases.csv", tmp_path / "mapping.yml"
    header = "case_reference,procedure,stage,requested_date,closed_date\n"
    path.write_text(f"{header}C-1,corporate,1,2026-03-02,\n")
    assert command("check-register", path, "--as-at", "2026-09-29", "--load").exit_code == 0
    path.write_text(f"{header}C-1,corporate,1,02/03/2026,\n")
    mapping.write_text("covers: everything\nas_at: 2026-09-30\n")
    checked = command("check-register", path, "--mapping", mapping)
    assert "1 rows are bad and 0 good" in checked.output
    assert command("check-register", path, "--mapping", mapping, "--load").exit_code == 1
    assert len(register_store(Settings()).extracts()) == 1


def test_a_query_in_a_file_is_checked_and_loaded_like_an_extract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = f"sqlite:///{tmp_path / 'complaints.db'}"
    engine = sqlalchemy.create_engine(database)
    columns = ("case_reference", "procedure", "stage", "service", "kind", "closed_date", "requested_date")
    pd.DataFrame([CASE], columns=columns).to_sql("cases", engine, index=False)
    query = tmp_path / "cases.sql"
    query.write_text("select * from cases")
    monkeypatch.setenv("BENCHMARK_REGISTER_DATABASE", database)
    done = command("check-register", query, "--as-at", "2026-09-30", "--load")
    assert done.exit_code == 0, done.output
    assert register_store(Settings()).extracts().num_rows == 1


def test_a_query_without_a_database_says_what_to_set(tmp_path: Path) -> None:
    query = tmp_path / "cases.sql"
    query.write_text("select 1")
    refused = command("check-register", query)
    assert refused.exit_code == 2 and "set BENCHMARK_REGISTER_DATABASE" in refused.output


def test_a_database_that_cannot_be_reached_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = tmp_path / "cases.sql"
    query.write_text("select 1")
    monkeypatch.setenv("BENCHMARK_REGISTER_DATABASE", "postgresql+psycopg://reader:hush@127.0.0.1:1/none")
    refused = command("check-register", query, "--as-at", "2026-09-30")
    assert refused.exit_code == 1 and "could not be read" in refused.output
    assert "hush" not in refused.output


HEADER = "case_reference,procedure,stage,requested_date,closed_date\n"
GOOD = "C-1,corporate,1,2026-03-02,2026-03-09\nC-2,corporate,1,2026-03-03,\n"


@pytest.fixture
def extracts(tmp_path: Path) -> Path:
    """A folder with the case extracts of three councils: a good one, one with a bad row, one without a column."""
    folder = tmp_path / "extracts"
    folder.mkdir()
    (folder / "E10000034.csv").write_text(HEADER + GOOD)
    (folder / "Leeds.csv").write_text("case_reference,procedure,stage,closed_date\nC-1,corporate,1,\n")
    (folder / "kent-county-council.csv").write_text(HEADER + GOOD + "C-3,corporate,1,2026-02-30,\n")
    return folder


def test_the_extracts_of_many_councils_are_kept_and_each_is_told_of(extracts: Path) -> None:
    done = command("load-registers", extracts, "--as-at", "2026-09-30")
    assert done.exit_code == 1
    good, refused, with_a_bad_row, *_ = done.output.splitlines()
    assert good.startswith("1 of 3 Worcestershire (E10000034.csv): 2 rows read; 2 rows new")
    assert refused.startswith("2 of 3 Leeds (Leeds.csv): nothing kept: columns that are not there: requested_date")
    assert with_a_bad_row.startswith("3 of 3 Kent (kent-county-council.csv): 3 rows read, 1 set aside; 2 rows new")
    assert "Good rows: 4, of 2 of 3 councils. Rows set aside: 1." in done.output
    held = register_store(Settings()).rows("case_stages").to_pandas()
    assert held.groupby("gss_code", observed=True).size().to_dict() == {"E10000016": 2, "E10000034": 2}


def test_loading_many_again_changes_nothing(extracts: Path) -> None:
    command("load-registers", extracts, "--as-at", "2026-09-30")
    again = command("load-registers", extracts, "--as-at", "2026-09-30")
    assert "Worcestershire (E10000034.csv): 2 rows read; delivered before; 2 as before" in again.output
    assert register_store(Settings()).rows("case_stages").num_rows == 4


def test_the_extracts_of_many_councils_that_are_all_good_end_with_0(extracts: Path) -> None:
    (extracts / "kent-county-council.csv").unlink()
    (extracts / "Leeds.csv").unlink()
    done = command("load-registers", extracts, "--as-at", "2026-09-30")
    assert (done.exit_code, "check-register" in done.output) == (0, False)


def test_nothing_is_read_where_a_file_is_nobodys_or_two_are_of_one_council(extracts: Path) -> None:
    (extracts / "worcestershire.csv").write_text(HEADER + GOOD)
    (extracts / "Atlantis.csv").write_text(HEADER + GOOD)
    done = command("load-registers", extracts, "--as-at", "2026-09-30")
    assert done.exit_code == 2
    assert "Atlantis.csv: There is no English council called 'Atlantis'" in done.output
    assert "worcestershire.csv: E10000034.csv is of Worcestershire too" in done.output
    assert not register_store(Settings()).paths("case_stages")


def test_what_is_wrong_with_one_extract_stops_no_other_and_is_counted(extracts: Path, template: Path) -> None:
    (extracts / "Leeds.csv").write_text(HEADER + "C-1,corporate,1,2026-02-30,\nC-2,corporate,1,2026-02-31,\n")
    (extracts / "kent-county-council.csv").unlink()
    fill(template, case_stages=CASE, resources=MONTH)
    template.rename(extracts / "Kent.xlsx")
    (extracts / "Devon.sql").write_text("select 1")
    unreadable = extracts / "Durham.csv"
    unreadable.symlink_to(extracts.parent / "gone" / "Durham.csv")
    done = command("load-registers", extracts, "--as-at", "2026-09-30")
    assert "Leeds (Leeds.csv): nothing kept: 2 rows are bad and 0 good" in done.output
    assert "Kent (Kent.xlsx): nothing kept: resources: filled in too; take the workbook in by" in done.output
    assert "Devon (Devon.sql): nothing kept: a query is asked by" in done.output
    assert "Worcestershire (E10000034.csv): 2 rows read; 2 rows new" in done.output
    assert "Good rows: 2, of 1 of 4 councils. Rows set aside: 2." in done.output
    assert done.exit_code == 1


def test_an_extract_that_cannot_be_read_is_a_refusal_and_no_end(tmp_path: Path) -> None:
    gone = take(RegisterStore(tmp_path / "register"), Mapping(), None, Extract("E10000034", tmp_path / "gone.csv"))
    assert gone.delivery is None
    assert gone.refusals[0].startswith("No such file or directory")


def test_a_folder_without_extracts_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    done = command("load-registers", tmp_path / "none")
    assert (done.exit_code, "there is no file in it" in done.output) == (2, True)


CASES = Path(__file__).parents[2] / "cases" / "register"


def test_from_a_wide_export_to_a_loaded_register_and_back(tmp_path: Path) -> None:
    extract, mapping = CASES / "01-icasework-wide.csv", tmp_path / "mapping.yml"
    drafted = command("register-mapping", extract, "--as-at", "2026-09-30", "--out", mapping)
    assert drafted.exit_code == 0 and "Three cases as they would be read" in drafted.output
    checked = command("check-register", extract, "--mapping", mapping)
    assert checked.exit_code == 0 and "if loaded: 131 rows new" in checked.output
    assert command("check-register", extract, "--mapping", mapping, "--load").exit_code == 0
    (delivery,) = (line.split()[0] for line in command("deliveries").output.splitlines())
    assert "is taken back" in command("withdraw", delivery).output
    assert "Nothing of Worcestershire" in command("deliveries").output
    assert command("withdraw", delivery).exit_code == 2


def test_a_mapping_filled_in_is_not_written_over_by_a_draft(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yml"
    mapping.write_text("mine")
    assert command("register-mapping", CASES / "03-salesforce-usdates.csv", "--out", mapping).exit_code == 2
    assert mapping.read_text() == "mine"


def test_a_starting_point_is_written_without_an_extract(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yml"
    assert command("register-mapping", "--system", "respond", "--out", mapping).exit_code == 0
    assert "UNVERIFIED" in mapping.read_text()
    wrong = command("register-mapping", "--system", "respnd", "--out", tmp_path / "other.yml")
    assert wrong.exit_code == 2 and "did you mean respond?" in wrong.output


def test_the_rows_of_an_extract_refused_for_its_many_bad_rows_are_copied(tmp_path: Path) -> None:
    copy = tmp_path / "problems.csv"
    extract, mapping = CASES / "41-usdates-said-dayfirst.csv", CASES / "map-a.yml"
    assert command("check-register", extract, "--mapping", mapping, "--annotated", copy).exit_code == 1
    assert len(pd.read_csv(copy)) == 127
