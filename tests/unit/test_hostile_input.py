"""What hostile pages, tables, registers, plans, names and settings try, and that nothing comes of it.

docs/threat-model.md names each threat with its tests; those that belong to one reader or writer stand beside its own.
"""

import io
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import click
import duckdb
import pytest
import xlsxwriter
from dagster._cli.dev import dev_command
from dagster_webserver.cli import dagster_webserver

from assets.council.check import check_register
from assets.council.mapping import MappingError, read_mapping
from assets.council.querying import read_rows
from assets.council.register import register_store
from assets.example.cases import AS_AT, GSS_CODE, as_delivered, example_register
from assets.improvement.measures import polarities
from assets.improvement.plan import check_plan
from assets.improvement.store import Reply, SignOff, UndertakingStore
from assets.improvement.template import ILLUSTRATIVE as ILLUSTRATIVE_PLAN
from assets.ombudsman.collection import as_at_settings
from assets.ombudsman.parse_page import parse_page
from assets.ombudsman.parse_table import TableError, parse_table
from tests.standin.figures import ILLUSTRATIVE, generation_of
from tests.standin.pages import blocks_of, render
from warehouse.connection import WAREHOUSE_FILE, Warehouse, exclusive, open_warehouse
from warehouse.councils import Lookup, UnknownSubjectError, checked_year
from warehouse.files import open_to_others
from warehouse.names import Relation
from warehouse.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]
# ten entities, each ten of the one before: ten thousand million characters, if anybody expanded them
ENTITIES = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
BOMB = f'<!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa">{ENTITIES}]>'
# the same in YAML
ALIASES = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 10)}]\n" for n in range(9)
)
TAG = "columns: !!python/object/apply:os.system ['touch {path}']\n"


def page() -> str:
    return render(blocks_of(ILLUSTRATIVE, generation_of(ILLUSTRATIVE)))


def figures(html: str) -> dict[str, str]:
    return {one.measure: str(one.value) for one in parse_page(html.encode()).observations}


def workbook_with_entities() -> bytes:
    """A small workbook whose texts ask for an entity to be expanded."""
    plain, hostile = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(plain) as book:
        book.add_worksheet().write_row(0, 0, ["case_reference", "received_on"])
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(hostile, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            if name.endswith("sharedStrings.xml"):
                text = text.replace("?>", f"?>{BOMB}", 1).replace("case_reference", "&j;")
            target.writestr(name, text)
    return hostile.getvalue()


def test_entities_of_a_page_are_not_expanded() -> None:
    assert figures(f"{BOMB}<html><body><p>&j;</p>{page()}") == figures(page())


def test_entities_of_a_tables_workbook_are_not_expanded() -> None:
    with pytest.raises(TableError):
        parse_table(workbook_with_entities(), "https://site.example/table-24-25.xlsx")


def test_entities_of_a_registers_workbook_are_not_expanded(tmp_path: Path) -> None:
    (tmp_path / "extract.xlsx").write_bytes(workbook_with_entities())
    report = check_register(
        tmp_path / "extract.xlsx", gss_code=GSS_CODE, salt=bytes(32), as_at=AS_AT, table="case_stages"
    )
    assert report.is_refused and len(report.as_text()) < 2000


@pytest.mark.parametrize("number", ["9" * 25, "9" * 5000, "999,999,999,999,999,999", "1e999", "-5", "٣٣", "0x1F"])
def test_a_number_beyond_reason_on_a_page_is_no_figure_and_is_set_aside(number: str) -> None:
    hostile = parse_page(page().replace("1,234", number).encode())
    assert "dealt_with" not in {one.measure for one in hostile.observations}
    assert "missing figure: dealt_with" in {doubt.reason for doubt in hostile.quarantined}


@pytest.mark.parametrize("content", [ALIASES, "columns: [" * 5000, "\0", "- - - -", "[1, 2"])
def test_a_mapping_that_is_a_bomb_or_no_mapping_is_refused_in_one_message(tmp_path: Path, content: str) -> None:
    (tmp_path / "mapping.yml").write_text(content, encoding="utf-8")
    with pytest.raises(MappingError) as refused:
        read_mapping(tmp_path / "mapping.yml")
    assert len(str(refused.value)) < 2000


@pytest.mark.parametrize("content", [ALIASES, "actions: [" * 5000, "\0", "- - - -", "[1, 2"])
def test_a_plan_that_is_a_bomb_or_no_plan_is_refused_in_one_message(tmp_path: Path, content: str) -> None:
    (tmp_path / "plan.yml").write_text(content, encoding="utf-8")
    report = check_plan(tmp_path / "plan.yml", {})
    assert report.refusals and len(report.as_text()) < 2000


def test_a_file_of_ours_runs_no_code(tmp_path: Path) -> None:
    touched, file = tmp_path / "touched", tmp_path / "file.yml"
    file.write_text(TAG.format(path=touched), encoding="utf-8")
    with pytest.raises(MappingError):
        read_mapping(file)
    assert check_plan(file, {}).refusals
    assert not touched.exists()


@pytest.mark.parametrize(
    "day",
    ["../../elsewhere", "/elsewhere", "2026-05-01/../..", "today", "2026-5-1", "20260501", "2026-W01-1", ""],
)
def test_a_day_that_is_a_path_is_no_day(day: str) -> None:
    with pytest.raises(ValueError, match="is not a date such as"):
        as_at_settings(Settings(), day)


@pytest.mark.parametrize("name", ["../../elsewhere", "x'; drop table raw.councils; --", "%", "", "*", "a" * 100_000])
def test_a_councils_name_that_is_a_path_or_sql_is_nobody(name: str) -> None:
    lookup = Lookup(Settings())
    with pytest.raises(UnknownSubjectError):
        lookup.council(name)
    with pytest.raises(UnknownSubjectError):
        lookup.comparators(name)
    assert lookup.council("kent").slug == "kent-county-council"


@pytest.mark.parametrize("year", ["2023-24' or 1=1 --", "2023-24\n", "../2023-24"])
def test_a_year_that_is_sql_is_no_year(year: str) -> None:
    with pytest.raises(UnknownSubjectError):
        checked_year(year)


@pytest.mark.parametrize("code", ["../../../x", "E10000034/..", "E1000003", ""])
def test_a_code_that_is_a_path_keeps_no_delivery(tmp_path: Path, code: str) -> None:
    store = register_store(Settings(state=tmp_path / "state"))
    with pytest.raises(ValueError, match="not a council's code"):
        store.deliver(delivery(tmp_path, code))
    assert [path.name for path in tmp_path.rglob("*.parquet")] == []


def delivery(tmp_path: Path, code: str = GSS_CODE):  # type: ignore[no-untyped-def]
    text = as_delivered(example_register(40))
    rows = read_rows("illustrative", list(text.columns), text.itertuples(index=False, name=None))
    return check_register(rows, gss_code=code, salt=bytes(32), as_at=AS_AT, table="case_stages")


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_everything_about_people_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    state = tmp_path / "state"
    store = register_store(Settings(state=state))
    store.salt()
    store.deliver(delivery(tmp_path))
    undertakings = UndertakingStore(state / "undertakings")
    undertakings.keep_reply(Reply("uphold_rate", "2023-24", "text", "manager", "2026-11-23", "88.5%"), GSS_CODE)
    undertakings.keep_plan(check_plan(ILLUSTRATIVE_PLAN, polarities(Settings().indicators)), GSS_CODE)
    undertakings.sign_off(SignOff("x", "checked", "manager", "2026-11-23"), GSS_CODE)
    with exclusive(state / WAREHOUSE_FILE, 0), open_warehouse(state / WAREHOUSE_FILE):
        assert open_to_others(state) == []
    files = {path.suffix for path in state.rglob("*") if path.is_file()}
    assert {".parquet", ".problems", ".json", ".duckdb", ".lock"} <= files


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_a_warehouse_that_others_can_read_is_closed_whenever_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "state" / WAREHOUSE_FILE
    path.parent.mkdir()
    open_warehouse(path).close()
    for each, mode in ((path.parent, 0o755), (path, 0o644)):
        each.chmod(mode)
    with exclusive(path, 0), open_warehouse(path):
        assert open_to_others(path.parent) == []


def test_a_folder_whose_name_is_sql_is_a_folder(tmp_path: Path) -> None:
    hostile = tmp_path / "it's'; drop schema marts cascade; --"
    hostile.mkdir()
    warehouse = Warehouse(
        path=str(hostile / "warehouse.duckdb"),
        published=str(hostile / "out.duckdb"),
        lock_wait_seconds=5,
        shared="",
    )
    warehouse._connection = open_warehouse(Path(warehouse.path))
    warehouse.create(Relation("marts.figures"), "select 1 as x", ["x"])
    warehouse.publish()
    warehouse._connection.close()
    with duckdb.connect(warehouse.published, read_only=True) as reader:
        assert reader.execute("from marts.figures").fetchall() == [(1,)]


TEMPLATES = sorted((PROJECT / "assets" / "publication" / "templates").glob("*.j2"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_page_carries_script_in_its_markup(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert re.findall(r"""<[^>]*\son[a-z]+\s*=|javascript:|<[^>]*\sstyle\s*=|\|\s*safe\b""", text) == []


def test_every_page_has_a_policy_that_lets_in_only_what_it_names_by_hash() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES}
    documents = [name for name, text in texts.items() if "<!doctype" in text]
    assert "base.html.j2" in documents
    for name in documents:
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', texts[name])
        assert policy, name
        assert "default-src 'none'" in policy[1] and "unsafe" not in policy[1] and "http" not in policy[1], name


@pytest.mark.parametrize("command", [dev_command, dagster_webserver], ids=["dagster dev", "dagster-webserver"])
def test_the_user_interface_listens_on_this_machine_alone(command: click.Command) -> None:
    given = command.make_context("dagster", [], resilient_parsing=True).params
    assert given["host"] in (None, "127.0.0.1")


def test_nothing_of_ours_lets_the_user_interface_listen_elsewhere() -> None:
    assert "0.0.0.0" not in (PROJECT / "dagster.yaml").read_text(encoding="utf-8")
    assert "0.0.0.0" not in (PROJECT / "pyproject.toml").read_text(encoding="utf-8")


def test_a_slip_in_the_settings_is_one_message_without_the_value(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "doctor"],
        env={**os.environ, "BENCHMARK_LOCK_WAIT_SECONDS": "hunter2", "BENCHMARK_STATE": str(tmp_path)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "lock_wait_seconds" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout and "Traceback" not in done.stderr
