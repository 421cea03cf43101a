"""What the council undertook: its targets, its actions, the panel's resolutions; and what their measures did since."""

from collections.abc import Iterable
from typing import Any

from assets.answers.asked import ANY_PERIOD, PROCEDURES, TOO_FEW, Asked, Row, Rows
from assets.answers.facts import BROKEN, MISSING, Fact
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


def targets(asked: Asked) -> Iterable[Fact]:
    """Each target, where the council is, and the chance of meeting it."""
    base: dict[str, Any] = {"template": "target", "polarity": "higher"}
    if not asked.rows["plan_targets"]:
        what = f"Stage 2 {PROCEDURES[asked.main_procedure]} in time"
        yield Fact(
            **base,
            statement="target",
            what=what,
            period=ANY_PERIOD,
            comparator="the target",
            reason=MISSING,
            is_lead=True,
        )
    for row in asked.rows["plan_targets"]:
        outlook, held = row["outlook"], row["cases"] is not None
        is_hidden = held and gives_away(row["cases"], row["of_cases"])
        is_decided = outlook in ("met", "missed")
        chance = (
            ""
            if row["probability"] is None
            else f"The chance of meeting it is {_chance(row['probability'])}."
        )
        unknown = {
            "too_few_cases": "there are too few cases",
            "no_data": MISSING,
            "broken_series": BROKEN,
        }
        said = (
            ""
            if row["said_pct"] is None or is_hidden
            else f" The plan said {words.rounded(row['said_pct'], 0)}% by now."
        )
        yield Fact(
            **{
                "template": "target_unmeasured" if outlook == "no_data" else "target",
                "polarity": row["polarity"],
            },
            statement=f"target_{row['target_id']}",
            what=row["indicator_title"],
            period=row["current_label"] or ANY_PERIOD,
            comparator=f"the target of {words.plain(row['target_pct'])}% by {words.day(row['by_date'])}",
            value=None if is_hidden else row["value_pct"],
            numerator=None if is_hidden else row["cases"],
            denominator=row["of_cases"],
            is_hidden=is_hidden,
            is_different=True if is_decided else None,
            is_above=(outlook == "met") == (row["polarity"] == "higher") if is_decided else None,
            detail=(
                f"No improvement is clear at the 99% level we use for plans, so we give no date. {chance}"
                if outlook == "no_improvement_detected"
                else chance
            )
            + said,
            reason=unknown.get(outlook, "") or (TOO_FEW if is_hidden else ""),
            reason_in_words=TOO_FEW if is_hidden else unknown.get(outlook, ""),
            is_lead="stage2" in row["indicator"],
            evidence=asked.evidence("marts.target_outlook", row),
            sources=(row["source"],) if row["source"] else (),
        )


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
    counted = (
        (words.whole(sum(row["state"] == state for row in rows)), name) for state, name in STATES.items()
    )
    return words.joined(f"{number} {name}" for number, name in counted if number != "0")


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
            if row["state"] not in finished
            and row.get("hearing_date")
            and row["hearing_date"] >= row["as_at"]
        )
        detail = f"They are {_by_state(rows)}." if rows else ""
        if hearing:
            detail += f" The next meeting on one is on {words.day(hearing[0])}."
        yield Fact(
            statement=name,
            template=name,
            what=what,
            period=f"as at {words.day(rows[0]['as_at'])}" if rows else ANY_PERIOD,
            comparator="the dates set",
            polarity="none",
            unit="",
            numerator=sum(row["state"] in finished for row in rows) if rows else None,
            denominator=len(rows) if rows else None,
            detail=detail,
            reason="" if rows else MISSING,
            is_lead=True,
            evidence=asked.evidence(relation, *rows),
        )
    for row in asked.rows["plan_actions"]:
        yield _moved(asked, row)


def _moved(asked: Asked, row: Row) -> Fact:
    """One action, and whether what it should move has moved since it began."""
    moved, held = row["moved"], row["after_cases"] is not None and row["before_cases"] is not None
    is_own = row["method"] == "in_year"
    is_hidden = (
        held
        and is_own
        and any(gives_away(row[f"{when}_cases"], row[f"{when}_of_cases"]) for when in ("before", "after"))
    )
    # a counted verdict on few cases may be told without the counts, a figure of them may not
    reason = {"too_early": "too early", "no_data": MISSING, "broken_series": BROKEN}.get(moved, "")
    is_different = None if reason else moved in ("improved", "worsened")
    polarity = row["polarity"] or "none"
    return Fact(
        statement=f"action_{row['action_id']}",
        template="action",
        what=row["indicator_title"] or "No measure",
        period=row["after_label"] or "the time since it began",
        comparator=row["before_label"] or "the time before",
        polarity=polarity,
        value=None if is_hidden else row["after_value"],
        numerator=None if is_hidden else row["after_cases"],
        denominator=row["after_of_cases"],
        comparator_value=None if is_hidden else row["before_value"],
        is_hidden=is_hidden,
        is_different=is_different,
        is_above=None if is_different is None else (moved == "improved") == (polarity == "higher"),
        reason=reason or (TOO_FEW if is_hidden else ""),
        reason_in_words=TOO_FEW if is_hidden and not reason else _reason(row["moved_reason"]),
        detail=(
            f"action {row['action_id']}, “{row['action']}” ({row['owner_role']}; due {words.day(row['due_date'])}; "
            f"{STATES[row['state']]})"
        ),
        evidence=asked.evidence("marts.plan_progress", row),
        sources=(row["evidence"],) if row["evidence"] else (),
    )
