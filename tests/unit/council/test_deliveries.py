import datetime as dt
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from assets.council.deliveries import RegisterStore, SaltError
from assets.council.relations import load_other
from assets.council.report import RegisterReport
from assets.example.cases import AS_AT, GSS_CODE
from assets.publication.signing import not_yet_published
from warehouse.connection import WAREHOUSE_FILE
from warehouse.contracts import read_contract
from warehouse.councils import Council
from warehouse.settings import Settings

Check = Callable[..., RegisterReport]

EXPECTATIONS = Path(__file__).parents[3] / "expectations"
HEADER = "case_reference,procedure,stage,requested_date,closed_date,outcome\n"
EARLIER, LATER = dt.date(2024, 3, 31), dt.date(2024, 4, 30)


@pytest.fixture
def store(tmp_path: Path) -> RegisterStore:
    return RegisterStore(tmp_path / "register")


def test_the_salt_is_made_once_and_only_its_owner_reads_it(store: RegisterStore) -> None:
    salt = store.salt()
    assert (len(salt), store.salt()) == (32, salt)
    assert stat.S_IMODE((store.folder / "salt").stat().st_mode) == 0o600


def test_a_salt_that_others_can_read_is_not_used(store: RegisterStore) -> None:
    store.salt()
    (store.folder / "salt").chmod(0o644)
    with pytest.raises(SaltError, match="can be read by others"):
        store.salt()


def test_the_same_delivery_twice_is_kept_once(store: RegisterStore, check: Check, delivered: pd.DataFrame) -> None:
    first, again = store.deliver(check(delivered)), store.deliver(check(delivered))
    assert (first.is_new, again.is_new) == (True, False)
    assert first.extract_id == again.extract_id
    assert store.rows("case_stages").num_rows == len(delivered)


def test_the_same_rows_in_another_order_and_format_are_the_same_delivery(
    store: RegisterStore, check: Check, delivered: pd.DataFrame, tmp_path: Path
) -> None:
    store.deliver(check(delivered))
    path = tmp_path / "other.parquet"
    delivered.sample(frac=1, random_state=1).to_parquet(path, index=False)
    assert not store.deliver(check(path)).is_new


def test_a_value_in_another_column_and_a_row_more_are_other_deliveries(store: RegisterStore, check: Check) -> None:
    day, other = "2024-03-01", "2024-04-02"
    rows = [
        f"A-1,corporate,1,{day},{other},\n",
        f"A-1,corporate,1,{day},,\n",
        f"A-1,corporate,1,{other},,\n",
        f"A-1,corporate,2,{day},,\n",
        f"A-1,corporate,1,{day},,\nA-2,corporate,1,{day},,\n",
    ]
    ids = [store.deliver(check(HEADER + each, as_at=LATER)).extract_id for each in rows]
    assert len(set(ids)) == len(rows)


def deliver(store: RegisterStore, check: Check, rows: str, as_at: dt.date, **mapping: Any) -> str:
    return store.deliver(check(HEADER + rows, as_at=as_at, **mapping)).difference.as_text()


def test_a_later_extract_supersedes_row_by_row_and_the_difference_is_shown(store: RegisterStore, check: Check) -> None:
    deliver(
        store,
        check,
        "A-1,corporate,1,2024-03-01,,\nA-2,corporate,1,2024-03-04,,\nA-3,corporate,1,2024-03-05,,\n",
        EARLIER,
    )
    shown = deliver(
        store,
        check,
        "A-1,corporate,1,2024-03-01,2024-04-02,upheld\nA-2,corporate,1,2024-03-04,,\nA-4,corporate,1,2024-04-05,,\n",
        LATER,
    )
    assert shown == (
        "1 rows new, 1 changed (closed_date in 1, outcome in 1), 1 as before, 1 known before and not delivered now"
    )
    current = store.rows("case_stages", current=True).to_pandas()
    assert len(current) == 4
    assert sorted(current["closed_date"].dropna()) == ["2024-04-02"]


def test_an_earlier_extract_that_comes_late_does_not_supersede(store: RegisterStore, check: Check) -> None:
    deliver(store, check, "A-1,corporate,1,2024-03-01,2024-04-02,upheld\n", LATER)
    deliver(store, check, "A-1,corporate,1,2024-03-01,,\n", EARLIER)
    assert store.rows("case_stages", current=True).to_pandas()["closed_date"].tolist() == ["2024-04-02"]


def test_an_extract_that_covers_everything_drops_what_it_does_not_hold(store: RegisterStore, check: Check) -> None:
    deliver(store, check, "A-1,corporate,1,2024-03-01,,\nA-2,corporate,1,2024-03-01,,\n", EARLIER)
    deliver(store, check, "A-1,corporate,1,2024-03-01,,\n", LATER, covers="everything")
    assert store.rows("case_stages", current=True).num_rows == 1
    assert store.rows("case_stages").num_rows == 3


def current(store: RegisterStore) -> list[tuple[str, str | None]]:
    rows = store.rows("case_stages", current=True).to_pylist()
    return sorted((row["requested_date"], row["closed_date"]) for row in rows)


def test_of_two_extracts_of_everything_on_one_day_the_one_delivered_last_stands(
    store: RegisterStore, check: Check
) -> None:
    first, second = "A-1,corporate,1,2024-03-01,,\n", "B-1,corporate,1,2024-03-04,,\n"
    for rows, day in ((first, "2024-03-01"), (second, "2024-03-04"), (first, "2024-03-01")):
        delivery = store.deliver(check(HEADER + rows, as_at=EARLIER, covers="everything"))
        assert delivery.is_new
        assert current(store) == [(day, None)]


@pytest.mark.parametrize(
    "bad",
    [
        "A-1,corporate,1,2024-03-01,31/02/2024,\n",
        "A-1,corporate,one,2024-03-01,,\n",
        "A-1,,1,2024-03-01,,\n",
        "A-1,corporate,1,2024-03-01,,\nA-1,corporate,1,2024-03-01,,\n",
        ",corporate,1,2024-03-01,,\n",
        "A-1,corporate,1,2024-03-01\n",
    ],
)
def test_a_row_set_aside_of_an_extract_of_everything_leaves_the_version_that_we_had(
    store: RegisterStore, check: Check, bad: str
) -> None:
    had = ("2024-03-01", "2024-03-15")
    deliver(store, check, "A-1,corporate,1,2024-03-01,2024-03-15,upheld\nA-2,corporate,1,2024-03-02,,\n", EARLIER)
    good = "".join(f"B-{row},corporate,1,2024-04-01,,\n" for row in range(3))
    deliver(store, check, good + bad, LATER, covers="everything")
    assert had in current(store)


def test_a_row_set_aside_keeps_its_own_version_and_no_other(store: RegisterStore, check: Check) -> None:
    deliver(store, check, "A-1,corporate,1,2024-03-01,,\nA-2,corporate,1,2024-03-02,,\n", EARLIER)
    good = "A-1,corporate,2,2024-04-01,,\nB-1,corporate,1,2024-04-01,,\n"
    shown = deliver(store, check, good + "A-1,corporate,1,2024-13-01,,\n", LATER, covers="everything")
    assert current(store) == [("2024-03-01", None), ("2024-04-01", None), ("2024-04-01", None)]
    assert shown.endswith("1 known before and not delivered now, 1 set aside now and kept as before")


def test_deliveries_are_listed_with_what_each_changed_and_can_be_taken_back(store: RegisterStore, check: Check) -> None:
    deliver(store, check, "A-1,corporate,1,2024-03-01,,\n", EARLIER)
    deliver(store, check, "A-1,corporate,1,2024-03-01,2024-04-02,upheld\nA-2,corporate,1,2024-04-01,,\n", LATER)
    (_, first), (about, second) = store.history(GSS_CODE)
    assert (first.added, second.added, second.changed) == (1, 1, 1)
    store.withdraw(GSS_CODE, about["extract_id"])
    assert current(store) == [("2024-03-01", None)]
    assert len(store.history(GSS_CODE)) == store.extracts().num_rows == 1
    with pytest.raises(KeyError):
        store.withdraw(GSS_CODE, about["extract_id"])


def test_rows_problems_and_extracts_hold_text_and_no_values_of_bad_cells(store: RegisterStore, check: Check) -> None:
    deliver(store, check, "A-1,corporate,1,2024-03-01,,\nA-2,corporate,1,2024-03-01,31/02/2024,\n", EARLIER)
    extract = store.extracts().to_pylist()[0]
    assert (extract["rows_read"], extract["rows_accepted"], extract["rows_quarantined"]) == ("2", "1", "1")
    problem = store.problems().to_pylist()[0]
    assert (problem["row_number"], problem["column_name"], problem["rule"]) == (
        "3",
        "closed_date",
        "not_as_expected",
    )
    assert "31/02/2024" not in str(store.problems().to_pydict())
    row = store.rows("case_stages").to_pylist()[0]
    assert (row["gss_code"], row["as_at"], row["row_number"]) == (GSS_CODE, "2024-03-31", "2")


def test_an_empty_store_has_relations_without_rows(store: RegisterStore) -> None:
    assert store.rows("case_stages").num_rows == store.extracts().num_rows == store.problems().num_rows == 0
    assert "case_reference" in store.rows("case_stages", current=True).column_names


def test_a_version_kept_for_a_row_set_aside_goes_with_the_delivery_that_it_came_from(
    store: RegisterStore, check: Check
) -> None:
    first = "A-1,corporate,1,2024-03-01,,\nA-2,corporate,1,2024-03-04,,\n"
    bad = "A-1,corporate,1,2024-13-01,,\nA-2,corporate,1,2024-03-05,,\n"
    deliver(store, check, first, EARLIER, covers="everything")
    deliver(store, check, bad, LATER, covers="everything")
    rows = store.rows("case_stages", current=True)
    assert sorted(rows["requested_date"].to_pylist()) == ["2024-03-01", "2024-03-05"]
    store.withdraw(GSS_CODE, store.extracts()["extract_id"][0].as_py())
    assert store.rows("case_stages", current=True)["requested_date"].to_pylist() == ["2024-03-05"]
    # an earlier extract that is sent late gives the version that stays
    deliver(store, check, first, EARLIER, covers="everything")
    assert store.rows("case_stages", current=True).num_rows == 2


def test_a_refused_delivery_is_not_kept(store: RegisterStore, check: Check) -> None:
    with pytest.raises(ValueError, match="refused"):
        store.deliver(check(b""))
    assert store.extracts().num_rows == 0


def test_an_interrupted_delivery_leaves_nothing_that_is_read(
    store: RegisterStore, check: Check, delivered: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = check(delivered)
    replace, calls = Path.replace, []

    def fail_on_rows(source: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 2:
            raise OSError("disk full")
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", fail_on_rows)
    with pytest.raises(OSError, match="disk full"):
        store.deliver(report)
    assert store.rows("case_stages").num_rows == store.extracts().num_rows == 0


def test_the_extract_is_kept_under_the_day_it_was_taken(
    store: RegisterStore, check: Check, delivered: pd.DataFrame
) -> None:
    identity = store.deliver(check(delivered)).extract_id
    assert (store.folder / GSS_CODE / "case_stages" / f"{AS_AT}_{identity}.parquet").exists()


def test_two_stages_of_one_row_are_two_rows_of_the_warehouse(store: RegisterStore, check: Check) -> None:
    wide = "Ref,Type,One,One end,Two,Two end\nA-1,corporate,2024-03-01,2024-03-08,2024-03-11,2024-03-20\n"
    store.deliver(
        check(
            wide,
            row="case",
            columns={"case_reference": "Ref", "procedure": "Type"},
            stages={
                "1": {"requested_date": "One", "closed_date": "One end"},
                "2": {"requested_date": "Two", "closed_date": "Two end"},
            },
        )
    )
    key = read_contract(EXPECTATIONS / "raw" / "register_case_stages.yml").key
    rows = store.rows("case_stages").to_pandas()
    assert len(rows) == 2 and not rows.duplicated(list(key)).any()


def test_a_sign_off_is_told_what_was_loaded_and_taken_back_since(
    store: RegisterStore, check: Check, delivered: pd.DataFrame, shipped_settings: Settings, tmp_path: Path
) -> None:
    settings = shipped_settings.model_copy(update={"state": tmp_path})
    council = Council(GSS_CODE, "exampleshire", "Exampleshire County Council", "Exampleshire", "county")
    first = store.deliver(check(delivered[:200], as_at=EARLIER))
    with duckdb.connect(str(tmp_path / WAREHOUSE_FILE)) as connection:
        connection.execute(
            "create schema raw; create table raw.plan_deliveries (plan_id text, as_at text, gss_code text)"
        )
        load_other(connection, store, "raw.register_extracts")

    def waiting() -> list[str]:
        with duckdb.connect(str(tmp_path / WAREHOUSE_FILE), read_only=True) as connection:
            return not_yet_published(connection, settings, council)

    assert waiting() == []
    store.deliver(check(delivered, as_at=LATER))
    assert waiting() == ["case stages as at 2024-04-30"]
    store.withdraw(GSS_CODE, first.extract_id)
    assert waiting()[1:] == ["case stages as at 2024-03-31 was taken back"]
