"""What the page of a council's own cases says of compliments."""

from typing import Any

import pytest

from assets.wording.own import SERVICE_ALL, compliments_sentence

WHOLE: dict[str, Any] = {
    "service": SERVICE_ALL,
    "period_label": "2025-26",
    "complaints": 40,
    "hidden": frozenset(),
}


@pytest.mark.parametrize(
    ("counted", "extracts", "begins"),
    [
        (12, 4, "In 2025-26 the register counts 12 compliments"),
        (0, 0, "In 2025-26 the register counts no compliment"),
        (0, 4, "We have no count of compliments"),
        (None, 4, "We have no count of compliments"),
    ],
)
def test_no_compliment_is_never_said_above_those_that_were_sent(
    counted: int | None, extracts: int, begins: str
) -> None:
    assert compliments_sentence([WHOLE | {"compliments": counted}], extracts).startswith(begins)
