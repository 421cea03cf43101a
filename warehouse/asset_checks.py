"""Suites as Dagster asset checks: one step checks one relation, one Dagster check stands for one rule.

Structure and the `blocks` rules stop whatever is downstream, the `warns` rules do not. DuckDB's column types are
invisible in pandas, so `relations.require_schema` checks those before the suite runs.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import dagster as dg
import duckdb
import pandas as pd
import pyarrow as pa

from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.expectations import SHOWN_ROWS, Outcome, checks_of, identifier, try_rules
from warehouse.names import Relation
from warehouse.relations import asset_key, preview

FAILURES = Relation("checking.failures")
RESULTS = Relation("checking.results")
ABOUT = [(name, pa.string()) for name in ("relation", "check_name", "rule", "severity")]
RESULT = pa.schema(
    [
        *ABOUT,
        ("passed", pa.bool_()),
        ("failing_rows", pa.int64()),
        ("excused_rows", pa.int64()),
        ("summary", pa.string()),
    ]
)
FAILURE = pa.schema([*ABOUT, ("row_key", pa.string())])


def record(warehouse: Warehouse, contract: Contract, outcomes: list[Outcome]) -> None:
    """Note what came of the checks of one relation, to be written with that of the others: `write_outcomes`."""
    if not warehouse.outcomes:
        warehouse.before_closing(lambda: write_outcomes(warehouse))
    warehouse.outcomes[contract.name] = outcomes


def write_outcomes(warehouse: Warehouse) -> None:
    """Replace what the warehouse holds about the checks of every relation that was checked since this was last done.

    That a relation is sound is kept with it, all or none: a run that is killed before has its tables checked again."""
    if not warehouse.outcomes:
        return
    results, failing = [], []
    for relation, outcomes in warehouse.outcomes.items():
        for outcome in outcomes:
            about = {
                "relation": str(relation),
                "check_name": outcome.check.name,
                "rule": outcome.check.sentence,
                "severity": "blocks" if outcome.check.blocking else "warns",
            }
            results.append(
                about
                | {
                    "passed": outcome.passed,
                    "failing_rows": len(outcome.failing),
                    "excused_rows": outcome.excused,
                    "summary": outcome.summary,
                }
            )
            failing += [
                about | {"row_key": json.dumps(row, ensure_ascii=False, sort_keys=True)} for row in outcome.failing
            ]
    with warehouse.at_once() as connection:
        for table, columns, rows in ((RESULTS, RESULT, results), (FAILURES, FAILURE, failing)):
            connection.from_arrow(pa.Table.from_pylist(rows, columns)).create_view("incoming_rows")
            connection.execute(f"create table if not exists {table} as from incoming_rows limit 0")
            connection.execute(
                f"delete from {table} where list_contains(?::varchar[], relation)", [list(warehouse.outcomes)]
            )
            connection.execute(f"insert into {table} by name from incoming_rows")
            connection.execute("drop view incoming_rows")
        for relation, outcomes in warehouse.outcomes.items():
            warehouse.note_checked(relation, is_sound(outcomes))
    warehouse.outcomes.clear()


def is_sound(outcomes: list[Outcome]) -> bool:
    """Whether no check that blocks found anything."""
    return all(outcome.passed or not outcome.is_blocking for outcome in outcomes)


STRUCTURE = "columns_keys_and_required_values"


@dataclass(frozen=True)
class DagsterCheck:
    """What Dagster shows as one check: all of a relation's structure together, or one rule of its own."""

    name: str
    description: str
    blocking: bool
    parts: tuple[str, ...]


def dagster_checks(contract: Contract) -> list[DagsterCheck]:
    """The Dagster checks of one relation.

    Structure is one of them, because every check costs Dagster some twenty milliseconds of history whatever it finds;
    which part of it failed is said in the result, and every part has its row in quality.checks.
    """
    checks = checks_of(contract)
    own = {identifier(rule.rule) for rule in contract.rules}
    structure = tuple(check.name for check in checks if check.name not in own)
    sentences = "; ".join(check.sentence for check in checks if check.name in structure)
    return [
        DagsterCheck(STRUCTURE, sentences, True, structure),
        *(
            DagsterCheck(check.name, check.sentence, check.blocking, (check.name,))
            for check in checks
            if check.name in own
        ),
    ]


def council_names(warehouse: Warehouse) -> dict[str, str]:
    """The councils' everyday names by ONS code; none before the table of councils is made."""
    try:
        return dict(warehouse.connection.execute("select gss_code, nice_name from core.councils").fetchall())
    except duckdb.CatalogException:
        return {}


def _named(rows: list[dict[str, Any]], names: Mapping[str, str]) -> pd.DataFrame:
    """The rows with the council's name first where they have its code."""
    if not any(row.get("gss_code") in names for row in rows):
        return pd.DataFrame(rows)
    return pd.DataFrame([{"council": names.get(row["gss_code"]), **row} for row in rows])


def evaluation(
    key: dg.AssetKey,
    check: DagsterCheck,
    outcomes: list[Outcome],
    names: Mapping[str, str] = MappingProxyType({}),
) -> dg.AssetCheckResult:
    """The result that Dagster shows for one of its checks: what failed in words, and the first failing rows."""
    failed = [outcome for outcome in outcomes if not outcome.passed]
    named = len(check.parts) > 1
    summary = "; ".join(f"{one.check.name}: {one.summary}" if named else one.summary for one in failed) or "passed"
    excused = sum(outcome.excused for outcome in outcomes)
    # numbers on every run, also where nothing fails, so that Dagster plots them
    metadata: dict[str, Any] = {
        "summary": summary,
        "number of failing rows": sum(len(outcome.failing) for outcome in failed),
        "number of known exceptions": excused,
    }
    for outcome in failed:
        if outcome.failing:
            label = f" of {outcome.check.name}" if named else ""
            metadata[f"first failing rows{label}"] = preview(_named(outcome.failing[:SHOWN_ROWS], names))
    is_error = any(outcome.is_blocking for outcome in failed or outcomes)
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=check.name,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
        description=summary,
    )


def asset_checks(contract: Contract, *, is_recorded: bool = True) -> dg.AssetChecksDefinition:
    """The Dagster step that tries every check of one relation, and records what came of it for the quality layer.

    is_recorded: not so for a relation made after the quality layer, whose record would turn up in the next run's."""
    checks = dagster_checks(contract)
    key = asset_key(contract.name)

    @dg.multi_asset_check(
        name=f"check__{contract.name.layer}__{contract.name.table}",
        specs=[
            dg.AssetCheckSpec(check.name, asset=key, description=check.description, blocking=check.blocking)
            for check in checks
        ],
    )
    def run_checks(warehouse: Warehouse) -> Iterator[dg.AssetCheckResult]:
        outcomes = try_rules(contract, warehouse.connection)
        if is_recorded:
            record(warehouse, contract, outcomes)
        else:
            warehouse.note_checked(contract.name, is_sound(outcomes))
        by_name = {outcome.check.name: outcome for outcome in outcomes}
        names = council_names(warehouse) if any(outcome.failing for outcome in outcomes) else {}
        for check in checks:
            yield evaluation(key, check, [by_name[part] for part in check.parts], names)

    return run_checks
