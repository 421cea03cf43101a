"""How plain a page's visible words are: long sentences, reading ease, and words that plain English does without."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

MOST_WORDS = 25
QUIET = {"script", "style", "head", "svg", "nav", "footer"}
BLOCKS = {
    "p", "li", "h1", "h2", "h3", "td", "th", "caption", "figcaption", "dt", "dd", "summary", "div", "tr", "section",
}  # fmt: skip
# what a reader would stumble over, and what to write instead
INSTEAD = {
    r"beside": "compared with",
    r"held": "we have",
    r"as printed": "published",
    r"(?:is|are|be|was|were) (?:told|said)\b(?! to| that)": "we say, we cannot say",
    r"verdicts?": "result",
    r"publication": "edition",
    r"living councils?": "councils",
    r"alike in": "with similar",
    r"(?:bring|brings|brought|bringing) about": "cause",
    r"hangs? on": "depends on",
    r"whom": "which council",
    r"relation": "table",
    r"what becomes of": "what happens to",
    r"for want of": "because we lack",
    r"gap to the benchmark": "how far from the best",
    r"together": "on average",
    r"small base": "few cases",
}
FORBIDDEN = {text: re.compile(rf"\b{text}\b", re.I) for text in INSTEAD}
_ENDS = re.compile(r"(?<=[.?!])[”’)]*\s+(?=[“‘(]?[A-Z0-9])")
_WORD = re.compile(r"[\w’'%£.,-]*\w[\w’'%£-]*")
_VOWELS = re.compile(r"[aeiouy]+")


@dataclass(frozen=True)
class Block:
    """One block of text, and whether it stands in a table."""

    text: str
    is_in_table: bool


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self.parts: list[str] = []
        self.quiet = self.tables = 0

    def cut(self) -> None:
        if text := " ".join("".join(self.parts).split()):
            self.blocks.append(Block(text, bool(self.tables)))
        self.parts = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS or tag == "table":
            self.cut()
        self.quiet += tag in QUIET
        self.tables += tag == "table"

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS or tag == "table":
            self.cut()
        self.quiet -= tag in QUIET
        self.tables -= tag == "table"

    def handle_data(self, data: str) -> None:
        if not self.quiet:
            self.parts.append(data)


def blocks(html: str) -> list[Block]:
    """The visible text of a page, block by block."""
    reader = _Reader()
    reader.feed(html)
    reader.cut()
    return reader.blocks


def sentences(found: list[Block]) -> list[str]:
    """The sentences outside tables: what ends like one."""
    return [one for block in found if not block.is_in_table for one in _ENDS.split(block.text) if one[-1:] in ".?!"]


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def long(said: list[str]) -> list[str]:
    """The sentences with too many words."""
    return [one for one in said if len(words(one)) > MOST_WORDS]


def syllables(word: str) -> int:
    """How many syllables a word has, nearly: groups of vowels, without a silent e at the end; a number is one."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    silent = (plain.endswith("e") and not plain.endswith(("le", "ee"))) or (
        plain.endswith("ed") and plain[-3:-2] not in "td"
    )
    return max(1, len(_VOWELS.findall(plain)) - silent)


def reading_ease(said: list[str]) -> float:
    """Flesch's reading ease: 60 or more is plain English."""
    every = [word for one in said for word in words(one)]
    per_sentence, per_word = len(every) / len(said), sum(map(syllables, every)) / len(every)
    return 206.835 - 1.015 * per_sentence - 84.6 * per_word


def forbidden(found: list[Block]) -> list[str]:
    """Each use of a word to do without, with what to write instead and where it stands."""
    return [
        f"{match[0]!r} (write {INSTEAD[text]!r}): {block.text[max(0, match.start() - 50) : match.end() + 40]}"
        for block in found
        for text, pattern in FORBIDDEN.items()
        for match in pattern.finditer(block.text)
    ]
