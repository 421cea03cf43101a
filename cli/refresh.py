"""One refresh from the command line: the job that the Dagster UI launches, its progress, its findings in words."""

import tempfile
import webbrowser
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
from rich.console import Console

from assets.ombudsman.collection import as_at_settings
from assets.publication import publishing
from assets.publication.assets import PACKAGE_FILE, SITE, WORKBOOK_FILE, publication_folder
from cli.progress import StepProgress, terminal_of_its_own
from cli.terminal import Terminal
from pipelines.automation import REFRESH, run_config
from pipelines.definitions import build_definitions
from pipelines.notify import send_notices
from pipelines.runs import own_tags, raised, settle
from pipelines.stale import due_assets, last_made
from warehouse.connection import WAREHOUSE_FILE, LockedWarehouse, WarehouseBusyError, exclusive
from warehouse.councils import Council, checked_year
from warehouse.relations import LEFT
from warehouse.run_tags import ONLY_CHANGED_TAG, about
from warehouse.settings import PROJECT, Settings

MADE_TAG = "tables"


@dataclass(frozen=True)
class Request:
    """What one refresh is asked for: its subject, whether and as at when to collect, whether to print nothing."""

    council: Council
    comparators: str
    year: str = ""
    is_live: bool = False
    councils: list[str] = field(default_factory=list)
    as_at: str = ""
    is_quiet: bool = False
    is_from_scratch: bool = False

    @property
    def tags(self) -> dict[str, str]:
        """The same request as the tags of a run say it."""
        return about(self.council.slug, self.comparators, checked_year(self.year))


def refresh(settings: Settings, request: Request, console: Console, *, is_opened: bool = False) -> int:
    """Run the refresh job in this process, with its history where the UI finds it; the exit status."""
    if request.as_at:
        settings = as_at_settings(settings, request.as_at)
    # nothing should be made that cannot be published
    settings.output.mkdir(parents=True, exist_ok=True)
    tempfile.TemporaryFile(dir=settings.output).close()
    definitions = build_definitions(settings, request.councils, request.as_at, LockedWarehouse)
    with dg.DagsterInstance.from_config(str(PROJECT)) as instance:
        # runs that were cut off: nobody else may be there to notice
        settle(instance, settings)
        try:
            with exclusive(settings.state / WAREHOUSE_FILE, settings.lock_wait_seconds):
                result = _made_anew(definitions, instance, settings, request, console)
                published = last_made(definitions.resolve_asset_graph(), instance, request.council.slug).get(SITE)
        except WarehouseBusyError as error:
            console.print(f"error: {error}", markup=False, style="bold red")
            return 1
        deliveries = [] if request.as_at or settings.is_example else send_notices(instance, settings)
    for delivery in deliveries:
        console.print(delivery.sentence(), markup=False)
    evaluations = result.get_asset_check_evaluations() if result else []
    failed = [line for event in evaluations for line in _failed(event)]
    for severity, line in failed:
        console.print(f"{severity}: {line}", markup=False, style="bold red" if severity == "BLOCKED" else "")
    for line in _errors(result) if result else ():
        console.print(f"error: {line}", markup=False, style="bold red")
    if result and not result.success:
        if request.as_at and any("core.readings" in line and line.endswith("found 0") for _, line in failed):
            console.print(
                f"No figure had been gathered by {request.as_at}: each counts from the day on which it was gathered, "
                "which data/complaints/*.source.yml says of those that ship.",
                markup=False,
            )
        console.print("Nothing was published; the last good publication stands.", style="bold")
        return 1
    if published and not request.is_quiet:
        site = published.asset_materialization
        summarise(settings, request, {name: value.value for name, value in site.metadata.items()})
    if is_opened:
        open_site(publication_folder(settings, request.council.slug) / publishing.LANDING, console)
    # a check that could not run stops nobody downstream where its rule only warns, yet all is not well
    return 1 if any(severity == "BLOCKED" for severity, _ in failed) else 0


def _made_anew(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    settings: Settings,
    request: Request,
    console: Console,
) -> dg.ExecuteInProcessResult | None:
    """Make what is out of date, or all where that is asked for; none where all stands."""
    graph = definitions.resolve_asset_graph()
    every = graph.materializable_asset_keys
    chosen = set(every)
    if not request.is_from_scratch:
        chosen = due_assets(graph, instance, settings, request.tags, is_live=request.is_live)
    tables = {key for key in every if graph.get(key).metadata.get("dagster/table_name")}
    if not chosen:
        console.print(f"{_how_many(0, len(tables))}.", markup=False)
        return None
    # where all is made nothing can be left as it stands
    changed = {ONLY_CHANGED_TAG: "yes"} if chosen != set(every) else {}
    job = definitions.resolve_job_def(REFRESH).get_subset(asset_selection=chosen)
    with terminal_of_its_own(console) as terminal, StepProgress(terminal, len(job.nodes)) as bar:
        result = job.with_logger_defs({"progress": bar.logger}).execute_in_process(
            instance=instance,
            raise_on_error=False,
            partition_key=request.council.slug,
            run_config=run_config(request.comparators, request.year, is_live=request.is_live)
            | {"loggers": {"progress": {}}},
            # whoever started it sees how it ends; the daemon must not start it again
            tags={**own_tags(settings), **changed, "dagster/max_retries": "0"},
        )
    if result.success:
        made = [event.materialization for event in result.get_asset_materialization_events()]
        said = _how_many(sum(one.asset_key in tables and LEFT not in one.metadata for one in made), len(tables))
        instance.add_run_tags(result.run_id, {MADE_TAG: said})
        console.print(f"{said}.", markup=False)
    return result


def _how_many(made: int, tables: int) -> str:
    return f"{made} of {tables} tables made; {tables - made} up to date"


def open_site(page: Path, console: Console) -> None:
    """Open a page in the browser of this machine, or say that there is none."""
    if not webbrowser.open(page.resolve().as_uri()):
        console.print(f"No browser was found here. Open {page} in one.", markup=False)


def _failed(evaluation: dg.AssetCheckEvaluation) -> Iterator[tuple[str, str]]:
    if not evaluation.passed:
        severity = "BLOCKED" if evaluation.severity == dg.AssetCheckSeverity.ERROR else "warning"
        relation = ".".join(evaluation.asset_key.path)
        yield severity, f"{relation}, {evaluation.check_name}: {evaluation.description}"


def _errors(result: dg.ExecuteInProcessResult) -> Iterator[str]:
    for event in result.filter_events(lambda event: event.is_step_failure or event.is_run_failure):
        # a run that fails before its first step, because the warehouse is taken, has no step to blame
        cause = event.step_failure_data.error if event.is_step_failure else event.job_failure_data.error
        cause = raised(cause)
        if cause is not None and "AssetCheckFailed" not in (cause.cls_name or ""):
            yield f"{event.step_key or 'refresh'}: {cause.message.strip()}"


def summarise(settings: Settings, request: Request, made: dict[str, Any]) -> None:
    """Print what this run published, as its site's step says it, and where the products lie.

    Nothing is read again: another run may be writing the warehouse, or may have published something else since."""
    out = Terminal()
    out.print()
    for line in made["summary"].splitlines():
        out.print(line, style="" if line.startswith(" ") else "bold", markup=False)
    out.print()
    folder = publication_folder(settings, request.council.slug)
    edition = folder / publishing.FOLDER / made["edition"]
    for name, path in {
        "pack": edition / "panel-pack.html",
        "site": folder / "index.html",
        "workbook": folder / WORKBOOK_FILE,
        "tables": settings.output / PACKAGE_FILE,
        "warehouse": settings.output / WAREHOUSE_FILE,
        "internal": made.get("internal edition"),
    }.items():
        if path:
            out.print(f"{name + ':':<11}{path}", markup=False)
    is_ours = not request.as_at and not settings.is_example
    if is_ours and publishing.is_draft(edition.name):
        out.print(
            'It is a draft: look at the pack, then `uv run benchmark sign-off checked --role "your role"`.',
            markup=False,
        )
