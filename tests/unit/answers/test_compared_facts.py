"""What is told of other authorities: limits they do not state and practices beside figures."""

from datetime import date
from typing import Any

import pytest

from assets.answers.compared import measured, q1, q2
from assets.answers.elsewhere import q7
from assets.answers.facts import Fact, beside, confidence, sentence
from assets.answers.in_time import _as_published, q5
from assets.answers.learning import q3
from tests.unit.answers.test_register_facts import NOW, QUESTIONS, asked, called, the, year

YEAR = (date(2023, 4, 1), date(2024, 3, 31))


def elsewhere(share: float, limit: int | None) -> dict[str, Any]:
    return {
        "gss_code": "E", "body_name": "Sampleshire", "procedure": "children_statutory", "period_start": YEAR[0],
        "period_end": YEAR[1], "limit_days": limit, "case_stages": 12, "in_time_pct": share,
        "in_time_as_printed": f"{share:.0f}", "definition": "of those completed", "comparability_grade": "C",
        "comparability_reason": None, "source_url": None, "received": None, "late": None, "days_late": None,
    }  # fmt: skip


def side(statement: str, *rows: dict[str, Any]) -> str:
    return the(q7, statement, stage2_elsewhere=list(rows)).detail


SO = "So the difficulty is not one council’s alone."


@pytest.mark.parametrize(
    ("statement", "figures", "said"),
    [
        ("against_change", [(67, 65)], "So it can be done under the present limit."),
        ("against_change", [(67, None)], "It does not say which time limit it used. This is weak evidence."),
        (
            "against_change",
            [(67, None), (70, None), (20, 65)],
            "None says which time limit it used. This is weak evidence.",
        ),
        ("for_change", [(67, None), (70, None), (20, 65)], SO),
        ("for_change", [(20, 65), (30, None)], f"{SO} 1 of them does not say which time limit it used."),
    ],
)
def test_a_figure_shows_whether_the_limit_can_be_met_only_where_it_states_its_limit(
    statement: str, figures: list[tuple[float, int | None]], said: str
) -> None:
    assert side(statement, *(elsewhere(*figure) for figure in figures)) == said


@pytest.mark.parametrize(("cases", "share"), [(28, "14%"), (99, "14%"), (140, "14.3%")])
def test_a_share_of_fewer_than_100_cases_has_no_decimal_unless_it_was_printed(cases: int, share: str) -> None:
    row = elsewhere(100 / 7, 65) | {"case_stages": cases, "in_time_as_printed": None}
    assert f"The lowest is {share} of {cases} " in side("reached", row, row)
    assert "The lowest is 14.29% of " in side("reached", *[row | {"in_time_as_printed": "14.29"}] * 2)


def practice(body: str, standing: str | None, better_on: str | None = None) -> dict[str, Any]:
    return {
        "gss_code": "E", "source_row": 1, "body_name": body, "theme": "tracking", "paraphrase": "Tracks.",
        "source_url": "https://x.gov.uk", "standing": standing, "better_on": better_on,
    }  # fmt: skip


def practising(*rows: dict[str, Any]) -> Fact:
    return the(q3, "standing", practices=list(rows))


def test_those_that_publish_practices_are_set_beside_their_figures() -> None:
    fact = practising(
        practice("Kent", "credibly_better", "Complaints upheld"),
        practice("Kent", "credibly_better", "Complaints upheld"),
        practice("Devon", "no_credible_lead"),
        practice("Essex", "not_compared"),
        practice("A trust", None),
    )
    assert called("Q3", fact) == "told" and (fact.numerator, fact.denominator) == (1, 2)
    assert fact.detail.startswith("Likely better: Kent (Complaints upheld). We could not compare 1 council")


def test_where_nobody_is_ahead_practices_are_not_told_apart() -> None:
    fact = practising(practice("Devon", "no_credible_lead"))
    assert (fact.numerator, fact.denominator) == (0, 1) and fact.detail.startswith("So we found no link")


def test_practices_of_councils_without_figures_of_the_same_year_show_no_link_and_none_missing() -> None:
    fact = practising(practice("Devon", "not_compared"))
    assert called("Q3", fact) == "missing"
    assert "We lack figures for the same year" in sentence(fact, QUESTIONS["Q3"].templates["standing"], "Ours")


def test_without_a_practice_among_the_comparators_the_answer_is_missing() -> None:
    assert called("Q3", practising(practice("A trust", None))) == "missing"


def test_a_year_that_was_asked_for_and_has_no_figure_is_missing_and_rests_on_no_row() -> None:
    head = {
        "indicator": "uphold_rate", "short_title": "Complaints upheld", "polarity": "lower", "caution": "",
        "gss_code": "E10000034", "period_start": YEAR[0], "period_end": YEAR[1], "period_label": "2023-24",
        "is_financial_year": None,
    }  # fmt: skip
    fact = measured(asked(comparisons=[]), head, "measure")
    assert (called("Q1", fact), fact.period, fact.evidence) == ("missing", "2023-24", ())


def test_a_count_of_two_sources_is_given_without_a_share_and_not_called_missing() -> None:
    head = {
        "indicator": "late_compliance", "short_title": "Recommendations late", "polarity": "lower", "caution": "",
        "gss_code": "E10000034", "period_start": YEAR[0], "period_end": YEAR[1], "period_label": "2023-24",
        "is_financial_year": True, "unit": "percent", "value": None, "printed_text": None, "numerator": 5,
        "denominator": 18, "doubt": "its two counts are from two sources", "source_url": None,
    }  # fmt: skip
    fact = measured(asked(comparisons=[]), head, "late")
    assert beside(fact).endswith("(none of them has figures)")
    said = sentence(fact, QUESTIONS["Q8"].templates["late"], "Shire")
    assert called("Q8", fact) == "gated"
    assert said.startswith("Shire had 5 of 18 of its recommendations late in 2023-24")
    assert said.endswith("because its two counts are from two sources.")


def test_a_year_that_was_asked_for_is_named_where_the_councils_own_figure_is_of_another() -> None:
    head = {
        "indicator": "stage2_childrens_in_time", "stage": "2", "procedure": "children_statutory",
        "numerator_measure": "complaints_completed_in_time", "period_start": YEAR[0], "period_label": "2023-24",
        "is_financial_year": None,
    }  # fmt: skip
    nothing = Fact("t", "Stage 2 in time", "a year before", polarity="higher", reason="missing")
    assert _as_published(asked(headlines=[head]), nothing, "2", "children_statutory").period == "2023-24"


@pytest.mark.parametrize(
    ("start", "comparator"),
    [
        (date(2023, 4, 1), "the 12 months before"),
        (date(2023, 10, 1), "the same months a year before"),
    ],
)
def test_a_half_year_is_not_set_against_twelve_months(start: date, comparator: str) -> None:
    head = {
        "gss_code": "X", "indicator": "stage2_childrens_in_time", "stage": "2", "procedure": "children_statutory",
        "numerator_measure": "complaints_completed_in_time", "title": "Stage 2 in time", "period_label": "then",
        "period_start": start, "period_end": date(2024, 3, 31), "is_financial_year": False, "value": 25.0,
        "numerator": 5, "denominator": 20, "source_url": "",
    }  # fmt: skip
    nothing = Fact("t", "Stage 2 in time", "the 12 months before", polarity="higher", reason="missing")
    found = _as_published(asked(headlines=[head]), nothing, "2", "children_statutory")
    assert (found.comparator, found.value) == (comparator, 25.0)


@pytest.mark.parametrize(
    ("counts_results", "said"),
    [
        (True, "We counted results that were each tested."),
        (False, "This is a published figure, not tested."),
    ],
)
def test_a_count_of_tested_results_is_not_said_to_have_no_test_behind_it(counts_results: bool, said: str) -> None:
    fact = Fact("summary", "Measures", "others", "2023-24", numerator=3, counts_results=counts_results)
    assert confidence(fact, "told") == ("counted", said)


def test_late_compliance_is_said_to_be_our_own_share() -> None:
    assert "We worked out this share" in QUESTIONS["Q8"].templates["late"].says["told"]


def window(gss_code: str, late: int, children: int | None, is_ours: bool = False) -> dict[str, Any]:
    return {
        "gss_code": gss_code, "is_ours": is_ours, "window_start": YEAR[0], "window_end": YEAR[1], "stage2_late": late,
        "period_start": YEAR[0], "period_end": YEAR[1], "children": children,
    }  # fmt: skip


def told_of_window(*rows: dict[str, Any]) -> tuple[str, str]:
    fact = the(q7, "window", windows=list(rows))
    return called("Q7", fact), sentence(fact, QUESTIONS["Q7"].templates["window"], "Exampleshire")


def test_late_decisions_have_a_rate_with_its_interval_where_every_decision_was_collected() -> None:
    verdict, told = told_of_window(window("E1", 3, 100_000, is_ours=True), window("E2", 5, 300_000))
    assert verdict == "told"
    assert "That is 0.30 (95% interval 0.06 to 0.88) per 10,000 children." in told
    assert "1 comparator with every decision collected had 0.17 (95% interval 0.05 to 0.39)." in told


@pytest.mark.parametrize(
    ("many", "said"),
    [
        (
            4,
            "The 4 comparators with every decision collected had 20 together, with 1,200,000 children. They are too",
        ),
        (6, "6 comparators with every decision collected had 0.17 (95% interval 0.11 to 0.26) on average."),
    ],
)
def test_comparators_have_an_average_only_where_they_are_not_too_few(many: int, said: str) -> None:
    others = [window(f"E{place}", 5, 300_000) for place in range(2, many + 2)]
    assert said in told_of_window(window("E1", 3, 100_000, is_ours=True), *others)[1]


def test_late_decisions_have_no_rate_without_the_number_of_children() -> None:
    verdict, told = told_of_window(window("E1", 3, None, is_ours=True))
    assert verdict == "gated"
    assert "we do not know how many children live there" in told
    assert told_of_window()[0] == "missing"


def test_what_comparators_agreed_to_change_is_told_and_what_they_paid_is_not() -> None:
    said = {"Kent": "pay, review its procedure", "Essex": "apologise", "Surrey": None}
    rows = [
        dict.fromkeys(("gss_code", "nice_name", "source_url"), name)
        | {"year_of_decision_or_case": 2024, "promised": promised}
        for name, promised in said.items()
    ]
    fact = the(q3, "promised", found_late=rows)
    assert (fact.numerator, fact.detail) == (1, "Kent: review its procedure.")
    assert fact.sources == ("Kent",)


def test_the_distance_per_resident_is_told_in_three_parts_with_their_limits() -> None:
    row = {
        "gss_code": "E1", "period_label": "2024-25", "peers": 19, "residents": 600_000, "dealt_with": 93,
        "investigated": 33, "upheld": 25, "peers_residents": 16_000_000, "peers_dealt_with": 3_900,
        "peers_investigated": 1_400, "peers_upheld": 1_190,
    }  # fmt: skip
    fact = the(q1, "parts", parts=[row])
    assert called("Q1", fact) == "told"
    assert fact.detail.startswith("The distance of −3.3 is −2.6 from how many people complain (−3.8 to −1.4), ")
    assert fact.detail.endswith("Clear of chance: how many people complain.")
    few = the(q1, "parts", parts=[row | {"upheld": 0}])
    assert called("Q1", few) == "gated"


@pytest.mark.parametrize(
    ("upheld", "told"),
    [
        ((50, 5, 4, 500, 400, 450), "place 3 of 6"),
        ((50, 5, 40, 500, 400, 450), "places 2 to 3 of 6"),
        ((5, 5, 6, 4, 5, 5), "any of the 6 places"),
    ],
)
def test_the_place_by_volume_is_an_interval(upheld: tuple[int, ...], told: str) -> None:
    rows = [
        {"gss_code": f"E{place}", "period_label": "2024-25", "upheld": count, "residents": 600_000}
        for place, count in enumerate(upheld)
    ]
    fact = the(q1, "volume", volume=rows)
    assert fact.detail.startswith(f"{told}, with 95% certainty.")
    few = the(q1, "volume", volume=rows[:5])
    assert called("Q1", few) == "missing"


def council_year(number: int, year: int, upheld: int = 40) -> dict[str, Any]:
    return {
        "gss_code": f"E{number}", "period_label": f"{year}-{year - 1999}", "numerator": upheld, "denominator": 50,
        "is_ours": number == 0,
    }  # fmt: skip


def test_how_close_councils_lie_over_the_years_is_told_with_how_sure_we_are() -> None:
    rows = [council_year(number, year) for year in (2022, 2023, 2024) for number in range(12)]
    fact = the(q2, "alike", council_years=rows)
    assert called("Q2", fact) == "told"
    assert (fact.numerator, fact.period) == (12, "2022-23 to 2024-25")
    assert fact.printed == "98%"
    assert fact.detail == "At our 50 investigations a year, telling councils apart takes at least 15 years."


def test_how_close_councils_lie_takes_ten_councils_and_two_years() -> None:
    one_year = [council_year(number, 2024) for number in range(12)]
    nine = [council_year(number, year) for year in (2023, 2024) for number in range(9)]
    for rows in (one_year, nine, []):
        fact = the(q2, "alike", council_years=rows)
        assert called("Q2", fact) == "missing"


def trend(name: str, called: str, gain: float) -> dict[str, Any]:
    return {
        "gss_code": name, "indicator": "uphold_rate", "nice_name": name, "years": 9, "trend": called, "gain": gain,
        "slope_error": 0.05,
    }  # fmt: skip


def test_who_improved_is_named_only_beyond_chance_and_with_an_interval() -> None:
    head = {"indicator": "uphold_rate", "family": "ombudsman", "polarity": "lower", "short_title": "Fault found",
            "value": None, "period_label": None}  # fmt: skip
    rows = [
        trend("Kent", "improving", 0.2),
        trend("Essex", "no clear change", 0.3),
        trend("Devon", "worsening", -0.2),
    ]
    facts = {fact.statement: fact for fact in q3(asked(headlines=[head], improved=rows))}
    found = facts["improved_uphold_rate"]
    assert (found.numerator, found.denominator) == (1, 3)
    assert found.detail == "The most: Kent (odds up 22% a year, 95% interval 11% to 35%)."
    none = {fact.statement: fact for fact in q3(asked(headlines=[head], improved=rows[1:]))}
    assert none["improved_uphold_rate"].detail == "So there is nobody to ask how they improved."
    assert called("Q3", {fact.statement: fact for fact in q3(asked())}["improved"]) == "missing"


def answered(row: dict[str, Any]) -> list[str]:
    """The sentence on the council that reports fewest cases over 65 days, where there is one."""
    found = [fact for fact in q7(asked(stage2_elsewhere=[row])) if fact.statement == "best"]
    return [sentence(fact, QUESTIONS["Q7"].templates["best"], "Exampleshire") for fact in found]


REPORTED = elsewhere(0, 65) | {
    "received": 14,
    "late": 1,
    "days_late": 8,
    "in_time_pct": None,
    "case_stages": None,
}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            REPORTED,
            "1 of 14 Stage 2 complaints took over 65 days (2023-24). It was 8 days over.",
        ),
        (
            REPORTED | {"late": 0, "days_late": None},
            "none of the 14 Stage 2 complaints took over 65 days (2023-24).",
        ),
    ],
)
def test_the_answer_on_the_limit_begins_with_the_council_that_reports_fewest_late_cases(
    row: dict[str, Any], said: str
) -> None:
    (first,) = answered(row)
    assert first.startswith(f"Apparently yes. Sampleshire reports that {said}")


@pytest.mark.parametrize(
    "change", [{"late": 2}, {"late": None}, {"received": None}, {"received": 0}, {"limit_days": 70}]
)
def test_nothing_is_said_to_meet_the_limit_where_more_are_late_or_it_is_not_stated(
    change: dict[str, Any],
) -> None:
    assert answered(REPORTED | change) == []


@pytest.mark.parametrize(
    ("name", "numerator", "said"),
    [
        ("standing", 0, "None of the 16 councils that publish what they do count as likely better"),
        ("standing", 1, "1 of 16 councils that publish what they do count as likely better"),
        ("promised", 1, "1 of the other county councils agreed with the Ombudsman"),
        ("promised", 3, "3 of the other county councils agreed with the Ombudsman"),
    ],
)
def test_a_count_of_none_or_one_reads_as_well_as_one_of_many(name: str, numerator: int, said: str) -> None:
    fact = Fact(
        statement=name, template=name, what="Councils that publish what they do", period="2023-24", unit="",
        polarity="none", comparator="other county councils", numerator=numerator,
        denominator=16 if name == "standing" else None,
    )  # fmt: skip
    assert sentence(fact, QUESTIONS["Q3"].templates[name], "Exampleshire").startswith(said)


@pytest.mark.parametrize(("grades", "said"), [("CC", "(grade C)"), ("CD", "(grades C and D)")])
def test_the_grades_of_figures_are_named_in_the_right_number(grades: str, said: str) -> None:
    rows = [elsewhere(60, None) | {"comparability_grade": grade} for grade in grades]
    reached = the(q7, "reached", stage2_elsewhere=rows)
    assert reached.detail.endswith(f"None is good enough to compare {said}.")


def test_a_fact_that_settles_nothing_leaves_its_question_half_open() -> None:
    assert the(q7, "reached", stage2_elsewhere=[elsewhere(40, 65)]).is_half_answer
    assert not the(q7, "reached", stage2_elsewhere=[elsewhere(60, 65)]).is_half_answer
    one_met = elsewhere(40, 65) | {"received": 20, "late": 1}
    assert not the(q7, "reached", stage2_elsewhere=[one_met]).is_half_answer
    assert the(q5, "in_time_stage_2_corporate", timeliness=[year(30, 40, NOW, procedure="corporate")]).is_half_answer
