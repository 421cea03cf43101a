"""An analyst in the Dagster UI, from the Launchpad to a publication, in a browser."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.graph.world import OWN, SUBJECT, World, invent
from tests.scale.servers import free_port
from warehouse.connection import MADE, WAREHOUSE_FILE
from warehouse.settings import PROJECT

pytestmark = pytest.mark.long
JOB = "locations/__repository__@pipelines.definitions/jobs/refresh"
PATIENCE = 600.0  # seconds for what starts processes: a busy machine takes minutes


@pytest.fixture
def world(tmp_path: Path) -> World:
    return invent(tmp_path / "world")


@pytest.fixture
def address(world: World, tmp_path: Path) -> Iterator[str]:
    """Where `dagster dev` serves the UI of the world's installation."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(PROJECT / "dagster.yaml", home)
    places = {
        f"BENCHMARK_{name.upper()}": str(getattr(world.settings, name))
        for name in ("data", "expectations", "state", "output", "captures", "council")
    }
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "dagster", "dev", "-h", "127.0.0.1", "-p", str(port)],
        cwd=PROJECT,
        env=os.environ | places | {"DAGSTER_HOME": str(home), "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as served:
        try:
            found = f"http://127.0.0.1:{port}"
            wait_for(found, served)
            yield found
        finally:
            os.killpg(served.pid, signal.SIGKILL)


def wait_for(address: str, served: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and served.poll() is None:
        with suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(1)
    pytest.fail("the UI did not start")


def fill_in(page: Page, comparators: str, year: str) -> None:
    """Put the council, its comparators and the year into the Launchpad."""
    place = page.get_by_placeholder("Partition")
    place.fill(SUBJECT)
    page.get_by_role("menuitem", name=SUBJECT).click()
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(
        "resources: {collection: {config: {is_live: false}}, "
        f"subject: {{config: {{comparators: {comparators}, year: '{year}'}}}}}}"
    )


def launched(page: Page, address: str, ending: str, button: str = "Launch Run") -> str:
    """Launch the run and look at its page until it has ended so; the text of that page."""
    with page.expect_response(lambda response: "Launch" in (response.request.post_data or "")) as answer:
        page.get_by_role("button", name=button).click()
    found = re.search(r'"id":\s*"([0-9a-f-]{36})"', answer.value.text())
    assert found, answer.value.text()
    page.goto(f"{address}/runs/{found[1]}")
    expect(page.get_by_text(ending, exact=True).first).to_be_visible(timeout=PATIENCE * 1000)
    return page.locator("body").inner_text()


def test_from_a_wrong_group_and_year_to_a_publication_a_failing_row_and_a_figure_more(
    page: Page, address: str, world: World
) -> None:
    page.set_default_timeout(120_000)
    expect.set_options(timeout=120_000)
    page.goto(f"{address}/{JOB}/playground")
    fill_in(page, "friends", "")
    expect(page.get_by_text("not in enum type ComparatorGroup got friends")).to_be_visible()
    expect(page.get_by_role("button", name="Launch Run")).to_be_disabled()

    fill_in(page, "lgsco_type", "2031-32")
    said = launched(page, address, "RUN_FAILURE")
    assert "Succeeded (0)" in said and "2031-32" in said
    assert not world.settings.output.exists()

    page.goto(f"{address}/{JOB}/playground")
    fill_in(page, "lgsco_type", "")
    launched(page, address, "RUN_SUCCESS")
    assert "Exampleshire" in world.pages()

    page.goto(f"{address}/assets/core/readings?view=checks")
    page.get_by_text("nearly_every_figure_that_is_read_can_be_used").first.click()
    page.get_by_text("first failing rows").first.wait_for()

    before = made_by(world)
    world.write("complaints/own_indicators", [OWN[0] | {"value": "50"}])
    page.goto(f"{address}/locations")
    page.get_by_role("button", name="Reload all").click()
    unsynced = offered_unsynced(page, address)
    assert "own_indicators" in unsynced and "councils" not in unsynced
    page.get_by_role("button", name=re.compile(r"Materialize \d+ assets")).click()
    page.get_by_text("Select a partition or create one").first.click()
    page.get_by_placeholder("Filter partitions").fill(SUBJECT)
    page.get_by_role("menuitem", name=SUBJECT).click()
    page.keyboard.press("Escape")
    launched(page, address, "RUN_SUCCESS", "Launch 1 run")
    made = {relation for relation, run in made_by(world).items() if run != before[relation]}
    assert "raw.own_indicators" in made and not {"raw.councils", "core.councils"} & made


def offered_unsynced(page: Page, address: str) -> str:
    """What the job's lineage offers to make of what is out of date, once the change has been noticed."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        page.goto(f"{address}/{JOB}")
        whole = page.get_by_role("button", name="Materialize all…")
        whole.locator("xpath=following::button[1]").click()
        page.get_by_role("menuitem", name="Materialize unsynced").click()
        offered = page.get_by_role("dialog").filter(has_text="Materialize unsynced assets")
        with suppress(PlaywrightTimeoutError):
            page.get_by_role("button", name=re.compile(r"Materialize \d+ assets")).wait_for(timeout=5000)
            return offered.inner_text()
    pytest.fail("nothing is said to be out of date")


def made_by(world: World) -> dict[str, str]:
    """The run that made each relation."""
    with duckdb.connect(str(world.settings.state / WAREHOUSE_FILE), read_only=True) as connection:
        return dict(connection.execute(f"select relation, run_id from {MADE}").fetchall())
