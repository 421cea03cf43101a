"""The plan's contract: what an action, a target and a resolution hold. The template and every check are made from it.

A field's description is what the template says of it. Raises nothing on its own: `reading.py` turns what pydantic finds
into problems with their lines.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
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


Prose = Annotated[str, Field(max_length=400), AfterValidator(_prose)]
Role = Annotated[str, Field(max_length=80), AfterValidator(_prose), AfterValidator(_role)]
Address = Annotated[str, Field(max_length=300), AfterValidator(_prose), AfterValidator(_address)]
Day = Annotated[date, BeforeValidator(_day)]
Reference = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,15}$")]
Measure = Annotated[str, AfterValidator(_measure)]
Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False), AfterValidator(_percent)]


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

    @model_validator(mode="after")
    def _hangs_together(self, info: ValidationInfo) -> Self:
        as_at: date = (info.context or {}).get("as_at", LAST)
        if self.due < self.start:
            raise wrong("due_before_start", "due on or after start")
        if (self.status == "done") != (self.finished is not None):
            raise wrong("done_without_finished", "finished where the status is done, and only there")
        if self.finished and self.finished < self.start:
            raise wrong("finished_before_start", "finished on or after start")
        if self.finished and self.finished > as_at:
            raise wrong("finished_in_future", f"finished on or before {as_at}, the day the plan is as at")
        if (self.status == "blocked") != (self.blocked_reason is not None):
            raise wrong(
                "blocked_without_reason", "blocked_reason where the status is blocked, and only there"
            )
        if self.status in ("in_progress", "blocked") and self.start > as_at:
            raise wrong("started_in_future", f"start on or before {as_at}, or the status not_started")
        return self


class Target(_Row):
    """One target: a value of one indicator by one day."""

    id: Reference = Field(description="Its number, such as T1")
    indicator: Measure = Field(description="An indicator or a register measure, a share in per cent")
    value: Percent = Field(description="The target, in per cent of the twelve months that end on `due`")
    due: Day = Field(description="Last day of the twelve months that are to meet it")
    start: Day | None = Field(None, description="Day from which the way to it is measured")
    start_value: Percent | None = Field(None, description="The value on that day, in per cent")
    source: Address | None = Field(None, description="Address or title of the paper that sets it")

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if (self.start is None) != (self.start_value is None):
            raise wrong("start_without_value", "start and start_value together, or neither")
        if self.start and self.due <= self.start:
            raise wrong("due_before_start", "due after start")
        return self


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

    @model_validator(mode="after")
    def _hangs_together(self, info: ValidationInfo) -> Self:
        as_at: date = (info.context or {}).get("as_at", LAST)
        for name in ("due", "hearing", "reported"):
            if (day := getattr(self, name)) and day < self.made:
                raise wrong(f"{name}_before_made", f"{name} on or after made")
        if self.reported and self.reported > as_at:
            raise wrong("reported_in_future", f"reported on or before {as_at}, the day the plan is as at")
        return self


SECTIONS: dict[str, type[_Row]] = {"actions": Action, "targets": Target, "resolutions": Resolution}
