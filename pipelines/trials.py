"""What the second process is asked of rules: no Dagster is imported for it, and Great Expectations only there."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.expectations import Outcome
    from warehouse.contracts import Contract


def get_ready() -> None:
    """Import what trying rules needs, so that it is there when the first rows are."""
    import duckdb  # noqa: F401
    import great_expectations.expectations  # noqa: F401

    import pipelines.expectations  # noqa: F401


def try_rules(contract: "Contract", rows: "pa.Table", state: Path) -> "list[Outcome]":
    """What comes of every check of the contract on these rows; kept in the state folder for Data Docs."""
    import duckdb

    from pipelines.expectations import Validator

    # by DuckDB, so that pandas gets the same types as from a relation in the warehouse
    return Validator(state).run(contract, duckdb.from_arrow(rows).df())


def build_docs(state: Path) -> Path:
    """Build the Data Docs of all results that are kept in the state folder; their index."""
    # what was kept may hold expectations of our own, which Great Expectations knows once they are imported
    import pipelines.required_values  # noqa: F401
    from pipelines.expectations import Validator

    return Validator(state).build_docs()
