"""What is called of the council's own counts, and what is not shown of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from math import ceil
from typing import Any

import pytest

from assets.answers.asked import Asked
from assets.answers.elsewhere import q7
from assets.answers.facts import Fact, sentence, verdict
from assets.answers.in_time import q5
from assets.answers.plan import q11, targets
from assets.answers.register import q4, q6, q9
from assets.answers.staffing import q10
from assets.answers.templates import read_questions
from assets.wording.own import clocks
from benchmarking.power import cases_to_see, smallest_rise
from warehouse.councils import Council

QUESTIONS = read_questions()
COUNCIL = Council("X99999999", "exampleshire", "Exampleshire County Council", "Exampleshire", "county")
SHOWN: frozenset[str] = frozenset()


class AnyKey(dict[str, list[str]]):
    """Every relation has the key `gss_code`."""

    def __missing__(self, relation: str) -> list[str]:
        return ["gss_code"]


def asked(**rows: list[dict[str, Any]]) -> Asked:
    held: dict[str, list[dict[str, Any]]] = defaultdict(list, rows)
    held.setdefault("authorities", [{"authorities": 152}])
    return Asked(COUNCIL, "other county councils", "lgsco_type", held, AnyKey())


def the(question: Callable[[Asked], Iterable[Fact]], statement: str, **rows: list[dict[str, Any]]) -> Fact:
    """The first fact of a question with this name, where the queries give these rows."""
    return next(fact for fact in question(asked(**rows)) if fact.statement == statement)


def called(question: str, fact: Fact) -> str:
    return verdict(fact, QUESTIONS[question].templates[fact.template])


def year(in_time: int, judged: int, end: date, **changed: Any) -> dict[str, Any]:
    return {
        "gss_code": "X99999999",
        "stage": "2",
        "procedure": "children_statutory",
        "limit_working_days": 65,
        "clock_start": "request",
        "clock_end": "adjudication",
        "allowance": "maximum",
        "period_end": end,
        "period_label": f"12 months to {end:%B %Y}",
        "in_time": in_time,
        "judged": judged,
        "in_time_pct": 100 * in_time / judged,
        "closed_without_limit": 0,
        "hidden": SHOWN,
        "as_at": date(2026, 9, 30),
        "source": "case register",
    } | changed


NOW, BEFORE = date(2026, 9, 30), date(2025, 9, 30)


def stage_2(*rows: dict[str, Any]) -> Fact:
    return next(iter(q5(asked(timeliness=list(rows)))))


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [((30, 40), (12, 40), "better"), ((12, 40), (30, 40), "worse"), ((22, 40), (20, 40), "no difference")],
)
def test_stage_2_is_called_better_or_worse_only_beyond_chance(
    now: tuple[int, int], before: tuple[int, int], expected: str
) -> None:
    fact = stage_2(year(*now, NOW), year(*before, BEFORE))
    assert called("Q5", fact) == expected
    assert (fact.numerator, fact.denominator, fact.comparator) == (*now, "the 12 months to September 2025")


@pytest.mark.parametrize("changed", [{"limit_working_days": 25}, {"clock_start": "agreed_statement"}])
def test_a_change_of_limit_or_clock_parts_the_years(changed: dict[str, Any]) -> None:
    assert called("Q5", stage_2(year(30, 40, NOW), year(12, 40, BEFORE, **changed))) == "broken"


def test_a_count_too_small_to_show_is_not_shown_and_nothing_is_called() -> None:
    fact = stage_2(year(2, 40, NOW, hidden=frozenset({"in_time", "in_time_pct"})), year(30, 40, BEFORE))
    assert (called("Q5", fact), fact.numerator, fact.value) == ("gated", None, None)


def test_without_a_year_before_the_figure_stands_alone() -> None:
    assert called("Q5", stage_2(year(30, 40, NOW))) == "told"


def test_without_a_register_the_answer_is_missing_and_says_so_of_each_part() -> None:
    found = list(q5(asked()))
    assert {called("Q5", fact) for fact in found} == {"missing"} and len(found) == 8


def leave_out(in_time: int, cases: int) -> list[dict[str, Any]]:
    return [
        {
            "gss_code": "X99999999",
            "procedure": "children_statutory",
            "period_label": "12 months to September 2026",
            "left_out": left_out,
            "case_stages": cases - left_out,
            "in_time": in_time,
            "in_time_pct": 100 * in_time / (cases - left_out),
            "hidden": SHOWN,
            "as_at": NOW,
        }
        for left_out in range(4)
    ]


@pytest.mark.parametrize(
    ("in_time", "cases", "expected"), [(5, 8, "lower"), (20, 40, "no difference"), (0, 10, "tied")]
)
def test_long_cases_distort_only_where_the_share_without_them_lies_outside_the_interval(
    in_time: int, cases: int, expected: str
) -> None:
    assert called("Q4", next(iter(q4(asked(own_leave_out=leave_out(in_time, cases)))))) == expected


def test_with_nothing_left_out_there_is_nothing_to_say_of_long_cases() -> None:
    fact = next(iter(q4(asked(own_leave_out=leave_out(0, 9)[:1]))))
    assert called("Q4", fact) == "gated" and fact.comparator == "the three longest cases"


def service(name: str, complaints: int, requests: int | None) -> dict[str, Any]:
    return {
        "gss_code": "X99999999",
        "service": name,
        "period_label": "2025-26",
        "complaints": complaints,
        "requests_for_service": requests,
        "hidden": SHOWN,
        "as_at": NOW,
    }


@pytest.mark.parametrize(
    ("requests", "expected"), [(900, "higher"), (20, "lower"), (100, "no difference"), (None, "gated")]
)
def test_a_service_is_mostly_requests_only_where_its_share_is_clearly_above_half(
    requests: int | None, expected: str
) -> None:
    none = None if requests is None else 0
    rows = [service("highways", 100, requests), service("waste", 10, none), service("all", 110, requests)]
    largest, asked_for, *_ = q9(asked(own_services=rows))
    assert largest.detail == "Highways" and (largest.numerator, largest.denominator) == (100, 110)
    assert called("Q9", asked_for) == expected


def test_few_answers_of_a_partner_are_not_told() -> None:
    rows = [
        {"gss_code": "X", "procedure": "children_statutory", "partner": name, "answered": count,
         "median_working_days": 9.0, "as_at": NOW}
        for name, count in (("health", 3), ("police", 9))
    ]  # fmt: skip
    partner = list(q6(asked(partners=rows)))[-1]
    assert called("Q6", partner) == "gated" and "police" not in partner.detail


def capacity(change: int, share: float) -> dict[str, Any]:
    return {
        "gss_code": "X", "role": "investigators", "change": change, "people": 6 + change,
        "share_in_time_pct": share, "lower_pct": share - 5, "upper_pct": share + 5, "cost_gbp": 1000.0,
        "reason": None, "as_at": NOW,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("share", "expected"), [(60.0, "better"), (40.5, "no difference"), (40.0, "tied"), (30.0, "worse")]
)
def test_one_more_investigator_is_a_difference_from_one_point(share: float, expected: str) -> None:
    fact = next(iter(q10(asked(own_capacity=[capacity(0, 40.0), capacity(1, share)]))))
    assert called("Q10", fact) == expected and fact.numerator == 7


def target(outlook: str, **changed: Any) -> dict[str, Any]:
    return {
        "gss_code": "X", "target_id": "T1", "indicator": "childrens_stage2_due_in_time",
        "indicator_title": "Stage 2 in time",
        "polarity": "higher", "target_pct": 70.0, "by_date": date(2027, 3, 31), "said_pct": 57.5, "value_pct": 40.0,
        "cases": 8, "of_cases": 20, "current_label": "2025-26", "probability": 0.001, "outlook": outlook,
        "source": None,
    } | changed  # fmt: skip


@pytest.mark.parametrize(
    ("outlook", "expected"),
    [
        ("met", "better"),
        ("missed", "worse"),
        ("on_current_evidence", "told"),
        ("no_improvement_detected", "told"),
        ("too_few_cases", "gated"),
        ("broken_series", "broken"),
    ],
)
def test_a_target_is_told_as_its_outlook_says(outlook: str, expected: str) -> None:
    fact = next(iter(targets(asked(plan_targets=[target(outlook)]))))
    assert called("Q5", fact) == expected
    assert "under 1%" in fact.detail and ("so we give no date" in fact.detail) == (outlook == "no_improvement_detected")


def test_a_target_without_figures_is_set_and_unmeasured() -> None:
    row = target("no_data", value_pct=None, cases=None, of_cases=None, probability=None, current_label=None)
    fact = next(iter(targets(asked(plan_targets=[row]))))
    template = QUESTIONS["Q5"].templates[fact.template]
    assert called("Q5", fact) == "missing"
    assert sentence(fact, template, "Exampleshire").startswith("Exampleshire has the target of 70% by 31 March 2027")


def test_a_reported_year_names_its_papers() -> None:
    assert stage_2(year(30, 40, NOW, source="paper of May; paper of July; paper of May")).sources == (
        "paper of May",
        "paper of July",
    )


def enough(in_time: int, judged: int, **changed: Any) -> Fact:
    return the(q10, "enough", timeliness=[year(in_time, judged, NOW, **changed)])


def test_few_cases_say_how_large_a_rise_they_would_show() -> None:
    fact = enough(3, 11)
    assert called("Q10", fact) == "told"
    rise, needed = smallest_rise(3.5 / 12, 11), cases_to_see(3.5 / 12, 0.2)
    assert rise is not None and needed is not None
    assert fact.printed == f"only a rise of {100 * rise:.0f} percentage points or more"
    assert fact.detail.startswith(
        f"To confirm a rise of 20 percentage points would take {needed} cases before and as many after."
    )
    assert fact.detail.endswith(f" At this rate that is {ceil(needed / (11 / 4))} quarters each.")


def test_a_rise_that_cannot_be_reached_would_not_be_seen() -> None:
    assert enough(10, 11).printed == "no rise"


def test_hidden_counts_say_nothing_of_how_large_a_rise_would_show() -> None:
    fact = enough(2, 11, hidden=frozenset({"in_time"}))
    assert called("Q10", fact) == "gated" and (fact.value, fact.numerator, fact.detail) == (None, None, "")


def month(**changed: Any) -> dict[str, Any]:
    return {
        "gss_code": "X", "month_start": date(2026, 9, 1), "posts": 4.0, "vacancies": 1.0, "investigators_available": 6,
        "independent_persons_available": 5, "cost_of_year_gbp": 67200.0, "months_with_cost": 12,
    } | changed  # fmt: skip


def test_the_people_of_the_latest_month_are_told_with_what_was_spent() -> None:
    fact = the(q10, "people", people=[month()])
    assert called("Q10", fact) == "told" and fact.numerator == 6 and fact.period == "September 2026"
    assert fact.detail == ("5 independent persons, 1 of 4 posts vacant and £67,200 spent in the 12 months to then")


def test_spending_of_part_of_a_year_is_not_told_as_a_years() -> None:
    fact = the(q10, "people", people=[month(months_with_cost=11)])
    assert "spent" not in fact.detail


def test_the_next_meeting_is_one_that_is_still_to_come() -> None:
    rows = [
        {"gss_code": "X", "state": state, "hearing_date": hearing, "as_at": NOW}
        for state, hearing in (("overdue", date(2026, 9, 17)), ("not_yet_due", date(2026, 12, 3)))
    ]
    resolutions = list(q11(asked(plan_resolutions=rows)))[1]
    assert "3 December 2026" in resolutions.detail and "September" not in resolutions.detail


def test_a_clock_that_nobody_stated_is_not_said_to_be_declared() -> None:
    row = {
        "procedure": "children_statutory", "clock_start": "not_stated", "clock_end": "not_stated",
        "has_declared_clock": False, "source": "case register",
    }  # fmt: skip
    assert clocks([row]) == ["Children’s social care: the council does not say where the clock starts and stops."]
    started = row | {"clock_start": "request"}
    assert "the usual one, because the council has not declared its own" in clocks([started])[0]
    assert "as the council declared" in clocks([started | {"has_declared_clock": True}])[0]
    assert "as the council’s own figures state" in clocks([started | {"source": "quarterly figures"}])[0]


DISTRICT = replace(COUNCIL, lgsco_type="district")


def of_a_district(**rows: list[dict[str, Any]]) -> dict[str, list[Fact]]:
    """The facts of every question that children's social care is in, by its number."""
    found = replace(asked(**rows), council=DISTRICT)
    finders = {"Q4": q4, "Q5": q5, "Q6": q6, "Q7": q7, "Q9": q9, "Q10": q10}
    return {number: list(find(found)) for number, find in finders.items()}


def test_of_a_district_no_childrens_social_care_is_missing_because_the_county_has_it() -> None:
    called_by_what = {
        (number, fact.statement, fact.what): called(number, fact)
        for number, facts in of_a_district().items()
        for fact in facts
    }
    of_children = {about: verdict for about, verdict in called_by_what.items() if "children" in about[2]}
    assert len(of_children) >= 6 and set(of_children.values()) == {"not applicable"}
    assert called_by_what["Q7", "published", "The limit of 65 working days"] == "not applicable"
    assert called_by_what["Q10", "one_more", "Having enough investigators"] == "not applicable"
    assert "missing" in {verdict for what, verdict in called_by_what.items() if what not in of_children}


def test_a_district_is_asked_first_for_its_corporate_stage_2() -> None:
    leads = [fact.what for fact in of_a_district()["Q5"] if fact.is_lead]
    assert leads == [
        "Stage 2 corporate complaints within the limit",
        "Stage 2 corporate complaints in time",
    ]


def test_a_districts_own_corporate_cases_are_judged_as_anybodys() -> None:
    rows = [year(30, 40, NOW, procedure="corporate"), year(12, 40, BEFORE, procedure="corporate")]
    lead = next(fact for fact in of_a_district(timeliness=rows)["Q5"] if fact.is_lead)
    assert called("Q5", lead) == "better"


def test_cases_that_a_district_records_of_a_service_it_does_not_have_are_not_hidden() -> None:
    facts = of_a_district(timeliness=[year(30, 40, NOW), year(12, 40, BEFORE)])["Q5"]
    assert called("Q5", facts[0]) == "better"


def test_the_comparators_that_the_ombudsman_found_late_are_named_with_their_decisions() -> None:
    rows = [
        {"gss_code": name, "source_row": row, "nice_name": name, "year_of_decision_or_case": when,
         "source_url": f"https://d.example/{row}"}
        for row, name, when in ((2, "Essex", 2021), (4, "Surrey", 2022), (3, "Surrey", 2023))
    ]  # fmt: skip
    found = the(q7, "found_late", found_late=rows)
    assert (found.numerator, found.period) == (2, "2021 to 2023")
    named = "By number of decisions: Surrey (2 since 2022) and Essex (1 since 2021)."
    assert found.is_lead and found.caveat.startswith(named)
    none = the(q7, "found_late")
    assert called("Q7", none) == "missing" and not none.is_lead


def received(service: str, count: int, others: int) -> dict[str, Any]:
    return {
        "gss_code": "X99999999", "measure": service, "service": service, "received": count, "all_received": 60,
        "others_received": others, "others_all": 1000, "source_url": "https://t.example",
        "period_start": date(2024, 4, 1), "period_end": date(2025, 3, 31),
    }  # fmt: skip


def test_the_service_with_most_complaints_to_the_ombudsman_is_named_with_its_interval() -> None:
    fact = the(q9, "ombudsman", received=[received("housing", 25, 300), received("tax", 35, 1)])
    told = sentence(fact, QUESTIONS["Q9"].templates["ombudsman"], "Exampleshire")
    assert told == (
        "Of complaints to the Ombudsman about Exampleshire in 2024-25, 25 of 60 (42%, 95% interval 30% to 54%) were "
        "about one service. It was housing. Other county councils had 30.0% of 1,000 about housing."
    )
    assert called("Q9", the(q9, "ombudsman")) == "missing"


def days(*taken: int, is_new: bool = True) -> list[dict[str, Any]]:
    return [
        {"gss_code": "X99999999", "procedure": "children_statutory", "stage": "2", "elapsed_working_days": each,
         "is_of_last_year": is_new, "as_at": NOW}
        for each in taken
    ]  # fmt: skip


def test_the_days_of_stage_2_have_a_median_with_its_interval_and_a_limit_of_their_own() -> None:
    rows = [*days(60, 70, 80, 66, 74, is_new=False), *days(50, 90, 70, 65, 75, 85, 55)]
    fact = next(fact for fact in q5(asked(case_days=rows)) if fact.template == "days")
    assert called("Q5", fact) == "told"
    assert (fact.numerator, fact.printed) == (7, "70 working days (95% interval 50 to 90)")
    assert fact.detail == "If nothing changes, single cases may take up to 114 working days."


def test_few_cases_have_no_median() -> None:
    fact = next(fact for fact in q5(asked(case_days=days(50, 60, 70, 80))) if fact.template == "days")
    assert called("Q5", fact) == "gated"
    assert (fact.value, fact.numerator, fact.printed) == (None, None, "")
    assert not [fact for fact in q5(asked()) if fact.template == "days"]


@pytest.mark.parametrize(
    ("taken", "is_shown"),
    [
        # three in time of seven: the interval is from the quickest case to the slowest
        ([50, 55, 60, 70, 75, 85, 90], False),
        # three late of seven
        ([30, 40, 50, 60, 70, 80, 90], False),
        ([70, 71, 72, 73, 74, 75, 76], True),
        ([50, 51, 52, 53, 54, 70, 71, 72, 73, 74], True),
        # three in time of twenty: the interval lies among the middle cases
        ([50, 55, 60, *range(70, 87)], True),
    ],
)
def test_a_median_whose_interval_would_tell_a_small_count_in_time_is_not_shown(
    taken: list[int], is_shown: bool
) -> None:
    rows = {"case_days": days(*taken), "timeliness": [year(30, 40, NOW)]}
    fact = next(fact for fact in q5(asked(**rows)) if fact.template == "days")
    assert (fact.value is not None) is bool(fact.printed) is is_shown


@pytest.mark.parametrize(("many", "said"), [(0, ""), (None, ""), (3, "Fewer than five "), (14, "14 ")])
def test_cases_from_before_there_was_a_limit_are_told_where_they_count_nowhere(many: int | None, said: str) -> None:
    fact = stage_2(year(30, 40, NOW, closed_without_limit=many), year(20, 40, BEFORE))
    assert fact.detail == (said and f"{said}completed in these months had no limit yet and do not count.")
