"""Councils and comparator groups by name. It imports no Dagster, so that a look-up starts at once."""

import difflib
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import duckdb

from warehouse.names import LAYERS
from warehouse.settings import Settings
from warehouse.shipped import ShippedFile
from warehouse.spelling import define_folding, folded
from warehouse.versions import digest

# what must be built to look a council up, in order
LOOKUP_MODELS = (
    "staging/councils",
    "staging/gss_codes",
    "core/councils",
    "core/council_names",
    "core/council_successors",
    "core/comparator_groups",
)
LOOKUP_FILES = ("councils", "gss_codes", "comparator_groups")


# no name of a council is longer
LONGEST_NAME = 100


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


class Lookup:
    """Finds councils and comparator groups, by the same SQL that the warehouse uses."""

    def __init__(self, settings: Settings) -> None:
        reference = settings.data / "reference"
        models = tuple(settings.sql / f"{name}.sql" for name in LOOKUP_MODELS)
        self.connection = _built(digest(reference, *models), reference, models).cursor()

    def council(self, text: str) -> Council:
        """The council of today that `text` names: one that was abolished is answered with its successor. Raises
        UnknownSubjectError with suggestions where no council or several are meant."""
        named = self.named(text)
        successors = self.successors(named)
        if len(successors) > 1:
            raise UnknownSubjectError(f"{self.succession(named)} Choose one of them.")
        return successors[0] if successors else named

    def named(self, text: str) -> Council:
        """The council that is or was called `text`. Raises UnknownSubjectError with suggestions."""
        if not (name := folded(text[:LONGEST_NAME])):
            raise UnknownSubjectError(
                "No council is named: give a name, such as Kent, or a page name of data/reference/councils.csv."
            )
        found = self._councils("gss_code in (select gss_code from core.council_names where folded_name = ?)", name)
        if not found:
            raise UnknownSubjectError(
                f"There is no English council called {text[:LONGEST_NAME]!r}. {self._suggestions(name)}"
            )
        return found[0]

    def slug_of(self, text: str) -> str | None:
        """The page name of the council that is or was called `text`, or nothing."""
        try:
            return self.named(text).slug
        except UnknownSubjectError:
            return None

    def code_on(self, text: str, day: date) -> str:
        """The ONS code of the council that was called `text` on a day. Raises UnknownSubjectError where none was."""
        named = self.named(text)
        former = self.connection.execute(
            "select former_gss_code from core.council_names where folded_name = ? and former_last_day >= ?",
            [folded(text[:LONGEST_NAME]), day],
        ).fetchall()
        if former:
            return str(former[0][0])
        ended = self.connection.execute(
            "select 1 from core.councils where gss_code = ? and valid_to < ?", [named.gss_code, day]
        ).fetchall()
        if ended:
            raise UnknownSubjectError(self.succession(named))
        return named.gss_code

    def successors(self, council: Council) -> list[Council]:
        """The councils of today that took an abolished council's place; none of one that still is."""
        # some were abolished in their turn
        return self._councils(
            "valid_to is null and gss_code in ("
            " with recursive later as ("
            "  select successor_gss_code from core.council_successors where gss_code = ?"
            "  union select more.successor_gss_code from core.council_successors as more"
            "  inner join later on more.gss_code = later.successor_gss_code)"
            " from later)",
            council.gss_code,
        )

    def succession(self, council: Council) -> str:
        """When a council was abolished and who took its place, in one sentence; nothing of one that still is."""
        ends = self.connection.execute(
            "select valid_to from core.councils where gss_code = ?", [council.gss_code]
        ).fetchall()
        last_day: date | None = ends[0][0] if ends else None
        if last_day is None:
            return ""
        names = [f"{one.official_name} ({one.slug})" for one in self.successors(council)]
        who = f" {' and '.join(names)} took its place." if names else ""
        return f"{council.official_name} was abolished on {last_day.day} {last_day:%B %Y}.{who}"

    def _councils(self, condition: str, *values: str) -> list[Council]:
        rows = self.connection.execute(
            "select gss_code, council_slug, official_name, nice_name, lgsco_type from core.councils"
            f" where {condition} order by council_slug",
            list(values),
        ).fetchall()
        return [Council(*row) for row in rows]

    def all(self) -> list[Council]:
        """Every council of the register, by page name."""
        return self._councils("true")

    def living(self) -> list[Council]:
        """The councils of England as they are today, by page name."""
        return self._councils("valid_to is null")

    def _suggestions(self, name: str) -> str:
        living = self.living()
        names = {folded(one): council.slug for council in living for one in (council.slug, council.nice_name)}
        containing = [each for each in names if name in each]
        close = difflib.get_close_matches(name, names, n=8, cutoff=0.6)
        slugs = list(dict.fromkeys(names[each] for each in [*sorted(containing, key=len), *close]))[:5]
        return (
            f"Did you mean: {', '.join(slugs)}?"
            if slugs
            else "Names and page names are in data/reference/councils.csv."
        )

    def comparators(self, text: str) -> str:
        """The comparator group of that name. Raises UnknownSubjectError with the groups there are."""
        groups = [
            row[0] for row in self.connection.execute("select comparator_group from core.comparator_groups").fetchall()
        ]
        if text not in groups:
            raise UnknownSubjectError(f"There is no comparator group {text!r}. There are: {', '.join(groups)}.")
        return str(text)


@lru_cache(maxsize=4)
def _built(version: str, reference: Path, models: tuple[Path, ...]) -> duckdb.DuckDBPyConnection:
    """A database of councils and groups as the models make it; version: of the files that it is made of."""
    connection = duckdb.connect()
    define_folding(connection)
    for layer in LAYERS:
        connection.execute(f"create schema {layer}")
    for name in LOOKUP_FILES:
        connection.from_arrow(ShippedFile(reference / f"{name}.source.yml").rows()).create(f"raw.{name}")
    for path in models:
        select = path.read_text(encoding="utf-8").strip().removesuffix(";")
        connection.execute(f"create table {path.parent.name}.{path.stem} as {select}")
    return connection


def checked_year(text: str, today: date | None = None) -> str:
    """A financial year such as 2023-24 that has begun, or nothing. Raises UnknownSubjectError for anything else."""
    if not text:
        return text
    if not (re.fullmatch(r"20\d\d-\d\d", text, re.ASCII) and int(text[5:]) == (int(text[2:4]) + 1) % 100):
        raise UnknownSubjectError(f"{text[:LONGEST_NAME]!r} is not a financial year such as 2023-24.")
    if date(int(text[:4]), 4, 1) > (today or date.today()):
        raise UnknownSubjectError(f"{text} has not begun: no figure of it can be published yet.")
    return text
