"""Each SELECT counts a row only where every condition holds: copies that differ in one column are not counted.

A case names the columns after a row: `stage` stands for another stage, `value?` for none and `kind=compliment` for that
one, with + for a blank; `!` leaves the row itself out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from tests.sql.harness import Rows, asked, columns, contract_of, result

US, THEM, THIRD = "X99999901", "X99999902", "X99999903"
START, END = "2024-04-01", "2025-03-31"
PERIOD = {"period_start": START, "period_end": END, "period_label": "2024-25"}
BEFORE = {"period_start": "2023-04-01", "period_end": "2024-03-31", "period_label": "2023-24"}
KEY = "indicator gss_code period_start period_end"
GROUP = f"{KEY} comparator_group"
OURS = {"gss_code": US, "nice_name": "Ours", "lgsco_type": "county"}
THEIRS = {"gss_code": THEM, "nice_name": "Theirs", "lgsco_type": "county"}
INDICATOR = {"indicator": "upheld", "family": "ombudsman", "kind": "proportion", "per": 100, "polarity": "lower"} | {
    "procedure": "all", "stage": "all", "scope": "all", "numerator_measure": "upheld", "report_order": 1,
    "denominator_measure": "investigated",
}  # fmt: skip
FIGURE = {"indicator": "upheld", "gss_code": US, **PERIOD, "is_financial_year": True, "is_after_abolition": False} | {
    "numerator": 8, "denominator": 10, "value": 80.0, "unit": "percent", "numerator_basis": "printed",
}  # fmt: skip
OF_FIGURE = {name: FIGURE[name] for name in KEY.split()}
OF_GROUP = OF_FIGURE | {"comparator_group": "region"}
GROUPS = [({"comparator_group": "lgsco_type"}, ""), ({"comparator_group": "region", "title": "Region"}, "")]
SEGMENT = (
    {"indicator": "upheld", **PERIOD, "what_changed": "counted anew", "segment": START},
    "indicator period_start period_end",
)
STAGE = {"gss_code": US, "procedure": "children_statutory", "stage": "2", "service": "all", **PERIOD} | {
    "period_kind": "rolling_12_months", "counted_on": "due", "clock_start": "request", "clock_end": "adjudication",
    "allowance": "maximum", "is_declared": True, "limit_working_days": 65, "case_stages": 20, "in_time": 7, "late": 2,
    "overdue": 1, "withdrawn_late": 1, "in_time_pct": 35.0, "as_at": END, "source": "case register",
}  # fmt: skip
UNDECLARED = STAGE | {"allowance": "limit", "is_declared": False}
VOLUME = {name: STAGE[name] for name in ("gss_code", "procedure", "stage", "service", "as_at", "source")} | {
    **PERIOD, "period_kind": "rolling_12_months", "kind": "complaint", "received": 40, "is_whole_period": True,
}  # fmt: skip
ESCALATION = {"gss_code": US, "procedure": "children_statutory", "service": "all", **PERIOD} | {
    "period_kind": "financial_year", "closed": 30, "escalated": 3, "as_at": END,
}  # fmt: skip
FACT = {"gss_code": US, "period_start": START, "period_end": END, "measure": "upheld"} | {
    "procedure": "all", "stage": "all", "scope": "all", "limit_days": 0,
}  # fmt: skip
OF_FACT = "gss_code period_start period_end measure procedure stage scope limit_days"
WITNESS = FACT | {"source": "pages", "source_row": 2, "address": "page"}
PAIR = {"comparator_group": "lgsco_type", "gss_code": US, "comparator_gss_code": THEM}
BACK = PAIR | {"gss_code": THEM, "comparator_gss_code": US}
OF_TYPE = OF_FIGURE | {"comparator_group": "lgsco_type"}
LEDGER = {"gss_code": US, **PERIOD, "comparator_group": "lgsco_type", "upheld": 8, "residents": 500}
TREND = {
    "indicator": "upheld",
    "gss_code": THEM,
    "comparator_group": "lgsco_type",
    "trend": "improving",
    "slope": -2,
}
LEFT_OUT = {"gss_code": US, "procedure": "children_statutory", "stage": "2", "is_declared": True, **PERIOD} | {
    "period_kind": "rolling_12_months", "clock_start": "request", "clock_end": "adjudication", "left_out": 1,
    "as_at": END,
}  # fmt: skip
SERVICE = {
    "gss_code": US,
    "service": "waste",
    "period_kind": "financial_year",
    **PERIOD,
    "complaints": 50,
    "as_at": END,
}
CLOCK = {"gss_code": US, "procedure": "corporate", "stage": "2", "is_declared": True, "as_at": END} | {
    "completed_date": "2022-03-31", "elapsed_working_days": 30,
}  # fmt: skip
RECEIVED = {"gss_code": US, "period_start": START, "period_end": END, "measure": "upheld", "received": 5}
COVERAGE = {"indicator": "upheld", **PERIOD, "lgsco_type": "county", "councils": 9, "councils_with_data": 3}
CHART = {"gss_code": US, "procedure": "corporate", "stage": "2", "measure": "received", "cases": 8} | {
    "month_start": "2025-03-01", "as_at": END,
}  # fmt: skip
WINDOW = {"gss_code": US, "window_start": START, "window_end": END, "children": 3}
ANSWER = {
    "gss_code": US,
    "comparator_group": "lgsco_type",
    "year": "",
    "section": 1,
    "place": 1,
    "sentence": "First.",
}
REPORTED = {"gss_code": US, "procedure": "corporate", "stage": "2", "service": "all", "indicator": "target_pct"} | {
    "period_start": START, "period_end": END, "value": 80, "as_at": END,
}  # fmt: skip
PLANNED = {
    "measure": "in_time",
    "procedure": "corporate",
    "stage": "2",
    "counted": "due",
    "polarity": "higher",
}
PUBLISHED = {"source": "peer_indicators", "gss_code": THEM, "body_name": "Theirs", **PERIOD, "as_printed": "88"} | {
    "procedure": "corporate", "stage": "2", "measure": "complaints_in_time_pct",
}  # fmt: skip
ELSEWHERE = {
    "origin": "published report",
    "body_name": "Theirs",
    "gss_code": THEM,
    "procedure": "corporate",
    **PERIOD,
}
EXTRACT = {"gss_code": US, "extract_id": "a", "as_at": END, "register_table": "case_stages"} | {
    "rows_read": 9, "rows_accepted": 7, "rows_quarantined": 2,
}  # fmt: skip
BROKEN = {"gss_code": US, "extract_id": "a", "register_table": "case_stages"} | {
    "rule": "after", "severity": "block",
}  # fmt: skip
AT_ONCE = {"council": US, "period_start": START, "period_end": END}


def ends(row: dict[str, Any], *days: str) -> list[tuple[dict[str, Any], str]]:
    """The row in periods that end on these days, each known on its last."""
    return [(row | {"period_end": day, "as_at": day, "period_label": day}, "") for day in days]


@dataclass(frozen=True)
class Case:
    """A query about something, the rows that it reads with the columns in which copies differ, and what it gives."""

    query: str
    given: dict[str, list[tuple[dict[str, Any], str]]]
    columns: str
    expected: list[tuple[Any, ...]]
    about: dict[str, Any] = field(default_factory=lambda: {"council": US})


CASES = [
    Case(
        "own_return",
        {
            "marts.stage_timeliness": [
                (STAGE, "gss_code period_start period_end service source"),
                (UNDECLARED, "clock_start clock_end allowance=agreed counted_on=received"),
                (
                    STAGE | {"counted_on": "closed", "median_working_days": 30.26},
                    "gss_code procedure stage period_start period_end period_kind clock_start clock_end allowance"
                    " limit_working_days service source",
                ),
            ],
            "marts.stage_volumes": [
                (
                    VOLUME,
                    "gss_code procedure stage period_start period_end period_kind service kind=compliment source",
                )
            ],
        },
        "stage fell_due completed_in_time still_open received median_working_days",
        [("2", 11, 7, 1, 40, None), ("2", 11, 7, 1, 40, 30.3)],
        AT_ONCE,
    ),
    *(
        Case(
            "own_return",
            {
                "marts.stage_timeliness": [
                    (STAGE | one | {"clock_end": "response"}, ""),
                    (UNDECLARED | one, "! clock_end=adjudication"),
                    # where two readings are declared, the definition changed within the period
                    (STAGE | {"procedure": "adult_statutory", "clock_end": "response"}, "allowance"),
                ]
            },
            "procedure stage",
            [(one.get("procedure", "children_statutory"), one.get("stage", "2"))],
            AT_ONCE,
        )
        for one in ({"stage": "1"}, {"procedure": "corporate"})
    ),
    *(
        Case(
            "own_figures",
            {
                "marts.stage_timeliness": [
                    (
                        STAGE,
                        "gss_code procedure stage service is_declared counted_on=closed period_kind as_at=2025-03-30"
                        " in_time?",
                    )
                ],
                "marts.escalation": [(ESCALATION, "gss_code procedure service period_kind as_at=2025-03-30")],
            },
            "period_label cases of_cases",
            [("2024-25", *cases)],
            {"council": US, "counted": counted, "procedure": "children_statutory", "stage": "2"},
        )
        for counted, cases in (("due", (7, 20)), ("escalated", (3, 30)))
    ),
    Case(
        "own_timeliness",
        {
            "marts.stage_timeliness": [
                (
                    STAGE,
                    "gss_code service is_declared stage=1 counted_on=received period_kind=quarter"
                    " period_kind=financial_year as_at=2025-03-30 source",
                ),
                (STAGE | {"counted_on": "closed"}, ""),
                # reported by the council itself, for a year of which no register says it
                (STAGE | {"source": "reported", "period_kind": "financial_year", **BEFORE}, ""),
                # twelve months that overlap those to March would tell the quarter in which they differ
                *ends(STAGE, *(f"20{year}-03-31" for year in range(16, 24)), "2024-12-31", "2022-06-30"),
            ],
            "raw.clock_readings": [
                (
                    {"gss_code": US, "procedure": "children_statutory", "stage": "2"},
                    "! gss_code procedure stage",
                )
            ],
        },
        "period_label counted_on source has_declared_clock",
        [("2024-25", "due", "case register", False), ("2024-25", "closed", "case register", False)]
        + [("2023-24", "due", "reported", False)]
        + [(f"20{year}-03-31", "due", "case register", False) for year in range(23, 17, -1)],
    ),
    Case(
        "own_quarters",
        {
            "marts.stage_timeliness": [
                (
                    STAGE | {"period_kind": "quarter", "case_stages": 5, "in_time": 2},
                    "gss_code service is_declared counted_on=closed period_kind as_at=2025-03-30 source",
                ),
                # another limit of the same quarter
                (
                    STAGE | {"period_kind": "quarter", "limit_working_days": 25, "case_stages": 0, "in_time": 0}
                    | {"as_at": "2025-06-30"},
                    "",
                ),
                *ends(
                    STAGE | {"period_kind": "quarter"}, *(f"20{year}-03-31" for year in range(16, 25))
                ),
            ]
        },
        "period_label in_time judged in_time_pct as_at",
        [("2024-25", 2, 5, 40.0, date(2025, 6, 30))]
        + [(f"20{year}-03-31", 7, 20, 35.0, date(2000 + year, 3, 31)) for year in range(24, 17, -1)],
    ),
    Case(
        "own_incidence",
        {
            "marts.stage_incidence": [
                (
                    {name: STAGE[name] for name in STAGE if name in contract_of("marts.stage_incidence").columns}
                    | {"completed_by_limit_pct": 35.0},
                    "gss_code is_declared stage=1 period_kind=quarter as_at=2025-03-30",
                ),
                *(
                    ({"gss_code": US, "procedure": "children_statutory", "stage": "2", "is_declared": True}
                     | {"period_kind": "rolling_12_months", "period_label": day, "period_end": day, "as_at": day}, "")
                    for day in (f"20{year}-03-31" for year in range(20, 25))
                ),
            ]
        },
        "period_label completed_by_limit",
        [("2024-25", 7)] + [(f"20{year}-03-31", None) for year in (24, 23, 22)],
    ),
    Case(
        "own_extracts",
        {
            "staging.register_extracts": [
                (EXTRACT, "gss_code register_table=peer_return"),
                (EXTRACT | {"extract_id": "b", "as_at": START, "rows_quarantined": 0}, ""),
            ],
            "staging.register_problems": [
                (BROKEN, "gss_code extract_id=c register_table severity=warn"),
                (BROKEN | {"rule": "before"}, ""),
            ],
        },
        "as_at rows_read rows_accepted rows_quarantined rules",
        [
            (date.fromisoformat(END), 9, 7, 2, ["after", "before"]),
            (date.fromisoformat(START), 9, 7, 0, []),
        ],
    ),
    Case(
        "timeliness",
        {
            "marts.stage_timeliness": [
                (
                    STAGE,
                    "gss_code service is_declared stage=single counted_on=closed period_kind limit_working_days?"
                    " as_at=2025-03-30",
                ),
                (STAGE | {"stage": "1"}, ""),
                (
                    STAGE | {"counted_on": "closed", "without_limit": 7},
                    "gss_code procedure stage=single service is_declared period_kind period_start period_end"
                    " clock_start clock_end allowance source",
                ),
                *ends(STAGE, "2024-06-30", "2024-03-31"),
            ]
        },
        "stage period_label judged closed_without_limit",
        [("2", "2024-25", 20, 7), ("2", "2024-03-31", 20, None), ("1", "2024-25", 20, None)],
    ),
    Case(
        "volumes",
        {
            "marts.stage_volumes": [
                (
                    VOLUME,
                    "gss_code service kind=compliment stage=single period_kind is_whole_period received?"
                    " as_at=2025-03-30",
                ),
                (VOLUME | {"stage": "1"}, ""),
                *ends(VOLUME, "2024-06-30", "2024-03-31"),
            ]
        },
        "stage period_label received",
        [("1", "2024-25", 40), ("2", "2024-25", 40), ("2", "2024-03-31", 40)],
    ),
    Case(
        "peer_returns",
        {
            "marts.peer_timeliness": [
                (
                    {name: STAGE[name] for name in ("procedure", "stage", "limit_working_days")}
                    | {"period_start": START, "period_end": END, "gss_code": "X99999999", "fell_due": 9},
                    f"gss_code={US}",
                )
            ],
            "core.gss_codes": [({"any_gss_code": "X99999999", "gss_code": THEM}, "any_gss_code")],
            "core.councils": [(OURS, ""), (THEIRS, "")],
            # of two readings on one definition, the one that the council declared
            "marts.stage_timeliness": [
                (STAGE, "gss_code service counted_on=closed source"),
                (UNDECLARED | {"in_time": 3}, ""),
            ],
        },
        "nice_name judged own_in_time own_judged",
        [("Theirs", 9, 7, 11)],
    ),
    Case(
        "peer_returns",
        {
            "marts.peer_timeliness": [
                (
                    {name: STAGE[name] for name in ("procedure", "stage", "limit_working_days")}
                    | {"period_start": START, "period_end": END, "gss_code": THEM},
                    "",
                ),
                # our own return, but for one column on the same definition
                *(
                    (
                        {name: STAGE[name] for name in ("procedure", "stage", "limit_working_days")}
                        | {"period_start": START, "period_end": END, "gss_code": US, "comparability_grade": "A"}
                        | {"completed_in_time": 5, name: value},
                        "",
                    )
                    for name, value in {
                        "procedure": "corporate",
                        "stage": "1",
                        "period_start": "2023-04-01",
                        "period_end": "2025-06-30",
                        "limit_working_days": 25,
                        "comparability_grade": "B",
                    }.items()
                ),
            ],
            "core.councils": [(THEIRS, "")],
            "marts.stage_timeliness": [
                (STAGE, "! procedure stage period_start period_end allowance=agreed"),
                (UNDECLARED, "! limit_working_days clock_start clock_end=response allowance=agreed"),
            ],
        },
        "nice_name own_in_time",
        [("Theirs", None)],
    ),
    Case(
        "series",
        {
            "marts.indicator_values": [
                (FIGURE, "gss_code is_financial_year"),
                (FIGURE | BEFORE, "! value?"),
            ],
            "core.comparator_groups": GROUPS,
            "marts.comparisons": [(OF_GROUP | {"comparators": 9, "comparators_with_data": 2}, GROUP)],
            "core.segments": [SEGMENT],
        },
        "comparator_group value comparators what_changed",
        [("lgsco_type", 80.0, None, "counted anew"), ("region", 80.0, 9, "counted anew")],
    ),
    *(
        Case(
            "ranked_figure",
            {
                "marts.indicator_values": [
                    (FIGURE, f"gss_code={THEM} period_start is_financial_year is_after_abolition indicator=volume")
                ],
                "core.indicators": [(INDICATOR, ""), (INDICATOR | {"indicator": "volume", "report_order": 2}, "")],
                "core.councils": [(OURS, ""), (THEIRS, "")],
                "core.comparator_groups": GROUPS,
                "core.segments": [SEGMENT],
                "marts.council_rates": [(OF_FIGURE | {"shrunken": 78}, KEY)],
                "marts.comparisons": [(OF_GROUP | {"pooled_value": 70}, GROUP)],
                "marts.verdicts": [(OF_GROUP | {"peers": 9, "verdict": "worse"}, GROUP)],
                "marts.rankings": [(OF_GROUP | {"gate": "ranks", "rank_lower": 3}, GROUP)],
                "marts.best_performers": [(OF_GROUP | {"benchmark": 60}, GROUP)],
                "marts.stress_tests": [(OF_FIGURE | {"comparator_groups": 4}, KEY)],
            },
            "indicator comparator_group what_changed shrunken pooled_value peers rank_lower benchmark"
            " comparator_groups",
            expected,
            {"council": US, "period_start": START, "indicator": indicator, "comparators": group},
        )
        for indicator, group, expected in (
            ("upheld", "region", [("upheld", "region", "counted anew", 78.0, 70.0, 9, 3, 60.0, 4)]),
            ("volume", "region", [("volume", "region", *[None] * 7)]),
            (
                "",
                "",
                [
                    ("upheld", "lgsco_type", "counted anew", 78.0, None, None, None, None, 4),
                    ("upheld", "region", "counted anew", 78.0, 70.0, 9, 3, 60.0, 4),
                    ("volume", "lgsco_type", *[None] * 7),
                    ("volume", "region", *[None] * 7),
                ],
            ),
        )
    ),
    *(
        Case(
            "ranking_rows",
            {
                "core.comparators": [
                    (PAIR, f"comparator_group gss_code={THIRD}"),
                    (BACK, ""),
                    *([] if is_same else [(BACK | {"comparator_gss_code": THIRD}, "")]),
                ],
                "core.councils": [(OURS, ""), (THEIRS, "")],
                "marts.indicator_values": [
                    (
                        FIGURE,
                        "indicator period_start is_financial_year is_after_abolition missing_reason=not+applicable",
                    ),
                    (FIGURE | {"gss_code": THEM, "value": 60}, ""),
                ],
                **{
                    relation: [
                        (OF_TYPE | {name: ours}, "indicator gss_code period_start comparator_group"),
                        (OF_TYPE | {"gss_code": THEM, name: theirs}, ""),
                    ]
                    for relation, name, ours, theirs in (
                        ("marts.verdicts", "verdict", "worse", "better"),
                        ("marts.comparisons", "result", "Worse", "Better"),
                        ("marts.rankings", "rank_lower", 2, 1),
                    )
                },
            },
            "council is_subject value is_same_circle verdict result rank_lower",
            [
                ("Theirs", False, 60.0, is_same, *(("better", "Better", 1) if is_same else [None] * 3)),
                ("Ours", True, 80.0, True, "worse", "Worse", 2),
            ],
            {"council": US, "comparators": "lgsco_type", "indicator": "upheld", "period_start": START},
        )
        for is_same in (True, False)
    ),
    Case(
        "published.standings",
        {
            "core.comparator_groups": GROUPS,
            "core.councils": [(OURS, "")],
            "marts.verdicts": [(OF_GROUP | {"verdict": "worse"}, "")],
            "marts.comparisons": [(OF_GROUP, GROUP)],
            "marts.rankings": [(OF_GROUP | {"rank_lower": 3}, GROUP)],
            "marts.best_performers": [(OF_GROUP | {"benchmark": 60}, GROUP)],
            "marts.stress_tests": [(OF_FIGURE | {"comparator_groups": 4}, KEY)],
        },
        "verdict verdict_reason rank_lower rank_reason benchmark comparator_groups",
        [("worse", None, 3, "missing", 60.0, 4)],
        {},
    ),
    Case(
        "figure_witnesses",
        {
            "core.indicators": [(INDICATOR, "indicator")],
            "core.measures": [({"measure": "upheld", "title": "Upheld"}, "measure")],
            "core.witnesses": [
                (WITNESS, OF_FACT.removesuffix(" limit_days")),
                (WITNESS | {"source_row": 3, "address": "letter", "precedence": 2}, ""),
                (WITNESS | {"source": "press", "address": "press", "precedence": 3}, ""),
            ],
            "core.observations": [(WITNESS, ""), (WITNESS | {"source": "press"}, f"! {OF_FACT}")],
        },
        "address is_used",
        [("page", True), ("letter", False), ("press", False)],
        {"indicator": "upheld", **AT_ONCE},
    ),
    Case(
        "councils_in_year",
        {
            "marts.indicator_values": [
                (FIGURE, "indicator period_start period_end is_after_abolition missing_reason=not+applicable"),
                (FIGURE | {"gss_code": THIRD}, "! value?"),
                (FIGURE | {"gss_code": THEM}, ""),
            ],
            "core.councils": [
                (OURS | {"valid_from": START, "valid_to": END}, "valid_from=2024-04-02 valid_to=2025-03-30"),
                (THEIRS, ""),
                (THEIRS | {"gss_code": THIRD}, ""),
            ],
            "core.comparators": [(PAIR, "gss_code")],
            "marts.rankings": [(OF_TYPE | {"rank_lower": 3}, GROUP)],
        },
        "nice_name is_subject comparator_groups rank_lower",
        [("Ours", True, [], 3), ("Theirs", False, ["lgsco_type"], None)],
        {"council": US, "indicators": ["upheld"], "period_starts": [date(2024, 4, 1)]}
        | {"period_ends": [date(2025, 3, 31)]},
    ),
    Case(
        "compared_figures",
        {
            "marts.indicator_values": [
                (FIGURE, "is_financial_year is_after_abolition missing_reason=not+applicable"),
                (FIGURE | {"gss_code": THEM, "doubt": "odd"}, ""),
                (FIGURE | {"gss_code": THIRD, "numerator": None}, ""),
            ],
            "core.indicators": [(INDICATOR, "indicator")],
            "core.councils": [
                (OURS | {"valid_from": START}, "valid_from=2024-04-02"),
                (THEIRS, ""),
                (THEIRS | {"gss_code": THIRD}, ""),
            ],
            "core.segments": [SEGMENT],
        },
        "gss_code numerator denominator has_part per segment",
        [(code, *said, 100, date(2024, 4, 1)) for code, *said in (
            (US, 8, 10, True), (THEM, None, None, False), (THIRD, None, 10, True))],
        {},
    ),
    Case(
        "measure_years",
        {
            "marts.indicator_values": [(FIGURE, f"gss_code={THEM} value?")],
            "core.segments": [SEGMENT],
            "marts.peer_distances": [(OF_TYPE | {"distance": 0.5}, GROUP)],
            "marts.plans": [({"gss_code": US}, "")],
        },
        "measure cases is_share distance series",
        [("upheld", 8, True, 0.5, START)],
        {},
    ),
    Case(
        "volume",
        {
            "marts.denominator_ledger": [
                (LEDGER, "comparator_group"),
                (LEDGER | BEFORE, ""),
                (LEDGER | {"gss_code": THEM}, "! residents?"),
                (LEDGER | {"gss_code": THEM, "upheld": 5}, "period_start period_end"),
                (LEDGER | {"gss_code": THIRD}, ""),
                (LEDGER | {"period_start": "2026-04-01"}, f"! residents? comparator_group gss_code={THEM}"),
            ],
            "core.comparators": [
                (PAIR, ""),
                (PAIR | {"comparator_gss_code": THIRD}, "! gss_code comparator_group"),
            ],
        },
        "gss_code period_label upheld is_ours",
        [(US, "2024-25", 8, True), (THEM, "2024-25", 5, False)],
        {"council": US, "comparators": "lgsco_type"},
    ),
    Case(
        "improved",
        {
            "marts.peer_trends": [
                (TREND, "comparator_group trend? slope? indicator=volume"),
                (TREND | {"gss_code": THIRD, "slope": -1}, ""),
            ],
            "core.comparators": [
                (PAIR, "comparator_group gss_code"),
                (PAIR | {"comparator_gss_code": THIRD}, ""),
            ],
            "core.councils": [(THEIRS, ""), (THEIRS | {"gss_code": THIRD}, "")],
            "core.indicators": [(INDICATOR, ""), (INDICATOR | {"indicator": "volume", "polarity": "none"}, "")],
        },
        "gss_code gain",
        [(THEM, 2.0), (THIRD, 1.0)],
        {"council": US, "comparators": "lgsco_type"},
    ),
    Case(
        "every_council",
        {
            "core.councils": [(THEIRS, ""), (OURS, ""), (THEIRS | {"gss_code": THIRD}, "! valid_to")],
            "marts.latest_years": [
                ({"gss_code": US, "indicator": "uphold_rate", **PERIOD}, ""),
                ({"gss_code": US, "indicator": "in_time", **PERIOD, "period_label": "2030-31"}, ""),
            ],
            "core.indicators": [
                (INDICATOR | {"indicator": "uphold_rate"}, ""),
                (INDICATOR | {"indicator": "in_time", "family": "complaints"}, ""),
            ],
            "marts.indicator_values": [(FIGURE | {"indicator": "uphold_rate"}, KEY)],
        },
        "nice_name measures newest value",
        [("Ours", 1, "2024-25", 80.0), ("Theirs", 0, None, None)],
        {},
    ),
    Case(
        "newest_figures",
        {
            "marts.indicator_values": [
                (FIGURE, ""),
                (FIGURE | BEFORE, ""),
                (
                    FIGURE | {"gss_code": THEM, "period_end": "2026-03-31", "period_label": "2025-26"},
                    "! is_financial_year value? indicator=in_time",
                ),
            ],
            "core.indicators": [
                (INDICATOR, ""),
                (INDICATOR | {"indicator": "in_time", "family": "complaints"}, ""),
            ],
        },
        "period_label councils",
        [("2024-25", 1)],
        {},
    ),
    Case(
        "doubted",
        {
            "core.doubts": [
                (WITNESS | {"is_vouched": True, "reason": "vouched"}, ""),
                (WITNESS | {"is_vouched": False, "reason": "open"}, ""),
            ],
            "core.councils": [(OURS, ""), (THEIRS, "")],
            "core.measures": [({"measure": "upheld", "title": "Upheld"}, "measure")],
        },
        "reason title",
        [("open", "Upheld"), ("vouched", "Upheld")],
        {},
    ),
    Case(
        "own_escalation",
        {
            "marts.escalation": [
                (ESCALATION, "gss_code service period_kind=quarter as_at=2025-03-30"),
                *ends(ESCALATION, *(f"20{year}-03-31" for year in range(20, 25))),
            ]
        },
        "period_label closed",
        [("2024-25", 30)] + [(f"20{year}-03-31", 30) for year in (24, 23, 22)],
    ),
    Case(
        "own_leave_out",
        {
            "marts.leave_out": [
                (LEFT_OUT, "gss_code is_declared stage=1 period_kind=quarter as_at=2025-03-30"),
                (LEFT_OUT | {"clock_start": "plan", "left_out": 2}, ""),
                (LEFT_OUT | {"clock_end": "report"}, ""),
                *ends(LEFT_OUT, "2024-03-31"),
            ]
        },
        "clock_start clock_end left_out",
        [("request", "adjudication", 1), ("request", "report", 1), ("plan", "adjudication", 2)],
    ),
    Case(
        "own_services",
        {
            "marts.services": [
                (SERVICE, "gss_code period_kind=quarter as_at=2025-03-30"),
                (SERVICE | {"service": "all"}, ""),
                (SERVICE | {"service": "highways", "complaints": 90}, ""),
                *ends(SERVICE, "2024-03-31"),
            ]
        },
        "service complaints",
        [("highways", 90), ("waste", 50), ("all", 50)],
    ),
    Case(
        "case_days",
        {
            "core.case_clocks": [
                (CLOCK, "gss_code stage=1 is_declared completed_date=2022-03-30 elapsed_working_days?"),
                (CLOCK | {"completed_date": "2024-03-31"}, "completed_date=2025-04-01"),
                (CLOCK | {"completed_date": END}, ""),
            ]
        },
        "elapsed_working_days is_of_last_year",
        [(30, False), (30, False), (30, True)],
    ),
    Case(
        "received",
        {
            "marts.received_by_service": [
                (RECEIVED, "gss_code=X99999904"),
                (RECEIVED | {"gss_code": THEM, "period_start": "2027-04-01"}, ""),
                (RECEIVED | {"measure": "in_time", "received": 9}, ""),
                (RECEIVED | {"period_start": "2020-04-01"}, ""),
                (RECEIVED | {"gss_code": THEM, "received": 20}, "period_start"),
                (RECEIVED | {"gss_code": THEM, "measure": "late", "received": 7}, ""),
                (RECEIVED | {"gss_code": THIRD}, ""),
            ],
            "core.comparators": [
                (PAIR, ""),
                (PAIR | {"comparator_gss_code": THIRD}, "! gss_code comparator_group"),
            ],
            "core.measures": [
                ({"measure": "upheld", "title": "Received: Waste"}, "measure"),
                ({"measure": "in_time", "title": "Received: Roads"}, ""),
            ],
        },
        "service received others_received others_all",
        [("Roads", 9, 0, 27), ("Waste", 5, 20, 27)],
        {"council": US, "comparators": "lgsco_type"},
    ),
    Case(
        "provenance",
        {
            "core.indicators": [(INDICATOR, "")],
            "core.observations": [
                (WITNESS | {"measure": "investigated"}, ""),
                (WITNESS, "gss_code procedure stage scope"),
                (WITNESS | {"measure": "neither"}, ""),
                (WITNESS | BEFORE, ""),
            ],
            "core.measures": [({"measure": name, "title": name}, "") for name in ("upheld", "investigated", "neither")],
        },
        "period_start title",
        [(date(2023, 4, 1), "upheld"), (date(2024, 4, 1), "upheld"), (date(2024, 4, 1), "investigated")],
    ),
    Case(
        "windows",
        {
            "marts.stage2_windows": [
                (WINDOW, ""),
                (WINDOW | {"window_start": "2024-10-01"}, ""),
                (WINDOW | {"window_end": "2024-12-31"}, ""),
                (WINDOW | {"gss_code": THEM, "children": 4}, "window_start window_end"),
                (WINDOW | {"gss_code": THIRD, "window_end": "2026-03-31"}, ""),
                (WINDOW | {"gss_code": THIRD}, ""),
            ],
            "core.comparators": [
                (PAIR, ""),
                (PAIR | {"comparator_gss_code": THIRD}, "! gss_code comparator_group"),
            ],
        },
        "gss_code is_ours children",
        [(US, True, 3), (THEM, False, 4)],
        {"council": US, "comparators": "lgsco_type"},
    ),
    Case(
        "ranking_years",
        {
            "marts.indicator_values": [
                (FIGURE, ""),
                (FIGURE | BEFORE | {"gss_code": THEM}, ""),
                (
                    FIGURE | {"period_label": "odd", "period_start": "2010-04-01"},
                    "! indicator is_financial_year is_after_abolition value?",
                ),
            ]
        },
        "period_label has_figure",
        [("2024-25", True), ("2023-24", False)],
        {"council": US, "indicator": "upheld"},
    ),
    Case(
        "figure_now",
        {
            "marts.indicator_values": [
                (FIGURE, "indicator gss_code period_label is_financial_year"),
                (FIGURE | {"value": None}, "! numerator"),
            ]
        },
        "about_value",
        [("8 of 10",)],
        {"council": US, "indicator": "upheld", "period": "2024-25"},
    ),
    Case(
        "figures_held",
        {
            "marts.indicator_values": [
                (FIGURE, "indicator gss_code is_financial_year value?"),
                (FIGURE | BEFORE | {"value": None, "printed_text": "80%"}, ""),
            ]
        },
        "period_label",
        [("2023-24",), ("2024-25",)],
        {"council": US, "indicator": "upheld"},
    ),
    Case(
        "compared_members",
        {
            "core.comparators": [
                (PAIR | {"comparator_group": "ons_neighbours", "place": 4}, "gss_code comparator_gss_code"),
                (PAIR, ""),
            ],
            "core.comparator_groups": [
                ({"comparator_group": "region"}, ""),
                ({"comparator_group": "own_list", "method": "listed"}, ""),
            ],
            "core.councils": [(OURS, "")],
        },
        "comparator_group gss_code comparator_gss_code likeness",
        [
            ("lgsco_type", US, THEM, 4),
            ("ons_neighbours", US, THEM, 4),
            ("ons_neighbours", US, "another", 1004),
            ("ons_neighbours", "another", THEM, 1004),
            ("region", US, None, None),
        ],
        {},
    ),
    Case(
        "answers",
        {
            "marts.answers": [
                (ANSWER | {"place": 2, "sentence": "Second."}, ""),
                (ANSWER, "gss_code comparator_group year"),
            ]
        },
        "sentence",
        [("First.",), ("Second.",)],
        {"council": US, "comparators": "lgsco_type", "year": ""},
    ),
    Case(
        "targets",
        {
            "staging.plan_targets": [
                ({"gss_code": US, "target_id": "T1", "measure": "late", "by_date": END, "target_pct": 90}, "")
            ],
            "staging.register_quarterly_indicators": [
                (REPORTED, "service indicator procedure stage"),
                (REPORTED | {"as_at": "2025-06-30", "value": 70}, ""),
                # the plan sets one of this measure itself
                (REPORTED | {"stage": "1", "value": 60}, "gss_code period_end"),
            ],
            "staging.plan_measures": [
                (PLANNED, ""),
                (PLANNED | {"measure": "yearly", "counted": "year"}, ""),
                (PLANNED | {"measure": "late", "stage": "1"}, ""),
            ],
        },
        "gss_code set_by measure target_pct",
        [
            (US, "plan", "late", 90.0),
            (US, "quarterly indicators", "in_time", 70.0),
            (US, "quarterly indicators", "late", 1060.0),
            ("another", "quarterly indicators", "late", 1060.0),
        ],
        {},
    ),
    Case(
        "coverage",
        {
            "marts.coverage": [
                (COVERAGE | BEFORE, ""),
                (COVERAGE, "lgsco_type"),
                (COVERAGE | {"councils_with_data": 0}, ""),
            ],
            "core.indicators": [(INDICATOR, "")],
        },
        "period_label councils_with_data",
        [("2024-25", 3), ("2023-24", 3)],
        {"lgsco_type": "county"},
    ),
    *(
        Case(
            query,
            {
                relation: [(FACT | {"as_printed": "1"} | last, ""), (FACT | {"as_printed": "2"} | first, "")],
                "core.councils": [(THEIRS, ""), (OURS, "")],
                "core.measures": [
                    ({"measure": "received", "title": "Received"}, ""),
                    ({"measure": "upheld", "title": "Upheld"}, ""),
                ],
            },
            "nice_name as_printed title",
            [("Ours", "2", "Upheld"), ("Ours", "1", "Upheld")],
            {},
        )
        for query, relation, last, first in (
            ("disagreements", "quality.disagreements", {"is_used": False}, {"is_used": True}),
            ("restatements", "marts.restatements", {"captured_at": "2025-01-01"}, {"captured_at": "2025-02-01"}),
        )
    ),
    Case(
        "taken_in",
        {
            "quality.taken_in": [
                ({"source": "pages", "source_row": 2, "fate": "used"}, ""),
                ({"source": "pages", "source_row": 3, "fate": "set aside"}, ""),
            ],
            "core.sources": [({"source": "pages", "title": "Pages"}, ""), ({"source": "press", "title": "Press"}, "")],
        },
        "fate title number_of_rows",
        [("used", "Pages", 1), ("set aside", "Pages", 1)],
        {},
    ),
    Case(
        "own_compliments",
        {
            "marts.compliments": [
                ({"gss_code": US, "received_date": START, "extract": "Earlier."}, "gss_code"),
                ({"gss_code": US, "received_date": END, "extract": "Later."}, ""),
            ]
        },
        "extract",
        [("Later.",), ("Earlier.",)],
    ),
    Case(
        "own_open",
        {"marts.open_cases": [(SERVICE | {"service": "all", "stage": "1", "open_stages": 6}, "gss_code service")]},
        "open_stages",
        [(6,)],
    ),
    *(
        Case(
            query,
            {
                "marts.stage_control_charts": [
                    (CHART, "gss_code as_at=2025-03-30"),
                    (CHART | {"month_start": "2023-04-01", "as_at": "2024-04-01"}, ""),
                ]
            },
            "cases as_at",
            expected,
        )
        for query, expected in (
            ("own_charts", [(8, date(2024, 4, 1)), (8, date(2025, 3, 31))]),
            ("own_chart_totals", [(16, date(2025, 3, 31))]),
        )
    ),
    Case(
        "parts",
        {
            "marts.upheld_parts": [
                (LEDGER | BEFORE | {"peers": 1}, ""),
                (LEDGER | {"peers": 2}, "gss_code comparator_group"),
            ]
        },
        "peers",
        [(2,), (1,)],
        {"council": US, "comparators": "lgsco_type"},
    ),
    Case(
        "stage2_elsewhere",
        {
            "marts.stage2_elsewhere": [
                (ELSEWHERE | BEFORE, ""),
                (ELSEWHERE, f"gss_code={US}"),
                (ELSEWHERE | {"origin": "peer return"}, ""),
            ],
            "core.readings": [
                (PUBLISHED | {"measure": "complaints_received", "value": 14}, ""),
                (PUBLISHED | {"measure": "complaints_received", "value": 13}, ""),
                (
                    PUBLISHED | {"measure": "complaints_received"},
                    "! source stage=1 body_name procedure=all period_start period_end",
                ),
            ],
        },
        "origin period_end received",
        [
            ("published report", date(2025, 3, 31), 14),
            ("peer return", date(2025, 3, 31), None),
            ("published report", date(2024, 3, 31), None),
        ],
    ),
]  # fmt: skip


# texts that say something and decide nothing
SAID = dict.fromkeys(("what_changed", "title", "sentence"), "otherwise") | {"segment": "1990-04-01"}


def other(relation: str, name: str, value: Any) -> Any:
    """A value that the column can have, and this row has not."""
    column = contract_of(relation).columns[name]
    if column.allowed:
        return next(code for code in column.allowed if code != value)
    if column.type == "BOOLEAN":
        return not value
    return {"DATE": "1999-12-31", "VARCHAR": "another"}.get(column.type) or (value or 0) + 1


def near_misses(relation: str, row: dict[str, Any], names: str) -> Iterator[dict[str, Any]]:
    """Copies of the row that differ in one of these columns each, and in what they say, which tells them apart."""
    contract = contract_of(relation)
    row = row | {
        name: SAID.get(name) or value + 1000
        for name, value in row.items()
        if name in SAID or (type(value) in (int, float) and name not in (*contract.key, "source_row"))
    }
    for name in names.removeprefix("!").split():
        column, equals, value = name.partition("=")
        if column.endswith("?"):
            yield row | {column.removesuffix("?"): None}
        else:
            yield row | {column: value.replace("+", " ") if equals else other(relation, column, row.get(column))}


def rows_of(relation: str, rows: list[tuple[dict[str, Any], str]]) -> Rows:
    known = contract_of(relation).columns
    return [
        {name: value for name, value in one.items() if name in known}
        for row, names in rows
        for one in ([] if names.startswith("!") else [row]) + list(near_misses(relation, row, names))
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.query} {case.columns}")
def test_a_row_that_differs_in_one_column_is_not_counted(case: Case) -> None:
    given = {relation: rows_of(relation, rows) for relation, rows in case.given.items()}
    is_view = case.query.startswith("published.")
    found = result(case.query, given) if is_view else asked(case.query, given, **case.about)
    assert columns(found, *case.columns.split()) == case.expected
