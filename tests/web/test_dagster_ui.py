"""An analyst in the Dagster UI, in a browser: the Launchpad, a publication, a failing row, one figure more."""

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

from tests.graph.world import OWN, SUBJECT, World, invent
from tests.scale.servers import free_port
from warehouse.connection import MADE, WAREHOUSE_FILE
from warehouse.settings import PROJECT

pytestmark = pytest.mark.long
HERE = "locations/__repository__@pipelines.definitions"
JOB, SENSOR = f"{HERE}/jobs/refresh", f"{HERE}/sensors/out_of_date"
CHECK = "assets/quality/quarantine?view=checks&checkDetail=no_source_contradicts_itself"
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
    """Launch the run and look at its page until its head says that it ended so; the text of that page."""
    with page.expect_response(lambda response: "Launch" in (response.request.post_data or "")) as answer:
        page.get_by_role("button", name=button).click()
    found = re.search(r'"id":\s*"([0-9a-f-]{36})"', answer.value.text())
    assert found, answer.value.text()
    page.goto(f"{address}/runs/{found[1]}")
    expect(page.get_by_text(ending, exact=True).first).to_be_visible(timeout=PATIENCE * 1000)
    return page.locator("body").inner_text()


def made_by(world: World) -> set[tuple[str, str]]:
    """Each relation of the warehouse, and the run that made it."""
    with duckdb.connect(str(world.settings.state / WAREHOUSE_FILE), read_only=True) as connection:
        return set(connection.execute(f"select relation, run_id from {MADE}").fetchall())


def test_an_analyst_publishes_reads_a_failing_row_and_adds_a_figure(page: Page, address: str, world: World) -> None:
    page.set_default_timeout(PATIENCE * 1000)
    expect.set_options(timeout=PATIENCE * 1000)
    page.goto(f"{address}/{JOB}/playground")
    fill_in(page, "friends", "")
    expect(page.get_by_text("not in enum type ComparatorGroup got friends")).to_be_visible()
    expect(page.get_by_role("button", name="Launch Run")).to_be_disabled()

    fill_in(page, "lgsco_type", "2031-32")
    said = launched(page, address, "Failure")
    assert "Succeeded (0)" in said and "2031-32" in said
    assert not world.settings.output.exists()

    page.goto(f"{address}/{JOB}/playground")
    fill_in(page, "lgsco_type", "")
    launched(page, address, "Success")
    assert "Exampleshire" in world.pages()

    page.goto(f"{address}/{CHECK}")
    page.get_by_text("[Show Markdown]").first.click()
    expect(page.get_by_role("cell", name="pct_acknowledged_in_time", exact=True).first).to_be_visible()

    before = made_by(world)
    world.write("complaints/own_indicators", [OWN[0] | {"value": "50"}])
    page.goto(f"{address}/{SENSOR}")
    page.get_by_role("button", name="Preview tick result").click()
    page.get_by_role("button", name="Continue").click()
    launched(page, address, "Success", button="Apply requests")
    made = {relation for relation, _ in made_by(world) - before}
    assert {"raw.own_indicators", "core.readings", "marts.answers"} <= made
    assert not {"raw.peer_indicators", "core.councils", "core.poisson_limits"} & made

    # its checks were run too, else these tables would be out of date still
    page.goto(f"{address}/{SENSOR}")
    page.get_by_role("button", name="Preview tick result").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Everything is up to date.")).to_be_visible()
