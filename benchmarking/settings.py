"""The settings of the ranking protocol, and the words in which its results are given."""

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """What kind of indicator it is, which decides the sampling model."""

    PROPORTION = "proportion"
    """Cases out of cases: beta-binomial."""
    RATE = "rate"
    """Cases for a population, say per 10,000 residents: gamma-Poisson."""


class Polarity(StrEnum):
    """Which direction is good."""

    LOWER = "lower"
    HIGHER = "higher"
    NONE = "none"


class Verdict(StrEnum):
    """What the predictive p-value says of one council against its peers. Empty where there is a reason instead."""

    MUCH_BETTER = "much better"
    BETTER = "better"
    NOT_UNUSUAL = "not unusual"
    WORSE = "worse"
    MUCH_WORSE = "much worse"
    MUCH_HIGHER = "much higher"
    HIGHER = "higher"
    LOWER = "lower"
    MUCH_LOWER = "much lower"
    NONE = ""


class Result(StrEnum):
    """The first thing a reader sees of one council compared with its comparators. Empty where it has no figure."""

    BETTER = "Better"
    WORSE = "Worse"
    ABOUT_THE_SAME = "About the same"
    CANNOT_SAY = "Cannot say"
    NOT_COMPARABLE = "Not comparable"
    NONE = ""


class Trend(StrEnum):
    """Where a series of years is going. Empty where there is a reason instead."""

    IMPROVING = "improving"
    WORSENING = "worsening"
    RISING = "rising"
    FALLING = "falling"
    NO_CLEAR_CHANGE = "no clear change"
    NONE = ""


class Gate(StrEnum):
    """What the rankability gate allows to be shown."""

    NOTHING = "none"
    BANDS = "bands"
    RANKS = "ranks"


class Reason(StrEnum):
    """Why a result is missing. Empty where the result is there."""

    OK = ""
    MISSING = "missing"
    NOT_A_COUNT = "not a count"
    ZERO_DENOMINATOR = "zero denominator"
    NUMERATOR_ABOVE_DENOMINATOR = "numerator above denominator"
    ALONE_IN_GROUP = "no other council in the group"
    TOO_FEW_PEERS = "too few peers with data"
    TOO_FEW_COUNCILS = "too few councils to name the best"
    ALL_TIED = "all tied"
    NO_POLARITY = "no good direction"
    MOSTLY_CHANCE = "differences mostly chance"
    NOT_TOLD_FROM_CHANCE = "differences not told from chance"
    TOO_FEW_OUTCOMES = "too few cases of one outcome"
    PARTLY_CHANCE = "differences partly chance"
    ONE_COUNCIL_DECIDES = "differences rest on one council"
    TOO_FEW_YEARS = "not enough comparable years"
    BREAK_IN_SERIES = "break in the series"


@dataclass(frozen=True, kw_only=True)
class RankingSettings:
    """Every number of the protocol that someone chose. `docs/methods.md` gives the reason for each.

    Levels are confidence levels (0.95 is 95%); scales of spread are standard deviations between councils on
    the log-odds scale (proportions) or the log scale (rates).
    """

    level: float = 0.95
    """Level of "better" and "worse", and of intervals."""
    strong_level: float = 0.998
    """Level of "much better" and "much worse", of the outer funnel limits, and of an annual trend."""
    minimum_peers: int = 5
    """Peers with data below which there is no verdict, rank or benchmark."""
    draws: int = 4_000
    """Posterior draws behind ranks and probabilities."""
    benchmark_draws: int = 1_000
    """How many of them, evenly spaced, stand behind the best-performer benchmark, a mean that needs fewer."""
    seed: int = 20_240_401
    """Seed of every draw, mixed with the indicator-year and the council, never with their order."""
    bands_from: float = 0.5
    """Rankability from which bands may be shown."""
    ranks_from: float = 0.7
    """Rankability from which ranks may be shown."""
    best_share: float = 0.25
    """Share of a group that counts as the best: floor(share x councils) places."""
    minimum_for_best: int = 8
    """Councils in a group below which no best places are named."""
    bands: int = 4
    """Bands by cut points: quarters."""
    benchmark_quantile: float = 0.10
    """The best-performer benchmark is this quantile of the peers' true rates, counted from the best end."""
    credibly_better: float = 0.90
    """A list of peers that are likely better names a wrong one in at most 1 less this of them, on average."""
    possible_best_level: float = 0.95
    """Probability that the best council of a group is among those that could be the best."""
    same_within: float = 0.05
    """A share is about the same where the whole interval of its difference lies within this, five points."""
    same_within_of_rate: float = 0.10
    """The same of a rate: a tenth of the average."""
    power: float = 0.8
    """Beside a null: the smallest true difference that would have been called with this probability."""
    minimum_outcomes: float = 2.0
    """Cases of the rarer outcome a council, on average, below which how far councils differ is not measured."""
    spread_scale: float = 0.7
    """Scale of the half-normal prior of the spread between councils."""
    minimum_years: int = 5
    """Comparable years below which there is no trend."""

    def __post_init__(self) -> None:
        shares = (
            self.level,
            self.strong_level,
            self.best_share,
            self.benchmark_quantile,
            self.credibly_better,
            self.possible_best_level,
            self.same_within,
            self.same_within_of_rate,
            self.power,
        )
        if not all(0 < share < 1 for share in shares):
            raise ValueError("levels, shares and probabilities lie strictly between 0 and 1")
        if not self.level < self.strong_level:
            raise ValueError("strong_level must exceed level")
        if not 0 <= self.bands_from <= self.ranks_from <= 1:
            raise ValueError("the gate needs 0 <= bands_from <= ranks_from <= 1")
        if min(self.minimum_peers, self.draws, self.benchmark_draws, self.minimum_years, self.bands) < 1:
            raise ValueError("counts must be at least 1")
        if self.draws % self.benchmark_draws:
            raise ValueError("draws must be a multiple of benchmark_draws")
        if min(self.spread_scale, self.minimum_outcomes) <= 0:
            raise ValueError("spread_scale and minimum_outcomes must be positive")
