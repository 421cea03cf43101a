"""What differs between two publications of one council, by kind, and the same as a short text for an e-mail.

A publication is compared by its `overview.json`, the record of what it said; nothing is recomputed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assets.wording import sentences, words

Record = Mapping[str, Any]

KINDS = {
    "figures": "New figures",
    "restated": "Figures restated",
    "verdicts": "Results that changed",
    "replies": "Replies of the council",
    "actions": "Improvement plan and resolutions",
    "quality": "Data quality",
}
# more that are new at once, as with a first register or plan, are counted and not listed
MOST_NEW = 5
# what the indicators' own entries say already
NOT_REPEATED = ("Q1", "Q2", "Q3", "Q8")


@dataclass(frozen=True)
class Change:
    """One thing that differs, as a sentence. kind: one of `KINDS`."""

    kind: str
    sentence: str


def changes(before: Record, now: Record) -> list[Change]:
    """What differs between two records, kind by kind; nothing where there is no earlier one, or one that an earlier
    version recorded otherwise."""
    if not before or not now.keys() <= before.keys():
        return []
    found = [
        *_indicators(before, now),
        *_restated(before, now),
        *_answers(before, now),
        *_replies(before, now),
        *_undertakings(before, now),
        *_quality(before, now),
    ]
    return sorted(found, key=lambda change: list(KINDS).index(change.kind))


def by_kind(found: list[Change]) -> dict[str, list[str]]:
    """The sentences under the heading of their kind; kinds without any are left out."""
    by_title = {title: [one.sentence for one in found if one.kind == kind] for kind, title in KINDS.items()}
    return {title: lines for title, lines in by_title.items() if lines}


def as_text(before: Record, now: Record) -> str:
    """What changed as plain text that fits into an e-mail."""
    subject = f"{now['council']}: complaints benchmark, edition {now['publication']} of {now['published']}"
    if not before:
        return f"{subject}\n\nThis is the first edition.\n"
    since = f"Since edition {before['publication']} of {before['published']}:"
    by_title = by_kind(changes(before, now))
    blocks = ["\n".join([f"{title}:", *(f"- {line}" for line in lines)]) for title, lines in by_title.items()]
    body = "\n\n".join(blocks) or (
        "No Ombudsman figure, result, action or check changed. We do not compare the other figures of our own cases."
    )
    return f"{subject}\n\n{since}\n\n{body}\n"


def _indicators(before: Record, now: Record) -> Iterator[Change]:
    earlier = {entry["indicator"]: entry for entry in before["indicators"]}
    for entry in now["indicators"]:
        was, title = earlier.pop(entry["indicator"], None), entry["title"]
        if was is None:
            yield Change("figures", f"{title}: a new indicator, {sentences.value(entry)}.")
            continue
        then, today = sentences.value(was), sentences.value(entry)
        if then != today:
            kind = "restated" if was["period_label"] == entry["period_label"] and was["value"] else "figures"
            yield Change(kind, f"{title}: was {then}; now {today}.")
        results = [_beside(record, one).get("called") or "" for record, one in ((before, was), (now, entry))]
        if results[0] != results[1]:
            yield Change(
                "verdicts",
                f"{title}: {_quoted(results[0])} before, {_quoted(results[1])} now{_why(before, was, now, entry)}.",
            )
    for entry in earlier.values():
        if entry["period_label"]:
            yield Change("figures", f"{entry['title']}: no longer an indicator.")


def _quoted(result: str) -> str:
    return f"“{words.sentence(result.replace('not told apart', 'too close to tell'))}”" if result else "no result"


def _beside(record: Record, entry: Record) -> Mapping[str, Any]:
    return dict(entry["groups"].get(record["comparator_group"], {}))


def _why(before: Record, was: Record, now: Record, entry: Record) -> str:
    """Why a result changed: the comparators chosen, the year, our figure, theirs, or how many have one."""
    then, today = _beside(before, was), _beside(now, entry)
    if before["comparator_group"] != now["comparator_group"]:
        return ", because we compare it with other councils"
    if was["period_label"] != entry["period_label"]:
        if not was["period_label"]:
            return ", because there was no figure before"
        if not entry["period_label"]:
            return ", because there is no figure any more"
        return f", for {entry['period_label']} in place of {was['period_label']}"
    reasons = [
        said
        for said, same in (
            ("our figure changed", sentences.value(was) == sentences.value(entry)),
            ("other councils have figures", _same(then, today, "comparators_with_data")),
            ("the other councils’ figures changed", _same(then, today, "pooled_value")),
        )
        if not same
    ]
    return f", because {' and '.join(reasons) or 'the method changed'}"


def _same(then: Record, today: Record, name: str) -> bool:
    return bool(then.get(name) == today.get(name))


def _restated(before: Record, now: Record) -> Iterator[Change]:
    for line in now["restatements"]:
        if line not in before["restatements"]:
            yield Change("restated", line)


def _answers(before: Record, now: Record) -> Iterator[Change]:
    earlier = {(one["question"], one["statement"]): one for one in before["answers"]}
    first = []
    for one in now["answers"]:
        was = earlier.get((one["question"], one["statement"]))
        if was and was["verdict"] != one["verdict"] and one["question"] not in NOT_REPEATED:
            # that an action's measure is now known, and it is too early to say, is no news
            if one["statement"].startswith("action_") and {was["verdict"], one["verdict"]} <= {
                "missing",
                "gated",
            }:
                continue
            before_in_words = words.VERDICT_OF_ANSWER[was["verdict"]]
            change = Change("verdicts", f"{one['question']}, was “{before_in_words}”: {one['sentence']}")
            if was["verdict"] == "missing":
                first.append((one["question"], change))
            else:
                yield change
    if len(first) <= MOST_NEW:
        yield from (change for _, change in first)
    else:
        questions = words.joined(dict.fromkeys(question for question, _ in first))
        yield Change("verdicts", f"{len(first)} findings are new, where we had no figure before ({questions}).")


def _replies(before: Record, now: Record) -> Iterator[Change]:
    for key, one in now["replies"].items():
        if key not in before["replies"]:
            yield Change("replies", f"{one['about']}: {one['reply']} ({one['author_role']}, {one['replied_date']})")
    for key, one in before["replies"].items():
        if key not in now["replies"]:
            yield Change("replies", f"{one['about']}: a reply of {one['replied_date']} was withdrawn.")


def _undertakings(before: Record, now: Record) -> Iterator[Change]:
    for name, noun in (("actions", "Action"), ("resolutions", "Resolution")):
        earlier = before[name]
        new = [key for key in now[name] if key not in earlier]
        if len(new) > MOST_NEW:
            yield Change("actions", f"{len(new)} {noun.lower()}s are new.")
        for key, one in now[name].items():
            was = earlier.get(key)
            if was is None and len(new) <= MOST_NEW:
                yield Change("actions", f"{noun} {key} is new: {one['what']} ({one['state']}).")
            elif was and was["state"] != one["state"]:
                yield Change("actions", f"{noun} {key} was {was['state']}, is now {one['state']}: {one['what']}.")
        for key in earlier:
            if key not in now[name]:
                yield Change("actions", f"{noun} {key} is no longer in the plan.")


def _quality(before: Record, now: Record) -> Iterator[Change]:
    then, today = set(before["failed_checks"]), set(now["failed_checks"])
    for line in sorted(today - then):
        yield Change("quality", f"A check fails that did not: {line}.")
    for line in sorted(then - today):
        yield Change("quality", f"A check no longer fails: {line}.")
    if before["set_aside"] != now["set_aside"]:
        yield Change("quality", f"Figures we did not use: were {before['set_aside']}, are {now['set_aside']}.")
