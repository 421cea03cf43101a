"""A drafted mapping, and what would be read with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.council.check import check_register
from assets.council.contract import Table, read_contract
from assets.council.mapping import CASES, Mapping
from assets.council.report import RegisterReport, as_yaml
from assets.council.reshaping import pieces
from warehouse.files import declaration

CHECK = "CHECK: "


def contract_of_cases() -> Table:
    """The contract of a register of cases, which a draft is for."""
    return read_contract()[CASES]


@dataclass
class Draft:
    """A drafted mapping: its lines, the reason of each by its path, and questions that somebody must answer."""

    name: str
    lines: dict[str, Any] = field(default_factory=dict)
    reasons: dict[tuple[str, ...], str] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)

    def say(self, *at: str, value: Any, reason: str) -> None:
        """Write a line of the mapping with its reason."""
        section = self.lines
        for name in at[:-1]:
            section = section.setdefault(name, {})
        section[at[-1]] = value
        self.reasons[at] = reason

    def ask(self, question: str) -> None:
        """Note what somebody must answer."""
        self.questions.append(question)

    def headers_of(self, *columns: str) -> list[str]:
        """The headings that feed columns of the contract; without one named, all that feed anything."""
        sections = [self.lines["columns"], *self.lines.get("stages", {}).values()]
        return list(
            dict.fromkeys(
                header
                for section in sections
                for column, name in section.items()
                for header in (pieces(name) if "event" in self.lines else [name])
                if column in columns or not columns
            )
        )

    def mapping(self) -> Mapping:
        """What the draft says, as it would be read."""
        return Mapping(**self.lines)

    def as_text(self) -> str:
        """The mapping file, each line with its reason as a comment."""
        lines = [
            f"# Drafted from {self.name}. Look at each line; those with CHECK are a choice that only you can make.",
            *(f"# {CHECK}{question}" for question in self.questions),
            *as_yaml(self.lines, self.reasons),
        ]
        return "\n".join(lines) + "\n"


def read_with(draft: Draft, path: Path, as_at: dt.date | None) -> RegisterReport | None:
    """The check of the extract with the draft; nothing where the draft is no mapping yet."""
    try:
        mapping = draft.mapping()
    except ValueError:
        return None
    return check_register(
        path, gss_code="", salt=b"draft", mapping=mapping, as_at=as_at or mapping.as_at or dt.date.today()
    )


def as_read(report: RegisterReport) -> list[str]:
    """Three cases as they would be read: the first, the first with a later stage, and the first that is open."""
    rows = report.accepted.to_pylist()
    later = (row for row in rows if row["stage"] not in ("1", "single"))
    still_open = (row for row in rows if row["closed_date"] is None)
    chosen = [row["row_number"] for row in (next(iter(rows), None), next(later, None), next(still_open, None)) if row]
    chosen = list(dict.fromkeys([*chosen, *(row["row_number"] for row in rows)]))[:3]
    lines = []
    for number in chosen:
        assert report.source is not None
        lines.append(f"row {report.source.place(number)}:")
        for row in rows:
            if row["row_number"] == number:
                phrases = [
                    f"{name} {value}"
                    for name, value in row.items()
                    if value is not None and not name.endswith("reference") and name not in ("row_number", "stage")
                ]
                if row["closed_date"] is None:
                    phrases.append("open")
                lines.append(f"  Stage {row['stage']}: {', '.join(phrases)}")
    return lines


def starting_points() -> dict[str, str]:
    """The mapping file to start from for each of the usual complaint systems; no council has confirmed one."""
    return dict(declaration(Path(__file__).parent / "starting_points.yml")["systems"])
