"""Commands for the council's undertakings: the plan, replies to figures, the sign-off of a publication."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.panels import IMPROVEMENT, command
from cli.register import CouncilName, Overwrite, day, may_write, owner_of, refuse
from cli.terminal import Terminal

if TYPE_CHECKING:
    from assets.improvement.plan import PlanReport
    from warehouse.councils import Council
    from warehouse.settings import Settings

out = Terminal()
Role = Annotated[str, typer.Option(help="Your role, such as 'complaints manager'; never a name.")]
READ_IN = "Run `uv run benchmark` to read it into the report."


def today() -> date:
    """The day in UTC, as publications are dated."""
    return datetime.now(UTC).date()


def checked_role(role: str) -> str:
    """The role; the command ends, without repeating it, where it looks like a name."""
    from assets.council.people import ROLE_EXPECTED, names_a_person

    role = " ".join(role.split())
    if not role or len(role) > 80 or names_a_person(role):
        refuse(f"--role: expected {ROLE_EXPECTED}")
    return role


def checked_plan(settings: "Settings", file: Path, as_at: date | None = None) -> "PlanReport":
    """The printed report on a plan; the command ends where nothing of it can be taken."""
    from assets.improvement.measures import polarities
    from assets.improvement.plan import check_plan

    report = check_plan(file, polarities(settings.indicators), as_at=as_at)
    out.print(report.as_text(), markup=False)
    if report.refusals:
        out.print("\nThe earlier plan, if any, stands.")
        raise typer.Exit(1)
    return report


def load_plan(settings: "Settings", report: "PlanReport", owner: "Council") -> None:
    """Keep the good rows of a checked plan, and say what they change."""
    from assets.improvement.assets import undertaking_store

    store = undertaking_store(settings)
    kept = store.keep_plan(report, owner.gss_code)
    current = store.current_plan(owner.gss_code)
    became = (
        "stored already, nothing changed"
        if not kept.is_new
        else kept.difference.as_text()
        if current and current["plan_id"] == kept.extract_id
        else "kept; a plan of a later day stays the current one"
    )
    out.print(f"\nPlan {kept.extract_id} of {owner.official_name}: {became}.", markup=False)


def plan_template(
    path: Annotated[
        Path | None, typer.Argument(help="Where to write it, .yml or .xlsx; improvement-plan.yml by default.")
    ] = None,
    worked: Annotated[
        bool, typer.Option("--worked", help="A worked example for Stage 2 instead of a blank one (YAML).")
    ] = False,
    overwrite: Overwrite = False,
) -> None:
    """Write a blank improvement plan: actions, targets, and what the panel resolved or was promised."""
    import shutil

    from assets.improvement.template import ILLUSTRATIVE, write_plan_template
    from warehouse.settings import Settings

    path = path or Path("worked-plan.yml" if worked else "improvement-plan.yml")
    may_write(path, overwrite)
    if worked:
        shutil.copyfile(ILLUSTRATIVE, path)
        out.print(f"{path}: a made-up plan to look at; `uv run benchmark plan-template` writes yours.", markup=False)
        return
    write_plan_template(path, Settings().indicators)
    out.print(f"{path}: fill it in, then `uv run benchmark check-plan {path}`.", markup=False)


def check_plan_command(
    file: Annotated[Path, typer.Argument(help="The plan: YAML or XLSX.", exists=True, dir_okay=False)],
    council: CouncilName = None,
    as_at: Annotated[str, typer.Option(help="The day the plan is as at, where it does not say.")] = "",
    load: Annotated[bool, typer.Option(help="Keep the good rows for the next refresh.")] = False,
) -> None:
    """Check an improvement plan line by line; with --load keep its good rows. Exits with 1 if a row was set aside."""
    from assets.improvement.assets import undertaking_store
    from warehouse.settings import Settings

    settings = Settings()
    owner = owner_of(council)
    report = checked_plan(settings, file, day(as_at, "--as-at") if as_at else None)
    if load:
        load_plan(settings, report, owner)
        out.print(READ_IN)
    else:
        would = undertaking_store(settings).compare_plan(report, owner.gss_code)
        first = "put the rows set aside right first, or load the good ones" if report.set_aside else "load it"
        out.print(f"\nIf loaded: {would.as_text()}.\nNothing is kept yet. Next: {first}, with --load.")
    raise typer.Exit(1 if report.set_aside else 0)


def reply(
    indicator: Annotated[
        str,
        typer.Argument(
            help="The indicator: the name of its file in indicators/, or a measure of the council's own register, "
            "such as childrens_stage2_due_in_time."
        ),
    ] = "",
    period: Annotated[
        str,
        typer.Argument(help="The period of the figure, such as 2023-24 or '12 months to September 2026'."),
    ] = "",
    text: Annotated[str, typer.Option(help="The explanation, at most 1,000 characters.")] = "",
    role: Role = "",
    council: CouncilName = None,
    withdraw: Annotated[str, typer.Option(help="The number of a reply that is to stand no longer.")] = "",
) -> None:
    """Keep the council's explanation of a figure, to be shown next to it; alone, list the replies that stand."""
    from assets.improvement.assets import undertaking_store
    from assets.improvement.replies import NoSuchFigureError, ReplyRefusedError, make_reply
    from warehouse.settings import Settings

    settings = Settings()
    owner = owner_of(council)
    store = undertaking_store(settings)
    if withdraw:
        try:
            gone = store.withdraw_reply(withdraw, owner.gss_code, today())
        except KeyError:
            refuse(f"no reply {withdraw!r} of {owner.official_name} stands")
        out.print(f"Reply {withdraw} to {gone.indicator} {gone.period} is withdrawn. {READ_IN}", markup=False)
        return
    if not indicator:
        for one in store.replies(owner.gss_code):
            if not one.withdrawn:
                out.print(f"{one.reply_id}  {one.indicator} {one.period}: {one.text}", markup=False)
        return
    try:
        made = make_reply(
            settings, owner.gss_code, indicator, period, " ".join(text.split()), checked_role(role), today()
        )
    except (NoSuchFigureError, ReplyRefusedError) as error:
        refuse(error)
    is_new = store.keep_reply(made, owner.gss_code)
    became = "kept" if is_new else "stored already, nothing changed"
    out.print(
        f"Reply {made.reply_id} to {indicator} {period} ({made.about_value}): {became}. {READ_IN} What it then "
        "publishes is a draft again, to be signed off.",
        markup=False,
    )


def sign_off(
    state: Annotated[
        Literal["draft", "checked", "approved"], typer.Argument(help="What the current publication now is.")
    ],
    role: Role,
    council: CouncilName = None,
) -> None:
    """Say that the current publication is checked or approved, or a draft again, and print that on every page of it."""
    from assets.publication.signing import NotSignableError, sign
    from warehouse.settings import Settings

    settings = Settings()
    owner = owner_of(council)
    try:
        path = sign(settings, owner, state, checked_role(role), today())
    except NotSignableError as error:
        refuse(error)
    out.print(f"{owner.official_name}: {state}. {path}", markup=False)
    if state == "checked":
        out.print(
            'Next, whoever answers for it: `uv run benchmark sign-off approved --role "their role"`.',
            markup=False,
        )


def add_to(app: typer.Typer) -> None:
    """Put these commands on the project's own."""
    command(app, IMPROVEMENT, "plan-template", "plan-template")(plan_template)
    command(app, IMPROVEMENT, "check-plan", "check-plan improvement-plan.yml --load")(check_plan_command)
    command(
        app,
        IMPROVEMENT,
        "reply",
        'reply uphold_rate 2023-24 --role "complaints manager" --text "Why."',
    )(reply)
    command(app, IMPROVEMENT, "sign-off", 'sign-off checked --role "complaints manager"')(sign_off)
