"""The site about the default subject, the one about the illustrative council's like, and a browser to read them in."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from assets.answers import ANSWERS, answers, asked_of, require_evidence, table
from assets.answers.templates import read_questions
from assets.benchmark.assets import RELATIONS, ranked
from assets.example import cases as example
from assets.publication.assets import publish_site
from assets.publication.findings import OWN, Findings, read_findings
from assets.wording.small_counts import protected_together
from benchmarking.settings import RankingSettings
from tests.relations import fill, held, leave_empty
from tests.sql.register_world import World, register_models
from warehouse.contracts import read_contracts
from warehouse.councils import Lookup
from warehouse.models import creation, read_models
from warehouse.names import Relation
from warehouse.queries import ask
from warehouse.settings import Settings
from warehouse.showing import isolate_bidi

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
TODAY = date(2026, 11, 23)
# a mark that turns the order round is left open; as `ask` gives it
HOSTILE = isolate_bidi("=cmd|'/c calc'!A1 <img src=x onerror=alert(1)> \u202eevil 🏛️ " + "n" * 300)


@dataclass(frozen=True)
class Site:
    """A published site with what it was made from."""

    folder: Path
    findings: Findings
    connection: duckdb.DuckDBPyConnection

    @cached_property
    def pages(self) -> list[Path]:
        return sorted(self.folder.rglob("*.html"))

    def address(self, page: str) -> str:
        return (self.folder / page).as_uri()


@pytest.fixture(scope="session")
def judged(shipped_warehouse: duckdb.DuckDBPyConnection, shipped_settings: Settings) -> duckdb.DuckDBPyConnection:
    """The shipped figures with their verdicts, on a cursor of their own."""
    connection = shipped_warehouse.cursor()
    contracts = read_contracts(shipped_settings.expectations)
    there = held(connection)
    for relation, contract in contracts.items():
        if str(relation) not in there:
            leave_empty(connection, relation, contract)
    for relation, made in ranked(connection, contracts, RankingSettings(draws=800, benchmark_draws=200)).items():
        fill(connection, relation, made)
    remake(connection, shipped_settings, RELATIONS)
    council = Lookup(shipped_settings).council(shipped_settings.council)
    asked = asked_of(connection, contracts, council, shipped_settings.comparators, "")
    rows = answers(asked, read_questions(), "")
    require_evidence(connection, rows)
    fill(connection, ANSWERS, table(rows, contracts[ANSWERS]))
    return connection


def remake(connection: duckdb.DuckDBPyConnection, settings: Settings, changed: Iterable[Relation]) -> None:
    """Make again what SQL makes of the relations that were filled."""
    contracts = read_contracts(settings.expectations)
    models = {model.relation: model for model in read_models(settings.sql)}
    stale = set(changed)
    for relation in TopologicalSorter({name: model.reads for name, model in models.items()}).static_order():
        if relation in models and stale.intersection(models[relation].reads):
            stale.add(relation)
            kind = "view" if contracts[relation].stored == "as a view" else "table"
            connection.execute(f"drop {kind} {relation}")
            connection.execute(creation(models[relation], contracts[relation]))


def found(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Findings:
    council = Lookup(settings).council(settings.council)
    return read_findings(connection, council, settings.comparators, "")


@pytest.fixture(scope="session")
def findings(judged: duckdb.DuckDBPyConnection, shipped_settings: Settings) -> Findings:
    return found(judged, shipped_settings)


def published(folder: Path, findings: Findings, connection: duckdb.DuckDBPyConnection, settings: Settings) -> Site:
    made, _ = publish_site(folder, findings, read_contracts(settings.expectations), TODAY, 1)
    return Site(made, findings, connection)


@pytest.fixture(scope="session")
def site(
    findings: Findings,
    judged: duckdb.DuckDBPyConnection,
    shipped_settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Site:
    """The site about the default subject."""
    return published(tmp_path_factory.mktemp("site"), findings, judged, shipped_settings)


def spoilt(row: dict[str, Any], *columns: str) -> dict[str, Any]:
    return {**row, **{column: HOSTILE for column in columns if isinstance(row.get(column), str)}}


@pytest.fixture(scope="session")
def hostile_findings(findings: Findings) -> Findings:
    """The same findings with every name and note spoilt."""
    text = (
        "nice_name",
        "note",
        "body_name",
        "title",
        "paraphrase",
        "source_url",
        "printed_text",
        "as_printed",
    )
    return replace(
        findings,
        council=replace(findings.council, nice_name=HOSTILE, official_name=HOSTILE),
        headlines=[spoilt(row, *text, "short_title") for row in findings.headlines],
        councils={name: [spoilt(row, *text) for row in rows] for name, rows in findings.councils.items()},
        rows={name: [spoilt(row, *text) for row in rows] for name, rows in findings.rows.items()},
    )


@pytest.fixture(scope="session")
def hostile_site(
    hostile_findings: Findings,
    judged: duckdb.DuckDBPyConnection,
    shipped_settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Site:
    return published(tmp_path_factory.mktemp("hostile"), hostile_findings, judged, shipped_settings)


def own_rows(world: World) -> dict[str, Any]:
    """What the pages ask of a council's own cases, small counts hidden."""
    world.build()
    return protected_together({name: ask(world.connection, name, council=example.GSS_CODE) for name in OWN})


@pytest.fixture(scope="session")
def own_site(
    findings: Findings,
    judged: duckdb.DuckDBPyConnection,
    shipped_settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Site:
    """The invented council's site: its own cases from the example, the rest as for the default subject."""
    world = World(tmp_path_factory.mktemp("register"), register_models())
    world.deliver(example.example_register())
    world.deliver(example.example_resources(), "resources")
    world.deliver(example.example_compliments(), "compliments")
    own = own_rows(world)
    invented = replace(
        findings.council,
        gss_code=example.GSS_CODE,
        official_name=example.COUNCIL,
        nice_name="Exampleshire (illustrative)",
    )
    told = replace(findings, council=invented, own=own)
    return published(tmp_path_factory.mktemp("own"), told, judged, shipped_settings)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()
