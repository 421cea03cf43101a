"""Bytes of a web page to the text a reader sees, independent of the markup around it."""

import re

from lxml import etree

MAX_BYTES = 4_000_000
MAX_CHARACTERS = 400_000

# Elements that a browser sets apart from their neighbours: their text never runs into the next word.
# fmt: off
_SET_APART = (
    "address", "article", "aside", "blockquote", "body", "br", "button", "caption", "center", "dd",
    "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "iframe", "input", "label", "legend", "li", "main", "nav",
    "ol", "option", "p", "pre", "section", "select", "summary", "svg", "table", "tbody", "td", "text",
    "textarea", "tfoot", "th", "thead", "title", "tr", "ul",
)
# fmt: on
_UNSEEN = ("script", "style", "template", "noscript", "head")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
# Python's \s knows every Unicode space; these take no room at all.
_SPACES = re.compile(r"\s+")
_NO_WIDTH = dict.fromkeys([0x00, 0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF])
_CONTROL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STRAIGHT = {ord(mark): "'" for mark in "\u2018\u2019\u02bc\u00b4\u2032\uff07`"}
_CHARACTERS = {**_NO_WIDTH, **_STRAIGHT}


class UnreadablePage(ValueError):
    """Bytes that cannot safely be read as a page: too large, or nested too deeply."""


def decode(data: bytes) -> str:
    """The characters of `data`: by byte order mark, else UTF-8 where it is valid, else what the page declares,
    else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _META_CHARSET.search(data[:4096])
        encoding = declared[1].decode("ascii") if declared else "cp1252"
        if encoding.lower() in ("utf-8", "utf8", "iso-8859-1", "latin-1", "ascii"):
            encoding = "cp1252"
        try:
            return data.decode(encoding, errors="replace")
        except LookupError:
            return data.decode("cp1252", errors="replace")


def fold(text: str) -> str:
    """`text` with every run of white space as one space, invisible characters gone, apostrophes straight."""
    return _SPACES.sub(" ", text.translate(_CHARACTERS)).strip()


def tree_of(html: bytes | str) -> etree._Element | None:
    """The parsed page, or None where there is nothing to parse. Raises UnreadablePage on a page that is too
    large or nested too deeply to be read whole."""
    if len(html) > MAX_BYTES:
        raise UnreadablePage(f"the page has {len(html):,} bytes; at most {MAX_BYTES:,} are read")
    characters = html if isinstance(html, str) else decode(html)
    data = characters.replace("\x00", "").encode("utf-8", errors="replace")
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log.filter_from_fatals()):
        raise UnreadablePage("the page is nested too deeply to be read whole")
    return tree


def visible_text(tree: etree._Element | None) -> str:
    """The folded text a reader of the page sees; changes `tree`. Raises UnreadablePage where it is too long."""
    if tree is None:
        return ""
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)
    for element in tree.iter(*_SET_APART):
        try:
            element.text = " " + (element.text or "")
            element.tail = " " + (element.tail or "")
        except ValueError:
            # A control character that came in as an entity: read, but not accepted back.
            element.text = " " + _CONTROL.sub(" ", element.text or "")
            element.tail = " " + _CONTROL.sub(" ", element.tail or "")
    text = fold("".join(tree.itertext()))
    if len(text) > MAX_CHARACTERS:
        raise UnreadablePage(
            f"the page has {len(text):,} characters of text; at most {MAX_CHARACTERS:,} are read"
        )
    return text
