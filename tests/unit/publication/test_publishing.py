"""A publication is out whole or not at all, keeps its address, and old ones go only when more are kept than asked."""

import os
from pathlib import Path

import pytest

from assets.publication import publishing
from assets.publication.data_package import as_json
from assets.publication.site import csv_text, hashed, link

PAGES = {"index.html": b"<p>one</p>", "indicator/a.html": b"<p>two</p>"}


def put(folder: Path, identity: str, moment: int) -> None:
    path = publishing.put(folder, identity, PAGES)
    publishing.point_to(folder, identity, "Exampleshire")
    os.utime(path, (moment, moment))


def test_the_landing_page_leads_to_the_newest_publication(tmp_path: Path) -> None:
    put(tmp_path, "a-1", 1)
    put(tmp_path, "b-2", 2)
    assert publishing.current(tmp_path) == "b-2"


def test_pointing_to_the_same_publication_again_changes_nothing(tmp_path: Path) -> None:
    put(tmp_path, "a-1", 1)
    assert publishing.point_to(tmp_path, "a-1", "Exampleshire") is False


def test_a_publication_that_is_there_is_never_rewritten(tmp_path: Path) -> None:
    put(tmp_path, "a-1", 1)
    publishing.put(tmp_path, "a-1", {"index.html": b"<p>other</p>"})
    assert (tmp_path / "publications/a-1/index.html").read_bytes() == b"<p>one</p>"


def test_a_broken_build_leaves_no_publication(tmp_path: Path) -> None:
    put(tmp_path, "a-1", 1)
    with pytest.raises(TypeError):
        publishing.put(tmp_path, "b-2", {"index.html": b"<p>one</p>", "b.html": None})  # type: ignore[dict-item]
    assert not (tmp_path / "publications/b-2").exists()
    assert publishing.current(tmp_path) == "a-1"


def test_so_many_earlier_publications_are_kept_and_the_current_one(tmp_path: Path) -> None:
    for moment, identity in enumerate(["a-1", "b-2", "c-3", "d-4"]):
        put(tmp_path, identity, moment)
    publishing.keep_newest(tmp_path, 2)
    assert sorted(path.name for path in (tmp_path / "publications").iterdir()) == ["b-2", "c-3", "d-4"]


def test_a_councils_name_is_escaped_on_the_landing_page(tmp_path: Path) -> None:
    publishing.put(tmp_path, "a-1", PAGES)
    publishing.point_to(tmp_path, "a-1", "<script>alert(1)</script>")
    assert b"<script>" not in (tmp_path / "index.html").read_bytes()


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1"])
def test_text_that_a_spreadsheet_would_take_for_a_formula_is_quoted_in_a_csv(formula: str) -> None:
    assert csv_text(("note",), [{"note": formula}]).splitlines()[1].lstrip('"').startswith("'")


def test_a_negative_number_is_no_formula() -> None:
    assert csv_text(("value",), [{"value": -1.5}]) == "value\n-1.5\n"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "http://[", "ftp://example.org"]
)
def test_only_web_addresses_become_links(address: str) -> None:
    assert "<a " not in link(address)


def test_json_refuses_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        as_json({"value": float("nan")})


def test_a_hash_lets_in_one_text_only() -> None:
    assert hashed("a") != hashed("b") and hashed("a").startswith("sha256-")


def test_a_set_is_told_in_one_order_whatever_order_it_comes_in() -> None:
    names = [f"name {number}" for number in range(50)]
    assert publishing._as_text(frozenset(names)) == publishing._as_text(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("edition", "publication"),
    [
        ("2024-25-0123456789", "2024-25-0123456789"),
        ("2024-25-0123456789-checked-ab12", "2024-25-0123456789"),
        ("2024-25-0123456789-approved-0000", "2024-25-0123456789"),
        ("", ""),
    ],
)
def test_an_edition_says_which_publication_it_is_of(edition: str, publication: str) -> None:
    assert publishing.publication_of(edition) == publication
