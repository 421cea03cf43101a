"""What was printed is worked out again from the counts of the same document, rounded as the Ombudsman rounds."""

from typing import Any

import pytest

from tests.sql.harness import columns, result, table

PAGE: dict[str, Any] = {
    "gss_code": "X99999901",
    "period_start": "2023-04-01",
    "period_end": "2024-03-31",
    "procedure": "all",
    "stage": "all",
    "scope": "all",
    "address": "page",
    "witness_kind": "statistics page",
}
POPULATIONS = table(
    "gss_code | year | first_release_population | rebased_population\nX99999901 | 2022 | 609216 | 650000"
)


def recomputed(witnesses: str, **changes: Any) -> list[tuple[Any, ...]]:
    rows = result(
        "quality.recomputed_figures",
        {"core.witnesses": table(witnesses, **(PAGE | changes)), "core.populations": POPULATIONS},
    )
    return columns(rows, "measure", "printed", "recomputed")


@pytest.mark.parametrize(
    ("upheld", "investigated", "rate"),
    [(33, 40, 83), (23, 26, 88), (1, 200, 1), (22, 24, 92), (0, 3, 0), (3, 3, 100)],
)
def test_a_rate_is_rounded_half_up(upheld: int, investigated: int, rate: int) -> None:
    drawn = f"measure | value\nupheld | {upheld}\ninvestigated | {investigated}\nuphold_rate_pct | 1"
    assert recomputed(drawn) == [("uphold_rate_pct", 1, rate)]


@pytest.mark.parametrize(("upheld", "per_100k"), [(23, 3.8), (0, 0.0)])
def test_a_rate_per_head_divides_by_the_first_release_and_has_one_decimal(upheld: int, per_100k: float) -> None:
    drawn = f"measure | value\nupheld | {upheld}\nupheld_per_100k | 9"
    assert recomputed(drawn) == [("upheld_per_100k", 9, per_100k)]


def test_a_rate_per_head_is_rounded_half_up() -> None:
    rows = result(
        "quality.recomputed_figures",
        {
            "core.witnesses": table("measure | value\nupheld | 1\nupheld_per_100k | 1", **PAGE),
            "core.populations": table("gss_code | year | first_release_population\nX99999901 | 2022 | 80000"),
        },
    )
    assert columns(rows, "recomputed") == [(1.3,)]


def test_a_page_without_investigations_gives_no_rate_to_compare() -> None:
    assert recomputed("measure | value\nupheld | 0\ninvestigated | 0\nuphold_rate_pct | 0") == []


@pytest.mark.parametrize(
    ("stated", "witness_kind", "expected"),
    [
        ("satisfactory_remedies | 3 |\nsatisfactory_remedy_upheld_base | 24 |\nsatisfactory_remedy_rate_pct | 13 |\n"
         "upheld | 99 |", "", [("satisfactory_remedy_rate_pct", 13, 13)]),
        ("not_for_us | 28 |\nassessed_and_closed | 15 |\ninvestigated | 13 |\ndealt_with | 57 |", "",
         [("dealt_with", 57, 56)]),
        # what is not printed is not compared
        ("upheld | 23 |\ninvestigated | 26 |", "", []),
        ("upheld | 23 |\ninvestigated | 26 |\nuphold_rate_pct | 88 |", "annual table", []),
        ("upheld | 11 | 16\nuphold_rate_pct | 68.8 |", "press", [("uphold_rate_pct", 68.8, 68.8)]),
    ],
    ids=["its own base", "a sum", "not printed", "an annual table", "the number beside it in the press"],
)  # fmt: skip
def test_a_printed_figure_is_worked_out_again_from_what_its_document_prints(
    stated: str, witness_kind: str, expected: list[Any]
) -> None:
    changes = {"witness_kind": witness_kind} if witness_kind else {}
    assert recomputed(f"measure | value | printed_base\n{stated}", **changes) == expected


def test_a_rate_is_not_worked_out_from_another_documents_counts() -> None:
    drawn = "measure | value | address\nupheld | 11 | a\ninvestigated | 16 | a\nuphold_rate_pct | 69 | b"
    assert recomputed(drawn, witness_kind="press") == []
