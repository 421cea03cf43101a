"""The internal edition shows small counts, says so on every page, and is for its owner alone."""

import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from bs4 import BeautifulSoup

from assets.publication import publishing
from assets.publication.assets import made_internal
from assets.publication.findings import Findings
from assets.wording import words
from assets.wording.small_counts import unprotected
from tests.web.conftest import Site
from warehouse.contracts import read_contracts
from warehouse.settings import Settings

DAY = date(2026, 11, 30)
MARK = "Internal: shows small counts. Do not publish or hand out"


@pytest.fixture(scope="module")
def whole(own_site: Site) -> Findings:
    public = own_site.findings
    return replace(public, own=unprotected(public.own), is_internal=True)


@pytest.fixture(scope="module")
def edition(whole: Findings, shipped_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = shipped_settings.model_copy(update={"state": tmp_path_factory.mktemp("state")})
    landing = made_internal(settings, read_contracts(settings.expectations), whole, DAY)
    assert landing.is_relative_to(settings.state / "internal") and not landing.is_relative_to(settings.output)
    return landing.parent / publishing.FOLDER / publishing.current(landing.parent)


def test_nothing_is_hidden_that_the_public_edition_hides(own_site: Site, whole: Findings, edition: Path) -> None:
    assert any(row["hidden"] for rows in own_site.findings.own.values() for row in rows)
    assert not any(row["hidden"] for rows in whole.own.values() for row in rows)
    page = BeautifulSoup((edition / "our-complaints.html").read_text(encoding="utf-8"), "lxml")
    assert words.SUPPRESSED not in page.get_text()


def test_every_page_document_and_sheet_says_that_it_is_internal(edition: Path) -> None:
    for path in edition.rglob("*.html"):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")
        said = page.select_one(".top .state"), page.select_one("main .banner")
        assert said[0] is not None and said[0].get_text() == MARK, path.name
        assert said[1] is not None and said[1].get_text().startswith("Internal edition."), path.name
    book = openpyxl.load_workbook(edition / "downloads" / "benchmark.xlsx")
    marked = {sheet.title for sheet in book if str(sheet["A1"].value).startswith("Internal. ")}
    assert set(book.sheetnames) - marked <= {"Contents", "Notes"}


def test_it_is_for_its_owner_alone(edition: Path) -> None:
    top = edition.parent.parent.parent
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (top, *top.rglob("*"))}
    assert modes == {0o600, 0o700}


def test_no_public_edition_is_marked_internal(own_site: Site) -> None:
    assert not own_site.findings.is_internal
    assert all(MARK not in path.read_text(encoding="utf-8") for path in own_site.pages)
