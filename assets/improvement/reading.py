"""Reading a plan file, YAML or XLSX, into rows with the line of each key. Hostile input is normal: nothing is run,
expanded or guessed."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from assets.council.reading import UnreadableError, normal, read_file
from assets.improvement.contract import SECTIONS
from warehouse.handed_in import MOST_BYTES, YamlRefusedError, yaml_nodes

ABOUT = ("as_at", "is_illustrative")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what was expected, which rule. `value` is None where it is not to be shown.

    line: where the row begins; key_line: where the key stands, if elsewhere.
    """

    section: str
    line: int
    key: str
    value: str | None
    expected: str
    rule: str
    key_line: int = 0


@dataclass
class Row:
    """One entry of a section as text by key, with the line on which it begins and that of each key."""

    section: str
    line: int
    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PlanFile:
    """What a plan file holds, still as text; `problems` are those of its form. `unit` is what lines are counted in."""

    name: str
    digest: str
    unit: str
    about: dict[str, str]
    rows: list[Row]
    problems: list[Problem]


def read_plan(path: Path) -> PlanFile:
    """The plan in a file, by its content: a workbook, or else YAML. Raises UnreadableError."""
    if not path.is_file():
        raise UnreadableError(f"{path.name} is not a file")
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableError(f"{path.name} is larger than 1 MiB: a plan is not")
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _read_workbook(path, digest)
    return _read_yaml(path.name, content, digest)


def _read_yaml(name: str, content: bytes, digest: str) -> PlanFile:
    try:
        root = yaml_nodes(content, name)
    except YamlRefusedError as error:
        raise UnreadableError(str(error)) from None
    if not isinstance(root, yaml.MappingNode):
        raise UnreadableError(f"{name}: expected {', '.join(('as_at', *SECTIONS))} at the top")
    about: dict[str, str] = {}
    rows: list[Row] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for key, value in root.value:
        line = key.start_mark.line + 1
        title = key.value if isinstance(key, yaml.ScalarNode) else "?"
        if title in seen:
            raise UnreadableError(f"{name}, line {line}: {title} stands twice")
        seen.add(title)
        if title in ABOUT and isinstance(value, yaml.ScalarNode):
            about[title] = value.value
        elif title in SECTIONS:
            rows += _entries(title, value, problems)
        else:
            raise UnreadableError(
                f"{name}, line {line}: unknown key {title!r}; there are {', '.join((*ABOUT, *SECTIONS))}"
            )
    return PlanFile(name, digest, "line", about, rows, problems)


def _entries(section: str, node: yaml.Node, problems: list[Problem]) -> Iterator[Row]:
    if _is_empty(node):
        return
    entries = node.value if isinstance(node, yaml.SequenceNode) else [node]
    for entry in entries:
        row = Row(section, entry.start_mark.line + 1)
        if not isinstance(entry, yaml.MappingNode):
            problems.append(
                Problem(section, row.line, "", None, "a list of entries, each with its keys", "not_an_entry")
            )
            continue
        for key, value in entry.value:
            line = key.start_mark.line + 1
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name in row.lines:
                problems.append(Problem(section, row.line, name, None, "each key once", "key_twice", line))
            elif not isinstance(value, yaml.ScalarNode):
                problems.append(
                    Problem(section, row.line, name, None, "one value, not a list", "not_a_value", line)
                )
            elif not _is_empty(value):
                row.values[name] = " ".join(value.value.split())
            row.lines[name] = line
        yield row


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in ("", "~", "null")


def _read_workbook(path: Path, digest: str) -> PlanFile:
    rows: list[Row] = []
    problems: list[Problem] = []
    about: dict[str, str] = {}
    missing = []
    for section, model in SECTIONS.items():
        required = {name for name, one in model.model_fields.items() if one.is_required()}

        def is_header(cells: Sequence[str], required: set[str] = required) -> bool:
            return required <= {normal(cell) for cell in cells}

        try:
            source = read_file(path, is_header, sheet=section)
        except UnreadableError as error:
            if "has no sheet" not in str(error):
                raise
            missing.append(section)
            continue
        about |= source.about
        headers = [normal(header) for header in source.cells.column_names]
        if twice := sorted({header for header in headers if header and headers.count(header) > 1}):
            raise UnreadableError(
                f"{path.name}, sheet {section}: columns that are there twice: {', '.join(twice)}"
            )
        columns = [column.to_pylist() for column in source.cells.columns]
        for place, line in enumerate(source.rows.to_pylist()):
            row = Row(section, line)
            for header, column in zip(headers, columns, strict=True):
                if column[place] is not None and (text := " ".join(column[place].split())):
                    row.values[header] = text
                    row.lines[header] = line
            if row.values:
                rows.append(row)
        problems += [
            Problem(section, one.row, normal(one.header or ""), None, one.expected, one.rule)
            for one in source.problems
        ]
    if len(missing) == len(SECTIONS):
        raise UnreadableError(f"{path.name} has none of the sheets {', '.join(SECTIONS)}")
    return PlanFile(
        path.name, digest, "row", {key: about[key] for key in ABOUT if key in about}, rows, problems
    )
