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


def not_yet_published(settings: Settings, council: Council) -> list[str]:
    """What was loaded for the council since its figures were last worked out, in words: so it is not in the edition."""
    with duckdb.connect(str(settings.state / WAREHOUSE_FILE), read_only=True) as connection:
        known = {
            name: {row[0] for row in connection.execute(f"select {column} from raw.{name}").fetchall()}
            for name, column in (("register_extracts", "extract_id"), ("plan_deliveries", "plan_id"))
        }
    extracts = register_store(settings).extracts().to_pylist()
    waiting = [
        f"{read_contract()[one['register_table']].title.lower()} as at {one['as_at']}"
        for one in extracts
        if one["gss_code"] == council.gss_code and one["extract_id"] not in known["register_extracts"]
    ]
    plan = undertaking_store(settings).current_plan(council.gss_code)
    if plan and plan["plan_id"] not in known["plan_deliveries"]:
        waiting.append(f"the improvement plan as at {plan['as_at']}")
    return waiting


def sign(settings: Settings, council: Council, state: State, role: str, today: date) -> Path:
    """Bring the council's current publication to a state; the page to open. Raises NotSignableError."""
    folder = publication_folder(settings, council.slug)
    edition = publishing.current(folder)
    # the copy for readers does not hold the council's own cases, which are in what is signed
    warehouse = settings.state / WAREHOUSE_FILE
    overview = publishing.overview_of(folder, edition)
    if not overview or not warehouse.exists():
        raise NotSignableError(
            f"Nothing is published about {council.official_name}: run `uv run benchmark` first."
        )
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            findings = read_findings(
                connection, council, overview["comparator_group"], overview["year"] or ""
            )
        publication = publishing.identity_of(findings)
    except duckdb.IOException:
        raise NotSignableError(
            "A refresh is running: sign when it has ended, if nothing has changed."
        ) from None
    except duckdb.Error:  # the warehouse is of another version of the project than the pages
        publication = ""
    if publication != publishing.publication_of(edition):
        raise NotSignableError(
            f"The figures at hand are not those of publication {edition}, or are worded otherwise: run "
            "`uv run benchmark`, look at what it publishes, and sign that."
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
