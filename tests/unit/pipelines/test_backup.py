"""A backup comes back as it was, or not at all, and leads nowhere else."""

import os
import sqlite3
import stat
import struct
import tempfile
import zipfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from assets.ombudsman.archive import Captures
from cli.main import app
from pipelines.backup import BackupError, backup, last_backup, leftovers, restore
from warehouse.connection import WarehouseBusyError, exclusive, open_warehouse, why_unusable
from warehouse.files import is_open_to_others, open_to_others, private_folder
from warehouse.settings import Settings


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation with captures, a delivery, a plan and settings, and what is made from them."""
    monkeypatch.setitem(Settings.model_config, "toml_file", tmp_path / "here" / "settings.toml")
    settings = at(tmp_path / "here")
    captures = Captures(settings.captures)
    captures.keep("https://site.example/one", b"one")
    captures.keep("https://site.example/two", b"two")
    store = private_folder(settings.state / "register") / "E10000034" / "case_stages"
    store.mkdir(parents=True)
    (store / "2026-09-30_x.parquet").write_bytes(b"cases")
    (settings.state / "register" / "salt").write_text("00" * 32, encoding="ascii")
    (settings.state / "undertakings").mkdir()
    (settings.state / "undertakings" / "plan.json").write_bytes(b"{}")
    (settings.state / "warehouse.duckdb").write_bytes(b"made again")
    (settings.state / "dagster").mkdir()
    (settings.state / "dagster" / "runs.db").write_bytes(b"history")
    (tmp_path / "here" / "settings.toml").write_text('comparators = "region"\n', encoding="utf-8")
    return settings


def at(folder: Path) -> Settings:
    return Settings(
        state=folder / "state",
        output=folder / "output",
        captures=folder / "state" / "captures",
        lock_wait_seconds=0.1,
    )


def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty checkout."""
    monkeypatch.setitem(Settings.model_config, "toml_file", tmp_path / "there" / "settings.toml")
    return at(tmp_path / "there")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under a folder but locks and what the backup notes of itself."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock" and path.name != "last-backup.json"
    }


def test_everything_that_cannot_be_made_again_comes_back(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(tmp_path / "here")
    backup(here, tmp_path / "backup.zip")
    restore(there(tmp_path, monkeypatch), tmp_path / "backup.zip")
    made_again = {"state/warehouse.duckdb", "state/dagster/runs.db"}
    assert contents(tmp_path / "there") == {
        name.replace("settings.toml", "settings.restored.toml"): body
        for name, body in before.items()
        if name not in made_again
    }


def test_captures_outside_the_state_come_back_where_captures_are_now(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = here.model_copy(update={"captures": tmp_path / "elsewhere"})
    Captures(elsewhere.captures).keep("https://site.example/three", b"three")
    backup(elsewhere, tmp_path / "backup.zip")
    back = there(tmp_path, monkeypatch)
    restore(back, tmp_path / "backup.zip")
    assert Captures(back.captures).verify() == []
    assert Captures(back.captures).addresses() == ["https://site.example/three"]


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_cases_come_back_for_their_owner_alone(here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backup(here, tmp_path / "backup.zip")
    back = there(tmp_path, monkeypatch)
    restore(back, tmp_path / "backup.zip")
    assert open_to_others(back.state) == []
    assert not is_open_to_others(tmp_path / "backup.zip")


def test_a_backup_is_not_overwritten_without_being_asked_to(here: Settings, tmp_path: Path) -> None:
    (tmp_path / "backup.zip").write_bytes(b"precious")
    with pytest.raises(BackupError, match="--force"):
        backup(here, tmp_path / "backup.zip")
    assert (tmp_path / "backup.zip").read_bytes() == b"precious"


def test_what_is_there_already_is_not_overwritten_without_being_asked_to(here: Settings, tmp_path: Path) -> None:
    backup(here, tmp_path / "backup.zip")
    Captures(here.captures).keep("https://site.example/new", b"new")
    before = contents(here.state)
    with pytest.raises(BackupError, match=r"already exist: .*captures.*--force"):
        restore(here, tmp_path / "backup.zip")
    assert contents(here.state) == before


def test_what_is_there_already_is_moved_aside_when_asked_to(here: Settings, tmp_path: Path) -> None:
    backup(here, tmp_path / "backup.zip")
    Captures(here.captures).keep("https://site.example/new", b"new")
    restore(here, tmp_path / "backup.zip", force=True)
    assert "https://site.example/new" not in Captures(here.captures).addresses()
    aside = Captures(here.state / "captures.before-restore")
    assert "https://site.example/new" in aside.addresses()


def test_what_was_moved_aside_is_in_no_later_backup(here: Settings, tmp_path: Path) -> None:
    backup(here, tmp_path / "backup.zip")
    restore(here, tmp_path / "backup.zip", force=True)
    backup(here, tmp_path / "again.zip")
    with zipfile.ZipFile(tmp_path / "again.zip") as archive:
        assert [name for name in archive.namelist() if "before-restore" in name] == []


def test_a_backup_waits_for_a_refresh(here: Settings, tmp_path: Path) -> None:
    with exclusive(here.state / "warehouse.duckdb", 1), pytest.raises(WarehouseBusyError):
        backup(here, tmp_path / "backup.zip")
    assert not list(tmp_path.glob("*backup*"))


def test_the_day_of_the_last_backup_is_known(here: Settings, tmp_path: Path) -> None:
    assert last_backup(here) is None
    kept = backup(here, tmp_path / "backup.zip")
    assert last_backup(here) == kept.made


def test_the_command_says_that_a_damaged_capture_was_kept_as_it_is(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("state", "output", "captures"):
        monkeypatch.setenv(f"BENCHMARK_{name.upper()}", str(getattr(here, name)))
    body = next(here.captures.glob("bodies/*/*.gz"))
    body.write_bytes(b"other")
    done = CliRunner().invoke(app, ["backup", str(tmp_path / "backup.zip")])
    assert done.exit_code == 0, done.output
    assert f"although it is damaged: the body at {body}" in done.output


def rewritten(
    source: Path,
    change: Callable[[dict[str, bytes]], object],
    mode: int = 0o600,
    kind: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """The backup with its files changed."""
    target = source.with_name("hostile.zip")
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", kind) as hostile:
        files = {name: archive.read(name) for name in archive.namelist()}
        change(files)
        for name, body in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = kind
            hostile.writestr(info, body)
        hostile.comment = archive.comment
    return target


def renamed(name: str) -> Callable[[dict[str, bytes]], object]:
    return lambda files: files.update({name: files.pop("state/undertakings/plan.json")})


def refused(hostile: Path, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The backup is refused for this reason, and nothing is anywhere it was not before."""
    outside = contents(tmp_path / "here")
    with pytest.raises(BackupError, match=why):
        restore(there(tmp_path, monkeypatch), hostile)
    assert contents(tmp_path / "there") == {}
    assert contents(tmp_path / "here") == outside


@pytest.mark.parametrize(
    "name",
    [
        "../outside.txt",
        "state/../../outside.txt",
        "/outside.txt",
        "state/undertakings/../../../outside.txt",
        "state\\..\\outside.txt",
        "C:/outside.txt",
        "captures/./body",
        "state//plan.json",
        "pyproject.toml",
        "state/warehouse.duckdb",
        "state/.hidden/plan.json",
        "state/undertakings/.hidden/plan.json",
        "state/",
        "state",
        "captures",
        "state/undertakings/",
        "state/Register/salt",
        "state/telling/plan.json",
        "state/undertakings/\x1b[2J.json",
        "state/undertakings/\u202efdp.json",
        "settings.toml/plan.json",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    backup(here, tmp_path / "backup.zip")
    hostile = rewritten(tmp_path / "backup.zip", renamed(name))
    refused(hostile, "leads elsewhere", tmp_path, monkeypatch)


def test_a_link_is_refused(here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backup(here, tmp_path / "backup.zip")
    hostile = rewritten(tmp_path / "backup.zip", lambda _: None, stat.S_IFLNK | 0o777)
    refused(hostile, "is a link", tmp_path, monkeypatch)


def test_an_altered_file_is_refused(here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backup(here, tmp_path / "backup.zip")
    hostile = rewritten(tmp_path / "backup.zip", lambda _: None, kind=zipfile.ZIP_STORED)
    hostile.write_bytes(hostile.read_bytes().replace(b"cases", b"CASES"))
    refused(hostile, "no whole backup", tmp_path, monkeypatch)


def test_a_file_that_unpacks_to_more_than_it_says_is_refused(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 50_000_000
    backup(here, tmp_path / "backup.zip")
    hostile = rewritten(
        tmp_path / "backup.zip", lambda files: files.update({"state/undertakings/plan.json": b"0" * size})
    )
    hostile.write_bytes(hostile.read_bytes().replace(struct.pack("<L", size), struct.pack("<L", 10)))
    refused(hostile, "no whole backup", tmp_path, monkeypatch)


def test_a_backup_that_unpacks_to_more_than_the_disk_holds_is_refused(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(here, tmp_path / "backup.zip")
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=3))
    refused(tmp_path / "backup.zip", "no room", tmp_path, monkeypatch)


@pytest.mark.parametrize("name", ["state/undertakings/PLAN.json", "state/undertakings/plan.json/more.json"])
def test_two_files_for_one_place_are_refused(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    backup(here, tmp_path / "backup.zip")
    hostile = rewritten(tmp_path / "backup.zip", lambda files: files.update({name: b"{}"}))
    refused(hostile, "two files for one place", tmp_path, monkeypatch)


HOSTILE_SETTINGS = b'output = "/srv/elsewhere"\ncontact = "\\u001b[2J"\n'


def with_settings(text: bytes) -> Callable[[dict[str, bytes]], object]:
    return lambda files: files.update({"settings.toml": text})


def test_settings_that_lead_elsewhere_are_shown_and_not_taken(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(here, tmp_path / "backup.zip")
    hostile = rewritten(tmp_path / "backup.zip", with_settings(HOSTILE_SETTINGS))
    back = there(tmp_path, monkeypatch)
    for name in ("state", "captures"):
        monkeypatch.setenv(f"BENCHMARK_{name.upper()}", str(getattr(back, name)))
    done = CliRunner().invoke(app, ["restore", str(hostile)])
    assert done.exit_code == 0, done.output
    assert "'output' = '/srv/elsewhere'" in done.output and "\x1b" not in done.output
    assert not (tmp_path / "there" / "settings.toml").exists()


@pytest.mark.parametrize("text", [b"output = ", b"\xff"])
def test_settings_that_cannot_be_read_refuse_the_backup(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: bytes
) -> None:
    backup(here, tmp_path / "backup.zip")
    hostile = rewritten(tmp_path / "backup.zip", with_settings(text))
    refused(hostile, "cannot be read", tmp_path, monkeypatch)


def test_history_comes_back_only_when_asked_for(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = here.state / "dagster"
    history.mkdir(parents=True, exist_ok=True)
    (history / "runs.db").unlink(missing_ok=True)
    sqlite3.connect(history / "runs.db").execute("create table runs (id)").connection.close()
    backup(here, tmp_path / "backup.zip", history=True)
    restored = there(tmp_path, monkeypatch)
    restore(restored, tmp_path / "backup.zip")
    assert not (restored.state / "dagster" / "runs.db").exists()
    third = at(tmp_path / "third")
    restore(third, tmp_path / "backup.zip", history=True)
    brought = sqlite3.connect(third.state / "dagster" / "runs.db")
    assert brought.execute("select * from runs").fetchall() == []


def killed_at(call: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """End whatever renames next as a kill would, before its n-th rename."""
    rename, calls = Path.replace, count(1)

    def replace(path: Path, target: Path) -> Path:
        if next(calls) == call:
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    # a kill runs no clean-up
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)


@pytest.mark.parametrize("call", [2, 3, 4, 5, 6, 7])
def test_a_restore_cut_off_while_it_moves_is_marked_and_the_next_one_loses_nothing(
    here: Settings, tmp_path: Path, call: int
) -> None:
    backup(here, tmp_path / "backup.zip")
    new = here.state / "undertakings" / "new.json"
    new.write_bytes(b"since then")
    with pytest.MonkeyPatch.context() as patch:
        killed_at(call, patch)
        with pytest.raises(KeyboardInterrupt):
            restore(here, tmp_path / "backup.zip", force=True)
    with pytest.raises(WarehouseBusyError, match="A restore was cut off"):
        open_warehouse(here.state / "warehouse.duckdb")
    restore(here, tmp_path / "backup.zip", force=True)
    assert why_unusable(here.state / "warehouse.duckdb") == "is damaged or no warehouse"  # as it was
    assert not new.exists()
    assert (here.state / "undertakings.before-restore" / "new.json").read_bytes() == b"since then"
    assert Captures(here.captures).verify() == [] and len(Captures(here.captures).addresses()) == 2
    assert leftovers(here) == []


def test_a_backup_that_is_killed_leaves_nothing_outside_the_state_and_nothing_open_to_others(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(tmp_path)

    def killed(*_: object) -> None:
        # a kill runs no clean-up
        for path in (here.state).glob(".backup-*"):
            path.rename(path.with_name(".backup-killed.zip"))
        raise KeyboardInterrupt

    monkeypatch.setattr("pipelines.backup._hand_over", killed)
    with pytest.raises(KeyboardInterrupt):
        backup(here, tmp_path / "backup.zip")
    left = here.state / ".backup-killed.zip"
    assert set(contents(tmp_path)) - set(before) == {left.relative_to(tmp_path).as_posix()}
    assert not is_open_to_others(left) and not is_open_to_others(here.state)
    assert leftovers(here) == [left]


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs another file system")
def test_a_backup_to_another_file_system_is_whole_and_its_owners_alone(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as other:
        target = Path(other) / "backup.zip"
        for _ in range(2):
            kept = backup(here, target, force=True)
        assert [path.name for path in Path(other).iterdir()] == ["backup.zip"]
        assert not is_open_to_others(target)
        assert restore(there(tmp_path, monkeypatch), target).files == kept.files
    assert leftovers(here) == []


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_half_a_backup_is_refused(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    backup(here, tmp_path / "backup.zip")
    whole = (tmp_path / "backup.zip").read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: int(len(whole) * share)])
    refused(tmp_path / "half.zip", "no whole backup", tmp_path, monkeypatch)


def test_a_zip_that_is_no_backup_is_refused(here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    refused(tmp_path / "other.zip", "does not say when it was made", tmp_path, monkeypatch)
