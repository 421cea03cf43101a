"""The documents are short and in plain English, by the measure that the pages are held to."""

import re
from pathlib import Path

import pytest

from tests.conventions.test_repository import DOCUMENTS, PROJECT, text_of
from tests.web.plain_english import Block, long, reading_ease, sentences

MOST_WORDS_OF_ALL = 14_500
# benchmarks write the second
UNCOUNTED = {PROJECT / "CHANGELOG.md", PROJECT / "docs" / "performance.md"}


def without_code(markdown: str) -> str:
    """The document without its blocks of code."""
    return re.sub(r"^ *```.*?^ *```", "", markdown, flags=re.MULTILINE | re.DOTALL)


def prose(markdown: str) -> list[str]:
    """The sentences outside code, tables and headings; a link counts as its text, code as one word."""
    text = re.sub(r"^(?:\||#|!\[).*$", "", without_code(markdown), flags=re.MULTILINE)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"`[^`]*`", "Code", text)
    items = re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )", re.sub(r'\*\*|"', "", text))
    return sentences([Block(" ".join(item.split()), is_in_table=False) for item in items if item.strip()])


def test_code_tables_and_headings_are_no_prose() -> None:
    markdown = "# Head one.\n\nRun `a b c`. See [the page](x.md).\n\n| a. | b. |\n\n```\nCode. Here.\n```\n"
    assert prose(markdown) == ["Run Code.", "See the page."]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_document_is_in_plain_english(path: Path) -> None:
    said = prose(text_of(path))
    too_long = long(said)
    assert len(too_long) <= max(1, len(said) // 20), too_long
    assert len(said) < 10 or reading_ease(said) >= 60


def test_the_documents_are_short() -> None:
    counted = {
        path: sum(any(map(str.isalnum, word)) for word in without_code(text_of(path)).split())
        for path in DOCUMENTS
        if path not in UNCOUNTED
    }
    assert sum(counted.values()) <= MOST_WORDS_OF_ALL, sorted(counted.items(), key=lambda item: -item[1])


def anchors(markdown: str) -> set[str]:
    """The addresses of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", without_code(markdown), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_links_between_documents_lead_to_a_file_and_a_heading(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", text_of(path))
    targets = [((path.parent / file).resolve() if file else path, anchor) for file, anchor in links]
    broken = [
        (target.name, anchor)
        for target, anchor in targets
        if not target.exists() or (anchor and anchor not in anchors(text_of(target)))
    ]
    assert broken == []
