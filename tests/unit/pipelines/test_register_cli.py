"""The complaints manager's commands: nothing filled in is written over, and every sheet of the template is read."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import sqlalchemy
from typer.testing import CliRunner, Result

from assets.council.register import register_store
from pipelines.cli import app
from pipelines.settings import Settings

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
    assert "Held already, nothing changed" in command("peer-return", "read", path).output
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
    assert "Nothing is kept. Next: put the rows set aside right" in checked.output
    loaded = command("check-register", path, "--mapping", mapping, "--load")
    assert loaded.exit_code == 2 and "every row of Case stages was set aside" in loaded.output
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
