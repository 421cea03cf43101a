"""The sign-off of a publication: who, by role, brought it to which state, printed on every page and workbook of a new
edition.

A publication's identity is a hash of what it says, and its pages never change. So a sign-off does not touch them: it
makes another edition of the same identity, whose pages say the state, and leads to that. A printed draft stays a draft;
new figures give another identity, which nobody has signed, and so are a draft again.
"""

from datetime import date
from pathlib import Path

import duckdb

from assets.council.contract import read_contract
from assets.council.register import register_store
from assets.improvement.assets import undertaking_store
from assets.improvement.store import SignOff, State
from assets.publication import publishing
from assets.publication.assets import laid_out, publication_folder, publish_site
from assets.publication.findings import read_findings
from warehouse.connection import WAREHOUSE_FILE
from warehouse.contracts import read_contracts
from warehouse.councils import Council
from warehouse.settings import Settings


class NotSignableError(Exception):
    """There is nothing that could be signed, or not in this order; the message says what to do."""


def not_yet_published(connection: duckdb.DuckDBPyConnection, settings: Settings, council: Council) -> list[str]:
    """What was loaded or taken back since the council's figures were last worked out, in words."""
    published = {
        number: (table, day)
        for number, table, day in connection.execute(
            "select extract_id, register_table, as_at from raw.register_extracts where gss_code = $1 "
            "union all select plan_id, 'plan', as_at from raw.plan_deliveries where gss_code = $1",
            [council.gss_code],
        ).fetchall()
    }
    stored = {
        each["extract_id"]: (each["register_table"], each["as_at"])
        for each in register_store(settings).extracts().to_pylist()
        if each["gss_code"] == council.gss_code
    }
    for plan in undertaking_store(settings).plans(council.gss_code):
        stored[plan["plan_id"]] = ("plan", plan["as_at"])

    def named(table: str, day: str) -> str:
        title = "the improvement plan" if table == "plan" else read_contract()[table].title.lower()
        return f"{title} as at {day}"

    return [named(*stored[number]) for number in stored if number not in published] + [
        f"{named(*published[number])} was taken back" for number in published if number not in stored
    ]


def sign(settings: Settings, council: Council, state: State, role: str, today: date) -> Path:
    """Bring the council's current publication to a state; the page to open. Raises NotSignableError."""
    folder = publication_folder(settings, council.slug)
    edition = publishing.current(folder)
    # the copy for readers does not hold the council's own cases, which are in what is signed
    warehouse = settings.state / WAREHOUSE_FILE
    overview = publishing.overview_of(folder, edition)
    if not overview or not warehouse.exists():
        raise NotSignableError(f"Nothing is published about {council.official_name}: run `uv run benchmark` first.")
    waiting: list[str] = []
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            findings = read_findings(connection, council, overview["comparator_group"], overview["year"] or "")
            waiting = not_yet_published(connection, settings, council)
        publication = publishing.identity_of(findings)
    except duckdb.IOException:
        raise NotSignableError("A refresh is running: sign when it has ended, if nothing has changed.") from None
    except duckdb.Error:  # the warehouse is of another version of the project than the pages
        publication = ""
    if publication != publishing.publication_of(edition):
        raise NotSignableError(
            f"The figures at hand are not those of publication {edition}, or are worded otherwise: run "
            "`uv run benchmark`, look at what it publishes, and sign that."
        )
    if waiting:
        raise NotSignableError(
            f"Changed since edition {edition} was made: {', '.join(waiting)}. Run `uv run benchmark`, look at what it "
            "publishes, and sign that."
        )
    if problems := publishing.altered(folder / publishing.FOLDER / edition):
        raise NotSignableError(
            f"Edition {edition} was altered since it was published: {'; '.join(problems[:5])}. Run `uv run benchmark`, "
            "which makes it again, and look at that."
        )
    store = undertaking_store(settings)
    try:
        store.sign_off(SignOff(publication, state, role, today.isoformat()), council.gss_code)
    except ValueError as error:
        raise NotSignableError(str(error)) from None
    publish_site(
        folder,
        findings,
        read_contracts(settings.expectations),
        today,
        settings.publications_kept,
        lambda publication: store.signed(publication, council.gss_code),
    )
    laid_out(folder)
    return folder / publishing.LANDING
