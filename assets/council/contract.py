"""The register contract, read from register.yml: tables, columns, codes and row rules, checked on reading."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from warehouse.files import declaration

HERE = Path(__file__).parent

ColumnType = Literal["reference", "code", "date", "integer", "decimal", "text", "role", "address"]
Severity = Literal["block", "warn"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    """One column a council may deliver. `without` names the questions that stay unanswered when it is
    missing; `percent` says that its numbers may have a per cent sign; `heading` stands over it on a form."""

    name: str
    type: ColumnType
    description: str
    heading: str = ""
    required: Literal["value", "column"] | None = None
    allowed: tuple[str, ...] = ()
    open: bool = False
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    percent: bool = False
    future: bool = False
    without: tuple[str, ...] = ()


class Rule(_Strict):
    """A rule of a row: `breaks_when` is DuckDB SQL over the typed and derived columns and `as_at`."""

    name: str
    severity: Severity
    column: str
    breaks_when: str
    expected: str


class Table(_Strict):
    """One table a council may deliver; `row` says what one row is, `key` which columns identify it.

    `prefilled`: what the form that is sent out has filled in; a row with nothing else is not answered. `form`: filled
    in on a form of ours, without a mapping, so that a row that may hold personal data is set aside alone. `derived`:
    the DuckDB SQL of what rules need of other rows."""

    name: str
    title: str
    row: str
    key: tuple[str, ...]
    form: bool = False
    prefilled: tuple[str, ...] = ()
    columns: tuple[Column, ...]
    derived: dict[str, str] = Field(default_factory=dict)
    rules: tuple[Rule, ...] = ()

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        return {column.name: column for column in self.columns}[name]

    @property
    def names(self) -> list[str]:
        """Every column's name, in order."""
        return [column.name for column in self.columns]

    def with_codes(self, name: str, codes: tuple[str, ...]) -> Table:
        """The table with other codes in one column."""
        columns = [
            column.model_copy(update={"allowed": codes}) if column.name == name else column for column in self.columns
        ]
        return self.model_copy(update={"columns": tuple(columns)})


@lru_cache
def read_contract(path: Path = HERE / "register.yml") -> dict[str, Table]:
    """Every table of the contract by name. Raises pydantic.ValidationError naming what is wrong in the
    file."""
    tables: dict[str, Table] = {}
    for name, table in declaration(path)["tables"].items():
        columns = []
        for column_name, column in table.pop("columns").items():
            if same_as := column.pop("same_as", None):
                other_table, other_column = same_as.split(".")
                codes = tables[other_table].column(other_column).allowed
                column["allowed"] = (*codes, *column.pop("extra", ()))
            columns.append(Column(name=column_name, **column))
        tables[name] = Table(name=name, columns=tuple(columns), **table)
    return tables
