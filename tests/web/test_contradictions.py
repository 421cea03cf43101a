"""No two places of a site, its Word files and its workbook say different things of the same council, measure, period
and comparators.

What is compared are values, counts, how many comparators have figures, kinds of result and how sure each is: not the
words around them.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import docx
import duckdb
import pytest
from bs4 import BeautifulSoup, Tag
from openpyxl import Workbook, load_workbook

from assets.answers import answers, asked_of, table
from assets.answers.templates import read_questions
from assets.publication.briefing import briefing
from assets.publication.findings import Findings, read_findings
from assets.publication.sheets import HEADER, columns_of
from assets.publication.site import WORD_FILES, Edition, Site
from assets.publication.word import word_file
from assets.publication.workbook import workbook_bytes
from benchmarking.settings import Result
from tests.relations import fill
from tests.web.conftest import TODAY
from tests.web.conftest import Site as Published
from warehouse.contracts import Contracts, read_contracts
from warehouse.councils import Lookup
from warehouse.names import Relation
from warehouse.settings import Settings

COUNCILS = (
    "worcestershire",
    "kent",
    "essex",
    "birmingham",
    "camden",
    "wiltshire",
    "trafford",
    "cambridge",
)
# council, measure, first and last day, comparators
Key = tuple[str, ...]
PAIR = re.compile(r"(\d+(?:,\d{3})*) of (?:the |its )?(\d+(?:,\d{3})*)\b")
FIGURE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
# a kind of result by a word that no other kind has, the first that is there
RESULTS = {
    "cannot say": "unclear",
    "not told apart": "unclear",
    "too close to": "unclear",
    "about the same": "same",
    "not comparable": "none",
    "not compared": "none",
    "not judged": "none",
    "no verdict": "none",
    "better": "better",
    "worse": "worse",
    "higher": "higher",
    "lower": "lower",
}
CHIP = re.compile("|".join(result.value for result in Result if result.value))
PERIOD = ("period_start", "period_end")
OF_ANSWER = {"no difference": "unclear", "about the same": "same", "gated": "none", "broken": "none"}


@dataclass(frozen=True)
class Said:
    """What one place says. about: council, measure, period and comparators; kind: value, result and so on."""

    about: Key
    kind: str
    what: str
    where: str


def contradictions(said: list[Said]) -> list[str]:
    """Of what is said twice about the same, all that differs; a value may be rounded in one place only."""
    found: dict[tuple[Key, str], dict[str, str]] = {}
    for one in said:
        found.setdefault((one.about, one.kind), {}).setdefault(one.what, one.where)
    return [
        f"{kind} of {about}: " + "; ".join(f"{what!r} in {where}" for what, where in places.items())
        for (about, kind), places in found.items()
        if len(places) > 1 and not (kind.startswith("value") and _are_roundings(list(places)))
    ]


def _are_roundings(values: list[str]) -> bool:
    """Whether each value is the finest of them, rounded."""
    places = {one: len(one.partition(".")[2]) for one in values}
    finest = float(max(values, key=lambda one: places[one]))
    return all(abs(float(one) - finest) <= 0.5 * 10.0 ** -places[one] + 1e-9 for one in values)


def kind_of(text: str) -> str:
    """The kind of result that a text tells."""
    return next((kind for word, kind in RESULTS.items() if word in text.lower()), "")


def said_by(page: str, markup: str, findings: Findings) -> Iterator[Said]:
    """All that a page says of the measures of the council."""
    soup = BeautifulSoup(markup, "lxml")
    for element in soup.select("[data-about]"):
        about = tuple(str(element["data-about"]).split("|"))
        if len(about) == 5 and "." not in about[0]:
            where = f"{page} {element.name}"
            yield from _coverage(about, element.get_text(" "), where, findings)
            yield from _of_strip(about, element, where)
            for verdict in element.select(".verdict, dt:-soup-contains('Result') + dd"):
                yield Said(about, "result", kind_of(verdict.get_text(" ")) or "none", where)
    statements = {f"{row['question']}.{row['statement']}": row for row in findings.rows["answers"]}
    for element in soup.select("[data-answer]"):
        row = statements[str(element["data-answer"])]
        where = f"{page} {element['data-answer']}"
        for about in _keys(str(row["evidence"])):
            yield from _coverage(about, element.get_text(" "), where, findings)
            if row["statement"] == about[0]:
                yield from _of_answer(about, row, element, where)


def _of_strip(about: Key, element: Tag, where: str) -> Iterator[Said]:
    """A row of the briefing: its value, its counts and its chip."""
    for chip in element.select(".result .chip"):
        if "not-about-quality" not in chip["class"]:
            yield Said(about, "result", kind_of(chip.get_text(" ")), where)
        # which has no result, unless it is said to be higher or lower
        elif (kind := kind_of(element.select(".result .small")[0].get_text(" "))) in ("higher", "lower"):
            yield Said(about, "result", kind, where)
    for value in element.select(".value strong"):
        if number := FIGURE.fullmatch(value.get_text(" ").strip().removesuffix("%")):
            yield Said(about, "value", number.group().replace(",", ""), where)


def _of_answer(about: Key, row: dict[str, object], element: Tag, where: str) -> Iterator[Said]:
    """A statement of the panel pack about one measure: its value, its result, how sure it is."""
    is_result = row["question"] in ("Q1", "Q8")
    if is_result and row["verdict"] in (*OF_ANSWER, "better", "worse", "higher", "lower"):
        verdict = str(row["verdict"])
        yield Said(about, "result", OF_ANSWER.get(verdict, verdict), where)
        yield Said(about, "how sure", str(row["confidence"]), where)
    if element.name != "tr":
        return
    ours, _, result, sure = (cell.get_text(" ").strip() for cell in element.select("td")[1:5])
    if is_result:
        yield Said(about, "result", kind_of(result) or "none", where)
        yield Said(about, "how sure in words", sure, where)
    if number := FIGURE.match(ours):
        yield Said(about, "value", number.group().replace(",", ""), where)


def _coverage(about: Key, text: str, where: str, findings: Findings) -> Iterator[Said]:
    """How many of how many: councils with figures, or cases, told apart by how many there are of them."""
    compared = findings.comparison(about[0], about[4])
    head = next((one for one in findings.headlines if one["indicator"] == about[0]), None)
    if not compared or not head or compared["comparators"] == head["denominator"]:
        return
    for part, whole in PAIR.findall(text):
        count = int(whole.replace(",", ""))
        if count == compared["comparators"]:
            yield Said(about, "councils with figures", f"{part} of {whole}", where)
        elif count == head["denominator"]:
            yield Said(about, "cases", f"{part} of {whole}", where)


def said_by_word(where: str, content: bytes, findings: Findings) -> Iterator[Said]:
    """All that a Word file says of the measures of the council: its sentences, and what stands for its drawings."""
    document = docx.Document(io.BytesIO(content))
    for paragraph in document.paragraphs:
        for row in findings.rows["answers"]:
            if row["sentence"] and str(row["sentence"]) in paragraph.text:
                for about in _keys(str(row["evidence"])):
                    yield from _coverage(about, paragraph.text, where, findings)
    heads = {head["short_title"]: head for head in findings.headlines}
    titles = "|".join(map(re.escape, sorted(heads, key=len, reverse=True)))
    for shape in document.inline_shapes:
        words = shape._inline.docPr.get("descr") or ""
        for title, text in re.findall(rf"({titles}) [^:]*: (.+?)(?=; (?:{titles}) |$)", words):
            head = heads[title]
            about = _about(head, findings)
            yield from _coverage(about, text, where, findings)
            if number := FIGURE.match(text):
                yield Said(about, "value", number.group().replace(",", ""), where)
            if (chip := CHIP.search(text)) and head["polarity"] != "none":
                yield Said(about, "result", kind_of(chip.group()), where)


def said_by_workbook(content: bytes, findings: Findings) -> Iterator[Said]:
    """All that the workbook says of the measures of the council."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    heads = {head[name]: head for head in findings.headlines for name in ("title", "short_title")}
    groups = {group["words"]: group["comparator_group"] for group in findings.groups}
    for sheet in ("Briefing", "Figures", "Measures", "Comparisons", "Years"):
        for row in _rows(book, sheet):
            head = heads.get(row.get("title") or row.get("measure") or row.get("name"))
            if head is None or row.get("nice_name") not in (None, findings.council.nice_name):
                continue
            years = {one["period_label"]: one for one in findings.series.get(head["indicator"], [])}
            period = years.get(row.get("period_label"), head)
            about = _about(head | {name: period[name] for name in PERIOD}, findings)
            if sheet == "Comparisons":
                about = (*about[:4], groups[row["group"]])
            yield from _of_row(about, row, head, f"workbook {sheet}", findings)
    answers = {(row["question"], row["sentence"]): row for row in findings.rows["answers"]}
    for told in _rows(book, "Answers"):
        if row := answers.get((told["question"], told["sentence"])):
            for about in _keys(told["evidence"] or "[]"):
                yield from _coverage(about, told["sentence"], "workbook Answers", findings)
                if row["statement"] == about[0] and (number := FIGURE.match(told["ours"] or "")):
                    yield Said(about, "value", number.group().replace(",", ""), "workbook Answers")
                if row["statement"] == about[0] and row["question"] in ("Q1", "Q8"):
                    yield Said(about, "how sure in words", told["confidence"] or "", "workbook Answers")


def _rows(book: Workbook, sheet: str) -> Iterator[dict[str, Any]]:
    """The rows of a sheet's table, if it is there, by the names of their values."""
    keys = [key for _, key, _, _ in columns_of(sheet)]
    if sheet in book.sheetnames:
        for cells in book[sheet].iter_rows(min_row=HEADER + 2, max_col=len(keys), values_only=True):
            # below the table of the first sheet are the numbers of its chart
            if not cells[0]:
                return
            yield dict(zip(keys, cells, strict=False))


def _of_row(about: Key, row: dict[str, Any], head: dict[str, Any], where: str, findings: Findings) -> Iterator[Said]:
    """A row of one of the workbook's tables of figures."""
    if isinstance(row.get("value"), int | float):
        yield Said(about, "value", f"{row['value']:.12f}", where)
    if row.get("pooled_value") is not None:
        yield Said(about, "value of the comparators", f"{row['pooled_value']:.12f}", where)
    counts = row.get("cases") or f"{row.get('numerator')} of {row.get('denominator')}"
    yield from _coverage(about, counts, where, findings)
    if row.get("comparators"):
        text = f"{row['comparators_with_data']} of {row['comparators']}"
        yield Said(about, "councils with figures", text, where)
    if head["polarity"] != "none" and (result := row.get("result") or row.get("chip")):
        yield Said(about, "result", kind_of(result), where)
    if row.get("verdict"):
        # why there is none is no kind of result
        is_none = row["verdict"].lower().startswith("no result")
        yield Said(about, "result", "none" if is_none else kind_of(row["verdict"]) or "none", where)


def _about(head: dict[str, Any], findings: Findings) -> Key:
    return (
        head["indicator"],
        findings.council.gss_code,
        *(str(head[name]) for name in PERIOD),
        str(findings.comparator_group),
    )


def _keys(evidence: str) -> Iterator[Key]:
    """What a statement is about: the verdicts that it rests on."""
    for one in json.loads(evidence):
        if one["relation"] == "marts.verdicts":
            key = one["key"]
            yield tuple(
                key[name] for name in ("indicator", "gss_code", "period_start", "period_end", "comparator_group")
            )


@pytest.fixture(scope="module")
def told(judged: duckdb.DuckDBPyConnection, shipped_settings: Settings) -> dict[str, list[Said]]:
    """What the pages of each council say."""
    contracts = read_contracts(shipped_settings.expectations)
    before = judged.execute("from marts.answers").to_arrow_table()
    try:
        return {name: list(_pages_of(judged, contracts, name, shipped_settings)) for name in COUNCILS}
    finally:
        # whoever else asks for the answers gets those of the default council
        fill(judged, Relation("marts.answers"), before)


def _pages_of(
    connection: duckdb.DuckDBPyConnection, contracts: Contracts, name: str, settings: Settings
) -> Iterator[Said]:
    council = Lookup(settings).council(name)
    asked = asked_of(connection, contracts, council, settings.comparators, "")
    made = table(answers(asked, read_questions(), ""), contracts[Relation("marts.answers")])
    fill(connection, Relation("marts.answers"), made)
    findings = read_findings(connection, council, settings.comparators, "")
    edition, first_page = Edition("2024-25-abcdef1234", TODAY), briefing(findings, TODAY)
    site = Site(findings, contracts, edition, first_page)
    for page, title in [*site.pages, ("annual-report.html", "")]:
        content = site.page(page)
        yield from said_by(page, content.decode(), findings)
        if page in dict(WORD_FILES):
            yield from said_by_word(f"Word file of {page}", word_file(content, title, TODAY), findings)
    yield from said_by_workbook(workbook_bytes(findings, edition, first_page), findings)


@pytest.mark.parametrize("council", COUNCILS)
def test_no_two_places_contradict_each_other(told: dict[str, list[Said]], council: str) -> None:
    assert contradictions(told[council]) == []


def test_every_kind_is_said_in_several_places(told: dict[str, list[Said]]) -> None:
    seen: dict[str, set[str]] = {}
    for said in told.values():
        for one in said:
            seen.setdefault(one.kind, set()).add(one.where)
    assert {"result", "value", "how sure", "councils with figures"} <= seen.keys()
    assert all(len(places) > 1 for places in seen.values())
    for kind in ("result", "value", "cases"):
        assert {place.split()[0] for place in seen[kind]} >= {"Word", "workbook"}


@pytest.mark.parametrize("name", ["site", "own_site"])
def test_no_page_of_a_whole_site_contradicts_another(name: str, request: pytest.FixtureRequest) -> None:
    published: Published = request.getfixturevalue(name)
    said = [
        one
        for path in published.pages
        for one in said_by(path.name, path.read_text(encoding="utf-8"), published.findings)
    ]
    for path in sorted(published.folder.rglob("*.docx")):
        said += said_by_word(path.name, path.read_bytes(), published.findings)
    for path in published.folder.rglob("benchmark.xlsx"):
        said += said_by_workbook(path.read_bytes(), published.findings)
    assert len(said) > 50
    assert contradictions(said) == []


ABOUT = ("uphold_rate", "E10000034", "2023-04-01", "2024-03-31", "lgsco_type")


@pytest.mark.parametrize(
    ("kind", "one", "other", "is_told"),
    [
        ("result", "worse", "unclear", True),
        ("councils with figures", "10 of 20", "12 of 20", True),
        ("how sure", "firm", "weak", True),
        ("value", "88.5", "87", True),
        ("value", "88.5", "88", False),
        ("value", "88.46", "88.5", False),
        ("result", "worse", "worse", False),
    ],
)
def test_a_contradiction_is_found_and_a_rounding_is_none(kind: str, one: str, other: str, is_told: bool) -> None:
    said = [Said(ABOUT, kind, one, "briefing"), Said(ABOUT, kind, other, "measures")]
    assert bool(contradictions(said)) is is_told
    assert not contradictions([said[0], replace(said[1], about=("another", *ABOUT[1:]))])
