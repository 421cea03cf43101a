"""What `benchmark doctor` examines: one line each, ok, warn or bad, with what to do, and mended where that is safe."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal

import dagster as dg
import duckdb
from dagster import DagsterRunStatus
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
from pipelines.runs import REFRESH, is_free, is_own, raised
from warehouse.connection import WAREHOUSE_FILE, WarehouseBusyError, why_unusable
from warehouse.files import close_to_others, is_open_to_others, open_to_others
from warehouse.queries import ask
from warehouse.settings import Secrets, Settings

Level = Literal["ok", "warn", "bad"]

LEAST_FREE = 1 << 30  # bytes: a first refresh takes a fifth of it
COPIES = 4  # of the warehouse: the one built, the one published, the one that replaces it, and room to grow
WEEK = timedelta(days=8)  # the weekly refresh, and a day
TWO_WEEKS = timedelta(days=15)
MONTH = timedelta(days=35)
HOLIDAYS_AHEAD = timedelta(days=183)
AUTOMATION = ("ombudsman_publication", "weekly_refresh")


@dataclass(frozen=True)
class Finding:
    """One line of the examination. `mend` mends it where that loses nothing; it says what was done."""

    level: Level
    said: str
    do: str = ""
    mend: Callable[[], str] | None = None
    what: str = ""


ok, warn, bad = partial(Finding, "ok"), partial(Finding, "warn"), partial(Finding, "bad")


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

    @property
    def folders(self) -> dict[str, Path]:
        return {name: getattr(self.settings, name) for name in ("state", "output", "captures")}

    def ended(self, *statuses: DagsterRunStatus) -> dg.RunRecord | None:
        """The newest refresh of this installation that ended so."""
        records = self.instance.get_run_records(dg.RunsFilter(job_name=REFRESH, statuses=list(statuses)), limit=50)
        return next((record for record in records if is_own(record.dagster_run, self.settings)), None)

    def newest_capture(self) -> datetime | None:
        captures = Captures(self.settings.captures)
        newest = [captures.latest(address) for address in captures.addresses()]
        return max((capture.time for capture in newest if capture), default=None)


def examine(installation: Installation, *names: str) -> Iterator[Finding]:
    """Every finding, or those of the checks of these names. What cannot be examined is a finding too."""
    for name in names or CHECKS:
        check, well = CHECKS[name]
        try:
            findings = list(check(installation))
        except Exception as error:  # a damaged installation is what this is for
            findings = [bad(f"could not be examined: {type(error).__name__}: {error}")]
        if well and not findings:
            findings = [ok(well)]
        yield from (replace(finding, what=name) for finding in findings)


def _disk(installation: Installation) -> Iterator[Finding]:
    warehouses = (installation.warehouse, installation.published)
    sizes = [path.stat().st_size for path in warehouses if path.exists()]
    needed = max(LEAST_FREE, COPIES * max(sizes, default=0))
    for name, folder in installation.folders.items():
        there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        free = shutil.disk_usage(there).free
        level: Level = "bad" if free < needed else "warn" if free < 3 * needed else "ok"
        do = "" if level == "ok" else "Make room (`uv run benchmark tidy` says what can go)."
        yield Finding(level, f"{name}: {free / 2**30:.1f} GiB free, {needed / 2**30:.1f} needed", do)


def _folders(installation: Installation) -> Iterator[Finding]:
    for name, folder in installation.folders.items():
        try:
            if folder.exists():
                tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            said = f"{name} cannot be written to: {error.strerror}"
            yield bad(said, "Give it back its owner and mode.")


def _private_files(installation: Installation) -> Iterator[Finding]:
    state = installation.settings.state
    if paths := open_to_others(state) if os.name == "posix" else []:
        said = f"{len(paths)} can be opened by others than their owner, the first: {paths[0]}"
        yield bad(said, f"chmod -R go= {state}", partial(_closed, paths))


def _editions(installation: Installation) -> Iterator[Finding]:
    altered = [
        f"{folder.name}, {name}: {said[0]}"
        for folder in published(installation.settings.output)
        for name, said in verify(folder).items()
    ]
    if altered:
        said = f"{len(altered)} were altered since they were published, the first: {altered[0]}"
        do = "See `uv run benchmark verify`; `uv run benchmark` makes the current edition again."
        yield bad(said, do)


def _leftovers(installation: Installation) -> Iterator[Finding]:
    if not is_free(installation.warehouse):
        return
    fresh = installation.published.with_name(f".{installation.published.name}.new")
    for path in (*leftovers(installation.settings), *([fresh] if fresh.exists() else [])):
        yield warn(f"{path} was left behind", "", partial(_removed, path))


def _archive(installation: Installation) -> Iterator[Finding]:
    captures = Captures(installation.settings.captures)
    if problems := captures.verify():
        yield bad(
            f"not sound in {len(problems)} places, the first: {problems[0]}",
            "Run `uv run benchmark --live`, which fetches again what the site shows; restore the rest from a backup.",
        )
    elif unreadable := unreadable_captures(captures, installation.settings.site or None):
        said = "; ".join(
            f"{row['address']} of {row['captured_at']} cannot be read: {row['text'] or row['reason']}"
            for row in unreadable[:5]
        )
        do = "Refreshes go on without it. Save the page or table from a browser, and import it."
        yield warn(said, do)
    else:
        count = len(captures.addresses())
        yield ok(f"{count} addresses, every body has its hash and can be read")


def _deliveries(installation: Installation) -> Iterator[Finding]:
    extracts = register_store(installation.settings).extracts()
    yield ok(f"{extracts.num_rows} deliveries can be read")


def _published(installation: Installation) -> Iterator[Finding]:
    wal = installation.published.with_name(installation.published.name + ".wal")
    if wal.exists():
        yield bad(
            f"{wal.name} exists: somebody opened the published warehouse for writing, and no refresh can replace it",
            "Close that program, then remove the file. Readers should open it with read_only.",
        )
        return
    if not installation.published.exists():
        yield warn("nothing yet", "Run: uv run benchmark")
        return
    try:
        reason = why_unusable(installation.published, read_only=True)
    except WarehouseBusyError as error:
        reason = str(error)
    if reason:
        level: Level = "warn" if "version" in reason else "bad"
        yield Finding(level, f"the one for readers {reason}", "Run: uv run benchmark")


def _whole_tables(installation: Installation) -> Iterator[Finding]:
    try:
        with duckdb.connect(str(installation.published), read_only=True) as connection:
            without = len(ask(connection, "councils_without_figures"))
    except duckdb.Error:  # there is none, or the check of the published one says what is wrong with it
        return
    if not without:
        yield ok("every council has figures of the Ombudsman's")
        return
    source = load()
    yield warn(
        f"figures of {without} councils are one download away",
        f"Open {source.site}{source.addresses['tables']}, save each year's tables (CSV, XLSX, XLS or ODS) into one "
        "folder, then run: uv run benchmark import FOLDER && uv run benchmark",
    )


def _automation(installation: Installation) -> Iterator[Finding]:
    instance, settings = installation.instance, installation.settings
    states = {state.instigator_name: state for state in instance.all_instigator_state()}
    on = [name for name in AUTOMATION if name in states and states[name].status == InstigatorStatus.RUNNING]
    if not on:
        said = f"{' and '.join(AUTOMATION)} are off: nothing is refreshed by itself"
        do = "Set `contact`, run `uv run dagster dev` and switch them on under Automation."
        yield warn(said, do)
        return
    if not (settings.contact or settings.site):
        yield bad("no `contact` is set: the Ombudsman's site is not visited", "Set it.")
    for name in on:
        if failure := _last_tick_failed(instance, states[name]):
            yield bad(f"the last look of {name} failed: {failure}", "See it in the Dagster UI.")
    if all(status.healthy for status in instance.get_daemon_statuses().values()):
        yield ok(f"{', '.join(on)} on")
    else:
        said = f"{', '.join(on)} on, but the daemon is not running"
        yield bad(said, "Start it (`uv run dagster dev`), and have the machine start it.")


def _last_tick_failed(instance: dg.DagsterInstance, state: InstigatorState) -> str:
    for tick in instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1):
        if tick.status == TickStatus.FAILURE:
            error = raised(tick.error)
            return error.message.strip() if error else "no reason given"
    return ""


def _refreshed(installation: Installation) -> Iterator[Finding]:
    good = installation.ended(DagsterRunStatus.SUCCESS)
    last = installation.ended(DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED)
    if good is None:
        yield warn("none has succeeded yet", "Run: uv run benchmark")
        return
    age = installation.now - datetime.fromtimestamp(good.end_time or 0, UTC)
    said = f"the last good one ended {_ago(age)}"
    if last and last.dagster_run.run_id != good.dagster_run.run_id:
        yield bad(f"failed; {said}", "See why in the Dagster UI, then: uv run benchmark")
    elif age > WEEK:
        level: Level = "bad" if age > TWO_WEEKS else "warn"
        yield Finding(level, said, "Run: uv run benchmark --live")
    else:
        yield ok(said)


def _collected(installation: Installation) -> Iterator[Finding]:
    if newest := installation.newest_capture():
        age = installation.now - newest
        said = f"the Ombudsman's site was last read {_ago(age)}"
        yield warn(said, "Run: uv run benchmark --live") if age > MONTH else ok(said)


def _holidays(installation: Installation) -> Iterator[Finding]:
    last = bank_holidays()["date"].max()
    ahead = last - installation.now.date()
    if ahead < HOLIDAYS_AHEAD:
        level: Level = "bad" if ahead < timedelta(0) else "warn"
        said = f"the list of bank holidays ends on {last}"
        yield Finding(level, said, "Upgrade govuk-bank-holidays.")
    else:
        yield ok(f"the list of bank holidays goes to {last}")


def _notices(installation: Installation) -> Iterator[Finding]:
    names = ", ".join(channels(installation.settings.notices, installation.secrets))
    if not names:
        yield warn("nobody is notified of a failure", "Set `notices` (docs/running-it.md).")
    elif waiting := len(unnotified_runs(installation.instance, installation.settings)):
        yield bad(f"{waiting} could not be sent yet by {names}", "Try: uv run benchmark doctor --notify")
    else:
        yield ok(f"by {names}")


def _backup(installation: Installation) -> Iterator[Finding]:
    made = last_backup(installation.settings)
    said = f"the last was made {_ago(installation.now - made)}" if made else "none was made here"
    if made and installation.now - made <= MONTH:
        yield ok(said)
    else:
        yield warn(said, "Run: uv run benchmark backup FILE")


def _removed(path: Path) -> str:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    return f"{path.name} removed"


def _closed(paths: list[Path]) -> str:
    for path in paths:
        close_to_others(path)
    return "" if any(map(is_open_to_others, paths)) else f"{len(paths)} closed to others"


def _ago(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.0f} hours ago" if hours < 48 else f"{age.days} days ago"


# Each check, and what is said where it finds nothing. What the next refresh mends or refuses by itself has none.
CHECKS: dict[str, tuple[Callable[[Installation], Iterator[Finding]], str]] = {
    "disk": (_disk, ""),
    "folders": (_folders, "can be written to"),
    "private files": (_private_files, "cases and plans can be read by their owner alone"),
    "archive": (_archive, ""),
    "register": (_deliveries, ""),
    "published": (_published, "the warehouse for readers opens"),
    "editions": (_editions, "nothing published was altered"),
    "leftovers": (_leftovers, ""),
    "whole tables": (_whole_tables, ""),
    "automation": (_automation, ""),
    "last refresh": (_refreshed, ""),
    "collected": (_collected, "nothing yet: the figures are those that ship"),
    "holidays": (_holidays, ""),
    "notices": (_notices, ""),
    "backup": (_backup, ""),
}
