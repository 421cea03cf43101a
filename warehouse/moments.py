"""Days as people write them and moments as captures keep them, all in UTC."""

import os
import re
from datetime import UTC, date, datetime, time

EPOCH = "SOURCE_DATE_EPOCH"  # what tools that build the same bytes again go by, in seconds since 1970


def publication_day() -> date:
    """The day that an edition carries, in UTC: today, or that of SOURCE_DATE_EPOCH, to make one again byte for byte."""
    epoch = os.environ.get(EPOCH)
    return (datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)).date()


def last_moment(day: str) -> datetime:
    """The last second of a day such as 2026-05-01. Raises ValueError for anything but a date."""
    return datetime.combine(date.fromisoformat(day), time(23, 59, 59), UTC)


def past_day(text: str, today: date | None = None) -> date:
    """The day that is written as 2026-05-01. Raises ValueError for anything else and for a day to come."""
    today = today or date.today()
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a date such as 2026-05-01.") from None
    if day > today:
        raise ValueError(f"{text} is still to come: today is {today}.")
    return day
