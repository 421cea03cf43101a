from collections.abc import Callable

import pandas as pd
import pytest

from assets.council.contract import read_contract
from assets.council.report import RegisterReport
from assets.example.cases import (
    AS_AT,
    COUNCIL,
    GSS_CODE,
    as_delivered,
    example_compliments,
    example_register,
    example_resources,
)

REGISTER = example_register()


def test_the_example_is_the_same_each_time() -> None:
    pd.testing.assert_frame_equal(REGISTER, example_register())


def test_the_example_says_that_it_is_illustrative_and_its_code_is_no_real_one() -> None:
    assert "illustrative" in COUNCIL
    assert GSS_CODE[0] not in "EWSN"


def test_the_example_has_what_the_measures_must_cope_with() -> None:
    stage_2 = REGISTER[(REGISTER["procedure"] == "children_statutory") & (REGISTER["stage"] == "2")]
    assert stage_2["closed_date"].isna().any()
    assert (stage_2["outcome"] == "withdrawn").any()
    assert stage_2["investigator_appointed_date"].isna().sum() > 3
    late = stage_2["adjudication_date"] - stage_2["requested_date"] > pd.Timedelta(days=95)
    assert 5 < late.sum() < len(stage_2) - 5


def test_nothing_in_the_example_happened_after_its_day() -> None:
    dates = REGISTER.select_dtypes("datetime").drop(columns="information_due_date")
    assert dates.max().max() <= pd.Timestamp(AS_AT)


@pytest.mark.parametrize(
    ("table", "frame"), [("resources", example_resources()), ("compliments", example_compliments())]
)
def test_the_other_examples_pass_the_check_too(
    check: Callable[..., RegisterReport], table: str, frame: pd.DataFrame
) -> None:
    report = check(as_delivered(frame), table=table)
    assert (report.accepted.num_rows, len(report.problems)) == (len(frame), 0)
    assert list(frame.columns) == read_contract()[table].names
