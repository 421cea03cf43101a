"""One resolver of council names: a table of real spellings, and one folding for Python and for SQL."""

import csv
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.councils import Lookup, UnknownSubjectError
from warehouse.settings import Settings
from warehouse.spelling import define_folding, folded

SPELLINGS = list(csv.DictReader((Path(__file__).parent / "spellings.csv").open(encoding="utf-8")))
SHORT = {
    "telford": "telford-wrekin-council",
    "windsor": "royal-borough-of-windsor-and-maidenhead",
    "King's Lynn": "borough-council-of-kings-lynn-and-west-norfolk",
}


@pytest.fixture(scope="module")
def lookup(shipped_settings: Settings) -> Lookup:
    return Lookup(shipped_settings)


def in_a_document(lookup: Lookup, spelling: str) -> str:
    """The page name of the council that a document means by a spelling, as models look it up; empty where nobody's."""
    found = lookup.connection.execute(
        "select council_slug from core.council_names inner join core.councils using (gss_code)"
        " where folded_name = fold_name(?) and not is_short",
        [spelling],
    ).fetchall()
    return found[0][0] if found else ""


@pytest.mark.parametrize("row", SPELLINGS, ids=lambda row: row["spelling"])
def test_a_spelling_means_the_same_council_in_a_document_and_on_the_command_line(
    lookup: Lookup, row: dict[str, str]
) -> None:
    assert in_a_document(lookup, row["spelling"]) == row["page_name"]
    if row["page_name"]:
        assert lookup.named(row["spelling"]).slug == row["page_name"]
    else:
        with pytest.raises(UnknownSubjectError):
            lookup.named(row["spelling"])


@pytest.mark.parametrize("spelling", SHORT)
def test_a_short_name_is_enough_for_a_person_and_not_for_a_document(lookup: Lookup, spelling: str) -> None:
    assert lookup.council(spelling).slug == SHORT[spelling]
    assert in_a_document(lookup, spelling) == ""


def test_every_council_answers_to_its_own_page_name_name_and_code(lookup: Lookup) -> None:
    for council in lookup.all():
        for spelling in (council.slug, council.official_name, council.gss_code):
            assert lookup.named(spelling) == council


LETTERS = st.text(
    st.one_of(
        st.sampled_from("abst AS019 '’`´-–&+.,;#x[]()*¹\u00ad\u200b\ufb01\u2028\n\t\\%_"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
    ),
    max_size=40,
)
WORDS = st.lists(
    st.sampled_from(["Kent", "King's", "and", "the", "upon", "Saint", "&amp;", "&#39;", "[note 1]", "(r)", "1"]),
    max_size=6,
).map(" ".join)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    define_folding(made)
    return made


@given(name=LETTERS | WORDS)
def test_sql_folds_a_name_as_python_does(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    assert connection.execute("select fold_name(?)", [name]).fetchall() == [(folded(name),)]


@given(name=LETTERS | WORDS)
def test_what_is_folded_is_words_of_small_letters_and_digits(name: str) -> None:
    words = folded(name)
    assert words == " ".join(words.split()) and set(words) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
