"""Commands for the complaints manager: the template, the check of an extract, loading it, and peers' returns."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from pipelines.settings import Settings

if TYPE_CHECKING:
    from assets.council.intake import RegisterReport
    from pipelines.subject import Council

out = Console(highlight=False, soft_wrap=True)
peer_return = typer.Typer(
    help="Ask comparable authorities for their Stage 1 and 2 figures on fixed definitions."
)

File = Annotated[Path, typer.Argument(help="The extract: CSV, XLSX or Parquet.", exists=True, dir_okay=False)]
MappingFile = Annotated[
    Path | None,
    typer.Option(help="YAML: your own column names and codes, and how dates are written.", exists=True),
]
CouncilName = Annotated[str | None, typer.Option(help="Whose it is; the installation's council by default.")]
AsAt = Annotated[str, typer.Option(help="The day the extract was taken, such as 2026-09-30.")]
TableName = Annotated[str, typer.Option(help="case_stages, resources, compliments or quarterly_indicators.")]


def refuse(message: object) -> NoReturn:
    """Say what is wrong and end with status 2."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(str(message), style="bold", markup=False)
    raise typer.Exit(2)


def day(text: str, option: str) -> date:
    """The date, or the end of the command."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(f"{option}: {text!r} is not a date such as 2026-09-30")


def checked(
    settings: Settings, file: Path, owner: "Council", mapping: Path | None, as_at: date | None, table: str
) -> "RegisterReport":
    """The printed report on an extract; the command ends where nothing of it can be taken."""
    from assets.council.deliveries import SaltError
    from assets.council.intake import check_register
    from assets.council.mapping import MappingError, read_mapping
    from assets.council.register import register_store

    try:
        report = check_register(
            file,
            gss_code=owner.gss_code,
            salt=register_store(settings).salt(),
            mapping=read_mapping(mapping) if mapping else None,
            as_at=as_at,
            table=table,
        )
    except (MappingError, SaltError) as error:
        refuse(error)
    out.print(report.as_text(), markup=False)
    if report.is_refused:
        raise typer.Exit(1)
    return report


def keep(settings: Settings, report: "RegisterReport") -> None:
    """Keep the good rows of a checked extract, and say what they change."""
    from assets.council.register import register_store

    delivery = register_store(settings).deliver(report)
    kept = "kept" if delivery.is_new else "delivered before, nothing changed"
    out.print(f"\nExtract {delivery.extract_id} {kept}: {delivery.difference.as_text()}.", markup=False)


def load(settings: Settings, file: Path, owner: "Council", mapping: Path | None) -> None:
    """Check an extract of cases and keep its good rows, before a refresh."""
    keep(settings, checked(settings, file, owner, mapping, None, "case_stages"))


def register_template(
    path: Annotated[Path, typer.Argument(help="Where to write the workbook.")] = Path(
        "register-template.xlsx"
    ),
) -> None:
    """Write a workbook to fill in: the contract's columns with lists of codes, and its data dictionary."""
    from assets.council.template import write_register_template

    write_register_template(path)
    out.print(
        f"{path}: fill it in, or map your own extract to its columns, then `uv run benchmark check-register FILE`."
    )


def check_register_command(
    file: File,
    mapping: MappingFile = None,
    council: CouncilName = None,
    as_at: AsAt = "",
    table: TableName = "case_stages",
    annotated: Annotated[
        Path | None,
        typer.Option(
            help="Write a copy of the rows with problems, each with what was expected (XLSX or CSV)."
        ),
    ] = None,
    load: Annotated[bool, typer.Option(help="Keep the good rows for the next refresh.")] = False,
) -> None:
    """Check an extract row by row; with --load keep its good rows. Exits with 1 where a row was set aside."""
    from assets.council.annotate import write_annotated
    from assets.council.contract import read_contract
    from pipelines.subject import Lookup, UnknownSubjectError

    settings = Settings()
    if table not in read_contract():
        refuse(f"--table: {table!r} is none of {', '.join(read_contract())}")
    try:
        owner = Lookup(settings).council(council or settings.council)
    except UnknownSubjectError as error:
        refuse(error)
    report = checked(settings, file, owner, mapping, day(as_at, "--as-at") if as_at else None, table)
    if annotated and len(report.problems):
        write_annotated(report, annotated)
        out.print(f"\n{annotated}: the rows with problems, each with what was expected.", markup=False)
    if load:
        keep(settings, report)
        out.print("Run `uv run benchmark` to read it into the report.")
    raise typer.Exit(1 if report.quarantined else 0)


@peer_return.command("write")
def write_return(
    since: Annotated[str, typer.Option("--from", help="First day of the period.")],
    until: Annotated[str, typer.Option("--to", help="Last day of the period.")],
    path: Annotated[Path, typer.Argument(help="Where to write the workbook.")] = Path("peer-return.xlsx"),
) -> None:
    """Write the return to send out: fixed definitions, few counts."""
    from assets.council.peer_return import write_peer_return

    first, last = day(since, "--from"), day(until, "--to")
    if last < first:
        refuse("--to is before --from")
    write_peer_return(path, period_start=first, period_end=last)
    out.print(
        f"{path}: send it to comparable authorities, then `uv run benchmark peer-return read FILE`.",
        markup=False,
    )


@peer_return.command("read")
def read_return(
    files: Annotated[list[Path], typer.Argument(help="Returns that came back.", exists=True)],
    council: CouncilName = None,
) -> None:
    """Read returns that came back and keep their good rows, as a source of comparability grade A."""
    from assets.council.peer_return import read_peer_return
    from assets.council.register import register_store
    from pipelines.subject import Lookup, UnknownSubjectError

    settings = Settings()
    try:
        asked_by = Lookup(settings).council(council or settings.council)
    except UnknownSubjectError as error:
        refuse(error)
    failed = False
    for file in files:
        report = read_peer_return(file, asked_by=asked_by.gss_code, as_at=date.today())
        out.print(report.as_text(), markup=False)
        failed |= report.is_refused or bool(report.quarantined)
        if not report.is_refused:
            register_store(settings).deliver(report)
    raise typer.Exit(1 if failed else 0)


def add_to(app: typer.Typer) -> None:
    """Put these commands on the project's own."""
    app.command("register-template")(register_template)
    app.command("check-register")(check_register_command)
    app.add_typer(peer_return, name="peer-return")
