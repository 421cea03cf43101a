"""Nobody's case can be worked out of the published tables of a council's own cases.

A reader who knows the rule tries: every hidden count is an unknown whole number, every published total and every
relation between the columns an equation. A count of 1 to 4 is given away if only one value of it fits.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp

from assets.wording import own, small_counts

SMALL = range(1, 5)
Row = dict[str, Any]


class Reader:
    """What a reader can tell of the hidden counts of one table."""

    def __init__(self, rows: Sequence[Row], columns: Sequence[str]) -> None:
        self.rows = rows
        self.place = {
            (number, column): at
            for at, (number, column) in enumerate((number, column) for number in range(len(rows)) for column in columns)
        }
        self.equations: list[tuple[np.ndarray, float, float]] = []
        for (number, column), at in self.place.items():
            if column not in rows[number]["hidden"]:
                unit = np.zeros(len(self.place))
                unit[at] = 1
                self.equations.append((unit, rows[number][column], rows[number][column]))

    def knows_sum(self, cells: Sequence[tuple[int, str]], lower: float, upper: float) -> None:
        self.equations.append((self._row(cells), lower, upper))

    def knows_difference(self, cells: Sequence[tuple[int, str]], whole: Sequence[tuple[int, str]]) -> None:
        self.equations.append((self._row(cells) - self._row(whole), 0, 0))

    def knows_no_more(self, part: tuple[int, str], whole: tuple[int, str]) -> None:
        self.equations.append((self._row([part]) - self._row([whole]), -np.inf, 0))

    def _row(self, cells: Sequence[tuple[int, str]]) -> np.ndarray:
        row = np.zeros(len(self.place))
        for cell in cells:
            row[self.place[cell]] = 1
        return row

    def given_away(self) -> list[tuple[int, str]]:
        """The hidden small counts of which only one value fits."""
        matrix, lower, upper = (np.array(one) for one in zip(*self.equations, strict=True))
        found = []
        for (number, column), at in self.place.items():
            if column in self.rows[number]["hidden"] and self.rows[number][column] in SMALL:
                goal = np.zeros(len(self.place))
                goal[at] = 1
                ends = [
                    milp(
                        sign * goal,
                        integrality=np.ones_like(goal),
                        constraints=LinearConstraint(matrix, lower, upper),
                    )
                    for sign in (1, -1)
                ]
                assert ends[0].success
                # no largest value at all is the safest of answers
                if ends[1].success and round(ends[0].x[at]) == round(ends[1].x[at]):
                    found.append((number, column))
        return found


def open_cases(rng: np.random.Generator) -> list[Row]:
    """Open cases of two stages by age: none overdue in the youngest band, all in the oldest."""
    rows = []
    for stage in ("1", "2"):
        for band, overdue_share in (("0 to 10", 0.0), ("11 to 25", 0.5), ("over 25", 1.0)):
            count = int(rng.integers(0, 9))
            overdue = count if overdue_share == 1 else int(rng.binomial(count, overdue_share))
            rows.append(
                {
                    "procedure": "corporate",
                    "stage": stage,
                    "age_band": band,
                    "open_stages": count,
                    "overdue": overdue,
                }
            )
    return rows


SERVICE_COUNTS = small_counts.GUARDS["own_services"].counts


def services(rng: np.random.Generator) -> list[Row]:
    """Services and their total."""
    columns = SERVICE_COUNTS
    rows: list[Row] = [
        {"service": f"service {place}", **{name: int(rng.integers(0, 9)) for name in columns}} for place in range(4)
    ]
    rows.append({"service": "all", **{name: sum(row[name] for row in rows) for name in columns}})
    for row in rows:
        contacts = row["complaints"] + row["requests_for_service"]
        row["requests_for_service_pct"] = 100 * row["requests_for_service"] / contacts if contacts else None
    return rows


@pytest.mark.parametrize("seed", range(25))
def test_no_small_count_of_open_cases_follows_from_the_others_and_the_total(seed: int) -> None:
    rows = small_counts.protected("own_open", open_cases(np.random.default_rng(seed)))
    reader = Reader(rows, ("open_stages", "overdue"))
    for number, row in enumerate(rows):
        reader.knows_no_more((number, "overdue"), (number, "open_stages"))
        if row["age_band"] == "over 25":
            reader.knows_no_more((number, "open_stages"), (number, "overdue"))
    for column in ("open_stages", "overdue"):
        told = sum(row[column] for row in rows)
        cells = [(number, column) for number in range(len(rows))]
        reader.knows_sum(cells, *((told, told) if told >= 5 or not told else (1, 4)))
    assert reader.given_away() == []


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("column", SERVICE_COUNTS)
def test_no_small_count_of_a_service_follows_from_the_others_and_their_total(seed: int, column: str) -> None:
    rows = small_counts.protected("own_services", services(np.random.default_rng(seed)))
    reader = Reader(rows, (column,))
    if column not in rows[-1]["hidden"]:
        total = rows[-1][column]
        reader.knows_sum([(number, column) for number in range(len(rows) - 1)], total, total)
    assert reader.given_away() == []


def by_procedure(rng: np.random.Generator, complaints: int, year: Row) -> list[Row]:
    """Stage 2 complaints of a year by procedure, some of which may have no figure in time and no row."""
    shares = rng.multinomial(complaints, rng.dirichlet((3, 1, 1)))
    names = ("children_statutory", "corporate", "adult_statutory")[: rng.integers(1, 4)]
    return [
        {
            "procedure": name, **year, "case_stages": int(count), "completed_by_limit": 0,
            "completed_by_limit_pct": None, "lower_95_pct": None, "upper_95_pct": None,
        }
        for name, count in zip(names, shares, strict=False)
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_no_small_count_of_stage_2_follows_from_services_and_procedures_together(seed: int) -> None:
    rng = np.random.default_rng(seed)
    year = {"period_start": date(2025, 4, 1), "period_end": date(2026, 3, 31)}
    served = [row | year for row in services(rng)]
    procedures = by_procedure(rng, served[-1]["stage_2_complaints"], year)
    found = small_counts.protected_together({"own_services": served, "own_incidence": procedures})
    cells = [
        {"count": row[count], "hidden": {"count"} if count in row["hidden"] else set()}
        for query, count in (("own_services", "stage_2_complaints"), ("own_incidence", "case_stages"))
        for row in found[query]
    ]
    whole = len(served) - 1
    # whoever has no row of a procedure is a count that is not shown
    without_row = cells[whole]["count"] - sum(cell["count"] for cell in cells[whole + 1 :])
    cells.append({"count": without_row, "hidden": {"count"}})
    reader = Reader(cells, ("count",))
    parts = [(number, "count") for number in range(whole)]
    reader.knows_difference(parts, [(whole, "count")])
    reader.knows_difference([(number, "count") for number in range(whole + 1, len(cells))], [(whole, "count")])
    assert reader.given_away() == []


def test_seven_of_nine_in_one_procedure_do_not_tell_the_two_of_another() -> None:
    year = {"period_start": date(2025, 4, 1), "period_end": date(2026, 3, 31)}
    served = [row | year | {"stage_2_complaints": 9} for row in services(np.random.default_rng(1))]
    told = {"completed_by_limit": 0, "completed_by_limit_pct": None, **year}
    tables = {"own_services": served, "own_incidence": [{"case_stages": count, **told} for count in (7, 2)]}
    found = small_counts.protected_together(tables)
    assert not found["own_incidence"][0]["hidden"]
    assert all("stage_2_complaints" in row["hidden"] for row in found["own_services"])
    # the same procedures in another year tell nothing
    other = [row | {"period_start": date(2025, 7, 1)} for row in tables["own_incidence"]]
    found = small_counts.protected_together(tables | {"own_incidence": other})
    assert not any("stage_2_complaints" in row["hidden"] for row in found["own_services"])


def test_the_lines_of_a_control_chart_do_not_tell_the_small_count_behind_its_centre() -> None:
    chart = {"procedure": "corporate", "stage": "1", "measure": "due_in_time"}
    month = {
        "cases": 20,
        "others": 0,
        "of_cases": 20,
        "value": 100.0,
        "quarter_start": 1,
        "is_whole_quarter": True,
    }
    for in_time, is_hidden in ((118, True), (100, False)):
        total = {"cases": in_time, "of_cases": 120, "centre": 100 * in_time / 120, **chart}
        tables = {"own_charts": [month | chart], "own_chart_totals": [total]}
        found = small_counts.protected_together(tables)["own_charts"][0]["hidden"]
        assert bool(found & small_counts.FROM_THE_CENTRE) == is_hidden


def test_the_reader_notices_a_count_that_a_total_gives_away() -> None:
    rows = [{"complaints": 3, "hidden": {"complaints"}}, {"complaints": 9, "hidden": set()}]
    reader = Reader(rows, ("complaints",))
    reader.knows_sum([(0, "complaints"), (1, "complaints")], 12, 12)
    assert reader.given_away() == [(0, "complaints")]


def judged(query: str, whole: int, part: int) -> Row:
    """One row of a query that gives a share, with the columns that all of these queries have."""
    share = 100 * part / whole
    rows: dict[str, Row] = {
        "own_timeliness": {
            "judged": whole, "in_time": part, "in_time_pct": share, "median_working_days": 60.0,
        },
        "own_incidence": {
            "case_stages": whole, "completed_by_limit": part, "completed_by_limit_pct": share, "lower_95_pct": 1.0,
            "upper_95_pct": 99.0,
        },
        "own_escalation": {"closed": whole, "escalated": part, "escalated_pct": share},
        "own_leave_out": {
            "procedure": "corporate", "clock_end": "response", "allowance": "limit", "left_out": 0,
            "case_stages": whole, "in_time": part, "in_time_pct": share,
        },
        "own_quarters": {
            "procedure": "corporate", "stage": "2", "judged": whole, "in_time": part, "in_time_pct": share,
            "period_start": date(2025, 10, 1), "period_end": date(2025, 12, 31),
        },
        "own_chart_totals": {"cases": part, "of_cases": whole, "centre": share},
    }  # fmt: skip
    return rows[query]


@pytest.mark.parametrize(
    "query",
    [
        "own_timeliness",
        "own_incidence",
        "own_escalation",
        "own_leave_out",
        "own_quarters",
        "own_chart_totals",
    ],
)
@pytest.mark.parametrize(("whole", "part"), [(whole, part) for whole in (3, 8, 12, 40) for part in range(whole + 1)])
def test_no_small_count_or_rest_can_be_read_off_a_share_or_its_interval(query: str, whole: int, part: int) -> None:
    row = small_counts.protected(query, [judged(query, whole, part)])[0]
    if part in SMALL or whole - part in SMALL:
        telling = [
            name for name in row if name.endswith("_pct") or name == "centre" or (name in ("in_time", "escalated"))
        ]
        assert {name for name in telling if row[name]} <= row["hidden"]


@pytest.mark.parametrize(
    ("in_time", "shown"),
    [
        ((8, 9, 7, 10), [(20, 8), (20, 9), (20, 7), (20, 10)]),
        ((8, 9, 3, 10), [(40, 17), (40, 13)]),
        ((8, 9, 1, 2), [(80, 20)]),
        ((0, 1, 1, 1), [(80, None)]),
    ],
)
def test_quarters_with_small_counts_become_half_years_or_years(
    in_time: tuple[int, ...], shown: list[tuple[int, int | None]]
) -> None:
    # twelve months are published beside them, so three quarters would give the fourth away
    rows = [
        judged("own_quarters", 20, part)
        | {"period_start": date(2025, 10 - 3 * n, 1), "period_end": date(2025, 12 - 3 * n, 28)}
        for n, part in enumerate(in_time)
    ]
    found = small_counts.protected("own_quarters", rows)
    assert [
        tuple(None if name in row["hidden"] else row[name] for name in ("judged", "in_time")) for row in found
    ] == shown
    assert len(found) == 4 or found[-1]["period_label"].startswith("January 2025 to ")
    if len(found) == 2:
        assert [(row["period_start"], row["period_end"]) for row in found] == [
            (date(2025, 7, 1), date(2025, 12, 31)),
            (date(2025, 1, 1), date(2025, 6, 30)),
        ]


def test_a_total_of_all_services_that_is_small_itself_is_hidden() -> None:
    rows = services(np.random.default_rng(1))
    for row in rows:
        row["complaints"] = 3 if row["service"] in ("service 0", "all") else 0
    assert "complaints" in small_counts.protected("own_services", rows)[-1]["hidden"]


def test_the_longest_cases_are_not_counted_where_leaving_them_out_leaves_few() -> None:
    whole = judged("own_leave_out", 20, 15)
    rows = [{**whole, "left_out": out, "case_stages": 20 - out} for out in range(4)]
    shown = [own.shown(row, "in_time") for row in small_counts.protected("own_leave_out", rows)]
    assert shown == ["15", "[c]", "[c]", "[c]"]
