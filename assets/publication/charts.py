"""Charts as SVG: drawn by Vega, the same bytes for the same rows, no script and nothing from elsewhere in them.

Each takes rows of the marts and returns a Chart or, where the rows give nothing to draw, None. Titles and text
alternatives are the caller's, because they are findings. What charts of one kind share is specified in Altair and
compiled once a process: only the rows, by the names of their data sets, come anew with each chart.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert
from markupsafe import escape

from assets.publication.words import PROCEDURES, is_missing, may_show_percentage, rounded
from benchmarking.settings import RankingSettings

ACCENT, PEER, INK, GRID, PAPER = "#1d4f91", "#66727c", "#1c2226", "#dfe3e6", "#ffffff"
FONT = "Helvetica, Arial, sans-serif"
FONTS_VARIABLE, FONTS = "FONTCONFIG_FILE", Path(__file__).parent / "static" / "fonts.conf"
WIDTH, PHONE = 560, 310
FEWEST_IN_A_FUNNEL = FEWEST_IN_A_GROUP = RankingSettings().minimum_peers
FEWEST_IN_A_CONTROL_CHART = 6
LONGEST_LABEL = 40
LABEL = (
    f"length(datum.label) > {LONGEST_LABEL} ? slice(datum.label, 0, {LONGEST_LABEL - 1}) + '…' : datum.label"
)
LINES = {"pooled": ([5, 4], INK), "benchmark": ([1, 3], ACCENT)}
Rows = Sequence[dict[str, Any]]


def _use_own_fonts() -> None:
    """Have the renderer know the fonts it brings and none of the machine's.

    With its own the same chart gives the same picture everywhere, and sooner: a font of the machine's is opened anew
    for every few characters."""
    before = os.environ.get(FONTS_VARIABLE)
    os.environ[FONTS_VARIABLE] = str(FONTS)
    try:
        # it looks for fonts once, when it first draws; programs that are started later are to find theirs
        vl_convert.svg_to_png('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')
    finally:
        if before is None:
            del os.environ[FONTS_VARIABLE]
        else:
            os.environ[FONTS_VARIABLE] = before


# while it is loaded, which only one thread does
_use_own_fonts()


@dataclass(frozen=True)
class Chart:
    """A chart to be drawn. vega: its specification without data; data: the rows of each data set that it names."""

    vega: Mapping[str, Any]
    data: Mapping[str, Rows]


def _compiled(specify: Callable[..., alt.TopLevelMixin]) -> Callable[..., dict[str, Any]]:
    """The function as one that gives the chart's Vega specification, compiled once for each set of arguments."""

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

    return compiled


def svg(chart: Chart, title: str, description: str) -> str:
    """The chart as one SVG element with its text alternative: `title` the finding, `description` what is drawn."""
    given = [{"name": name, "values": values} for name, values in chart.data.items()]
    data = given + [one for one in chart.vega["data"] if one["name"] not in chart.data]
    drawn = vl_convert.vega_to_svg({**chart.vega, "data": data})
    # the figure is one picture to a screen reader: its parts have no roles of their own
    drawn = re.sub(r' (?:role|aria-[a-z]+|class|xmlns:xlink)="[^"]*"', "", drawn)
    opening = re.match(r"<svg([^>]*)>", drawn)
    if opening is None:
        raise ValueError("the renderer gave no SVG")
    described = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    return f'<svg role="img"{opening[1]}>{described}{drawn[opening.end() :]}'


def png(drawn: str) -> bytes:
    """A chart of ours as a picture for documents that take no SVG, one and a half times its size on the page."""
    return vl_convert.svg_to_png(drawn, scale=1.5)


def comparable(rows: Rows) -> list[dict[str, Any]]:
    """The rows whose value may be shown, as the charts need them."""
    return [
        {
            "council": row["nice_name"],
            "value": row["value"],
            "lower": row["lower_95"],
            "upper": row["upper_95"],
            "numerator": row["numerator"],
            "denominator": row["denominator"],
            "who": "us" if row["is_subject"] else "peer",
        }
        for row in rows
        if not is_missing(row["value"]) and may_show_percentage(row)
    ]


def _colour() -> alt.Color:
    return alt.Color("who:N", scale=alt.Scale(domain=["us", "peer"], range=[ACCENT, PEER]), legend=None)


def _scale(unit: str) -> alt.Scale:
    return alt.Scale(domain=[0, 100], nice=False) if unit == "percent" else alt.Scale(zero=True, domainMin=0)


def _width(phone: bool) -> int:
    """How wide the drawing area is beside an axis of numbers."""
    return (PHONE if phone else WIDTH) - 60


def caterpillar(
    rows: Rows,
    unit: str,
    lower_is_better: bool,
    pooled: float | None,
    benchmark: float | None,
    phone: bool = False,
) -> Chart | None:
    """Councils in order of value with their 95% intervals, ours in another colour and shape; lines for the group.

    phone: for a narrow screen, with each name above its interval."""
    drawn = comparable(rows)
    if len(drawn) < 2 or all(row["who"] != "us" for row in drawn):
        return None
    drawn.sort(key=lambda row: (row["value"] if lower_is_better else -row["value"], row["council"]))
    lines = {
        name: [{"at": value}]
        for name, value in (("pooled", pooled), ("benchmark", benchmark))
        if not is_missing(value)
    }
    return Chart(_caterpillar(unit, phone, *lines), {"councils": drawn, **lines})


@_compiled
def _caterpillar(unit: str, phone: bool, *lines: str) -> alt.TopLevelMixin:
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


def funnel(rows: Rows, unit: str, limits: Rows, phone: bool = False) -> Chart | None:
    """Each council's value by its number of cases, between the limits within which ours would be no surprise."""
    drawn = comparable(rows)
    if len(drawn) < FEWEST_IN_A_FUNNEL or not limits:
        return None
    return Chart(_funnel(unit, phone), {"councils": drawn, "limits": list(limits)})


@_compiled
def _funnel(unit: str, phone: bool) -> alt.TopLevelMixin:
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


def _unbroken(rows: Rows) -> list[tuple[dict[str, Any], str]]:
    """Each year with the name of its stretch: a line crosses neither a break nor a year without a figure."""
    found, before, gaps = [], None, 0
    for row in rows:
        gaps += before is not None and row["period_start"].year != before + 1
        before = row["period_start"].year
        found.append((row, f"{row['segment']} {gaps}"))
    return found


def has_group(row: dict[str, Any]) -> bool:
    """Whether so many comparators have a figure of a year that together they stand for their group."""
    return not is_missing(row["pooled_value"]) and row["comparators_with_data"] >= FEWEST_IN_A_GROUP


def series(rows: Rows, unit: str, phone: bool = False) -> Chart | None:
    """Our value by year with its interval, the comparators' beside it where enough of them have data to be judged
    by; no line crosses a break or a gap."""
    ours = [row for row in rows if not is_missing(row["value"]) and may_show_percentage(row)]
    if len(ours) < 2:
        return None
    points = [
        {
            "year": row["period_label"],
            "value": row["value"],
            "lower": row["lower_95"],
            "upper": row["upper_95"],
            "stretch": stretch,
            "who": "us",
        }
        for row, stretch in _unbroken(ours)
    ]
    theirs = [
        {
            "year": row["period_label"],
            "value": row["pooled_value"],
            "stretch": stretch,
            "who": "peer",
        }
        for row, stretch in _unbroken([row for row in rows if has_group(row)])
    ]
    # a break in the first year has nothing before it that it could part
    breaks = [{"year": row["period_label"], "mark": "[b]"} for row in rows[1:] if row["is_break"]]
    return Chart(
        _series(unit, phone, bool(breaks), len(rows) > (3 if phone else 6)),
        {
            "years": [{"year": row["period_label"]} for row in rows],
            "ours": points,
            "theirs": theirs,
            "breaks": breaks,
        },
    )


@_compiled
def _series(unit: str, phone: bool, has_breaks: bool, are_many: bool) -> alt.TopLevelMixin:
    label = "Per cent" if unit == "percent" else "Per 100,000 residents"
    year = alt.X(
        "year:O",
        scale=alt.Scale(domain=alt.ExprRef("pluck(data('years'), 'year')")),
        title=None,
        axis=alt.Axis(labelAngle=-45 if are_many else 0),
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


def in_time(rows: Rows, phone: bool = False) -> Chart | None:
    """The share in time of the cases that fell due, by twelve months and procedure, where it may be shown."""
    held = [
        {
            "until": row["period_end"].isoformat(),
            "value": row["in_time_pct"],
            "what": f"{PROCEDURES[row['procedure']]}, {row['limit_working_days']} working days",
        }
        for row in rows
        if row["counted_on"] == "due"
        and "in_time_pct" not in row["hidden"]
        and not is_missing(row["in_time_pct"])
    ]
    if len(held) < 2:
        return None
    kinds = sorted({row["what"] for row in held}, reverse=True)
    return Chart(_in_time(phone, *kinds), {"periods": held, "asked": [{"at": 100}]})


@_compiled
def _in_time(phone: bool, *kinds: str) -> alt.TopLevelMixin:
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


def control(rows: Rows, phone: bool = False) -> Chart | None:
    """One control chart: its months, centre line and limits, and the marked months in another shape.

    Nothing where a month may not be shown. Lines stand at whole numbers, so that no month
    can be worked out from them."""
    if len(rows) < FEWEST_IN_A_CONTROL_CHART or any("value" in row["hidden"] for row in rows):
        return None
    is_share = rows[0]["chart"] == "p"
    held = [
        {
            "month": row["month_start"].isoformat(),
            "value": row["value"],
            "marked": "marked" if row["is_signal"] else "not marked",
            **{name: rounded(row[name], 0) for name in ("centre", "lower_limit", "upper_limit")},
        }
        for row in rows
    ]
    # where the limits step: halfway from the month before
    anew = [
        {"month": (row["month_start"] - timedelta(days=15)).isoformat(), "mark": "[b]"}
        for row in rows
        if not is_missing(row["rebased_because"])
    ]
    return Chart(_control(is_share, phone, bool(anew)), {"months": held, "anew": anew})


@_compiled
def _control(is_share: bool, phone: bool, begins_anew: bool) -> alt.TopLevelMixin:
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


def interval_bar(row: dict[str, Any], pooled: float | None, benchmark: float | None) -> str:
    """A small SVG of a share's interval on a scale from 0 to 100, with marks for the group and the benchmark.

    An empty text for anything but a share whose value may be shown. The cell beside it says the same in words.
    """
    if row["unit"] != "percent" or is_missing(row["value"]) or not may_show_percentage(row):
        return ""

    def at(value: float) -> str:
        return f"{6 + 1.68 * value:.1f}"

    parts = [f'<path d="M6 14H174" stroke="{GRID}" stroke-width="6"/>']
    parts.append(
        f'<path d="M{at(row["lower_95"])} 14H{at(row["upper_95"])}" stroke="{ACCENT}" stroke-width="6"/>'
    )
    if not is_missing(pooled):
        parts.append(f'<path d="M{at(float(pooled or 0))} 4V24" stroke="{INK}" stroke-width="2"/>')
    if not is_missing(benchmark):
        x = at(float(benchmark or 0))
        parts.append(f'<path d="M{x} 9l5 -7h-10z" fill="{INK}"/>')
    x = at(row["value"])
    parts.append(f'<path d="M{x} 6l7 8l-7 8l-7 -8z" fill="{ACCENT}" stroke="{PAPER}" stroke-width="1.5"/>')
    return f'<svg class="bar" viewBox="0 0 180 28" width="180" height="28" aria-hidden="true">{"".join(parts)}</svg>'
