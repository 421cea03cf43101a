"""What a decision's summary says about delay in the children's procedure, and how often the reader is right."""

from dataclasses import asdict

import pytest

from assets.ombudsman.late_stages import LateStages, read_summary
from assets.ombudsman.source import load
from benchmarks.summaries import by_hand, counted, table
from tests.standin.decisions import MADE_UP, SEEN, UNSEEN
from tests.standin.figures import ROOT

CHILDREN = "children-s-care-services"


def read(summary: str, outcome: str = "Upheld", category: str = CHILDREN) -> LateStages:
    return read_summary(summary, outcome, category, load().summary)


def test_a_decision_gives_the_stage_the_delay_the_payment_and_what_was_agreed() -> None:
    said = read(
        "Stage Two was ten weeks late. The Council was at fault. It will pay £1,150 and train its staff."
    )
    assert said == LateStages(True, (2,), False, "10 weeks", 1150, ("pay", "train or recruit"))


def test_nothing_of_the_text_is_kept() -> None:
    assert "Ms Q" not in str(asdict(read("The Council delayed the stage two complaint of Ms Q.")))


@pytest.mark.parametrize("outcome", ["Not upheld", "Closed after initial enquiries", "Discontinued"])
def test_a_complaint_that_was_not_upheld_found_no_delay(outcome: str) -> None:
    assert read("The Council delayed stage two.", outcome) == LateStages(False)


def test_delay_of_another_service_is_none_of_the_procedure() -> None:
    assert not read("The Council’s stage two reply was late.", category="housing").is_late


def test_two_amounts_are_not_taken_for_one_payment() -> None:
    assert read("Stage 2 was late. It will pay £100 for delay and £250 for distress.").remedy_gbp is None


@pytest.mark.parametrize("decision", [each for each in MADE_UP if each.remedy_gbp or each.late_by])
def test_payment_and_delay_of_the_made_up_decisions(decision) -> None:  # type: ignore[no-untyped-def]
    said = read(decision.summary, decision.outcome, decision.category)
    if said.is_late:
        assert (said.remedy_gbp, said.late_by) == (decision.remedy_gbp, decision.late_by)


def test_what_is_read_is_nearly_always_right_and_most_of_what_is_right_is_read() -> None:
    for part in (by_hand(), SEEN, UNSEEN):
        for what in ("delay in the procedure", "Stage 2 late"):
            count = counted(part)[what]
            assert count.right >= 0.85 * count.read
            assert count.right >= 0.7 * count.true


def test_the_documentation_shows_the_measured_precision_and_recall() -> None:
    assert table() in (ROOT / "docs" / "ombudsman.md").read_text(encoding="utf-8")
