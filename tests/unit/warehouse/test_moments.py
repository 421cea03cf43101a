"""Days as people write them, and the day that an edition carries."""

from datetime import UTC, date, datetime

import pytest

from warehouse.moments import EPOCH, publication_day


def test_an_edition_carries_the_day_that_is_set_or_todays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(EPOCH, "1767225599")
    assert publication_day() == date(2025, 12, 31)
    monkeypatch.delenv(EPOCH)
    before = datetime.now(UTC).date()
    assert before <= publication_day() <= datetime.now(UTC).date()
