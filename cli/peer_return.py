"""Commands for peer returns: the sheet that asks comparable authorities, one's own answer, and what came back."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.panels import REGISTER
from cli.register import CouncilName, Overwrite, day, may_write, owner_of, refuse
from cli.terminal import Terminal

if TYPE_CHECKING:
    from assets.council.report import RegisterReport

out = Terminal()
peer_return = typer.Typer(help="Ask comparable authorities for their Stage 1 and 2 figures on fixed definitions.")


@peer_return.command("write", epilog="Example: uv run benchmark peer-return write --from 2026-04-01 --to 2026-09-30")
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
    owner = owner_of(council)
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
        otherwise = sum(figures["definitions_followed"] == "no" for figures in answer.values())
        said = f"{len(answer)} of 4 rows are filled in from your register, with whole counts, also small ones. "
        if otherwise:
            said += f"{otherwise} on your own clock, such as one from the acknowledgement: definitions_followed is no. "
        if len(answer) < 4:
            said += "The others are empty: the register has no figure for them on one clock and the return's limit. "
        said += "Look at it before you send it."
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
    from warehouse.councils import Lookup
    from warehouse.settings import Settings

    settings = Settings()
    lookup = Lookup(settings)
    asked_by = owner_of(council)
    names = {each.gss_code: each.nice_name for each in lookup.all()}
    failed = False
    for file in files:
        report = read_peer_return(file, asked_by=asked_by.gss_code, as_at=date.today(), code_on=lookup.code_on)
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
    app.add_typer(peer_return, name="peer-return", rich_help_panel=REGISTER)
