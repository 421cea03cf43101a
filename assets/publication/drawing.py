"""Drawings as SVG: shapes on scales, in the page's font, the same bytes for the same numbers.

A `Picture` has a size of its own and a text alternative. Strips, bars and boxes are drawn in the page: their positions
are shares of the width, so they fit any screen, and what they show stands next to them as text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, log10
from statistics import quantiles
from typing import Literal

from markupsafe import Markup, escape

from assets.publication.inert import whole_years

ACCENT, PEER, INK, GRID, PAPER = "#1d4f91", "#66727c", "#1c2226", "#dfe3e6", "#ffffff"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
FONT_SIZE = 14
# under which a middle half says nothing of where most lie
FEWEST_FOR_A_MIDDLE_HALF = 8
Point = tuple[float, float]


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` on the pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value."""
        return round(self.start + (self.end - self.start) * (value - self.low) / (self.high - self.low), 1)


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most about so many round numbers that reach from `low` to `high`."""
    rough = (high - low or 1.0) / most
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return [round(step * place, 6) for place in range(floor(low / step), ceil(high / step) + 1)]


@dataclass
class Picture:
    """One drawing of a fixed size."""

    width: float
    height: float
    parts: list[str] = field(default_factory=list)

    def line(self, one: Point, other: Point, colour: str = GRID, width: float = 1, dash: str = "") -> None:
        """A straight line."""
        self.path([one, other], colour, width, dash)

    def path(
        self,
        points: Iterable[Point],
        colour: str = INK,
        width: float = 1.5,
        dash: str = "",
        steps: bool = False,
    ) -> None:
        """A line through points; steps: level to each next point, then upright."""
        (x, y), *rest = points
        drawn = f"M{x:g} {y:g}" + "".join(f"H{x:g}V{y:g}" if steps else f"L{x:g} {y:g}" for x, y in rest)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<path d="{drawn}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}/>')

    def text(
        self,
        at: Point,
        text: str,
        anchor: Literal["start", "middle", "end"] = "start",
        colour: str = INK,
        bold: bool = False,
    ) -> None:
        """A line of text that begins, is centred or ends at a point."""
        weight = ' font-weight="700"' if bold else ""
        self.parts.append(
            f'<text x="{at[0]:g}" y="{at[1]:g}" text-anchor="{anchor}" fill="{colour}" '
            f'stroke="{PAPER}" stroke-width="3" paint-order="stroke"{weight}>{escape(text)}</text>'
        )

    def mark(self, at: Point, kind: Literal["us", "other", "square", "dot"]) -> None:
        """A diamond for us, a circle for another council, a square for what stands out, or a dot for one of many."""
        x, y = at
        shape = {
            "us": f'<path d="M{x:g} {y - 8:g}l8 8l-8 8l-8 -8z" fill="{ACCENT}"',
            "other": f'<circle cx="{x:g}" cy="{y:g}" r="5" fill="{PEER}"',
            "dot": f'<circle cx="{x:g}" cy="{y:g}" r="3" fill="{ACCENT}"',
            "square": f'<rect x="{x - 5:g}" y="{y - 5:g}" width="10" height="10" fill="{INK}"',
        }[kind]
        self.parts.append(f'{shape} stroke="{PAPER}"/>')

    def svg(self, title: str, description: str) -> Markup:
        """The drawing with its text alternative."""
        said = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        size = f'viewBox="0 0 {self.width:g} {self.height:g}" width="{self.width:g}" height="{self.height:g}"'
        return Markup(  # noqa: S704 (numbers, and what was escaped)
            f'<svg role="img" xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}" '
            f'font-size="{FONT_SIZE}">{said}<rect width="100%" height="100%" fill="{PAPER}"/>'
            f"{''.join(self.parts)}</svg>"
        )


@dataclass(frozen=True)
class Bar:
    """One value: its label, how far its bar reaches, its text, and whether it is the one that the title speaks of.

    lower, upper: what chance makes of it, in the same unit; without them the bar starts at zero. others: values of
    other councils, drawn as a swarm of dots, in which a value without limits is not drawn."""

    label: str
    value: float
    text: str
    is_marked: bool = False
    lower: float | None = None
    upper: float | None = None
    others: Sequence[float] = ()


def bars(rows: Sequence[Bar], most: float | None = None) -> Markup:
    """A list of bars on one scale from zero to `most`."""
    scale = most or max((row.value if row.upper is None else row.upper for row in rows), default=1.0) or 1.0

    def at(value: float) -> str:
        return f"{100 * min(max(value, 0.0), scale) / scale:.1f}%"

    parts = []
    for row in rows:
        mark = "us" if row.is_marked else "other"
        # dots that follow each other stand at three heights, so that none hides the next
        dots = "".join(
            f'<circle class="other" cx="{at(value)}" cy="{(10, 4, 16)[place % 3]}" r="4"/>'
            for place, value in enumerate(sorted(row.others))
        )
        if row.lower is not None and row.upper is not None:
            width = f"{100 * (row.upper - row.lower) / scale:.1f}%"
            drawn = f'<rect class="reach" x="{at(row.lower)}" y="5" width="{width}" height="10"/>{dots}'
            drawn += f'<circle class="{mark}" cx="{at(row.value)}" cy="10" r="7"/>'
        else:
            drawn = dots or f'<rect class="{mark}" width="{at(row.value)}" height="20"/>'
        parts.append(
            f"<li><span>{whole_years(row.label)}</span>"
            f'<svg width="100%" height="20" aria-hidden="true">{drawn}</svg><span>{escape(row.text)}</span></li>'
        )
    return Markup(f'<ul class="bars">{"".join(parts)}</ul>')  # noqa: S704 (numbers, and what was escaped)


def boxes(labels: Sequence[str]) -> Markup:
    """A row of filled boxes, each with its label."""
    parts = "".join(f'<li class="filled">{escape(label)}</li>' for label in labels)
    return Markup(f'<ul class="boxes">{parts}</ul>')  # noqa: S704 (what was escaped)


def strip(
    others: Sequence[float],
    ours: tuple[float, float, float] | None,
    average: float | None,
    said: str,
    is_fair: bool = True,
    lower_is_better: bool = False,
) -> Markup:
    """Where we stand among the others on one line, better to the right. ours: our value with the ends of its interval;
    said: the text alternative; is_fair: whether the others may stand for all, else they are pale; lower_is_better:
    whether the line runs from the highest value to the lowest."""
    values = [*others, *(ours or ()), *([average] if average is not None else [])]
    low, high = min(values), max(values)
    high = high if high > low else low + 1.0
    scale = Scale(high, low, 3, 97) if lower_is_better else Scale(low, high, 3, 97)

    def at(value: float) -> str:
        return f"{scale.at(value):.1f}%"

    parts = ['<line class="axis" x1="3%" x2="97%" y1="20" y2="20"/>']
    if is_fair and len(others) >= FEWEST_FOR_A_MIDDLE_HALF:
        lower, _, upper = quantiles(others, method="inclusive")
        span = f"{94 * (upper - lower) / (high - low):.1f}%"
        left = upper if lower_is_better else lower
        parts.append(f'<rect class="half" x="{at(left)}" y="8" width="{span}" height="24"/>')
    parts += [f'<circle class="other" cx="{at(value)}" cy="20" r="6"/>' for value in sorted(others)]
    if average is not None:
        parts.append(f'<line class="average" x1="{at(average)}" x2="{at(average)}" y1="4" y2="36"/>')
    if ours is not None:
        value, lower, upper = ours
        parts.append(f'<line class="reach" x1="{at(lower)}" x2="{at(upper)}" y1="20" y2="20"/>')
        parts.append(f'<svg x="{at(value)}" y="20" overflow="visible"><path class="us" d="M0-10 8 0 0 10-8 0Z"/></svg>')
    kind = "strip" if is_fair else "strip pale"
    size = 'height="40" width="100%"'
    drawn = f'<svg class="{kind}" {size} role="img" aria-label="{escape(said)}">{"".join(parts)}</svg>'
    return Markup(drawn)  # noqa: S704 (numbers, and what was escaped)
