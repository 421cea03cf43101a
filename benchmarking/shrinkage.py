"""True rates of councils, each drawn towards its council type as far as its numbers are small.

The posterior integrates over the type's mean and spread (`hierarchy`), where a plug-in of their maximum would
be spuriously precise whenever the estimated spread runs to zero (Lin et al. 2006).
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from benchmarking.arrays import Draws, Floats, Integers, Words
from benchmarking.hierarchy import Lattice
from benchmarking.reproducible import exp, log
from benchmarking.settings import Family, RankingSettings

STREAM = 2 * int.from_bytes(b"council complaints") % 2**128 + 1
"""Increment of the PCG64 generators, any odd number below 2^128."""
HUGE = np.float32(1e30)
"""Odds above which a share is 1."""


@dataclass(frozen=True)
class Shrunken:
    """Posterior of each council's true rate.

    mean: exact posterior mean, shape (councils,). lower, upper: interval from the draws. draws: the odds
    theta / (1 - theta), or theta itself where it is a rate of residents, float32, shape (councils, draws); draw d of
    all councils of a type shares one mean and spread, so that draws may be ranked against each other.
    """

    family: Family
    mean: Floats
    lower: Floats
    upper: Floats
    draws: Draws

    def rates(self, draws: NDArray[np.floating]) -> NDArray[np.floating]:
        """theta of draws of its odds, or of itself, in their shape and precision."""
        return draws / (1 + draws) if self.family is Family.PROPORTION else draws


def shrink(
    lattice: Lattice,
    log_likelihood: Floats,
    numerator: Floats,
    denominator: Floats,
    types: Words,
    keys: Words,
    stream: str,
    settings: RankingSettings,
) -> Shrunken:
    """The posterior of every council. All arrays: shape (councils,), log_likelihood (councils, nodes).

    types, keys: name of each council's type and of itself. stream: names the indicator and period. The draws
    depend on the seed, the stream and these names alone, not on the order or number of other councils.
    """
    councils, draws = len(numerator), settings.draws
    drawn = np.empty((councils, draws), dtype=np.float32)
    mean = np.empty(councils)
    generator = np.random.Generator(np.random.PCG64(0))
    for council_type in sorted(set(types)):
        own = np.flatnonzero(types == council_type)
        weight = lattice.weights(log_likelihood[own].sum(axis=0))
        means = lattice.posterior_means(numerator[own], denominator[own])
        mean[own] = (means * weight).sum(axis=1)
        generator.bit_generator.state = _state(settings.seed, stream, "type", council_type)
        start = generator.random()
        node = np.searchsorted(np.cumsum(weight), (np.arange(draws) + start) / draws)
        node = np.minimum(node, len(weight) - 1)
        parameters = np.stack([lattice.first[node], lattice.second[node]]).astype(np.float32)
        for council in own:
            chance = _Chance.of(settings.seed, str(keys[council]), draws)
            generator.bit_generator.state = _state(settings.seed, stream, "council", keys[council])
            cases, base = numerator[council], denominator[council]
            if lattice.family is Family.PROPORTION:
                top, rest = _gammas(parameters + np.array([[cases], [base - cases]], np.float32), chance, generator)
            else:
                top = _gammas(parameters[:1] + np.float32(cases), chance, generator)[0]
                rest = parameters[1] + np.float32(base)
            # where nothing is left to divide by, the odds are as good as infinite
            drawn[council] = np.minimum(top / rest, HUGE)
    tail = (1 - settings.level) / 2
    found = Shrunken(lattice.family, mean, np.empty(0), np.empty(0), drawn)
    lower, upper = found.rates(quantiles_of_rows(drawn, (tail, 1 - tail)))
    return replace(found, lower=lower, upper=upper)


@dataclass(frozen=True)
class _Chance:
    """What a council's gamma draws are made of, whatever the indicator and the year: shape (2, draws) each.

    Indicators and years are never ranked against each other, so they may share it; councils share none.
    normal: standard normals. patience: what a proposal made of each may cost before it is refused.
    doubtful: flat places of the proposals that a shape may refuse; the rest pass whatever the shape.
    """

    normal: Draws
    patience: Draws
    doubtful: Integers

    @classmethod
    @lru_cache(maxsize=1_024)
    def of(cls, seed: int, council: str, draws: int) -> "_Chance":
        generator = np.random.Generator(np.random.PCG64(0))
        generator.bit_generator.state = _state(seed, "council", council)
        # drawn in double precision and rounded, so that a last digit that differs with the processor is gone
        normal = generator.standard_normal((2, draws)).astype(np.float32)
        patience = generator.standard_exponential((2, draws)).astype(np.float32)
        # Marsaglia & Tsang's squeeze: these pass without a look at the shape.
        squared = normal * normal
        doubtful = np.flatnonzero(exp(-patience) >= 1 - np.float32(0.0331) * (squared * squared))
        return cls(normal, patience + squared * np.float32(0.5), doubtful)


def _gammas(shape: Draws, chance: _Chance, generator: np.random.Generator) -> Draws:
    """Independent gamma draws of unit scale, one per shape given: shape (1 or 2, draws).

    Marsaglia & Tsang 2000: cubes of normals, now and then refused, and then drawn by NumPy, as are those of a
    shape under 1, for which the method does not hold.
    """
    scale = shape - np.float32(1 / 3)
    with np.errstate(invalid="ignore", divide="ignore"):
        root = chance.normal[: len(shape)] / np.sqrt(9 * scale)
        root += 1
        drawn = scale * root * root * root
        places = chance.doubtful[: np.searchsorted(chance.doubtful, shape.size)]
        doubted = root.ravel()[places]
        cost = scale.ravel()[places] * (doubted * doubted * doubted - 1 - 3 * log(doubted).astype(np.float32))
        # A negative root has no logarithm, and is refused by comparing with NaN.
        places = places[~(cost < chance.patience.ravel()[places])]
    if shape.min() < 1:
        places = np.union1d(places, np.flatnonzero(shape < 1))
    drawn.ravel()[places] = generator.standard_gamma(shape.ravel()[places].astype(np.float64))
    return np.asarray(drawn)


def _state(seed: int, *names: object) -> dict[str, object]:
    """The state of a PCG64 generator of its own for each combination of names."""
    text = "\x1f".join(str(name) for name in (seed, *names))
    state = int.from_bytes(blake2b(text.encode(), digest_size=16).digest())
    return {
        "bit_generator": "PCG64",
        "state": {"state": state, "inc": STREAM},
        "has_uint32": 0,
        "uinteger": 0,
    }


def quantiles_of_rows(draws: Draws, shares: tuple[float, ...]) -> Floats:
    """Linear quantiles of each row, shape (shares, rows): NumPy's, by a whole sort, which single precision favours."""
    ranked = np.sort(draws, axis=1)
    places = np.asarray(shares) * (draws.shape[1] - 1)
    low = np.floor(places).astype(np.int64)
    below = ranked[:, low].astype(np.float64)
    above = ranked[:, np.minimum(low + 1, draws.shape[1] - 1)]
    return np.asarray((below + (places - low) * (above - below)).T)
