"""What a decision's summary says about delay in the children's procedure, and how often the reader is right."""

import csv
from collections.abc import Iterable
from dataclasses import asdict

import pytest

from assets.ombudsman.late_stages import LateStages, read_summary
from assets.ombudsman.source import load
from tests.standin.decisions import MADE_UP, SEEN, UNSEEN, MadeUp
from tests.standin.figures import ROOT

CHILDREN = "children-s-care-services"
STAGES = {"1": (1,), "2": (2,), "3": (3,), "1-2": (1, 2), "1-3": (1, 2, 3), "2-3": (2, 3)}


def read(summary: str, outcome: str = "Upheld", category: str = CHILDREN) -> LateStages:
    return read_summary(summary, outcome, category, load().summary)


def test_a_decision_gives_the_stage_the_delay_the_payment_and_what_was_agreed() -> None:
    said = read("Stage Two was ten weeks late. The Council was at fault. It will pay £1,150 and train its staff.")
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


def by_hand() -> list[MadeUp]:
    """The decisions that a person read, by their paraphrase."""
    path = ROOT / "data" / "ombudsman" / "stage2_decisions.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            MadeUp(
                row["finding_paraphrase"],
                True,
                STAGES.get(row["stage"], ()),
                is_action_late=row["stage"].endswith("actions"),
            )
            for row in csv.DictReader(lines)
        ]


def counted(decisions: Iterable[MadeUp]) -> list[tuple[int, int, int]]:
    """Of the procedure and of Stages 1 to 3: how many are read rightly as late, are read as late, and were late."""
    late = []
    for decision in decisions:
        said = read(decision.summary, decision.outcome, decision.category)
        late.append(
            [(said.is_late, decision.is_late)]
            + [(stage in said.stages, stage in decision.stages) for stage in (1, 2, 3)]
        )
    return [
        (sum(a and b for a, b in one), sum(a for a, _ in one), sum(b for _, b in one))
        for one in zip(*late, strict=True)
    ]


READ = {"read by hand, paraphrased": by_hand(), "made up, seen": SEEN, "made up, unseen": UNSEEN}


@pytest.mark.parametrize("part", READ)
def test_what_is_read_is_nearly_always_right_and_most_of_what_is_right_is_read(part: str) -> None:
    procedure, _, stage_2, _ = counted(READ[part])
    for right, said, true in (procedure, stage_2):
        assert right >= 0.85 * said
        assert right >= 0.7 * true


@pytest.mark.parametrize("part", READ)
def test_the_documentation_shows_the_measured_precision_and_recall(part: str) -> None:
    found = counted(READ[part])
    precision = "; ".join(f"{right} of {said}" for right, said, _ in found)
    recall = "; ".join(f"{right} of {true}" for right, _, true in found)
    row = f"| {part} ({len(READ[part])}) | procedure; Stage 1; 2; 3 | {precision} | {recall} |"
    assert row in (ROOT / "docs" / "ombudsman.md").read_text(encoding="utf-8")
