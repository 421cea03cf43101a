"""The example's invented councils: never taken for real ones, and with figures that agree with themselves."""

import csv
from pathlib import Path

import pytest

from assets.example.councils import COUNCILS, YEARS, published_elsewhere, statistics, write_data
from warehouse.councils import Lookup
from warehouse.settings import Settings
from warehouse.shipped import ShippedFile, shipped_files

SHIPPED = Settings().data
NAMES = {one["official_name"] for one in COUNCILS}
CODES = {one["gss_code"] for one in COUNCILS}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(SHIPPED, tmp_path_factory.mktemp("example"), YEARS)


def rows(file: ShippedFile) -> list[dict[str, str]]:
    return list(csv.DictReader(file.bytes().decode("utf-8").splitlines()))


@pytest.mark.parametrize("one", COUNCILS, ids=lambda one: str(one["council_id"]))
def test_every_name_of_an_invented_council_says_that_it_is_illustrative(one: dict[str, str]) -> None:
    assert all("illustrative" in one[name].lower() for name in ("council_id", "official_name", "nice_name"))
    assert one["gss_code"].startswith("X")


def test_no_invented_council_is_in_the_data_that_ship() -> None:
    assert not [file.name for file in shipped_files(SHIPPED) if b"illustrative" in file.bytes().lower()]


def test_every_figure_of_the_example_is_of_an_invented_council(data: Path) -> None:
    files = [file for file in shipped_files(data) if file.path.parent.name != "reference"]
    named = {
        row.get("council_name") or row.get("council")
        for file in files
        if file.name != "practices"
        for row in rows(file)
    }
    assert named <= NAMES and len(named) == len(NAMES)


def test_the_example_has_every_file_that_ships_with_its_own_columns(data: Path) -> None:
    assert {file.name: file.columns() for file in shipped_files(data)} == {
        file.name: file.columns() for file in shipped_files(SHIPPED)
    }


def test_a_source_file_says_that_its_rows_are_invented(data: Path) -> None:
    (pages,) = [file for file in shipped_files(data) if file.name == "statistics_pages"]
    assert "invented" in pages.source.producer and "Ombudsman, ©" not in pages.source.attribution


def test_the_examples_council_is_found_in_the_example_and_nowhere_else(data: Path) -> None:
    lookup = Lookup(Settings(data=data))
    assert {one.gss_code for one in lookup.all()} >= CODES
    assert not CODES & {one.gss_code for one in Lookup(Settings()).all()}


@pytest.mark.parametrize("page", statistics(YEARS)[0], ids=lambda page: f"{page['slug']} {page['period_start']}")
def test_what_an_invented_page_prints_agrees_with_its_counts(page: dict[str, int]) -> None:
    assert page["dealt_with"] == page["not_for_us"] + page["assessed_and_closed"] + page["investigated"]
    assert page["satisfactory_remedies"] <= page["upheld"] <= page["investigated"]
    assert abs(100 * page["upheld"] / page["investigated"] - int(page["uphold_rate_pct"])) <= 0.5


def test_an_earlier_edition_has_the_same_figures_without_the_last_year() -> None:
    assert statistics(YEARS[:-1])[0] == [row for row in statistics(YEARS)[0] if row["period_start"].year in YEARS[:-1]]


def test_what_the_others_publish_of_stage_2_says_its_limit_and_its_cases() -> None:
    assert all(row["target_working_days"] and row["denominator"] for row in published_elsewhere())
