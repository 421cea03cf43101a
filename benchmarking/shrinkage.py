"""True rates of councils, each drawn towards its council type as far as its numbers are small.

The posterior integrates over the type's mean and spread (`hierarchy`), where a plug-in of their maximum would
be spuriously precise whenever the estimated spread runs to zero (Lin et al. 2006).
"""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from benchmarking.hierarchy import Lattice
from benchmarking.settings import Family, RankingSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shrunken:
    """Posterior of each council's true rate.

    mean: exact posterior mean, shape (councils,). lower, upper: interval from the draws. expected, spread:
    posterior mean of the type's mu and tau. draws: logit theta or log theta, float32, shape (councils,
    draws); draw d of all councils of a type shares one mean and spread, so that draws may be ranked against
    each other.
    """

    mean: Floats
    lower: Floats
    upper: Floats
    expected: Floats
    spread: Floats
    draws: NDArray[np.float32]


def shrink(
    lattice: Lattice,
    log_likelihood: Floats,
    numerator: Floats,
    denominator: Floats,
    types: NDArray[np.object_],
    keys: NDArray[np.object_],
    stream: str,
    settings: RankingSettings,
) -> Shrunken:
    """The posterior of every council. All arrays: shape (councils,), log_likelihood (councils, nodes).

    types, keys: name of each council's type and of itself. stream: names the indicator and period. The draws
    depend on the seed, the stream and these names alone, not on the order or number of councils beside them.
    """
    councils, draws = len(numerator), settings.draws
    drawn = np.empty((councils, draws), dtype=np.float32)
    mean, expected, spread = (np.empty(councils) for _ in range(3))
    of_value = np.tile(lattice.value, len(lattice.spread))
    of_spread = np.repeat(lattice.spread, len(lattice.link))
    for council_type in sorted(set(types)):
        own = np.flatnonzero(types == council_type)
        weight = lattice.weights(log_likelihood[own].sum(axis=0))
        mean[own] = lattice.posterior_means(numerator[own], denominator[own]) @ weight
        expected[own], spread[own] = weight @ of_value, weight @ of_spread
        start = _generator(settings.seed, stream, "type", council_type).random()
        node = np.searchsorted(np.cumsum(weight), (np.arange(draws) + start) / draws)
        node = np.minimum(node, len(weight) - 1)
        first, second = lattice.first[node], lattice.second[node]
        for council in own:
            generator = _generator(settings.seed, stream, "council", keys[council])
            drawn[council] = _draw(
                generator, lattice.family, first, second, numerator[council], denominator[council]
            )
    tail = (1 - settings.level) / 2
    lower, upper = quantiles_of_rows(drawn, (tail, 1 - tail))
    if lattice.family is Family.PROPORTION:
        lower, upper = special.expit(lower), special.expit(upper)
    else:
        lower, upper = np.exp(lower), np.exp(upper)
    return Shrunken(mean, lower, upper, expected, spread, drawn)


def _draw(
    generator: np.random.Generator, family: Family, first: Floats, second: Floats, cases: float, base: float
) -> NDArray[np.float32]:
    """Draws of logit theta or log theta, one per node given. Ratios of gammas keep their precision near 0 and 1."""
    top = np.log(generator.standard_gamma((first + cases).astype(np.float32), dtype=np.float32))
    if family is Family.RATE:
        return np.asarray(top - np.log(second + base).astype(np.float32))
    rest = generator.standard_gamma((second + base - cases).astype(np.float32), dtype=np.float32)
    return np.asarray(top - np.log(rest))


def _generator(seed: int, *names: object) -> np.random.Generator:
    """A generator of its own for each combination of names."""
    text = "\x1f".join(str(name) for name in (seed, *names))
    return np.random.Generator(
        np.random.PCG64(int.from_bytes(blake2b(text.encode(), digest_size=16).digest()))
    )


def quantiles_of_rows(draws: NDArray[np.float32], shares: tuple[float, ...]) -> Floats:
    """Linear quantiles of each row, shape (shares, rows): NumPy's, by a whole sort, which single precision favours."""
    ranked = np.sort(draws, axis=1)
    places = np.asarray(shares) * (draws.shape[1] - 1)
    low = np.floor(places).astype(np.int64)
    below = ranked[:, low].astype(np.float64)
    above = ranked[:, np.minimum(low + 1, draws.shape[1] - 1)]
    return np.asarray((below + (places - low) * (above - below)).T)


def beta_binomial_maximum(numerator: Floats, denominator: Floats) -> tuple[float, float]:
    """Maximum-likelihood mu and M of Beta(mu M, (1 - mu) M), for checks only: nothing published plugs it in.

    Counts: shape (councils,). M is bounded at 1e6, where councils are alike for any purpose.
    """
    rest = denominator - numerator

    def loss(parameters: Floats) -> float:
        mu, concentration = special.expit(parameters[0]), np.exp(parameters[1])
        a, b = mu * concentration, (1 - mu) * concentration
        return -float(np.sum(special.betaln(a + numerator, b + rest) - special.betaln(a, b)))

    pooled = special.logit((numerator.sum() + 0.5) / (denominator.sum() + 1))
    found = [
        optimize.minimize(
            loss, [pooled, start], method="L-BFGS-B", bounds=[(-15, 15), (-5, np.log(1e6))], tol=1e-14
        )
        for start in (1.0, 3.0, 6.0, 10.0)
    ]
    best = min(found, key=lambda one: one.fun)
    return float(special.expit(best.x[0])), float(np.exp(best.x[1]))
