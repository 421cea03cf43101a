"""Charts of a few values say their values in words and draw them on one scale."""

import pytest
from bs4 import BeautifulSoup

from assets.publication.bars import Bar, bars, boxes


def widths(markup: str) -> list[str]:
    return [str(one["width"]) for one in BeautifulSoup(markup, "lxml").select("rect")]


def test_bars_are_drawn_from_zero_on_one_scale() -> None:
    assert widths(bars([Bar("a", 5, "5 days"), Bar("b", 10, "10 days")])) == ["50.0%", "100.0%"]


def test_a_share_is_drawn_on_the_scale_of_all() -> None:
    assert widths(bars([Bar("a", 25, "25%")], most=100)) == ["25.0%"]


def test_an_interval_is_drawn_from_its_lower_to_its_upper_end() -> None:
    drawn = BeautifulSoup(bars([Bar("a", 20, "20%", lower=10, upper=40)], most=100), "lxml")
    reach, value = drawn.select_one("rect.reach"), drawn.select_one("circle")
    assert reach is not None and value is not None
    assert (reach["x"], reach["width"], value["cx"]) == ("10.0%", "30.0%", "20.0%")


@pytest.mark.parametrize("markup", [bars([Bar("<b>a", 1, "<i>1")]), boxes(["<b>a"], 1)])
def test_text_from_elsewhere_stays_text(markup: str) -> None:
    assert "&lt;b&gt;a" in markup and "<b>" not in markup


def test_nothing_but_zeros_is_drawn_without_an_error() -> None:
    assert widths(bars([Bar("a", 0, "0 days")])) == ["0.0%"]
