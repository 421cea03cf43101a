"""Charts: what each shows, from rows of the marts. `drawing` has the shapes.

Each function gives a Chart or, where the rows give nothing to draw, None. Its title is the finding, which the caller
gives; its text alternative says the shape.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from markupsafe import Markup

from assets.publication.drawing import ACCENT, INK, PEER, Picture, Scale, ticks
from assets.publication.pictures import png
from assets.wording.words import counted, is_missing, joined, may_show_percentage, rounded, whole
from benchmarking.settings import RankingSettings

WIDE, PHONE = 720, 320
FEWEST_IN_A_FUNNEL = FEWEST_IN_A_GROUP = RankingSettings().minimum_peers
FEWEST_IN_A_CONTROL_CHART = 6
MOST_NAMED = 4
SMOOTHED = 7
# beside a drawing, for the names of its lines
ROOM_FOR_NAMES = 230
# above one on a phone
PHONE_TOP = 64
LONGEST_NAME = {False: 30, True: 26}
# characters of about so many pixels
LETTER = 7.5
DASHED, DOTTED = "5 4", "1 3"
Rows = Sequence[dict[str, Any]]
Row = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """A chart with its text alternative. draw: gives the drawing for a phone or, with False, for a page."""

    kind: str
    title: str
    shape: str
    draw: Callable[[bool], Picture]

    @cached_property
    def wide(self) -> Markup:
        """The chart as it stands on a page."""
        return self.draw(False).svg(self.title, self.shape)

    @cached_property
    def phone(self) -> Markup:
        """The chart for a narrow screen."""
        return self.draw(True).svg(self.title, self.shape)

    @property
    def png(self) -> bytes:
        """The chart for documents that take no SVG."""
        return png(self.wide)


def shown(value: float, unit: str) -> str:
    """A value as a chart prints it: whole per cent, or a rate with one decimal."""
    return f"{rounded(value, 0)}%" if unit == "percent" else rounded(value)


def comparable(rows: Rows) -> list[Row]:
    """The rows whose value may be shown."""
    return [row for row in rows if not is_missing(row["value"]) and may_show_percentage(row)]


def _values(values: Sequence[float], unit: str, start: float, end: float, most: int) -> tuple[Scale, list[float]]:
    """A scale that the values just fill, with its round numbers; a share lies within 0% and 100%."""
    low, high = min(values), max(values)
    if low == high:
        spread = max(abs(low), 1.0) / 10
        low, high = max(low - spread, 0.0), min(high + spread, 100.0 if unit == "percent" else np.inf)
    marks = [at for at in ticks(low, high, most) if at >= 0 and (unit != "percent" or at <= 100)]
    return Scale(min(marks[0], low), max(marks[-1], high), start, end), marks


def upright(picture: Picture, values: Sequence[float], unit: str, right: float, top: float = 24) -> Scale:
    """The upright axis with its lines, on which the values lie."""
    scale, marks = _values(values, unit, picture.height - 40, top, 5)
    for at in marks:
        picture.line((44, scale.at(at)), (right, scale.at(at)))
        text = f"{at:g}%" if unit == "percent" else f"{at:,g}"
        picture.text((38, scale.at(at) + 5), text, "end", PEER)
    return scale


def _name(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def caterpillar(title: str, rows: Rows, head: Row, pooled: float | None, benchmark: float | None) -> Chart | None:
    """Councils in order of value with their 95% intervals, each with its value; lines for the average and the best."""
    drawn, unit = comparable(rows), head["unit"]
    us = next((row for row in drawn if row["is_subject"]), None)
    if len(drawn) < 2 or us is None:
        return None
    sign = 1 if head["polarity"] == "lower" else -1
    drawn.sort(key=lambda row: (sign * row["value"], row["nice_name"]))
    lines = [
        (value, dash, f"{name} {shown(value, unit)}")
        for value, dash, name in ((pooled, DASHED, "average"), (benchmark, DOTTED, "best performers"))
        if value is not None and not is_missing(value)
    ]
    reach = [row[end] for row in drawn for end in ("lower_95", "upper_95")] + [value for value, _, _ in lines]

    def draw(phone: bool) -> Picture:
        step, top, left, right = (40, 42, 20, PHONE - 22) if phone else (26, 42, 215, 560)
        picture = Picture(PHONE if phone else WIDE, top + step * len(drawn) + 30)
        scale, marks = _values(reach, unit, left, right, 3 if phone else 6)
        for at in marks:
            picture.line((scale.at(at), top), (scale.at(at), picture.height - 28))
            text = f"{at:g}%" if unit == "percent" else f"{at:g}"
            picture.text((scale.at(at), picture.height - 10), text, "middle", PEER)
        for place, (at, dash, name) in enumerate(lines):
            picture.line((scale.at(at), top - 2), (scale.at(at), picture.height - 28), INK, 1.5, dash)
            half = LETTER * len(name) / 2
            picture.text((min(max(scale.at(at), half), picture.width - half), 14 + 18 * place), name, "middle")
        for place, row in enumerate(drawn):
            y, is_us = top + step * (place + (0.75 if phone else 0.5)), row["is_subject"]
            value = shown(row["value"], unit)
            base = f" of {whole(row['denominator'])}" if unit == "percent" else ""
            counts = f" ({whole(row['numerator'])}{base})"
            named = y - 13 if phone else y + 5
            picture.text((0, named), _name(row["nice_name"], LONGEST_NAME[phone]), bold=is_us)
            picture.text((picture.width, named), value if phone else value + counts, "end", bold=is_us)
            ends = (scale.at(row["lower_95"]), y), (scale.at(row["upper_95"]), y)
            picture.line(*ends, ACCENT if is_us else PEER, 3 if is_us else 2)
            picture.mark((scale.at(row["value"]), y), "us" if is_us else "other")
        return picture

    lower = sum(row["value"] < us["value"] for row in drawn)
    ends = [f"{row['nice_name']} ({shown(row['value'], unit)})" for row in (drawn[0], drawn[-1])]
    others = f"{counted(len(drawn) - 1, 'other council')} with figures, {lower} of them with a lower value"
    shape = f"In order of value from {ends[0]} to {ends[1]}, not ranked. {us['nice_name']} is among {others}."
    return Chart("caterpillar", title, " ".join([shape, *(f"{name.capitalize()}." for _, _, name in lines)]), draw)


def _outside(row: Row, limits: Rows) -> bool:
    """Whether a council lies beyond the outer limits for its number of cases."""
    sizes = [one["denominator"] for one in limits]
    low, high = (
        float(np.interp(row["denominator"], sizes, [one[name] for one in limits]))
        for name in ("lower_998", "upper_998")
    )
    return not low <= row["value"] <= high


def _smooth(values: Sequence[float]) -> list[float]:
    padded = np.pad(values, SMOOTHED // 2, mode="edge")
    return [float(value) for value in np.convolve(padded, np.ones(SMOOTHED) / SMOOTHED, mode="valid")]


def funnel(title: str, rows: Rows, head: Row, limits: Rows) -> Chart | None:
    """Each council's value by its number of cases, between the limits within which ours would be no surprise."""
    drawn, unit = comparable(rows), head["unit"]
    if len(drawn) < FEWEST_IN_A_FUNNEL or not limits:
        return None
    outside = [row for row in drawn if _outside(row, limits)]
    named = [row for row in drawn if row["is_subject"]] + [row for row in outside if not row["is_subject"]]
    names = ("lower_998", "lower_95", "upper_95", "upper_998")
    values = [row["value"] for row in drawn] + [row[name] for row in limits for name in names]
    most = max(row["denominator"] for row in limits)
    # limits are whole cases, which draw as a saw
    smooth = {name: _smooth([row[name] for row in limits]) for name in names}

    def draw(phone: bool) -> Picture:
        picture = Picture(PHONE if phone else WIDE, 320)
        right = picture.width - (54 if phone else 60)
        y = upright(picture, values, unit, right)
        x = Scale(0, most, 50, right)
        for at in ticks(0, most, 3 if phone else 6):
            if at <= most:
                text = f"{at:,.0f}" if at < 10_000 else f"{at / 1_000_000:g}m" if at >= 1e6 else f"{at / 1000:g},000"
                picture.text((x.at(at), picture.height - 22), text, "middle", PEER)
        base = "cases" if unit == "percent" else "residents"
        picture.text(((50 + right) / 2, picture.height - 4), f"Number of {base}", "middle", PEER)
        for name in names:
            dash = DASHED if name.endswith("_95") else DOTTED
            curve = [(x.at(row["denominator"]), y.at(at)) for row, at in zip(limits, smooth[name], strict=True)]
            picture.path(curve, PEER, 1.5, dash)
            if name.startswith("upper"):
                picture.text((right + 4, curve[-1][1] + 5), "95%" if dash == DASHED else "99.8%", colour=PEER)
        for row in sorted(drawn, key=lambda row: row["is_subject"]):
            point = x.at(row["denominator"]), y.at(row["value"])
            picture.mark(point, "us" if row["is_subject"] else "other")
        for row in named[: 1 if phone else MOST_NAMED]:
            across, down = x.at(row["denominator"]), y.at(row["value"]) - 8
            text = f"{_name(row['nice_name'], LONGEST_NAME[phone])} {shown(row['value'], unit)}"
            is_left = across + LETTER * len(text) > picture.width
            across += -12 if is_left else 12
            picture.text((across, down), text, "end" if is_left else "start", bold=row["is_subject"])
        return picture

    beyond = (
        f"Outside the 99.8% limits: {joined(row['nice_name'] for row in outside)}."
        if outside
        else ("None lies outside the 99.8% limits.")
    )
    return Chart("funnel", title, f"{counted(len(drawn), 'council')} by number of cases. {beyond}", draw)


def has_group(row: Row) -> bool:
    """Whether so many comparators have a figure of a year that together they stand for their group."""
    return not is_missing(row["pooled_value"]) and row["comparators_with_data"] >= FEWEST_IN_A_GROUP


def are_joined(before: Row, row: Row) -> bool:
    """Whether a line may lead from one year to the next: not over a break, a gap or few cases."""
    return bool(
        before["segment"] == row["segment"]
        and before["period_start"].year + 1 == row["period_start"].year
        and not (before.get("is_small_base") or row.get("is_small_base"))
    )


def years(title: str, rows: Rows, head: Row, council: str) -> Chart | None:
    """Our value by year with its interval and the comparators' average, where enough of them have data to be judged
    by. Years without a figure leave a gap."""
    unit = head["unit"]
    ours, theirs = comparable(rows), [row for row in rows if has_group(row)]
    if len(ours) < 2:
        return None
    values = [row[name] for row in ours for name in ("lower_95", "upper_95")]
    values += [row["pooled_value"] for row in theirs]
    first, last = (rows[place]["period_start"].year for place in (0, -1))

    def draw(phone: bool) -> Picture:
        picture = Picture(PHONE if phone else WIDE, 280)
        right = picture.width - (22 if phone else ROOM_FOR_NAMES)
        y = upright(picture, values, unit, right, PHONE_TOP if phone else 24)
        x = Scale(first - 0.3, last + 0.3, 50, right)
        every = -(-(last - first + 1) * 62 // int(right - 50))
        for year in range(last, first - 1, -every):
            picture.text((x.at(year), picture.height - 14), f"{year}-{(year + 1) % 100:02d}", "middle", PEER)
        for row in rows[1:]:
            if row["is_break"]:
                at = x.at(row["period_start"].year - 0.5)
                top = PHONE_TOP - 6 if phone else 18
                picture.line((at, top), (at, picture.height - 38), INK, 1, DOTTED)
                picture.text((at + 4, top), "measure changed", "start" if at < right - 110 else "end", PEER)
        for series, name in ((theirs, "pooled_value"), (ours, "value")):
            is_ours = series is ours
            for before, row in pairwise(series):
                if are_joined(before, row) if is_ours else before["segment"] == row["segment"]:
                    ends = [(x.at(one["period_start"].year), y.at(one[name])) for one in (before, row)]
                    picture.line(ends[0], ends[1], ACCENT if is_ours else PEER, 2)
            for row in series:
                at = x.at(row["period_start"].year)
                if is_ours:
                    picture.line((at, y.at(row["lower_95"])), (at, y.at(row["upper_95"])), ACCENT, 3)
                picture.mark((at, y.at(row[name])), "us" if is_ours else "other")
        latest = [(council, ours[-1]["value"], True)]
        latest += [("the others on average", theirs[-1]["pooled_value"], False)] if theirs else []
        labels = [(y.at(value), name, shown(value, unit), is_ours) for name, value, is_ours in latest]
        label(picture, labels, right, phone)
        return picture

    by_year = "; ".join(f"{row['period_label']} {shown(row['value'], unit)}" for row in ours)
    average = "; ".join(f"{row['period_label']} {shown(row['pooled_value'], unit)}" for row in theirs)
    shape = f"{council} by year: {by_year}." + (f" The others on average: {average}." if average else "")
    return Chart("years", title, shape, draw)


def label(picture: Picture, labels: list[tuple[float, str, str, bool]], right: float, phone: bool) -> None:
    """The name of each line and its last value at its end or, on a phone, above the drawing, never one upon the other.
    labels: the height, the name, the value and whether the line is ours."""
    before = -100.0
    for place, (y, name, value, is_ours) in enumerate(sorted(labels)):
        colour, before = ACCENT if is_ours else PEER, max(y, before + 36)
        if phone:
            picture.text((50, 14 + 17 * place), f"{_name(name, 24)} {value}", colour=colour, bold=is_ours)
            continue
        picture.text((right + 12, before), _name(name, 24), colour=colour, bold=is_ours)
        picture.text((right + 12, before + 17), value, colour=colour, bold=is_ours)
