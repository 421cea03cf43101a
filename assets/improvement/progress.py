"""What became of actions and targets: plain rows in, plain rows out; the mathematics is in `benchmarking.progress`.

Nothing here says that an action moved anything: it says what its measure did after the day on which it started.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from benchmarking.intervals import wilson
from benchmarking.progress import (
    LEAST_CASES,
    LEAST_QUARTERS,
    Moved,
    Movement,
    chance_of_meeting,
    distance_moved,
    said_by,
    share_moved,
)
from benchmarking.settings import Polarity

Row = Mapping[str, Any]
QUARTERS = 4
TWO_YEARS = timedelta(days=731)


@dataclass(frozen=True)
class Stretch:
    """Some quarters or one year together: first and last day, cases, of how many, in which series."""

    start: date
    end: date
    cases: int
    of_cases: int
    series: frozenset[str]
    label: str

    @property
    def counts(self) -> tuple[int, int]:
        """Cases, of how many."""
        return self.cases, self.of_cases


def progress(
    actions: Iterable[Row], measures: Mapping[str, Row], quarters: Sequence[Row], years: Sequence[Row]
) -> list[dict[str, Any]]:
    """The rows of marts.plan_progress.

    actions: of core.action_states. measures: of staging.plan_measures, by name. quarters: of marts.measure_quarters.
    years: of the query measure_years.
    """
    rows = []
    for action in actions:
        measure = measures.get(action["measure"] or "")
        row = {
            **action,
            "indicator": action["measure"],
            "moved": Moved.NO_DATA,
            "moved_reason": "no indicator named",
        }
        if measure:
            own = [
                one
                for one in (years if measure["counted"] == "year" else quarters)
                if (one["gss_code"], one["measure"]) == (action["gss_code"], action["measure"])
            ]
            moved = _by_year if measure["counted"] == "year" else _by_quarter
            row |= {
                "indicator_title": measure["title"],
                "polarity": measure["polarity"],
                "moved_reason": None,
            }
            row |= moved(own, action["start_date"], Polarity(measure["polarity"]))
        rows.append(row)
    return rows


def _by_quarter(quarters: list[Row], start: date, polarity: Polarity) -> dict[str, Any]:
    """The twelve months before the quarter of the start, and the latest twelve wholly after it."""
    found: dict[str, Any] = {"method": "in_year"}
    if not quarters:
        return found | _none(Moved.NO_DATA, "we have no figures of it")
    last = max(one["period_end"] for one in quarters)
    found["evidence_as_at"] = max(one["as_at"] for one in quarters)
    first_after = _quarter(start) if start == _quarter(start) else _later(_quarter(start), 1)
    before = _together(quarters, _later(_quarter(start), -QUARTERS), _quarter(start) - timedelta(days=1))
    since = _quarters_between(first_after, last)
    if before is None or before.of_cases < LEAST_CASES:
        return found | _sides(before, None) | _none(Moved.NO_DATA, "fewer than 5 cases before")
    if since < LEAST_QUARTERS:
        return found | _sides(before, None) | _none(Moved.TOO_EARLY, "fewer than two whole quarters since")
    after = _together(quarters, max(first_after, _later(last + timedelta(days=1), -QUARTERS)), last)
    if after is None or after.of_cases < LEAST_CASES:
        return found | _sides(before, after) | _none(Moved.TOO_EARLY, "fewer than 5 cases since")
    if len(before.series | after.series) > 1:
        return found | _sides(before, after) | _none(Moved.BROKEN_SERIES, "clock or limit changed between")
    moved = share_moved(before.counts, after.counts, polarity)
    return found | _sides(before, after) | _change(moved, 100, "percentage points")


def _by_year(years: list[Row], start: date, polarity: Polarity) -> dict[str, Any]:
    """The last financial year we have from before the start, and the latest that began on or after it."""
    if not years:
        return _none(Moved.NO_DATA, "we have no figures of it")
    found: dict[str, Any] = {"evidence_as_at": max(one["period_end"] for one in years)}
    earlier = [one for one in years if start - TWO_YEARS <= one["period_end"] < start]
    later = [one for one in years if one["period_start"] >= start]
    before = max(earlier, key=lambda one: one["period_end"], default=None)
    after = max(later, key=lambda one: one["period_end"], default=None)
    for side, one in (("before", before), ("after", after)):
        if one:
            found |= {f"{side}_{name}": one[name] for name in ("cases", "of_cases", "value")}
            found[f"{side}_label"] = one["period_label"]
    if before is None:
        return found | _none(Moved.NO_DATA, "no figure of the two years before")
    if after is None:
        return found | _none(Moved.TOO_EARLY, "no whole financial year since")
    if before["distance"] is not None and after["distance"] is not None:
        moved = distance_moved((before["distance"], before["error"]), (after["distance"], after["error"]), polarity)
        return found | {"method": "break_proof"} | _change(moved, 1, "log-odds from the peers")
    if before["series"] != after["series"] or not before["is_share"]:
        return found | _none(Moved.BROKEN_SERIES, "break in the series and too few peers")
    found["method"] = "annual"
    moved = share_moved((before["cases"], before["of_cases"]), (after["cases"], after["of_cases"]), polarity)
    few = {Moved.NO_DATA: "fewer than 5 cases before", Moved.TOO_EARLY: "fewer than 5 cases since"}
    if moved.verdict in few:
        return found | _none(moved.verdict, few[moved.verdict])
    return found | _change(moved, 100, "percentage points")


def _none(verdict: Moved, reason: str) -> dict[str, Any]:
    return {"moved": verdict, "moved_reason": reason}


def _sides(before: Stretch | None, after: Stretch | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for side, one in (("before", before), ("after", after)):
        if one:
            found |= {
                f"{side}_label": one.label,
                f"{side}_cases": one.cases,
                f"{side}_of_cases": one.of_cases,
                f"{side}_value": 100 * one.cases / one.of_cases if one.of_cases >= LEAST_CASES else None,
            }
    return found


def _change(moved: Movement, scale: int, unit: str) -> dict[str, Any]:
    return {
        "moved": moved.verdict,
        "change": scale * moved.change,
        "change_lower": scale * moved.lower,
        "change_upper": scale * moved.upper,
        "change_unit": unit,
    }


def outlook(targets: Iterable[Row], quarters: Sequence[Row], years: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows of marts.target_outlook.

    targets: of the query targets. quarters, years: as for `progress`.
    """
    rows = []
    for target in targets:
        is_yearly = target["counted"] == "year"
        own = [
            one
            for one in (years if is_yearly else quarters)
            if (one["gss_code"], one["measure"]) == (target["gss_code"], target["measure"])
        ]
        row = {
            **target,
            "indicator": target["measure"],
            "indicator_title": target["title"],
            "outlook": "no_data",
        }
        if own:
            evidence = (_yearly if is_yearly else _rolling)(own, target["by_date"])
            row |= _outlook(target, evidence)
        rows.append(row)
    return rows


@dataclass(frozen=True)
class _Evidence:
    """The current twelve months, those before them, and what is known of the target's own; `is_over` when all is."""

    current: Stretch | None
    earlier: Stretch | None
    held: Stretch | None
    share_to_come: float

    @property
    def is_over(self) -> bool:
        return self.share_to_come == 0


def _rolling(quarters: list[Row], by: date) -> _Evidence:
    last = max(one["period_end"] for one in quarters)
    first = _later(last + timedelta(days=1), -QUARTERS)
    # the twelve months of the target end with the last quarter that ends by its day
    end = _quarter(by + timedelta(days=1)) - timedelta(days=1)
    begin = _later(end + timedelta(days=1), -QUARTERS)
    to_come = min(_quarters_between(max(begin, last + timedelta(days=1)), end), QUARTERS)
    return _Evidence(
        current=_together(quarters, first, last),
        earlier=_together(quarters, _later(first, -QUARTERS), first - timedelta(days=1)),
        held=_together(quarters, begin, min(end, last)),
        share_to_come=to_come / QUARTERS,
    )


def _yearly(years: list[Row], by: date) -> _Evidence:
    def stretch(one: Row | None) -> Stretch | None:
        if one is None or not one["is_share"]:
            return None
        return Stretch(
            one["period_start"],
            one["period_end"],
            one["cases"],
            one["of_cases"],
            frozenset({one["series"]}),
            one["period_label"],
        )

    # the target's year is the last financial year that ends by its day
    first = date(by.year if (by.month, by.day) >= (3, 31) else by.year - 1, 3, 31)
    in_order = sorted(years, key=lambda one: one["period_end"])
    latest = in_order[-1]
    held = next((one for one in in_order if one["period_end"] == first), None)
    before = [one for one in in_order if one["period_end"] < latest["period_end"]]
    is_over = held is not None or latest["period_end"] > first
    return _Evidence(stretch(latest), stretch(before[-1] if before else None), stretch(held), 0 if is_over else 1)


def _outlook(target: Row, evidence: _Evidence) -> dict[str, Any]:
    current, held, polarity = evidence.current, evidence.held, Polarity(target["polarity"])
    if current is None:
        return {"outlook": "no_data"}
    row: dict[str, Any] = {
        "current_label": current.label,
        "current_start": current.start,
        "current_end": current.end,
        "cases": current.cases,
        "of_cases": current.of_cases,
        "held_cases": held.cases if held else 0,
        "held_of_cases": held.of_cases if held else 0,
    }
    if target["start_date"] is not None:
        row["said_pct"] = said_by(
            current.end, target["start_date"], target["start_pct"], target["by_date"], target["target_pct"]
        )
    if len(current.series | (held.series if held else frozenset())) > 1:
        return row | {"outlook": "broken_series"}
    if current.of_cases >= LEAST_CASES:
        row["value_pct"] = 100 * current.cases / current.of_cases
        row["lower_95_pct"], row["upper_95_pct"] = (100 * float(end) for end in wilson(*current.counts))
        if "said_pct" in row:
            row["distance_from_said_pct"] = row["value_pct"] - row["said_pct"]
    row["improvement"] = _improvement(evidence.earlier, current, polarity)
    if evidence.is_over:
        return row | _result(target, held, polarity)
    if current.of_cases < LEAST_CASES:
        return row | {"outlook": "too_few_cases"}
    to_come = max(1, int(np.floor(current.of_cases * evidence.share_to_come + 0.5)))
    probability = chance_of_meeting(
        target["target_pct"] / 100,
        current.counts,
        polarity,
        to_come=to_come,
        held=held.counts if held else (0, 0),
    )
    meets_now = _meets(row["value_pct"], target["target_pct"], polarity)
    is_stuck = not meets_now and row["improvement"] != Moved.IMPROVED
    return row | {
        "to_come": to_come,
        "probability": probability,
        "outlook": "no_improvement_detected" if is_stuck else "on_current_evidence",
    }


def _result(target: Row, held: Stretch | None, polarity: Polarity) -> dict[str, Any]:
    """Whether a target whose twelve months are over was met."""
    if held is None:
        return {"outlook": "no_data"}
    if held.of_cases < LEAST_CASES:
        return {"outlook": "too_few_cases"}
    is_met = _meets(100 * held.cases / held.of_cases, target["target_pct"], polarity)
    return {"outlook": "met" if is_met else "missed"}


def _meets(value_pct: float, target_pct: float, polarity: Polarity) -> bool:
    # the same allowance for floating point as in chance_of_meeting
    ahead = value_pct - target_pct if polarity is Polarity.HIGHER else target_pct - value_pct
    return ahead > -1e-9


def _improvement(earlier: Stretch | None, current: Stretch, polarity: Polarity) -> Moved:
    if earlier is None:
        return Moved.NO_DATA
    if len(earlier.series | current.series) > 1:
        return Moved.BROKEN_SERIES
    return share_moved(earlier.counts, current.counts, polarity).verdict


def _together(quarters: list[Row], start: date, end: date) -> Stretch | None:
    """The quarters that lie between two days, or nothing where none does. A quarter without a row had no case."""
    inside = [one for one in quarters if start <= one["period_start"] and one["period_end"] <= end]
    if not inside:
        return None
    first, last = min(one["period_start"] for one in inside), max(one["period_end"] for one in inside)
    return Stretch(
        first,
        last,
        sum(one["cases"] for one in inside),
        sum(one["of_cases"] for one in inside),
        frozenset(one["series"] for one in inside),
        f"{first:%B %Y} to {last:%B %Y}" if first.year != last.year else f"{first:%B} to {last:%B %Y}",
    )


def _quarter(day: date) -> date:
    """First day of the quarter of a day."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _later(quarter: date, count: int) -> date:
    """First day of the quarter so many quarters later."""
    number = quarter.year * QUARTERS + (quarter.month - 1) // 3 + count
    return date(number // QUARTERS, 3 * (number % QUARTERS) + 1, 1)


def _quarters_between(start: date, end: date) -> int:
    """How many whole quarters lie between the first day of one and the last day of another; not below 0."""
    after = end + timedelta(days=1)
    return max(0, (after.year - start.year) * QUARTERS + (after.month - 1) // 3 - (start.month - 1) // 3)
