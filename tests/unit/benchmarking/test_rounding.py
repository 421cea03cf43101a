from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarking.rounding import half_up, per_100k_tenths, percentage, scaled_share


def test_a_half_rounds_up_as_the_ombudsman_prints_it() -> None:
    assert percentage([33, 22, 9, 1], [40, 24, 10, 8]).tolist() == [83, 92, 90, 13]


def test_a_rate_per_100000_has_one_decimal_rounded_half_up() -> None:
    # 31 in 553,078 is 5.605; 1 in 80,000 is exactly 1.25.
    assert per_100k_tenths([31, 1], [553_078, 80_000]).tolist() == [56, 13]


def test_a_decimal_rounds_half_away_from_zero() -> None:
    assert [half_up("2.5"), half_up("-2.5"), half_up("0.285", 2)] == [
        Decimal(3),
        Decimal(-3),
        Decimal("0.29"),
    ]


def test_a_float_is_refused_because_it_is_not_exact() -> None:
    with pytest.raises(TypeError):
        half_up(0.285)  # type: ignore[arg-type]


@pytest.mark.parametrize(("numerator", "denominator"), [(1, 0), (-1, 3)])
def test_counts_without_a_share_are_refused(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match="a share needs"):
        percentage(numerator, denominator)


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.sampled_from([100, 1_000_000]))
def test_integer_rounding_equals_exact_fractions(numerator: int, denominator: int, scale: int) -> None:
    assert scaled_share(numerator, denominator, scale) == floor(
        Fraction(scale * numerator, denominator) + Fraction(1, 2)
    )
