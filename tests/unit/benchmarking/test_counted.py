"""Quantiles of counted values are those of the values written out."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from benchmarking.counted import counted_quantiles

SHARES = (Fraction(1, 2), Fraction(9, 10))


def counted(groups: list[int], values: list[int], counts: list[int]) -> tuple[Any, Any, Any]:
    """Of rows that are each of one group."""
    return counted_quantiles(
        np.array(groups, dtype=int)[:, None], np.array(values, dtype=int), np.array(counts, dtype=int), SHARES
    )


def test_quantiles_of_counted_values_equal_numpys_of_every_value() -> None:
    generator = np.random.default_rng(3)
    groups, values, counts = (generator.integers(low, high, 3000) for low, high in ((0, 40), (0, 90), (1, 6)))
    found, totals, quantiles = counted_quantiles(groups[:, None], values, counts, SHARES)
    assert found.tolist() == sorted(set(groups.tolist()))
    for group, total, answer in zip(found, totals, quantiles, strict=True):
        written_out = np.repeat(values[groups == group], counts[groups == group])
        assert total == len(written_out)
        assert answer == pytest.approx(np.quantile(written_out, [0.5, 0.9]), abs=1e-9)


def test_a_quantile_between_two_values_is_the_nearest_number_to_the_exact_one() -> None:
    _, _, quantiles = counted([7, 7], [64, 65], [28, 2])
    assert quantiles.tolist() == [[64, 64]]
    _, _, quantiles = counted([7, 7], [64, 66], [27, 3])
    assert quantiles.tolist() == [[64, 64.2]]


def test_what_is_of_several_groups_counts_in_each_and_of_none_in_none() -> None:
    groups, values, counts = (
        np.array([[3, 5], [3, -1], [-1, -1]]),
        np.array([10, 20, 90]),
        np.array([1, 1, 9]),
    )
    found, totals, quantiles = counted_quantiles(groups, values, counts, SHARES)
    assert (found.tolist(), totals.tolist()) == ([3, 5], [2, 1])
    assert quantiles.tolist() == [[15, 19], [10, 10]]


def test_nothing_counted_has_no_quantile() -> None:
    found, totals, quantiles = counted([], [], [])
    assert (len(found), len(totals), quantiles.shape) == (0, 0, (0, 2))


def test_numbers_too_large_to_be_sorted_as_one_are_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        counted([2**40], [2**12], [2**12])
