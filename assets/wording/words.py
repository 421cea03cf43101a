"""Numbers and findings in words, the same in the terminal, on the pages and in the workbook.

Every sentence names its comparator, base and period, and is bound by a test to the row it speaks of.
"""

import re
from calendar import month_name, monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from assets.wording.small_counts import MINIMUM_BASE
from benchmarking.settings import Result

Row = Mapping[str, Any]

# a result, and why: on 176 cases nobody believes that they are few
CANNOT_SAY = str(Result.CANNOT_SAY)
COULD_BE_CHANCE = "the gap could be chance"

MISSING_IN_WORDS = {
    "not held": "we do not have a copy of the page",
    "copy truncated": "our copy of the page stops before it",
    "not published": "the page does not give it",
    "no denominator": "there is nothing to divide by",
    "not applicable": "the council does not have this service",
    "number of cases not printed": "the number of cases is not published",
    "numerator above denominator": "the counts contradict each other",
    "doubted": "we doubt it until somebody vouches for it",
    "two sources": "its counts come from two sources, so we work out no share",
}
DIRECTION = {"lower": "lower is better", "higher": "higher is better", "none": "no judgement"}
PROCEDURES = {
    "all": "All complaints",
    "corporate": "Corporate",
    "children_statutory": "Children’s social care",
    "adult_statutory": "Adult social care",
}
TYPE_OF_ONE = {
    "county": "county council",
    "unitary": "unitary council",
    "metropolitan": "metropolitan borough",
    "london_borough": "London borough",
    "district": "district council",
}
TYPES_IN_WORDS = {name: f"{one}s" for name, one in TYPE_OF_ONE.items()}
SYMBOLS = {
    "[x]": "not available: not published, or not among our copies",
    "[z]": "not applicable",
    "[c]": "not shown: too few cases for a percentage of ours, or a small count that could identify a person",
    "[r]": "revised: its source has since given another figure",
    "[b]": "break: not comparable with what came before",
}
MISSING = "[x]"
NOT_APPLICABLE = "[z]"
SUPPRESSED = "[c]"


def is_missing(value: Any) -> bool:
    """Whether a value is None, not a number, no time or pandas' NA, which compares with nothing."""
    if value is None or type(value).__name__ == "NAType":
        return True
    return not isinstance(value, (list, tuple, str)) and bool(value != value)


def rounded(value: float, places: int = 1) -> str:
    """The number with so many decimals, halves up, thousands separated."""
    step = Decimal(1).scaleb(-places)
    return f"{Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP):,}"


def whole(value: Any) -> str:
    return f"{int(value):,}"


def plain(value: float) -> str:
    """A printed number without a trailing zero."""
    return f"{value:g}"


def day(value: date) -> str:
    """A date as people write it: 31 March 2025."""
    return f"{value.day} {value:%B %Y}"


def gathered(text: str) -> str:
    """When a file was gathered, in words: a source says the month, or the day: 2026-11 is November 2026."""
    try:
        return day(date.fromisoformat(text)) if len(text) > 7 else f"{date.fromisoformat(f'{text}-01'):%B %Y}"
    except ValueError:
        return text


def period(row: Row) -> str:
    """The days that a row is about, or that none are stated."""
    if is_missing(row["period_start"]):
        return f"{MISSING} not stated"
    first, last = row["period_start"], row["period_end"]
    if first == last:
        return day(first)
    if (first.month, first.day, last.month, last.day, last.year - first.year) == (4, 1, 3, 31, 1):
        return f"{first.year}-{last.year % 100:02d}"
    is_to_the_month = last.day == monthrange(last.year, last.month)[1] or (last.day == 1 and last.year > first.year)
    if first.day != 1 or not is_to_the_month:
        return f"{day(first)} to {day(last)}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{last:%B %Y}"
    return f"{first:%B %Y} to {last:%B %Y}" if first.year < last.year else f"{first:%B} to {last:%B %Y}"


def body(name: str) -> str:
    """The name of a body without its remark in brackets, unless that says that it is made up."""
    return name if "illustrative" in name else re.sub(r"\s*\([^)]*\)\s*", " ", name).strip() or name.strip("()")


def years(some: Sequence[int]) -> str:
    """The first and the last of some years, or the only one."""
    first, last = min(some), max(some)
    return str(first) if first == last else f"{first} to {last}"


def joined(parts: Iterable[str], last: str = "and") -> str:
    """A list as people write it: a, b and c."""
    items = list(parts)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def some(parts: Iterable[str], most: int = 3) -> str:
    """The first of a list, and how many more there are: a, b, c and 9 more."""
    items = list(parts)
    return joined(items if len(items) <= most + 1 else [*items[:most], f"{len(items) - most} more"])


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 council, 2 councils."""
    return f"{whole(number)} {one if number == 1 else many or one + 's'}"


NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number(count: int) -> str:
    """A count as it is read in a sentence: up to ten in words."""
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else whole(count)


def counted_in_words(count: int, one: str) -> str:
    """A number up to ten in words, with its noun: one measure, 12 measures."""
    return f"{number(count)} {one}{'' if count == 1 else 's'}"


OLD_YEARS = 2


def last_day(label: str) -> date | None:
    """The last day of a period by its label, such as 2023-24 or April to September 2020, where that names one."""
    if re.fullmatch(r"\d{4}-\d{2}", label):
        return date(int(label[:4]) + 1, 3, 31)
    ends = re.search(r"([A-Z][a-z]+) (\d{4})$", label)
    if not ends or ends[1] not in month_name:
        return None
    year, month = int(ends[2]), list(month_name).index(ends[1])
    return date(year, month, monthrange(year, month)[1])


def age(end: date, today: date) -> str:
    """How old a figure is whose period ended two years ago or more, in words; else nothing."""
    years = today.year - end.year - ((today.month, today.day) < (end.month, end.day))
    return f"{number(years)} years ago" if years >= OLD_YEARS else ""


def sentence(text: str) -> str:
    """The text with a capital at its start, also within a quotation mark, the rest untouched."""
    return text[:1] + sentence(text[1:]) if text.startswith("“") else text[:1].upper() + text[1:]


# a name that opens with one of these keeps its capital within a sentence
NAMES = ("Stage", "Ombudsman", "Ombudsman’s")


def inside(text: str) -> str:
    """The name of a measure as it reads within a sentence: without its capital, unless that is a name's."""
    first = text.split(" ", 1)[0]
    return text if first in NAMES or first[1:2].isupper() else text[:1].lower() + text[1:]


def the_period(label: str) -> str:
    """A period as it reads after "in": 2023-24, or the 12 months to September 2026."""
    return f"the {label}" if label.startswith("12 months") else label


def measured(value: float, unit: str) -> str:
    """A value with its unit: 88.5%, or 3.8 per 100,000."""
    return f"{rounded(value)}%" if unit == "percent" else f"{rounded(value)} per 100,000"


def shown(column: str, value: Any, unit: str = "") -> str:
    """The value of one column as every page prints it; its name says its kind. Missing is a symbol,
    never a word of code."""
    if is_missing(value):
        return MISSING
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return day(value)
    if column.endswith("_pct") or (unit == "percent" and isinstance(value, float)):
        return f"{rounded(value)}%"
    if column.endswith("_gbp"):
        amount = rounded(value, 0)
        return f"-£{amount[1:]}" if amount.startswith("-") else f"£{amount}"
    if isinstance(value, float):
        return rounded(value)
    return whole(value)


def printed(row: Row) -> str:
    """A figure as its source prints it, with the unit that it belongs to: 25%, £100, 65 days."""
    text = row["as_printed"]
    if is_missing(text):
        return MISSING
    if not str(text)[:1].isdigit():
        return str(text)
    pattern = {"percent": "{}%", "gbp": "£{}", "days": "{} days", "months": "{} months", "years": "{} years"}
    return pattern.get(row["unit"], "{}").format(text)


def interval(row: Row) -> str:
    """The 95% interval of a row, or nothing."""
    if is_missing(row["lower_95"]):
        return ""
    sign = "%" if row["unit"] == "percent" else ""
    return f"{rounded(row['lower_95'])}{sign} to {rounded(row['upper_95'])}{sign}"


def counts(row: Row) -> str:
    """The numerator and denominator of a row: 23 of 26, or 23 among 609,216 residents."""
    if is_missing(row["numerator"]) or is_missing(row["denominator"]):
        return ""
    link = " of " if row["unit"] == "percent" else " among "
    residents = "" if row["unit"] == "percent" else " residents"
    derived = " (we calculated the count)" if row["numerator_basis"] == "worked out" else ""
    return f"{whole(row['numerator'])}{link}{whole(row['denominator'])}{residents}{derived}"


def may_show_percentage(row: Row) -> bool:
    """Whether a share of ours may be shown: none rests on fewer than five cases."""
    return row["unit"] != "percent" or (not is_missing(row["denominator"]) and row["denominator"] >= MINIMUM_BASE)


def own_value(row: Row) -> str:
    """Our value of a row in words: counts always, the value where the base allows, or why there is none."""
    if not is_missing(row["value"]):
        if not may_show_percentage(row):
            return f"{counts(row)}; too few for a percentage"
        mark = ", few cases" if row["is_small_base"] else ""
        return f"{measured(row['value'], row['unit'])}, {counts(row)}, 95% interval {interval(row)}{mark}"
    if not is_missing(row.get("doubt")):
        printed = "" if is_missing(row["printed_text"]) else as_printed(row, "printed_text")
        known = counts(row) or (printed if is_missing(row["numerator"]) else whole(row["numerator"]))
        return f"{known and f'{known}; '}we doubt it and do not compare it: {row['doubt']}"
    if not is_missing(row["printed_text"]) and row["missing_reason"] != "no denominator":
        unit = "%" if row["unit"] == "percent" else " per 100,000"
        return f"{row['printed_text']}{unit}; {MISSING_IN_WORDS[row['missing_reason']]}"
    reason = row["missing_reason"]
    return f"no figure: {MISSING_IN_WORDS['not held' if is_missing(reason) else reason]}"


def comparator_value(row: Row | None, group: str) -> str:
    """What the comparators' cases together give, and how many of them have data."""
    if row is None or is_missing(row["comparators"]):
        return f"none of the {group} has a figure to compare with"
    have = f"{whole(row['comparators_with_data'])} of {whole(row['comparators'])} {group} {has(row)} figures"
    if is_missing(row["pooled_value"]):
        return have
    link = " of " if row["unit"] == "percent" else " among "
    pooled = f"{whole(row['pooled_numerator'])}{link}{whole(row['pooled_denominator'])}"
    return f"{measured(row['pooled_value'], row['unit'])} from all their cases, {pooled}; {have}"


def has(row: Row) -> str:
    """The verb for how many comparators have data: 1 of 20 has, 10 of 20 have."""
    return "has" if row["comparators_with_data"] == 1 else "have"


def read_on(row: Row) -> str:
    """When the figure was read; of what ships with the project only the month is known."""
    if is_missing(row["captured_at"]):
        return MISSING
    return f"{row['captured_at']:%B %Y}" if is_missing(row["capture_sha256"]) else day(row["captured_at"])


def other_witnesses(row: Row) -> str:
    """How many other addresses give the figure, and whether they agree."""
    others = row["witnesses"] - 1
    if others < 1:
        return "none"
    return f"{whole(others)}, {'not all agree' if row['has_disagreement'] else 'all agree'}"


def per(unit: str) -> str:
    """The unit of a rate next to its bare number; a percentage carries its sign already."""
    return "" if unit == "percent" else unit


def group_in_words(comparator_group: str, title: str, lgsco_type: str) -> str:
    """The comparators in words: "other county councils", "DfE statistical neighbours"."""
    councils = TYPES_IN_WORDS[lgsco_type]
    if comparator_group == "lgsco_type":
        return f"other {councils}"
    return (
        title.replace("councils of the same type and region", f"{councils} of the same region")
        .replace("councils of the same type", councils)
        .replace("of the same type", f"that are {councils}")
        .replace(" alike in ", " with similar ")
    )


LAYERS = {
    "raw": "As read",
    "staging": "Read as numbers and dates",
    "core": "Made comparable",
    "marts": "Published tables",
    "quality": "About the data",
    "published": "As published",
}


def as_printed(row: Row, column: str) -> str:
    """A printed value of a row with the row's unit, its characters unchanged."""
    value = row[column]
    if is_missing(value):
        return MISSING
    text = value if isinstance(value, str) else plain(value)
    return f"{text}%" if row["unit"] == "percent" and "%" not in text else text


def share(value: float) -> str:
    """A probability as a whole percentage."""
    return f"{rounded(100 * value, 0)}%"


def lead(value: float, unit: str) -> str:
    """A difference between two values: 3.1 points, or 0.4 per 100,000."""
    return f"{rounded(value)} points" if unit == "percent" else measured(value, unit)


def is_too_few(row: Row, column: str) -> bool:
    """Whether a share of the denominator ledger rests on fewer cases than a percentage of ours needs."""
    base = {"upheld_of_investigated_pct": "investigated", "upheld_of_dealt_with_pct": "dealt_with"}.get(column)
    return base is not None and not is_missing(row[base]) and row[base] < MINIMUM_BASE


VERDICT_OF_ANSWER = {
    "better": "better",
    "worse": "worse",
    "higher": "higher",
    "lower": "lower",
    "about the same": "about the same",
    "no difference": inside(CANNOT_SAY),
    "told": "the figure alone",
    "gated": "not judged",
    "tied": "the same value",
    "broken": "not compared: the measure changed",
    "missing": "no figure",
    "not applicable": "not a service of the council",
}
# the word before the reason; what is counted needs none
SURE = {"firm": "Strong. ", "fair": "Fair. ", "weak": "Weak. ", "counted": "", "modelled": "", "none": ""}
CONFIDENCE = {
    "firm": "Strong",
    "fair": "Fair",
    "weak": "Weak",
    "counted": "Published figure",
    "modelled": "From a model",
    "none": "Not judged",
}


def what_is_said(row: Row) -> str:
    """What one statement of the panel pack says in a cell: the result or, where nothing is judged, its sentence."""
    return str(row["sentence"]) if row["verdict"] == "told" else sentence(VERDICT_OF_ANSWER[row["verdict"]])
