"""The measures of the seeded register against the same measures computed from its rows in pandas, another way."""

import numpy as np
import pandas as pd
import pytest
from lifelines import AalenJohansenFitter

from assets.council.measures import stage_capacity, stage_control_charts
from assets.example.cases import AS_AT, example_register, example_resources
from benchmarking.working_days import bank_holidays
from tests.sql.harness import result
from tests.sql.register_world import World, register_models

HOLIDAYS = bank_holidays()["date"].to_numpy("datetime64[D]")
LIMIT = 65
PERIOD = {"period_kind": "financial_year", "period_label": "2024-25"}
FROM, TO = pd.Timestamp("2024-04-01"), pd.Timestamp("2025-03-31")
DECLARED = {"procedure": "children_statutory", "stage": "2", "is_declared": True}


def working_days(start: pd.Series, end: pd.Series) -> pd.Series:
    known = start.notna() & end.notna()
    days = np.busday_count(
        start[known].to_numpy("datetime64[D]") + 1,
        end[known].to_numpy("datetime64[D]") + 1,
        holidays=HOLIDAYS,
    )
    return pd.Series(days, index=start.index[known]).reindex(start.index)


@pytest.fixture(scope="module")
def register() -> pd.DataFrame:
    return example_register()


@pytest.fixture(scope="module")
def world(register: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(tmp_path_factory.mktemp("measures"), register_models())
    made.deliver(register)
    made.deliver(example_resources(), "resources")
    made.build()
    return made


@pytest.fixture(scope="module")
def second(register: pd.DataFrame) -> pd.DataFrame:
    """The statutory children's Stage 2 complaints with their days, request to adjudication."""
    cases = register[(register["procedure"] == "children_statutory") & (register["stage"] == "2")].copy()
    cases = cases[cases["kind"] == "complaint"].reset_index(drop=True)
    cases["is_withdrawn"] = cases["outcome"] == "withdrawn"
    ended = cases["adjudication_date"].fillna(cases["response_sent_date"]).fillna(cases["closed_date"])
    cases["completed"] = ended.where(~cases["is_withdrawn"])
    cases["due"] = np.busday_offset(
        cases["requested_date"].to_numpy("datetime64[D]"), LIMIT, roll="backward", holidays=HOLIDAYS
    )
    cases["days"] = working_days(cases["requested_date"], cases["completed"])
    return cases


def test_the_due_date_cohort_equals_pandas(world: World, second: pd.DataFrame) -> None:
    due = second[second["due"].between(FROM, TO)]
    apart = due["is_withdrawn"] & (due["closed_date"] <= due["due"])
    row = world.row("marts.stage_timeliness", **DECLARED, **PERIOD, service="all", counted_on="due")
    assert row["case_stages"] == (~apart).sum()
    assert row["in_time"] == (due["completed"] <= due["due"]).sum()
    assert row["withdrawn"] == apart.sum()
    assert row["in_time_pct"] == pytest.approx(100 * row["in_time"] / row["case_stages"])


def test_of_closed_equals_pandas_with_its_median_and_ninth_tenth(world: World, second: pd.DataFrame) -> None:
    closed = second[second["completed"].between(FROM, TO)]
    row = world.row("marts.stage_timeliness", **DECLARED, **PERIOD, service="all", counted_on="closed")
    assert (row["case_stages"], row["in_time"]) == (len(closed), (closed["days"] <= LIMIT).sum())
    assert row["median_working_days"] == closed["days"].median()
    assert row["p90_working_days"] == pytest.approx(closed["days"].quantile(0.9))


@pytest.mark.parametrize("service", ["highways", "all"])
def test_every_year_of_corporate_stage_1_equals_pandas(world: World, register: pd.DataFrame, service: str) -> None:
    cases = register[
        (register["procedure"] == "corporate") & (register["stage"] == "1") & (register["kind"] == "complaint")
    ]
    cases = cases[(cases["service"] == service) | (service == "all")]
    cases = cases[cases["outcome"] != "withdrawn"]
    ended = cases["response_sent_date"].fillna(cases["closed_date"])
    days = working_days(cases["acknowledged_date"], ended).dropna()
    year = (ended - pd.DateOffset(months=3)).dt.year.reindex(days.index)
    expected = days.groupby(year).agg(
        ["size", "median", lambda each: each.quantile(0.9), lambda each: (each <= 10).sum()]
    )
    found = world.rows(
        "marts.stage_timeliness", procedure="corporate", stage="1", service=service, counted_on="closed",
        clock_start="acknowledgement", is_declared=True, period_kind="financial_year",
    ).sort_values("period_start")  # fmt: skip
    columns = ["case_stages", "median_working_days", "p90_working_days", "in_time"]
    assert len(found) == len(expected) >= 6
    assert np.allclose(found[columns].to_numpy(float), expected.to_numpy(float))


def test_the_incidence_equals_lifelines(world: World, second: pd.DataFrame) -> None:
    got = second[second["requested_date"].between(FROM, TO)]
    ended = got["completed"].fillna(got["closed_date"].where(got["is_withdrawn"])).fillna(pd.Timestamp(AS_AT))
    days = working_days(got["requested_date"], ended).to_numpy(float)
    event = np.select([got["is_withdrawn"], got["completed"].notna()], [2, 1], default=0)
    # a hundred-thousandth of a day keeps the order of whole days and frees lifelines of ties
    untied = days + np.arange(len(days)) * 1e-5
    fitter = AalenJohansenFitter().fit(untied, event, event_of_interest=1)
    row = world.row("marts.stage_incidence", **DECLARED, **PERIOD)
    theirs = float(fitter.cumulative_density_.loc[: LIMIT + 0.5].iloc[-1, 0])
    assert row["case_stages"] == len(got)
    assert row["completed_by_limit_pct"] == pytest.approx(100 * theirs, abs=1e-9)


def test_the_escalation_cohort_equals_pandas(world: World, register: pd.DataFrame) -> None:
    complaints = register[(register["kind"] == "complaint") & (register["procedure"] == "corporate")]
    first, then = complaints[complaints["stage"] == "1"], complaints[complaints["stage"] == "2"]
    cohort = first[first["closed_date"].between(FROM, TO)]
    row = world.row("marts.escalation", procedure="corporate", service="all", **PERIOD)
    assert (row["closed"], row["escalated"]) == (
        len(cohort),
        cohort["case_reference"].isin(then["case_reference"]).sum(),
    )


def test_step_times_equal_pandas(world: World, second: pd.DataFrame) -> None:
    steps = world.rows("marts.stage_step_times", procedure="children_statutory", stage="2", timeliness="all")
    for number, begin, end in [
        (1, "requested_date", "statement_agreed_date"),
        (4, "file_access_date", "first_interview_date"),
        (7, "interview_notes_date", "report_received_date"),
        (8, "report_received_date", "adjudication_date"),
    ]:
        counted = second[second["report_received_date"].notna() | second["investigator_appointed_date"].notna()]
        days = working_days(counted[begin], counted[end])
        row = steps[steps["step_number"] == number].iloc[0]
        assert (row["stages"], row["timed"]) == (len(counted), days.notna().sum())
        assert row["median_working_days"] == days.median()
        assert row["total_working_days"] == days.sum()


def test_leaving_out_the_longest_cases_equals_pandas(world: World, second: pd.DataFrame) -> None:
    due = second[second["due"].between(FROM, TO) & (second["due"] < pd.Timestamp(AS_AT))]
    due = due[~(due["is_withdrawn"] & (due["closed_date"] <= due["due"]))]
    ended = due["completed"].fillna(due["closed_date"].where(due["is_withdrawn"])).fillna(pd.Timestamp(AS_AT))
    days = working_days(due["requested_date"], ended)
    in_time = (due["completed"] <= due["due"])[days.sort_values().index]
    for left_out in range(4):
        row = world.row("marts.leave_out", **DECLARED, **PERIOD, left_out=left_out)
        kept = in_time.iloc[: len(in_time) - left_out]
        assert (row["case_stages"], row["in_time"]) == (len(kept), kept.sum())


def test_volumes_and_what_was_open_at_the_end_equal_pandas(world: World, register: pd.DataFrame) -> None:
    cases = register[
        (register["procedure"] == "corporate") & (register["stage"] == "1") & (register["kind"] == "complaint")
    ]
    row = world.row("marts.stage_volumes", procedure="corporate", stage="1", service="all", kind="complaint", **PERIOD)
    assert row["received"] == cases["requested_date"].between(FROM, TO).sum()
    assert row["closed"] == cases["closed_date"].between(FROM, TO).sum()


def test_open_cases_by_age_add_up_to_those_without_an_end(world: World, second: pd.DataFrame) -> None:
    rows = world.rows("marts.open_cases", procedure="children_statutory", stage="2", service="all")
    ended = second["completed"].fillna(second["closed_date"])
    assert rows["open_stages"].sum() == ended.isna().sum()
    assert rows["overdue"].sum() == (ended.isna() & (second["due"] < pd.Timestamp(AS_AT))).sum()


@pytest.mark.parametrize("service", ["all", "highways"])
def test_outcomes_are_those_of_what_was_closed(world: World, register: pd.DataFrame, service: str) -> None:
    row = world.row("marts.services", service=service, **PERIOD)
    cases = register[register["stage"].isin(["1", "single"]) & (register["kind"] == "complaint")]
    cases = cases[cases["service"] == service] if service != "all" else cases
    closed = cases[cases["closed_date"].between(FROM, TO)]["outcome"].value_counts()
    assert (row["upheld"], row["not_upheld"]) == (
        closed.get("upheld", 0) + closed.get("partly_upheld", 0),
        closed["not_upheld"],
    )


def test_requests_for_service_are_split_from_complaints(world: World, register: pd.DataFrame) -> None:
    row = world.row("marts.services", service="highways", **PERIOD)
    cases = register[(register["service"] == "highways") & register["stage"].isin(["1", "single"])]
    kinds = cases[cases["requested_date"].between(FROM, TO)]["kind"].value_counts()
    assert (row["complaints"], row["requests_for_service"]) == (
        kinds["complaint"],
        kinds["request_for_service"],
    )


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["complaint"], (1, None, None)),
        (["complaint", "request_for_service"], (1, 1, None)),
        (["complaint", "compliment"], (1, None, 1)),
    ],
)
def test_what_a_register_never_counts_is_not_known_and_not_0(
    kinds: list[str], expected: tuple[int | None, ...]
) -> None:
    year = {"period_kind": "year", "period_start": FROM, "period_end": TO, "period_label": "2024-25"}
    service = {"gss_code": "X99999901", "service": "waste", "stage": "1", "source": "case register"}
    rows = [{**year, **service, "kind": kind, "received": 1} for kind in kinds]
    [row] = result("marts.services", {"marts.stage_volumes": rows, "core.case_stages": [], "core.case_periods": []})
    assert (row["complaints"], row["requests_for_service"], row["compliments"]) == expected


def test_partner_waits_equal_pandas(world: World, second: pd.DataFrame) -> None:
    asked = second[second["partner"] == "health"]
    row = world.row("marts.partner_waits", partner="health", stage="2")
    days = working_days(asked["information_requested_date"], asked["information_received_date"])
    assert (row["requests"], row["answered"]) == (len(asked), days.notna().sum())
    assert row["median_working_days"] == days.median()


def test_control_charts_mark_trial_limits_and_leave_out_the_running_month(world: World) -> None:
    points = world.rows("marts.stage_control_charts", procedure="corporate", stage="1", measure="received")
    assert len(points) >= 70
    assert not points["is_trial"].any()
    assert points["value"].mean() == pytest.approx(points["centre"].iloc[0])


def test_a_control_chart_begins_anew_at_a_registered_event_and_nowhere_else(world: World) -> None:
    points = world.rows("marts.stage_control_charts", procedure="corporate", stage="1").sort_values("month_start")
    due = points[points["measure"] == "due_in_time"]
    anew = due[due["rebased_because"].notna()]
    assert [f"{month:%Y-%m}" for month in anew["month_start"]] == ["2026-04"]
    for is_after in (False, True):
        part = due[(due["month_start"] >= "2026-04-01") == is_after]
        assert part["centre"].nunique() == 1
        assert part["centre"].iloc[0] == pytest.approx(100 * part["cases"].sum() / part["of_cases"].sum())
        assert part["is_trial"].all() == is_after
    received = points[points["measure"] == "received"]
    assert received["rebased_because"].isna().all() and received["centre"].nunique() == 1


def test_an_event_of_the_last_month_waits_for_a_second_one() -> None:
    months = pd.DataFrame(
        {
            "gss_code": "X99999999",
            "procedure": "corporate",
            "stage": "1",
            "measure": "received",
            "month_start": pd.date_range("2026-01-01", periods=4, freq="MS"),
            "cases": [1, 2, 3, 9],
            "of_cases": None,
            "rebased_because": [None, None, None, "Something changed"],
            "as_at": pd.Timestamp("2026-04-30"),
        }
    )
    waiting = stage_control_charts(months)
    assert waiting["rebased_because"].isna().all() and waiting["centre"].nunique() == 1
    months["rebased_because"] = [None, None, "Something changed", None]
    assert stage_control_charts(months)["centre"].tolist() == [1.5, 1.5, 6.0, 6.0]


def test_capacity_is_simulated_for_each_change_in_each_role(world: World) -> None:
    rows = world.rows("marts.stage_capacity")
    assert sorted(rows["change"]) == sorted([*range(-1, 6)] * 2)
    assert rows["reason"].isna().all()
    assert rows["share_in_time_pct"].between(0, 100).all()


def test_capacity_does_not_hang_on_how_the_cases_are_numbered(world: World) -> None:
    workload, resources = world.rows("core.case_workload"), world.rows("staging.register_resources")
    shuffled = workload.sample(frac=1, random_state=1).reset_index(drop=True)
    assert not shuffled["case_reference"].equals(workload["case_reference"])
    first, second = (stage_capacity(cases, resources, draws=50) for cases in (workload, shuffled))
    pd.testing.assert_frame_equal(first, second)


def test_capacity_without_resources_says_why_it_cannot_be_simulated(
    register: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = World(tmp_path_factory.mktemp("none"), register_models())
    made.deliver(register.head(1500))
    made.build()
    row = made.row("marts.stage_capacity")
    assert row["role"] == "none" and "do not say how many investigators" in row["reason"]
