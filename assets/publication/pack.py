"""The panel pack: the questions that are answered, each with its chart, and the others in one table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from assets.publication.briefing import ANSWERS, NO_DATA, NOT_OURS, TEXTS, by_question, inputs_missing, state
from assets.publication.drawing import Bar, bars, boxes
from assets.publication.findings import Findings
from assets.publication.headline import concern
from assets.wording import own, words
from assets.wording.small_counts import MINIMUM_BASE
from benchmarking.intervals import wilson

Row = Mapping[str, Any]
FEWEST_IN_A_CLUB = 3
MOST_LEADS = 3
FOR_THE_LAST = 8
QUIET = ("missing", "not applicable")


@dataclass(frozen=True)
class Drawn:
    """A chart under its finding."""

    title: str
    drawing: Markup


@dataclass(frozen=True)
class Answer:
    """One answered question. leads: its answer, what is known first; table: what else the figures say."""

    question: str
    asks: str
    leads: list[Row]
    table: list[Row]
    chart: Drawn | None
    needs: list[str]
    caveats: list[str]


@dataclass(frozen=True)
class Unanswered:
    """One question without an answer yet: what it needs, who has that, and how they send it."""

    question: str
    asks: str
    what: str
    who: str
    how: str


def answered(findings: Findings) -> list[Answer]:
    """The questions that the figures answer at least in part, in the order of the pack."""
    found = []
    for question, rows in by_question(findings).items():
        if state(rows) in (NO_DATA, NOT_OURS):
            continue
        said = [row for row in rows if row["verdict"] not in QUIET]
        leads = sorted((row for row in said if row["is_lead"]), key=lambda row: row["verdict"] not in ANSWERS)
        leads = (leads or said)[:MOST_LEADS]
        find = CHARTS.get(question)
        found.append(
            Answer(
                question=question,
                asks=rows[0]["asks"],
                leads=leads,
                table=[row for row in said if row not in leads],
                chart=find(findings) if find else None,
                needs=_needs(findings, question, rows),
                caveats=list(dict.fromkeys(row["caveat"] for row in leads if row["caveat"])),
            )
        )
    return found


def unanswered(findings: Findings) -> list[Unanswered]:
    """The questions that nothing answers yet, and those about a service that the council does not have."""
    found = []
    for question, rows in by_question(findings).items():
        how_far = state(rows)
        if how_far == NOT_OURS:
            found.append(Unanswered(question, rows[0]["asks"], NOT_OURS, "The county council runs it", "–"))
        elif how_far == NO_DATA:
            missing = inputs_missing(findings, question)
            needed = [TEXTS["sources"][name] for name in missing or TEXTS["questions"][question]["inputs"]]
            what, who, how = (
                joint.join(dict.fromkeys(one[part] for one in needed))
                for part, joint in (("what", "; "), ("who", "; "), ("how", " "))
            )
            if not missing:  # it is loaded, without what this question needs
                what = words.sentence(next(row["missing"] for row in rows if row["missing"]))
            found.append(Unanswered(question, rows[0]["asks"], what, who, how))
    return sorted(found, key=lambda one: one.what == NOT_OURS)


def _needs(findings: Findings, question: str, rows: list[Row]) -> list[str]:
    """What would answer the open statements of a question, unless it is loaded already."""
    inputs = TEXTS["questions"][question]["inputs"]
    if not inputs or inputs[0] not in inputs_missing(findings, question):
        return []
    return list(dict.fromkeys(row["missing"] for row in rows if row["missing"]))


def _longest_cases(findings: Findings) -> Drawn | None:
    rows = [
        row
        for row in findings.own["own_leave_out"]
        if row["procedure"] == "children_statutory" and row["is_declared"] and "in_time_pct" not in row["hidden"]
    ]
    if len(rows) < 2:
        return None
    labels = {
        0: "All cases",
        1: "Without the longest",
        2: "Without the 2 longest",
        3: "Without the 3 longest",
    }
    drawn = [
        Bar(
            labels[row["left_out"]],
            row["in_time_pct"],
            f"{_of(row, 'in_time', 'case_stages')} in time",
            row["left_out"] == 0,
        )
        for row in rows
    ]
    title = (
        f"{_of(rows[-1], 'in_time', 'case_stages')} in time {labels[rows[-1]['left_out']].lower()}, "
        f"{_of(rows[0], 'in_time', 'case_stages')} with all"
    )
    return Drawn(title, bars(drawn, most=100))


def _steps(findings: Findings) -> Drawn | None:
    rows = [
        row
        for row in findings.own["own_steps"]
        if row["timeliness"] == "all" and row["procedure"] == "children_statutory" and "timed" not in row["hidden"]
    ]
    if not rows:
        return None
    longest = max(rows, key=lambda row: row["median_working_days"])
    drawn = [
        Bar(
            words.sentence(row["step"]),
            row["median_working_days"],
            f"{words.rounded(row['median_working_days'], 0)} working days",
            row is longest,
        )
        for row in rows
    ]
    days = words.rounded(longest["median_working_days"], 0)
    title = f"“{words.sentence(longest['step'])}” takes longest: {days} working days in a typical case"
    return Drawn(title, bars(drawn))


def _elsewhere(findings: Findings) -> Drawn | None:
    """Where we stand in a club of councils that count alike; without one, what other councils published."""
    return _club(findings.rows["peer_returns"]) or _published(findings)


def _club(rows: Sequence[Row]) -> Drawn | None:
    """Our share in time in a swarm of those that enough councils returned on the fixed definitions, newest first."""
    swarms: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        if row["comparability_grade"] == "A" and row["in_time_pct"] is not None:
            key = own.stage(row), words.period(row), row["limit_working_days"]
            swarms.setdefault(key, []).append(row)
    drawn = [
        _swarm(f"{stage}, {period}", club)
        for (stage, period, _), club in swarms.items()
        if len(club) >= FEWEST_IN_A_CLUB
    ]
    if not drawn:
        return None
    title = "Complaints in time, counted alike: our share with its margin of error, and each other council’s"
    return Drawn(title, bars(drawn[:FOR_THE_LAST], most=100))


def _swarm(label: str, club: Sequence[Row]) -> Bar:
    first, others = club[0], [row["in_time_pct"] for row in club]
    low, high = (words.rounded(limit, 0) for limit in (min(others), max(others)))
    text = f"{len(others)} others {low}% to {high}%"
    share = first["own_in_time_pct"]
    if share is None or "own_in_time_pct" in first["hidden"]:
        return Bar(label, 0, text, others=others)
    lower, upper = (100 * float(limit) for limit in wilson(first["own_in_time"], first["own_judged"]))
    return Bar(label, share, f"{words.rounded(share, 0)}%; {text}", True, lower, upper, others)


def _published(findings: Findings) -> Drawn | None:
    rows = [
        row
        for row in findings.rows["stage2_elsewhere"]
        if row["procedure"] == "children_statutory"
        and row["in_time_pct"] is not None
        and (row["case_stages"] or 0) >= MINIMUM_BASE
    ]
    if not rows:
        return None
    rows = sorted(rows, key=lambda row: -row["in_time_pct"])[:FOR_THE_LAST]
    drawn = [
        Bar(
            f"{words.body(row['body_name'])}, {words.period(row)}",
            row["in_time_pct"],
            f"{words.rounded(row['in_time_pct'], 0)}% of {words.whole(row['case_stages'])} cases",
        )
        for row in rows
    ]
    return Drawn(
        "Stage 2 complaints in time, as other councils published it. They count differently.",
        bars(drawn, most=100),
    )


def _letters(findings: Findings) -> Drawn | None:
    row = concern(findings)
    printed = str(row["as_printed"]) if row else ""
    if row is None or not printed.isdecimal() or not 1 <= int(printed) <= FOR_THE_LAST:
        return None
    last = row["period_end"].year
    labels = [f"{year - 1}-{year % 100:02d}" for year in range(last - int(printed) + 1, last + 1)]
    letters = words.counted_in_words(len(labels), "letter")
    title = f"{words.sentence(letters)} in a row {'complains' if len(labels) == 1 else 'complain'} of late action"
    return Drawn(title, boxes(labels))


def _services(findings: Findings) -> Drawn | None:
    rows = [
        row
        for row in findings.own["own_services"]
        if row["service"] != own.SERVICE_ALL and "complaints" not in row["hidden"]
    ]
    if not rows:
        return None
    most = max(rows, key=lambda row: row["complaints"])
    drawn = [
        Bar(
            own.named(row["service"]),
            row["complaints"],
            words.counted(row["complaints"], "complaint"),
            row is most,
        )
        for row in sorted(rows, key=lambda row: -row["complaints"])[:FOR_THE_LAST]
    ]
    return Drawn(f"{own.named(most['service'])} draws the most complaints, {most['period_label']}", bars(drawn))


def _capacity(findings: Findings) -> Drawn | None:
    rows = [
        row
        for row in findings.own["own_capacity"]
        if row["role"] == "investigators" and not words.is_missing(row["share_in_time_pct"])
    ]
    if not rows:
        return None
    drawn = [
        Bar(
            words.counted(row["people"], "investigator") + (" (now)" if not row["change"] else ""),
            row["share_in_time_pct"],
            f"{words.rounded(row['share_in_time_pct'], 0)}% in time",
            not row["change"],
            row["lower_pct"],
            row["upper_pct"],
        )
        for row in rows
    ]
    now, more = (next((row for row in rows if row["change"] == change), None) for change in (0, 1))
    title = "Stage 2 complaints that a model expects in time over the next year, by number of investigators"
    if now and more:
        shares = [f"{words.rounded(row['share_in_time_pct'], 0)}%" for row in (now, more)]
        title = f"A model expects {shares[0]} in time over the next year, and {shares[1]} with one more investigator"
    return Drawn(title, bars(drawn, most=100))


def _of(row: Row, part: str, whole: str) -> str:
    return f"{words.whole(row[part])} of {words.whole(row[whole])}"


CHARTS: Mapping[str, Callable[[Findings], Drawn | None]] = {
    "Q4": _longest_cases, "Q6": _steps, "Q7": _elsewhere, "Q8": _letters, "Q9": _services, "Q10": _capacity,
}  # fmt: skip
