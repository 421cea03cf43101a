"""What is out of date for one council: not made as it now would be, or of what has changed since.

Dagster keeps with each asset the code version that it was last made with, and the data version of each asset that it
was made of. Beyond that, history and warehouse have to agree: a killed run, a failed check, a warehouse or an output
that was removed, restored or made with other settings leave them apart, and what they disagree about is made anew.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from assets.ombudsman.collection import CAPTURES, archive_version
from assets.publication import publishing
from assets.publication.assets import SITE, publication_folder
from warehouse.connection import WAREHOUSE_FILE, open_warehouse, sound
from warehouse.models import read_models
from warehouse.relations import CODE_TAG, DATA_TAG, asset_key, is_made_of, tags_of
from warehouse.settings import Settings


def due_assets(
    graph: Any, instance: dg.DagsterInstance, settings: Settings, asked: Mapping[str, str], *, is_live: bool
) -> set[dg.AssetKey]:
    """What a refresh makes: what is out of date, with what a visit to the site may change; everything where other
    machines take the warehouse from the last one."""
    if settings.shared:
        return set(graph.materializable_asset_keys)
    visited = with_all_made_of(graph, [CAPTURES]) if is_live else set()
    return stale_assets(graph, instance, settings, asked) | visited


def stale_assets(
    graph: Any, instance: dg.DagsterInstance, settings: Settings, asked: Mapping[str, str]
) -> set[dg.AssetKey]:
    """What a refresh has to make: all that is out of date, and all that is made of it.

    graph: the assets. asked: the council, its comparators and the year, as the tags of a run say them. Nobody else may
    write the warehouse meanwhile."""
    latest = last_made(graph, instance)
    about_it = last_made(graph, instance, asked["council"])
    runs, stale = _known_of_warehouse(settings)
    for key in graph.materializable_asset_keys:
        node, one = graph.get(key), about_it.get(key)
        made = about_it if node.is_partitioned else latest
        if (
            one is None
            or tags_of(one).get(CODE_TAG) != node.code_version
            or (node.metadata.get("dagster/table_name") and runs.get(".".join(key.path)) != one.run_id)
            or (node.is_partitioned and not _is_asked(instance, one.run_id, asked))
            or any(_is_newer(graph, parent, made.get(parent), one) for parent in node.parent_keys)
            or not _is_there(one.asset_materialization)
        ):
            stale.add(key)
    if CAPTURES not in stale and tags_of(latest[CAPTURES]).get(DATA_TAG) != archive_version(settings).value:
        stale.add(CAPTURES)
    if (site := about_it.get(SITE)) and not _stands(site.asset_materialization, settings, asked["council"]):
        stale.add(SITE)
    return with_all_made_of(graph, stale)


def last_made(graph: Any, instance: dg.DagsterInstance, council: str = "") -> dict[dg.AssetKey, Any]:
    """The record of each asset's last materialization; with `council`, of what is about one council, of that one's."""
    records = {
        record.asset_entry.asset_key: record.asset_entry.last_materialization_record
        for record in instance.get_asset_records(list(graph.materializable_asset_keys))
    }
    for key in graph.materializable_asset_keys:
        if council and graph.get(key).is_partitioned:
            about = dg.AssetRecordsFilter(asset_key=key, asset_partitions=[council])
            records[key] = next(iter(instance.fetch_materializations(about, limit=1).records), None)
    return {key: record for key, record in records.items() if record is not None}


def with_all_made_of(graph: Any, keys: Iterable[dg.AssetKey]) -> set[dg.AssetKey]:
    """The assets `keys`, those that one step makes together with them, and all that is made of any of these."""
    found: set[dg.AssetKey] = set()
    waiting = set(keys)
    while waiting:
        node = graph.get(waiting.pop())
        found.add(node.key)
        waiting |= ({*node.execution_set_asset_keys, *node.child_keys} & graph.materializable_asset_keys) - found
    return found


def _is_newer(graph: Any, parent: dg.AssetKey, made: Any, child: Any) -> bool:
    """Whether an asset's parent is no longer what it was made of; what no run makes is read with the tables of it."""
    if parent not in graph.materializable_asset_keys:
        return False
    if graph.get(parent).is_partitioned:
        return made is None or made.storage_id > child.storage_id
    return not is_made_of(child, parent, made)


def _is_asked(instance: dg.DagsterInstance, run_id: str, asked: Mapping[str, str]) -> bool:
    run = instance.get_run_by_id(run_id)
    return run is not None and asked.items() <= run.tags.items()


def _is_there(event: dg.AssetMaterialization) -> bool:
    """Whether the files that an asset wrote are there, and as long as it wrote them."""
    paths = {
        name: Path(value.path) for name, value in event.metadata.items() if isinstance(value, dg.PathMetadataValue)
    }
    files = [paths[name] for name in ("file", "internal edition") if name in paths]
    size = event.metadata.get("bytes")
    return all(file.exists() for file in files) and (size is None or files[0].stat().st_size == size.value)


def _stands(event: dg.AssetMaterialization, settings: Settings, council: str) -> bool:
    """Whether the edition that was published last is still the current one, every byte of it."""
    folder = publication_folder(settings, council)
    edition = str(event.metadata["edition"].value)
    return publishing.current(folder) == edition and not publishing.altered(folder / publishing.FOLDER / edition)


def _known_of_warehouse(settings: Settings) -> tuple[dict[str, str], set[dg.AssetKey]]:
    """The run that made each relation which has passed its blocking checks, and the models that read the date and would
    give other rows today."""
    path = settings.state / WAREHOUSE_FILE
    if not path.exists():
        return {}, set()
    with open_warehouse(path) as connection:
        runs = sound(connection)
        dated = [
            model for model in read_models(settings.sql, "current_date") if {model.relation, *model.reads} <= set(runs)
        ]
        others = {
            asset_key(model.relation)
            for model in dated
            if connection.sql(f"from ({model.select}) except all from {model.relation}").limit(1).fetchone()
        }
    return runs, others
