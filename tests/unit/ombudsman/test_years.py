"""Financial years, in the ways in which titles and file names write them."""

import pytest

from assets.ombudsman.years import years_in, years_of_file


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Complaints decided 2025-26", {2025}),
        ("Complaints decided 2023_24", {2023}),
        ("2023_2024", {2023}),
        ("FY2023_24", {2023}),
        ("1 April 2024 to 31 March 2025", {2024}),
        ("Complaints decided, April 2023 to March 2024", {2023}),
        ("Apr 2023 – Mar 2024", {2023}),
        ("1st April 2023 until 31st March 2024", {2023}),
        ("01/04/2023 to 31/03/2024", {2023}),
        ("2023-04-01 to 2024-03-31", {2023}),
        ("01/04/23 to 31/03/24", {2023}),
        ("01-04-2023 to 31-03-2024", {2023}),
        ("12-13-2024", set()),
        ("13-14-15", set()),
        ("for the year ending 31 March 2025", {2024}),
        ("year ending March 2024", {2023}),
        ("Year ended 31st March 2024", {2023}),
        ("year to March 2024", {2023}),
        ("12 months to March 2024", {2023}),
        ("Apr 23 to Mar 24", {2023}),
        ("April 1, 2023 to March 31, 2024", {2023}),
        ("2023 - 2024", {2023}),
        ("2024/25", {2024}),
        ("2024–2025", {2024}),
        ("2024\u201125", {2024}),
        ("2024 to 2025", {2024}),
        ("2-Complaints-Decided-25-26.csv", {2025}),
        ("2023-24 and 2024-25", {2023, 2024}),
        ("April 2022 to March 2024", {2022, 2023}),
        ("April 2023 to March 2025", {2023, 2024}),
        ("Published in March 2024", set()),
        ("boundaries as at 1 April 2024", set()),
        ("2020-25", set()),
        ("attach/6973/", set()),
    ],
)
def test_a_financial_year_is_two_calendar_years_that_follow_each_other(text: str, years: set[int]) -> None:
    assert years_in(text) == years


@pytest.mark.parametrize(
    "name",
    [
        "Complaints%20Decided%202023-24.csv",
        "Complaints%2520Decided%25202023-24.csv",
        "complaints-decided-april-2023-to-march-2024.csv",
        "Complaints_Decided_2023_24_v2.xlsx",
        "decided_year_ending_31_March_2024.csv",
        "Decided 01.04.2023-31.03.2024.csv",
    ],
)
def test_a_file_name_gives_its_year_however_it_is_encoded(name: str) -> None:
    assert years_of_file(name) == {2023}
