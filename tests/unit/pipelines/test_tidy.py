"""What is tidied away is only what may go: never the last good run, never the last that shows a fact."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from assets.ombudsman.archive import Captures
from assets.ombudsman.archive_rows import archive_rows
from assets.ombudsman.places import statistics_address
from assets.ombudsman.retention import repeated
from assets.publication import publishing
from pipelines.runs import REFRESH
from pipelines.tidy import surplus, tidy
from tests.standin.figures import ILLUSTRATIVE, generation_of
from tests.standin.pages import blocks_of, render
from warehouse.settings import Settings

SITE = "https://statistics.example"
PAGE = statistics_address(SITE, ILLUSTRATIVE["slug"])
START = datetime(2024, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=1000)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        state=tmp_path / "state",
        output=tmp_path / "output",
        captures=tmp_path / "captures",
        runs_kept=10,
        lock_wait_seconds=0.1,
    )


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    history = tmp_path / "history"
    history.mkdir()
    with dg.DagsterInstance.local_temp(str(history)) as instance:
        yield instance


def page(remedies: int, noise: int) -> bytes:
    """The illustrative page with one figure given, in bytes that differ as dynamic pages do."""
    row = {**ILLUSTRATIVE, "satisfactory_remedies": str(remedies)}
    return f"{render(blocks_of(row, generation_of(row)))}<!-- made at {noise} -->".encode()


def archive(settings: Settings, *remedies: int) -> Captures:
    """One capture every ten days, each with other bytes, showing these figures."""
    captures = Captures(settings.captures)
    for number, figure in enumerate(remedies):
        captures.keep(PAGE, page(figure, number), when=START + timedelta(days=10 * number))
    return captures


def days(captures: list) -> list[int]:  # type: ignore[type-arg]
    return sorted((one.time - START).days for one in captures)


def facts(captures: Captures, as_at: datetime) -> set[tuple[str | None, ...]]:
    """What the archive showed by then, wherever it was seen."""
    return {
        (row["council_slug"], row["period_start"], row["measure"], row["value_text"])
        for row in archive_rows(captures, SITE)["captured_pages"]
        if str(row["captured_at"]) <= as_at.isoformat()
    }


def test_between_the_first_and_the_last_that_say_the_same_captures_only_repeat(settings: Settings) -> None:
    assert days(repeated(archive(settings, 3, 3, 3, 3), NOW)) == [10, 20]


def test_a_figure_that_changed_and_changed_back_keeps_every_turn(settings: Settings) -> None:
    assert days(repeated(archive(settings, 3, 4, 3, 4, 3), NOW)) == []


def test_a_look_that_found_the_same_bytes_goes_with_its_capture(settings: Settings) -> None:
    captures = archive(settings, 3, 3)
    captures.still(captures.history(PAGE)[1], when=START + timedelta(days=15))
    captures.keep(PAGE, page(3, 99), when=START + timedelta(days=20))
    assert days(repeated(captures, NOW)) == [10, 15]


def test_nothing_younger_than_the_settings_say_is_repeated(settings: Settings) -> None:
    captures = archive(settings, 3, 3, 3, 3, 3)
    assert days(repeated(captures, START + timedelta(days=15))) == [10]


def test_what_was_not_understood_is_kept_as_a_fact_is(settings: Settings) -> None:
    captures = Captures(settings.captures)
    for number, text in enumerate([b"<p>one", b"<p>two", b"<p>three"]):
        captures.keep(f"{SITE}/robots.txt", text, when=START + timedelta(days=number))
    assert repeated(captures, NOW) == []


def test_tidying_loses_no_fact_at_any_date_and_leaves_a_sound_archive(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    captures = archive(settings, 3, 3, 3, 4, 4, 4, 4, 3, 3, 3)
    moments = [START + timedelta(days=day) for day in range(0, 110, 5)]
    before = [facts(captures, moment) for moment in moments]
    bodies = len(list(settings.captures.glob("bodies/*/*")))
    tidy(settings, instance)
    after = Captures(settings.captures)
    assert [facts(after, moment) for moment in moments] == before
    assert after.verify() == []
    assert len(list(settings.captures.glob("bodies/*/*"))) == bodies - 4


def finished(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, count: int) -> list[str]:
    runs = [dg.DagsterRun(job_name=REFRESH, status=status) for _ in range(count)]
    for run in runs:
        instance.add_run(run)
    return [run.run_id for run in runs]


def test_the_newest_runs_and_the_last_good_one_are_kept(settings: Settings, instance: dg.DagsterInstance) -> None:
    finished(instance, dg.DagsterRunStatus.SUCCESS, 2)
    (good,) = finished(instance, dg.DagsterRunStatus.SUCCESS, 1)
    newest = finished(instance, dg.DagsterRunStatus.FAILURE, 10)
    going_on = finished(instance, dg.DagsterRunStatus.STARTED, 1)
    tidy(settings, instance)
    assert {run.run_id for run in instance.get_runs()} == {good, *newest, *going_on}


def test_the_files_of_a_run_go_with_it(settings: Settings, instance: dg.DagsterInstance) -> None:
    (old,) = finished(instance, dg.DagsterRunStatus.FAILURE, 1)
    instance.report_engine_event("said", instance.get_run_by_id(old))
    finished(instance, dg.DagsterRunStatus.SUCCESS, 10)
    storage = instance.event_log_storage
    assert isinstance(storage, SqliteEventLogStorage)
    assert Path(storage.path_for_shard(old)).exists()
    tidy(settings, instance)
    assert not Path(storage.path_for_shard(old)).exists()


def test_publications_beyond_those_kept_go_and_the_current_one_stays(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    folder = settings.output / "kent"
    for number in range(4):
        publishing.put(folder, f"2024-25-{number}", {"index.html": b"page"})
    publishing.point_to(folder, "2024-25-0", "Kent")
    tidy(settings.model_copy(update={"publications_kept": 1}), instance)
    left = {path.name for path in (folder / publishing.FOLDER).iterdir()}
    assert left == {"2024-25-0", "2024-25-3"}


def test_leftovers_go_and_what_is_in_use_stays(settings: Settings, instance: dg.DagsterInstance) -> None:
    settings.state.mkdir()
    (settings.state / "warehouse.duckdb").write_bytes(b"in use")
    (settings.state / "warehouse.duckdb.set-aside").write_bytes(b"old")
    (settings.state / ".restoring-x").mkdir()
    tidy(settings, instance)
    left = {path.name for path in settings.state.iterdir()}
    assert left == {"warehouse.duckdb", "warehouse.duckdb.lock"}


def test_saying_what_may_go_removes_nothing(settings: Settings, instance: dg.DagsterInstance) -> None:
    archive(settings, 3, 3, 3)
    finished(instance, dg.DagsterRunStatus.FAILURE, 12)
    assert [one.count for one in surplus(settings, instance)] == [2, 1, 0, 0]
    assert [one.count for one in surplus(settings, instance)] == [2, 1, 0, 0]
