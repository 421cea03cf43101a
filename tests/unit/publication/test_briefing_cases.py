"""How many cases a figure of the briefing rests on."""

import pytest

from assets.publication.measures import _cases


@pytest.mark.parametrize(
    ("numerator", "denominator", "said"),
    [
        (23, 26, "23 of 26"),
        (3, None, "number of cases not published"),
        (None, 26, "number of cases not published"),
    ],
)
def test_a_share_without_either_of_its_numbers_has_no_number_of_cases(
    numerator: int | None, denominator: int | None, said: str
) -> None:
    assert _cases({"unit": "percent", "value": 12.0, "numerator": numerator, "denominator": denominator}) == said


def test_counts_that_stand_for_a_share_of_few_cases_are_not_said_twice() -> None:
    assert _cases({"unit": "percent", "value": 25.0, "numerator": 1, "denominator": 4}) == ""
    assert _cases({"unit": "percent", "value": 20.0, "numerator": 1, "denominator": 5}) == "1 of 5"
