"""The subject's own list of comparators comes from the settings, by any name that a council answers to."""

import pytest

from assets.benchmark.own_list import own_comparators
from tests.sql.harness import result
from warehouse.councils import UnknownSubjectError
from warehouse.settings import Settings


def test_a_list_is_read_by_names_and_leaves_the_subject_out() -> None:
    settings = Settings(
        council="Worcestershire",
        own_comparators=["Warwickshire", "warwickshire-county-council", "Worcestershire"],
    )
    rows = own_comparators(settings).to_dict("records")
    assert rows == [{"gss_code": "E10000034", "comparator_gss_code": "E10000031"}]


def test_without_a_list_there_is_no_row_and_the_columns_stay_text() -> None:
    frame = own_comparators(Settings(own_comparators=[]))
    assert len(frame) == 0 and list(frame.columns) == ["gss_code", "comparator_gss_code"]


def test_a_name_that_nobody_answers_to_is_refused_with_suggestions() -> None:
    with pytest.raises(UnknownSubjectError, match="warwickshire-county-council"):
        own_comparators(Settings(own_comparators=["Warwickshir"]))


def test_a_list_is_a_comparator_group_whatever_the_types() -> None:
    rows = result(
        "core.comparators",
        {
            "core.councils": [
                {"gss_code": "X99999901", "lgsco_type": "county"},
                {"gss_code": "X99999902", "lgsco_type": "unitary"},
            ],
            "raw.own_comparators": [{"gss_code": "X99999901", "comparator_gss_code": "X99999902"}],
        },
    )
    assert [(row["comparator_group"], row["comparator_gss_code"]) for row in rows] == [("own_list", "X99999902")]
