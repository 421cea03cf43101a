"""The tables of the data package as CSV: what a reader of CSV gets back is what was in the mart."""

import csv
import io
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from assets.publication.inert import as_csv


def read_back(**columns: list[object]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(pa.table(columns)).decode())))


def test_missing_is_empty_and_a_name_with_a_comma_or_quotes_comes_back() -> None:
    rows = read_back(council=['Bournemouth, "Poole"', None], share=[12.5, None], cases=[None, 3])
    assert rows == [
        {"council": 'Bournemouth, "Poole"', "share": "12.5", "cases": ""},
        {"council": "", "share": "", "cases": "3"},
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum(a1)", "  =1+1", "\t=1"])
def test_text_that_a_spreadsheet_would_take_for_a_formula_is_preceded_by_an_apostrophe(text: str) -> None:
    assert read_back(note=[text, "plain - text"]) == [{"note": f"'{text}"}, {"note": "plain - text"}]


def test_a_negative_number_is_a_number() -> None:
    assert read_back(move=[-2, 1], change=[-0.5, 0.0]) == [
        {"move": "-2", "change": "-0.5"},
        {"move": "1", "change": "0"},
    ]


def test_days_and_moments_are_iso_8601() -> None:
    moment = pa.array([datetime(2026, 5, 1, 9, 30, 15, 123456, tzinfo=UTC)], pa.timestamp("us"))
    (row,) = read_back(day=[date(2026, 5, 1)], moment=moment)  # type: ignore[arg-type]
    assert row == {"day": "2026-05-01", "moment": "2026-05-01T09:30:15Z"}


def test_truth_is_written_as_table_schema_writes_it() -> None:
    rows = read_back(council=["A", "B", "C"], is_small=[True, False, None])
    assert [row["is_small"] for row in rows] == ["true", "false", ""]
