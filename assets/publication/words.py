"""Numbers and findings in words, the same in the terminal, the report and the workbook."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

MISSING_IN_WORDS = {
    "not held": "no copy of a page that would give it is held",
    "copy truncated": "our copy of the page ends before it",
    "not published": "the page does not print it",
    "no denominator": "there is nothing to divide by",
    "not applicable": "the council does not have this service",
    "number of cases not printed": "the number of cases is not printed",
    "numerator above denominator": "the counts contradict each other",
}


def is_missing(value: Any) -> bool:
    return value is None or bool(pd.isna(value))


def rounded(value: float, places: int = 1) -> str:
    """The number with so many decimals, halves up, thousands separated."""
    step = Decimal(1).scaleb(-places)
    return f"{Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP):,}"


def whole(value: Any) -> str:
    return f"{int(value):,}"


def measured(value: float, unit: str) -> str:
    """A value with its unit: 88.5%, or 3.8 per 100,000."""
    return f"{rounded(value)}%" if unit == "percent" else f"{rounded(value)} per 100,000"


def interval(row: Mapping[str, Any]) -> str:
    """The 95% interval of a row, or nothing."""
    if is_missing(row["lower_95"]):
        return ""
    sign = "%" if row["unit"] == "percent" else ""
    return f"{rounded(row['lower_95'])}{sign} to {rounded(row['upper_95'])}{sign}"


def counts(row: Mapping[str, Any]) -> str:
    """The numerator and denominator of a row: 23 of 26, or 23 among 609,216 residents."""
    if is_missing(row["numerator"]) or is_missing(row["denominator"]):
        return ""
    joined = " of " if row["unit"] == "percent" else " among "
    residents = "" if row["unit"] == "percent" else " residents"
    derived = " (count worked out by us)" if row["numerator_basis"] == "worked out" else ""
    return f"{whole(row['numerator'])}{joined}{whole(row['denominator'])}{residents}{derived}"


def may_show_percentage(row: Mapping[str, Any]) -> bool:
    """Whether a share of ours may be shown: none rests on fewer than five cases."""
    return row["unit"] != "percent" or (not is_missing(row["denominator"]) and row["denominator"] >= 5)


def own_value(row: Mapping[str, Any]) -> str:
    """Our value of a row in words: counts always, the value where the base allows, or why there is none."""
    if not is_missing(row["value"]):
        if not may_show_percentage(row):
            return f"{counts(row)}; too few for a percentage"
        mark = ", small base" if row["is_small_base"] else ""
        return f"{measured(row['value'], row['unit'])}, {counts(row)}, 95% interval {interval(row)}{mark}"
    if not is_missing(row["printed_text"]) and row["missing_reason"] != "no denominator":
        return f"{row['printed_text']}% as printed; {MISSING_IN_WORDS[row['missing_reason']]}"
    reason = row["missing_reason"]
    return f"no figure: {MISSING_IN_WORDS['not held' if is_missing(reason) else reason]}"


def comparator_value(row: Mapping[str, Any], group: str) -> str:
    """What the comparators' cases together give, and how many of them have data."""
    if is_missing(row["comparators"]):
        return f"no {group} has a figure to compare with"
    have = f"{whole(row['comparators_with_data'])} of {whole(row['comparators'])} {group} have data"
    if is_missing(row["pooled_value"]):
        return have
    joined = " of " if row["unit"] == "percent" else " among "
    pooled = f"{whole(row['pooled_numerator'])}{joined}{whole(row['pooled_denominator'])}"
    return f"{measured(row['pooled_value'], row['unit'])} together, {pooled}; {have}"


TYPES_IN_WORDS = {
    "county": "county councils",
    "unitary": "unitary councils",
    "metropolitan": "metropolitan boroughs",
    "london_borough": "London boroughs",
    "district": "district councils",
}


def group_in_words(comparator_group: str, title: str, lgsco_type: str) -> str:
    """The comparators in words: "other county councils", "DfE statistical neighbours"."""
    councils = TYPES_IN_WORDS[lgsco_type]
    if comparator_group == "lgsco_type":
        return f"other {councils}"
    return title.replace("councils of the same type", councils).replace(
        "of the same type", f"that are {councils}"
    )
