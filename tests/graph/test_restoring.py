"""What a backup holds is all that is needed: an empty checkout makes the same tables from it."""

import shutil
from pathlib import Path

import pytest

from assets.council.check import check_register
from assets.council.querying import read_rows
from assets.council.register import register_store
from assets.example.cases import AS_AT, as_delivered, example_register
from assets.ombudsman.archive import Captures
from assets.ombudsman.source import load
from pipelines.backup import backup, restore
from tests.graph.world import SUBJECT, World, invent
from tests.standin.figures import ILLUSTRATIVE, generation_of
from tests.standin.pages import blocks_of, render
from warehouse.settings import Settings


def with_cases(settings: Settings) -> None:
    """A delivery of the subject's own cases, illustrative."""
    text = as_delivered(example_register(60))
    store = register_store(settings)
    report = check_register(
        read_rows("illustrative", list(text.columns), text.itertuples(index=False, name=None)),
        gss_code="X99999901",
        salt=store.salt(),
        as_at=AS_AT,
        table="case_stages",
    )
    assert store.deliver(report).is_new


def test_an_empty_checkout_makes_the_same_tables_from_a_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Settings.model_config, "toml_file", tmp_path / "settings.toml")
    world = invent(tmp_path / "world")
    row = {**ILLUSTRATIVE, "slug": SUBJECT, "council_name": "Exampleshire County Council (invented)"}
    page = render(blocks_of(row, generation_of(row))).encode()
    Captures(world.settings.captures).keep(f"{load().site}/your-councils-performance/{SUBJECT}/statistics", page)
    with_cases(world.settings)
    assert world.run().status == 0
    tables = world.tables()
    backup(world.settings, tmp_path / "backup.zip")

    empty = World(tmp_path / "empty", world.expectations)
    shutil.copytree(world.settings.data, empty.settings.data)
    restore(empty.settings, tmp_path / "backup.zip")
    assert empty.run().status == 0
    assert empty.tables() == tables
    assert register_store(empty.settings).extracts().num_rows == 1
    assert ("64",) in empty.ask("select value_text from raw.captured_pages where measure = 'upheld'")
