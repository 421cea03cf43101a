"""What a model reads is found in its SQL, whatever the SQL looks like."""

from pathlib import Path

import duckdb
import pytest

from warehouse.contracts import Contract
from warehouse.models import ModelError, code_version, creation, read_model, read_models, relations_read


@pytest.mark.parametrize(
    ("select", "reads"),
    [
        ("select * from core.councils", ["core.councils"]),
        (
            "select * from core.councils as c join raw.codes as k using (gss_code)",
            ["core.councils", "raw.codes"],
        ),
        ("with found as (select * from raw.a) select * from found", ["raw.a"]),
        ("with raw_a as (select 1 as x) select * from raw_a", []),
        ("select * from core.a, lateral (select * from marts.b where b.x = a.x)", ["core.a", "marts.b"]),
        ("select (select max(x) from raw.a) as x from core.b", ["core.b", "raw.a"]),
        ("select * from core.a where x in (select x from core.b)", ["core.a", "core.b"]),
        ("select * from core.a union all by name select * from core.b", ["core.a", "core.b"]),
        ("unpivot raw.pages on a, b into name measure value v", ["raw.pages"]),
        ("select 'from core.nowhere' as x -- from core.comment", []),
        ("select * from core.a as one join core.a as two on one.x = two.x", ["core.a"]),
        (
            "with recursive n as (select 1 as i union all select i + 1 from n, core.a) select * from n",
            ["core.a"],
        ),
        ("from core.a select x", ["core.a"]),
    ],
)
def test_the_relations_that_a_select_reads_are_found(select: str, reads: list[str]) -> None:
    assert list(relations_read(select)) == reads


@pytest.mark.parametrize("text", ["select from where", "select 1; select 2", "drop table core.a", ""])
def test_anything_but_one_select_is_refused(text: str) -> None:
    with pytest.raises(ModelError):
        relations_read(text)


def test_a_model_that_cannot_be_parsed_is_named_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "core" / "broken.sql"
    path.parent.mkdir()
    path.write_text("select from", encoding="utf-8")
    with pytest.raises(ModelError, match=r"broken\.sql"):
        read_model(path)


def test_the_path_is_the_name_and_the_opening_comment_is_what_it_is_about(tmp_path: Path) -> None:
    path = tmp_path / "marts" / "ranks.sql"
    path.parent.mkdir()
    path.write_text(
        "-- One row: one rank.\n-- Ties share a place.\nselect 1 as place -- not this\n;\n", encoding="utf-8"
    )
    (model,) = read_models(tmp_path)
    assert (str(model.relation), model.about) == ("marts.ranks", "One row: one rank.\nTies share a place.")


def test_a_changed_select_and_other_codes_have_another_version(tmp_path: Path) -> None:
    path = tmp_path / "marts" / "ranks.sql"
    path.parent.mkdir()
    result = {"type": "ENUM", "allowed": ["late", "in_time"], "description": "x"}
    contract = {
        "relation": "marts.ranks",
        "row": "one",
        "key": [],
        "group": "register",
        "columns": {"result": result},
    }
    other = contract | {"columns": {"result": result | {"allowed": ["late"]}}}
    versions = set()
    for select in ("select 'late' as result", "select 'in_time' as result"):
        path.write_text(select, encoding="utf-8")
        versions |= {code_version(read_model(path), Contract.model_validate(said)) for said in (contract, other)}
    assert len(versions) == 4


@pytest.mark.parametrize(
    ("stored", "kind", "rows"),
    [
        ("in order of its key", "BASE TABLE", [(1,), (2,), (3,)]),
        ("as it comes", "BASE TABLE", [(3,), (1,), (2,)]),
        ("as a view", "VIEW", [(3,), (1,), (2,)]),
    ],
)
def test_a_relation_is_stored_as_its_contract_says(
    stored: str, kind: str, rows: list[tuple[int]], tmp_path: Path
) -> None:
    path = tmp_path / "core" / "numbers.sql"
    path.parent.mkdir()
    path.write_text("select unnest([3, 1, 2]) as number")
    column = {"type": "INTEGER", "description": "x"}
    contract = Contract.model_validate(
        {
            "relation": "core.numbers",
            "row": "one number",
            "key": ["number"],
            "group": "reference",
            "stored": stored,
            "columns": {"number": column},
        }
    )
    with duckdb.connect() as connection:
        connection.execute("create schema core")
        connection.execute(creation(read_model(path), contract))
        assert connection.execute("from core.numbers").fetchall() == rows
        assert connection.execute("select table_type from information_schema.tables").fetchall() == [(kind,)]


CODES = {
    "row": "one case",
    "key": [],
    "group": "register",
    "stored": "as it comes",
    "columns": {"result": {"type": "ENUM", "allowed": ["late", "in_time"], "description": "x"}},
}
WORDS = {
    "row": "one result",
    "key": ["result"],
    "group": "register",
    "columns": {"result": {"type": "VARCHAR", "allowed": ["late", "in_time"], "description": "x"}},
}


def test_codes_are_stored_as_codes_sort_as_text_and_are_words_again_where_the_contract_says_so(
    tmp_path: Path,
) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "cases.sql").write_text("select unnest(['late', 'in_time', 'late']) as result")
    (tmp_path / "core" / "results.sql").write_text("select distinct result from core.cases")
    with duckdb.connect() as connection:
        connection.execute("create schema core")
        for name, said in (("cases", CODES), ("results", WORDS)):
            contract = Contract.model_validate({"relation": f"core.{name}", **said})
            connection.execute(creation(read_model(tmp_path / "core" / f"{name}.sql"), contract))
        types = {name: connection.execute(f"describe core.{name}").fetchall()[0][1] for name in ("cases", "results")}
        assert types == {"cases": "ENUM('in_time', 'late')", "results": "VARCHAR"}
        assert connection.execute("from core.cases order by result").fetchall()[0] == ("in_time",)
        assert connection.execute("from core.results").fetchall() == [("in_time",), ("late",)]


def test_a_code_that_the_contract_does_not_know_stops_the_model_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "cases.sql").write_text("select 'lost' as result")
    contract = Contract.model_validate({"relation": "core.cases", **CODES})
    with duckdb.connect() as connection:
        connection.execute("create schema core")
        with pytest.raises(duckdb.ConversionException, match="lost"):
            connection.execute(creation(read_model(tmp_path / "core" / "cases.sql"), contract))
