"""What is printed of a generated register: bases and shares agree, and no small count follows from printed numbers.

A reader who wants a hidden count adds and subtracts whatever is printed: what can be had so is every count that is a
sum of printed ones, each taken any number of times.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assets.answers import GUARDED
from assets.example.cases import GSS_CODE, example_register
from assets.publication.findings import OWN
from assets.wording.small_counts import GUARDS, is_small, protected, protected_together
from benchmarking.working_days import bank_holidays
from tests.sql.register_world import World, register_models
from warehouse.queries import ask

SMALL = range(1, 5)
MODELS = register_models()
Row = dict[str, Any]
# one that allows for open cases, and the centre of a chart whose limits may have begun anew, are no share of a base
ESTIMATES = {"own_incidence", "own_chart_totals"}
# cases, and the seed they are drawn with: with few cases most counts are small
REGISTERS = [(150, 1), (400, 2), (900, 3), (2500, 4)]


@pytest.fixture(scope="module", params=REGISTERS, ids=str)
def register(request: pytest.FixtureRequest) -> pd.DataFrame:
    """A generated register, some of whose cases were withdrawn after their limit."""
    cases, seed = request.param
    return example_register(cases, seed=seed)


@pytest.fixture(scope="module")
def printed(register: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Row]]:
    """Every table of a council's own cases by its query, with what is hidden in each row."""
    world = World(tmp_path_factory.mktemp("printed"), MODELS)
    world.deliver(register)
    world.build()
    rows = protected_together({query: ask(world.connection, query, council=GSS_CODE) for query in OWN})
    for query, guard in GUARDED.items():
        rows[query] = protected(guard, ask(world.connection, query, council=GSS_CODE))
    rows["volumes"] = ask(world.connection, "volumes", council=GSS_CODE)
    return rows


def test_every_printed_share_is_its_count_of_its_printed_base(printed: dict[str, list[Row]]) -> None:
    checked = 0
    for query, rows in printed.items():
        guard = GUARDS.get(GUARDED.get(query, query))
        for share, part, base in guard.shares if guard else ():
            for row in rows:
                is_share = share != part and query not in ESTIMATES and row[base] is not None
                if is_share and row[share] is not None and not {share, part, base} & row["hidden"]:
                    assert row[share] == pytest.approx(100 * row[part] / row[base]), (query, row)
                    checked += 1
    assert checked


def test_printed_counts_of_stage_2_are_those_of_plain_pandas(
    register: pd.DataFrame, printed: dict[str, list[Row]]
) -> None:
    is_complaint = register["kind"].fillna("complaint") == "complaint"
    own = register[(register["procedure"] == "children_statutory") & (register["stage"] == "2") & is_complaint]
    holidays = bank_holidays()["date"].to_numpy().astype("datetime64[D]")
    requested = own["requested_date"].to_numpy().astype("datetime64[D]")
    # day 0 is the day of the request, or the last working day before it
    begun = np.busday_offset(requested, 0, roll="backward", holidays=holidays)
    due = np.busday_offset(begun, 65, holidays=holidays)
    is_withdrawn = own["closed_date"].notna() & own["outcome"].isin(["withdrawn", "transferred"])
    ended = own["adjudication_date"].fillna(own["response_sent_date"]).fillna(own["closed_date"])
    ended = ended.to_numpy().astype("datetime64[D]")
    closed = own["closed_date"].to_numpy().astype("datetime64[D]")
    checked = 0
    for row in printed["own_timeliness"]:
        if row["procedure"] != "children_statutory" or row["counted_on"] != "due" or "judged" in row["hidden"]:
            continue
        within = (due >= np.datetime64(row["period_start"])) & (due <= np.datetime64(row["period_end"]))
        judged = within & ~(is_withdrawn.to_numpy() & (closed <= due))
        in_time = judged & ~is_withdrawn.to_numpy() & (ended <= due)
        assert (row["judged"], row["in_time"]) == (judged.sum(), in_time.sum())
        checked += 1
    assert checked or len(own) < 60


def printed_counts(printed: dict[str, list[Row]]) -> Iterator[tuple[dict[tuple[Any, ...], int], float]]:
    """Each printed count of stages that fell due or came in: which months' counts it is the sum of, and the number."""
    clocks: dict[tuple[str, str], set[tuple[Any, ...]]] = {}
    by_twelve_months = [
        row for query in ("own_timeliness", "timeliness") for row in printed[query] if row["counted_on"] == "due"
    ]
    for row in by_twelve_months:
        clocks.setdefault((row["procedure"], row["stage"]), set()).add(clock(row))
    tables: list[tuple[list[Row], str, str]] = [
        (by_twelve_months, "judged", "in_time"),
        (printed["own_quarters"], "judged", "in_time"),
        ([row for row in printed["own_charts"] if row["measure"] == "due_in_time"], "of_cases", "cases"),
    ]
    for rows, whole, part in tables:
        for row in rows:
            of = (row["procedure"], row["stage"])
            end = row["period_end"] if "period_end" in row else row["month_start"]
            months = pd.date_range(row.get("period_start", row.get("month_start")), end, freq="MS")
            own = [clock(row)] if "clock_start" in row else sorted(clocks.get(of, {()}))
            for column, what in ((whole, "judged"), (part, "in_time")):
                if column not in row["hidden"] and row[column] is not None:
                    yield {(*of, each, month, what): 1 for each in own for month in months}, row[column]
    for row in printed["own_charts"]:
        if row["measure"] == "received" and "cases" not in row["hidden"]:
            month = pd.Timestamp(row["month_start"])
            yield {(row["procedure"], row["stage"], (), month, "received"): 1}, row["cases"]
    for row in printed["volumes"]:
        if not is_small(row["received"]):
            months = pd.date_range(row["period_start"], row["period_end"], freq="MS")
            yield (
                {(row["procedure"], row["stage"], (), month, "received"): 1 for month in months},
                row["received"],
            )


def clock(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("clock_start", "clock_end", "allowance"))


def given_away(known: list[tuple[dict[tuple[Any, ...], int], float]]) -> list[Any]:
    """The small counts of a month, quarter or year, in time, late or both, that are a sum of printed counts."""
    atoms = {atom: place for place, atom in enumerate(dict.fromkeys(atom for count, _ in known for atom in count))}
    matrix = np.zeros((len(known), len(atoms)))
    for line, (count, _) in enumerate(known):
        for atom, times in count.items():
            matrix[line, atoms[atom]] = times
    values = np.array([value for _, value in known], dtype=float)
    targets: dict[tuple[Any, ...], dict[tuple[Any, ...], int]] = {}
    for atom in atoms:
        *of, month, what = atom
        quarter = (month.year, month.quarter)
        for name in ((*of, month, what), (*of, quarter, what), (*of[:2], quarter, what)):
            targets.setdefault(name, {})[atom] = 1
    for count, _ in known:
        targets[tuple(sorted(count, key=str))] = count
    for name, wanted in list(targets.items()):
        late = {(*atom[:-1], "judged"): 1 for atom in wanted if atom[-1] == "in_time"}
        if late and late.keys() <= atoms.keys():
            targets["late", *name] = {**late, **dict.fromkeys(wanted, -1)}
    inverse = np.linalg.pinv(matrix.T, rcond=1e-10)
    found = []
    for name, wanted in targets.items():
        goal = np.zeros(len(atoms))
        for atom, times in wanted.items():
            goal[atoms[atom]] = times
        weights = inverse @ goal
        if np.allclose(matrix.T @ weights, goal, atol=1e-8) and round(weights @ values) in SMALL:
            found.append((name, round(weights @ values)))
    return found


def test_no_small_count_follows_from_the_printed_counts(printed: dict[str, list[Row]]) -> None:
    assert given_away(list(printed_counts(printed))) == []


def test_every_series_of_quarters_shows_something(printed: dict[str, list[Row]]) -> None:
    by_stage: dict[tuple[str, str], bool] = {}
    for row in printed["own_quarters"]:
        of = (row["procedure"], row["stage"])
        by_stage[of] = by_stage.get(of, False) or "judged" not in row["hidden"] or row["judged"] in SMALL
    assert by_stage and all(by_stage.values())


def test_a_small_count_that_printed_numbers_give_away_is_noticed() -> None:
    months = pd.date_range("2025-04-01", periods=3, freq="MS")
    each = [{("corporate", "2", (), month, "judged"): 1} for month in months]
    quarter = {atom: 1 for one in each for atom in one}
    assert given_away([(quarter, 20), (each[0], 9), (each[1], 8)]) == [(next(iter(each[2])), 3)]
