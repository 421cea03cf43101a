"""A page of the site as a Word file, so that officers can write in it: headings as styles, charts as pictures."""

import io
import re
import zipfile
from datetime import date, datetime
from statistics import fmean
from textwrap import wrap

import docx
from bs4 import BeautifulSoup, Tag
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from markupsafe import escape

from assets.publication.pictures import png

# what only a screen has, and what a page folds away
LEFT_OUT = "nav, script, style, .downloads, .onward, .phone, details:not(.on-paper), .skip, .key"
WIDTH, LINE, BETWEEN = 720, 18, 10
PAPER_WIDTH = Cm(17)
LONGEST_TITLE = 255  # the format takes no more
FIXED_DAY = (1980, 1, 1, 0, 0, 0)
DRAWN = """
text { font: 14px Helvetica, Arial, sans-serif; fill: #1c2226 } .end { font-size: 12px }
.other { fill: #8a949c } .us { fill: #1d4f91 } .half { fill: #cfddf0 }
.reach { fill: #cfddf0; stroke: #8aa9d0; stroke-width: 4 } .axis { stroke: #c8ced3; stroke-width: 2 }
.average { stroke: #1c2226; stroke-width: 2.5 }"""


def word_file(page: bytes, title: str, published: date) -> bytes:
    """The page's main part as a .docx: the same bytes for the same page and day."""
    soup = BeautifulSoup(page, "lxml")
    main = soup.select_one("main")
    if main is None:
        raise ValueError("the page has no main part")
    for element in main.select(LEFT_OUT):
        element.decompose()
    document = docx.Document()
    document.core_properties.title = title[:LONGEST_TITLE]
    document.core_properties.author = "Council Complaints Benchmark"
    moment = datetime(published.year, published.month, published.day)
    document.core_properties.created = document.core_properties.modified = moment
    document.styles["Normal"].font.size = Pt(11)
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Heading 3", "Caption"):
        document.styles[name].font.name = "Arial"
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:asciiTheme", "w:hAnsiTheme"):
            fonts.attrib.pop(qn(script), None)
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
    state = soup.select_one(".top .state")
    if state is not None:
        document.sections[0].header.paragraphs[0].text = state.get_text(strip=True)
    _write(document, main)
    return _at_a_fixed_time(document)


def _write(document: Document, parent: Tag) -> None:
    for element in parent.find_all(recursive=False):
        if re.fullmatch("h[1-4]", element.name):
            document.add_heading(_text(element), level=min(int(element.name[1]), 4))
        elif element.name == "figcaption":
            document.add_paragraph(_text(element), style="Caption").paragraph_format.keep_with_next = True
        elif element.name == "p":
            if _text(element):
                _fill(document.add_paragraph(), element)
        elif element.name == "dl":
            for part in element.find_all(["dt", "dd"]):
                _fill(document.add_paragraph(style=None if part.name == "dt" else "List Continue"), part)
        elif element.name in ("ul", "ol") and {"bars", "rows"} & set(element.get("class") or []):
            _add_picture(document, element)
        elif element.name == "ul" and "boxes" in (element.get("class") or []):
            document.add_paragraph(", ".join(_text(one) for one in element.find_all("li")))
        elif element.name in ("ul", "ol"):
            for item in element.find_all("li", recursive=False):
                _fill(
                    document.add_paragraph(style="List Bullet" if element.name == "ul" else "List Number"),
                    item,
                )
        elif element.name == "table":
            _add_table(document, element)
        elif element.name == "svg":
            _picture(document, str(element), _alternative(element))
        else:
            _write(document, element)


def _text(element: Tag) -> str:
    return " ".join(element.get_text(" ").split())


def _fill(paragraph: Paragraph, element: Tag) -> None:
    """The element's text in a paragraph, its links as links and what is strong in bold."""
    for part in element.children:
        text = re.sub(r"\s+", " ", part.get_text() if isinstance(part, Tag) else str(part))
        if isinstance(part, Tag) and part.name == "a" and str(part.get("href", "")).startswith("http"):
            _add_link(paragraph, text, str(part["href"]))
        elif text:
            paragraph.add_run(text).bold = isinstance(part, Tag) and part.name == "strong"


def _add_link(paragraph: Paragraph, text: str, address: str) -> None:
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(text)
    run.font.underline = True
    link.append(run._r)
    paragraph._p.append(link)


def _add_table(document: Document, element: Tag) -> None:
    rows = [row.find_all(["th", "td"], recursive=False) for row in element.find_all("tr")]
    if not rows:
        return
    if caption := element.find("caption"):
        document.add_paragraph(_text(caption), style="Caption").paragraph_format.keep_with_next = True
    table = document.add_table(rows=len(rows), cols=max(map(len, rows)), style="Table Grid")
    for place, cells in enumerate(rows):
        if len(cells) == 1:  # the heading of a group of rows
            table.cell(place, 0).merge(table.cell(place, len(table.columns) - 1))
        for column, cell in enumerate(cells):
            filled = _fill_cell(table.cell(place, column), cell, is_bold=cell.name == "th")
            # no heading stands alone at the end of a page
            filled.paragraph_format.keep_with_next = place == 0 or len(cells) == 1
    # each column as wide as its usual text asks, within bounds: no word of a date is parted
    shares = [
        min(max(24, fmean([24, *(len(_text(cells[place])) for cells in rows if 1 < len(cells) > place)])), 60)
        for place in range(len(table.columns))
    ]
    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        column.width = int(PAPER_WIDTH * share / sum(shares))
        for cell in column.cells:
            cell.width = column.width
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    header = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(header)


def _fill_cell(cell: _Cell, element: Tag, is_bold: bool) -> Paragraph:
    run = cell.paragraphs[0].add_run(_text(element))
    run.bold, run.font.size = is_bold, Pt(9)
    return cell.paragraphs[0]


def _add_picture(document: Document, element: Tag) -> None:
    """A list of drawings as one picture: the words of each item on the left, its drawing, its value on the right."""
    items = element.find_all("li", recursive=False)
    if not items:
        return
    parts, said, top = [], [], 0
    for item in items:
        drawing = item.find("svg")
        label, *rest = item.find_all(["span", "p"], recursive=False)
        # a value stands with its cases, a result above its reason
        values = [
            text
            for one in rest
            for text in ([_text(one)] if "value" in (one.get("class") or []) else one.stripped_strings)
        ]
        says = f" ({drawing['aria-label']})" if drawing is not None and drawing.get("aria-label") else ""
        said.append(f"{_text(label)}: {', '.join(values)}{says}")
        columns = wrap(_text(label), 34), [one for value in values for one in wrap(value, 22)]
        for left, lines in zip((0, 560), columns, strict=True):
            parts += [
                f'<text x="{left}" y="{top + 15 + LINE * place}">{escape(line)}</text>'
                for place, line in enumerate(lines)
            ]
        bottom = top + LINE * max(map(len, columns))
        if drawing is not None:
            inner = "".join(str(one) for one in drawing.children)
            height = int(str(drawing.get("height", "20")))
            parts.append(f'<svg x="275" y="{top}" width="265" height="{height}">{inner}</svg>')
            if ends := item.select_one(".ends"):
                worse, _, better = (escape(_text(end).strip("◀▶ ")) for end in ends.find_all("span"))
                below = top + height + 8
                parts.append(f'<text class="end" x="283" y="{below}">{worse}</text>')
                parts.append(f'<text class="end" x="532" y="{below}" text-anchor="end">{better}</text>')
                bottom = max(bottom, top + height + LINE)
        top = bottom + BETWEEN
    size = f'width="{WIDTH}" height="{top}"'
    style = f"<style>{DRAWN}</style>"
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{style}{"".join(parts)}</svg>'
    _picture(document, drawn, "; ".join(said))


def _alternative(drawing: Tag) -> str:
    return ". ".join(_text(one) for one in drawing.find_all(["title", "desc"])) or str(drawing.get("aria-label", ""))


def _picture(document: Document, drawn: str, alternative: str) -> None:
    shape = document.add_picture(io.BytesIO(png(drawn, scale=2)), width=PAPER_WIDTH)
    shape._inline.docPr.set("descr", alternative)


def _at_a_fixed_time(document: Document) -> bytes:
    """The file with every member dated alike, so that the same words give the same bytes."""
    written, out = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed:
        for name in given.namelist():
            member = zipfile.ZipInfo(name, FIXED_DAY)
            member.external_attr = 0o644 << 16
            fixed.writestr(member, given.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
