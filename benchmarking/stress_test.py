"""The peer stress test: does the verdict depend on the choice of comparator group?

Groups overlap, so agreement is sensitivity, not replication.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarking.settings import Result, Verdict

Integers = NDArray[np.int64]
Words = NDArray[np.object_]

DIRECTION = {
    Verdict.MUCH_BETTER: "better",
    Verdict.BETTER: "better",
    Verdict.NOT_UNUSUAL: "none",
    Verdict.WORSE: "worse",
    Verdict.MUCH_WORSE: "worse",
    Verdict.MUCH_HIGHER: "higher",
    Verdict.HIGHER: "higher",
    Verdict.LOWER: "lower",
    Verdict.MUCH_LOWER: "lower",
    "not told apart": "none",
    Result.BETTER: "better",
    Result.WORSE: "worse",
    Result.ABOUT_THE_SAME: "none",
    Result.CANNOT_SAY: "none",
}


@dataclass(frozen=True)
class StressTest:
    """One entry per council, shape (councils,).

    groups: comparator groups given. groups_with_verdict: of them, with enough data for a verdict. directions: distinct
    ways that the verdicts point. holds: at least two groups have a verdict and all point one way.
    """

    groups: Integers
    groups_with_verdict: Integers
    directions: Integers
    holds: NDArray[np.bool_]


def stress_test(subject: Integers, verdict: Words, councils: int) -> StressTest:
    """The verdicts of each council under each of its groups, set side by side.

    subject, verdict: shape (groups,), as in `comparison`.
    "Much better" and "better" point the same way. verdict: words of `Verdict`, or those of `average.called`.
    """
    words = np.asarray([DIRECTION.get(word, "") for word in verdict], dtype=object)
    has_verdict = words != ""
    pairs = {
        (int(council), word) for council, word in zip(subject[has_verdict], words[has_verdict], strict=True)
    }
    directions = np.bincount([council for council, _ in pairs], minlength=councils).astype(np.int64)
    with_verdict = np.bincount(subject[has_verdict], minlength=councils)
    return StressTest(
        groups=np.bincount(subject, minlength=councils),
        groups_with_verdict=with_verdict,
        directions=directions,
        holds=(with_verdict >= 2) & (directions == 1),
    )
