"""The briefing says what is known, what is best known first, and claims a comparison only where there is one."""

import re
from dataclasses import replace
from datetime import date
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from markupsafe import Markup

from assets.publication.briefing import (
    ANSWERS,
    _tiles,
    asks,
    how_we_compare,
    newest_figures,
    next_figures,
    state,
)
from assets.publication.headline import ages_once, by_result, headline, sentences
from assets.publication.measures import (
    BETTER,
    CANNOT_SAY,
    NO_DIRECTION,
    NOT_COMPARABLE,
    SAME,
    WORSE,
    Measure,
    _strip,
    _two_sources,
    is_old,
    result,
)
from assets.wording.words import age

TODAY = date(2026, 11, 30)
OPENINGS_OF_WHAT_IS_MISSING = ("There are no", "No Stage 2", "Its last")


def measure(chip: str, name: str = "Recommendations carried out", **head: Any) -> Measure:
    row = {
        "indicator": "uphold_rate",
        "value": 50.0,
        "numerator": 5,
        "denominator": 10,
        "period_label": "2024-25",
        "period_end": date(2025, 3, 31),
        "family": "ombudsman",
        "polarity": "lower",
        "is_small_base": False,
        "doubt": None,
        "unit": "percent",
        "printed_average": None,
    } | head
    is_recent = not is_old(row["period_end"], TODAY)
    period = row["period_label"] if is_recent else f"{row['period_label']}, {age(row['period_end'], TODAY)}"
    return Measure(row, name, period, "50%", "5 of 10", chip, "", Markup(), "", "", not is_recent, period)


OLD = {"period_label": "2014-15", "period_end": date(2015, 3, 31)}


WITNESSES = [
    {"measure": "late", "as_printed": "5", "source_url": "https://www.bbc.co.uk/news/1"},
    {"measure": "late", "as_printed": "9", "source_url": "https://www.hants.gov.uk/1"},
    {
        "measure": "outcomes",
        "as_printed": "18",
        "source_url": "https://www.lgo.org.uk/your-councils-performance/x",
    },
]


def world(
    stage_2: bool = False,
    concern: int = 0,
    has_figures: bool = True,
    published: bool = False,
    upper: bool = True,
) -> Any:
    """What the headline reads of Findings."""
    own = [
        {
            "counted_on": "due", "procedure": "children_statutory", "period_end": date(2026, 3, 31),
            "period_label": "twelve months to March 2026", "judged": 20, "in_time": 6, "in_time_pct": 30.0,
            "has_small_base": True, "limit_working_days": 65, "hidden": frozenset(),
        }
    ]  # fmt: skip
    old = {
        "indicator": "stage2_childrens_in_time", "printed_text": "25", "period_start": date(2020, 4, 1),
        "period_end": date(2020, 9, 30), "period_label": "April to September 2020", "family": "complaints",
        "polarity": "higher",
    }  # fmt: skip
    head = {
        "indicator": "uphold_rate", "period_start": date(2024, 4, 1) if has_figures else None, "printed_text": None,
        "period_end": date(2025, 3, 31), "family": "ombudsman", "polarity": "lower",
    }  # fmt: skip
    said = {
        "measure": "late_compliance_concern_years",
        "as_printed": str(concern),
        "period_start": date(2024, 4, 1),
        "period_end": date(2025, 3, 31),
    }
    headlines = [head, *([old] if published else [])]
    return SimpleNamespace(
        council=SimpleNamespace(nice_name="Shire", lgsco_type="county"),
        group="other county councils",
        own={"own_timeliness": own if stage_2 else []},
        has_own=stage_2,
        is_illustrative=False,
        has_childrens_services=upper,
        headlines=headlines,
        absent=[row for row in headlines if row["period_start"] is None],
        of=lambda query, head: WITNESSES,
        rows={"statements": [said] if concern else [], "plan_actions": []},
        comparison=lambda _: None,
        newest={"period_end": date(2025, 3, 31), "period_label": "2024-25"},
    )


@pytest.mark.parametrize(
    ("chips", "expected"),
    [
        ([BETTER], "Shire is better than other county councils on “recommendations carried out”"),
        ([WORSE], "Shire is worse than other county councils on “recommendations carried out”"),
        ([WORSE] * 3, "Shire is worse than other county councils on three measures"),
        ([BETTER, WORSE], "Shire is worse than other county councils on one measure and better on one"),
        ([SAME, SAME], "Shire is about the same as other county councils"),
        ([SAME, CANNOT_SAY], "Shire is about the same as other county councils on one of two measures"),
    ],
)
def test_the_headline_counts_the_rows_that_the_page_shows(chips: list[str], expected: str) -> None:
    found = headline(world(), [measure(chip) for chip in chips], TODAY)
    assert found == f"{expected}, {'and' if WORSE in chips else 'but'} no Stage 2 figures have been found"


def test_a_headline_never_leads_with_what_is_missing_where_something_is_known() -> None:
    chips = (BETTER, WORSE, SAME, CANNOT_SAY, NOT_COMPARABLE, NO_DIRECTION, None)
    wrong = []
    for stage_2, concern, published, chip, upper in product((False, True), (0, 5), (False, True), chips, (False, True)):
        measures = [measure(chip)] if chip else []
        found = headline(world(stage_2, concern, bool(chip), published, upper), measures, TODAY)
        is_known = stage_2 or concern or measures
        if (found.startswith(OPENINGS_OF_WHAT_IS_MISSING) and is_known) or not found or len(found.split()) > 30:
            wrong.append((stage_2, concern, published, chip, upper, found))
    assert wrong == []


def test_without_a_comparison_the_headline_gives_the_figure_and_why_it_is_not_compared() -> None:
    assert headline(world(), [measure(CANNOT_SAY)], TODAY) == (
        "The Ombudsman found fault in 50% of its investigations of Shire in 2024-25, but it is unclear "
        "if it is better or worse than other county councils"
    )


def test_a_share_in_the_headline_stands_beside_the_average_of_its_type_in_that_year() -> None:
    rows = [measure(CANNOT_SAY, printed_average="89")]
    assert headline(world(), rows, TODAY) == (
        "The Ombudsman found fault in 50% of its investigations of Shire in 2024-25 (average of county councils 89%): "
        "it is unclear if that is better or worse"
    )
    small = [measure(CANNOT_SAY, is_small_base=True)]
    assert "fault in 50% (5 of 10) of its investigations of Shire" in headline(world(), small, TODAY)
    few = [measure(CANNOT_SAY, denominator=4)]
    assert "fault in 50% investigations of Shire" in headline(world(), few, TODAY)


def test_an_age_is_said_once() -> None:
    found = ages_once(["Fault in 2023-24, two years ago", "In 2023-24, two years ago, late. Of 2020, six years ago."])
    assert found == ["Fault in 2023-24, two years ago", "In 2023-24 late. Of 2020, six years ago."]


def test_the_foot_says_the_councils_newest_year_and_that_of_any() -> None:
    findings = world()
    findings.headlines = [measure(SAME, period_label="2023-24", period_end=date(2024, 3, 31)).head]
    findings.newest = {"period_end": date(2025, 3, 31), "period_label": "2024-25"}
    assert newest_figures(findings, TODAY).startswith(
        "Shire’s newest Ombudsman results here are of 2023-24, those of any council of 2024-25."
    )
    findings.headlines[0]["period_end"] = date(2025, 3, 31)
    assert newest_figures(findings, TODAY).startswith("The newest Ombudsman figures here are of 2024-25. Those")


def compared_with(have: int) -> dict[str, Any]:
    return {"comparators_with_data": have, "comparators": 20}


@pytest.mark.parametrize(
    ("have", "said"),
    [
        ([7, 7], "with those for 2025-26, which should be out. There are figures of only 7 of the 20"),
        ([9, 11], "only 9 to 11 of the 20"),
        ([19], ""),
    ],
)
def test_the_tables_are_asked_for_with_how_many_councils_there_are(have: list[int], said: str) -> None:
    findings = world()
    judged = {"family": "ombudsman", "polarity": "higher"}
    findings.headlines = [judged | {"indicator": str(place)} for place in range(len(have))]
    # one that says how many complaints there are is not among the measures that are compared
    findings.headlines.append({"family": "ombudsman", "polarity": "none", "indicator": "volume"})
    findings.comparison = lambda indicator: compared_with(have[int(indicator)])
    found = [one for one in asks(findings, [measure(SAME)], [], TODAY) if "tables of every council" in one]
    assert (said in found[0]) if said else not found


def test_a_measure_without_a_direction_leads_as_a_number_of_complaints_and_not_as_a_result() -> None:
    rows = [
        measure(NO_DIRECTION, indicator="share_investigated"),
        measure(NO_DIRECTION, indicator="dealt_with_per_100k"),
    ]
    assert headline(world(), rows, TODAY) == (
        "The Ombudsman dealt with 5 complaints about Shire in 2024-25, but it is unclear if it is better or "
        "worse than other county councils"
    )


@pytest.mark.parametrize(
    ("chips", "expected"),
    [
        ([CANNOT_SAY], ["none", "none", "none", "“a”"]),
        ([CANNOT_SAY] * 3, ["none", "none", "none", "three measures"]),
        ([WORSE, NOT_COMPARABLE], ["none", "“a”", "none", "“b”"]),
        ([BETTER, WORSE, SAME, CANNOT_SAY], ["“a”", "“b”", "“c”", "“d”"]),
        # how many complaints there are has no result
        ([BETTER, NO_DIRECTION], ["“a”", "none", "none", "none"]),
    ],
)
def test_every_measure_with_a_result_is_named_or_counted_once(chips: list[str], expected: list[str]) -> None:
    found = by_result([measure(chip, name) for chip, name in zip(chips, "ABCD", strict=False)])
    assert found == dict(zip((BETTER, WORSE, SAME, CANNOT_SAY), expected, strict=True))


def test_next_years_figures_are_due_or_overdue() -> None:
    assert next_figures(date(2025, 3, 31), date(2026, 6, 1)) == "Those for 2025-26 are due by July 2026."
    assert "should have been published by July 2026" in next_figures(date(2025, 3, 31), TODAY)


def test_stage_2_from_the_register_comes_first() -> None:
    found = headline(world(stage_2=True), [measure(WORSE)], TODAY)
    assert found.startswith(
        "Shire finished 6 of 20 Stage 2 children’s complaints in time. On the Ombudsman’s figures it is worse than"
    )


def test_a_concern_of_one_year_is_no_repeated_concern() -> None:
    assert "criticised" not in headline(world(concern=1), [measure(SAME)], TODAY)
    assert "criticised late action by Shire two years running to 2024-25" in headline(
        world(concern=2), [measure(SAME)], TODAY
    )


def test_a_figure_over_two_years_old_says_its_age() -> None:
    assert "six years ago" in sentences(world(published=True), [], TODAY)[-1]
    assert "ago" not in sentences(world(published=True), [], date(2021, 3, 1))[-1]


def test_what_is_worse_is_asked_about_first_and_the_register_next() -> None:
    found = asks(world(), [measure(WORSE)], [], TODAY)
    assert "where we do worse than other county councils" in found[0] and "the case register" in found[1]


def test_late_stage_2_complaints_of_the_headline_are_asked_about() -> None:
    found = asks(world(stage_2=True), [measure(SAME)], [], TODAY)
    assert found[0] == "The complaints manager: why 14 Stage 2 complaints were late."


@pytest.mark.parametrize("chip", [BETTER, WORSE, SAME, CANNOT_SAY, NOT_COMPARABLE, NO_DIRECTION])
def test_a_figure_of_long_ago_is_never_said_as_if_it_were_of_today(chip: str) -> None:
    indicator = "dealt_with_per_100k" if chip == NO_DIRECTION else "uphold_rate"
    rows = [measure(chip, indicator=indicator, **OLD)]
    assert headline(world(upper=False), rows, TODAY) == (
        "The newest Ombudsman figure here for Shire is from 2014-15, 11 years ago, too old to show how it does today"
    )
    said = " ".join(sentences(world(upper=False), rows, TODAY))
    assert "2014-15" in said and by_result(rows) == {}
    assert not any("we do worse" in line for line in asks(world(), rows, [], TODAY))


def test_a_recent_figure_leads_and_only_recent_ones_are_counted() -> None:
    rows = [measure(WORSE, "Remedies", **OLD), measure(BETTER)]
    assert headline(world(upper=False), rows, TODAY).startswith("Shire is better than other county councils on")
    assert by_result(rows)["Better"] == "“recommendations carried out”" and by_result(rows)["Worse"] == "none"


def test_a_concern_of_long_ago_does_not_lead() -> None:
    assert "criticised" not in headline(world(concern=5), [measure(SAME)], date(2029, 1, 1))


def test_three_years_after_a_figure_it_is_old() -> None:
    assert not is_old(date(2023, 3, 31), date(2026, 3, 31))
    assert is_old(date(2023, 3, 31), date(2026, 4, 1))


def test_two_counts_of_two_sources_each_name_theirs() -> None:
    late = measure(
        NOT_COMPARABLE, indicator="late_compliance", numerator=5, denominator=18, doubt="its two counts",
        numerator_measure="late", denominator_measure="outcomes",
    )  # fmt: skip
    sources = _two_sources(world(), late.head)
    assert sources == {"BBC News": "5", "Ombudsman statistics page": "18"}
    said = " ".join(sentences(world(), [replace(late, sources=tuple(sources))], TODAY))
    assert "In 2024-25, BBC News reported 5 Ombudsman recommendations as late. " in said
    assert "The Ombudsman statistics page counts 18 in all." in said


@pytest.mark.parametrize(
    ("chips", "says"),
    [
        (
            [(WORSE, {}), (BETTER, {}), (SAME, {}), (CANNOT_SAY, {})],
            "1 worse, 1 better, 1 same, 1 unclear",
        ),
        ([(CANNOT_SAY, {}), (NOT_COMPARABLE, {})], "Cannot say on any of 2 measures"),
        ([(NOT_COMPARABLE, {})], "Cannot say on 1 measure"),
        ([(WORSE, OLD)], "No figure since 2014-15"),
        ([(WORSE, OLD), (SAME, {})], "1 same"),
        ([(NO_DIRECTION, {})], "Numbers only, no result"),
        ([], "Numbers only, no result"),
    ],
)
def test_the_first_tile_says_how_we_compare_by_the_recent_rows(chips: Any, says: str) -> None:
    assert how_we_compare([measure(chip, **head) for chip, head in chips])[0] == says


def answer(question: str, verdict: str, in_short: str | None, **other: Any) -> dict[str, Any]:
    row = {
        "question": question,
        "verdict": verdict,
        "in_short": in_short,
        "is_lead": True,
        "is_half_answer": False,
        "period_label": "2024-25",
    }
    return row | other


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            [answer("Q8", "told", "100% done"), answer("Q8", "gated", "5 of 18 late")],
            "100% done, 5 of 18 late",
        ),
        (
            [answer("Q8", "told", "100% done"), answer("Q8", "told", "5 late", period_label="2019-20")],
            "100% done",
        ),
        (
            [
                answer("Q8", "told", "100% done"),
                answer("Q8", "told", "Far too long for any tile of a few words"),
            ],
            "100% done",
        ),
        ([answer("Q8", "gated", "No result"), answer("Q8", "told", "5 late")], "5 late, no result"),
        ([answer("Q8", "told", "5 late"), answer("Q8", "told", "5 late")], "5 late"),
        ([answer("Q8", "told", "100% done", period_label="2019-20")], "100% done (2019-20)"),
        ([answer("Q8", "told", "5 in 2019-20", period_label="2019-20")], "5 in 2019-20"),
        ([answer("Q8", "missing", None)], "Needs the Ombudsman’s tables"),
        ([answer("Q8", "not applicable", None)], "Not our service"),
        (
            [answer("Q8", "missing", None), answer("Q8", "told", None, is_lead=False)],
            "Needs the Ombudsman’s tables",
        ),
    ],
)
def test_a_tile_carries_the_answer_or_what_it_needs(rows: list[dict[str, Any]], says: str) -> None:
    findings: Any = SimpleNamespace(rows={"answers": rows, "plan_actions": []}, has_own=False)
    assert next(tile.says for tile in _tiles(findings, [], TODAY) if tile.question == "Q8") == says


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (answer("Q3", "told", "2 councils do better on remedies: see their ideas"), "Answered"),
        (answer("Q3", "told", "No better council found yet", is_half_answer=True), "Partly"),
        (answer("Q3", "gated", "Cannot say who is better"), CANNOT_SAY),
        (answer("Q3", "no difference", "No clear change: 59% in time, was 57%"), "Answered"),
        # a tile that says what is needed looks open, though something is said below it
        (answer("Q3", "told", None), "No data yet"),
    ],
)
def test_a_tile_without_an_answer_never_looks_answered(row: dict[str, Any], expected: str) -> None:
    rows = [row]
    findings: Any = SimpleNamespace(rows={"answers": rows, "plan_actions": []}, has_own=False)
    assert next(tile.state for tile in _tiles(findings, [], TODAY) if tile.question == "Q3") == expected


def test_a_figure_that_names_its_year_is_not_dated_twice() -> None:
    row = answer("Q5", "gated", "Not known: one figure, from 2020", period_label="April to September 2020")
    findings: Any = SimpleNamespace(rows={"answers": [row], "plan_actions": []}, has_own=False)
    assert next(tile.says for tile in _tiles(findings, [], TODAY) if tile.question == "Q5") == row["in_short"]


def test_a_loaded_register_is_not_needed_again() -> None:
    findings: Any = SimpleNamespace(rows={"answers": [], "plan_actions": []}, has_own=True)
    says = {tile.question: tile.says for tile in _tiles(findings, [], TODAY)}
    assert (says["Q4"], says["Q10"]) == ("No figures yet", "Needs monthly staffing figures")


def test_a_figure_in_doubt_is_not_compared_and_says_why() -> None:
    head = {"polarity": "lower", "doubt": "its two counts are from two sources"}
    assert result(head, {"result": BETTER}, {}, "") == (NOT_COMPARABLE, "its two counts are from two sources")


@pytest.mark.parametrize("found", [BETTER, WORSE, SAME, CANNOT_SAY])
def test_a_chip_is_the_result_of_the_comparison(found: str) -> None:
    assert result({"polarity": "lower", "doubt": None}, {"result": found, "result_reason": None}, {}, "") == (
        found,
        "",
    )


@pytest.mark.parametrize(
    ("polarity", "compared", "why"),
    [
        ("lower", {}, "too few councils have figures"),
        ("lower", {"result": None, "result_reason": None}, "too few councils have figures"),
        (
            "lower",
            {
                "result": NOT_COMPARABLE,
                "result_reason": "sample not fair",
                "councils_with_figure": 14,
                "sample_mean": 85.2,
                "type_average": 89.0,
            },
            "the 14 with figures average 85%, all county councils 89%",
        ),
        ("none", {"result": NOT_COMPARABLE, "result_reason": "no good direction"}, "higher than average"),
    ],
)
def test_what_is_not_comparable_says_why(polarity: str, compared: dict[str, Any], why: str) -> None:
    chip = NO_DIRECTION if polarity == "none" else NOT_COMPARABLE
    head = {"polarity": polarity, "doubt": None, "unit": "percent"}
    assert result(head, compared, {"called": "higher"}, "county councils") == (chip, why)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([("told", True)], "Answered"),
        ([("told", True), ("gated", True)], "Partly"),
        ([("missing", True), ("told", False)], "Partly"),
        ([("missing", True), ("missing", False)], "No data yet"),
        ([("not applicable", True)], "Not our service"),
        ([], "No data yet"),
    ],
)
def test_a_question_is_answered_by_all_its_leading_statements(verdicts: list[Any], expected: str) -> None:
    rows = [answer("Q8", verdict, None, is_lead=is_lead) for verdict, is_lead in verdicts]
    assert state(rows) == expected


@pytest.mark.parametrize(
    ("chip", "expected"), [(CANNOT_SAY, CANNOT_SAY), (NOT_COMPARABLE, CANNOT_SAY), (SAME, "Answered")]
)
def test_how_we_compare_is_answered_only_where_something_can_be_said(chip: str, expected: str) -> None:
    rows = {"answers": [answer("Q1", "told", None)], "plan_actions": []}
    findings: Any = SimpleNamespace(rows=rows, has_own=False)
    tiles = _tiles(findings, [measure(chip)], TODAY)
    assert tiles[0].state == expected


def test_every_verdict_that_counts_as_an_answer_answers() -> None:
    assert all(state([answer("Q8", verdict, None)]) == "Answered" for verdict in ANSWERS)


def test_a_strip_says_in_words_where_we_and_the_others_stand() -> None:
    head = {"value": 50.0, "lower_95": 40.0, "upper_95": 60.0, "unit": "percent", "polarity": "lower"}
    drawn = str(_strip(head, [0.0, 100.0], 50.0, "<Shire>", "the Ombudsman’s"))
    assert (
        "&lt;Shire&gt; 50%, chance alone could put it from 40% to 60%; 2 others from 0% to 100%; "
        "average 50%, the Ombudsman’s; lower is better" in drawn
    )


@pytest.mark.parametrize(("polarity", "places"), [("lower", [97, 3]), ("higher", [3, 97]), ("none", [3, 97])])
def test_better_is_always_on_the_right_of_a_strip(polarity: str, places: list[int]) -> None:
    head = {"value": None, "lower_95": None, "upper_95": None, "unit": "percent", "polarity": polarity}
    drawn = str(_strip(head, [10.0, 20.0], None, "Shire", ""))
    assert re.findall(r'class="other" cx="(\d+)\.0%"', drawn) == [str(place) for place in places]


def test_a_strip_of_councils_that_are_not_typical_is_pale_and_has_no_middle_half() -> None:
    head = {"value": None, "lower_95": None, "upper_95": None, "unit": "percent", "polarity": "lower"}
    others = [float(value) for value in range(10)]
    fair, pale = (str(_strip(head, others, None, "Shire", "", is_fair)) for is_fair in (True, False))
    assert ('class="half"' in fair, "pale" in fair) == (True, False)
    assert ('class="half"' in pale, "pale" in pale) == (False, True)
