"""Our output equals what was printed: every printed figure that can be worked out again, on the real data."""

import csv
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

DATA = Path(__file__).resolve().parents[2] / "data"

Figure = tuple[str, str, str]  # council's page name, first day of the year, measure

# real pages whose printed rate is not what their own counts give; both are published
KNOWN_EXCEPTIONS: dict[Figure, tuple[int, int]] = {
    ("london-borough-of-hounslow", "2023-04-01", "uphold_rate_pct"): (93, 92),
    ("cumbria-county-council", "2023-04-01", "uphold_rate_pct"): (91, 90),
}
COMPARED = {
    "uphold_rate_pct": 131,
    "satisfactory_remedy_rate_pct": 72,
    "dealt_with": 83,
    "upheld_per_100k": 123,
}


class Comparison(NamedTuple):
    printed: Decimal
    recomputed: Decimal


def pages() -> list[dict[str, str]]:
    with (DATA / "ombudsman" / "statistics_pages.csv").open(encoding="utf-8", newline="") as lines:
        # the Ombudsman drops "and" from page names
        return [
            row | {"slug": row["slug"].replace("reigate-banstead", "reigate-and-banstead")}
            for row in csv.DictReader(lines)
        ]


def populations(series: str) -> dict[tuple[str, int], int]:
    """Residents by page name and year, in the series that `series` marks, straight from the files."""
    with (DATA / "reference" / "gss_codes.csv").open(encoding="utf-8", newline="") as lines:
        slugs = {row["gss_code"]: row["council_id"] for row in csv.DictReader(lines)}
    with (DATA / "reference" / "populations.csv").open(encoding="utf-8", newline="") as lines:
        return {
            (slugs[row["gss_code"]], int(row["year"])): int(row["population"])
            for row in csv.DictReader(lines)
            if row[series] == "1" and row["gss_code"] in slugs
        }


def half_up(value: Decimal, step: str) -> Decimal:
    return value.quantize(Decimal(step), rounding=ROUND_HALF_UP)


def worked_out(series: str = "first_release") -> dict[Figure, Comparison]:
    """Every printed figure beside what its own counts give, in decimal arithmetic that shares nothing with the SQL."""
    residents = populations(series)
    found: dict[Figure, Comparison] = {}
    for page in pages():
        number = {name: Decimal(text) for name, text in page.items() if text.replace(".", "", 1).isdigit()}
        shares = {
            "uphold_rate_pct": ("upheld", "investigated"),
            "satisfactory_remedy_rate_pct": ("satisfactory_remedies", "satisfactory_remedy_upheld_base"),
        }
        results: dict[str, Decimal] = {}
        for measure, (part, whole) in shares.items():
            if part in number and number.get(whole):
                results[measure] = half_up(100 * number[part] / number[whole], "1")
        parts = ("not_for_us", "assessed_and_closed", "investigated")
        if all(part in number for part in parts):
            results["dealt_with"] = sum((number[part] for part in parts), Decimal(0))
        people = residents.get((page["slug"], int(page["period_start"][:4]) - 1))
        if people and "upheld" in number:
            results["upheld_per_100k"] = half_up(100_000 * number["upheld"] / people, "0.1")
        for measure, recomputed in results.items():
            if measure in number:
                figure = (page["slug"], page["period_start"], measure)
                found[figure] = Comparison(number[measure], recomputed)
    return found


def by_measure(figures: dict[Figure, Comparison]) -> Counter[str]:
    return Counter(measure for _, _, measure in figures)


def recomputed_in_sql(warehouse: duckdb.DuckDBPyConnection) -> dict[Figure, Comparison]:
    rows = warehouse.execute(
        "select councils.council_slug, strftime(figures.period_start, '%Y-%m-%d'), figures.measure, figures.printed,"
        " figures.recomputed from quality.recomputed_figures as figures"
        " join core.councils as councils on figures.gss_code = councils.gss_code"
        " where figures.witness_kind = 'statistics page'"
    ).fetchall()
    return {
        (slug, start, measure): Comparison(Decimal(repr(printed)), Decimal(repr(recomputed)))
        for slug, start, measure, printed, recomputed in rows
    }


@pytest.fixture(scope="module")
def in_python() -> dict[Figure, Comparison]:
    return worked_out()


@pytest.fixture(scope="module")
def in_sql(shipped_warehouse: duckdb.DuckDBPyConnection) -> dict[Figure, Comparison]:
    return recomputed_in_sql(shipped_warehouse)


def test_409_printed_figures_are_worked_out_again(in_sql: dict[Figure, Comparison]) -> None:
    assert by_measure(in_sql) == COMPARED
    assert len(in_sql) == 409


def test_every_printed_figure_is_what_its_own_counts_give_but_for_the_known_exceptions(
    in_sql: dict[Figure, Comparison],
) -> None:
    differing = {figure: both for figure, both in in_sql.items() if both.printed != both.recomputed}
    assert differing == KNOWN_EXCEPTIONS


def test_decimal_arithmetic_on_the_files_finds_the_same_printed_figures(
    in_python: dict[Figure, Comparison],
) -> None:
    differing = {figure: both for figure, both in in_python.items() if both.printed != both.recomputed}
    assert by_measure(in_python) == COMPARED
    assert differing == KNOWN_EXCEPTIONS


def test_the_sql_and_the_decimal_arithmetic_agree_figure_by_figure(
    in_sql: dict[Figure, Comparison], in_python: dict[Figure, Comparison]
) -> None:
    assert in_sql == in_python


def test_the_rebased_populations_would_break_26_printed_rates_per_head(
    in_python: dict[Figure, Comparison],
) -> None:
    rebased = worked_out("preferred")
    compared = {figure for figure in in_python if figure[2] == "upheld_per_100k"}
    broken = [figure for figure in compared if rebased[figure].printed != rebased[figure].recomputed]
    assert len(broken) == 26


def test_rounding_halves_to_even_would_break_printed_rates() -> None:
    halves = [
        (page["slug"], page["period_start"])
        for page in pages()
        if page["upheld"] and page["uphold_rate_pct"] and int(page["investigated"] or 0)
        if round(100 * int(page["upheld"]) / int(page["investigated"])) != int(page["uphold_rate_pct"])
        if (page["slug"], page["period_start"], "uphold_rate_pct") not in KNOWN_EXCEPTIONS
    ]
    assert halves


@pytest.mark.parametrize(
    ("indicator", "numerator", "denominator", "value", "lower", "upper", "printed"),
    [
        ("uphold_rate", 23, 26, 88.5, 71.0, 96.0, "88"),
        ("upheld_per_100k", 23, 609_216, 3.8, 2.4, 5.7, "3.8"),
        ("compliance_rate", 18, 18, 100.0, 82.4, 100.0, "100"),
        ("satisfactory_remedy_rate", 3, 23, 13.0, 4.5, 32.1, "13"),
    ],
)
def test_worcestershires_figures_of_2023_24_are_the_known_ones(
    shipped_warehouse: duckdb.DuckDBPyConnection,
    indicator: str,
    numerator: int,
    denominator: int,
    value: float,
    lower: float,
    upper: float,
    printed: str,
) -> None:
    row = shipped_warehouse.execute(
        "select numerator, denominator, round(value, 1), round(lower_95, 1), round(upper_95, 1), printed_text"
        " from marts.indicator_values where indicator = ? and gss_code = 'E10000034' and period_label = '2023-24'",
        [indicator],
    ).fetchone()
    assert row == (numerator, denominator, value, lower, upper, printed)


def test_worcestershire_had_33_investigations_in_2024_25_and_no_count_of_those_upheld(
    shipped_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    row = shipped_warehouse.execute(
        "select numerator, denominator, value, missing_reason from marts.indicator_values"
        " where indicator = 'uphold_rate' and gss_code = 'E10000034' and period_label = '2024-25'"
    ).fetchone()
    assert row == (None, 33, None, "copy truncated")


def test_nine_other_counties_pages_of_2023_24_upheld_504_of_587(
    shipped_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    row = shipped_warehouse.execute(
        "select count(*), sum(numerator), sum(denominator) from marts.indicator_values as figures"
        " join core.councils as councils on figures.gss_code = councils.gss_code"
        " where indicator = 'uphold_rate' and period_label = '2023-24' and lgsco_type = 'county'"
        " and not is_after_abolition and witness_kind = 'statistics page' and value is not null"
        " and figures.gss_code <> 'E10000034'"
    ).fetchone()
    assert row == (9, 504, 587)


def test_every_figure_of_the_statistics_pages_is_held_as_it_was_printed(
    shipped_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    kept = shipped_warehouse.execute(
        "select source_row, as_printed from staging.statistics_pages order by source_row, as_printed"
    ).fetchall()
    about = {"slug", "council_name", "period_start", "period_end", "layout", "truncated", "url"}
    printed = [
        (line, text)
        for line, page in enumerate(pages(), start=2)
        for name, text in page.items()
        if text and name not in about
    ]
    assert Counter(kept) == Counter(printed)


def test_no_published_number_is_infinite_or_not_a_number(
    shipped_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = shipped_warehouse.execute(
        "select table_schema || '.' || table_name, column_name from information_schema.columns"
        " where data_type in ('DOUBLE', 'FLOAT') and table_schema in ('core', 'marts', 'quality')"
    ).fetchall()
    broken = [
        (relation, column)
        for relation, column in found
        if shipped_warehouse.execute(f"select count(*) from {relation} where not isfinite({column})").fetchall()[0][0]
    ]
    assert len(found) > 10
    assert broken == []


@pytest.mark.parametrize(
    ("file", "used", "kept_apart"),
    [
        ("ombudsman/statistics_pages", 157, 0),
        ("ombudsman/letters_and_press", 1193, 270),
        ("ombudsman/stage2_decisions", 87, 0),
        ("complaints/own_indicators", 24, 0),
        ("complaints/peer_indicators", 781, 0),
        ("complaints/practices", 117, 7),
    ],
)
def test_every_row_of_a_file_is_used_kept_apart_or_set_aside_with_a_reason(
    shipped_warehouse: duckdb.DuckDBPyConnection, file: str, used: int, kept_apart: int
) -> None:
    fates = shipped_warehouse.execute(
        "select source_row, fate, reason from quality.taken_in where source = ?", [file.split("/")[1]]
    ).fetchall()
    with (DATA / f"{file}.csv").open(encoding="utf-8", newline="") as lines:
        assert sorted(row for row, _, _ in fates) == list(range(2, len(list(csv.DictReader(lines))) + 2))
    assert all((fate == "used") == (reason is None) for _, fate, reason in fates)
    counts = Counter(fate for _, fate, _ in fates)
    assert (counts["used"], counts["kept apart"]) == (used, kept_apart)


def test_every_rate_that_a_letter_or_the_press_prints_with_its_counts_is_worked_out_again_but_one(
    shipped_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    quoted = shipped_warehouse.execute(
        "select gss_code, year(period_start), printed, recomputed from quality.recomputed_figures"
        " where witness_kind <> 'statistics page' and measure = 'uphold_rate_pct'"
    ).fetchall()
    assert len(quoted) > 50
    # the Malvern Gazette cut 47.6% off
    assert [figure for figure in quoted if figure[2] != figure[3]] == [("E10000034", 2014, 47, 48)]
