import numpy as np
import pytest
from scipy import stats

from benchmarking.definitions import share_of_variation


@pytest.mark.parametrize("seed", range(5))
def test_the_share_is_that_of_a_one_way_analysis_of_variance(seed: int) -> None:
    generator = np.random.default_rng(seed)
    groups = [generator.normal(centre, 10, size) for centre, size in ((40, 5), (60, 3), (55, 8))]
    f = stats.f_oneway(*groups).statistic
    between, within = len(groups) - 1, sum(map(len, groups)) - len(groups)
    labels = [name for name, group in zip("abc", groups, strict=True) for _ in group]
    found = share_of_variation(list(np.concatenate(groups)), labels)
    assert found == pytest.approx(f * between / (f * between + within))


def test_a_definition_with_one_value_is_left_out() -> None:
    assert share_of_variation([1, 2, 5, 6, 99], list("aabbc")) == share_of_variation(
        [1, 2, 5, 6], list("aabb")
    )


@pytest.mark.parametrize(
    ("values", "definitions"), [([], ""), ([1, 2], "aa"), ([1, 2, 3], "aab"), ([4, 4, 4, 4], "aabb")]
)
def test_too_few_definitions_or_no_variation_give_nothing(values: list[float], definitions: str) -> None:
    assert share_of_variation(values, list(definitions)) is None


def test_values_without_their_definition_are_refused() -> None:
    with pytest.raises(ValueError, match="each value needs its definition"):
        share_of_variation([1, 2], ["a"])
