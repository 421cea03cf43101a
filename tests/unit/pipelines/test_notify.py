"""Whoever is to be told is told once, of whatever ended, however it ended."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pydantic import SecretStr

from assets.publication import publishing
from assets.publication.assets import SITE, WAREHOUSE
from pipelines import notices, runs
from pipelines.notices import Delivery
from pipelines.notify import send_notices
from pipelines.runs import REFRESH, own_tags, settle
from tests.unit.pipelines.channels import Webhook, webhook
from warehouse.settings import Secrets, Settings

# what a publication gives to other systems, as far as it is set beside another
RECORD = {
    "published": "2026-05-01",
    "council": "Worcestershire County Council",
    "comparator_group": "lgsco_type",
    "indicators": [],
    "answers": [],
    "actions": {},
    "resolutions": {},
    "replies": {},
    "restatements": [],
    "failed_checks": [],
}


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "LONGEST_PAUSE", 0.01)
    monkeypatch.setattr(runs, "GRACE_SECONDS", 0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path / "state", output=tmp_path / "output")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        yield instance


@dataclass(frozen=True)
class Place:
    """An installation with a webhook that is told."""

    instance: dg.DagsterInstance
    settings: Settings
    hook: Webhook

    def refresh(self, act: Any, settings: Settings | None = None, **tags: str) -> None:
        """One run of a job called like the real one, whose only step does `act`."""

        @dg.op
        def step(context: dg.OpExecutionContext) -> None:
            act(context)

        @dg.job(name=REFRESH)
        def job() -> None:
            step()

        tags = own_tags(settings or self.settings) | tags
        job.execute_in_process(instance=self.instance, raise_on_error=False, tags=tags)

    def send(self) -> list[Delivery]:
        return send_notices(self.instance, self.settings, Secrets(webhook=SecretStr(self.hook.address)))


@pytest.fixture
def place(instance: dg.DagsterInstance, settings: Settings) -> Iterator[Place]:
    with webhook() as hook:
        yield Place(instance, settings, hook)


def publish(context: dg.OpExecutionContext, changed: bool = True) -> None:
    """What a refresh that published says of it."""
    context.log_event(dg.AssetMaterialization(SITE, metadata={"changed": changed}))
    news = dg.MetadataValue.md("- 2024-25: 40 new figures of 8 councils")
    context.log_event(dg.AssetMaterialization(WAREHOUSE, metadata={"what is new": news}))


def fail(context: dg.OpExecutionContext) -> None:
    raise OSError("No space left on device")


def nothing(context: dg.OpExecutionContext) -> None:
    publish(context, changed=False)


def test_a_failure_is_told_with_its_reason_what_stands_and_what_to_do(place: Place) -> None:
    place.refresh(fail)
    place.send()
    (posted,) = place.hook.posted
    assert "No space left on device" in " ".join(posted["what_happened"])
    assert posted["still_good"][0] == "Nothing has been published yet."
    assert "the disk has room" in posted["to_do"][0]


def test_a_run_that_somebody_cancelled_is_told_as_that(place: Place) -> None:
    run = place.instance.create_run_for_job(
        dg.GraphDefinition(name=REFRESH, node_defs=[dg.OpDefinition(nothing, name="step")]).to_job(),
        tags=own_tags(place.settings),
        status=dg.DagsterRunStatus.STARTED,
    )
    place.instance.report_run_canceled(run)
    place.send()
    (posted,) = place.hook.posted
    assert posted["what_happened"][1] == "Somebody ended the run."


def test_a_new_publication_is_told_with_what_is_new(place: Place) -> None:
    place.refresh(publish, noticed="New year: kent now shows 2024-25")
    place.send()
    (posted,) = place.hook.posted
    assert posted["subject"] == "new publication for Worcestershire County Council"
    assert "2024-25: 40 new figures of 8 councils" in posted["what_happened"]
    assert "Seen on the Ombudsman's site: New year: kent now shows 2024-25" in posted["what_happened"]


def test_a_new_publication_is_told_with_what_it_says_otherwise_than_the_last(place: Place) -> None:
    folder = place.settings.output / "worcestershire-county-council"
    for identity, previous, aside in (("2023-24-a", "", 3), ("2024-25-b", "2023-24-a", 5)):
        record = RECORD | {"publication": identity, "previous": previous, "set_aside": aside}
        publishing.put(folder, identity, {"downloads/overview.json": json.dumps(record).encode()})
        publishing.point_to(folder, identity, "Worcestershire")
    place.refresh(publish)
    place.send()
    assert "Figures we did not use: were 3, are 5." in place.hook.posted[0]["what_happened"]
    assert place.hook.posted[0]["still_good"][0].startswith("The publication of 1 May 2026 stands: ")


def test_a_refresh_that_brings_nothing_new_is_not_told(place: Place) -> None:
    place.refresh(nothing)
    assert place.send() == [] and place.hook.posted == []


def test_nobody_is_told_twice(place: Place) -> None:
    place.refresh(fail)
    place.send()
    place.send()
    assert len(place.hook.posted) == 1


def test_what_could_not_be_told_is_told_when_the_channel_is_back(place: Place) -> None:
    place.hook.answers += [503] * 3
    place.refresh(fail)
    assert place.send()[0].problem
    assert not place.send()[0].problem


def test_a_run_of_another_warehouse_is_not_told_here(place: Place, tmp_path: Path) -> None:
    place.refresh(fail, place.settings.model_copy(update={"state": tmp_path / "elsewhere"}))
    assert place.send() == []


HOLD = """
import sys, time
from pathlib import Path
import dagster as dg
from pipelines.runs import own_tags
from warehouse.settings import Settings
from warehouse.connection import WAREHOUSE_FILE, exclusive

@dg.op
def step():
    print("running", flush=True)
    time.sleep(60)

@dg.job(name="refresh")
def job():
    step()

settings = Settings(state=Path(sys.argv[2]))
with dg.DagsterInstance.local_temp(sys.argv[1]) as instance, exclusive(settings.state / WAREHOUSE_FILE, 5):
    job.execute_in_process(instance=instance, tags=own_tags(settings))
"""


@pytest.fixture
def running(tmp_path: Path, settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """A refresh in another process, in the middle of its step."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path), str(settings.state)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        yield process
        process.kill()


def test_a_run_whose_process_was_killed_is_settled_and_told_once(place: Place, running: subprocess.Popen[str]) -> None:
    running.kill()
    running.wait()
    place.send()
    place.send()
    assert [run.status for run in place.instance.get_runs()] == [dg.DagsterRunStatus.FAILURE]
    assert len(place.hook.posted) == 1
    assert "it was killed, or the machine stopped" in " ".join(place.hook.posted[0]["what_happened"])


def test_a_run_that_goes_on_is_left_alone(
    instance: dg.DagsterInstance, settings: Settings, running: subprocess.Popen[str]
) -> None:
    assert settle(instance, settings) == []
    assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.STARTED]
