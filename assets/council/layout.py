"""A delivery laid out as the contract has it: one row a case and stage, whichever way the council's own sheet runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.council.cells import (
    Flags,
    are,
    constant,
    emptied,
    is_nothing_or_row_numbers,
    is_null,
    matches,
    one_chunk,
    without_empty_codes,
)
from assets.council.columns import as_code, code_parser
from assets.council.contract import Table
from assets.council.guessing import guess_columns
from assets.council.headings import Layout, Part, needed
from assets.council.mapping import CASES, Mapping, nearest
from assets.council.sheets import SHEET
from assets.council.sources import CUT_SHORT, TEXT, Source, cut_short, normal

# a row that counts the others, and is none of them
TOTALS = (
    r"(?i)^((grand|sub|overall|report|running|column)[ -]?)?totals?( *[:=(].*| +[^0-9]*[0-9,.]*.*)?$"
    r"|^(count|sum|average|mean|median|(record|row) count|number of (cases|complaints|records|rows))"
    r"( *[:=(].*| of .*)?$"
    r"|^(total|number) (cases|complaints|records|rows)\b.*$"
    r"|^[^0-9]+ (sub[ -]?)?total$"
)
# a row that says what the rows below it have in common, such as their month
OF_A_GROUP = (
    r"(?i)^([\pL&', -]+:?"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? '?[0-9]{2,4}"
    r"|(q[1-4]|quarter [1-4])?,? ?(20[0-9]{2}([-/][0-9]{2,4})?)?)$"
)
# after how many rows an export of a usual system ends, whatever there is
MOST_EXPORTED = {2_000, 5_000, 10_000, 30_000, 50_000, 65_535, 100_000, 150_000, 1_048_575}
HEADER_OF_CONSTANT = "constants: {}"


def lay_out(source: Source, contract: Table, mapping: Mapping) -> Layout:
    """The delivery by the contract's columns; its `refusals` say what stands in the way."""
    layout = Layout()
    _find_headers(layout, source, contract, mapping)
    if layout.refusals:
        return layout
    used = list(dict.fromkeys(own for part in layout.parts for own in part.headers.values()))
    further = [_own(source, mapping, layout.parts[0], name) for name in mapping.key if name != "case_reference"]
    taken = list(dict.fromkeys([*(own for own in used if own in source.cells.column_names), *further]))
    table = source.cells.select(taken).unify_dictionaries().combine_chunks()
    cells = {name: one_chunk(table[name]) for name in taken}
    is_blank = np.ones(source.cells.num_rows, dtype=bool)
    for column in cells.values():
        is_blank &= is_null(column)
    keep = ~is_blank
    layout.blank_rows = int(is_blank.sum())
    numbers = source.rows.to_numpy()
    _leave_out(layout, source, cells, keep, contract)
    if source.cells.num_rows in MOST_EXPORTED:
        layout.notes.append(
            f"exactly {source.cells.num_rows:,} rows: some systems export no more; see whether every case is there"
        )
    if not keep.any():
        # an extract that covers everything and holds nothing would drop every case
        layout.refusals.append("nothing stands below its headings: export it again, with its rows")
        return layout
    if not keep.all():
        mask = pa.array(keep)
        cells = {name: column.filter(mask) for name, column in cells.items()}
        numbers = numbers[keep]
    if mapping.empty:
        words = {word.strip().casefold() for word in mapping.empty}
        cells = {name: emptied(column, words) for name, column in cells.items()}
    present = [_is_present(part, layout.parts, cells, mapping) for part in layout.parts]
    # a row of no stage is laid out as the first, so that what it lacks is named
    present[0] |= ~np.logical_or.reduce(present)
    layout.rows = np.concatenate([numbers[flags] for flags in present])
    layout.part = np.repeat(np.arange(len(present)), [int(flags.sum()) for flags in present])
    for name in contract.names:
        if any(name in part.headers for part in layout.parts) or (name == "stage" and mapping.stages):
            layout.cells[name] = _laid_column(name, layout.parts, present, cells, mapping, contract)
    _single_stages(layout, contract, mapping)
    layout.further = [_laid([cells[name]] * len(present), present) for name in further]
    return layout


def _find_headers(layout: Layout, source: Source, contract: Table, mapping: Mapping) -> None:
    """Find each part's own headings, or the refusals and what would mend them."""
    headers = list(source.cells.column_names)
    places: dict[str, list[str]] = {}
    for header in headers:
        places.setdefault(normal(header), []).append(header)
    ignored = {normal(header) for header in (*mapping.ignore, *mapping.unknown)}
    if left := [header for header in mapping.unknown if normal(header) in places]:
        layout.notes.append(f"not understood and left unread: {', '.join(left)}")
    twice = [header for header, found in places.items() if header and len(found) > 1 and header not in ignored]
    if twice:
        layout.refusals.append(f"columns that are there twice: {', '.join(twice)}. Give each a heading of its own")
    both = sorted({*mapping.columns} & {*mapping.constants})
    if both:
        layout.refusals.append(f"{', '.join(both)}: under both `columns` and `constants` of the mapping: keep one")
    if mapping.stages and contract.name != CASES:
        layout.refusals.append(f"`stages` are for case stages alone, and this is {contract.title.lower()}")
        return
    sections: list[tuple[str | None, dict[str, str]]] = list(mapping.stages.items()) or [(None, {})]
    of_stages = {name for _, section in sections for name in section}
    types = {column.name: column.type for column in contract.columns}
    # a heading named as the contract's column is it, unless the mapping says otherwise
    implied = {
        name: name
        for name in contract.names
        if normal(name) in places
        and name not in mapping.columns
        and name not in of_stages
        and not (mapping.stages and (types[name] == "date" or name == "stage"))
    }
    absent: list[tuple[str | None, str, str]] = []
    for stage, section in sections:
        own = {**implied, **mapping.columns, **section}
        layout.parts.append(
            Part(
                {name: places[normal(header)][0] for name, header in own.items() if normal(header) in places},
                stage,
            )
        )
        absent += [(stage, name, header) for name, header in own.items() if normal(header) not in places]
    for part in layout.parts:
        part.headers.update({name: HEADER_OF_CONSTANT.format(name) for name in mapping.constants if name not in both})
    used = {normal(header) for part in layout.parts for header in part.headers.values()}
    used |= {normal(_own(source, mapping, layout.parts[0], name)) for name in mapping.key}
    free = [
        header
        for place, header in enumerate(headers)
        if normal(header) not in used
        and normal(header) not in ignored
        and not (source.sheets and header == SHEET)
        and (normal(header) or not is_nothing_or_row_numbers(source.cells.column(place)))
    ]
    missing = [
        (part.stage, name)
        for part in layout.parts
        for name in needed(contract, mapping)
        if name not in part.headers and name not in {each for stage, each, _ in absent if stage == part.stage}
    ]
    _refuse_absent(layout, absent, missing, free, headers, contract)
    if unknown := [header for header in free if normal(header) not in _proposed(layout.remedy)]:
        named = ", ".join(header or f"column {headers.index(header) + 1}, without a heading" for header in unknown)
        layout.refusals.append(
            f"columns that the form does not have: {named}; take them out"
            if contract.form
            else f"columns that the contract does not know: {named}; map each under `columns` in the mapping, or list "
            "it under `ignore` to leave it unread"
        )
        # what is not understood is named to be left unread, never mapped in silence
        layout.remedy.setdefault("ignore", []).extend(header for header in unknown if header)
    for name in mapping.key:
        if normal(_own(source, mapping, layout.parts[0], name)) not in places:
            layout.refusals.append(f"key: there is no column {name!r}{nearest(name, headers)}")
    for name, value in mapping.constants.items():
        column = contract.column(name) if name in contract.names else None
        if column and column.type == "code":
            expected, parse = code_parser(column, mapping.values.get(name, {}))
            if parse(value) is None:
                layout.refusals.append(f"constants: {name}: {value!r} is not {expected}")


def _refuse_absent(
    layout: Layout,
    absent: list[tuple[str | None, str, str]],
    missing: list[tuple[str | None, str]],
    free: list[str],
    headers: list[str],
    contract: Table,
) -> None:
    """Say which headings are not there, and propose those that could be meant."""
    guesses = guess_columns(free, contract)
    guessed = {guess.column: guess.header for guess in guesses if guess.stage is None}
    for stage, name, header in absent:
        where = f"stages: {stage}: {name}" if stage else f"columns: {name}"
        layout.refusals.append(f"columns that are not there: {header} ({where}{nearest(header, headers)})")
        close = nearest(header, headers)
        if close.startswith(": did you mean"):
            _propose(layout.remedy, stage, name, close.removeprefix(": did you mean ").removesuffix("?"))
    for stage, name in missing:
        of = f" of stage {stage}" if stage else ""
        layout.refusals.append(
            f"columns that are not there: {name}{of} ({contract.column(name).description.rstrip('.').lower()})"
        )
        part = next(part for part in layout.parts if part.stage == stage)
        if name in guessed and not stage:
            _propose(layout.remedy, stage, name, guessed[name])
        elif name == "closed_date" and "response_sent_date" in part.headers:
            layout.refusals.append(
                f"if a stage{of} is closed when its response is sent, one column can be both: the line below says so"
            )
            _propose(layout.remedy, stage, name, part.headers["response_sent_date"])


def _propose(remedy: dict[str, Any], stage: str | None, name: str, header: str) -> None:
    section = remedy.setdefault("stages", {}).setdefault(stage, {}) if stage else remedy.setdefault("columns", {})
    section[name] = header


def _proposed(remedy: dict[str, Any]) -> set[str]:
    sections = [remedy.get("columns", {}), *remedy.get("stages", {}).values()]
    return {normal(header) for section in sections for header in section.values()}


def _own(source: Source, mapping: Mapping, part: Part, name: str) -> str:
    """The heading that a word of `key` means: a column of the contract's, or the council's own heading."""
    if name in part.headers:
        return part.headers[name]
    wanted = normal(mapping.columns.get(name, name))
    return next((header for header in source.cells.column_names if normal(header) == wanted), name)


def _leave_out(layout: Layout, source: Source, cells: dict[str, pa.Array], keep: Flags, contract: Table) -> None:
    """Tell apart what stands among the rows and is no row of the table: totals, headings again, notes at the foot."""
    first = layout.parts[0].headers
    if contract.prefilled:
        answers = [cells[own] for name, own in first.items() if name not in contract.prefilled]
        is_unanswered = keep & np.logical_and.reduce([is_null(column) for column in answers])
        _note(layout, source, keep, is_unanswered, "not answered")
    if contract.name != CASES or not keep.any():
        return
    reference = cells.get(first.get("case_reference", ""))
    if reference is None:
        return
    count = len(keep)
    dated = [own for part in layout.parts if (own := part.headers.get("requested_date")) in cells]
    is_undated = np.ones(count, dtype=bool)
    is_heading = np.zeros(count, dtype=bool)
    filled = np.zeros(count, dtype=np.int64)
    for header, column in cells.items():
        filled += ~is_null(column)
        if header in dated:
            is_undated &= is_null(column) | matches(column, r"^[0-9]{1,4}$")
            is_heading |= are(column, {normal(header)})
    is_total = matches(reference, TOTALS) & is_undated
    without = is_null(reference) & is_undated & keep
    if without.any():
        of_text = [column for header, column in cells.items() if header not in dated]
        is_total |= without & np.logical_or.reduce([matches(column, TOTALS) for column in of_text])
    # below the last row with a date only notes stand, such as who exported it and when
    last = int(np.flatnonzero(keep & ~is_undated)[-1]) if (keep & ~is_undated).any() else count
    is_foot = (np.arange(count) > last) & (filled == 1) & matches(reference, r"[\pL].* |:$")
    for place in np.flatnonzero((np.arange(count) > last) & matches(reference, CUT_SHORT))[:1]:
        layout.refusals.append(cut_short(source.name, f"row {source.place(source.rows[place].as_py())}"))
    _note(layout, source, keep, is_total, "of totals")
    _note(layout, source, keep, is_heading, "with the headings again")
    is_group = (filled == 1) & is_undated & matches(reference, OF_A_GROUP)
    _note(layout, source, keep, is_foot, "with a note below the table")
    _note(layout, source, keep, is_group, "with the heading of a group of rows")
    # of a text file such a note has fewer values than the headings
    notes = [
        problem.row
        for problem in source.problems
        if problem.reads_as_note and last < count and problem.row > source.rows[last].as_py()
    ]
    if notes:
        layout.notes.append(f"{source.places(notes, 5)}: with a note below the table, left out")
        layout.left_out += notes


def _note(layout: Layout, source: Source, keep: Flags, flags: Flags, what: str) -> None:
    """Leave rows out, and name them."""
    rows = source.rows.to_numpy()[keep & flags].tolist()
    if rows:
        layout.notes.append(f"{source.places(rows, 5)}: {what}, left out")
        layout.left_out += rows
        keep &= ~flags


def _is_present(part: Part, parts: Sequence[Part], cells: dict[str, pa.Array], mapping: Mapping) -> Flags:
    """Which rows have this part: all, or those in which something stands under a heading of this stage alone."""
    count = len(next(iter(cells.values())))
    if part.stage is None:
        return np.ones(count, dtype=bool)
    shared = {header for other in parts if other is not part for header in other.headers.values()}
    own = {
        name: header
        for name, header in part.headers.items()
        if name in mapping.stages[part.stage] and header not in shared
    }
    present = np.zeros(count, dtype=bool)
    for name, header in own.items():
        present |= ~is_null(without_empty_codes(cells[header], name, mapping))
    return present if own else np.ones(count, dtype=bool)


def _laid_column(
    name: str,
    parts: Sequence[Part],
    present: Sequence[Flags],
    cells: dict[str, pa.Array],
    mapping: Mapping,
    contract: Table,
) -> pa.Array:
    count = len(present[0])
    if name == "stage" and mapping.stages:
        return _laid([_stage_of(part, cells, mapping, contract, count) for part in parts], present)
    if name in mapping.constants:
        return _laid([constant(mapping.constants[name], count)] * len(parts), present)
    headers = [part.headers.get(name, "") for part in parts]
    own = {
        header: without_empty_codes(cells[header], name, mapping) if header in cells else pa.nulls(count, TEXT)
        for header in dict.fromkeys(headers)
    }
    return _laid([own[header] for header in headers], present)


def _laid(columns: Sequence[pa.Array], present: Sequence[Flags]) -> pa.Array:
    """The column of each part, one after the other, of the rows that have it."""
    if len(columns) == 1 and present[0].all():
        return columns[0]
    if all(column is columns[0] for column in columns):
        return columns[0].take(pa.array(np.concatenate([np.flatnonzero(flags) for flags in present])))
    chunks = [
        column.dictionary_encode().cast(TEXT).filter(pa.array(flags))
        for column, flags in zip(columns, present, strict=True)
    ]
    return one_chunk(pa.chunked_array(chunks, TEXT).unify_dictionaries())


def _stage_of(part: Part, cells: dict[str, pa.Array], mapping: Mapping, contract: Table, count: int) -> pa.Array:
    """The stage of a part's rows: statutory adults' cases have a single one, whichever columns it stands under."""
    assert part.stage is not None
    stage = constant(part.stage, count)
    if part.stage != "1":
        return stage
    _, parse = code_parser(contract.column("procedure"), mapping.values.get("procedure", {}))
    if "procedure" in mapping.constants:
        is_adult = np.full(count, parse(mapping.constants["procedure"]) == "adult_statutory")
    else:
        column = cells[part.headers["procedure"]].dictionary_encode()
        words = {word for word in column.dictionary.to_pylist() if word and parse(word) == "adult_statutory"}
        is_adult = are(column, {normal(word) for word in words})
    single = pa.DictionaryArray.from_arrays(pa.array(is_adult.astype(np.int32)), pa.array([part.stage, "single"]))
    return single if is_adult.any() else stage


def _single_stages(layout: Layout, contract: Table, mapping: Mapping) -> None:
    """Take a council's own word for Stage 1 for the single stage of a statutory adults' case, which has no other."""
    own = mapping.values.get("stage", {})
    if contract.name != CASES or mapping.stages or not {"procedure", "stage"} <= {*layout.cells}:
        return
    allowed = contract.column("stage").allowed
    first = {normal(word) for word, code in own.items() if code == "1" and as_code(word) not in allowed}
    _, parse = code_parser(contract.column("procedure"), mapping.values.get("procedure", {}))
    procedures = layout.cells["procedure"].dictionary_encode()
    adult = {normal(word) for word in procedures.dictionary.to_pylist() if word and parse(word) == "adult_statutory"}
    stages = without_empty_codes(layout.cells["stage"], "stage", mapping)
    taken = are(procedures, adult) & (are(stages, first) | is_null(stages))
    if taken.any():
        layout.cells["stage"] = pc.if_else(pa.array(taken), "single", layout.cells["stage"].cast(pa.string()))
        layout.notes.append(
            f"{int(taken.sum()):,} statutory adults' cases of Stage 1, or of none, are read as of their single stage"
        )
