"""How fast statistics pages are read, and what a round costs without its waiting.

    python -m benchmarks.parsing

Pages a second on one core, compared with the floor (lxml extracting the text of the same bytes and nothing else) and
Beautiful Soup extracting it; then the processor time of a round for 100 councils against the stand-in site.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bs4 import BeautifulSoup
from lxml import etree

from assets.ombudsman.archive import Captures
from assets.ombudsman.client import Client, Politeness
from assets.ombudsman.collect import collect
from assets.ombudsman.parse_page import parse_page
from assets.ombudsman.text import text_of, tree_of
from benchmarks.measuring import note
from tests.standin.figures import generation_of, read_rows
from tests.standin.pages import blocks_of, render

# The markup that surrounds the figures on a page of a site of this kind: menus, footers, scripts.
_FURNITURE = (
    "<ul>" + "".join(f"<li class='m'><a href='/p/{n}'>Page {n}</a></li>" for n in range(300)) + "</ul>"
)
_SECONDS = 3.0


def pages() -> dict[str, list[bytes]]:
    """Published pages by kind: bare, and those that are whole in the furniture of a site."""
    rows = read_rows()
    bare = [render(blocks_of(row, generation_of(row))) for row in rows]
    whole = [page for page, row in zip(bare, rows, strict=True) if row["truncated"] == "0"]
    furnished = [
        page.replace("<nav>", f"<nav>{_FURNITURE}").replace("</body>", f"{_FURNITURE}</body>")
        for page in whole
    ]
    return {"bare": [page.encode() for page in bare], "furnished": [page.encode() for page in furnished]}


def per_second(work: Callable[[bytes], object], bodies: list[bytes]) -> float:
    """How many of the bodies are worked through in a second of processor time."""
    done, before = 0, time.process_time()
    while time.process_time() - before < _SECONDS:
        for body in bodies:
            work(body)
        done += len(bodies)
    return done / (time.process_time() - before)


def floor(body: bytes) -> str:
    """The text of the page, extracted by lxml alone."""
    return "".join(etree.fromstring(body, etree.HTMLParser(encoding="utf-8")).itertext())


def main() -> None:
    """Prints the measurements."""
    for label, some in pages().items():
        size = sum(map(len, some)) / len(some) / 1000
        print(f"\n{label} pages, {size:.1f} KB on average")
        for name, work in (
            ("floor: lxml text extraction alone", floor),
            ("visible text, folded", lambda body: text_of(tree_of(body))),
            ("Beautiful Soup text extraction", lambda body: BeautifulSoup(body, "lxml").get_text(" ")),
            ("parse_page, everything", parse_page),
        ):
            speed = per_second(work, some)
            print(f"  {name:36} {speed:8.0f} pages/s")
            note(f"{label} statistics page, {name}", 1000 / speed, "ms")

    # Imported here: the site is no part of the parsing that is measured above.
    from tests.standin.site import StandIn

    with StandIn() as site, tempfile.TemporaryDirectory() as folder:
        client = Client(site.address, Captures(Path(folder)), Politeness(seconds_between=0))
        slugs = sorted(site.names)[:100]
        print("\na round for 100 councils, processor time of the collector, waiting apart")
        for label in ("first, everything new", "second, nothing changed"):
            before = time.thread_time()
            collect(client, slugs)
            print(f"  {label:36} {time.thread_time() - before:8.2f} s")


if __name__ == "__main__":
    main()
