"""Charts draw what may be shown, say so to a screen reader, and hold nothing live."""

import os
import re
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup

from assets.publication import charts, own_charts, pictures
from assets.publication.charts import Chart
from assets.publication.drawing import ACCENT, FONT, Bar, bars, boxes, strip, ticks
from assets.publication.pack import _club
from assets.wording import small_counts

HEAD = {"unit": "percent", "polarity": "lower"}


def row(name: str, numerator: int, denominator: int, is_subject: bool = False) -> dict[str, Any]:
    value = 100 * numerator / denominator
    return {
        "nice_name": name,
        "numerator": numerator,
        "denominator": denominator,
        "value": value,
        "lower_95": max(value - 10, 0),
        "upper_95": min(value + 10, 100),
        "unit": "percent",
        "is_subject": is_subject,
    }


ROWS = [row("Us", 30, 40, True), row("Them", 20, 40), row("<script>x</script>", 10, 40)]


def drawn(chart: Chart | None) -> str:
    assert chart is not None
    return chart.wide + chart.phone


def ordered(rows: list[dict[str, Any]] | None = None, title: str = "A finding & more") -> str:
    return drawn(charts.caterpillar(title, ROWS if rows is None else rows, HEAD, 50.0, None))


def texts(markup: str) -> list[str]:
    return [one.get_text() for one in BeautifulSoup(markup, "lxml").select("text")]


def test_a_chart_is_one_picture_with_its_finding_as_its_name_and_its_shape_as_its_description() -> None:
    assert ordered().startswith('<svg role="img"') and "<title>A finding &amp; more</title>" in ordered()
    assert "from &lt;script&gt;x&lt;/script&gt; (25%) to Us (75%), not ranked" in ordered()
    assert "Us is among 2 other councils with figures, 2 of them with a lower value. Average 50%." in ordered()


def test_markup_in_a_name_is_text_in_the_chart() -> None:
    assert "<script" not in ordered() and "&lt;script&gt;" in ordered()


def test_the_same_rows_give_the_same_bytes() -> None:
    assert ordered() == ordered()


def test_each_council_stands_beside_its_value_and_ours_is_bold() -> None:
    assert {"Us", "75% (30 of 40)", "Them", "50% (20 of 40)", "average 50%"} <= set(texts(ordered()))
    bold = BeautifulSoup(ordered(), "lxml").select("text[font-weight]")
    assert {one.get_text() for one in bold} == {"Us", "75% (30 of 40)", "75%"}


@pytest.mark.parametrize(("font", "is_drawn"), [("Liberation Serif, DejaVu Sans", False), (FONT, True)])
def test_only_the_font_that_the_renderer_brings_is_in_a_picture(font: str, is_drawn: bool) -> None:
    text = f'<text y="20" font-family="{font}">text</text>'
    empty = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"></svg>'
    assert (pictures.png(empty.replace("></", f">{text}</")) != pictures.png(empty)) is is_drawn


def test_other_programs_still_find_the_fonts_of_the_machine() -> None:
    assert os.environ.get(pictures.FONTS_VARIABLE) != str(pictures.FONTS)


def test_a_name_too_long_for_a_chart_is_cut_and_says_so() -> None:
    long = "Long " * 60
    names = texts(ordered([*ROWS, row(long, 5, 10)]))
    assert any(long.startswith(name[:-1]) and name.endswith("…") for name in names) and long not in names


def test_a_council_with_four_cases_is_not_drawn() -> None:
    assert charts.comparable([row("Few", 2, 4)]) == []


@pytest.mark.parametrize("rows", [ROWS[:1], [row("One", 1, 10), row("Two", 2, 10)]])
def test_a_council_alone_or_councils_without_us_are_no_chart(rows: list[dict[str, Any]]) -> None:
    assert charts.caterpillar("", rows, HEAD, None, None) is None


def test_a_council_outside_the_outer_limits_is_named() -> None:
    names = ("lower_998", "lower_95", "upper_95", "upper_998")
    limits = [
        {"denominator": size, **dict(zip(names, (20.0, 30.0, 60.0, 70.0), strict=True))} for size in (10.0, 100.0)
    ]
    rows = [row("Us", 20, 40, True), row("Far", 39, 40), *(row(f"Other {n}", 18, 40) for n in range(9))]
    chart = charts.funnel("", rows, HEAD, limits)
    assert chart is not None and "Outside the 99.8% limits: Far." in chart.shape
    assert {"Us 50%", "Far 98%"} <= set(texts(chart.wide)) and "Other 1 45%" not in texts(chart.wide)


def year(of: int, value: float, segment: str = "a", is_small: bool = False) -> dict[str, Any]:
    return {
        **row("Us", round(value * 4), 400, True),
        "period_start": date(of, 4, 1),
        "period_label": f"{of}-{(of + 1) % 100:02d}",
        "segment": segment,
        "is_break": False,
        "is_small_base": is_small,
        "pooled_value": None,
        "comparators_with_data": 0,
    }


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (year(2014, 50), year(2015, 60), True),
        (year(2015, 50), year(2018, 60), False),
        (year(2018, 50), year(2019, 60, "b"), False),
        (year(2014, 89, is_small=True), year(2015, 63), False),
    ],
)
def test_no_line_crosses_a_break_a_gap_or_few_cases(before: Any, after: Any, expected: bool) -> None:
    assert charts.are_joined(before, after) is expected


@pytest.mark.parametrize("value", [0, 50, 100])
def test_values_that_are_all_alike_are_drawn(value: float) -> None:
    alike = [{**year(of, value), "lower_95": value, "upper_95": value} for of in (2014, 2015)]
    assert f"{value}%" in texts(drawn(charts.years("", alike, HEAD, "Us")))


def test_a_year_without_a_figure_keeps_its_place_on_the_axis() -> None:
    chart = charts.years("", [year(2014, 50), year(2015, 60), year(2018, 70)], HEAD, "Us")
    assert {"2014-15", "2016-17", "2017-18", "2018-19"} <= set(texts(drawn(chart)))
    assert chart is not None and chart.shape == "Us by year: 2014-15 50%; 2015-16 60%; 2018-19 70%."


def twelve_months(end: date, in_time: int, judged: int, hidden: frozenset[str] = frozenset()) -> dict[str, Any]:
    return {
        "counted_on": "due",
        "procedure": "children_statutory",
        "period_end": end,
        "in_time": in_time,
        "judged": judged,
        "in_time_pct": 100 * in_time / judged,
        "limit_working_days": 65,
        "has_small_base": judged < 30,
        "hidden": hidden,
    }


def lines(chart: Chart | None) -> int:
    """How many lines of ours join two points, which lie neither level nor upright."""
    found = re.findall(r'<path d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)" fill="none" stroke="#1d4f91"', drawn(chart))
    return sum(one[0] != one[2] and one[1] != one[3] for one in found) // 2


def test_a_fall_from_8_of_9_to_12_of_19_is_not_drawn_as_a_line_and_says_its_counts() -> None:
    few = [twelve_months(date(2025, 12, 31), 8, 9), twelve_months(date(2026, 3, 31), 12, 19)]
    many = [twelve_months(date(2025, 12, 31), 80, 90), twelve_months(date(2026, 3, 31), 120, 190)]
    assert lines(own_charts.in_time("", few)) == 0 and lines(own_charts.in_time("", many)) == 1
    assert "to December 2025 8 of 9; to March 2026 12 of 19" in drawn(own_charts.in_time("", few))


def test_a_hidden_count_is_not_drawn() -> None:
    rows = [twelve_months(date(2025, month, 28), 20, 40) for month in (3, 6)]
    secret = twelve_months(date(2025, 9, 30), 37, 40, frozenset({"in_time_pct"}))
    assert "37 of" not in drawn(own_charts.in_time("", [*rows, secret]))


def months(anew_in: int | None) -> list[dict[str, Any]]:
    return [
        {
            "month_start": date(2025, month, 1),
            "chart": "XmR",
            "value": 20.0 + month % 3,
            "centre": 21.0,
            "lower_limit": 15.0,
            "upper_limit": 27.0,
            "is_signal": month == 4,
            "rebased_because": "a new clock" if month == anew_in else None,
            "hidden": set(),
        }
        for month in range(1, 13)
    ]


@pytest.mark.parametrize(("anew_in", "expected"), [(6, 2), (None, 0)])
def test_a_control_chart_marks_where_its_limits_begin_anew(anew_in: int | None, expected: int) -> None:
    assert texts(drawn(own_charts.control("", months(anew_in)))).count("new limits") == expected


def test_a_control_chart_names_the_months_that_stand_out() -> None:
    chart = own_charts.control("", months(None))
    assert chart is not None and chart.shape == "12 months from 20 to 22. Outside chance: April 2025."


def test_the_days_of_each_case_are_drawn_to_five_days_with_the_limit() -> None:
    chart = own_charts.days([{"elapsed_working_days": 53 + place % 3 * 11} for place in range(18)], "corporate", 65)
    assert chart is not None and chart.title.endswith("corporate: the newest are within the usual range")
    assert chart.shape == "18 cases from 55 to 75 days. 0 stand out." and "limit" in texts(chart.wide)


@pytest.mark.parametrize(("late", "cases"), [(6, 11), (1, 30), (4, 30), (26, 30)])
def test_days_that_would_give_away_a_small_count_are_not_drawn(late: int, cases: int) -> None:
    rows = [{"elapsed_working_days": 90 if place < late else 40} for place in range(cases)]
    assert own_charts.days(rows, "corporate", 65) is None


def test_a_hidden_month_is_a_gap_in_a_control_chart_and_too_many_leave_none() -> None:
    rows = months(None)
    rows[6]["hidden"] = {"value"}
    rows[6]["value"] = 777.0
    chart = own_charts.control("", rows)
    assert chart is not None and "11 months from 20 to 22. 1 month not shown." in chart.shape
    # a line for each run of months, in each of two sizes
    assert drawn(chart).count(f'stroke="{ACCENT}" stroke-width="2"') == 2 * 2
    assert "777" not in drawn(chart)
    assert own_charts.control("", [{**row, "hidden": {"value"}} for row in rows[:7]] + rows[7:]) is None


def test_a_control_chart_whose_centre_is_hidden_has_no_lines() -> None:
    rows = [{**row, "hidden": small_counts.FROM_THE_CENTRE} for row in months(None)]
    chart = own_charts.control("", rows)
    assert chart is not None and chart.shape == "12 months from 20 to 22. No month stands out."
    assert not {"centre 21", "limit 15", "limit 27"} & {*texts(drawn(chart))}
    assert "stroke-dasharray" not in drawn(chart)


@pytest.mark.parametrize(("low", "high"), [(0, 100), (61.2, 93.1), (0, 0), (3, 3), (1_000, 1_254_000)])
def test_an_axis_has_a_few_round_numbers_that_reach_from_end_to_end(low: float, high: float) -> None:
    marks = ticks(low, high, 5)
    assert marks[0] <= low and marks[-1] >= high and len(marks) <= 8


def widths(markup: str) -> list[str]:
    return [str(one["width"]) for one in BeautifulSoup(markup, "lxml").select("rect")]


def test_bars_are_drawn_from_zero_on_one_scale() -> None:
    assert widths(bars([Bar("a", 5, "5 days"), Bar("b", 10, "10 days")])) == ["50.0%", "100.0%"]
    assert widths(bars([Bar("a", 25, "25%")], most=100)) == ["25.0%"]
    assert widths(bars([Bar("a", 0, "0 days")])) == ["0.0%"]


def test_an_interval_is_drawn_from_its_lower_to_its_upper_end() -> None:
    found = BeautifulSoup(bars([Bar("a", 20, "20%", lower=10, upper=40)], most=100), "lxml")
    reach, value = found.select_one("rect.reach"), found.select_one("circle")
    assert reach is not None and value is not None
    assert (reach["x"], reach["width"], value["cx"]) == ("10.0%", "30.0%", "20.0%")


@pytest.mark.parametrize("markup", [bars([Bar("<b>a", 1, "<i>1")]), boxes(["<b>a"]), strip([1], None, None, "<b>a")])
def test_text_from_elsewhere_stays_text(markup: str) -> None:
    assert "&lt;b&gt;a" in markup and "<b>" not in markup


def test_a_strip_reaches_from_the_lowest_value_to_the_highest() -> None:
    found = strip([0.0, 100.0], (50.0, 40.0, 60.0), 50.0, "")
    assert 'cx="3.0%"' in found and 'cx="97.0%"' in found and 'x="50.0%"' in found


def returned(share: float | None, grade: str = "A", own: float | None = 50.0) -> dict[str, Any]:
    return {
        "procedure": "children_statutory", "stage": "2", "period_start": date(2025, 4, 1),
        "period_end": date(2026, 3, 31), "limit_working_days": 65, "in_time_pct": share, "comparability_grade": grade,
        "own_in_time_pct": own, "own_in_time": 10, "own_judged": 20, "hidden": frozenset(),
    }  # fmt: skip


def test_a_club_is_drawn_with_our_place_among_those_that_count_alike() -> None:
    drawing = _club([returned(30), returned(70), returned(45), returned(90, "C"), returned(None)])
    assert drawing is not None and drawing.drawing.count('class="other"') == 3
    assert 'class="us"' in drawing.drawing and "50%; 3 others 30% to 70%" in drawing.drawing


def test_a_club_has_no_place_of_ours_that_is_too_small_and_no_chart_of_two_others() -> None:
    hidden = returned(30) | {"hidden": frozenset({"own_in_time_pct"})}
    drawing = _club([hidden, returned(70), returned(45)])
    assert drawing is not None and "50%" not in drawing.drawing and 'class="us"' not in drawing.drawing
    assert _club([returned(30), returned(70)]) is None
