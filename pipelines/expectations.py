"""Contracts turned into Great Expectations suites, and what a suite finds in the rows of a relation.

Its expectations run on pandas batches: on DuckDB, through SQLAlchemy, version 1.24 closes the connection before it
fetches. A relation of very many rows is tried in DuckDB instead, and the suite on what was found (`row_rules`).
Great Expectations takes seconds to import, so it is imported where rows are tried.
"""

import re
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from warehouse.contracts import Condition, Contract, Rule

if TYPE_CHECKING:
    import great_expectations as gx
    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.core.batch_definition import BatchDefinition

SHOWN_ROWS = 5
REQUIRED = "nothing_required_is_missing"
# Data Docs show these by what was observed, which an answer of yes or no does not say
COLUMNS = "expect_table_columns_to_match_ordered_list"
ROW_COUNT = "expect_table_row_count_to_be_between"
TOLD_BY_VALUE = {"expect_column_proportion_of_non_null_values_to_be_between"}


@dataclass(frozen=True)
class Check:
    """One rule of a relation, tried by one or more expectations (class name, arguments)."""

    name: str
    sentence: str
    blocking: bool
    expectations: list[tuple[str, dict[str, Any]]]
    when: Condition | None = None


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


def checks_of(contract: Contract) -> list[Check]:
    """The checks of one relation: the structure that its columns and key imply, then its own rules."""
    required = [name for name, column in contract.columns.items() if not column.nullable]
    limited = {
        name: column.allowed for name, column in contract.columns.items() if column.allowed is not None
    }
    structure = [
        Check(
            "has_its_columns",
            "The relation has the columns of its contract, in order",
            True,
            [
                (
                    "ExpectTableColumnsToMatchOrderedList",
                    {"column_list": list(contract.columns)},
                )
            ],
        ),
    ]
    if contract.rows.at_least:
        structure.append(
            Check(
                "has_enough_rows",
                f"The relation has at least {contract.rows.at_least} rows",
                True,
                [("ExpectTableRowCountToBeBetween", {"min_value": contract.rows.at_least})],
            )
        )
    if required:
        structure.append(
            Check(
                REQUIRED,
                f"No value is missing in {', '.join(required)}",
                True,
                [
                    ("ExpectRequiredValuesPresent", {"column_list": required})
                    if len(required) > 1
                    else ("ExpectColumnValuesToNotBeNull", {"column": required[0]})
                ],
            )
        )
    if limited:
        structure.append(
            Check(
                "codes_are_known",
                f"Only the listed codes stand in {', '.join(limited)}",
                True,
                [("ExpectColumnValuesToBeInSet", {"column": n, "value_set": v}) for n, v in limited.items()],
            )
        )
    unique: tuple[str, dict[str, Any]]
    if len(contract.key) == 1:
        unique = ("ExpectColumnValuesToBeUnique", {"column": contract.key[0]})
    else:
        unique = (
            "ExpectCompoundColumnsToBeUnique",
            {"column_list": contract.key, "ignore_row_if": "never"},
        )
    if contract.key:
        structure.append(
            Check(
                "key_is_unique",
                f"{', '.join(contract.key)} together name one row",
                True,
                [unique],
            )
        )

    def own(rule: Rule, blocking: bool) -> Check:
        return Check(
            identifier(rule.rule),
            rule.rule,
            blocking,
            [(rule.expect, rule.arguments)],
            rule.when,
        )

    return [
        *structure,
        *(own(rule, blocking=True) for rule in contract.blocks),
        *(own(rule, blocking=False) for rule in contract.warns),
    ]


@cache
def expectations_context(
    validations: Path, docs: Path
) -> tuple["gx.data_context.EphemeralDataContext", "BatchDefinition"]:
    """Great Expectations without a project folder, and the one batch definition that every frame is run through.

    Results are kept in `validations`, Data Docs are built in `docs`. One definition serves all relations because each
    new one makes Great Expectations write out its whole configuration again.
    """
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        ProgressBarsConfig,
    )

    def files(folder: Path) -> dict[str, Any]:
        return {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(folder),
        }

    context = gx.get_context(
        project_config=DataContextConfig(
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False),
            stores={
                "expectations_store": {
                    "class_name": "ExpectationsStore",
                    "store_backend": {"class_name": "InMemoryStoreBackend"},
                },
                "validation_results_store": {
                    "class_name": "ValidationResultsStore",
                    "store_backend": files(validations),
                },
                "checkpoint_store": {
                    "class_name": "CheckpointStore",
                    "store_backend": {"class_name": "InMemoryStoreBackend"},
                },
                "validation_definition_store": {
                    "class_name": "ValidationDefinitionStore",
                    "store_backend": {"class_name": "InMemoryStoreBackend"},
                },
            },
            expectations_store_name="expectations_store",
            validation_results_store_name="validation_results_store",
            checkpoint_store_name="checkpoint_store",
            data_docs_sites={
                "relations": {
                    "class_name": "SiteBuilder",
                    "show_how_to_buttons": False,
                    # a result page shows its suite; pages of the suites alone would double the time
                    "site_section_builders": {"expectations": "none", "profiling": "none"},
                    "store_backend": files(docs),
                    "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                }
            },
        ),
        mode="ephemeral",
    )
    asset = context.data_sources.add_pandas("warehouse").add_dataframe_asset("relation")
    return context, asset.add_batch_definition_whole_dataframe("all rows")


class Validator:
    """Runs checks on frames and keeps the results from which Data Docs are built."""

    def __init__(self, state: Path) -> None:
        self.validations = state / "validations"
        self.docs = state / "data_docs"

    def run(self, contract: Contract, frame: pd.DataFrame) -> list[Outcome]:
        """The outcome of every check of one relation on its rows."""
        import great_expectations as gx
        import great_expectations.expectations as classes

        from pipelines.required_values import ExpectRequiredValuesPresent

        own_classes: dict[str, Any] = {"ExpectRequiredValuesPresent": ExpectRequiredValuesPresent}
        checks = checks_of(contract)
        built: list[Any] = []
        owner: list[Check] = []
        for check in checks:
            for class_name, arguments in check.expectations:
                if frame.empty and not class_name.startswith("ExpectTable"):
                    # no row can break a rule about rows: most of the register's relations, where none is loaded
                    continue
                condition = {}
                if check.when:
                    column = gx.expectations.row_conditions.Column(check.when.column)
                    condition = {"row_condition": column == check.when.equals}
                meta = {"rule": check.name, "part": len(built)}
                notes = check.sentence
                expectation = own_classes.get(class_name) or getattr(classes, class_name)
                built.append(expectation(**arguments, **condition, meta=meta, notes=notes))
                owner.append(check)

        result = self._tried(contract, frame, built)
        outcomes = {check.name: Outcome(check) for check in checks}
        for one in result.results:
            config = one.expectation_config
            if config is None:
                raise RuntimeError(
                    f"{contract.relation}: Great Expectations returned a result without its expectation"
                )
            check = owner[config.meta["part"]]
            self._record(contract, outcomes[check.name], one)
        for outcome in outcomes.values():
            self._excuse(contract, outcome)
        return list(outcomes.values())

    def _tried(
        self, contract: Contract, frame: pd.DataFrame, expectations: list[Any]
    ) -> "ExpectationSuiteValidationResult":
        """What Great Expectations found, kept for Data Docs: whether each holds, and of what fails all rows.

        To name the rows of an expectation takes it as long again as to try it, so only those that failed are asked.
        """
        import great_expectations as gx

        name = contract.relation
        context, batches = expectations_context(self.validations, self.docs)
        batch = batches.get_batch(batch_parameters={"dataframe": frame})
        result = batch.validate(
            gx.ExpectationSuite(name=name, expectations=expectations), result_format="BOOLEAN_ONLY"
        )
        asked = {_part(one) for one in result.results if not one.success or _class(one) in TOLD_BY_VALUE}
        if asked:
            rows: dict[str, Any] = {"result_format": "COMPLETE"}
            if contract.key:
                rows["unexpected_index_column_names"] = contract.key
            suite = gx.ExpectationSuite(
                name=name, expectations=[one for one in expectations if one.meta["part"] in asked]
            )
            explained = {_part(one): one for one in batch.validate(suite, result_format=rows).results}
            result.results = [explained.get(_part(one), one) for one in result.results]
        observed = {ROW_COUNT: len(frame), COLUMNS: list(frame.columns)}
        for one in result.results:
            if one.success and _class(one) in observed:
                one.result = {"observed_value": observed[_class(one)]}
        self._keep(context, name, result)
        return result

    def _keep(
        self,
        context: "gx.data_context.EphemeralDataContext",
        name: str,
        result: "ExpectationSuiteValidationResult",
    ) -> None:
        """Replace what Data Docs are built from for one relation.

        A validation definition would keep it too, but writes suite and definition into its stores first, which took
        a third of all checking.
        """
        from great_expectations.core.run_identifier import RunIdentifier
        from great_expectations.data_context.types.resource_identifiers import (
            ExpectationSuiteIdentifier,
            ValidationResultIdentifier,
        )

        # a folder for each part of the name, which is how Great Expectations keeps it
        shutil.rmtree(self.validations.joinpath(*name.split(".")), ignore_errors=True)
        run = RunIdentifier(run_time=datetime.now(UTC))
        result.meta |= {"run_id": run, "validation_time": run.run_time, "batch_parameters": None}
        suite = ExpectationSuiteIdentifier(name)
        context.validation_results_store.store_validation_results(
            suite_validation_result=result,
            suite_validation_result_identifier=ValidationResultIdentifier(
                expectation_suite_identifier=suite, run_id=run, batch_identifier=name
            ),
            expectation_suite_identifier=suite,
        )

    @staticmethod
    def _record(contract: Contract, outcome: Outcome, result: Any) -> None:
        if result.success:
            return
        raised = result.exception_info or {}
        if "raised_exception" not in raised:  # one entry per metric
            raised = next(
                (entry for entry in raised.values() if entry.get("raised_exception")),
                {},
            )
        if raised.get("raised_exception"):
            outcome.error = str(raised.get("exception_message", "unknown error"))
            return
        rows = result.result.get("unexpected_index_list")
        if rows is None:
            outcome.observed = f"found {result.result.get('observed_value')}"
            return
        # Great Expectations names the columns of a row in no order that lasts
        order = list(dict.fromkeys([*contract.key, *contract.columns]))
        found = [{name: plain(row[name]) for name in order if name in row} for row in rows]
        if outcome.check.name == REQUIRED:
            # the key and the names of what is missing say it all; the rest of the row would bury them
            found = [
                {name: value for name, value in row.items() if name in contract.key}
                | {"missing": ", ".join(name for name, value in row.items() if value is None)}
                for row in found
            ]
        outcome.failing += found

    @staticmethod
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

    def build_docs(self) -> Path:
        """The index of the Data Docs of every relation checked so far. They call outside hosts: never published."""
        shutil.rmtree(self.docs, ignore_errors=True)
        expectations_context(self.validations, self.docs)[0].build_data_docs()
        return self.docs / "index.html"


def _class(result: Any) -> str:
    """The class of expectation that a result is about, as Great Expectations writes it."""
    name: str = result.expectation_config.type
    return name


def _part(result: Any) -> int:
    """The place in its suite of the expectation that a result is about."""
    part: int = result.expectation_config.meta["part"]
    return part


def plain(value: Any) -> Any:
    """A value that JSON can hold; dates without their midnight."""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and pd.isna(value):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | int | float | bool | type(None)) else str(value)
