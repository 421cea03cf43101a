"""Which rows stand after several deliveries: the same by the store and by SQL."""

import datetime as dt
import random
from pathlib import Path

import pytest

from assets.council.check import check_register
from assets.council.mapping import Mapping
from assets.example.cases import GSS_CODE
from tests.sql.register_world import World, register_models

MODELS = register_models()
DAYS = [dt.date(2024, 4, 30), dt.date(2024, 5, 31)]
HEADER = "case_reference,procedure,stage,requested_date,closed_date\n"


def deliver(world: World, rows: list[str], as_at: dt.date, covers: str) -> None:
    path = world.folder / "cases.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    mapping = Mapping(as_at=as_at, covers=covers)  # type: ignore[arg-type]
    world.store.deliver(check_register(path, gss_code=GSS_CODE, salt=world.store.salt(), mapping=mapping))


@pytest.mark.parametrize("seed", range(4))
def test_the_store_and_the_warehouse_agree_on_which_rows_stand(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    world = World(tmp_path, MODELS)
    stands: dict[str, str] = {}
    days = sorted(dice.choices(DAYS, k=5))
    for number, as_at in enumerate(days):
        cases = dice.sample(range(8), 5)
        bad = dice.sample(cases, dice.choice([0, 1, 2]))
        covers = dice.choice(["changes", "everything"])
        closed = {f"A-{case}": f"2024-04-{10 + number}" for case in cases}
        rows = [
            f"{case},corporate,1,2024-04-01,{'31/02/2024' if int(case[2:]) in bad else day}"
            for case, day in closed.items()
        ]
        deliver(world, rows, as_at, covers)
        good = {case: day for case, day in closed.items() if int(case[2:]) not in bad}
        kept = {case: day for case, day in stands.items() if covers == "changes" or int(case[2:]) in bad}
        stands = {**kept, **good}
    world.build()
    by_sql = world.rows("staging.register_case_stages")
    by_store = world.store.rows("case_stages", current=True).to_pandas()
    assert sorted(by_store["closed_date"]) == sorted(stands.values())
    assert sorted(day.date().isoformat() for day in by_sql["closed_date"]) == sorted(stands.values())
    assert set(by_sql["case_reference"].astype(str)) == set(by_store["case_reference"])
