"""The products as assets, and how a publication is made."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from assets.improvement.assets import undertaking_store
from assets.improvement.store import SignOff
from assets.publication import changes, data_package, publishing
from assets.publication.briefing import briefing
from assets.publication.findings import Findings, read_findings
from assets.publication.news import news
from assets.publication.site import Edition, Site, every_council
from assets.publication.summary import summary
from assets.publication.workbook import workbook_bytes
from warehouse.connection import Warehouse, exclusive
from warehouse.contracts import Contract, read_contracts
from warehouse.copies import share
from warehouse.councils import Lookup, checked_year
from warehouse.files import close_to_others, private_folders, write_whole
from warehouse.moments import publication_day
from warehouse.names import Relation
from warehouse.queries import ask
from warehouse.relations import asset_key, to_open
from warehouse.settings import Settings
from warehouse.subject import Subject

WAREHOUSE = dg.AssetKey(["publication", "warehouse"])
SITE = dg.AssetKey(["publication", "site"])
WORKBOOK = dg.AssetKey(["publication", "workbook"])
DATA_PACKAGE = dg.AssetKey(["publication", "data_package"])
SHARED = dg.AssetKey(["publication", "shared_warehouse"])
EVERY_COUNCIL = dg.AssetKey(["publication", "every_council"])
WORKBOOK_FILE = "benchmark.xlsx"
PACKAGE_FILE = "data-package.zip"


def publication_folder(settings: Settings, council_slug: str) -> Path:
    """Where the publications about one council lie."""
    return settings.output / council_slug


def publish_site(
    folder: Path,
    findings: Findings,
    contracts: Mapping[Relation, Contract],
    today: date,
    previous: int,
    signed: Callable[[str], SignOff | None] = lambda publication: None,
) -> tuple[Path, bool]:
    """Publish the site of these findings under `folder` and lead to it; its folder, and whether anything is new.

    signed: what says how a publication, by its id, is signed off; each state of one is an edition of its own, because
    what is published never changes.
    """
    publication = publishing.identity_of(findings)
    sign_off = signed(publication)
    unsealed = publication + (sign_off.mark if sign_off else "")
    # looked up first, because a current edition that was altered is about to go
    before = publishing.current(folder)
    if publishing.publication_of(before) == publication:
        before = publishing.overview_of(folder, before).get("previous") or ""
    identity = publishing.sound_edition(folder, unsealed)
    if not identity:
        edition = Edition(
            f"{unsealed}-{publishing.UNSEALED}",
            today,
            before,
            sign_off=sign_off,
            is_internal=findings.is_internal,
        )
        first_page = briefing(findings, today)
        overview = data_package.overview(findings, edition, first_page)
        earlier = publishing.overview_of(folder, before)
        edition = replace(edition, changes=changes.changes(earlier, overview))
        files = Site(findings, contracts, edition, first_page).files()
        tables = sorted(name.removeprefix("downloads/") for name in files if name.endswith(".csv"))
        files |= {
            "downloads/overview.json": data_package.as_json(overview),
            "downloads/answers.json": data_package.as_json(data_package.answers(findings, edition)),
            "downloads/what-changed.txt": changes.as_text(earlier, overview).encode(),
            "downloads/datapackage.json": data_package.as_json(
                data_package.site_descriptor(findings, contracts, tables)
            ),
            f"downloads/{WORKBOOK_FILE}": workbook_bytes(findings, edition, first_page),
        }
        identity, files = publishing.seal(unsealed, files)
        publishing.put(folder, identity, files)
    is_new = publishing.point_to(folder, identity, findings.council.nice_name)
    publishing.keep_newest(folder, previous)
    return folder / publishing.FOLDER / identity, is_new


class NothingToPublishError(Exception):
    """The edition would say nothing of the council where figures are expected; the message says what to do."""


def _is_figure(head: Mapping[str, Any]) -> bool:
    return any(head.get(name) is not None for name in ("value", "numerator", "printed_text"))


def require_figures(findings: Findings, earlier: Mapping[str, Any]) -> None:
    """Nothing, or NothingToPublishError: an edition without a figure is not made for a year that was asked for, nor put
    in place of the `earlier` overview that has figures."""
    if any(_is_figure(head) for head in findings.headlines) or (findings.has_own and not findings.year):
        return
    name = findings.council.official_name
    if findings.year:
        raise NothingToPublishError(
            f"{name} has no figure for {findings.year}. Leave the year out to get the latest of each measure."
        )
    if any(map(_is_figure, earlier.get("indicators", []))):
        raise NothingToPublishError(
            f"Every figure of {name} is gone that edition {earlier['publication']} has. That edition stays. Look at "
            "`uv run benchmark doctor` and at the settings data and captures, then run again."
        )


def made_site(
    settings: Settings, contracts: Mapping[Relation, Contract], findings: Findings, today: date
) -> dict[str, Any]:
    """Publish the site of these findings where its council's publications lie; its metadata for Dagster."""
    folder = publication_folder(settings, findings.council.slug)
    require_figures(findings, publishing.overview_of(folder, publishing.current(folder)))
    store, code = undertaking_store(settings), findings.council.gss_code
    made, is_new = publish_site(
        folder,
        findings,
        contracts,
        today,
        settings.publications_kept,
        lambda publication: store.signed(publication, code),
    )
    return {
        **_opened(folder / publishing.LANDING),
        "this edition": to_open(made / "index.html"),
        "edition": made.name,
        "summary": summary(findings),
        "changed": is_new,
        "what changed": dg.MetadataValue.md((made / "downloads" / "what-changed.txt").read_text(encoding="utf-8")),
    }


def made_internal(settings: Settings, contracts: Mapping[Relation, Contract], findings: Findings, today: date) -> Path:
    """Publish these findings, with small counts as they are, in `state` and for their owner alone; the page that leads
    there."""
    folder = settings.state / "internal" / findings.council.slug
    private_folders(settings.state, folder)
    publish_site(folder, findings, contracts, today, settings.publications_kept)
    for path in folder.rglob("*"):
        close_to_others(path)
    return folder / publishing.LANDING


def laid_out(folder: Path) -> dict[str, Any]:
    """The workbook of the edition that a council's folder leads to, copied next to it."""
    held = folder / publishing.FOLDER / publishing.current(folder) / "downloads" / WORKBOOK_FILE
    return _written(folder / WORKBOOK_FILE, held.read_bytes())


def publication_assets(
    settings: Settings,
    relations: list[Relation],
    private: Collection[Relation],
    councils: dg.PartitionsDefinition,
) -> list[dg.AssetsDefinition]:
    """The products, made once the blocking checks of every relation in `relations` have passed.

    The site and the data package name them all, so that a run of some assets alone waits for whatever fails in it.
    private: relations of single cases or unsuppressed counts, which stay out of the warehouse for readers.
    councils: the partitions of what is about one council."""
    contracts = read_contracts(settings.expectations)

    @dg.asset(
        key=WAREHOUSE,
        # last, so that readers never get figures whose site could not be made
        deps=[SITE, WORKBOOK, DATA_PACKAGE, EVERY_COUNCIL],
        group_name="publication",
        kinds={"duckdb"},
    )
    def warehouse_copy(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        """The warehouse for readers: all tables but those with the council's single cases."""
        new = news(warehouse.connection, Path(warehouse.published))
        path = warehouse.publish(withheld=private)
        return dg.MaterializeResult(
            metadata={
                "what is new": dg.MetadataValue.md("\n".join(f"- {line}" for line in new)),
                "file": dg.MetadataValue.path(str(path)),
                "bytes": path.stat().st_size,
                "left out": len(private),
            },
        )

    @dg.asset(
        key=SITE,
        deps=[asset_key(name) for name in relations],
        partitions_def=councils,
        group_name="publication",
        kinds={"html"},
    )
    def site(context: dg.AssetExecutionContext, warehouse: Warehouse, subject: Subject) -> dg.MaterializeResult[None]:
        """The website for one council. Works offline."""
        lookup, today = Lookup(settings), publication_day()
        chosen = (
            lookup.council(subject.council),
            lookup.comparators(subject.comparators),
            checked_year(subject.year),
        )
        findings = read_findings(warehouse.connection, *chosen)
        with _alone(settings, subject.council):
            metadata = made_site(settings, contracts, findings, today)
        if settings.internal_edition and findings.has_own:
            whole = read_findings(warehouse.connection, *chosen, is_internal=True)
            metadata["internal edition"] = dg.MetadataValue.path(str(made_internal(settings, contracts, whole, today)))
        context.instance.add_run_tags(context.run.run_id, {"edition": metadata["edition"]})
        return dg.MaterializeResult(metadata=metadata)

    @dg.asset(key=WORKBOOK, deps=[SITE], partitions_def=councils, group_name="publication", kinds={"xlsx"})
    def workbook(subject: Subject) -> dg.MaterializeResult[None]:
        """The tables of the website as a workbook, one table per sheet."""
        with _alone(settings, subject.council):
            metadata = laid_out(publication_folder(settings, subject.council))
        return dg.MaterializeResult(metadata=metadata)

    @dg.asset(key=EVERY_COUNCIL, deps=[SITE], group_name="publication", kinds={"html"})
    def index(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        """One page to find any council, with links to what is published about it."""
        rows = ask(warehouse.connection, "every_council")
        with _alone(settings, "every-council"):
            linked = [{**row, "address": _address(settings.output, row["council_slug"])} for row in rows]
            metadata = _written(settings.output / publishing.LANDING, every_council(linked))
        return dg.MaterializeResult(metadata=metadata)

    @dg.asset(
        key=DATA_PACKAGE,
        # it holds nothing that is said of one council in sentences, so an edited sentence cannot stop it
        deps=[asset_key(name) for name in relations if contracts[name].group != "publication"],
        group_name="publication",
        kinds={"parquet"},
    )
    def package(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        """The published tables of every council, as CSV and Parquet, with descriptions."""
        sources = ask(warehouse.connection, "sources")
        content = data_package.marts_package(warehouse.connection, contracts, sources)
        return dg.MaterializeResult(metadata=_written(settings.output / PACKAGE_FILE, content))

    @dg.asset(key=SHARED, deps=[WAREHOUSE], group_name="publication", kinds={"duckdb"})
    def shared_warehouse(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        """The warehouse for workers on other machines, who publish councils from it. Not for readers."""
        assert settings.shared
        path = share(warehouse.connection, settings.shared, settings.state)
        return dg.MaterializeResult(metadata={"file": dg.MetadataValue.path(str(path))})

    products = [warehouse_copy, site, workbook, package, index]
    return [*products, shared_warehouse] if settings.shared else products


def _alone(settings: Settings, name: str) -> AbstractContextManager[None]:
    """Keep workers on other machines from publishing the same meanwhile; on one machine runs come one after another."""
    if settings.shared is None:
        return nullcontext()
    return exclusive(settings.shared / "locks" / name, settings.lock_wait_seconds)


def _address(output: Path, slug: str) -> str | None:
    return f"{slug}/{publishing.LANDING}" if (output / slug / publishing.LANDING).exists() else None


def _written(path: Path, content: bytes) -> dict[str, Any]:
    return {**_opened(path), "bytes": len(content), "changed": write_whole(path, content)}


def _opened(path: Path) -> dict[str, Any]:
    return {
        "website": to_open(path),
        "file": dg.MetadataValue.path(str(path)),
    }
