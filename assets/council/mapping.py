"""A council's own mapping file: its column names, code values and date formats, onto the register
contract's."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

PersonalKind = Literal["email", "phone", "national_insurance", "postcode", "name", "nhs_number"]


class MappingError(ValueError):
    """A mapping file that cannot be used; the message names each mistake."""


class Mapping(BaseModel):
    """How one council's delivery is to be read. Every field is optional; without it the contract's own
    names hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_at: date | None = Field(default=None, description="The day the extract was taken")
    covers: Literal["changes", "everything"] = Field(
        default="changes",
        description="everything: what an earlier extract held and this one does not is gone",
    )
    encoding: str | None = Field(
        default=None, description="Text encoding of a CSV file, where it is not UTF-8"
    )
    delimiter: str | None = Field(
        default=None, min_length=1, max_length=1, description="Delimiter of a CSV file"
    )
    sheet: str | None = Field(default=None, description="Sheet of a workbook")
    columns: dict[str, str] = Field(default={}, description="The contract's column name: your own")
    ignore: frozenset[str] = Field(default=frozenset(), description="Your columns that are not to be read")
    dates: tuple[str, ...] | str = Field(
        default=(), description="How dates are written, such as %d/%m/%Y or excel"
    )
    date_formats: dict[str, tuple[str, ...] | str] = Field(
        default={}, description="The same for single columns"
    )
    values: dict[str, dict[str, str]] = Field(
        default={}, description="For a column, your code value: the contract's"
    )
    not_personal: dict[str, tuple[PersonalKind, ...]] = Field(
        default={},
        description="For a column, what its values look like without being it; someone must have checked",
    )
    checked_by: str | None = Field(default=None, description="Role of whoever checked `not_personal`")

    def formats(self, column: str) -> tuple[str, ...]:
        """How the dates of a column are written; nothing means YYYY-MM-DD."""
        declared = self.date_formats.get(column, self.dates)
        return (declared,) if isinstance(declared, str) else tuple(declared)


def of_the_template(mapping: Mapping, sheet: str) -> Mapping:
    """The mapping for another sheet of the template, which has the contract's own column names."""
    return mapping.model_copy(
        update={"sheet": sheet, "columns": {}, "ignore": frozenset(), "date_formats": {}}
    )


def read_mapping(path: Path) -> Mapping:
    """The mapping in a YAML file. Raises MappingError."""
    try:
        mapping = Mapping(**(yaml.safe_load(path.read_text(encoding="utf-8")) or {}))
    except (OSError, UnicodeError, yaml.YAMLError, TypeError, RecursionError) as error:
        raise MappingError(f"{path.name} cannot be read: {error}") from None
    except ValidationError as error:
        mistakes = "; ".join(
            f"{'.'.join(map(str, mistake['loc']))}: {mistake['msg']}" for mistake in error.errors()
        )
        raise MappingError(f"{path.name}: {mistakes}") from None
    if mapping.not_personal and not mapping.checked_by:
        raise MappingError(f"{path.name}: not_personal needs checked_by, the role of whoever checked")
    return mapping
