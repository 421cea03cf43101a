import itertools

import pandas as pd
import pytest

from assets.council.suppression import suppressed, suppressed_shares


def hidden(*counts: int) -> list[bool]:
    return suppressed(pd.DataFrame({"cases": counts}), "cases", [[]]).tolist()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((12, 0, 30), [False, False, False]),
        ((12, 3, 2), [False, True, True]),
        ((12, 3, 30), [True, True, False]),
        ((3, 0, 0), [True, True, False]),
        ((1, 1, 30, 8), [True, True, False, True]),
        ((4, 4, 30, 8), [True, True, False, True]),
        ((5, 5), [False, False]),
    ],
)
def test_a_small_count_is_hidden_with_what_its_total_would_tell(
    counts: tuple[int, ...], expected: list[bool]
) -> None:
    assert hidden(*counts) == expected


def test_totals_both_ways_are_protected() -> None:
    frame = pd.DataFrame(list(itertools.product("ab", "xyz")), columns=["service", "quarter"])
    frame["cases"] = [2, 9, 20, 15, 8, 30]
    flags = suppressed(frame, "cases", [["service"], ["quarter"]])
    for columns in ("service", "quarter"):
        assert not (flags.groupby(frame[columns]).sum() == 1).any()
    assert flags.iloc[0] and not flags.all()


def test_counts_without_a_published_total_hide_no_others() -> None:
    assert suppressed(pd.DataFrame({"cases": [3, 30]}), "cases", []).tolist() == [True, False]


def test_a_share_is_hidden_if_it_or_its_rest_is_small() -> None:
    frame = pd.DataFrame({"in_time": [2, 18, 10, 0, 20], "cases": [20, 20, 20, 20, 20]})
    assert suppressed_shares(frame, "in_time", "cases").tolist() == [True, True, False, False, False]
