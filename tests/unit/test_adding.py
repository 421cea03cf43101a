"""Figures that somebody gathered are checked line by line before they are added to the files that ship."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assets.adding import REQUIRED, AddingError, check
from cli.main import app
from warehouse.settings import PROJECT, Settings
from warehouse.shipped import ShippedFile

LETTER = {
    "council_id": "kent-county-council",
    "council_name": "Kent County Council",
    "body": "council",
    "year": "2031-32",
    "measure": "upheld",
    "value": "12",
    "unit": "complaints",
    "denominator": "20 investigated",
    "source_url": "https://letters.example/kent",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    data = tmp_path / "data"
    shutil.copytree(PROJECT / "data", data)
    return Settings(data=data)


def written(tmp_path: Path, *rows: dict[str, str], name: str = "gathered.csv") -> Path:
    path = tmp_path / name
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_what_is_right_is_added_with_its_hash_and_only_once(tmp_path: Path, settings: Settings) -> None:
    path = written(tmp_path, LETTER)
    source = settings.data / "ombudsman" / "letters_and_press.source.yml"
    before = len(ShippedFile(source).rows())
    check(path, settings).write()
    rows = ShippedFile(source).rows().to_pylist()
    assert len(rows) == before + 1
    assert {column: rows[-1][column] for column in LETTER} == LETTER
    again = check(path, settings)
    assert (again.rows, again.repeated) == ([], [2])


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("council_id", "nowhere", "line 2, council_id: no council is called 'nowhere'"),
        ("body", "town", "line 2, body: 'town' is none of council"),
        ("year", "2023", "line 2, year: '2023' is no financial year"),
        ("year", "2023-25", "line 2, year: '2023-25' is no financial year"),
        ("measure", "uphelt", "line 2, measure: 'uphelt' is not in data/reference/measure_names.csv"),
        ("value", "twelve", "line 2, value: 'twelve' is not a number"),
        ("value", "1,234", "line 2, value: '1,234' is not a number"),
        ("value", "-3", "line 2, value: -3 is less than nothing"),
        ("value", "", "line 2, value: is empty"),
        ("source_url", "letters.example", "line 2, source_url: 'letters.example' is no web address"),
        ("source_url", "", "line 2, source_url: is empty: give the address"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_column(
    tmp_path: Path, settings: Settings, column: str, text: str, said: str
) -> None:
    wrong = LETTER | {column: text} | ({"council_name": ""} if text == "nowhere" else {})
    addition = check(written(tmp_path, wrong), settings)
    assert any(fault.startswith(said) for fault in addition.faults), addition.faults
    with pytest.raises(AddingError):
        addition.write()


def test_a_share_above_100_is_wrong(tmp_path: Path, settings: Settings) -> None:
    faults = check(
        written(tmp_path, LETTER | {"measure": "uphold_rate", "unit": "percent", "value": "105"}), settings
    ).faults
    assert faults == ["line 2, value: 105 is more than 100%"]


def test_a_document_stands_in_for_an_address(tmp_path: Path, settings: Settings) -> None:
    named = LETTER | {"source_url": "", "document": "Committee report of 5 December 2023"}
    assert check(written(tmp_path, named), settings).faults == []


@pytest.mark.parametrize("name", REQUIRED)
def test_a_shipped_file_itself_adds_nothing(settings: Settings, name: str) -> None:
    path = next(settings.data.rglob(f"{name}.csv"))
    addition = check(path, settings)
    assert (addition.file.name, addition.rows, addition.faults) == (name, [], [])


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"a": "1"}, "Its header must be one of"),
        (
            {
                "council_id": "kent-county-council", "council_name": "", "procedure": "all", "stage": "all",
                "indicator": "received", "target_working_days": "", "period_start": "", "period_end": "",
                "value": "1", "unit": "count", "source_url": "https://a.example",
            },
            "put the right one in its name",
        ),
    ],
)  # fmt: skip
def test_a_file_that_fits_no_file_or_two_says_what_to_do(
    tmp_path: Path, settings: Settings, header: dict[str, Any], said: str
) -> None:
    with pytest.raises(AddingError, match=said):
        check(written(tmp_path, header), settings)


def test_a_dry_run_adds_nothing(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHMARK_DATA", str(settings.data))
    letters = settings.data / "ombudsman" / "letters_and_press.csv"
    before = letters.read_bytes()
    shown = CliRunner().invoke(app, ["add-figures", str(written(tmp_path, LETTER)), "--dry-run"])
    assert (shown.exit_code, letters.read_bytes()) == (0, before), shown.output
    assert "1 lines can be added to letters_and_press.csv" in shown.output
    wrong = CliRunner().invoke(app, ["add-figures", str(written(tmp_path, LETTER | {"value": "x"}))])
    assert wrong.exit_code == 2 and "line 2, value" in wrong.output and letters.read_bytes() == before
