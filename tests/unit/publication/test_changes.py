"""What changed between two publications, by kind, each with its reason."""

from typing import Any

import pytest

from assets.publication.changes import as_text, by_kind, changes

GROUP = {"comparators_with_data": 10, "pooled_value": 85.7, "called": "not told apart"}
ENTRY: dict[str, Any] = {
    "indicator": "uphold_rate",
    "title": "Complaints upheld",
    "unit": "percent",
    "period_label": "2023-24",
    "numerator": 23,
    "numerator_basis": "printed",
    "denominator": 26,
    "value": 88.5,
    "printed_text": "88",
    "missing_reason": None,
    "is_small_base": True,
    "lower_95": 71.0,
    "upper_95": 96.0,
    "groups": {"lgsco_type": GROUP},
}
ANSWER = {"question": "Q5", "statement": "in_time", "verdict": "worse", "sentence": "Stage 2 has got worse."}
RECORD: dict[str, Any] = {
    "publication": "2023-24-aaaa",
    "published": "2026-05-01",
    "council": "Exampleshire County Council",
    "comparator_group": "lgsco_type",
    "indicators": [ENTRY],
    "answers": [ANSWER],
    "actions": {"A1": {"what": "Keep a pool of investigators", "state": "on time"}},
    "resolutions": {},
    "replies": {},
    "restatements": [],
    "failed_checks": [],
    "set_aside": 3,
}


def told(**changed: Any) -> dict[str, list[str]]:
    return by_kind(changes(RECORD, RECORD | changed))


def entry(**changed: Any) -> list[dict[str, Any]]:
    return [ENTRY | changed]


def beside(**changed: Any) -> dict[str, Any]:
    return {"lgsco_type": GROUP | changed}


def test_two_alike_publications_have_nothing_to_tell() -> None:
    assert told() == {}


def test_a_first_figure_and_a_lost_one_are_told_without_a_year_that_is_none() -> None:
    nothing = ENTRY | {"period_label": None, "value": None, "missing_reason": "not held", "groups": {}}
    for before, now, why in (
        (nothing, ENTRY, "there was no figure before"),
        (ENTRY, nothing, "there is no figure any more"),
    ):
        found = by_kind(changes(RECORD | {"indicators": [before]}, RECORD | {"indicators": [now]}))
        lines = [line for kind in found.values() for line in kind]
        assert len(lines) == 2 and lines[1].endswith(f"because {why}.")
        assert "None" not in " ".join(lines) and "none" not in " ".join(lines)


def test_a_first_publication_has_nothing_to_differ_from() -> None:
    assert changes({}, RECORD) == []


def test_a_figure_of_a_new_year_is_new_and_one_of_the_same_year_restated() -> None:
    assert list(told(indicators=entry(period_label="2024-25", numerator=30))) == ["New figures"]
    restated = told(indicators=entry(numerator=24, value=92.3))
    assert restated == {
        "Figures restated": ["Complaints upheld: was 88.5%, 23 of 26, in 2023-24; now 92.3%, 24 of 26, in 2023-24."]
    }


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (
            {"groups": beside(called="Worse", pooled_value=60.0)},
            ", because the other councils’ figures changed",
        ),
        (
            {"groups": beside(called="Worse", comparators_with_data=14)},
            ", because other councils have figures",
        ),
        ({"groups": beside(called="Worse"), "numerator": 26, "value": 100.0}, ", because our figure changed"),
        (
            {"groups": beside(called="Worse"), "period_label": "2024-25"},
            ", for 2024-25 in place of 2023-24",
        ),
        ({"groups": beside(called="Worse")}, ", because the method changed"),
    ],
)
def test_a_verdict_that_changed_says_why(changed: dict[str, Any], why: str) -> None:
    assert told(indicators=entry(**changed))["Results that changed"] == [
        f"Complaints upheld: “Too close to tell” before, “Worse” now{why}."
    ]


def test_a_verdict_beside_other_comparators_is_said_to_be_so() -> None:
    found = told(comparator_group="region", indicators=entry(groups={"region": GROUP | {"called": "Worse"}}))
    assert "because we compare it with other councils" in found["Results that changed"][0]


def test_an_answer_from_the_councils_own_cases_that_changed_is_told() -> None:
    now = [ANSWER | {"verdict": "better", "sentence": "Stage 2 has got better."}]
    assert told(answers=now) == {"Results that changed": ["Q5, was “worse”: Stage 2 has got better."]}


@pytest.mark.parametrize(("statement", "told_of"), [("action_A1", False), ("in_time_stage_2_children_statutory", True)])
def test_an_action_of_which_it_is_too_early_to_say_is_no_news(statement: str, told_of: bool) -> None:
    before = RECORD | {"answers": [ANSWER | {"statement": statement, "verdict": "missing"}]}
    now = RECORD | {"answers": [ANSWER | {"statement": statement, "verdict": "gated", "sentence": "Too early."}]}
    found = by_kind(changes(before, now)).get("Results that changed", [])
    assert found == (["Q5, was “no figure”: Too early."] if told_of else [])


def test_an_action_closed_added_or_dropped_is_told() -> None:
    closed = {"A1": {"what": "Keep a pool of investigators", "state": "done"}}
    assert told(actions=closed) == {
        "Improvement plan and resolutions": ["Action A1 was on time, is now done: Keep a pool of investigators."]
    }
    assert "no longer in the plan" in told(actions={})["Improvement plan and resolutions"][0]
    assert (
        "Resolution R1 is new"
        in told(resolutions={"R1": {"what": "Compare", "state": "overdue"}})["Improvement plan and resolutions"][0]
    )


REPLY = {
    "about": "Complaints upheld, 2023-24",
    "reply": "Two of the cases were of 2021.",
    "author_role": "complaints manager",
    "replied_date": "23 November 2026",
}


def test_a_reply_that_was_added_or_withdrawn_is_told_with_what_it_is_about() -> None:
    added = told(replies={"r1": REPLY})["Replies of the council"]
    assert added == [
        "Complaints upheld, 2023-24: Two of the cases were of 2021. (complaints manager, 23 November 2026)"
    ]
    taken_back = by_kind(changes(RECORD | {"replies": {"r1": REPLY}}, RECORD))["Replies of the council"]
    assert taken_back == ["Complaints upheld, 2023-24: a reply of 23 November 2026 was withdrawn."]


def test_a_restatement_of_any_council_is_told_once() -> None:
    line = "Kent, Complaints upheld, 2023-24: was 76, now 77."
    assert told(restatements=[line]) == {"Figures restated": [line]}
    assert by_kind(changes(RECORD | {"restatements": [line]}, RECORD | {"restatements": [line]})) == {}


def test_data_quality_tells_checks_that_fail_anew_or_no_longer_and_figures_set_aside() -> None:
    found = told(failed_checks=["marts.x: a rule"], set_aside=4)["Data quality"]
    assert found == ["A check fails that did not: marts.x: a rule.", "Figures we did not use: were 3, are 4."]
    assert changes(RECORD | {"failed_checks": ["a: b"]}, RECORD)[0].sentence == "A check no longer fails: a: b."


def test_a_record_of_an_earlier_version_is_not_compared() -> None:
    old = {name: value for name, value in RECORD.items() if name != "replies"}
    assert changes(old, RECORD | {"set_aside": 4}) == []


def test_an_indicator_that_goes_is_news_only_where_it_had_a_figure() -> None:
    assert told(indicators=[]) == {"New figures": ["Complaints upheld: no longer an indicator."]}
    empty = RECORD | {"indicators": entry(period_label=None)}
    assert changes(empty, RECORD | {"indicators": []}) == []


def test_the_text_names_both_publications_and_lists_by_kind() -> None:
    now = RECORD | {"publication": "2023-24-bbbb", "published": "2026-11-23", "set_aside": 4}
    assert as_text(RECORD, now) == (
        "Exampleshire County Council: complaints benchmark, edition 2023-24-bbbb of 2026-11-23\n\n"
        "Since edition 2023-24-aaaa of 2026-05-01:\n\n"
        "Data quality:\n- Figures we did not use: were 3, are 4.\n"
    )


def test_the_text_of_a_first_publication_says_so() -> None:
    assert "This is the first edition." in as_text({}, RECORD)


@pytest.mark.parametrize("count", [5, 6])
def test_many_findings_that_are_new_at_once_are_counted_and_few_are_listed(count: int) -> None:
    statements = [ANSWER | {"statement": f"new_{number}", "verdict": "missing"} for number in range(count)]
    now = [one | {"verdict": "told", "sentence": "Known now."} for one in statements]
    found = by_kind(changes(RECORD | {"answers": statements}, RECORD | {"answers": now}))["Results that changed"]
    counted = ["6 findings are new, where we had no figure before (Q5)."]
    assert found == (counted if count == 6 else ["Q5, was “no figure”: Known now."] * 5)


def test_the_actions_of_a_first_plan_are_counted() -> None:
    actions = {f"A{number}": {"what": "Do it", "state": "done"} for number in range(11)}
    before = RECORD | {"actions": {}}
    found = by_kind(changes(before, RECORD | {"actions": actions}))["Improvement plan and resolutions"]
    assert found == ["11 actions are new."]
