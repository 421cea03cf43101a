"""A council's own mapping file: its headings, stages, code values and date patterns, onto the register contract's."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from assets.council import dates as written
from assets.council.contract import read_contract
from assets.council.personal_data import kinds_in
from warehouse.handed_in import YamlRefusedError, as_written, read_yaml
from warehouse.showing import shown

PersonalKind = Literal["email", "phone", "national_insurance", "postcode", "address", "birth", "name", "nhs_number"]
CASES = "case_stages"
# columns that a case has once, whatever its stages
OF_THE_CASE = ("case_reference", "procedure", "service", "kind", "channel")
# what one council's word for a stage may be, and the contract's
STAGES = {"1": "1", "2": "2", "3": "3", "single": "single", "stage 1": "1", "stage 2": "2", "stage 3": "3"}


class MappingError(ValueError):
    """A mapping file that cannot be used; the message names each mistake with its line."""


def _stage(name: Any) -> str:
    return STAGES.get(str(name).strip().casefold(), str(name))


# how dates are written, as strptime codes; one pattern may stand alone
Patterns = Annotated[
    tuple[Annotated[str, AfterValidator(written.pattern)], ...],
    BeforeValidator(lambda given: [given] if isinstance(given, str) else given),
]
# a code with nothing after it is an empty cell
Code = Annotated[str, BeforeValidator(lambda given: "" if given is None else given)]


class Mapping(BaseModel):
    """How to read one council's delivery. Every field is optional; without it the contract's own names hold."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    as_at: dt.date | None = Field(default=None, description="The day the extract was taken")
    covers: Literal["changes", "everything"] = Field(
        default="changes",
        description="everything: what an earlier extract had and this one does not is gone",
    )
    encoding: str | None = Field(default=None, description="Text encoding of a CSV file, where it is not UTF-8")
    delimiter: str | None = Field(default=None, min_length=1, max_length=1, description="Delimiter of a CSV file")
    sheet: str | None = Field(default=None, description="Sheet of a workbook; all: every sheet with the same headings")
    row: Literal["case_stage", "case", "event"] | None = Field(
        default=None,
        description="case: one row a case, with its stages side by side under `stages`; event: one row for each thing "
        "that happened to it, whose words in `event` are the headings of their days",
    )
    event: str | None = Field(default=None, description="Your column that says what happened, for row: event")
    event_date: str | None = Field(default=None, description="Your column with the day on which it happened")
    columns: dict[str, str] = Field(default={}, description="The contract's column name: your own")
    constants: dict[str, str] = Field(
        default={}, description="The contract's column name: the value that every row has"
    )
    stages: dict[Annotated[str, BeforeValidator(_stage)], dict[str, str]] = Field(
        default={}, description="For each stage, the contract's column name: your own"
    )
    ticked: dict[str, dict[str, str]] = Field(
        default={},
        description="A heading to be made of your columns that each say yes or no: your column, and its code",
    )
    fill_down: tuple[str, ...] = Field(
        default=(), description="Your columns that are written once for rows that follow one another"
    )
    key: tuple[str, ...] = Field(
        default=(),
        description="Columns that together tell one case from another, where numbers are used twice",
    )
    ignore: frozenset[str] = Field(default=frozenset(), description="Your columns that are not to be read")
    unknown: tuple[str, ...] = Field(
        default=(),
        description="Your columns that a draft did not understand; left unread, and named in the report",
    )
    empty: frozenset[str] = Field(default=frozenset(), description="Words that mean that nothing is there")
    dates: Patterns = Field(default=(), description="How dates are written, such as DD/MM/YYYY, %d/%m/%Y or excel")
    date_formats: dict[str, Patterns] = Field(default={}, description="The same for single columns")
    values: dict[str, dict[str, Code]] = Field(
        default={},
        description="For a column, your code value: the contract's; nothing after it: an empty cell",
    )
    not_personal: dict[str, tuple[PersonalKind, ...]] = Field(
        default={},
        description="For a column, what its values look like without being it; someone must have checked",
    )
    checked_by: str | None = Field(default=None, description="Role of whoever checked `not_personal`")

    @model_validator(mode="after")
    def _fits_together(self) -> Mapping:
        if self.row == "case" and not self.stages:
            raise ValueError("row: case needs `stages`, with the columns of each stage")
        if self.row == "case_stage" and self.stages:
            raise ValueError("`stages` are for row: case, one row a case with its stages side by side")
        if len({self.row == "event", bool(self.event), bool(self.event_date)}) > 1:
            raise ValueError("row: event, `event` and `event_date` go together")
        for name in ("", *self.date_formats):
            if {"day", "month"} <= {written.order(code) for code in self.formats(name)}:
                raise ValueError(
                    f"{name or 'dates'}: day first and month first cannot both be declared, because 01/02/2024 would "
                    "be two days; give columns that differ their own line under `date_formats`"
                )
        return self

    def formats(self, column: str) -> tuple[str, ...]:
        """How the dates of a column are written, in strptime codes; nothing means YYYY-MM-DD."""
        return self.date_formats.get(column, self.dates)


def of_the_template(mapping: Mapping, sheet: str) -> Mapping:
    """The mapping for another sheet of the template, which has the contract's own column names."""
    of_the_cases = (
        "columns", "ignore", "unknown", "date_formats", "stages", "row", "event", "event_date", "ticked", "fill_down",
        "constants", "key",
    )  # fmt: skip
    return mapping.model_copy(
        update={"sheet": sheet, **{name: Mapping.model_fields[name].default for name in of_the_cases}}
    )


def read_mapping(path: Path, table: str = CASES) -> Mapping:
    """The mapping in a YAML file. Raises MappingError, which names each mistake's line and the nearest right word."""
    try:
        tree = read_yaml(path)
    except OSError as error:
        raise MappingError(f"{path.name} cannot be read: {error.strerror}") from None
    except YamlRefusedError as error:
        raise MappingError(str(error)) from None
    said = as_written(tree)
    if said in (None, ""):
        said = {}
    if not isinstance(said, dict):
        raise MappingError(f"{path.name} cannot be read: it must be lines such as `as_at: 2026-09-30`")
    said = {name: value for name, value in said.items() if value != ""}
    lines = _lines(tree)
    mistakes = list(_twice(tree)) + _unknown_words(said, table)
    mapping = None
    try:
        mapping = Mapping(**said)
    except ValidationError as error:
        known = {at for at, _ in mistakes}
        mistakes += [
            (_known_part(lines, tuple(map(str, each["loc"]))), _in_our_words(each))
            for each in error.errors()
            if tuple(map(str, each["loc"])) not in known
        ]
    if said.get("not_personal") and not said.get("checked_by"):
        mistakes.append((("not_personal",), "needs checked_by, the role of whoever checked"))
    if mistakes or mapping is None:
        messages = [
            f"line {_line(lines, at)}: {shown('.'.join(at) + ': ' if at else '', 60)}{what}"
            for at, what in sorted(mistakes, key=lambda one: _line(lines, one[0]))
        ]
        raise MappingError("\n  ".join([f"{path.name} cannot be used:", *dict.fromkeys(messages)]))
    return mapping


def nearest(word: object, known: Any) -> str:
    """`: did you mean X?`, of the known words; all of them where none is near and they are few."""
    names = sorted(map(str, known))
    close = difflib.get_close_matches(_plain(word), [_plain(name) for name in names], 1, 0.6)
    if close:
        return f": did you mean {next(name for name in names if _plain(name) == close[0])}?"
    return f": it is one of {', '.join(names)}" if len(names) <= 16 else ""


def _plain(word: object) -> str:
    return re.sub(r"[\W_]+", "_", str(word).strip().casefold())


At = tuple[str, ...]


def _unknown_words(said: dict[Any, Any], table: str) -> list[tuple[At, str]]:
    """Keys, contract columns and codes that do not exist."""
    contract = read_contract()[table]
    mistakes: list[tuple[At, str]] = []
    fields = set(Mapping.model_fields)
    mistakes += [
        ((name,), f"the mapping has no such line{nearest(name, fields)}") for name in said if name not in fields
    ]

    def columns_of(at: At, given: Any, known: set[str]) -> None:
        mistakes.extend(
            ((*at, name), f"the contract has no such column{nearest(name, known)}")
            for name in (given if isinstance(given, dict) else ())
            if name not in known
        )

    every = set(contract.names)
    of_any = {name for each in read_contract().values() for name in each.names}
    for part in ("columns", "constants"):
        columns_of((part,), said.get(part), every)
    for part in ("date_formats", "values", "not_personal"):
        columns_of((part,), said.get(part), of_any)
    stages = said.get("stages")
    codes = contract.column("stage").allowed if "stage" in every else ()
    for name, columns in stages.items() if isinstance(stages, dict) else ():
        if _stage(name) not in codes:
            mistakes.append((("stages", str(name)), f"there is no such stage{nearest(name, codes)}"))
        columns_of(("stages", str(name)), columns, every - {"stage"})
    coded: list[tuple[At, str, Any]] = []
    if isinstance(values := said.get("values"), dict):
        coded += [(("values", str(name)), str(name), given) for name, given in values.items()]
    if isinstance(ticked := said.get("ticked"), dict):
        sections = [said.get("columns"), *(stages.values() if isinstance(stages, dict) else ())]
        own = [pair for section in sections if isinstance(section, dict) for pair in section.items()]
        coded += [
            (("ticked", str(own_name)), str(name), ticked[own_name])
            for name, own_name in own
            if isinstance(own_name, str) and own_name in ticked
        ]
    for at, name, given in coded:
        if name not in every:
            continue
        column = contract.column(name)
        if column.type != "code":
            mistakes.append((at, "only columns of codes have values to map"))
        kept = given.values() if isinstance(given, dict) else ()
        if any(_may_name_somebody(code) for code in kept if str(code) not in column.allowed):
            mistakes.append((at, NAMES_SOMEBODY))
        mistakes += [
            ((*at, str(value)), f"'{shown(code, 60)}' is no code of it{nearest(code, column.allowed)}")
            for value, code in (given.items() if isinstance(given, dict) and not column.open else ())
            if code not in (None, "") and str(code) not in column.allowed
        ]
    constants = said.get("constants")
    mistakes += [
        (("constants", str(name)), NAMES_SOMEBODY)
        for name, code in (constants.items() if isinstance(constants, dict) else ())
        if _may_name_somebody(code)
    ]
    if _may_name_somebody(said.get("checked_by")):
        mistakes.append((("checked_by",), "give the role of whoever checked, and no person's name"))
    return mistakes


NAMES_SOMEBODY = "what is to be kept looks like personal data: give a code that names nobody"


def _may_name_somebody(code: Any) -> bool:
    """Whether a word to be kept names a person, as words or as one code: jane_smith."""
    words = re.sub(r"[\W_]+", " ", str(code or "")).title()
    return bool(code) and bool(kinds_in(str(code)) or kinds_in(words))


def _in_our_words(mistake: Any) -> str:
    """What is wrong with a value, without a library's English."""
    kind, given = mistake["type"], mistake.get("input")
    if kind == "value_error":
        return str(mistake["ctx"]["error"])
    if kind.startswith("date"):
        return f"'{shown(given, 60)}' is not a day such as 2026-09-30"
    if kind == "literal_error":
        allowed = re.findall(r"'([^']+)'", mistake["ctx"]["expected"])
        return f"'{shown(given, 60)}' is not possible{nearest(given, allowed)}"
    if kind in ("dict_type", "model_type"):
        return "write it as `name: value` lines, indented below"
    if kind.startswith(("tuple", "list", "frozen_set", "set")):
        return "write it as a list, such as [first, second]"
    if kind == "string_too_long" or kind == "string_too_short":
        return "give a single character"
    if kind.startswith("string"):
        return "give text, in quotation marks where it could be taken for something else"
    if kind == "extra_forbidden":
        return "the mapping has no such line"
    return "this value cannot be used here"


def _lines(tree: Any, at: At = ()) -> dict[At, int]:
    """The line of each key of a YAML document."""
    found: dict[At, int] = {}
    if isinstance(tree, yaml.MappingNode):
        for key, value in tree.value:
            here = (*at, str(key.value))
            found[here] = key.start_mark.line + 1
            found |= _lines(value, here)
    return found


def _known_part(lines: dict[At, int], at: At) -> At:
    """As much of a path as the file has."""
    while at and at not in lines:
        at = at[:-1]
    return at


def _line(lines: dict[At, int], at: At) -> int:
    return lines.get(_known_part(lines, at), 1)


def _twice(tree: Any, at: At = ()) -> list[tuple[At, str]]:
    """Keys that are given twice, of which YAML would keep the last in silence."""
    found: list[tuple[At, str]] = []
    if isinstance(tree, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in tree.value:
            name = str(key.value)
            if name in seen:
                found.append(((*at, name), f"is given twice, also in line {seen[name]}: keep one"))
            seen.setdefault(name, key.start_mark.line + 1)
            found += _twice(value, (*at, name))
    return found
