"""A mapping drafted from a council's own extract: each line with its reason, what is not understood under `unknown`."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.council import dates
from assets.council.columns import NO_REFERENCE
from assets.council.contract import Column, read_contract
from assets.council.draft import CHECK, Draft, read_with
from assets.council.guessing import (
    Guess,
    codes_for,
    empty_words,
    guess_columns,
    is_usually_ignored,
    plain,
    share_of_codes,
    words_for_nothing,
)
from assets.council.layout import TOTALS
from assets.council.mapping import CASES
from assets.council.personal_data import looks_personal
from assets.council.reading import read_file
from assets.council.sheets import ALL_SHEETS, SHEET
from assets.council.sources import NoHeaderError, SeveralSheetsError, Source, UnreadableError, normal

VALUES_READ = 5000
FEWEST_HEADINGS = 2
BY_VALUES = f"{CHECK}its values look like it, though not its heading"
# columns that a case has once, whatever its stages
OF_THE_CASE = {"case_reference", "procedure", "service", "kind", "channel"}
MOST_SERVICES = 150


def draft_mapping(path: Path, *, as_at: dt.date | None = None, sheet: str | None = None) -> Draft:
    """A mapping for an extract of cases, drafted from its headings and values. Raises UnreadableError."""
    source, several = _read(path, sheet)
    draft = Draft(path.name)
    values = {
        header: _values(source, place)
        for place, header in enumerate(source.cells.column_names)
        if header.strip()
    }
    if as_at:
        draft.lines["as_at"] = as_at
    elif not source.about.get("as_at"):
        draft.questions.append(
            f"add the day the extract was taken, such as as_at: {_latest(values) or '2026-09-30'}"
        )
    if several:
        draft.lines["sheet"] = several
        draft.reasons[("sheet",)] = "several sheets have these headings: all are read as one"
    if twice := [
        header
        for header, times in Counter(map(normal, source.cells.column_names)).items()
        if header and times > 1
    ]:
        draft.questions.append(
            f"headings that are there twice: {', '.join(twice)}. Give each a name of its own"
        )
    guessed = _assign(values)
    _columns(draft, guessed, values)
    if not source.cells.num_rows:
        raise UnreadableError(
            f"{path.name}: nothing stands below its headings: export it again, with its rows"
        )
    sections = [draft.lines["columns"], *draft.lines.get("stages", {}).values()]
    if not any({"case_reference", "requested_date"} & {*section} for section in sections):
        raise UnreadableError(
            f"{path.name} has neither case numbers nor the days on which cases were received. If it is a summary, such "
            "as a pivot table, export the cases themselves, one row a case"
        )
    _missing(draft)
    _values_of_codes(draft, values)
    _dates(draft, values, source.has_typed_dates)
    _rest(draft, values)
    _key(draft, path, as_at)
    return draft


def _read(path: Path, sheet: str | None) -> tuple[Source, str | None]:
    """The extract under the row that looks most like its headings, and which sheet that is on if several have it."""
    contract = read_contract()[CASES]
    best: tuple[float, list[str]] = (0, [])

    def look(cells: Sequence[str]) -> bool:
        nonlocal best
        found = {
            (guess.column, guess.stage)
            for guess in guess_columns(list(dict.fromkeys(cells)), contract)
            if guess.fit > 1
        }
        named = [cell for cell in cells if cell.strip()]
        twice = len(named) - len({normal(cell) for cell in named})
        score = len(found & {*_best_of(guess_columns(named, contract)).values()}) - twice
        if score > best[0]:
            best = (score, [*cells])
        return False

    try:
        read_file(path, look, sheet=sheet)
    except NoHeaderError as error:
        if best[0] < FEWEST_HEADINGS:
            raise UnreadableError(
                f"{path.name} has no row that looks like the headings of cases, such as Case Reference, Date Received "
                "and Outcome: give it such a row, or write a mapping by hand (docs/register.md)"
            ) from error
    header = [*best[1]]
    try:
        return read_file(path, lambda cells: [*cells] == header, sheet=sheet), None
    except SeveralSheetsError:
        return read_file(path, lambda cells: [*cells] == header, sheet=ALL_SHEETS), ALL_SHEETS


def _best_of(guesses: Sequence[Guess]) -> dict[str, tuple[str, str | None]]:
    """The likeliest meaning of each heading by its words alone."""
    best: dict[str, tuple[str, str | None]] = {}
    for guess in guesses:
        if guess.fit > 1:
            best.setdefault(guess.header, (guess.column, guess.stage))
    return best


def _values(source: Source, place: int) -> Counter[str]:
    """How often a column holds each value, totals left out."""
    column = pc.utf8_trim_whitespace(source.cells.column(place).cast(pa.string()))
    counts = column.value_counts()
    found = zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True)
    return Counter({value: count for value, count in found if value and not re.match(TOTALS, value)})


def _latest(values: dict[str, Counter[str]]) -> dt.date | None:
    found = [
        day
        for held in values.values()
        for text in list(held)[:VALUES_READ]
        if (day := dates.day(text, ())) and day.year < 2100
    ]
    return max(found, default=None)


def _fits(column: Column, values: Counter[str]) -> str:
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
        if share >= 0.5 or is_service:
            return f"named like it; {len(real):,} different values"
        return ""
    if column.type in ("integer", "decimal"):
        is_number = sum(count for value, count in real.items() if re.fullmatch(r"£?[\d,]+(\.\d+)?", value))
        return f"named like it; {total:,} numbers" if is_number > 0.8 * total else ""
    return ""


def _assign(values: dict[str, Counter[str]]) -> dict[str, tuple[Guess, str]]:
    """The meaning of each heading with its reason: the likelier first, each column of a stage once."""
    contract = read_contract()[CASES]
    taken: set[tuple[str, str | None]] = set()
    assigned: dict[str, tuple[Guess, str]] = {}
    for guess in guess_columns(list(values), contract):
        meant = (guess.column, guess.stage)
        if guess.header in assigned or meant in taken:
            continue
        if is_usually_ignored(guess.header) and guess.fit < 3:
            continue
        if reason := _fits(contract.column(guess.column), values[guess.header]):
            assigned[guess.header] = (guess, reason)
            taken.add(meant)
    # a heading that says nothing, over values that only one column has
    for header, held in values.items():
        # SharePoint calls the first column of a list its title
        is_ignored = is_usually_ignored(header) and plain(header)[0] != "title"
        if header in assigned or is_ignored or not held:
            continue
        for name in ("procedure", "stage", "outcome"):
            if (
                (name, None) not in taken
                and share_of_codes(contract.column(name), held) > 0.9
                and len(held) < 30
            ):
                guess = Guess(header, name, None, 0, 0)
                assigned[header] = (guess, BY_VALUES)
                taken.add((name, None))
                break
        if ("case_reference", None) not in taken and _are_references(held):
            assigned[header] = (Guess(header, "case_reference", None, 0, 0), BY_VALUES)
            taken.add(("case_reference", None))
    return assigned


def _are_references(values: Counter[str]) -> bool:
    """Whether values could be case numbers: short, each with a figure, mostly different, and no dates."""
    return (
        len(values) > max(1, sum(values.values()) / 2)
        and all(re.fullmatch(r"(?=.*\d)[\w/.-]{3,20}", value) for value in values)
        and not dates.propose(list(values)[:VALUES_READ], enough=0.5)
    )


def _columns(draft: Draft, guessed: dict[str, tuple[Guess, str]], values: dict[str, Counter[str]]) -> None:
    """Write the columns, as one row a stage or one row a case."""
    stages = {guess.stage for guess, _ in guessed.values() if guess.stage and guess.column not in OF_THE_CASE}
    has_stage_column = any(guess.column == "stage" for guess, _ in guessed.values())
    is_wide = bool(stages) or not has_stage_column
    columns: dict[str, str] = {}
    if not is_wide:
        for header, (guess, reason) in guessed.items():
            columns[guess.column] = header
            draft.reasons["columns", guess.column] = reason
        draft.lines["columns"] = _in_order(columns)
        return
    draft.lines["row"] = "case"
    draft.reasons[("row",)] = (
        f"the headings name stages {', '.join(sorted(stages))}"
        if stages
        else f"{CHECK}no column says the stage, so every row is taken for Stage 1 (a single stage for statutory adults)"
    )
    by_stage: dict[str, dict[str, str]] = {stage: {} for stage in sorted({"1", *stages})}
    later = []
    for header, (guess, reason) in guessed.items():
        if guess.column in OF_THE_CASE:
            columns[guess.column] = header
            draft.reasons["columns", guess.column] = reason
        elif guess.column != "stage":
            later.append((header, guess, reason))
    for header, guess, reason in sorted(later, key=lambda one: one[1].stage is None):
        stage = guess.stage or "1"
        section = by_stage[stage]
        # the end of a case is no end of its first stage, unless the later stages have their own
        is_end = guess.column not in ("requested_date", "acknowledged_date")
        of_others = [each for name, each in by_stage.items() if name != stage]
        if guess.column in section or (
            guess.stage is None
            and is_end
            and of_others
            and not any(guess.column in each for each in of_others)
        ):
            continue
        section[guess.column] = header
        note = "" if guess.stage or not stages else f"{CHECK}no stage named, taken for Stage 1; "
        draft.reasons["stages", stage, guess.column] = f"{note}{reason}"
    draft.lines["columns"] = _in_order(columns)
    draft.lines["stages"] = {
        stage: _in_order(section)
        for stage, section in by_stage.items()
        if "requested_date" in section or stage == "1"
    }


def _in_order(section: dict[str, str]) -> dict[str, str]:
    """Columns in the contract's order."""
    names = read_contract()[CASES].names
    return dict(sorted(section.items(), key=lambda one: names.index(one[0])))


def _missing(draft: Draft) -> None:
    """What must be there and is not: a constant or another column's heading with its reason, or a question."""
    lines = draft.lines
    sections: list[tuple[tuple[str, ...], dict[str, str]]] = [
        (("stages", stage), section) for stage, section in lines.get("stages", {}).items()
    ]
    for at, section in sections or [(("columns",), lines["columns"])]:
        for name, other in (("closed_date", "response_sent_date"), ("response_sent_date", "closed_date")):
            if name not in section and other in section:
                section[name] = section[other]
                draft.reasons[*at, name] = (
                    f"{CHECK}no column of its own; right if a stage is closed when its response is sent"
                    f"{', else take it out' if name == 'response_sent_date' else ''}"
                )
        of = f" of Stage {at[1]}" if len(at) > 1 else ""
        if "requested_date" not in section:
            draft.questions.append(
                f"no column looks like the day a complaint{of} was received: add requested_date"
            )
        if "closed_date" not in section:
            draft.questions.append(f"no column looks like the day{of} that it was closed: add closed_date")
    if "case_reference" not in lines["columns"]:
        draft.questions.append("no column looks like the case's number: add case_reference under columns")
    if "procedure" not in lines["columns"]:
        lines["constants"] = {"procedure": "corporate"}
        draft.reasons["constants", "procedure"] = (
            f"{CHECK}no column says the procedure, so every case is taken for a corporate one"
        )


def _headers_of(draft: Draft, wanted: str) -> list[str]:
    """The headings that feed a column."""
    sections = [draft.lines["columns"], *draft.lines.get("stages", {}).values()]
    return [section[wanted] for section in sections if wanted in section]


def _values_of_codes(draft: Draft, values: dict[str, Counter[str]]) -> None:
    """Write the codes that values may mean; those that may be personal data are not written."""
    contract = read_contract()[CASES]
    found: dict[str, dict[str, str]] = {}
    for column in contract.columns:
        if column.type != "code" or column.pattern:
            continue
        held = [value for header in _headers_of(draft, column.name) for value in values[header]]
        if not held:
            continue
        distinct = list(dict.fromkeys(held))
        personal = looks_personal(pa.array(distinct, pa.string()))
        hits = np.logical_or.reduce([*personal.values(), np.zeros(len(distinct), dtype=bool)])
        if hits.any():
            headers = " and ".join(_headers_of(draft, column.name))
            draft.questions.append(
                f"{int(hits.sum()):,} values of {headers} look like personal data and are not written here: look at "
                "that column"
            )
        safe = [value for value, is_hit in zip(distinct, hits, strict=True) if not is_hit]
        codes = codes_for(column.name, safe)
        known = {value: code for value, code in codes.items() if code is not None}
        if known:
            found[column.name] = known
            for value, code in known.items():
                if code == "":
                    draft.reasons["values", column.name, value] = (
                        "taken for nothing, such as a case still open"
                    )
                elif column.name == "service" and code not in column.allowed:
                    draft.reasons["values", column.name, value] = "a code of your own"
        unknown = [value for value, code in codes.items() if code is None]
        if unknown:
            draft.questions.append(
                f"{column.name}: no code is near {', '.join(map(repr, unknown[:10]))}; add each under values, as "
                f"one of {', '.join(column.allowed)}"
            )
    if found:
        draft.lines["values"] = found


def _dates(draft: Draft, values: dict[str, Counter[str]], has_typed_dates: bool) -> None:
    """Write how dates are written, and the words that stand where there is none."""
    contract = read_contract()[CASES]
    headers = list(
        dict.fromkeys(
            header
            for column in contract.columns
            if column.type in ("date", "integer", "decimal")
            for header in _headers_of(draft, column.name)
        )
    )
    nothing = sorted(set(words_for_nothing(value for header in headers for value in values[header])))
    if nothing:
        draft.lines["empty"] = nothing
        draft.reasons[("empty",)] = f"{CHECK}stand in columns of dates or numbers, and are taken for nothing"
    of_dates = {
        header: [value for value in values[header] if value not in nothing][:VALUES_READ]
        for column in contract.columns
        if column.type == "date"
        for header in _headers_of(draft, column.name)
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
        draft.questions.append(
            f"{', '.join(both)}: dates both day first and month first, so nobody can say which day they are: export "
            "it again in one order"
        )
        return
    proposed = dates.propose(texts, enough=0.97)
    if not texts or (proposed and proposed[0] == ("YYYY-MM-DD",)):
        return
    if not proposed:
        draft.questions.append(
            f"dates such as {texts[0]!r} are written in a way that is not known: add dates"
        )
        return
    names = list(proposed[0])
    draft.lines["dates"] = names[0] if len(names) == 1 else names
    first = dates.order(dates.pattern(names[0]))
    draft.reasons[("dates",)] = (
        f"{CHECK}no date shows which of day and month comes first; {' or '.join(proposed[1])} would fit as well"
        if len(proposed) > 1
        else f"read so: {len(texts):,} different dates"
        + (f", some of which can only be {first} first" if first else "")
    )


def _rest(draft: Draft, values: dict[str, Counter[str]]) -> None:
    """Write which headings are left unread: those that systems usually have, and those that are not understood."""
    sections = [draft.lines["columns"], *draft.lines.get("stages", {}).values()]
    used = {header for section in sections for header in section.values()}
    free = [header for header in values if header not in used and header != SHEET]
    if usual := [header for header in free if is_usually_ignored(header)]:
        draft.lines["ignore"] = usual
        draft.reasons[("ignore",)] = "left unread: the register has no use for them, or may not have them"
    if unknown := [header for header in free if not is_usually_ignored(header)]:
        draft.lines["unknown"] = unknown
        draft.reasons[("unknown",)] = (
            "not understood and left unread: map them under columns, or move them to ignore"
        )


def _key(draft: Draft, path: Path, as_at: dt.date | None) -> None:
    """Write the key of two columns where case numbers are used twice and the service tells them apart."""
    report = read_with(draft, path, as_at)
    if report and "key" in report.remedy:
        draft.lines["key"] = report.remedy["key"]
        draft.reasons[("key",)] = "the same case number stands for cases of several services"
