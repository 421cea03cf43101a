"""Damaged improvement plans, YAML and XLSX: checked, kept, loaded, and staged by the project's own SQL.

Each begins as part of the illustrative plan. What is right afterwards is what the damaged file says, read without the
project's reader: every entry in core says in each key what the file says, and every entry of the file that is not in
core has a problem that names a line of its list, or the plan was refused in words. Personal data is planted as in
registers.
"""

import io
import random
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
import yaml

from assets.improvement.assets import as_text, raw_rows
from assets.improvement.measures import polarities
from assets.improvement.plan import SECTIONS, PlanReport, check_plan, plan_tables
from assets.improvement.store import UndertakingStore
from assets.improvement.template import ILLUSTRATIVE
from tests.fuzz.damage import HOSTILE, TEXT_DAMAGE, WORKBOOK_DAMAGE, marked
from tests.fuzz.judging import Judged
from tests.fuzz.registers import LONGEST_REPORT, PERSONAL
from tests.fuzz.world import contracts, every_word, models
from tests.relations import fill
from warehouse.connection import LAYERS, Relation
from warehouse.models import creation
from warehouse.settings import PROJECT

Entry = dict[str, str]
Plan = dict[str, list[Entry]]

MODELS = ("staging.plan_deliveries", "staging.plan_actions", "staging.plan_targets", "staging.plan_resolutions",
          "core.action_states")  # fmt: skip
# where each list ends up, and what its keys are called there, if otherwise
RELATIONS = {
    "actions": "core.action_states",
    "targets": "staging.plan_targets",
    "resolutions": "staging.plan_resolutions",
}
IN_CORE = {
    "actions": {"id": "action_id", "start": "start_date", "due": "due_date", "finished": "finished_date",
                "indicator": "measure"},
    "targets": {"id": "target_id", "indicator": "measure", "value": "target_pct", "due": "by_date",
                "start": "start_date", "start_value": "start_pct"},
    "resolutions": {"id": "resolution_id", "made": "made_date", "due": "due_date", "hearing": "hearing_date",
                    "reported": "reported_date"},
}  # fmt: skip
POLARITIES = polarities(PROJECT / "indicators")
KEYS = {table.name: table.names for table in plan_tables(POLARITIES)}


def _entry(plan: Plan, dice: random.Random) -> Entry:
    return dice.choice([entry for section in SECTIONS for entry in plan[section] if entry])


def hostile_values(plan: Plan, dice: random.Random) -> None:
    """Something else stands in some keys."""
    for _ in range(dice.choice([1, 1, 4, 15])):
        entry = _entry(plan, dice)
        entry[dice.choice(sorted(entry))] = dice.choice(HOSTILE)


def marked_values(plan: Plan, dice: random.Random) -> None:
    """Marks that a reader does not see stand within some values."""
    for _ in range(dice.choice([1, 5])):
        entry = _entry(plan, dice)
        key = dice.choice(sorted(entry))
        entry[key] = marked(entry[key], dice)


def day_and_month_swapped(plan: Plan, dice: random.Random) -> None:
    """Some days are written otherwise."""
    for _ in range(dice.choice([1, 4])):
        entry = _entry(plan, dice)
        for key, value in entry.items():
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                year, month, day = value.split("-")
                entry[key] = dice.choice(
                    [f"{year}-{day}-{month}", f"{day}/{month}/{year}", f"{year}{month}{day}", value]
                )


def keys_renamed(plan: Plan, dice: random.Random) -> None:
    """A key has another name."""
    entry = _entry(plan, dice)
    key = dice.choice(sorted(entry))
    entry[dice.choice(["owner", "Note", "ID", "=A1", "<b>", key.upper()])] = entry.pop(key)


def keys_lost(plan: Plan, dice: random.Random) -> None:
    """A key is gone."""
    entry = _entry(plan, dice)
    entry.pop(dice.choice(sorted(entry)))


def entries_twice(plan: Plan, dice: random.Random) -> None:
    """An entry stands there twice, as it is or a little otherwise."""
    entries = dice.choice([plan[section] for section in SECTIONS if plan[section]])
    entry = dict(dice.choice(entries))
    if dice.random() < 0.5:
        entry[dice.choice(sorted(entry))] = dice.choice(["2026-01-01", "done", "A1"])
    entries.append(entry)


def other_values(plan: Plan, dice: random.Random) -> None:
    """Figures and days are others of their kind, perhaps out of bounds."""
    for _ in range(3):
        entry = _entry(plan, dice)
        key = dice.choice(sorted(entry))
        entry[key] = dice.choice(
            ["0", "100", "101", "0.5", "1e2", "2026-09-30", "1999-12-31", "2100-01-01", "blocked", "R1"]
        )


def personal_data(plan: Plan, dice: random.Random) -> None:
    """What looks like personal data stands in some key."""
    number = dice.randrange(10_000)
    letters = "".join(dice.choice("abcdefghijkl") for _ in range(8))
    for pattern in dice.sample(PERSONAL, dice.choice([1, 2])):
        planted = pattern.format(n=number, n2=f"{number % 100:02}", d=number % 10, letters=letters)
        entry = _entry(plan, dice)
        entry[dice.choice(sorted(entry))] = dice.choice(["{}", "{}", "ask {}", "{} (12)"]).format(planted)
        plan.setdefault("personal", []).append({"planted": planted})


def untouched(plan: Plan, dice: random.Random) -> None:
    """The plan as it is."""


VALUES: list[Callable[[Plan, random.Random], None]] = [
    hostile_values, marked_values, day_and_month_swapped, keys_renamed, keys_lost, entries_twice, other_values,
    personal_data, untouched,
]  # fmt: skip


def as_yaml(plan: Plan, dice: random.Random) -> str:
    """The plan as YAML."""
    said: dict[str, Any] = {"as_at": "2026-09-30", "is_illustrative": "true", **plan}
    style = dice.choice([None, None, '"'])
    return yaml.dump(
        said,
        sort_keys=False,
        allow_unicode=dice.random() < 0.5,
        default_style=style,
        width=dice.choice([60, 4_000]),
    )


def yaml_spoilt(text: str, dice: random.Random) -> str:
    """Something that YAML can do and a plan must not, or that YAML cannot."""
    lines = text.splitlines(keepends=True)
    place = dice.randrange(len(lines))
    aliases = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 10)}]\n" for n in range(9)
    )
    return dice.choice([
        lambda: aliases + text,
        lambda: text + "targets: [" * 5_000,
        lambda: text + "actions:\n" + "".join(" " * n + "- \n" for n in range(900)),
        lambda: text + "note: " + "x" * 900_000,
        lambda: text + "note: " + "x" * 1_100_000,
        lambda: text + "other: !!python/object/apply:os.system ['true']\n",
        lambda: text + "---\nas_at: 2026-01-01\n",
        lambda: "%YAML 9.9\n---\n" + text,
        lambda: text.replace("  ", "\t", 3),
        lambda: text + dice.choice(lines),
        lambda: "".join(lines[:place] + lines[place + 1 :]),
        lambda: "".join([*lines[:place], lines[place].replace(":", ": {", 1), *lines[place + 1 :]]),
        lambda: "".join([*lines[:place], lines[place].replace(":", ": >-\n      ", 1), *lines[place + 1 :]]),
        lambda: "".join([*lines[:place], lines[place], lines[place], *lines[place + 1 :]]),
        lambda: text + "actions: 1\n" if dice.random() < 0.5 else text.replace("actions:", "actions: {}\nwas:", 1),
        lambda: "- " * 3_000 + text,
        lambda: "? " * 3_000 + "x",
        lambda: "# nothing\n",
    ])()  # fmt: skip


def as_xlsx(plan: Plan, dice: random.Random) -> bytes:
    """The plan as a workbook like the template."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        about = book.add_worksheet("about")
        about.write_row(0, 0, ["as_at", "2026-09-30"])
        about.write_row(1, 0, ["is_illustrative", "true"])
        for section, known in KEYS.items():
            sheet = book.add_worksheet(section)
            strange = {key: None for entry in plan[section] for key in entry if key not in known}
            keys = [*known, *strange]
            for place, key in enumerate(keys):
                sheet.write_string(0, place, key)
            for line, entry in enumerate(plan[section], 1):
                for place, key in enumerate(keys):
                    if entry.get(key):
                        if dice.random() < 0.01:
                            sheet.write_formula(line, place, "=1+1", None, 2)
                            entry[key] = "\0"
                        else:
                            sheet.write_string(line, place, entry[key][:32_000])
    return made.getvalue()


class Plans:
    """The kind `plans`: each is of a council of its own; a batch of them is one store, one warehouse."""

    name = "plans"
    batch = 100

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.store = UndertakingStore(folder / "undertakings")
        said = yaml.load(ILLUSTRATIVE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        self.whole: Plan = {section: said[section] for section in SECTIONS}
        self.taken: list[tuple[int, str, Plan | None, list[str], list[str], PlanReport]] = []
        self.personal: dict[int, list[str]] = {}

    def take_in(self, number: int, dice: random.Random) -> None:
        """Make one plan, check it, and keep what is good of it."""
        says, data, damage, planted = self._made(dice)
        path = self.folder / f"{number}.plan"
        path.write_bytes(data)
        report = check_plan(path, POLARITIES)
        code = f"X{20_000_000 + number}"
        if not report.refusals:
            self.store.keep_plan(report, code)
        self.taken.append((number, code, says, damage, planted, report))
        self.personal[number] = planted
        path.unlink()

    def _made(self, dice: random.Random) -> tuple[Plan | None, bytes, list[str], list[str]]:
        plan = {
            section: [dict(entry) for entry in dice.sample(entries, dice.randrange(1, len(entries) + 1))]
            for section, entries in self.whole.items()
        }
        damage = []
        for change in dice.choices(VALUES, k=dice.choice([1, 1, 2])):
            change(plan, dice)
            damage.append(change.__name__)
        planted = [one["planted"] for one in plan.pop("personal", [])]
        if dice.random() < 0.3:
            data = as_xlsx(plan, dice)
            damage.append("xlsx")
            if dice.random() < 0.4:
                spoil = dice.choice(WORKBOOK_DAMAGE)
                data = spoil(data, dice)
                damage.append(spoil.__name__)
            return plan, data, damage, planted
        text = as_yaml(plan, dice)
        if dice.random() < 0.3:
            text = yaml_spoilt(text, dice)
            damage.append("yaml_spoilt")
        data = text.encode("utf-8")
        if dice.random() < 0.25:
            spoil = dice.choice(TEXT_DAMAGE)
            data = spoil(data, dice)
            damage.append(spoil.__name__)
        return _said_by(data), data, damage, planted

    def judge(self) -> tuple[list[Judged], duckdb.DuckDBPyConnection]:
        """What core has of each plan, against what the file says."""
        connection = duckdb.connect()
        for layer in LAYERS:
            connection.execute(f"create schema {layer}")
        for name, rows in raw_rows(self.store, PROJECT / "indicators").items():
            fill(connection, name, as_text(contracts()[name], rows))
        by_name = {str(model.relation): model for model in models()}
        for name in MODELS:
            connection.execute(creation(by_name[name], contracts()[Relation(name)]))
        kept: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for section, relation in RELATIONS.items():
            found = connection.execute(f"from {relation}")
            names = [one[0] for one in found.description or []]
            for row in found.fetchall():
                held = dict(zip(names, row, strict=True))
                kept.setdefault(held["gss_code"], {}).setdefault(section, []).append(held)
        said = every_word(connection)
        return [
            judged(number, says, damage, planted, report, kept.get(code, {}), said)
            for number, code, says, damage, planted, report in self.taken
        ], connection


def _said_by(data: bytes) -> Plan | None:
    """What a damaged YAML file says, every value as text; None where that cannot be told."""
    try:
        said = yaml.load(data.decode("utf-8-sig"), Loader=yaml.CBaseLoader) if len(data) < 200_000 else None
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError, ValueError):
        return None
    if not isinstance(said, dict):
        return None
    found: Plan = {}
    for section in SECTIONS:
        entries = said.get(section) or []
        found[section] = entries if isinstance(entries, list) else [entries]
    return found


def judged(
    number: int,
    says: Plan | None,
    damage: list[str],
    planted: list[str],
    report: PlanReport,
    kept: dict[str, list[dict[str, Any]]],
    said: str,
) -> Judged:
    """What came of the plan's entries."""
    result = Judged("plans", number, damage)
    text = report.as_text()
    if len(text) > LONGEST_REPORT:
        result.faults.append(f"the report has {len(text)} characters")
    for one in planted:
        if one in said or one in text:
            result.faults.append(f"{one} stands in {'the warehouse' if one in said else 'the report'}")
    entries = sum(map(len, says.values())) if says else 0
    if report.refusals:
        if kept or not all(report.refusals):
            result.faults.append("refused without a word, or kept all the same")
        result.came["set aside"] += entries
        return result
    if says is None:
        result.faults.append("taken, although it cannot be told what it says")
        return result
    for section in SECTIONS:
        held = kept.get(section, [])
        for row in held:
            if any(_says(section, entry, row) for entry in says[section]):
                result.came["right"] += 1
            else:
                result.faults.append(f"an entry of {section} says otherwise in core: {row}")
        told = {one.row for one in report.problems.itertuples() if one.section == section}
        # an entry of which nothing but its number is filled in is one of the template's
        real = [
            entry
            for entry in says[section]
            if not isinstance(entry, dict) or {k for k, v in entry.items() if v} - {"id"}
        ]
        missing = len(real) - len(held)
        if missing > len(told):
            result.faults.append(f"{missing} entries of {section} are not in core, and {len(told)} are named")
        else:
            result.came["set aside"] += missing
    return result


def _says(section: str, entry: Any, held: dict[str, Any]) -> bool:
    """Whether core holds what one entry of the file says, in every key."""
    if not isinstance(entry, dict):
        return False
    for key in KEYS[section]:
        cell = entry.get(key)
        words = " ".join(cell.split()) if isinstance(cell, str) else ""
        # of a workbook's cell, letters that nobody sees are not read
        seen = " ".join(re.sub("[\u200b-\u200f\u2060\ufeff]", "", words).split())
        value = held[IN_CORE[section].get(key, key)]
        if seen in ("", "~", "null"):
            right = value is None
        elif isinstance(value, date):
            right = seen == value.isoformat()
        elif isinstance(value, float):
            right = bool(re.fullmatch(r"[0-9.]+([eE][0-9]+)?", seen)) and float(seen) == value
        else:
            right = value in (words, seen)
        if not right:
            return False
    return True
