"""How charts look: as SVG by Vega, the same bytes for the same rows, no script and nothing from elsewhere in them.

What charts of one kind share is specified in Altair and compiled once a process: only the rows, by the names of their
data sets, come anew with each chart.
"""

import re
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

import altair as alt
import vl_convert
from markupsafe import Markup, escape

from assets.publication.charts import ACCENT, GRID, INK, PAPER, PEER, Chart, Drawn
from assets.publication.pictures import png, use_own_fonts

FONT = "Helvetica, Arial, sans-serif"
WIDTH, PHONE = 560, 310
LONGEST_LABEL = 40
LABEL = (
    f"length(datum.label) > {LONGEST_LABEL} ? slice(datum.label, 0, {LONGEST_LABEL - 1}) + '…' : datum.label"
)
LINES = {"pooled": ([5, 4], INK), "benchmark": ([1, 3], ACCENT)}
SPECIFIED: dict[str, Callable[..., dict[str, Any]]] = {}
"""The Vega specification of each kind of chart, from whether it is for a phone and the chart's options."""


# before the first chart is drawn, of which the renderer measures the text
use_own_fonts()


def _kind(specify: Callable[..., alt.TopLevelMixin]) -> Callable[..., dict[str, Any]]:
    """The function as one that gives the chart's Vega specification, compiled once for each set of arguments, and known
    by its name."""

    @lru_cache(maxsize=512)
    @wraps(specify)
    def compiled(*arguments: Any) -> dict[str, Any]:
        chart = specify(*arguments).configure(
            aria=False,
            background=PAPER,
            font=FONT,
            axis={
                "labelColor": INK,
                "titleColor": INK,
                "labelFontSize": 13,
                "titleFontSize": 13,
                "titleFontWeight": "normal",
                "gridColor": GRID,
                "domainColor": PEER,
                "tickColor": PEER,
                # a limit in pixels would have each label measured twice, which costs more than all else in a chart
                "labelLimit": 0,
            },
            text={"font": FONT},
            view={"stroke": None},
        )
        return dict(vl_convert.vegalite_to_vega(chart.to_dict(validate=False)))

    SPECIFIED[specify.__name__] = compiled
    return compiled


def get_ready() -> None:
    """Start the renderer and compile what every publication holds, so that its charts wait for neither."""
    for phone in (False, True):
        for unit in ("percent", "per 100,000 residents"):
            SPECIFIED["caterpillar"](phone, unit, *LINES)
            SPECIFIED["funnel"](phone, unit)


def drawn(chart: Chart, title: str, description: str) -> Drawn:
    """The chart with its text alternative in every form that is published."""
    wide = svg(chart, title, description)
    return Drawn(wide, svg(chart, title, description, phone=True), png(wide))


def svg(chart: Chart, title: str, description: str, phone: bool = False) -> Markup:
    """The chart as one SVG element with its text alternative; phone: for a narrow screen."""
    specification = SPECIFIED[chart.kind](phone, *chart.options)
    given = [{"name": name, "values": values} for name, values in chart.data.items()]
    data = given + [one for one in specification["data"] if one["name"] not in chart.data]
    drawn = vl_convert.vega_to_svg({**specification, "data": data})
    # the figure is one picture to a screen reader: its parts have no roles of their own
    drawn = re.sub(r' (?:role|aria-[a-z]+|class|xmlns:xlink)="[^"]*"', "", drawn)
    opening = re.match(r"<svg([^>]*)>", drawn)
    if opening is None:
        raise ValueError("the renderer gave no SVG")
    described = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    return Markup(f'<svg role="img"{opening[1]}>{described}{drawn[opening.end() :]}')  # noqa: S704 (the renderer escapes)


def _colour() -> alt.Color:
    return alt.Color("who:N", scale=alt.Scale(domain=["us", "peer"], range=[ACCENT, PEER]), legend=None)


def _scale(unit: str) -> alt.Scale:
    return alt.Scale(domain=[0, 100], nice=False) if unit == "percent" else alt.Scale(zero=True, domainMin=0)


def _width(phone: bool) -> int:
    """How wide the drawing area is next to an axis of numbers."""
    return (PHONE if phone else WIDTH) - 60


@_kind
def caterpillar(phone: bool, unit: str, *lines: str) -> alt.TopLevelMixin:
    """On a phone each name stands above its interval."""
    label = "Per cent" if unit == "percent" else "Per 100,000 residents"
    names = None if phone else alt.Axis(labelExpr=LABEL)
    base = alt.Chart(alt.NamedData("councils")).encode(
        y=alt.Y("council:N", sort=None, title=None, axis=names)
    )
    layers = [
        base.mark_rule(strokeWidth=3).encode(
            x=alt.X("lower:Q", title=label, scale=_scale(unit), axis=alt.Axis(tickCount=5 if phone else 10)),
            x2="upper:Q",
            color=_colour(),
        ),
        base.mark_point(filled=True, size=90, opacity=1, stroke=PAPER, strokeWidth=1).encode(
            x="value:Q",
            color=_colour(),
            shape=alt.Shape(
                "who:N", scale=alt.Scale(domain=["us", "peer"], range=["diamond", "circle"]), legend=None
            ),
        ),
    ]
    for name in lines:
        dash, colour = LINES[name]
        rule = alt.Chart(alt.NamedData(name)).mark_rule(strokeDash=dash, color=colour, strokeWidth=2)
        layers.append(rule.encode(x="at:Q"))
    if phone:
        above = base.transform_calculate(label=LABEL.replace("datum.label", "datum.council"))
        layers.append(
            above.mark_text(align="left", dy=-13, fontSize=13, color=INK).encode(
                x=alt.value(0), text="label:N"
            )
        )
    return alt.layer(*layers).properties(
        width=PHONE - 20 if phone else WIDTH - 180, height=alt.Step(40 if phone else 24)
    )


@_kind
def funnel(phone: bool, unit: str) -> alt.TopLevelMixin:
    """Dashes for the limits at 95%, dots for those at 99.8%."""
    label = "Per cent" if unit == "percent" else "Per 100,000 residents"
    base = "Cases" if unit == "percent" else "Residents"
    sizes = alt.Axis(format="~s" if phone else ",d", tickCount=4 if phone else 6)
    curve = alt.Chart(alt.NamedData("limits"))
    layers = [
        curve.mark_line(color=INK, strokeDash=dash, strokeWidth=1.5).encode(
            x=alt.X("denominator:Q", title=base, axis=sizes),
            y=alt.Y(f"{name}:Q", title=label, scale=_scale(unit)),
        )
        for name, dash in (
            ("lower_95", [5, 4]),
            ("upper_95", [5, 4]),
            ("lower_998", [1, 3]),
            ("upper_998", [1, 3]),
        )
    ]
    points = alt.Chart(alt.NamedData("councils")).mark_point(
        filled=True, size=90, opacity=1, stroke=PAPER, strokeWidth=1
    )
    layers.append(
        points.encode(
            x="denominator:Q",
            y="value:Q",
            color=_colour(),
            shape=alt.Shape(
                "who:N", scale=alt.Scale(domain=["us", "peer"], range=["diamond", "circle"]), legend=None
            ),
        )
    )
    return alt.layer(*layers).properties(width=_width(phone), height=300)


@_kind
def years(phone: bool, unit: str, has_breaks: bool, number: int) -> alt.TopLevelMixin:
    """Labels of many years are slanted, of which a phone has room for fewer."""
    label = "Per cent" if unit == "percent" else "Per 100,000 residents"
    year = alt.X(
        "year:O",
        scale=alt.Scale(domain=alt.ExprRef("pluck(data('years'), 'year')")),
        title=None,
        axis=alt.Axis(labelAngle=-45 if number > (3 if phone else 6) else 0),
    )
    us = alt.Chart(alt.NamedData("ours")).encode(x=year)
    them = alt.Chart(alt.NamedData("theirs")).encode(x=year)
    layers: list[alt.Chart] = [
        them.mark_line(color=PEER, strokeDash=[5, 4], strokeWidth=2).encode(
            y=alt.Y("value:Q", title=label, scale=_scale(unit)), detail="stretch:N"
        ),
        them.mark_point(color=PEER, filled=True, size=60, opacity=1).encode(y="value:Q"),
        us.mark_rule(color=ACCENT, strokeWidth=3).encode(
            y=alt.Y("lower:Q", title=label, scale=_scale(unit)), y2="upper:Q"
        ),
        us.mark_line(color=ACCENT, strokeWidth=2).encode(y="value:Q", detail="stretch:N"),
        us.mark_point(
            color=ACCENT, filled=True, size=110, shape="diamond", opacity=1, stroke=PAPER, strokeWidth=1
        ).encode(y="value:Q"),
    ]
    if has_breaks:
        broken = alt.Chart(alt.NamedData("breaks")).encode(x=year)
        between = -15 if phone else -24
        layers += [
            broken.mark_rule(color=INK, strokeDash=[2, 3], xOffset=between),
            broken.mark_text(color=INK, fontSize=13, xOffset=between, dx=4, align="left").encode(
                y=alt.value(8), text="mark:N"
            ),
        ]
    return alt.layer(*layers).properties(width=_width(phone), height=280)


@_kind
def in_time(phone: bool, *kinds: str) -> alt.TopLevelMixin:
    """A line a kind; all in time is dashed."""
    base = alt.Chart(alt.NamedData("periods")).encode(
        x=alt.X("until:T", title="Twelve months to", axis=_months(phone)),
        y=alt.Y("value:Q", title="Per cent in time", scale=_scale("percent")),
        color=alt.Color(
            "what:N",
            scale=alt.Scale(
                domain=list(kinds), range=[ACCENT, PEER, INK, "#7a4a00", "#4a2f7a"][: len(kinds)]
            ),
            legend=alt.Legend(title=None, orient="top", labelFontSize=13, columns=1, labelLimit=400),
        ),
        shape=alt.Shape("what:N", scale=alt.Scale(domain=list(kinds)), legend=None),
    )
    asked = alt.Chart(alt.NamedData("asked")).mark_rule(color=INK, strokeDash=[5, 4], strokeWidth=2)
    return alt.layer(
        asked.encode(y="at:Q"),
        base.mark_line(strokeWidth=2),
        base.mark_point(filled=True, size=80, opacity=1),
    ).properties(width=_width(phone), height=260)


def _months(phone: bool) -> alt.Axis:
    return alt.Axis(format="%b %Y", tickCount=3 if phone else 8)


@_kind
def control(phone: bool, is_share: bool, begins_anew: bool) -> alt.TopLevelMixin:
    """Marked months are squares; [b] where limits begin anew."""
    scale = _scale("percent" if is_share else "count")
    month = alt.X("month:T", title=None, axis=_months(phone))
    base = alt.Chart(alt.NamedData("months")).encode(x=month)
    lines = [
        base.mark_line(color=INK, strokeDash=dash, strokeWidth=1.5, interpolate="step").encode(
            y=alt.Y(f"{name}:Q", title="Per cent" if is_share else "Cases", scale=scale)
        )
        for name, dash in (("centre", [1, 0]), ("lower_limit", [5, 4]), ("upper_limit", [5, 4]))
    ]
    marks = base.mark_point(filled=True, size=80, opacity=1).encode(
        y="value:Q",
        color=alt.Color(
            "marked:N", scale=alt.Scale(domain=["marked", "not marked"], range=[INK, ACCENT]), legend=None
        ),
        shape=alt.Shape(
            "marked:N",
            scale=alt.Scale(domain=["marked", "not marked"], range=["square", "circle"]),
            legend=None,
        ),
    )
    values = base.mark_line(color=ACCENT, strokeWidth=2).encode(y="value:Q")
    layers = [*lines, values, marks]
    if begins_anew:
        anew = alt.Chart(alt.NamedData("anew")).encode(x=month)
        layers += [
            anew.mark_rule(color=INK, strokeDash=[2, 3]),
            anew.mark_text(color=INK, fontSize=13, dx=4, align="left").encode(y=alt.value(8), text="mark:N"),
        ]
    return alt.layer(*layers).properties(width=_width(phone), height=220)
