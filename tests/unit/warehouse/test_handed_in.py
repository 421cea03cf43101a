"""YAML that people hand in, at every door: read as it is written, or refused in one message that says where and why."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assets.answers.templates import TemplateError, read_questions
from assets.council.mapping import MappingError, read_mapping
from assets.improvement.plan import check_plan
from warehouse.handed_in import YamlRefusedError, as_written, read_yaml

HOSTILE = sorted((Path(__file__).resolve().parents[2] / "cases" / "hostile").glob("map_*.yml"))
CRAFTED = {
    "nested": "a: " + "[" * 5000,
    "nested lines": "\n".join(f"{' ' * depth}a{depth}:" for depth in range(200)),
    "anchor": "a: &x 1\nb: *x\n",
    "merge": "a: {<<: *nothing}\n",
    "code": "a: !!python/object/apply:os.system ['echo owned']\n",
    "tag": "a: !!int ''\n",
    "binary": "a: !!binary aGVsbG8=\n",
    "not text": "a: \x00\n",
    "a list for a name": "? [a, b]\n: 1\n",
    "unclosed": "a: [1, 2\n",
    "large": "a: " + "x" * (2**20 + 1),
    "two documents": "a: 1\n---\nb: 2\n",
}


def mapping(path: Path) -> str:
    with pytest.raises(MappingError) as refused:
        read_mapping(path)
    return str(refused.value)


def plan(path: Path) -> str:
    report = check_plan(path, {})
    assert report.refusals
    return report.as_text()


def sentences(path: Path) -> str:
    with pytest.raises(TemplateError) as refused:
        read_questions(path.parent)
    return str(refused.value)


DOORS = [mapping, plan, sentences]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("content", CRAFTED.values(), ids=CRAFTED)
def test_a_hostile_file_is_refused_in_one_message_at_every_door(
    tmp_path: Path, door: Callable[[Path], str], content: str
) -> None:
    path = tmp_path / "q1.yml"
    path.write_text(content, encoding="utf-8")
    said = door(path)
    assert "q1.yml" in said and len(said) < 1000 and "Traceback" not in said


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_a_mapping_that_broke_a_reader_once_is_refused_with_its_line(path: Path) -> None:
    said = mapping(path)
    assert "line " in said and len(said) < 1000


def test_every_value_is_read_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "file.yml"
    path.write_text("\ufeffa: yes\nb: 01\nc: 2026-02-30\nd: [~, '']\ne: {f: 1e3}\n", encoding="utf-8")
    assert as_written(read_yaml(path)) == {
        "a": "yes",
        "b": "01",
        "c": "2026-02-30",
        "d": ["~", ""],
        "e": {"f": "1e3"},
    }


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "file.yml").write_text("# only a note\n", encoding="utf-8")
    assert as_written(read_yaml(tmp_path / "file.yml")) is None


def test_the_message_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "file.yml").write_text("a: 1\nb: &x 2\n", encoding="utf-8")
    with pytest.raises(YamlRefusedError, match=r"^file\.yml, line 2: references"):
        read_yaml(tmp_path / "file.yml")
