"""Damaged statistics pages: captured, read, staged, and weighed by the project's own SQL.

Each begins as a page of published figures. What is right afterwards is what the page was made to say: the published
figures, or, where the damage is another figure in good writing, that figure, as long as a row says so where the page's
own figures no longer agree with each other.

Not tried, because nothing on the page could tell: a figure that no other figure of the page is bound to (an average, a
rate per head) changed into another of its kind, unless it is held against what the changed page says; and two averages
that changed places. Both are tried as `other figures`, where the changed page is what is right.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from assets.ombudsman.archive import Captures
from assets.ombudsman.archive_rows import Rows, archive_rows
from assets.ombudsman.collection import RELATIONS, as_frame
from assets.ombudsman.places import statistics_address
from assets.ombudsman.source import load
from tests.fuzz.damage import HOSTILE, TEXT_DAMAGE, marked
from tests.fuzz.judging import Judged
from tests.fuzz.world import build, contracts
from tests.standin.figures import Row, figures_of, generation_of, read_rows
from tests.standin.mutations import mutated_page
from tests.standin.pages import Block, Piece, blocks_of, render, render_at_random

WANTED = ("core.witnesses", "core.observations", "quality.quarantine")
# what a page may leave out without being cut short: no row can say that it was there
MAY_BE_ABSENT = {
    "uphold_rate_similar_pct",
    "upheld_per_100k",
    "upheld_per_100k_similar",
    "compliance_rate_similar_pct",
    "satisfactory_remedy_rate_similar_pct",
    # the latest pages print no base for these
    "compliance_outcomes",
    "satisfactory_remedy_upheld_base",
}
ROWS = [row for row in read_rows() if row["truncated"] == "0"]


@dataclass
class Page:
    """One damaged page, and the row of figures that it is right to read from it."""

    number: int
    address: str
    says: Row
    damage: list[str]

    @property
    def is_of_another(self) -> bool:
        """Whether none of its figures may be given to the council at whose address it stands."""
        return "of_another_council" in self.damage

    @property
    def is_well_written(self) -> bool:
        """Whether every figure that is read from it must be right, whatever is doubted."""
        return not set(self.damage) - WELL_WRITTEN


def _pieces(blocks: list[Block], change: Callable[[Piece], str]) -> list[Block]:
    return [[Piece(piece.kind, change(piece), piece.glued) for piece in block] for block in blocks]


def _figure(blocks: list[Block], row: Row, dice: random.Random) -> tuple[str, str]:
    """A measure and its figure as printed."""
    measure, figure = dice.choice(sorted(figures_of(row).items()))
    return measure, figure


def hostile_figure(row: Row, dice: random.Random) -> tuple[list[Block], Row]:
    """Something that is no number stands where one figure should, once or wherever the figure stands."""
    blocks = blocks_of(row, generation_of(row))
    _, figure = _figure(blocks, row, dice)
    bad, everywhere = dice.choice(HOSTILE), dice.random() < 0.5
    done = False

    def change(piece: Piece) -> str:
        nonlocal done
        words = piece.words.split(" ")
        places = [place for place, word in enumerate(words) if word.rstrip("%.,") == figure]
        if piece.kind in ("title", "heading") or not places or (done and not everywhere):
            return piece.words
        done = True
        words[places[0]] = words[places[0]].replace(figure, bad)
        return " ".join(words)

    return _pieces(blocks, change), row


def marked_figures(row: Row, dice: random.Random) -> tuple[list[Block], Row]:
    """Marks that a reader does not see stand within and around words and figures."""
    blocks = blocks_of(row, generation_of(row))
    return _pieces(blocks, lambda piece: marked(piece.words, dice) if dice.random() < 0.4 else piece.words), row


def other_figures(row: Row, dice: random.Random) -> tuple[list[Block], Row]:
    """Some figures are others of their kind, in good writing."""
    says = dict(row)
    for measure in dice.sample(sorted(figures_of(row)), dice.choice([1, 1, 2, 3])):
        figure = says[measure]
        if measure.endswith("_pct"):
            says[measure] = str(dice.randrange(101))
        elif "per_100k" in measure:
            says[measure] = str(dice.randrange(1, 200) / 10).removesuffix(".0")
        else:
            says[measure] = str(max(0, int(figure) + dice.choice([-9, -1, 1, 10, 100, 1000])))
    return blocks_of(says, generation_of(row)), says


def two_figures_swapped(row: Row, dice: random.Random) -> tuple[list[Block], Row]:
    """Two figures of one kind changed places."""
    says = dict(row)
    kinds: dict[str, list[str]] = {}
    for measure in figures_of(row):
        kind = "pct" if measure.endswith("_pct") else "per" if "per_100k" in measure else "count"
        kinds.setdefault(kind, []).append(measure)
    one, other = dice.sample(dice.choice([names for names in kinds.values() if len(names) > 1]), 2)
    says[one], says[other] = row[other], row[one]
    return blocks_of(says, generation_of(row)), says


def another_year(row: Row, dice: random.Random) -> tuple[list[Block], Row]:
    """The page states another financial year, throughout."""
    year = int(row["period_start"][:4]) + dice.choice([-3, -1, 1, 40])
    says = {**row, "period_start": f"{year}-04-01", "period_end": f"{year + 1}-03-31"}
    return blocks_of(says, generation_of(row)), says


def dates_spoilt(row: Row, dice: random.Random) -> tuple[list[Block], Row]:
    """The dates of the period are written otherwise, or are none."""
    blocks = blocks_of(row, generation_of(row))
    start, end = date.fromisoformat(row["period_start"]), date.fromisoformat(row["period_end"])
    written = dice.choice([
        ("April 1 {0}", "March 31 {1}"), ("01/04/{0}", "31/03/{1}"), ("4 January {0}", "3 March {1}"),
        ("1 April {1}", "31 March {0}"), ("31 April {0}", "31 March {1}"), ("1 April {0}", "31 March {0}"),
        ("1 Ebrill {0}", "31 Mawrth {1}"), ("", ""),
    ])  # fmt: skip
    one, other = (text.format(start.year, end.year) for text in written)

    def change(piece: Piece) -> str:
        words = piece.words.replace(f"1 April {start.year}", one)
        return words.replace(f"31 March {end.year}", other)

    return _pieces(blocks, change), row


def markup_as_a_name(row: Row, dice: random.Random) -> tuple[list[Block], Row]:
    """The council's name is markup, a formula, SQL, or very long."""
    name = dice.choice([*HOSTILE[15:24], "<b>Council</b>", "A" * 20_000, "' or 1=1 --"])
    return blocks_of({**row, "council_name": name}, generation_of(row)), row


def of_another_council(row: Row, dice: random.Random) -> tuple[list[Block], Row]:
    """At this council's address stands another council's page, as after a redirect or a slip of the site's."""
    other = dice.choice([one for one in ROWS if one["slug"] != row["slug"]])
    return blocks_of(other, generation_of(other)), other


def untouched(row: Row, dice: random.Random) -> tuple[list[Block], Row]:
    """The page as published."""
    return blocks_of(row, generation_of(row)), row


WORDS = [
    hostile_figure, marked_figures, other_figures, other_figures, two_figures_swapped, another_year, dates_spoilt,
    markup_as_a_name, of_another_council, untouched,
]  # fmt: skip

# a page of which nothing else was done is whole, and says what it says
WELL_WRITTEN = {
    "marked_figures",
    "other_figures",
    "two_figures_swapped",
    "another_year",
    "markup_as_a_name",
    "untouched",
}


def _bomb(page: str, dice: random.Random) -> str:
    """The page within a page that is made to use up whoever reads it."""
    entities = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    return dice.choice([
        lambda: f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{entities}]><html><body>&j;{page}',
        lambda: "<div>" * dice.choice([300, 5_000, 100_000]) + page,
        lambda: page + "<p>" + "1 2 3 complaints " * 40_000,
        lambda: page + "<p>" * 1_200_000 + "x",
        lambda: page.replace("<body>", "<body>" + "<!--" * 50_000, 1),
        lambda: page + "<p>We investigated " + "9" * 300_000 + " complaints and upheld 1.",
        lambda: page + "<p>Adjusted for " + "a " * 100_000,
        lambda: page + "".join(f"<p>{number} of them were upheld decisions" for number in range(4_000)),
    ])()  # fmt: skip


class Pages:
    """The kind `pages`: a batch of them is one archive's rows, one warehouse."""

    name = "pages"
    batch = 50  # no council has two pages in one

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: Rows = {name.table: [] for name in RELATIONS}
        self.pages: list[Page] = []
        self.personal: dict[int, list[str]] = {}
        slugs = sorted({row["slug"] for row in ROWS})
        self.by_slug = [[row for row in ROWS if row["slug"] == slug] for slug in slugs]

    def take_in(self, number: int, dice: random.Random) -> None:
        """Make one page, keep it in an archive of its own, and read that."""
        # within a batch each council has one page at most
        row = dice.choice(self.by_slug[number % len(self.by_slug)])
        body, page = self._made(number, row, dice)
        captures = Captures(self.folder / str(number))
        captures.keep(page.address, body)
        for name, found in archive_rows(captures).items():
            self.rows[name] += found
        self.pages.append(page)

    def _made(self, number: int, row: Row, dice: random.Random) -> tuple[bytes, Page]:
        address = statistics_address(load().site, row["slug"])
        damage: list[str] = []
        says = row
        if dice.random() < 0.35:
            html, damage = mutated_page(row, generation_of(row), dice)
        else:
            change = dice.choice(WORDS)
            blocks, says = change(row, dice)
            damage = [change.__name__]
            html = render(blocks) if dice.random() < 0.6 else render_at_random(blocks, dice)
        if dice.random() < 0.08:
            html = _bomb(html, dice)
            damage.append("bomb")
        body = html.encode("utf-8", "replace")
        if dice.random() < 0.35:
            spoil = dice.choice(TEXT_DAMAGE)
            body = spoil(body, dice)
            damage.append(spoil.__name__)
        return body, Page(number, address, says, damage)

    def judge(self) -> tuple[list[Judged], duckdb.DuckDBPyConnection]:
        """What core has of each page, against what the page says."""
        connection = duckdb.connect()
        build(
            connection,
            WANTED,
            {name: as_frame(self.rows[name.table], contracts()[name]) for name in RELATIONS},
        )
        kept = _kept(connection)
        doubts = _doubts(connection)
        return [
            judged(page, kept.get(page.address, {}), doubts.get(page.address, [])) for page in self.pages
        ], connection


Kept = dict[str, tuple[float, str]]


def _kept(connection: duckdb.DuckDBPyConnection) -> dict[str, Kept]:
    """By address and measure as the page names it: the value in core, and the first day of its period."""
    found: dict[str, Kept] = {}
    for address, measure, value, start in connection.execute(
        """
        select pages.address, pages.measure, witnesses.value, cast(witnesses.period_start as varchar)
        from core.witnesses as witnesses
        inner join raw.captured_pages as pages on witnesses.source_row = pages.source_row
        where witnesses.source = 'captured_pages'
        """
    ).fetchall():
        found.setdefault(address, {})[measure] = (value, start)
    return found


def _doubts(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for address, name, problem in connection.execute(
        "select source_url, name, problem from quality.quarantine"
    ).fetchall():
        found.setdefault(address, []).append(f"{name}: {problem}")
    return found


def judged(page: Page, kept: Kept, doubts: list[str]) -> Judged:
    """What came of the page's figures."""
    result = Judged("pages", page.number, page.damage)
    says = figures_of(page.says)
    for measure, (value, start) in kept.items():
        is_right = measure in says and value == float(says[measure]) and start == page.says["period_start"]
        if is_right and not page.is_of_another:
            result.came["right"] += 1
        elif doubts and not page.is_well_written:
            result.came["doubted"] += 1
        else:
            right = "another council's" if page.is_of_another else f"{says.get(measure)} of {page.says['period_start']}"
            result.faults.append(f"{measure} is {value:g} of {start}; right is {right}; {len(doubts)} rows say why")
    for measure in set(says) - set(kept):
        if doubts:
            result.came["set aside"] += 1
        elif measure in MAY_BE_ABSENT:
            result.came["not said"] += 1
        else:
            result.faults.append(f"{measure} is not there, and no row says why")
    if set(kept) >= set(says) and not doubts and (broken := disagreements(says)):
        result.faults.append(f"no row says that the page's figures disagree: {'; '.join(broken)}")
    return result


def disagreements(says: dict[str, str]) -> list[str]:
    """What a page prints that cannot be, by arithmetic of the checker's own."""
    has = {name: float(value) for name, value in says.items()}
    found = []
    if has.keys() >= {"dealt_with", "not_for_us", "assessed_and_closed", "investigated"} and has["dealt_with"] != (
        has["not_for_us"] + has["assessed_and_closed"] + has["investigated"]
    ):
        found.append("dealt with is not the sum of its parts")
    for part, whole, rate in (
        ("upheld", "investigated", "uphold_rate_pct"),
        ("satisfactory_remedies", "satisfactory_remedy_upheld_base", "satisfactory_remedy_rate_pct"),
    ):
        if has.keys() >= {part, whole}:
            if has[part] > has[whole]:
                found.append(f"{part} is more than {whole}")
            elif has[whole] and rate in has and abs(100 * has[part] / has[whole] - has[rate]) > 0.5000001:
                found.append(f"{rate} is not that of {part} and {whole}")
    if has.get("upheld", 0) != has.get("satisfactory_remedy_upheld_base", has.get("upheld", 0)):
        found.append("two figures for the number upheld")
    if has.keys() >= {"compliance_outcomes", "compliance_rate_pct"}:
        outcomes = int(has["compliance_outcomes"])
        rates = {int(100 * complied / outcomes + 0.5) for complied in range(outcomes + 1)} if outcomes else set()
        if outcomes <= 1000 and int(has["compliance_rate_pct"]) not in rates:
            found.append("the compliance rate is that of no whole number of outcomes")
    return found
