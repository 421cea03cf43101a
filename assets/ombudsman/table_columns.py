"""What the columns of an annual table are: by their headings, with proposals for headings that are near a known one."""

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from assets.ombudsman.source import Layout, TableSource, load, normalised
from assets.ombudsman.table_sheets import (
    Header,
    Sheet,
    TableError,
    without_note,
)
from assets.ombudsman.text import Quarantined
from assets.ombudsman.years import years_in

# From how much likeness on a heading is proposed for a measure.
_NEAR = 0.7


def meaning(heading: str) -> list[str]:
    """The measures, or the use, that source.yml gives a heading."""
    source, plain = load().tables, normalised(heading)
    uses = {"the authority's name": source.authority, "nothing that is read": source.ignored}
    for layout in source.layouts:
        uses |= {measure: names for measure, names in layout.columns.items() if plain in names}
    return [use for use, names in uses.items() if plain in names]


@dataclass(frozen=True)
class Columns:
    """What the columns of a table are, by their place from 0, and what was not understood of them."""

    layout: Layout
    authority: int
    measures: dict[int, str]
    years: tuple[int, ...]
    set_aside: dict[int, Quarantined]
    missing: tuple[Quarantined, ...]

    def years_of(self, row: Sequence[str]) -> set[int]:
        """The financial years that a row says it is of, in a column for that."""
        return {year for place in self.years if place < len(row) for year in years_in(row[place])}

    @property
    def together(self) -> set[str]:
        """The measures that several columns make up."""
        times = Counter(self.measures.values())
        return {measure for measure in times if times[measure] > 1}


def columns_of(header: Header, sheet: Sheet, source: TableSource, name: str) -> Columns:
    """The layout that the headings fit. A column that fits none is set aside and named; where less than half of what
    a layout must have is there, or two layouts fit alike, TableError is raised."""
    shown = {place: cell for place, cell in enumerate(header.headings) if cell and place not in sheet.hidden_columns}
    names = source.authority | source.ignored | source.years
    plain = {place: without_note(cell, names) for place, cell in shown.items()}
    authority = next((place for place, heading in plain.items() if heading in source.authority), None)
    if authority is None:
        raise TableError(f"{name}: the column with the authorities' names is hidden")
    years = tuple(place for place in shown if plain[place] in source.years)
    rest = [
        place for place in shown if place != authority and place not in years and plain[place] not in source.ignored
    ]
    attempts = []
    for layout in source.layouts:
        measure_of = {heading: measure for measure, each in layout.columns.items() for heading in each}
        found = {place: measure_of.get(without_note(shown[place], measure_of.keys())) for place in rest}
        times = Counter(found.values())
        twice = {measure for measure in layout.columns if times[measure] > 1} - layout.added_up
        measures = {place: measure for place, measure in found.items() if measure and measure not in twice}
        unknown = [place for place in rest if found[place] is None]
        missing = [measure for measure in layout.columns if not times[measure] and measure not in layout.may_lack]
        attempts.append((len(unknown) + len(missing) + len(twice), layout, measures, unknown, missing, twice))
    attempts.sort(key=lambda attempt: attempt[0])
    wrong, layout, measures, unknown, missing, twice = attempts[0]
    needed = set(layout.columns) - layout.may_lack
    rival = next(
        (
            other
            for count, other, others, *_ in attempts[1:]
            if count == wrong and any(others.get(place, measure) != measure for place, measure in measures.items())
        ),
        None,
    )
    proposals = {place: _proposal(shown[place], layout, missing, measures) for place in unknown}
    if rival or 2 * len(needed & set(measures.values())) <= len(needed) or len(unknown) > len(measures):
        expected = "; ".join(f"{measure}: {' or '.join(sorted(each))}" for measure, each in layout.columns.items())
        raise TableError(
            f"{name}: the headings fit {'two layouts alike' if rival else 'no layout'}. Nearest is '{layout.name}'"
            f"{f' and {rival.name!r}' if rival else ''}. Found: {', '.join(shown.values())}. "
            f"Unknown: {', '.join(shown[place] for place in unknown) or 'none'}. "
            f"Missing: {', '.join(missing) or 'none'}. Twice: {', '.join(sorted(twice)) or 'none'}. "
            f"{''.join(f'{text} ' for text in proposals.values())}Expected: {expected}. "
            "Add the new name to source.yml under tables: layouts."
        )
    set_aside = {
        place: Quarantined(f"unread column: {shown[place]!r} is not known", text) for place, text in proposals.items()
    }
    for place in rest:
        if place not in measures and place not in unknown:
            why = "another column is of the same measure, so neither is read"
            set_aside[place] = Quarantined(f"unread column: {shown[place]!r}: {why}", shown[place])
    for place in sorted(sheet.hidden_columns):
        if place < len(header.headings) and (heading := header.headings[place]):
            set_aside[place] = Quarantined(f"unread column: {heading!r}: it is hidden", heading)
    return Columns(
        layout,
        authority,
        measures,
        years,
        set_aside,
        tuple(
            Quarantined(
                f"missing column: {measure}",
                f"it would be headed {' or '.join(sorted(layout.columns[measure]))}",
            )
            for measure in missing
        ),
    )


def _proposal(heading: str, layout: Layout, missing: Sequence[str], measures: Mapping[int, str]) -> str:
    """Which measure without a column a heading may be of, with the command that accepts it."""
    plain = normalised(heading)
    free = {
        name: measure
        for measure, names in layout.columns.items()
        if measure in missing or measure not in measures.values()
        for name in names
    }
    near = max(free, key=lambda name: (_likeness(plain, name), name), default="")
    if not near or _likeness(plain, near) < _NEAR:
        return f"Nothing like {heading!r} is known; the column is set aside."
    return (
        f"{heading!r} may be {free[near]}. If it is, accept it with: "
        f"uv run benchmark accept-heading {shlex.quote(heading)} {free[near]}"
    )


def _likeness(one: str, other: str) -> float:
    """How much alike two headings are, whatever the order of their words: 1 if they have the same."""
    first, second = (" ".join(sorted(text.split())) for text in (one, other))
    words, others = set(one.split()), set(other.split())
    shared = 2 * len(words & others) / max(len(words) + len(others), 1)
    return max(SequenceMatcher(None, first, second).ratio(), shared)
