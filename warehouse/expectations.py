"""Contracts turned into Great Expectations suites, and what a suite finds in a relation.

Each check is one SELECT of the rows that break it, which Great Expectations runs in DuckDB whatever the number of rows.
Great Expectations takes seconds to import, so it is imported where rules are tried.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from warehouse.contracts import Contract, Rule

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult

SHOWN_ROWS = 5
LISTED_ROWS = 10_000


@dataclass(frozen=True)
class Check:
    """One check of a relation: a sentence, and the SELECT of what breaks it, in which {batch} is the relation.

    is_about_rows: whether no row can break it where there is none.
    """

    name: str
    sentence: str
    blocking: bool
    query: str
    is_about_rows: bool = True


@dataclass
class Outcome:
    """What came of one check: the failing rows by key, or the reason why it could not run."""

    check: Check
    failing: list[dict[str, Any]] = field(default_factory=list)
    observed: str = ""
    stale_exceptions: list[dict[str, Any]] = field(default_factory=list)
    excused: int = 0
    error: str = ""

    @property
    def passed(self) -> bool:
        return not (self.failing or self.observed or self.stale_exceptions or self.error)

    @property
    def is_blocking(self) -> bool:
        """Whether nothing downstream may be made if it failed: also where it could not run, whatever its rule says."""
        return self.check.blocking or bool(self.error)

    @property
    def summary(self) -> str:
        """One sentence for a person."""
        if self.error:
            return f"could not run: {self.error}"
        said = [self.observed] if self.observed else []
        if self.failing:
            keys = "; ".join(_shown(key) for key in self.failing[:SHOWN_ROWS])
            more = f" and {len(self.failing) - SHOWN_ROWS} more" if len(self.failing) > SHOWN_ROWS else ""
            said.append(f"{len(self.failing)} row(s) fail: {keys}{more}")
        if self.stale_exceptions:
            keys = "; ".join(_shown(key) for key in self.stale_exceptions)
            said.append(f"a known exception is no longer needed, remove it from the contract: {keys}")
        return ". ".join(said) or "passed"


def _shown(key: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in key.items())


def identifier(sentence: str) -> str:
    """The name of the check that a rule's sentence gives."""
    return re.sub(r"[^a-z0-9]+", "_", sentence.lower()).strip("_")[:90]


def column(name: str) -> str:
    """A column's name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """A value as SQL writes it inside a pattern of Great Expectations."""
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    text = _doubled(str(value).replace("'", "''"))
    return f"{'date ' if isinstance(value, date) else ''}'{text}'"


def _in(name: str, values: list[Any]) -> str:
    return f"{column(name)} in ({', '.join(map(literal, values))})"


def checks_of(contract: Contract) -> list[Check]:
    """The checks of one relation: the structure that its columns and key imply, then its own rules."""
    return [
        *_structure(contract),
        *(_own(contract, rule, blocking=True) for rule in contract.blocks),
        *(_own(contract, rule, blocking=False) for rule in contract.warns),
    ]


def _structure(contract: Contract) -> list[Check]:
    key = [column(name) for name in contract.key]
    required = [name for name, its in contract.columns.items() if not its.nullable]
    limited = {name: its.allowed for name, its in contract.columns.items() if its.allowed is not None}
    names = ", ".join(map(literal, contract.columns))
    checks = [
        Check(
            "has_its_columns",
            "The relation has the columns of its contract, in order",
            True,
            "select array_to_string(list(column_name), ', ') as columns from (describe {batch})"
            f" having list(column_name) <> [{names}]",
            is_about_rows=False,
        )
    ]
    if least := contract.at_least:
        checks.append(
            Check(
                "has_enough_rows",
                f"The relation has at least {least} rows",
                True,
                f"select count(*) as rows from {{batch}} having count(*) < {least}",
                is_about_rows=False,
            )
        )
    if required:
        cases = ", ".join(f"case when {column(name)} is null then {literal(name)} end" for name in required)
        shown = ", ".join([*key, f"concat_ws(', ', {cases}) as missing"])
        checks.append(
            Check(
                "nothing_required_is_missing",
                f"No value is missing in {', '.join(required)}",
                True,
                f"select {shown} from {{batch}} where " + " or ".join(f"{column(name)} is null" for name in required),
            )
        )
    if limited:
        checks.append(
            Check(
                "codes_are_known",
                f"Only the listed codes stand in {', '.join(limited)}",
                True,
                _rows(contract, list(limited), " or ".join(f"not {_in(*its)}" for its in limited.items())),
            )
        )
    if key:
        checks.append(
            Check(
                "key_is_unique",
                f"One row per {', '.join(contract.key)}",
                True,
                f"select {', '.join(key)} from (select {', '.join(key)}, count(*) as copies from {{batch}}"
                " group by all having count(*) > 1) as twice, lateral (select unnest(range(twice.copies)))",
            )
        )
    return checks


def _own(contract: Contract, rule: Rule, blocking: bool) -> Check:
    if rule.fails_when:
        query = f"select count(*) as rows from {{batch}} having {_doubled(rule.fails_when)}"
    else:
        concerned = [name for name in contract.columns if re.search(rf"\b{name}\b", rule.breaks_when)]
        query = _rows(contract, concerned, _doubled(rule.breaks_when))
    return Check(identifier(rule.rule), rule.rule, blocking, query)


def _doubled(sql: str) -> str:
    """SQL with its braces doubled, as a pattern of Great Expectations has them."""
    return sql.replace("{", "{{").replace("}", "}}")


def _rows(contract: Contract, shown: list[str], condition: str) -> str:
    """The rows of which a condition holds, by their key and the columns concerned."""
    names = ", ".join(map(column, dict.fromkeys([*contract.key, *shown])))
    return f"select {names} from {{batch}} where {condition}"


def try_rules(contract: Contract, connection: duckdb.DuckDBPyConnection) -> list[Outcome]:
    """The outcome of every check of one relation as the connection sees it."""
    checks = checks_of(contract)
    is_empty = not connection.execute(f"select exists (from {contract.relation})").fetchall()[0][0]
    # no row can break a rule about rows: most of the register's relations, where none is loaded
    tried = [check for check in checks if not (is_empty and check.is_about_rows)]
    found = {_check(one): one for one in _validated(contract, connection, tried)} if tried else {}
    return [_outcome(contract, connection, check, found.get(check.name)) for check in checks]


def _validated(
    contract: Contract, connection: duckdb.DuckDBPyConnection, checks: list[Check]
) -> "list[ExpectationValidationResult]":
    from great_expectations.core.batch import Batch
    from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
    from great_expectations.expectations import UnexpectedRowsExpectation
    from great_expectations.validator.validator import Validator

    expectations = [
        UnexpectedRowsExpectation(unexpected_rows_query=check.query, meta={"check": check.name}, notes=check.sentence)
        for check in checks
    ]
    with sql_engine(connection) as engine:
        rows: Any = SqlAlchemyBatchData(
            engine, schema_name=contract.name.layer, table_name=contract.name.table, create_temp_table=False
        )
        validator = Validator(engine, batches=[Batch(data=rows)])
        validator.metrics_calculator.show_progress_bars = False
        return validator.graph_validate(
            configurations=[expectation.configuration for expectation in expectations],
            runtime_configuration={"result_format": "BASIC"},
        )


def _check(result: Any) -> str:
    """The name of the check that a result is of."""
    name: str = result.expectation_config.meta["check"]
    return name


def _outcome(contract: Contract, connection: duckdb.DuckDBPyConnection, check: Check, result: Any) -> Outcome:
    """What came of one check, with the rows that fail, and of those the rows that are excused."""
    outcome = Outcome(check)
    if result is not None and not result.success:
        raised = [one for one in (result.exception_info or {}).values() if isinstance(one, dict)]
        if message := next((one["exception_message"] for one in raised if one.get("raised_exception")), ""):
            outcome.error = str(message).splitlines()[0]
            return outcome
        _list(contract, connection, outcome, int(result.result["observed_value"]))
    _excuse(contract, outcome)
    return outcome


def _list(contract: Contract, connection: duckdb.DuckDBPyConnection, outcome: Outcome, count: int) -> None:
    """Add the rows that fail, or what was found where no row alone does."""
    query = outcome.check.query.format(batch=contract.relation)
    found = connection.execute(f"from ({query}) limit {LISTED_ROWS}")
    names = [each[0] for each in found.description]
    rows = [dict(zip(names, map(plain, row), strict=True)) for row in found.fetchall()]
    if not set(contract.key) <= set(names):
        outcome.observed = "found " + ", ".join(str(value) for value in rows[0].values())
        return
    outcome.failing = rows
    if count > len(rows):
        outcome.observed = f"{count:,} rows fail, of which {len(rows):,} are listed"


def _excuse(contract: Contract, outcome: Outcome) -> None:
    known = [entry.key for entry in contract.exceptions if entry.rule == outcome.check.sentence]
    keys = [{name: plain(value) for name, value in key.items()} for key in known]

    def same(row: dict[str, Any], key: dict[str, Any]) -> bool:
        return all(str(row.get(name)) == str(value) for name, value in key.items())

    if outcome.error:
        return
    outcome.stale_exceptions = [key for key in keys if not any(same(row, key) for row in outcome.failing)]
    remaining = [row for row in outcome.failing if not any(same(row, key) for key in keys)]
    outcome.excused = len(outcome.failing) - len(remaining)
    outcome.failing = remaining


@contextmanager
def sql_engine(connection: duckdb.DuckDBPyConnection) -> Iterator[Any]:
    """Great Expectations' engine on a cursor of this connection, which is closed afterwards.

    Great Expectations 1.24 closes a DuckDB connection before it fetches, unless it counts DuckDB among the databases
    whose connections it keeps. A test says when this is no longer needed."""
    import sqlalchemy
    from duckdb_engine import ConnectionWrapper
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine, sqlalchemy_execution_engine

    kept = sqlalchemy_execution_engine._PERSISTED_CONNECTION_DIALECTS
    if "duckdb" not in kept:
        sqlalchemy_execution_engine._PERSISTED_CONNECTION_DIALECTS = (*kept, "duckdb")  # type: ignore[assignment]
    with connection.cursor() as cursor:
        engine = sqlalchemy.create_engine(
            "duckdb://", creator=lambda: ConnectionWrapper(cursor), poolclass=sqlalchemy.StaticPool
        )
        try:
            yield SqlAlchemyExecutionEngine(engine=engine)
        finally:
            engine.dispose()


def plain(value: Any) -> Any:
    """A value that JSON can hold; moments at midnight as days, whole numbers without a decimal point."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value == datetime.combine(value, datetime.min.time()) else value.isoformat()
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | int | float | bool | type(None)) else str(value)
