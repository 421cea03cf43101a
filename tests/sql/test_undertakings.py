"""Plans, resolutions and replies on a few typed-in rows."""

import pytest

from tests.sql.harness import Rows, columns, result, table

PLAN = {"gss_code": "X99999901", "as_at": "2026-09-30", "is_illustrative": True}


def states(drawn: str) -> list[tuple[object, ...]]:
    rows = result("core.action_states", {"staging.plan_actions": table(drawn, **PLAN)})
    return columns(rows, "action_id", "state", "days_late", "is_start_overdue")


def test_an_action_is_judged_as_at_the_day_that_its_plan_states() -> None:
    assert states(
        """
        action_id | status      | start_date | due_date   | finished_date
        A         | in_progress | 2026-01-01 | 2026-09-30 |
        B         | in_progress | 2026-01-01 | 2026-09-29 |
        C         | blocked     | 2026-01-01 | 2026-10-01 |
        D         | blocked     | 2026-01-01 | 2026-09-20 |
        E         | done        | 2026-01-01 | 2026-06-30 | 2026-06-30
        F         | done        | 2026-01-01 | 2026-06-30 | 2026-07-10
        G         | not_started | 2026-10-01 | 2026-12-31 |
        H         | not_started | 2026-09-01 | 2026-12-31 |
        """
    ) == [
        ("A", "on_time", 0, False),
        ("B", "late", 1, False),
        ("C", "blocked", 0, False),
        ("D", "late", 10, False),
        ("E", "done", 0, False),
        ("F", "done_late", 10, False),
        ("G", "not_started", 0, False),
        ("H", "not_started", 0, True),
    ]


def test_a_resolution_is_kept_by_being_reported_in_time() -> None:
    rows = result(
        "marts.resolution_progress",
        {
            "staging.plan_resolutions": table(
                """
                resolution_id | kind       | made_date  | due_date   | hearing_date | reported_date
                R1            | resolution | 2026-03-01 | 2026-06-01 | 2026-07-01   | 2026-06-01
                R2            | resolution | 2026-03-01 | 2026-06-01 | 2026-07-01   | 2026-07-01
                R3            | promise    | 2026-03-01 |            | 2026-09-01   |
                R4            | promise    | 2026-03-01 | 2026-12-01 |              |
                R5            | promise    | 2026-03-01 |            |              |
                """,
                **PLAN,
            )
        },
    )
    assert columns(rows, "resolution_id", "state", "days_late") == [
        ("R1", "reported", 0),
        ("R2", "reported_late", 30),
        ("R3", "overdue", 29),
        ("R4", "not_yet_due", 0),
        ("R5", "no_date", None),
    ]


@pytest.mark.parametrize(
    ("about", "is_current"), [("23 of 26, printed 88", True), ("24 of 26, printed 88", False), ("", False)]
)
def test_a_reply_says_whether_its_figure_is_still_the_one_replied_to(about: str, is_current: bool) -> None:
    rows = result(
        "marts.replies",
        {
            "staging.replies": [
                {"gss_code": "X99999901", "reply_id": "a", "indicator": "upheld", "period_label": "2023-24"}
                | {"about_value": about}
            ],
            "marts.indicator_values": table(
                """
                indicator | gss_code  | period_label | is_financial_year | numerator | denominator | printed_text
                upheld    | X99999901 | 2023-24      | true              | 23        | 26          | 88
                upheld    | X99999902 | 2023-24      | true              | 1         | 2           | 50
                """
            ),
        },
    )
    assert columns(rows, "reply_id", "denominator", "is_about_current_figure") == [("a", 26, is_current)]


def test_a_reply_to_a_figure_that_is_no_longer_held_says_so() -> None:
    given: dict[str, Rows] = {"staging.replies": table("gss_code | reply_id\nX99999901 | a")}
    assert columns(result("marts.replies", given), "value", "is_about_current_figure") == [(None, False)]


def quarters(timeliness: str = "", escalation: str = "") -> Rows:
    common = {"gss_code": "X99999901", "service": "all", "period_kind": "quarter", "as_at": "2026-09-30"}
    given = {
        "staging.plan_measures": table(
            """
            measure   | counted   | procedure          | stage
            in_time   | due       | children_statutory | 2
            escalated | escalated | children_statutory | 1
            uphold    | year      | all                | all
            """
        )
    }
    if timeliness:
        clock = {
            "counted_on": "due",
            "is_declared": True,
            "clock_start": "request",
            "clock_end": "adjudication",
        }
        clock |= {"procedure": "children_statutory", "stage": "2", "limit_working_days": 65}
        given["marts.stage_timeliness"] = table(timeliness, **common, **clock)
    if escalation:
        given["marts.escalation"] = table(escalation, **common, procedure="children_statutory")
    return result("marts.measure_quarters", given)


def test_a_quarter_that_the_register_does_not_cover_is_left_out() -> None:
    rows = quarters(
        """
        period_start | period_end | in_time | case_stages | is_whole_period | source
        2026-04-01   | 2026-06-30 | 2       | 6           | true            | case register
        2026-07-01   | 2026-09-30 | 1       | 2           | false           | case register
        """
    )
    assert columns(rows, "measure", "cases", "of_cases", "series") == [
        ("in_time", 2, 6, "request to adjudication, 65 working days, case register")
    ]


def test_a_register_stands_before_the_figures_that_the_council_reported() -> None:
    rows = quarters(
        """
        period_start | period_end | in_time | case_stages | is_whole_period | source
        2026-04-01   | 2026-06-30 | 2       | 6           | true            | case register
        2026-04-01   | 2026-06-30 | 3       | 5           | true            | Report to the panel
        """
    )
    assert columns(rows, "cases", "of_cases") == [(2, 6)]


def test_a_quarter_from_which_cases_may_still_go_on_is_not_over() -> None:
    rows = quarters(
        escalation="""
        period_start | period_end | escalated | closed | may_still_escalate
        2026-04-01   | 2026-06-30 | 4         | 20     | 0
        2026-07-01   | 2026-09-30 | 1         | 25     | 9
        """
    )
    assert columns(rows, "measure", "cases", "of_cases") == [("escalated", 4, 20)]
