"""Days as people write them and moments as captures keep them, all in UTC."""

from datetime import UTC, date, datetime, time


def last_moment(day: str) -> datetime:
    """The last second of a day such as 2026-05-01. Raises ValueError for anything but a date."""
    return datetime.combine(date.fromisoformat(day), time(23, 59, 59), UTC)
