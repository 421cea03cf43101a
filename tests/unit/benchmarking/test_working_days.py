from datetime import date

import numpy as np
import pandas as pd
import pytest

from benchmarking.working_days import OutsideCalendarError, bank_holidays, england_and_wales

CALENDAR = england_and_wales()

# GOV.UK's published bank holidays of England and Wales around the moved and extra ones, typed from its page.
MOVED_AND_EXTRA = {"2020-05-08", "2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08"}
NOT_HOLIDAYS = {"2020-05-04", "2022-05-30"}


def between(start: str, end: str) -> int:
    return int(CALENDAR.between(start, end))


def add(start: str, working_days: int) -> str:
    return str(CALENDAR.add(start, working_days))


def test_working_days_equal_numpy_on_random_pairs_of_dates() -> None:
    rng = np.random.default_rng(1)
    days = np.datetime64("2015-01-01") + rng.integers(0, 13 * 365 + 3, (2, 200_000))
    starts, ends = days.min(axis=0), days.max(axis=0)
    holidays = bank_holidays()["date"].to_numpy("datetime64[D]")
    expected = np.busday_count(starts + 1, ends + 1, holidays=holidays)
    assert np.array_equal(CALENDAR.between(starts, ends), expected)


def test_the_numbered_calendar_gives_the_same_by_subtraction() -> None:
    rng = np.random.default_rng(2)
    days = np.datetime64("2015-01-01") + rng.integers(0, 13 * 365 + 3, (2, 50_000))
    frame = CALENDAR.frame()
    number = pd.Series(frame["working_day_number"].to_numpy(), index=pd.to_datetime(frame["date"]))
    by_subtraction = number.loc[days[1]].to_numpy() - number.loc[days[0]].to_numpy()
    assert np.array_equal(CALENDAR.between(days[0], days[1]), by_subtraction)


@pytest.mark.parametrize("working_days", [1, 5, 10, 25, 65])
def test_a_due_date_is_the_working_day_that_many_after_the_start(working_days: int) -> None:
    starts = np.datetime64("2016-01-01") + np.arange(4000)
    due = CALENDAR.add(starts, np.full(starts.size, working_days))
    assert (CALENDAR.between(starts, due) == working_days).all()
    assert (CALENDAR.between(starts, due - 1) == working_days - 1).all()


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        # Thursday 28 March 2024; Friday 29 March and Monday 1 April are holidays.
        ("2024-03-28", "2024-04-02", 1),
        # Christmas Day 2021 is a Saturday: Monday 27 and Tuesday 28 December are the holidays.
        ("2021-12-24", "2021-12-29", 1),
        # the May Day of 2020 moved to the Friday
        ("2020-05-01", "2020-05-04", 1),
        ("2020-05-07", "2020-05-08", 0),
        # the jubilee and the funeral of 2022
        ("2022-06-01", "2022-06-06", 1),
        ("2022-05-27", "2022-05-30", 1),
        ("2022-09-16", "2022-09-20", 1),
        # a weekend's start counts from the next working day; an end before its start is negative
        ("2024-06-08", "2024-06-10", 1),
        ("2024-06-10", "2024-06-07", -1),
    ],
)
def test_holidays_and_weekends_are_no_working_days(start: str, end: str, days: int) -> None:
    assert between(start, end) == days


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2024-03-28", 1, "2024-04-02"),
        ("2021-12-24", 4, "2022-01-04"),
        ("2024-06-08", 1, "2024-06-10"),
        # From Monday 4 March 2024: 13 weeks of 5 days end on Monday 3 June; four holidays (29 March, 1 April,
        # 6 and 27 May) push it to Friday 7 June.
        ("2024-03-04", 65, "2024-06-07"),
    ],
)
def test_a_due_date_passes_over_them(start: str, days: int, due: str) -> None:
    assert add(start, days) == due


def test_the_list_holds_the_moved_and_extra_holidays_and_not_those_they_replaced() -> None:
    held = {str(day) for day in bank_holidays()["date"]}
    assert held >= MOVED_AND_EXTRA
    assert held.isdisjoint(NOT_HOLIDAYS)


@pytest.mark.parametrize("day", ["2011-12-31", "2029-01-01", "2040-01-01"])
def test_a_date_without_published_holidays_is_an_error(day: str) -> None:
    with pytest.raises(OutsideCalendarError, match=day):
        CALENDAR.between("2024-01-02", day)


def test_a_due_date_past_the_list_is_an_error() -> None:
    with pytest.raises(OutsideCalendarError):
        CALENDAR.add(CALENDAR.last, 65)


def test_a_missing_date_is_an_error_not_a_count() -> None:
    with pytest.raises(ValueError, match="1 dates are missing"):
        CALENDAR.between("NaT", "2024-01-02")


def test_the_calendar_ends_with_the_last_year_that_is_published() -> None:
    assert (CALENDAR.first, CALENDAR.last) == (date(2012, 1, 1), date(2028, 12, 31))
