"""Charts of the council's own cases: Stage 2 in time, the days of each case, and control charts by month."""

from datetime import date, timedelta
from itertools import groupby, pairwise

from assets.publication.charts import (
    DASHED,
    DOTTED,
    PHONE,
    PHONE_TOP,
    ROOM_FOR_NAMES,
    WIDE,
    Chart,
    Rows,
    label,
    shown,
    upright,
)  # fmt: skip
from assets.publication.drawing import ACCENT, INK, PEER, Picture, Scale
from assets.wording.small_counts import gives_away
from assets.wording.words import PROCEDURES, counted, joined, rounded, whole
from benchmarking.intervals import wilson
from benchmarking.spc import POINTS_FOR_LIMITS, xmr

FEWEST_IN_A_CONTROL_CHART = 6
# so that no case is known by its days
DAYS_APART = 5


def _months(picture: Picture, first: date, last: date, right: float, phone: bool) -> Scale:
    """The level axis of time with its months."""
    x = Scale(first.toordinal() - 20, last.toordinal() + 20, 50, right)
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next((step for step in (1, 2, 3, 6, 12, 24) if months / step <= (2 if phone else 5)), 60)
    for place in range(0, months + 1, step):
        month = first.month - 1 + place
        at = date(first.year + month // 12, month % 12 + 1, 15)
        picture.text((x.at(at.toordinal()), picture.height - 14), f"{at:%b %Y}", "middle", PEER)
    return x


def in_time(title: str, rows: Rows) -> Chart | None:
    """The share in time of the cases that fell due, by twelve months and procedure, where it may be shown: points with
    their counts, joined only where none rests on few cases."""
    held = [
        row
        for row in sorted(rows, key=lambda row: row["period_end"])
        if row["counted_on"] == "due"
        and not {"in_time_pct", "judged"} & row["hidden"]
        and row["in_time_pct"] is not None
    ]
    if len(held) < 2:
        return None
    series = {
        name: [row for row in held if row["procedure"] == name]
        for name in dict.fromkeys(row["procedure"] for row in held)
    }
    ends = {id(row): [100 * float(end) for end in wilson(row["in_time"], row["judged"])] for row in held}

    def draw(phone: bool) -> Picture:
        picture = Picture(PHONE if phone else WIDE, 300)
        right = picture.width - (22 if phone else ROOM_FOR_NAMES)
        y = upright(picture, [0, 100], "percent", right, PHONE_TOP if phone else 24)
        x = _months(picture, held[0]["period_end"], held[-1]["period_end"], right, phone)
        labels = []
        for place, (name, points) in enumerate(series.items()):
            is_ours = place == 0
            colour = ACCENT if is_ours else PEER
            # side by side where two have the same day
            at = [x.at(row["period_end"].toordinal()) + 10 * place for row in points]
            for (one, before), (other, row) in pairwise(zip(at, points, strict=True)):
                if not (before["has_small_base"] or row["has_small_base"]):
                    picture.line((one, y.at(before["in_time_pct"])), (other, y.at(row["in_time_pct"])), colour, 2)
            for one, row in zip(at, points, strict=True):
                low, high = ends[id(row)]
                picture.line((one, y.at(low)), (one, y.at(high)), colour, 2)
                picture.mark((one, y.at(row["in_time_pct"])), "us" if is_ours else "other")
            latest = points[-1]
            said = f"{latest['in_time']} of {latest['judged']}"
            labels.append((y.at(latest["in_time_pct"]), PROCEDURES[name], said, is_ours))
        label(picture, labels, right, phone)
        return picture

    said = [
        f"{PROCEDURES[name]}, limit {points[-1]['limit_working_days']} working days: "
        + "; ".join(f"to {row['period_end']:%B %Y} {row['in_time']} of {row['judged']}" for row in points)
        for name, points in series.items()
    ]
    return Chart("timeliness", title, f"Each point is twelve months, with its 95% interval. {'. '.join(said)}.", draw)


def control(title: str, rows: Rows) -> Chart | None:
    """One control chart: its months, centre line and limits, and the months that stand out as squares.

    A month that may not be shown is a gap. Lines stand at whole numbers, so that no month can be worked out from them,
    and are left out where the centre may not be shown.
    """
    hidden = sum("value" in row["hidden"] for row in rows)
    runs = [list(run) for is_hidden, run in groupby(rows, lambda row: "value" in row["hidden"]) if not is_hidden]
    rows = [row for run in runs for row in run]
    if len(rows) < FEWEST_IN_A_CONTROL_CHART:
        return None
    unit = "percent" if rows[0]["chart"] == "p" else "count"
    names = () if "centre" in rows[0]["hidden"] else ("lower_limit", "centre", "upper_limit")
    # of each run of months shown
    lines = [{name: [float(rounded(row[name], 0).replace(",", "")) for row in run] for name in names} for run in runs]
    values = [row["value"] for row in rows] + [value for run in lines for line in run.values() for value in line]

    def draw(phone: bool) -> Picture:
        picture = Picture(PHONE if phone else WIDE, 260)
        right = picture.width - (22 if phone else 110)
        y = upright(picture, values, unit, right)
        x = _months(picture, rows[0]["month_start"], rows[-1]["month_start"] + timedelta(days=27), right, phone)
        for run, line in zip(runs, lines, strict=True):
            at = [x.at(row["month_start"].toordinal() + 14) for row in run]
            edges = [at[0] - 8, *((one + other) / 2 for one, other in pairwise(at)), at[-1] + 8]
            for name, at_values in line.items():
                dash = "" if name == "centre" else DASHED
                heights = [y.at(value) for value in at_values]
                points = [
                    (edges[0], heights[0]),
                    *zip(edges, heights, strict=False),
                    (edges[-1], heights[-1]),
                ]
                picture.path(points, PEER, 1.5, dash, steps=True)
            if len(run) > 1:
                picture.path([(one, y.at(row["value"])) for one, row in zip(at, run, strict=True)], ACCENT, 2)
            else:
                picture.mark((at[0], y.at(run[0]["value"])), "us")
            for one, row in zip(at, run, strict=True):
                if row["rebased_because"]:
                    picture.line((one - 8, 20), (one - 8, picture.height - 38), INK, 1, DOTTED)
                    picture.text((one - 4, 14), "new limits", colour=PEER)
                if row["is_signal"] and "signal" not in row["hidden"]:
                    picture.mark((one, y.at(row["value"])), "square")
        if not phone:
            sign = "%" if unit == "percent" else ""
            for name, at_values in lines[-1].items():
                word, last = "centre" if name == "centre" else "limit", at_values[-1]
                picture.text((right + 6, y.at(last) + 5), f"{word} {whole(last)}{sign}", colour=PEER)
        return picture

    marked = [f"{row['month_start']:%B %Y}" for row in rows if row["is_signal"] and "signal" not in row["hidden"]]
    low, high = (
        shown(end, unit) if unit == "percent" else whole(end)
        for end in (min(row["value"] for row in rows), max(row["value"] for row in rows))
    )
    shape = f"{counted(len(rows), 'month')} from {low} to {high}. "
    shape += f"{counted(hidden, 'month')} not shown. " if hidden else ""
    shape += f"Outside chance: {joined(marked)}." if marked else "No month stands out."
    return Chart("control", title, shape, draw)


def days(rows: Rows, procedure: str, limit: int) -> Chart | None:
    """The working days of each completed case of one procedure by its order, to five days, with the limit and the
    limits of chance.

    Nothing for few cases, and where so few were late or in time that the drawing would give them away.
    """
    taken = [row["elapsed_working_days"] for row in rows]
    if len(taken) < POINTS_FOR_LIMITS or gives_away(sum(one > limit for one in taken), len(taken)):
        return None
    chart = xmr(taken)
    drawn = [DAYS_APART * round(one / DAYS_APART) for one in taken]
    lines = {
        "may take": (float(rounded(chart.upper[-1], 0).replace(",", "")), PEER, DASHED),
        "average": (float(rounded(chart.centre[-1], 0).replace(",", "")), PEER, ""),
        "limit": (float(limit), INK, DOTTED),
    }

    def draw(phone: bool) -> Picture:
        picture = Picture(PHONE if phone else WIDE, 280)
        right = picture.width - (22 if phone else 110)
        values = [0.0, *drawn, *(value for value, _, _ in lines.values())]
        y = upright(picture, values, "count", right, PHONE_TOP if phone else 24)
        x = Scale(0, len(drawn) + 1, 50, right)
        picture.text(((50 + right) / 2, picture.height - 14), "Completed cases, oldest first", "middle", PEER)
        points = [(x.at(place), y.at(one)) for place, one in enumerate(drawn, start=1)]
        picture.path(points, ACCENT, 1)
        for point, is_signal in zip(points, chart.is_signal, strict=True):
            picture.mark(point, "square" if is_signal else "dot")
        labels = []
        for name, (value, colour, dash) in lines.items():
            picture.line((50, y.at(value)), (right, y.at(value)), colour, 1.5, dash)
            labels.append((y.at(value), name, f"{whole(value)} days", False))
        label(picture, labels, right, phone)
        return picture

    way = {"better": "quicker than", "worse": "slower than"}.get(str(chart.words(higher_is_better=False)[-1]), "within")
    title = f"Working days of each Stage 2 case, {PROCEDURES[procedure].lower()}: the newest are {way} the usual range"
    shape = f"{counted(len(drawn), 'case')} from {min(drawn)} to {max(drawn)} days. "
    shape += f"{whole(sum(chart.is_signal))} stand out."
    return Chart(f"days-{procedure.split('_')[0]}", title, shape, draw)
