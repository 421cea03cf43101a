"""An edited sentence is checked before it is used, and what is wrong with it is said with its file and line."""

import re
import shutil
from pathlib import Path

import pytest

from assets.answers.questions import FINDERS
from assets.answers.templates import FOLDER, PLACEHOLDERS, REQUIRED, VERDICTS, TemplateError, read_questions
from assets.publication.briefing import TEXTS
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


def test_every_question_has_its_sentences_its_finder_and_its_tile() -> None:
    assert read_questions().keys() == FINDERS.keys() == TEXTS["questions"].keys()


def test_every_template_has_a_sentence_for_every_verdict() -> None:
    found = {
        (question.number, name): set(template.says)
        for question in read_questions().values()
        for name, template in question.templates.items()
    }
    assert found and set(map(frozenset, found.values())) == {frozenset(VERDICTS)}


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        ("q05", "{comparator} it was {comparator_value}", "{comparater}", "unknown placeholder {comparater}; there"),
        ("q03", "told: \"{brief}\"", "told: \"{nothing}\"", "unknown placeholder {nothing}"),
        ("common", "on “{what}” in {period}", "on “{what}”", "the sentence for 'better' must say {period}"),
        ("q02", "{direction}). It is at", "). It is at", "the sentence for 'better' must say {direction}, or its"),
        *(("common", "{what}", placeholder, "a bracket is wrong") for placeholder in (
            "{what.__class__}", "{what!r}", "{value:>9}", "{0}", "{}", "{what[0]}", "{what")),
        ("common", "better:", "beter:", "'beter' is no verdict"),
        ("q02", "gated: Nobody can", "other: Nobody can", "'other' is no verdict"),
        ("q08", "direction: none", "direction: up", "the direction is one of"),
        ("q08", "needs:", "neads:", "'neads' is not known here"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_sentence_is_named_with_its_file_and_line(
    folder: Path, file: str, before: str, after: str, told: str
) -> None:
    line = edit(folder / f"{file}.yml", before, after)
    assert any(one.startswith(f"{file}.yml, line {line}: {told}") for one in problems(folder))


def test_a_file_that_is_not_yaml_is_named_with_its_line(folder: Path) -> None:
    (folder / "q03.yml").write_text("question: Q3\nasks: 'never closed\n", encoding="utf-8")
    assert problems(folder)[0].startswith("q03.yml, line 3: it cannot be read: this is not YAML")


def test_the_problems_of_all_files_are_told_together(folder: Path) -> None:
    edit(folder / "q04.yml", "{what}", "{nobody}")
    edit(folder / "q09.yml", "{what}", "{nothing}")
    told = problems(folder)
    assert {one.split(",")[0] for one in told} == {"q04.yml", "q09.yml"}


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
    "brief": "Highways",
}


def test_the_first_sentence_of_every_answer_has_at_most_25_words() -> None:
    assert FILLED.keys() == PLACEHOLDERS.keys()
    filled = FILLED | {words.sentence(name): words.sentence(text) for name, text in FILLED.items()}
    said = [
        text.format_map(filled)
        for question in read_questions().values()
        for template in question.templates.values()
        for text in template.says.values()
    ]
    first = [plain_english.sentences([plain_english.Block(one, False)])[0] for one in said]
    assert len(said) > 300 and plain_english.long(first) == []


@pytest.mark.parametrize(
    ("place", "claim"),
    [
        # a null is not accepted
        ("longest.no difference", r"\b[Nn]o, |do not explain"),
        # a share can fall while the number rises
        ("escalation.better", r"\b[Ff]ewer|\b[Mm]ore complaints"),
        ("escalation.worse", r"\b[Ff]ewer|\b[Mm]ore complaints"),
        # likely better, one by one, is not clearly different
        ("ahead.told", r"\bclearly\b"),
        ("standing.told", r"\bclearly\b"),
        # a model expects, and has seen nothing
        ("one_more.better", r"One more would"),
        ("one_more.worse", r"One more would"),
    ],
)
def test_an_answer_claims_no_more_than_its_rows_can_show(place: str, claim: str) -> None:
    name, verdict = place.split(".")
    (template,) = (question.templates[name] for question in read_questions().values() if name in question.templates)
    said = template.says[verdict], template.short.get(verdict, template.short.get("otherwise", ""))
    assert not [text for text in said if re.search(claim, text)]
