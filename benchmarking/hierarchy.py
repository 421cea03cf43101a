"""One model of councils that differ: beta-binomial for proportions, gamma-Poisson for rates.

Each council has a true rate theta, drawn from a distribution with a location (mean mu) and a spread (tau,
about the standard deviation between councils of logit theta, or of log theta):

* proportion: x ~ Binomial(n, theta), theta ~ Beta(1 / (tau^2 (1 - mu)), 1 / (tau^2 mu));
* rate: x ~ Poisson(theta n), theta ~ Gamma(shape 1 / tau^2, mean mu).

So M = 1 / (tau^2 mu (1 - mu)) in the usual beta-binomial notation. Nothing is plugged in: results are sums
over a lattice of (mu, tau) weighted by prior x likelihood. Prior: Jeffreys' on mu, half-normal on tau.

Reference: Spiegelhalter, Abrams & Myles 2004, ch. 3 and 5; Röver et al. 2021 for the half-normal prior.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import special

from benchmarking.arrays import Booleans, Floats, Integers
from benchmarking.reproducible import exp, expit, log, log1p, log_expit, log_factorial, log_gamma
from benchmarking.settings import Family

SPREADS = np.geomspace(0.02, 2.0, 20).round(12)
"""Nodes of tau: 0.02 is alike for any purpose, 2 is 1% beside 99%."""
REACH = 8.0
"""How far the lattice of mu reaches from the pooled value, on the log-odds or log scale."""
STRIDE = 32
"""Consecutive counts of which one probability is computed outright."""
SOME = 64
"""Nodes handled at once, which stay in the processor's cache: changes nothing."""
FINEST, COARSEST = 0.02, 0.1
"""Bounds of the step of mu near the pooled value."""


@dataclass(frozen=True)
class Lattice:
    """Nodes of (tau, mu), mu fastest, with their prior.

    link: nodes of logit mu or log mu, shape (locations,). width: their quadrature weights, same shape.
    spread: nodes of tau, shape (spreads,). log_prior: shape (spreads x locations,), unnormalised.
    """

    family: Family
    link: Floats
    width: Floats
    spread: Floats
    log_prior: Floats

    @classmethod
    def around(cls, numerator: Floats, denominator: Floats, family: Family, scale: float, sharpest: float) -> "Lattice":
        """The lattice centred on the pooled value, as fine as the sharpest posterior needs.

        numerator, denominator: counts of the councils with data, shape (councils,). scale: of the half-normal
        prior of tau. sharpest: smallest standard error to resolve, on the link scale.
        """
        cases, base = numerator.sum() + 0.5, denominator.sum()
        centre = float(log(cases / (base + 1 - cases))) if family is Family.PROPORTION else float(log(cases / base))
        # A trapezoidal sum over a bell is right to four digits with a step of 1.5 standard deviations.
        step = float(np.clip(1.5 * sharpest, FINEST, COARSEST))
        half = int(np.ceil(float(log(REACH + np.sqrt(REACH**2 + 1))) / step))
        position = np.arange(-half, half + 1) * step
        up, down = exp(position), exp(-position)
        link = centre + (up - down) / 2
        width = (up + down) / 2 * step
        log_jeffreys = 0.5 * (log_expit(link) + log_expit(-link)) if family is Family.PROPORTION else 0.5 * link
        cut = np.concatenate([[0.0], np.sqrt(SPREADS[1:] * SPREADS[:-1]), [np.inf]])
        # rounded, so that the library's last digits, which differ with the processor, are gone
        prior_of_spread = np.diff(special.erf(cut / (scale * np.sqrt(2)))).round(12)
        log_prior = log(prior_of_spread)[:, None] + (log(width) + log_jeffreys)[None, :]
        return cls(family, link, width, SPREADS, log_prior.ravel())

    @cached_property
    def value(self) -> Floats:
        """mu (0 to 1, or per unit of exposure) at each location, shape (locations,)."""
        return np.asarray(expit(self.link) if self.family is Family.PROPORTION else exp(self.link))

    @cached_property
    def first(self) -> Floats:
        """First parameter of theta's distribution at each node: Beta's a, or Gamma's shape. Shape (nodes,)."""
        inverse = 1 / self.spread[:, None] ** 2
        scaled = inverse / expit(-self.link) if self.family is Family.PROPORTION else inverse + 0 * self.link
        return np.asarray(scaled).ravel()

    @cached_property
    def second(self) -> Floats:
        """Second parameter: Beta's b, or Gamma's rate. Shape (nodes,)."""
        return np.asarray((1 / self.spread[:, None] ** 2) / self.value).ravel()

    def log_likelihood(self, numerator: Floats, denominator: Floats) -> Floats:
        """log p(x | mu, tau) of each council without the terms in x alone, shape (councils, nodes)."""
        if self.family is Family.PROPORTION:
            return (
                _log_rising(self.first, numerator)
                + _log_rising(self.second, denominator - numerator)
                - _log_rising(self.first + self.second, denominator)
            )
        gained = denominator[:, None] / self.second
        return (
            _log_rising(self.first, numerator)
            - (self.first + numerator[:, None]) * log1p(gained)
            - numerator[:, None] * log(self.second)
        )

    def weights(self, log_likelihood: Floats) -> Floats:
        """Posterior weights of the nodes, each row summing to 1. log_likelihood and result: shape (rows, nodes)."""
        log_weight = log_likelihood + self.log_prior
        log_weight -= log_weight.max(axis=-1, keepdims=True)
        weight = exp(log_weight)
        return np.asarray(weight / weight.sum(axis=-1, keepdims=True))

    def posterior_means(self, numerator: Floats, denominator: Floats) -> Floats:
        """E(theta | x, mu, tau) of each council at each node, shape (councils, nodes)."""
        shape = self.first + numerator[:, None]
        whole = self.second + denominator[:, None]
        return shape / (whole + self.first) if self.family is Family.PROPORTION else shape / whole

    def theta_given(self, nodes: Integers) -> Floats:
        """Distribution of a new council's theta over the locations at some nodes, rows sum to 1: (nodes, locations)."""
        one, other = self.link, self.value
        if self.family is Family.PROPORTION:
            one, other = log_expit(self.link), -log_expit(-self.link)
        log_width, made = log(self.width), np.empty((len(nodes), len(self.link)))
        for begin in range(0, len(nodes), SOME):
            some = slice(begin, begin + SOME)
            density = self.first[nodes[some], None] * one
            density -= self.second[nodes[some], None] * other
            density += log_width
            density -= density.max(axis=1, keepdims=True)
            density = exp(density)
            made[some] = density / density.sum(axis=1, keepdims=True)
        return made

    def log_pmf(self, counts: Floats, base: Floats, where: Booleans) -> Floats:
        """log P(X = count | theta), binomial or Poisson: shape (bases, counts, locations asked for).

        where: the locations wanted, shape (locations,).
        """
        link, base = self.link[where], base[:, None]
        if self.family is Family.PROPORTION:
            rest = (base - counts).clip(0)
            ways = log_factorial(base) - log_factorial(counts) - log_factorial(rest)
            ways[counts > base] = -np.inf
            log_share, log_other = log_expit(link), log_expit(-link)
            return np.asarray(ways[:, :, None] + counts[:, None] * log_share + rest[:, :, None] * log_other)
        expected = (base * exp(link))[:, None]
        return np.asarray(counts[:, None] * log(expected) - expected - log_factorial(counts)[:, None])

    def pmf(self, counts: Floats, base: Floats, where: Booleans) -> Floats:
        """P(X = count | theta) of consecutive counts, shaped as `log_pmf`, which gives one count in `STRIDE`.

        Those between are its multiples, step by step: an exponential costs as much as many products. A stride is
        too short for a start that underflows to lead to a count that matters.
        """
        step = base[:, None] / counts.clip(1)
        if self.family is Family.PROPORTION:
            step = (base[:, None] + 1 - counts).clip(0) / counts.clip(1)
        mass = step[:, :, None] * exp(self.link[where])
        mass[:, ::STRIDE] = exp(self.log_pmf(counts[::STRIDE], base, where))
        # All strides take a step together.
        for place in range(1, min(STRIDE, len(counts))):
            step_to = mass[:, place::STRIDE]
            step_to *= mass[:, place - 1 :: STRIDE][:, : step_to.shape[1]]
        return mass


def crude_link(numerator: Floats, denominator: Floats, family: Family) -> tuple[Floats, Floats]:
    """Log-odds (or log rate) of each council and its sampling variance, half a case added to each side."""
    if family is Family.PROPORTION:
        rest = denominator - numerator
        return log((numerator + 0.5) / (rest + 0.5)), 1 / (numerator + 0.5) + 1 / (rest + 0.5)
    return log((numerator + 0.5) / denominator), 1 / (numerator + 0.5)


def _log_rising(start: Floats, steps: Floats) -> Floats:
    """log(start (start + 1) ... (start + steps - 1)), shape (len(steps), len(start)): each distinct step once."""
    distinct, which = np.unique(steps, return_inverse=True)
    table = log_gamma(start + distinct[:, None]) - log_gamma(start)
    return np.asarray(table[which])
