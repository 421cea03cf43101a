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

import pytest
from playwright.sync_api import Page, expect

from tests.graph.world import SUBJECT, World, invent
from tests.scale.servers import free_port
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


def launched(page: Page, address: str, ending: str) -> str:
    """Launch the run and look at its page until it has ended so; the text of that page."""
    with page.expect_response(lambda response: "Launch" in (response.request.post_data or "")) as answer:
        page.get_by_role("button", name="Launch Run").click()
    found = re.search(r'"id":\s*"([0-9a-f-]{36})"', answer.value.text())
    assert found, answer.value.text()
    page.goto(f"{address}/runs/{found[1]}")
    expect(page.get_by_text(ending, exact=True).first).to_be_visible(timeout=PATIENCE * 1000)
    return page.locator("body").inner_text()


def test_a_wrong_group_or_year_fails_before_the_first_step_and_a_right_one_publishes(
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
