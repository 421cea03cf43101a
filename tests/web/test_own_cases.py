"""The page of a council's own cases, from the example's register: labelled, accessible, true to its rows, and safe."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import Page

from assets.example.cases import as_delivered, example_register
from assets.publication.briefing import briefing
from assets.publication.data_package import as_json, overview
from assets.publication.funnels import limits
from assets.publication.publishing import identity_of
from assets.publication.site import Edition
from assets.publication.site import Site as PublicationSite
from assets.publication.workbook import workbook_bytes
from assets.wording import own, words
from benchmarks.register import of_the_wide, wide
from tests.sql.register_world import World, register_models
from tests.web.conftest import TODAY, Site, own_rows
from warehouse.contracts import read_contracts
from warehouse.settings import Settings

pytestmark = pytest.mark.browser

# whose parts, also hidden ones, add up to a printed total
WITH_TOTALS = ("own_open",)
CHILDRENS = (
    "Stage 2 children’s social care complaints completed in time",
    "Stage 1 children’s social care complaints answered in time",
)
# by the id of its region: the query, and its columns of counts in the order of the page
COUNTED = {
    "quarters": ("own_quarters", ("judged", "in_time")),
    "incidence": ("own_incidence", ("case_stages",)),
    "steps": ("own_steps", ("timed",)),
    "open-cases": ("own_open", ("open_stages", "overdue")),
    "services-table": (
        "own_services",
        ("complaints", "requests_for_service", "stage_2_complaints", "upheld", "not_upheld", "compliments"),
    ),
    "escalation-table": ("own_escalation", ("closed", "escalated")),
}


@pytest.fixture(scope="module")
def soup(own_site: Site) -> BeautifulSoup:
    return BeautifulSoup((own_site.folder / "our-complaints.html").read_text(encoding="utf-8"), "lxml")


def region(soup: BeautifulSoup, name: str) -> list[list[str]]:
    """The text of each cell of each row of one table's body."""
    return [
        [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
        for row in soup.select(f"#{name} tbody tr")
    ]


def shown(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> list[list[str]]:
    return [[own.shown(row, column) for column in columns] for row in rows]


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_has_no_accessibility_violation_and_no_sideways_scroll(own_site: Site, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(own_site.address("our-complaints.html"))
    found = [(one["id"], one["nodes"][0]["html"][:120]) for one in Axe().run(page).response["violations"]]
    surplus = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert (found, surplus) == ([], 0)


def test_every_page_of_the_invented_council_says_that_it_is_invented(own_site: Site) -> None:
    for path in own_site.pages:
        text = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").select(".banner")
        assert any("Illustrative" in banner.get_text() for banner in text), path.name


def test_every_question_of_the_page_is_answered_by_the_example(soup: BeautifulSoup) -> None:
    assert "Needs:" not in soup.get_text()
    assert len(soup.select("figure svg")) >= 2


@pytest.mark.parametrize("name", COUNTED)
def test_the_counts_of_a_table_are_those_of_its_rows_and_none_is_small(
    own_site: Site, soup: BeautifulSoup, name: str
) -> None:
    query, columns = COUNTED[name]
    rows = own_site.findings.own[query]
    if query == "own_open":
        rows = own.shown_open(rows)
    expected = shown(rows, columns)
    found = region(soup, name)
    assert len(found) == len(expected)
    for cells, counts in zip(found, expected, strict=True):
        places = iter(cells)
        # each count stands in its row, in this order
        assert all(any(count == cell for cell in places) for count in counts), (cells, counts)
        assert not {"1", "2", "3", "4"} & set(counts)


def test_a_control_chart_has_its_table_its_files_and_no_small_month(own_site: Site, soup: BeautifulSoup) -> None:
    tables = [row for number in range(1, 9) for row in region(soup, f"control-{number}")]
    assert tables and not {"1", "2", "3", "4"} & {row[1] for row in tables}
    for link in soup.select("figure a[download]"):
        assert (own_site.folder / str(link["href"])).is_file()


def test_a_chart_whose_limits_begin_anew_says_why(own_site: Site, soup: BeautifulSoup) -> None:
    told = own.limits_anew(own_site.findings.own["own_charts"])
    figures = " ".join(figure.get_text(" ", strip=True) for figure in soup.select("figure"))
    assert told and any(why in figures and "new limits" in figures for why in told)


def test_no_download_holds_a_count_of_the_councils_own_cases(own_site: Site) -> None:
    told = sorted(path.name for path in (own_site.folder / "downloads").iterdir() if path.suffix in (".csv", ".json"))
    text = "".join((own_site.folder / "downloads" / name).read_text(encoding="utf-8") for name in told)
    assert told and not any(column in text for column in ("open_stages", "case_stages", "stage_2_complaints"))


def test_the_chart_leaves_out_what_the_table_hides(own_site: Site, soup: BeautifulSoup) -> None:
    hidden = [row for row in own_site.findings.own["own_timeliness"] if "in_time_pct" in row["hidden"]]
    assert hidden and words.SUPPRESSED in soup.get_text()


def test_every_band_of_open_cases_is_in_the_table_or_named_as_not_shown(own_site: Site, soup: BeautifulSoup) -> None:
    rows = own_site.findings.own["own_open"]
    text = soup.get_text(" ", strip=True)
    hidden = own.hidden_open(rows)
    bands = sum(one.count(",") + 1 - own.stage(rows[0]).count(",") for one in hidden)
    assert hidden and all(one in text for one in hidden)
    assert len(region(soup, "open-cases")) + bands == len(rows)


def test_every_leave_out_test_stands_in_one_row_with_its_counts(own_site: Site, soup: BeautifulSoup) -> None:
    rows = own_site.findings.own["own_leave_out"]
    cells = [cell for row in region(soup, "leave-out") for cell in row[1:]]
    told = [
        words.SUPPRESSED if {"in_time", "in_time_pct"} & row["hidden"] else f"{row['in_time']} of {row['case_stages']}"
        for row in rows
    ]
    assert len(cells) == len(rows)
    assert all(one in cell for one, cell in zip(told, cells, strict=True))


def test_changes_in_people_that_make_no_difference_stand_in_one_row_and_are_all_there(
    own_site: Site, soup: BeautifulSoup
) -> None:
    rows = own_site.findings.own["own_capacity"]
    shown_rows = region(soup, "capacity-table")
    runs = own.folded(rows)
    assert [row for run in runs for row in run] == [dict(row) for row in rows]
    assert len(shown_rows) == len(runs) < len(rows)
    # no two rows side by side say the same of one role
    assert all((a[0], a[3:6]) != (b[0], b[3:6]) for a, b in pairwise(shown_rows))
    assert own.makes_no_difference(rows) and all(one in soup.get_text() for one in own.makes_no_difference(rows))


def test_the_briefing_says_of_stage_2_what_the_register_says(own_site: Site) -> None:
    markup = (own_site.folder / "index.html").read_text(encoding="utf-8")
    text = BeautifulSoup(markup, "lxml").get_text(" ", strip=True)
    due = [row for row in own_site.findings.own["own_timeliness"] if row["counted_on"] == "due"]
    row = max((row for row in due if row["procedure"] == "children_statutory"), key=lambda one: one["period_end"])
    assert f"finished {row['in_time']} of {row['judged']} Stage 2 children’s complaints in time" in text
    assert f"{words.rounded(row['in_time_pct'], 0)}% met the limit" in text


def test_a_district_is_not_asked_for_childrens_social_care(own_site: Site, shipped_settings: Settings) -> None:
    council = replace(own_site.findings.council, lgsco_type="district", gss_code="E07000079", nice_name="Cotswold")
    empty = {name: [] for name in own_site.findings.own}
    headlines = [head | {"period_start": None} for head in own_site.findings.headlines]
    district = replace(own_site.findings, council=council, own=empty, headlines=headlines)
    site = PublicationSite(
        district,
        read_contracts(shipped_settings.expectations),
        Edition("x", TODAY),
        briefing(district, TODAY),
    )
    text = BeautifulSoup(site.page("index.html").decode(), "lxml").get_text(" ", strip=True)
    assert "not this council, deals with complaints about children’s social care" in text
    assert "65 working days" not in text
    assert [title for title in CHILDRENS if title in text] == []


def test_a_council_among_no_comparators_has_no_funnel(own_site: Site) -> None:
    head = next(one for one in own_site.findings.headlines if one["indicator"] == "uphold_rate")
    others = [row for row in own_site.findings.councils["uphold_rate"] if not row["is_subject"]]
    assert others and limits(head, others, "lgsco_type") == []


@pytest.mark.parametrize("kind", ["the example", "small months", "one row a case"])
def test_what_is_hidden_moves_no_byte_of_what_is_published(own_site: Site, kind: str, tmp_path: Path) -> None:
    """So no printed number says anything of a hidden one, but for the totals that the rule on small counts knows."""
    findings = own_site.findings
    world = World(tmp_path, register_models())
    if kind == "small months":
        world.deliver(example_register(150, seed=3))
    elif kind == "one row a case":
        rows = as_delivered(example_register(600, seed=4))
        mapping = of_the_wide(rows.columns).model_dump(exclude_defaults=True)
        world.deliver(wide(rows).to_csv(index=False), **mapping)
    if kind != "the example":
        findings = replace(findings, own=own_rows(world))

    def published(own: dict[str, Any]) -> dict[str, bytes]:
        told = replace(findings, own=own)
        edition = Edition(f"{identity_of(told)}-0000000000", TODAY, "")
        first = briefing(told, TODAY)
        site = PublicationSite(told, read_contracts(Settings().expectations), edition, first)
        book = {"workbook": workbook_bytes(told, edition, first)}
        return site.files() | book | {"overview": as_json(overview(told, edition, first))}

    altered = {
        query: [
            {
                **row,
                **{
                    name: row[name] + 7 if isinstance(row[name], int | float) else row[name] and "7"
                    for name in row["hidden"]
                    if name in row and query not in WITH_TOTALS
                },
            }
            for row in rows
        ]
        for query, rows in findings.own.items()
    }
    assert altered != findings.own
    before, after = published(findings.own), published(altered)
    assert {name for name, content in before.items() if after[name] != content} == set()
