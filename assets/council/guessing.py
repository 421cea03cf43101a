"""What a council's own headings and values may mean. Only ever proposed: nothing is read by it without a mapping."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.council import dates
from assets.council.columns import NO_REFERENCE, as_code, code_parser
from assets.council.contract import Column, Table, read_contract
from assets.council.mapping import CASES
from assets.council.personal_data import looks_personal
from warehouse.files import declaration

HERE = Path(__file__).parent
# Upheld N, Not upheld; but Upheld Y/N says either
TURNED = re.compile(r"(?:no[nt]?|n)\W+(?P<after>.+)|(?P<before>.+?)\W+(?:no?|not|false)")
EITHER_WAY = re.compile(r"\W+(?:(?:y|yes|t|true)\W+(?:or )?(?:n|no|f|false)|(?:n|no)\W+(?:or )?(?:y|yes))\W*$")
# of several points of one complaint: 2 upheld, 1 not upheld
OF_POINTS = re.compile(r"(?=.*\bnot up ?held)(?=.*(?<!not )(?<!part )(?<!partly )(?<!partially )\bup ?held)")
STAGE = re.compile(r"\b(?:stage|stg|level|tier|s|st) ?(1|2|3|one|two|three|iii|ii|i)\b")
VALUES_READ = 5000
MOST_SERVICES = 150
NUMERALS = {"one": "1", "i": "1", "two": "2", "ii": "2", "three": "3", "iii": "3"}


@dataclass(frozen=True)
class Guess:
    """What one heading may mean: a column of the contract, of one stage where the heading says so. How well it fits is
    3 for the same words, 2 where they are among others."""

    header: str
    column: str
    stage: str | None
    fit: int
    length: int


@lru_cache
def _guesses() -> dict[str, Any]:
    return declaration(HERE / "guesses.yml")


def is_of_escalation(header: str) -> bool:
    """Whether a heading is of the day on which a case went to its second stage."""
    return "escalat" in header.lower()


def empty_words() -> frozenset[str]:
    """Words that usually mean that nothing is there."""
    return frozenset(str(word) for word in _guesses()["empty"])


def plain(header: str) -> tuple[str, str | None]:
    """A heading's own words, and the stage that it names."""
    header = header.replace("_x0020_", " ")  # SharePoint's space
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)", " ", header)
    text = " ".join(re.sub(r"['’]", "", spaced).lower().replace("rec d", "received").split())
    text = " ".join(re.findall(r"[a-z]+|\d+", re.sub(r"\brecd?\b", "received", text)))
    stage = STAGE.search(text)
    if stage:
        text = f"{text[: stage.start()]} {text[stage.end() :]}"
    words = [word for word in text.split() if word not in _guesses()["noise"]]
    named = NUMERALS.get(stage[1], stage[1]) if stage else "2" if is_of_escalation(text) else None
    return " ".join(words), named


def guess_columns(headers: Sequence[str], contract: Table) -> list[Guess]:
    """What each heading may mean, the likeliest first. Only cases have headings that are known."""
    if contract.name != CASES:
        return []
    found = []
    for header in headers:
        if re.match(r"(?i)(count|sum|average|min|max) of ", header):  # of a pivot table
            continue
        text, stage = plain(header)
        if not text and stage:
            found.append(Guess(header, "requested_date", stage, 1, 0))
        for column, phrases in _guesses()["columns"].items():
            for phrase in phrases:
                fit = 3 if text == phrase else 2 if re.search(rf"\b{re.escape(phrase)}\b", text) else 0
                if fit:
                    found.append(Guess(header, column, stage, fit, len(phrase)))
    return sorted(found, key=lambda guess: (-guess.fit, -guess.length))


def is_usually_ignored(header: str) -> bool:
    """Whether a heading is one that complaint systems have and the register has no use for."""
    text, _ = plain(header)
    noise = _guesses()["noise"]
    phrases = [" ".join(word for word in phrase.split() if word not in noise) for phrase in _guesses()["ignored"]]
    return any(phrase and re.search(rf"\b{re.escape(phrase)}\b", text) for phrase in phrases)


def guess_code(column: Column, value: str) -> str | None:
    """The code that a value may mean, an empty text for nothing at all; None if none is near."""
    _, parse = code_parser(column, {})
    if (known := parse(value)) is not None:
        return str(known)
    if value.strip().lower() in empty_words():
        return ""
    text = " ".join(re.sub(r"[_/]+", " ", value.lower()).split())
    if column.name == "outcome":
        text = EITHER_WAY.sub("", text)
        if OF_POINTS.match(text):
            return None
        if turned := TURNED.fullmatch(text.rstrip(" .)?]")):
            code = guess_code(column, turned["after"] or turned["before"])
            if (turned["before"] and code) or code in ("upheld", "partly_upheld", "not_upheld"):
                # of all outcomes only upheld has an opposite
                return "not_upheld" if code == "upheld" else None
    for code, pattern in _guesses()["codes"].get(column.name, ()):
        if re.search(pattern, text):
            return str(code)
    if column.name == "service":
        return next(
            (code for code in column.allowed if code.replace("_", " ") in text.replace("’", "").replace("'", "")),
            None,
        )
    return None


def words_for_nothing(values: Iterable[str]) -> list[str]:
    """What stands in a column of dates or numbers and can be neither, and names nobody: `Not yet sent`."""
    words = [value for value in values if value.lower() in empty_words() or not re.search(r"\d", value)]
    hits = looks_personal(pa.array(words, pa.string()))
    return [word for place, word in enumerate(words) if not any(flags[place] for flags in hits.values())]


def own_code(value: str) -> str:
    """A code of the council's own, made of its word."""
    return re.sub(r"[^a-z0-9]+", "_", value.lower().replace("'", "").replace("’", "").replace("&", "and")).strip("_")


def share_of_codes(column: Column, values: Counter[str]) -> float:
    """The share of the cells whose value one of the column's codes may be meant by."""
    near = sum(count for value, count in values.items() if guess_code(column, value) is not None)
    return near / max(1, sum(values.values()))


def codes_for(column: str, values: Sequence[str]) -> dict[str, str | None]:
    """For each value of a column of cases that is no code, the code that it may mean, None if none is near."""
    of = read_contract()[CASES].column(column)
    _, parse = code_parser(of, {})
    answer: dict[str, str | None] = {}
    for value in values:
        if parse(value) is None and as_code(value) not in map(as_code, answer):
            guess = guess_code(of, value)
            answer[value] = own_code(value) if guess is None and of.open else guess
    return answer


def fits(column: Column, values: Counter[str]) -> str:
    """Why a column's values can be what its heading says, in words; nothing if they cannot."""
    real = Counter({value: count for value, count in values.items() if value.lower() not in empty_words()})
    total = sum(real.values())
    if not total:
        return "named like it; nothing stands in it" if column.required != "value" else ""
    if column.type == "date":
        sample = list(real)[:VALUES_READ]
        is_read = bool(dates.propose(sample, enough=0.8)) or all(dates.orders(sample).values())
        return f"named like it; {total:,} dates" if is_read else ""
    if column.type == "reference":
        # numbers that a spreadsheet shortened are few; the check says what to do about them
        is_many = len(real) > total / 4 or all(re.match(NO_REFERENCE, value) for value in real)
        return f"named like it; {len(real):,} different of {total:,}" if is_many else ""
    if column.type == "code":
        share = share_of_codes(column, real)
        is_service = column.name == "service" and len(real) <= MOST_SERVICES
        if column.name == "kind" and share < share_of_codes(read_contract()[CASES].column("procedure"), real):
            return ""
        # whether a case is open or closed is no outcome
        if column.name == "outcome" and {guess_code(column, value) for value in real} <= {"", "other"}:
            return ""
        if share >= 0.5 or is_service:
            return f"named like it; {len(real):,} different values"
        return ""
    if column.type in ("integer", "decimal"):
        is_number = sum(count for value, count in real.items() if re.fullmatch(r"£?[\d,]+(\.\d+)?", value))
        return f"named like it; {total:,} numbers" if is_number > 0.8 * total else ""
    return ""


def are_references(values: Counter[str]) -> bool:
    """Whether values could be case numbers: short, each with a figure, mostly different, and no dates."""
    return (
        len(values) > max(1, sum(values.values()) / 2)
        and all(re.fullmatch(r"(?=.*\d)[\w/.-]{3,20}", value) for value in values)
        and not dates.propose(list(values)[:VALUES_READ], enough=0.5)
    )
