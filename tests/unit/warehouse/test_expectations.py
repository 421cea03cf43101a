"""The structure that a contract implies is checked, exceptions are for named rows only, and nothing passes unseen."""

import importlib.util
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from warehouse.contracts import Contract
from warehouse.expectations import Outcome, try_rules

RULE = "A share lies between 0 and 100"
CONTRACT: dict[str, Any] = {
    "relation": "core.shares",
    "row": "One share.",
    "key": ["council", "year"],
    "group": "comparison",
    "at_least": 2,
    "columns": {
        "council": {"type": "VARCHAR", "description": "Council"},
        "year": {"type": "INTEGER", "description": "Year"},
        "kind": {"type": "VARCHAR", "description": "Kind", "allowed": ["county", "unitary"]},
        "share": {"type": "DOUBLE", "description": "Share", "nullable": True},
    },
    "warns": [
        {
            "rule": RULE,
            "breaks_when": "share not between 0 and 100",
        }
    ],
}
GOOD = pd.DataFrame(
    {
        "council": ["A", "A", "B"],
        "year": [2022, 2023, 2023],
        "kind": ["county", "county", "unitary"],
        "share": [10.0, None, 100.0],
    }
)


def outcomes(frame: pd.DataFrame = GOOD, **changes: Any) -> dict[str, Outcome]:
    contract = Contract.model_validate(CONTRACT | changes)
    with duckdb.connect() as connection:
        connection.execute("create schema core")
        connection.from_df(frame).create("core.shares")
        return {one.check.name: one for one in try_rules(contract, connection)}


def failed(frame: pd.DataFrame, **changes: Any) -> dict[str, Outcome]:
    return {name: one for name, one in outcomes(frame, **changes).items() if not one.passed}


def test_good_rows_pass_every_check() -> None:
    assert {name: one.summary for name, one in outcomes().items()} == dict.fromkeys(
        [
            "has_its_columns",
            "has_enough_rows",
            "nothing_required_is_missing",
            "codes_are_known",
            "key_is_unique",
            "a_share_lies_between_0_and_100",
        ],
        "passed",
    )


@pytest.mark.parametrize(
    ("frame", "check"),
    [
        (GOOD[["year", "council", "kind", "share"]], "has_its_columns"),
        (GOOD.assign(surplus=1), "has_its_columns"),
        (GOOD.head(1), "has_enough_rows"),
        (GOOD.assign(kind=GOOD["kind"].where(GOOD["share"].notna())), "nothing_required_is_missing"),
        (GOOD.assign(kind=["county", "parish", "unitary"]), "codes_are_known"),
        (GOOD.assign(year=[2023, 2023, 2023]), "key_is_unique"),
        (GOOD.assign(share=GOOD["share"] + 0.5), "a_share_lies_between_0_and_100"),
    ],
)
def test_the_smallest_change_trips_exactly_one_check(frame: pd.DataFrame, check: str) -> None:
    assert set(failed(frame)) == {check}


def test_an_empty_relation_is_noticed() -> None:
    assert "has_enough_rows" in failed(GOOD.head(0))


@pytest.mark.parametrize(
    ("frame", "check", "rows"),
    [
        (
            GOOD.assign(kind=GOOD["kind"].where(GOOD["share"].notna())),
            "nothing_required_is_missing",
            [("A", 2023)],
        ),
        (GOOD.assign(kind=["parish", "county", "x"]), "codes_are_known", [("A", 2022), ("B", 2023)]),
        (GOOD.assign(year=[2023, 2023, 2023]), "key_is_unique", [("A", 2023), ("A", 2023)]),
    ],
)
def test_the_rows_that_fail_are_named_by_their_key(
    frame: pd.DataFrame, check: str, rows: list[tuple[str, int]]
) -> None:
    outcome = failed(frame)[check]
    assert [(row["council"], row["year"]) for row in outcome.failing] == rows
    assert "council=A" in outcome.summary


def test_a_key_of_one_column_is_checked_too() -> None:
    assert set(failed(GOOD, key=["council"])) == {"key_is_unique"}


def test_structure_is_an_error_and_a_warning_rule_only_warns() -> None:
    found = failed(GOOD.assign(year=2023, share=101.0))
    assert found["key_is_unique"].is_blocking
    assert not found["a_share_lies_between_0_and_100"].is_blocking


def test_a_rule_about_some_rows_leaves_the_others_alone() -> None:
    county_only = [CONTRACT["warns"][0] | {"breaks_when": "kind = 'county' and share > 100"}]
    assert failed(GOOD.assign(share=[10.0, 20.0, 101.0]), warns=county_only) == {}
    assert len(failed(GOOD.assign(share=[101.0, 20.0, 101.0]), warns=county_only)) == 1


@pytest.mark.parametrize("severity", ["blocks", "warns"])
def test_an_expectation_that_cannot_run_is_an_error_whatever_its_severity(severity: str) -> None:
    impossible = [CONTRACT["warns"][0] | {"breaks_when": "not_there < 0"}]
    outcome = failed(GOOD, **{"warns": [], severity: impossible})["a_share_lies_between_0_and_100"]
    assert outcome.is_blocking
    assert outcome.summary.startswith("could not run: ")


def exception(council: str, year: int) -> dict[str, Any]:
    return {
        "rule": RULE,
        "key": {"council": council, "year": year},
        "reason": "printed so",
        "link": "https://x.example",
    }


WRONG = GOOD.assign(share=[101.0, 20.0, 102.0])


def test_a_known_exception_passes_and_is_counted() -> None:
    outcome = outcomes(WRONG, exceptions=[exception("A", 2022), exception("B", 2023)])["a_share_lies_between_0_and_100"]
    assert (outcome.passed, outcome.excused) == (True, 2)


def test_a_known_exception_excuses_no_other_row() -> None:
    outcome = failed(WRONG, exceptions=[exception("A", 2022)])["a_share_lies_between_0_and_100"]
    assert [(row["council"], row["year"]) for row in outcome.failing] == [("B", 2023)]


def test_an_exception_that_is_no_longer_needed_fails_and_is_named() -> None:
    outcome = failed(GOOD, exceptions=[exception("A", 2022)])["a_share_lies_between_0_and_100"]
    assert "no longer needed" in outcome.summary and "council=A, year=2022" in outcome.summary


def test_a_failing_row_is_named_also_beside_an_exception_that_is_no_longer_needed() -> None:
    frame = GOOD.assign(share=[10.0, 20.0, 102.0])
    outcome = failed(frame, exceptions=[exception("A", 2022)])["a_share_lies_between_0_and_100"]
    assert "no longer needed" in outcome.summary and "council=B, year=2023" in outcome.summary


def test_only_five_rows_are_shown_and_all_are_kept() -> None:
    frame = pd.DataFrame({"council": list("ABCDEFG"), "year": 2023, "kind": "county", "share": 101.0})
    outcome = failed(frame)["a_share_lies_between_0_and_100"]
    assert len(outcome.failing) == 7
    assert outcome.summary.count("council=") == 5 and outcome.summary.endswith("and 2 more")


def test_great_expectations_does_not_keep_duckdbs_connections_by_itself_yet() -> None:
    """Once it does, what `sql_engine` adds can go."""
    found = importlib.util.find_spec("great_expectations.execution_engine.sqlalchemy_execution_engine")
    assert found and found.origin
    source = Path(found.origin).read_text(encoding="utf-8")
    kept = source.split("_PERSISTED_CONNECTION_DIALECTS = (")[1].split(")")[0]
    assert "SQLITE" in kept and "DUCKDB" not in kept.upper()


def test_a_quotation_mark_or_brace_in_a_code_is_text() -> None:
    frame = GOOD.assign(kind=["it's", "{batch}", "county"])
    columns = CONTRACT["columns"] | {"kind": {"type": "VARCHAR", "description": "Kind", "allowed": ["it's", "{batch}"]}}
    outcome = failed(frame, columns=columns)["codes_are_known"]
    assert [row["kind"] for row in outcome.failing] == ["county"]
