"""The check of an improvement plan, YAML or a workbook: each section is a table of the register's contract.

Hostile input is normal: nothing is run, expanded or guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import yaml

from assets.council.check import check_register
from assets.council.contract import Table, read_contract
from assets.council.headings import Headings
from assets.council.mapping import Mapping as Declared
from assets.council.reading import read_file
from assets.council.report import RegisterReport, mostly_bad
from assets.council.sources import CellProblem, Source, UnreadableError, normal
from warehouse.handed_in import MOST_BYTES, YamlRefusedError, read_yaml
from warehouse.showing import shown
from warehouse.workbooks import is_workbook

SECTIONS = ("actions", "targets", "resolutions")
ABOUT = ("as_at", "is_illustrative")


def plan_tables(polarities: Mapping[str, str]) -> list[Table]:
    """The sections of a plan as tables. `polarities`: the good direction of each measure that a plan may name."""
    directed = tuple(sorted(measure for measure, polarity in polarities.items() if polarity != "none"))
    return [read_contract()[section].with_codes("indicator", directed) for section in SECTIONS]


@dataclass(frozen=True)
class PlanReport:
    """What the check of one plan found: a report on each section with rows, and why nothing is taken, if so."""

    source_name: str
    as_at: date | None
    is_illustrative: bool = False
    reports: tuple[RegisterReport, ...] = ()
    refusals: tuple[str, ...] = ()

    @property
    def accepted(self) -> int:
        """How many rows are good."""
        return sum(report.accepted.num_rows for report in self.reports)

    @property
    def set_aside(self) -> int:
        """How many rows are not taken."""
        return sum(report.quarantined for report in self.reports)

    @property
    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """The good rows of each section, as text by key, with `source_row`."""
        held = {report.table.name: report.accepted.to_pylist() for report in self.reports}
        return {
            section: [
                {"source_row": row["row_number"], **{key: row[key] for key in row if key != "row_number"}}
                for row in held.get(section, [])
            ]
            for section in SECTIONS
        }

    @property
    def problems(self) -> pd.DataFrame:
        """One row a problem, with its section."""
        parts = [report.problems.assign(section=report.table.name) for report in self.reports]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["section"])

    def as_text(self) -> str:
        """The whole report for a terminal."""
        # what each section says of refusals is said once, of the plan
        parts = [replace(report, refusals=()).as_text() for report in self.reports]
        if self.refusals:
            parts.append("\n".join(["Nothing was taken:", *(f"  {refusal}" for refusal in self.refusals)]))
        return "\n\n".join(parts if self.reports else [f"{self.source_name}: improvement plan", *parts])


def check_plan(
    path: Path, polarities: Mapping[str, str], *, as_at: date | None = None, is_illustrative: bool = False
) -> PlanReport:
    """The report on one plan file. A bad file is refused in the report, not raised.

    polarities: the good direction of each measure that a plan may name. as_at: the day the plan is as at, where the
    file does not say.
    """
    tables = plan_tables(polarities)
    try:
        sources = _read_plan(path, tables)
    except UnreadableError as error:
        return PlanReport(path.name, as_at, is_illustrative, refusals=(str(error),))
    reports = tuple(
        check_register(source, gss_code="", salt=b"", table=table, as_at=None if "as_at" in source.about else as_at)
        for table, source in ((table, sources[table.name]) for table in tables if table.name in sources)
        if source.cells.num_rows or source.problems
    )
    refusals = list(dict.fromkeys(refusal for report in reports for refusal in report.refusals))
    found = PlanReport(path.name, as_at, is_illustrative, reports, tuple(refusals))
    if not reports:
        return replace(found, refusals=("there is no row in it",))
    about = next(iter(sources.values())).about
    return replace(
        found,
        as_at=reports[0].as_at,
        is_illustrative=is_illustrative or about.get("is_illustrative", "").lower() in ("true", "yes"),
        refusals=tuple(refusals or mostly_bad(found.set_aside, found.accepted)),
    )


def _read_plan(path: Path, tables: list[Table]) -> dict[str, Source]:
    """The sections of a plan file. Raises UnreadableError."""
    if not path.is_file():
        raise UnreadableError(f"{path.name} is not a file")
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableError(f"{path.name} is larger than {MOST_BYTES >> 20} MiB, which no plan is")
    with path.open("rb") as file:
        read = _read_workbook if is_workbook(file.read(4096)) else _read_yaml
    return {name: _filled(source) for name, source in read(path, tables).items()}


def _filled(source: Source) -> Source:
    """The section without rows of which nothing but the number is filled in, as in the blank plan."""
    said = [column for name, column in zip(source.cells.column_names, source.cells.columns, strict=True)
            if normal(name) != "id"]  # fmt: skip
    empty = np.logical_and.reduce(
        [column.is_null().to_numpy() for column in said] or [np.ones(source.cells.num_rows, dtype=bool)]
    )
    keep = pa.array(~empty | np.isin(source.rows.to_numpy(), [problem.row for problem in source.problems]))
    return replace(source, cells=source.cells.filter(keep), rows=source.rows.filter(keep))


def _read_workbook(path: Path, tables: list[Table]) -> dict[str, Source]:
    sources = {}
    for table in tables:
        try:
            sources[table.name] = read_file(path, Headings(table, Declared()).is_header, sheet=table.name)
        except UnreadableError as error:
            if "has no sheet" not in str(error):
                raise
    if not sources:
        raise UnreadableError(f"{path.name} has none of the sheets {', '.join(SECTIONS)}")
    return sources


def _read_yaml(path: Path, tables: list[Table]) -> dict[str, Source]:
    by_name = {table.name: table for table in tables}
    try:
        root = read_yaml(path)
    except YamlRefusedError as error:
        raise UnreadableError(str(error)) from None
    if not isinstance(root, yaml.MappingNode):
        raise UnreadableError(f"{path.name}: expected {', '.join(('as_at', *SECTIONS))} at the top")
    about: dict[str, str] = {}
    sources: dict[str, Source] = {}
    for key, value in root.value:
        where = f"{path.name}, line {key.start_mark.line + 1}"
        if key.value in about or key.value in sources:
            raise UnreadableError(f"{where}: {key.value} stands twice")
        if key.value in ABOUT and isinstance(value, yaml.ScalarNode):
            about[key.value] = value.value
        elif key.value in by_name:
            sources[key.value] = _section(path.name, by_name[key.value], value, about)
        else:
            known = ", ".join((*ABOUT, *SECTIONS))
            raise UnreadableError(f"{where}: unknown key {shown(key.value, 60)!r}; there are {known}")
    return sources


def _section(name: str, table: Table, node: yaml.Node, about: dict[str, str]) -> Source:
    """One list of the plan as a table: a row an entry, numbered by the line on which it begins."""
    entries = [] if _is_empty(node) else node.value if isinstance(node, yaml.SequenceNode) else [node]
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    problems: list[CellProblem] = []
    for entry in entries:
        line = entry.start_mark.line + 1
        if not isinstance(entry, yaml.MappingNode):
            problems.append(CellProblem(line, None, "a list of entries, each with its keys", "not_an_entry"))
            continue
        values: dict[str, str] = {}
        seen = set()
        for key, value in entry.value:
            if key.value not in table.names:
                expected = f"one of the keys {', '.join(table.names)}, not {shown(key.value, 60)!r}"
                problems.append(CellProblem(line, None, expected, "unknown_key"))
            elif key.value in seen:
                problems.append(CellProblem(line, key.value, "each key once", "key_twice"))
            elif not isinstance(value, yaml.ScalarNode):
                problems.append(CellProblem(line, key.value, "one value, not a list", "not_a_value"))
            elif not _is_empty(value):
                values[key.value] = value.value.strip()
            seen.add(key.value)
        rows.append(values)
        lines.append(line)
    cells = pa.table({key: pa.array([row.get(key) or None for row in rows], pa.string()) for key in table.names})
    return Source(name, cells, pa.array(lines, pa.int64()), problems=tuple(problems), about=about, unit="line")


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in ("", "~", "null")
