"""Whom a publication is about: one council, one comparator group and, if asked for, one year."""

import difflib
import re
from dataclasses import dataclass

import dagster as dg
import duckdb
from pydantic import Field

from assets.council.invented import invented_councils
from warehouse.models import read_model
from warehouse.names import LAYERS
from warehouse.settings import Settings
from warehouse.shipped import ShippedFile

# what must be built to look a council up, in order
LOOKUP_MODELS = (
    "staging/councils",
    "staging/gss_codes",
    "core/councils",
    "core/council_names",
    "core/comparator_groups",
)
LOOKUP_FILES = ("councils", "gss_codes", "comparator_groups")


class UnknownSubjectError(Exception):
    """No council, group or year answers to what was asked for; the message suggests what does."""


@dataclass(frozen=True)
class Council:
    """One council as the register knows it."""

    gss_code: str
    slug: str
    official_name: str
    nice_name: str
    lgsco_type: str

    @property
    def has_childrens_services(self) -> bool:
        """Whether it has children's and adults' social care: of a district, the county has."""
        return self.lgsco_type != "district"


class Subject(dg.ConfigurableResource):
    """What the report, the workbook and the printed summary are about. The marts cover every council regardless."""

    council: str = Field(
        "worcestershire-county-council",
        description="A council of England: its name, everyday name, Ombudsman page name or ONS code.",
    )
    comparators: str = Field(
        "lgsco_type",
        description=(
            "Whom it is compared with: lgsco_type, region, dfe_neighbours, ons_neighbours, deprivation, rural_urban "
            "or own_list."
        ),
    )
    year: str = Field(
        default="",
        description="A financial year such as 2023-24; empty for each indicator's latest year with data. It selects "
        "what is shown and never filters the marts.",
    )


class Lookup:
    """Finds councils and comparator groups, by the same SQL that the warehouse uses."""

    def __init__(self, settings: Settings) -> None:
        self.connection = duckdb.connect()
        for layer in LAYERS:
            self.connection.execute(f"create schema {layer}")
        for name in LOOKUP_FILES:
            rows = ShippedFile(settings.data / "reference" / f"{name}.source.yml").rows()
            self.connection.register("incoming_rows", rows)
            self.connection.execute(f"create table raw.{name} as select * from incoming_rows")
        self.connection.register("incoming_rows", invented_councils(settings))
        self.connection.execute("create table raw.invented_councils as select * from incoming_rows")
        for name in LOOKUP_MODELS:
            model = read_model(settings.sql / f"{name}.sql")
            self.connection.execute(f"create table {model.relation} as {model.select}")

    def council(self, text: str) -> Council:
        """The council that `text` names. Raises UnknownSubjectError with suggestions where none or several answer."""
        folded = re.sub(r"[^a-z0-9]+", " ", text.lower().replace("&", " and ")).strip()
        found = self.connection.execute(
            "select c.gss_code, council_slug, official_name, nice_name, lgsco_type from core.councils as c"
            " join core.council_names as n on c.gss_code = n.gss_code where n.folded_name = ?",
            [folded],
        ).fetchall()
        if found:
            return Council(*found[0])
        raise UnknownSubjectError(f"No council of England answers to {text!r}. {self._suggestions(folded)}")

    def all(self) -> list[Council]:
        """Every council of the register, by page name."""
        rows = self.connection.execute(
            "select gss_code, council_slug, official_name, nice_name, lgsco_type from core.councils"
            " order by council_slug"
        ).fetchall()
        return [Council(*row) for row in rows]

    def living(self) -> list[Council]:
        """The councils of England as they are today, by page name."""
        rows = self.connection.execute(
            "select gss_code, council_slug, official_name, nice_name, lgsco_type from core.councils"
            " where valid_to is null order by council_slug"
        ).fetchall()
        return [Council(*row) for row in rows]

    def _suggestions(self, folded: str) -> str:
        names = dict(
            self.connection.execute(
                "select n.folded_name, c.council_slug from core.council_names as n"
                " join core.councils as c on c.gss_code = n.gss_code"
            ).fetchall()
        )
        containing = [name for name in names if folded and folded in name]
        close = difflib.get_close_matches(folded, names, n=8, cutoff=0.6)
        slugs = list(dict.fromkeys(names[name] for name in [*sorted(containing, key=len), *close]))[:5]
        return (
            f"Did you mean: {', '.join(slugs)}?"
            if slugs
            else "Names and page names are in data/reference/councils.csv."
        )

    def comparators(self, text: str) -> str:
        """The comparator group of that name. Raises UnknownSubjectError with the groups there are."""
        groups = [
            row[0]
            for row in self.connection.execute(
                "select comparator_group from core.comparator_groups"
            ).fetchall()
        ]
        if text not in groups:
            raise UnknownSubjectError(
                f"There is no comparator group {text!r}. There are: {', '.join(groups)}."
            )
        return text


def checked_year(text: str) -> str:
    """A financial year such as 2023-24, or nothing. Raises UnknownSubjectError for anything else."""
    if text and not (re.fullmatch(r"20\d\d-\d\d", text) and int(text[5:]) == (int(text[2:4]) + 1) % 100):
        raise UnknownSubjectError(f"{text!r} is not a financial year such as 2023-24.")
    return text
