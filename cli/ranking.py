"""One ranking as a table, and one figure's whole story, read from the published warehouse."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from assets.wording import comparison, sentences
from assets.wording.words import (
    TYPES_IN_WORDS,
    counts,
    group_in_words,
    interval,
    is_missing,
    may_show_percentage,
    measured,
    own_value,
    rounded,
    whole,
)
from warehouse.councils import Council, Lookup, checked_year
from warehouse.queries import ask
from warehouse.settings import Settings

Row = dict[str, Any]


class NothingToShowError(Exception):
    """There is no warehouse, indicator or year to read; the message says what to do."""


def published(path: Path) -> duckdb.DuckDBPyConnection:
    """The published warehouse, opened for reading. Raises NothingToShowError where there is none with rankings."""
    if not path.exists():
        raise NothingToShowError(f"There is no warehouse at {path} yet: run `uv run benchmark` first.")
    try:
        connection = duckdb.connect(str(path), read_only=True)
        connection.execute("select 1 from marts.rankings limit 1")
    except (duckdb.IOException, duckdb.CatalogException) as error:
        raise NothingToShowError(
            f"{path} cannot be read, or holds no rankings: run `uv run benchmark` again. ({error})"
        ) from None
    return connection


@dataclass(frozen=True)
class Asked:
    """What a command is about: an indicator of one council in one year, compared with one comparator group."""

    connection: duckdb.DuckDBPyConnection
    indicator: str
    council: Council
    comparators: str
    period: Row
    succession: str

    @classmethod
    def of(cls, settings: Settings, indicator: str, council: str, year: str, comparators: str) -> "Asked":
        """Raises UnknownSubjectError or NothingToShowError with what there is instead.

        Without a year: the latest in which the council has a figure, or else the latest in which anybody has.
        """
        checked_year(year)
        lookup = Lookup(settings)
        found, group = lookup.named(council), lookup.comparators(comparators)
        connection = published(settings.output / "warehouse.duckdb")
        known = [
            row[0]
            for row in connection.execute("select indicator from core.indicators order by report_order").fetchall()
        ]
        if indicator not in known:
            raise NothingToShowError(f"There is no indicator {indicator!r}. There are: {', '.join(known)}.")
        years = ask(connection, "ranking_years", indicator=indicator, council=found.gss_code)
        wanted = [row for row in years if row["period_label"] == year] if year else years
        if not wanted:
            labels = ", ".join(row["period_label"] for row in reversed(years)) or "none"
            raise NothingToShowError(
                f"No council has a figure of {indicator} for {year or 'any year'}. Years with figures: {labels}."
            )
        period = next((row for row in wanted if row["has_figure"]), wanted[0])
        return cls(connection, indicator, found, group, period, lookup.succession(found))

    def ask(self, name: str, **instead: Any) -> list[Row]:
        """The rows of a query about what was asked."""
        return ask(
            self.connection,
            name,
            **{
                "indicator": self.indicator,
                "council": self.council.gss_code,
                "comparators": self.comparators,
                "period_start": self.period["period_start"],
                "period_end": self.period["period_end"],
                **instead,
            },
        )

    @property
    def subject(self) -> Row:
        """The council's own row, with all that is said of it. Raises NothingToShowError where it did not live then."""
        rows = self.ask("ranked_figure")
        if not rows:
            raise NothingToShowError(
                " ".join(
                    (
                        f"{self.council.official_name} was no council in {self.period['period_label']}.",
                        self.succession,
                    )
                ).rstrip()
            )
        return rows[0]


def ranking_table(settings: Settings, indicator: str, council: str, year: str, comparators: str) -> str:
    """One ranking: the council and its comparators with their figures, and what may be said of their places."""
    asked = Asked.of(settings, indicator, council, year, comparators)
    return "\n".join(_text(asked.subject, asked.ask("ranking_rows")))


def _text(subject: Row, rows: list[Row]) -> Iterator[str]:
    with_data = [row for row in rows if row["value"] is not None]
    yield f"{subject['title']}, {subject['period_label']}"
    have = f"{len(with_data)} of {len(rows)} councils have data"
    yield f"{subject['official_name']} and {_group(subject)}: {have}"
    yield comparison.gate(subject)
    councils = TYPES_IN_WORDS[subject["lgsco_type"]]
    for said in (comparison.printed_averages, comparison.sample):
        if line := said(subject, councils, subject["unit"]):
            yield line
    if any(row["rank_lower"] is None for row in with_data):
        yield "In order of value, which is no ranking."
    yield ""
    cells = [_cells(row) for row in with_data]
    width = [max(len(row[place]) for row in cells) for place in range(4)] if cells else []
    for row in cells:
        yield "  ".join(text.ljust(size) for text, size in zip(row, [*width, 0], strict=True)).rstrip()
    without = [row["council"] for row in rows if row["value"] is None]
    if without:
        yield ""
        yield f"Without data: {', '.join(without)}"


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    mark = "> " if row["is_subject"] else "  "
    value, shown_interval = "too few", ""
    if may_show_percentage(row):
        value, shown_interval = measured(row["value"], row["unit"]), interval(row)
    if row["rank_lower"] is not None:
        place = f"rank {row['rank_lower']} to {row['rank_upper']}"
    elif row["band"] is not None:
        place = f"band {row['band']}"
    else:
        place = "no rank"
    verdict = f"{row['called']}, {row['verdict']}" if row["verdict"] else ""
    return mark + row["council"], value, counts(row), shown_interval, f"{place}  {verdict}".rstrip()


def explanation(settings: Settings, indicator: str, council: str, year: str, comparators: str) -> str:
    """The whole story of one figure: where it comes from, how sure it is, and how it compares."""
    asked = Asked.of(settings, indicator, council, year, comparators)
    row = asked.subject
    going = [
        one for one in asked.ask("trends") if (one["indicator"], one["comparator_group"]) == (indicator, comparators)
    ]
    sections = {
        "What it is": [row["definition"], row["caution"]],
        "The figure": list(_figure(row)),
        "Where it comes from": list(_witnesses(asked.ask("figure_witnesses"))),
        "What was checked": [
            f"{one['relation']}: {one['passed']} of {one['checks']} checks passed" for one in asked.ask("figure_checks")
        ],
        "Compared with": list(_members(row, asked.ask("ranking_rows"))),
        "What may be said": [
            f"{sentences.verdict(row)}.",
            sentences.others(row, row, row, _group(row)),
            *sentences.caution(row, row, row, row["lgsco_type"]),
            *_expectation(row),
            f"{sentences.gap_text(row, row).or_no('distance from the best')}.",
            *sentences.evidence(row, row, going[0] if going else None),
            *_groups(asked.ask("ranked_figure", comparators="")),
        ],
    }
    lines = [f"{row['title']}: {asked.council.official_name}, {row['period_label']}"]
    for heading, content in sections.items():
        lines += ["", heading, *(f"  {line}" for line in content if line)]
    return "\n".join(lines)


def _group(row: Row) -> str:
    """The comparators of a row in words."""
    return group_in_words(row["comparator_group"], row["comparator_title"], row["lgsco_type"])


def _figure(row: Row) -> Iterator[str]:
    yield own_value(row)
    if is_missing(row["value"]):
        return
    if row["unit"] != "percent":
        yield f"Residents: the first estimate for the middle of {row['population_year']}, as the Ombudsman divides."
    if may_show_percentage(row):
        strong = f"{measured(row['lower_strong'], row['unit'])} to {measured(row['upper_strong'], row['unit'])}"
        yield f"99.8% interval {strong}"
        yield (
            f"True rate, drawn towards its council type: {measured(row['shrunken'], row['unit'])} "
            f"({rounded(row['shrunken_lower'])} to {rounded(row['shrunken_upper'])})"
        )
    if row["is_break"] or row["is_flagged"]:
        yield f"{'[b] ' if row['is_break'] else ''}{row['what_changed']}"
    if row["has_disagreement"]:
        yield "Its sources do not agree: see below."


def _witnesses(witnesses: list[Row]) -> Iterator[str]:
    if not witnesses:
        yield "No source is in hand."
    for one in witnesses:
        used = "used" if one["is_used"] else "also there"
        capture = f", capture {one['capture_sha256'][:12]}" if one["capture_sha256"] else ""
        when = f", read {one['captured_at']:%Y-%m-%d}" if one["capture_sha256"] else ""
        yield f"{one['title']}: {one['as_printed']} ({one['witness_kind']}, {used}{when}{capture})"
        yield f"  {one['address']}"


def _members(row: Row, rows: list[Row]) -> Iterator[str]:
    yield f"{_group(row)}: {row['comparator_basis']}."
    for heading, has_data in (("With data", True), ("Without", False)):
        names = [one["council"] for one in rows if not one["is_subject"] and (one["value"] is not None) is has_data]
        if names:
            yield f"{heading}: {', '.join(sorted(names))}"


def _expectation(row: Row) -> Iterator[str]:
    if is_missing(row["p_value"]):
        return
    p_value = "p < 0.001" if row["p_value"] < 0.001 else f"p = {rounded(row['p_value'], 3)}"
    yield (
        f"Given them, {whole(row['lower_cases'])} to {whole(row['upper_cases'])} cases would be no surprise; {p_value}."
    )


def _groups(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        if row["comparators"] is not None:  # else nobody is in that group
            yield f"  {_group(row)}: {sentences.verdict(row)}; {sentences.place(row)}"
