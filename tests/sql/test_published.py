"""What is said of a council is of that council, beside the group that is named, and of nobody else."""

from typing import Any

from statsmodels.stats.multitest import multipletests

from tests.sql.harness import Rows, asked, columns, result, table

YEAR = {"period_start": "2024-04-01", "period_end": "2025-03-31", "period_label": "2024-25"}
US, THEM = "X99999901", "X99999902"
COUNCILS = table(
    """
    gss_code  | nice_name | lgsco_type
    X99999901 | Ours      | county
    X99999902 | Theirs    | county
    X99999903 | Third     | county
    """
)
GROUPS = table("comparator_group | title\nlgsco_type | Same type\nregion | Same region")
BY_GROUP: dict[str, Rows] = {
    "core.councils": COUNCILS,
    "core.comparator_groups": GROUPS,
    "marts.verdicts": table(
        """
        indicator | gss_code  | comparator_group | verdict
        upheld    | X99999901 | lgsco_type       | worse
        upheld    | X99999901 | region           | better
        upheld    | X99999902 | lgsco_type       | better
        """,
        **YEAR,
    ),
    "marts.rankings": table(
        """
        indicator | gss_code  | comparator_group | rank_lower | gate
        upheld    | X99999901 | lgsco_type       | 9          | ranks
        upheld    | X99999901 | region           | 1          | ranks
        """,
        **YEAR,
    ),
    "marts.best_performers": table(
        """
        indicator | gss_code  | comparator_group | benchmark
        upheld    | X99999901 | lgsco_type       | 60
        upheld    | X99999901 | region           | 70
        """,
        **YEAR,
    ),
}


def standings(comparisons: Rows | None = None) -> Rows:
    return result("published.standings", BY_GROUP | {"marts.comparisons": comparisons or []})


def test_nothing_is_said_of_an_average_that_is_not_typical_and_the_rank_stays() -> None:
    unfair = table(
        "indicator | gss_code | comparator_group | result_reason\nupheld | X99999901 | lgsco_type | sample not fair",
        **YEAR,
    )
    rows = [row for row in standings(unfair) if row["gss_code"] == US]
    assert columns(rows, "verdict", "verdict_reason", "rank_lower") == [
        (None, "sample not fair", 9),
        ("better", None, 1),
    ]


def test_why_there_is_no_verdict_or_rank_is_said() -> None:
    given = {
        **BY_GROUP,
        "marts.verdicts": table(
            "indicator | gss_code | comparator_group | reason\nupheld | X99999903 | region | missing", **YEAR
        ),
    }
    (row,) = result("published.standings", given)
    assert (row["verdict_reason"], row["rank_reason"]) == ("missing", "missing")


def test_a_difference_is_clear_among_all_that_were_tested_as_in_statsmodels() -> None:
    p_values = [0.001, 0.2, 0.03, 0.03, 0.9, 0.0004, 0.009]
    tested = [
        {"indicator": f"of {code} {place}", "gss_code": code, "comparator_group": group, "polarity": "lower"}
        | {"p_value": p_value, **YEAR}
        for code, group, family in (
            (US, "region", p_values),
            (US, "lgsco_type", p_values[:3]),
            (THEM, "region", p_values[4:]),
        )
        for place, p_value in enumerate(family)
    ]
    untested = tested[0] | {"indicator": "undirected", "polarity": "none"}
    without = tested[1] | {"indicator": "without", "p_value": None}
    rows = result("published.standings", BY_GROUP | {"marts.verdicts": [*tested, untested, without]})
    for code, group in {(row["gss_code"], row["comparator_group"]) for row in tested}:
        own = [row for row in rows if (row["gss_code"], row["comparator_group"]) == (code, group)]
        judged = [row for row in own if row["tested"] is not None]
        expected, *_ = multipletests([row["p_value"] for row in judged], 0.05, "fdr_by")
        assert [row["is_clear_among_all_tested"] for row in judged] == list(expected)
        assert {row["tested"] for row in judged} == {len(judged)}
        assert {row["indicator"] for row in own if row not in judged} <= {"undirected", "without"}


def test_standings_are_of_the_council_that_is_asked_about() -> None:
    assert {row["gss_code"] for row in asked("standings", BY_GROUP, council=US)} == {US}


def test_whom_to_learn_from_is_for_the_council_that_is_asked_about() -> None:
    given: dict[str, Rows] = {
        "core.councils": COUNCILS,
        "marts.learn_from": table(
            """
            indicator | gss_code  | comparator_group | peer_gss_code | learn_order
            upheld    | X99999901 | lgsco_type       | X99999902     | 1
            upheld    | X99999902 | lgsco_type       | X99999903     | 1
            """,
            **YEAR,
        ),
        "marts.practices": table(
            """
            source_row | gss_code  | theme
            2          | X99999902 | tracking
            3          | X99999903 | guidance
            """
        ),
    }
    rows = asked("learn_from", given, council=US)
    assert columns(rows, "nice_name", "theme") == [("Theirs", "tracking")]


# a row of each table that is read for one council, which asks for no other's
OF_ONE_COUNCIL: dict[str, tuple[str, dict[str, Any]]] = {
    "changes": ("marts.yearly_changes", {}),
    "comparisons": ("marts.comparisons", {}),
    "ledger": ("marts.denominator_ledger", {}),
    "plan_actions": ("marts.plan_progress", {}),
    "plan_targets": ("marts.target_outlook", {}),
    "plan_resolutions": ("marts.resolution_progress", {}),
    "replies": ("marts.replies", {}),
    "trends": ("marts.peer_trends", {}),
    "partners": ("marts.partner_waits", {"stage": "2"}),
    "waited_on": ("marts.waiting_on", {"stage": "2"}),
    "people": ("staging.register_resources", {"month_start": "2026-01-01"}),
    "own_capacity": ("marts.stage_capacity", {}),
    "own_steps": ("marts.stage_step_times", {"stage": "2", "timeliness": "all"}),
}


def test_what_is_asked_of_one_council_is_answered_of_it_alone() -> None:
    for name, (relation, its) in OF_ONE_COUNCIL.items():
        rows = asked(name, {relation: [{"gss_code": code, **its} for code in (US, THEM)]}, council=US)
        assert [row["gss_code"] for row in rows] == [US], name
