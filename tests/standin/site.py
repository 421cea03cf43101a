"""A stand-in for the Ombudsman's site: real published figures behind a local web server, with faults on demand.

Start it by hand, then point the collector at it:

    python -m tests.standin.site --port 8123
    uv run benchmark --live --site http://127.0.0.1:8123

It begins as the site stood before the 2024-25 figures came out. Then, from another window:

    curl -X POST 'http://127.0.0.1:8123/control/publish?year=2024'           a publication day: 2024-25 is out
    curl -X POST 'http://127.0.0.1:8123/control/restate?slug=kent-county-council&measure=upheld&value=77'
    curl -X POST 'http://127.0.0.1:8123/control/fault?path=/your-councils-performance/kent-county-council/statistics&fault=500&times=3'
    curl -X POST 'http://127.0.0.1:8123/control/reset'                       as at the start
    curl 'http://127.0.0.1:8123/control/requests'                            what was asked for, and what it cost
    curl 'http://127.0.0.1:8123/control/notices'                             what was posted there, as to a webhook

With --data FOLDER it first writes there a copy of what ships, without the figures that the site has not published
yet, so that a publication day brings something new: point the setting `data` at it.

With --whole-tables it serves nothing but invented tables of 333 authorities, twelve years and every layout; --data
FOLDER then writes what ships without the Ombudsman's figures and other councils'.

Faults: see FAULTS. `path=*` means every path but robots.txt. Decisions are illustrative.
"""

import argparse
import csv
import gzip
import hashlib
import html
import json
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from email.utils import formatdate
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from assets.ombudsman.source import load
from tests.standin import decisions, tables
from tests.standin.figures import ROOT, STATISTICS_FILE, Row, generation_of, read_rows
from tests.standin.pages import STYLES, blocks_of, empty_page_blocks, render
from tools.vouch import vouch

FAULTS = {
    "429": "too many requests, Retry-After: 1",
    "429-long": "too many requests, Retry-After: one day",
    "500": "internal error",
    "503": "unavailable",
    "403": "forbidden",
    "404": "no such page",
    "slow": "the body comes a few bytes at a time",
    "hang": "the body stops coming",
    "truncated": "the body ends before its stated length",
    "broken-gzip": "the body is not the gzip it says it is",
    "cut-gzip": "the body is gzip without its second half",
    "gzip-bomb": "the body unpacks to 100 MB",
    "empty-body": "no body",
    "dripping-head": "the headers come a byte at a time",
    "brotli": "the body is packed as br, which nobody asked for",
    "no-type": "no Content-Type",
    "bucket-type": "the Content-Type of a store that knows no types",
    "page-of-no-type": "a web page without a Content-Type",
    "cookie": "a cookie that wants to come back",
    "wrong-type": "a PDF",
    "empty-shell": "the page's frame without its content",
    "redirect": "to the same address with a slash",
    "redirect-loop": "to itself",
    "redirect-elsewhere": "to another host",
    "redirect-private": "to an address of a private network",
    "redirect-port": "to another port of the same host",
    "redirect-file": "to a file address",
    "redirect-utf-8": "to an address in UTF-8",
    "redirect-bad-port": "to a port that cannot be",
}

STATISTICS = "/statistics"
ILLUSTRATIVE_DECISIONS = 23
_PUBLISHED_AT_START = 2023


@dataclass(frozen=True)
class Request:
    """One request as the server saw it: status and size of what it sent back."""

    at: float
    path: str
    status: int
    body_bytes: int
    user_agent: str
    cookie: str = ""


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


@cache
def _bomb() -> bytes:
    return gzip.compress(gzip.compress(b"0" * 100_000_000, 1), 1)


def _html(body: str) -> Answer:
    return Answer(body.encode())


class StandIn:
    """The site. As a context manager it runs on a free port of this machine; its methods are the controls."""

    def __init__(self, port: int = 0, whole_tables: Mapping[str, bytes] | None = None) -> None:
        self.whole_tables = dict(whole_tables or {})
        # invented tables and real pages would contradict each other
        self.rows = [] if whole_tables else read_rows()
        self.requests: list[Request] = []
        self.notices: list[str] = []
        self.robots = "User-agent: *\nDisallow: /search\n"
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        with (ROOT / "data" / "reference" / "councils.csv").open(encoding="utf-8", newline="") as lines:
            self.names = {row["council_id"]: row["official_name"] for row in csv.DictReader(lines)}
        self.names |= {row["slug"]: row["council_name"] for row in self.rows}
        self.reset()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve_for_ever(self) -> None:
        self._server.serve_forever()

    # Controls -------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """As at the start: figures to 2023-24, no fault, nothing restated, no request counted."""
        self.published = _PUBLISHED_AT_START
        self.restated: dict[tuple[str, str], str] = {}
        self.faults: dict[str, list[str]] = {}
        self.requests.clear()
        self.notices.clear()

    def publish(self, year: int) -> None:
        """A publication day: the figures of the financial year that starts in `year` come out."""
        self.published = year

    def restate(self, slug: str, measure: str, value: str) -> None:
        """The newest page of a council shows another figure from now on."""
        self.restated[slug, measure] = value

    def fault(self, path: str, fault: str, times: int = 1_000_000) -> None:
        """The next `times` requests for `path` (`*` for any) go wrong in the named way."""
        if fault not in FAULTS:
            raise ValueError(f"{fault!r} is none of {', '.join(FAULTS)}")
        if fault == "gzip-bomb":
            _bomb()
        self.faults[path] = [fault] * min(times, 1_000_000)

    def bodies_sent(self, ending: str = "") -> int:
        """How many answers with a body went out for paths that end so."""
        return sum(1 for one in self.requests if one.body_bytes and urlsplit(one.path).path.endswith(ending))

    # Pages ----------------------------------------------------------------------------------------------

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        """The page at a path, as it stands today."""
        addresses = load().addresses
        if path == "/robots.txt":
            return Answer(self.robots.encode(), kind="text/plain")
        if path == addresses["tables"]:
            return _html(self._landing_page())
        if path.startswith("/assets/attach/"):
            return self._table(path)
        if path == urlsplit(addresses["decisions"]).path:
            return _html(self._decisions(query))
        if path.startswith("/your-councils-performance/"):
            slug, _, page = path.removeprefix("/your-councils-performance/").rstrip("/").partition("/")
            known = {theirs: ours for ours, theirs in load().slugs.items()}.get(slug, slug)
            if known in self.names and f"/{page}" == STATISTICS:
                return _html(self.statistics_page(known))
        return Answer(b"<h1>Page not found</h1>", 404)

    def newest(self, slug: str) -> Row | None:
        """The newest published figures of a council, restatements applied."""
        rows = [row for row in self.rows if row["slug"] == slug and int(row["period_start"][:4]) <= self.published]
        if not rows:
            return None
        changes = {measure: value for (council, measure), value in self.restated.items() if council == slug}
        return {**max(rows, key=lambda row: row["period_start"]), **changes}

    def statistics_page(self, slug: str) -> str:
        row = self.newest(slug)
        if row is None:
            return render(empty_page_blocks(self.names[slug]))
        style = sorted(STYLES)[int(hashlib.sha256(slug.encode()).hexdigest(), 16) % len(STYLES)]
        return render(blocks_of(row, generation_of(row)), style, f"{row['council_name']} - statistics")

    def _landing_page(self) -> str:
        links = "".join(
            f"<li><a href='{path}'>{html.escape(words)}</a> (CSV, XLSX)</li>"
            for path, words in self.table_links().items()
        )
        return (
            "<h1>Local government complaint reviews</h1><p>Read our review.</p>"
            f"<ul>{links}</ul><a href='/assets/attach/1/Review.pdf'>Review of complaints (PDF)</a>"
            "<a href='mailto:someone@example.org'>Ask us</a><a href='https://example.org/other.csv'>Elsewhere</a>"
        )

    def table_links(self) -> dict[str, str]:
        """Every published table's path and the words of its link."""
        links = {f"/assets/attach/1/{name}": name for name in self.whole_tables}
        if links:
            return links
        for year in range(_PUBLISHED_AT_START, self.published + 1):
            label, number = tables.year_label(year), 6900 + 10 * (year - 2020)
            links |= {
                f"/assets/attach/{number}/1-Complaints-Received-{label[2:]}.csv": f"Complaints received {label}",
                f"/assets/attach/{number + 1}/2-Complaints-Decided-{label[2:]}.csv": f"Complaints decided {label}",
                f"/assets/attach/{number + 2}/3-Remedy-Compliance-{label[2:]}.xlsx": f"Compliance {label}",
            }
        return links

    def _table(self, path: str) -> Answer:
        words = self.table_links().get(path)
        if words is None:
            return Answer(b"<h1>Page not found</h1>", 404)
        if words in self.whole_tables:
            return Answer(self.whole_tables[words], kind="text/csv")
        year = int(words[-7:-3])
        if "received" in words:
            cells = tables.with_furniture(words, tables.RECEIVED_HEADINGS, tables.ILLUSTRATIVE_RECEIVED)
            return Answer(tables.as_csv(cells, "utf-8-sig"), kind="text/csv")
        if "decided" in words and year >= 2024:
            rows = tables.dealt_with_rows(self.rows, year)
            cells = tables.with_furniture(words, tables.DEALT_WITH_HEADINGS, rows, offset=5)
            return Answer(tables.as_csv(cells, "cp1252"), kind="application/octet-stream")
        if "decided" in words:
            cells = tables.with_furniture(words, tables.DECIDED_HEADINGS, tables.ILLUSTRATIVE_DECIDED, offset=4)
            return Answer(tables.as_csv(cells, "cp1252"), kind="text/csv")
        rows = tables.compliance_rows(self.rows, year)
        cells = tables.with_furniture(words, tables.COMPLIANCE_HEADINGS, rows or tables.ILLUSTRATIVE_COMPLIANCE)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return Answer(
            tables.as_xlsx({"Notes": [["See the next sheet"]], "Compliance": cells}, fractions=True),
            kind=kind,
        )

    def _decisions(self, query: dict[str, str]) -> str:
        """Illustrative decisions of May 2025, ten a page. A search that finds none says so; one of an unknown council
        and a page too far give an empty shell."""
        council, page = query.get("aname", ""), int(query.get("page", "1"))
        frame = "<header>Decisions</header><main>{}</main><footer>Last updated: 4 April 2015</footer>"
        if council not in self.names.values():
            return frame.format("")
        place = sorted(set(self.names.values())).index(council)
        items = []
        for number in range(ILLUSTRATIVE_DECISIONS):
            decision = decisions.MADE_UP[(place + number) % len(decisions.MADE_UP)]
            decided_on = date(2025, 5, number % 28 + 1)
            if not query.get("fd", "") <= decided_on.isoformat() <= query.get("td", "9"):
                continue
            link = f"/decisions/{decision.category.partition('/')[0]}/other/24-{place:03}-{number:03}"
            items.append(
                f"<li><h3><a href='{link}'>{html.escape(council)} (24 {place:03} {number:03})</a></h3>"
                f"<p>Statement {decision.outcome} Other {decided_on:%d-%b-%Y}</p>"
                f"<p>Summary: {html.escape(decision.summary)}</p></li>"
            )
        size = load().results_on_a_page
        shown = items[(page - 1) * size : page * size]
        return frame.format(
            f"<p>Your search has {len(items)} results</p><ul>{''.join(shown)}</ul>" if shown or not items else ""
        )


def _handler(site: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Nothing: the requests are kept by the site instead."""

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            posted = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode("utf-8", "replace")
            controls: dict[str, Callable[[], None]] = {
                "/control/publish": lambda: site.publish(int(query["year"])),
                "/control/restate": lambda: site.restate(query["slug"], query["measure"], query["value"]),
                "/control/fault": lambda: site.fault(query["path"], query["fault"], int(query.get("times", "1000000"))),
                "/control/reset": site.reset,
                "/control/notices": lambda: site.notices.append(posted),
            }
            try:
                controls[parts.path]()
                self._send(Answer(b"done\n", kind="text/plain"))
            except (KeyError, ValueError) as error:
                self._send(Answer(f"not understood: {error}\n".encode(), 400, "text/plain"))

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/control/requests":
                body = json.dumps([asdict(one) for one in site.requests], indent=1).encode()
                self._send(Answer(body, kind="application/json"))
                return
            if parts.path == "/control/notices":
                self._send(Answer("\n".join([*site.notices, ""]).encode(), kind="application/json"))
                return
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            place = parts.path if parts.path in site.faults else "*" if parts.path != "/robots.txt" else ""
            with site._lock:
                faults = site.faults.get(place, [])
                fault = faults.pop() if faults else None
            self._respond(site.answer(parts.path, query), fault)

        def _respond(self, answer: Answer, fault: str | None) -> None:
            """Sends the answer, or what the fault makes of it."""
            elsewhere = {
                "redirect": f"{site.address}{self.path}/",
                "redirect-loop": self.path,
                "redirect-elsewhere": "http://example.org/statistics",
                "redirect-private": "http://10.0.0.1/statistics",
                "redirect-port": "http://127.0.0.1:9/statistics",
                "redirect-file": "file:///etc/hostname",
                # http.server writes headers as Latin-1
                "redirect-utf-8": f"{self.path}?à=é–".encode().decode("latin-1"),
                "redirect-bad-port": "http://127.0.0.1:99999/statistics",
            }
            if fault in elsewhere:
                return self._send(Answer(b"", 302, headers={"Location": elsewhere[fault]}))
            if fault in ("429", "429-long"):
                wait = "1" if fault == "429" else "86400"
                return self._send(Answer(b"slow down", 429, headers={"Retry-After": wait}))
            if fault in ("500", "503", "403", "404"):
                return self._send(Answer(b"trouble", int(fault)))
            if fault == "dripping-head":
                return self._drip_head()
            if fault == "brotli":
                return self._send(Answer(b"\x0b\x02\x80abcde\x03", headers={"Content-Encoding": "br"}))
            if fault in ("no-type", "bucket-type"):
                answer.kind = "" if fault == "no-type" else "binary/octet-stream"
                return self._send(answer)
            if fault == "page-of-no-type":
                return self._send(Answer(b"\n<!DOCTYPE html><h1>Sorry</h1>", kind=""))
            if fault == "cookie":
                answer.headers["Set-Cookie"] = "visitor=1; Path=/"
            if fault == "wrong-type":
                return self._send(Answer(b"%PDF-1.7", kind="application/pdf"))
            if fault == "empty-body":
                return self._send(Answer(b""))
            if fault == "empty-shell":
                return self._send(_html("<header>LGO</header><main></main><footer>2015</footer>"))
            if fault == "broken-gzip":
                return self._send(Answer(b"not gzip at all", headers={"Content-Encoding": "gzip"}))
            if fault == "cut-gzip":
                packed = gzip.compress(answer.body)
                cut = packed[: len(packed) // 2]
                return self._send(Answer(cut, headers={"Content-Encoding": "gzip"}, kind=answer.kind))
            if fault == "gzip-bomb":
                return self._send(Answer(_bomb(), headers={"Content-Encoding": "gzip, gzip"}))
            if fault in ("truncated", "slow", "hang"):
                return self._send_badly(answer, fault)
            return self._send_well(answer)

        def _send_well(self, answer: Answer) -> None:
            """Sends a page with its validators, or 304 where the client has it already; packed where it may be."""
            if answer.status == 200:
                tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
                answer.headers |= {"ETag": tag, "Last-Modified": formatdate(1_750_000_000, usegmt=True)}
                if self.headers.get("If-None-Match") == tag:
                    return self._send(Answer(b"", 304, headers=answer.headers))
                if "gzip" in self.headers.get("Accept-Encoding", "") and answer.kind.startswith("text/"):
                    answer.body = gzip.compress(answer.body, mtime=0)
                    answer.headers["Content-Encoding"] = "gzip"
            return self._send(answer)

        def _send(self, answer: Answer) -> None:
            self._start(answer, len(answer.body))
            try:
                self.wfile.write(answer.body)
            except OSError:
                """The client had enough of it."""
                self.close_connection = True

        def _start(self, answer: Answer, length: int) -> None:
            agent = self.headers.get("User-Agent", "")
            cookie = self.headers.get("Cookie", "")
            site.requests.append(Request(time.monotonic(), self.path, answer.status, len(answer.body), agent, cookie))
            self.send_response(answer.status)
            if answer.kind:
                self.send_header("Content-Type", answer.kind)
            if answer.status != 304:
                self.send_header("Content-Length", str(length))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def _drip_head(self) -> None:
            self.close_connection = True
            site.requests.append(Request(time.monotonic(), self.path, 200, 0, ""))
            try:
                for letter in b"HTTP/1.1 200 OK\r\nX-Filler: " + b"x" * 2_000:
                    self.wfile.write(bytes([letter]))
                    time.sleep(0.05)
            except OSError:
                """The client did not wait, which is what it should do."""

        def _send_badly(self, answer: Answer, fault: str) -> None:
            self.close_connection = True
            self._start(answer, len(answer.body))
            try:
                if fault == "truncated":
                    self.wfile.write(answer.body[: len(answer.body) // 2])
                    return
                for place in range(0, len(answer.body), 5):
                    self.wfile.write(answer.body[place : place + 5])
                    self.wfile.flush()
                    time.sleep(0.1 if fault == "slow" or place < 10 else 10)
            except OSError:
                """The client did not wait, which is what it should do."""

    return Handler


def without_what_is_to_come(folder: Path) -> None:
    """Writes a copy of what ships into a new folder, without the pages that are not out when the site begins."""
    shutil.copytree(ROOT / "data", folder)
    path = folder / STATISTICS_FILE.relative_to(ROOT / "data")
    with path.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    year = header.index("period_start")
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerows([header, *(row for row in rows if int(row[year][:4]) <= _PUBLISHED_AT_START)])
    vouch(path.stem, folder)


def main() -> None:
    """Runs the stand-in until it is interrupted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument(
        "--data", type=Path, help="Where to write what ships without what is not published yet; a new folder."
    )
    parser.add_argument(
        "--whole-tables",
        action="store_true",
        help="Invented tables of 333 authorities and twelve years alone.",
    )
    given = parser.parse_args()
    whole_tables: dict[str, bytes] = {}
    prepare, holds = without_what_is_to_come, f"figures to {tables.year_label(_PUBLISHED_AT_START)}"
    if given.whole_tables:
        # the worlds use this site's tables
        from tests.worlds.generated import whole_tables as whole
        from tests.worlds.judged import without_figures

        # other councils' reports print the Ombudsman's averages too
        prepare = partial(without_figures, files=("ombudsman/", "complaints/peer"))
        whole_tables = whole().tables()
        holds = f"{len(whole_tables)} invented tables"
    if given.data and not given.data.exists():
        prepare(given.data)
    site = StandIn(given.port, whole_tables)
    print(f"The stand-in site is at {site.address} ({holds}). Ctrl-C ends it.")
    try:
        site.serve_for_ever()
    except KeyboardInterrupt:
        print("\nStopped.")


if __name__ == "__main__":
    main()
