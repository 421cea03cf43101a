"""The Ombudsman's figures as assets: the archive of captures, and the raw relations that are read from it."""

from datetime import date
from pathlib import Path

import dagster as dg
import pandas as pd
from pydantic import Field

from assets.ombudsman import archive_rows
from assets.ombudsman.archive import Captures
from assets.ombudsman.archive_rows import RawRow
from assets.ombudsman.client import Client, Politeness
from assets.ombudsman.collect import collect
from assets.ombudsman.source import load
from warehouse.connection import Warehouse
from warehouse.contracts import Contract
from warehouse.freshness import SITE_READ, note_arrival
from warehouse.moments import last_moment, past_day
from warehouse.names import Relation
from warehouse.relations import asset_key, asset_spec, finish
from warehouse.settings import Settings
from warehouse.versions import digest

CAPTURES = dg.AssetKey(["ombudsman", "captures"])
AS_AT = Relation("core.as_at")
COUNCILS = Relation("core.councils")

RELATIONS = tuple(Relation(f"raw.{name}") for name in archive_rows.RELATIONS)


class Collection(dg.ConfigurableResource):
    """Whether a run collects from the Ombudsman's site; which pages, and as at when it reads.

    A run's config can set `is_live` alone. `site` is the site or a stand-in for it on this machine; `councils` are the
    page names to visit, none for all of today's councils; with `as_at`, only what had been captured by then is read."""

    site: dg.ResourceDependency[str]
    councils: dg.ResourceDependency[list[str]]
    as_at: dg.ResourceDependency[str]
    is_live: bool = Field(
        default=False,
        description="Visit the site. Without it a run reads what ships and what the archive holds.",
    )


class RoundFailedError(Exception):
    """Too much of a round of collecting failed; the message says how much, which and why."""


def archive_version(settings: Settings) -> dg.DataVersion:
    """The data version of the archive as it now is; a live run changes it after the run's versions were worked out."""
    return dg.DataVersion(digest(settings.captures))


def client_for(settings: Settings, site: str) -> Client:
    """A client for the site with the installation's contact and pace."""
    source = load()
    also = source.also_known_as if site.rstrip("/") == source.site else ()
    politeness = Politeness(contact=settings.contact, seconds_between=settings.seconds_between_requests)
    return Client(site, Captures(settings.captures), politeness, also)


def collection_assets(settings: Settings, contracts: dict[Relation, Contract], as_at: str) -> list[dg.AssetsDefinition]:
    """The archive and everything that is read from it. With `as_at`, only what had been captured by that day counts."""

    @dg.multi_asset(
        name="ombudsman__captures",
        specs=[
            dg.AssetSpec(
                CAPTURES,
                deps=[asset_key(COUNCILS), SITE_READ],
                group_name="sources",
                kinds={"python", "html"},
                description=(
                    "Saved copies of every page and table read from the Ombudsman's website, with the date and the "
                    "address. A live run visits the website first. Any other run reads the copies we have."
                ),
            )
        ],
        # each address is tried again while it is fetched, and the round half an hour later (pipelines.automation):
        # a step that tried again by itself would hold the warehouse all the while
        retry_policy=None,
    )
    def captures(
        context: dg.AssetExecutionContext, warehouse: Warehouse, collection: Collection
    ) -> dg.MaterializeResult[None]:
        said: list[str] = ["No site was visited."]
        if collection.is_live:
            slugs = collection.councils or [
                row[0]
                for row in warehouse.connection.execute(
                    "select council_slug from core.councils where valid_to is null order by council_slug"
                ).fetchall()
            ]
            with client_for(settings, collection.site) as client:
                report = collect(
                    client, slugs, lambda done, total, name: context.log.info(f"{done} of {total}: {name}")
                )
            said = report.sentences()
            for line in said:
                context.log.info(line)
            if not report.is_good(settings.most_failed):
                raise RoundFailedError("\n".join(said))
            note_arrival(context, SITE_READ, f"{report.finished.isoformat()}: {said[0]}", settings)
        archive = Captures(settings.captures)
        return dg.MaterializeResult(
            asset_key=CAPTURES,
            data_version=archive_version(settings),
            metadata={
                "what was done": dg.MetadataValue.md("\n".join(f"- {line}" for line in said)),
                "addresses stored": len(archive.addresses()),
                "folder": dg.MetadataValue.path(str(settings.captures)),
            },
        )

    @dg.multi_asset(
        name="raw__captured",
        specs=[
            _after_captures(asset_spec(contracts[relation], [], {"python"}, f"site {settings.site}", _ABOUT))
            for relation in RELATIONS
        ],
    )
    def captured(warehouse: Warehouse, collection: Collection):  # type: ignore[no-untyped-def]
        rows = archive_rows.archive_rows(Captures(settings.captures), collection.site)
        for relation in RELATIONS:
            warehouse.load(relation, as_frame(rows[relation.table], contracts[relation]))
            yield finish(warehouse, contracts[relation])

    @dg.multi_asset(name="core__as_at", specs=[asset_spec(contracts[AS_AT], [], {"python"}, f"as at {as_at}")])
    def moment(warehouse: Warehouse, collection: Collection) -> dg.MaterializeResult[None]:
        last = last_moment(collection.as_at or date.max.isoformat()).replace(tzinfo=None)
        warehouse.connection.execute(f"create or replace table {AS_AT} as select ?::timestamp as moment", [last])
        return finish(warehouse, contracts[AS_AT])

    return [captures, captured, moment]


_ABOUT = "Read from the archive of captures, so the same archive gives the same rows, offline and for ever."


def _after_captures(spec: dg.AssetSpec) -> dg.AssetSpec:
    return spec.replace_attributes(deps=[CAPTURES])


def as_frame(rows: list[RawRow], contract: Contract) -> pd.DataFrame:
    """Rows of the archive as a frame of text with their place in its order, also where there are none."""
    frame = pd.DataFrame(rows, columns=list(contract.columns)[1:]).astype("str")
    frame.insert(0, "source_row", range(1, len(frame) + 1))
    return frame.astype({"source_row": "int64"})


def as_at_settings(settings: Settings, as_at: str) -> Settings:
    """The settings of a reading as at a past date: apart from what is current, so that it replaces nothing."""
    apart = Path("as-at") / past_day(as_at).isoformat()
    return settings.model_copy(update={"state": settings.state / apart, "output": settings.output / apart})
