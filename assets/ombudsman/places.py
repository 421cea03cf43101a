"""Which address is what: the pages and tables of the Ombudsman's site by their addresses, and back."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, quote, quote_plus, urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup

from assets.ombudsman.source import load
from assets.ombudsman.text import decode

_OF_COUNCIL = re.compile(r"/your-councils-performance/([^/]+)/statistics/?$", re.IGNORECASE)
TABLE_ENDINGS = (".csv", ".xlsx", ".xls", ".ods")


@dataclass(frozen=True)
class Place:
    """What stands at an address: `statistics`, `table`, `decisions`, `tables` (the landing page) or `other`; whose it
    is; and one name for all addresses of the same thing."""

    kind: str
    council_slug: str | None
    name: str


def is_on(address: str, site: str | None = None) -> bool:
    """Whether the address is on the site (by default the Ombudsman's own, under any of its names)."""
    source = load()
    sites = (site,) if site and site.rstrip("/") != source.site else (source.site, *source.also_known_as)
    try:
        return _host(address) in map(_host, sites)
    except ValueError:
        return False


def _host(address: str) -> str:
    """The host of an address with its port, where that is not the usual one."""
    parts = urlsplit(address)
    return parts.netloc.lower().removesuffix({"http": ":80", "https": ":443"}.get(parts.scheme, ":"))


def place_of(address: str) -> Place:
    """What stands at an address. A council is named by our slug for it."""
    source = load()
    parts = urlsplit(address)
    if match := _OF_COUNCIL.search(parts.path):
        ours = {theirs.lower(): slug for slug, theirs in source.slugs.items()}
        slug = ours.get(match[1].lower(), match[1].lower())
        return Place("statistics", slug, f"statistics of {slug}")
    if parts.path.lower() == urlsplit(source.addresses["decisions"]).path.lower():
        return Place("decisions", None, f"decisions {parts.query}")
    if parts.path.rstrip("/") == source.addresses["tables"]:
        return Place("tables", None, "annual tables")
    if parts.path.lower().endswith(TABLE_ENDINGS):
        return Place("table", None, parts.path)
    return Place("other", None, address)


def statistics_address(site: str, slug: str) -> str:
    """The address of a council's statistics page."""
    source = load()
    return site.rstrip("/") + source.addresses["statistics"].format(slug=quote(source.slugs.get(slug, slug)))


def other_statistics_addresses(site: str, slug: str) -> list[str]:
    """Addresses under which the page may stand where the usual one has none: without `and`, or with
    capitals."""
    without = slug.replace("-and-", "-")
    capitals = "-".join(word.capitalize() for word in slug.split("-"))
    return [statistics_address(site, other) for other in dict.fromkeys((without, capitals)) if other != slug]


def tables_address(site: str) -> str:
    """The address of the page that links to the annual tables."""
    return site.rstrip("/") + load().addresses["tables"]


def search_of(address: str) -> dict[str, str]:
    """What a page of the decisions search was asked for: council, start, end and page, as far as its address says."""
    pattern = parse_qs(urlsplit(load().addresses["decisions"]).query)
    asked = parse_qs(urlsplit(address).query)
    return {values[0].strip("{}"): asked[name][0] for name, values in pattern.items() if name in asked}


def decisions_address(site: str, council: str, start: date, end: date, page: int) -> str:
    """The address of one page of the decisions about a council in a date window."""
    query = {"start": start.isoformat(), "end": end.isoformat(), "council": quote_plus(council), "page": page}
    return site.rstrip("/") + load().addresses["decisions"].format(**query)


def table_links(html: bytes, address: str) -> list[str]:
    """The addresses of the tables (CSV and XLSX) that the landing page links to, on its own site, sorted. They start
    from the page's `<base>` where it has one; those of a page that came over https are asked for over https."""
    soup = BeautifulSoup(decode(html), "lxml")
    base = soup.find("base", href=True)
    start = _joined(address, str(base["href"])) if base else None
    page = urlsplit(address)
    found = set()
    for link in soup.find_all("a", href=True):
        target = _joined(start or address, str(link["href"]))
        if target is None or not urlsplit(target).path.lower().endswith(TABLE_ENDINGS):
            continue
        parts = urlsplit(target)
        if _host(target) != _host(address) and not is_on(target):
            continue
        if page.scheme == "https" and parts.scheme == "http":
            target = parts._replace(scheme="https", netloc=_host(target)).geturl()
        found.add(target)
    return sorted(found)


def _joined(start: str, link: str) -> str | None:
    """The address that a link on the page at `start` leads to, without its fragment; None where it is none."""
    try:
        return urldefrag(urljoin(start, link.strip())).url
    except ValueError:
        return None
