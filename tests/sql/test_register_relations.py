"""Every relation of the register has what its contract says, with a register and without."""

from pathlib import Path

import pandas as pd
import pytest

from assets.council.contract import read_contract
from assets.example.cases import GSS_CODE, example_compliments, example_register, example_resources
from tests.relations import held
from tests.sql.harness import PROJECT, contract_of
from tests.sql.register_world import World, register_models
from warehouse.models import Model

MODELS = register_models()


def world(folder: Path, models: list[Model], *, is_loaded: bool) -> World:
    made = World(folder, models)
    if is_loaded:
        made.deliver(example_register(1500))
        made.deliver(example_resources(), "resources")
        made.deliver(example_compliments(), "compliments")
        made.deliver(
            """procedure,stage,indicator,period_start,period_end,limit_working_days,value,denominator,source
            children_statutory,2,pct_closed_in_time,2020-04-01,2020-09-30,65,25,,panel minutes
            corporate,2,closed_in_time,2020-04-01,2020-06-30,25,7,12,panel minutes
            corporate,1,received,2020-04-01,2020-06-30,,140,,panel minutes""",
            "quarterly_indicators",
        )
        made.deliver(
            """gss_code,procedure,stage,period_start,period_end,limit_working_days,fell_due,completed_in_time,still_open,answered_date,definitions_followed
            E10000016,children_statutory,2,2025-04-01,2026-03-31,65,20,8,3,2026-06-01,yes
            E10000019,children_statutory,2,2025-04-01,2026-03-31,65,4,2,0,2026-06-01,no""",
            "peer_return",
        )
    made.build()
    return made


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world(tmp_path_factory.mktemp("loaded"), MODELS, is_loaded=True)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world(tmp_path_factory.mktemp("empty"), MODELS, is_loaded=False)


def test_every_relation_has_the_columns_and_types_of_its_contract(loaded: World, empty: World) -> None:
    for made in (loaded, empty):
        for relation in held(made.connection):
            described = {name: column.duckdb_type for name, column in contract_of(relation).columns.items()}
            table = made.connection.sql(f"from {relation}")
            found = dict(zip(table.columns, map(str, table.types), strict=True))
            assert list(found.items()) == list(described.items()), relation


def test_the_same_relations_are_there_without_a_register(loaded: World, empty: World) -> None:
    assert held(empty.connection) == held(loaded.connection)
    assert len(held(empty.connection)) >= 45
    assert empty.rows("marts.stage_timeliness").empty


def test_every_relation_keeps_its_key_its_required_columns_and_its_codes(loaded: World) -> None:
    for relation in held(loaded.connection):
        contract = contract_of(relation)
        frame = loaded.rows(relation)
        if contract.key:
            assert not frame.duplicated(contract.key).any(), relation
        for name, column in contract.columns.items():
            if not column.nullable:
                assert frame[name].notna().all(), (relation, name)
            if column.allowed is not None:
                assert set(frame[name].dropna()) <= set(column.allowed), (relation, name)
        assert len(frame) >= contract.at_least, relation


def test_every_relation_of_the_example_has_rows(loaded: World) -> None:
    without = {relation for relation in held(loaded.connection) if loaded.rows(relation).empty}
    assert without <= {"raw.register_problems", "staging.register_problems"}


def test_no_rule_about_every_row_is_broken(loaded: World) -> None:
    checks = loaded.rows("core.case_checks")
    assert (checks["rows_broken"] == 0).all()
    assert (checks["rows_checked"] > 0).all()


# One that has a clock: references are hashed with a salt drawn anew in every run, so which is the first is not fixed.
A_CASE = "case_reference = (select min(case_reference) from core.case_results)"


@pytest.mark.parametrize(
    ("rule", "damage"),
    [
        (
            "a requested day has a working-day number",
            f"update core.case_stages set requested_date = date '1801-01-01' where {A_CASE}",
        ),
        (
            "one clock of each complaint is the declared one",
            "update core.case_results set is_declared = true",
        ),
    ],
)
def test_a_rule_about_every_row_notices_a_row_that_breaks_it(loaded: World, rule: str, damage: str) -> None:
    select = next(model.select for model in MODELS if str(model.relation) == "core.case_checks")
    loaded.connection.begin()
    try:
        loaded.connection.execute(damage)
        broken = loaded.connection.execute(f"select rule from ({select}) where rows_broken > 0").fetchall()
    finally:
        loaded.connection.rollback()
    assert broken == [(rule,)]


def test_every_rule_about_every_row_has_a_case_that_breaks_it(loaded: World) -> None:
    marks = test_a_rule_about_every_row_notices_a_row_that_breaks_it.pytestmark  # type: ignore[attr-defined]
    assert sorted(loaded.rows("core.case_checks")["rule"]) == sorted(rule for rule, _ in marks[0].args[1])


def test_no_published_share_of_ours_stands_on_fewer_than_five(loaded: World) -> None:
    timeliness = loaded.rows("marts.stage_timeliness")
    few = timeliness[timeliness["case_stages"] < 5]
    assert len(few) > 100
    assert few["in_time_pct"].isna().all() and few["reason"].notna().all()


def test_a_figure_printed_in_minutes_stands_as_printed_with_its_source(loaded: World) -> None:
    row = loaded.row("marts.stage_timeliness", source="panel minutes", procedure="children_statutory")
    assert (row["period_kind"], row["period_label"], row["in_time_pct_as_printed"]) == (
        "half_year",
        "April to September 2020",
        25,
    )
    assert row["reason"] == "only the percentage is reported"


def test_a_reported_count_gives_a_share_of_ours(loaded: World) -> None:
    row = loaded.row("marts.stage_timeliness", source="panel minutes", procedure="corporate")
    assert (row["in_time"], row["case_stages"], round(row["in_time_pct"], 1)) == (7, 12, 58.3)


def test_a_reported_volume_stands_beside_the_registers(loaded: World) -> None:
    assert loaded.row("marts.stage_volumes", source="panel minutes")["received"] == 140


def test_a_peer_return_has_grade_a_only_on_the_fixed_definitions(loaded: World) -> None:
    followed = loaded.row("marts.peer_timeliness", gss_code="E10000016")
    other = loaded.row("marts.peer_timeliness", gss_code="E10000019")
    assert (followed["comparability_grade"], followed["in_time_pct"]) == ("A", 40)
    assert other["comparability_grade"] == "C"
    assert other["in_time_pct"] != other["in_time_pct"]


HEADING = "procedure,stage,indicator,period_start,period_end,limit_working_days,value,denominator,source"


def reported(folder: Path, rows: str) -> World:
    """What a council without a register reports by quarter."""
    made = World(folder, MODELS)
    made.deliver(f"{HEADING}\n{rows}", "quarterly_indicators")
    made.build()
    return made


FOUR_QUARTERS = """children_statutory,2,due_in_time,2025-04-01,2025-06-30,65,2,8,paper
    children_statutory,2,due_in_time,2025-07-01,2025-09-30,65,3,9,paper
    children_statutory,2,due_in_time,2025-10-01,2025-12-31,65,3,7,paper
    children_statutory,2,due_in_time,2026-01-01,2026-03-31,65,4,10,paper
    corporate,1,received,2025-04-01,2025-06-30,,90,,paper
    corporate,1,received,2025-07-01,2025-09-30,,95,,paper
    corporate,1,received,2025-10-01,2025-12-31,,85,,paper
    corporate,1,received,2026-01-01,2026-03-31,,80,,paper"""


def test_four_reported_quarters_make_twelve_months(tmp_path: Path) -> None:
    made = reported(tmp_path, FOUR_QUARTERS)
    year = made.row("marts.stage_timeliness", period_kind="rolling_12_months")
    assert (year["period_label"], year["in_time"], year["case_stages"]) == (
        "12 months to March 2026",
        12,
        34,
    )
    assert round(year["in_time_pct"], 1) == 35.3
    assert made.row("marts.stage_volumes", period_kind="rolling_12_months")["received"] == 350


@pytest.mark.parametrize(
    ("was", "written"),
    [
        ("2025-12-31,65,3,7", "2025-12-31,60,3,7"),
        ("2025-12-31,65,3,7", "2025-12-31,65,3,"),
        ("2025-10-01,2025-12-31,65", "2024-10-01,2024-12-31,65"),
    ],
)
def test_a_gap_another_limit_or_a_missing_number_of_cases_makes_no_twelve_months(
    tmp_path: Path, was: str, written: str
) -> None:
    assert was in FOUR_QUARTERS
    made = reported(tmp_path, FOUR_QUARTERS.replace(was, written))
    assert made.rows("marts.stage_timeliness", period_kind="rolling_12_months").empty


def test_reported_quarters_make_no_year_beside_a_register(tmp_path: Path) -> None:
    made = World(tmp_path, MODELS)
    made.deliver(example_register(400))
    made.deliver(f"{HEADING}\n{FOUR_QUARTERS}", "quarterly_indicators")
    made.build()
    for relation in ("marts.stage_timeliness", "marts.stage_volumes"):
        assert made.rows(relation, period_kind="rolling_12_months", source="paper").empty
        assert len(made.rows(relation, source="paper")) == 4


def own_timeliness(made: World) -> pd.DataFrame:
    """What the site asks of Stage 2."""
    query = (PROJECT / "sql/asked/own_timeliness.sql").read_text(encoding="utf-8")
    return made.connection.execute(query, {"council": GSS_CODE}).df()


def test_a_year_that_a_register_knows_is_the_registers_in_the_sentence_and_in_the_table(
    tmp_path: Path,
) -> None:
    """Of the years that were reported, the register knows that to 31 March 2026 and not that to 31 March 2020."""
    made = World(tmp_path, MODELS)
    made.deliver(example_register(3000))
    years = "".join(
        f"children_statutory,2,due_in_time,{year}-04-01,{year + 1}-03-31,65,{value},40,annual report\n"
        for year, value in ((2019, 30), (2025, 20))
    )
    made.deliver(f"{HEADING}\n{years}", "quarterly_indicators")
    made.build()
    found = own_timeliness(made)
    childrens = found[(found["procedure"] == "children_statutory") & (found["counted_on"] == "due")]
    own = childrens[childrens["source"] == "case register"]
    assert len(own) >= 2 and len(set(own["period_end"].dt.month)) == 1
    assert childrens[childrens["source"] != "case register"]["period_end"].tolist() == [pd.Timestamp(2020, 3, 31)]
    assert not childrens.duplicated(["period_end", "limit_working_days"]).any()


def test_a_reported_year_stands_where_the_register_does_not_reach(tmp_path: Path) -> None:
    made = reported(tmp_path, "children_statutory,2,due_in_time,2025-04-01,2026-03-31,65,20,40,annual report")
    (row,) = own_timeliness(made).to_dict("records")
    assert (row["source"], row["in_time"], row["judged"]) == ("annual report", 20, 40)


def test_the_codes_of_cases_are_those_of_the_register_contract() -> None:
    """Else a code that the intake takes would stop the refresh."""
    columns = contract_of("core.case_stages").columns
    register = read_contract()["case_stages"]
    codes = [name for name, column in columns.items() if column.type == "ENUM"]
    assert len(codes) >= 5
    for name in codes:
        assert not register.column(name).open
        assert sorted(columns[name].allowed or []) == sorted(register.column(name).allowed), name
