"""A publication is out whole or not at all, keeps its address, and old ones go only when more are kept than asked."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from assets.publication import publishing
from assets.publication.data_package import as_json
from assets.publication.inert import link
from assets.publication.site import hashed

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


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "http://[", "ftp://example.org"])
def test_only_web_addresses_become_links(address: str) -> None:
    assert "<a " not in link(address)


def test_json_refuses_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        as_json({"value": float("nan")})


def test_a_hash_lets_in_one_text_only() -> None:
    assert hashed("a") != hashed("b") and hashed("a").startswith("sha256-")


@pytest.mark.parametrize("module", ["words", "comparison", "sentences", "own", "small_counts"])
def test_a_changed_word_makes_another_publication(tmp_path: Path, module: str) -> None:
    folders = tuple(Path(shutil.copytree(folder, tmp_path / folder.name)) for folder in publishing.SAID_BY)
    assert publishing.how_it_is_said(folders) == publishing.how_it_is_said()
    publishing.how_it_is_said.cache_clear()
    (path,) = (path for folder in folders for path in folder.glob(f"{module}.py"))
    path.write_text(path.read_text(encoding="utf-8").replace("too few", "not enough") + "\n", encoding="utf-8")
    assert publishing.how_it_is_said(folders) != publishing.how_it_is_said(publishing.SAID_BY)


def test_a_set_is_told_in_one_order_whatever_order_it_comes_in() -> None:
    names = [f"name {number}" for number in range(50)]
    assert publishing._as_text(frozenset(names)) == publishing._as_text(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("edition", "publication"),
    [
        ("2024-25-0123456789", "2024-25-0123456789"),
        ("2024-25-0123456789-0123456789abcdef", "2024-25-0123456789"),
        ("2024-25-0123456789-checked-ab12-0123456789abcdef", "2024-25-0123456789"),
        ("2024-25-0123456789-approved-0000-fedcba9876543210", "2024-25-0123456789"),
        ("", ""),
    ],
)
def test_an_edition_says_which_publication_it_is_of(edition: str, publication: str) -> None:
    assert publishing.publication_of(edition) == publication


NAMED = b"<p>88.5%</p><p>Publication a-1-0000000000000000</p>"


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """A council's folder with one sealed edition, its landing page and its loose workbook."""
    pages = {"panel-pack.html": NAMED, "indicator/a.html": b"88.5%", "downloads/benchmark.xlsx": b"PK 88.5%"}
    edition, files = publishing.seal("a-1", pages)
    publishing.put(tmp_path, edition, files)
    publishing.point_to(tmp_path, edition, "King's Lynn & West Norfolk")
    (tmp_path / "benchmark.xlsx").write_bytes(b"PK 88.5%")
    return tmp_path


def test_an_edition_that_nobody_touched_is_sound_and_prints_its_seal(sealed: Path) -> None:
    edition = publishing.current(sealed)
    assert publishing.verify(sealed) == {}
    assert publishing.sound_edition(sealed, "a-1") == edition
    assert edition.encode() in (sealed / "publications" / edition / "panel-pack.html").read_bytes()


def edited(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"88.5", b"12.3"))


def linked(path: Path) -> None:
    path.rename(path.with_suffix(".kept"))
    path.symlink_to(path.with_suffix(".kept").name)


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("panel-pack.html", edited, "panel-pack.html was changed"),
        ("indicator/a.html", edited, "indicator/a.html was changed"),
        ("downloads/benchmark.xlsx", edited, "downloads/benchmark.xlsx was changed"),
        ("indicator/a.html", Path.unlink, "indicator/a.html is missing"),
        ("indicator/a.html", linked, "indicator/a.html was changed"),
        ("indicator/b.html", Path.touch, "indicator/b.html was added"),
        (".htaccess", Path.touch, ".htaccess was added"),
        ("manifest.json", Path.unlink, "manifest.json is missing"),
        ("manifest.json", lambda path: path.write_text("[1]"), "manifest.json is missing or cannot be read"),
    ],
)
def test_what_was_altered_in_an_edition_is_named_and_the_edition_is_made_again(
    sealed: Path, name: str, change: Callable[[Path], object], said: str
) -> None:
    edition = publishing.current(sealed)
    change(sealed / "publications" / edition / name)
    assert said in " ".join(publishing.verify(sealed)[edition])
    assert publishing.sound_edition(sealed, "a-1") == ""
    assert not (sealed / "publications" / edition).exists()


def test_a_page_that_lost_its_seal_was_changed(sealed: Path) -> None:
    edition = publishing.current(sealed)
    (sealed / "publications" / edition / "panel-pack.html").write_bytes(NAMED)
    assert publishing.verify(sealed) == {edition: ["panel-pack.html was changed"]}


def test_a_manifest_that_was_made_to_fit_the_change_no_longer_fits_the_name(sealed: Path) -> None:
    edition = publishing.current(sealed)
    folder = sealed / "publications" / edition
    pages = {name: (folder / name).read_bytes() for name in ("indicator/a.html", "downloads/benchmark.xlsx")}
    forged = publishing.seal("a-1", {"panel-pack.html": NAMED.replace(b"88.5", b"12.3"), **pages})[1]
    (folder / "manifest.json").write_bytes(forged["manifest.json"])
    edited(folder / "panel-pack.html")
    assert publishing.verify(sealed) == {
        edition: ["manifest.json is not the one that the edition's name was made from"]
    }


def test_a_landing_page_or_loose_workbook_that_was_edited_is_named(sealed: Path) -> None:
    landing = sealed / "index.html"
    landing.write_text(landing.read_text("utf-8").replace("</main>", "<p>12.3%</p></main>"), "utf-8")
    edited(sealed / "benchmark.xlsx")
    assert set(publishing.verify(sealed)) == {"index.html", "benchmark.xlsx"}


@pytest.mark.parametrize("step", range(1, 8))
def test_a_kill_while_publishing_leaves_a_sound_edition_to_be_led_to(
    sealed: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    rename, steps = Path.replace, count(1)

    def killed(path: Path, *rest: object) -> None:
        if next(steps) == step:
            raise KeyboardInterrupt
        if rest:
            rename(path, rest[0])  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "replace", killed)
    monkeypatch.setattr("shutil.rmtree", lambda path, **_: killed(path))  # a kill runs no clean-up
    with suppress(KeyboardInterrupt):
        edition, files = publishing.seal("b-2", {"index.html": b"<p>b</p>"})
        publishing.put(sealed, edition, files)
        publishing.point_to(sealed, edition, "Exampleshire")
        publishing.keep_newest(sealed, 0)
    monkeypatch.undo()
    now = publishing.current(sealed)
    assert now and publishing.altered(sealed / "publications" / now) == []


def test_an_edition_that_is_half_removed_is_under_no_editions_name(
    sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(sealed, "b-2", 2)

    def killed(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shutil.rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        publishing.keep_newest(sealed, 0)
    assert [path.name for path in (sealed / "publications").glob("[!.]*")] == ["b-2"]
