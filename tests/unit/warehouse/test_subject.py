"""A council is found by any of its own names, and what is not found gets suggestions."""

from datetime import date

import pytest

from warehouse.councils import Lookup, UnknownSubjectError, checked_year
from warehouse.settings import ComparatorGroup, Settings


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
        ("hammersmit", "hammersmith"),
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


@pytest.mark.parametrize(
    ("text", "successor"),
    [
        ("Mendip District Council", "somerset-council"),
        ("north-yorkshire-county-council", "north-yorkshire-council"),
        ("bournemouth", "bournemouth-christchurch-and-poole-council"),
        # abolished in 2019 for a council that was abolished in 2023
        ("Taunton Deane", "somerset-council"),
    ],
)
def test_an_abolished_council_is_answered_with_the_one_that_took_its_place(
    lookup: Lookup, text: str, successor: str
) -> None:
    assert lookup.council(text).slug == successor
    assert lookup.named(text).slug != successor


def test_an_abolished_council_with_two_successors_is_answered_with_when_and_who(lookup: Lookup) -> None:
    with pytest.raises(UnknownSubjectError) as unknown:
        lookup.council("cumbria")
    assert str(unknown.value) == (
        "Cumbria County Council was abolished on 31 March 2023. Cumberland Council (cumberland-council) and "
        "Westmorland and Furness Council (westmorland-and-furness-council) took its place. Choose one of them."
    )


def test_of_a_council_of_today_no_succession_is_told(lookup: Lookup) -> None:
    assert lookup.succession(lookup.council("kent")) == ""


def test_the_groups_that_a_run_can_choose_are_those_that_ship(lookup: Lookup) -> None:
    shipped = lookup.connection.execute("select comparator_group from core.comparator_groups").fetchall()
    assert {name for (name,) in shipped} == set(ComparatorGroup)


def test_an_unknown_group_is_answered_with_those_there_are(lookup: Lookup) -> None:
    with pytest.raises(UnknownSubjectError, match="lgsco_type"):
        lookup.comparators("friends")
    assert lookup.comparators("region") == "region"


@pytest.mark.parametrize("year", ["", "2003-04", "2023-24", "2026-27"])
def test_a_financial_year_that_has_begun_or_none_is_taken(year: str) -> None:
    assert checked_year(year, date(2026, 4, 1)) == year


@pytest.mark.parametrize("year", ["2027-28", "2099-00"])
def test_a_year_that_has_not_begun_is_refused(year: str) -> None:
    with pytest.raises(UnknownSubjectError, match="has not begun"):
        checked_year(year, date(2027, 3, 31))


@pytest.mark.parametrize(
    "year", ["2023", "23-24", "2023-25", "2023/24", "2023-2024", "last", "2023-24; drop", "２０２３-２４"]
)
def test_anything_else_is_no_year(year: str) -> None:
    with pytest.raises(UnknownSubjectError, match="is not a financial year"):
        checked_year(year)
