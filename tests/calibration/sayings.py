"""How often what is said from the numbers is false: group sizes, spreads between councils and average rates."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from benchmarking.average import against_average, results
from benchmarking.best_performer import best_performer, gap_in_cases
from benchmarking.groups import Groups
from benchmarking.hierarchy import crude_link
from benchmarking.intervals import newcombe_difference, wilson
from benchmarking.learning import teachers
from benchmarking.rankability import Counts, rankability
from benchmarking.ranking import possible_best, rank_posterior
from benchmarking.settings import Family, Polarity, RankingSettings, Result
from tests.calibration.drawn import Floats, Row, chunks, draw, posterior

GRID = list(product((10, 21, 60), (0.0, 0.2, 0.35, 0.6), (0.5, 0.827, 0.95, 0.98, 0.995)))
DRAWS = 1_000
"""Posterior draws of each council: fewer than the protocol's, which is the harder test."""
SETTINGS = RankingSettings(draws=DRAWS, benchmark_draws=DRAWS)
TWO_WAYS = 8
"""What the seeds of the worlds of that claim end in."""
RESIDENTS = 1_000
"""Residents for each investigation: so many that their number adds next to no chance."""
CLAIMS = {
    "different": ("Different from the average, of a council that is at the average", 0.05),
    "same": ("About the same, of a council five points from the average", 0.05),
    "same_many": ("The same with ten times the cases", 0.05),
    "mostly_chance": ("Mostly chance, where more than half of the differences are real", 0.05),
    "spread_missed": ("The interval of the spread leaves out the true one, where it is given", 0.10),
    "best_left_out": ("The best council is left out of those that could be the best", 0.05),
    "named": ("A council is named as likely better, of those that are not", 0.10),
    "gap": ("A gap to the best, of a council at the benchmark", 0.05),
    "two_ways": ("Two denominators point different ways, of a council that differs on one alone", 0.05),
}
"""Each claim with its nominal share of false ones."""

Tally = NDArray[np.int64]
"""How many were false, and how many were said."""


def exceeds(tally: Tally, nominal: float) -> bool:
    """Whether the share lies above the nominal one by more than three standard errors of the simulation."""
    false, said = tally.tolist()
    return bool(said and false / said > nominal + 3 * np.sqrt(nominal * (1 - nominal) / said))


def tallies(
    councils: int, spread: float, rate: float, worlds: int, settings: RankingSettings = SETTINGS
) -> dict[str, Tally]:
    """The tally of each claim in one cell of the grid; of `spread_missed`, only the worlds in which it is given."""
    seed = _seed(councils, spread, rate)
    generator = np.random.default_rng(seed)
    found = {name: np.zeros(2, dtype=np.int64) for name in CLAIMS}
    for begin, many in chunks(worlds, councils):
        some = _worlds(generator, (many, councils), spread, rate, f"{seed}/{begin}", settings)
        found |= {name: found[name] + tally for name, tally in some.items()}
    # of worlds of its own, which move no other claim
    apart = np.random.default_rng([seed, TWO_WAYS])
    return found | {"two_ways": _two_ways(apart, *draw(apart, (worlds, councils), rate, lambda: spread), settings)}


def simulate(councils: int, spread: float, rate: float, worlds: int, settings: RankingSettings = SETTINGS) -> Row:
    """One cell: the false share of each claim."""
    found = tallies(councils, spread, rate, worlds, settings)
    shares = {name: false / said if said else np.nan for name, (false, said) in found.items()}
    about = {"councils": councils, "spread": spread, "rate": rate, "seed": _seed(councils, spread, rate)}
    return about | {"worlds": worlds} | shares | {"withheld": 1 - found["spread_missed"][1] / worlds}


def _seed(councils: int, spread: float, rate: float) -> int:
    return int(1_000_000 * councils + 10_000 * spread + round(1_000 * rate))


def _tally(false: NDArray[np.bool_], said: int) -> Tally:
    return np.asarray([false.sum(), said])


def _worlds(
    generator: np.random.Generator,
    shape: tuple[int, int],
    spread: float,
    rate: float,
    stream: str,
    settings: RankingSettings,
) -> dict[str, Tally]:
    base, truth, cases = draw(generator, shape, rate, lambda: spread)
    found = _averages(generator, truth, base, cases, settings)
    found |= _against_the_best(generator, truth, base, cases, stream, settings)
    groups = Groups.of((int(row[0]), row) for row in np.arange(base.size).reshape(shape))
    flat = Counts(cases.ravel(), base.ravel(), Family.PROPORTION)
    link, variance = crude_link(flat.cases, flat.base, Family.PROPORTION)
    measured = rankability(groups.with_subject(), link, variance, settings, flat)
    # as the rankability has it: the spread beside the median sampling variance
    real = spread**2 / (spread**2 + np.median(variance.reshape(shape), axis=1))
    given = measured.is_measured
    said = given & (measured.upper < settings.bands_from)
    is_missed = (measured.lower > real + 1e-9) | (measured.upper < real - 1e-9)
    return found | {
        "mostly_chance": _tally(said & (real > settings.bands_from), len(base)),
        "spread_missed": _tally(given & is_missed, int(given.sum())),
    }


def _averages(
    generator: np.random.Generator, truth: Floats, base: Floats, cases: Floats, settings: RankingSettings
) -> dict[str, Tally]:
    """The first council of each world put at its peers' average, and five points from it."""
    peers, peer_base = cases[:, 1:].sum(axis=1), base[:, 1:].sum(axis=1)
    average = (truth[:, 1:] * base[:, 1:]).sum(axis=1) / peer_base

    def called(own: Floats, times: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        n = times * base[:, 0]
        peer = peers if times == 1 else generator.binomial((times * peer_base).astype(int), average)
        count = generator.binomial(n.astype(np.int64), own).astype(np.float64)
        found = against_average(count, n, peer.astype(np.float64), times * peer_base, Family.PROPORTION, settings)
        no_verdict = np.full(len(count), "", dtype=object)
        result = results(found, no_verdict, Polarity.LOWER, Family.PROPORTION, settings)
        return found.is_different, result == Result.ABOUT_THE_SAME

    # towards one half, where there is room on that side whatever the average
    edge = average + np.where(average > 0.5, -1, 1) * settings.same_within
    return {
        "different": _tally(called(average, 1)[0], len(base)),
        "same": _tally(called(edge, 1)[1], len(base)),
        "same_many": _tally(called(edge, 10)[1], len(base)),
    }


def _against_the_best(
    generator: np.random.Generator,
    truth: Floats,
    base: Floats,
    cases: Floats,
    stream: str,
    settings: RankingSettings,
) -> dict[str, Tally]:
    """Who could be best, who is likely better, and the gap of a first council put at its peers' benchmark."""
    benchmark = np.quantile(truth[:, 1:], settings.benchmark_quantile, axis=1)
    moved = cases.copy()
    moved[:, 0] = generator.binomial(base[:, 0].astype(np.int64), benchmark)
    sets = np.arange(truth.size).reshape(truth.shape)
    everyone, first = Groups.everyone(sets), Groups.of((int(row[0]), row) for row in sets)
    step = settings.draws // settings.benchmark_draws
    *_, shrunken = posterior(base, cases, stream, settings)
    best = possible_best(everyone, shrunken.draws[:, ::step], settings)
    is_best = (truth == truth.min(axis=1, keepdims=True)).ravel()
    # with no spread every council is as good as the best, so nobody can be left out
    left_out = is_best & ~best.could_be & (np.ptp(truth) > 0)

    ranks = rank_posterior(everyone, shrunken.draws, settings)
    named = teachers(everyone, ranks.probability_peer_better, shrunken.mean, settings)
    is_false = truth.ravel()[named.peer] >= truth.ravel()[everyone.subject[named.row]]
    # the share of a council's list that is wrong, none where there is no list: its mean is the false discovery rate
    size = np.bincount(named.row, minlength=truth.size)
    wrong = np.bincount(named.row, is_false, truth.size) / np.maximum(size, 1)

    *_, at_benchmark = posterior(base, moved, f"{stream}/moved", settings)
    performer = best_performer(first, at_benchmark.rates(at_benchmark.draws[:, ::step]), settings)
    n, x = base[:, 0], moved[:, 0]
    gap = gap_in_cases(performer, x / n, *wilson(x, n, settings.level), n)
    return {
        "best_left_out": _tally(left_out, len(truth)),
        "named": np.asarray([int(np.round(wrong.sum())), truth.size]),
        "gap": _tally(gap.is_clear, len(truth)),
    }


def _two_ways(
    generator: np.random.Generator, base: Floats, truth: Floats, cases: Floats, settings: RankingSettings
) -> Tally:
    """The first council of each world put at its peers' average of investigations, with half or twice their cases per
    resident; tried as `sql/marts/denominator_ledger.sql` does."""
    peers, peer_base = cases[:, 1:].sum(axis=1), base[:, 1:].sum(axis=1)
    average = (truth[:, 1:] * base[:, 1:]).sum(axis=1) / peer_base
    own = generator.binomial(base[:, 0].astype(np.int64), average)
    residents = RESIDENTS * base[:, 0] * generator.choice([0.5, 2.0], len(own))
    points = []
    for ours, theirs in ((base[:, 0], peer_base), (residents, RESIDENTS * peer_base)):
        _, lower, upper = newcombe_difference(own, ours, peers, theirs, settings.level)
        points.append((lower > 0).astype(np.int64) - (upper < 0))
    return _tally(points[0] * points[1] < 0, len(own))
