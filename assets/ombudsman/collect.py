"""Collecting from the Ombudsman's site: rounds that can be interrupted, a cheap look for news, and, on
request, decisions about named councils."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from assets.ombudsman.archive import Capture, CaptureError, Captures
from assets.ombudsman.client import TABLE, Client, Fetched
from assets.ombudsman.decisions import Decision, EmptyShell, parse_decisions
from assets.ombudsman.parse_page import parse_page
from assets.ombudsman.parse_table import TableError, parse_table
from assets.ombudsman.places import (
    decisions_address,
    other_statistics_addresses,
    statistics_address,
    table_links,
    tables_address,
)
from assets.ombudsman.source import load
from assets.ombudsman.transport import AskedToWait, FetchError, NotFound
from warehouse.files import write_whole

LANDING_PAGE = "annual tables"
_ROUND_FILE = "round.json"
_ROUND_LASTS = timedelta(days=3)
_STOP_AFTER_FAILURES_IN_A_ROW = 10
_MOST_PAGES_OF_DECISIONS = 200

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class RoundReport:
    """What a round did, by council slug or table address: `new` (a body that differs from the stored one),
    `unchanged`, `failed` (with why), `doubtful` (fetched and kept, but not understood, with why), and
    `not_tried` where the round stopped early, with why it stopped."""

    started: datetime
    finished: datetime
    new: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: dict[str, str]
    doubtful: dict[str, str]
    not_tried: tuple[str, ...] = ()
    stopped_because: str | None = None

    @property
    def share_failed(self) -> float:
        """Failed and never tried ones as a share of all that the round was to fetch, 0 to 1."""
        wrong = len(self.failed) + len(self.not_tried)
        return wrong / ((wrong + len(self.new) + len(self.unchanged)) or 1)

    def is_good(self, most_failed: float = 0.1) -> bool:
        """Whether no more than this share failed."""
        return self.share_failed <= most_failed

    def sentences(self) -> list[str]:
        """The report in words, one line each."""
        lines = [
            f"{len(self.new)} new, {len(self.unchanged)} unchanged, {len(self.failed)} failed, "
            f"{len(self.doubtful)} not understood, {len(self.not_tried)} not tried."
        ]
        lines += [f"Failed: {name}: {why}" for name, why in sorted(self.failed.items())]
        lines += [f"Not understood: {name}: {why}" for name, why in sorted(self.doubtful.items())]
        return lines + ([f"Stopped: {self.stopped_because}"] if self.stopped_because else [])


@dataclass
class _Round:
    """The state of a round, written after every address, so that an interruption costs one address at
    most."""

    file: Path
    site: str
    started: datetime
    done: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def resume(cls, folder: Path, site: str) -> "_Round":
        """The interrupted round of this site, if there is a recent one; else a fresh one."""
        fresh = cls(folder / _ROUND_FILE, site, datetime.now(UTC))
        try:
            state = json.loads(fresh.file.read_text(encoding="utf-8"))
            started = datetime.fromisoformat(state["started"])
            if state["site"] == site and not state["is_finished"] and fresh.started - started < _ROUND_LASTS:
                done = {name: outcome for name, outcome in state["done"].items() if outcome[0] != "failed"}
                return cls(fresh.file, site, started, done)
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
            # No state that can be read: everything is asked for again, which costs little where it is
            # unchanged.
            return fresh
        return fresh

    def note(self, name: str, outcome: str, why: str = "") -> None:
        """Remembers what became of one address."""
        self.done[name] = [outcome, why]
        self.save()

    def save(self, is_finished: bool = False) -> None:
        """Writes the state, whole or not at all."""
        state = {
            "site": self.site,
            "started": self.started.isoformat(),
            "is_finished": is_finished,
            "done": self.done,
        }
        write_whole(self.file, json.dumps(state).encode())

    def report(self, names: Iterable[str], stopped_because: str | None) -> RoundReport:
        """What became of these names."""
        names = list(dict.fromkeys(names))
        outcome = {name: self.done[name] for name in names if name in self.done}
        return RoundReport(
            self.started,
            datetime.now(UTC),
            tuple(name for name, (what, _) in outcome.items() if what == "new"),
            tuple(name for name, (what, _) in outcome.items() if what == "unchanged"),
            {name: why for name, (what, why) in outcome.items() if what == "failed"},
            {name: why for name, (what, why) in outcome.items() if what != "failed" and why},
            tuple(name for name in names if name not in outcome),
            stopped_because,
        )


class _Stop(Exception):
    """The rest of the round is left for another time."""


def _final_address(capture: Capture) -> str:
    """The address that a captured page was at in the end, from which its links start."""
    return capture.headers.get("location") or capture.address


def collect(client: Client, councils: Sequence[str], progress: Progress | None = None) -> RoundReport:
    """Fetches the landing page, every table it links to, and the statistics page of each council (by slug)
    into the client's archive. Goes on from where an interrupted round stopped. A failure of one address is
    reported and does not end the round, unless the site asks to wait or many in a row fail."""
    state = _Round.resume(client.captures.folder, client.site)
    names = [LANDING_PAGE, *councils]
    in_a_row = 0
    stopped_because = None

    def step(name: str, fetch: Callable[[], tuple[Fetched, str]]) -> None:
        nonlocal in_a_row
        if name in state.done:
            return
        try:
            fetched, doubt = fetch()
            state.note(name, "new" if fetched.is_new else "unchanged", doubt)
            in_a_row = 0
        except FetchError as error:
            state.note(name, "failed", error.why)
            in_a_row += not isinstance(error, NotFound)
            if isinstance(error, AskedToWait):
                raise _Stop(error.why) from error
            if in_a_row >= _STOP_AFTER_FAILURES_IN_A_ROW:
                raise _Stop(f"{in_a_row} failures in a row, the last: {error.why}") from error
        finally:
            if progress:
                progress(sum(one in state.done for one in names), len(names), name)

    try:
        step(LANDING_PAGE, partial(_landing_page, client))
        tables = _known_tables(client)
        names[1:1] = tables
        for table in tables:
            step(table, partial(_table, client, table))
        for slug in councils:
            step(slug, partial(_statistics_page, client, slug))
    except _Stop as stop:
        stopped_because = str(stop)
    state.save(is_finished=stopped_because is None)
    return state.report(names, stopped_because)


def _landing_page(client: Client) -> tuple[Fetched, str]:
    fetched = client.get(tables_address(client.site))
    links = table_links(client.captures.read(fetched.capture.sha256), _final_address(fetched.capture))
    return fetched, "" if links else "the landing page links to no table"


def _known_tables(client: Client) -> list[str]:
    """The tables that the landing page last linked to, also where it could not be fetched this time."""
    address = tables_address(client.site)
    capture = client.captures.latest(address)
    return table_links(_body_if_whole(client.captures, capture), _final_address(capture)) if capture else []


def _body_if_whole(captures: Captures, capture: Capture) -> bytes:
    """The body of a capture, or nothing where it is damaged: it is fetched anew when the site next answers."""
    try:
        return captures.read(capture.sha256)
    except CaptureError:
        return b""


def _table(client: Client, address: str) -> tuple[Fetched, str]:
    fetched = client.get(address, TABLE)
    try:
        parse_table(client.captures.read(fetched.capture.sha256), address, client.captures.headings())
    except TableError as error:
        return fetched, str(error)
    return fetched, ""


def _statistics_page(client: Client, slug: str) -> tuple[Fetched, str]:
    """The page under the council's usual address, else under one that it may have instead."""
    addresses = [statistics_address(client.site, slug), *other_statistics_addresses(client.site, slug)]
    # Where it was found before comes first, so that a round does not ask again for what is not there.
    addresses.sort(key=lambda address: client.captures.latest(address) is None)
    for number, address in enumerate(addresses, 1):
        try:
            fetched = client.get(address)
            break
        except NotFound:
            if number == len(addresses):
                raise
    page = parse_page(client.captures.read(fetched.capture.sha256))
    return fetched, "" if page.observations else "; ".join(doubt.reason for doubt in page.quarantined[:3])


@dataclass(frozen=True)
class Publication:
    """Something new on the site. `key` is the same however often it is noticed, and another where the same figures come
    anew; the rest says what is new."""

    key: str
    new_tables: tuple[str, ...]
    new_years: dict[str, str]
    changed_figures: tuple[str, ...]

    def sentences(self) -> list[str]:
        """What is new, in words, one line each."""
        lines = [f"New year: {slug} now shows {period}" for slug, period in self.new_years.items()]
        lines += [f"Changed: {change}" for change in self.changed_figures]
        return lines + [f"New table: {table}" for table in self.new_tables]

    def in_short(self, longest: int) -> str:
        """As much of what is new as fits into so many characters, in whole sentences, and how much more there is."""
        sentences = self.sentences()
        for count in range(len(sentences), 0, -1):
            more = [f"and {len(sentences) - count} more"] if count < len(sentences) else []
            if len(text := "; ".join([*sentences[:count], *more])) <= longest:
                return text
        return f"{len(sentences)} things are new"


@dataclass(frozen=True)
class Look:
    """The outcome of a look for news: what is new since `cursor` was given (or None), the cursor to give next
    time, and what could not be looked at."""

    publication: Publication | None
    cursor: str
    failed: dict[str, str]


@dataclass(frozen=True)
class _Seen:
    """What makes a publication: links to tables; period and figures, as printed, of each sentinel."""

    tables: list[str] = field(default_factory=list)
    pages: dict[str, dict[str, str]] = field(default_factory=dict)


def notice(client: Client, cursor: str | None = None) -> Look:
    """Looks at the landing page and the sentinels, with conditional requests only, for tables, years or
    figures that `cursor` does not know. Without a cursor, news is what the archive did not hold before. Keep
    the new cursor only once the publication has been acted on, and each is acted on exactly once. A page that
    fails or is not understood is no news: it counts as it was."""
    before = _Seen(**json.loads(cursor)) if cursor else _seen(client.captures, client.site, _Seen())
    failed = {}
    for address in (tables_address(client.site), *_sentinels(client.site).values()):
        try:
            client.get(address)
        except FetchError as error:
            failed[address] = error.why
            if isinstance(error, AskedToWait):
                break
    now = _seen(client.captures, client.site, before)
    written = json.dumps(asdict(now), sort_keys=True, separators=(",", ":"))
    return Look(_difference(before, now, written, _first_seen(client)), written, failed)


def _first_seen(client: Client) -> dict[str, str]:
    """When the newest body of the landing page and of each sentinel first came, and which it is. A figure corrected,
    taken back and corrected again has a new time each time; one that is looked at again keeps its own."""
    first_seen = {}
    for name, address in {LANDING_PAGE: tables_address(client.site), **_sentinels(client.site)}.items():
        first = None
        for capture in reversed(client.captures.history(address)):
            if first and capture.sha256 != first.sha256:
                break
            first = capture
        if first:
            first_seen[name] = f"{first.time.isoformat()} {first.sha256}"
    return first_seen


def _sentinels(site: str) -> dict[str, str]:
    return {slug: statistics_address(site, slug) for slug in load().sentinels}


def _seen(captures: Captures, site: str, before: _Seen) -> _Seen:
    """What the newest captures show of that which makes a publication: links to tables, and figures."""
    tables = before.tables
    landing = captures.latest(tables_address(site))
    if landing:
        tables = table_links(_body_if_whole(captures, landing), _final_address(landing)) or tables
    pages = dict(before.pages)
    for slug, address in _sentinels(site).items():
        capture = captures.latest(address)
        page = parse_page(_body_if_whole(captures, capture)) if capture else None
        if page and page.observations:
            figures = {one.measure: one.as_printed for one in page.observations}
            pages[slug] = {"period": f"{page.period_start} to {page.period_end}", **figures}
    return _Seen(tables, pages)


def _difference(before: _Seen, now: _Seen, written: str, first_seen: dict[str, str]) -> Publication | None:
    new_tables = tuple(sorted(set(now.tables) - set(before.tables)))
    new_years, changed = {}, []
    for slug, page in now.pages.items():
        old = before.pages.get(slug, {})
        if page["period"] != old.get("period"):
            new_years[slug] = page["period"]
            continue
        changed += [
            f"{slug} {page['period']} {measure}: {old.get(measure, 'none')} became {page.get(measure, 'none')}"
            for measure in sorted({*page, *old})
            if page.get(measure) != old.get(measure)
        ]
    if not (new_tables or new_years or changed):
        return None
    differing = [slug for slug, page in now.pages.items() if page != before.pages.get(slug)]
    news = sorted(first_seen[name] for name in [*differing, *([LANDING_PAGE] if new_tables else [])])
    key = hashlib.sha256("\n".join([written, *news]).encode()).hexdigest()[:16]
    return Publication(key, new_tables, new_years, tuple(changed))


def collect_decisions(client: Client, council: str, start: date, end: date) -> list[Decision]:
    """Every published decision about a council (by its official name) in a date window, both days included.
    Each page read is kept in the archive. Raises EmptyShell where the site shows fewer than it says it has,
    which it does when it fails, and FetchError."""
    found: dict[str, Decision] = {}
    size = load().results_on_a_page
    for number in range(1, _MOST_PAGES_OF_DECISIONS + 1):
        address = decisions_address(client.site, council, start, end, number)
        fetched = client.get(address)
        page = parse_decisions(client.captures.read(fetched.capture.sha256), address)
        fresh = {one.reference: one for one in page.decisions if one.reference not in found}
        if not (fresh or page.quarantined or (number == 1 and not page.total)):
            raise EmptyShell(f"{address}: the page repeats earlier results; {len(found)} of {page.total} were had")
        found |= fresh
        if number * size >= page.total:
            break
    return list(found.values())
