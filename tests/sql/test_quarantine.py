"""What was set aside says what to do, whatever the reason."""

import re

import pytest

from tests.sql.harness import PROJECT, columns, result

OTHERWISE = "Look at the saved page. docs/ombudsman.md says what the reason means."
READINGS = (PROJECT / "sql" / "core" / "readings.sql").read_text(encoding="utf-8")
PROBLEMS = [
    found.replace("''", "'")
    for found in re.findall(r"then '((?:[^']|'')+)'", READINGS[: READINGS.index("end as problem")])
    if " " in found
]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_reason_to_set_a_figure_aside_says_what_to_do(problem: str) -> None:
    rows = [{"source": "own_indicators", "source_row": 2, "body_name": "E", "name": "n", "problem": problem}]
    ((found, what_to_do),) = columns(result("quality.quarantine", {"core.readings": rows}), "problem", "what_to_do")
    assert found == problem
    assert what_to_do != OTHERWISE


@pytest.mark.parametrize(
    ("reason", "what_to_do"),
    [
        ("unread column: 'Total' is not known", "Accept the heading with: benchmark accept-heading."),
        ("something new", OTHERWISE),
    ],
)
def test_what_a_capture_does_not_say_says_what_to_do(reason: str, what_to_do: str) -> None:
    row = {
        "source_row": 1, "capture_sha256": "a", "address": "https://l", "captured_at": "2026",
        "reason": reason, "text": "t",
    }  # fmt: skip
    found = result("quality.quarantine", {"raw.captured_quarantine": [row]})
    assert columns(found, "problem", "what_to_do") == [(f"not understood: {reason}", what_to_do)]
