"""source.yml: an analyst can extend it without code, and a slip in it is told with its place."""

from pathlib import Path

import pytest
import yaml

from assets.ombudsman.parse_page import parse_page
from assets.ombudsman.places import is_on, other_statistics_addresses, place_of, statistics_address
from assets.ombudsman.source import SOURCE_FILE, SourceError, load, normalised
from tests.standin.figures import ILLUSTRATIVE, figures_of
from tests.standin.pages import blocks_of, render

SITE = "https://www.lgo.org.uk"


def declared_with(tmp_path: Path, old: str, new: str) -> Path:
    text = SOURCE_FILE.read_text(encoding="utf-8")
    assert old in text
    changed = tmp_path / "source.yml"
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")
    return changed


def test_every_figure_that_a_sentence_keeps_is_a_known_measure() -> None:
    kept = set()
    for sentence in load().page.sentences:
        kept |= set(sentence.in_block.values()) | set(sentence.after.values())
        kept |= set() if sentence.in_block or sentence.after else set(sentence.figures)
    assert kept == set(load().page.measures)


def test_every_sum_and_its_parts_are_columns_of_one_layout() -> None:
    tables = load().tables
    for whole, parts in tables.sums.items():
        assert any({whole, *parts} <= set(layout.columns) for layout in tables.layouts), whole
    assert tables.left_out_if_none <= {part for parts in tables.sums.values() for part in parts}


def test_every_sentence_with_a_figure_leaves_a_sign_when_it_is_not_understood() -> None:
    declared = yaml.safe_load(SOURCE_FILE.read_text(encoding="utf-8"))["page"]
    signs = load().page.signs
    for sentence in declared["sentences"]:
        if "{" in sentence["text"] and "Complaints upheld by" not in sentence["text"]:
            words = sentence["text"].lower().replace("s?", "s").replace("?", "")
            words = words.replace("complaints with satisfactory remedy provided", "satisfactory remedy decisions")
            words = words.replace("{investigated:n}", "9").replace("{upheld:z}", "not")
            assert any(sign.search(words) for sign in signs), sentence["text"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Complaint overview", "Complaint (overview", "page: headings: overview"),
        ('text: "Of these, {not_for_us:n}', 'text: "Of these, ({not_for_us:n}', "page: sentence 2"),
        (
            '    - block: overview\n      text: "Of',
            '    - blok: overview\n      text: "Of',
            "page: sentence 2",
        ),
        (
            "received_housing: [housing]",
            "received_housing: [planning]",
            "a heading means two measures: planning",
        ),
        ("may_lack: [received_other]", "may_lack: [received_others]", "may_lack names no column"),
        ("site: https", "sight: https", "KeyError"),
        ("page:", "page: [", "source.yml"),
    ],
)
def test_a_slip_is_told_with_its_place(old: str, new: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=told):
        load(declared_with(tmp_path, old, new))


def test_a_new_sentence_is_read_once_it_is_declared(tmp_path: Path) -> None:
    usual = "We investigated 87 complaints and upheld 64."
    html = render(blocks_of(ILLUSTRATIVE, "G3")).replace(usual, "Of the 87 complaints we investigated, 64 were upheld.")
    sentence = (
        "  sentences:\n    - block: upheld\n"
        '      text: "Of the {investigated:n} complaints we investigated, {upheld:n} were upheld"\n'
    )
    before = parse_page(html)
    after = parse_page(html, load(declared_with(tmp_path, "  sentences:\n", sentence)).page)
    assert "upheld" not in {one.measure for one in before.observations}
    assert any("Of the 87 complaints" in doubt.text for doubt in before.quarantined)
    assert {one.measure: str(one.value) for one in after.observations} == figures_of(ILLUSTRATIVE)
    assert not after.quarantined


@pytest.mark.parametrize(
    ("heading", "same"),
    [
        ("Education & Children’s Services", "education and childrens services"),
        ("Uphold rate (%)", "Uphold Rate per cent"),
        ("Upheld*", "upheld"),
        ("Upheld [note 1]", "UPHELD "),
        ("Environmental Services, Public\u00a0Protection", "environmental services public protection"),
    ],
)
def test_headings_are_compared_without_their_dress(heading: str, same: str) -> None:
    assert normalised(heading) == normalised(same)


@pytest.mark.parametrize(
    "address",
    [
        f"{SITE}/your-councils-performance/west-northamptonshire-council/statistics",
        "https://lgo.org.uk/your-councils-performance/West-Northamptonshire-Council/statistics/",
        f"{SITE}/your-councils-performance/west-northamptonshire-council/statistics?displaypref=3",
    ],
)
def test_one_page_has_one_name_under_all_its_addresses(address: str) -> None:
    place = place_of(address)
    assert (place.kind, place.council_slug) == ("statistics", "west-northamptonshire-council")
    assert place.name == "statistics of west-northamptonshire-council"
    assert is_on(address)


def test_a_slug_that_stands_under_another_name_is_fetched_there() -> None:
    assert statistics_address(SITE, "west-northamptonshire-council").endswith(
        "/West-Northamptonshire-Council/statistics"
    )


def test_other_addresses_leave_out_the_and_or_have_capitals() -> None:
    slugs = [address.split("/")[-2] for address in other_statistics_addresses(SITE, "telford-and-wrekin-council")]
    assert slugs == ["telford-wrekin-council", "Telford-And-Wrekin-Council"]
