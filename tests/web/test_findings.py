"""What is found of the shipped figures, before any page says it."""

from collections import Counter
from datetime import date

import duckdb

from assets.publication.findings import Findings
from assets.publication.summary import indicator_lines, summary
from tests.web.conftest import Site, found
from warehouse.settings import PROJECT, Settings


def test_the_readme_shows_what_is_printed(findings: Findings) -> None:
    (head,) = (head for head in findings.headlines if head["indicator"] == "uphold_rate")
    printed = "\n".join(indicator_lines(head, findings))
    assert f"```text\n{printed}\n```" in (PROJECT / "README.md").read_text(encoding="utf-8")


def test_a_figure_that_two_shipped_files_hold_is_told_once_and_the_newest_come_first(
    findings: Findings,
) -> None:
    rows = findings.rows["statements"]
    about = ("measure", "procedure", "stage", "limit_days", "as_printed", "period_start", "period_end")
    assert max(Counter(tuple(row[name] for name in about) for row in rows).values()) == 1
    upheld = [row for row in rows if row["measure"] == "upheld" and row["as_printed"] == "23"]
    assert [row["note"] for row in upheld] == ["agrees with the Ombudsman's statistics page"]
    ends = [row["period_end"] or date.min for row in rows]
    assert ends == sorted(ends, reverse=True)


def test_a_district_has_no_measure_of_a_service_that_the_county_has(
    judged: duckdb.DuckDBPyConnection, shipped_settings: Settings
) -> None:
    district = found(judged, shipped_settings.model_copy(update={"council": "wychavon-district-council"}))
    assert not any(head["is_upper_tier_only"] for head in district.headlines) and len(district.headlines) > 5
    assert "children" not in summary(district) and all(district.councils)


def test_what_is_printed_begins_with_the_register_where_there_is_one(own_site: Site, findings: Findings) -> None:
    heading, in_time, still_open = summary(own_site.findings).splitlines()[:3]
    assert heading == f"The register of {own_site.findings.council.official_name}"
    assert "Stage 2 children’s social care complaints" in in_time and "were open on" in still_open
    assert "register of" not in summary(findings).splitlines()[0]
