"""The Word files say what the pages say, in a form that officers can write in."""

import io
import os
import subprocess
import sys
import zipfile
from datetime import date

import docx
import pytest
from bs4 import BeautifulSoup

from assets.publication.pictures import FONTS, FONTS_VARIABLE
from assets.publication.word import word_file
from tests.web.conftest import Site

PAGE = """<header class="top"><p class="state">Draft</p></header><main><h1>A &amp; B</h1>
<p>One <a href="https://www.lgo.org.uk/x">source</a> and <strong>two</strong>.</p>
<figure><figcaption>A finding</figcaption><ul class="bars"><li><span>First</span>
<svg height="20"><rect width="50%" height="20"/></svg><span>5 days</span></li></ul></figure>
<table><caption>Rows</caption><thead><tr><th>Name</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>
<div class="downloads"><p>left out</p></div></main>"""


def made(page: str = PAGE) -> bytes:
    return word_file(page.encode(), "Title", date(2026, 11, 30))


def test_headings_are_styles_and_what_a_screen_alone_has_is_left_out() -> None:
    paragraphs = docx.Document(io.BytesIO(made())).paragraphs
    assert (paragraphs[0].style.name, paragraphs[0].text) == ("Heading 1", "A & B")
    assert [one.text for one in paragraphs][1:3] == ["One source and two.", "A finding"]
    assert not any("left out" in one.text for one in paragraphs)


def test_a_chart_is_a_picture_whose_alternative_text_gives_its_values() -> None:
    shapes = docx.Document(io.BytesIO(made())).inline_shapes
    assert [shape._inline.docPr.get("descr") for shape in shapes] == ["First: 5 days"]


def test_a_list_of_drawings_without_any_leaves_no_picture() -> None:
    page = "<main><h1>A</h1><ul class='rows'></ul><p>After</p></main>"
    document = docx.Document(io.BytesIO(made(page)))
    assert [one.text for one in document.paragraphs] == ["A", "After"] and not document.inline_shapes


def test_a_table_keeps_its_cells_and_repeats_its_heading_on_each_sheet() -> None:
    table = docx.Document(io.BytesIO(made())).tables[0]
    assert [cell.text for row in table.rows for cell in row.cells] == ["Name", "1"]
    assert "tblHeader" in table.rows[0]._tr.xml


def test_no_caption_and_no_heading_of_rows_is_left_alone_at_the_end_of_a_sheet() -> None:
    group = '<tbody><tr><th colspan="2">Stage 2</th></tr><tr><td>1</td><td>2</td></tr></tbody>'
    page = f"<main><table><caption>Rows</caption><tr><th>A</th><th>B</th></tr>{group}</table></main>"
    document = docx.Document(io.BytesIO(made(page)))
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in document.tables[0].rows]
    assert document.paragraphs[0].paragraph_format.keep_with_next and kept == [True, True, False]


def test_a_row_of_boxes_is_one_line_and_a_row_of_a_table_stays_on_one_sheet() -> None:
    boxes = '<ul class="boxes"><li class="filled">2022-23</li><li class="filled">2023-24</li></ul><p></p>'
    document = docx.Document(io.BytesIO(made(PAGE.replace("<table>", f"{boxes}<table>"))))
    assert "2022-23, 2023-24" in [one.text for one in document.paragraphs]
    assert all("cantSplit" in row._tr.xml for row in document.tables[0].rows)


def test_the_same_page_gives_the_same_bytes() -> None:
    assert made() == made()


def test_the_fonts_of_the_machine_change_no_picture() -> None:
    code = "from tests.web.test_word_files import made; import sys; sys.stdout.buffer.write(made())"
    files = [
        subprocess.run([sys.executable, "-c", code], env=os.environ | fonts, check=True, capture_output=True)
        for fonts in ({}, {FONTS_VARIABLE: str(FONTS)})
    ]
    assert files[0].stdout == files[1].stdout


@pytest.mark.browser
@pytest.mark.parametrize("name", ["panel-pack", "annual-report"])
def test_every_sentence_of_the_page_is_in_its_word_file(site: Site, name: str) -> None:
    page = BeautifulSoup((site.folder / f"{name}.html").read_text(encoding="utf-8"), "lxml")
    stored = zipfile.ZipFile(site.folder / "downloads" / f"{name}.docx").read("word/document.xml").decode()
    # a year is a run of its own within its paragraph
    paragraphs = [
        "".join(run.get_text() for run in one.find_all("t")) for one in BeautifulSoup(stored, "xml").find_all("p")
    ]
    text = " ".join(" ".join(paragraphs).split())
    said = [" ".join(one.get_text().split()) for one in page.select("p[data-answer]") if not one.find_parent("details")]
    assert said and [one for one in said if one not in text] == []


@pytest.mark.browser
def test_the_pack_is_under_1500_words(site: Site) -> None:
    page = BeautifulSoup((site.folder / "panel-pack.html").read_text(encoding="utf-8"), "lxml")
    for folded in page.select("details, nav, script, style, .downloads"):
        folded.decompose()
    main = page.select_one("main")
    assert main is not None and len(main.get_text(" ").split()) < 1500
