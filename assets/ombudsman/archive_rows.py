"""The archive of captures to raw rows: everything that the pages and tables say, all values as text.

The same archive gives the same rows, in the same order, offline and for ever.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from assets.ombudsman import parse_page, parse_table
from assets.ombudsman.archive import Capture, CaptureError, Captures
from assets.ombudsman.decisions import EmptyShell, parse_decisions
from assets.ombudsman.late_stages import LateStages
from assets.ombudsman.parse_page import StatisticsPage
from assets.ombudsman.places import Place, is_on, place_of, search_of
from assets.ombudsman.text import Quarantined

RawRow = dict[str, str | None]

UNREADABLE = "unreadable capture"

# the raw relations read from the archive: figures of statistics pages, cells of tables, decisions, searches for them,
# and what was not understood
RELATIONS = tuple(f"captured_{what}" for what in ("pages", "tables", "decisions", "searches", "quarantine"))
Rows = dict[str, list[RawRow]]


def by_place(captures: Captures, site: str | None = None) -> dict[Place, list[Capture]]:
    """The captures of each page or table of the site, under all its addresses, oldest first."""
    places: dict[Place, list[Capture]] = {}
    for address in captures.addresses():
        if is_on(address, site):
            places.setdefault(place_of(address), []).extend(captures.history(address))
    for history in places.values():
        history.sort(key=lambda capture: capture.time)
    return places


def versions(captures: Captures, site: str | None = None) -> Iterator[tuple[Place, Capture]]:
    """Every version of everything captured from the site, oldest first within its place: a look that found
    the same bytes as the one before it is no new version, under whichever of its addresses."""
    places = by_place(captures, site)
    for place in sorted(places, key=lambda place: (place.kind, place.name)):
        for _, same in groupby(places[place], key=lambda capture: capture.sha256):
            yield place, next(same)


def archive_rows(captures: Captures, site: str | None = None) -> Rows:
    """The rows of each of `RELATIONS`: of every version of every page and table of the site in the archive. A body that
    is damaged or missing is a row of the quarantine, like everything else that cannot be read."""
    rows: Rows = {name: [] for name in RELATIONS}
    pages: dict[str, StatisticsPage] = {}
    headings = captures.headings()
    for place, capture in versions(captures, site):
        common: RawRow = {
            "capture_sha256": capture.sha256,
            "address": capture.address,
            "captured_at": capture.time.isoformat(),
        }
        try:
            if place.kind == "statistics":
                if capture.sha256 not in pages:
                    pages[capture.sha256] = parse_page.parse_page(captures.read(capture.sha256))
                _add_page(rows, common, place, pages[capture.sha256])
            elif place.kind == "table":
                _add_tables(rows, common, captures.read(capture.sha256), capture.address, headings)
            elif place.kind == "decisions":
                _add_decisions(rows, common, captures.read(capture.sha256), capture.address)
        except parse_table.TableError as error:
            _add_doubts(rows, common, [Quarantined("unread table", str(error))])
        except EmptyShell as error:
            _add_doubts(rows, common, [Quarantined("empty page", str(error))])
        except (CaptureError, ValueError) as error:
            _add_doubts(rows, common, [Quarantined(UNREADABLE, str(error))])
        except Exception as error:  # whatever is in a body, it costs that body alone and never a refresh
            _add_doubts(rows, common, [Quarantined(UNREADABLE, f"{type(error).__name__}: {error}")])
    return rows


def unreadable_captures(captures: Captures, site: str | None = None) -> list[RawRow]:
    """The rows of the quarantine for captures of which nothing can be read, of those that are the newest of their
    address."""
    newest = {capture.sha256 for address in captures.addresses() if (capture := captures.latest(address))}
    return [
        row
        for row in archive_rows(captures, site)["captured_quarantine"]
        if row["capture_sha256"] in newest and str(row["reason"]).startswith(("unreadable", "unread table"))
    ]


def _add_doubts(rows: Rows, common: RawRow, doubts: Iterable[Quarantined]) -> None:
    rows["captured_quarantine"] += [{**common, **_as_text(doubt)} for doubt in doubts]


def _as_text(one: Any, **renamed: str) -> RawRow:
    """The fields of a dataclass as text, some under another name."""
    return {renamed.get(name, name): _text(value) for name, value in vars(one).items()}


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def _add_page(rows: Rows, common: RawRow, place: Place, page: StatisticsPage) -> None:
    _add_doubts(rows, common, page.quarantined)
    of_page: RawRow = {
        **common,
        "parser_version": parse_page.PARSER_VERSION,
        "council_slug": place.council_slug,
        "council_name": page.council_name,
        "period_start": str(page.period_start),
        "period_end": str(page.period_end),
        "generation": page.generation,
    }
    rows["captured_pages"] += [{**of_page, **_as_text(one, value="value_text")} for one in page.observations]


def _add_tables(rows: Rows, common: RawRow, data: bytes, address: str, headings: Mapping[str, str]) -> None:
    for table in parse_table.parse_table(data, address, headings):
        _add_doubts(rows, common, table.quarantined)
        of_table: RawRow = {
            **common,
            "parser_version": parse_table.PARSER_VERSION,
            "period_start": str(table.period_start),
            "period_end": str(table.period_end),
            "layout": table.layout,
        }
        rows["captured_tables"] += [{**of_table, **_as_text(one, value="value_text")} for one in table.observations]


def _add_decisions(rows: Rows, common: RawRow, html: bytes, address: str) -> None:
    page = parse_decisions(html, address)
    _add_doubts(rows, common, page.quarantined)
    search = search_of(address)
    rows["captured_searches"].append(
        {
            **common,
            "council_name": search.get("council"),
            "window_start": search.get("start"),
            "window_end": search.get("end"),
            "page": search.get("page"),
            "total": str(page.total),
        }
    )
    rows["captured_decisions"] += [
        {**common, **_as_text(one, address="decision_address"), **_late_stages(one.late_stages)}
        for one in page.decisions
    ]


def _late_stages(said: LateStages | None) -> RawRow:
    """What a summary says about delay, as text: nothing where no summary was shown."""
    if said is None:
        return dict.fromkeys(("is_late", "late_stages", "is_action_late", "late_by", "remedy_gbp", "promises"))
    lists = {"late_stages": " ".join(map(str, said.stages)), "promises": ", ".join(said.promises)}
    return {**_as_text(said, stages="late_stages"), **lists}
