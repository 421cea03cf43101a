"""Which earlier publication the current one is set beside."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import typer

from assets.publication import publishing
from cli.what_changed import earlier

NOW = {"publication": "c-3", "published": "2026-11-23", "previous": "b-2"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three publications, the last two of one day."""
    for moment, (identity, day) in enumerate([("a-1", "2026-05-01"), ("b-2", "2026-11-23"), ("c-3", "2026-11-23")]):
        record = json.dumps(NOW | {"publication": identity, "published": day}).encode()
        path = publishing.put(tmp_path, identity, {"downloads/overview.json": record})
        os.utime(path, (moment, moment))
    return tmp_path


@pytest.mark.parametrize(
    ("since", "found"),
    [("", "b-2"), ("a-1", "a-1"), ("2026-05-01", "a-1"), ("2026-11-01", "a-1"), ("2026-11-23", "b-2")],
)
def test_an_earlier_publication_is_found_by_its_id_or_a_day_on_which_it_was_current(
    folder: Path, since: str, found: str
) -> None:
    record: dict[str, Any] = earlier(folder, NOW, since)
    assert record["publication"] == found


@pytest.mark.parametrize("since", ["2026-04-30", "nonsense", "../c-3"])
def test_a_day_before_all_or_what_is_no_publication_ends_the_command(folder: Path, since: str) -> None:
    with pytest.raises(typer.Exit):
        earlier(folder, NOW, since)


def test_a_first_publication_has_none_before_it(folder: Path) -> None:
    assert earlier(folder, {**NOW, "previous": None}, "") == {}
