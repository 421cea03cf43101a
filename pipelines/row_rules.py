"""The rules of a relation of very many rows, tried in DuckDB; Great Expectations then judges what was found.

On pandas Great Expectations needs eight seconds for a million rows, and the memory of all of them. A council's cases
can be that many. So from `MANY_ROWS` on, each rule that the contract implies or lists is one expression over the
relation, all of them are counted in one pass, and the suite that runs is on one row a rule: how many rows it was
tried on and how many break it. The outcomes are the same objects, with the same failing keys, as on the other way.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
from duckdb import ColumnExpression, ConstantExpression, DuckDBPyRelation, Expression, FunctionExpression

from warehouse.connection import Warehouse
from warehouse.contracts import Condition, Contract, Rule

if TYPE_CHECKING:
    from pipelines.expectations import Check, Outcome

MANY_ROWS = 200_000
LISTED_ROWS = 10_000
BETWEEN = {"column", "min_value", "max_value"}


def _any(conditions: list[Expression]) -> Expression:
    whole = conditions[0]
    for condition in conditions[1:]:
        whole |= condition
    return whole


def _missing(arguments: dict[str, Any]) -> Expression:
    names = arguments.get("column_list") or [arguments["column"]]
    return _any([ColumnExpression(name).isnull() for name in names])


def _unknown(arguments: dict[str, Any]) -> Expression:
    return ColumnExpression(arguments["column"]).isnotin(*map(ConstantExpression, arguments["value_set"]))


def _outside(arguments: dict[str, Any]) -> Expression:
    column = ColumnExpression(arguments["column"])
    low, high = arguments.get("min_value"), arguments.get("max_value")
    limits = [] if low is None else [column < ConstantExpression(low)]
    return _any(limits if high is None else [*limits, column > ConstantExpression(high)])


# What a row that breaks the rule looks like. Nothing is said of a missing value but by the first two.
BREAKS: dict[str, Callable[[dict[str, Any]], Expression]] = {
    "ExpectRequiredValuesPresent": _missing,
    "ExpectColumnValuesToNotBeNull": _missing,
    "ExpectColumnValuesToBeInSet": _unknown,
    "ExpectColumnValuesToBeBetween": _outside,
}
UNIQUE = ("ExpectColumnValuesToBeUnique", "ExpectCompoundColumnsToBeUnique")


def in_sql(contract: Contract) -> bool:
    """Whether every rule of the contract can be tried in SQL; one that cannot is tried on all rows as elsewhere."""

    def has_counterpart(rule: Rule) -> bool:
        if rule.expect == "ExpectColumnValuesToBeBetween":
            return set(rule.arguments) <= BETWEEN
        return rule.expect in BREAKS and "mostly" not in rule.arguments

    return not contract.exceptions and all(map(has_counterpart, contract.rules))


def run(
    warehouse: Warehouse,
    contract: Contract,
    checks: list["Check"],
    judge: Callable[[Contract, pd.DataFrame], list["Outcome"]],
) -> list["Outcome"]:
    """The outcome of every check of a relation of many rows. At most `LISTED_ROWS` failing rows are listed of each; how
    many there are is said. judge: what a suite finds in a frame, such as `Validator.run`."""
    from pipelines.expectations import Outcome

    rows = warehouse.connection.sql(f"from {contract.name}")
    found = {check.name: _tried(rows, contract, check) for check in checks}
    conditions = {name: broken for name, broken in found.items() if isinstance(broken, Expression)}
    counts = {name: broken for name, broken in found.items() if isinstance(broken, int)}
    if conditions:
        counted = [FunctionExpression("count_if", condition) for condition in conditions.values()]
        counts |= dict(zip(conditions, rows.aggregate(counted).fetchall()[0], strict=True))
    results = pd.DataFrame(
        {
            "rule": [check.name for check in checks],
            "rows_checked": warehouse.count(contract.name),
            "rows_broken": [counts[check.name] for check in checks],
        }
    )
    judged = judge(_results_contract(contract), results)
    errors = "; ".join(
        f"{outcome.check.name}: {outcome.summary}" for outcome in judged[:-1] if not outcome.passed
    )
    broken = {row["rule"] for row in judged[-1].failing}
    outcomes = []
    for check in checks:
        outcome = Outcome(check, error=errors or judged[-1].error)
        if check.name in broken:
            outcome.failing = _listed(rows, contract, check, conditions.get(check.name))
            if counts[check.name] > len(outcome.failing):
                outcome.observed = (
                    f"{counts[check.name]:,} rows fail, of which {len(outcome.failing):,} are listed"
                    if outcome.failing
                    else f"found {len(rows):,} rows with the columns {', '.join(rows.columns)}"
                )
        outcomes.append(outcome)
    return outcomes


def _tried(rows: DuckDBPyRelation, contract: Contract, check: "Check") -> Expression | int:
    """What breaks a check: a condition of a row, or how much was found of what no single row shows."""
    class_name, arguments = check.expectations[0]
    if class_name == "ExpectTableColumnsToMatchOrderedList":
        return int(rows.columns != arguments["column_list"])
    if class_name == "ExpectTableRowCountToBeBetween":
        return int(len(rows) < arguments["min_value"])
    if class_name in UNIQUE:
        return _copies(rows, contract).aggregate("coalesce(sum(copies), 0)::bigint").fetchall()[0][0]
    condition = _any([BREAKS[name](its) for name, its in check.expectations])
    return condition & _about(check.when) if check.when else condition


def _about(when: Condition) -> Expression:
    return ColumnExpression(when.column) == ConstantExpression(when.equals)


def _copies(rows: DuckDBPyRelation, contract: Contract) -> DuckDBPyRelation:
    key = [ColumnExpression(name) for name in contract.key]
    counted = rows.aggregate([*key, FunctionExpression("count_star").alias("copies")])
    return counted.filter(ColumnExpression("copies") > ConstantExpression(1))


def _listed(
    rows: DuckDBPyRelation, contract: Contract, check: "Check", condition: Expression | None
) -> list[dict[str, Any]]:
    """The keys of failing rows; of a missing value also in which column."""
    from pipelines.expectations import REQUIRED, plain

    if check.expectations[0][0] in UNIQUE:
        failing, names = _copies(rows, contract), contract.key
    elif condition is None:
        return []
    else:
        required = check.expectations[0][1].get("column_list", []) if check.name == REQUIRED else []
        shown = required or [arguments["column"] for _, arguments in check.expectations]
        failing, names = rows.filter(condition), list(dict.fromkeys([*contract.key, *shown]))
    listed = [
        dict(zip(names, map(plain, row), strict=True))
        for row in failing.select(*map(ColumnExpression, names)).limit(LISTED_ROWS).fetchall()
    ]
    if check.name != REQUIRED:
        return listed
    return [
        {name: value for name, value in row.items() if name in contract.key}
        | {"missing": ", ".join(name for name, value in row.items() if value is None)}
        for row in listed
    ]


def _results_contract(contract: Contract) -> Contract:
    """The contract of what was found: one row a rule of `contract`, and no row may break one."""
    whole = {"type": "BIGINT", "description": "rows"}
    return Contract.model_validate(
        {
            "relation": contract.relation,
            "row": f"one rule of {contract.relation}, tried in SQL",
            "key": ["rule"],
            "group": contract.group,
            "columns": {
                "rule": {"type": "VARCHAR", "description": "rule"},
                "rows_checked": whole,
                "rows_broken": whole,
            },
            "rows": {"at_least": 1},
            "blocks": [
                {
                    "rule": "No row breaks the rule",
                    "expect": "ExpectColumnValuesToBeBetween",
                    "with": {"column": "rows_broken", "min_value": 0, "max_value": 0},
                }
            ],
        }
    )
