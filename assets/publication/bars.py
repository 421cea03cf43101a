"""Charts of a few values, as lists: each value in words with its bar. Drawn in the page, so they fit any screen.

Positions are shares of the width. What a bar shows is next to it as text, so the drawing says nothing more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape


@dataclass(frozen=True)
class Bar:
    """One value: its label, how far its bar reaches, its text, and whether it is the one that the title speaks of.

    lower, upper: what chance makes of it, in the same unit; without them the bar starts at zero."""

    label: str
    value: float
    text: str
    is_marked: bool = False
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Chart:
    """A chart under its finding."""

    title: str
    drawing: Markup


def bars(
    rows: Sequence[Bar], most: float | None = None, line: float | None = None, line_says: str = ""
) -> Markup:
    """A list of bars on one scale from zero to `most`; `line` is drawn through all of them, such as a limit."""
    reach = [row.value if row.upper is None else row.upper for row in rows]
    scale = most or max([*reach, line or 0.0], default=1.0) or 1.0

    def at(value: float) -> str:
        return f"{100 * min(max(value, 0.0), scale) / scale:.1f}%"

    parts = []
    for row in rows:
        mark = "us" if row.is_marked else "other"
        if row.lower is None or row.upper is None:
            drawn = f'<rect class="{mark}" width="{at(row.value)}" height="20"/>'
        else:
            width = f"{100 * (row.upper - row.lower) / scale:.1f}%"
            drawn = f'<rect class="reach" x="{at(row.lower)}" y="5" width="{width}" height="10"/>'
            drawn += f'<circle class="{mark}" cx="{at(row.value)}" cy="10" r="7"/>'
        if line is not None:
            drawn += f'<line class="limit" x1="{at(line)}" x2="{at(line)}" y1="0" y2="20"/>'
        parts.append(
            f"<li><span>{escape(row.label)}</span>"
            f'<svg width="100%" height="20" aria-hidden="true">{drawn}</svg><span>{escape(row.text)}</span></li>'
        )
    said = f'<p class="small">{escape(line_says)}</p>' if line_says else ""
    return Markup(f'<ul class="bars">{"".join(parts)}</ul>{said}')  # noqa: S704 (numbers, and what was escaped)


def boxes(labels: Sequence[str], filled: int) -> Markup:
    """A row of boxes, the first `filled` of them marked, each with its label."""
    parts = [
        f'<li class="{"filled" if place < filled else "empty"}">{escape(label)}</li>'
        for place, label in enumerate(labels)
    ]
    return Markup(f'<ul class="boxes">{"".join(parts)}</ul>')  # noqa: S704 (what was escaped)
