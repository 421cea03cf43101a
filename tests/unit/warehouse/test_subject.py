"""A council is found by any of its own names, and what is not found gets suggestions."""

import pytest

from warehouse.settings import Settings
from warehouse.subject import Lookup, UnknownSubjectError, checked_year


@pytest.fixture(scope="module")
def lookup(shipped_settings: Settings) -> Lookup:
    return Lookup(shipped_settings)


@pytest.mark.parametrize(
    "text",
    [
        "worcestershire-county-council",
        "Worcestershire County Council",
        "worcestershire",
        "  WORCESTERSHIRE  ",
        "E10000034",
        "Worcestershire, County Council",
    ],
)
def test_a_council_answers_to_its_names_its_page_name_and_its_code(lookup: Lookup, text: str) -> None:
    assert lookup.council(text).gss_code == "E10000034"


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("worcestershir", "worcestershire-county-council"),
        ("Leedss", "leeds-city-council"),
        ("hammersmith", "hammersmith"),
    ],
)
def test_a_name_that_is_not_exact_gets_suggestions(lookup: Lookup, text: str, suggested: str) -> None:
    with pytest.raises(UnknownSubjectError, match="Did you mean") as unknown:
        lookup.council(text)
    assert suggested in str(unknown.value)


@pytest.mark.parametrize("text", ["", "zzzzzz", "'; drop table core.councils; --", "\u202e"])
def test_what_resembles_no_council_is_told_where_names_are(lookup: Lookup, text: str) -> None:
    with pytest.raises(UnknownSubjectError, match=r"councils\.csv|Did you mean"):
        lookup.council(text)
    assert lookup.council("worcestershire").gss_code == "E10000034"


def test_an_unknown_group_is_answered_with_those_there_are(lookup: Lookup) -> None:
    with pytest.raises(UnknownSubjectError, match="lgsco_type"):
        lookup.comparators("friends")
    assert lookup.comparators("region") == "region"


@pytest.mark.parametrize("year", ["", "2023-24", "2099-00"])
def test_a_financial_year_or_none_is_taken(year: str) -> None:
    assert checked_year(year) == year


@pytest.mark.parametrize("year", ["2023", "2023-25", "2023/24", "2023-2024", "last", "2023-24; drop"])
def test_anything_else_is_no_year(year: str) -> None:
    with pytest.raises(UnknownSubjectError, match="is not a financial year"):
        checked_year(year)
