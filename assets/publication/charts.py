"""Charts: what each shows, from rows of the marts. `drawing` says how they look, and draws them.

Each function gives a Chart or, where the rows give nothing to draw, None. Titles and text alternatives are the
caller's, because they are findings. Charts are drawn by the second process: the renderer and what it imports take
seconds, and do one thing at a time.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from markupsafe import Markup

from assets.wording.words import PROCEDURES, is_missing, may_show_percentage, rounded
from benchmarking.settings import RankingSettings
from warehouse.second_process import second_process

ACCENT, PEER, INK, GRID, PAPER = "#1d4f91", "#66727c", "#1c2226", "#dfe3e6", "#ffffff"
FEWEST_IN_A_FUNNEL = FEWEST_IN_A_GROUP = RankingSettings().minimum_peers
FEWEST_IN_A_CONTROL_CHART = 6
Rows = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Chart:
    """A chart to be drawn. kind: which, a function of `drawing`; options: its arguments; data: the rows of each data
    set that it names."""

    kind: str
    options: tuple[Any, ...]
    data: Mapping[str, Rows]


@dataclass(frozen=True)
class Drawn:
    """One chart as SVG, for a page and for a phone, of which a reader gets one, and as a PNG for documents."""

    wide: Markup
    phone: Markup
    png: bytes


def begin(chart: Chart, title: str, description: str) -> "Future[Drawn]":
    """Have the chart drawn with its text alternative: `title` the finding, `description` what is drawn."""
    return second_process().submit(_drawn, chart, title, description)


def begin_getting_ready() -> None:
    """Have the renderer started, so that it is there when the first chart is."""
    second_process().submit(_get_ready)


def _drawn(chart: Chart, title: str, description: str) -> Drawn:
    from assets.publication import drawing

    return drawing.drawn(chart, title, description)


def _get_ready() -> None:
    from assets.publication import drawing

    drawing.get_ready()


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


def caterpillar(
    rows: Rows,
    unit: str,
    lower_is_better: bool,
    pooled: float | None,
    benchmark: float | None,
) -> Chart | None:
    """Councils in order of value with their 95% intervals, ours in another colour and shape; lines for the group."""
    drawn = comparable(rows)
    if len(drawn) < 2 or all(row["who"] != "us" for row in drawn):
        return None
    drawn.sort(key=lambda row: (row["value"] if lower_is_better else -row["value"], row["council"]))
    lines = {
        name: [{"at": value}]
        for name, value in (("pooled", pooled), ("benchmark", benchmark))
        if not is_missing(value)
    }
    return Chart("caterpillar", (unit, *lines), {"councils": drawn, **lines})


def funnel(rows: Rows, unit: str, limits: Rows) -> Chart | None:
    """Each council's value by its number of cases, between the limits within which ours would be no surprise."""
    drawn = comparable(rows)
    if len(drawn) < FEWEST_IN_A_FUNNEL or not limits:
        return None
    return Chart("funnel", (unit,), {"councils": drawn, "limits": list(limits)})


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


def years(rows: Rows, unit: str) -> Chart | None:
    """Our value by year with its interval, the comparators' with it where enough of them have data to be judged
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
        "years",
        (unit, bool(breaks), len(rows)),
        {
            "years": [{"year": row["period_label"]} for row in rows],
            "ours": points,
            "theirs": theirs,
            "breaks": breaks,
        },
    )


def in_time(rows: Rows) -> Chart | None:
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
    return Chart("in_time", tuple(kinds), {"periods": held, "asked": [{"at": 100}]})


def control(rows: Rows) -> Chart | None:
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
    return Chart("control", (is_share, bool(anew)), {"months": held, "anew": anew})


def interval_bar(row: dict[str, Any], pooled: float | None, benchmark: float | None) -> str:
    """A small SVG of a share's interval on a scale from 0 to 100, with marks for the group and the benchmark.

    An empty text for anything but a share whose value may be shown. The cell next to it says the same in words.
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
