"""Bytes of a web page to the text a reader sees, independent of the markup around it."""

import codecs
import html
import re
from dataclasses import dataclass

from lxml import etree

MAX_BYTES = 4_000_000
MAX_CHARACTERS = 400_000

# Elements that a browser sets apart from their neighbours: their text never runs into the next word.
_SET_APART_TAGS = (
    "address|article|aside|blockquote|body|br|button|caption|center|d[dlt]|details|dialog|div|fieldset|"
    "figcaption|figure|footer|form|h[1-6r]|header|iframe|input|label|legend|li|main|nav|ol|option|p|pre|section|"
    "select|summary|svg|table|tbody|t[dhr]|text|textarea|tfoot|thead|title|ul"
)
_IS_SET_APART = re.compile(_SET_APART_TAGS).fullmatch
_APART = f"<(?=/?(?:{_SET_APART_TAGS})[\\s/>])".encode()
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

# What stands in the text where a figure is broken by its markup: no pattern reads a figure with this in it or at it.
BARRIER = "\ufffc"
_PIECED = re.compile(r"([0-9][.,]?)(?:<[^>]*>)+(?=[.,]?[0-9])")
_WORD_BREAK, _TAG = re.compile("</?wbr[^>]*>"), re.compile("<[^>]*>")
_FAR_FROM_FIGURES = re.compile(f"(?<![0-9%])(?<![0-9%][.,]){BARRIER}+(?![.,£$€+\u2212-]?[0-9])")

_STRUCK = ("del", "s", "strike")
_STRIKING = re.compile(r"text-decoration[^;]*line-through", re.IGNORECASE)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:opacity|font-size)\s*:\s*0(?![.0-9]*[1-9])"
    r"|color\s*:\s*transparent|(?:left|top|text-indent)\s*:\s*-[0-9]{3,}",
    re.IGNORECASE,
)
_TURNING = re.compile(r"bidi-override|isolate-override|-reverse", re.IGNORECASE)
_RAISED = re.compile(r"vertical-align\s*:\s*(?:super|sub)", re.IGNORECASE)
# Classes of text that is only read aloud, or that a style sheet hides.
_ALOUD = re.compile(
    r"(?<![\w-])(?:sr-only|screen-?reader[\w-]*|(?:\w+-)?visually-?hidden|(?:is-|element-|a11y-)?(?:hidden|invisible)"
    r"|d-none|display-none|hide|off-?screen|assistive-text)(?![\w-])",
    re.IGNORECASE,
)
_NOTE_CLASS = re.compile(r"(?:foot|end)-?note|note-?ref|(?<![\w-])(?:fn|reference)(?![a-z])", re.IGNORECASE)
_NOTE_LINK = re.compile(r"#.*(?:fn|note|ref|cite)", re.IGNORECASE)
_NOTE = re.compile(r"[\[(]?[0-9a-z*†‡§¶#]{1,3}[\])]?", re.IGNORECASE)
_PLAIN_NOTE = re.compile(r"[\[(].*[\])]|[*†‡§¶#]+")
_ORDINAL = re.compile(r"st|nd|rd|th", re.IGNORECASE)
_OPENERS = "//@aria-controls|//@data-target|//@data-bs-target|//a/@href[starts-with(., '#')]"
# Elements, and attributes but for classes, that may set text in another way than the text around it.
_SPECIAL_TAGS = {*_STRUCK, "sup", "sub", "bdo"}
_SPECIAL_ATTRIBUTES = {"hidden", "style", "role"}


@dataclass(frozen=True)
class Quarantined:
    """Something in a source that was not understood, or that contradicts itself."""

    reason: str
    text: str


class UnreadablePage(ValueError):
    """Bytes that cannot safely be read as a page: too large, or nested too deeply."""


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """The bytes that are no UTF-8 as Windows-1252, so that one of them does not turn the whole file."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("as_windows_1252", _as_windows_1252)


def decode(data: bytes) -> str:
    """The characters of `data`: by byte order mark, else by another encoding that the page declares where it is no
    UTF-8, else as UTF-8 in which every byte that is none counts as Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _META_CHARSET.search(data[:4096])
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    if encoding not in (
        "utf-8",
        "utf8",
        "iso-8859-1",
        "latin-1",
        "ascii",
        "us-ascii",
        "windows-1252",
        "cp1252",
    ):
        try:
            return data.decode(encoding, errors="replace")
        except LookupError:
            """What is declared is no encoding."""
    return data.decode("utf-8-sig", errors="as_windows_1252")


def fold(text: str) -> str:
    """`text` with every run of white space as one space, invisible characters gone, apostrophes straight."""
    return " ".join(_NO_WIDTH.sub("", _APOSTROPHE.sub("'", text)).split())


def tree_of(page: bytes | str) -> etree._Element | None:
    """The parsed page, or None where there is nothing to parse. Raises UnreadablePage on a page that is too
    large or nested too deeply to be read whole."""
    if len(page) > MAX_BYTES:
        raise UnreadablePage(f"the page has {len(page):,} bytes; at most {MAX_BYTES:,} are read")
    characters = page if isinstance(page, str) else decode(page)
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


@dataclass(frozen=True)
class PageText:
    """What a reader sees of a page and what is left out, both folded, and its first headings."""

    visible: str
    left_out: str
    headings: tuple[str, ...]


def text_of(tree: etree._Element | None) -> PageText:
    """The folded text of a page; changes `tree`. Raises UnreadablePage where it is too long.

    Left out are note marks, struck out text and text that nobody sees. Where one of them touches a figure, where text
    that is only read aloud does, and where an element starts or ends between two digits, a BARRIER stands: what is put
    together from pieces is no figure."""
    if tree is None:
        return PageText("", "", ())
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)
    openers: set[str] | None = None
    left_out = []
    try:
        for element in [one for one in tree.iter(etree.Element) if _is_special(one)]:
            if openers is None:
                openers = {name.strip("#") for names in tree.xpath(_OPENERS) for name in names.split()}
            mark, is_out = _setting(element, openers)
            # a browser sets apart what stands in such an element, whatever becomes of its text
            tail = mark + (" " if _IS_SET_APART(element.tag) else "")
            if is_out:
                left_out.append(fold("".join(element.itertext())))
                element.tag = "taken-out"
            elif mark:
                element.text = mark + (element.text or "")
                element.append(etree.Element("wbr"))
                element[-1].tail = mark
            if tail:
                element.tail = tail + (element.tail or "")
    except ValueError as error:
        raise UnreadablePage(f"the page has characters that no page may have: {error}") from error
    etree.strip_elements(tree, "taken-out", with_tail=False)
    headings = tuple(_words(title) for title in tree.iter("h1"))
    text = _words(tree)
    if len(text) > MAX_CHARACTERS:
        raise UnreadablePage(f"the page has {len(text):,} characters of text; at most {MAX_CHARACTERS:,} are read")
    return PageText(text, " | ".join(filter(None, left_out)), headings)


def _is_special(element: etree._Element) -> bool:
    """Whether the element may set its text in another way than the text around it."""
    if element.tag in _SPECIAL_TAGS or not _SPECIAL_ATTRIBUTES.isdisjoint(names := element.keys()):
        return True
    if "class" in names and (_ALOUD.search(kind := element.get("class", "")) or _NOTE_CLASS.search(kind)):
        return True
    return element.tag == "a" and "#" in element.get("href", "")


def _setting(element: etree._Element, openers: set[str]) -> tuple[str, bool]:
    """What stands at the element's ends, and whether its text is left out."""
    tag, style = element.tag, element.get("style", "")
    if tag in _STRUCK or _STRIKING.search(style):
        return BARRIER, True
    # what the reader can open is only hidden until then
    can_open = element.get("role") == "tabpanel" or element.get("id") in openers
    if not can_open and (element.get("hidden") is not None or _HIDING.search(style)):
        return BARRIER, True
    if _is_note(element):
        words = fold("".join(element.itertext()))
        if _NOTE.fullmatch(words) and not _ORDINAL.fullmatch(words):
            # a bare digit may as well be part of the figure
            is_plain = _PLAIN_NOTE.fullmatch(words) or tag == "a" or element.find(".//a") is not None
            return "" if is_plain else BARRIER, True
    is_unclear = tag == "bdo" or _TURNING.search(style) or _ALOUD.search(element.get("class", ""))
    return (BARRIER if is_unclear else ""), False


def _is_note(element: etree._Element) -> bool:
    """Whether the element is set as a note's mark: raised, lowered, or a link to a note."""
    return (
        element.tag in ("sup", "sub")
        or element.get("role") == "doc-noteref"
        or bool(_RAISED.search(element.get("style", "")) or _NOTE_CLASS.search(element.get("class", "")))
        or (element.tag == "a" and bool(_NOTE_LINK.search(element.get("href", ""))))
    )


def _words(element: etree._Element) -> str:
    """The folded text of an element, with a BARRIER at each figure that its markup breaks."""
    markup = etree.tostring(element, encoding="unicode", with_tail=False)
    pieced = _PIECED.sub(rf"\1{BARRIER}", _WORD_BREAK.sub("", markup))
    return fold(_FAR_FROM_FIGURES.sub("", fold(html.unescape(_TAG.sub("", pieced)))))
