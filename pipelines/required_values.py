"""One expectation for all required columns of a relation.

Great Expectations has one for each column only, and every expectation costs it about ten milliseconds whatever it
tries: with some six hundred required columns that was a third of a refresh. Imported only where checks run.
"""

from typing import Any, Literal

import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import MulticolumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import MulticolumnMapMetricProvider
from great_expectations.expectations.metrics.map_metric_provider.multicolumn_condition_partial import (
    multicolumn_condition_partial,
)


class RequiredValuesPresent(MulticolumnMapMetricProvider):
    """Whether each row has a value in every listed column."""

    condition_metric_name = "multicolumn_values.required_values_present"
    condition_domain_keys = (
        "batch_id",
        "table",
        "column_list",
        "row_condition",
        "condition_parser",
        "ignore_row_if",
    )

    @multicolumn_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_list: pd.DataFrame, **_: Any) -> pd.Series:
        return column_list.notna().all(axis=1)


class ExpectRequiredValuesPresent(MulticolumnMapExpectation):
    """Every row has a value in every column of `column_list`."""

    map_metric = "multicolumn_values.required_values_present"
    args_keys = ("column_list",)
    ignore_row_if: Literal["all_values_are_missing", "any_value_is_missing", "never"] = "never"
