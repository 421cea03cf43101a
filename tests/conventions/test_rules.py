"""A check that has never failed is not known to work: each rule of each contract holds on real rows and fails on the
smallest change that breaks it."""

import re
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from warehouse.contracts import Contract, Rule, read_contracts
from warehouse.expectations import Outcome, column, literal, try_rules

PROJECT = Path(__file__).resolve().parents[2]
CONTRACTS = read_contracts(PROJECT / "expectations")
RULES = [(contract, rule) for contract in CONTRACTS.values() for rule in contract.rules]
ROWS = 150
ONE_OF: dict[str, Any] = {
    "VARCHAR": "illustrative",
    # no small count, which rules about small counts would not have
    "BIGINT": 100,
    "INTEGER": 100,
    "DOUBLE": 1.0,
    "BOOLEAN": True,
    "DATE": pd.Timestamp("2023-04-01"),
    "TIMESTAMP": pd.Timestamp("2023-04-01 12:00"),
}


def written(value: Any) -> str:
    """A value of a frame as SQL writes it."""
    if pd.isna(value):
        return "null"
    return (
        f"timestamp '{value}'" if isinstance(value, pd.Timestamp) else literal(getattr(value, "item", lambda: value)())
    )


def variation(contract: Contract, row: dict[str, Any], rule: Rule, breaks: bool) -> dict[str, Any]:
    """The row changed in as few columns as it takes to break the rule, or to keep it."""
    concerned = [name for name in contract.columns if re.search(rf"\b{name}\b", rule.breaks_when)]
    numbers = [float(number) for number in re.findall(r"\b[\d.]+\b", rule.breaks_when)]
    texts = re.findall(r"'([^']*)'", rule.breaks_when)
    tried = {}
    for name in concerned:
        kind = contract.columns[name].type.replace("ENUM", "VARCHAR")
        own = f"cast({written(row[name])} as {kind})"
        if kind in ("VARCHAR", "BOOLEAN"):
            others = ["true", "false"] if kind == "BOOLEAN" else [*map(literal, texts), "'none'"]
        elif kind in ("DATE", "TIMESTAMP"):
            others = [f"{own} - interval 9999 day", f"{own} + interval 9999 day"]
        else:
            others = ["1e9", "-1e9", *(str(number + by) for number in numbers for by in (-1, 0, 1))]
        tried[name] = (own, [f"cast({one} as {kind})" for one in ("null", *others)])
    names = ", ".join(map(column, concerned))
    found = None
    with duckdb.connect() as connection:
        for size in range(len(concerned) + 1):
            changed_in_so_many = " union all ".join(
                f"select {names} from "
                + " cross join ".join(
                    f"(select unnest([{', '.join(others) if name in changed else own}]) as {column(name)})"
                    for name, (own, others) in tried.items()
                )
                for changed in combinations(concerned, size)
            )
            found = connection.execute(
                f"from ({changed_in_so_many})"
                f" where coalesce({rule.breaks_when}, false) is {breaks} order by {names} limit 1"
            ).fetchone()
            if found:
                break
    assert found, f"no row breaks {rule.breaks_when!r}"
    return row | {
        name: pd.Timestamp(value) if isinstance(value, date) else value
        for name, value in zip(concerned, found, strict=True)
    }


def one_row(contract: Contract, rule: Rule | None) -> pd.DataFrame:
    """A row with something in every column, for a relation that is empty here: a council's own cases, and what is
    simulated from the marts."""
    values = {
        name: column.allowed[0] if column.allowed else ONE_OF[column.type] for name, column in contract.columns.items()
    }
    return pd.DataFrame([variation(contract, values, rule, breaks=False) if rule else values])


def excused(contract: Contract, frame: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows a known exception names."""
    known = pd.Series(False, index=frame.index)
    for exception in contract.exceptions:
        same = pd.Series(True, index=frame.index)
        for name, value in exception.key.items():
            same &= frame[name].astype("str").str.slice(0, len(str(value))) == str(value)
        known |= same
    return known


def real_rows(warehouse: duckdb.DuckDBPyConnection, contract: Contract, rule: Rule | None = None) -> pd.DataFrame:
    """Some real rows of a relation, among them every row that a known exception names."""
    known = warehouse.execute("select table_schema || '.' || table_name from information_schema.tables").fetchall()
    if (contract.relation,) not in known:
        return one_row(contract, rule)
    frame = warehouse.execute(f"select * from {contract.relation}").df()
    if not len(frame):
        return one_row(contract, rule)
    # a rule about some rows or filled columns needs such rows to break
    filled = frame.assign(filled=frame.notna().sum(axis=1)).sort_values("filled", ascending=False, kind="stable")
    return frame.loc[filled.index[:ROWS].union(frame.index[excused(contract, frame)])].reset_index(drop=True)


def broken(contract: Contract, frame: pd.DataFrame, rule: Rule) -> tuple[pd.DataFrame, int]:
    """The rows with one of them changed so that it breaks `rule`, and which."""
    ordinary = frame.index[~excused(contract, frame)]
    place = int(ordinary[0])
    changed = frame.copy()
    row = variation(contract, frame.iloc[place].to_dict(), rule, breaks=True)
    for name, value in row.items():
        if isinstance(value, str) or changed[name].isna().all():
            changed[name] = changed[name].astype("object")
        changed.loc[place, name] = value
    return changed, place


def tried(contract: Contract, frame: pd.DataFrame) -> list[Outcome]:
    """What comes of the contract's checks on these rows."""
    with duckdb.connect() as connection:
        connection.execute(f"create schema if not exists {contract.name.layer}")
        connection.from_df(frame).create(contract.relation)
        return try_rules(contract, connection)


def outcome_of(contract: Contract, frame: pd.DataFrame, rule: Rule) -> Outcome:
    """What came of one rule; the structure of the relation is not tried again for each."""
    exceptions = [one for one in contract.exceptions if one.rule == rule.rule]
    alone = {"columns": {}, "blocks": [rule], "warns": [], "exceptions": exceptions}
    outcomes = tried(contract.model_copy(update=alone), frame)
    return next(outcome for outcome in outcomes if outcome.check.sentence == rule.rule)


@pytest.mark.parametrize(
    ("contract", "rule"),
    [
        pytest.param(contract, rule, id=f"{contract.relation}: {rule.rule}")
        for contract, rule in RULES
        if rule.breaks_when
    ],
)
def test_every_rule_holds_on_real_rows_and_names_the_row_that_breaks_it(
    contract: Contract, rule: Rule, shipped_warehouse: duckdb.DuckDBPyConnection
) -> None:
    frame = real_rows(shipped_warehouse, contract, rule)
    assert outcome_of(contract, frame, rule).summary == "passed"
    changed, place = broken(contract, frame, rule)
    outcome = outcome_of(contract, changed, rule)
    assert (outcome.passed, outcome.error) == (False, "")
    assert len(outcome.failing) == 1
    for name in contract.key:
        assert str(outcome.failing[0][name]) in str(changed.loc[place, name])


def test_most_figures_being_unusable_is_noticed(shipped_warehouse: duckdb.DuckDBPyConnection) -> None:
    contract = next(one for name, one in CONTRACTS.items() if name == "core.readings")
    rule = next(one for one in contract.rules if one.fails_when)
    frame = shipped_warehouse.execute("select * from core.readings").df()
    assert outcome_of(contract, frame, rule).passed
    changed = frame.assign(problem="not a number")
    assert not outcome_of(contract, changed, rule).passed


@pytest.mark.parametrize(
    "contract", [pytest.param(one, id=one.relation) for one in CONTRACTS.values() if one.exceptions]
)
def test_a_known_exception_fails_when_its_row_is_mended(
    contract: Contract, shipped_warehouse: duckdb.DuckDBPyConnection
) -> None:
    frame = real_rows(shipped_warehouse, contract)
    rules = {exception.rule for exception in contract.exceptions}
    first = [one for one in tried(contract, frame) if one.check.sentence in rules]
    assert sum(one.excused for one in first) == len(contract.exceptions)
    mended = frame.loc[~excused(contract, frame)]
    stale = [one for one in tried(contract, mended) if one.check.sentence in rules]
    assert [one.passed for one in stale] == [False] * len(stale)
    assert all("no longer needed" in one.summary for one in stale)
