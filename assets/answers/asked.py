"""What the answers are made from, and what the facts of several questions have in common."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets.answers.facts import MISSING, NOT_APPLICABLE, Evidence
from assets.wording import words
from warehouse.councils import Council

Row = dict[str, Any]
Rows = list[Row]

LEVEL = 0.95
MONTHS_IN_A_YEAR = 12
CHILDREN = "children_statutory"
PROCEDURES = {
    "children_statutory": "children’s social care complaints",
    "corporate": "corporate complaints",
    "adult_statutory": "adult social care complaints",
}
# children's Stage 2 is what the panel asked about first
FIRST = ("children_statutory", "corporate", "adult_statutory")


@dataclass(frozen=True)
class Asked:
    """Everything that the answers are made from: rows by the name of their query, and what they are about.

    group: the comparators in words. keys: the key columns of each relation, for the evidence.
    """

    council: Council
    group: str
    comparator_group: str
    rows: Mapping[str, Rows]
    keys: Mapping[str, Sequence[str]]

    def evidence(self, relation: str, *rows: Row | None) -> tuple[Evidence, ...]:
        """The rows of one relation that a fact rests on."""
        return tuple(Evidence(relation, {name: row[name] for name in self.keys[relation]}) for row in rows if row)

    def standing(self, head: Row) -> Row | None:
        """The verdict and place compared with the leading group in the headline's year."""
        return self._in_year("standings", head)

    def comparison(self, head: Row) -> Row | None:
        """The comparators' own figures in the headline's year."""
        return self._in_year("comparisons", head)

    @property
    def main_procedure(self) -> str:
        """The procedure that comes first, and is named as missing where we have nothing."""
        return "children_statutory" if self.council.has_childrens_services else "corporate"

    def absence(self, procedure: str) -> str:
        """Why we have nothing of a procedure: it is missing, or the council does not have the service."""
        return NOT_APPLICABLE if is_upper_tier_only(procedure, self.council) else MISSING

    def of_the_group(self, query: str) -> Rows:
        """The rows of a query that are about the leading group, where it has rows of every group."""
        return [row for row in self.rows[query] if row["comparator_group"] == self.comparator_group]

    def _in_year(self, query: str, head: Row) -> Row | None:
        for row in self.rows[query]:
            same = ("indicator", "period_start", "period_end")
            if row["comparator_group"] == self.comparator_group and all(row[k] == head[k] for k in same):
                return row
        return None


def is_upper_tier_only(procedure: str, council: Council) -> bool:
    """Whether complaints of the procedure are about services that the council does not have."""
    return procedure != "corporate" and not council.has_childrens_services


def is_held(head: Row) -> bool:
    """Whether a row of the indicator in its year is there: a year that was asked for has none where nobody measured."""
    return head["period_start"] is not None and head["is_financial_year"] is not None


def where(rows: Rows, **values: Any) -> Rows:
    """The rows that have these values."""
    return [row for row in rows if all(row[name] == value for name, value in values.items())]


def addresses(rows: Iterable[Row | None]) -> tuple[str, ...]:
    """Where the figures of these rows were published, each address once."""
    return tuple(dict.fromkeys(row["source_url"] for row in rows if row and row["source_url"]))


def register_as_at(row: Row) -> tuple[str, ...]:
    """The council's own register as the source."""
    return (f"the council’s own register as at {words.day(row['as_at'])}",)


def source_of(row: Row) -> tuple[str, ...]:
    """What is named as the source: the register, or the papers in which the council reports its quarters."""
    if row["source"] == "case register":
        return register_as_at(row)
    return tuple(dict.fromkeys(row["source"].split("; ")))


def procedures(rows: Rows, default: str | None) -> list[str]:
    """The procedures that rows are about, children's first; where there are no rows, the default alone."""
    held = {row["procedure"] for row in rows}
    return [name for name in FIRST if name in held or (not held and name == default)]
