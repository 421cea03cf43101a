"""`source.yml` as checked, compiled objects, so that a slip in it is reported before anything is fetched or
read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assets.ombudsman.late_stages import SummarySource, summary_source
from warehouse.files import declaration

SOURCE_FILE = Path(__file__).with_name("source.yml")

_PLACEHOLDER = re.compile(r"\{([a-z_0-9]+):([nspxzd])\}")
_CAPITAL = re.compile(r"\\.|\{[^}]*\}|[A-Z]+")
# A figure is only a figure if nothing before or after it could belong to it: no other digit, no decimal or
# thousands mark, no sign, no currency, no letter run into it, and not the very end of a page cut short.
# (The guards look back over the first digit, so that the search can jump from digit to digit.)
_DASHES = r"\u2010-\u2015\u2212-"
_BROKEN = r"\u202d\u202e\ufffc\ufffd"
_FIRST = rf"[0-9](?<![0-9{_BROKEN}][ .,/{_DASHES}][0-9])(?<![\w£$€+~^<>=≤≥≈±/{_BROKEN}{_DASHES}][0-9])"
_WHOLE = r"(?:(?<!0)[0-9]{{0,2}}(?:,[0-9]{{3}}){{1,2}}|(?<!0)[0-9]{{0,6}}|)"
# Behind it stands a space, a mark that ends a sentence, or what is taken already (\0).
_AFTER = rf"(?=[ .,;:!?)\x00])(?![.,][{_BROKEN}]|,[0-9]|[. ][0-9](?![0-9]{{{{0,2}}}}% of )| ?%| ?[/{_DASHES}] ?[0-9])"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_FIGURES = {
    "n": rf"(?P<{{name}}>{_FIRST}{_WHOLE}){_AFTER}",
    "s": rf"(?P<{{name}}>{_FIRST}(?<![a-z] [0-9]){_WHOLE}){_AFTER}",
    "p": rf"(?P<{{name}}>{_FIRST}(?:(?<!0)[0-9]|(?<=1)00|) ?%)",
    # Some copies print a stray per cent sign after a rate per head.
    "x": rf"(?P<{{name}}>{_FIRST}(?:(?<!0)[0-9]{{{{1,2}}}}|)(?:\.[0-9]{{{{1,2}}}})?(?: ?%)?)(?=[ ;:!?)\x00])",
    "z": r"(?P<{name}>not?)\b",
    "d": rf"(?P<{{name}}>(?<![\w{_BROKEN}])[0-9]{{{{1,2}}}}(?:st|nd|rd|th)? (?:{_MONTHS}) [0-9]{{{{4}}}})(?![0-9])",
}


_LONGEST_FIGURE = 12


class SourceError(ValueError):
    """A slip in source.yml, with the place and what to mend."""


@dataclass(frozen=True)
class Sentence:
    """One sentence of the statistics page: its pattern, its block, and which measures its figures are."""

    pattern: re.Pattern[str]
    # What follows the figure of a sentence that begins with one: far quicker to find than any figure.
    after_figure: re.Pattern[str] | None
    block: str
    figures: tuple[str, ...]
    in_block: dict[str, str]
    after: dict[str, str]
    none_of: tuple[str, ...]

    def find(self, text: str) -> Iterator[re.Match[str]]:
        """Every place where the sentence stands in `text`, in order."""
        if self.after_figure is None:
            yield from self.pattern.finditer(text)
            return
        done = 0
        for rest in self.after_figure.finditer(text):
            for start in range(max(done, rest.start() - _LONGEST_FIGURE), rest.start()):
                if text[start].isdigit() and (match := self.pattern.match(text, start)):
                    done = match.end()
                    yield match
                    break


@dataclass(frozen=True)
class PageSource:
    """How the statistics page is read."""

    headings: dict[str, re.Pattern[str]]
    elsewhere: re.Pattern[str]
    elsewhere_after: re.Pattern[str]
    furniture: tuple[re.Pattern[str], ...]
    ends: tuple[re.Pattern[str], ...]
    sentences: tuple[Sentence, ...]
    signs: tuple[re.Pattern[str], ...]
    measures: tuple[str, ...]
    generations: dict[str, dict[str, tuple[str, ...]]]
    together: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Layout:
    """One kind of table: its measures with the normalised headings each may go by, those that may lack, and those
    that several columns make up together."""

    name: str
    columns: dict[str, frozenset[str]]
    may_lack: frozenset[str]
    added_up: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TableSource:
    """How the annual tables are read. sums: which measures make up each whole; left_out_if_none: those of them that
    a table may leave out where they are none."""

    authority: frozenset[str]
    ignored: frozenset[str]
    years: frozenset[str]
    totals: re.Pattern[str]
    summaries: re.Pattern[str]
    footnotes: re.Pattern[str]
    missing: frozenset[str]
    not_councils: re.Pattern[str]
    sums: dict[str, tuple[str, ...]]
    left_out_if_none: frozenset[str]
    layouts: tuple[Layout, ...]

    @property
    def measures(self) -> list[str]:
        """What the tables state. Names shared with the statistics page are the same measure."""
        return list(dict.fromkeys(measure for layout in self.layouts for measure in layout.columns))


@dataclass(frozen=True)
class Source:
    """Everything declared in source.yml."""

    site: str
    also_known_as: tuple[str, ...]
    addresses: dict[str, str]
    results_on_a_page: int
    slugs: dict[str, str]
    sentinels: tuple[str, ...]
    page: PageSource
    tables: TableSource
    decision_outcomes: tuple[str, ...]
    decision_kinds: tuple[str, ...]
    summary: SummarySource


def _compiled(pattern: str, place: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise SourceError(f"{place}: {pattern!r} is not a pattern: {error}") from error


def _lower(pattern: str) -> str:
    """`pattern` in small letters, its escapes and placeholders left alone: the text it is matched with has
    none but small letters, which is many times faster than ignoring capitals."""
    return _CAPITAL.sub(lambda found: found[0].lower() if found[0].isalpha() else found[0], pattern)


def _each(patterns: list[str], place: str) -> tuple[re.Pattern[str], ...]:
    return tuple(_compiled(_lower(pattern), f"{place}: {pattern}") for pattern in patterns)


def _with_figures(text: str) -> str:
    return _PLACEHOLDER.sub(lambda found: _FIGURES[found[2]].format(name=found[1]), text)


def _sentence(declared: dict[str, Any], place: str) -> Sentence:
    unknown = set(declared) - {"block", "text", "in_block", "after", "none_of"}
    if unknown or not {"block", "text"} <= set(declared):
        raise SourceError(f"{place}: a sentence has block and text, and perhaps in_block, after, none_of")
    text = _lower(declared["text"])
    names = [name for name, _ in _PLACEHOLDER.findall(text)]
    first = _PLACEHOLDER.match(text)
    place = f"{place}: {declared['text']}"
    return Sentence(
        _compiled(_with_figures(text), place),
        _compiled(_with_figures(text[first.end() :]), place) if first else None,
        declared["block"],
        tuple(name for name in names if name not in ("start", "end")),
        declared.get("in_block", {}),
        declared.get("after", {}),
        tuple(declared.get("none_of", ())),
    )


def page_source(declared: dict[str, Any]) -> PageSource:
    """How the statistics page is read, from the `page` part of source.yml. Raises SourceError on a slip."""
    return PageSource(
        {block: _compiled(_lower(text), f"page: headings: {block}") for block, text in declared["headings"].items()},
        _one_of([rf"\b{words}\b" for words in declared["elsewhere"]], "page: elsewhere"),
        _one_of([rf"[,;:]? ?\(?{words}\b" for words in declared["elsewhere_after"]], "page: elsewhere_after"),
        _each(declared["furniture"], "page: furniture"),
        _each(declared["ends"], "page: ends"),
        tuple(
            _sentence(sentence, f"page: sentence {number}") for number, sentence in enumerate(declared["sentences"], 1)
        ),
        _each(declared["signs"], "page: signs"),
        tuple(declared["measures"]),
        {
            generation: {block: tuple(measures) for block, measures in blocks.items()}
            for generation, blocks in declared["generations"].items()
        },
        tuple(tuple(measures) for measures in declared["together"]),
    )


def normalised(heading: str) -> str:
    """A heading as it is compared: small letters, words only, & as `and`, % as `per cent`, no footnote
    mark."""
    words = heading.lower().replace("&", " and ").replace("%", " per cent ").replace("percent", "per cent")
    words = re.sub(r"[\u2018\u2019'`]", "", words)
    words = re.sub(r"\[(note )?[0-9a-z]{1,3}\]|[*†‡§¹²³⁴⁵]+", " ", words)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", words).split())


def _one_of(patterns: list[str], place: str) -> re.Pattern[str]:
    for pattern in patterns:
        _compiled(pattern, place)
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _layout(name: str, declared: dict[str, Any]) -> Layout:
    columns = {
        measure: frozenset(normalised(str(heading)) for heading in headings)
        for measure, headings in declared["columns"].items()
    }
    headings = [heading for names in columns.values() for heading in names]
    if twice := sorted({heading for heading in headings if headings.count(heading) > 1}):
        raise SourceError(f"tables: {name}: a heading means two measures: {', '.join(twice)}")
    lists = {what: frozenset(declared.get(what, ())) for what in ("may_lack", "added_up")}
    for what, measures in lists.items():
        if unknown := measures - set(columns):
            raise SourceError(f"tables: {name}: {what} names no column: {', '.join(sorted(unknown))}")
    return Layout(name, columns, **lists)


def table_source(declared: dict[str, Any]) -> TableSource:
    """How the tables are read, from the `tables` part of source.yml. Raises SourceError on a slip."""
    return TableSource(
        frozenset(normalised(heading) for heading in declared["authority"]),
        frozenset(normalised(heading) for heading in declared["ignored"]),
        frozenset(normalised(heading) for heading in declared["years"]),
        _one_of(declared["totals"], "tables: totals"),
        _one_of(declared["summaries"], "tables: summaries"),
        _one_of(declared["footnotes"], "tables: footnotes"),
        frozenset(str(mark).lower() for mark in declared["missing"]),
        _one_of(declared["not_councils"], "tables: not_councils"),
        {whole: tuple(parts) for whole, parts in declared["sums"].items()},
        frozenset(declared["left_out_if_none"]),
        tuple(_layout(name, layout) for name, layout in declared["layouts"].items()),
    )


@cache
def load(path: Path = SOURCE_FILE) -> Source:
    """The source as declared in `path`. Raises SourceError on a slip in it."""
    try:
        said = declaration(path)
        return Source(
            said["site"],
            tuple(said["also_known_as"]),
            said["addresses"],
            said["results_on_a_page"],
            said["slugs"],
            tuple(said["sentinels"]),
            page_source(said["page"]),
            table_source(said["tables"]),
            tuple(said["decisions"]["outcomes"]),
            tuple(said["decisions"]["kinds"]),
            summary_source(said["decisions"]["summary"]),
        )
    except (yaml.YAMLError, re.error, KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"{path.name}: {type(error).__name__}: {error}") from error
