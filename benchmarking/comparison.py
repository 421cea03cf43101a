"""One indicator in one year: every council against every one of its comparator groups, in one call."""

from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np

from benchmarking.arrays import Booleans, Floats, Integers, Words
from benchmarking.average import AgainstAverage, against_average, differences, results
from benchmarking.best_performer import Gap, best_performer, gap_in_cases
from benchmarking.groups import Groups
from benchmarking.intervals import poisson, wilson
from benchmarking.models import IndicatorYear, ModelledCounts, in_order_of_keys, reasons, shrunken_rates
from benchmarking.predictive import Surprise, funnel_curves, predict, surprise, verdicts
from benchmarking.rankability import Rankability, rankability
from benchmarking.ranking import PossibleBest, Ranks, possible_best, rank_posterior, value_bands
from benchmarking.settings import Family, Gate, Polarity, RankingSettings, Reason, Verdict
from benchmarking.shrinkage import Shrunken

EMPTY: dict[Any, Any] = {Floats: np.nan, Integers: 0, Booleans: False, Words: ""}
"""What stands in each kind of column where there is nothing to say."""

Part = TypeVar("Part")


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
class Judgement:
    """What the peers lead one to expect of each council, and what is said of it, shape (rows,).

    expected, spread: mean rate and tau. verdict_one_fewer, verdict_one_more: with one case moved; empty where there
    is none. direction: "higher", "lower" or "not told apart" from the peers' cases together. result: of `Result`.
    survives_one_case: verdict and difference stay with one case moved.
    """

    expected: Floats
    spread: Floats
    verdict: Words
    verdict_one_fewer: Words
    verdict_one_more: Words
    direction: Words
    result: Words
    survives_one_case: Booleans


@dataclass(frozen=True)
class Standing:
    """The band of each council among its peers (of shrunken rates, so that ties share one) and the best ones' rate."""

    band: Integers
    benchmark: Floats


@dataclass(frozen=True)
class GroupResults:
    """One entry per council and comparator group, as in `groups`, which holds all peers, with data or not.

    peers, peers_with_data: without the council itself. pooled: of the peers with data (NaN without any).

    reason governs every part: where it is not empty, numbers are NaN, whole numbers 0, flags False, words empty.
    The parts from `rankability` on need a polarity too. rank_reason and best_reason (that of `ranks.best_places` and
    `ranks.probability_best`) govern what may be shown, not what was computed.

    probability_peer_better: shape (pairs,), as groups.peer; NaN for peers without data.
    """

    groups: Groups
    peers: Integers
    peers_with_data: Integers
    pooled: Floats
    reason: Words
    judgement: Judgement
    surprise: Surprise
    average: AgainstAverage
    rank_reason: Words
    best_reason: Words
    rankability: Rankability
    standing: Standing
    ranks: Ranks
    best: PossibleBest
    gap: Gap
    probability_peer_better: Floats


@dataclass(frozen=True)
class Comparison:
    """Results of `compare`."""

    councils: CouncilResults
    groups: GroupResults


def compare(data: IndicatorYear, groups: Groups, settings: RankingSettings | None = None) -> Comparison:
    """Every council of an indicator-year against every one of its groups.

    The numbers of a council depend on the councils of its own type (and of its peers' types, in a group that mixes
    them), not on their order, nor on which other types or groups are asked for together. Raises ValueError where arrays
    do not fit, a key is repeated or a type missing.
    """
    settings = settings or RankingSettings()
    groups = groups.validated(len(data.key))
    reason = reasons(data)
    good, position = in_order_of_keys(data.key, reason)
    counts, shrunken = None, None
    if len(good):
        counts = ModelledCounts.of(data, good, settings)
        shrunken = shrunken_rates(counts, data.key[good], data.name, settings)
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
    good, position = in_order_of_keys(data.key, reason)
    limits = np.full((len(groups), len(denominators), 4), np.nan)
    with_data = groups.keep(reason == Reason.OK)
    rows = np.flatnonzero(with_data.size >= settings.minimum_peers)
    if len(rows):
        counts = ModelledCounts.of(data, good, settings)
        own = with_data.take(rows).renamed(position)
        for model, some in counts.models(own):
            prediction = predict(model.lattice, model.log_likelihood, model.of(own.take(some)))
            limits[rows[some]] = funnel_curves(prediction, denominators, settings)
    return limits


def _council_results(
    data: IndicatorYear,
    reason: Words,
    good: Integers,
    counts: ModelledCounts | None,
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
    counts: ModelledCounts | None,
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
    rank_reason = reason.copy()
    probability = np.full(len(groups.peer), np.nan)
    if data.polarity is Polarity.NONE:
        rank_reason[rows] = Reason.NO_POLARITY.value
    best_reason = rank_reason.copy()

    parts: dict[type, Any] = {}
    if counts is not None and shrunken is not None and len(rows):
        own = with_data.take(rows).renamed(position)
        judgement, surprising, average = _judged(own, counts, data.polarity, settings)
        parts = {Judgement: judgement, Surprise: surprising, AgainstAverage: average}
        if data.polarity is not Polarity.NONE:
            sign = -1.0 if data.polarity is Polarity.HIGHER else 1.0
            measured = rankability(own.with_subject(), counts.link, counts.variance, settings, counts.counted)
            ranks = rank_posterior(own, np.float32(sign) * shrunken.draws, settings)
            standing, gap, best = _standing(own, counts, shrunken, sign, settings)
            parts |= {Rankability: measured, Ranks: ranks, Standing: standing, Gap: gap, PossibleBest: best}
            rank_reason[rows] = _why_no_ranks(own, counts, measured, settings)
            best_reason[rows[own.size + 1 < settings.minimum_for_best]] = Reason.TOO_FEW_COUNCILS.value
            probability[_pairs_of(groups, rows, has_data)] = _in_original_order(
                with_data.take(rows), position, ranks.probability_peer_better
            )

    def of(kind: type[Part]) -> Part:
        return _of_all(kind, parts.get(kind), rows, len(groups))

    return GroupResults(
        groups=groups,
        peers=groups.size,
        peers_with_data=with_data.size,
        pooled=_pooled(data, with_data),
        reason=reason,
        judgement=of(Judgement),
        surprise=of(Surprise),
        average=of(AgainstAverage),
        rank_reason=rank_reason,
        best_reason=best_reason,
        rankability=of(Rankability),
        standing=of(Standing),
        ranks=of(Ranks),
        best=of(PossibleBest),
        gap=of(Gap),
        probability_peer_better=probability,
    )


def _of_all(kind: type[Part], part: Part | None, rows: Integers, count: int) -> Part:
    """The columns of some rows as those of all, empty elsewhere."""
    columns = {}
    for field in fields(kind):  # type: ignore[arg-type]
        column = np.full(count, EMPTY[field.type], dtype=object if field.type == Words else None)
        if part is not None:
            column[rows] = getattr(part, field.name)
        columns[field.name] = column
    return kind(**columns)


def _judged(
    own: Groups, counts: ModelledCounts, polarity: Polarity, settings: RankingSettings
) -> tuple[Judgement, Surprise, AgainstAverage]:
    expected, spread = np.full((2, len(own)), np.nan)
    found = _of_all(Surprise, None, np.empty(0, dtype=np.int64), len(own))
    for model, rows in counts.models(own):
        some = model.of(own.take(rows))
        prediction = predict(model.lattice, model.log_likelihood, some)
        cases, base = counts.cases[model.councils], counts.base[model.councils]
        part = surprise(prediction, some, cases, base, settings)
        for field in fields(Surprise):
            getattr(found, field.name)[rows] = getattr(part, field.name)
        expected[rows], spread[rows] = prediction.expected, prediction.spread
    verdict = verdicts(found.p_value, found.above, polarity, settings)
    fewer = verdicts(found.p_one_fewer, found.above_one_fewer, polarity, settings)
    more = verdicts(found.p_one_more, found.above_one_more, polarity, settings)
    stays = np.all([(moved == verdict) | (moved == Verdict.NONE) for moved in (fewer, more)], axis=0)
    peer_cases, peer_base = (
        np.bincount(own.row, column[own.peer], len(own)).astype(np.float64) for column in (counts.cases, counts.base)
    )
    average = against_average(
        counts.cases[own.subject], counts.base[own.subject], peer_cases, peer_base, counts.family, settings
    )
    judgement = Judgement(
        expected,
        spread,
        verdict,
        fewer,
        more,
        differences(average),
        results(average, verdict, polarity, counts.family, settings),
        stays & average.survives_one_case,
    )
    return judgement, found, average


def _why_no_ranks(own: Groups, counts: ModelledCounts, measured: Rankability, settings: RankingSettings) -> Words:
    """The reason not to show the rank of each council, empty where it may be shown."""
    tied = np.bincount(own.row, counts.value[own.peer] == counts.value[own.subject][own.row], len(own))
    shut = measured.gate == Gate.NOTHING
    reason = np.full(len(own), Reason.OK.value, dtype=object)
    reason[shut] = Reason.NOT_TOLD_FROM_CHANCE.value
    # a null is no proof: only an upper end below the gate says that differences are chance
    reason[shut & (measured.upper < settings.bands_from)] = Reason.MOSTLY_CHANCE.value
    reason[shut & (measured.rho >= settings.bands_from)] = Reason.ONE_COUNCIL_DECIDES.value
    reason[~measured.is_measured] = Reason.TOO_FEW_OUTCOMES.value
    reason[tied == own.size] = Reason.ALL_TIED.value
    return reason


def _standing(
    own: Groups, counts: ModelledCounts, shrunken: Shrunken, sign: float, settings: RankingSettings
) -> tuple[Standing, Gap, PossibleBest]:
    """How each council stands to the best of its group. sign: -1 where high is good."""
    drawn = shrunken.draws[:, :: settings.draws // settings.benchmark_draws]
    benchmark = best_performer(own, np.float32(sign) * shrunken.rates(drawn), settings)
    interval = wilson if counts.family is Family.PROPORTION else poisson
    base = counts.base[own.subject]
    low, high = (sign * end for end in interval(counts.cases[own.subject], base, settings.level))
    value = sign * counts.value[own.subject]
    gap = gap_in_cases(benchmark, value, np.minimum(low, high), np.maximum(low, high), base)
    band = value_bands(own, sign * shrunken.mean, settings.bands)
    best = possible_best(own, np.float32(sign) * drawn, settings)
    return Standing(band, sign * benchmark.value), gap, best


def _pooled(data: IndicatorYear, with_data: Groups) -> Floats:
    """Pooled rate of the peers with data, shape (groups,); NaN without any."""
    pooled = np.full(len(with_data), np.nan)
    rows = np.flatnonzero(with_data.size)
    few = with_data.take(rows)
    cases, base = (np.bincount(few.row, column[few.peer], len(few)) for column in (data.numerator, data.denominator))
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
