"""A council's explanation of a figure of its own, as it is taken in."""

from datetime import date

import duckdb

from assets.council.columns import text_parser
from assets.council.contract import Column
from assets.council.personal_data import kinds_in
from assets.improvement.measures import register_measures
from assets.improvement.store import Reply
from assets.wording.small_counts import gives_away
from warehouse.connection import WAREHOUSE_FILE
from warehouse.queries import ask
from warehouse.settings import Settings

TEXT = Column(name="text", type="text", description="The explanation", maximum=1000)


class NoSuchFigureError(Exception):
    """No such figure of the council is published; the message says which are."""


class ReplyRefusedError(Exception):
    """The text cannot be kept; the message says what was expected and never repeats it."""


def make_reply(
    settings: Settings, gss_code: str, indicator: str, period: str, text: str, role: str, today: date
) -> Reply:
    """The reply to one figure of the published warehouse, with that figure as it now is.

    Raises NoSuchFigureError and ReplyRefusedError.
    """
    expected, parse = text_parser(TEXT)
    if kinds := kinds_in(text, prose=True):
        raise ReplyRefusedError(f"--text: expected nothing that looks like {' or '.join(kinds)}")
    if not parse(text):
        raise ReplyRefusedError(f"--text: expected {expected}")
    own = register_measures().get(indicator)
    about = (
        own_figure_now(settings, gss_code, own, period) if own else figure_now(settings, gss_code, indicator, period)
    )
    return Reply(indicator, period, text, role, today.isoformat(), about)


def own_figure_now(settings: Settings, gss_code: str, measure: dict[str, str], period: str) -> str:
    """A figure of the council's own register in words, such as `17 of 40`, without small counts.

    Raises NoSuchFigureError."""
    path = settings.state / WAREHOUSE_FILE
    if not path.exists():
        raise NoSuchFigureError("Nothing is published yet. Run `uv run benchmark` first.")
    about = {"council": gss_code, **{name: measure[name] for name in ("counted", "procedure", "stage")}}
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = ask(connection, "own_figures", **about)
    figures = {row["period_label"]: (row["cases"], row["of_cases"]) for row in rows}
    if period not in figures:
        periods = f"There are figures of {', '.join(figures)}" if figures else "The register says nothing of it"
        raise NoSuchFigureError(f"There is no such figure of {period or 'a period not stated'}. {periods}.")
    cases, of_cases = figures[period]
    return "too few cases to show" if gives_away(cases, of_cases) else f"{cases} of {of_cases}"


def figure_now(settings: Settings, gss_code: str, indicator: str, period: str) -> str:
    """A figure of the published warehouse in words, such as `23 of 26, printed 88%`. Raises NoSuchFigureError."""
    path = settings.output / WAREHOUSE_FILE
    if not path.exists():
        raise NoSuchFigureError("Nothing is published yet. Run `uv run benchmark` first.")
    about = {"council": gss_code, "indicator": indicator}
    with duckdb.connect(str(path), read_only=True) as connection:
        for row in ask(connection, "figure_now", **about, period=period):
            return str(row["about_value"])
        held = [row["period_label"] for row in ask(connection, "figures_held", **about)]
        known = [row[0] for row in connection.table("core.indicators").select("indicator").fetchall()]
    if indicator not in known:
        raise NoSuchFigureError(
            f"There is no indicator {indicator!r}. There are: {', '.join(sorted([*known, *register_measures()]))}."
        )
    years = f"There are figures of {', '.join(held)}" if held else "There is none of any year"
    raise NoSuchFigureError(f"We have no figure of {indicator} in {period or 'a year not stated'}. {years}.")
