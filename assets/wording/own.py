"""The council's own cases in words, with a symbol in place of each count that is too small to show."""

from collections.abc import Mapping, Sequence
from typing import Any

from assets.wording import words
from assets.wording.small_counts import SERVICE_ALL, gives_away, is_small

Rows = list[dict[str, Any]]

CLOCKS = {
    "request": "the request",
    "acknowledgement": "the acknowledgement",
    "agreed_statement": "the agreed statement of complaint",
    "statement": "the agreed statement of complaint",
    "report": "the investigator’s report",
    "adjudication": "the adjudication letter, or the response where there is none",
    "closed": "the closing of the case",
    "response": "the response",
}


CHARTED = {"received": "complaints received", "due_in_time": "share in time of those that fell due"}


OUTLOOKS = {
    "met": "met",
    "missed": "missed",
    "on_current_evidence": "on current evidence",
    "no_improvement_detected": "no improvement clear at the 99% level",
    "too_few_cases": "too few cases to say",
    "no_data": "we have no figures",
    "broken_series": "not compared: the measure changed",
}
MOVED = {
    "improved": "better, clear at the 99% level",
    "worsened": "worse, clear at the 99% level",
    "no_change_detected": "no change clear at the 99% level",
    "too_early": "too early to say",
    "no_data": "we have no figures",
    "broken_series": "not compared: the measure changed",
}


def shown(row: Mapping[str, Any], column: str) -> str:
    """One cell of a council's own table: the figure, the symbol for none, or that for a small count."""
    return words.SUPPRESSED if column in row["hidden"] else words.shown(column, row[column])


def stage_2_sentence(rows: Sequence[Mapping[str, Any]], council: str) -> str:
    """The primary answer to whether Stage 2 is in time: the latest twelve months of children's
    complaints that fell due."""
    due = [row for row in rows if row["counted_on"] == "due" and row["procedure"] == "children_statutory"]
    if not due:
        return f"No Stage 2 children’s social care complaint of {council} fell due in a whole period of the register."
    row = max(due, key=lambda one: one["period_end"])
    when = f"in the {row['period_label']}"
    if "judged" in row["hidden"]:
        return f"Fewer than five Stage 2 children’s social care complaints to {council} fell due {when}."
    if "in_time" in row["hidden"]:
        return (
            f"Of {words.whole(row['judged'])} Stage 2 children’s social care complaints to {council} that "
            f"fell due {when}, "
            "so few were in time, or late, that we do not show the number."
        )
    share = (
        ""
        if words.is_missing(row["in_time_pct"])
        else f" ({words.rounded(row['in_time_pct'], 0 if row['judged'] < 100 else 1)}%)"
    )
    mark = ", few cases" if row["has_small_base"] else ""
    return (
        f"{council} completed {words.whole(row['in_time'])} of {words.whole(row['judged'])} Stage 2 children’s social "
        f"care complaints within {words.whole(row['limit_working_days'])} working days{share}. "
        f"They fell due {when}{mark}."
    )


def clocks(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Which clock the timeliness figures run on, one sentence a procedure, for print next to them."""
    lines = {}
    for row in rows:
        start, end = (CLOCKS.get(row[name], row[name].replace("_", " ")) for name in ("clock_start", "clock_end"))
        stated = {row["clock_start"], row["clock_end"]} - {"not_stated"}
        why = (
            "as the council declared"
            if row["has_declared_clock"]
            else "the usual one, because the council has not declared its own"
            if row["source"] == "case register"
            else "as the council’s own figures state"
        )
        lines[row["procedure"]] = (
            f"{words.PROCEDURES[row['procedure']]}: the clock runs from {start} to {end}, {why}."
            if stated
            else f"{words.PROCEDURES[row['procedure']]}: the council does not say where the clock starts and stops."
        )
    return list(lines.values())


def named(text: str) -> str:
    """A service or role of the register in words."""
    return (
        "All services"
        if text == SERVICE_ALL
        else words.sentence(text.replace("_", " ").replace("childrens", "children’s"))
    )


def stage(row: Mapping[str, Any]) -> str:
    """The procedure and stage of a row in words: Corporate, stage 1; Statutory adults’, its only stage."""
    of = "its only stage" if row["stage"] == "single" else f"stage {row['stage']}"
    return f"{words.PROCEDURES[row['procedure']]}, {of}"


def centre(row: Mapping[str, Any]) -> str:
    """The centre line of a control chart, whole, with its unit: 56%, or 34 a month."""
    if "centre" in row["hidden"]:
        return words.SUPPRESSED
    return f"{words.rounded(row['centre'], 0)}{'%' if row['measure'] == 'due_in_time' else ' a month'}"


def control_sentence(row: Mapping[str, Any]) -> str:
    """What one control chart shows: whether any of its last twelve months is more than chance."""
    what = f"{stage(row)}, {CHARTED[row['measure']]}"
    around = "" if "centre" in row["hidden"] else f" around {centre(row)}"
    trial = "; trial limits, from fewer than twelve months" if row["is_trial"] else ""
    months = words.counted(row["marked"], "month") if row["marked"] else "no month"
    stand = "stand" if row["marked"] > 1 else "stands"
    return f"{what}: {months} of the twelve to {words.day(row['as_at'])} {stand} out from chance{around}{trial}"


def limits_anew(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Why the limits of a control chart begin anew, one sentence for each month shown in which they do."""
    return [
        f"The limits begin anew in {row['month_start']:%B %Y}: {row['rebased_because'].rstrip('.')}."
        for row in rows
        if not words.is_missing(row["rebased_because"])
    ]


def compliments_sentence(services: Sequence[Mapping[str, Any]], extracts: int) -> str:
    """How many compliments the register counts, and how many were sent to be shown."""
    whole = next((row for row in services if row["service"] == SERVICE_ALL), None)
    are = "is" if extracts == 1 else "are"
    sent = (
        f"{words.counted(extracts, 'extract')} that the council checked and sent {are} shown."
        if extracts
        else "The council sent no extract to be shown."
    )
    # a register of complaints alone counts none, although some were sent
    if whole is None or words.is_missing(whole["compliments"]) or (extracts and not whole["compliments"]):
        return f"We have no count of compliments. {words.sentence(sent)}"
    counted = (
        "fewer than five compliments"
        if "compliments" in whole["hidden"]
        else words.counted(whole["compliments"], "compliment")
        if whole["compliments"]
        else "no compliment"
    )
    return (
        f"In {whole['period_label']} the register counts {counted} and "
        f"{shown(whole, 'complaints')} complaints. {words.sentence(sent)}"
    )


def paired(rows: Sequence[Mapping[str, Any]]) -> Rows:
    """Both ways of counting side by side: one row a procedure, period and limit; a way without a row is nothing. Of
    several rows the first stands, as in the sentence above them."""
    pairs: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        about = (row["procedure"], row["period_end"], row["limit_working_days"])
        pair = pairs.setdefault(about, {"either": row, "due": None, "closed": None})
        pair[row["counted_on"]] = pair[row["counted_on"]] or row
    return list(pairs.values())


def open_sentence(rows: Sequence[Mapping[str, Any]], council: str) -> str:
    """How many complaints are open in all and past their limit, each as fewer than five where it is 1 to 4."""
    on = words.day(rows[0]["as_at"])
    is_open, overdue = (
        "fewer than five" if is_small(total) else words.whole(total)
        for total in (sum(row[name] for row in rows) for name in ("open_stages", "overdue"))
    )
    return (
        f"Of all complaints to {council}, {is_open} were open on {on}, and {overdue} of these past the time limit of "
        "their stage."
    )


def shown_open(rows: Sequence[Mapping[str, Any]]) -> Rows:
    """The bands of open cases of which something may be shown."""
    return [dict(row) for row in rows if not {"open_stages", "overdue"} <= row["hidden"]]


def hidden_open(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The bands of open cases that are not shown, by stage in words: Corporate, stage 1 (0 to 10, 11 to 25)."""
    bands: dict[str, list[str]] = {}
    for row in rows:
        if {"open_stages", "overdue"} <= row["hidden"]:
            bands.setdefault(stage(row), []).append(row["age_band"])
    return [f"{name} ({', '.join(of)})" for name, of in bands.items()]


def without_longest(rows: Sequence[Mapping[str, Any]]) -> Rows:
    """The leave-out tests, one row each: the procedure, with its clock where it has two, and the share in time by how
    many of the longest cases are left out."""
    tests: dict[tuple[Any, ...], Rows] = {}
    for row in rows:
        key = tuple(row[name] for name in ("procedure", "clock_start", "clock_end", "allowance"))
        tests.setdefault(key, []).append(dict(row))
    procedures = [key[0] for key in tests]
    return [
        {
            "name": words.PROCEDURES[procedure]
            + (f", from {CLOCKS.get(start, start)}" if procedures.count(procedure) > 1 else ""),
            "shares": {row["left_out"]: _share_of(row) for row in of},
        }
        for (procedure, start, *_), of in tests.items()
    ]


def _share_of(row: Mapping[str, Any]) -> str:
    """A share with its counts, or the symbol for too few."""
    if {"in_time", "in_time_pct"} & row["hidden"]:
        return words.SUPPRESSED
    counts = f"{shown(row, 'in_time')} of {shown(row, 'case_stages')}"
    return counts if words.is_missing(row["in_time_pct"]) else f"{shown(row, 'in_time_pct')} ({counts})"


def folded(rows: Sequence[Mapping[str, Any]]) -> list[Rows]:
    """The changes in people, those side by side that the model gives the same result in one run."""
    runs: list[Rows] = []
    for row in rows:
        same = ("role", "share_in_time_pct", "lower_pct", "upper_pct", "reason")
        if runs and all(shown(runs[-1][0], name) == shown(row, name) for name in same):
            runs[-1].append(dict(row))
        else:
            runs.append([dict(row)])
    return runs


def span(run: Rows, column: str) -> str:
    """A column of a run of rows: its one value, or the first to the last; a change in people has its sign."""
    ends = dict.fromkeys(
        f"+{row[column]}" if column == "change" and row[column] > 0 else shown(row, column) for row in (run[0], run[-1])
    )
    return " to ".join(ends)


def makes_no_difference(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Of each role, over which numbers of people the model gives what it gives for the people now."""
    return [
        f"On this model any number of {named(run[0]['role']).lower()} from {shown(run[0], 'people')} to "
        f"{shown(run[-1], 'people')} gives the same share in time, {shown(run[0], 'share_in_time_pct')}."
        for run in folded(rows)
        if len(run) > 1 and any(row["change"] == 0 for row in run)
    ]


def targets_now(row: Mapping[str, Any]) -> str:
    """Where a target's measure is, without counts too small to show."""
    if words.is_missing(row["cases"]):
        return words.MISSING
    if gives_away(row["cases"], row["of_cases"]):
        return words.SUPPRESSED
    counts = f"{words.whole(row['cases'])} of {words.whole(row['of_cases'])}"
    return f"{words.shown('value_pct', row['value_pct'])}, {counts}"
