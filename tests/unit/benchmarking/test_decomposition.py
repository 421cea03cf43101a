"""The parts of a difference per resident: they add up, they equal another computation, and their intervals cover."""

import math

import numpy as np
import pytest

from benchmarking.decomposition import PARTS, Counts, decompose

OURS, OTHERS = Counts(600_000, 93, 33, 25), Counts(16_000_000, 2_900, 1_000, 850)


def test_the_parts_add_up_to_the_difference() -> None:
    parts = decompose(OURS, OTHERS)
    assert parts is not None
    assert sum(part.difference for part in parts.values()) == pytest.approx(OURS.value - OTHERS.value, abs=1e-12)


def test_each_part_is_what_it_adds_along_the_way_from_others_to_us() -> None:
    """The logarithmic mean is the integral over factors that all move together at an even pace (Divisia)."""
    parts = decompose(OURS, OTHERS)
    assert parts is not None
    factors = [
        (c.dealt_with / c.residents, c.investigated / c.dealt_with, c.upheld / c.investigated) for c in (OTHERS, OURS)
    ]
    steps = 20_000
    for place, name in enumerate(PARTS):
        added = 0.0
        for step in range(steps):
            before, after = (
                math.prod(
                    first ** (1 - at) * last**at
                    for first, last, at in zip(
                        *factors,
                        [(step + (moved == place) * ahead + (moved != place) * 0.5) / steps for moved in range(3)],
                        strict=True,
                    )
                )
                for ahead in (0, 1)
            )
            added += 100_000 * (after - before)
        assert parts[name].difference == pytest.approx(added, rel=1e-4)


@pytest.mark.parametrize("counts", [(10, 5, 0), (10, 5, 6), (4, 5, 3), (0, 0, 0)])
def test_nothing_is_said_without_cases_or_with_counts_that_cannot_be(counts: tuple[int, int, int]) -> None:
    assert decompose(Counts(600_000, *counts), OTHERS) is None
    assert decompose(OTHERS, Counts(600_000, *counts)) is None


def test_a_council_like_the_others_has_no_part() -> None:
    parts = decompose(OURS, OURS)
    assert parts is not None
    assert not any(part.is_clear or part.difference for part in parts.values())


@pytest.mark.parametrize("residents", [100_000, 600_000])
def test_intervals_cover_the_truth_in_made_up_worlds(residents: int) -> None:
    dice = np.random.default_rng(11)
    rates = ((20e-5, 0.35, 0.8), (15e-5, 0.4, 0.7))
    covered, worlds = np.zeros(3), 0
    for _ in range(1_500):
        drawn = []
        for people, (volume, share, upheld) in zip((residents, 10_000_000), rates, strict=True):
            dealt_with = int(dice.poisson(people * volume))
            investigated = int(dice.binomial(dealt_with, share))
            drawn.append(Counts(people, dealt_with, investigated, int(dice.binomial(investigated, upheld))))
        parts = decompose(*drawn)
        if parts is None or drawn[0].value == drawn[1].value:
            continue
        worlds += 1
        scale = sum(part.difference for part in parts.values()) / math.log(drawn[0].value / drawn[1].value)
        for place, name in enumerate(PARTS):
            truth = scale * math.log(rates[0][place] / rates[1][place])
            covered[place] += parts[name].lower <= truth <= parts[name].upper
    assert worlds > 1_400
    assert np.all(covered / worlds > 0.93)
    assert np.all(covered / worlds < 0.98)
