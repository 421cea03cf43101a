"""What every asset that makes a relation has in common: its description, its metadata, its comments in DuckDB."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pyarrow as pa

from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.names import Relation
from warehouse.run_tags import ONLY_CHANGED_TAG

PREVIEW_ROWS = 5
LEFT = "left as it was"
CODE_TAG, DATA_TAG, INPUT_TAG = "dagster/code_version", "dagster/data_version", "dagster/input_data_version"


class SchemaMismatchError(Exception):
    """A relation came out with other columns or types than its contract says."""


def asset_key(relation: Relation) -> dg.AssetKey:
    return dg.AssetKey([relation.layer, relation.table])


def asset_spec(
    contract: Contract,
    deps: Iterable[Relation],
    kinds: set[str],
    made_from: str | None = None,
    about: str = "",
) -> dg.AssetSpec:
    """The asset of one relation: its description says what it is for, then what one row is.

    made_from: the version of what it reads besides other relations. Every refresh makes a relation that has neither."""
    # a model's own comment opens with the grain
    grain, detail = (contract.purpose, about) if about.startswith("One row:") else (contract.about, about)
    return dg.AssetSpec(
        asset_key(contract.name),
        deps=[asset_key(relation) for relation in deps],
        description=f"{grain}\n\n{detail}".strip(),
        group_name=contract.group,
        kinds=kinds | {"duckdb"},
        code_version=made_from,
        metadata={
            "dagster/column_schema": dg.TableSchema(
                columns=[
                    dg.TableColumn(
                        name=name,
                        type=column.type,
                        description=column.comment,
                        constraints=dg.TableColumnConstraints(nullable=column.nullable, unique=contract.key == [name]),
                    )
                    for name, column in contract.columns.items()
                ]
            ),
            "dagster/table_name": str(contract.name),
            "key": ", ".join(contract.key) or "none",
        },
    )


def describe_in_duckdb(warehouse: Warehouse, contract: Contract) -> None:
    """Put the contract's sentences on the relation and its columns, where a reader of the warehouse finds them."""

    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    comments = [f"comment on table {contract.relation} is {quoted(contract.about)}"]
    comments += [
        f"comment on column {contract.relation}.{name} is {quoted(column.comment)}"
        for name, column in contract.columns.items()
    ]
    with warehouse.at_once() as connection:
        connection.execute(";\n".join(comments))


def require_schema(warehouse: Warehouse, contract: Contract) -> None:
    """Raise SchemaMismatchError unless the relation has the columns and types of its contract, in order."""
    found = warehouse.types(contract.name)
    expected = {name: column.duckdb_type for name, column in contract.columns.items()}
    if list(found.items()) == list(expected.items()):
        return
    missing = [name for name in expected if name not in found]
    surplus = [name for name in found if name not in expected]
    differing = [
        f"{name} is {found[name]}, not {expected[name]}"
        for name in expected
        if name in found and found[name] != expected[name]
    ]
    parts = [
        f"missing columns: {', '.join(missing)}" if missing else "",
        f"columns without a description: {', '.join(surplus)}" if surplus else "",
        f"types: {'; '.join(differing)}" if differing else "",
    ]
    what = "; ".join(part for part in parts if part) or f"the order of columns is {', '.join(found)}"
    raise SchemaMismatchError(
        f"{contract.relation} does not fit expectations/{contract.name.layer}/{contract.name.table}.yml: {what}"
    )


def as_table(contract: Contract, rows: pd.DataFrame) -> pa.Table:
    """The rows in the columns and types of a relation's contract; what is not there, or not a number, is missing."""
    return pa.table(
        [
            pa.array(rows[field.name], field.type, from_pandas=True)
            if field.name in rows
            else pa.nulls(len(rows), field.type)
            for field in contract.arrow_schema
        ],
        schema=contract.arrow_schema,
    )


def preview(frame: pd.DataFrame) -> dg.MarkdownMetadataValue:
    """A few rows as a table for the Dagster UI; markup in the data stays text."""
    header = "| " + " | ".join(frame.columns) + " |\n|" + "---|" * len(frame.columns)
    body = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in frame.itertuples(index=False, name=None)]
    return dg.MetadataValue.md("\n".join([header, *body]))


def to_open(path: Path) -> dg.PathMetadataValue:
    """The address of a file on this machine for the Dagster UI, which has a button that copies it. A link would do
    nothing: no browser opens a file from a page of a server's."""
    return dg.MetadataValue.path(path.resolve().as_uri())


def _cell(value: Any) -> str:
    if pd.isna(value):
        return "—"
    text = " ".join(str(value).split())
    text = text if len(text) <= 80 else text[:79] + "…"
    for mark in "\\|`*_[]<>":
        text = text.replace(mark, "&lt;" if mark == "<" else "&gt;" if mark == ">" else "\\" + mark)
    return text


def tags_of(record: Any) -> Mapping[str, str]:
    """The tags of a materialization, in which Dagster keeps its versions."""
    return record.asset_materialization.tags or {}


def is_made_of(record: Any, parent: dg.AssetKey, made: Any) -> bool:
    """Whether an asset was made of what its parent, whose last record is `made`, still is."""
    return made is not None and tags_of(made).get(DATA_TAG) == tags_of(record).get(
        f"{INPUT_TAG}/{parent.to_user_string()}"
    )


def stands(context: dg.AssetExecutionContext, warehouse: Warehouse) -> bool:
    """Whether a run that makes what has changed leaves a step's relations: all that they were made from is as it was.

    A table may be made again and have the rows that it had; what is made of it then stands."""
    if ONLY_CHANGED_TAG not in context.run.tags:
        return False
    specs = list(context.assets_def.specs)
    made = _last_made(context, {spec.key for spec in specs})
    if not all(
        (last := made.get(spec.key))
        and tags_of(last).get(CODE_TAG) == spec.code_version
        and warehouse.has_passed(Relation(".".join(spec.key.path)), last.run_id)
        for spec in specs
    ):
        return False
    of = _last_made(context, {dep.asset_key for spec in specs for dep in spec.deps})
    return all(is_made_of(made[spec.key], dep.asset_key, of.get(dep.asset_key)) for spec in specs for dep in spec.deps)


def _last_made(context: dg.AssetExecutionContext, keys: set[dg.AssetKey]) -> dict[dg.AssetKey, Any]:
    return {
        record.asset_entry.asset_key: record.asset_entry.last_materialization_record
        for record in context.instance.get_asset_records(list(keys))
    }


def finish(
    warehouse: Warehouse,
    contract: Contract,
    extra: Mapping[str, Any] | None = None,
    *,
    is_checked: bool = True,
    is_new: bool = True,
) -> dg.MaterializeResult[None]:
    """Check the new relation's schema, describe it, and tell Dagster what is in it.

    is_checked: whether a check step will try its rules. is_new: whether it was not left as it `stands`."""
    if is_new:
        require_schema(warehouse, contract)
        describe_in_duckdb(warehouse, contract)
    warehouse.note_made(contract.name, is_sound=not is_checked)
    return dg.MaterializeResult(
        asset_key=asset_key(contract.name),
        data_version=dg.DataVersion(warehouse.version(contract.name)),
        metadata={
            "dagster/row_count": warehouse.count(contract.name),
            "preview": preview(warehouse.head(contract.name, PREVIEW_ROWS)),
            **({} if is_new else {LEFT: "What it is made from has the rows that it had."}),
            **(extra or {}),
        },
    )


def with_downstream(sources: Iterable[Relation], assets: Iterable[dg.AssetsDefinition]) -> set[Relation]:
    """The relations `sources` and all that `assets` make of them, at any distance."""
    made = {asset_key(relation) for relation in sources}
    deps = {spec.key: {dep.asset_key for dep in spec.deps} for asset in assets for spec in asset.specs}
    while further := {key for key, read in deps.items() if key not in made and read & made}:
        made |= further
    return {Relation(".".join(key.path)) for key in made}


def unread(assets: Iterable[dg.AssetsDefinition]) -> list[Relation]:
    """The relations of `assets` that no other of them is made from.

    Whatever waits for these has waited for all of them and their blocking checks, and its lineage can be read; naming
    every relation instead would be half of the edges of the graph.
    """
    specs = [spec for asset in assets for spec in asset.specs if "dagster/table_name" in spec.metadata]
    read = {dep.asset_key for spec in specs for dep in spec.deps}
    return sorted(Relation(".".join(spec.key.path)) for spec in specs if spec.key not in read)
