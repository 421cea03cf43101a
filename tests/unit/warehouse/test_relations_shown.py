"""What Dagster's UI is given to show: a file is an address to copy, never a link that no browser follows."""

import re
from pathlib import Path

import dagster as dg

from warehouse.relations import to_open

PROJECT = Path(__file__).resolve().parents[3]
CODE = ("cli", "pipelines", "assets", "warehouse")


def test_a_file_is_an_address_to_copy_and_no_link(tmp_path: Path) -> None:
    shown = to_open(tmp_path / "a page.html")
    assert isinstance(shown, dg.PathMetadataValue)
    assert shown.path.startswith("file:///") and shown.path.endswith("/a%20page.html")


def test_no_asset_gives_a_link_to_a_file() -> None:
    linked = re.compile(r"MetadataValue\.url\([^\n]*as_uri")
    assert linked.search("dg.MetadataValue.url(index.resolve().as_uri())")
    files = [path for folder in CODE for path in (PROJECT / folder).rglob("*.py")]
    assert [path.name for path in files if linked.search(path.read_text(encoding="utf-8"))] == []
