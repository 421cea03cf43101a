"""Which captures repeat what an earlier and a later one show, so that nothing is lost without them."""

import hashlib
import json
from datetime import datetime
from itertools import groupby
from urllib.parse import urlsplit

from assets.ombudsman.archive import Capture, Captures
from assets.ombudsman.archive_rows import archive_rows, by_place
from assets.ombudsman.places import is_on

# where a figure was seen, which is no part of what it says
WHERE_AND_WHEN = ("capture_sha256", "address", "captured_at", "locator", "parser_version")


def repeated(captures: Captures, before: datetime) -> list[Capture]:
    """The captures older than `before` that stand between two others of the same page or table which say the same.

    The first and the last of each unbroken run of captures that say the same are kept: so every fact keeps the day on
    which it was first and last seen, and a reading as at any past date stays as it was. A capture that says nothing
    we read is kept.
    """
    sites = dict.fromkeys(
        None if is_on(address) else f"//{urlsplit(address).netloc}" for address in captures.addresses()
    )
    doomed = []
    for site in sites:
        said = _what_each_says(captures, site)
        for history in by_place(captures, site).values():
            for _, run in groupby(_versions(history), key=lambda version: said.get(version[0].sha256)):
                middle = [version for version in run if version[0].sha256 in said][1:-1]
                doomed += [one for version in middle if version[-1].time < before for one in version]
    return doomed


def _versions(history: list[Capture]) -> list[list[Capture]]:
    """Captures that follow one another with the same body."""
    return [list(same) for _, same in groupby(history, key=lambda one: one.sha256)]


def _what_each_says(captures: Captures, site: str | None) -> dict[str, str]:
    """A hash of everything that is read from each body, doubts included, by the body's own hash."""
    said: dict[str, list[str]] = {}
    for kind, rows in archive_rows(captures, site).items():
        for row in rows:
            fact = {name: value for name, value in row.items() if name not in WHERE_AND_WHEN}
            said.setdefault(str(row["capture_sha256"]), []).append(json.dumps([kind, fact], sort_keys=True))
    return {
        sha256: hashlib.sha256("\n".join(sorted(set(facts))).encode()).hexdigest() for sha256, facts in said.items()
    }
