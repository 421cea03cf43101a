"""The archive of captures to raw rows: everything that the pages and tables say, all values as text.

The same archive gives the same rows, in the same order, offline and for ever; `as_at` gives the rows as they
would have been on a past date.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from assets.ombudsman import parse_page, parse_table
from assets.ombudsman.archive import Capture, CaptureError, Captures
from assets.ombudsman.decisions import EmptyShell, parse_decisions, parse_improvements
from assets.ombudsman.late_stages import LateStages
from assets.ombudsman.parse_page import StatisticsPage
from assets.ombudsman.places import Place, is_on, place_of, search_of
from assets.ombudsman.text import Quarantined

RawRow = dict[str, str | None]

UNREADABLE = "unreadable capture"

# The columns of each raw relation, also where it has no row.
COLUMNS = {
    "observations": (
        "capture_sha256", "address", "captured_at", "parser_version", "council_slug", "council_name",
        "period_start", "period_end", "generation", "measure", "value_text", "as_printed", "locator",
    ),
    "table_observations": (
        "capture_sha256", "address", "captured_at", "parser_version", "authority", "is_council",
        "period_start", "period_end", "layout", "measure", "value_text", "as_printed", "locator",
    ),
    "decisions": (
        "capture_sha256", "address", "captured_at", "reference", "council_name", "outcome", "category",
        "subcategory", "decided_on", "decision_address", "is_late", "late_stages", "is_action_late", "late_by",
        "remedy_gbp", "promises",
    ),
    "searches": (
        "capture_sha256", "address", "captured_at", "council_name", "window_start", "window_end", "page", "total",
    ),
    "improvements": (
        "capture_sha256", "address", "captured_at", "council_slug", "reference", "category", "subcategory",
    ),
    "quarantine": ("capture_sha256", "address", "captured_at", "reason", "text"),
}  # fmt: skip


@dataclass
class ArchiveRows:
    """Rows of the raw relations, each a dict of its COLUMNS. One row of `observations` is one figure of one
    version of a council's statistics page; of `table_observations` one cell of one version of a table; of `searches`
    one page of a search for decisions; of `quarantine` one thing that was not understood."""

    observations: list[RawRow] = field(default_factory=list)
    table_observations: list[RawRow] = field(default_factory=list)
    decisions: list[RawRow] = field(default_factory=list)
    searches: list[RawRow] = field(default_factory=list)
    improvements: list[RawRow] = field(default_factory=list)
    quarantine: list[RawRow] = field(default_factory=list)


def versions(
    captures: Captures, site: str | None = None, as_at: date | datetime | None = None
) -> Iterator[tuple[Place, Capture]]:
    """Every version of everything captured from the site, oldest first within its place: a look that found
    the same bytes as the one before it is no new version, under whichever of its addresses."""
    by_place: dict[Place, list[Capture]] = {}
    for address in captures.addresses():
        if is_on(address, site):
            by_place.setdefault(place_of(address), []).extend(captures.history(address, as_at))
    for place in sorted(by_place, key=lambda place: (place.kind, place.name)):
        before = None
        for capture in sorted(by_place[place], key=lambda capture: capture.time):
            if capture.sha256 != before:
                yield place, capture
            before = capture.sha256


def archive_rows(
    captures: Captures, site: str | None = None, as_at: date | datetime | None = None
) -> ArchiveRows:
    """The raw rows of every version of every page and table of the site in the archive. A body that is
    damaged or missing is a row of the quarantine, like everything else that cannot be read."""
    rows = ArchiveRows()
    pages: dict[str, StatisticsPage] = {}
    headings = captures.headings()
    for place, capture in versions(captures, site, as_at):
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
            elif place.kind == "improvements":
                _add_improvements(rows, common, place, captures.read(capture.sha256))
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
        for row in archive_rows(captures, site).quarantine
        if row["capture_sha256"] in newest and str(row["reason"]).startswith(("unreadable", "unread table"))
    ]


def _add_doubts(rows: ArchiveRows, common: RawRow, doubts: Iterable[Quarantined]) -> None:
    rows.quarantine += [{**common, "reason": doubt.reason, "text": doubt.text} for doubt in doubts]


def _add_page(rows: ArchiveRows, common: RawRow, place: Place, page: StatisticsPage) -> None:
    _add_doubts(rows, common, page.quarantined)
    rows.observations += [
        {
            **common,
            "parser_version": parse_page.PARSER_VERSION,
            "council_slug": place.council_slug,
            "council_name": page.council_name,
            "period_start": str(page.period_start),
            "period_end": str(page.period_end),
            "generation": page.generation,
            "measure": one.measure,
            "value_text": str(one.value),
            "as_printed": one.as_printed,
            "locator": one.locator,
        }
        for one in page.observations
    ]


def _add_tables(
    rows: ArchiveRows, common: RawRow, data: bytes, address: str, headings: Mapping[str, str]
) -> None:
    for table in parse_table.parse_table(data, address, headings):
        _add_doubts(rows, common, table.quarantined)
        rows.table_observations += [
            {
                **common,
                "parser_version": parse_table.PARSER_VERSION,
                "authority": one.authority,
                "is_council": str(one.is_council).lower(),
                "period_start": str(table.period_start),
                "period_end": str(table.period_end),
                "layout": table.layout,
                "measure": one.measure,
                "value_text": str(one.value),
                "as_printed": one.as_printed,
                "locator": one.locator,
            }
            for one in table.observations
        ]


def _add_decisions(rows: ArchiveRows, common: RawRow, html: bytes, address: str) -> None:
    page = parse_decisions(html, address)
    _add_doubts(rows, common, page.quarantined)
    search = search_of(address)
    rows.searches.append(
        {
            **common,
            "council_name": search.get("council"),
            "window_start": search.get("start"),
            "window_end": search.get("end"),
            "page": search.get("page"),
            "total": str(page.total),
        }
    )
    rows.decisions += [
        {
            **common,
            "reference": one.reference,
            "council_name": one.council_name,
            "outcome": one.outcome,
            "category": one.category,
            "subcategory": one.subcategory,
            "decided_on": one.decided_on.isoformat(),
            "decision_address": one.address,
            **_late_stages(one.late_stages),
        }
        for one in page.decisions
    ]


def _late_stages(said: LateStages | None) -> RawRow:
    """What a summary says about delay, as text: nothing where no summary was shown."""
    return {
        "is_late": str(said.is_late).lower() if said else None,
        "late_stages": " ".join(map(str, said.stages)) if said else None,
        "is_action_late": str(said.is_action_late).lower() if said else None,
        "late_by": said.late_by if said else None,
        "remedy_gbp": str(said.remedy_gbp) if said and said.remedy_gbp is not None else None,
        "promises": ", ".join(said.promises) if said else None,
    }


def _add_improvements(rows: ArchiveRows, common: RawRow, place: Place, html: bytes) -> None:
    rows.improvements += [
        {
            **common,
            "council_slug": place.council_slug,
            "reference": one.reference,
            "category": one.category,
            "subcategory": one.subcategory,
        }
        for one in parse_improvements(html, str(common["address"]))
    ]
