"""The denominator ledger: the same upheld count over each thing it can be divided by, and whether the story flips."""

from typing import Any

import pytest

from benchmarking.intervals import newcombe_difference
from benchmarking.settings import RankingSettings
from tests.sql.harness import Rows, result

YEAR: dict[str, Any] = {
    "period_start": "2023-04-01",
    "period_end": "2024-03-31",
    "period_label": "2023-24",
    "is_financial_year": True,
    "is_after_abolition": False,
}
US = "X99999900"


def council(code: str, upheld: int | None, investigated: int | None, dealt: int | None, people: int | None) -> Rows:
    """One council's figures as the indicators hold them."""
    figures = {
        "uphold_rate": (upheld, investigated),
        "upheld_per_100k": (upheld, people),
        "share_investigated": (investigated, dealt),
    }
    return [
        YEAR | {"indicator": name, "gss_code": code, "numerator": pair[0], "denominator": pair[1]}
        for name, pair in figures.items()
    ]


def ledger(ours: tuple[int | None, ...], *theirs: tuple[int | None, ...]) -> Rows:
    """Our rows beside peers with these counts: upheld, investigated, dealt with, residents."""
    codes = [f"X9999990{place + 1}" for place in range(len(theirs))]
    figures = council(US, *ours) + [
        row for code, counts in zip(codes, theirs, strict=True) for row in council(code, *counts)
    ]
    return result(
        "marts.denominator_ledger",
        {
            "marts.indicator_values": figures,
            "core.comparators": [
                {"comparator_group": "same", "gss_code": US, "comparator_gss_code": code} for code in codes
            ],
        },
    )


PEER = (40, 50, 200, 500_000)


def test_each_ratio_stands_beside_that_of_the_peers_pooled() -> None:
    (row,) = ledger((30, 40, 100, 600_000), *[PEER] * 4, (80, 100, 400, 500_000))
    assert (row["upheld_of_investigated_pct"], row["peers_upheld_of_investigated_pct"]) == (75.0, 80.0)
    assert (row["upheld_of_dealt_with_pct"], row["peers_upheld_of_dealt_with_pct"]) == (30.0, 20.0)
    assert (row["upheld_per_100k"], row["peers_upheld_per_100k"]) == pytest.approx((5.0, 9.6))


NOWHERE = ("not told apart",) * 3


@pytest.mark.parametrize(
    ("ours", "points", "has_flip"),
    [
        ((60, 120, 150, 3_000_000), ("lower", "higher", "lower"), True),
        ((10, 40, 100, 600_000), ("lower", "lower", "lower"), False),
        # chance could point either way, or the ratios are equal
        ((30, 40, 130, 500_000), NOWHERE, False),
        (PEER, NOWHERE, False),
    ],
)
def test_a_story_that_hangs_on_the_denominator_is_flagged(
    ours: tuple[int, ...], points: tuple[str, ...], has_flip: bool
) -> None:
    (row,) = ledger(ours, *[PEER] * 5)
    assert (row["by_investigated"], row["by_dealt_with"], row["by_residents"]) == points
    assert row["has_flip"] is has_flip


@pytest.mark.parametrize("upheld", range(1, 41, 3))
def test_a_ratio_points_beyond_chance_exactly_where_newcombes_interval_leaves_out_zero(upheld: int) -> None:
    (row,) = ledger((upheld, 40, 200, 300_000), *[PEER] * 5)
    _, lower, upper = newcombe_difference(upheld, 40, 200, 250)
    expected = "higher" if lower > 0 else "lower" if upper < 0 else "not told apart"
    assert row["by_investigated"] == expected


def test_a_ratio_points_nowhere_with_fewer_peers_than_a_verdict_needs() -> None:
    needed = RankingSettings().minimum_peers
    (few,), (enough,) = ledger(PEER, *[PEER] * (needed - 1)), ledger(PEER, *[PEER] * needed)
    assert (few["by_investigated"], few["has_flip"]) == (None, None)
    assert enough["by_investigated"] == "not told apart"


def test_a_count_that_is_not_in_hand_makes_no_ratio() -> None:
    (row,) = ledger((30, 40, None, 600_000), *[PEER] * 5)
    assert (row["dealt_with"], row["upheld_of_dealt_with_pct"]) == (None, None)
    assert row["has_flip"] is False


def test_a_base_of_none_or_below_the_count_makes_no_ratio() -> None:
    (row,) = ledger((30, 0, 20, 600_000), *[PEER] * 5)
    assert (row["upheld_of_investigated_pct"], row["upheld_of_dealt_with_pct"]) == (None, None)


def test_a_council_without_an_upheld_count_has_no_row() -> None:
    assert ledger((None, 40, 100, 600_000), *[PEER] * 5) == []


def test_upheld_and_dealt_with_of_two_sources_make_no_share_and_what_is_doubted_makes_none_either() -> None:
    def shares(**changes: str) -> tuple[float | None, float | None]:
        figures = council(US, 30, 40, 100, 600_000)
        figures[2] |= changes
        rows = result(
            "marts.denominator_ledger",
            {
                "marts.indicator_values": figures,
                "core.comparators": [{"comparator_group": "same", "gss_code": US, "comparator_gss_code": "X99999901"}],
            },
        )
        return rows[0]["upheld_of_investigated_pct"], rows[0]["upheld_of_dealt_with_pct"]

    assert shares() == (75, 30)
    assert shares(source_url="https://report.example") == (75, None)
    assert shares(doubt="so") == (75, None)
