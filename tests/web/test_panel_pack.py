"""The panel pack as members get it: on a screen without a script, on paper, and the same in every form."""

import json
import re

import openpyxl
import pytest
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, Page

from assets.answers.templates import read_questions
from tests.web.conftest import Site

pytestmark = pytest.mark.browser

PACK = "panel-pack.html"
LONGEST = 5


def soup(site: Site, page: str) -> BeautifulSoup:
    return BeautifulSoup((site.folder / page).read_text(encoding="utf-8"), "lxml")


def sections(site: Site) -> dict[str, Tag]:
    """Each question's section of the page, by its number."""
    return {str(one.select("h2")[0]["id"]): one for one in soup(site, PACK).select("section.question")}


def test_every_question_is_answered_or_named_as_unanswered(site: Site) -> None:
    answered = list(sections(site))
    named = [str(row["id"]) for row in soup(site, PACK).select("#unanswered-table tbody tr")]
    assert sorted([*answered, *named]) == sorted(read_questions())
    assert [one for one in read_questions() if one in answered] == answered


def test_an_unanswered_question_says_what_it_needs_of_whom_and_how(site: Site) -> None:
    rows = soup(site, PACK).select("#unanswered-table tbody tr")
    assert rows and all(cell.get_text(strip=True) for row in rows for cell in row.select("td"))


def test_every_section_answers_in_one_to_three_sentences(site: Site) -> None:
    answered = {number: len(one.select("p.answer")) for number, one in sections(site).items()}
    assert {question: count for question, count in answered.items() if not 1 <= count <= 3} == {}


def test_each_leading_sentence_on_the_page_is_that_of_the_mart(site: Site) -> None:
    shown = {one["data-answer"]: one.get_text() for one in soup(site, PACK).select("p[data-answer]")}
    held = dict(site.connection.execute("select question || '.' || statement, sentence from marts.answers").fetchall())
    # only the age of an old figure is added
    added = {name: text.removeprefix(held[name]) for name, text in shown.items()}
    assert all(re.fullmatch(r"( These figures are \w+ years old\.)?", one) for one in added.values()) and len(shown) > 8


def test_every_statement_that_has_a_figure_is_on_the_page(site: Site) -> None:
    shown = {one["data-answer"] for one in soup(site, PACK).select("[data-answer]")}
    held = site.connection.execute(
        "select question || '.' || statement from marts.answers where verdict not in ('missing', 'not applicable')"
    ).fetchall()
    assert {one for (one,) in held} <= shown


def test_the_workbook_and_the_json_say_the_same_as_the_page(site: Site) -> None:
    held = [row["sentence"] for row in site.findings.rows["answers"]]
    sheet = openpyxl.load_workbook(site.folder / "downloads/benchmark.xlsx")["Answers"]
    told = json.loads((site.folder / "downloads/answers.json").read_text(encoding="utf-8"))
    assert [cell.value for cell in sheet["C"][3:]] == held
    assert [one["sentence"] for one in told["answers"]] == held
    assert all(one["evidence"] for one in told["answers"] if one["verdict"] in ("better", "worse", "no difference"))


@pytest.mark.parametrize("page_name", [PACK, "annual-report.html"])
def test_the_paper_is_at_most_five_pages_of_a4(site: Site, page: Page, page_name: str) -> None:
    page.goto(site.address(page_name))
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= LONGEST


def test_the_annual_report_leaves_no_sheet_to_its_last_line(site: Site, page: Page) -> None:
    page.goto(site.address("annual-report.html"))
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 2


def test_the_pack_is_whole_without_javascript(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    quiet = context.new_page()
    quiet.goto(site.address(PACK))
    sentences = quiet.locator("p.answer")
    shown = [sentences.nth(place).is_visible() for place in range(sentences.count())]
    context.close()
    assert len(shown) > 8 and all(shown)


def test_the_annual_report_marks_what_a_person_must_write(site: Site) -> None:
    boxes = [one.get_text() for one in soup(site, "annual-report.html").select(".to-write")]
    assert len(boxes) >= 6 and all(one.startswith("To be written by a person") for one in boxes)


def test_what_changed_is_there_as_text(site: Site) -> None:
    text = (site.folder / "downloads/what-changed.txt").read_text(encoding="utf-8")
    assert text.startswith("Worcestershire County Council: complaints benchmark, edition")
