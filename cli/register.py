"""Commands for the complaints manager: the template, the check of an extract, loading it, and peers' returns."""

import os
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli.panels import REGISTER, command
from cli.terminal import Terminal

if TYPE_CHECKING:
    from assets.council.many import Extract
    from assets.council.report import RegisterReport
    from warehouse.councils import Council
    from warehouse.settings import Settings

CASES = "case_stages"
TABLES = (CASES, "resources", "compliments", "quarterly_indicators")
out = Terminal()
peer_return = typer.Typer(
    help="Ask comparable authorities for their Stage 1 and 2 figures on fixed definitions."
)

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
    typer.Option(help="YAML: your own column names and codes, and how dates are written.", exists=True),
]
CouncilName = Annotated[str | None, typer.Option(help="Whose it is; the installation's council by default.")]
AsAt = Annotated[str, typer.Option(help="The day the extract was taken, such as 2026-09-30.")]
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


def may_write(path: Path, overwrite: bool) -> None:
    """Nothing, where the file may be written; the command ends where it would cost what somebody filled in."""
    if not path.parent.is_dir():
        refuse(f"{path}: there is no folder {path.parent}")
    if path.exists() and not overwrite:
        refuse(f"{path} is there already, perhaps filled in: give another name, or --overwrite.")


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
    from assets.council.reading import filled_sheets
    from assets.council.register import register_store

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
    out.print("\n\n".join(report.as_text() for report in reports), markup=False)
    for report in reports:
        if annotated and len(report.problems):
            path = (
                annotated
                if report is reports[0]
                else annotated.with_stem(f"{annotated.stem}-{report.table.name}")
            )
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
        aside = (
            f" {report.quarantined:,} of {report.rows_read:,} rows are set aside."
            if report.quarantined
            else ""
        )
        out.print(f"\n{what} {kept}: {delivery.difference.as_text()}.{aside}", markup=False)


def load(settings: "Settings", file: Path, owner: "Council", mapping: Path | None) -> None:
    """Check an extract and keep its good rows, before a refresh."""
    keep(settings, checked(settings, file, owner, mapping, None))


def register_template(
    path: Annotated[Path, typer.Argument(help="Where to write the workbook.")] = Path(
        "register-template.xlsx"
    ),
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
        typer.Option(
            help="Write a copy of the rows with problems, each with what was expected (XLSX or CSV)."
        ),
    ] = None,
    load: Annotated[bool, typer.Option(help="Keep the good rows for the next refresh.")] = False,
) -> None:
    """Check an extract row by row; with --load keep its good rows. Exits with 1 where a row was set aside."""
    from assets.council.register import register_store
    from warehouse.settings import Settings

    settings = Settings()
    if table and table not in TABLES:
        refuse(f"--table: {table!r} is none of {', '.join(TABLES)}")
    owner = _owner(council)
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
    from assets.council.drafting import as_read, draft_mapping, read_with, starting_points
    from assets.council.mapping import nearest
    from assets.council.reading import UnreadableError

    if (file is None) == (not system):
        refuse("Name either an extract to draft a mapping from, or a --system to start from.")
    may_write(path, overwrite)
    if file is None:
        if system not in starting_points():
            refuse(f"--system: there is no {system!r}{nearest(system, starting_points())}")
        path.write_text(starting_points()[system], encoding="utf-8")
        out.print(
            f"{path}: a starting point that no council has confirmed. Compare each heading with your export."
        )
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
        out.print(
            "\n".join(f"  {each}" for each in (report.refusals if report else draft.questions)), markup=False
        )
    else:
        out.print("Three cases as they would be read:")
        out.print("\n".join(f"  {line}" for line in as_read(report)), markup=False)
        out.print(f"\n{report.counts()}.", markup=False)
    out.print(
        f"\nWritten to {path}. Look at each line, above all those with CHECK, then "
        f"`uv run benchmark check-register {file} --mapping {path}`.",
        markup=False,
    )


def register_deliveries(council: CouncilName = None) -> None:
    """List what was loaded of a council's register, and what each delivery changed."""
    from assets.council.register import register_store
    from warehouse.settings import Settings

    owner = _owner(council)
    history = register_store(Settings()).history(owner.gss_code)
    if not history:
        out.print(f"Nothing of {owner.nice_name} is loaded.", markup=False)
    for about, difference in history:
        out.print(
            f"{about['extract_id']}  {about['register_table']}, as at {about['as_at']}, covers {about['covers']}, "
            f"loaded {about['delivered_at'][:16]}: {difference.as_text()}; {about['rows_quarantined']} set aside",
            markup=False,
        )


def withdraw_register(
    delivery: Annotated[str, typer.Argument(help="The delivery, as `register-deliveries` lists it.")],
    council: CouncilName = None,
) -> None:
    """Take a delivery back: what it changed is as it was before from the next refresh on."""
    from assets.council.mapping import nearest
    from assets.council.register import register_store
    from warehouse.settings import Settings

    owner = _owner(council)
    store = register_store(Settings())
    try:
        about = store.withdraw(owner.gss_code, delivery)
    except KeyError:
        known = [each["extract_id"] for each, _ in store.history(owner.gss_code)]
        refuse(f"{owner.nice_name} has no delivery {delivery!r}{nearest(delivery, known) if known else ''}")
    out.print(
        f"{about['register_table']} as at {about['as_at']} is taken back. Run `uv run benchmark` to publish without "
        "it.",
        markup=False,
    )


def _owner(council: str | None) -> "Council":
    from warehouse.councils import Lookup, UnknownSubjectError
    from warehouse.settings import Settings

    settings = Settings()
    try:
        return Lookup(settings).council(settings.council if council is None else council)
    except UnknownSubjectError as error:
        refuse(error)


def load_registers(
    folder: Annotated[
        Path,
        typer.Argument(
            help="A folder with one case extract a council, each named after its council: E10000034.csv or "
            "worcestershire-county-council.xlsx.",
            exists=True,
            file_okay=False,
        ),
    ],
    mapping: MappingFile = None,
    as_at: AsAt = "",
) -> None:
    """Check the case extracts of many councils and keep their good rows. Exits with 1 where anything was set aside.

    As many are taken in at a time as the machine has cores. Run again, what was kept already stays as it is."""
    from assets.council.deliveries import SaltError
    from assets.council.many import take_all
    from assets.council.mapping import Mapping, MappingError, read_mapping
    from assets.council.register import register_store
    from warehouse.settings import Settings

    settings = Settings()
    extracts, names = _extracts(settings, folder)
    kept = set_aside = refused = 0
    try:
        declared = read_mapping(mapping) if mapping else Mapping()
        every = take_all(
            register_store(settings),
            extracts,
            at_once=min(len(extracts), os.cpu_count() or 1),
            mapping=declared,
            as_at=day(as_at, "--as-at") if as_at else None,
        )
        for number, taken in enumerate(every, start=1):
            name = names[taken.extract.gss_code]
            where = f"{number:,} of {len(extracts):,} {name} ({taken.extract.path.name})"
            set_aside += taken.set_aside
            if taken.delivery is None:
                refused += 1
                out.print(f"{where}: nothing kept: {'; '.join(taken.refusals)}", markup=False)
                continue
            kept += taken.rows_read - taken.set_aside
            aside = f", {taken.set_aside:,} set aside" if taken.set_aside else ""
            already = "" if taken.delivery.is_new else "delivered before; "
            said = f"{already}{taken.delivery.difference.as_text()}"
            out.print(f"{where}: {taken.rows_read:,} rows read{aside}; {said}", markup=False)
    except (MappingError, SaltError) as error:
        refuse(error)
    except BrokenProcessPool:
        refuse(
            "A process that took extracts in was ended, perhaps for lack of memory. What was kept stays; run again."
        )
    out.print(
        f"\nGood rows: {kept:,}, of {len(extracts) - refused:,} of {len(extracts):,} councils. Rows set aside: "
        f"{set_aside:,}.",
        markup=False,
    )
    if set_aside or refused:
        out.print(
            "`uv run benchmark check-register FILE --council NAME` names every row and what was expected."
        )
    if kept:
        out.print("Run `uv run benchmark` to read them into the report.")
    raise typer.Exit(1 if set_aside or refused else 0)


def _extracts(settings: "Settings", folder: Path) -> "tuple[list[Extract], dict[str, str]]":
    """The case extracts in a folder by council, and the councils' names; the command ends where a file is nobody's, or
    two are of one council."""
    from assets.council.many import Extract
    from warehouse.councils import Lookup, UnknownSubjectError

    lookup = Lookup(settings)
    names: dict[str, str] = {}
    extracts: dict[str, Extract] = {}
    problems = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")) or not path.is_file():
            continue
        try:
            council = lookup.named(path.stem)
        except UnknownSubjectError as error:
            problems.append(f"{path.name}: {error}")
            continue
        if council.gss_code in extracts:
            other = extracts[council.gss_code].path.name
            problems.append(f"{path.name}: {other} is of {council.nice_name} too")
        names[council.gss_code] = council.nice_name
        extracts[council.gss_code] = Extract(council.gss_code, path)
    if problems:
        refuse(
            "\n".join(
                [f"{folder}: nothing was read, because each file must be named after one council:", *problems]
            )
        )
    if not extracts:
        refuse(f"{folder}: there is no file in it")
    return list(extracts.values()), names


@peer_return.command(
    "write", epilog="Example: uv run benchmark peer-return write --from 2026-04-01 --to 2026-09-30"
)
def write_return(
    since: Annotated[str, typer.Option("--from", help="First day of the half-year or year.")],
    until: Annotated[str, typer.Option("--to", help="Last day of it.")],
    path: Annotated[Path, typer.Argument(help="Where to write the workbook.")] = Path("peer-return.xlsx"),
    council: CouncilName = None,
    role: Annotated[str, typer.Option(help="The role to answer to, such as complaints manager.")] = "",
    reply_to: Annotated[str, typer.Option(help="The team's address for answers.")] = "",
    by: Annotated[str, typer.Option(help="The day by which an answer helps, such as 2026-11-30.")] = "",
    fill: Annotated[
        bool,
        typer.Option("--fill", help="Answer it from your own register, to exchange with other councils."),
    ] = False,
    overwrite: Overwrite = False,
) -> None:
    """Write the return to send out, or with --fill your own answer: fixed definitions, few counts."""
    from assets.council.peer_return import Asker, own_figures, write_peer_return
    from assets.council.people import ROLE_EXPECTED, names_a_person

    may_write(path, overwrite)
    first, last = day(since, "--from"), day(until, "--to")
    if last < first:
        refuse("--to is before --from")
    if role and names_a_person(role):
        refuse(f"--role: give {ROLE_EXPECTED}")
    owner = _owner(council)
    asker = Asker(owner.official_name, role, reply_to, day(by, "--by") if by else None)
    answer = None
    said = "send it to comparable authorities, then `uv run benchmark peer-return read FILE`."
    if fill:
        from warehouse.connection import WAREHOUSE_FILE
        from warehouse.settings import Settings

        answer = own_figures(Settings().state / WAREHOUSE_FILE, owner.gss_code, first, last)
        if not answer:
            refuse(
                f"{owner.nice_name}'s register has nothing to fill in for {first} to {last}. Load the register, run "
                "`uv run benchmark`, and name a whole quarter, half-year or financial year."
            )
        answer = {key: {**figures, "gss_code": owner.official_name} for key, figures in answer.items()}
        said = (
            f"{len(answer)} of 4 rows are filled in from your register, with whole counts, also small ones. The others "
            "are empty: the register has no figure for them on the return's definitions. Look at it before you send it."
        )
    write_peer_return(path, period_start=first, period_end=last, asker=asker, answer=answer)
    out.print(f"{path}: {said}", markup=False)


PROCEDURES = {"children_statutory": "children's social care", "corporate": "corporate"}


def peer_return_lines(report: "RegisterReport", names: dict[str, str]) -> list[str]:
    """The rows taken of a peer return under one heading a council: of what, when, how many, on which definitions."""
    from assets.council.peer_return import written

    lines: list[str] = []
    rows = report.accepted.to_pylist()
    for code in dict.fromkeys(row["gss_code"] for row in rows):
        lines.append(f"{names.get(code, code)}:")
        for row in rows:
            if row["gss_code"] != code:
                continue
            first, last = (written(date.fromisoformat(row[name])) for name in ("period_start", "period_end"))
            which = f"{PROCEDURES[row['procedure']]}, Stage {row['stage']}, {first} to {last}"
            grade = (
                "on the fixed definitions, grade A"
                if row["definitions_followed"] == "yes"
                else "counted otherwise, grade C"
            )
            lines.append(
                f"  {which}: {row['fell_due']} fell due within "
                f"{row['limit_working_days']} working days, {row['completed_in_time']} completed in time, "
                f"{row['still_open']} still open; {grade}"
            )
    return lines


@peer_return.command("read", epilog="Example: uv run benchmark peer-return read returns/kent.xlsx")
def read_return(
    files: Annotated[list[Path], typer.Argument(help="Returns that came back.", exists=True)],
    council: CouncilName = None,
) -> None:
    """Read returns that came back and keep their good rows, as a source of comparability grade A."""
    from assets.council.peer_return import read_peer_return
    from assets.council.register import register_store
    from warehouse.councils import Lookup, UnknownSubjectError
    from warehouse.settings import Settings

    settings = Settings()
    lookup = Lookup(settings)
    try:
        asked_by = lookup.council(settings.council if council is None else council)
    except UnknownSubjectError as error:
        refuse(error)
    names = {each.gss_code: each.nice_name for each in lookup.all()}
    failed = False
    for file in files:
        report = read_peer_return(
            file, asked_by=asked_by.gss_code, as_at=date.today(), code_on=lookup.code_on
        )
        out.print(report.as_text(), markup=False)
        failed |= report.is_refused or bool(report.quarantined)
        if report.is_refused:
            out.print(f"\nNothing of {file.name} is kept.\n", markup=False)
            continue
        delivery = register_store(settings).deliver(report)
        said = "Kept" if delivery.is_new else "Stored already, nothing changed"
        out.print(f"\n{said}: {delivery.difference.as_text()}.", markup=False)
        for row in peer_return_lines(report, names):
            out.print(f"  {row}", markup=False)
        out.print(
            f"Set aside, and not kept: {report.quarantined:,} of {report.rows_read:,} rows.\n"
            "Run `uv run benchmark` to read what is kept into the report.\n"
        )
    raise typer.Exit(1 if failed else 0)


def add_to(app: typer.Typer) -> None:
    """Put these commands on the project's own."""
    command(app, REGISTER, "register-template", "register-template")(register_template)
    command(app, REGISTER, "register-mapping", "register-mapping extract.csv --as-at 2026-09-30")(
        register_mapping
    )
    command(app, REGISTER, "check-register", "check-register extract.csv --load")(check_register_command)
    command(app, REGISTER, "register-deliveries", "register-deliveries")(register_deliveries)
    command(app, REGISTER, "withdraw-register", "withdraw-register 0123456789ab")(withdraw_register)
    command(app, REGISTER, "load-registers", "load-registers extracts --as-at 2026-09-30")(load_registers)
    app.add_typer(peer_return, name="peer-return", rich_help_panel=REGISTER)
