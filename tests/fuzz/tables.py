"""Damaged annual tables, CSV and XLSX: captured, read, staged, and weighed by the project's own SQL.

Each begins as a table of published figures, or, where none is published, of invented councils with figures drawn by
seed. What is right afterwards is what the table was made to say, as for pages.

Not tried, because nothing in the table could tell: a table that ends between two of its rows and has no total; two
authorities that changed names; a figure that no other of its row or column is bound to; a percentage in a column of
counts of a workbook that keeps it as a fraction. Where the first three are made, what the changed table says is right.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from assets.ombudsman.archive import Captures
from assets.ombudsman.archive_rows import Rows, archive_rows
from assets.ombudsman.collection import RELATIONS, as_frame
from assets.ombudsman.source import load
from tests.fuzz.damage import HOSTILE, TEXT_DAMAGE, WORKBOOK_DAMAGE, cut_short, marked, stretch_lost
from tests.fuzz.judging import Judged
from tests.fuzz.pages import WANTED, _doubts
from tests.fuzz.world import build, contracts, shipped
from tests.standin import tables
from tests.standin.figures import read_rows
from warehouse.connection import Relation
from warehouse.spelling import folded

ROWS = read_rows()
INVENTED = [f"Inventedshire {letter} County Council" for letter in "ABCDEFGHIJ"]
MEASURES = {
    "received": [
        "received_adult_care", "received_benefits_tax", "received_corporate_other", "received_education_childrens",
        "received_environment", "received_highways_transport", "received_housing", "received_planning",
        "received_other", "received",
    ],
    "decided": [
        "decided_incomplete_invalid", "decided_advice_given", "decided_referred_back", "decided_closed_initial",
        "decided_not_upheld", "upheld", "decided", "uphold_rate_pct", "uphold_rate_similar_pct",
    ],
    "dealt_with": [
        "not_for_us", "assessed_and_closed", "investigated", "upheld", "dealt_with", "uphold_rate_pct",
        "uphold_rate_similar_pct",
    ],
    "compliance": [
        "compliance_outcomes", "compliance_on_time", "compliance_late", "compliance_not", "compliance_rate_pct",
        "compliance_rate_similar_pct",
    ],
}  # fmt: skip
HEADINGS = {
    "received": tables.RECEIVED_HEADINGS,
    "decided": tables.DECIDED_HEADINGS,
    "dealt_with": tables.DEALT_WITH_HEADINGS,
    "compliance": tables.COMPLIANCE_HEADINGS,
}
MAY_LACK = {"received_other", "uphold_rate_pct", "uphold_rate_similar_pct", "investigated", "compliance_not",
            "compliance_rate_similar_pct"}  # fmt: skip


def invented_councils() -> pd.DataFrame:
    """The register of councils that ships, with the invented councils added."""
    real = pa.table(shipped()[Relation("raw.councils")]).to_pandas()
    invented = pd.DataFrame(
        [
            {
                "source_row": len(real) + 2 + number,
                "council_id": name.lower().replace(" ", "-"),
                "council_id_basis": "invented",
                "official_name": name,
                "nice_name": name,
                "gss_code": f"X9999980{number}",
                "type": "county",
                "region": "Invented",
            }
            for number, name in enumerate(INVENTED)
        ]
    )
    return pd.concat([real, invented], ignore_index=True).astype({"source_row": "int64"})


@dataclass
class Table:
    """A table while it is damaged: its cells as text, and what they say, by authority and measure."""

    layout: str
    year: int
    headings: list[str]
    measures: list[str | None]
    rows: list[list[str]]
    title: str = ""
    above: int = 3
    has_total: bool = True
    says: dict[tuple[str, str], str] = field(default_factory=dict)
    # what can no longer be told to have been there, so that no row can say it
    may_be_gone: bool = False
    # what a second row of an authority says, which stands alone where the first is gone
    also_says: dict[tuple[str, str], str] = field(default_factory=dict)


def _share(part: int, whole: int) -> str:
    return f"{int(100 * part / whole + 0.5)}%" if whole else ""


def drawn(layout: str, dice: random.Random) -> Table:
    """A table that is whole: published figures where there are any, else invented councils'."""
    year = 2024 if layout == "dealt_with" else dice.choice(range(2018, 2024))
    if layout == "dealt_with":
        cells = [row for row in tables.dealt_with_rows(ROWS, year) if all(row[:6])]
        cells = [[*row[:6], *(f"{one}%" if one else "" for one in row[6:])] for row in cells]
    elif layout == "compliance":
        year = dice.choice([one for one in range(2018, 2025) if len(tables.compliance_rows(ROWS, one)) > 2])
        cells = [
            [*row[:5], f"{row[5]}%" if row[5] else "", f"{row[6]}%" if row[6] else ""]
            for row in tables.compliance_rows(ROWS, year)
        ]
    else:
        cells = []
        for name in INVENTED:
            counts = [
                dice.choice([0, dice.randrange(40), dice.randrange(2000)])
                for _ in range(9 if layout == "received" else 6)
            ]
            row = [name, *map(str, counts), str(sum(counts))]
            if layout == "decided":
                row += [_share(counts[5], counts[4] + counts[5]), "80%"]
            cells.append(row)
    rows = dice.sample(cells, min(len(cells), dice.randrange(2, 11)))
    made = Table(layout, year, list(HEADINGS[layout]), [None, *MEASURES[layout]], rows)
    made.title = f"Complaints {layout} {tables.year_label(year)}"
    made.has_total = dice.random() < 0.7
    made.says = _says(made)
    return made


def _says(table: Table) -> dict[tuple[str, str], str]:
    return {
        (row[0], measure): cell
        for row in table.rows
        for measure, cell in zip(table.measures, row, strict=True)
        if measure and cell
    }


def hostile_cell(table: Table, dice: random.Random) -> None:
    """Something that is no number stands where one figure should."""
    row = dice.choice(table.rows)
    places = [place for place, measure in enumerate(table.measures) if measure and row[place]]
    row[dice.choice(places)] = dice.choice(HOSTILE)


def hostile_name(table: Table, dice: random.Random) -> None:
    """An authority's name is something else."""
    row = dice.choice(table.rows)
    row[0] = dice.choice([*HOSTILE[:12], *HOSTILE[15:24], "", "Total", "A" * 3_000, "nobody's council"])


def marked_cells(table: Table, dice: random.Random) -> None:
    """Marks that a reader does not see stand within names and figures."""
    table.rows = [[marked(cell, dice) if cell and dice.random() < 0.3 else cell for cell in row] for row in table.rows]


def columns_reordered(table: Table, dice: random.Random) -> None:
    """The columns stand in another order, heading and figures together."""
    order = dice.sample(range(len(table.headings)), len(table.headings))
    _take(table, order)


def _take(table: Table, order: list[int]) -> None:
    table.headings = [table.headings[place] for place in order]
    table.measures = [table.measures[place] for place in order]
    table.rows = [[row[place] for place in order] for row in table.rows]


def heading_unknown(table: Table, dice: random.Random) -> None:
    """A heading is one that nobody has seen."""
    table.headings[dice.randrange(len(table.headings))] = dice.choice(
        ["Outcome code", "Upheld?", "2", "=A1", "<b>Upheld</b>", "Not for us or not"]
    )


def column_lost(table: Table, dice: random.Random) -> None:
    """A column is gone with its heading."""
    place = dice.randrange(1, len(table.headings))
    gone = table.measures[place]
    _take(table, [one for one in range(len(table.headings)) if one != place])
    table.may_be_gone = gone in MAY_LACK
    if table.may_be_gone:
        table.says = _says(table)


def column_twice(table: Table, dice: random.Random) -> None:
    """A column stands there twice, the second time with other figures."""
    place = dice.randrange(1, len(table.headings))
    table.headings.append(table.headings[place])
    table.measures.append(None)
    for row in table.rows:
        row.append(str(dice.randrange(100)))


def headings_swapped(table: Table, dice: random.Random) -> None:
    """Two headings changed places, the figures did not."""
    one, other = dice.sample(range(1, len(table.headings)), 2)
    for names in (table.headings, table.measures):
        names[one], names[other] = names[other], names[one]
    table.says = _says(table)


def header_shifted(table: Table, dice: random.Random) -> None:
    """The headings stand further down, after titles and blanks; perhaps too far."""
    table.above = dice.choice([1, 2, 10, 30, 45])


def cells_swapped(table: Table, dice: random.Random) -> None:
    """Two figures of a row changed places."""
    row = dice.choice(table.rows)
    one, other = dice.sample(range(1, len(row)), 2)
    row[one], row[other] = row[other], row[one]
    table.says = _says(table)


def other_figure(table: Table, dice: random.Random) -> None:
    """A figure is another of its kind, in good writing."""
    row = dice.choice(table.rows)
    place = dice.choice([one for one, cell in enumerate(row) if one and cell])
    row[place] = (
        f"{dice.randrange(101)}%" if row[place].endswith("%") else str(int(row[place]) + dice.choice([1, 9, 1000]))
    )
    table.says = _says(table)


def figure_short_of_a_digit(table: Table, dice: random.Random) -> None:
    """A figure has lost its last digit."""
    row = dice.choice(table.rows)
    places = [one for one, cell in enumerate(row) if one and len(cell) > 1 and cell.isdigit()]
    if places:
        place = dice.choice(places)
        row[place] = row[place][:-1]
        table.says = _says(table)


def names_swapped(table: Table, dice: random.Random) -> None:
    """Two authorities changed names."""
    one, other = dice.sample(table.rows, 2)
    one[0], other[0] = other[0], one[0]
    table.says = _says(table)


def row_twice(table: Table, dice: random.Random) -> None:
    """An authority stands there twice, with the same figures or with others."""
    row = list(dice.choice(table.rows))
    if dice.random() < 0.6:
        place = dice.choice([one for one, cell in enumerate(row) if one and cell])
        row[place] = "7%" if row[place].endswith("%") else "7"
        table.also_says[row[0], table.measures[place] or ""] = row[place]
    table.rows.insert(dice.randrange(len(table.rows) + 1), row)


def year_contradicted(table: Table, dice: random.Random) -> None:
    """The title names another year than the file does, or two."""
    table.title += dice.choice([f" {tables.year_label(table.year - 1)}", " 2019-20 to 2022-23", " 31 March 2031"])


def no_year(table: Table, dice: random.Random) -> None:
    """No year in the title; the file's name has it."""
    table.title = "Complaints"


def thousands_marked(table: Table, dice: random.Random) -> None:
    """Counts have thousands marks, good ones or bad."""
    good = dice.random() < 0.6
    for row in table.rows:
        for place, cell in enumerate(row):
            if place and cell.isdigit() and len(cell) > 3:
                row[place] = (
                    f"{int(cell):,}" if good else dice.choice([f"{cell[:-3]} {cell[-3:]}", f"{cell[:-3]}.{cell[-3:]}"])
                )


def per_cent_signs_gone(table: Table, dice: random.Random) -> None:
    """Percentages without their sign, in every row or in some."""
    share = dice.choice([1.0, 0.5])
    for row in table.rows:
        for place, cell in enumerate(row):
            if cell.endswith("%") and dice.random() < share:
                row[place] = cell[:-1]


def odd_rows_between(table: Table, dice: random.Random) -> None:
    """Blank rows, notes and totals of types stand between the authorities."""
    width = len(table.headings)
    for odd in (
        ["", *[""] * (width - 1)],
        ["* a note", *[""] * (width - 1)],
        ["Note: restated", *[""] * (width - 1)],
    ):
        table.rows.insert(dice.randrange(len(table.rows) + 1), odd)


def untouched(table: Table, dice: random.Random) -> None:
    """The table as published."""


CELLS: list[Callable[[Table, random.Random], None]] = [
    hostile_cell, hostile_name, marked_cells, columns_reordered, heading_unknown, column_lost, column_twice,
    headings_swapped, header_shifted, cells_swapped, other_figure, figure_short_of_a_digit, names_swapped, row_twice,
    year_contradicted, no_year, thousands_marked, per_cent_signs_gone, odd_rows_between, untouched,
]  # fmt: skip

# a table of which nothing else was done is whole, and says what it says
WELL_WRITTEN = {one.__name__ for one in CELLS} - {
    "hostile_cell",
    "hostile_name",
    "column_twice",
    "row_twice",
    "thousands_marked",
}


def written(table: Table, is_workbook: bool, dice: random.Random) -> bytes:
    """The table as a file."""
    above = [
        [table.title],
        *([dice.choice(["", "Local Government Ombudsman"])] for _ in range(table.above - 1)),
    ]
    below: tables.Cells = []
    if table.has_total:
        # the total of what the table said before it was damaged: that is what it is there for
        sums = ["Total"]
        for measure in table.measures[1:]:
            figures = [int(cell) for (_, one), cell in table.says.items() if one == measure and cell.isdigit()]
            sums.append(str(sum(figures)) if figures and measure and "_pct" not in measure else "")
        below.append(sums if table.measures[0] is None else [])
    below += [[], ["* Councils that were abolished are shown for as long as cases about them are decided."]]
    cells = [*above, table.headings, *table.rows, *below]
    if not is_workbook:
        return tables.as_csv(cells, separator=dice.choice(",,,;\t"))
    # a workbook keeps 100% as a 1 whose look is no part of its value: among counts nothing can tell it from one
    is_told = all(
        (measure or "").endswith("_pct") or not row[place].endswith("%")
        for row in table.rows
        for place, measure in enumerate(table.measures)
    )
    sheets = {"Notes": [["See the next sheet"]], "Table": cells}
    return tables.as_xlsx(sheets, fractions=is_told and dice.random() < 0.5)


class Tables:
    """The kind `tables`: a batch of them is one archive's rows, one warehouse."""

    name = "tables"
    batch = 100

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: Rows = {name.table: [] for name in RELATIONS}
        self.tables: list[tuple[int, str, Table, list[str]]] = []
        self.personal: dict[int, list[str]] = {}

    def take_in(self, number: int, dice: random.Random) -> None:
        """Make one table, keep it in an archive of its own, and read that."""
        table = drawn(dice.choice(list(MEASURES)), dice)
        change = dice.choice(CELLS)
        change(table, dice)
        damage = [table.layout, change.__name__]
        is_workbook = dice.random() < 0.4
        body = written(table, is_workbook, dice)
        if dice.random() < 0.4:
            spoil = dice.choice(WORKBOOK_DAMAGE if is_workbook else TEXT_DAMAGE)
            body = spoil(body, dice)
            damage.append(spoil.__name__)
            # rows that are gone left nothing behind that could say so
            table.may_be_gone |= spoil in (cut_short, stretch_lost)
        suffix = "xlsx" if is_workbook else "csv"
        label = tables.year_label(table.year)[2:]
        address = f"{load().site}/assets/attach/{number}/Complaints-{label}.{suffix}"
        captures = Captures(self.folder / str(number))
        captures.keep(address, body)
        for name, found in archive_rows(captures).items():
            self.rows[name] += found
        self.tables.append((number, address, table, damage))

    def judge(self) -> tuple[list[Judged], duckdb.DuckDBPyConnection]:
        """What core has of each table, against what the table says."""
        connection = duckdb.connect()
        given = {name: as_frame(self.rows[name.table], contracts()[name]) for name in RELATIONS}
        build(connection, WANTED, given | {Relation("raw.councils"): invented_councils()})
        kept: dict[str, dict[tuple[str, str], tuple[float, int]]] = {}
        for address, authority, measure, value, year in connection.execute(
            """
            select
                tables.address,
                councils.official_name,
                coalesce(if(starts_with(witnesses.note, 'worked out'), 'worked out', null), tables.measure),
                witnesses.value,
                year(witnesses.period_start)
            from core.witnesses as witnesses
            inner join raw.captured_tables as tables on witnesses.source_row = tables.source_row
            inner join core.councils as councils on witnesses.gss_code = councils.gss_code
            where witnesses.source = 'captured_tables'
            """
        ).fetchall():
            kept.setdefault(address, {})[authority, measure] = (value, year)
        doubts = _doubts(connection)
        official = dict(
            connection.execute(
                "select names.folded_name, councils.official_name from core.council_names as names"
                " inner join core.councils as councils on names.gss_code = councils.gss_code"
            ).fetchall()
        )
        return [
            judged(number, table, damage, kept.get(address, {}), doubts.get(address, []), official)
            for number, address, table, damage in self.tables
        ], connection


def judged(
    number: int,
    table: Table,
    damage: list[str],
    kept: dict[tuple[str, str], tuple[float, int]],
    doubts: list[str],
    official: dict[str, str],
) -> Judged:
    """What came of the table's figures."""
    result = Judged("tables", number, damage)
    says: dict[tuple[str, str], set[float]] = {}
    also = table.also_says.items() if table.may_be_gone else ()
    for (authority, measure), cell in [*table.says.items(), *also]:
        name = official.get(folded(authority), authority)
        try:
            says.setdefault((name, measure), set()).add(float(cell.rstrip("%").replace(",", "")))
        except ValueError:
            says.setdefault((name, measure), set())
    for key, (value, year) in kept.items():
        if key[1] == "worked out":
            continue
        if value in says.get(key, set()) and year == table.year:
            result.came["right"] += 1
        elif doubts and set(damage[1:]) - WELL_WRITTEN:
            result.came["doubted"] += 1
        else:
            result.faults.append(f"{key} is {value:g} of {year}, not {says.get(key)}; {len(doubts)} rows say why")
    for key in set(says) - set(kept):
        if doubts:
            result.came["set aside"] += 1
        elif table.may_be_gone:
            result.came["not said"] += 1
        else:
            result.faults.append(f"{key} is not there, and no row says why")
    if not doubts and (broken := disagreements({key: value for key, (value, _) in kept.items()})):
        result.faults.append(f"no row says that figures disagree: {'; '.join(broken[:3])}")
    return result


def disagreements(kept: dict[tuple[str, str], float]) -> list[str]:
    """What rows of a table say that cannot be, by arithmetic of the checker's own."""
    rows: dict[str, dict[str, float]] = {}
    for (authority, measure), value in kept.items():
        rows.setdefault(authority, {})[measure] = value
    found = []
    sums = {
        "received": [name for name in MEASURES["received"] if name != "received"],
        "decided": [*MEASURES["decided"][:6]],
        "dealt_with": ["not_for_us", "assessed_and_closed", "investigated"],
        "compliance_outcomes": ["compliance_on_time", "compliance_late", "compliance_not"],
    }
    for authority, has in rows.items():
        for whole, parts in sums.items():
            if has.keys() >= {whole, *parts} and has[whole] != sum(has[part] for part in parts):
                found.append(f"{authority}: {whole} is not the sum of its parts")
        investigated = has.get("investigated", has.get("upheld", 0) + has.get("decided_not_upheld", float("nan")))
        if "upheld" in has and has["upheld"] > investigated:
            found.append(f"{authority}: more upheld than investigated")
        elif (
            has.keys() >= {"upheld", "uphold_rate_pct"}
            and investigated
            and abs(100 * has["upheld"] / investigated - has["uphold_rate_pct"]) > 0.5000001
        ):
            found.append(f"{authority}: the uphold rate is not that of the counts")
    return found
