from dataclasses import is_dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarking.comparison import Comparison, compare, funnels
from benchmarking.groups import Groups
from benchmarking.models import IndicatorYear, reasons
from benchmarking.settings import Family, Gate, Polarity, RankingSettings, Reason, Verdict

SETTINGS = RankingSettings(draws=400, benchmark_draws=200)


def indicator_year(
    numerator: list[float],
    denominator: list[float],
    polarity: Polarity = Polarity.LOWER,
    family: Family = Family.PROPORTION,
    types: list[str] | None = None,
) -> IndicatorYear:
    return IndicatorYear(
        name="uphold rate 2024-25",
        family=family,
        polarity=polarity,
        key=np.array([f"E1000{place:04}" for place in range(len(numerator))], dtype=object),
        council_type=np.array(types or ["county"] * len(numerator), dtype=object),
        numerator=np.array(numerator, dtype=float),
        denominator=np.array(denominator, dtype=float),
    )


def everyone(numerator: list[float], denominator: list[float], **changes: object) -> Comparison:
    data = indicator_year(numerator, denominator, **changes)  # type: ignore[arg-type]
    return compare(data, Groups.everyone([range(len(numerator))]), SETTINGS)


SPREAD = ([5, 12, 20, 28, 33, 40, 47, 55, 62, 70.0], [80.0] * 10)
ALIKE = ([40, 41, 39, 42, 38, 40, 41, 39, 40, 40.0], [50.0] * 10)

OURS_IS_BAD = [
    ([np.nan, 9, 8, 9, 7, 8, 9.0], [10.0] * 7, Reason.MISSING),
    ([3, 9, 8, 9, 7, 8, 9.0], [np.nan, *[10.0] * 6], Reason.MISSING),
    ([0, 9, 8, 9, 7, 8, 9.0], [0.0, *[10.0] * 6], Reason.ZERO_DENOMINATOR),
    ([11, 9, 8, 9, 7, 8, 9.0], [10.0] * 7, Reason.NUMERATOR_ABOVE_DENOMINATOR),
    ([-1, 9, 8, 9, 7, 8, 9.0], [10.0] * 7, Reason.NOT_A_COUNT),
    ([2.5, 9, 8, 9, 7, 8, 9.0], [10.0] * 7, Reason.NOT_A_COUNT),
    ([np.inf, 9, 8, 9, 7, 8, 9.0], [10.0] * 7, Reason.NOT_A_COUNT),
]


@pytest.mark.parametrize(("numerator", "denominator", "reason"), OURS_IS_BAD)
def test_a_council_without_a_rate_has_a_reason_and_is_no_peer_but_counts_in_the_group(
    numerator: list[float], denominator: list[float], reason: Reason
) -> None:
    whole = everyone(numerator, denominator)
    found, councils = whole.groups, whole.councils
    assert councils.reason[0] == found.reason[0] == reason and found.judgement.verdict[0] == Verdict.NONE
    assert np.isnan(councils.value[0]) and np.isnan(found.surprise.p_value[0])
    assert (found.peers[1], found.peers_with_data[1]) == (6, 5)
    assert found.reason[1] == Reason.OK and found.pooled[1] == pytest.approx(41 / 50)


def test_no_verdict_under_five_peers_with_data() -> None:
    found = everyone([3, 9, 8, 9, 7, np.nan], [10.0] * 6).groups
    assert found.peers_with_data[0] == 4 and found.reason[0] == Reason.TOO_FEW_PEERS
    assert found.judgement.verdict[0] == Verdict.NONE and np.isnan(found.standing.benchmark[0])


def test_a_council_alone_in_its_group_says_so() -> None:
    found = everyone([3], [10]).groups
    assert found.reason[0] == Reason.ALONE_IN_GROUP and np.isnan(found.pooled[0])


def test_no_council_with_data_and_no_council_at_all_are_no_crash() -> None:
    found = everyone([np.nan] * 6, [np.nan] * 6)
    assert set(found.groups.reason) == {Reason.MISSING} and set(found.councils.reason) == {Reason.MISSING}
    assert len(everyone([], []).groups.reason) == 0


@pytest.mark.parametrize(
    "counts",
    [
        ([10.0] * 8, [10.0] * 8),
        ([0.0] * 8, [10.0] * 8),
        ([5.0] * 8, [10.0] * 8),
        ([1, 4, 20, 33, 8, 9], [1, 4, 20, 33, 8, 9]),
    ],
)
def test_councils_that_all_tie_have_no_rank(
    counts: tuple[list[float], list[float]],
) -> None:
    found = everyone(*counts).groups
    assert set(found.rank_reason) == {Reason.ALL_TIED} and set(found.rankability.gate) == {Gate.NOTHING}
    assert set(found.judgement.verdict) == {Verdict.NOT_UNUSUAL} and found.best.could_be.all()


def test_one_case_of_one_has_a_wide_interval_and_no_difference() -> None:
    found = everyone([1, *ALIKE[0]], [1, *ALIKE[1]])
    assert found.councils.upper[0] - found.councils.lower[0] > 0.7
    assert found.groups.judgement.verdict[0] == Verdict.NOT_UNUSUAL


def test_real_differences_open_the_gate_and_low_is_best() -> None:
    found = everyone(*SPREAD).groups
    assert set(found.rankability.gate) == {Gate.RANKS} and set(found.rank_reason) == {Reason.OK}
    assert (np.diff(found.ranks.lower) >= 0).all() and found.ranks.lower[[0, 9]].tolist() == [1, 9]


def test_where_high_is_good_the_order_turns() -> None:
    found = everyone(*SPREAD, polarity=Polarity.HIGHER).groups
    assert (np.diff(found.ranks.lower) <= 0).all() and found.ranks.upper[9] == 2
    assert (found.standing.benchmark > 0.5).all() and found.gap.cases[0] > 0 > found.gap.cases[9]


def test_chance_keeps_the_gate_shut() -> None:
    found = everyone(*ALIKE).groups
    assert set(found.rankability.gate) == {Gate.NOTHING} and set(found.rank_reason) == {Reason.MOSTLY_CHANCE}


def test_one_council_apart_keeps_the_gate_shut_and_is_called() -> None:
    found = everyone([5, *ALIKE[0]], [50, *ALIKE[1]]).groups
    assert set(found.rank_reason) == {Reason.ONE_COUNCIL_DECIDES} and found.judgement.verdict[0] == Verdict.MUCH_BETTER


def test_an_indicator_without_a_good_direction_is_higher_or_lower_and_has_no_rank() -> None:
    found = everyone([5, *ALIKE[0]], [50, *ALIKE[1]], polarity=Polarity.NONE).groups
    assert found.judgement.verdict[0] == Verdict.MUCH_LOWER and set(found.rank_reason) == {Reason.NO_POLARITY}
    assert (
        np.isnan(found.standing.benchmark).all() and np.isnan(found.gap.cases).all() and not found.best.could_be.any()
    )


def test_one_case_more_or_less_shows_a_verdict_that_hangs_on_it() -> None:
    base = everyone([25, *ALIKE[0]], [50, *ALIKE[1]]).groups
    edge = float(base.surprise.lower[0] - 1)
    found = everyone([edge, *ALIKE[0]], [50, *ALIKE[1]]).groups
    assert found.judgement.verdict[0] == Verdict.BETTER and found.judgement.verdict_one_more[0] == Verdict.NOT_UNUSUAL
    assert not found.judgement.survives_one_case[0]


def test_the_p_value_the_limits_and_the_verdict_agree_for_every_council() -> None:
    found = everyone(*SPREAD).groups
    cases = np.array(SPREAD[0])
    outside = (cases < found.surprise.lower) | (cases > found.surprise.upper)
    np.testing.assert_array_equal(outside, found.surprise.p_value < 0.05)
    np.testing.assert_array_equal(outside, found.judgement.verdict != Verdict.NOT_UNUSUAL)


@pytest.mark.parametrize("family", list(Family))
def test_the_drawn_funnel_has_the_limits_of_the_verdict(family: Family) -> None:
    data = indicator_year(*SPREAD, family=family)
    groups = Groups.everyone([range(10)])
    found = compare(data, groups, SETTINGS).groups
    drawn = np.rint(funnels(data, groups, np.array([40.0, 80.0]), SETTINGS)[:, 1] * 80)
    np.testing.assert_array_equal(drawn[:, 1], found.surprise.lower)
    np.testing.assert_array_equal(drawn[:, 2], found.surprise.upper)


def test_a_group_with_too_few_peers_has_no_funnel() -> None:
    data = indicator_year([1, 2, 3], [4, 5, 6])
    assert np.isnan(funnels(data, Groups.everyone([range(3)]), np.array([10.0]), SETTINGS)).all()


def test_no_best_places_are_named_under_eight_councils() -> None:
    found = everyone(SPREAD[0][:7], SPREAD[1][:7]).groups
    assert set(found.best_reason) == {Reason.TOO_FEW_COUNCILS} and np.isnan(found.ranks.probability_best).all()
    assert np.isfinite(everyone(*SPREAD).groups.ranks.probability_best).all()


def test_rates_per_population_work_alike() -> None:
    found = everyone([1, 12, 20, 28, 33, 40, 47, 90.0], [8.0] * 8, family=Family.RATE)
    assert found.councils.value[0] == 1 / 8 and np.isfinite(found.councils.shrunken).all()
    assert set(found.groups.rankability.gate) == {Gate.RANKS} and np.isfinite(found.groups.gap.cases).all()


def mixed(seed: int = 0) -> tuple[IndicatorYear, Groups]:
    generator = np.random.default_rng(seed)
    base = generator.integers(0, 60, 40).astype(float)
    cases = generator.binomial(base.astype(int), 0.8).astype(float)
    cases[3] = np.nan
    data = indicator_year(cases.tolist(), base.tolist(), types=["county"] * 15 + ["unitary"] * 25)
    rows = [(council, generator.choice(40, 12, replace=False)) for council in range(40)]
    rows += [(council, range(15) if council < 15 else range(15, 40)) for council in range(40)]
    return data, Groups.of(rows)


def columns(results: object) -> dict[str, np.ndarray]:
    """Every column of councils or groups, those of parts by the part's name too."""
    found: dict[str, np.ndarray] = {}
    for name, column in vars(results).items():
        if is_dataclass(column) and not isinstance(column, Groups):
            found |= {f"{name}.{inner}": values for inner, values in vars(column).items()}
        elif name not in ("groups", "probability_peer_better"):
            found[name] = column
    return found


def assert_same(one: Comparison, other: Comparison, councils: np.ndarray, rows: np.ndarray) -> None:
    """other[rows] and other[councils] hold what one holds, draws to the last bit."""
    theirs = columns(other.councils)
    for name, ours in columns(one.councils).items():
        np.testing.assert_array_equal(ours, theirs[name][councils])
    theirs = columns(other.groups)
    for name, ours in columns(one.groups).items():
        if ours.dtype == np.float64:
            np.testing.assert_allclose(ours, theirs[name][rows], rtol=1e-5, atol=1e-12, err_msg=name)
        else:
            np.testing.assert_array_equal(ours, theirs[name][rows], err_msg=name)


def test_a_rerun_is_identical() -> None:
    data, groups = mixed()
    one, other = compare(data, groups, SETTINGS), compare(data, groups, SETTINGS)
    assert_same(one, other, np.arange(40), np.arange(80))
    np.testing.assert_array_equal(one.groups.surprise.p_value, other.groups.surprise.p_value)


def test_the_order_of_councils_changes_nothing() -> None:
    data, groups = mixed()
    order = np.random.default_rng(9).permutation(40)
    position = np.argsort(order)
    shuffled = replace(
        data,
        key=data.key[order],
        council_type=data.council_type[order],
        numerator=data.numerator[order],
        denominator=data.denominator[order],
    )
    one = compare(data, groups, SETTINGS)
    other = compare(shuffled, groups.renamed(position), SETTINGS)
    assert_same(one, other, position, np.arange(80))
    ours = one.groups.probability_peer_better
    theirs = other.groups.probability_peer_better[
        np.lexsort((order[other.groups.groups.peer], other.groups.groups.row))
    ]
    np.testing.assert_array_equal(ours, theirs)


def test_asking_for_fewer_groups_changes_none_of_them() -> None:
    data, groups = mixed()
    rows = np.array([70, 3, 41])
    assert_same(compare(data, groups.take(rows), SETTINGS), compare(data, groups, SETTINGS), np.arange(40), rows)


@pytest.mark.parametrize(
    "change",
    [
        {"key": np.array(["E1", "E1"], dtype=object)},
        {"council_type": np.array(["county", None], dtype=object)},
        {"numerator": np.array([1.0])},
    ],
)
def test_arrays_that_make_no_sense_are_refused(change: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError, match=r"entry per council|repeated|no type"):
        reasons(replace(indicator_year([1, 2], [3, 4]), **change))  # type: ignore[arg-type]


number = st.one_of(st.integers(-1, 40).map(float), st.just(np.nan), st.just(0.5), st.just(np.inf))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(number, number), min_size=1, max_size=14),
    st.sampled_from(list(Family)),
    st.sampled_from(list(Polarity)),
)
def test_no_number_is_missing_without_a_reason(
    counts: list[tuple[float, float]], family: Family, polarity: Polarity
) -> None:
    found = everyone([x for x, _ in counts], [n for _, n in counts], family=family, polarity=polarity)
    for name, column in columns(found.councils).items():
        if name != "reason":
            has_value = np.isfinite(column)
            np.testing.assert_array_equal(has_value, found.councils.reason == Reason.OK, err_msg=name)
    judged = found.groups.reason == Reason.OK
    ranked = judged & (polarity is not Polarity.NONE)
    of_groups = columns(found.groups)
    for name, where in {
        "judgement.expected": judged,
        "judgement.spread": judged,
        "surprise.p_value": judged,
        "rankability.rho": ranked,
        "rankability.without_one": ranked,
        "gap.cases": ranked,
        "standing.benchmark": ranked,
    }.items():
        np.testing.assert_array_equal(np.isfinite(of_groups[name]), where, err_msg=name)
    np.testing.assert_array_equal(found.groups.judgement.verdict != Verdict.NONE, judged)


def test_the_results_of_a_type_do_not_move_with_councils_of_another_type() -> None:
    numerator, denominator = SPREAD
    few = indicator_year(numerator, denominator)
    others = ([2, 900, 0, 14, 3, 1.0], [2000, 901, 3, 15, 600, 1.0])
    both = indicator_year(
        [*numerator, *others[0]], [*denominator, *others[1]], types=["county"] * 10 + ["district"] * 6
    )
    alone = compare(few, Groups.everyone([range(10)]), SETTINGS)
    beside = compare(both, Groups.everyone([range(10), range(10, 16)]), SETTINGS)
    theirs = columns(beside.groups)
    for name, mine in columns(alone.groups).items():
        np.testing.assert_array_equal(mine, theirs[name][: len(mine)], err_msg=name)
    better = alone.groups.probability_peer_better
    np.testing.assert_array_equal(better, beside.groups.probability_peer_better[: len(better)])
    np.testing.assert_array_equal(alone.councils.shrunken, beside.councils.shrunken[:10])


def test_a_group_that_mixes_types_is_judged_by_the_types_of_its_members_alone() -> None:
    numerator, denominator = SPREAD
    types = ["county"] * 6 + ["unitary"] * 4
    few = indicator_year(numerator, denominator, types=types)
    more = indicator_year([*numerator, 500, 3.0], [*denominator, 501, 900.0], types=[*types, "district", "district"])
    alone, beside = (compare(data, Groups.everyone([range(10)]), SETTINGS).groups for data in (few, more))
    np.testing.assert_array_equal(alone.surprise.p_value, beside.surprise.p_value)


def test_mostly_chance_is_said_only_where_the_upper_end_of_rankability_lies_below_the_gate() -> None:
    few = everyone([4, 7, 6, 8, 5, 7, 6.0], [8, 10, 9, 10, 9, 10, 10.0]).groups
    assert (few.rankability.upper > SETTINGS.bands_from).all()
    assert set(few.rank_reason) == {Reason.NOT_TOLD_FROM_CHANCE}


def test_compliance_near_100_per_cent_is_withheld_from_ranks_with_its_reason() -> None:
    found = everyone([20, 25, 17, 40, 12, 20.0], [20, 25, 18, 40, 12, 21.0], polarity=Polarity.HIGHER).groups
    assert set(found.rank_reason) == {Reason.TOO_FEW_OUTCOMES} and np.isnan(found.rankability.upper).all()


def test_a_council_better_than_the_benchmark_is_never_behind_it() -> None:
    found = everyone([8, 40, 41, 39, 42, 40, 41.0], [10, 50, 50, 50, 50, 50, 50.0], polarity=Polarity.HIGHER)
    groups = found.groups
    is_better = found.councils.value > groups.standing.benchmark
    assert is_better.any() and not (groups.gap.cases[is_better] > 0).any()
