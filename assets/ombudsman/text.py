"""Bytes of a web page to the text a reader sees, independent of the markup around it."""

import re

from lxml import etree

MAX_BYTES = 4_000_000
MAX_CHARACTERS = 400_000

# Elements that a browser sets apart from their neighbours: their text never runs into the next word.
_APART = (
    rb"<(?=/?(?:address|article|aside|blockquote|body|br|button|caption|center|d[dlt]|details|dialog|div|fieldset|"
    rb"figcaption|figure|footer|form|h[1-6r]|header|iframe|input|label|legend|li|main|nav|ol|option|p|pre|section|"
    rb"select|summary|svg|table|tbody|t[dhr]|text|textarea|tfoot|thead|title|ul)[\s/>])"
)
# Ignoring capitals takes three times as long, and hardly a page has any in its tags.
_SET_APART, _SET_APART_IN_CAPITALS = re.compile(_APART), re.compile(_APART, re.IGNORECASE)
_CAPITAL_TAG = re.compile(rb"</?[A-Z]")
_UNSEEN = ("script", "style", "template", "noscript", "head")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
# Characters that take no room at all, and what stands for an apostrophe. What turns the order of digits round
# (\u202d, \u202e) is none of them: it stays, and no figure behind it is read.
_NO_WIDTH = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202c\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\x00]+"
)
_APOSTROPHE = re.compile("[\u2018\u2019\u02bc\u00b4\u2032\uff07`]")


class UnreadablePage(ValueError):
    """Bytes that cannot safely be read as a page: too large, or nested too deeply."""


def decode(data: bytes) -> str:
    """The characters of `data`: by byte order mark, else UTF-8 where it is valid, else what the page
    declares, else Windows-1252."""
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
    return " ".join(_NO_WIDTH.sub("", _APOSTROPHE.sub("'", text)).split())


def tree_of(html: bytes | str) -> etree._Element | None:
    """The parsed page, or None where there is nothing to parse. Raises UnreadablePage on a page that is too
    large or nested too deeply to be read whole."""
    if len(html) > MAX_BYTES:
        raise UnreadablePage(f"the page has {len(html):,} bytes; at most {MAX_BYTES:,} are read")
    characters = html if isinstance(html, str) else decode(html)
    data = characters.replace("\x00", "").encode("utf-8", errors="replace")
    data = (_SET_APART_IN_CAPITALS if _CAPITAL_TAG.search(data) else _SET_APART).sub(b" <", data)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log.filter_from_fatals()):
        raise UnreadablePage("the page is nested too deeply to be read whole")
    return tree


def visible_text(tree: etree._Element | None) -> str:
    """The folded text a reader of the page sees; changes `tree`. Raises UnreadablePage where it is too
    long."""
    if tree is None:
        return ""
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)
    text = fold(etree.tostring(tree, method="text", encoding="unicode"))
    if len(text) > MAX_CHARACTERS:
        raise UnreadablePage(
            f"the page has {len(text):,} characters of text; at most {MAX_CHARACTERS:,} are read"
        )
    return text
