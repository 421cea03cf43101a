"""Damaged extracts of a case register, CSV, XLSX and Parquet: checked, kept, loaded, staged by the project's own SQL.

Each begins as part of the illustrative register. What is right afterwards is what the damaged file says, read by other
means than the intake's: every row in core says in each column what its row of the file says, and every row of the file
that is not in core has a problem that names it, or the delivery was refused in words. Damage that makes another good
row of a row cannot be told, and is right when core says what the row now says.

Personal data is planted in some: it may stand nowhere, in no relation, report, file of the store or line of a log.
"""

import csv
import hashlib
import io
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from assets.council.check import check_register
from assets.council.contract import read_contract
from assets.council.deliveries import RegisterStore
from assets.council.relations import OTHER_RELATIONS, REGISTER_RELATIONS, load_other, load_register_table
from assets.council.report import RegisterReport
from assets.example.cases import AS_AT, as_delivered, example_register
from tests.fuzz.damage import HOSTILE, TEXT_DAMAGE, WORKBOOK_DAMAGE, any_bits_flipped, cut_short, marked
from tests.fuzz.judging import Judged
from tests.fuzz.world import contracts, every_word, models
from warehouse.connection import LAYERS, Relation
from warehouse.models import creation

CONTRACT = read_contract()["case_stages"]
MODELS = ("staging.register_extracts", "staging.register_case_stages", "staging.register_problems",
          "core.case_stages", "core.case_registers")  # fmt: skip
# no measure reads these, so core does not have them
UNREAD = sorted({*CONTRACT.names} - {*contracts()[Relation("core.case_stages")].columns})
# shaped like personal data, of nobody; {n} makes each one of a kind
PERSONAL = (
    "someone.{n}@example.org",
    "01632 96{n:04}",
    "+44 1632 96{n:04}",
    "AB 12 {n2} 56 C",
    "SW1A {d}AA",
    "943 476 {n:04}",
    "Mrs Example{letters}",
    "Example{letters}, Anne",
)
NEEDED = {column.name for column in CONTRACT.columns if column.required}
LONGEST_REPORT = 60_000
# what a text begins with, and the encoding that it tells of
MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"": "utf-8",
}


@dataclass
class Extract:
    """An extract while it is damaged: rows of text above, the header, and rows below it."""

    header: list[str]
    rows: list[list[str | None]]
    above: list[list[str | None]] = field(default_factory=list)
    personal: list[str] = field(default_factory=list)
    # cells of a workbook that are no plain value: (row, column) below the header -> which
    odd_cells: dict[tuple[int, int], str] = field(default_factory=dict)
    # the file's own word for each row: filled in where it is written
    lines: dict[int, dict[str, str | None]] = field(default_factory=dict)


def _place(extract: Extract, dice: random.Random, kinds: str = "") -> tuple[int, int]:
    filled = [
        (row, column)
        for row, cells in enumerate(extract.rows)
        for column, cell in enumerate(cells)
        if cell and column < len(extract.header) and (not kinds or kinds in extract.header[column])
    ]
    return dice.choice(filled)


def _taken(row: list[str | None], places: list[int]) -> list[str | None]:
    """These cells of a row, and whatever stands beyond the header."""
    return [row[place] if place < len(row) else None for place in places] + row[max(places) + 1 :]


def hostile_cells(extract: Extract, dice: random.Random) -> None:
    """Something that belongs in no column stands in some cells."""
    for _ in range(dice.choice([1, 1, 3, 30])):
        row, column = _place(extract, dice)
        extract.rows[row][column] = dice.choice(HOSTILE)


def marked_cells(extract: Extract, dice: random.Random) -> None:
    """Marks that a reader does not see stand within some cells."""
    for _ in range(dice.choice([1, 5])):
        row, column = _place(extract, dice)
        extract.rows[row][column] = marked(str(extract.rows[row][column]), dice)


def day_and_month_swapped(extract: Extract, dice: random.Random) -> None:
    """Some dates have day and month the other way round, or are written another way."""
    for _ in range(dice.choice([1, 3, 20])):
        row, column = _place(extract, dice, "_date")
        cell = str(extract.rows[row][column])
        if re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
            year, month, day = cell.split("-")
            extract.rows[row][column] = dice.choice(
                [f"{year}-{day}-{month}", f"{day}/{month}/{year}", f"{month}/{day}/{year}", f"{day}.{month}.{year}",
                 f"{year}-{month}-{day} 00:00:00", f"{year}{month}{day}", f"{year[2:]}-{month}-{day}"]
            )  # fmt: skip


def figures_written_otherwise(extract: Extract, dice: random.Random) -> None:
    """Figures with thousands marks, signs, units or more digits than there can be."""
    for name in ("cost_gbp", "remedy_gbp", "extension_working_days", "organisations", "points_of_complaint"):
        column = extract.header.index(name) if name in extract.header else len(extract.header)
        for cells in extract.rows:
            if column < min(len(cells), len(extract.header)) and cells[column] and dice.random() < 0.3:
                cell = cells[column]
                cells[column] = dice.choice(
                    [
                        f"£{cell}",
                        f"{cell}%",
                        f"{cell}.00",
                        f"1,{cell}",
                        f"-{cell}",
                        f"{cell}e3",
                        f"{cell}0000000000",
                        f" {cell} ",
                    ]
                )


def columns_reordered(extract: Extract, dice: random.Random) -> None:
    """The columns stand in another order, header and cells together."""
    order = dice.sample(range(len(extract.header)), len(extract.header))
    extract.header = [extract.header[place] for place in order]
    extract.rows = [_taken(row, order) for row in extract.rows]


def headers_swapped(extract: Extract, dice: random.Random) -> None:
    """Two names of columns changed places, the cells did not."""
    one, other = dice.sample(range(len(extract.header)), 2)
    extract.header[one], extract.header[other] = extract.header[other], extract.header[one]


def header_renamed(extract: Extract, dice: random.Random) -> None:
    """A column has another name, or one that is no name."""
    extract.header[dice.randrange(len(extract.header))] = dice.choice(
        [
            "Notes",
            "",
            "case reference",
            "CLOSED_DATE ",
            "=A1",
            "<b>stage</b>",
            "requested_date\u200b",
            *HOSTILE[:3],
        ]
    )


def columns_lost(extract: Extract, dice: random.Random) -> None:
    """Some columns are gone."""
    needed = dice.choice([set(), {place for place, name in enumerate(extract.header) if name in NEEDED}])
    kept = sorted({*dice.sample(range(len(extract.header)), dice.randrange(1, len(extract.header) + 1)), *needed})
    extract.header = [extract.header[place] for place in kept]
    extract.rows = [_taken(row, kept) for row in extract.rows]


def column_twice(extract: Extract, dice: random.Random) -> None:
    """A column stands there twice."""
    place = dice.randrange(len(extract.header))
    extract.header.append(extract.header[place])
    for row in extract.rows:
        row.append(dice.choice([row[place % len(row)], None, "2"]))


def header_shifted(extract: Extract, dice: random.Random) -> None:
    """Titles and blank rows stand above the header, perhaps too many."""
    extract.above = [
        [dice.choice(["Extract of cases", None, "as at", "1"])] for _ in range(dice.choice([1, 3, 19, 25]))
    ]


def no_header(extract: Extract, dice: random.Random) -> None:
    """The header is gone."""
    extract.header = [str(cell or "") for cell in extract.rows.pop(0)]


def rows_twice(extract: Extract, dice: random.Random) -> None:
    """Some rows stand there twice, as they are or with another figure."""
    for _ in range(dice.choice([1, 5])):
        row = list(dice.choice(extract.rows))
        if dice.random() < 0.5:
            row[dice.randrange(len(row))] = "3"
        extract.rows.insert(dice.randrange(len(extract.rows) + 1), row)


def blank_and_ragged_rows(extract: Extract, dice: random.Random) -> None:
    """Blank rows, and rows with too many or too few values."""
    width = len(extract.header)
    for row in ([None] * width, [None] * width, ["x"] * (width + 2), ["y"]):
        if dice.random() < 0.6:
            extract.rows.insert(dice.randrange(len(extract.rows) + 1), list(row))


def personal_data(extract: Extract, dice: random.Random) -> None:
    """What looks like personal data stands in some column, alone or within other words."""
    number = dice.randrange(10_000)
    letters = "".join(dice.choice("abcdefghijkl") for _ in range(8))
    for pattern in dice.sample(PERSONAL, dice.choice([1, 2])):
        planted = pattern.format(n=number, n2=f"{number % 100:02}", d=number % 10, letters=letters)
        row, column = _place(extract, dice)
        extract.rows[row][column] = dice.choice(["{}", "{}", "tell {}", "{} (12)"]).format(planted)
        extract.personal.append(planted)


def cells_that_are_no_values(extract: Extract, dice: random.Random) -> None:
    """Formulas, errors and merged cells, where the file can have them."""
    for _ in range(dice.choice([1, 4])):
        row, column = _place(extract, dice)
        extract.odd_cells[row, column] = dice.choice(["formula", "error"])


def untouched(extract: Extract, dice: random.Random) -> None:
    """The extract as it is."""


CELLS: list[Callable[[Extract, random.Random], None]] = [
    *[hostile_cells, marked_cells, day_and_month_swapped, figures_written_otherwise, columns_reordered, rows_twice,
      blank_and_ragged_rows, cells_that_are_no_values, untouched] * 3,
    # what mostly has the whole delivery refused
    headers_swapped, header_renamed, columns_lost, column_twice, header_shifted, no_header, *[personal_data] * 5,
]  # fmt: skip


def _text(cell: str | None) -> str | None:
    # letters that nobody sees are not read; other marks that a reader does not see are no part of any value
    return re.sub("[\u200b-\u200f\u2060\ufeff]", "", cell).strip() or None if cell is not None else None


def as_csv(extract: Extract, dice: random.Random) -> bytes:
    """The extract as delimited text."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=dice.choice(",,,;\t|"), lineterminator=dice.choice(["\n", "\r\n"]))
    writer.writerows([[cell or "" for cell in row] for row in (*extract.above, extract.header, *extract.rows)])
    return text.getvalue().encode(dice.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"]), "replace")


def as_xlsx(extract: Extract, dice: random.Random) -> bytes:
    """The extract as a workbook, its dates and figures as such or as text."""
    made = io.BytesIO()
    is_typed = dice.random() < 0.5
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("cases")
        first = len(extract.above) + 1
        for line, row in enumerate([*extract.above, extract.header]):
            for place, cell in enumerate(row):
                if cell:
                    sheet.write_string(line, place, cell)
        for line, row in enumerate(extract.rows):
            for place, cell in enumerate(row):
                odd = extract.odd_cells.get((line, place))
                if odd:
                    sheet.write_formula(
                        first + line,
                        place,
                        "=1+1" if odd == "formula" else "=NA()",
                        None,
                        2 if odd == "formula" else "#N/A",
                    )
                elif cell is None:
                    continue
                elif is_typed and re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])", cell):
                    sheet.write_datetime(first + line, place, datetime.fromisoformat(cell), day)
                elif is_typed and re.fullmatch(r"[1-9][0-9]{0,6}", cell):
                    sheet.write_number(first + line, place, int(cell))
                else:
                    sheet.write_string(first + line, place, cell[:32_000])
    return made.getvalue()


def as_parquet(extract: Extract, dice: random.Random) -> bytes:
    """The extract as Parquet with checksums; what stands above a header has no place in it."""
    width = len(extract.header)
    rows = [[*row, *[None] * width][:width] for row in extract.rows]
    names = [
        name if extract.header.index(name) == place else f"{name}_{place}" for place, name in enumerate(extract.header)
    ]
    columns = [pa.array(list(column), pa.string()) for column in zip(*rows, strict=True)] if rows else []
    made = io.BytesIO()
    pq.write_table(pa.table(dict(zip(names, columns, strict=True))), made, write_page_checksum=True)
    extract.header = names
    extract.rows = rows
    return made.getvalue()


def _lines_of(extract: Extract, form: str) -> dict[int, dict[str, str | None]]:
    """What each row of the undamaged file says, by its number as programs show it; Parquet's begin below the names."""
    first = 1 if form == "parquet" else len(extract.above) + 2
    return {
        first + place: dict(zip(extract.header, [*row, *[None] * len(extract.header)], strict=False))
        for place, row in enumerate(extract.rows)
        if any(_text(cell) for cell in row)
    }


def _lines_in(data: bytes) -> dict[int, dict[str, str | None]] | None:
    """What each row of damaged text says, read by the standard library; None where it cannot be."""
    encoding = next(name for mark, name in MARKS.items() if data.startswith(mark))
    # every other byte of UTF-16 without a mark is nought
    encoding = {b"\0\0": "utf-16-be"}.get(data[:4:2], {b"\0\0": "utf-16-le"}.get(data[1:4:2], encoding))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    for delimiter in ",;\t|":
        try:
            records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error:
            continue
        for number, record in enumerate(records[:20]):
            header = [" ".join(cell.split()).casefold() for cell in record]
            if {"case_reference", "stage", "requested_date"} <= set(header):
                return {
                    number + 2 + place: dict(zip(header, row, strict=False))
                    for place, row in enumerate(records[number + 1 :])
                    if any(_text(cell) for cell in row)
                }
    return None


class Registers:
    """The kind `registers`: each extract is of a council of its own; a batch of them is one store, one warehouse."""

    name = "registers"
    batch = 100

    def __init__(self, folder: Path) -> None:
        self.store = RegisterStore(folder / "register")
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        delivered = as_delivered(example_register(400))
        self.whole = [
            [None if cell is None else str(cell) for cell in row] for row in delivered.itertuples(index=False)
        ]
        self.taken: list[tuple[int, str, Extract, list[str], RegisterReport]] = []
        self.personal: dict[int, list[str]] = {}

    def take_in(self, number: int, dice: random.Random) -> None:
        """Make one extract, check it, and keep what is good of it."""
        extract, data, damage, form = self._made(dice)
        path = self.folder / f"{number}.{form}"
        path.write_bytes(data)
        report = check_register(
            path, gss_code=f"X{10_000_000 + number}", salt=self.store.salt(), as_at=AS_AT, table="case_stages"
        )
        if not report.is_refused:
            self.store.deliver(report)
        self.taken.append((number, f"X{10_000_000 + number}", extract, damage, report))
        self.personal[number] = extract.personal
        path.unlink()

    def _made(self, dice: random.Random) -> tuple[Extract, bytes, list[str], str]:
        first = dice.randrange(len(self.whole) - 40)
        extract = Extract(
            list(CONTRACT.names), [list(row) for row in self.whole[first : first + dice.randrange(2, 40)]]
        )
        form = dice.choice(["csv", "csv", "xlsx", "parquet"])
        damage = [form]
        for change in dice.choices(CELLS, k=dice.choice([1, 1, 2])):
            change(extract, dice)
            damage.append(change.__name__)
        data = {"csv": as_csv, "xlsx": as_xlsx, "parquet": as_parquet}[form](extract, dice)
        extract.lines = _lines_of(extract, form)
        if dice.random() < 0.25:
            ways = {"csv": TEXT_DAMAGE, "xlsx": WORKBOOK_DAMAGE, "parquet": [cut_short, any_bits_flipped]}[form]
            spoil = dice.choice(ways)
            data = spoil(data, dice)
            damage.append(spoil.__name__)
        if form == "csv":
            extract.lines = _lines_in(data) or {}
        return extract, data, damage, form

    def judge(self) -> tuple[list[Judged], duckdb.DuckDBPyConnection]:
        """What core has of each extract, against what the file says."""
        connection = duckdb.connect()
        for layer in LAYERS:
            connection.execute(f"create schema {layer}")
        for table in REGISTER_RELATIONS:
            load_register_table(connection, self.store, table)
        for relation in OTHER_RELATIONS:
            load_other(connection, self.store, relation)
        by_name = {str(model.relation): model for model in models()}
        for name in MODELS:
            connection.execute(creation(by_name[name], contracts()[Relation(name)]))
        found = connection.execute(
            f"""
            select stages.*, staged.row_number, {", ".join(f"staged.{name}" for name in UNREAD)}
            from core.case_stages as stages
            inner join staging.register_case_stages as staged
                on
                    stages.gss_code = staged.gss_code
                    and stages.case_reference = staged.case_reference
                    and stages.stage = staged.stage
            """
        )
        names = [one[0] for one in found.description or []]
        kept: dict[str, list[dict[str, Any]]] = {}
        for row in found.fetchall():
            held = dict(zip(names, row, strict=True))
            kept.setdefault(held["gss_code"], []).append(held)
        problems: dict[str, set[int]] = {}
        for code, line in connection.execute(
            "select gss_code, row_number from raw.register_problems where severity = 'block'"
        ).fetchall():
            problems.setdefault(code, set()).add(int(line))
        said = every_word(connection)
        salt = self.store.salt()
        return [
            judged(number, extract, damage, report, kept.get(code, []), problems.get(code, set()), salt, said)
            for number, code, extract, damage, report in self.taken
        ], connection


def judged(
    number: int,
    extract: Extract,
    damage: list[str],
    report: RegisterReport,
    kept: list[dict[str, Any]],
    problems: set[int],
    salt: bytes,
    said: str,
) -> Judged:
    """What came of the extract's rows."""
    result = Judged("registers", number, damage)
    text = report.as_text()
    if len(text) > LONGEST_REPORT:
        result.faults.append(f"the report has {len(text)} characters")
    for planted in extract.personal:
        if planted in said or planted in text:
            result.faults.append(f"{planted} stands in {'the warehouse' if planted in said else 'the report'}")
    if report.is_refused:
        if kept or not all(report.refusals):
            result.faults.append("refused without a word, or kept all the same")
        result.came["set aside"] += len(extract.lines)
        return result
    there = {int(row["row_number"]) for row in kept}
    for row in kept:
        line = extract.lines.get(int(row["row_number"]))
        wrong = ["row"] if line is None else [name for name in CONTRACT.names if not _says(line, name, row[name], salt)]
        if wrong:
            shown = [(name, (line or {}).get(name), row.get(name)) for name in wrong[:3]]
            result.faults.append(f"row {row['row_number']} says otherwise in core: {shown}")
        else:
            result.came["right"] += 1
    left_out = re.findall(r"\d+", " ".join(note for note in report.notes if note.endswith("left out")))
    named = problems | set(map(int, left_out))
    for line in set(extract.lines) - there:
        if line in named:
            result.came["set aside"] += 1
        else:
            result.faults.append(f"row {line} is not in core, and no problem names it")
    return result


WITHOUT = {"kind": "complaint", "service": "not_recorded"}


def _says(line: dict[str, str | None], name: str, held: Any, salt: bytes) -> bool:
    """Whether core holds what the file's cell says, by the contract's type."""
    cells = {" ".join(header.split()).casefold(): cell for header, cell in line.items()}
    cell = _text(cells.get(name))
    if cell is None:
        return held == WITHOUT.get(name)
    kind = CONTRACT.column(name).type
    try:
        if kind == "reference":
            digest = hashlib.blake2b(cell.encode(), key=salt, digest_size=8).digest()
            return held == int.from_bytes(digest, "big") >> 1
        if kind == "date":
            return held == date.fromisoformat(cell[:10])
        if kind in ("integer", "decimal"):
            return held == float(cell.lstrip("£").replace(",", ""))
    except ValueError:
        return False
    return held == re.sub(r"[\s_-]+", "_", cell.lower())
