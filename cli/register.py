"""Commands for the complaints manager: the template, the check of an extract, loading it, and peers' returns."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli.panels import REGISTER, command, not_empty
from cli.terminal import Terminal

if TYPE_CHECKING:
    from assets.council.deliveries import RegisterStore
    from assets.council.report import RegisterReport
    from assets.improvement.store import UndertakingStore
    from warehouse.councils import Council
    from warehouse.settings import Settings

CASES = "case_stages"
TABLES = (CASES, "resources", "compliments", "quarterly_indicators")
out = Terminal()

File = Annotated[
    Path,
    typer.Argument(
        help="The extract: CSV, XLSX or Parquet, or one SQL query (.sql) for the database that "
        "BENCHMARK_REGISTER_DATABASE names.",
        exists=True,
        dir_okay=False,
    ),
]
MappingFile = Annotated[
    Path | None,
    typer.Option(help="YAML: your own column names and codes, and how dates are written.", exists=True, dir_okay=False),
]
CouncilName = Annotated[str | None, typer.Option(help="Whose it is; the installation's council by default.")]
AsAt = Annotated[
    str,
    typer.Option(help="The day the extract was taken, such as 2026-09-30.", callback=not_empty),
]
TableName = Annotated[
    str,
    typer.Option(
        help="case_stages, resources, compliments or quarterly_indicators; by default each sheet of the template that "
        "is filled in, or the cases."
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Write over a file that is there already.")]


def refuse(message: object) -> NoReturn:
    """Say what is wrong and end with status 2."""
    Terminal(stderr=True).print(str(message), style="bold", markup=False)
    raise typer.Exit(2)


def day(text: str, option: str) -> date:
    """The date, or the end of the command."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(f"{option}: {text!r} is not a date such as 2026-09-30")


def may_write(path: Path, overwrite: bool, another: str = "another name") -> None:
    """Nothing, where the file may be written; the command ends where it would cost what somebody filled in."""
    if not path.parent.is_dir():
        refuse(f"{path}: there is no folder {path.parent}")
    if path.is_dir():
        refuse(f"{path} is a folder: give the name of a file.")
    if path.exists() and not overwrite:
        refuse(f"{path} is there already, perhaps filled in: give {another}, or --overwrite.")


def checked(
    settings: "Settings",
    file: Path,
    owner: "Council",
    mapping: Path | None,
    as_at: date | None,
    table: str = "",
    annotated: Path | None = None,
) -> "list[RegisterReport]":
    """The printed reports on an extract, one a table; the command ends where nothing of one can be taken.

    `annotated`: where to write a copy of the rows with problems."""
    from assets.council.annotate import write_annotated
    from assets.council.deliveries import SaltError
    from assets.council.mapping import Mapping, MappingError, of_the_template, read_mapping
    from assets.council.register import register_store
    from assets.council.sheets import filled_sheets

    read = _reader(file)
    try:
        declared = read_mapping(mapping, table or CASES) if mapping else Mapping()
        tables = [table] if table else filled_sheets(file, TABLES)
        # the template's sheets are named after their tables; with a mapping the cases may stand on a sheet of any name
        if not tables or (mapping and not table):
            tables = list(dict.fromkeys([CASES, *tables]))
        reports = [
            read(
                gss_code=owner.gss_code,
                salt=register_store(settings).salt(),
                mapping=declared if each == tables[0] else of_the_template(declared, each),
                as_at=as_at,
                table=each,
            )
            for each in tables
        ]
    except (MappingError, SaltError) as error:
        refuse(error)
    out.print("\n\n".join(report.as_text(owner.official_name) for report in reports), markup=False)
    for report in reports:
        if annotated and len(report.problems):
            path = annotated if report is reports[0] else annotated.with_stem(f"{annotated.stem}-{report.table.name}")
            write_annotated(report, path)
            out.print(f"\n{path}: the rows with problems, each with what was expected.", markup=False)
    if any(report.is_refused for report in reports):
        if len(reports) > 1:
            out.print("\nNothing of the workbook is taken until every sheet of it can be.")
        raise typer.Exit(1)
    return reports


def _reader(file: Path) -> "Callable[..., RegisterReport]":
    """The check of a file, or of what the query in it answers; the command ends where no database is named."""
    from assets.council.check import check_query, check_register
    from warehouse.settings import Secrets

    if file.suffix.lower() != ".sql":
        return partial(check_register, file)
    database = Secrets().register_database.get_secret_value()
    if not database:
        refuse(
            f"{file} is a query: set BENCHMARK_REGISTER_DATABASE to the database's address, such as "
            "postgresql+psycopg://reader:password@host/name (docs/register.md)."
        )
    return partial(check_query, database, file.read_text(encoding="utf-8"))


def keep(settings: "Settings", reports: "list[RegisterReport]") -> None:
    """Keep the good rows of a checked extract, and say what they change."""
    from assets.council.register import register_store

    for report in reports:
        delivery = register_store(settings).deliver(report)
        kept = "kept" if delivery.is_new else "delivered before, nothing changed"
        what = f"{report.table.title}, extract {delivery.extract_id}"
        aside = f" {report.quarantined:,} of {report.rows_read:,} rows are set aside." if report.quarantined else ""
        out.print(f"\n{what} {kept}: {delivery.difference.as_text()}.{aside}", markup=False)


def load(settings: "Settings", file: Path, owner: "Council", mapping: Path | None) -> None:
    """Check an extract and keep its good rows, before a refresh."""
    keep(settings, checked(settings, file, owner, mapping, None))


def register_template(
    path: Annotated[Path, typer.Argument(help="Where to write the workbook.")] = Path("register-template.xlsx"),
    overwrite: Overwrite = False,
) -> None:
    """Write a workbook to fill in: the contract's columns with lists of codes, and its data dictionary."""
    from assets.council.template import write_register_template

    may_write(path, overwrite)
    write_register_template(path)
    out.print(
        f"{path}: fill in the sheets that you have figures for, or map your own extract to its columns "
        f"(docs/register.md), then `uv run benchmark check-register {path}`.",
        markup=False,
    )


def check_register_command(
    file: File,
    mapping: MappingFile = None,
    council: CouncilName = None,
    as_at: AsAt = "",
    table: TableName = "",
    annotated: Annotated[
        Path | None,
        typer.Option(help="Write a copy of the rows with problems, each with what was expected (XLSX or CSV)."),
    ] = None,
    load: Annotated[bool, typer.Option(help="Keep the good rows for the next refresh.")] = False,
) -> None:
    """Check an extract row by row; with --load keep its good rows. Exits with 1 where a row was set aside."""
    from assets.council.register import register_store
    from warehouse.settings import Settings

    settings = Settings()
    if table and table not in TABLES:
        refuse(f"--table: {table!r} is none of {', '.join(TABLES)}")
    owner = owner_of(council)
    if annotated and annotated.resolve() == file.resolve():
        refuse("--annotated: name another file than the extract itself")
    taken = day(as_at, "--as-at") if as_at else None
    reports = checked(settings, file, owner, mapping, taken, table, annotated)
    has_bad_rows = any(report.quarantined for report in reports)
    if load:
        keep(settings, reports)
        out.print("Run `uv run benchmark` to read it into the report.")
    else:
        for report in reports:
            would = register_store(settings).compare(report)
            out.print(f"\n{report.table.title}, if loaded: {would.as_text()}.", markup=False)
        first = "put the rows set aside right first, or load the good ones" if has_bad_rows else "load it"
        out.print(f"Nothing is kept yet. Next: {first}, with --load.")
    raise typer.Exit(1 if has_bad_rows else 0)


def register_mapping(
    file: Annotated[
        Path | None,
        typer.Argument(help="An extract of cases, to draft its mapping from.", exists=True, dir_okay=False),
    ] = None,
    path: Annotated[Path, typer.Option("--out", help="Where to write the mapping.")] = Path("mapping.yml"),
    as_at: AsAt = "",
    system: Annotated[
        str,
        typer.Option(
            help="Without an extract: start from what such a system's export may look like (icasework, respond, "
            "granicus, salesforce, dynamics365 or liquidlogic; none is verified)."
        ),
    ] = "",
    overwrite: Overwrite = False,
) -> None:
    """Draft a mapping from an extract's own headings and values, and show three cases as they would be read."""
    from assets.council.draft import as_read, read_with, starting_points
    from assets.council.drafting import draft_mapping
    from assets.council.mapping import nearest
    from assets.council.sources import UnreadableError

    if (file is None) == (not system):
        refuse("Name either an extract to draft a mapping from, or a --system to start from.")
    may_write(path, overwrite, "another name (--out NAME)")
    if file is None:
        if system not in starting_points():
            refuse(f"--system: there is no {system!r}{nearest(system, starting_points())}")
        path.write_text(starting_points()[system], encoding="utf-8")
        out.print(f"{path}: a starting point that no council has confirmed. Compare each heading with your export.")
        return
    taken = day(as_at, "--as-at") if as_at else None
    try:
        draft = draft_mapping(file, as_at=taken)
        report = read_with(draft, file, taken)
    except UnreadableError as error:
        refuse(error)
    path.write_text(draft.as_text(), encoding="utf-8")
    out.print(draft.as_text(), markup=False)
    if report is None or report.is_refused:
        out.print("With this mapping nothing would be taken yet:")
        out.print("\n".join(f"  {each}" for each in (report.refusals if report else draft.questions)), markup=False)
    else:
        out.print("Three cases as they would be read:")
        out.print("\n".join(f"  {line}" for line in as_read(report)), markup=False)
        out.print(f"\n{report.counts()}.", markup=False)
    out.print(
        f"\nWritten to {path}. Look at each line, above all those with CHECK, then "
        f"`uv run benchmark check-register {file} --mapping {path}`.",
        markup=False,
    )


def _stores(settings: "Settings") -> "tuple[RegisterStore, UndertakingStore]":
    """Where a council's deliveries are: extracts of its register, and plans."""
    from assets.council.register import register_store
    from assets.improvement.assets import undertaking_store

    return register_store(settings), undertaking_store(settings)


def deliveries(council: CouncilName = None) -> None:
    """List the extracts and plans loaded for a council, and what each changed."""
    from warehouse.settings import Settings

    owner = owner_of(council)
    history = [each for store in _stores(Settings()) for each in store.history(owner.gss_code)]
    if not history:
        out.print(f"Nothing of {owner.nice_name} is loaded.", markup=False)
    for about, difference in history:
        out.print(
            f"{about['extract_id']}  {about['register_table'].replace('_', ' ')}, as at {about['as_at']}, "
            f"covers {about['covers']}, loaded {about['delivered_at'][:16]}: {difference.as_text()}; "
            f"{about['rows_quarantined']} set aside",
            markup=False,
        )


def withdraw(
    delivery: Annotated[str, typer.Argument(help="The delivery, as `deliveries` lists it.")],
    council: CouncilName = None,
) -> None:
    """Take an extract or a plan back: what it changed is as it was before from the next refresh on."""
    from assets.council.mapping import nearest
    from warehouse.settings import Settings

    owner = owner_of(council)
    stores = _stores(Settings())
    known = {about["extract_id"]: store for store in stores for about, _ in store.history(owner.gss_code)}
    if delivery not in known:
        refuse(f"{owner.nice_name} has no delivery {delivery!r}{nearest(delivery, known) if known else ''}")
    about = known[delivery].withdraw(owner.gss_code, delivery)
    out.print(
        f"{about['register_table'].replace('_', ' ').capitalize()} as at {about['as_at']} is taken back. "
        "Run `uv run benchmark` to publish without it.",
        markup=False,
    )


def owner_of(council: str | None) -> "Council":
    """The council of that name, or the installation's; the command ends where there is none."""
    from warehouse.councils import Lookup, UnknownSubjectError
    from warehouse.settings import Settings

    settings = Settings()
    try:
        return Lookup(settings).council(settings.council if council is None else council)
    except UnknownSubjectError as error:
        refuse(error)


def add_to(app: typer.Typer) -> None:
    """Put these commands on the project's own."""
    command(app, REGISTER, "register-template", "register-template")(register_template)
    command(app, REGISTER, "register-mapping", "register-mapping extract.csv --as-at 2026-09-30")(register_mapping)
    command(app, REGISTER, "check-register", "check-register extract.csv --load")(check_register_command)
    command(app, REGISTER, "deliveries", "deliveries")(deliveries)
    command(app, REGISTER, "withdraw", "withdraw 0123456789ab")(withdraw)
