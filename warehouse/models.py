"""One model for each `sql/<layer>/<name>.sql`: the path is the name, the SELECT is the definition.

What a model reads is parsed from its SQL by DuckDB itself, never typed by hand. Nothing is templated, so a model pasted
into a DuckDB shell on the warehouse gives the same rows.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from warehouse.contracts import Contract
from warehouse.names import LAYERS, Relation


class ModelError(Exception):
    """A model's SQL cannot be parsed or is not one SELECT; the message names the file."""


@dataclass(frozen=True)
class Model:
    """One model: its relation, its text, and the relations that it reads."""

    relation: Relation
    path: Path
    select: str
    reads: tuple[Relation, ...]

    @property
    def about(self) -> str:
        """The comment that opens the file: what a row is and the choice that could be contested."""
        lines = []
        for line in self.select.splitlines():
            if not line.startswith("--"):
                break
            lines.append(line.removeprefix("--").strip())
        return "\n".join(lines)


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """A connection that only parses; one for all models, because opening one takes longer than parsing."""
    return duckdb.connect()


def relations_read(select: str) -> tuple[Relation, ...]:
    """The relations that one SELECT reads, by name. Raises ModelError for anything but one SELECT."""
    serialized = _parser().execute("select json_serialize_sql(?)", [select]).fetchall()[0][0]
    tree = json.loads(serialized)
    if tree["error"]:
        raise ModelError(f"{tree['error_message']}")
    if len(tree["statements"]) != 1:
        raise ModelError(f"expected one SELECT, found {len(tree['statements'])} statements")
    found: set[Relation] = set()
    waiting = [tree["statements"][0]]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if node.get("type") == "BASE_TABLE" and node.get("schema_name") in LAYERS:
                found.add(Relation(f"{node['schema_name']}.{node['table_name']}"))
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return tuple(sorted(found))


def read_model(path: Path) -> Model:
    """The model in one file."""
    select = path.read_text(encoding="utf-8").strip().removesuffix(";")
    try:
        return Model(
            Relation(f"{path.parent.name}.{path.stem}"),
            path,
            select,
            relations_read(select),
        )
    except (ModelError, duckdb.Error) as error:
        raise ModelError(f"{path}: {error}") from error


def read_models(folder: Path, saying: str = "") -> list[Model]:
    """Every model under `folder` that has `saying` in its SQL, in the order of the layers."""
    paths = (path for layer in LAYERS for path in sorted((folder / layer).glob("*.sql")))
    return [read_model(path) for path in paths if saying in path.read_text(encoding="utf-8")]


def creation(model: Model, contract: Contract) -> str:
    """The statement that makes one model's relation, stored as its contract says."""
    # what reads codes gives codes, and a model writes words: which of the two a relation has is the contract's to say
    words = ", ".join(
        f"cast({name} as {column.duckdb_type}) as {name}"
        for name, column in contract.columns.items()
        if column.allowed and column.type in ("ENUM", "VARCHAR")
    )
    select = f"select *{f' replace ({words})' if words else ''} from (\n{model.select}\n)"
    if contract.stored == "as a view":
        return f"create or replace view {model.relation} as\n{select}"
    is_ordered = contract.key and contract.stored == "in order of its key"
    # ordered so that a rerun is identical
    order = f"\norder by {', '.join(contract.key)}" if is_ordered else ""
    return f"create or replace table {model.relation} as\n{select}{order}"


def code_version(model: Model, contract: Contract) -> str:
    """What changes where the relation would: its SELECT, and how the contract has it stored."""
    return hashlib.sha256(creation(model, contract).encode()).hexdigest()[:12]
