"""What a decision's summary says about delay in the statutory children's complaints procedure: facts, not its text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_WORDS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
_NUMBERS = {word: str(number) for number, word in enumerate(_WORDS.split())}
_NUMBERS |= {"first": "1st", "second": "2nd", "third": "3rd"}
_NUMBER = re.compile(rf"\b({'|'.join(_NUMBERS)})\b")
_LENGTH = r"((?:more than )?\d{1,3} (?:working )?(?:day|week|month|year)s?)(?:'s?)?"
_AMOUNT = re.compile(r"£ ?(\d{1,3}(?:,\d{3})+|\d{1,6})(?:\.\d\d)?\b")
_SENTENCE = re.compile(r"(?<=[.;!?])\s+")


@dataclass(frozen=True)
class SummarySource:
    """The words by which a summary says that the procedure was late, from source.yml."""

    categories: tuple[str, ...]
    stages: dict[int, re.Pattern[str]]
    promises: dict[str, re.Pattern[str]]
    words: dict[str, re.Pattern[str]]

    def says(self, kind: str, text: str) -> bool:
        """Whether the text has words of this kind."""
        return self.words[kind].search(text) is not None


@dataclass(frozen=True)
class LateStages:
    """What a decision says about delay in the procedure. `stages` is empty where the procedure was late and no stage is
    named; `late_by` is as printed with digits; several different amounts make no remedy."""

    is_late: bool
    stages: tuple[int, ...] = ()
    is_action_late: bool = False
    late_by: str | None = None
    remedy_gbp: int | None = None
    promises: tuple[str, ...] = ()


def summary_source(declared: Mapping[str, Any]) -> SummarySource:
    """The words of a summary, compiled. Raises KeyError, TypeError or re.error on a slip."""
    nested = ("categories", "stages", "promises")
    return SummarySource(
        tuple(declared["categories"]),
        {int(stage): _any(patterns) for stage, patterns in declared["stages"].items()},
        {promise: _any(patterns) for promise, patterns in declared["promises"].items()},
        {kind: _any(patterns) for kind, patterns in declared.items() if kind not in nested},
    )


def read_summary(summary: str, outcome: str, category: str, source: SummarySource) -> LateStages:
    """What a summary says about delay in the statutory children's complaints procedure. Only an upheld decision says
    that there was any: a complaint about delay is no finding."""
    text = _NUMBER.sub(lambda word: _NUMBERS[word[0]], " ".join(summary.lower().replace("’", "'").split()))
    is_named = "children" in text and source.says("procedure", text)
    if outcome.lower() not in ("upheld", "report") or not (category in source.categories or is_named):
        return LateStages(False)
    found, is_action_late = _findings(text, source)
    if found is None and not is_action_late:
        return LateStages(False)
    return LateStages(
        True,
        tuple(sorted(found or ())),
        is_action_late,
        _late_by(text, source),
        _remedy(text),
        tuple(promise for promise, said in source.promises.items() if said.search(text)),
    )


def _findings(text: str, source: SummarySource) -> tuple[set[int] | None, bool]:
    """The stages found late, None where nothing was; and whether actions after a stage were late."""
    claimed: set[int] | None = None
    found: set[int] | None = None
    is_action_late = is_other_fault = is_denied = False
    for sentence in _SENTENCE.split(text):
        is_denied |= source.says("denials", sentence)
        said = source.words["not_late"].sub(" ", sentence)
        is_late = source.says("late", said) and not source.says("other_matters", said)
        if is_late and source.says("actions", said):
            is_action_late = True
            continue
        stages = {stage for stage, named in source.stages.items() if named.search(said)}
        is_claim = source.says("claims", sentence)
        if is_late and (stages or source.says("procedure", said) or "fault" in said or claimed is not None):
            if is_claim:
                claimed = (claimed or set()) | stages
            else:
                found = (found or set()) | stages
        elif source.says("other_fault", sentence) and not is_claim:
            is_other_fault = True
    if claimed is not None and not is_denied and (found is not None or not is_other_fault):
        found = (found or set()) | claimed
    return found, is_action_late


def _late_by(text: str, source: SummarySource) -> str | None:
    match = source.words["late_by"].search(text)
    return next((length for length in match.groups() if length), None) if match else None


def _remedy(text: str) -> int | None:
    amounts = {int(amount.replace(",", "")) for amount in _AMOUNT.findall(text)}
    return amounts.pop() if len(amounts) == 1 else None


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern.replace('{n}', _LENGTH)})" for pattern in patterns))
