"""One indicator in one year: every council against every one of its comparator groups, in one call."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarking.arrays import Booleans, Floats, Integers, Words
from benchmarking.average import against_average, differences, results
from benchmarking.best_performer import best_performer, gap_in_cases
from benchmarking.groups import Groups
from benchmarking.hierarchy import Lattice, crude_link
from benchmarking.intervals import poisson, wilson
from benchmarking.predictive import Surprise, funnel_curves, predict, surprise, verdicts
from benchmarking.rankability import Counts, rankability
from benchmarking.ranking import possible_best, rank_posterior, value_bands
from benchmarking.settings import Family, Gate, Polarity, RankingSettings, Reason, Verdict
from benchmarking.shrinkage import Shrunken, shrink

EMPTY: dict[Any, Any] = {Floats: np.nan, Integers: 0, Booleans: False, Words: ""}
"""What stands in each kind of column where there is nothing to say."""


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


@dataclass(frozen=True)
class CouncilResults:
    """One entry per council. Rates are shares (0 to 1) or cases per unit of the denominator.

    reason: why there is no rate, a word of `Reason`; where it is not empty every number is NaN.
    value: numerator / denominator. lower .. upper_strong: its Wilson or Poisson interval at both levels.
    shrunken, shrunken_lower, shrunken_upper: the true rate, drawn towards the council type.
    """

    reason: Words
    value: Floats
    lower: Floats
    upper: Floats
    lower_strong: Floats
    upper_strong: Floats
    shrunken: Floats
    shrunken_lower: Floats
    shrunken_upper: Floats


@dataclass(frozen=True)
class GroupResults:
    """One entry per council and comparator group, as in `groups`, which holds all peers, with data or not.

    Where a reason is not empty, the numbers it governs are NaN, whole numbers 0, flags False and words empty.

    peers, peers_with_data: without the council itself. pooled: of the peers with data (NaN without any).

    reason governs the verdict: expected, spread (what the peers lead one to expect: mean rate, tau); p_value;
    verdict; lower_count, upper_count (funnel limits: the smallest and largest count not called different);
    verdict_one_fewer, verdict_one_more (with one case moved; empty where there is none); survives_one_case.
    Also what the peers' cases together say: difference with its limits, direction ("higher",
    "lower" or "not told apart"), noticed_below, noticed_above (`average.AgainstAverage`) and result (`Result`).

    best_reason governs best_places and probability_best: as rank_reason, less the gate, or too few councils.

    rank_reason governs what may be shown of ranks, not what was computed: rank_lower, rank_upper,
    probability_best, band (of shrunken rates, so that ties share one), probability_first, could_be_best and
    possible_bests (how many could be) hold their values wherever `reason` is empty and the indicator has a polarity.
    gate, rankability (with its limits and the smallest value without one council) explain the decision.

    benchmark (best performers' rate); gap in cases from the council's own value, with limits, positive where it is
    behind; is_gap_clear (they leave out zero). Governed by `reason` and by polarity.

    probability_peer_better: shape (pairs,), as groups.peer; NaN for peers without data.
    """

    groups: Groups
    peers: Integers
    peers_with_data: Integers
    pooled: Floats
    reason: Words
    expected: Floats
    spread: Floats
    p_value: Floats
    verdict: Words
    difference: Floats
    difference_lower: Floats
    difference_upper: Floats
    direction: Words
    noticed_below: Floats
    noticed_above: Floats
    result: Words
    lower_count: Integers
    upper_count: Integers
    verdict_one_fewer: Words
    verdict_one_more: Words
    survives_one_case: Booleans
    rank_reason: Words
    best_reason: Words
    gate: Words
    rankability: Floats
    rankability_lower: Floats
    rankability_upper: Floats
    rankability_without_one: Floats
    rank_lower: Integers
    rank_upper: Integers
    best_places: Integers
    probability_best: Floats
    band: Integers
    probability_first: Floats
    could_be_best: Booleans
    possible_bests: Integers
    benchmark: Floats
    gap: Floats
    gap_lower: Floats
    gap_upper: Floats
    is_gap_clear: Booleans
    probability_peer_better: Floats


@dataclass(frozen=True)
class Comparison:
    """Results of `compare`."""

    councils: CouncilResults
    groups: GroupResults


def compare(data: IndicatorYear, groups: Groups, settings: RankingSettings | None = None) -> Comparison:
    """Every council of an indicator-year against every one of its groups.

    The numbers of a council depend on the councils of its own type (and of its peers' types, in a group that mixes
    them), not on their order, nor on which other types or groups are asked for together. Raises
    ValueError where arrays do not fit, a key is repeated or a
    type missing.
    """
    settings = settings or RankingSettings()
    groups = groups.validated(len(data.key))
    reason = reasons(data)
    good, position = _in_order_of_keys(data.key, reason)
    counts, shrunken = None, None
    if len(good):
        counts = _Counts.of(data, good, settings)
        shrunken = _shrunken(counts, data.key[good], data.name, settings)
    return Comparison(
        _council_results(data, reason, good, counts, shrunken, settings),
        _group_results(data, groups, reason, position, counts, shrunken, settings),
    )


def funnels(
    data: IndicatorYear, groups: Groups, denominators: Floats, settings: RankingSettings | None = None
) -> Floats:
    """Funnel limits of each group for councils of other sizes, as rates: shape (groups, denominators, 4).

    Columns: the outermost rates not called different, lower_strong, lower, upper, upper_strong; NaN for groups
    without enough peers. At the subject's own denominator they are the limits of `compare`. Limits are for the
    subject: its peers' own verdicts come from their own groups.
    """
    settings = settings or RankingSettings()
    groups = groups.validated(len(data.key))
    reason = reasons(data)
    good, position = _in_order_of_keys(data.key, reason)
    limits = np.full((len(groups), len(denominators), 4), np.nan)
    with_data = groups.keep(reason == Reason.OK)
    rows = np.flatnonzero(with_data.size >= settings.minimum_peers)
    if len(rows):
        counts = _Counts.of(data, good, settings)
        own = with_data.take(rows).renamed(position)
        for model, some in counts.models(own):
            prediction = predict(model.lattice, model.log_likelihood, model.of(own.take(some)))
            limits[rows[some]] = funnel_curves(prediction, denominators, settings)
    return limits


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


def _in_order_of_keys(key: Words, reason: Words) -> tuple[Integers, Integers]:
    """Councils with data in the order of their keys, and the place of every council among them (-1 without).

    So that the sums, and with them the last digits, are the same whatever order the councils come in.
    """
    order = np.argsort(np.asarray(key, dtype=str), kind="stable")
    good = order[reason[order] == Reason.OK]
    position = np.full(len(key), -1, dtype=np.int64)
    position[good] = np.arange(len(good))
    return good, position


@dataclass(frozen=True)
class _Model:
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
class _Counts:
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
    found: dict[int, _Model]

    @classmethod
    def of(cls, data: IndicatorYear, good: Integers, settings: RankingSettings) -> "_Counts":
        cases, base = data.numerator[good], data.denominator[good]
        link, variance = crude_link(cases, base, data.family)
        types = data.council_type[good]
        _, kind = np.unique(types.astype(str), return_inverse=True)
        return cls(data.family, settings, cases, base, cases / base, link, variance, kind, types, {})

    def of_type(self, kind: int) -> _Model:
        """The model of the councils of one type."""
        if kind not in self.found:
            self.found[kind] = self._model((kind,), np.flatnonzero(self.kind == kind))
        return self.found[kind]

    def models(self, own: Groups) -> list[tuple[_Model, Integers]]:
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

    def _model(self, kinds: tuple[int, ...], councils: Integers) -> _Model:
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
        return _Model(councils, position, lattice, log_likelihood)

    @property
    def counted(self) -> Counts:
        return Counts(self.cases, self.base, self.family)


def _shrunken(counts: _Counts, keys: Words, name: str, settings: RankingSettings) -> Shrunken:
    """The posterior of every council with data, each type on a lattice of its own."""
    columns = np.empty((3, len(keys)))
    draws = np.empty((len(keys), settings.draws), dtype=np.float32)
    for kind in range(counts.kind.max() + 1):
        model = counts.of_type(kind)
        own = model.councils
        cases, base = counts.cases[own], counts.base[own]
        found = shrink(
            model.lattice, model.log_likelihood, cases, base, counts.types[own], keys[own], name, settings
        )
        columns[:, own] = found.mean, found.lower, found.upper
        draws[own] = found.draws
    mean, lower, upper = columns
    return Shrunken(counts.family, mean, lower, upper, draws)


def _council_results(
    data: IndicatorYear,
    reason: Words,
    good: Integers,
    counts: _Counts | None,
    shrunken: Shrunken | None,
    settings: RankingSettings,
) -> CouncilResults:
    columns = np.full((8, len(data.key)), np.nan)
    if counts is not None and shrunken is not None:
        interval = wilson if data.family is Family.PROPORTION else poisson
        columns[:, good] = [
            counts.value,
            *interval(counts.cases, counts.base, settings.level),
            *interval(counts.cases, counts.base, settings.strong_level),
            shrunken.mean,
            shrunken.lower,
            shrunken.upper,
        ]
    return CouncilResults(reason, *columns)


def _group_results(
    data: IndicatorYear,
    groups: Groups,
    own_reason: Words,
    position: Integers,
    counts: _Counts | None,
    shrunken: Shrunken | None,
    settings: RankingSettings,
) -> GroupResults:
    has_data = own_reason == Reason.OK
    with_data = groups.keep(has_data)
    reason = own_reason[groups.subject].copy()
    is_fine = has_data[groups.subject]
    reason[is_fine & (with_data.size < settings.minimum_peers)] = Reason.TOO_FEW_PEERS.value
    reason[is_fine & (groups.size == 0)] = Reason.ALONE_IN_GROUP.value
    rows = np.flatnonzero(reason == Reason.OK)
    full = _Columns(len(groups), rows)
    rank_reason = reason.copy()
    probability = np.full(len(groups.peer), np.nan)
    if data.polarity is Polarity.NONE:
        rank_reason[rows] = Reason.NO_POLARITY.value
    best_reason = rank_reason.copy()

    if counts is not None and shrunken is not None and len(rows):
        own = with_data.take(rows).renamed(position)
        _add_verdicts(full, own, counts, data, settings)
        if data.polarity is not Polarity.NONE:
            sign = -1.0 if data.polarity is Polarity.HIGHER else 1.0
            rank_reason[rows] = _add_ranks(full, own, counts, shrunken, sign, settings)
            _add_benchmarks(full, own, counts, shrunken, sign, settings)
            best_reason[rows[own.size + 1 < settings.minimum_for_best]] = Reason.TOO_FEW_COUNCILS.value
            better = _add_rank_posterior(full, own, shrunken, sign, settings)
            probability[_pairs_of(groups, rows, has_data)] = _in_original_order(
                with_data.take(rows), position, better
            )
    return GroupResults(
        **full.columns
        | {
            "groups": groups,
            "peers": groups.size,
            "peers_with_data": with_data.size,
            "pooled": _pooled(data, with_data),
            "reason": reason,
            "rank_reason": rank_reason,
            "best_reason": best_reason,
            "probability_peer_better": probability,
        }
    )


class _Columns:
    """The columns of `GroupResults`, filled for some rows and empty (NaN, 0, False or "") elsewhere."""

    def __init__(self, count: int, rows: Integers) -> None:
        self.rows = rows
        self.columns: dict[str, Any] = {
            field.name: np.full(count, EMPTY[field.type], dtype=object if field.type == Words else None)
            for field in fields(GroupResults)
            if field.type in EMPTY
        }

    def add(self, **values: NDArray) -> None:
        for name, column in values.items():
            self.columns[name][self.rows] = column


def _add_verdicts(
    full: _Columns, own: Groups, counts: _Counts, data: IndicatorYear, settings: RankingSettings
) -> None:
    names = [field.name for field in fields(Surprise)]
    columns = np.full((len(names) + 2, len(own)), np.nan)
    for model, rows in counts.models(own):
        some = model.of(own.take(rows))
        prediction = predict(model.lattice, model.log_likelihood, some)
        cases, base = counts.cases[model.councils], counts.base[model.councils]
        part = surprise(prediction, some, cases, base, settings)
        columns[:, rows] = [*(getattr(part, name) for name in names), prediction.expected, prediction.spread]
    *parts, expected, spread = columns
    kinds = [np.float64 if "p_" in name else bool if "above" in name else np.int64 for name in names]
    found = Surprise(*(part.astype(kind) for part, kind in zip(parts, kinds, strict=True)))
    verdict = verdicts(found.p_value, found.above, data.polarity, settings)
    fewer = verdicts(found.p_one_fewer, found.above_one_fewer, data.polarity, settings)
    more = verdicts(found.p_one_more, found.above_one_more, data.polarity, settings)
    full.add(
        expected=expected,
        spread=spread,
        p_value=found.p_value,
        verdict=verdict,
        lower_count=found.lower,
        upper_count=found.upper,
        verdict_one_fewer=fewer,
        verdict_one_more=more,
    )
    peer_cases, peer_base = (
        np.bincount(own.row, column[own.peer], len(own)).astype(np.float64)
        for column in (counts.cases, counts.base)
    )
    average = against_average(
        counts.cases[own.subject], counts.base[own.subject], peer_cases, peer_base, data.family, settings
    )
    full.add(
        difference=average.difference,
        difference_lower=average.lower,
        difference_upper=average.upper,
        direction=differences(average),
        survives_one_case=np.all(
            [(moved == verdict) | (moved == Verdict.NONE) for moved in (fewer, more)], axis=0
        )
        & average.survives_one_case,
        noticed_below=average.noticed_below,
        noticed_above=average.noticed_above,
        result=results(average, verdict, data.polarity, data.family, settings),
    )


def _add_ranks(
    full: _Columns, own: Groups, counts: _Counts, shrunken: Shrunken, sign: float, settings: RankingSettings
) -> Words:
    """Fills what ranks need apart from the draws, and gives the reason not to show them."""
    measured = rankability(own.with_subject(), counts.link, counts.variance, settings, counts.counted)
    tied = np.bincount(own.row, counts.value[own.peer] == counts.value[own.subject][own.row], len(own))
    full.add(
        gate=measured.gate,
        rankability=measured.rho,
        rankability_lower=measured.lower,
        rankability_upper=measured.upper,
        rankability_without_one=measured.without_one,
        band=value_bands(own, sign * shrunken.mean, settings.bands),
    )
    shut = measured.gate == Gate.NOTHING
    reason = np.full(len(own), Reason.OK.value, dtype=object)
    reason[shut] = Reason.NOT_TOLD_FROM_CHANCE.value
    # a null is no proof: only an upper end below the gate says that differences are chance
    reason[shut & (measured.upper < settings.bands_from)] = Reason.MOSTLY_CHANCE.value
    reason[shut & (measured.rho >= settings.bands_from)] = Reason.ONE_COUNCIL_DECIDES.value
    reason[~measured.is_measured] = Reason.TOO_FEW_OUTCOMES.value
    reason[tied == own.size] = Reason.ALL_TIED.value
    return reason


def _add_benchmarks(
    full: _Columns, own: Groups, counts: _Counts, shrunken: Shrunken, sign: float, settings: RankingSettings
) -> None:
    drawn = shrunken.draws[:, :: settings.draws // settings.benchmark_draws]
    rate = shrunken.rates(drawn)
    found = best_performer(own, np.float32(sign) * rate, settings)
    interval = wilson if counts.family is Family.PROPORTION else poisson
    base = counts.base[own.subject]
    low, high = (sign * end for end in interval(counts.cases[own.subject], base, settings.level))
    gap = gap_in_cases(
        found, sign * counts.value[own.subject], np.minimum(low, high), np.maximum(low, high), base
    )
    best = possible_best(own, np.float32(sign) * drawn, settings)
    full.add(
        benchmark=sign * found.value,
        gap=gap.cases,
        gap_lower=gap.lower,
        gap_upper=gap.upper,
        is_gap_clear=gap.is_clear,
        probability_first=best.probability,
        could_be_best=best.could_be,
        possible_bests=best.many,
    )


def _add_rank_posterior(
    full: _Columns, own: Groups, shrunken: Shrunken, sign: float, settings: RankingSettings
) -> Floats:
    """Fills ranks from the draws, and gives the probability that each peer is better, shape (pairs of own,)."""
    found = rank_posterior(own, np.float32(sign) * shrunken.draws, settings)
    full.add(
        rank_lower=found.lower,
        rank_upper=found.upper,
        best_places=found.best_places,
        probability_best=found.probability_best,
    )
    return found.probability_peer_better


def _pooled(data: IndicatorYear, with_data: Groups) -> Floats:
    """Pooled rate of the peers with data, shape (groups,); NaN without any."""
    pooled = np.full(len(with_data), np.nan)
    rows = np.flatnonzero(with_data.size)
    few = with_data.take(rows)
    cases, base = (
        np.bincount(few.row, column[few.peer], len(few)) for column in (data.numerator, data.denominator)
    )
    pooled[rows] = cases / base
    return pooled


def _pairs_of(groups: Groups, rows: Integers, has_data: Booleans) -> Integers:
    """Places in groups.peer of the peers with data of some rows, in the order of `keep` and `take`."""
    is_row = np.zeros(len(groups), dtype=bool)
    is_row[rows] = True
    return np.flatnonzero(is_row[groups.row] & has_data[groups.peer])


def _in_original_order(taken: Groups, position: Integers, values: Floats) -> Floats:
    """Values of the renamed pairs back in the order of the pairs before renaming."""
    order = np.argsort(taken.row * len(position) + position[taken.peer], kind="stable")
    original = np.empty_like(values)
    original[order] = values
    return original
