"""A refresh makes what is out of date, and publishes the same as one that makes everything."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from assets.improvement.assets import undertaking_store
from assets.improvement.measures import polarities
from assets.improvement.plan import check_plan
from assets.improvement.template import ILLUSTRATIVE as PLAN
from assets.ombudsman.archive import Captures
from assets.ombudsman.source import load
from assets.publication import publishing
from pipelines.automation import out_of_date_sensor, weekly_schedule
from pipelines.definitions import build_definitions
from tests.graph.conftest import GoodRun
from tests.graph.test_restoring import with_cases
from tests.graph.world import OWN, SUBJECT, Run, World, opened, rewrite
from tests.sql.harness import PROJECT
from tests.standin.figures import ILLUSTRATIVE, generation_of
from tests.standin.pages import blocks_of, render
from warehouse.connection import WAREHOUSE_FILE, exclusive
from warehouse.contracts import read_contracts
from warehouse.relations import LEFT

INPUTS = ("data", "expectations", "sql", "state/captures", "state/register", "state/undertakings")
OTHER = "sampleshire-county-council-invented"


@dataclass(frozen=True)
class Installation:
    """A world with a history, models of its own and settings, and a twin in which everything is made each time."""

    world: World
    twin: World
    set: dict[str, str]

    def refresh(self, *arguments: str) -> Run:
        return self._run(self.world, *arguments, history=self.world.folder / "history")

    def both(self, *arguments: str) -> Run:
        """How a refresh went here, once the twin's has published the same."""
        whole = self._run(self.twin, *arguments)
        run = self.refresh(*arguments)
        assert (run.status, run.errors) == (whole.status, whole.errors) == (0, "")
        assert self.world.tables() == self.twin.tables()
        assert _files(self.world) == _files(self.twin)
        return run

    def change(self, change: Callable[[World], object]) -> None:
        """Change something here, and give the twin the same inputs."""
        change(self.world)
        for name in INPUTS:
            if (here := self.world.folder / name).exists():
                shutil.copytree(here, self.twin.folder / name, dirs_exist_ok=True)

    def _run(self, world: World, *arguments: str, history: Path | None = None) -> Run:
        # a command is a process of its own, and reads its contracts anew
        read_contracts.cache_clear()
        return world.command(
            "--council", SUBJECT, *arguments, history=history, sql=str(world.folder / "sql"), **self.set
        )


def _files(world: World) -> dict[str, bytes]:
    return {name: content for name, content in world.published().items() if not name.endswith(".duckdb")}


@pytest.fixture(scope="module")
def installation(first_run: GoodRun, good_run: GoodRun, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Refreshed once, whole, as its twin, a copy without a history, is by its next refresh."""
    world, folder = first_run.world, tmp_path_factory.mktemp("incremental") / "twin"
    shutil.copytree(PROJECT / "sql", world.folder / "sql")
    shutil.copytree(world.folder, folder, ignore=shutil.ignore_patterns("history"))
    return Installation(world, World(folder, folder / "expectations"), {"council": SUBJECT})


def own_figure(value: str) -> Callable[[World], object]:
    return lambda world: world.write("complaints/own_indicators", [OWN[0] | {"value": value}])


def test_only_what_a_figure_changes_is_made_and_the_rest_says_that_it_is_up_to_date(
    installation: Installation,
) -> None:
    installation.both()
    nothing = installation.refresh()
    assert (nothing.status, nothing.made) == (0, set())
    assert "0 of " in nothing.printed and "panel-pack.html" in nothing.printed
    installation.change(own_figure("50"))
    run = installation.both()
    assert {"raw.own_indicators", "core.readings", "publication.site"} <= run.made
    assert not {"raw.councils", "core.councils", "raw.peer_indicators", "core.poisson_limits"} & run.made
    assert installation.refresh().made == set()


def test_what_is_made_of_a_table_that_keeps_its_rows_is_left(installation: Installation) -> None:
    installation.change(own_figure("50"))
    installation.both()
    again = [OWN[0] | {"value": "50", "source_url": url} for url in (OWN[0]["source_url"], "https://again.example")]
    installation.change(lambda world: world.write("complaints/own_indicators", again))
    run = installation.both()
    left = {
        ".".join(event.asset_key.path)
        for event in run.events
        if event.is_step_materialization
        and event.asset_key
        and LEFT in event.step_materialization_data.materialization.metadata
    }
    assert "core.observations" in run.made - left and "published.standings" in left
    tables = [name for name in run.made - left if not name.startswith("publication.")]
    assert f" {len(tables)} of " in run.printed


def test_schedule_and_sensor_ask_for_what_is_out_of_date(installation: Installation) -> None:
    installation.refresh()
    world = installation.world
    settings = world.settings.model_copy(update={"council": SUBJECT, "sql": world.folder / "sql"})
    build = partial(build_definitions, settings)
    schedule, sensor = weekly_schedule(settings, build), out_of_date_sensor(settings, build)

    def asked() -> tuple[set[str], dg.RunRequest | dg.SkipReason]:
        with opened(world.folder / "history") as instance:
            weekly = schedule(dg.build_schedule_context(instance=instance))
            with dg.build_sensor_context(instance=instance) as context:
                return names(weekly), sensor(context)

    weekly, noticed = asked()
    assert {"ombudsman.captures", "core.readings", "publication.site"} <= weekly
    assert not {"raw.councils", "raw.own_indicators"} & weekly
    assert noticed == dg.SkipReason("Everything is up to date.")

    installation.change(own_figure("55"))
    (again, noticed), (_, same) = asked(), asked()
    with exclusive(settings.state / WAREHOUSE_FILE, 0):
        _, busy = asked()
    installation.change(own_figure("50"))
    assert again >= weekly | {"raw.own_indicators"} and "raw.councils" not in again
    assert {"raw.own_indicators", "core.readings", "publication.site"} <= names(noticed)
    assert not {"raw.councils", "ombudsman.captures"} & names(noticed)
    assert isinstance(noticed, dg.RunRequest) and noticed.asset_check_keys
    checked = {".".join(key.asset_key.path) for key in noticed.asset_check_keys}
    assert "core.readings" in checked and checked <= names(noticed)
    # until it succeeds or a file changes, it is asked for once
    assert noticed == same
    assert busy == dg.SkipReason("Another run is writing.")


def names(request: object) -> set[str]:
    assert isinstance(request, dg.RunRequest)
    return {".".join(key.path) for key in request.asset_selection or []}


def model(world: World) -> None:
    path = world.folder / "sql" / "marts" / "practices.sql"
    path.write_text(path.read_text(encoding="utf-8").replace("practices.theme,", "upper(practices.theme) as theme,"))


def contract(world: World) -> None:
    failing = {"rule": "No figure is read at all", "breaks_when": "true"}
    rewrite(
        world.expectations / "core" / "readings.yml",
        lambda said: said | {"warns": [*said.get("warns", []), failing]},
    )


def capture(world: World) -> None:
    row = {**ILLUSTRATIVE, "slug": SUBJECT, "council_name": "Exampleshire County Council (invented)"}
    page = render(blocks_of(row, generation_of(row))).encode()
    Captures(world.settings.captures).keep(f"{load().site}/your-councils-performance/{SUBJECT}/statistics", page)


def cases(world: World) -> None:
    with_cases(world.settings)


def plan(world: World) -> None:
    store = undertaking_store(world.settings)
    store.keep_plan(check_plan(PLAN, polarities(world.settings.indicators)), "X99999901")


def passed_review(world: World) -> None:
    """As if the last refresh had been before the day on which a review falls due."""
    with duckdb.connect(str(world.settings.state / "warehouse.duckdb")) as connection:
        connection.execute("update marts.practices set is_review_overdue = not is_review_overdue")


def without_output(world: World) -> None:
    (world.settings.output / "benchmark.html").unlink(missing_ok=True)
    (world.settings.output / "data-package.zip").unlink()


def altered_page(world: World) -> None:
    folder = world.settings.output / SUBJECT
    page = folder / publishing.FOLDER / publishing.current(folder) / "panel-pack.html"
    page.write_bytes(page.read_bytes() + b" ")


def without_table(world: World) -> None:
    with duckdb.connect(str(world.settings.state / "warehouse.duckdb")) as connection:
        connection.execute("drop table core.readings cascade")


def without_warehouse(world: World) -> None:
    (world.settings.state / "warehouse.duckdb").unlink()


@pytest.mark.long
@pytest.mark.parametrize(
    ("change", "made"),
    [
        (own_figure("60"), "raw.own_indicators"),
        (model, "marts.practices"),
        (contract, "core.readings"),
        (capture, "raw.captured_pages"),
        (cases, "raw.register_case_stages"),
        (plan, "raw.plan_actions"),
        (passed_review, "marts.practices"),
        (without_output, "publication.data_package"),
        (altered_page, "publication.site"),
        (without_table, "core.readings"),
        (without_warehouse, "core.councils"),
    ],
)
def test_each_kind_of_change_publishes_what_a_whole_refresh_does(
    installation: Installation, change: Callable[[World], object], made: str
) -> None:
    installation.change(change)
    assert made in installation.both().made
    assert installation.refresh().made == set()


@pytest.mark.long
def test_a_setting_makes_what_depends_on_it(installation: Installation) -> None:
    installation.set["own_comparators"] = json.dumps([OTHER])
    run = installation.both()
    assert "raw.own_comparators" in run.made and "raw.practices" not in run.made
    assert "marts.rankings" not in installation.both("--comparators", "region").made
    del installation.set["own_comparators"]
    installation.both()


@pytest.mark.long
def test_another_council_is_a_publication_alone(installation: Installation) -> None:
    run = installation.both("--council", OTHER)
    assert run.made == {
        "marts.answers",
        *(f"publication.{name}" for name in ("every_council", "site", "warehouse", "workbook")),
    }
    assert "marts.answers" in installation.both().made


@pytest.mark.long
def test_a_table_that_failed_its_check_is_not_up_to_date(installation: Installation) -> None:
    def strict(breaks_when: str) -> Callable[[World], object]:
        rule = {"rule": "Every practice has a theme", "breaks_when": breaks_when}
        return lambda world: rewrite(
            world.expectations / "marts" / "practices.yml", lambda said: said | {"blocks": [rule]}
        )

    before = _files(installation.world)
    installation.change(strict("true"))
    for _ in range(2):
        assert installation.refresh().status == 1
        assert _files(installation.world) == before
    installation.change(strict("theme is null"))
    assert "marts.practices" in installation.both().made
