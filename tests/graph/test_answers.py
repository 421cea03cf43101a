"""An edited sentence that cannot be used stops the pack, names its file and line, and leaves the last good one."""

import shutil
from pathlib import Path

import pytest

from assets.answers.templates import FOLDER
from tests.graph.world import World


def test_a_broken_sentence_is_named_by_line_and_the_last_good_pack_stands(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.published()
    edited = tmp_path / "sentences"
    shutil.copytree(FOLDER, edited)
    path = edited / "q08.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(place for place, line in enumerate(lines) if "{counts}" in line)
    lines[number] = lines[number].replace("{counts}", "{count}")
    path.write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("BENCHMARK_SENTENCES", str(edited))
    run = world.run("marts.answers")
    assert run.status == 1
    assert f"q08.yml, line {number + 1}: unknown placeholder {{count}}" in run.errors
    assert "publication.data_package" in run.made and "publication.site" not in run.made
    assert world.published() == before


def test_the_answers_of_the_world_rest_on_rows_that_exist(world: World) -> None:
    run = world.run("marts.answers")
    assert run.status == 0 and "marts.answers" in run.made
    assert world.ask("select count(distinct question) from marts.answers") == [(12,)]
