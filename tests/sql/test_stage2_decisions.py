"""Decisions on late Stage 2: those a person read beside those collected, and dates of which every decision was read."""

from typing import Any

import pytest

from tests.sql.harness import columns, result, table

NAMES = table(
    """
    folded_name | gss_code
    exampleton  | E1
    sampleshire | E2
    """,
    is_short=False,
)
SEARCH: dict[str, Any] = {
    "source_row": 1,
    "capture_sha256": "a",
    "captured_at": "2026-01-02",
    "council_name": "Exampleton",
    "window_start": "2025-01-01",
    "window_end": "2025-12-31",
}


def decisions(**more: Any) -> dict[str, Any]:
    return {
        "gss_code": "E1", "council_name": "Exampleton", "decided_on": "2025-05-01", "decision_address": "https://d/1",
        "reference": "24-001-001", "is_late": True, "late_stages": "2", "is_action_late": False, "promises": "",
        "address": "https://s/1", "capture_sha256": "a",
    } | more  # fmt: skip


def test_a_collected_decision_stands_beside_those_that_a_person_read() -> None:
    gathered = {
        "source_row": 2, "council_slug": "exampleton", "body_name": "Exampleton", "case_reference": "23-000-001",
        "is_stage2_late": True, "is_action_late": False,
        "stage_as_gathered": "2", "finding_paraphrase": "delay at stage two", "source_url": "https://d/0",
    }  # fmt: skip
    collected = [
        decisions(),
        decisions(reference="23-000-001", decision_address="https://d/0"),
        decisions(reference="24-001-002", is_late=False, decision_address="https://d/2"),
        decisions(reference="24-001-003", is_late=None, decision_address="https://d/3"),
    ]
    found = result(
        "marts.stage2_decisions",
        {
            "staging.stage2_decisions": [gathered],
            "core.council_names": NAMES,
            "core.decisions": collected,
        },
    )
    assert columns(found, "source_row", "case_reference", "is_stage2_late", "year_of_decision_or_case") == [
        (2, "23-000-001", True, None),
        (None, "24-001-001", True, 2025),
    ]


@pytest.mark.parametrize(
    ("stages", "actions", "late_by", "said"),
    [
        ("2", False, None, "delay at stage 2"),
        ("1 2", False, None, "delay at stage 1 and 2"),
        ("2", False, "8 months", "delay at stage 2: 8 months"),
        ("", True, None, "agreed actions late"),
        ("", False, None, "delay in the statutory procedure"),
    ],
)
def test_what_was_found_is_said_in_our_words(stages: str, actions: bool, late_by: str | None, said: str) -> None:
    one = decisions(late_stages=stages, is_action_late=actions, late_by=late_by)
    found = result("marts.stage2_decisions", {"core.decisions": [one]})
    assert columns(found, "finding_paraphrase") == [(said,)]


@pytest.mark.parametrize(
    ("total", "is_late", "is_whole"), [("1", "true", True), ("2", "true", False), ("1", None, False)]
)
def test_dates_are_whole_when_every_decision_was_read_with_its_summary(
    total: str, is_late: str | None, is_whole: bool
) -> None:
    page = SEARCH | {"address": "https://s/1", "page": "1", "total": total}
    read = {
        "source_row": 1, "capture_sha256": "a", "captured_at": "2026-01-02", "address": "https://s/1",
        "reference": "24-001-001", "is_late": is_late,
    }  # fmt: skip
    found = result(
        "core.decision_windows",
        {
            "raw.captured_searches": [page],
            "raw.captured_decisions": [read],
            "core.council_names": NAMES,
        },
    )
    assert columns(found, "gss_code", "is_whole") == [("E1", is_whole)]


@pytest.mark.parametrize(
    ("known_on", "read_on", "is_whole"),
    [
        (None, None, True),
        ("2024-12-31", None, True),
        ("2025-05-01", None, False),
        (None, "2025-05-01", False),
    ],
)
def test_dates_without_decisions_are_whole_unless_we_know_of_one(
    known_on: str | None, read_on: str | None, is_whole: bool
) -> None:
    found = result(
        "core.decision_windows",
        {
            "raw.captured_searches": [SEARCH | {"address": "https://s/1", "page": "1", "total": "0"}],
            "staging.stage2_decisions": [{"council_slug": "exampleton", "decision_date": known_on}],
            "core.decisions": [decisions(decided_on=read_on)] if read_on else [],
            "core.council_names": NAMES,
        },
    )
    assert columns(found, "gss_code", "total", "is_whole") == [("E1", 0, is_whole)]


def test_whole_dates_have_their_late_decisions_and_their_children() -> None:
    windows = [
        {"gss_code": code, "window_start": "2025-01-01", "window_end": "2025-12-31", "total": 3, "decisions_read": 3,
         "is_whole": whole}
        for code, whole in (("E1", True), ("E2", False), ("E3", True))
    ]  # fmt: skip
    found = result(
        "marts.stage2_windows",
        {
            "core.decision_windows": windows,
            "core.decisions": [
                decisions(),
                decisions(reference="b", decided_on="2024-12-31"),
                decisions(reference="c", late_stages="3"),
            ],
            "core.children": [{"gss_code": "E1", "year": 2021, "children": 200}],
        },
    )
    assert columns(found, "gss_code", "stage2_late", "children") == [("E1", 1, 200), ("E3", 0, None)]


def test_children_are_their_share_of_the_residents_of_the_same_year() -> None:
    shares = table(
        """
        gss_code | characteristic | year | value | as_published
        E1       | pct_aged_0_17  | 2021 | 20    | 20
        E1       | median_age     | 2021 | 40    | 40
        E2       | pct_aged_0_17  | 2021 | 25    | 25
        """
    )
    residents = table(
        """
        gss_code | year | first_release_population
        E1       | 2021 | 1001
        E1       | 2024 | 2000
        E2       | 2024 | 2000
        """
    )
    found = result("core.children", {"staging.characteristics": shares, "core.populations": residents})
    assert columns(found, "gss_code", "year", "children") == [("E1", 2021, 200)]
