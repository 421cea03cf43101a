"""What the figures of an annual table must add up to, and what does not."""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from decimal import Decimal

from assets.ombudsman.source import TableSource
from assets.ombudsman.text import Quarantined

# Programs that keep whole numbers as decimals write 12.0.
_WHOLE = re.compile(r"([0-9]{1,3}(,[0-9]{3}){1,2}|[0-9]{1,7})(\.00?)?")
_DECIMAL = re.compile(r"[0-9]{1,7}(\.[0-9]{1,17})?")


@dataclass(frozen=True)
class TableObservation:
    """One cell: the authority as printed, the measure, the number, and where the cell is."""

    authority: str
    is_council: bool
    measure: str
    value: Decimal
    as_printed: str
    locator: str


@dataclass(frozen=True)
class Cell:
    """One cell of an authority's row that should state a figure."""

    authority: str
    measure: str
    row: int
    place: int
    printed: str


def fractions_of(cells: Iterable[Cell]) -> dict[str, bool]:
    """Of each percentage column whether its cells are fractions of one, as workbooks store them (0.88 for
    88%): nothing in it is more than one, and something is between."""
    columns: dict[str, list[Decimal]] = {}
    for cell in cells:
        if cell.measure.endswith("_pct") and _DECIMAL.fullmatch(cell.printed):
            columns.setdefault(cell.measure, []).append(Decimal(cell.printed))
    return {measure: max(values) <= 1 and any(0 < value < 1 for value in values) for measure, values in columns.items()}


def value_of(measure: str, printed: str, is_fraction: bool = False) -> Decimal | None:
    """The number that a cell states, or None where it states none that can be."""
    if measure.endswith("_pct"):
        number = printed.removesuffix("%").rstrip()
        if not _DECIMAL.fullmatch(number):
            return None
        value = Decimal(number)
        if number == printed and is_fraction:
            value *= 100
        elif number == printed and 0 < value <= 1:
            # per cent or a share of one: it cannot be told where others of its column are more than one
            return None
        return Decimal(f"{value.normalize():f}") if value <= 100 else None
    if "_per_100k" in measure:
        return Decimal(printed) if _DECIMAL.fullmatch(printed) else None
    return Decimal(int(printed.partition(".")[0].replace(",", ""))) if _WHOLE.fullmatch(printed) else None


def _rates(figures: dict[str, Decimal]) -> Iterator[tuple[str, Decimal, str, Decimal]]:
    """Each rate whose counts a row states: its name, how many, of what, and of how many."""
    upheld, not_upheld = figures.get("upheld"), figures.get("decided_not_upheld")
    investigated = figures.get("investigated")
    if investigated is None and upheld is not None and not_upheld is not None:
        investigated = upheld + not_upheld
    if upheld is not None and investigated is not None:
        yield "uphold_rate_pct", upheld, "upheld", investigated
    on_time, late = figures.get("compliance_on_time"), figures.get("compliance_late")
    outcomes = figures.get("compliance_outcomes")
    if on_time is not None and late is not None and outcomes is not None:
        yield "compliance_rate_pct", on_time + late, "complied", outcomes


def _is_rounded(printed: Decimal, exact: Decimal) -> bool:
    """Whether a rate is what was worked out, to as many decimals as it has; how a half is rounded is not known."""
    decimals = max(0, -int(printed.as_tuple().exponent))
    return abs(printed - exact) <= max(Decimal(5).scaleb(-decimals - 1), Decimal("0.000001"))


def contradictions(
    observations: list[TableObservation],
    totals: dict[str, str],
    unread: Set[tuple[str, str]],
    is_part: bool,
    source: TableSource,
) -> list[Quarantined]:
    """What does not add up, across rows and down columns; the figures are kept as printed. Of a row with unread figures
    no sum is tried that they are part of, and where only part of the columns is read, a sum may be larger than what is
    read of it."""
    rows: dict[str, dict[str, Decimal]] = {}
    for one in observations:
        rows.setdefault(one.authority, {})[one.measure] = one.value
    found = []
    for authority, figures in rows.items():
        for whole, parts in source.sums.items():
            stated = [figures[part] for part in parts if part in figures]
            is_whole = set(parts) - set(figures) <= source.left_out_if_none
            if (
                whole in figures
                and is_whole
                and not any((authority, part) in unread for part in parts)
                and (sum(stated) > figures[whole] if is_part else sum(stated) != figures[whole])
            ):
                found.append(
                    Quarantined(
                        f"figures disagree, kept as printed: {whole} of {authority}",
                        f"{whole} {figures[whole]} is not {' + '.join(map(str, stated))}",
                    )
                )
        for rate, count, of, base in _rates(figures):
            said = figures.get(rate)
            if count > base:
                why = f"{of}: {count} of {base}"
            elif base and said is not None and not _is_rounded(said, 100 * count / base):
                why = f"{rate} {said} is not {count} of {base}"
            else:
                continue
            found.append(Quarantined(f"figures disagree, kept as printed: {rate} of {authority}", why))
    for measure, printed in totals.items():
        value = None if "_pct" in measure or "_per_" in measure else value_of(measure, printed)
        total = sum(figures.get(measure, Decimal(0)) for figures in rows.values())
        if value is not None and value != total:
            found.append(
                Quarantined(
                    f"figures disagree, kept as printed: total of {measure}",
                    f"the total row says {value}, its column adds up to {total}",
                )
            )
    return found
