"""Ranks, benchmark and gate on worlds whose true log-odds are normal about the pooled uphold rate."""

from dataclasses import replace

import numpy as np

from benchmarking.best_performer import best_performer
from benchmarking.groups import Groups
from benchmarking.hierarchy import SPREADS as SPREAD_NODES
from benchmarking.hierarchy import Lattice, crude_link
from benchmarking.predictive import predict, surprise
from benchmarking.rankability import Counts, rankability
from benchmarking.ranking import rank_posterior
from benchmarking.settings import Family, Gate, RankingSettings
from tests.calibration.drawn import Floats, Row, chunks, draw, posterior, shipped_counts

SPREADS = (0.0, 0.2, 0.35, 0.6, 0.8)
FROM_PRIOR = -1.0
"""In place of a spread: each world draws its own from the prior, to tell a fault from a want of information."""
COUNCILS = (10, 14, 21, 60)
GRID = [(councils, spread) for councils in COUNCILS for spread in SPREADS]
GRID += [(councils, FROM_PRIOR) for councils in COUNCILS[:-1]]
SETTINGS = RankingSettings()


def simulate(councils: int, spread: float, worlds: int, settings: RankingSettings = SETTINGS) -> Row:
    """One cell. Shares are 0 to 1; slope_if_known is that of the same model where it knows the true spread."""
    seed = 1_000 * councils + (999 if spread == FROM_PRIOR else round(100 * spread))
    generator = np.random.default_rng(seed)
    parts = [
        _worlds(generator, (many, councils), spread, f"{seed}/{begin}", settings)
        for begin, many in chunks(worlds, councils)
    ]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def mean(name: str) -> float:
        return float(joined[name].mean())

    slope, error = np.nan, np.nan
    if spread:
        slope, error = _slope(joined["probability"], joined["is_best"], councils)
    if_known = np.nan
    if "probability_if_known" in joined:
        if_known, _ = _slope(joined["probability_if_known"], joined["is_best"], councils)
    cell = {
        "councils": councils,
        "spread": "prior" if spread == FROM_PRIOR else spread,
        "seed": seed,
        "worlds": worlds,
        "coverage": mean("is_covered"),
        "width": mean("width"),
        "slope": slope,
        "slope_error": error,
        "slope_if_known": if_known,
        "bias": mean("bias"),
        "bias_error": float(joined["bias"].std() / np.sqrt(worlds)),
        "bands_or_ranks": mean("gate"),
        "ranks": mean("ranks"),
        "without_leave_one_out": mean("rho"),
        "false_call": mean("is_called"),
        "rate_coverage": mean("rate_covered"),
    }
    return cell | {"misses": misses(cell)}


def misses(cell: Row) -> str:
    """The targets that a cell misses."""
    if cell["spread"] == "prior":
        return ""
    if cell["spread"] == 0:
        return "gate" * (cell["bands_or_ranks"] > 0.05)
    hits = {
        "coverage": 0.93 <= cell["coverage"] <= 0.995,
        "slope": 0.9 <= cell["slope"] <= 1.1,
        "bias": abs(cell["bias"]) <= 0.02,
    }
    return " ".join(name for name, is_hit in hits.items() if not is_hit)


def _worlds(
    generator: np.random.Generator,
    shape: tuple[int, int],
    spread: float,
    stream: str,
    settings: RankingSettings,
) -> dict[str, Floats]:
    """Measures of some worlds of one cell: one value a council, or one a world."""

    def spreads() -> Floats:
        if spread != FROM_PRIOR:
            return np.full((shape[0], 1), spread)
        drawn = np.abs(generator.normal(0, settings.spread_scale, (shape[0], 1)))
        return np.minimum(drawn, SPREAD_NODES[-1])

    base, truth, cases = draw(generator, shape, shipped_counts()[1], spreads)
    lattice, log_likelihood, shrunken = posterior(base, cases, stream, settings)
    true_rank = (1 + truth.argsort(axis=1).argsort(axis=1)).ravel()
    true_benchmark = np.quantile(truth, settings.benchmark_quantile, axis=1)
    base, truth, cases = base.ravel(), truth.ravel(), cases.ravel()
    sets = np.arange(len(base)).reshape(shape)
    everyone = Groups.everyone(sets)
    ranks = rank_posterior(everyone, shrunken.draws, settings)

    # The benchmark of all councils of a world, as seen by one more that has no case: nobody is left out.
    step = settings.draws // settings.benchmark_draws
    drawn = shrunken.rates(np.vstack([shrunken.draws[:, ::step], np.ones((1, settings.benchmark_draws), np.float32)]))
    benchmark = best_performer(Groups.of((len(base), row) for row in sets), drawn, settings).value

    first = Groups.of((row[0], row) for row in sets)
    link, variance = crude_link(cases, base, Family.PROPORTION)
    counted = Counts(cases, base, Family.PROPORTION)
    measured = rankability(first.with_subject(), link, variance, settings, counted)
    surprised = surprise(predict(lattice, log_likelihood, first), first, cases, base, settings)
    found = {
        "is_covered": (ranks.lower <= true_rank) & (true_rank <= ranks.upper),
        "width": (ranks.upper - ranks.lower + 1).astype(np.float64),
        "probability": ranks.probability_best,
        "is_best": true_rank <= ranks.best_places,
        "rate_covered": (shrunken.lower <= truth) & (truth <= shrunken.upper),
        "bias": benchmark - true_benchmark,
        "gate": measured.gate != Gate.NOTHING,
        "ranks": measured.gate == Gate.RANKS,
        "rho": measured.rho >= settings.bands_from,
        "is_called": surprised.p_value < 1 - settings.level,
    }
    if spread > 0 and shape[1] <= 21:

        def informed(lattice: Lattice) -> Lattice:
            prior = lattice.log_prior[: len(lattice.link)]
            return replace(lattice, spread=np.asarray([spread]), log_prior=prior)

        _, _, known = posterior(base.reshape(shape), cases.reshape(shape), stream, settings, informed)
        found["probability_if_known"] = rank_posterior(everyone, known.draws, settings).probability_best
    return found


def _slope(probability: Floats, is_best: Floats, councils: int) -> tuple[float, float]:
    """Slope of the outcome on the stated probability (1 is calibrated) and its standard error by worlds."""
    p = probability.reshape(-1, councils)
    outcome = is_best.reshape(-1, councils).astype(np.float64)
    centred = p - p.mean()
    slope = float(np.sum(centred * outcome) / np.sum(centred**2))
    residual = outcome - outcome.mean() - slope * centred
    error = float(np.sqrt(np.sum(np.sum(centred * residual, axis=1) ** 2)) / np.sum(centred**2))
    return slope, error
