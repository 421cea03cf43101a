"""Published decisions: the facts and the link, not the text."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urljoin

from bs4 import BeautifulSoup, NavigableString, Tag

from assets.ombudsman.late_stages import LateStages, read_summary
from assets.ombudsman.source import load
from assets.ombudsman.text import Quarantined, decode, fold, tree_of

_LINK = re.compile(r"/decisions/([^/?#]+)/([^/?#]+)/([0-9]{2}-[0-9]{3}-[0-9]{3})/?(?:[?#].*)?$", re.IGNORECASE)
_NAMED = re.compile(r"^(.{1,120}?) ?\(([0-9]{2}) ([0-9]{3}) ([0-9]{3})\)")
_SUMMARY = re.compile(r"\bSummary ?: ?", re.IGNORECASE)
_LONGEST_ITEM = 3_000
_TOTAL = re.compile(r"Your search has (?:([0-9,]{1,9})|no) results?", re.IGNORECASE)
_DATED = re.compile(r"([0-9]{1,2})[- ]([A-Z][a-z]{2})[a-z]*[- ]([0-9]{4})")


class EmptyShell(ValueError):
    """A page with its frame and nothing in it: the site failed, which is not the same as finding nothing."""


@dataclass(frozen=True)
class Decision:
    """One published decision. Its category comes from its address, its outcome as printed. "Upheld" may stand
    above a decision not to investigate (an early remedy), and decisions closed after initial enquiries are
    published too: counting these is not counting investigations. `late_stages` is what its summary says about delay in
    the children's complaints procedure, or None where no summary stands on the page."""

    reference: str
    council_name: str
    outcome: str
    category: str
    subcategory: str
    decided_on: date
    address: str
    late_stages: LateStages | None


@dataclass(frozen=True)
class DecisionsPage:
    """One page of search results: how many there are in all, those on this page, and what was not
    understood."""

    total: int
    decisions: tuple[Decision, ...]
    quarantined: tuple[Quarantined, ...]


def _soup(html: bytes | str) -> BeautifulSoup:
    # refuses what is too large or nested so deeply that reading it would take minutes
    tree_of(html)
    soup = BeautifulSoup(html if isinstance(html, str) else decode(html), "lxml")
    for unseen in soup(["script", "style", "template", "noscript"]):
        unseen.decompose()
    return soup


def _date(text: str) -> date | None:
    if not (found := _DATED.search(text)):
        return None
    try:
        return datetime.strptime(" ".join(found.groups()), "%d %b %Y").date()
    except ValueError:
        return None


def _outcome(text: str) -> str | None:
    """The outcome that a line like `Statement Upheld Charging 27-May-2025` states, as printed."""
    kinds = "|".join(load().decision_kinds)
    outcomes = "|".join(load().decision_outcomes)
    found = re.search(rf"\b(?:{kinds})\b ({outcomes})\b", text, re.IGNORECASE)
    return found[1] if found else None


def _following_text(link: Tag, reference: str) -> str:
    """The text after a link, up to the link of the next decision or the longest that a decision has."""
    words: list[str] = []
    for element in link.next_elements:
        if isinstance(element, Tag) and element.name == "a":
            other = _LINK.search(str(element.get("href", "")))
            if other and other[3] != reference:
                break
        elif isinstance(element, NavigableString) and link not in element.parents:
            words.append(str(element))
            if sum(map(len, words)) > _LONGEST_ITEM:
                break
    return fold(" ".join(words))


def parse_decisions(html: bytes | str, address: str) -> DecisionsPage:
    """The decisions on one page of search results at `address`. Raises EmptyShell where the page does not state how
    many results there are, or states some and shows none: the site gives such a page when it fails."""
    soup = _soup(html)
    stated = _TOTAL.search(fold(soup.get_text(" ")))
    found: dict[str, Decision] = {}
    quarantined: list[Quarantined] = []
    for link in soup.find_all("a", href=_LINK):
        matched = _LINK.search(str(link["href"]))
        named = _NAMED.match(fold(link.get_text(" ")))
        if matched is None or named is None or matched[3] in found:
            continue
        text, *summary = _SUMMARY.split(_following_text(link, matched[3]), maxsplit=1)
        outcome, decided_on = _outcome(text), _date(text)
        if "-".join(named.groups()[1:]) != matched[3]:
            quarantined.append(Quarantined("unread decision: its reference is not that of its link", named[0]))
        elif outcome is None or decided_on is None:
            quarantined.append(Quarantined("unread decision: no known outcome or date", f"{named[0]} {text[:160]}"))
        else:
            target = urljoin(address, str(link["href"]))
            said = read_summary(summary[0], outcome, matched[1], load().summary) if summary else None
            found[matched[3]] = Decision(
                matched[3], named[1], outcome, matched[1], matched[2], decided_on, target, said
            )
    total = int((stated[1] or "0").replace(",", "")) if stated else None
    if total is None or bool(total) != bool(found or quarantined):
        raise EmptyShell(
            f"{address}: the page states {'no number of' if total is None else total} results and shows "
            f"{len(found) + len(quarantined)}, as the site does when it fails"
        )
    return DecisionsPage(total, tuple(found.values()), tuple(quarantined))
