"""What a source is called: the publisher's name and the kind of page, never a host."""

from pathlib import Path
from urllib.parse import urlsplit

from warehouse.files import declaration

NAMES = declaration(Path(__file__).parent / "sources.yml")
# a council's site for committee papers opens with one of these, or is hosted by the maker of the software
PAPERS = ("democra", "mod", "committee", "council", "meeting", "mycouncil", "decision", "mg", "cms", "idox")
OMBUDSMAN = {
    "/your-councils-performance": "Ombudsman statistics page",
    "/decisions": "Ombudsman decision",
    "": "Ombudsman website",
}


def is_web_address(address: str) -> bool:
    """Whether a browser could open it."""
    try:
        site = urlsplit(address)
        return site.scheme in ("http", "https") and bool(site.hostname)
    except ValueError:
        return False


def source_name(address: str) -> str:
    """The name of what a web address leads to."""
    site = urlsplit(address)
    host = (site.hostname or "").removesuffix(".").removeprefix("www.")
    if host == "lgo.org.uk":
        return next(name for start, name in OMBUDSMAN.items() if site.path.startswith(start))
    for known, name in NAMES["publishers"].items():
        # councils have their own names below gov.uk
        if host == known or (host.endswith(f".{known}") and known != "gov.uk"):
            return str(name)
    if host.endswith(".moderngov.co.uk"):
        return f"{_council(host.split('.')[0])} council papers"
    labels = host.removesuffix(".gov.uk").split(".")
    if host.endswith(".gov.uk"):
        is_papers = len(labels) > 1 and labels[0].startswith(PAPERS)
        return f"{_council(labels[-1])} {'council papers' if is_papers else 'website'}"
    if labels[0] in NAMES["councils"]:
        return str(NAMES["councils"][labels[0]])
    if host in ("example.org", "example.com"):
        return "invented source"
    return "another website"


def _council(label: str) -> str:
    return str(NAMES["councils"].get(label) or label.replace("-", " ").title())
