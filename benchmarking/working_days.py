"""Working days of England and Wales, as the complaints regulations count them.

A working day is not a Saturday, a Sunday, Christmas Day, Boxing Day, Good Friday or a bank holiday in England and Wales
(SI 2006/1738, regulation 2). The day something happens is day 0, so "within 10 working days" of a Monday ends on the
Monday two weeks later. The holidays come from the `govuk-bank-holidays` package, which carries GOV.UK's list offline.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
from govuk_bank_holidays.bank_holidays import BankHolidays
from numpy.typing import ArrayLike, NDArray

from benchmarking.arrays import Integers


class OutsideCalendarError(ValueError):
    """A date for which no bank holidays are published, so that working days cannot be counted."""


@dataclass(frozen=True)
class Calendar:
    """The working days from `first` to `last` (both inclusive): weekdays that are not among `holidays`."""

    first: date
    last: date
    holidays: tuple[date, ...]

    @cached_property
    def _numpy(self) -> np.busdaycalendar:
        return np.busdaycalendar(holidays=list(self.holidays))

    def _days(self, dates: ArrayLike) -> NDArray[np.datetime64]:
        days = np.asarray(dates, dtype="datetime64[D]")
        missing = np.isnat(days)
        outside = days[~missing & ((days < np.datetime64(self.first)) | (days > np.datetime64(self.last)))]
        if missing.any():
            raise ValueError(f"{int(missing.sum())} dates are missing")
        if outside.size:
            raise OutsideCalendarError(
                f"{outside.flat[0]} is outside the published bank holidays, {self.first} to {self.last}"
            )
        return days

    def between(self, starts: ArrayLike, ends: ArrayLike) -> Integers:
        """Working days after each start up to and including each end; negative if the end comes first.

        Raises OutsideCalendarError if a date has no published bank holidays, ValueError if one is missing.
        """
        after_start, after_end = self._days(starts) + 1, self._days(ends) + 1
        forwards = np.busday_count(
            np.minimum(after_start, after_end), np.maximum(after_start, after_end), busdaycal=self._numpy
        )
        return np.where(after_end >= after_start, forwards, -forwards).astype(np.int64)

    def add(self, starts: ArrayLike, working_days: ArrayLike) -> NDArray[np.datetime64]:
        """The last day that is within so many working days of each start, itself a working day (the start
        if 0).

        Raises OutsideCalendarError if a start or an answer has no published bank holidays.
        """
        begun = self._days(starts)
        wanted = np.asarray(working_days)
        if (wanted < 0).any():
            raise ValueError("a limit cannot be less than 0 working days")
        due = np.busday_offset(begun, wanted, roll="backward", busdaycal=self._numpy)
        return self._days(np.where(wanted == 0, begun, due))

    def frame(self) -> pd.DataFrame:
        """One row a day: `date`, `is_working_day`, and `working_day_number`, the working days up to and
        including it.

        Working days between two dates are the difference of their numbers, which is how the SQL models count.
        """
        days = np.arange(np.datetime64(self.first), np.datetime64(self.last) + 1)
        is_working_day = np.is_busday(days, busdaycal=self._numpy)
        return pd.DataFrame(
            {
                "date": pd.Series(days).dt.date,
                "is_working_day": is_working_day,
                "working_day_number": np.cumsum(is_working_day),
            }
        )


@lru_cache
def england_and_wales() -> Calendar:
    """The calendar of every whole year whose bank holidays the package carries."""
    published = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    holidays = tuple(sorted(holiday["date"] for holiday in published))
    return Calendar(date(holidays[0].year, 1, 1), date(holidays[-1].year, 12, 31), holidays)


def bank_holidays() -> pd.DataFrame:
    """One row a bank holiday of England and Wales: `date`, `title`. Source: GOV.UK, through `govuk-bank-
    holidays`."""
    published = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return pd.DataFrame([{"date": holiday["date"], "title": holiday["title"]} for holiday in published])
