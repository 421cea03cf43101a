"""A mapping drafted from a council's own extract: each line with its reason, what is not understood under `unknown`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.council import dates
from assets.council.cells import are, matches
from assets.council.doubts import one_outcome
from assets.council.draft import CHECK, Draft, contract_of_cases, read_with
from assets.council.drafted_columns import assign, ticked, write_columns, write_missing
from assets.council.drafted_values import write_codes, write_dates, write_headings_left
from assets.council.guessing import (
    VALUES_READ,
    fits,
    guess_columns,
)
from assets.council.layout import TOTALS
from assets.council.reading import read_file
from assets.council.reshaping import are_events, by_case
from assets.council.sheets import ALL_SHEETS
from assets.council.sources import NoHeaderError, SeveralSheetsError, Source, UnreadableError, normal

FEWEST_HEADINGS = 2


def draft_mapping(path: Path, *, as_at: dt.date | None = None, sheet: str | None = None) -> Draft:
    """A mapping for an extract of cases, drafted from its headings and values. Raises UnreadableError."""
    source, several = _read(path, sheet)
    draft = Draft(path.name)
    values = _values(source)
    if events := _events(values):
        event, event_date, keys = events
        draft.say("row", value="event", reason="case numbers stand in several rows, each with one day")
        draft.lines |= {"event": event, "event_date": event_date}
        source = by_case(source, keys, event, event_date)
        values = _values(source)
    said = ticked(draft, values)
    if as_at:
        draft.lines["as_at"] = as_at
    elif not source.about.get("as_at"):
        draft.ask(f"add the day the extract was taken, such as as_at: {_latest(values) or '2026-09-30'}")
    if several:
        draft.say("sheet", value=several, reason="several sheets have these headings: all are read as one")
    times = Counter(map(normal, source.cells.column_names))
    if twice := [header for header, count in times.items() if header and count > 1]:
        draft.ask(f"headings that are there twice: {', '.join(twice)}. Give each a name of its own")
    write_columns(draft, assign(values) | said)
    if not source.cells.num_rows:
        raise UnreadableError(f"{path.name}: nothing stands below its headings: export it again, with its rows")
    if not draft.headers_of("case_reference") + draft.headers_of("requested_date"):
        raise UnreadableError(
            f"{path.name} has neither case numbers nor the days on which cases were received. If it is a summary, such "
            "as a pivot table, export the cases themselves, one row a case"
        )
    write_missing(draft, values)
    write_codes(draft, values)
    write_dates(draft, values, source.has_typed_dates)
    write_headings_left(draft, values)
    _key(draft, path, as_at)
    return draft


def _read(path: Path, sheet: str | None) -> tuple[Source, str | None]:
    """The extract under the row that looks most like its headings, and which sheet that is on if several have it."""
    best: tuple[float, list[str]] = (0, [])

    def look(cells: Sequence[str]) -> bool:
        nonlocal best
        if any(dates.is_a_day(cell.rsplit(" / ", 1)[-1]) for cell in cells):
            return False  # a row of cases, perhaps joined to the headings above it
        named = [cell for cell in cells if cell.strip()]
        meant: dict[str, tuple[str, str | None]] = {}
        for guess in guess_columns(named, contract_of_cases()):
            if guess.fit > 1:
                meant.setdefault(guess.header, (guess.column, guess.stage))
        twice = len(named) - len({*map(normal, named)})
        score = len({*meant.values()}) - twice
        if score > best[0]:
            best = (score, [*cells])
        return False

    try:
        read_file(path, look, sheet=sheet)
    except NoHeaderError as error:
        # a log of events may name no more than its cases
        if best[0] < FEWEST_HEADINGS and not (best[0] and sum(map(bool, best[1])) > FEWEST_HEADINGS):
            raise UnreadableError(
                f"{path.name} has no row that looks like the headings of cases, such as Case Reference, Date Received "
                "and Outcome: give it such a row, or write a mapping by hand (docs/register.md)"
            ) from error
    header = [*best[1]]
    try:
        return read_file(path, lambda cells: [*cells] == header, sheet=sheet), None
    except SeveralSheetsError:
        return read_file(path, lambda cells: [*cells] == header, sheet=ALL_SHEETS), ALL_SHEETS


def _values(source: Source) -> dict[str, Counter[str]]:
    """How often each column with a heading holds each value, rows of totals and of the headings again left out."""
    columns = [cells.combine_chunks().cast(pa.string()) for cells in source.cells.columns]
    is_total = np.logical_or.reduce([matches(cells, TOTALS) for cells in columns])
    again = [are(cells, {normal(header)}) for header, cells in zip(source.cells.column_names, columns, strict=True)]
    is_left_out = is_total | (np.sum(again, axis=0) > 1)
    held = {}
    for header, cells in zip(source.cells.column_names, columns, strict=True):
        counts = pc.utf8_trim_whitespace(cells.filter(pa.array(~is_left_out))).value_counts()
        found = zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True)
        if header.strip():
            held[header] = Counter({value: count for value, count in found if value})
    return held


def _events(values: dict[str, Counter[str]]) -> tuple[str, str, list[str]] | None:
    """The headings of events and of their days, and the key of a case, where each row is one thing that happened."""
    contract = contract_of_cases()
    guesses = guess_columns(list(values), contract)
    cases = [guess.header for guess in guesses if guess.column == "case_reference"]
    days = [header for header, held in values.items() if fits(contract.column("requested_date"), held)]
    if not cases or len(days) != 1 or sum(values[cases[0]].values()) <= 1.5 * len(values[cases[0]]):
        return None
    stage = [guess.header for guess in guesses if guess.column == "stage" and guess.header != cases[0]]
    for header, held in values.items():
        if header in (*days, cases[0]) or not are_events(pa.array([*held], pa.string())):
            continue
        words = {guess.header: guess for guess in reversed(guess_columns(list(held), contract))}
        meant = Counter((guess.column, guess.stage) for guess in words.values())
        # of several words for one end, one would be taken and the others look open
        is_one_end = all(count == 1 for (column, _), count in meant.items() if column == "closed_date")
        if {"requested_date"} < {column for column, _ in meant} and is_one_end:
            return header, days[0], [cases[0], *(each for each in stage[:1] if each != header)]
    return None


def _latest(values: dict[str, Counter[str]]) -> dt.date | None:
    found = [
        day
        for held in values.values()
        for text in list(held)[:VALUES_READ]
        if (day := dates.day(text, ())) and day.year < 2100
    ]
    return max(found, default=None)


def _key(draft: Draft, path: Path, as_at: dt.date | None) -> None:
    """Write what the check of the draft proposes for case numbers that are used twice, or written once for rows."""
    reasons = {
        "key": "the same case number stands for cases of several services",
        "fill_down": f"{CHECK}later stages stand without these, each below another stage",
    }
    report = read_with(draft, path, as_at)
    if report and (doubt := one_outcome(report.accepted)):
        draft.ask(doubt)
    for name, reason in reasons.items():
        if report and name in report.remedy:
            draft.say(name, value=report.remedy[name], reason=reason)
