"""What is out of date follows from versions: each input is part of the version of the asset that reads it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from benchmarking.settings import RankingSettings
from pipelines.definitions import build_definitions
from pipelines.stale import with_all_made_of
from tests.sql.harness import PROJECT
from warehouse.contracts import read_contracts
from warehouse.relations import asset_spec
from warehouse.settings import Settings
from warehouse.versions import digest


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    shutil.copytree(PROJECT / "data", tmp_path / "data")
    shutil.copytree(PROJECT / "sql", tmp_path / "sql")
    return Settings(data=tmp_path / "data", sql=tmp_path / "sql", state=tmp_path / "state", output=tmp_path / "output")


def versions(settings: Settings, as_at: str = "") -> dict[str, str | None]:
    graph = build_definitions(settings, as_at=as_at).resolve_asset_graph()
    return {".".join(key.path): graph.get(key).code_version for key in graph.materializable_asset_keys}


def add_line(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write("\n")


def test_every_input_is_part_of_the_version_of_what_reads_it_and_of_nothing_else(settings: Settings) -> None:
    before = versions(settings)
    assert None not in before.values() and versions(settings) == before
    changes: list[tuple[Callable[[], Any], str]] = [
        (lambda: add_line(settings.data / "ombudsman" / "vouched_figures.csv"), "raw.vouched_figures"),
        (lambda: add_line(settings.sql / "marts" / "practices.sql"), ""),
        (lambda: (settings.sql / "marts" / "practices.sql").write_text("select 1 as x"), "marts.practices"),
        (
            lambda: add_line(settings.state / "register" / "E10000034" / "case_stages" / "x.parquet"),
            "raw.register_case_stages",
        ),
        (
            lambda: add_line(settings.state / "undertakings" / "E10000034" / "plans" / "x.json"),
            "raw.plan_actions",
        ),
        (lambda: add_line(settings.state / "undertakings" / "E10000034" / "sign_offs.json"), ""),
    ]
    for change, read_by in changes:
        change()
        now = versions(settings)
        changed = {name for name in now if now[name] != before[name]}
        assert read_by in changed if read_by else not changed, (read_by, changed)
        assert "core.councils" not in changed and len(changed) <= 15
        before = now


@pytest.mark.parametrize(
    ("update", "as_at", "read_by"),
    [
        ({"ranking": RankingSettings(best_share=0.2)}, "", "marts.rankings"),
        ({"own_comparators": ["kent-county-council"]}, "", "raw.own_comparators"),
        ({"site": "http://127.0.0.1:1"}, "", "raw.captured_pages"),
        ({}, "2026-05-01", "core.as_at"),
        ({"internal_edition": True}, "", "publication.site"),
    ],
)
def test_a_setting_is_part_of_the_version_of_what_depends_on_it(
    settings: Settings, update: dict[str, Any], as_at: str, read_by: str
) -> None:
    before, now = versions(settings), versions(settings.model_copy(update=update), as_at)
    changed = {name for name in now if now[name] != before[name]}
    assert read_by in changed and "core.councils" not in changed and len(changed) <= 11


def test_a_digest_tells_names_contents_and_folders_apart(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "put"
    folder.mkdir(parents=True)
    seen = [digest(folder), digest(tmp_path / "absent"), digest("ab", "c"), digest("a", "bc")]
    for name, text in (("a", "1"), ("a", "2"), ("b", "2")):
        (folder / name).write_text(text, encoding="utf-8")
        seen.append(digest(folder))
    (folder / "b.lock").touch()
    assert len(set(seen)) == len(seen) and digest(folder) == seen[-1]


def test_what_one_step_makes_and_all_that_is_made_of_it_is_made_together(settings: Settings) -> None:
    graph = build_definitions(settings).resolve_asset_graph()
    made = {".".join(key.path) for key in with_all_made_of(graph, [dg.AssetKey(["marts", "rankings"])])}
    assert {"marts.verdicts", "marts.answers", "publication.warehouse", "quality.checks"} <= made
    assert not {"raw.councils", "core.readings"} & made


def test_a_relation_that_does_not_say_what_it_reads_has_no_version() -> None:
    contract = next(iter(read_contracts(PROJECT / "expectations").values()))
    assert asset_spec(contract, [], {"python"}).code_version is None
