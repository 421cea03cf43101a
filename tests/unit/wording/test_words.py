"""Numbers are said the same everywhere: halves rounded up, counts beside shares, and a reason where there is none."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.wording import words
from warehouse import queries
from warehouse.showing import isolate_bidi

SHARE: dict[str, Any] = {
    "unit": "percent",
    "value": 82.5,
    "numerator": 33,
    "denominator": 40,
    "numerator_basis": "printed",
    "lower_95": 68.05,
    "upper_95": 91.25,
    "is_small_base": False,
    "printed_text": "83",
    "missing_reason": None,
}
RATE = SHARE | {"unit": "per 100,000 residents", "value": 3.75, "numerator": 23, "denominator": 609_216}
NOTHING = dict.fromkeys(("value", "numerator", "denominator", "lower_95", "upper_95", "printed_text"))


@pytest.mark.parametrize(
    ("value", "places", "said"),
    [
        (0.25, 1, "0.3"),
        (82.5, 0, "83"),
        (2.675, 2, "2.68"),
        (-0.25, 1, "-0.3"),
        (1234567.0, 0, "1,234,567"),
        (100, 1, "100.0"),
    ],
)
def test_halves_are_rounded_up_as_they_are_written(value: float, places: int, said: str) -> None:
    assert words.rounded(value, places) == said


@pytest.mark.parametrize(("number", "said"), [(0, "0 councils"), (1, "1 council"), (1200, "1,200 councils")])
def test_a_number_agrees_with_its_noun(number: int, said: str) -> None:
    assert words.counted(number, "council") == said


@pytest.mark.parametrize(
    ("parts", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_a_list_is_joined_as_people_write_it(parts: list[str], said: str) -> None:
    assert words.joined(parts) == said


@pytest.mark.parametrize(("many", "said"), [(4, "a, b, c and d"), (12, "a, b, c and 9 more")])
def test_a_long_list_names_its_first_and_counts_the_rest(many: int, said: str) -> None:
    assert words.some("abcdefghijkl"[:many]) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2020, 4, 1), date(2020, 9, 30), "April to September 2020"),
        (date(2023, 10, 1), date(2025, 10, 1), "October 2023 to October 2025"),
        (date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        (date(2024, 1, 1), date(2024, 12, 31), "January to December 2024"),
        (date(2023, 4, 1), date(2024, 3, 31), "2023-24"),
        (date(2024, 2, 1), date(2024, 2, 28), "1 February 2024 to 28 February 2024"),
        (date(2024, 2, 1), date(2024, 3, 1), "1 February 2024 to 1 March 2024"),
        (date(2024, 2, 3), date(2024, 2, 3), "3 February 2024"),
    ],
)
def test_a_period_is_said_in_months_where_it_is_whole_months(first: date, last: date, said: str) -> None:
    assert words.period({"period_start": first, "period_end": last}) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Sample Trust (City of Sample MDC)", "Sample Trust"),
        ("(sector) Sample Forum", "Sample Forum"),
        ("(not named)", "not named"),
        ("Sampleshire (illustrative)", "Sampleshire (illustrative)"),
    ],
)
def test_a_body_loses_its_remark_but_not_that_it_is_made_up(name: str, said: str) -> None:
    assert words.body(name) == said


def test_a_share_is_said_with_its_cases_and_interval() -> None:
    assert words.own_value(SHARE) == "82.5%, 33 of 40, 95% interval 68.1% to 91.3%"


def test_a_rate_is_said_among_residents() -> None:
    assert words.own_value(RATE).startswith("3.8 per 100,000, 23 among 609,216 residents")


def test_a_count_that_we_worked_out_says_so() -> None:
    assert "33 of 40 (we calculated the count)" in words.own_value(SHARE | {"numerator_basis": "worked out"})


@pytest.mark.parametrize(("denominator", "is_shown"), [(4, False), (5, True)])
def test_no_percentage_of_ours_rests_on_fewer_than_five_cases(denominator: int, is_shown: bool) -> None:
    said = words.own_value(SHARE | {"numerator": 2, "denominator": denominator})
    assert ("82.5%" in said) is is_shown
    assert f"2 of {denominator}" in said


def test_a_small_base_is_marked() -> None:
    assert words.own_value(SHARE | {"is_small_base": True}).endswith("few cases")


@pytest.mark.parametrize("reason", words.MISSING_IN_WORDS)
def test_every_reason_for_a_missing_value_has_its_words(reason: str) -> None:
    said = words.own_value(SHARE | NOTHING | {"missing_reason": reason})
    assert said == f"no figure: {words.MISSING_IN_WORDS[reason]}"


@pytest.mark.parametrize(("row", "said"), [(SHARE, "83%"), (RATE, "83 per 100,000")])
def test_a_printed_figure_without_its_cases_is_said_with_its_own_unit(row: dict[str, Any], said: str) -> None:
    alone = row | NOTHING | {"printed_text": "83", "missing_reason": "number of cases not printed"}
    assert words.own_value(alone) == f"{said}; the number of cases is not published"


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"numerator": 23, "denominator": 26}, "23 of 26; "),
        ({"numerator": 23}, "23; "),
        ({"printed_text": "44"}, "44%; "),
        ({}, ""),
    ],
)
def test_a_doubted_figure_is_shown_with_its_reason(changes: dict[str, Any], shown: str) -> None:
    row = SHARE | NOTHING | {"numerator": None, "denominator": None, "missing_reason": "doubted"} | changes
    said = words.own_value(row | {"doubt": "the printed 44% is not 23 of 26"})
    assert said == f"{shown}we doubt it and do not compare it: the printed 44% is not 23 of 26"


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_nothing_is_missing_whatever_it_is_called(missing: Any) -> None:
    assert words.is_missing(missing)
    assert not words.is_missing(0)


@pytest.mark.parametrize(("pounds", "said"), [(1234.5, "£1,235"), (0.0, "£0"), (-720.0, "-£720")])
def test_a_sum_of_money_has_its_sign_before_the_pound(pounds: float, said: str) -> None:
    assert words.shown("cost_gbp", pounds) == said


@pytest.mark.parametrize(
    ("gathered", "said"),
    [("2026-11", "November 2026"), ("2026-11-03", "3 November 2026"), ("often", "often")],
)
def test_when_a_file_was_gathered_is_said_in_words(gathered: str, said: str) -> None:
    assert words.gathered(gathered) == said


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Exampleshire’s café 🏛️", "Exampleshire’s café 🏛️"),
        ("\u202eopen", "\u2068\u202eopen\u2069"),
        ("\u05d0\u05d1", "\u2068\u05d0\u05d1\u2069"),
        ("\u2067left open", "\u2068\u2067left open\u2069\u2069"),
        ("closed\u2069 too soon \u202e", "\u2068\u2068closed\u2069 too soon \u202e\u2069"),
    ],
)
def test_what_turns_the_order_round_ends_with_its_text(text: str, marked: str) -> None:
    assert isolate_bidi(text) == marked


def test_every_text_that_is_published_is_read_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "ASKED", tmp_path)
    query = "select '\u202ename' as name, ['\u202ename', 'plain'] as names, 1 as number, null as nothing"
    (tmp_path / "query.sql").write_text(query, encoding="utf-8")
    with duckdb.connect() as connection:
        (row,) = queries.ask(connection, "query")
    marked = "\u2068\u202ename\u2069"
    assert row == {"name": marked, "names": [marked, "plain"], "number": 1, "nothing": None}


@pytest.mark.parametrize(
    ("label", "last"),
    [
        ("2023-24", date(2024, 3, 31)),
        ("April to September 2020", date(2020, 9, 30)),
        ("12 months to February 2024", date(2024, 2, 29)),
        ("all cases to 30 September 2026", date(2026, 9, 30)),
        ("2025 to 2026", None),
        ("any period", None),
    ],
)
def test_a_period_ends_on_the_last_day_that_its_label_names(label: str, last: date | None) -> None:
    assert words.last_day(label) == last


def test_only_a_figure_of_two_years_ago_or_more_has_an_age() -> None:
    end = date(2024, 3, 31)
    assert words.age(end, date(2026, 3, 30)) == "" and words.age(end, date(2026, 3, 31)) == "two years ago"


@pytest.mark.parametrize(
    ("witnesses", "has_disagreement", "said"),
    [(1, False, "none"), (2, False, "1, all agree"), (3, True, "2, not all agree")],
)
def test_other_witnesses_are_counted_without_the_one_that_is_used(
    witnesses: int, has_disagreement: bool, said: str
) -> None:
    assert words.other_witnesses({"witnesses": witnesses, "has_disagreement": has_disagreement}) == said


@pytest.mark.parametrize(
    ("column", "value", "unit", "said"),
    [
        ("any", None, "", "[x]"),
        ("any", float("nan"), "percent", "[x]"),
        ("any", "as it is", "", "as it is"),
        ("is_late", True, "", "yes"),
        ("is_late", False, "", "no"),
        ("closed_on", date(2026, 3, 31), "", "31 March 2026"),
        ("in_time_pct", 12.25, "", "12.3%"),
        ("in_time_pct", 12, "", "12.0%"),
        ("value", 12.25, "percent", "12.3%"),
        ("value", 12.25, "", "12.3"),
        ("cases", 1200, "percent", "1,200"),
    ],
)
def test_the_name_of_a_column_says_how_its_value_is_printed(column: str, value: Any, unit: str, said: str) -> None:
    assert words.shown(column, value, unit) == said


@pytest.mark.parametrize(
    ("text", "unit", "said"),
    [
        (None, "percent", "[x]"),
        ("25", "percent", "25%"),
        ("100", "gbp", "£100"),
        ("65", "days", "65 days"),
        ("3", "months", "3 months"),
        ("2", "years", "2 years"),
        ("7", "cases", "7"),
        ("none", "percent", "none"),
    ],
)
def test_a_printed_figure_has_its_unit(text: str | None, unit: str, said: str) -> None:
    assert words.printed({"as_printed": text, "unit": unit}) == said


def test_an_interval_has_its_unit_or_is_left_out() -> None:
    assert words.interval(SHARE) == "68.1% to 91.3%" and words.interval(RATE) == "68.1 to 91.3"
    assert words.interval(SHARE | NOTHING) == ""


POOLED: dict[str, Any] = {
    "unit": "percent",
    "comparators": 20,
    "comparators_with_data": 10,
    "pooled_value": 85.67,
}
POOLED |= {"pooled_numerator": 526, "pooled_denominator": 614}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "85.7% from all their cases, 526 of 614; 10 of 20 others have figures"),
        (
            {"unit": "per 100,000"},
            "85.7 per 100,000 from all their cases, 526 among 614; 10 of 20 others have figures",
        ),
        ({"pooled_value": None}, "10 of 20 others have figures"),
        ({"comparators": None}, "none of the others has a figure to compare with"),
        (None, "none of the others has a figure to compare with"),
    ],
)
def test_the_comparators_are_told_with_their_cases(changes: dict[str, Any] | None, said: str) -> None:
    assert words.comparator_value(None if changes is None else POOLED | changes, "others") == said


@pytest.mark.parametrize(
    ("captured_at", "sha", "said"),
    [
        (None, None, "[x]"),
        (date(2026, 11, 3), None, "November 2026"),
        (date(2026, 11, 3), "ab", "3 November 2026"),
    ],
)
def test_of_what_ships_only_the_month_of_reading_is_known(captured_at: Any, sha: str | None, said: str) -> None:
    assert words.read_on({"captured_at": captured_at, "capture_sha256": sha}) == said


@pytest.mark.parametrize(
    ("group", "title", "said"),
    [
        ("lgsco_type", "", "other county councils"),
        ("dfe", "DfE statistical neighbours", "DfE statistical neighbours"),
        ("region", "councils of the same type and region", "county councils of the same region"),
        ("size", "councils of the same type alike in size", "county councils with similar size"),
        ("club", "members of the same type", "members that are county councils"),
    ],
)
def test_a_group_is_named_by_what_its_councils_are(group: str, title: str, said: str) -> None:
    assert words.group_in_words(group, title, "county") == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(None, "percent", "[x]"), ("88%", "percent", "88%"), ("88", "percent", "88%"), (3.50, "rate", "3.5")],
)
def test_a_printed_value_keeps_its_characters(value: Any, unit: str, said: str) -> None:
    assert words.as_printed({"printed": value, "unit": unit}, "printed") == said


@pytest.mark.parametrize(
    ("column", "base", "is_few"),
    [
        ("upheld_of_investigated_pct", 4, True),
        ("upheld_of_investigated_pct", 5, False),
        ("upheld_of_dealt_with_pct", 4, False),
        ("upheld_of_investigated_pct", None, False),
        ("upheld_per_100k", 1, False),
    ],
)
def test_a_share_of_the_ledger_needs_five_cases(column: str, base: int | None, is_few: bool) -> None:
    assert words.is_too_few({"investigated": base, "dealt_with": 5}, column) is is_few


def test_a_statement_is_its_sentence_where_nothing_is_judged() -> None:
    assert words.what_is_said({"verdict": "told", "sentence": "So it is."}) == "So it is."
    assert words.what_is_said({"verdict": "broken", "sentence": "x"}) == "Not compared: the measure changed"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (words.years([2021, 2019, 2020]), "2019 to 2021"),
        (words.years([2021, 2021]), "2021"),
        (words.number(0), "no"),
        (words.number(10), "ten"),
        (words.number(11), "11"),
        (words.counted_in_words(1, "measure"), "one measure"),
        (words.counted_in_words(0, "measure"), "no measures"),
        (words.sentence("“the text”"), "“The text”"),
        (words.inside("Stage 2 complaints"), "Stage 2 complaints"),
        (words.inside("LGSCO cases"), "LGSCO cases"),
        (words.inside("Cases upheld"), "cases upheld"),
        (words.the_period("12 months to June 2026"), "the 12 months to June 2026"),
        (words.the_period("2023-24"), "2023-24"),
        (words.lead(3.14, "percent"), "3.1 points"),
        (words.lead(0.44, "per 100,000"), "0.4 per 100,000"),
        (words.per("percent"), ""),
        (words.per("per 100,000"), "per 100,000"),
        (words.share(0.125), "13%"),
        (words.DIRECTION["lower"], "lower is better"),
        (words.DIRECTION["higher"], "higher is better"),
        (words.gathered("unknown"), "unknown"),
    ],
)
def test_small_words_read_as_people_write_them(said: str, expected: str) -> None:
    assert said == expected
