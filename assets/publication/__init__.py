"""What goes out: the warehouse that people read, the report and the workbook."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from assets.publication.findings import Findings, read_findings
from assets.publication.report import report_html
from assets.publication.workbook import workbook_bytes
from pipelines.files import write_whole
from pipelines.relations import asset_key
from pipelines.settings import Settings
from pipelines.subject import Lookup, Subject, checked_year
from pipelines.warehouse import Relation, Warehouse

WAREHOUSE = dg.AssetKey(["publication", "warehouse"])
REPORT = dg.AssetKey(["publication", "report"])
WORKBOOK = dg.AssetKey(["publication", "workbook"])


def publication_folder(settings: Settings, council_slug: str) -> Path:
    """Where the publication about one council lies."""
    return settings.output / council_slug


def publication_assets(settings: Settings, relations: list[Relation]) -> list[dg.AssetsDefinition]:
    """The three products, made from every relation in `relations` once all their blocking checks have passed."""
    upstream = [asset_key(relation) for relation in relations]

    def spec(key: dg.AssetKey, kind: str, description: str) -> dg.AssetSpec:
        return dg.AssetSpec(
            key,
            deps=upstream,
            group_name="publication",
            kinds={kind},
            description=description,
        )

    def findings(warehouse: Warehouse, subject: Subject) -> Findings:
        lookup = Lookup(settings)
        council = lookup.council(subject.council)
        return read_findings(
            warehouse.connection,
            council,
            lookup.comparators(subject.comparators),
            checked_year(subject.year),
        )

    def published(key: dg.AssetKey, path: Path, content: bytes) -> dg.MaterializeResult[None]:
        changed = write_whole(path, content)
        return dg.MaterializeResult(
            asset_key=key,
            metadata={
                "open": dg.MetadataValue.url(path.resolve().as_uri()),
                "file": dg.MetadataValue.path(str(path)),
                "bytes": len(content),
                "changed": changed,
            },
        )

    @dg.multi_asset(
        name="publication__warehouse",
        specs=[
            spec(
                WAREHOUSE,
                "duckdb",
                "**What it is:** a copy of the whole warehouse for readers, swapped in at once.",
            )
        ],
    )
    def warehouse_copy(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        path = warehouse.publish()
        return dg.MaterializeResult(
            asset_key=WAREHOUSE,
            metadata={
                "file": dg.MetadataValue.path(str(path)),
                "bytes": path.stat().st_size,
            },
        )

    @dg.multi_asset(
        name="publication__report",
        specs=[
            spec(
                REPORT,
                "html",
                "**What it is:** the report about the subject council, one page that opens from disk.",
            )
        ],
    )
    def report(warehouse: Warehouse, subject: Subject) -> dg.MaterializeResult[None]:
        found = findings(warehouse, subject)
        html = report_html(found, datetime.now(UTC).date())
        return published(
            REPORT,
            publication_folder(settings, found.council.slug) / "report.html",
            html.encode(),
        )

    @dg.multi_asset(
        name="publication__workbook",
        specs=[
            spec(
                WORKBOOK,
                "xlsx",
                "**What it is:** the same tables as a workbook, one real table a sheet.",
            )
        ],
    )
    def workbook(warehouse: Warehouse, subject: Subject) -> dg.MaterializeResult[None]:
        found = findings(warehouse, subject)
        path = publication_folder(settings, found.council.slug) / "benchmark.xlsx"
        return published(WORKBOOK, path, workbook_bytes(found))

    return [warehouse_copy, report, workbook]
