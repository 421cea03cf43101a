"""A council's sheet put into rows of cases or stages: yes/no columns, numbers that stand once, one row an event."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from assets.council.cells import are, is_null
from assets.council.mapping import OF_THE_CASE, Mapping, nearest
from assets.council.personal_data import looks_personal
from assets.council.sources import MERGED_DOWN, CellProblem, Source, normal

YES = {"y", "yes", "true", "t", "1", "x", "✓", "✔"}
NO = {"n", "no", "false", "f", "0", ""}
# between an event and one's own heading, as between the headings of two rows
JOINED = " / "
EITHER = " or "
MOST_EVENTS = 100


def reshape(source: Source, mapping: Mapping) -> tuple[Source, Mapping, list[str]]:
    """The delivery as rows of cases or stages, the mapping of these, and why that cannot be had."""
    own = {normal(name): name for name in source.cells.column_names}
    wanted = {
        "ticked": [name for codes in mapping.ticked.values() for name in codes],
        "fill_down": mapping.fill_down,
        "event": [mapping.event] if mapping.event else [],
        "event_date": [mapping.event_date] if mapping.event_date else [],
    }
    refusals = [
        f"{line}: there is no column {name!r}{nearest(name, source.cells.column_names)}"
        for line, names in wanted.items()
        for name in names
        if normal(name) not in own
    ]
    times = Counter(map(normal, source.cells.column_names))
    if any(wanted.values()) and (twice := [name for name, count in times.items() if name and count > 1]):
        refusals += [f"columns that are there twice: {', '.join(twice)}. Give each a heading of its own"]
    if mapping.event and not refusals:
        refusals += _no_events(source.cells[own[normal(mapping.event)]], mapping.event)
    if refusals:
        return source, mapping, refusals
    of_cases = {normal(mapping.columns.get(name, name)) for name in OF_THE_CASE}
    unmerged = [each for each in source.problems if each.rule != MERGED_DOWN or normal(each.header) not in of_cases]
    source = replace(source, problems=tuple(unmerged))
    for heading, codes in mapping.ticked.items():
        source = _with_codes(source, heading, {own[normal(name)]: code for name, code in codes.items()})
    if mapping.fill_down:
        source = _filled_down(source, [own[normal(name)] for name in mapping.fill_down], mapping)
    if mapping.row != "event":
        return source, mapping, []
    keys = [mapping.columns.get(name, name) for name in ("case_reference", "stage")]
    # a missing case number is named where the other headings are looked for
    if normal(keys[0]) in own:
        source = by_case(source, keys, str(mapping.event), str(mapping.event_date), mapping)
        there = {*own, *map(normal, source.cells.column_names)}
        # of a short time some things did not happen
        pairs = [pair for section in (mapping.columns, *mapping.stages.values()) for pair in section.items()]
        unseen = {
            piece for column, name in pairs for piece in pieces(name) if column.endswith("_date") or JOINED in piece
        }
        for name in sorted(name for name in unseen if normal(name) not in there):
            nothing = pa.nulls(source.cells.num_rows, pa.string())
            notes = (*source.notes, f"no row has the event {name}")
            source = replace(source, cells=source.cells.append_column(name, nothing), notes=notes)
        source, stages = _of_their_stages(source, mapping.stages)
        mapping = mapping.model_copy(update={"stages": stages})
    row = "case" if mapping.stages else None
    return source, mapping.model_copy(update={"row": row, "event": None, "event_date": None}), []


def pieces(name: str) -> list[str]:
    """The headings of which the first that has something counts: `Moved or Closed`."""
    return name.split(EITHER)


def _of_their_stages(source: Source, stages: dict[str, dict[str, str]]) -> tuple[Source, dict[str, dict[str, str]]]:
    """A column of its own for each stage's heading that is of several, or that several stages name.

    What several stages name, such as the day on which a case was closed, is of the last stage that began.
    """
    own = {normal(name): name for name in source.cells.column_names}
    pieces_of = [{normal(each) for name in section.values() for each in pieces(name)} for section in stages.values()]
    named = Counter(piece for found in pieces_of for piece in found)
    begins = {stage: normal(section.get("requested_date", "")) for stage, section in stages.items()}
    began = {stage: ~is_null(source.cells[own[name]]) for stage, name in begins.items() if name in own}
    cells = source.cells
    found: dict[str, dict[str, str]] = {}
    taken: dict[str, str] = {}
    for number, (stage, section) in enumerate(stages.items()):
        is_last = began.get(stage, np.zeros(cells.num_rows, dtype=bool)).copy()
        for later in [*stages][number + 1 :]:
            if later in began:
                is_last &= ~began[later]
        found[stage] = dict(section)
        for column, name in section.items():
            each = [normal(piece) for piece in pieces(name)]
            is_shared = {piece: named[piece] > 1 and piece not in begins.values() for piece in each}
            if not own.keys() >= is_shared.keys() or (len(each) == 1 and not is_shared[each[0]]):
                continue
            days = [
                pc.if_else(pa.array(is_last), cells[own[piece]], None) if shared else cells[own[piece]]
                for piece, shared in is_shared.items()
            ]
            found[stage][column] = f"{name} (stage {stage})"
            taken |= {piece: found[stage][column] for piece in each if is_shared[piece]}
            if found[stage][column] not in cells.column_names:
                cells = cells.append_column(found[stage][column], pc.coalesce(*days))
    problems = [replace(each, header=taken.get(normal(each.header), each.header)) for each in source.problems]
    cells = cells.drop_columns([own[piece] for piece in taken])
    return replace(source, cells=cells, problems=tuple(problems)), found


def are_events(words: pa.Array) -> bool:
    """Whether words may become headings: they are few, and name nobody."""
    return len(words) <= MOST_EVENTS and not looks_personal(words)


def _no_events(values: pa.ChunkedArray, heading: str) -> list[str]:
    """Why a column is not the one that names events: its values become headings, and are shown."""
    words = pc.unique(values)
    if not are_events(words.cast(pa.string())):
        return [f"event: {heading} has {len(words):,} different values, or some that look like personal data: name the "
                "column that says what happened"]  # fmt: skip
    return []


def _with_codes(source: Source, heading: str, codes: dict[str, str]) -> Source:
    """The delivery with one column of codes in place of columns that each say yes or no to one of them."""
    columns = [source.cells[name].combine_chunks() for name in codes]
    yes = np.array([are(column, YES) for column in columns])
    is_clear = np.array([are(column, YES | NO) | is_null(column) for column in columns]).all(axis=0)
    is_clear &= yes.sum(axis=0) < 2
    chosen = np.where(yes.any(axis=0) & is_clear, yes.argmax(axis=0), -1)
    cells = pa.array([*codes.values()]).take(pa.array(chosen, mask=chosen < 0))
    expected = f"yes or no, and yes in one of {', '.join(codes)} at most"
    problems = [replace(problem, header=heading) if problem.header in codes else problem for problem in source.problems]
    problems += [CellProblem(row, heading, expected, "yes_or_no") for row in source.rows.to_numpy()[~is_clear].tolist()]
    rest = source.cells.drop_columns([*codes]).append_column(heading, cells)
    return replace(source, cells=rest, problems=tuple(problems))


def _filled_down(source: Source, headings: list[str], mapping: Mapping) -> Source:
    """The delivery with the cells of the row above in rows that begin a stage and have none of these cells."""
    cells = source.cells
    own = {normal(name): name for name in cells.column_names}
    number, started = (
        own.get(normal(mapping.columns.get(name, name)), "") for name in ("case_reference", "requested_date")
    )
    continues = np.logical_and.reduce([is_null(cells[name]) for name in headings])
    continues &= ~is_null(cells[started]) if started else False
    if number and number not in headings:
        # another case may not have them
        numbers = cells[number].to_pandas()
        continues &= (numbers == numbers.shift()).to_numpy()
    place = np.maximum.accumulate(np.where(continues, -1, np.arange(len(continues))))
    for name in headings:
        taken = cells[name].take(pa.array(np.maximum(place, 0)))
        filled = pc.if_else(pa.array(place >= 0), taken, None)
        cells = cells.set_column(cells.column_names.index(name), name, filled)
    note = f"{int(continues.sum()):,} rows take {', '.join(headings)} from the row above"
    return replace(source, cells=cells, notes=(*source.notes, note))


def by_case(source: Source, keys: list[str], event: str, event_date: str, mapping: Mapping | None = None) -> Source:
    """One row a case, or a case's stage, of a delivery with one row an event: a column for the day of each event.

    With a mapping a heading comes behind an event's where the mapping says so: `Closed / Outcome`. Without one, as for
    a draft, it does where its values differ within a case. A case is a problem of which an event has no day or several,
    or a heading several values.
    """
    sections = (mapping.columns, *mapping.stages.values()) if mapping else ()
    read = {normal(piece) for section in sections for name in section.values() for piece in pieces(name)}
    unread = {normal(name) for name in (*mapping.ignore, *mapping.unknown)} if mapping else set()
    own = {normal(name): name for name in source.cells.column_names if name.strip()}
    keys = [own[normal(key)] for key in keys if normal(key) in own]
    event, event_date = own[normal(event)], own[normal(event_date)]
    places = [source.cells.column_names.index(name) for name in own.values()]
    frame = source.cells.select(places).to_pandas().astype(object)
    frame = frame.map(lambda cell: cell.strip() or None if isinstance(cell, str) else None)
    words = frame[event].fillna("").map(normal)
    # a row without a number, such as a note at the foot, stays one of its own
    alone = frame.index.to_series().where(frame[keys[0]].isna(), -1)
    case = frame.groupby([*(frame[key] for key in keys), alone], sort=False, dropna=False).ngroup()
    rows = pd.Series(source.rows.to_numpy())
    first = rows.groupby(case).first()
    its_first = dict(zip(rows, first[case], strict=True))
    problems = [
        replace(problem, row=its_first.get(problem.row, problem.row), header=problem.header and keys[0])
        for problem in source.problems
    ]
    columns = {key: frame[key].groupby(case).first() for key in keys}

    def set_aside(cases: pd.Index, name: str, expected: str) -> None:
        problems.extend(CellProblem(int(first[number]), name, expected, "events") for number in cases)

    def add(name: str, heading: str, of: pd.Series) -> None:
        found = frame[heading][of].groupby(case[of])
        columns[name] = found.first()
        if mapping and normal(name) not in unread:
            several = found.nunique()
            set_aside(
                several.index[several > 1],
                name,
                f"one value of {heading}; the rows of this case have several",
            )

    spelt: dict[str, str] = {}
    for word in frame[event].dropna().unique():
        spelt.setdefault(normal(word), word)
    for heading in frame.columns.difference([*keys, event, event_date], sort=False):
        held = set(words[frame[heading].notna()])
        names = {word: f"{name}{JOINED}{heading}" for word, name in spelt.items() if word in held}
        if mapping:
            names = {word: name for word, name in names.items() if normal(name) in read}
            is_behind = any(name.endswith(f"{JOINED}{normal(heading)}") for name in read | unread)
        else:
            is_behind = (frame[heading].groupby(case).nunique() > 1).any()
        for word, name in names.items() if is_behind else ():
            add(name, heading, words == word)
        if not is_behind:
            add(heading, heading, words.notna())
    for word, name in spelt.items():
        add(name, event_date, words == word)
        if normal(name) not in unread:
            undated = case[(words == word) & frame[event_date].isna()].unique()
            set_aside(undated, name, "the day of each event")
    unnamed = case[(words == "") & frame[event_date].notna()].unique()
    set_aside(unnamed, keys[0], f"{event} in each row with a day")
    together = pd.DataFrame(columns, index=first.index)
    cells = pa.table({name: pa.array(together[name], pa.string(), from_pandas=True) for name in together})
    note = f"{len(frame):,} events, one a row, of {len(cells):,} {' and '.join(keys)}"
    return replace(
        source,
        cells=cells,
        rows=pa.array(first.to_numpy()),
        problems=tuple(problems),
        notes=(*source.notes, note),
    )
