"""What is tried again, by itself and how often, and what is not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._utils.schedules import schedule_execution_time_iterator

from pipelines import automation
from pipelines.automation import (
    AGAIN_TAG,
    COLLECTING,
    MOST_AGAIN,
    monthly_tidy,
    retry_collection_sensor,
    send_notices_sensor,
    tidy_job,
    weekly_schedule,
)
from pipelines.definitions import build_definitions
from pipelines.runs import REFRESH
from warehouse.settings import Settings

BY_ITSELF = {"dagster/schedule_name": "weekly_refresh"}


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        yield instance


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automation, "AGAIN_AFTER", timedelta(0))


def failed_at(instance: dg.DagsterInstance, step: str, tags: dict[str, str]) -> None:
    """A refresh that failed at a step of this name."""

    @dg.op(name=step)
    def fails() -> None:
        raise OSError("no answer")

    @dg.job(name=REFRESH)
    def job() -> None:
        fails()

    job.execute_in_process(instance=instance, raise_on_error=False, tags=tags)


def started_again(instance: dg.DagsterInstance, tmp_path: Path) -> list[dg.RunRequest]:
    with dg.build_sensor_context(instance=instance) as context:
        settings = Settings(state=tmp_path / "state")
        result = retry_collection_sensor(settings, partial(build_definitions, settings))(context)
    assert isinstance(result, dg.SensorResult)
    return list(result.run_requests or [])


def test_collecting_that_failed_is_started_again_live(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    failed_at(instance, COLLECTING, BY_ITSELF)
    (request,) = started_again(instance, tmp_path)
    assert request.run_config["resources"]["collection"]["config"]["is_live"] is True
    assert request.tags[AGAIN_TAG] == "1"


@pytest.mark.parametrize(
    ("step", "tags", "minutes"),
    [
        (COLLECTING, BY_ITSELF | {AGAIN_TAG: str(MOST_AGAIN)}, 0),
        (COLLECTING, BY_ITSELF, 30),
        ("core__readings", BY_ITSELF, 0),
        (COLLECTING, {}, 0),
    ],
    ids=["again and again", "at once", "a model", "by a person"],
)
def test_collecting_is_not_started_again_for_ever_nor_at_once_nor_anything_else_nor_for_a_person(
    instance: dg.DagsterInstance,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    tags: dict[str, str],
    minutes: int,
) -> None:
    monkeypatch.setattr(automation, "AGAIN_AFTER", timedelta(minutes=minutes))
    failed_at(instance, step, tags)
    assert started_again(instance, tmp_path) == []


def test_a_step_that_failed_does_not_start_its_run_again_and_a_process_that_died_does_once() -> None:
    file = Path(__file__).resolve().parents[3] / "dagster.yaml"
    retries = yaml.safe_load(file.read_text(encoding="utf-8"))["run_retries"]
    assert retries == {"enabled": True, "max_retries": 1, "retry_on_asset_or_op_failure": False}


def test_the_sensor_that_sends_notices_runs_from_the_start_and_says_when_there_are_none(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    sensor = send_notices_sensor(Settings(state=tmp_path / "state"))
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
    with dg.build_sensor_context(instance=instance) as context:
        said = sensor(context)
    assert isinstance(said, dg.SkipReason) and said.skip_message == "No new notices."


def test_tidying_by_schedule_does_what_the_command_does(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    settings = Settings(state=tmp_path / "state", output=tmp_path / "output", captures=tmp_path / "captures")
    settings.state.mkdir()
    left = settings.state / "warehouse.duckdb.set-aside"
    left.write_bytes(b"old")
    assert tidy_job(settings).execute_in_process(instance=instance).success
    assert not left.exists()


def asked_for(instance: dg.DagsterInstance, settings: Settings, **tags: str) -> list[str | None]:
    """The councils that are asked for after a refresh."""
    definitions = build_definitions(settings)
    (sensor,) = (one for one in definitions.sensors or [] if one.name == "every_council")

    @dg.job(name=REFRESH, tags=tags)
    def job() -> None: ...

    run = job.execute_in_process(instance=instance)
    context = dg.build_run_status_sensor_context(
        sensor_name="every_council",
        dagster_instance=instance,
        dagster_run=run.dagster_run,
        dagster_event=next(event for event in run.all_events if event.event_type_value == "PIPELINE_SUCCESS"),
    )
    requests = sensor(context)
    return [one.partition_key for one in requests] if isinstance(requests, list) else []


def test_every_other_council_is_asked_for_after_a_refresh(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    settings = Settings(state=tmp_path / "state", output=tmp_path / "output")
    slugs = asked_for(instance, settings, **{"dagster/partition": "kent-county-council"})
    assert len(slugs) > 300 and "kent-county-council" not in slugs


def test_councils_of_choice_alone_are_asked_for_where_they_are_set(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    settings = Settings(state=tmp_path / "state", output=tmp_path / "output", publish_for=["Kent", "Adur"])
    assert asked_for(instance, settings) == ["kent-county-council", "adur-district-council"]


def test_a_refresh_of_another_warehouse_asks_for_no_council(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    settings = Settings(state=tmp_path / "state", output=tmp_path / "output")
    assert asked_for(instance, settings, **{"benchmark/warehouse": "/elsewhere/warehouse.duckdb"}) == []


def test_a_run_whose_process_died_begins_anew(shipped_definitions: dg.Definitions) -> None:
    jobs = [shipped_definitions.resolve_job_def(name) for name in (REFRESH, "collect", "register", "publish")]
    assert {job.tags.get("dagster/retry_strategy") for job in jobs} == {"ALL_STEPS"}


def test_every_schedule_and_sensor_says_what_it_does(tmp_path: Path) -> None:
    definitions = build_definitions(Settings(state=tmp_path / "state", output=tmp_path / "output"))
    told = [*(definitions.schedules or []), *(definitions.sensors or [])]
    assert told and [one for one in told if not getattr(one, "description", "")] == []


@pytest.mark.parametrize("night", ["2027-03-28", "2027-10-31", "2030-03-31", "2032-10-31"])
def test_each_schedule_comes_once_at_its_hour_around_the_night_when_clocks_change(tmp_path: Path, night: str) -> None:
    start = datetime.fromisoformat(night).replace(tzinfo=UTC) - timedelta(days=8)
    settings = Settings(state=tmp_path / "state")
    for schedule in (
        weekly_schedule(settings, partial(build_definitions, settings)),
        monthly_tidy(tidy_job(settings)),
    ):
        ticks = schedule_execution_time_iterator(
            start.timestamp(), str(schedule.cron_schedule), schedule.execution_timezone
        )
        times = [next(ticks) for _ in range(4)]
        assert {time.strftime("%H:%M %Z") for time in times} <= {
            "06:00 GMT",
            "06:00 BST",
            "05:00 GMT",
            "05:00 BST",
        }
        days = [time.date() for time in times]
        apart = {(after - before).days for before, after in pairwise(days)}
        assert apart <= ({7} if days[0].isoweekday() == 1 and days[0].day > 1 else {28, 29, 30, 31})


@pytest.mark.parametrize(
    ("name", "makes", "leaves"),
    [
        ("collect", {"ombudsman/captures", "raw/captured_pages"}, {"marts/comparisons", "publication/site"}),
        (
            "register",
            {"raw/register_case_stages", "marts/stage_timeliness"},
            {"ombudsman/captures", "publication/site"},
        ),
        ("publish", {"marts/answers", "publication/site"}, {"marts/comparisons", "publication/warehouse"}),
    ],
)
def test_each_part_has_a_job_that_makes_it_and_runs_its_checks(
    shipped_definitions: dg.Definitions, name: str, makes: set[str], leaves: set[str]
) -> None:
    layer = shipped_definitions.resolve_job_def(name).asset_layer
    keys = {key.to_user_string() for key in layer.executable_asset_keys}
    assert makes <= keys and not leaves & keys
    assert layer.asset_graph.asset_check_keys
    dg.validate_run_config(shipped_definitions.resolve_job_def(name))
