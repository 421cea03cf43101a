"""Charts draw what may be shown, say so to a screen reader, and hold nothing live."""

import os
from datetime import date
from typing import Any

from assets.publication import charts, drawing
from assets.publication.pictures import FONTS, FONTS_VARIABLE, png


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


def picture(chart: charts.Chart | None, title: str = "", description: str = "") -> str:
    assert chart is not None
    return drawing.svg(chart, title, description)


def drawn() -> str:
    chart = charts.caterpillar(ROWS, "percent", True, 50.0, None)
    return picture(chart, "A finding & more", "One line a council")


def test_a_chart_is_one_picture_with_its_finding_as_its_name() -> None:
    assert drawn().startswith('<svg role="img"')
    assert "<title>A finding &amp; more</title>" in drawn()


def test_markup_in_a_name_is_text_in_the_chart() -> None:
    assert "<script" not in drawn() and "&lt;script&gt;" in drawn()


def test_the_same_rows_give_the_same_bytes() -> None:
    assert drawn() == drawn()


def test_no_font_of_the_machine_is_in_a_picture() -> None:
    text = '<text y="20" font-family="Liberation Serif, DejaVu Sans">text</text>'
    empty = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"></svg>'
    assert png(empty.replace("></", f">{text}</")) == png(empty)


def test_a_font_that_the_renderer_brings_is_in_a_picture() -> None:
    text = f'<text y="20" font-family="{drawing.FONT}">text</text>'
    empty = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"></svg>'
    assert png(empty.replace("></", f">{text}</")) != png(empty)


def test_other_programs_still_find_the_fonts_of_the_machine() -> None:
    assert os.environ.get(FONTS_VARIABLE) != str(FONTS)


def test_a_chart_holds_only_its_own_rows() -> None:
    other = charts.caterpillar([row("One", 1, 10, True), row("Two", 2, 10)], "percent", True, 50.0, None)
    assert "Them" in drawn() and "Them" not in picture(other)


def test_a_name_too_long_for_a_chart_is_cut_and_says_so() -> None:
    long = "Long " * 60
    chart = charts.caterpillar([*ROWS, row(long, 5, 10)], "percent", True, None, None)
    text = picture(chart)
    assert long[: drawing.LONGEST_LABEL - 1] + "…" in text and long[: drawing.LONGEST_LABEL] not in text


def test_a_council_with_four_cases_is_not_drawn() -> None:
    assert charts.comparable([row("Few", 2, 4)]) == []


def test_no_line_crosses_a_break_or_a_year_without_a_figure() -> None:
    years = [(2014, "a"), (2015, "a"), (2018, "a"), (2019, "b"), (2020, "b")]
    rows = [{"period_start": date(year, 4, 1), "segment": segment} for year, segment in years]
    assert [stretch for _, stretch in charts._unbroken(rows)] == ["a 0", "a 0", "a 1", "b 1", "b 1"]


def test_one_council_alone_gives_no_chart() -> None:
    assert charts.caterpillar(ROWS[:1], "percent", True, None, None) is None


def test_councils_without_the_subject_are_no_chart_of_it() -> None:
    others = [row("One", 1, 10), row("Two", 2, 10)]
    assert charts.caterpillar(others, "percent", True, None, None) is None


def test_a_rate_has_no_bar_on_a_scale_of_percentages() -> None:
    assert charts.interval_bar({**ROWS[0], "unit": "per 100,000 residents"}, None, None) == ""


def months(anew_in: int | None) -> list[dict[str, Any]]:
    return [
        {
            "month_start": date(2025, month, 1),
            "chart": "XmR",
            "value": 20.0 + month % 3,
            "centre": 21.0,
            "lower_limit": 15.0,
            "upper_limit": 27.0,
            "is_signal": False,
            "rebased_because": "a new clock" if month == anew_in else None,
            "hidden": set(),
        }
        for month in range(1, 13)
    ]


def test_a_control_chart_marks_where_its_limits_begin_anew() -> None:
    assert picture(charts.control(months(anew_in=6))).count("[b]") == 1


def test_a_control_chart_whose_limits_never_begin_anew_marks_no_break() -> None:
    assert "[b]" not in picture(charts.control(months(anew_in=None)))
