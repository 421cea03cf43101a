"""How councils write dates: patterns as people write them, the day that a value says, and patterns to propose."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

BRITISH = ZoneInfo("Europe/London")
# days or moments that are counted: from when, how many make a day, and from which to which number they are likely
COUNTED = {
    "excel": (dt.datetime(1899, 12, 30), 1, (61, 100_000)),
    "excel-1904": (dt.datetime(1904, 1, 1), 1, (61, 100_000)),
    "epoch-ms": (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), 86_400_000, (10**11, 10**13)),
}

# Longer words first. MM after a colon is minutes, as people write HH:MM.
_WORDS = (
    ("month", "%B"), ("mmmm", "%B"), ("mon", "%b"), ("mmm", "%b"), ("dddd", "%A"), ("ddd", "%a"),
    ("yyyy", "%Y"), ("yy", "%y"), ("ddth", "%d"), ("dth", "%d"), ("do", "%d"), ("dd", "%d"), ("d", "%d"),
    (":mm", ":%M"), ("mm", "%m"), ("m", "%m"), ("hh", "%H"), ("h", "%H"), ("ss", "%S"), ("s", "%S"),
    ("am/pm", "%p"), ("tt", "%p"), ("am", "%p"), ("pm", "%p"), ("z", "%z"),
)  # fmt: skip
# DDTHH is a day, the letter between day and time, and hours
_WORD = re.compile("|".join(re.escape(word) + ("(?!h)" if word.endswith("th") else "") for word, _ in _WORDS), re.I)
_SHOWN = {
    "%d": "DD",
    "%m": "MM",
    "%Y": "YYYY",
    "%y": "YY",
    "%b": "Mon",
    "%B": "Month",
    "%A": "dddd",
    "%a": "ddd",
}
# The time of a moment without a zone says nothing of its day.
TIME = r"(?:[T ,]| at )+(?:[01]?[0-9]|2[0-4])[:.][0-5][0-9](?:[:.][0-5][0-9](?:[.,][0-9]+)?)?(?: ?[AaPp]\.?[Mm]\.?)?$"
_TIME_OF_FORMAT = re.compile(r"[^%A-Za-z0-9]*T?%[HIpMSfzX].*$")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?Z|[+-]\d{2}:?\d{2})?)?")
_ZONED = re.compile(r"( ?Z|[+-]\d{2}:?\d{2})$")
_NAMED_ZONES = (
    (re.compile(r"(?<=\d) ?(GMT|UTC)$", re.IGNORECASE), "Z"),
    (re.compile(r"(?<=\d) ?BST$", re.IGNORECASE), "+01:00"),
)
# how Dynamics exports a moment
_JSON_DATE = re.compile(r"^/Date\((\d+)\)/$")
# (MM/DD/YYYY) in a heading
_ORDER_SAID = re.compile(r"\b(?:(d{1,2}[/. -]m{1,3})|(m{1,2}[/. -]d{1,2}))\b", re.IGNORECASE)
# the 1st of April
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b( of\b)?|\bthe\b *", re.IGNORECASE)
_SEPT = re.compile(r"\bSept\b", re.IGNORECASE)
_NUMBERS = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4}|\d{2})(?!\d)")
# different dates of each kind, of which hardly ever all would lie so by chance
ENOUGH_SWAPPED = 5
# What is proposed, the likelier first.
PROPOSED = (
    "DD/MM/YYYY", "MM/DD/YYYY", "DD/MM/YY", "MM/DD/YY", "DD-MM-YYYY", "MM-DD-YYYY", "DD-MM-YY", "MM-DD-YY",
    "DD.MM.YYYY", "DD.MM.YY", "DD Month YYYY", "DD Mon YYYY", "DD-Mon-YYYY", "DD-Mon-YY", "DD Month YY", "DD Mon YY",
    "Month DD, YYYY", "Mon DD, YYYY", "Month DD YYYY", "Mon DD YYYY", "dddd DD Month YYYY", "ddd DD Mon YYYY",
    "dddd, DD Month YYYY", "dddd, Month DD, YYYY", "DD/Mon/YYYY", "DD/Mon/YY", "DDMonYYYY", "ddd DD/MM/YYYY",
    "dddd DD/MM/YYYY", "YYYY-MM-DD", "YYYY/MM/DD", "YYYY.MM.DD", "YYYYMMDD", "DDMMYYYY", "excel", "epoch-ms",
)  # fmt: skip


def pattern(written: str) -> str:
    """The strptime codes of a pattern as people write it, such as DD/MM/YYYY HH:MM; codes stay as they are.

    Raises ValueError for what is no pattern of a day.
    """
    codes = dict(_WORDS)
    made = (
        written
        if written in COUNTED or "%" in written
        else _WORD.sub(lambda word: codes[word[0].lower()], written.strip())
    )
    if made in COUNTED:
        return made
    day = _TIME_OF_FORMAT.sub("", made)
    if not all(re.search(part, day) for part in ("%d|%j|%x|%c|%D|%F", "%[mbBjxcDF]", "%[yYxcDF]")):
        raise ValueError(f"{written!r} does not say day, month and year: write it like DD/MM/YYYY or D Month YYYY")
    if set(re.findall(r"[A-Za-z]", re.sub(r"%[a-zA-Z]", "", made))) - set("TZ"):
        raise ValueError(f"{written!r} has letters that stand for nothing: write it like DD/MM/YYYY or D Month YYYY")
    return made


def in_words(code: str) -> str:
    """A pattern in strptime codes as people write it."""
    if code in COUNTED:
        return code
    day = _TIME_OF_FORMAT.sub("", code)
    return re.sub(r"%\w", lambda part: _SHOWN.get(part[0], part[0]), day)


def order(code: str) -> str:
    """Whether a pattern in numbers says the day or the month first; nothing of one in which it cannot be mistaken."""
    day, month, year = code.find("%d"), code.find("%m"), max(code.find("%Y"), code.find("%y"))
    if min(day, month) < 0 or year < min(day, month):
        return ""
    return "day" if day < month else "month"


def is_a_day(text: str) -> bool:
    """Whether a text is a day, or a moment, in numbers or in words."""
    if re.fullmatch(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}([ T][\d:. ]+)?", text):
        return True
    return any(map(str.isdigit, text)) and bool(propose([text]))


def order_said(header: str) -> str:
    """Whether a heading says that its dates are written day or month first; nothing if it says neither."""
    said = _ORDER_SAID.search(header)
    return "" if not said else "day" if said[1] else "month"


def without_time(values: pa.Array) -> pa.Array:
    """The values without the time of day, where they say no zone that could move the day."""
    return pc.replace_substring_regex(values, TIME, "")


@lru_cache(maxsize=2**16)  # the columns of an extract have the same few thousand days
def day(value: str, codes: tuple[str, ...], has_typed_dates: bool = False) -> dt.date | None:
    """The British day that a value says in one of its declared patterns; None if in none, or in two that differ."""
    for zone, as_offset in _NAMED_ZONES:
        value = zone.sub(as_offset, value)
    days = set()
    if (not codes or has_typed_dates) and _ISO.fullmatch(value):
        try:
            days.add(_british(dt.datetime.fromisoformat(value.replace(" Z", "Z"))))
        except ValueError:
            return None
    for code in codes:
        found = _counted(value, code) if code in COUNTED else _written(value, code)
        if found:
            days.add(found)
    return days.pop() if len(days) == 1 else None


def _british(moment: dt.datetime) -> dt.date:
    return moment.date() if moment.tzinfo is None else moment.astimezone(BRITISH).date()


def _counted(value: str, code: str) -> dt.date | None:
    start, of_a_day, (least, most) = COUNTED[code]
    try:
        number = float(_JSON_DATE.sub(r"\1", value))
    except ValueError:
        return None
    return _british(start + dt.timedelta(days=number / of_a_day)) if least <= number < most else None


def _written(value: str, code: str) -> dt.date | None:
    """The day that a value says in strptime codes, whether the value or the codes say a time or not."""
    code = re.sub(r"Z$", "%z", code)
    day_code = _TIME_OF_FORMAT.sub("", code)
    if _ZONED.search(value) and ":" in value:
        # the codes, or else the ISO form of a moment, say how its zone is written
        for tried in dict.fromkeys((code, f"{day_code}T%H:%M:%S%z", f"{day_code} %H:%M:%S%z", f"{day_code} %H:%M%z")):
            for text in dict.fromkeys((value, re.sub(r"\.\d+(?= ?Z|[+-])", "", value).replace(" Z", "Z"))):
                try:
                    return _british(dt.datetime.strptime(text, tried))
                except ValueError:
                    continue
        return None
    text = re.sub(TIME, "", value)
    text = re.sub(r"(?<=\d) ?([/.-]) ?(?=\d)", r"\1", text)
    if "%b" in code or "%B" in code:
        text = _SEPT.sub("Sep", _ORDINAL.sub("", text))
    for tried_value, tried in ((text, day_code), (value, code)):
        try:
            return dt.datetime.strptime(tried_value, tried).date()
        except ValueError:
            continue
    return None


def orders(values: Sequence[str]) -> dict[str, list[int]]:
    """The places of the values that can only be day first, and of those that can only be month first."""
    found: dict[str, list[int]] = {"day": [], "month": []}
    for place, value in enumerate(values):
        if match := _NUMBERS.match(value):
            first, second = int(match[1]), int(match[2])
            if 12 < first <= 31 and 1 <= second <= 12:
                found["day"].append(place)
            elif 12 < second <= 31 and 1 <= first <= 12:
                found["month"].append(place)
    return found


def are_swapped(values: Sequence[str]) -> bool:
    """Whether a spreadsheet took for month first what it could of a column written day first: its own dates have no day
    after the 12th, and what it left as text has no other."""
    own = [value for value in values if _ISO.fullmatch(value)]
    as_text = [value for value in values if _NUMBERS.match(value)]
    return (
        min(len(own), len(as_text)) >= ENOUGH_SWAPPED
        and all(int(value[8:10]) <= 12 for value in own)
        and len(orders(as_text)["day"]) == len(as_text)
    )


def propose(values: Iterable[str], enough: float = 1.0) -> list[tuple[str, ...]]:
    """The patterns in which values can be read: of one pattern all that do, else of two or three together.

    `enough` is the share of the values that must be read. Several answers mean that day and month could be swapped.
    Nothing where no patterns do.
    """
    texts = list(dict.fromkeys(without_time(pa.array(list(values), pa.string())).to_pylist()))[:2000]
    if not texts:
        return []
    read = {}
    for name in PROPOSED:
        codes = () if name == "YYYY-MM-DD" else (pattern(name),)
        days = np.array([_is_likely(day(text, codes)) for text in texts])
        if days.any():
            read[name] = days
    if "excel" in read and not read["excel"].mean() >= enough:
        del read["excel"]
    needed = enough * len(texts)
    for size in (1, 2, 3, 4):
        fitting = [
            names
            for names in combinations(read, size)
            if np.logical_or.reduce([read[name] for name in names]).sum() >= needed
            and len({order(pattern(name)) for name in names} - {""}) < 2
        ]
        if fitting:
            by_order = {"".join(sorted(order(pattern(name)) for name in names)): names for names in reversed(fitting)}
            best = fitting[0]
            first = {order(pattern(name)) for name in best} - {""}
            other = [
                names
                for names in by_order.values()
                if first and {order(pattern(name)) for name in names} - {"", *first}
            ]
            return [best, *other[:1]]
    return []


def _is_likely(found: dt.date | None) -> bool:
    return found is not None and 2000 <= found.year < 2060
