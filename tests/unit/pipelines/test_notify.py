"""Whoever is to be told is told once, of whatever ended, however it ended."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pydantic import SecretStr

from assets.publication import publishing
from assets.publication.assets import SITE, WAREHOUSE
from pipelines import notices, runs
from pipelines.notify import send_notices
from pipelines.runs import REFRESH, own_tags, settle
from tests.unit.pipelines.channels import Webhook, webhook
from warehouse.second_process import second_process
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


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as hook:
        yield hook


@pytest.fixture
def secrets(hook: Webhook) -> Secrets:
    return Secrets(webhook=SecretStr(hook.address))


def refresh_with(act: Any, instance: dg.DagsterInstance, settings: Settings, **tags: str) -> str:
    """One run of a job called like the real one, whose only step does `act`; its id."""

    @dg.op
    def step(context: dg.OpExecutionContext) -> None:
        act(context)

    @dg.job(name=REFRESH)
    def job() -> None:
        step()

    result = job.execute_in_process(
        instance=instance, raise_on_error=False, tags={**own_tags(settings), **tags}
    )
    return result.run_id


def publish(context: dg.OpExecutionContext, changed: bool = True) -> None:
    """What a refresh that published says of it."""
    context.log_event(dg.AssetMaterialization(SITE, metadata={"changed": changed}))
    news = dg.MetadataValue.md("- 2024-25: 40 new figures of 8 councils")
    context.log_event(dg.AssetMaterialization(WAREHOUSE, metadata={"what is new": news}))


def fail(context: dg.OpExecutionContext) -> None:
    raise OSError("No space left on device")


def nothing(context: dg.OpExecutionContext) -> None:
    publish(context, changed=False)


def test_a_failure_is_told_with_its_reason_what_stands_and_what_to_do(
    instance: dg.DagsterInstance, settings: Settings, secrets: Secrets, hook: Webhook
) -> None:
    refresh_with(fail, instance, settings)
    send_notices(instance, settings, secrets)
    (posted,) = hook.posted
    assert "No space left on device" in " ".join(posted["what_happened"])
    assert posted["still_good"][0] == "Nothing has been published yet."
    assert "the disk has room" in posted["to_do"][0]


def outgrow(context: dg.OpExecutionContext) -> None:
    second_process().submit(os._exit, 9).result()


def test_a_helper_process_that_was_killed_is_told_as_that(
    instance: dg.DagsterInstance, settings: Settings, secrets: Secrets, hook: Webhook
) -> None:
    refresh_with(outgrow, instance, settings)
    send_notices(instance, settings, secrets)
    (posted,) = hook.posted
    said = " ".join(posted["what_happened"])
    assert "the second process ended with status 9" in said and "Ran out of input" not in said


def test_a_run_that_somebody_cancelled_is_told_as_that(
    instance: dg.DagsterInstance, settings: Settings, secrets: Secrets, hook: Webhook
) -> None:
    run = instance.create_run_for_job(
        dg.GraphDefinition(name=REFRESH, node_defs=[dg.OpDefinition(nothing, name="step")]).to_job(),
        tags=own_tags(settings),
        status=dg.DagsterRunStatus.STARTED,
    )
    instance.report_run_canceled(run)
    send_notices(instance, settings, secrets)
    (posted,) = hook.posted
    assert posted["what_happened"][1] == "Somebody ended the run."


def test_a_new_publication_is_told_with_what_is_new(
    instance: dg.DagsterInstance, settings: Settings, secrets: Secrets, hook: Webhook
) -> None:
    refresh_with(publish, instance, settings, noticed="New year: kent now shows 2024-25")
    send_notices(instance, settings, secrets)
    (posted,) = hook.posted
    assert posted["subject"] == "new publication for Worcestershire County Council"
    assert "2024-25: 40 new figures of 8 councils" in posted["what_happened"]
    assert "Seen on the Ombudsman's site: New year: kent now shows 2024-25" in posted["what_happened"]


def test_a_new_publication_is_told_with_what_it_says_otherwise_than_the_last(
    instance: dg.DagsterInstance, settings: Settings, secrets: Secrets, hook: Webhook
) -> None:
    folder = settings.output / "worcestershire-county-council"
    for identity, previous, aside in (("2023-24-a", "", 3), ("2024-25-b", "2023-24-a", 5)):
        record = RECORD | {"publication": identity, "previous": previous, "set_aside": aside}
        publishing.put(folder, identity, {"downloads/overview.json": json.dumps(record).encode()})
        publishing.point_to(folder, identity, "Worcestershire")
    refresh_with(publish, instance, settings)
    send_notices(instance, settings, secrets)
    assert "Figures we did not use: were 3, are 5." in hook.posted[0]["what_happened"]
    assert hook.posted[0]["still_good"][0].startswith("The publication of 1 May 2026 stands: ")


def test_a_refresh_that_brings_nothing_new_is_not_told(
    instance: dg.DagsterInstance, settings: Settings, secrets: Secrets, hook: Webhook
) -> None:
    refresh_with(nothing, instance, settings)
    assert send_notices(instance, settings, secrets) == [] and hook.posted == []


def test_nobody_is_told_twice(
    instance: dg.DagsterInstance, settings: Settings, secrets: Secrets, hook: Webhook
) -> None:
    refresh_with(fail, instance, settings)
    send_notices(instance, settings, secrets)
    send_notices(instance, settings, secrets)
    assert len(hook.posted) == 1


def test_what_could_not_be_told_is_told_when_the_channel_is_back(
    instance: dg.DagsterInstance, settings: Settings, secrets: Secrets, hook: Webhook
) -> None:
    hook.answers += [503] * 3
    refresh_with(fail, instance, settings)
    assert send_notices(instance, settings, secrets)[0].problem
    assert not send_notices(instance, settings, secrets)[0].problem


def test_a_run_of_another_warehouse_is_not_told_here(
    instance: dg.DagsterInstance, settings: Settings, secrets: Secrets, hook: Webhook, tmp_path: Path
) -> None:
    refresh_with(fail, instance, settings.model_copy(update={"state": tmp_path / "elsewhere"}))
    assert send_notices(instance, settings, secrets) == []


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


def test_a_run_whose_process_was_killed_is_settled_and_told_once(
    instance: dg.DagsterInstance,
    settings: Settings,
    secrets: Secrets,
    hook: Webhook,
    running: subprocess.Popen[str],
) -> None:
    running.kill()
    running.wait()
    send_notices(instance, settings, secrets)
    send_notices(instance, settings, secrets)
    assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.FAILURE]
    assert len(hook.posted) == 1
    assert "it was killed, or the machine stopped" in " ".join(hook.posted[0]["what_happened"])


def test_a_run_that_goes_on_is_left_alone(
    instance: dg.DagsterInstance, settings: Settings, running: subprocess.Popen[str]
) -> None:
    assert settle(instance, settings) == []
    assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.STARTED]
