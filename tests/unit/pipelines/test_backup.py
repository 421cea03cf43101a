"""A backup comes back as it was, or not at all, and leads nowhere else."""

import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.ombudsman.archive import Captures
from cli.main import app
from pipelines.backup import BackupError, backup, last_backup, restore
from warehouse.connection import WarehouseBusyError, exclusive
from warehouse.files import private_folder
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
        name: body for name, body in before.items() if name not in made_again
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
def test_cases_come_back_for_their_owner_alone(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(here, tmp_path / "backup.zip")
    back = there(tmp_path, monkeypatch)
    restore(back, tmp_path / "backup.zip")
    modes = [
        stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "backup.zip", back.state / "register", back.state / "register" / "salt")
    ]
    assert modes == [0o600, 0o700, 0o600]


def test_a_backup_is_not_overwritten_without_being_asked_to(here: Settings, tmp_path: Path) -> None:
    (tmp_path / "backup.zip").write_bytes(b"precious")
    with pytest.raises(BackupError, match="--force"):
        backup(here, tmp_path / "backup.zip")
    assert (tmp_path / "backup.zip").read_bytes() == b"precious"


def test_what_is_there_already_is_not_overwritten_without_being_asked_to(
    here: Settings, tmp_path: Path
) -> None:
    backup(here, tmp_path / "backup.zip")
    Captures(here.captures).keep("https://site.example/new", b"new")
    before = contents(here.state)
    with pytest.raises(BackupError, match=r"there already: .*captures.*--force"):
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
    change: Callable[[dict[str, bytes], dict[str, dict[str, object]]], None],
    mode: int = 0o600,
) -> Path:
    """The backup with its files and their entries in the manifest changed."""
    with zipfile.ZipFile(source) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    change(files, manifest["files"])
    target = source.with_name("hostile.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, body)
        archive.writestr("manifest.json", json.dumps(manifest))
    return target


def renamed(name: str) -> Callable[[dict[str, bytes], dict[str, dict[str, object]]], None]:
    def change(files: dict[str, bytes], entries: dict[str, dict[str, object]]) -> None:
        files[name] = files.pop("state/undertakings/plan.json")
        entries[name] = entries.pop("state/undertakings/plan.json")

    return change


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
    hostile = rewritten(tmp_path / "backup.zip", lambda *_: None, stat.S_IFLNK | 0o777)
    refused(hostile, "is a link", tmp_path, monkeypatch)


def test_an_altered_file_is_refused(here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(files: dict[str, bytes], _: object) -> None:
        files["state/register/E10000034/case_stages/2026-09-30_x.parquet"] = b"CASES"

    backup(here, tmp_path / "backup.zip")
    hostile = rewritten(tmp_path / "backup.zip", change)
    refused(hostile, "is not what it was when the backup was made", tmp_path, monkeypatch)


def test_a_file_that_unpacks_to_more_than_it_says_is_refused(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(files: dict[str, bytes], _: object) -> None:
        files["state/undertakings/plan.json"] = b"0" * 50_000_000

    backup(here, tmp_path / "backup.zip")
    hostile = rewritten(tmp_path / "backup.zip", change)
    refused(hostile, "larger than the backup says", tmp_path, monkeypatch)


def test_a_file_that_the_manifest_does_not_list_is_refused(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(files: dict[str, bytes], _: object) -> None:
        files["state/undertakings/more.json"] = b"{}"

    backup(here, tmp_path / "backup.zip")
    hostile = rewritten(tmp_path / "backup.zip", change)
    refused(hostile, "other files than its manifest lists", tmp_path, monkeypatch)


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_half_a_backup_is_refused(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    backup(here, tmp_path / "backup.zip")
    whole = (tmp_path / "backup.zip").read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: int(len(whole) * share)])
    refused(tmp_path / "half.zip", "no whole backup", tmp_path, monkeypatch)


def test_a_zip_that_is_no_backup_is_refused(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    refused(tmp_path / "other.zip", "no manifest", tmp_path, monkeypatch)
