"""An edited sentence is checked before it is used, and what is wrong with it is said with its file and line."""

import shutil
from pathlib import Path

import pytest

from assets.answers.templates import FOLDER, PLACEHOLDERS, REQUIRED, VERDICTS, TemplateError, read_questions
from assets.wording import words
from tests.web import plain_english


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sentences, to be edited."""
    shutil.copytree(FOLDER, tmp_path / "sentences")
    return tmp_path / "sentences"


def problems(folder: Path) -> list[str]:
    with pytest.raises(TemplateError) as caught:
        read_questions(folder)
    return str(caught.value).split("\n")


def edit(path: Path, before: str, after: str) -> int:
    """Replace some text in a file; the line it stood on."""
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return text[: text.index(before)].count("\n") + 1


def test_the_shipped_sentences_answer_all_twelve_questions_with_stage_2_first() -> None:
    assert list(read_questions()) == [
        "Q5", "Q7", "Q6", "Q4", "Q10", "Q11", "Q1", "Q2", "Q3", "Q8", "Q9", "Q12",
    ]  # fmt: skip


def test_every_template_has_a_sentence_for_every_verdict() -> None:
    found = {
        (question.number, name): set(template.says)
        for question in read_questions().values()
        for name, template in question.templates.items()
    }
    assert found and set(map(frozenset, found.values())) == {frozenset(VERDICTS)}


def test_an_unknown_placeholder_is_named_with_its_file_and_line(folder: Path) -> None:
    line = edit(folder / "q05.yml", "{comparator} it was {comparator_value}", "{comparater}")
    assert problems(folder)[0].startswith(
        f"q05.yml, line {line}: unknown placeholder {{comparater}}; there are"
    )


def test_a_sentence_that_drops_its_period_is_refused(folder: Path) -> None:
    line = edit(folder / "common.yml", "on “{what}” in {period}", "on “{what}”")
    assert f"common.yml, line {line}: the sentence for 'better' must say {{period}}" in problems(folder)


def test_a_sentence_that_drops_the_direction_of_its_measure_is_refused(folder: Path) -> None:
    line = edit(
        folder / "q02.yml",
        "({counts}; {base}; {direction}). It is at",
        "({counts}; {base}). It is at",
    )
    assert f"q02.yml, line {line}: the sentence for 'better' must say {{direction}}" in problems(folder)


@pytest.mark.parametrize(
    "placeholder", ["{what.__class__}", "{what!r}", "{value:>9}", "{0}", "{}", "{what[0]}"]
)
def test_only_bare_names_may_stand_in_brackets(folder: Path, placeholder: str) -> None:
    line = edit(folder / "common.yml", "{what}", placeholder)
    assert any(one.startswith(f"common.yml, line {line}: a bracket is wrong") for one in problems(folder))


def test_the_words_of_a_tile_are_checked_too(folder: Path) -> None:
    line = edit(folder / "q02.yml", "otherwise: Nobody can", "other: Nobody can")
    second = edit(folder / "q03.yml", "{counts} clearly better", "{nothing} clearly better")
    found = problems(folder)
    assert any(one.startswith(f"q02.yml, line {line}: 'other' is no verdict") for one in found)
    assert any(one.startswith(f"q03.yml, line {second}: unknown placeholder {{nothing}}") for one in found)


def test_an_open_bracket_is_named_with_its_line(folder: Path) -> None:
    line = edit(folder / "common.yml", "{what}", "{what")
    assert any(one.startswith(f"common.yml, line {line}: ") for one in problems(folder))


def test_a_file_that_is_not_yaml_is_named_with_its_line(folder: Path) -> None:
    (folder / "q03.yml").write_text("question: Q3\nasks: 'never closed\n", encoding="utf-8")
    assert problems(folder)[0].startswith("q03.yml, line 3: it cannot be read: this is not YAML")


def test_a_verdict_that_does_not_exist_is_named(folder: Path) -> None:
    line = edit(folder / "common.yml", "better:", "beter:")
    assert problems(folder)[0].startswith(f"common.yml, line {line}: 'beter' is no verdict")


def test_the_problems_of_all_files_are_told_together(folder: Path) -> None:
    edit(folder / "q04.yml", "{what}", "{nobody}")
    edit(folder / "q09.yml", "{what}", "{nothing}")
    told = problems(folder)
    assert {one.split(",")[0] for one in told} == {"q04.yml", "q09.yml"}


def test_a_direction_is_a_known_one(folder: Path) -> None:
    edit(folder / "q08.yml", "direction: none", "direction: up")
    told = problems(folder)
    assert any("the direction is one of" in one for one in told)


def test_a_field_that_is_not_known_is_named(folder: Path) -> None:
    edit(folder / "q08.yml", "needs:", "neads:")
    told = problems(folder)
    assert any("'neads' is not known here" in one for one in told) and any(
        "needs must be given" in one for one in told
    )


def test_every_verdict_says_which_placeholders_it_needs() -> None:
    assert set(REQUIRED) == set(VERDICTS)


# each placeholder as long as it often is
FILLED = {
    "council": "Worcestershire",
    "what": "Stage 2 children’s social care complaints",
    "period": "The 12 months to September 2026",
    "value": "88%",
    "counts": "23 of 26",
    "comparator": "Other county councils",
    "comparator_value": "86%",
    "together": "86%",
    "base": "10 of 20 have figures",
    "direction": "lower is better",
    "reason": "too few councils have figures",
    "detail": "Highways.",
}


def test_the_first_sentence_of_every_answer_has_at_most_25_words() -> None:
    assert FILLED.keys() == PLACEHOLDERS.keys()
    filled = FILLED | {words.sentence(name): words.sentence(text) for name, text in FILLED.items()}
    said = [
        # the mark on what a person must write is not its answer
        text.removeprefix("To be written by a person. ").format_map(filled)
        for question in read_questions().values()
        for template in question.templates.values()
        for text in template.says.values()
    ]
    first = [plain_english.sentences([plain_english.Block(one, False)])[0] for one in said]
    assert len(said) > 300 and plain_english.long(first) == []
