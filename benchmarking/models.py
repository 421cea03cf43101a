"""The counts of an indicator-year, and the model of each council type that they give."""

from dataclasses import dataclass

import numpy as np

from benchmarking.arrays import Floats, Integers, Words
from benchmarking.groups import Groups
from benchmarking.hierarchy import Lattice, crude_link
from benchmarking.rankability import Counts
from benchmarking.settings import Family, Polarity, RankingSettings, Reason
from benchmarking.shrinkage import Shrunken, shrink


@dataclass(frozen=True)
class IndicatorYear:
    """The counts of one indicator in one year.

    name: of the indicator and period, which seeds the draws. key: each council's own name (its GSS code), no
    two alike. council_type: of each council; rates are shrunk within it. numerator, denominator: NaN where
    missing; of a rate, the denominator is the population in the unit of the rate (per 10,000: population /
    10,000). All arrays: shape (councils,).
    """

    name: str
    family: Family
    polarity: Polarity
    key: Words
    council_type: Words
    numerator: Floats
    denominator: Floats


def reasons(data: IndicatorYear) -> Words:
    """Why each council has no rate, in the words of `Reason`, shape (councils,). Raises as `compare`."""
    count = len(data.key)
    if any(len(column) != count for column in (data.council_type, data.numerator, data.denominator)):
        raise ValueError("key, council_type, numerator and denominator must have one entry per council")
    if len(set(data.key)) != count:
        raise ValueError("a council key is repeated")
    if not all(data.council_type):
        raise ValueError("a council has no type")
    cases, base = data.numerator, data.denominator
    whole = (cases == np.floor(cases)) & np.isfinite(cases) & np.isfinite(base) & (cases >= 0) & (base >= 0)
    if data.family is Family.PROPORTION:
        whole &= base == np.floor(base)
    reason = np.full(count, Reason.OK.value, dtype=object)
    if data.family is Family.PROPORTION:
        reason[cases > base] = Reason.NUMERATOR_ABOVE_DENOMINATOR.value
    reason[base == 0] = Reason.ZERO_DENOMINATOR.value
    reason[~whole] = Reason.NOT_A_COUNT.value
    reason[np.isnan(cases) | np.isnan(base)] = Reason.MISSING.value
    return reason


def in_order_of_keys(key: Words, reason: Words) -> tuple[Integers, Integers]:
    """Councils with data in the order of their keys, and the place of every council among them (-1 without).

    So that the sums, and with them the last digits, are the same whatever order the councils come in.
    """
    order = np.argsort(np.asarray(key, dtype=str), kind="stable")
    good = order[reason[order] == Reason.OK]
    position = np.full(len(key), -1, dtype=np.int64)
    position[good] = np.arange(len(good))
    return good, position


@dataclass(frozen=True)
class Model:
    """The lattice of some types, and the likelihoods on it of those of their councils that are asked about."""

    councils: Integers
    position: Integers
    lattice: Lattice
    log_likelihood: Floats

    def of(self, groups: Groups) -> Groups:
        """Groups of all councils with data as groups of these."""
        moved = groups.renamed(self.position)
        return Groups(moved.subject, moved.start, moved.peer)


@dataclass(frozen=True)
class ModelledCounts:
    """The councils with data, in the order of their keys.

    kind: each council's type as a number. found: the models of one type made so far.
    """

    family: Family
    settings: RankingSettings
    cases: Floats
    base: Floats
    value: Floats
    link: Floats
    variance: Floats
    kind: Integers
    types: Words
    found: dict[int, Model]

    @classmethod
    def of(cls, data: IndicatorYear, good: Integers, settings: RankingSettings) -> "ModelledCounts":
        cases, base = data.numerator[good], data.denominator[good]
        link, variance = crude_link(cases, base, data.family)
        types = data.council_type[good]
        _, kind = np.unique(types.astype(str), return_inverse=True)
        return cls(data.family, settings, cases, base, cases / base, link, variance, kind, types, {})

    def of_type(self, kind: int) -> Model:
        """The model of the councils of one type."""
        if kind not in self.found:
            self.found[kind] = self._model((kind,), np.flatnonzero(self.kind == kind))
        return self.found[kind]

    def models(self, own: Groups) -> list[tuple[Model, Integers]]:
        """Each model that groups need, with their rows: that of the types of a group's members."""
        members = own.with_subject()
        is_in = np.zeros((len(own), self.kind.max() + 1), dtype=bool)
        is_in[members.row, self.kind[members.peer]] = True
        sets, which = np.unique(is_in, axis=0, return_inverse=True)
        models = []
        for place, one in enumerate(sets):
            kinds, rows = np.flatnonzero(one).tolist(), np.flatnonzero(which.ravel() == place)
            if len(kinds) == 1:
                models.append((self.of_type(kinds[0]), rows))
            else:
                models.append((self._model(tuple(kinds), np.unique(members.take(rows).peer)), rows))
        return models

    def _model(self, kinds: tuple[int, ...], councils: Integers) -> Model:
        """The model of some types alone, so that no other type can move a digit of it, with some of their councils."""
        of_types = np.isin(self.kind, kinds)
        cases, base, variance = self.cases[of_types], self.base[of_types], self.variance[of_types]
        # The posterior of the mean of the best-informed type is the sharpest thing on the lattice of means, and
        # the likelihood of the largest council on that of rates.
        information = np.bincount(self.kind[of_types], 1 / variance).max()
        sharpest = min(1 / np.sqrt(information), np.sqrt(variance.min()))
        lattice = Lattice.around(cases, base, self.family, self.settings.spread_scale, float(sharpest))
        position = np.full(len(self.kind), -1, dtype=np.int64)
        position[councils] = np.arange(len(councils))
        log_likelihood = lattice.log_likelihood(self.cases[councils], self.base[councils])
        return Model(councils, position, lattice, log_likelihood)

    @property
    def counted(self) -> Counts:
        return Counts(self.cases, self.base, self.family)


def shrunken_rates(counts: ModelledCounts, keys: Words, name: str, settings: RankingSettings) -> Shrunken:
    """The posterior of every council with data, each type on a lattice of its own."""
    columns = np.empty((3, len(keys)))
    draws = np.empty((len(keys), settings.draws), dtype=np.float32)
    for kind in range(counts.kind.max() + 1):
        model = counts.of_type(kind)
        own = model.councils
        cases, base = counts.cases[own], counts.base[own]
        found = shrink(model.lattice, model.log_likelihood, cases, base, counts.types[own], keys[own], name, settings)
        columns[:, own] = found.mean, found.lower, found.upper
        draws[own] = found.draws
    mean, lower, upper = columns
    return Shrunken(counts.family, mean, lower, upper, draws)
