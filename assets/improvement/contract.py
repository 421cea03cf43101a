"""The plan's contract: what an action, a target and a resolution hold. The template and every check are made from it.

A field's description is what the template says of it. Raises nothing on its own: `reading.py` turns what pydantic finds
into problems with their lines.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from assets.improvement.people import ROLE_EXPECTED, is_no_role, kinds_found

FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def wrong(rule: str, expected: str) -> PydanticCustomError:
    """An error of a rule of ours, whose message is what was expected."""
    return PydanticCustomError(rule, "{expected}", {"expected": expected})


def prose(text: str, personal: Mapping[str, list[str]] | None = None) -> str:
    """The text, if it is plain, no formula, and names nobody. personal: kinds of personal data, where tried already.

    Raises PydanticCustomError saying what was expected.
    """
    if not text.isprintable():
        raise wrong("not_plain_text", "plain text on one line")
    if text.startswith(FORMULA_STARTS):
        raise wrong("formula", "text; this reads as a formula")
    if kinds := (kinds_found([text]) if personal is None else personal).get(text):
        raise wrong("personal_data", f"nothing that looks like {' or '.join(kinds)}")
    return text


def _prose(text: str, info: ValidationInfo) -> str:
    return prose(text, (info.context or {}).get("personal"))


def _role_prose(text: str, info: ValidationInfo) -> str:
    try:
        return _prose(text, info)
    except PydanticCustomError as error:
        if error.type == "personal_data":
            raise wrong("personal_data", ROLE_EXPECTED) from None
        raise


def _role(text: str) -> str:
    if is_no_role(text):
        raise wrong("personal_data", ROLE_EXPECTED)
    return text


def _address(text: str) -> str:
    if "@" in text or (":" in text and not text.startswith(("https://", "http://"))):
        raise wrong("not_an_address", "a web address (https://…) or the title of a document")
    return text


def _day(value: Any) -> Any:
    """Days are written YYYY-MM-DD and nothing else, so that no one reads 03/04 two ways."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == 10 else None
        except ValueError:
            value = None
    if value is None or not FIRST <= value < LAST:
        raise wrong("not_a_date", f"a date such as 2026-09-30, from {FIRST} to {LAST}")
    return value


def _measure(name: str, info: ValidationInfo) -> str:
    known: dict[str, str] = (info.context or {}).get("polarities", {})
    if name not in known:
        directed = sorted(each for each, polarity in known.items() if polarity != "none")
        raise wrong("unknown_indicator", f"one of {', '.join(directed)}")
    if known[name] == "none":
        raise wrong("indicator_without_direction", "an indicator with a good direction: this one has none")
    return name


def _percent(value: float) -> float:
    # what a workbook's percentage cell holds; nobody sets out to be in time in less than 1 of 100 cases
    if 0 < value < 1:
        raise wrong(
            "share_not_percent", f"a percentage such as {100 * value:g}, not a share such as {value:g}"
        )
    return value


def _without_sign(value: Any) -> Any:
    return value.removesuffix("%").rstrip() if isinstance(value, str) else value


Prose = Annotated[str, Field(max_length=400), AfterValidator(_prose)]
Role = Annotated[str, Field(max_length=80), AfterValidator(_role_prose), AfterValidator(_role)]
Address = Annotated[str, Field(max_length=300), AfterValidator(_prose), AfterValidator(_address)]
Day = Annotated[date, BeforeValidator(_day)]
Reference = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,15}$")]
Measure = Annotated[str, AfterValidator(_measure)]
Percent = Annotated[
    float,
    Field(ge=0, le=100, allow_inf_nan=False),
    AfterValidator(_percent),
    BeforeValidator(_without_sign),
]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Action(_Row):
    """One action of the plan."""

    id: Reference = Field(description="Its number, such as A1, kept from one version of the plan to the next")
    objective: Prose = Field(description="What is to be better for people who complain")
    action: Prose = Field(description="What will be done")
    owner_role: Role = Field(description="The role that answers for it, never a person's name")
    start: Day = Field(
        description="Day on which it starts, YYYY-MM-DD: its indicator is compared before and after"
    )
    due: Day = Field(description="Day by which it is to be done")
    status: Literal["not_started", "in_progress", "blocked", "done"] = Field(description="Where it stands")
    finished: Day | None = Field(None, description="Day on which it was done")
    blocked_reason: Prose | None = Field(None, description="What it waits for, if blocked")
    indicator: Measure | None = Field(
        None, description="What it should move: an indicator or a register measure"
    )
    expected_effect: Prose | None = Field(None, description="By how much, and why one should think so")
    evidence: Address | None = Field(None, description="Address or title of the paper that shows progress")


class Target(_Row):
    """One target: a value of one indicator by one day."""

    id: Reference = Field(description="Its number, such as T1")
    indicator: Measure = Field(description="An indicator or a register measure, a share in per cent")
    value: Percent = Field(description="The target, in per cent of the twelve months that end on `due`")
    due: Day = Field(description="Last day of the twelve months that are to meet it")
    start: Day | None = Field(None, description="Day from which the way to it is measured")
    start_value: Percent | None = Field(None, description="The value on that day, in per cent")
    source: Address | None = Field(None, description="Address or title of the paper that sets it")


class Resolution(_Row):
    """One resolution of the panel, or one promise made to it."""

    id: Reference = Field(description="Its number, such as R1")
    kind: Literal["resolution", "promise"] = Field(
        description="What the panel resolved, or what it was promised"
    )
    what: Prose = Field(description="What is to be done or reported, in the minutes' sense")
    made_by: Role = Field(description="The panel, or the role that promised it")
    made: Day = Field(description="Day of the meeting at which it was made")
    owner_role: Role = Field(description="The role that is to see to it")
    due: Day | None = Field(None, description="Day by which it is to be done")
    hearing: Day | None = Field(None, description="Day of the meeting that is to hear of it")
    reported: Day | None = Field(None, description="Day on which it was reported to the panel")
    source: Address | None = Field(None, description="Address or title of the minutes or report")


SECTIONS: dict[str, type[_Row]] = {"actions": Action, "targets": Target, "resolutions": Resolution}


@dataclass(frozen=True)
class Rule:
    """What must hold between the values of one row: it is broken where `breaks` is true of them.

    key: the one to put right. needs: the keys that it reads; it is not tried where one of them is wrong in itself.
    expected: what to write, with {as_at} for the day of the plan.
    """

    name: str
    key: str
    needs: tuple[str, ...]
    breaks: Callable[[SimpleNamespace, date], bool]
    expected: str


def _before(name: str, first: str) -> Rule:
    return Rule(
        f"{name}_before_{first}",
        name,
        (name, first),
        lambda row, as_at: bool(
            getattr(row, name) and getattr(row, first) and getattr(row, name) < getattr(row, first)
        ),
        f"a day on or after {first}",
    )


def _ahead(rule: str, name: str) -> Rule:
    return Rule(
        rule,
        name,
        (name,),
        lambda row, as_at: bool(getattr(row, name) and getattr(row, name) > as_at),
        "a day on or before {as_at}, the day the plan is as at",
    )


RULES: dict[str, tuple[Rule, ...]] = {
    "actions": (
        _before("due", "start"),
        Rule(
            "done_without_finished",
            "finished",
            ("status", "finished"),
            lambda row, as_at: (row.status == "done") != (row.finished is not None),
            "a day where the status is done, and only there",
        ),
        _before("finished", "start"),
        _ahead("finished_in_future", "finished"),
        Rule(
            "blocked_without_reason",
            "blocked_reason",
            ("status", "blocked_reason"),
            lambda row, as_at: (row.status == "blocked") != (row.blocked_reason is not None),
            "what it waits for where the status is blocked, and only there",
        ),
        Rule(
            "started_in_future",
            "start",
            ("status", "start"),
            lambda row, as_at: bool(
                row.status in ("in_progress", "blocked") and row.start and row.start > as_at
            ),
            "a day on or before {as_at}, the day the plan is as at, or the status not_started",
        ),
    ),
    "targets": (
        Rule(
            "start_without_value",
            "start",
            ("start", "start_value"),
            lambda row, as_at: (row.start is None) != (row.start_value is None),
            "start and start_value together, or neither",
        ),
        Rule(
            "due_before_start",
            "due",
            ("due", "start"),
            lambda row, as_at: bool(row.due and row.start and row.due <= row.start),
            "a day after start",
        ),
    ),
    "resolutions": (
        _before("due", "made"),
        _before("hearing", "made"),
        _before("reported", "made"),
        _ahead("reported_in_future", "reported"),
    ),
}


def contradictions(section: str, values: Mapping[str, str], wrong_keys: set[str], as_at: date) -> list[Rule]:
    """The rules that a row breaks, whatever else is wrong with it. values: its cells as text by key."""
    days = {name for name, one in SECTIONS[section].model_fields.items() if "date" in str(one.annotation)}
    row = SimpleNamespace(
        **{
            name: None
            if name not in values or name in wrong_keys
            else date.fromisoformat(values[name])
            if name in days
            else values[name]
            for name in SECTIONS[section].model_fields
        }
    )
    return [rule for rule in RULES[section] if not wrong_keys & set(rule.needs) and rule.breaks(row, as_at)]
