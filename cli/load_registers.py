"""The command that takes in the case extracts of many councils at once."""

import os
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.panels import REGISTER, command
from cli.register import AsAt, MappingFile, day, refuse
from cli.terminal import Terminal

if TYPE_CHECKING:
    from assets.council.many import Extract
    from warehouse.settings import Settings

out = Terminal()


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
        refuse("A process that took extracts in was ended, perhaps for lack of memory. What was kept stays; run again.")
    out.print(
        f"\nGood rows: {kept:,}, of {len(extracts) - refused:,} of {len(extracts):,} councils. Rows set aside: "
        f"{set_aside:,}.",
        markup=False,
    )
    if set_aside or refused:
        out.print("`uv run benchmark check-register FILE --council NAME` names every row and what was expected.")
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
            "\n".join([f"{folder}: nothing was read, because each file must be named after one council:", *problems])
        )
    if not extracts:
        refuse(f"{folder}: there is no file in it")
    return list(extracts.values()), names


def add_to(app: typer.Typer) -> None:
    """Put this command on the project's own."""
    command(app, REGISTER, "load-registers", "load-registers extracts --as-at 2026-09-30")(load_registers)
