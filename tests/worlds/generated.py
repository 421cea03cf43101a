"""A world: the annual tables of many real councils over years, with figures drawn by seed, and what they say."""

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from assets.ombudsman.archive import Captures
from tests.sql.harness import PROJECT
from tests.standin import tables

SITE = "https://www.lgo.org.uk/assets"
LAYOUTS: dict[str, list[str]] = {
    "received": [
        "received_adult_care", "received_benefits_tax", "received_corporate", "received_education_childrens",
        "received_environment_public_protection", "received_highways", "received_housing", "received_planning",
        "received_other", "received",
    ],
    "decided": [
        "decided_incomplete_invalid", "decided_advice_given", "referred_back", "closed_after_initial_enquiries",
        "not_upheld", "upheld", "decided", "uphold_rate_pct",
    ],
    "dealt with": ["not_for_us", "assessed_and_closed", "investigated", "upheld", "dealt_with", "uphold_rate_pct"],
    "compliance": ["compliance_outcomes", "complied_on_time", "late_compliance", "not_complied", "compliance_rate_pct"],
}  # fmt: skip
HEADINGS = {
    "received": tables.RECEIVED_HEADINGS,
    "decided": tables.DECIDED_HEADINGS[:-1],
    "dealt with": tables.DEALT_WITH_HEADINGS[:-1],
    "compliance": tables.COMPLIANCE_HEADINGS[:-1],
}
# figures that one wrong digit makes contradict their own row
SPOILT = (
    "decided",
    "dealt_with",
    "upheld",
    "investigated",
    "compliance_outcomes",
    "complied_on_time",
    "received",
)

Figures = dict[str, int]
Draw = Callable[[random.Random, float], int]


def _about(dice: random.Random, mean: float) -> int:
    """A count that varies by chance and somewhat more."""
    return max(0, round(dice.gauss(mean, (mean + 0.04 * mean * mean) ** 0.5)))


def _anything(dice: random.Random, mean: float) -> int:
    """None at all, a few, or very many."""
    return dice.choice([0, 0, 1, round(mean), round(4 * mean), dice.randrange(500)])


KINDS: dict[str, Draw] = {
    "random": _about,
    "extreme": _anything,
    "tied": lambda dice, mean: round(mean),
    "sparse": _about,
    "contradicting": _about,
}


@dataclass
class Generated:
    """One world. says: each row as its table gives it, by council, year and layout; spoilt: rows with a wrong digit."""

    kind: str
    seed: int
    years: range
    councils: list[dict[str, str]]
    others: tuple[str, ...] = ()
    says: dict[tuple[str, int, str], Figures] = field(default_factory=dict)
    spoilt: set[tuple[str, int, str]] = field(default_factory=set)

    def tables(self) -> dict[str, bytes]:
        """Every table of the world as a CSV file, by its name."""
        files = {}
        for year in self.years:
            for layout in LAYOUTS:
                rows = [
                    [body, *_cells(layout, figures)]
                    for body in self.bodies()
                    if (figures := self.says.get((body, year, layout)))
                ]
                if rows:
                    title = f"Complaints {layout} {tables.year_label(year)}"
                    cells = tables.with_furniture(title, HEADINGS[layout], rows, total=False)
                    files[f"{layout.replace(' ', '-')}-{tables.year_label(year)}.csv"] = tables.as_csv(cells)
        return files

    def bodies(self) -> list[str]:
        """Every authority of the world as the tables name it, those that are no councils last."""
        return [*(council["official_name"] for council in self.councils), *self.others]

    def keep(self, captures: Captures) -> None:
        """Put every table of the world into the archive."""
        for name, content in self.tables().items():
            captures.keep(f"{SITE}/{name}", content, when=datetime(2026, 11, 1, tzinfo=UTC))


def _cells(layout: str, figures: Figures) -> list[str]:
    return [
        "" if measure not in figures else f"{figures[measure]}{'%' if measure.endswith('_pct') else ''}"
        for measure in LAYOUTS[layout]
    ]


def _rate(part: int, whole: int) -> dict[str, int]:
    return {"uphold_rate_pct": (200 * part + whole) // (2 * whole)} if whole else {}


def _row(dice: random.Random, draw: Draw, layout: str, size: float) -> Figures:
    """Figures of one row that agree with each other."""
    if layout == "received":
        parts = {measure: draw(dice, size / 9) for measure in LAYOUTS["received"][:-1]}
        return {**parts, "received": sum(parts.values())}
    upheld, rest = draw(dice, size / 4), draw(dice, size / 8)
    if layout == "decided":
        shares = (0.03, 0.05, 0.3, 0.3)
        parts = {name: draw(dice, size * of) for name, of in zip(LAYOUTS[layout][:4], shares, strict=True)}
        parts |= {"not_upheld": rest, "upheld": upheld}
        return {**parts, "decided": sum(parts.values()), **_rate(upheld, upheld + rest)}
    if layout == "dealt with":
        parts = {
            "not_for_us": draw(dice, size * 0.4),
            "assessed_and_closed": draw(dice, size * 0.3),
            "investigated": upheld + rest,
        }
        dealt_with = sum(parts.values())
        return {**parts, "upheld": upheld, "dealt_with": dealt_with, **_rate(upheld, upheld + rest)}
    on_time, late, never = draw(dice, size / 5), draw(dice, size / 40), draw(dice, size / 400)
    outcomes = on_time + late + never
    made = {
        "compliance_outcomes": outcomes,
        "complied_on_time": on_time,
        "late_compliance": late,
        "not_complied": never,
    }
    if outcomes:
        made["compliance_rate_pct"] = (200 * (on_time + late) + outcomes) // (2 * outcomes)
    return made


def living() -> list[dict[str, str]]:
    """Every council of today, as the register has it."""
    with (PROJECT / "data" / "reference" / "councils.csv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if not row["valid_to"]]


def whole_tables() -> Generated:
    """Tables as they may be published: 333 authorities, sixteen of them no councils, twelve years, every layout."""
    world = generate("random", 1)
    world.others = tuple(f"Illustrative {number} Fire and Rescue Authority" for number in range(1, 17))
    layouts = {(year, layout) for _, year, layout in world.says}
    world.says |= {
        (body, year, layout): dict.fromkeys(LAYOUTS[layout], 0)
        for body in world.others
        for year, layout in sorted(layouts)
    }
    return world


def generate(kind: str, seed: int, councils: int = 317, years: int = 12) -> Generated:
    """The world of one kind and seed: the same for ever."""
    dice = random.Random(f"{kind} {seed}")
    chosen = living()
    if councils < len(chosen):
        # whole types, so that every group has members
        chosen = sorted(chosen, key=lambda row: (row["type"] != "county", row["type"] != "unitary", row["gss_code"]))
        chosen = chosen[:councils]
    world = Generated(kind, seed, range(2025 - years, 2025), chosen)
    for council in chosen:
        size = 60.0 if kind == "tied" else dice.choice([8.0, 20.0, 60.0, 90.0])
        for year in world.years:
            if council["valid_from"] and int(council["valid_from"][:4]) > year:
                continue
            for layout in ("received", "decided" if year < 2023 else "dealt with", "compliance"):
                if kind == "sparse" and dice.random() < 0.9:
                    continue
                figures = _row(dice, KINDS[kind], layout, size)
                key = (council["official_name"], year, layout)
                if kind == "contradicting" and dice.random() < 0.1:
                    measure = dice.choice([one for one in SPOILT if one in figures])
                    figures = figures | {measure: 10 * figures[measure] + dice.randrange(1, 10)}
                    world.spoilt.add(key)
                world.says[key] = figures
    return world
