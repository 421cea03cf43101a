"""A small invented world: a handful of councils that do not exist, in the shape of the real files, and runs on it."""

import csv
import hashlib
import io
import shutil
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
import yaml
from typer.testing import CliRunner

from cli.main import app
from pipelines.definitions import build_definitions
from tests.relations import held, rows_of
from tests.sql.harness import PROJECT, Rows, table
from warehouse.files import declaration
from warehouse.settings import Settings

SUBJECT = "exampleshire-county-council-invented"


def council(number: int, name: str, kind: str, region: str, **known: str) -> dict[str, Any]:
    """One invented council; its page name is that of its official name, as the register derives it."""
    return {
        "council_id": name.lower().replace(" ", "-") + "-invented",
        "gss_code": f"X9999990{number}",
        "official_name": f"{name} (invented)",
        "nice_name": name.split()[0],
        "type": kind,
        "region": f"Invented {region}",
        "council_id_basis": "derived_from_official_name",
        "register_code": "INV",
        **known,
    }


COUNCILS = [
    council(1, "Exampleshire County Council", "county", "North"),
    council(2, "Sampleshire County Council", "county", "North"),
    council(3, "Mockshire County Council", "county", "South"),
    council(4, "Newborough Council", "unitary", "South", valid_from="2023-04-01"),
    council(
        5,
        "Oldborough Council",
        "non-metropolitan district",
        "South",
        valid_to="2023-03-31",
        replaced_by="newborough-council-invented",
    ),
]
CODES = [
    {
        "gss_code": row["gss_code"],
        "council_id": row["council_id"],
        "current_gss_code": row["gss_code"],
        "is_current_code": "1",
        "basis": "invented",
    }
    for row in COUNCILS
]
POPULATIONS = [
    {
        "gss_code": row["gss_code"],
        "year": year,
        "population": 500_000 if series == "first" else 510_000,
        "vintage": f"invented {series}",
        "preferred": int(series == "rebased"),
        "first_release": int(series == "first"),
        "source_gss_code": row["gss_code"],
        "source_id": "s01",
    }
    for row in COUNCILS
    for year in (2021, 2022, 2023)
    for series in ("first", "rebased")
]
NEIGHBOURS = table(
    """
    method                          | council_gss | neighbour_gss | rank | england_rank | distance_or_closeness
    dfe_statistical_neighbours_2025 | X99999901   | X99999904     | 1    | 1            | Close
    ons_statistical_global_2026     | X99999901   | X99999902     | 1    | 1            | 0.5
    """,
    source_id="s12",
)
CHARACTERISTICS = table(
    """
    gss_code  | measure       | year | value
    X99999901 | area_sqkm     | 2021 | 12.5
    X99999901 | pct_aged_0_17 | 2021 | 20
    """,
    source_id="s19",
)


def page(place: str, year: int, **figures: int | str) -> dict[str, Any]:
    """One invented council's statistics page for the financial year that starts in `year`."""
    slug = f"{place}-county-council-invented"
    return {
        "slug": slug,
        "council_name": "an invented council",
        "period_start": f"{year}-04-01",
        "period_end": f"{year + 1}-03-31",
        "layout": "A",
        "truncated": 0,
        "url": f"https://statistics.example/{slug}",
        **figures,
    }


# Sampleshire's remedy rate is above 100 and Mockshire's uphold rate no number: both are to be set aside
PAGES = [
    page("exampleshire", 2022, investigated=20, upheld=12, uphold_rate_pct=60),
    page(
        "exampleshire",
        2023,
        investigated=40,
        upheld=33,
        uphold_rate_pct=83,
        satisfactory_remedies=3,
        satisfactory_remedy_upheld_base=33,
        satisfactory_remedy_rate_pct=9,
        compliance_outcomes=18,
        compliance_rate_pct=100,
    ),
    page("sampleshire", 2022, investigated=10, upheld=5, uphold_rate_pct=50),
    page("sampleshire", 2023, investigated=20, upheld=10, uphold_rate_pct=50, satisfactory_remedy_rate_pct=105),
    page("mockshire", 2023, investigated=10, uphold_rate_pct="n/a"),
]
# seven letters about councils that nothing resolves
LETTERS = [
    {
        "council_id": f"nowhere-{place}-council-invented",
        "council_name": f"Nowhere {place} (invented)",
        "body": "council",
        "year": "2023-24",
        "measure": "upheld",
        "value": str(place),
        "unit": "complaints",
        "source_url": f"https://letters.example/{place}",
    }
    for place in range(1, 8)
]
FIGURE: dict[str, Any] = {
    "council_id": SUBJECT,
    "council_name": "Exampleshire County Council (invented)",
    "procedure": "children_statutory",
    "stage": "2",
    "period_start": "2023-04-01",
    "period_end": "2024-03-31",
    "unit": "percent",
    "locator_paraphrase": "invented",
}
OWN = [FIGURE | {"indicator": "pct_in_time", "value": "40", "denominator": "10", "source_url": "https://own.example"}]
# one address gives two values, and one figure is not a number
PEERS = [
    FIGURE | {"indicator": "pct_acknowledged_in_time", "value": value, "source_url": "https://twice.example"}
    for value in ("50", "60")
] + [FIGURE | {"indicator": "received", "value": ">50 reduction", "source_url": "https://words.example"}]
PRACTICES = [
    {
        "council_id": SUBJECT,
        "council_name": "Exampleshire County Council (invented)",
        "theme": "tracking",
        "paraphrase": "Counts what it receives.",
        "source_url": "https://practices.example",
        "year": "2023/24",
        "author_role": "developers",
        "review_by": "2099-11-30",
    }
]

FILES: dict[str, Rows] = {
    "reference/councils": COUNCILS,
    "reference/gss_codes": CODES,
    "reference/populations": POPULATIONS,
    "reference/neighbours": NEIGHBOURS,
    "reference/characteristics": CHARACTERISTICS,
    "ombudsman/statistics_pages": PAGES,
    "ombudsman/letters_and_press": LETTERS,
    "ombudsman/vouched_figures": [],
    "complaints/own_indicators": OWN,
    "complaints/peer_indicators": PEERS,
    "complaints/practices": PRACTICES,
}


@dataclass(frozen=True)
class Run:
    """How one run ended: its exit status, Dagster's events, and what the command printed."""

    status: int
    events: Sequence[dg.DagsterEvent]
    printed: str = ""

    @property
    def made(self) -> set[str]:
        """The relations and products that the run made."""
        return {
            ".".join(event.asset_key.path) for event in self.events if event.is_step_materialization and event.asset_key
        }

    @property
    def failed_checks(self) -> dict[str, dg.AssetCheckEvaluation]:
        """The checks that did not pass, as relation and rule."""
        evaluations = [
            event.asset_check_evaluation_data
            for event in self.events
            if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
        ]
        return {f"{'.'.join(one.asset_key.path)}: {one.check_name}": one for one in evaluations if not one.passed}

    @property
    def errors(self) -> str:
        """What the failed steps said, causes and all."""
        said = []
        for event in self.events:
            error = event.step_failure_data.error if event.is_step_failure else None
            while error is not None:
                said.append(error.message)
                error = error.cause
        return "\n".join(said)


@dataclass(frozen=True)
class World:
    """One invented world in a folder of its own."""

    folder: Path
    expectations: Path

    @property
    def settings(self) -> Settings:
        return Settings(
            council=SUBJECT,
            comparators="lgsco_type",
            data=self.folder / "data",
            sql=PROJECT / "sql",
            expectations=self.expectations,
            indicators=PROJECT / "indicators",
            state=self.folder / "state",
            output=self.folder / "output",
            captures=self.folder / "state" / "captures",
            lock_wait_seconds=0.2,
        )

    def write(self, file: str, rows: Rows) -> None:
        """Put rows into one shipped file, with the header of the real one, and vouch for them."""
        with (PROJECT / "data" / f"{file}.csv").open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines))
        text = io.StringIO()
        writer = csv.DictWriter(text, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        self.write_text(file, text.getvalue())

    def write_text(self, file: str, text: str) -> None:
        """Put text into one shipped file and vouch for it."""
        path = self.folder / "data" / f"{file}.csv"
        path.write_text(text, encoding="utf-8")
        source_path = path.with_suffix(".source.yml")
        source = yaml.safe_load(source_path.read_text(encoding="utf-8"))
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        source_path.write_text(yaml.safe_dump(source | {"sha256": sha256}), encoding="utf-8")

    def with_contract(self, relation: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> "World":
        """The same world under contracts of its own, one of them rewritten."""
        expectations = self.folder / "expectations"
        shutil.copytree(self.expectations, expectations, dirs_exist_ok=True)
        rewrite(expectations / f"{relation.replace('.', '/')}.yml", change)
        return World(self.folder, expectations)

    def copy(self, folder: Path) -> "World":
        """The same world under the same contracts, with what it has built and published, in another folder."""
        shutil.copytree(self.folder / "data", folder / "data")
        shutil.copytree(self.folder / "output", folder / "output")
        (folder / "state").mkdir()
        shutil.copy(self.folder / "state" / "warehouse.duckdb", folder / "state")
        return World(folder, self.expectations)

    def command(self, *arguments: str, history: Path | None = None, **environment: str) -> Run:
        """What the project's command does about this world, its run history kept in memory or in a folder."""
        with opened(history) as instance, pytest.MonkeyPatch.context() as patch:
            earlier = {run.run_id for run in instance.get_runs()}
            for name in ("data", "expectations", "state", "output", "captures"):
                patch.setenv(f"BENCHMARK_{name.upper()}", str(getattr(self.settings, name)))
            for name, value in environment.items():
                patch.setenv(f"BENCHMARK_{name.upper()}", value)
            patch.setattr(dg.DagsterInstance, "from_config", lambda *_: nullcontext(instance))
            result = CliRunner().invoke(app, arguments)
            runs = [run for run in instance.get_runs() if run.run_id not in earlier]
            logged = [entry for run in runs for entry in instance.all_logs(run.run_id)]
        events = [entry.dagster_event for entry in logged if entry.dagster_event]
        return Run(result.exit_code, events, " ".join(result.output.split()))

    def rebuild(self) -> "Run":
        """Every asset made again, checks left out."""
        definitions = build_definitions(self.settings)
        with dg.DagsterInstance.ephemeral() as instance:
            result = dg.materialize(
                [asset for asset in definitions.assets or [] if isinstance(asset, dg.AssetsDefinition)],
                instance=instance,
                resources=definitions.resources,
                raise_on_error=False,
                partition_key=SUBJECT,
            )
        return Run(int(not result.success), result.all_events)

    def run(self, *relations: str, council: str = SUBJECT, **subject: str) -> "Run":
        """One refresh in this process, for a council; with `relations`, of those and everything published only.

        What is not refreshed stands as the last run left it."""
        job = build_definitions(self.settings).resolve_job_def("refresh")
        selection: Sequence[dg.AssetKey] | None = None
        if relations:
            published = [key for key in job.asset_layer.executable_asset_keys if key.path[0] == "publication"]
            selection = [dg.AssetKey(name.split(".")) for name in relations] + published
        with dg.DagsterInstance.ephemeral() as instance:
            result = job.execute_in_process(
                instance=instance,
                raise_on_error=False,
                asset_selection=selection,
                partition_key=council,
                run_config={"resources": {"subject": {"config": subject}}},
            )
        return Run(int(not result.success), result.all_events)

    def published(self) -> dict[str, bytes]:
        """The bytes of everything published, by name."""
        output = self.settings.output
        return {
            str(path.relative_to(output)): path.read_bytes() for path in sorted(output.rglob("*")) if path.is_file()
        }

    def pages(self, slug: str = SUBJECT) -> str:
        """The text of every page published about one council."""
        return "\n".join(
            content.decode()
            for name, content in self.published().items()
            if name.startswith(f"{slug}/") and name.endswith(".html")
        )

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query on the published warehouse."""
        with self.reader() as connection:
            return connection.execute(query).fetchall()

    def tables(self, layer: str = "%") -> dict[str, list[tuple[Any, ...]]]:
        """Every published relation, of one layer or all, row by row in its order."""
        with self.reader() as connection:
            return {name: rows_of(connection, name) for name in held(connection, layer=layer)}

    def reader(self) -> duckdb.DuckDBPyConnection:
        """A connection to the published warehouse, as anyone would open it."""
        return duckdb.connect(str(self.settings.output / "warehouse.duckdb"), read_only=True)


def opened(history: Path | None) -> dg.DagsterInstance:
    """A run history in a folder, as an installation keeps it, or in memory."""
    if history is None:
        return dg.DagsterInstance.ephemeral()
    history.mkdir(exist_ok=True)
    storage = {"module": "pipelines.history", "class": "History", "config": {"base_dir": str(history)}}
    return dg.DagsterInstance.local_temp(str(history), overrides={"storage": {"custom": storage}})


def rewrite(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Put a changed contract in the place of one."""
    contract = declaration(path)
    path.write_text(yaml.safe_dump(change(contract), sort_keys=False), encoding="utf-8")


def invent(folder: Path) -> World:
    """The world, not yet run: invented councils, the project's own measures and groups, no known exceptions."""
    shutil.copytree(PROJECT / "data", folder / "data")
    expectations = folder / "expectations"
    shutil.copytree(PROJECT / "expectations", expectations)
    for path in sorted(expectations.rglob("*.yml")):
        if "\nexceptions:" in path.read_text(encoding="utf-8"):
            rewrite(path, lambda contract: {**contract, "exceptions": []})
    world = World(folder, expectations)
    for file, rows in FILES.items():
        world.write(file, rows)
    return world
