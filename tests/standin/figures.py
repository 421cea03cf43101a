"""The real figures that the stand-in site publishes, and one illustrative page that has every figure."""

import csv
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATISTICS_FILE = ROOT / "data" / "ombudsman" / "statistics_pages.csv"

# The file's columns -> the collector's measures, where the names differ.
COLUMNS = {
    "uphold_rate_similar_avg_pct": "uphold_rate_similar_pct",
    "upheld_per_100k_similar_avg": "upheld_per_100k_similar",
    "compliance_similar_avg_pct": "compliance_rate_similar_pct",
    "satisfactory_remedy_similar_avg_pct": "satisfactory_remedy_rate_similar_pct",
}
NOT_FIGURES = {"slug", "council_name", "period_start", "period_end", "layout", "truncated", "url"}

Row = dict[str, str]

# Illustrative: an invented council, so that a page of each generation exists with every figure on it.
ILLUSTRATIVE: Row = {
    "slug": "illustrative-county-council",
    "council_name": "Illustrative County Council",
    "period_start": "2024-04-01",
    "period_end": "2025-03-31",
    "dealt_with": "1234",
    "not_for_us": "434",
    "assessed_and_closed": "713",
    "investigated": "87",
    "upheld": "64",
    "uphold_rate_pct": "74",
    "uphold_rate_similar_pct": "89",
    "upheld_per_100k": "6.8",
    "upheld_per_100k_similar": "4.5",
    "compliance_outcomes": "41",
    "compliance_rate_pct": "98",
    "compliance_rate_similar_pct": "99",
    "satisfactory_remedies": "3",
    "satisfactory_remedy_upheld_base": "64",
    "satisfactory_remedy_rate_pct": "5",
    "satisfactory_remedy_rate_similar_pct": "7",
    "truncated": "0",
}


def read_rows(file: Path = STATISTICS_FILE) -> list[Row]:
    """Every published page's figures, one dict a council and year, with the collector's names of measures."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [{COLUMNS.get(name, name): value for name, value in row.items()} for row in csv.DictReader(lines)]


def figures_of(row: Row) -> Row:
    """The figures that the page of `row` shows, by measure."""
    return {name: value for name, value in row.items() if value and name not in NOT_FIGURES}


def generation_of(row: Row) -> str:
    """The text generation in which the page of that year was published."""
    year = int(row["period_start"][:4])
    return "G3" if year >= 2024 else "G2b" if year == 2023 else "G2"
