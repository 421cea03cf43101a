"""The council's undertakings as assets: what was delivered, and what became of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pandas as pd

from assets.improvement.measures import measure_rows
from assets.improvement.plan import SECTIONS
from assets.improvement.progress import outlook, progress
from assets.improvement.store import UndertakingStore
from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.freshness import PLAN_DELIVERED, note_arrival
from warehouse.models import relations_read
from warehouse.names import Relation
from warehouse.queries import ask, query
from warehouse.relations import as_table, asset_spec, finish
from warehouse.settings import Settings
from warehouse.versions import digest

RAW = tuple(
    Relation(f"raw.{name}")
    for name in (
        "plan_deliveries",
        "plan_actions",
        "plan_targets",
        "plan_resolutions",
        "plan_problems",
        "plan_measures",
        "replies",
    )
)
PROGRESS, OUTLOOK = Relation("marts.plan_progress"), Relation("marts.target_outlook")
ACTIONS, MEASURES, QUARTERS = (
    Relation("core.action_states"),
    Relation("staging.plan_measures"),
    Relation("marts.measure_quarters"),
)
_ABOUT = (
    "Taken from the plan and the replies that the council has given; without them it has no row. It says what was "
    "undertaken and what its measures did afterwards, never that one caused the other."
)

Rows = list[dict[str, Any]]


def undertaking_store(settings: Settings) -> UndertakingStore:
    """Where undertakings are kept."""
    return UndertakingStore(settings.state / "undertakings")


def rows_of(found: duckdb.DuckDBPyRelation) -> Rows:
    """The rows of a relation or query as dictionaries; missing values are None."""
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def raw_rows(store: UndertakingStore, indicators: Path) -> dict[Relation, Rows]:
    """The rows of every raw relation of undertakings."""
    rows: dict[Relation, Rows] = {relation: [] for relation in RAW}
    for plan in store.plans():
        rows[Relation("raw.plan_deliveries")].append(plan)
        for section in SECTIONS:
            rows[Relation(f"raw.plan_{section}")] += [{**plan, **row} for row in plan["rows"][section]]
        rows[Relation("raw.plan_problems")] += [{**plan, **problem} for problem in plan["problems"]]
    rows[Relation("raw.replies")] = [
        {**vars(reply), "gss_code": code, "reply_id": reply.reply_id}
        for code in store.councils()
        for reply in store.replies(code)
    ]
    rows[Relation("raw.plan_measures")] = measure_rows(indicators)
    return rows


def as_text(contract: Contract, rows: Rows) -> pd.DataFrame:
    """The rows as text in the columns of a raw relation's contract; what is not there is missing."""

    def text(value: Any) -> str | None:
        if isinstance(value, bool):
            return str(value).lower()
        return None if value is None or value == "" else str(value)

    required = {name for name, column in contract.columns.items() if not column.nullable}
    frame = pd.DataFrame(
        [[text(row.get(name)) or ("" if name in required else None) for name in contract.columns] for row in rows],
        columns=list(contract.columns),
    )
    return frame.astype("str")


def computed(connection: duckdb.DuckDBPyConnection) -> dict[Relation, Rows]:
    """The rows of the relations that Python computes from those of `connection`."""
    quarters = rows_of(connection.table(QUARTERS))
    years = ask(connection, "measure_years")
    measures = {row["measure"]: row for row in rows_of(connection.table(MEASURES))}
    actions = rows_of(connection.table(ACTIONS).order("gss_code, action_id"))
    targets = ask(connection, "targets")
    return {
        PROGRESS: progress(actions, measures, quarters, years),
        OUTLOOK: outlook(targets, quarters, years),
    }


def improvement_assets(settings: Settings, contracts: dict[Relation, Contract]) -> list[dg.AssetsDefinition]:
    """The raw relations of undertakings in one step, and what became of actions and targets in another."""
    reads = sorted(
        {ACTIONS, MEASURES, QUARTERS}
        | {name for text in map(query, ("measure_years", "targets")) for name in relations_read(text)}
    )

    # a sign-off is of an edition, and no table holds it
    given = undertaking_store(settings).folder.glob("*/[pr]*")
    delivered_as = digest(settings.indicators, *sorted(given))

    @dg.multi_asset(
        name="raw__undertakings",
        specs=[
            asset_spec(contracts[name], [], {"python"}, delivered_as, _ABOUT).replace_attributes(deps=[PLAN_DELIVERED])
            for name in RAW
        ],
    )
    def delivered(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult[None]]:
        store = undertaking_store(settings)
        note_arrival(
            context,
            PLAN_DELIVERED,
            max((plan["delivered_at"] for plan in store.plans()), default=""),
            settings,
        )
        for name, rows in raw_rows(store, settings.indicators).items():
            warehouse.load(name, as_text(contracts[name], rows))
            yield finish(warehouse, contracts[name])

    @dg.multi_asset(
        name="marts__undertakings",
        specs=[
            asset_spec(contracts[name], reads, {"python"}, about="How it is worked out: docs/improvement.md.")
            for name in (PROGRESS, OUTLOOK)
        ],
    )
    def became(warehouse: Warehouse) -> Iterator[dg.MaterializeResult[None]]:
        for name, rows in computed(warehouse.connection).items():
            warehouse.load(name, as_table(contracts[name], pd.DataFrame(rows, dtype=object)))
            yield finish(warehouse, contracts[name])

    return [delivered, became]
