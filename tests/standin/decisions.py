"""Made-up decisions, each with what a person reads in its summary, from decisions.yml."""

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class MadeUp:
    """A summary and how a person reads it: whether the children's procedure was late, which stages, by how much."""

    summary: str
    is_late: bool = False
    stages: tuple[int, ...] = ()
    late_by: str | None = None
    remedy_gbp: int | None = None
    is_action_late: bool = False
    outcome: str = "Upheld"
    category: str = "children-s-care-services"


def _read(part: str) -> tuple[MadeUp, ...]:
    declared = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return tuple(MadeUp(**each | {"stages": tuple(each.get("stages", ()))}) for each in declared[part])


SEEN, UNSEEN = _read("seen"), _read("unseen")
MADE_UP = (*SEEN, *UNSEEN)
