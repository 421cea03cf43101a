"""What a drafted mapping says of an extract's values: codes, dates, words for nothing, and headings left unread."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pyarrow as pa

from assets.council import dates
from assets.council.draft import CHECK, Draft, contract_of_cases
from assets.council.guessing import (
    VALUES_READ,
    codes_for,
    guess_columns,
    is_usually_ignored,
    words_for_nothing,
)
from assets.council.personal_data import kinds_in, looks_personal
from assets.council.reshaping import NO, YES
from assets.council.sheets import SHEET
from assets.council.sources import normal


def write_codes(draft: Draft, values: dict[str, Counter[str]]) -> None:
    """Write the codes that values may mean; those that may be personal data are not written."""
    for column in contract_of_cases().columns:
        if column.type != "code" or column.pattern:
            continue
        held = [value for header in draft.headers_of(column.name) for value in values[header]]
        if not held:
            continue
        distinct = list(dict.fromkeys(held))
        personal = looks_personal(pa.array(distinct, pa.string()))
        hits = np.logical_or.reduce([*personal.values(), np.zeros(len(distinct), dtype=bool)])
        if hits.any():
            headers = " and ".join(draft.headers_of(column.name))
            draft.ask(
                f"{int(hits.sum()):,} values of {headers} look like personal data and are not written here: look at "
                "that column"
            )
        safe = [value for value, is_hit in zip(distinct, hits, strict=True) if not is_hit]
        codes = codes_for(column.name, safe)
        written = draft.lines.get("values", {}).get(column.name, {})
        codes = {value: code for value, code in codes.items() if value not in written}
        for value, code in codes.items():
            if code is not None:
                draft.lines.setdefault("values", {}).setdefault(column.name, {})[value] = code
            if code == "":
                draft.reasons["values", column.name, value] = "taken for nothing, such as a case still open"
            elif code and column.name == "service" and code not in column.allowed:
                draft.reasons["values", column.name, value] = "a code of your own"
        unknown = [value for value, code in codes.items() if code is None]
        if unknown:
            draft.ask(
                f"{column.name}: no code is near {', '.join(map(repr, unknown[:10]))}; add each under values, as "
                f"one of {', '.join(column.allowed)}"
            )


def write_dates(draft: Draft, values: dict[str, Counter[str]], has_typed_dates: bool) -> None:
    """Write how dates are written, and the words that stand where there is none."""
    of_days, of_numbers = (
        draft.headers_of(*(column.name for column in contract_of_cases().columns if column.type in types))
        for types in (("date",), ("integer", "decimal"))
    )
    words = words_for_nothing(value for header in of_days + of_numbers for value in values[header])
    if nothing := sorted({*words}):
        reason = f"{CHECK}stand in columns of dates or numbers, and are taken for nothing"
        draft.say("empty", value=nothing, reason=reason)
    of_dates = {header: [value for value in values[header] if value not in nothing][:VALUES_READ] for header in of_days}
    texts = [
        text
        for held in of_dates.values()
        for text in held
        # of a sheet's own dates the days are known; a number there is a count, such as that of a row of totals
        if not (has_typed_dates and (dates.day(text, (), True) or re.fullmatch(r"\d{1,4}", text)))
    ]
    both = [header for header, held in of_dates.items() if all(dates.orders(held).values())]
    if both:
        draft.ask(
            f"{', '.join(both)}: dates both day first and month first, so nobody can say which day they are: export "
            "it again in one order"
        )
        return
    proposed = dates.propose(texts, enough=0.97)
    if not proposed and (proposed := dates.propose(texts, enough=0.8)):
        codes = tuple(dates.pattern(name) for name in proposed[0] if name != "YYYY-MM-DD")
        unread = [text for text in texts if not kinds_in(text) and not dates.day(text, codes, True)]
        draft.ask(f"no days are read in values such as {', '.join(map(repr, unread[:3]))}: their rows are set aside")
    if said := {*map(dates.order_said, of_dates)} - {""}:
        proposed = [names for names in proposed if {*map(dates.order, map(dates.pattern, names))} & said] or proposed
    if not texts or (proposed and proposed[0] == ("YYYY-MM-DD",)):
        return
    if not proposed:
        draft.ask(f"dates such as {texts[0]!r} are written in a way that is not known: add dates")
        return
    names = list(proposed[0])
    first = dates.order(dates.pattern(names[0]))
    reason = f"read so: {len(texts):,} different dates"
    if len(proposed) > 1:
        other = " or ".join(proposed[1])
        reason = f"{CHECK}no date shows which of day and month comes first; {other} would fit as well"
    elif first in said:
        reason += f", {first} first as the headings say"
    elif first:
        reason += f", some of which can only be {first} first"
    draft.say("dates", value=names[0] if len(names) == 1 else names, reason=reason)


def write_headings_left(draft: Draft, values: dict[str, Counter[str]]) -> None:
    """Write which headings are left unread: those that systems usually have, and those that are not understood."""
    free = [header for header in values if header not in draft.headers_of() and header != SHEET]
    usual = [header for header in free if is_usually_ignored(header)]
    unknown = [header for header in free if header not in usual]
    for header in unknown:
        outcome = next(
            (guess for guess in guess_columns([header], contract_of_cases()) if guess.column == "outcome"),
            None,
        )
        words = sorted(values[header], key=normal, reverse=True)
        if outcome and words and {*map(normal, words)} <= YES | NO:
            codes = ("upheld" if normal(word) in YES else "not_upheld" for word in words)
            meant = ", ".join(f"'{word}': {code}" for word, code in zip(words, codes, strict=True))
            under = f"stages '{outcome.stage}'" if outcome.stage else "columns"
            draft.ask(
                f"{header} says yes or no and not to what. If to upheld, take it out of unknown, and add "
                f"outcome: {header} under {under} and outcome: {{{meant}}} under values"
            )
    if usual:
        reason = "left unread: the register has no use for them, or may not have them"
        draft.say("ignore", value=usual, reason=reason)
    if unknown:
        reason = "not understood and left unread: map them under columns, or move them to ignore"
        draft.say("unknown", value=unknown, reason=reason)
