import itertools
from datetime import date

import pandas as pd
import pytest

from assets.wording import own, words
from assets.wording.small_counts import GUARDS, gives_away, is_small, protected, suppressed, suppressed_shares


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
def test_a_small_count_is_hidden_with_what_its_total_would_tell(counts: tuple[int, ...], expected: list[bool]) -> None:
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


@pytest.mark.parametrize(("count", "is_hidden"), [(0, False), (1, True), (4, True), (5, False)])
def test_every_place_where_a_count_is_shown_hides_one_to_four(count: int, is_hidden: bool) -> None:
    day = date(2026, 3, 31)
    target = {"cases": count, "of_cases": 20, "value_pct": 5.0 * count}
    assert is_small(count) is is_hidden
    assert gives_away(count, 20) is gives_away(20 - count, 20) is is_hidden
    assert (own.targets_now(target) == words.SUPPRESSED) is is_hidden
    is_open = own.open_sentence([{"as_at": day, "open_stages": 20, "overdue": count}], "Exampleshire")
    assert ("and fewer than five of these" in is_open) is is_hidden


@pytest.mark.parametrize(("count", "is_hidden"), [(0, False), (1, True), (4, True), (5, False)])
@pytest.mark.parametrize(
    ("query", "column"), [(name, column) for name, guard in GUARDS.items() for column in guard.counts]
)
def test_every_table_of_own_cases_hides_one_to_four(query: str, column: str, count: int, is_hidden: bool) -> None:
    guard = GUARDS[query]
    names = {
        *guard.counts,
        *guard.whole,
        *itertools.chain(*guard.shares, *guard.groups),
        *("procedure", "stage", "clock_end", "allowance", "left_out", "is_whole_quarter"),
    }
    quarter = {"period_start": date(2026, 1, 1), "period_end": date(2026, 3, 31)}
    (row,) = protected(query, [dict.fromkeys(names, 20) | quarter | {column: count}])
    assert (column in row["hidden"]) is is_hidden


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((20, 2, 9, 30, 30, 30), (False, True, True, False, False, False)),
        ((20, 20, 20, 0, 3, 3), (False, False, False, False, True, True)),
        ((0, 3, 0, 30, 30, 30), (True, True, False, False, False, False)),
        # a quarter whose total gives all of its months away takes the series with it
        ((1, 1, 1, 30, 30, 30), (True,) * 6),
    ],
)
def test_a_chart_loses_a_small_month_and_what_its_quarter_would_tell(
    counts: tuple[int, ...], expected: tuple[bool, ...]
) -> None:
    rows = [
        {
            **dict.fromkeys(("procedure", "stage", "measure", "others", "of_cases", "value"), None),
            **{"procedure": "corporate", "stage": "1", "measure": "received", "is_whole_quarter": True},
            "quarter_start": date(2026, 1 + month // 3 * 3, 1),
            "cases": count,
        }
        for month, count in enumerate(counts)
    ]
    assert tuple("value" in row["hidden"] for row in protected("own_charts", rows)) == expected
