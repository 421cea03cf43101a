"""A join on part of a key gives rows of another group, year or council, so a join names the key or says why not."""

import re
from pathlib import Path

import pytest

from warehouse.contracts import read_contracts
from warehouse.names import Relation

PROJECT = Path(__file__).resolve().parents[2]
CONTRACTS = read_contracts(PROJECT / "expectations")
JOINED = re.compile(
    r"\bjoin\s+(?P<relation>\w+\.\w+)(?:\s+as\s+(?P<alias>\w+))?\s+(?P<how>on|using)\b(?P<condition>.*?)"
    r"(?=\n\s*(?:(?:left|inner|cross|anti)\s+join|where|group by|order by|window|qualify)\b|\Z)",
    re.DOTALL,
)
# which joins give several rows by intention, or hold the rest of the key in another way
SEVERAL = {
    ("comparator_groups", "core.comparators"): "every member is counted",
    ("compared_members", "core.comparators"): "every member is a row",
    ("councils_in_year", "marts.indicator_values"): "every council is a row",
    ("figure_witnesses", "core.witnesses"): "every witness is a row",
    ("own_return", "marts.stage_timeliness"): "declared or not, the definition is fixed",
    ("provenance", "core.observations"): "every period is a row",
    ("ranking_rows", "marts.indicator_values"): "a financial year has one start",
    ("ranking_rows", "marts.verdicts"): "a financial year has one start",
    ("ranking_rows", "marts.comparisons"): "a financial year has one start",
    ("ranking_rows", "marts.rankings"): "a financial year has one start",
    ("targets", "staging.plan_measures"): "several measures can be of one procedure and stage",
    ("learn_from", "marts.practices"): "every practice is a row",
}


def joins_on_part_of_a_key(name: str, sql: str) -> list[tuple[str, str]]:
    """The query and the relation of each join that leaves a column of the relation's key out."""
    found = []
    for join in JOINED.finditer(re.sub(r"--[^\n]*", "", sql)):
        relation = Relation(join["relation"])
        of = rf"{join['alias'] or relation.table}\." if join["how"] == "on" else ""
        if not all(re.search(rf"\b{of}{column}\b", join["condition"]) for column in CONTRACTS[relation].key):
            found.append((name, join["relation"]))
    return found


def queries() -> list[Path]:
    return [path for layer in ("asked", "published") for path in sorted((PROJECT / "sql" / layer).glob("*.sql"))]


@pytest.mark.parametrize("path", queries(), ids=lambda path: path.stem)
def test_a_join_names_the_whole_key_of_what_it_joins(path: Path) -> None:
    partial = joins_on_part_of_a_key(path.stem, path.read_text(encoding="utf-8"))
    assert [join for join in partial if join not in SEVERAL] == []


def test_a_join_without_its_group_would_be_found() -> None:
    sql = (PROJECT / "sql" / "published" / "standings.sql").read_text(encoding="utf-8")
    joined = "left join marts.rankings as rankings\n    using (indicator, gss_code, period_start, period_end"
    assert f"{joined}, comparator_group)" in sql
    lost = sql.replace(f"{joined}, comparator_group)", f"{joined})")
    assert joins_on_part_of_a_key("standings", lost) == [("standings", "marts.rankings")]


def test_every_join_that_is_excused_is_there() -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in queries()}
    partial = [join for name, text in texts.items() for join in joins_on_part_of_a_key(name, text)]
    assert set(partial) == set(SEVERAL)
