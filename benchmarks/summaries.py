"""How well the summaries of decisions are read, as the table in docs/ombudsman.md.

    uv run python -m benchmarks.summaries

Precision is the share of what was read that is right; recall the share of what is right that was read. Read are the
paraphrases of the decisions that a person read, and made-up decisions, half of them never used to change the reader.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass

from assets.ombudsman.late_stages import read_summary
from assets.ombudsman.source import load
from tests.standin.decisions import SEEN, UNSEEN, MadeUp
from tests.standin.figures import ROOT

STAGES = {
    "1": (1,),
    "2": (2,),
    "3": (3,),
    "1-2": (1, 2),
    "1-3": (1, 2, 3),
    "2-3": (2, 3),
}


@dataclass
class Count:
    """How many are right of those read, and how many there are to read."""

    right: int = 0
    read: int = 0
    true: int = 0

    def add(self, is_read: bool, is_true: bool) -> None:
        """Count one decision."""
        self.right += is_read and is_true
        self.read += is_read
        self.true += is_true


def by_hand() -> list[MadeUp]:
    """The decisions that a person read, by their paraphrase."""
    with (ROOT / "data" / "ombudsman" / "stage2_decisions.csv").open(encoding="utf-8", newline="") as lines:
        return [
            MadeUp(
                row["finding_paraphrase"],
                True,
                STAGES.get(row["stage"], ()),
                is_action_late=row["stage"].endswith("actions"),
            )
            for row in csv.DictReader(lines)
        ]


def counted(decisions: Iterable[MadeUp]) -> dict[str, Count]:
    """Delay of the procedure and of each stage: precision and recall."""
    counts = {
        "delay in the procedure": Count(),
        "Stage 1 late": Count(),
        "Stage 2 late": Count(),
        "Stage 3 late": Count(),
    }
    for decision in decisions:
        said = read_summary(decision.summary, decision.outcome, decision.category, load().summary)
        counts["delay in the procedure"].add(said.is_late, decision.is_late)
        for stage in (1, 2, 3):
            counts[f"Stage {stage} late"].add(stage in said.stages, stage in decision.stages)
    return counts


def table() -> str:
    """The table, as Markdown."""
    read = {
        "read by hand, paraphrased": by_hand(),
        "made up, seen": SEEN,
        "made up, unseen": UNSEEN,
    }
    lines = ["| decisions | late | precision | recall |", "|---|---|---|---|"]
    for name, decisions in read.items():
        counts = counted(decisions).values()
        precision = "; ".join(f"{count.right} of {count.read}" for count in counts)
        recall = "; ".join(f"{count.right} of {count.true}" for count in counts)
        lines.append(f"| {name} ({len(decisions)}) | procedure; Stage 1; 2; 3 | {precision} | {recall} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
