"""Which of an extract's headings feed which columns of a drafted mapping, and which columns are still missing."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from assets.council.draft import CHECK, Draft, contract_of_cases
from assets.council.guessing import (
    Guess,
    are_references,
    fits,
    guess_code,
    guess_columns,
    is_of_escalation,
    is_usually_ignored,
    plain,
    share_of_codes,
)
from assets.council.mapping import OF_THE_CASE
from assets.council.personal_data import kinds_in
from assets.council.reshaping import EITHER, NO, YES
from assets.council.sheets import SHEET
from assets.council.sources import normal

BY_VALUES = f"{CHECK}its values look like it, though not its heading"


def ticked(draft: Draft, values: dict[str, Counter[str]]) -> dict[str, tuple[Guess, str]]:
    """Take columns that each say yes or no to one outcome for a column of codes, stage by stage; or a stage's only one,
    whose Y is upheld and N is not, for its outcome, which is the answer."""
    outcome = contract_of_cases().column("outcome")
    has_own = {
        guess.stage
        for guess in guess_columns(list(values), contract_of_cases())
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
            header: code for header, code in every.items() if times[code] == 1 and {*map(normal, values[header])} & YES
        }
        if unclear := [header for header in every if header not in codes]:
            draft.ask(f"{', '.join(unclear)}: not clear which outcome each is, and left unread: map them under ticked")
        marks = {word: normal(word) in YES for header in codes for word in values[header]}
        if [*every.values()] == [*codes.values()] == ["upheld"] and {normal(word) for word in marks} & NO:
            header = next(iter(codes))
            reason = f"{CHECK}says yes or no, so N is taken for not upheld"
            said[header] = (Guess(header, "outcome", stage, 0, 0), reason)
            meant = {word: "upheld" if yes else "not_upheld" for word, yes in marks.items() if normal(word) in YES | NO}
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


def assign(values: dict[str, Counter[str]]) -> dict[str, tuple[Guess, str]]:
    """The meaning of each heading with its reason: the likelier first, each column of a stage once."""
    taken: set[tuple[str, str | None]] = set()
    assigned: dict[str, tuple[Guess, str]] = {}
    for guess in guess_columns(list(values), contract_of_cases()):
        meant = (guess.column, guess.stage)
        if guess.header in assigned or meant in taken:
            continue
        if is_usually_ignored(guess.header) and guess.fit < 3:
            continue
        if reason := fits(contract_of_cases().column(guess.column), values[guess.header]):
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
                and share_of_codes(contract_of_cases().column(name), held) > 0.9
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


def write_columns(draft: Draft, guessed: dict[str, tuple[Guess, str]]) -> None:
    """Write the columns, as one row a stage or one row a case."""
    staged = {
        header: guess.stage for header, (guess, _) in guessed.items() if guess.stage and guess.column not in OF_THE_CASE
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
    later = [(guess, reason) for guess, reason in guessed.values() if guess.column not in (*OF_THE_CASE, "stage")]
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
        stage: _in_order(section) for stage, section in by_stage.items() if "requested_date" in section or stage == "1"
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
    names = contract_of_cases().names
    return dict(sorted(section.items(), key=lambda one: names.index(one[0])))


def write_missing(draft: Draft, values: dict[str, Counter[str]]) -> None:
    """What must be there and is not: a constant or another column's heading with its reason, or a question."""
    sections: list[tuple[tuple[str, ...], dict[str, str]]] = [
        (("stages", stage), section) for stage, section in draft.lines.get("stages", {}).items()
    ]
    for at, section in sections or [(("columns",), draft.lines["columns"])]:
        for name, other, sent in (
            ("closed_date", "response_sent_date", "response"),
            ("closed_date", "adjudication_date", "adjudication letter"),
            ("response_sent_date", "closed_date", "response"),
        ):
            if name not in section and other in section:
                reason = f"{CHECK}no column of its own; right if a stage is closed when its {sent} is sent"
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
    free = [header for header in values if header not in draft.headers_of() and not is_usually_ignored(header)]
    for guess in guess_columns(free, contract_of_cases()):
        shown = [value for value in values[guess.header] if not kinds_in(value)]
        if guess.column != name or guess.fit < 2 or not shown:
            continue
        if fits(contract_of_cases().column(name), values[guess.header]):
            return f". {guess.header} does not say of which stage: export a column, or an event, for each"
        return (
            f". {guess.header} is named like it, but no days are read in values such as {shown[0]!r}: export "
            "whole days, such as 31/01/2026"
        )
    if any(sum(values[header].values()) > 1.5 * len(values[header]) for header in draft.headers_of("case_reference")):
        return (
            ". Case numbers stand in several rows: if a row is an event, such as opened or closed, name its columns "
            "as event and event_date, with row: event"
        )
    return ""


def _names_procedures(values: Counter[str]) -> bool:
    """Whether values of a stage name a procedure too, as `Stage 2 (CSC)` does."""
    procedure = contract_of_cases().column("procedure")
    return any(guess_code(procedure, value) == "children_statutory" for value in values)
