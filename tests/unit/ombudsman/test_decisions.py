"""Decisions: facts and links; an empty shell is a failure and never nothing found."""

from datetime import date

import pytest

from assets.ombudsman.decisions import DecisionsPage, EmptyShell, parse_decisions

ADDRESS = "https://www.lgo.org.uk/Decisions/SearchResults?page=1"
ITEM = """<li><a href="/decisions/planning/enforcement/24-015-178">Illustrative District Council (24 015 178)</a>
<p>Statement Closed after initial enquiries Enforcement 27-May-2025</p><p>Summary: words of 01-Jan-2001.</p></li>"""


def search(items: str, total: str = "<p>Your search has 1,234 results</p>") -> str:
    return f"<header>LGO</header>{total}<ul>{items}</ul><footer>Last updated: 4 April 2015</footer>"


def test_a_decision_is_its_facts_and_its_link() -> None:
    page = parse_decisions(search(ITEM), ADDRESS)
    (decision,) = page.decisions
    assert page.total == 1234
    assert decision.reference == "24-015-178"
    assert decision.council_name == "Illustrative District Council"
    assert decision.outcome == "Closed after initial enquiries"
    assert (decision.category, decision.subcategory) == ("planning", "enforcement")
    assert decision.decided_on == date(2025, 5, 27)
    assert decision.address == "https://www.lgo.org.uk/decisions/planning/enforcement/24-015-178"


def test_the_text_of_a_decision_is_not_kept() -> None:
    (decision,) = parse_decisions(search(ITEM), ADDRESS).decisions
    assert "words of" not in str(decision)


def test_two_links_to_one_decision_are_one_decision() -> None:
    twice = ITEM.replace("</li>", '<a href="/decisions/planning/enforcement/24-015-178">Read more</a></li>')
    assert len(parse_decisions(search(twice), ADDRESS).decisions) == 1


def test_each_decision_has_its_own_date() -> None:
    other = ITEM.replace("24-015-178", "24-015-179").replace("24 015 178", "24 015 179").replace("27-May", "28-May")
    dates = [decision.decided_on.day for decision in parse_decisions(search(ITEM + other), ADDRESS).decisions]
    assert dates == [27, 28]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("Closed after initial enquiries", "Sent to the moon", "no known outcome"),
        ("27-May-2025", "31-Feb-2025", "no known outcome or date"),
        ("(24 015 178)", "(24 015 999)", "its reference is not that of its link"),
    ],
)
def test_a_decision_that_is_not_understood_is_quarantined(old: str, new: str, reason: str) -> None:
    page = parse_decisions(search(ITEM.replace(old, new).replace("01-Jan-2001", "long ago")), ADDRESS)
    assert page.decisions == ()
    assert reason in page.quarantined[0].reason


NONE_FOUND = "<p>Your search has 0 results</p>"


@pytest.mark.parametrize("words", [NONE_FOUND, "<p>Your search has no results.</p>"])
def test_a_search_that_says_it_found_none_found_none(words: str) -> None:
    assert parse_decisions(search("", total=words), ADDRESS) == DecisionsPage(0, (), ())


@pytest.mark.parametrize(
    "shell", ["", search("", total=""), search(""), search(ITEM, total=""), search(ITEM, total=NONE_FOUND)]
)
def test_an_empty_shell_is_a_failure(shell: str) -> None:
    with pytest.raises(EmptyShell):
        parse_decisions(shell, ADDRESS)
