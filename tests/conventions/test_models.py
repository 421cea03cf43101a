"""Every model says what one row is, reads only what its layer may read, and is described column by column."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.contracts import read_contracts
from warehouse.models import Model, read_models
from warehouse.names import Relation
from warehouse.queries import ASKED

PROJECT = Path(__file__).resolve().parents[2]
MODELS = read_models(PROJECT / "sql")
CONTRACTS = read_contracts(PROJECT / "expectations")
QUERIES = sorted(ASKED.glob("*.sql"))
SELECTS = {str(model.relation): model.select for model in MODELS} | {
    path.stem: path.read_text(encoding="utf-8") for path in QUERIES
}


def named(model: Model) -> str:
    return str(model.relation)


@pytest.mark.parametrize("name", SELECTS)
def test_every_select_opens_by_saying_what_one_row_is(name: str) -> None:
    assert SELECTS[name].startswith("-- One row: ")


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_what_a_model_says_of_itself_is_whole_sentences(model: Model) -> None:
    """What opens the file is shown in Dagster and the dictionary: a remark on the code would be shown with it."""
    assert model.about.endswith(".")
    assert not re.search(r"\.\n[a-z]", model.about)


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_every_model_has_a_contract_and_exactly_its_columns(
    model: Model, shipped_warehouse: duckdb.DuckDBPyConnection
) -> None:
    described = shipped_warehouse.execute(f"describe {model.relation}").fetchall()
    expected = {name: column.duckdb_type for name, column in CONTRACTS[model.relation].columns.items()}
    assert {row[0]: row[1] for row in described} == expected
    assert [row[0] for row in described] == list(expected)


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_every_model_runs_as_it_stands_without_templates_or_parameters(model: Model) -> None:
    assert re.findall(r"\$\w+|{{|{%", model.select) == []


def layers_read(layer: str) -> set[str]:
    return {read.layer for model in MODELS if model.relation.layer == layer for read in model.reads}


def test_staging_reads_only_raw() -> None:
    assert layers_read("staging") == {"raw"}


# what core types itself: staging would list the same columns once more and change nothing
READ_RAW = {
    "our own declarations, one row a line": {
        *("breaks", "chart_rebases", "clock_limits", "clock_readings", "comparator_groups", "indicators"),
        *("measure_names", "measures", "own_comparators"),
    },
    "a list that nothing else is harmonised with": {"bank_holidays"},
    "the archive's own rows, read as one source": {
        *("captured_decisions", "captured_searches"),
    },
}


def test_core_reads_raw_only_where_it_is_said_why() -> None:
    core = {model for model in MODELS if model.relation.layer == "core"}
    raw = {read.table for model in core for read in model.reads if read.layer == "raw"}
    assert raw == set().union(*READ_RAW.values())


def test_what_is_published_reads_core_and_marts_alone() -> None:
    assert layers_read("published") <= {"core", "marts"}


def test_core_reads_nothing_that_is_made_from_it() -> None:
    assert not layers_read("core") & {"marts", "quality"}


def test_marts_never_read_raw_and_read_staging_only_of_one_source_alone() -> None:
    reads = {
        read for model in MODELS if model.relation.layer == "marts" for read in model.reads if read.layer != "marts"
    }
    assert not {read for read in reads if read.layer == "raw"}
    # a register's own tables, a plan, replies, practices and decisions meet no other source, so core harmonises nothing
    single = {read for read in reads if read.layer == "staging"}
    assert {read.table.split("_")[0] for read in single} <= {
        "register",
        "plan",
        "replies",
        "practices",
        "stage2",
    }


def test_every_relation_that_a_model_reads_has_a_contract() -> None:
    assert {read for model in MODELS for read in model.reads} <= set(CONTRACTS)


def aliases(tree: Any) -> Iterator[str]:
    """Every alias of a relation or column and every name of a common table expression in one parsed SELECT."""
    if isinstance(tree, dict):
        yield tree.get("alias") or ""
        for entry in (tree.get("cte_map") or {}).get("map", []):
            yield entry["key"]
        for value in tree.values():
            yield from aliases(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from aliases(value)


def aliases_of(select: str) -> set[str]:
    parsed = duckdb.connect().execute("select json_serialize_sql(?)", [select]).fetchall()[0][0]
    return set(aliases(json.loads(parsed))) - {""}


def test_a_single_letter_alias_would_be_found() -> None:
    assert {"c", "n", "x"} <= aliases_of("with c as (select 1 as n) select n from c as x")


@pytest.mark.parametrize("name", SELECTS)
def test_no_alias_is_a_single_letter(name: str) -> None:
    parseable = re.sub(r"\$\w+", "'parameter'", SELECTS[name])
    assert [alias for alias in aliases_of(parseable) if len(alias) == 1] == []


def test_no_sql_is_written_in_capitals() -> None:
    shouted = re.compile(r"\b(SELECT|FROM|WHERE|JOIN|GROUP BY|ORDER BY|WITH|CASE|WHEN)\b")
    found = [
        name
        for name, select in SELECTS.items()
        if shouted.search("\n".join(line for line in select.splitlines() if not line.lstrip().startswith("--")))
    ]
    assert found == []


@pytest.mark.parametrize("relation", CONTRACTS, ids=str)
def test_every_contract_says_what_one_row_is_in_a_sentence(relation: Relation) -> None:
    row = CONTRACTS[relation].row
    assert row[0].isupper() or row[0] == '"'
    assert row.endswith((".", "`.", "`"))


@pytest.mark.parametrize("relation", CONTRACTS, ids=str)
def test_booleans_are_named_as_questions_and_percentages_by_their_unit(relation: Relation) -> None:
    columns = CONTRACTS[relation].columns
    booleans = [name for name, column in columns.items() if column.type == "BOOLEAN"]
    assert [name for name in booleans if not name.startswith(("is_", "has_")) and relation != "quality.checks"] == []
