"""A source is called by its publisher and kind, and each measure says why it matters."""

import re

import pytest

from assets.publication.inert import link
from assets.publication.site import WHY
from assets.wording.sources import source_name
from warehouse.settings import PROJECT


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://www.lgo.org.uk/your-councils-performance/kent/statistics", "Ombudsman statistics page"),
        ("https://www.lgo.org.uk/decisions/children/24-000", "Ombudsman decision"),
        ("https://feeds.bbci.co.uk/news/articles/x", "BBC News"),
        ("https://worcestershire.moderngov.co.uk/mgAi.aspx?ID=1", "Worcestershire council papers"),
        ("https://democracy.west-lindsey.gov.uk/x", "West Lindsey council papers"),
        ("https://idox.bathnes.gov.uk/x", "Bath and North East Somerset council papers"),
        ("https://www.bexley.gov.uk./x", "Bexley website"),
        ("https://www.gov.uk/government/publications/x", "GOV.UK"),
        ("https://www.ons.gov.uk/x", "Office for National Statistics"),
        ("https://unknown.news/x", "another website"),
        ("https://notbbc.co.uk/x", "another website"),
    ],
)
def test_a_source_has_a_name_and_no_host(address: str, name: str) -> None:
    assert source_name(address) == name and f">{name}</a>" in link(address)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://[x", "minutes, page 3"])
def test_what_is_no_web_address_is_no_link(address: str) -> None:
    assert "<a" not in link(address)


def test_each_measure_says_in_two_sentences_why_it_matters() -> None:
    assert WHY.keys() == {path.stem for path in (PROJECT / "indicators").glob("*.yml")}
    assert [name for name, text in WHY.items() if len(re.findall(r"\.(?= |$)", text)) != 2] == []
