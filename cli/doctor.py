"""What `benchmark doctor` looks at: one line each, ok, warn or bad, with what to do, and mended where that is safe."""

import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Literal

import dagster as dg
import duckdb
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, TickStatus

from assets.council.register import register_store
from assets.ombudsman.archive import Captures
from assets.ombudsman.archive_rows import unreadable_captures
from assets.ombudsman.source import load
from assets.publication.publishing import published, verify
from benchmarking.working_days import bank_holidays
from pipelines.backup import last_backup, leftovers
from pipelines.notices import channels
from pipelines.notify import unnotified_runs
from pipelines.runs import REFRESH, cut_off, is_free, is_own, leaked_slots, raised, settle
from warehouse.connection import UNFINISHED_RESTORE, WAREHOUSE_FILE, WarehouseBusyError, why_unusable
from warehouse.councils import Lookup, UnknownSubjectError
from warehouse.files import close_to_others, is_open_to_others, open_to_others
from warehouse.settings import PROJECT, Secrets, Settings
from warehouse.shipped import SourceFileError, shipped_files

Level = Literal["ok", "warn", "bad"]

LEAST_FREE = 1 << 30  # bytes: a first refresh takes a fifth of it
COPIES = 4  # of the warehouse: the one built, the one published, the one that replaces it, and room to grow
WEEK = timedelta(days=8)  # the weekly refresh, and a day
TWO_WEEKS = timedelta(days=15)
MONTH = timedelta(days=35)
HOLIDAYS_AHEAD = timedelta(days=183)
WITHOUT_FIGURES = """
    select count(*) from core.councils as councils where councils.valid_to is null and not exists (
        select 1 from core.observations as figures
        inner join core.measures as measures on figures.measure = measures.measure
        where figures.gss_code = councils.gss_code and measures.family = 'ombudsman'
    )
"""
AUTOMATION = ("ombudsman_publication", "weekly_refresh")


@dataclass(frozen=True)
class Finding:
    """One line of the examination. `mend` mends it where that loses nothing; it says what was done."""

    level: Level
    what: str
    said: str
    do: str = ""
    mend: Callable[[], str] | None = None


@dataclass(frozen=True)
class Installation:
    """What is examined, and the moment of it."""

    settings: Settings
    instance: dg.DagsterInstance
    secrets: Secrets = field(default_factory=Secrets)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def warehouse(self) -> Path:
        return self.settings.state / WAREHOUSE_FILE

    @property
    def published(self) -> Path:
        return self.settings.output / WAREHOUSE_FILE

    def ended(self, *statuses: dg.DagsterRunStatus) -> dg.RunRecord | None:
        """The newest refresh of this installation that ended so."""
        records = self.instance.get_run_records(
            dg.RunsFilter(job_name=REFRESH, statuses=list(statuses)), limit=50
        )
        return next((one for one in records if is_own(one.dagster_run, self.settings)), None)


def examine(installation: Installation, *names: str) -> Iterator[Finding]:
    """Every finding, or those of the looks of these names. What cannot be examined is a finding too."""
    for name in names or LOOKS:
        try:
            yield from LOOKS[name](installation)
        except Exception as error:  # a damaged installation is what this is for
            yield Finding("bad", name, f"could not be examined: {type(error).__name__}: {error}")


def _settings(installation: Installation) -> Iterator[Finding]:
    settings = installation.settings
    try:
        lookup = Lookup(settings)
        council = lookup.council(settings.council)
        group = lookup.comparators(settings.comparators)
    except UnknownSubjectError as error:
        yield Finding("bad", "settings", str(error), "Correct settings.toml.")
        return
    yield Finding("ok", "settings", f"{council.official_name}, compared by {group}")


def _data(installation: Installation) -> Iterator[Finding]:
    files = shipped_files(installation.settings.data)
    for file in files:
        try:
            file.bytes()
        except SourceFileError as error:
            yield Finding("bad", "data", str(error), "Restore the file: git checkout data")
            return
    yield Finding("ok", "data", f"{len(files)} files are those their source files vouch for")


def _packages(installation: Installation) -> Iterator[Finding]:
    with (PROJECT / "pyproject.toml").open("rb") as file:
        pins = tomllib.load(file)["tool"]["uv"]["constraint-dependencies"]
    wrong = []
    for pin in pins:
        name, version = pin.split("==")
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # for another platform, or for development
        if found != version:
            wrong.append(f"{name} {found}, not {version}")
    if wrong:
        yield Finding("warn", "packages", "; ".join(wrong[:5]), "Run: uv sync")
    else:
        yield Finding("ok", "packages", "every version is the one that was tested")


def _disk(installation: Installation) -> Iterator[Finding]:
    sizes = [
        path.stat().st_size for path in (installation.warehouse, installation.published) if path.exists()
    ]
    needed = max(LEAST_FREE, COPIES * max(sizes, default=0))
    for name in ("state", "output", "captures"):
        folder = getattr(installation.settings, name)
        there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        free = shutil.disk_usage(there).free
        level: Level = "bad" if free < needed else "warn" if free < 3 * needed else "ok"
        do = "" if level == "ok" else "Make room (`uv run benchmark tidy` says what can go)."
        yield Finding(level, f"disk, {name}", f"{free / 2**30:.1f} GiB free, {needed / 2**30:.1f} needed", do)


def _folders(installation: Installation) -> Iterator[Finding]:
    for name in ("state", "output", "captures"):
        folder = getattr(installation.settings, name)
        if not folder.exists():
            continue
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            yield Finding(
                "bad",
                f"folder, {name}",
                f"cannot be written to: {error.strerror}",
                "Give it back its owner and mode.",
            )
            return
    yield Finding("ok", "folders", "can be written to")


def _private_files(installation: Installation) -> Iterator[Finding]:
    if os.name != "posix":
        yield Finding("ok", "private files", "modes are not examined on this system")
        return
    state = installation.settings.state
    if found := open_to_others(state):
        yield Finding(
            "bad",
            "private files",
            f"{len(found)} can be opened by others than their owner, the first: {found[0]}",
            f"chmod -R go= {state}",
            partial(_closed, found),
        )
    else:
        yield Finding("ok", "private files", "cases and plans can be read by their owner alone")


def _editions(installation: Installation) -> Iterator[Finding]:
    altered = [
        f"{folder.name}, {name}: {said[0]}"
        for folder in published(installation.settings.output)
        for name, said in verify(folder).items()
    ]
    if altered:
        yield Finding(
            "bad",
            "editions",
            f"{len(altered)} were altered since they were published, the first: {altered[0]}",
            "See `uv run benchmark verify`; `uv run benchmark` makes the current edition again.",
        )
    else:
        yield Finding("ok", "editions", "nothing published was altered")


def _leftovers(installation: Installation) -> Iterator[Finding]:
    if not is_free(installation.warehouse):
        return
    fresh = installation.published.with_name(f".{installation.published.name}.new")
    for path in (*leftovers(installation.settings), *([fresh] if fresh.exists() else [])):
        yield Finding("warn", "leftovers", f"{path} was left behind", "", partial(_removed, path))


def _lock(installation: Installation) -> Iterator[Finding]:
    holder = installation.warehouse.with_name(installation.warehouse.name + ".holder")
    if not is_free(installation.warehouse):
        who = holder.read_text(encoding="utf-8") if holder.exists() else "another process"
        yield Finding("ok", "lock", f"{who} is refreshing now")
    elif holder.exists():
        yield Finding(
            "warn",
            "lock",
            f"{holder.read_text(encoding='utf-8')} was refreshing and is gone; the lock itself is free",
            "Nothing: the next refresh goes on.",
            partial(_removed, holder),
        )
    else:
        yield Finding("ok", "lock", "free")


def _runs(installation: Installation) -> Iterator[Finding]:
    instance, settings = installation.instance, installation.settings
    if gone := cut_off(instance, settings):
        yield Finding(
            "warn",
            "runs",
            f"{len(gone)} still count as running although their process is gone",
            "The next refresh marks them as failed.",
            lambda: f"{len(settle(instance, settings))} marked as failed",
        )
    else:
        yield Finding("ok", "runs", "none that ended without saying so")
    if leaked := leaked_slots(instance):

        def free() -> str:
            for run_id in leaked:
                instance.event_log_storage.free_concurrency_slots_for_run(run_id)
            return f"{len(leaked)} freed"

        yield Finding(
            "bad", "slots", f"{len(leaked)} runs that are over hold slots of pools", "Free them.", free
        )
    else:
        yield Finding("ok", "slots", "none left by a run that is over")


def _archive(installation: Installation) -> Iterator[Finding]:
    captures = Captures(installation.settings.captures)
    problems = captures.verify()
    if problems:
        yield Finding(
            "bad",
            "archive",
            f"not sound in {len(problems)} places, the first: {problems[0]}",
            "Run `uv run benchmark --live`, which fetches again what the site shows; restore the rest from a backup.",
        )
    elif unreadable := unreadable_captures(captures, installation.settings.site or None):
        yield Finding(
            "warn",
            "archive",
            "; ".join(
                f"{row['address']} of {row['captured_at']} cannot be read: {row['text'] or row['reason']}"
                for row in unreadable[:5]
            ),
            "Refreshes go on without it. Save the page or table from a browser, and import it.",
        )
    else:
        yield Finding(
            "ok", "archive", f"{len(captures.addresses())} addresses, every body has its hash and can be read"
        )


def _deliveries(installation: Installation) -> Iterator[Finding]:
    extracts = register_store(installation.settings).extracts()
    yield Finding("ok", "register", f"{extracts.num_rows} deliveries can be read")


def _warehouse(installation: Installation) -> Iterator[Finding]:
    if is_free(installation.warehouse):
        if reason := why_unusable(installation.warehouse):
            yield Finding(
                "warn",
                "warehouse",
                f"the one that runs build {reason}",
                "Nothing: the next full refresh sets it aside and makes everything anew.",
            )
        else:
            yield Finding("ok", "warehouse", "the one that runs build opens")
    wal = installation.published.with_name(installation.published.name + ".wal")
    if wal.exists():
        yield Finding(
            "bad",
            "published",
            f"{wal.name} exists: somebody opened the published warehouse for writing, and no refresh can replace it",
            "Close that program, then remove the file. Readers should open it with read_only.",
        )
    elif not installation.published.exists():
        yield Finding("warn", "published", "nothing yet", "Run: uv run benchmark")
    else:
        try:
            reason = why_unusable(installation.published, read_only=True)
        except WarehouseBusyError as error:
            reason = str(error)
        if reason:
            level: Level = "warn" if "version" in reason else "bad"
            yield Finding(level, "published", f"the one for readers {reason}", "Run: uv run benchmark")
        else:
            yield Finding("ok", "published", "the warehouse for readers opens")


def _whole_tables(installation: Installation) -> Iterator[Finding]:
    if not installation.published.exists():
        return
    try:
        with duckdb.connect(str(installation.published), read_only=True) as connection:
            found = connection.execute(WITHOUT_FIGURES).fetchall()
    except duckdb.Error:  # what is wrong with it, the look at the warehouse says
        return
    if not (without := found[0][0]):
        yield Finding("ok", "whole tables", "every council has figures of the Ombudsman's")
        return
    source = load()
    yield Finding(
        "warn",
        "whole tables",
        f"figures of {without} councils are one download away",
        f"Open {source.site}{source.addresses['tables']}, save each year's tables (CSV, XLSX, XLS or ODS) "
        "into one folder, "
        "then run: uv run benchmark import FOLDER && uv run benchmark",
    )


def _automation(installation: Installation) -> Iterator[Finding]:
    instance = installation.instance
    states = {state.instigator_name: state for state in instance.all_instigator_state()}
    on = [name for name in AUTOMATION if name in states and states[name].status == InstigatorStatus.RUNNING]
    if not on:
        yield Finding(
            "warn",
            "automation",
            f"{' and '.join(AUTOMATION)} are off: nothing is refreshed by itself",
            "Set `contact`, run `uv run dagster dev` and switch them on under Automation.",
        )
        return
    settings = installation.settings
    if not (settings.contact or settings.site):
        yield Finding(
            "bad", "automation", "no `contact` is set: the Ombudsman's site is not visited", "Set it."
        )
    daemons = instance.get_daemon_statuses()
    asleep = [name for name, status in daemons.items() if not status.healthy]
    if asleep:
        yield Finding(
            "bad",
            "automation",
            f"{', '.join(on)} on, but the daemon is not running",
            "Start it (`uv run dagster dev`), and have the machine start it.",
        )
    for name in on:
        if failure := _last_tick_failed(instance, states[name]):
            yield Finding(
                "bad", "automation", f"the last look of {name} failed: {failure}", "See it in the Dagster UI."
            )
    if not asleep:
        yield Finding("ok", "automation", f"{', '.join(on)} on")


def _last_tick_failed(instance: dg.DagsterInstance, state: InstigatorState) -> str:
    ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
    if ticks and ticks[0].status == TickStatus.FAILURE:
        error = raised(ticks[0].error)
        return error.message.strip() if error else "no reason given"
    return ""


def _refreshed(installation: Installation) -> Iterator[Finding]:
    good = installation.ended(dg.DagsterRunStatus.SUCCESS)
    last = installation.ended(
        dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED
    )
    if good is None:
        yield Finding("warn", "last refresh", "none has succeeded yet", "Run: uv run benchmark")
        return
    when = datetime.fromtimestamp(good.end_time or 0, UTC)
    age = installation.now - when
    said = f"the last good one ended {_ago(age)}"
    if last and last.dagster_run.run_id != good.dagster_run.run_id:
        yield Finding(
            "bad", "last refresh", f"failed; {said}", "See why in the Dagster UI, then: uv run benchmark"
        )
    elif age > WEEK:
        yield Finding(
            "bad" if age > TWO_WEEKS else "warn", "last refresh", said, "Run: uv run benchmark --live"
        )
    else:
        yield Finding("ok", "last refresh", said)


def _collected(installation: Installation) -> Iterator[Finding]:
    newest = _newest_capture(installation)
    if newest is None:
        yield Finding("ok", "collected", "nothing yet: the figures are those that ship")
    elif (age := installation.now - newest) > MONTH:
        yield Finding(
            "warn",
            "collected",
            f"the Ombudsman's site was last read {_ago(age)}",
            "Run: uv run benchmark --live",
        )
    else:
        yield Finding("ok", "collected", f"the Ombudsman's site was last read {_ago(age)}")


def _clock(installation: Installation) -> Iterator[Finding]:
    last = installation.ended(*dg.DagsterRunStatus)
    began = datetime.fromtimestamp(last.start_time, UTC) if last and last.start_time else None
    known = [moment for moment in (_newest_capture(installation), began) if moment]
    if known and max(known) > installation.now + timedelta(minutes=5):
        yield Finding(
            "bad",
            "clock",
            f"it is {installation.now:%Y-%m-%d %H:%M} here, before what was seen on {max(known):%Y-%m-%d %H:%M}",
            "Set the clock: which of two figures is the newer depends on it.",
        )
    else:
        yield Finding("ok", "clock", "not before anything that was seen")


def _holidays(installation: Installation) -> Iterator[Finding]:
    last = bank_holidays()["date"].max()
    ahead = last - installation.now.date()
    if ahead < HOLIDAYS_AHEAD:
        level: Level = "bad" if ahead < timedelta(0) else "warn"
        yield Finding(
            level, "holidays", f"the list of bank holidays ends on {last}", "Upgrade govuk-bank-holidays."
        )
    else:
        yield Finding("ok", "holidays", f"the list of bank holidays goes to {last}")


def _notices(installation: Installation) -> Iterator[Finding]:
    names = list(channels(installation.settings.notices, installation.secrets))
    waiting = len(unnotified_runs(installation.instance, installation.settings))
    if not names:
        yield Finding(
            "warn", "notices", "nobody is notified of a failure", "Set `notices` (docs/running-it.md)."
        )
    elif waiting:
        yield Finding(
            "bad",
            "notices",
            f"{waiting} could not be sent yet by {', '.join(names)}",
            "Try: uv run benchmark doctor --notify",
        )
    else:
        yield Finding("ok", "notices", f"by {', '.join(names)}")


def _backup(installation: Installation) -> Iterator[Finding]:
    if (installation.settings.state / UNFINISHED_RESTORE).exists():
        yield Finding(
            "bad",
            "restore",
            "a restore was cut off: part of what is here is older than the rest, and no refresh runs",
            "Run: uv run benchmark restore FILE --force",
        )
    made = last_backup(installation.settings)
    if made is None:
        yield Finding("warn", "backup", "none was made here", "Run: uv run benchmark backup FILE")
    elif (age := installation.now - made) > MONTH:
        yield Finding("warn", "backup", f"the last was made {_ago(age)}", "Run: uv run benchmark backup FILE")
    else:
        yield Finding("ok", "backup", f"the last was made {_ago(age)}")


def _newest_capture(installation: Installation) -> datetime | None:
    captures = Captures(installation.settings.captures)
    newest = [captures.latest(address) for address in captures.addresses()]
    return max((one.time for one in newest if one), default=None)


def _removed(path: Path) -> str:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    return f"{path.name} removed"


def _closed(paths: list[Path]) -> str:
    for path in paths:
        close_to_others(path)
    still = sum(is_open_to_others(path) for path in paths)
    return f"{len(paths) - still} closed to others" if not still else ""


def _ago(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.0f} hours ago" if hours < 48 else f"{age.days} days ago"


LOOKS: dict[str, Callable[[Installation], Iterator[Finding]]] = {
    "settings": _settings,
    "data": _data,
    "packages": _packages,
    "disk": _disk,
    "folders": _folders,
    "private files": _private_files,
    "lock": _lock,
    "runs": _runs,
    "archive": _archive,
    "register": _deliveries,
    "warehouse": _warehouse,
    "editions": _editions,
    "leftovers": _leftovers,
    "whole tables": _whole_tables,
    "automation": _automation,
    "last refresh": _refreshed,
    "collected": _collected,
    "clock": _clock,
    "holidays": _holidays,
    "notices": _notices,
    "backup": _backup,
}
