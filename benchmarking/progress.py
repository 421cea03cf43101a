"""Whether a measure has moved since a day, and the chance of meeting a target. Nothing here speaks of causes.

A plan is looked at every quarter, and each look is a chance to be wrong. At 99% a measure that has not changed is
called changed in at most 5 of 100 plans over seven quarterly looks (4 to 100 cases a quarter, simulated; at 95% it
was up to 18), so that is the level.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from benchmarking.intervals import newcombe_difference, normal_quantile
from benchmarking.settings import Polarity

LEVEL = 0.99
LEAST_CASES = 5
LEAST_QUARTERS = 2


class Moved(StrEnum):
    """What may be said of a measure before and after a day."""

    IMPROVED = "improved"
    WORSENED = "worsened"
    NO_CHANGE_DETECTED = "no_change_detected"
    TOO_EARLY = "too_early"
    NO_DATA = "no_data"
    BROKEN_SERIES = "broken_series"


@dataclass(frozen=True)
class Movement:
    """A verdict with the change behind it and its interval at `LEVEL`; NaN where nothing could be compared."""

    verdict: Moved
    change: float = np.nan
    lower: float = np.nan
    upper: float = np.nan


def share_moved(before: tuple[int, int], after: tuple[int, int], polarity: Polarity, level: float = LEVEL) -> Movement:
    """How a share (cases, of cases) moved: later less earlier, 0 to 1, with Newcombe's interval.

    On fewer than five cases before there is nothing to compare with; on fewer after it is too early. Raises
    ValueError for a measure without a good direction.
    """
    if before[1] < LEAST_CASES:
        return Movement(Moved.NO_DATA)
    if after[1] < LEAST_CASES:
        return Movement(Moved.TOO_EARLY)
    change, lower, upper = (float(each) for each in newcombe_difference(*after, *before, level))
    return Movement(_called(lower, upper, polarity), change, lower, upper)


def distance_moved(
    before: tuple[float, float], after: tuple[float, float], polarity: Polarity, level: float = LEVEL
) -> Movement:
    """How a distance from the peers (log-odds or log rate, with its standard error) moved, by its normal interval.

    A change of method that hit all councils alike cancels, so the two may lie on either side of a break. Raises
    ValueError for a measure without a good direction.
    """
    change = after[0] - before[0]
    half = normal_quantile(level) * float(np.hypot(before[1], after[1]))
    if not np.isfinite(change + half):
        return Movement(Moved.NO_DATA)
    return Movement(_called(change - half, change + half, polarity), change, change - half, change + half)


def _called(lower: float, upper: float, polarity: Polarity) -> Moved:
    if polarity is Polarity.NONE:
        raise ValueError("a measure without a good direction cannot improve")
    if lower <= 0 <= upper:
        return Moved.NO_CHANGE_DETECTED
    is_better = (lower > 0) == (polarity is Polarity.HIGHER)
    return Moved.IMPROVED if is_better else Moved.WORSENED


def chance_of_meeting(
    target: float,
    evidence: tuple[int, int],
    polarity: Polarity,
    *,
    to_come: int,
    held: tuple[int, int] = (0, 0),
) -> float:
    """The probability that a share meets `target` (0 to 1) if cases to come fare as those of `evidence` did.

    evidence: (cases, of cases) of the latest twelve months. held: those of the target's own twelve months that are
    known already, which may be among them. to_come: how many more will be counted by then. Beta-binomial prediction
    with Jeffreys' prior, so the uncertainty of the underlying share is in it and real change is not: it is what
    current evidence says, no forecast. Raises ValueError where nothing would be counted, on impossible counts and
    for a measure without a good direction.
    """
    total = held[1] + to_come
    counts = (evidence, held)
    if to_come < 0 or any(not 0 <= cases <= base for cases, base in counts):
        raise ValueError("counts are not negative, and cases no more than their base")
    if total == 0:
        raise ValueError("a share of no cases meets no target")
    # scipy.stats takes a second to import, which a refresh without a plan should not wait for
    from scipy import stats

    # a target of 70% of 10 cases is 7 cases, whatever floating point makes of 0.7 x 10
    at_target = target * total - held[0]
    ahead = stats.betabinom(to_come, evidence[0] + 0.5, evidence[1] - evidence[0] + 0.5)
    if polarity is Polarity.HIGHER:
        return float(ahead.sf(np.ceil(at_target - 1e-9) - 1))
    if polarity is Polarity.LOWER:
        return float(ahead.cdf(np.floor(at_target + 1e-9)))
    raise ValueError("a measure without a good direction has no target")


def said_by(today: date, start: date, start_value: float, by: date, target: float) -> float:
    """Where a straight line from a starting value to a target is on a day; level before its start and after its end.

    Raises ValueError where the target's day is not after the start.
    """
    if by <= start:
        raise ValueError("a target's day comes after its start")
    share = min(max((today - start).days / (by - start).days, 0.0), 1.0)
    return start_value + share * (target - start_value)
