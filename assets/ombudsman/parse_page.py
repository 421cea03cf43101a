"""The statistics page of one council, read by its sentences wherever they stand in the markup."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from assets.ombudsman.page_checks import contradictions
from assets.ombudsman.source import PageSource, Sentence, load
from assets.ombudsman.text import BARRIER, Quarantined, UnreadablePage, text_of, tree_of
from assets.ombudsman.years import years_in

# Goes up whenever the same bytes may give another result.
PARSER_VERSION = "4"

_MOST_QUARANTINED = 50
_TAKEN = "\x00"
_DIGITS = re.compile(r"\d+")
_ORDINAL = re.compile(r"(?<=[0-9])(?:st|nd|rd|th)")
_TURNED = re.compile("[\u202d\u202e]")
# What makes another thing of a figure: words or marks before one that opens its sentence, or behind one that closes it.
_HEDGED_BEFORE = re.compile(
    r"(?:\b(?:over|under|above|below|about|around|approximately|approx\.?|roughly|nearly|almost|some|circa|ca?\.|than|least|most|"
    r"minus|plus|to|and|or|of|by|from|between|not)|[0-9%] ?[\u2010-\u2015\u2212/~-]|[<>≤≥≈~±]) ?$"
)
_HEDGED_AFTER = re.compile(
    r" ?[\u2010-\u2015\u2212/-] ?[0-9]| ?[+^~]| (?:to|and|or) (?:[0-9]|(?:more|fewer|less|so|above|over|under)\b)"
    r"| (?:odd|plus|per ?cent|percent|million|thousand|hundred|dozen)\b"
)
_LEAD, _STOPS, _STOP = 60, ".!?\x00", re.compile(r"[.!?\x00]")
_SENTENCE_END = re.compile(r"(?<=[.!?]) |\x00")
_G2_BASE = re.compile(r"based on a total of [0-9,]+ detailed investigation")
_COUNCIL_IN_TEXT = re.compile(r"Adjusted for (.{1,100}?)'s? population,")
_COUNCIL_OF_LABEL = re.compile(r"% Complaints upheld by (.{1,100}?) ?(?:[0-9]|This compares)")


@dataclass(frozen=True)
class Observation:
    """One figure as printed: its measure, the number, and where in the page's folded text it stands."""

    measure: str
    value: Decimal
    as_printed: str
    locator: str


@dataclass(frozen=True)
class StatisticsPage:
    """What one page says. Figures without a period are never returned: they are quarantined."""

    council_name: str | None
    period_start: date | None
    period_end: date | None
    generation: str | None
    observations: tuple[Observation, ...]
    quarantined: tuple[Quarantined, ...]


@dataclass(frozen=True)
class _Witness:
    """One place in the text that states a figure."""

    measure: str
    as_printed: str
    start: int
    end: int


class _Reading:
    """A page's text while it is being read: what is taken is blanked out, so that nothing is read twice."""

    def __init__(self, text: str, source: PageSource) -> None:
        self.text = text
        self.left = _small_letters(text)
        self.source = source
        self.witnesses: list[_Witness] = []
        self.periods: dict[tuple[str, str], int] = {}
        self.excused: set[str] = set()
        self.quarantined: list[Quarantined] = []
        # Where each heading and each sentence stands: (position, end, block, measures stated there).
        self.marks: list[tuple[int, int, str, tuple[str, ...]]] = []

    def take(self, found: Iterable[re.Match[str]]) -> list[re.Match[str]]:
        """The places found in what is left of the text, which no longer has them."""
        matches = [match for match in found if match.end() > match.start()]
        if matches:
            pieces, position = [], 0
            for match in matches:
                pieces += [self.left[position : match.start()], _TAKEN * (match.end() - match.start())]
                position = match.end()
            self.left = "".join([*pieces, self.left[position:]])
        return matches

    def doubt(self, reason: str, text: str) -> None:
        """Adds one entry to the quarantine, within reason: a hostile page cannot fill it."""
        if len(self.quarantined) < _MOST_QUARANTINED:
            self.quarantined.append(Quarantined(reason, text[:300]))
        elif len(self.quarantined) == _MOST_QUARANTINED:
            self.quarantined.append(Quarantined("more: the rest is not listed", ""))

    def read(self) -> None:
        """Takes headings, furniture and sentences, then gives each figure its measure."""
        for block, pattern in self.source.headings.items():
            self.marks += [(match.start(), match.end(), block, ()) for match in self.take(pattern.finditer(self.left))]
        for pattern in self.source.furniture:
            self.take(pattern.finditer(self.left))
        found = [
            (match, sentence) for sentence in self.source.sentences for match in self.take(sentence.find(self.left))
        ]
        for match, _ in found:
            named = match.groupdict()
            if named.get("start") and named.get("end"):
                self.periods.setdefault((named["start"], named["end"]), match.start())
        undecided: list[tuple[re.Match[str], Sentence]] = []
        for match, sentence in found:
            if why := self._reason_against(match, sentence):
                # its place is known still, so that no average is given to the sentence before it
                self.marks.append((match.start(), match.end(), sentence.block, ()))
                self.doubt(why, self.text[max(0, match.start() - _LEAD) : match.end() + _LEAD].strip())
                continue
            self.excused.update(sentence.none_of)
            if sentence.in_block or sentence.after:
                undecided.append((match, sentence))
                continue
            if sentence.block != "as_before":
                self.marks.append((match.start(), match.end(), sentence.block, sentence.figures))
            for measure in sentence.figures:
                self._witness(measure, match, measure)
        self.marks.sort()
        for match, sentence in undecided:
            self._decide(match, sentence)

    def _reason_against(self, match: re.Match[str], sentence: Sentence) -> str | None:
        """Why the sentence's figure is not one of the council's for the page's year, by the words around it."""
        if not sentence.figures:
            return None
        before = self.left[max(0, match.start() - _LEAD) : match.start()]
        before = before[max(map(before.rfind, _STOPS)) + 1 :]
        stop = _STOP.search(self.left, match.end(), match.end() + _LEAD)
        after = self.left[match.end() : stop.start() if stop else match.end() + _LEAD]
        if not before.strip() and not after.strip():
            return None
        if self.source.elsewhere.search(before) or self.source.elsewhere_after.match(after):
            return "figure of others: the sentence is about other councils or another time"
        years = years_in(before) | years_in(after)
        if years and years - {year for start, end in self.periods for year in years_in(f"{start} to {end}")}:
            return "figure of others: the sentence is about another year"
        if (sentence.after_figure and _HEDGED_BEFORE.search(before)) or (
            match.end() == max(match.end(name) for name in sentence.figures) and _HEDGED_AFTER.match(after)
        ):
            return "unread figure: it is part of a range, or not exact"
        return None

    def _witness(self, measure: str, match: re.Match[str], group: str) -> None:
        if match[group] is not None:
            self.witnesses.append(_Witness(measure, self.text[slice(*match.span(group))], match.start(), match.end()))

    def _decide(self, match: re.Match[str], sentence: Sentence) -> None:
        """Gives the figure of a sentence that several blocks share to the block it stands in."""
        (group,) = sentence.figures
        if match[group] is None:
            return
        before = [mark for mark in self.marks if mark[1] <= match.start()]
        measure = None
        if before:
            _, end, block, stated = before[-1]
            gap = self.left[end : match.start()]
            if sentence.in_block:
                measure = sentence.in_block.get(block)
            elif len(gap) <= 200 and not _DIGITS.search(gap):
                measure = next((sentence.after[name] for name in stated if name in sentence.after), None)
        if measure:
            self._witness(measure, match, group)
        else:
            self.doubt(
                "unplaced figure: its block is unclear",
                self.text[slice(*match.span())],
            )

    def observations(self) -> list[Observation]:
        """One observation per measure, in the order of source.yml. Where two places state two figures for one
        measure, none is kept."""
        stated: dict[str, list[_Witness]] = defaultdict(list)
        for witness in self.witnesses:
            stated[witness.measure].append(witness)
        kept = []
        for measure in self.source.measures:
            witnesses = sorted(stated.get(measure, []), key=lambda witness: witness.start)
            if not witnesses:
                continue
            if len({_number(witness.as_printed) for witness in witnesses}) > 1:
                self.doubt(
                    f"conflicting figures: {measure}",
                    " | ".join(self.text[witness.start : witness.end] for witness in witnesses),
                )
                continue
            first = witnesses[0]
            locator = f"text {first.start}-{first.end}: {self.text[first.start : first.end]}"
            kept.append(Observation(measure, _number(first.as_printed), first.as_printed, locator))
        return kept

    def doubt_what_is_left(self) -> None:
        """Quarantines what no pattern read: words of a known sentence anywhere, any figure among the
        blocks."""
        seen: set[tuple[int, int]] = set()
        for match in (match for sign in self.source.signs for match in sign.finditer(self.left)):
            place = self._sentence_around(match.start(), match.end())
            if place not in seen:
                seen.add(place)
                self._doubt_unread("sentence", place)
        if not self.marks:
            return
        first, last = self.marks[0][0], max(mark[1] for mark in self.marks)
        ends = [found.start() for end in self.source.ends if (found := end.search(self.left, last))]
        for match in _DIGITS.finditer(self.left, first, min(ends, default=len(self.left))):
            if len(self.quarantined) > _MOST_QUARANTINED:
                return
            place = self._sentence_around(match.start(), match.end())
            if place not in seen:
                seen.add(place)
                self._doubt_unread("figure", place)

    def _doubt_unread(self, what: str, place: tuple[int, int]) -> None:
        words = self.text[slice(*place)].strip()
        why = "a note mark or hidden text breaks its figure" if BARRIER in words else "no pattern reads it"
        self.doubt(f"unread {what}: {why}", words)

    def doubt_what_is_left_out(self, text: str) -> None:
        """Quarantines the known sentences with figures in text that no reader sees."""
        if not text:
            return
        hidden = _small_letters(text)
        for sentence in self.source.sentences:
            for match in sentence.find(hidden) if sentence.figures else ():
                self.doubt("hidden figure: no reader of the page sees it", text[match.start() : match.end()])

    def _sentence_around(self, start: int, end: int) -> tuple[int, int]:
        """The place of the sentence around a place in what is left, at most 160 characters to either side."""
        low, high = max(0, start - 160), min(len(self.left), end + 160)
        before = [match.end() for match in _SENTENCE_END.finditer(self.left, low, start)]
        end_of_sentence = _SENTENCE_END.search(self.left, end, high)
        return (before[-1] if before else low, end_of_sentence.start() if end_of_sentence else high)


def _small_letters(text: str) -> str:
    """`text` in small letters, every character in its old place (a few capitals have small forms of two)."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    return small


def _number(as_printed: str) -> Decimal:
    return Decimal(0) if as_printed.lower() in ("no", "not") else Decimal(as_printed.replace(",", "").rstrip("% "))


def _period(reading: _Reading) -> tuple[date, date] | None:
    """The one financial year that the page states, or None with the reason quarantined."""
    printed = [f"{start} to {end}" for start, end in reading.periods]
    try:
        periods = {(_date(start), _date(end)) for start, end in reading.periods}
    except ValueError:
        reading.doubt("no period: a date that does not exist", " | ".join(printed))
        return None
    if len(periods) > 1:
        reading.doubt("conflicting periods: no figure is kept", " | ".join(printed))
        return None
    if not periods:
        reading.doubt("no period: the page's figures are not kept", reading.text[:200])
        return None
    start, end = periods.pop()
    if (start.month, start.day) != (4, 1) or end != date(start.year + 1, 3, 31):
        reading.doubt("no period: it is not one financial year", printed[0])
        return None
    return start, end


def _date(printed: str) -> date:
    return datetime.strptime(_ORDINAL.sub("", printed), "%d %B %Y").date()


def _generation(reading: _Reading) -> str | None:
    stated = {measure for _, _, _, measures in reading.marks for measure in measures}
    blocks = {block for _, _, block, _ in reading.marks}
    if stated & {"dealt_with", "not_for_us", "assessed_and_closed"} or "overview" in blocks:
        return "G3"
    if _G2_BASE.search(reading.text):
        return "G2"
    if reading.witnesses:
        return "G2b"
    if "Annual letter archive" in reading.text:
        return "G1"
    return None


def _doubt_what_is_missing(reading: _Reading, generation: str, figures: set[str]) -> None:
    """Reports blocks and figures that a page of this generation prints and this one does not."""
    blocks = {block for _, _, block, _ in reading.marks}
    excused = set(reading.excused)
    if any(witness.measure == "investigated" and _number(witness.as_printed) == 0 for witness in reading.witnesses):
        # The copy of a page without any investigation may end before its upheld block says so.
        excused |= {"upheld", "uphold_rate_pct"}
    conflicting = {witness.measure for witness in reading.witnesses} - figures
    for block, measures in reading.source.generations[generation].items():
        if block not in blocks and not set(measures) <= excused:
            reading.doubt(f"missing block: {block}: the copy may be cut short", reading.text[-200:])
            continue
        for measure in measures:
            if measure not in figures | excused | conflicting:
                reading.doubt(f"missing figure: {measure}", f"block {block}")
    for measures in reading.source.together:
        stated = figures | conflicting
        if stated & set(measures):
            for measure in set(measures) - stated:
                reading.doubt(f"missing figure: {measure}", f"printed together with {', '.join(measures)}")


def _council_name(text: str, heading: str | None) -> str | None:
    """The council's name as the page prints it: in its sentences, else its main heading."""
    for pattern in (_COUNCIL_IN_TEXT, _COUNCIL_OF_LABEL):
        if match := pattern.search(text):
            return match[1].strip()
    return heading


def parse_page(html: bytes | str, source: PageSource | None = None) -> StatisticsPage:
    """What a council's statistics page says: its period, generation, figures as printed, and whatever on it
    was not understood. Never raises on a page, whatever is in it; a page that yields a doubtful figure yields
    the doubt with it."""
    try:
        page = text_of(tree_of(html))
    except UnreadablePage as problem:
        return StatisticsPage(None, None, None, None, (), (Quarantined(f"unreadable page: {problem}", ""),))
    text = page.visible
    reading = _Reading(text, source or load().page)
    reading.read()
    reading.doubt_what_is_left_out(page.left_out)
    name = _council_name(text, next((heading for heading in page.headings if 0 < len(heading) <= 120), None))
    generation = _generation(reading)
    if not reading.witnesses and not reading.periods:
        reading.doubt_what_is_left()
        if not reading.quarantined:
            known = "no statistics: headings without figures" if generation else "not a statistics page"
            reading.doubt(known, text[:200])
        return StatisticsPage(name, None, None, generation, (), tuple(reading.quarantined))
    if turned := _TURNED.search(text):
        place = slice(max(0, turned.start() - 80), turned.end() + 80)
        reading.doubt("turned text: what a reader sees may be another figure, kept as it is written", text[place])
    period = _period(reading)
    observations = reading.observations()
    figures = {observation.measure: observation.value for observation in observations}
    for contradiction in contradictions(figures):
        reading.doubt(f"figures disagree, kept as printed: {contradiction}", contradiction)
    if generation in reading.source.generations:
        _doubt_what_is_missing(reading, generation, set(figures))
    reading.doubt_what_is_left()
    start, end = period or (None, None)
    return StatisticsPage(
        name, start, end, generation, tuple(observations) if period else (), tuple(reading.quarantined)
    )
