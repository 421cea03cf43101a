"""Financial years in the words of a title, a sentence or a file name."""

import re
from urllib.parse import unquote

_DASH = "[-\u2010-\u2015\u2212/_]"
_FULL_YEAR = re.compile(rf"(?<![0-9])(20[0-9]{{2}})\s{{0,2}}(?:{_DASH}|to)\s{{0,2}}(?:20)?([0-9]{{2}})(?![0-9])")
_SHORT_YEAR = re.compile(rf"(?<![0-9])(?<![0-9][0-9]{_DASH})([0-9]{{2}}){_DASH}([0-9]{{2}})(?!{_DASH}?[0-9])")
_GAP = r"[\s_,-]{1,2}"
_YEAR = r"(?:20)?([0-9]{2})(?![0-9])"
_MARCH = rf"(?:31(?:st)?[\s_-]{{0,2}}(?:of[\s_]{{0,2}})?)?mar(?:ch)?{_GAP}(?:31(?:st)?{_GAP})?"
_TO = rf"[\s_-]{{0,2}}(?:{_DASH}|to|and|until)[\s_-]{{0,2}}"
_APRIL_TO_MARCH = re.compile(rf"(?<![a-z])apr(?:il)?{_GAP}(?:0?1(?:st)?{_GAP}(?=20))?{_YEAR}{_TO}{_MARCH}{_YEAR}")
# Without the month that it starts in, a year is told by its end alone: never by a month in which something happened.
_YEAR_END = re.compile(
    rf"(?:31(?:st)?[\s_-]{{0,2}}(?:of[\s_]{{0,2}})?(?=mar)|(?:ending|ended){_GAP}"
    rf"|(?:year|months|period){_GAP}(?:end|to){_GAP}){_MARCH}20([0-9]{{2}})(?![0-9])"
)
_IN_FIGURES = re.compile(
    r"(?<![0-9])(?:0?1[-/.]0?4[-/.](?:20)?([0-9]{2})|20([0-9]{2})-04-01)\W{1,3}(?:(?:to|and|until)\W{1,3})?"
    r"(?:31[-/.]0?3[-/.](?:20)?([0-9]{2})|20([0-9]{2})-03-31)(?![0-9])"
)


def years_in(text: str) -> set[int]:
    """The financial years that a text names, each by the calendar year in which it starts. Dates that span more than
    one year name the first and the last."""
    years: set[int] = set()
    left = text.lower()

    def both(found: re.Match[str]) -> str:
        start, end = (2000 + int(year) for year in found.groups() if year)
        years.update((start, end - 1))
        return " "

    for dates in (_APRIL_TO_MARCH, _IN_FIGURES):
        left = dates.sub(both, left)
    years.update(2000 + int(end) - 1 for end in _YEAR_END.findall(left))
    years.update(int(first) for first, last in _FULL_YEAR.findall(left) if (int(first) + 1) % 100 == int(last))
    for first, last in _SHORT_YEAR.findall(_FULL_YEAR.sub(" ", left)):
        if 12 <= int(first) <= 60 and (int(first) + 1) % 100 == int(last):
            years.add(2000 + int(first))
    return years


def years_of_file(name: str) -> set[int]:
    """The financial years that a file's name or address names, however often it was encoded."""
    while (decoded := unquote(name)) != name:
        name = decoded
    return years_in(name)
