"""The pages of five councils of different types and of the invented one, read as a reader reads them."""

from dataclasses import replace

import duckdb
import pytest

from assets.answers import answers, asked_of
from assets.answers.templates import read_questions
from assets.publication.briefing import briefing
from assets.publication.findings import read_findings
from assets.publication.site import Edition
from assets.publication.site import Site as Pages
from tests.web import plain_english as english
from tests.web.conftest import TODAY, Site
from warehouse.contracts import read_contracts
from warehouse.settings import Settings
from warehouse.subject import Lookup

COUNCILS = ("worcestershire", "hounslow", "wychavon", "leeds", "medway")
READ_BY_ALL = ("index.html", "panel-pack.html")
PAGES = (*READ_BY_ALL, "measures.html", "ideas.html", "peers.html", "about.html", "annual-report.html")
MOST_LONG = 0.05
LEAST_EASE = 60


@pytest.fixture(scope="module", params=COUNCILS)
def pages(
    request: pytest.FixtureRequest, judged: duckdb.DuckDBPyConnection, shipped_settings: Settings
) -> dict[str, list[english.Block]]:
    """The visible text of one council's pages."""
    contracts, lookup = read_contracts(shipped_settings.expectations), Lookup(shipped_settings)
    council, group = lookup.council(request.param), shipped_settings.comparators
    rows = answers(asked_of(judged, contracts, council, group, ""), read_questions(), "")
    findings = read_findings(judged, council, group, "")
    findings = replace(findings, rows={**findings.rows, "answers": rows})
    site = Pages(findings, contracts, Edition("2024-25", TODAY), briefing(findings, TODAY))
    return {name: english.blocks(site.page(name).decode()) for name in PAGES}


def invented(site: Site) -> dict[str, list[english.Block]]:
    return {
        page.relative_to(site.folder).as_posix(): english.blocks(page.read_text(encoding="utf-8"))
        for page in site.pages
    }


def check_sentences(pages: dict[str, list[english.Block]]) -> None:
    said = [one for blocks in pages.values() for one in english.sentences(blocks)]
    assert len(english.long(said)) < MOST_LONG * len(said), "\n".join(english.long(said))


def check_words(pages: dict[str, list[english.Block]]) -> None:
    uses = [f"{name}: {use}" for name, blocks in pages.items() for use in english.forbidden(blocks)]
    assert not uses, "\n".join(dict.fromkeys(uses))


def check_ease(pages: dict[str, list[english.Block]]) -> None:
    for name in READ_BY_ALL:
        assert english.reading_ease(english.sentences(pages[name])) >= LEAST_EASE, name


def test_few_sentences_are_long(pages: dict[str, list[english.Block]]) -> None:
    check_sentences(pages)


def test_the_briefing_and_the_pack_are_easy_to_read(pages: dict[str, list[english.Block]]) -> None:
    check_ease(pages)


def test_no_page_uses_a_word_that_plain_english_does_without(pages: dict[str, list[english.Block]]) -> None:
    check_words(pages)


def test_the_pages_of_the_invented_council_are_as_plain(own_site: Site) -> None:
    pages = invented(own_site)
    check_sentences(pages)
    check_ease(pages)
    check_words(pages)


@pytest.mark.parametrize("word", ["held", "beside", "as printed", "whom", "Verdict", "are told", "hangs on"])
def test_a_word_to_do_without_is_found_with_what_to_write(word: str) -> None:
    (use,) = english.forbidden(english.blocks(f"<p>Something {word} here.</p>"))
    assert word in use and "write" in use


def test_a_long_sentence_and_a_hard_one_are_found() -> None:
    long = f"<p>{' '.join(['word'] * 26)}. A short one.</p>"
    assert len(english.long(english.sentences(english.blocks(long)))) == 1
    hard = "Organisational prioritisation necessitates multidimensional considerations."
    assert english.reading_ease([hard]) < LEAST_EASE < english.reading_ease(["We do not have it."])
