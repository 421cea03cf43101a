"""The recipes of CONTRIBUTING, carried out in a copy of the project on the invented world."""

import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.graph.conftest import GoodRun
from tests.graph.world import SUBJECT
from tests.sql.harness import PROJECT
from tools.vouch import vouch

CODE = ("assets", "benchmarking", "cli", "pipelines", "sql", "warehouse")
FIGURES = "council_slug,body_name,year,name,value,source_url\n"
MOCKSHIRE = (
    "mockshire-county-council-invented,Mockshire County Council (invented),{year},{name},{value},https://a.example\n"
)
SOURCE = {
    "title": "An invented survey",
    "producer": "nobody",
    "licence": "OGL",
    "attribution": "illustrative",
    "row": "One figure.",
    "note": "",
    "gathered": "2026-11",
    "file": "survey.csv",
    "sha256": "",
}
RAW = {
    "purpose": "Figures of an invented source, as printed.",
    "row": "One figure.",
    "key": ["source_row"],
    "group": "sources",
    "columns": [
        {"source_row": {"description": "Line in the source"}},
        {"as the file has it": [f"{name}?" for name in FIGURES.strip().split(",")]},
    ],
}
STAGING = """-- One row: one figure of an invented source.
select
    source_row,
    council_slug,
    body_name,
    name,
    value as as_printed,
    try_cast(value as double) as value,
    source_url,
    make_date(cast(left(year, 4) as integer), 4, 1) as period_start,
    make_date(cast(left(year, 4) as integer) + 1, 3, 31) as period_end,
from raw.{name}
"""
STAGED = {
    "purpose": "Figures of an invented source, typed.",
    "row": "One figure.",
    "key": ["source_row"],
    "group": "sources",
    "columns": [
        {name: {"type": kind, "description": "As the source has it"}}
        for name, kind in {
            "source_row": "BIGINT",
            "council_slug?": "VARCHAR",
            "body_name?": "VARCHAR",
            "name?": "VARCHAR",
            "as_printed?": "VARCHAR",
            "value?": "DOUBLE",
            "source_url?": "VARCHAR",
            "period_start?": "DATE",
            "period_end?": "DATE",
        }.items()
    ],
}
BRANCH = """
    union all by name

    select
        '{name}' as source,
        source_row,
        council_slug,
        body_name,
        period_start,
        period_end,
        name,
        'all' as procedure,
        'all' as stage,
        as_printed,
        value,
        source_url,
        'letter or report' as witness_kind,
    from staging.{name}
),

spellings as ("""
OWN_NAMES = "when figures.source in ('captured_pages'"
FETCHING = '''"""An invented source on the web: fetched by a live run, read from the archive."""

import csv
import io

import dagster as dg
import pandas as pd

from assets.ombudsman.archive import Captures
from assets.ombudsman.client import TABLE
from assets.ombudsman.collection import Collection, client_for
from warehouse.connection import Warehouse
from warehouse.names import Relation
from warehouse.relations import asset_spec, finish


def findings_assets(settings, contracts):
    contract = contracts[Relation("raw.findings")]

    @dg.multi_asset(name="raw__findings", specs=[asset_spec(contract, [], {"csv"})])
    def findings(warehouse: Warehouse, collection: Collection) -> dg.MaterializeResult[None]:
        address, captures = f"{collection.site}/findings.csv", Captures(settings.captures)
        if collection.is_live:
            with client_for(settings, collection.site) as client:
                client.get(address, TABLE)
        capture = captures.latest(address)
        text = captures.read(capture.sha256).decode() if capture else ""
        rows = [{"source_row": line} | row for line, row in enumerate(csv.DictReader(io.StringIO(text)), 2)]
        warehouse.load(contract.name, pd.DataFrame(rows, columns=list(contract.columns)))
        return finish(warehouse, contract)

    return [findings]
'''
QUESTION = """question: Q13
asks: How many upheld complaints do we have?
place: 13
needs: "the Ombudsman's tables"
sentences:
  upheld:
    direction: none
    told: "We counted {what} in {period}: {value} ({counts})."
"""
FINDER = '''

def q13(asked: Asked) -> Iterable[Fact]:
    """The latest uphold rate."""
    for head in asked.rows["headlines"]:
        if head["indicator"] == "uphold_rate":
            yield Fact(
                statement="upheld", template="upheld", what="upheld complaints", period=head["period_label"],
                comparator="", polarity="none", value=head["value"], numerator=head["numerator"],
                denominator=head["denominator"], is_lead=True,
            )
'''
INDICATOR = """title: Decisions with a remedy
short_title: Decisions with a remedy
question: Q1
order: 99
definition: Of the complaints that the Ombudsman investigated, the share remedied satisfactorily.
caution: Illustrative.
kind: proportion
numerator: satisfactory_remedies
denominator: investigated
polarity: none
author: developers
checker: nobody yet
next_review: 2027-06-01
"""
PAGE = '{% extends "base.html.j2" %}{% block main %}<h1>A page about {{ council }}</h1>{% endblock %}\n'
RUN = """
import sys
import dagster as dg
from pipelines.definitions import build_definitions
from warehouse.settings import Settings

settings = Settings()
definitions = build_definitions(settings)
with dg.DagsterInstance.ephemeral() as instance:
    result = dg.materialize(
        [asset for asset in definitions.assets if isinstance(asset, dg.AssetsDefinition)]
        + list(definitions.asset_checks),
        selection=[dg.AssetKey(name.split(".")) for name in sys.argv[1:]],
        instance=instance,
        resources=definitions.resources,
        run_config={"resources": {"collection": {"config": {"is_live": True}}}},
        partition_key=settings.council,
        raise_on_error=False,
    )
sys.exit(not result.success)
"""
MADE = [
    "core.sources",
    "core.measure_names",
    "raw.measure_names",
    "raw.letters_and_press",
    "staging.letters_and_press",
    "raw.survey",
    "staging.survey",
    "raw.findings",
    "staging.findings",
    "core.readings",
    "core.witnesses",
    "core.observations",
    "raw.indicators",
    "core.indicators",
    "marts.indicator_values",
    "marts.answers",
    "publication.site",
]


@dataclass(frozen=True)
class Recipe:
    """One recipe: its heading in CONTRIBUTING, the name of what is added, and how many files it may take."""

    heading: str
    name: str
    most_files: int


RECIPES = {
    "indicator": Recipe("A new indicator", "remedied", 1),
    "measure": Recipe("A new name for a measure", "measure_names", 2),
    "shipped": Recipe("A source that ships", "survey", 6),
    "fetched": Recipe("A source that is fetched", "findings", 6),
    "question": Recipe("A question", "q13", 4),
    "page": Recipe("A page", "example", 3),
}


@dataclass
class Copy:
    """A copy of the project in which every recipe is carried out: the files that each touches, and what came of it."""

    folder: Path
    touched: dict[str, set[str]]

    def write(self, recipe: str, path: str, text: str) -> None:
        """A new file of the recipe's."""
        place = self.folder / path
        assert not place.exists(), path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        self.touched[recipe].add(path)

    def edit(self, recipe: str, path: str, old: str, new: str) -> None:
        """A file changed at the one place where `old` stands."""
        text = (self.folder / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{path}: {old!r} stands there {text.count(old)} times"
        (self.folder / path).write_text(text.replace(old, new), encoding="utf-8")
        self.touched[recipe].add(path)

    def vouch(self, recipe: str, name: str) -> None:
        """A shipped file's new hash, as tools/vouch.py writes it."""
        path = vouch(name, self.folder / "data")
        self.touched[recipe].add(str(path.relative_to(self.folder)))

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """The rows of a query on the warehouse that was made."""
        with duckdb.connect(str(self.folder / "state" / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def page(self, name: str) -> str:
        """A page of the published site."""
        (path,) = (self.folder / "output" / SUBJECT / "publications").glob(f"*/{name}")
        return path.read_text(encoding="utf-8")


def add_source(copy: Copy, recipe: str, name: str) -> None:
    """What a source needs, shipped or fetched: its relations and its branch among the readings."""
    copy.write(recipe, f"expectations/raw/{name}.yml", yaml.safe_dump(RAW, sort_keys=False))
    copy.write(recipe, f"sql/staging/{name}.sql", STAGING.format(name=name))
    copy.write(recipe, f"expectations/staging/{name}.yml", yaml.safe_dump(STAGED, sort_keys=False))
    path = "sql/core/readings.sql"
    copy.edit(recipe, path, "),\n\nspellings as (", BRANCH.format(name=name))
    # its names are our measures' own, as those of the statistics pages
    copy.edit(recipe, path, OWN_NAMES, f"{OWN_NAMES}, '{name}'")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a web server with a table of findings."""
    folder = tmp_path_factory.mktemp("web")
    table = FIGURES + MOCKSHIRE.format(year="2021-22", name="upheld", value=4)
    (folder / "findings.csv").write_text(table, encoding="utf-8")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def copy(good_run: GoodRun, site: str, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The project's copy after all recipes, with the relations and the site that they concern made in one run."""
    folder = tmp_path_factory.mktemp("copy")
    for name in CODE:
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PROJECT / "indicators", folder / "indicators")
    shutil.copy(PROJECT / "pyproject.toml", folder)
    shutil.copytree(good_run.world.expectations, folder / "expectations")
    world = good_run.world.copy(folder / "world")
    for name in ("data", "state"):
        (world.folder / name).rename(folder / name)
    copy = Copy(folder, {recipe: set() for recipe in RECIPES})

    copy.write("indicator", "indicators/remedied.yml", INDICATOR)

    letters = folder / "data" / "ombudsman" / "letters_and_press.csv"
    header = letters.read_text(encoding="utf-8").splitlines()[0].split(",")
    letter = {
        "council_id": "mockshire-county-council-invented",
        "council_name": "Mockshire County Council (invented)",
        "body": "council",
        "year": "2020-21",
        "measure": "found in favour",
        "value": "7",
        "unit": "decisions",
        "source_url": "https://letters.example/mockshire",
    }
    letters.write_text(
        letters.read_text(encoding="utf-8") + ",".join(letter.get(name, "") for name in header) + "\n",
        encoding="utf-8",
    )
    vouch("letters_and_press", folder / "data")
    names = "data/reference/measure_names.csv"
    first = "source,name,scope,measure\n"
    copy.edit("measure", names, first, f"{first}letters_and_press,found in favour,all,upheld\n")
    copy.vouch("measure", "measure_names")

    rows = (("investigated", 10), ("upheld", 5))
    table = FIGURES + "".join(MOCKSHIRE.format(year="2022-23", name=name, value=value) for name, value in rows)
    copy.write("shipped", "data/complaints/survey.csv", table)
    copy.write("shipped", "data/complaints/survey.source.yml", yaml.safe_dump(SOURCE, sort_keys=False))
    copy.vouch("shipped", "survey")
    add_source(copy, "shipped", "survey")

    copy.write("fetched", "assets/findings/__init__.py", FETCHING)
    definitions = "pipelines/definitions.py"
    copy.edit(
        "fetched",
        definitions,
        "from assets.ombudsman.source",
        "from assets.findings import findings_assets\nfrom assets.ombudsman.source",
    )
    copy.edit(
        "fetched",
        definitions,
        "        *reference_assets(settings, contracts),\n",
        "        *reference_assets(settings, contracts),\n        *findings_assets(settings, contracts),\n",
    )
    add_source(copy, "fetched", "findings")

    copy.write("question", "assets/answers/sentences/q13.yml", QUESTION)
    finders = folder / "assets" / "answers" / "compared.py"
    copy.edit(
        "question",
        "assets/answers/compared.py",
        finders.read_text(encoding="utf-8"),
        finders.read_text(encoding="utf-8") + FINDER,
    )
    copy.edit("question", "assets/answers/questions.py", "import q1, ", "import q1, q13, ")
    copy.edit("question", "assets/answers/questions.py", '"Q12": q12,', '"Q12": q12, "Q13": q13,')
    copy.edit(
        "question",
        "assets/publication/briefing.yml",
        "  Q12: ",
        "  Q13: {short: How many, inputs: [tables]}\n  Q12: ",
    )

    copy.write("page", "assets/publication/templates/example.html.j2", PAGE)
    copy.edit("page", "assets/publication/site.py", "PAGES = [\n", 'PAGES = [\n    ("example.html", "Example"),\n')

    environment = {
        "BENCHMARK_COUNCIL": SUBJECT,
        "BENCHMARK_COMPARATORS": "lgsco_type",
        "BENCHMARK_SITE": site,
        "BENCHMARK_SECONDS_BETWEEN_REQUESTS": "0",
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN, *MADE],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    return copy


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_touches_the_files_that_it_names_and_no_more_than_allowed(recipe: str, copy: Copy) -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    wanted = RECIPES[recipe]
    said = re.search(rf"^\| {wanted.heading} \|(.*)\|$", text, re.MULTILINE)
    assert said, f"CONTRIBUTING has no recipe: {wanted.heading}"
    named = {path.replace("NAME", wanted.name) for path in re.findall(r"`([^`]+\.\w+)`", said[1])}
    assert named == copy.touched[recipe] and len(named) <= wanted.most_files


def test_a_new_indicator_has_its_figures_and_its_page(copy: Copy) -> None:
    values = "from marts.indicator_values where indicator = 'remedied' and value is not null"
    assert copy.ask(f"select numerator, denominator {values}") == [(3, 40)]
    assert "Decisions with a remedy" in copy.page("indicator/remedied.html")


def test_a_new_name_of_a_measure_gives_its_figures(copy: Copy) -> None:
    found = "select measure, value, problem from core.readings where name = 'found in favour'"
    assert copy.ask(found) == [("upheld", 7.0, None)]


def test_the_figures_of_a_source_that_ships_are_compared(copy: Copy) -> None:
    found = (
        "select numerator, denominator from marts.indicator_values inner join core.councils using (gss_code)"
        " where indicator = 'uphold_rate' and nice_name = 'Mockshire' and value is not null"
    )
    assert copy.ask(found) == [(5, 10)]


def test_the_figures_of_a_source_that_is_fetched_are_used_and_lead_to_their_capture(copy: Copy) -> None:
    assert copy.ask("select measure, value, problem from core.readings where source = 'findings'") == [
        ("upheld", 4.0, None)
    ]
    log = (copy.folder / "state" / "captures" / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert any(json.loads(line)["address"].endswith("/findings.csv") for line in log)


def test_a_new_question_is_answered_in_the_panel_pack(copy: Copy) -> None:
    asked = "How many upheld complaints do we have?"
    assert copy.ask("select sentence from marts.answers where question = 'Q13'") == [
        ("We counted upheld complaints in 2023-24: 83% (33 of 40).",)
    ]
    assert asked in copy.page("panel-pack.html")


def test_a_new_page_is_published_and_in_the_navigation(copy: Copy) -> None:
    assert "<h1>A page about Exampleshire</h1>" in copy.page("example.html")
    assert 'href="example.html"' in copy.page("about.html")
