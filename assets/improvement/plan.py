"""The check of a plan: every problem with its line, bad rows aside, the rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assets.council.reading import UnreadableError
from assets.improvement.contract import SECTIONS, contradictions
from assets.improvement.people import kinds_found
from assets.improvement.reading import PlanFile, Problem, Row, read_plan

# what pydantic finds, as what was expected; rules of our own say it themselves
EXPECTED = {
    "missing": "a value",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "a short number such as A1: letters, digits, dots and dashes",
    "literal_error": "one of {expected}",
    "float_parsing": "a number such as 65",
    "greater_than_equal": "at least {ge:g}",
    "less_than_equal": "at most {le:g}",
    "finite_number": "a number such as 65",
}
SECRET = ("personal_data", "string_too_long")


@dataclass(frozen=True)
class PlanReport:
    """What the check of one plan found.

    rows: the good rows of each section, as text by key, with `source_row`. problems: of the rows set aside.
    refusals: why nothing of the plan is taken, if so.
    """

    source_name: str
    unit: str
    as_at: date | None
    is_illustrative: bool
    digest: str
    rows_read: int
    rows: dict[str, list[dict[str, Any]]]
    problems: tuple[Problem, ...] = ()
    refusals: tuple[str, ...] = ()

    @property
    def accepted(self) -> int:
        """How many rows are good."""
        return sum(map(len, self.rows.values()))

    @property
    def set_aside(self) -> int:
        """How many rows are not taken."""
        return self.rows_read - self.accepted

    def as_text(self) -> str:
        """The whole report for a terminal."""
        lines = [f"{self.source_name}: improvement plan as at {self.as_at or 'a day not stated'}"]
        if self.rows_read:
            held = [
                f"{len(rows)} {section if len(rows) > 1 else section.removesuffix('s')}"
                for section, rows in self.rows.items()
                if rows
            ]
            counts = f" ({', '.join(held)})" if held else ""
            read = f"{self.rows_read} {'row' if self.rows_read == 1 else 'rows'} read"
            lines.append(f"  {read}, {self.accepted} good{counts}, {self.set_aside} set aside")
        if self.problems:
            lines += ["", "To be put right (row set aside):", *map(self.sentence, self.problems)]
        if self.refusals:
            lines += ["", "Nothing was taken:", *(f"  {refusal}" for refusal in self.refusals)]
        return "\n".join(lines)

    def sentence(self, problem: Problem) -> str:
        """One problem, with file, line and what was expected."""
        place = f"{self.source_name}, {problem.section} {self.unit} {problem.key_line or problem.line}"
        key = f", {problem.key}" if problem.key else ""
        value = "" if problem.value is None else f" {_shown(problem.value)};"
        return f"  {place}{key}:{value} expected {problem.expected} [{problem.rule}]"


def check_plan(
    path: Path, polarities: Mapping[str, str], *, as_at: date | None = None, is_illustrative: bool = False
) -> PlanReport:
    """The report on one plan file. A bad file is refused in the report, not raised.

    polarities: the good direction of each measure that a plan may name. as_at: the day the plan is as at, where the
    file does not say.
    """
    try:
        file = read_plan(path)
    except UnreadableError as error:
        return PlanReport(path.name, "line", as_at, False, "", 0, {}, refusals=(str(error),))
    refusals = []
    stated = file.about.get("as_at", "")
    try:
        as_at = date.fromisoformat(stated) if stated else as_at
    except ValueError:
        refusals.append(f"as_at: {_shown(stated)} is not a date such as 2026-09-30")
    if as_at is None and not refusals:
        refusals.append("the day the plan is as at is not stated: as_at: 2026-09-30")
    # what the template has and nobody filled in
    file = replace(file, rows=[row for row in file.rows if row.values.keys() - {"id"}])
    marked = file.about.get("is_illustrative", "").lower() in ("true", "yes")
    context = {
        "polarities": polarities,
        "as_at": as_at or date.max,
        "personal": kinds_found(text for row in file.rows for text in row.values.values()),
    }
    rows, problems = _check(file, context)
    report = PlanReport(
        source_name=file.name,
        unit=file.unit,
        as_at=as_at,
        is_illustrative=is_illustrative or marked,
        digest=file.digest,
        rows_read=len(
            {(row.section, row.line) for row in file.rows} | {(one.section, one.line) for one in problems}
        ),
        rows=rows,
        problems=tuple(problems),
    )
    if report.accepted == 0:
        refusals.append("no row is good" if report.rows_read else "there is no row in it")
    elif report.set_aside > report.accepted:
        refusals.append("more rows are set aside than are good: put them right first")
    return replace(report, refusals=tuple(refusals))


def _check(file: PlanFile, context: dict[str, Any]) -> tuple[dict[str, list[dict[str, Any]]], list[Problem]]:
    problems = list(file.problems)
    good: list[tuple[Row, dict[str, Any]]] = []
    for row in file.rows:
        wrong: set[str] = set()
        try:
            found = SECTIONS[row.section].model_validate(row.values, context=context)
        except ValidationError as error:
            personal = context["personal"]
            each = error.errors(include_url=False)
            problems += [_problem(row, one, personal) for one in each]
            wrong = {str(one["loc"][0]) for one in each if one["loc"]}
        else:
            good.append((row, found.model_dump(mode="json")))
        for rule in contradictions(row.section, row.values, wrong, context["as_at"]):
            expected = rule.expected.format(as_at=context["as_at"])
            value = row.values.get(rule.key)
            problems.append(
                Problem(
                    row.section,
                    row.line,
                    rule.key,
                    None if value in context["personal"] else value,
                    expected,
                    rule.name,
                    row.lines.get(rule.key, 0),
                )
            )
    problems += _twice(file.rows)
    bad = {(one.section, one.line) for one in problems}
    rows: dict[str, list[dict[str, Any]]] = {section: [] for section in SECTIONS}
    for row, values in good:
        if (row.section, row.line) not in bad:
            rows[row.section].append({"source_row": row.line, **values})
    order = list(SECTIONS)
    return rows, sorted(
        problems, key=lambda one: (order.index(one.section), one.key_line or one.line, one.key)
    )


def _problem(row: Row, error: Any, personal: Mapping[str, list[str]]) -> Problem:
    key, rule, details = str(error["loc"][0]) if error["loc"] else "", error["type"], error.get("ctx", {})
    if rule == "extra_forbidden":
        known = ", ".join(SECTIONS[row.section].model_fields)
        return Problem(
            row.section,
            row.line,
            _shown(key),
            None,
            f"one of the keys {known}",
            "unknown_key",
            row.lines[key],
        )
    expected = EXPECTED.get(rule, "{expected}").format(**{"expected": error["msg"], **details})
    value = row.values.get(key)
    if rule in SECRET or value in personal:
        value = None
    return Problem(row.section, row.line, key, value, expected, rule, row.lines.get(key, 0))


def _twice(rows: list[Row]) -> list[Problem]:
    """Rows that share a number, or actions and targets that say the same: both are set aside, as none is the truer."""
    told = {"actions": ("action",), "targets": ("indicator", "due"), "resolutions": ("what", "made")}
    found = []
    for name, keys in (("id", dict.fromkeys(told, ("id",))), ("row", told)):
        seen: dict[tuple[Any, ...], list[Row]] = {}
        for row in rows:
            said = tuple(row.values.get(key, "").casefold().rstrip(".") for key in keys[row.section])
            if all(said):
                seen.setdefault((row.section, *said), []).append(row)
        for alike in seen.values():
            for row in alike if len(alike) > 1 else ():
                others = ", ".join(str(one.line) for one in alike if one is not row)
                expected = f"each {'number' if name == 'id' else 'entry'} once; the same stands at {others}"
                key = keys[row.section][0]
                found.append(Problem(row.section, row.line, key, None, expected, f"{name}_twice"))
    return found


def _shown(text: str) -> str:
    clean = "".join(letter if letter.isprintable() else "?" for letter in text)
    return repr(clean if len(clean) <= 60 else f"{clean[:57]}...")
