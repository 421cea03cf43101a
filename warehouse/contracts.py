"""What must be true of a relation, and what its columns mean: `expectations/<layer>/<name>.yml`, one file a relation.

The columns, key and row count give the structural checks; only rules beyond them are written out. The same file feeds
the column comments in DuckDB, the schema in the Dagster UI and the data dictionary, so each fact has one home.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from warehouse.files import declaration
from warehouse.names import LAYERS, Relation

# A relation of a council's cases may have millions of rows, which to sort, or to keep twice, takes longer than all the
# rest; their order means nothing to anybody.
Stored = Literal["in order of its key", "as it comes", "as a view"]
# in the order in which data flow: no group reads a later one
Group = Literal[
    "reference", "sources", "register", "figures", "comparison", "improvement", "quality", "publication"
]


class ContractError(Exception):
    """A contract cannot be read; the message names the file and what is wrong with it."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Strict):
    """One column: its DuckDB type, meaning and unit, and whether it may be missing.

    ENUM is the type of a code in a relation of cases: of millions of rows DuckDB stores and groups small numbers
    in place of their codes, at half the cost of the text.
    """

    type: str
    description: str
    unit: str | None = None
    nullable: bool = False
    allowed: list[Any] | None = None

    @property
    def comment(self) -> str:
        """The description with its unit, as shown in DuckDB, Dagster and the data dictionary."""
        return f"{self.description} ({self.unit})" if self.unit else self.description

    @property
    def duckdb_type(self) -> str:
        """The type as DuckDB writes it. Codes are in the order of the alphabet, in which they sort as text does."""
        if self.type != "ENUM":
            return self.type
        codes = ", ".join(f"'{code}'" for code in sorted(self.allowed or []))
        return f"ENUM({codes})"

    @model_validator(mode="after")
    def _has_its_codes(self) -> "Column":
        if self.type == "ENUM" and not (
            self.allowed and all(re.fullmatch(r"\w+", code) for code in self.allowed)
        ):
            raise ValueError("an ENUM needs its codes, of letters, digits and _, under `allowed`")
        return self


class Condition(Strict):
    """The rows that a rule is about."""

    column: str
    equals: str | int | bool


class Rule(Strict):
    """One rule beyond the structure: a sentence, and the Great Expectations class that tries it."""

    rule: str
    expect: str
    arguments: dict[str, Any] = Field(alias="with")
    when: Condition | None = None


class KnownException(Strict):
    """One row that breaks a rule for a known reason. It fails the rule when it is no longer needed."""

    rule: str
    key: dict[str, Any]
    reason: str
    link: str


class Rows(Strict):
    at_least: int = 0


class Contract(Strict):
    """The contract of one relation."""

    relation: str
    purpose: str = ""
    row: str
    key: list[str]
    group: Group
    stored: Stored = "in order of its key"
    columns: dict[str, Column]
    rows: Rows = Rows()
    blocks: list[Rule] = []
    warns: list[Rule] = []
    exceptions: list[KnownException] = []

    @property
    def name(self) -> Relation:
        return Relation(self.relation)

    @property
    def about(self) -> str:
        """What the relation is for and what one row is, as shown in DuckDB, Dagster and the data dictionary."""
        return f"{self.purpose}\n\nOne row: {self.row}".strip()

    @property
    def rules(self) -> list[Rule]:
        return [*self.blocks, *self.warns]

    @model_validator(mode="after")
    def _hangs_together(self) -> "Contract":
        unknown = [column for column in self.key if column not in self.columns]
        sentences = [rule.rule for rule in self.rules]
        if unknown:
            raise ValueError(f"the key names columns that are not there: {', '.join(unknown)}")
        if len(set(sentences)) < len(sentences):
            raise ValueError("two rules have the same sentence")
        for exception in self.exceptions:
            if exception.rule not in sentences:
                raise ValueError(f"an exception names a rule that is not there: {exception.rule!r}")
            if set(exception.key) != set(self.key):
                raise ValueError(
                    f"an exception's key has not the columns of the relation's key: {exception.key}"
                )
        return self


def read_contract(path: Path) -> Contract:
    """The contract in `path`, whose folder and name say which relation it is for."""
    try:
        return Contract.model_validate({"relation": f"{path.parent.name}.{path.stem}", **declaration(path)})
    except (OSError, yaml.YAMLError, ValidationError, TypeError) as error:
        raise ContractError(f"{path}: {error}") from error


class Contracts(dict[Relation, Contract]):
    """Contracts by relation; asked for one that is not there, it says which file to write."""

    def __missing__(self, relation: Relation) -> Contract:
        raise ContractError(
            f"expectations/{relation.layer}/{relation.table}.yml is missing: a relation needs its contract"
        )


@cache
def read_contracts(folder: Path) -> Contracts:
    """Every contract under `folder`, by relation."""
    paths = [path for layer in LAYERS for path in sorted((folder / layer).glob("*.yml"))]
    return Contracts({contract.name: contract for contract in map(read_contract, paths)})
