"""An indicator is a file that only names measures which exist, and every wrong file is told of at once."""

import csv
from pathlib import Path

import pytest

from warehouse.indicators import Indicator, IndicatorError, read_indicators

PROJECT = Path(__file__).resolve().parents[2]
INDICATORS = read_indicators(PROJECT / "indicators")


@pytest.fixture(scope="module")
def measures() -> set[str]:
    with (PROJECT / "data" / "reference" / "measures.csv").open(encoding="utf-8", newline="") as lines:
        return {row["measure"] for row in csv.DictReader(lines)}


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.indicator)
def test_an_indicator_names_only_measures_that_are_known(indicator: Indicator, measures: set[str]) -> None:
    named = {indicator.numerator, indicator.denominator, indicator.printed, indicator.printed_average}
    assert named - {None, "population"} <= measures


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.indicator)
def test_an_indicators_words_are_sentences(indicator: Indicator) -> None:
    assert indicator.definition.strip().endswith(".")
    assert indicator.caution.strip().endswith(".")


def test_no_two_indicators_share_a_place_in_reports() -> None:
    places = [indicator.order for indicator in INDICATORS]
    assert len(places) == len(set(places))


def test_the_indicators_that_the_panel_asked_for_are_there() -> None:
    assert {one.indicator for one in INDICATORS} >= {
        "uphold_rate",
        "upheld_per_100k",
        "compliance_rate",
        "satisfactory_remedy_rate",
        "share_investigated",
        "dealt_with_per_100k",
        "stage2_childrens_in_time",
        "stage2_corporate_in_time",
    }


@pytest.mark.parametrize("name", ["upheld_per_100k", "dealt_with_per_100k"])
def test_volume_is_never_judged(name: str) -> None:
    assert next(one for one in INDICATORS if one.indicator == name).polarity == "none"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One good file, to be joined by bad ones."""
    good = (PROJECT / "indicators" / "uphold_rate.yml").read_text(encoding="utf-8")
    (tmp_path / "good.yml").write_text(good, encoding="utf-8")
    return tmp_path


def test_all_errors_of_all_files_are_reported_together(folder: Path) -> None:
    good = (folder / "good.yml").read_text(encoding="utf-8")
    (folder / "unknown_field.yml").write_text(good + "colour: red\n", encoding="utf-8")
    (folder / "wrong_direction.yml").write_text(good.replace("polarity: lower", "polarity: down"), encoding="utf-8")
    (folder / "no_yaml.yml").write_text("title: [", encoding="utf-8")
    (folder / "a_list.yml").write_text("- one\n- two\n", encoding="utf-8")
    with pytest.raises(IndicatorError) as caught:
        read_indicators(folder)
    for name in ("unknown_field.yml", "wrong_direction.yml", "no_yaml.yml", "a_list.yml"):
        assert name in str(caught.value)
    assert "colour: Extra inputs are not permitted\n" in str(caught.value)
    assert "polarity: Input should be 'lower', 'higher' or 'none'" in str(caught.value)
    assert "good.yml" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("denominator: investigated", "denominator: population", "a rate is divided by"),
        ("kind: proportion", "kind: rate", "a rate is divided by"),
        ("numerator: upheld\n", "", None),
        ("printed: uphold_rate_pct\n", "", None),
    ],
)
def test_an_indicator_must_be_something_that_can_be_computed(folder: Path, old: str, new: str, why: str | None) -> None:
    path = folder / "good.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    if why is None:
        assert len(read_indicators(folder)) == 1
    else:
        with pytest.raises(IndicatorError, match=why):
            read_indicators(folder)


def test_an_indicator_without_a_numerator_or_a_printed_measure_is_refused(folder: Path) -> None:
    path = folder / "good.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("numerator: upheld\n", "").replace("printed: uphold_rate_pct\n", ""), encoding="utf-8")
    with pytest.raises(IndicatorError, match="a numerator or a printed measure"):
        read_indicators(folder)
