from collections.abc import Callable

import numpy as np
import pytest
from scipy import special

from benchmarking import reproducible

SPREAD = np.random.default_rng(5).uniform(-700, 700, 20_000)
POSITIVE = np.exp(np.random.default_rng(6).uniform(-30, 20, 20_000))


@pytest.mark.parametrize(
    ("ours", "theirs", "at"),
    [
        (reproducible.exp, np.exp, SPREAD),
        (reproducible.log, np.log, np.concatenate([POSITIVE, [np.inf, 1e-310]])),
        (reproducible.log1p, np.log1p, POSITIVE - 1e-14),
        (reproducible.expit, special.expit, SPREAD),
        (reproducible.log_expit, special.log_expit, SPREAD),
        (reproducible.log_gamma, special.gammaln, POSITIVE),
    ],
    ids=["exp", "log", "log1p", "expit", "log_expit", "log_gamma"],
)
def test_a_function_gives_what_the_librarys_gives(
    ours: Callable[[np.ndarray], np.ndarray], theirs: Callable[[np.ndarray], np.ndarray], at: np.ndarray
) -> None:
    np.testing.assert_allclose(ours(at), theirs(at), rtol=1e-14, atol=1e-14)


def test_what_has_no_logarithm_has_none() -> None:
    assert reproducible.log(np.array([0.0, -1.0])).tolist()[0] == -np.inf
    assert np.isnan(reproducible.log(np.array([-1.0, np.nan]))).all()


def test_what_is_next_to_nothing_is_nothing() -> None:
    assert reproducible.exp(np.array([-709.0, -np.inf])).tolist() == [0.0, 0.0]


def test_a_product_is_the_same_in_any_order_of_its_terms() -> None:
    chance = np.random.default_rng(7)
    weight, share = chance.gamma(0.1, 1, (20, 3_000)), chance.beta(0.1, 2, (3_000, 40))
    weight /= weight.sum(axis=1, keepdims=True)
    found = reproducible.product(weight, share)
    np.testing.assert_allclose(found, weight @ share, atol=1e-12)
    order = chance.permutation(3_000)
    assert np.array_equal(found, reproducible.product(weight[:, order], share[order]))
    assert np.array_equal(found[3:4, 5:6], reproducible.product(weight[3:4], share[:, 5:6]))


def test_a_product_of_too_many_terms_is_refused() -> None:
    with pytest.raises(ValueError, match="8193 terms"):
        reproducible.product(np.zeros((1, 8_193)), np.zeros((8_193, 1)))


def test_a_steady_number_keeps_nine_digits() -> None:
    given = np.array([0.0, 1234.567890123456, -9.999999999951e-7, 1e-200 / 3, np.nan])
    expected = np.array([0.0, 1234.56789, -1e-6, 3.33333333e-201, np.nan])
    np.testing.assert_allclose(reproducible.steady(given), expected, rtol=1e-15)
