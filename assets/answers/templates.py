"""The sentences that answers are made of: YAML files that anybody may edit, checked before a word of them is used.

`sentences/common.yml` has a text for each verdict; a question's own file says only what it says otherwise. A text may
use the placeholders of `PLACEHOLDERS` and must use those of `REQUIRED`, so that none can float free of its figures, but
in any order: the answer comes first.
"""

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from warehouse.handed_in import YamlRefusedError, read_yaml

FOLDER = Path(__file__).parent / "sentences"
COMMON = "common"
VERDICTS = (
    "better",
    "worse",
    "higher",
    "lower",
    "about the same",
    "no difference",
    "told",
    "gated",
    "tied",
    "broken",
    "missing",
    "not applicable",
)
PLACEHOLDERS = {
    "council": "the council",
    "what": "the measure, in words",
    "period": "the period of the council's figure",
    "value": "the council's figure with its unit",
    "counts": "the counts behind it: 23 of 26",
    "comparator": "which councils or which period it is compared with",
    "comparator_value": "the comparator's figure with its unit",
    "together": "the comparators' cases together, with their unit",
    "base": "how many of the comparators have data",
    "direction": "whether higher or lower is better",
    "reason": "why there is no verdict",
    "detail": "what else the figures say",
    "brief": "what a tile says of it",
}
ALWAYS = frozenset({"what", "period"})
REQUIRED = {verdict: ALWAYS | {"counts", "comparator"} for verdict in VERDICTS} | {
    "told": ALWAYS | {"counts"},
    "missing": ALWAYS,
    "not applicable": frozenset({"what", "council"}),
}
# what is said where there is no figure, so that no direction can be meant
WITHOUT_FIGURE = ("missing", "not applicable")
DIRECTIONS = ("higher", "lower", "none", "of the measure")
TEXTS = ("caveat", "needs", "direction")
# the answer in a few words, for each verdict or for every verdict that has no words of its own
SHORT, OTHERWISE = "short", "otherwise"


class TemplateError(Exception):
    """Templates cannot be used; the message has one line a problem, each naming its file and line."""


@dataclass(frozen=True)
class Template:
    """The sentences of one kind of statement by verdict, and what is printed next to them.

    direction: what the measure's good direction must be, or "of the measure" where the sentence says it.
    short: the answer in a few words by verdict, where the statement may stand on a tile of the briefing.
    """

    question: str
    name: str
    says: Mapping[str, str]
    short: Mapping[str, str]
    direction: str
    caveat: str
    needs: str


@dataclass(frozen=True)
class Question:
    """One question: its number, its words, its place in the pack, what would answer it, and its templates by name."""

    number: str
    asks: str
    place: int
    needs: str
    templates: Mapping[str, Template]


@dataclass(frozen=True)
class Line:
    """A value of a YAML file with the line it stands on."""

    value: Any
    number: int


def read_questions(folder: Path = FOLDER) -> dict[str, Question]:
    """Every question by its number, in the order of the pack. Raises TemplateError with all problems of all files."""
    problems: list[str] = []
    common = dict(_common(folder / f"{COMMON}.yml", problems))
    paths = [path for path in sorted(folder.glob("*.yml")) if path.stem != COMMON]
    questions = [question for path in paths if (question := _question(path, common, problems))]
    if problems:
        raise TemplateError("\n".join(problems))
    return {one.number: one for one in sorted(questions, key=lambda one: one.place)}


def _lines(path: Path, problems: list[str]) -> dict[str, Line]:
    """The mapping in a file, each value with its line; nothing, and a problem, where there is none."""
    try:
        node = read_yaml(path)
    except YamlRefusedError as error:
        problems.append(str(error))
        return {}
    except OSError as error:
        problems.append(f"{path.name}, line 1: the file cannot be read: {error}")
        return {}
    return _mapping(node, path, problems)


def _mapping(node: yaml.Node | None, path: Path, problems: list[str]) -> dict[str, Line]:
    if not isinstance(node, yaml.MappingNode):
        line = node.start_mark.line + 1 if node else 1
        problems.append(f"{path.name}, line {line}: names with values are expected here")
        return {}
    found: dict[str, Line] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in found:
            problems.append(f"{path.name}, line {line}: {name!r} is given twice")
        plain = value if isinstance(value, yaml.MappingNode) else getattr(value, "value", None)
        found[name] = Line(plain, line)
    return found


def _common(path: Path, problems: list[str]) -> Iterator[tuple[str, str]]:
    for verdict, line in _lines(path, problems).items():
        if _is_sound(verdict, line, path, problems):
            yield verdict, line.value


def _question(path: Path, common: Mapping[str, str], problems: list[str]) -> Question | None:
    content = _lines(path, problems)
    known = ("question", "asks", "place", "needs", "sentences")
    problems += [
        f"{path.name}, line {line.number}: {name!r} is not known here; there are {', '.join(known)}"
        for name, line in content.items()
        if name not in known
    ]
    if missing := [name for name in known if name not in content]:
        problems.append(f"{path.name}, line 1: {', '.join(missing)} must be given")
        return None
    number, place = str(content["question"].value), str(content["place"].value)
    if not place.isdigit():
        problems.append(f"{path.name}, line {content['place'].number}: the place is a whole number")
        return None
    templates = {}
    for name, line in _mapping(content["sentences"].value, path, problems).items():
        templates[name] = _template(number, name, line, path, common, problems)
    needs = str(content["needs"].value)
    return Question(number, str(content["asks"].value), int(place), needs, templates)


def _template(
    question: str, name: str, line: Line, path: Path, common: Mapping[str, str], problems: list[str]
) -> Template:
    own = _mapping(line.value, path, problems) if isinstance(line.value, yaml.Node) else {}
    says = dict(common)
    for verdict, text in own.items():
        if verdict not in (*TEXTS, SHORT) and _is_sound(verdict, text, path, problems):
            says[verdict] = text.value
    in_short = _mapping(own[SHORT].value, path, problems) if SHORT in own else {}
    short = {
        verdict: text.value
        for verdict, text in in_short.items()
        if _is_sound(verdict, text, path, problems, is_short=True)
    }
    direction = own.get("direction", Line("of the measure", line.number))
    if direction.value not in DIRECTIONS:
        problems.append(f"{path.name}, line {direction.number}: the direction is one of {', '.join(DIRECTIONS)}")
    if direction.value == "of the measure":
        problems += [
            f"{path.name}, line {own[verdict].number if verdict in own else line.number}: the sentence for {verdict!r} "
            "must say {direction}, or its statement `direction: none`"
            for verdict, text in says.items()
            if "direction" not in _placeholders(text) and verdict not in WITHOUT_FIGURE
        ]
    caveat, needs = (str(own[key].value) if key in own else "" for key in ("caveat", "needs"))
    return Template(question, name, says, short, str(direction.value), caveat, needs)


def _is_sound(verdict: str, line: Line, path: Path, problems: list[str], is_short: bool = False) -> bool:
    """Whether a sentence may be used; what is wrong with it is added to `problems`."""
    where = f"{path.name}, line {line.number}"
    if verdict not in VERDICTS and not (is_short and verdict == OTHERWISE):
        problems.append(f"{where}: {verdict!r} is no verdict; there are {', '.join(VERDICTS)}")
        return False
    if not isinstance(line.value, str) or not line.value.strip():
        problems.append(f"{where}: a sentence is expected for {verdict!r}")
        return False
    try:
        used = _placeholders(line.value)
    except ValueError as error:
        problems.append(f"{where}: a bracket is wrong: {error}")
        return False
    found = len(problems)
    problems += [
        f"{where}: unknown placeholder {{{name}}}; there are {', '.join(PLACEHOLDERS)}"
        for name in sorted(used - set(PLACEHOLDERS))
    ]
    problems += [
        f"{where}: the sentence for {verdict!r} must say {{{name}}}"
        for name in sorted(() if is_short else REQUIRED[verdict] - used)
    ]
    return len(problems) == found


def _placeholders(text: str) -> set[str]:
    """The names in brackets; only bare names are allowed. Raises ValueError for anything else in brackets."""
    found = set()
    for _, name, form, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            raise ValueError(f"only a name may stand in it, not {{{name}{'!' + conversion if conversion else ''}}}")
        found.add(name)
    return found
