"""What an action or a target may be meant to move: an indicator, or a measure of the council's own register."""

from pathlib import Path
from typing import Any

from warehouse.files import declaration
from warehouse.indicators import read_indicators

HERE = Path(__file__).parent


def register_measures() -> dict[str, dict[str, Any]]:
    """The measures of measures.yml by name."""
    said: dict[str, dict[str, Any]] = declaration(HERE / "measures.yml")
    return said


def measure_rows(folder: Path) -> list[dict[str, Any]]:
    """One row a measure that a plan may name: those of the register, and the indicators in `folder`.

    For an indicator `counted` is `year`, and it has its procedure and stage.
    """
    rows: list[dict[str, Any]] = [{"measure": name, **measure} for name, measure in register_measures().items()]
    rows += [
        {
            "measure": one.indicator,
            "title": one.title,
            "counted": "year",
            "procedure": one.procedure,
            "stage": one.stage,
            "polarity": one.polarity,
        }
        for one in read_indicators(folder)
    ]
    return rows


def polarities(folder: Path) -> dict[str, str]:
    """The good direction of each measure that a plan may name."""
    return {row["measure"]: row["polarity"] for row in measure_rows(folder)}
