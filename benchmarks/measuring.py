"""What every benchmark shares: figures noted with what was promised of them, for the table of all."""

import json
import os
import resource
from pathlib import Path

FIGURES = "BENCHMARK_FIGURES"
"""The environment variable that names the file to which figures are added, one JSON line each."""


def note(name: str, value: float, unit: str, at_most: float | None = None) -> None:
    """Add one figure, with the most that was promised of it, to the file that the table of all is made from.

    Does nothing where a benchmark is run alone: what it prints says the same."""
    place = os.environ.get(FIGURES)
    if place:
        with Path(place).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"name": name, "value": value, "unit": unit, "at_most": at_most}) + "\n")


def peak_memory() -> int:
    """The peak memory of this process in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
