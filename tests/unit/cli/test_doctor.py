"""Each line of the doctor: that it says ok of what is well, that it trips, and that what it mends is mended."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import (
    InProcessCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    ScheduleInstigatorData,
    TickData,
    TickStatus,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._daemon.types import DaemonHeartbeat
from dagster._utils.error import SerializableErrorInfo
from typer.testing import CliRunner

from assets.ombudsman.archive import Captures
from assets.publication import publishing
from cli import doctor
from cli.doctor import Finding, Installation, examine
from cli.main import app
from pipelines.backup import backup
from pipelines.runs import REFRESH, own_tags
from warehouse.connection import open_warehouse
from warehouse.files import private_folder
from warehouse.settings import NoticeSettings, Secrets, Settings


def _installed(folder: Path) -> Iterator[Installation]:
    settings = Settings(
        state=folder / "state",
        output=folder / "output",
        captures=folder / "state" / "captures",
        lock_wait_seconds=0.1,
        notices=NoticeSettings(email_to=["analyst@council.example"]),
    )
    (folder / "history").mkdir()
    with dg.DagsterInstance.local_temp(str(folder / "history")) as instance:
        installation = Installation(settings, instance, Secrets())
        for path in (installation.warehouse, installation.published):
            path.parent.mkdir(parents=True, exist_ok=True)
            open_warehouse(path).close()
        Captures(settings.captures).keep("https://site.example/page", b"page")
        private_folder(settings.state / "register")
        refreshed(installation)
        backup(settings, folder / "backup.zip")
        yield installation


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A healthy one: refreshed, published, collected, backed up, with somebody to tell; its automation off."""
    yield from _installed(tmp_path)


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Such an installation for tests that change nothing of it."""
    yield from _installed(tmp_path_factory.mktemp("healthy"))


def refreshed(installation: Installation, fails: bool = False, told: bool = True) -> None:
    """One run called like a refresh."""

    @dg.op
    def step() -> None:
        if fails:
            raise OSError("No space left on device")

    @dg.job(name=REFRESH)
    def job() -> None:
        step()

    tags = own_tags(installation.settings) | ({"benchmark/told": "yes"} if told else {})
    job.execute_in_process(instance=installation.instance, raise_on_error=False, tags=tags)


def later(installation: Installation, **ahead: float) -> Installation:
    """The same installation, looked at so much later."""
    now = datetime.now(UTC) + timedelta(**ahead)
    return Installation(installation.settings, installation.instance, installation.secrets, now)


def with_settings(installation: Installation, **changed: object) -> Installation:
    settings = installation.settings.model_copy(update=changed)
    return Installation(settings, installation.instance, installation.secrets)


def the(level: str, findings: Iterator[Finding]) -> Finding:
    """The one finding of a level."""
    (finding,) = [one for one in findings if one.level == level]
    return finding


def mended(installation: Installation, look: str, level: str) -> str:
    """What was done about the one finding of a level, after which all is well."""
    mend = the(level, examine(installation, look)).mend
    assert mend
    done = mend()
    assert {one.level for one in examine(installation, look)} <= {"ok"}
    return done


def test_a_healthy_installation_has_nothing_bad_and_only_its_automation_to_switch_on(
    healthy: Installation,
) -> None:
    findings = list(examine(healthy))
    assert [(one.what, one.said) for one in findings if one.level == "bad"] == []
    assert {one.what for one in findings if one.level == "warn"} == {"automation"}
    assert len(findings) >= len(doctor.CHECKS)


@pytest.mark.parametrize(
    ("changed", "look", "level", "said"),
    [
        ({"notices": NoticeSettings()}, "notices", "warn", ""),
        ({"state": Path("elsewhere")}, "last refresh", "warn", "none has succeeded yet"),
        ({"state": Path("elsewhere")}, "backup", "warn", ""),
    ],
)
def test_a_setting_that_cannot_be_or_leads_nowhere_is_noticed(
    healthy: Installation, changed: dict[str, object], look: str, level: str, said: str
) -> None:
    assert said in the(level, examine(with_settings(healthy, **changed), look)).said


@pytest.mark.parametrize(
    ("days", "look", "level", "said"),
    [
        (2, "last refresh", "ok", ""),
        (9, "last refresh", "warn", ""),
        (16, "last refresh", "bad", ""),
        (40, "collected", "warn", "40 days ago"),
        (40, "backup", "warn", "days ago"),
    ],
)
def test_what_was_done_too_long_ago_or_is_still_to_come_is_noticed(
    healthy: Installation, days: int, look: str, level: str, said: str
) -> None:
    assert said in the(level, examine(later(healthy, days=days), look)).said


@pytest.mark.parametrize(("days_before_the_last", "level"), [(400, "ok"), (90, "warn"), (-400, "bad")])
def test_the_end_of_the_list_of_holidays_is_seen_coming(
    healthy: Installation, days_before_the_last: int, level: str
) -> None:
    last = (doctor.bank_holidays()["date"].max() - datetime.now(UTC).date()).days
    assert the(level, examine(later(healthy, days=last - days_before_the_last), "holidays"))


@pytest.mark.parametrize(
    ("file", "content", "look", "level", "said"),
    [
        ("output/warehouse.duckdb", b"hello " * 3000, "published", "bad", "damaged or no warehouse"),
        ("output/warehouse.duckdb.wal", b"", "published", "bad", "opened the published warehouse for writing"),
        ("state/captures/bodies/*/*.gz", b"other", "archive", "bad", ".gz"),
        ("state/register/E10000034/case_stages/2026-09-30_x.parquet", b"half", "register", "bad", "not be examined"),
    ],
)  # fmt: skip
def test_a_file_that_is_damaged_or_left_over_is_noticed(
    installation: Installation, tmp_path: Path, file: str, content: bytes, look: str, level: str, said: str
) -> None:
    path = next(tmp_path.glob(file), tmp_path / file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    assert said in the(level, examine(installation, look)).said


def test_whatever_is_not_well_says_what_to_do(healthy: Installation, tmp_path: Path) -> None:
    empty = with_settings(healthy, state=tmp_path / "none", output=tmp_path / "none", captures=tmp_path)
    assert [one for one in examine(empty) if one.level != "ok" and not one.do] == []


@pytest.mark.parametrize(
    ("free", "warehouse", "level"),
    [(1 << 29, 0, "bad"), (2 << 30, 0, "warn"), (1 << 40, 0, "ok"), (8 << 30, 4 << 30, "bad")],
)
def test_too_little_room_for_the_warehouse_is_noticed(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, free: int, warehouse: int, level: str
) -> None:
    usage = type(doctor.shutil.disk_usage("/"))(1 << 41, 0, free)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage)
    os.truncate(installation.warehouse, warehouse)
    assert {one.level for one in examine(installation, "disk")} == {level}


def test_a_folder_that_cannot_be_written_to_is_bad(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(dir: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    assert all("Permission denied" in finding.said for finding in examine(installation, "folders"))


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_cases_that_others_can_read_are_bad_and_mended(installation: Installation) -> None:
    state = installation.settings.state
    nested = state / "as-at" / "2026-05-01" / "warehouse.duckdb"
    nested.parent.mkdir(parents=True)
    nested.touch()
    for path, mode in (
        (state, 0o755),
        (state / "register", 0o750),
        (installation.warehouse, 0o604),
        (nested, 0o640),
    ):
        path.chmod(mode)
    assert the("bad", examine(installation, "private files")).said.startswith("4 can be opened by others")
    assert mended(installation, "private files", "bad")


def test_what_a_killed_backup_and_restore_left_behind_is_removed(installation: Installation) -> None:
    state = installation.settings.state
    (state / ".backup-1.zip").touch()
    (state / ".restoring-register").mkdir()
    assert list(examine(installation, "leftovers"))
    for finding in examine(installation, "leftovers"):
        assert finding.mend and finding.mend()
    assert list(examine(installation, "leftovers")) == []


def test_an_edition_that_was_altered_is_named(installation: Installation) -> None:
    folder = installation.settings.output / "exampleshire"
    edition, files = publishing.seal("a-1", {"index.html": b"88.5%"})
    path = publishing.put(folder, edition, files)
    publishing.point_to(folder, edition, "Exampleshire")
    assert the("ok", examine(installation, "editions"))
    (path / "index.html").write_bytes(b"12.3%")
    assert f"{edition}: index.html was changed" in the("bad", examine(installation, "editions")).said


def test_councils_without_figures_are_one_download_away(installation: Installation) -> None:
    with duckdb.connect(str(installation.published)) as published:
        published.execute("create schema if not exists core")
        published.execute(
            "create table core.councils as from (values ('a', null), ('b', null)) as t(gss_code, valid_to)"
        )
        published.execute("create table core.measures as select 'upheld' as measure, 'ombudsman' as family")
        published.execute("create table core.observations as select 'a' as gss_code, 'upheld' as measure")
    found = the("warn", examine(installation, "whole tables"))
    assert found.said == "figures of 1 councils are one download away"
    assert "local-government-complaint-reviews" in found.do and "benchmark import FOLDER" in found.do
    with duckdb.connect(str(installation.published)) as published:
        published.execute("insert into core.observations values ('b', 'upheld')")
    assert the("ok", examine(installation, "whole tables"))


def test_a_capture_that_cannot_be_read_is_named_with_its_address(installation: Installation) -> None:
    address = "https://www.lgo.org.uk/your-councils-performance/kent-county-council/statistics"
    Captures(installation.settings.captures).keep(address, b"<div>" * 100_000)
    found = the("warn", examine(installation, "archive"))
    assert address in found.said and "nested too deeply" in found.said


def test_a_published_warehouse_of_another_version_is_a_warning(installation: Installation) -> None:
    installation.published.unlink()
    with duckdb.connect(str(installation.published)) as connection:
        connection.execute("create schema marts")
    assert "earlier version" in the("warn", examine(installation, "published")).said


def test_a_copy_left_behind_is_a_warning_and_removed(installation: Installation) -> None:
    left = installation.published.with_name(".warehouse.duckdb.new")
    left.write_bytes(b"half")
    assert mended(installation, "leftovers", "warn")
    assert not left.exists()


def switched_on(installation: Installation, tick: TickStatus | None = None) -> None:
    """The weekly schedule, as switching it on in the UI leaves it, and how its last tick went."""
    target = LoadableTargetOrigin(python_file="definitions.py")
    origin = RemoteInstigatorOrigin(
        RemoteRepositoryOrigin(InProcessCodeLocationOrigin(target), "repository"), "weekly_refresh"
    )
    state = InstigatorState(
        origin,
        InstigatorType.SCHEDULE,
        InstigatorStatus.RUNNING,
        ScheduleInstigatorData("0 6 * * 1", datetime.now(UTC).timestamp()),
    )
    installation.instance.add_instigator_state(state)
    if tick:
        error = SerializableErrorInfo("no answer", [], "Unreachable")
        installation.instance.create_tick(
            TickData(
                state.instigator_origin_id,
                "weekly_refresh",
                InstigatorType.SCHEDULE,
                tick,
                datetime.now(UTC).timestamp(),
                error=error,
                selector_id=state.selector_id,
            )
        )


@pytest.mark.parametrize(
    ("is_awake", "contact", "tick", "level", "said"),
    [
        (False, "analyst@council.example", None, "bad", "the daemon is not running"),
        (True, "", None, "bad", "no `contact` is set"),
        (True, "analyst@council.example", None, "ok", "weekly_refresh on"),
        (True, "analyst@council.example", TickStatus.FAILURE, "bad", "weekly_refresh failed: no answer"),
    ],
)
def test_a_schedule_that_is_on_needs_a_daemon_a_contact_and_good_ticks(
    installation: Installation, is_awake: bool, contact: str, tick: TickStatus | None, level: str, said: str
) -> None:
    switched_on(installation, tick)
    for kind in installation.instance.get_required_daemon_types() if is_awake else ():
        beat = DaemonHeartbeat(datetime.now(UTC).timestamp(), kind, "a daemon", [])
        installation.instance.add_daemon_heartbeat(beat)
    assert said in the(level, examine(with_settings(installation, contact=contact), "automation")).said


def test_a_failed_refresh_after_a_good_one_is_bad(installation: Installation) -> None:
    refreshed(installation, fails=True)
    assert the("bad", examine(installation, "last refresh")).said.startswith("failed; the last good one")


def test_notices_that_wait_are_bad(installation: Installation) -> None:
    refreshed(installation, fails=True, told=False)
    assert "1 could not be sent yet" in the("bad", examine(installation, "notices")).said


def test_the_command_ends_with_1_where_something_is_bad_and_with_0_where_it_is_mended(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("state", "output", "captures"):
        monkeypatch.setenv(f"BENCHMARK_{name.upper()}", str(getattr(installation.settings, name)))
    (installation.settings.state / "register").chmod(0o755)
    done = [CliRunner().invoke(app, ["doctor", *arguments]) for arguments in ([], ["--fix"])]
    assert [one.exit_code for one in done] == [1, 0], done[1].output
    assert "mended private files" in done[1].output


def test_a_state_folder_that_cannot_be_made_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("BENCHMARK_STATE", str(tmp_path / "file" / "state"))
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 2
    assert "set BENCHMARK_STATE to a folder that can" in " ".join(done.output.split())
