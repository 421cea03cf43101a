"""What came of one damaged input, as the checker sees it."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Judged:
    """One input: what was done to it, what became of how many of its figures (rows, entries), and what is wrong.

    came: `right` (core has what the input says), `set aside` (core lacks it, and a row or a refusal says why),
    `doubted` (core has something else, and a row says that the input is not to be trusted), `not said` (core lacks what
    an input may leave out, or what can no longer be told to have been there). faults: what must not be.
    """

    kind: str
    number: int
    damage: list[str]
    came: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
