"""What must be true of a relation, and what its columns mean: `expectations/<layer>/<name>.yml`, one file a relation.

The columns, key and row count give the structural checks; only rules beyond them are written out. The same file feeds
the column comments in DuckDB, the schema in the Dagster UI and the data dictionary, so each fact has one home.

A column that a contract only names means what it means in the relations that the contract is `from`, or else what
`expectations/columns.yml` says of that name. `name?` may be missing.
"""

import re
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from warehouse.files import declaration, mistakes
from warehouse.names import LAYERS, Relation

# A relation of a council's cases may have millions of rows, which to sort, or to keep twice, takes longer than all the
# rest; their order means nothing to anybody.
Stored = Literal["in order of its key", "as it comes", "as a view"]
# in the order in which data flow: no group reads a later one
AS_IN_FILE = "as the file has it"
Group = Literal["reference", "sources", "register", "figures", "comparison", "improvement", "quality", "publication"]


ARROW_TYPES = {
    "VARCHAR": pa.string(),
    "DOUBLE": pa.float64(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
}


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
        if self.type == "ENUM" and not (self.allowed and all(re.fullmatch(r"\w+", code) for code in self.allowed)):
            raise ValueError("an ENUM needs its codes, of letters, digits and _, under `allowed`")
        return self


class Rule(Strict):
    """One rule beyond the structure: a sentence, and the SQL that is true where it is broken.

    breaks_when: of one row. fails_when: of all rows together. A rule has one of the two.
    """

    rule: str
    breaks_when: str = ""
    fails_when: str = ""

    @model_validator(mode="after")
    def _has_one_condition(self) -> "Rule":
        if bool(self.breaks_when) == bool(self.fails_when):
            raise ValueError("a rule needs either `breaks_when` or `fails_when`")
        return self


class KnownException(Strict):
    """One row that breaks a rule for a known reason. It fails the rule when it is no longer needed."""

    rule: str
    key: dict[str, Any]
    reason: str
    link: str


class Contract(Strict):
    """The contract of one relation."""

    relation: str
    purpose: str = ""
    row: str
    key: list[str]
    group: Group
    stored: Stored = "in order of its key"
    columns: dict[str, Column]
    at_least: int = 0
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
    def arrow_schema(self) -> pa.Schema:
        """The columns with Arrow's types; only where Python makes the relation."""
        return pa.schema([(name, ARROW_TYPES[column.type]) for name, column in self.columns.items()])

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
                raise ValueError(f"an exception's key has not the columns of the relation's key: {exception.key}")
        return self


def _columns(written: list[Any], layer: str, meanings: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The columns of a contract by name, each with all that is said of it, here or where it comes from."""
    columns: dict[str, Any] = {}
    for entry in written:
        its: Mapping[str, Any] = entry if isinstance(entry, dict) else {name: {} for name in _names(entry)}
        if AS_IN_FILE in its:
            its = {
                name: {"unit": None, "description": f"`{name.removesuffix('?')}` {AS_IN_FILE}"}
                for name in _names(its[AS_IN_FILE])
            }
        for named, said in its.items():
            name = named.removesuffix("?")
            if name in columns:
                raise ValueError(f"{name} stands there twice")
            meaning = dict(meanings.get(name, {}))
            if layer == "raw":
                meaning |= {"allowed": None, "type": "BIGINT" if name == "source_row" else "VARCHAR"}
            columns[name] = {**meaning, **said, "nullable": named.endswith("?")}
    return columns


def _names(written: str | list[str]) -> list[str]:
    """The names in a line such as `upheld, investigated?`; not every reader of YAML takes a `?` within brackets."""
    return [name.strip() for name in written.split(",")] if isinstance(written, str) else written


class Contracts(dict[Relation, Contract]):
    """The contracts of one folder by relation, each read when it is first needed, so that any may be `from` another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.being_read: list[Relation] = []

    def __missing__(self, relation: Relation) -> Contract:
        path = self.folder / relation.layer / f"{relation.table}.yml"
        if not path.exists():
            raise ContractError(f"expectations/{relation.layer}/{path.name} is missing: a relation needs its contract")
        if relation in self.being_read:
            raise ContractError(f"{path}: it is from itself, by way of {', '.join(self.being_read)}")
        self.being_read.append(relation)
        try:
            self[relation] = self._read(path, relation)
        except (
            OSError,
            yaml.YAMLError,
            ContractError,
            LookupError,
            TypeError,
            ValueError,
            AttributeError,
        ) as error:
            raise ContractError(f"{path}: {mistakes(error)}") from error
        self.being_read.remove(relation)
        return self[relation]

    @cached_property
    def meanings(self) -> dict[str, dict[str, Any]]:
        """What a column of each name means, unless a contract says otherwise."""
        path = self.folder / "columns.yml"
        return dict(declaration(path)) if path.exists() else {}

    def without_exceptions(self) -> "Contracts":
        """The same contracts with no row excused from a rule."""
        strict = Contracts(self.folder)
        strict.update({name: one.model_copy(update={"exceptions": []}) for name, one in self.items()})
        return strict

    def _read(self, path: Path, relation: Relation) -> Contract:
        written = dict(declaration(path))
        meanings = dict(self.meanings)
        for parent in reversed(written.pop("from", [])):
            inherited = self[Relation(parent)].columns.items()
            meanings |= {name: column.model_dump(exclude={"nullable"}) for name, column in inherited}
        columns = _columns(written.pop("columns"), relation.layer, meanings)
        return Contract.model_validate({**written, "relation": str(relation), "columns": columns})


def read_contract(path: Path) -> Contract:
    """The contract in `path`, whose folder and name say which relation it is for."""
    return Contracts(path.parents[1])[Relation(f"{path.parent.name}.{path.stem}")]


@cache
def read_contracts(folder: Path) -> Contracts:
    """Every contract under `folder`, by relation."""
    contracts = Contracts(folder)
    for layer in LAYERS:
        for path in sorted((folder / layer).glob("*.yml")):
            contracts[Relation(f"{layer}.{path.stem}")]
    return contracts
