"""Every sentence names the comparator, base and period of its own row."""

from datetime import date
from typing import Any

import pytest

from assets.wording import comparison, own, sentences, small_counts, words

GROUP = "other county councils"
HEAD: dict[str, Any] = {
    "indicator": "uphold_rate",
    "title": "Complaints upheld",
    "unit": "percent",
    "polarity": "lower",
    "period_label": "2023-24",
    "period_start": date(2023, 4, 1),
    "period_end": date(2024, 3, 31),
    "numerator": 23,
    "numerator_basis": "printed",
    "denominator": 26,
    "value": 88.46,
    "lower_95": 71.0,
    "upper_95": 96.0,
    "printed_text": "88",
    "is_small_base": True,
    "missing_reason": None,
}
BESIDE: dict[str, Any] = {
    "unit": "percent",
    "comparators": 20,
    "comparators_with_data": 10,
    "pooled_numerator": 526,
    "pooled_denominator": 614,
    "pooled_value": 85.67,
    "type_average": 85.0,
    "england_average": None,
    "sample_mean": 85.4,
    "is_fair_sample": True,
    "councils": 21,
    "councils_with_figure": 12,
}
FOUND: dict[str, Any] = {
    "verdict": "not unusual",
    "called": "Cannot say",
    "noticed_below": 63.1,
    "noticed_above": None,
    "expected": 86.2,
    "comparator_group": "lgsco_type",
    "comparator_title": "",
    "lgsco_type": "county",
    "is_gap_clear": True,
    "verdict_reason": None,
    "peers_with_data": 10,
    "p_value": 0.75,
    "lower_cases": 18,
    "upper_cases": 25,
    "rank_lower": None,
    "rank_upper": None,
    "band": None,
    "rank_reason": "differences mostly chance",
    "benchmark": 83.6,
    "benchmark_reason": None,
    "gap_cases": 0.6,
    "gap_cases_lower": -0.5,
    "gap_cases_upper": 2.4,
}


def test_the_standing_names_value_counts_year_comparator_and_base() -> None:
    assert sentences.standing(HEAD, BESIDE, FOUND, "Exampleshire", GROUP) == (
        "Exampleshire: 88.5%, 23 of 26, in 2023-24. We cannot say whether it differs from the average of "
        "other county councils"
    )
    assert sentences.others(HEAD, BESIDE, FOUND, GROUP) == (
        "10 of 20 other county councils have figures: 85.7% from all their cases. We would expect 86.2% of a council "
        "like this one."
    )


def test_the_standing_without_a_verdict_makes_no_claim() -> None:
    told = sentences.standing(HEAD, BESIDE, {**FOUND, "verdict": None}, "Exampleshire", GROUP)
    assert "different" not in told and "better" not in told and "worse" not in told


@pytest.mark.parametrize("verdict", list(comparison.VERDICTS))
@pytest.mark.parametrize("called", ["Better", "Worse", "higher", "lower"])
def test_the_words_follow_both_statements(called: str, verdict: str) -> None:
    found = {**FOUND, "called": called, "verdict": verdict}
    told = sentences.standing(HEAD, BESIDE, found, "Exampleshire", GROUP)
    assert f"{comparison.CALLED[called]} {GROUP}, ".lower() in told.lower() and comparison.VERDICTS[verdict] in told


def test_no_rank_is_given_where_the_gate_is_shut() -> None:
    assert sentences.place(FOUND) == "No rank: the differences are mostly chance"


def test_a_rank_is_an_interval_among_the_councils_with_data_and_ours() -> None:
    assert sentences.place({**FOUND, "rank_lower": 3, "rank_upper": 8}) == "3 to 8 of 11"


def test_a_gap_behind_is_said_as_behind_and_one_ahead_as_ahead() -> None:
    behind = sentences.gap_text(HEAD, FOUND).text
    ahead = sentences.gap_text(HEAD, {**FOUND, "gap_cases": -1.2}).text
    assert behind == "Less than one case behind the best of them (83.6%)"
    assert ahead == "1 case ahead of the best of them (83.6%)"


def test_a_comparison_is_read_by_the_printed_averages_its_sample_and_what_a_null_rules_out() -> None:
    unfair = BESIDE | {"is_fair_sample": False, "england_average": 80.0}
    assert sentences.caution(HEAD, unfair, FOUND, "county") == [
        "Published averages: all county councils 85%, England 80%.",
        "We have figures from 12 of 21 county councils. They average 85.4%, but the Ombudsman prints 85% for all.",
        "We would have seen only a true rate below 63.1% in four years of five.",
    ]


def test_the_overview_gives_each_reason_once() -> None:
    silent = FOUND | dict.fromkeys(("verdict", "benchmark"), None)
    silent |= dict.fromkeys(("verdict_reason", "rank_reason", "benchmark_reason"), "too few peers with data")
    assert sentences.beside_them(HEAD, silent, TREND) == (
        [],
        ["No result, rank or distance from the best: too few councils have figures"],
    )


def test_the_overview_tells_place_gap_and_trend_by_their_names() -> None:
    ranked = FOUND | {"rank_lower": 3, "rank_upper": 8}
    going = TREND | {"years": 6, "trend": "improving"}
    told, not_given = sentences.beside_them(HEAD, ranked, going)
    assert [line.partition(":")[0] for line in told] == [
        "Rank",
        "Distance from the best",
        "Trend",
    ] and not_given == []
    assert told[0] == "Rank: 3 to 8 of 11" and told[2] == "Trend: improving over 6 years"


def test_the_page_of_an_indicator_gives_each_reason_once() -> None:
    best = sentences.possible_best_text([], FOUND, GROUP)
    told, not_given = sentences.indicator_lines(HEAD, FOUND, None, best)
    assert list(told) == ["Result (ours)", "Distance from the best (ours)"]
    assert not_given == [
        "No rank or best performer: the differences are mostly chance",
        "No change from the year before: we do not have the figure of the year before",
    ]


def test_an_abolished_council_is_set_beside_nobody_and_best_of_nobody() -> None:
    head = HEAD | {"is_financial_year": True}
    others = [{"nice_name": name, "is_possible_best": True} for name in ("One", "Two")]
    assert sentences.standing(head, None, None, "Exampleshire", GROUP).endswith(
        ". We do not compare it with other county councils"
    )
    assert (
        sentences.possible_best_text(others, None, GROUP, head).why
        == "we do not compare a council that has been abolished"
    )


def test_what_would_answer_is_said_once_for_all_that_it_would_answer() -> None:
    heads = [{"family": family, "title": title} for title, family in (("A", "council"), ("B", "ombudsman"))]
    told = sentences.needed([*heads, {"family": "council", "title": "C"}])
    assert [(len(answered), answered[0]["title"]) for _, answered in told] == [(2, "A"), (1, "B")]


def test_what_is_counted_from_the_councils_own_cases_is_not_asked_for_again() -> None:
    heads = [{"family": family, "title": family} for family in ("council", "ombudsman")]
    (counted, _), (asked, _) = sentences.needed(heads, has_own=True)
    assert counted.startswith("we count these from the council’s own cases") and asked.startswith("from the Ombudsman")


@pytest.mark.parametrize(
    ("has_own", "told"),
    [
        (True, "We have no published figure of Exampleshire for this measure in 2023-24; its own cases"),
        (False, "We have no figure of Exampleshire for this measure in 2023-24. To answer it, we need"),
    ],
)
def test_an_indicators_page_says_why_it_has_no_figure(has_own: bool, told: str) -> None:
    found = sentences.absent({"family": "council"}, "Exampleshire", "2023-24", has_own)
    assert found.startswith(told)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "18 to 25 cases of 26 would have been no surprise in 2023-24; Exampleshire had 23"),
        (
            {"unit": "per 100,000 residents", "denominator": 609_216},
            "18 to 25 cases among 609,216 residents would have been no surprise in 2023-24; Exampleshire had 23",
        ),
    ],
)
def test_the_funnel_says_how_many_cases_would_be_no_surprise_and_how_many_there_were(
    changed: dict[str, Any], told: str
) -> None:
    found = sentences.funnel(HEAD | changed, FOUND, "Exampleshire", GROUP)
    assert found == f"Given the other county councils, {told}"


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ([(2021, False)], "Exampleshire has one year: 50.0%, 23 of 26, in 2021-22"),
        (
            [(2021, False), (2022, True)],
            "Exampleshire: 50.0% in 2021-22, 50.0% in 2022-23. The measure changed in 2022-23, so do not compare years "
            "before and after",
        ),
    ],
)
def test_years_are_named_once_and_across_a_break_not_compared(held: list[tuple[int, bool]], told: str) -> None:
    years = [
        {
            "value": 50.0,
            "period_label": f"{year}-{year - 1999}",
            "period_start": date(year, 4, 1),
            "is_break": is_break,
        }
        for year, is_break in held
    ]
    assert sentences.years(years, HEAD, "Exampleshire") == told


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"numerator": 3, "denominator": 4, "value": 75.0}, "3 of 4 in 2023-24, too few for a percentage"),
        ({"value": None, "printed_text": None, "missing_reason": "not held"},
         "no figure: we do not have a copy of the page, 2023-24"),
        ({"value": None, "printed_text": None, "missing_reason": "not held", "period_label": None},
         "no figure: we do not have a copy of the page"),
        ({"value": None, "missing_reason": "number of cases not printed"},
         "88%; the number of cases is not published, 2023-24"),
    ],
)  # fmt: skip
def test_a_figure_of_few_cases_or_none_says_so_with_its_year(changed: dict[str, Any], told: str) -> None:
    assert sentences.value(HEAD | changed) == told


def test_a_figure_printed_without_its_cases_says_so_as_the_reason_for_no_verdict() -> None:
    head = HEAD | {"value": None, "missing_reason": "number of cases not printed"}
    assert sentences.verdict_text(None, head).why == "the number of cases is not published"


@pytest.mark.parametrize(
    ("polarity", "with_data", "told"),
    [
        ("none", 10, "Neither high nor low is good"),
        ("lower", 0, "None of the other county councils has a figure of that period"),
        ("lower", 10, "None of the other county councils with data is likely better"),
    ],
)
def test_why_nobody_is_named_to_learn_from(polarity: str, with_data: int, told: str) -> None:
    found = sentences.no_teacher({"polarity": polarity}, {"comparators_with_data": with_data}, GROUP)
    assert found.startswith(told)


TREND: dict[str, Any] = {
    "years": 2,
    "trend": None,
    "is_across_a_break": False,
    "reason": "not enough comparable years",
}


def test_a_trend_of_two_years_is_none_and_says_how_many_are_needed() -> None:
    assert sentences.trend_text(TREND).why == "we have 2 comparable years and need 5"
    broken = TREND | {"years": 6, "reason": "break in the series"}
    assert sentences.trend_text(broken).why == "the method changed"


def test_a_trend_across_a_break_says_on_what_it_hangs() -> None:
    told = sentences.trend_text(TREND | {"years": 6, "trend": "improving", "is_across_a_break": True})
    assert told.text == "Improving over 6 years, across a break, so only if that hit all councils alike"


def test_a_change_is_given_with_its_interval_or_with_the_reason_for_none() -> None:
    change = {"change": -25.73, "change_lower": -49.66, "change_upper": 11.18, "change_reason": None}
    assert sentences.change_text(HEAD, change).text == (
        "Down 25.7 points on the year before (95% interval of the change -49.7 to 11.2)"
    )
    broken = change | {"change": None, "change_reason": "break in the series"}
    assert sentences.change_text(HEAD, broken).why == "the measure changed between the two years"


def test_one_comparator_has_and_two_have() -> None:
    one = words.comparator_value(BESIDE | {"comparators_with_data": 1}, GROUP)
    assert one.endswith("1 of 20 other county councils has figures")


def test_the_open_complaints_are_told_in_all_but_never_as_a_small_number() -> None:
    rows = [{"open_stages": count, "overdue": late, "as_at": date(2026, 9, 30)} for count, late in ((9, 0), (3, 3))]
    assert own.open_sentence(rows, "Exampleshire") == (
        "Of all complaints to Exampleshire, 12 were open on 30 September 2026, and fewer than five of these past the "
        "time limit of their stage."
    )


def test_a_count_below_five_is_hidden_with_what_would_give_it_away() -> None:
    services = [
        dict.fromkeys(small_counts.GUARDS["own_services"].counts, 0) | {"service": name, "complaints": count}
        for name, count in (("waste", 3), ("libraries", 7), ("highways", 90), ("all", 100))
    ]
    rows = small_counts.protected("own_services", services)
    assert [own.shown(row, "complaints") for row in rows] == ["[c]", "[c]", "90", "100"]


def test_a_share_whose_rest_is_one_to_four_is_hidden_with_its_numerator() -> None:
    row = {"closed": 40, "escalated": 38, "escalated_pct": 95.0}
    shown = small_counts.protected("own_escalation", [row])[0]
    assert [own.shown(shown, name) for name in row] == ["40", "[c]", "[c]"]


def test_the_limits_of_a_chart_begin_anew_for_a_stated_reason_in_a_stated_month() -> None:
    rows = [
        {"month_start": date(2026, 3, 1), "rebased_because": None},
        {"month_start": date(2026, 4, 1), "rebased_because": "A new clock."},
    ]
    assert own.limits_anew(rows) == ["The limits begin anew in April 2026: A new clock."]


WEIGHED: dict[str, Any] = FOUND | {
    "gate": "none",
    "rankability": 0.2,
    "rankability_lower": 0.0,
    "rankability_upper": 0.5,
    "rankability_without_one": 0.1,
    "verdict_one_fewer": "not unusual",
    "verdict_one_more": "worse",
    "is_same_with_one_case_moved": False,
    "groups_with_verdict": 3,
    "comparator_groups": 5,
    "is_same_in_all_groups": True,
    "is_clear_among_all_tested": None,
    "tested": 7,
}
ALL_TESTED = "With 7 indicators tested at once, that it is unusual "


@pytest.mark.parametrize(
    ("changes", "openings"),
    [
        ({}, ["No rank, because", "The result does not stand", "We see no difference"]),
        ({"gate": None}, ["The result does not stand", "We see no difference"]),
        ({"verdict": None, "called": None}, ["No rank, because", "The result points the same way"]),
        (
            {"is_clear_among_all_tested": True},
            ["No rank, because", "The result does not stand", "We see no difference"],
        ),
        (
            {"verdict": "worse", "is_clear_among_all_tested": True},
            ["No rank, because", "The result does not stand", "We see no", f"{ALL_TESTED}stands after"],
        ),
        (
            {"verdict": "worse", "is_clear_among_all_tested": False},
            [
                "No rank, because",
                "The result does not stand",
                "We see no",
                f"{ALL_TESTED}is not beyond chance",
            ],
        ),
    ],
)
def test_what_lies_behind_a_verdict_is_told_in_order(changes: dict[str, Any], openings: list[str]) -> None:
    told = sentences.evidence(HEAD, WEIGHED | changes, TREND)
    assert told.pop() == "No trend: we have 2 comparable years and need 5."
    assert len(told) == len(openings)
    assert [opening for line, opening in zip(told, openings, strict=True) if not line.startswith(opening)] == []


def test_a_trend_stands_behind_a_verdict_without_its_capital() -> None:
    going = TREND | {"years": 6, "trend": "improving"}
    assert sentences.evidence(HEAD, None, going) == ["Trend compared with the others: improving over 6 years."]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "No rank: the differences are mostly chance"),
        ({"rank_lower": 3, "rank_upper": 3}, "3 of 11"),
        (
            {"band": 2, "rank_reason": "differences partly chance"},
            "Quarter 2 of 4, no rank: the differences are partly",
        ),
    ],
)
def test_a_place_is_a_rank_a_band_or_a_reason(changes: dict[str, Any], said: str) -> None:
    assert sentences.place(FOUND | changes).startswith(said)


NOT_COMPARED = [
    (None, "not judged"),
    ({"value": None, "missing_reason": "no denominator"}, "there is nothing to divide by"),
    ({"value": None}, "we do not have a copy of the page"),
    ({"is_financial_year": False}, "its period is not a financial year"),
    ({}, "we do not compare a council that has been abolished"),
]


@pytest.mark.parametrize(("changes", "why"), NOT_COMPARED)
def test_a_figure_that_stands_among_nobody_says_why(changes: dict[str, Any] | None, why: str) -> None:
    head = None if changes is None else HEAD | changes
    assert sentences.verdict_text(None, head).why == sentences.rank_text(None, head).why == why
    assert sentences.verdict(None) == "No result: not judged" and sentences.mark(None) == ""


@pytest.mark.parametrize(("called", "sign"), sentences.MARKS.items())
def test_a_result_has_a_sign_of_its_own(called: str, sign: str) -> None:
    assert sentences.mark(FOUND | {"called": called}) == sign
    directions = {"Better": "▲", "Worse": "▼", "higher": "↑", "lower": "↓"}
    assert directions.get(called, sign) == sign


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Worse than the average of other county councils, but not unusual among them"),
        (
            {"verdict": None, "verdict_reason": "sample not fair"},
            "No result: the average of the councils with figures",
        ),
        ({"verdict": "", "verdict_reason": "all tied"}, "No result: all councils have the same value"),
        ({"verdict": None, "verdict_reason": "unheard of"}, "No result: not judged"),
    ],
)
def test_a_verdict_is_words_or_a_reason(changes: dict[str, Any], said: str) -> None:
    assert sentences.verdict(FOUND | {"called": "Worse"} | changes).startswith(said)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"pooled_value": None},
            "Kent: 88.5%, 23 of 26, in 2023-24. None of the other county councils has a figure for",
        ),
        ({}, "Kent: 88.5%, 23 of 26, in 2023-24. Worse than the average of other county councils, but"),
    ],
)
def test_a_standing_says_where_nobody_has_a_figure(changes: dict[str, Any], said: str) -> None:
    assert sentences.standing(HEAD, BESIDE | changes, FOUND | {"called": "Worse"}, "Kent", GROUP).startswith(said)
    assert sentences.others(HEAD, None, FOUND, GROUP) == ""
    assert ("We would expect" in sentences.others(HEAD, BESIDE, FOUND | {"verdict": None}, GROUP)) is False


@pytest.mark.parametrize(
    ("row", "is_one"),
    [
        (("2", "complaints_in_time_pct"), True),
        (("2", "limit_days"), True),
        (("1", "limit_days"), False),
        (("2", "upheld"), False),
    ],
)
def test_only_how_long_stage_2_takes_is_a_statement_on_it(row: tuple[str, str], is_one: bool) -> None:
    assert sentences.is_stage_2_statement({"stage": row[0], "measure": row[1]}) is is_one


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {},
            "In 2023-24, Kent’s upheld complaints compared with others: higher of those investigated; the rest the "
            "difference could be chance (per resident).",
        ),
        ({"by_residents": "lower", "has_flip": True}, "they point in different directions, so quote both."),
        (
            dict.fromkeys(("by_investigated", "by_residents")),
            "In 2023-24 no denominator can be compared with others.",
        ),
    ],
)
def test_a_count_over_each_base_says_where_it_points(changes: dict[str, Any], said: str) -> None:
    row = {"period_label": "2023-24", "by_investigated": "higher", "by_dealt_with": None, "has_flip": False}
    assert sentences.ledger(row | {"by_residents": "not told apart"} | changes, "Kent", "others").endswith(said)


def test_the_newest_result_is_the_ombudsmans_and_has_a_direction_where_one_has() -> None:
    def held(year: int, **changes: Any) -> dict[str, Any]:
        return {
            "family": "ombudsman",
            "value": 1.0,
            "polarity": "lower",
            "period_end": date(year, 3, 31),
        } | changes

    older, newer = held(2023), held(2024)
    others = [held(2026, family="register"), held(2026, value=None), held(2025, polarity="none")]
    assert sentences.newest_result([older, newer, *others]) == newer
    assert sentences.newest_result(others) == others[2] and sentences.newest_result([]) is None


def test_those_that_could_be_best_are_named_the_likeliest_first() -> None:
    rows = [
        {"nice_name": name, "is_possible_best": is_best, "probability_of_being_best": chance}
        for name, is_best, chance in (
            ("A", True, 0.2),
            ("B", True, 0.6),
            ("C", False, 0.0),
            ("D", False, 0.0),
            ("E", None, None),
        )
    ]
    assert sentences.possible_best_text(rows, FOUND, GROUP).text == (
        "2 of the 4 with figures could be the best: B and A, the likeliest first."
    )
