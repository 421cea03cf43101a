"""A mapping drafted from a council's own extract: each line with its reason, what is not understood under `unknown`."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.council import dates
from assets.council.cells import matches
from assets.council.contract import Table, read_contract
from assets.council.doubts import one_outcome
from assets.council.draft import CHECK, Draft, read_with
from assets.council.guessing import (
    VALUES_READ,
    Guess,
    are_references,
    codes_for,
    fits,
    guess_code,
    guess_columns,
    is_of_escalation,
    is_usually_ignored,
    plain,
    share_of_codes,
    words_for_nothing,
)
from assets.council.layout import TOTALS
from assets.council.mapping import CASES, OF_THE_CASE
from assets.council.personal_data import kinds_in, looks_personal
from assets.council.reading import read_file
from assets.council.reshaping import EITHER, NO, YES, are_events, by_case
from assets.council.sheets import ALL_SHEETS, SHEET
from assets.council.sources import NoHeaderError, SeveralSheetsError, Source, UnreadableError, normal

FEWEST_HEADINGS = 2
BY_VALUES = f"{CHECK}its values look like it, though not its heading"


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
    said = _ticked(draft, values)
    if as_at:
        draft.lines["as_at"] = as_at
    elif not source.about.get("as_at"):
        draft.ask(f"add the day the extract was taken, such as as_at: {_latest(values) or '2026-09-30'}")
    if several:
        draft.say("sheet", value=several, reason="several sheets have these headings: all are read as one")
    times = Counter(map(normal, source.cells.column_names))
    if twice := [header for header, count in times.items() if header and count > 1]:
        draft.ask(f"headings that are there twice: {', '.join(twice)}. Give each a name of its own")
    _columns(draft, _assign(values) | said)
    if not source.cells.num_rows:
        raise UnreadableError(
            f"{path.name}: nothing stands below its headings: export it again, with its rows"
        )
    if not draft.headers_of("case_reference") + draft.headers_of("requested_date"):
        raise UnreadableError(
            f"{path.name} has neither case numbers nor the days on which cases were received. If it is a summary, such "
            "as a pivot table, export the cases themselves, one row a case"
        )
    _missing(draft, values)
    _values_of_codes(draft, values)
    _dates(draft, values, source.has_typed_dates)
    _rest(draft, values)
    _key(draft, path, as_at)
    return draft


def _contract() -> Table:
    return read_contract()[CASES]


def _read(path: Path, sheet: str | None) -> tuple[Source, str | None]:
    """The extract under the row that looks most like its headings, and which sheet that is on if several have it."""
    best: tuple[float, list[str]] = (0, [])

    def look(cells: Sequence[str]) -> bool:
        nonlocal best
        if any(dates.is_a_day(cell.rsplit(" / ", 1)[-1]) for cell in cells):
            return False  # a row of cases, perhaps joined to the headings above it
        named = [cell for cell in cells if cell.strip()]
        meant: dict[str, tuple[str, str | None]] = {}
        for guess in guess_columns(named, _contract()):
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
    """How often each column with a heading holds each value, rows of totals left out."""
    columns = [cells.combine_chunks().cast(pa.string()) for cells in source.cells.columns]
    is_total = np.logical_or.reduce([matches(cells, TOTALS) for cells in columns])
    held = {}
    for header, cells in zip(source.cells.column_names, columns, strict=True):
        counts = pc.utf8_trim_whitespace(cells.filter(pa.array(~is_total))).value_counts()
        found = zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True)
        if header.strip():
            held[header] = Counter({value: count for value, count in found if value})
    return held


def _events(values: dict[str, Counter[str]]) -> tuple[str, str, list[str]] | None:
    """The headings of events and of their days, and the key of a case, where each row is one thing that happened."""
    contract = _contract()
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


def _ticked(draft: Draft, values: dict[str, Counter[str]]) -> dict[str, tuple[Guess, str]]:
    """Take columns that each say yes or no to one outcome for a column of codes, stage by stage; or a stage's only one,
    whose Y is upheld and N is not, for its outcome, which is the answer."""
    outcome = _contract().column("outcome")
    has_own = {
        guess.stage
        for guess in guess_columns(list(values), _contract())
        if guess.column == "outcome" and fits(outcome, values[guess.header])
    }
    by_stage: dict[str | None, dict[str, str]] = {}
    for header, held in values.items():
        words, stage = plain(header)
        code = guess_code(outcome, words)
        is_yes_or_no = sum(count for value, count in held.items() if normal(value) in YES | NO)
        is_count = re.match(r"(?i)no\.|no of |number|count", header)
        if code and not is_count and stage not in has_own and is_yes_or_no > 0.9 * sum(held.values()):
            by_stage.setdefault(stage, {})[header] = code
    said: dict[str, tuple[Guess, str]] = {}
    for stage, every in by_stage.items():
        times = Counter(every.values())
        codes = {
            header: code
            for header, code in every.items()
            if times[code] == 1 and {*map(normal, values[header])} & YES
        }
        if unclear := [header for header in every if header not in codes]:
            draft.ask(
                f"{', '.join(unclear)}: not clear which outcome each is, and left unread: map them under ticked"
            )
        marks = {word: normal(word) in YES for header in codes for word in values[header]}
        if [*every.values()] == [*codes.values()] == ["upheld"] and {normal(word) for word in marks} & NO:
            header = next(iter(codes))
            reason = f"{CHECK}says yes or no, so N is taken for not upheld"
            said[header] = (Guess(header, "outcome", stage, 0, 0), reason)
            meant = {
                word: "upheld" if yes else "not_upheld"
                for word, yes in marks.items()
                if normal(word) in YES | NO
            }
            draft.lines.setdefault("values", {}).setdefault("outcome", {}).update(meant)
            continue
        if not codes:
            continue
        if "not_upheld" not in codes.values():
            draft.ask(f"no column says not upheld: a case without a yes in {', '.join(codes)} has no outcome")
        name = f"Stage {stage} outcome" if stage else "Outcome"
        draft.lines.setdefault("ticked", {})[name] = codes
        reason = f"{CHECK}says yes or no to one outcome"
        draft.reasons |= {("ticked", name, header): reason for header in codes}
        values[name] = Counter({code: len(values.pop(header)) for header, code in codes.items()})
    return said


def _latest(values: dict[str, Counter[str]]) -> dt.date | None:
    found = [
        day
        for held in values.values()
        for text in list(held)[:VALUES_READ]
        if (day := dates.day(text, ())) and day.year < 2100
    ]
    return max(found, default=None)


def _assign(values: dict[str, Counter[str]]) -> dict[str, tuple[Guess, str]]:
    """The meaning of each heading with its reason: the likelier first, each column of a stage once."""
    taken: set[tuple[str, str | None]] = set()
    assigned: dict[str, tuple[Guess, str]] = {}
    for guess in guess_columns(list(values), _contract()):
        meant = (guess.column, guess.stage)
        if guess.header in assigned or meant in taken:
            continue
        if is_usually_ignored(guess.header) and guess.fit < 3:
            continue
        if reason := fits(_contract().column(guess.column), values[guess.header]):
            assigned[guess.header] = (guess, reason)
            taken.add(meant)
    # a heading that says nothing, over values that only one column has
    for header, held in values.items():
        # SharePoint calls the first column of a list its title
        is_ignored = is_usually_ignored(header) and plain(header)[0] != "title"
        if header in assigned or is_ignored or not held:
            continue
        for name in ("procedure", "stage", "outcome", *(("service",) if header == SHEET else ())):
            if (
                (name, None) not in taken
                and share_of_codes(_contract().column(name), held) > 0.9
                and len(held) < 30
            ):
                guess = Guess(header, name, None, 0, 0)
                assigned[header] = (guess, BY_VALUES)
                taken.add((name, None))
                break
        if ("case_reference", None) not in taken and are_references(held):
            assigned[header] = (Guess(header, "case_reference", None, 0, 0), BY_VALUES)
            taken.add(("case_reference", None))
    return assigned


def _columns(draft: Draft, guessed: dict[str, tuple[Guess, str]]) -> None:
    """Write the columns, as one row a stage or one row a case."""
    staged = {
        header: guess.stage
        for header, (guess, _) in guessed.items()
        if guess.stage and guess.column not in OF_THE_CASE
    }
    has_stage_column = any(guess.column == "stage" for guess, _ in guessed.values())
    # a row a stage may say besides when its case was escalated
    is_wide = not has_stage_column or not all(map(is_of_escalation, staged))
    draft.lines["columns"] = _in_order(
        {
            guess.column: header
            for header, (guess, _) in guessed.items()
            if guess.column in OF_THE_CASE or not (is_wide or guess.stage)
        }
    )
    for column, header in draft.lines["columns"].items():
        draft.reasons["columns", column] = guessed[header][1]
    if not is_wide:
        return
    stages = sorted(filter(None, {*staged.values()}))
    reason = f"the headings name stages {', '.join(stages)}"
    if not stages:
        reason = f"{CHECK}no column says the stage, so every row is taken for Stage 1"
        reason += " (a single stage for statutory adults)"
    if "event" not in draft.lines:
        draft.say("row", value="case", reason=reason)
    by_stage: dict[str, dict[str, str]] = {stage: {} for stage in sorted({"1", *stages})}
    later = [
        (guess, reason) for guess, reason in guessed.values() if guess.column not in (*OF_THE_CASE, "stage")
    ]
    for guess, reason in sorted(later, key=lambda one: one[0].stage is None):
        stage = guess.stage or "1"
        # the end of a case is no end of its first stage, unless the later stages have their own
        is_end = guess.stage is None and guess.column not in ("requested_date", "acknowledged_date")
        others = [each for name, each in by_stage.items() if name != stage]
        if guess.column in by_stage[stage]:
            continue
        if is_end and others and not any(guess.column in each for each in others):
            if "event" in draft.lines:
                _end_of_any(draft, by_stage, guess)
            continue
        by_stage[stage][guess.column] = guess.header
        note = "" if guess.stage or not stages else f"{CHECK}no stage named, taken for Stage 1; "
        draft.reasons["stages", stage, guess.column] = f"{note}{reason}"
    draft.lines["stages"] = {
        stage: _in_order(section)
        for stage, section in by_stage.items()
        if "requested_date" in section or stage == "1"
    }


def _end_of_any(draft: Draft, by_stage: dict[str, dict[str, str]], guess: Guess) -> None:
    """Write an event that ends whichever stage is open; a stage that another follows ends when that one begins."""
    for (stage, section), (_, after) in pairwise([*by_stage.items(), ("", {})]):
        begins = after.get("requested_date")
        is_closed = guess.column == "closed_date" and begins
        section[guess.column] = f"{begins}{EITHER}{guess.header}" if is_closed else guess.header
        reason = f"{CHECK}no stage named, taken for the end of the last stage that began"
        draft.reasons["stages", stage, guess.column] = reason


def _in_order(section: dict[str, str]) -> dict[str, str]:
    """Columns in the contract's order."""
    names = _contract().names
    return dict(sorted(section.items(), key=lambda one: names.index(one[0])))


def _missing(draft: Draft, values: dict[str, Counter[str]]) -> None:
    """What must be there and is not: a constant or another column's heading with its reason, or a question."""
    sections: list[tuple[tuple[str, ...], dict[str, str]]] = [
        (("stages", stage), section) for stage, section in draft.lines.get("stages", {}).items()
    ]
    for at, section in sections or [(("columns",), draft.lines["columns"])]:
        for name, other in (("closed_date", "response_sent_date"), ("response_sent_date", "closed_date")):
            if name not in section and other in section:
                reason = f"{CHECK}no column of its own; right if a stage is closed when its response is sent"
                reason += ", else take it out" if name == "response_sent_date" else ""
                draft.say(*at, name, value=section[other], reason=reason)
        of = f" of Stage {at[1]}" if len(at) > 1 else ""
        for name, what in (
            ("requested_date", f"the day a complaint{of} was received"),
            ("closed_date", f"the day{of} that it was closed"),
        ):
            if name not in section:
                draft.ask(f"no column looks like {what}: add {name}{_why_not(draft, name, values)}")
    columns = draft.lines["columns"]
    if "case_reference" not in columns:
        draft.ask("no column looks like the case's number: add case_reference under columns")
    if "procedure" in columns:
        return
    if (stage := columns.get("stage")) and _names_procedures(values[stage]):
        reason = f"{CHECK}no column of its own; the stage's values name procedures too"
        draft.say("columns", "procedure", value=stage, reason=reason)
    else:
        reason = f"{CHECK}no column says the procedure, so every case is taken for a corporate one"
        draft.say("constants", "procedure", value="corporate", reason=reason)


def _why_not(draft: Draft, name: str, values: dict[str, Counter[str]]) -> str:
    """What could be a day that is missing, and why it is not read."""
    free = [
        header for header in values if header not in draft.headers_of() and not is_usually_ignored(header)
    ]
    for guess in guess_columns(free, _contract()):
        shown = [value for value in values[guess.header] if not kinds_in(value)]
        if guess.column != name or guess.fit < 2 or not shown:
            continue
        if fits(_contract().column(name), values[guess.header]):
            return f". {guess.header} does not say of which stage: export a column, or an event, for each"
        return (
            f". {guess.header} is named like it, but no days are read in values such as {shown[0]!r}: export "
            "whole days, such as 31/01/2026"
        )
    if any(
        sum(values[header].values()) > 1.5 * len(values[header])
        for header in draft.headers_of("case_reference")
    ):
        return (
            ". Case numbers stand in several rows: if a row is an event, such as opened or closed, name its columns "
            "as event and event_date, with row: event"
        )
    return ""


def _names_procedures(values: Counter[str]) -> bool:
    """Whether values of a stage name a procedure too, as `Stage 2 (CSC)` does."""
    procedure = _contract().column("procedure")
    return any(guess_code(procedure, value) == "children_statutory" for value in values)


def _values_of_codes(draft: Draft, values: dict[str, Counter[str]]) -> None:
    """Write the codes that values may mean; those that may be personal data are not written."""
    for column in _contract().columns:
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


def _dates(draft: Draft, values: dict[str, Counter[str]], has_typed_dates: bool) -> None:
    """Write how dates are written, and the words that stand where there is none."""
    of_days, of_numbers = (
        draft.headers_of(*(column.name for column in _contract().columns if column.type in types))
        for types in (("date",), ("integer", "decimal"))
    )
    words = words_for_nothing(value for header in of_days + of_numbers for value in values[header])
    if nothing := sorted({*words}):
        reason = f"{CHECK}stand in columns of dates or numbers, and are taken for nothing"
        draft.say("empty", value=nothing, reason=reason)
    of_dates = {
        header: [value for value in values[header] if value not in nothing][:VALUES_READ]
        for header in of_days
    }
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
    if said := {*map(dates.order_said, of_dates)} - {""}:
        proposed = [
            names for names in proposed if {*map(dates.order, map(dates.pattern, names))} & said
        ] or proposed
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


def _rest(draft: Draft, values: dict[str, Counter[str]]) -> None:
    """Write which headings are left unread: those that systems usually have, and those that are not understood."""
    free = [header for header in values if header not in draft.headers_of() and header != SHEET]
    usual = [header for header in free if is_usually_ignored(header)]
    unknown = [header for header in free if header not in usual]
    for header in unknown:
        outcome = next(
            (guess for guess in guess_columns([header], _contract()) if guess.column == "outcome"), None
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
