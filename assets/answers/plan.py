"""What the council undertook: its targets, its actions, the panel's resolutions; and what their measures did since."""

from collections import Counter
from collections.abc import Iterable

from assets.answers.asked import PROCEDURES, Asked, Row, Rows
from assets.answers.facts import ANY_PERIOD, BROKEN, MISSING, TOO_FEW, Fact
from assets.wording import words
from assets.wording.small_counts import gives_away

STATES = {
    "done": "done",
    "done_late": "done late",
    "on_time": "on time",
    "late": "late",
    "blocked": "blocked",
    "not_started": "not started",
    "reported": "reported",
    "reported_late": "reported late",
    "overdue": "overdue",
    "not_yet_due": "not yet due",
    "no_date": "without a date",
}


UNKNOWN = {"too_few_cases": "there are too few cases", "no_data": MISSING, "broken_series": BROKEN}


def targets(asked: Asked) -> Iterable[Fact]:
    """Each target, where the council is, and the chance of meeting it."""
    if not asked.rows["plan_targets"]:
        what = f"Stage 2 {PROCEDURES[asked.main_procedure]} in time"
        yield Fact("target", what, "the target", polarity="higher", is_lead=True)
    for row in asked.rows["plan_targets"]:
        yield _target(asked, row)


def _target(asked: Asked, row: Row) -> Fact:
    outlook = row["outlook"]
    is_hidden = row["cases"] is not None and gives_away(row["cases"], row["of_cases"])
    is_decided = outlook in ("met", "missed")
    said = [
        "No improvement is clear at the 99% level we use for plans, so we give no date."
        if outlook == "no_improvement_detected"
        else "",
        "" if row["probability"] is None else f"The chance of meeting it is {_chance(row['probability'])}.",
        "" if row["said_pct"] is None or is_hidden else f"The plan said {words.rounded(row['said_pct'], 0)}% by now.",
    ]
    fact = Fact(
        "target_unmeasured" if outlook == "no_data" else "target",
        row["indicator_title"],
        f"the target of {words.plain(row['target_pct'])}% by {words.day(row['by_date'])}",
        row["current_label"] or ANY_PERIOD,
        statement=f"target_{row['target_id']}",
        polarity=row["polarity"],
        value=row["value_pct"],
        numerator=row["cases"],
        denominator=row["of_cases"],
        is_different=True if is_decided else None,
        is_above=(outlook == "met") == (row["polarity"] == "higher") if is_decided else None,
        detail=" ".join(filter(None, said)),
        reason=UNKNOWN.get(outlook, ""),
        is_lead="stage2" in row["indicator"],
        evidence=asked.evidence("marts.target_outlook", row),
        sources=(row["source"],) if row["source"] else (),
    )
    return fact.hidden(reason=fact.reason or TOO_FEW, reason_in_words=TOO_FEW) if is_hidden else fact


def _chance(probability: float) -> str:
    """A probability as a whole percentage, never shown as certain."""
    if probability < 0.005:
        return "under 1%"
    return "over 99%" if probability > 0.995 else words.share(probability)


def _reason(text: str | None) -> str:
    """Why an action's measure cannot be compared, as a clause."""
    if text is None:
        return "it is too early"
    if text.startswith(("fewer", "no ")):
        return f"there {'are' if text.startswith('fewer') else 'is'} {text}"
    return text


def _by_state(rows: Rows) -> str:
    """How many rows are in each state, in words: 3 on time, 1 late."""
    counted = ((words.whole(sum(row["state"] == state for row in rows)), name) for state, name in STATES.items())
    return words.joined(f"{number} {name}" for number, name in counted if number != "0")


def _on_track(name: str, rows: Rows, done: int) -> str:
    """Whether the plan is on track, and the numbers: yes only where nothing is late or blocked."""
    counts = Counter(row["state"] for row in rows)
    late, blocked = counts["late"] + counts["overdue"], counts["blocked"]
    verb, behind = ("done", "late") if name == "actions" else ("promises reported", "overdue")
    said = [
        f"{done} of {len(rows)} {verb}",
        f"{late or 'none'} {behind}",
        f"{blocked} blocked" if blocked else "",
    ]
    answer = ("No: " if late + blocked else "Yes: ") if name == "actions" else ""
    return answer + ", ".join(filter(None, said))


def q11(asked: Asked) -> Iterable[Fact]:
    """The plan's actions and the panel's resolutions, summed up; then each action and what its measure did since."""
    for name, what, finished in (
        ("actions", "Actions of the improvement plan", ("done", "done_late")),
        ("resolutions", "Resolutions and promises to the panel", ("reported", "reported_late")),
    ):
        rows = asked.rows[f"plan_{name}"]
        relation = {"actions": "marts.plan_progress", "resolutions": "marts.resolution_progress"}[name]
        hearing = sorted(
            row["hearing_date"]
            for row in rows
            if row["state"] not in finished and row.get("hearing_date") and row["hearing_date"] >= row["as_at"]
        )
        detail = f"They are {_by_state(rows)}." if rows else ""
        if hearing:
            detail += f" The next meeting on one is on {words.day(hearing[0])}."
        done = sum(row["state"] in finished for row in rows)
        yield Fact(
            name,
            what,
            "the dates set",
            f"as at {words.day(rows[0]['as_at'])}" if rows else ANY_PERIOD,
            unit="",
            numerator=done if rows else None,
            denominator=len(rows) if rows else None,
            detail=detail,
            brief=_on_track(name, rows, done),
            is_lead=True,
            evidence=asked.evidence(relation, *rows),
        )
    for row in asked.rows["plan_actions"]:
        yield _moved(asked, row)


def _moved(asked: Asked, row: Row) -> Fact:
    """One action, and whether what it should move has moved since it began."""
    moved, polarity = row["moved"], row["polarity"] or "none"
    # a counted verdict on few cases may be told without the counts, a figure of them may not
    reason = {"too_early": "too early", "no_data": MISSING, "broken_series": BROKEN}.get(moved, "")
    is_different = None if reason else moved in ("improved", "worsened")
    fact = Fact(
        "action",
        row["indicator_title"] or "No measure",
        row["before_label"] or "the time before",
        row["after_label"] or "the time since it began",
        statement=f"action_{row['action_id']}",
        polarity=polarity,
        value=row["after_value"],
        numerator=row["after_cases"],
        denominator=row["after_of_cases"],
        comparator_value=row["before_value"],
        is_different=is_different,
        is_above=None if is_different is None else (moved == "improved") == (polarity == "higher"),
        reason=reason,
        reason_in_words=_reason(row["moved_reason"]),
        detail=(
            f"action {row['action_id']}, “{row['action']}” ({row['owner_role']}; due {words.day(row['due_date'])}; "
            f"{STATES[row['state']]})"
        ),
        evidence=asked.evidence("marts.plan_progress", row),
        sources=(row["evidence"],) if row["evidence"] else (),
    )
    pairs = [(row[f"{when}_cases"], row[f"{when}_of_cases"]) for when in ("before", "after")]
    is_whole = all(cases is not None for cases, _ in pairs)
    if row["method"] == "in_year" and is_whole and any(gives_away(*pair) for pair in pairs):
        in_words = fact.reason_in_words if reason else ""
        return fact.hidden(comparator_value=None, reason=reason or TOO_FEW, reason_in_words=in_words)
    return fact
