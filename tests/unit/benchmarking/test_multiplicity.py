import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from benchmarking.multiplicity import adjust

P = np.array([0.001, 0.2, 0.03, 0.03, 0.9, 0.0004, 0.05])


def test_adjusted_p_values_equal_statsmodels() -> None:
    np.testing.assert_allclose(adjust(P).yekutieli, multipletests(P, method="fdr_by")[1], atol=1e-12)


def test_what_was_not_tested_neither_counts_nor_gets_a_value() -> None:
    found = adjust(np.append(P, [np.nan, np.nan]))
    assert found.tested.tolist() == [7] * 7 + [0, 0] and np.isnan(found.yekutieli[7:]).all()
    np.testing.assert_array_equal(found.yekutieli[:7], adjust(P).yekutieli)


def test_an_empty_family_has_no_tests() -> None:
    assert adjust(np.array([np.nan])).tested == [0]


def test_a_table_of_p_values_keeps_its_shape() -> None:
    table = P[:6].reshape(2, 3)
    np.testing.assert_array_equal(adjust(table).yekutieli.ravel(), adjust(P[:6]).yekutieli)


def test_families_adjusted_together_are_as_each_alone() -> None:
    families = [P, P[:3], P[2:5], np.array([np.nan, 0.01])]
    family = np.repeat(range(4), [len(one) for one in families])
    order = np.random.default_rng(3).permutation(len(family))
    p_value, family = np.concatenate(families)[order], family[order]
    found = adjust(p_value, family)
    for place in range(4):
        alone = adjust(p_value[family == place])
        for name, column in vars(found).items():
            np.testing.assert_array_equal(column[family == place], getattr(alone, name))


def test_a_p_value_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        adjust([0.5, 1.5])
