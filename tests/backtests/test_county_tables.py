"""What the real county tables say, as docs/worked-example.md tells it: the gate is shut, nobody is called different."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.benchmark.assets import RELATIONS, ranked
from assets.wording.words import measured
from benchmarking.settings import RankingSettings
from warehouse.contracts import read_contracts
from warehouse.names import Relation
from warehouse.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]
WORCESTERSHIRE, ESSEX = "E10000034", "E10000012"
COUNTIES = (
    "indicator = 'uphold_rate' and comparator_group = 'lgsco_type' and gss_code in"
    " (select gss_code from core.councils where lgsco_type = 'county')"
)

Connection = duckdb.DuckDBPyConnection
CONTRACTS = read_contracts(PROJECT / "expectations")


def doubles_of(relation: Relation) -> list[str]:
    """The columns of a relation that hold numbers which could be none."""
    return [name for name, column in CONTRACTS[relation].columns.items() if column.type == "DOUBLE"]


def rows(connection: Connection, relation: str, year: str, where: str = "true") -> list[dict[str, Any]]:
    """The county councils' rows of one relation and year."""
    table = connection.execute(
        f"select * from {relation} where {COUNTIES} and period_label = ? and {where}", [year]
    ).to_arrow_table()
    return table.to_pylist()


def test_in_2023_24_twelve_counties_have_a_figure_and_none_is_called_different(
    ranked_warehouse: Connection,
) -> None:
    verdicts = rows(ranked_warehouse, "marts.verdicts", "2023-24", "verdict is not null")
    assert len(verdicts) == 12
    assert {row["verdict"] for row in verdicts} == {"not unusual"}
    assert {row["peers_with_data"] for row in verdicts} == {11}


def test_worcestershire_in_2023_24_is_not_clearly_different(ranked_warehouse: Connection) -> None:
    (row,) = rows(ranked_warehouse, "marts.verdicts", "2023-24", f"gss_code = '{WORCESTERSHIRE}'")
    figure = ranked_warehouse.execute(
        "select numerator, denominator from marts.indicator_values"
        " where indicator = 'uphold_rate' and gss_code = ? and period_label = '2023-24'",
        [WORCESTERSHIRE],
    ).fetchone()
    assert figure == (23, 26)
    assert (row["verdict"], row["peers"], row["peers_with_data"]) == ("not unusual", 20, 11)
    assert (row["lower_cases"], row["upper_cases"], row["is_same_with_one_case_moved"]) == (18, 25, True)
    assert round(row["p_value"], 2) == 0.75
    # 504 of 587 on the pages of nine others, Nottinghamshire's own report and a newspaper on Lancashire
    assert row["pooled_value"] == pytest.approx(100 * (504 + 22 + 36) / (587 + 27 + 42))


def test_in_2023_24_the_differences_are_chance_so_no_county_is_ranked(ranked_warehouse: Connection) -> None:
    found = rows(ranked_warehouse, "marts.rankings", "2023-24", "gate is not null")
    assert {(row["gate"], row["rankability"], row["rank_reason"]) for row in found} == {
        ("none", 0.0, "differences mostly chance")
    }
    assert {(row["rank_lower"], row["rank_upper"], row["band"]) for row in found} == {(None, None, None)}
    assert sum(row["is_possible_best"] for row in found) == found[0]["possible_best_councils"] == 11


def test_no_story_of_worcestershire_hangs_on_a_denominator_by_more_than_chance(
    ranked_warehouse: Connection,
) -> None:
    (row,) = ranked_warehouse.execute(
        "select by_investigated, by_dealt_with, by_residents, has_flip from marts.denominator_ledger"
        " where gss_code = ? and period_label = '2023-24' and comparator_group = 'lgsco_type'",
        [WORCESTERSHIRE],
    ).fetchall()
    assert row == ("not told apart", None, "not told apart", False)


def test_in_2024_25_the_gate_clears_its_threshold_but_not_without_essex(ranked_warehouse: Connection) -> None:
    found = rows(ranked_warehouse, "marts.rankings", "2024-25", "gate is not null")
    assert len(found) == 15
    assert {(row["gate"], row["rank_reason"]) for row in found} == {("none", "differences rest on one council")}
    assert 0.5 < found[0]["rankability"] < 0.7 and found[0]["rankability_without_one"] < 0.5
    assert {row["rank_lower"] for row in found} == {None}


def test_in_2024_25_no_county_is_unusual_though_essex_could_not_be_best(
    ranked_warehouse: Connection,
) -> None:
    verdicts = rows(ranked_warehouse, "marts.verdicts", "2024-25", "verdict is not null")
    assert {row["verdict"] for row in verdicts} == {"not unusual"}
    rankings = rows(ranked_warehouse, "marts.rankings", "2024-25", "not is_possible_best")
    assert ESSEX in {row["gss_code"] for row in rankings}
    essex = next(row for row in verdicts if row["gss_code"] == ESSEX)
    assert (essex["called"], essex["direction"]) == ("Worse", "higher")


def test_worcestershire_in_2024_25_has_no_verdict_because_its_upheld_count_is_missing(
    ranked_warehouse: Connection,
) -> None:
    (row,) = rows(ranked_warehouse, "marts.verdicts", "2024-25", f"gss_code = '{WORCESTERSHIRE}'")
    assert (row["verdict"], row["reason"], row["peers_with_data"]) == (None, "missing", 15)


def test_peers_and_their_pooled_value_are_those_of_the_comparisons(ranked_warehouse: Connection) -> None:
    compared, differing = ranked_warehouse.execute(
        """
        select
            count(*),
            count(*) filter (
                verdicts.peers <> comparisons.comparators
                or verdicts.peers_with_data <> comparisons.comparators_with_data
                or abs(verdicts.pooled_value - comparisons.pooled_value) > 1e-9
                or (verdicts.pooled_value is null) <> (comparisons.pooled_value is null)
            )
        from marts.verdicts as verdicts
        inner join marts.comparisons as comparisons
            using (indicator, gss_code, period_start, period_end, comparator_group)
        """
    ).fetchall()[0]
    assert compared > 3_000 and differing == 0


def test_every_value_and_interval_is_that_of_the_indicator_values(ranked_warehouse: Connection) -> None:
    compared, differing = ranked_warehouse.execute(
        """
        select
            count(rates.value),
            count(*) filter (
                (rates.value is null) <> (figures.value is null)
                or abs(rates.value - figures.value) > 1e-9
                or abs(rates.lower - figures.lower_95) > 1e-9
                or abs(rates.upper - figures.upper_95) > 1e-9
            )
        from marts.council_rates as rates
        inner join marts.indicator_values as figures using (indicator, gss_code, period_start, period_end)
        """
    ).fetchall()[0]
    assert compared > 600 and differing == 0


def test_no_council_is_ranked_in_a_year_after_its_end(ranked_warehouse: Connection) -> None:
    ended = ranked_warehouse.execute(
        "select count(*) from marts.verdicts inner join core.councils using (gss_code)"
        " where valid_to < period_end or valid_from > period_start"
    ).fetchall()
    held = ranked_warehouse.execute(
        "select count(*) from marts.indicator_values where is_after_abolition and value is not null"
    ).fetchall()
    assert ended == [(0,)] and held[0][0] > 0


@pytest.mark.parametrize("relation", [name for name in RELATIONS if doubles_of(name)], ids=str)
def test_no_published_number_is_none(relation: Relation, ranked_warehouse: Connection) -> None:
    doubles = doubles_of(relation)
    not_finite = " + ".join(f"count(*) filter (not isfinite({name}))" for name in doubles)
    assert ranked_warehouse.execute(f"select {not_finite} from {relation}").fetchall() == [(0,)]


def test_a_rerun_gives_the_same_bytes(ranked_warehouse: Connection) -> None:
    again = ranked(ranked_warehouse, CONTRACTS, RankingSettings())
    for name, table in again.items():
        stored = ranked_warehouse.execute(f"select * from {name}").to_arrow_table()
        assert table.cast(stored.schema).equals(stored), name
    assert sum(table.num_rows for table in again.values()) > 10_000


def test_the_worked_example_tells_these_figures(ranked_warehouse: Connection) -> None:
    text = " ".join((PROJECT / "docs" / "worked-example.md").read_text(encoding="utf-8").split())
    counties = {
        year: ranked_warehouse.execute(
            "select nice_name, numerator || ' of ' || denominator, value"
            " from marts.council_rates as rates inner join core.councils using (gss_code)"
            " inner join marts.indicator_values as figures using (indicator, gss_code, period_start, period_end, value)"
            " where indicator = 'uphold_rate' and lgsco_type = 'county' and rates.period_label = ? order by value",
            [year],
        ).fetchall()
        for year in ("2023-24", "2024-25")
    }
    for name, cases, value in counties["2023-24"]:
        assert f"| {name} | {cases} | {measured(value, 'percent')} |" in text
    (low, of_low, least), *_, (high, of_high, _) = counties["2024-25"]
    assert f"from {low} ({of_low}, {measured(least, 'percent')}) to {high} ({of_high})" in text
    (best,) = rows(ranked_warehouse, "marts.best_performers", "2023-24", f"gss_code = '{WORCESTERSHIRE}'")
    assert f"benchmark is {best['benchmark']:.1f}%" in text
    assert not best["is_gap_clear"] and "level with it: any gap could be chance" in text


def test_the_settings_are_those_of_an_untouched_installation(ranked_settings: Settings) -> None:
    assert ranked_settings.ranking == RankingSettings()
