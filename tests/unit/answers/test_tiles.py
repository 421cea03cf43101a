"""A tile answers its question's own words, or says that it cannot: facts and what a tile makes of them."""

from typing import Any

import pytest

from assets.answers.compared import _best_in_short
from assets.answers.compliance import done_in_short, late_in_short
from assets.answers.facts import Fact, in_short
from assets.answers.plan import _on_track
from tests.unit.answers.test_register_facts import QUESTIONS

IN_TIME = {"value": 59.0, "numerator": 59, "denominator": 100, "comparator_value": 41.0, "polarity": "higher"}
MORE = {
    "value": 62.0,
    "numerator": 6,
    "comparator_value": 59.0,
    "polarity": "higher",
    "brief": "investigator",
}


@pytest.mark.parametrize(
    ("question", "template", "fact", "says"),
    [
        ("Q2", "place", {"reason": "mostly chance"}, "Nobody can be ranked"),
        ("Q2", "place", {"is_different": False, "brief": "Best: Kent"}, "Best: Kent"),
        ("Q3", "ahead", {"brief": "No better council found yet"}, "No better council found yet"),
        ("Q4", "longest", {}, "Cannot say: 50% in time"),
        (
            "Q5",
            "in_time",
            IN_TIME | {"is_different": True, "is_above": True},
            "Yes: 59% in time, up from 41%",
        ),
        (
            "Q5",
            "in_time",
            IN_TIME | {"is_different": True, "is_above": False},
            "No: 59% in time, down from 41%",
        ),
        ("Q5", "in_time", IN_TIME | {"is_different": False}, "No clear change: 59% in time, was 41%"),
        (
            "Q5",
            "published",
            {"reason": "one", "polarity": "higher", "brief": "2020"},
            "Not known: one figure, from 2020",
        ),
        ("Q6", "step", {"brief": "from notes to report"}, "The slowest step is from notes to report"),
        ("Q6", "waited_on", {}, "5 of 10 waited longest on us"),
        ("Q7", "best", {"comparator": "Wokingham"}, "Yes: Wokingham reports it"),
        (
            "Q10",
            "one_more",
            MORE | {"is_different": True, "is_above": True},
            "One more investigator: 62% in time, not 59%",
        ),
        ("Q10", "one_more", MORE | {"is_different": False}, "One more investigator adds under a point"),
        ("Q12", "newest", {"brief": "Our newest: 2023-24"}, "Our newest: 2023-24"),
        ("Q12", "newest", {"value": None, "numerator": None}, ""),
    ],
)
def test_a_tile_answers_its_own_question(question: str, template: str, fact: dict[str, Any], says: str) -> None:
    whole = {"what": "W", "comparator": "others", "period": "2023-24"}
    found = Fact(template, **whole | {"value": 50.0, "numerator": 5, "denominator": 10} | fact)
    assert in_short(found, QUESTIONS[question].templates[template], "Shire") == says


@pytest.mark.parametrize(
    ("best", "says"),
    [
        (None, "Nobody stands out as best"),
        ({"possible": 11, "judged": 12, "possible_best": ["Kent"]}, "Nobody stands out as best"),
        ({"possible": 5, "judged": 12, "possible_best": ["Kent"]}, "5 of 12 could be the best"),
        ({"possible": 2, "judged": 12, "possible_best": ["Kent", "Essex"]}, "Best: Kent or Essex"),
    ],
)
def test_the_best_are_named_where_they_are_two_at_most(best: Any, says: str) -> None:
    assert _best_in_short(best) == (says, says.startswith("Nobody"))


def counted(numerator: int | None, denominator: int | None = 18, **more: Any) -> Fact:
    return Fact("late", "W", "others", "2023-24", numerator=numerator, denominator=denominator, **more)


@pytest.mark.parametrize(
    ("done", "late", "says"),
    [
        (counted(18), counted(5), ("All 18 done", "5 of them late")),
        (counted(17), counted(0), ("17 of 18 done", "none of them late")),
        (counted(None, None, value=100.0), counted(5), ("100% done", "5 of 18 late")),
        (counted(18, reason="doubted"), counted(5), ("All 18 done", "5 of 18 late")),
        (counted(20, 20), counted(5, None), ("All 20 done", "5 late")),
    ],
)
def test_what_was_late_is_told_of_what_was_done(done: Fact, late: Fact, says: tuple[str, str]) -> None:
    assert (done_in_short(done), late_in_short(late, done)) == says


@pytest.mark.parametrize(
    ("name", "states", "done", "says"),
    [
        ("actions", ["done", "on_time"], 1, "Yes: 1 of 2 done, none late"),
        ("actions", ["done", "late", "blocked"], 1, "No: 1 of 3 done, 1 late, 1 blocked"),
        ("resolutions", ["reported", "overdue"], 1, "1 of 2 promises reported, 1 overdue"),
    ],
)
def test_a_plan_is_on_track_only_where_nothing_is_late(name: str, states: list[str], done: int, says: str) -> None:
    assert _on_track(name, [{"state": state} for state in states], done) == says
