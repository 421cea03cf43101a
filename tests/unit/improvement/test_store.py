"""Plans, replies and sign-offs are kept once, superseded by later ones, and never lost to a bad file."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

from assets.improvement.plan import PlanReport, check_plan
from assets.improvement.store import Reply, SignOff, UndertakingStore

Plan = Callable[..., PlanReport]
COUNCIL = "X99999901"
ACTION = {
    "id": "A1", "objective": "Faster appointments", "action": "Contract a pool", "owner_role": "Complaints manager",
    "start": "2026-01-05", "due": "2026-06-30", "status": "in_progress",
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> UndertakingStore:
    store = UndertakingStore(tmp_path / "undertakings")
    store.folder.mkdir()
    return store


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    def written(as_at: str, **changed: str) -> PlanReport:
        done = {"finished": "2026-06-01"} if changed.get("status") == "done" else {}
        path = tmp_path / "plan.yml"
        path.write_text(yaml.safe_dump({"as_at": as_at, "actions": [{**ACTION, **changed, **done}]}))
        return check_plan(path, {})

    return written


def test_the_same_plan_is_kept_once(store: UndertakingStore, plan: Plan) -> None:
    first, again = (store.keep_plan(plan("2026-09-30"), COUNCIL) for _ in range(2))
    assert (first.is_new, again.is_new) == (True, False)
    assert len(store.plans()) == 1


def test_plans_are_listed_with_what_each_changed_and_can_be_taken_back(store: UndertakingStore, plan: Plan) -> None:
    for report in (plan("2026-09-30"), plan("2026-12-31", status="done")):
        assert store.compare_plan(report, COUNCIL) == store.keep_plan(report, COUNCIL).difference
    (_, first), (about, second) = store.history(COUNCIL)
    assert (first.added, second.changed) == (1, 1)
    assert second.changed_columns == {"status": 1, "finished": 1}
    assert [each["is_current"] for each in store.plans()] == [False, True]
    store.withdraw(COUNCIL, about["extract_id"])
    assert [each["as_at"] for each in store.plans() if each["is_current"]] == ["2026-09-30"]
    with pytest.raises(KeyError):
        store.withdraw(COUNCIL, about["extract_id"])


def test_an_earlier_plan_sent_late_replaces_nothing(store: UndertakingStore, plan: Plan) -> None:
    store.keep_plan(plan("2026-12-31"), COUNCIL)
    assert store.keep_plan(plan("2026-09-30", status="done"), COUNCIL).is_new
    current = store.current_plan(COUNCIL)
    assert current is not None and current["as_at"] == "2026-12-31"


def test_a_correction_of_the_same_day_can_be_taken_back(store: UndertakingStore, plan: Plan) -> None:
    for status in ("in_progress", "done", "in_progress"):
        store.keep_plan(plan("2026-09-30", status=status), COUNCIL)
    current = store.current_plan(COUNCIL)
    assert current is not None and current["rows"]["actions"][0]["status"] == "in_progress"
    assert len(store.plans()) == 2


def test_each_council_has_a_current_plan_of_its_own(store: UndertakingStore, plan: Plan) -> None:
    for code in (COUNCIL, "X99999902"):
        store.keep_plan(plan("2026-09-30"), code)
    assert [one["is_current"] for one in store.plans()] == [True, True]
    assert store.councils() == [COUNCIL, "X99999902"]


def test_a_refused_plan_never_replaces_a_good_one(store: UndertakingStore, plan: Plan) -> None:
    store.keep_plan(plan("2026-09-30"), COUNCIL)
    with pytest.raises(ValueError, match="refused"):
        store.keep_plan(plan("2026-12-31", status="nearly"), COUNCIL)
    assert [one["as_at"] for one in store.plans()] == ["2026-09-30"]


def test_nothing_is_written_outside_the_folder_of_a_council(store: UndertakingStore, plan: Plan) -> None:
    with pytest.raises(ValueError, match="not a council's code"):
        store.keep_plan(plan("2026-09-30"), "../elsewhere")


def reply(text: str = "Eleven cases were of one family.") -> Reply:
    return Reply("uphold_rate", "2023-24", text, "complaints manager", "2026-11-23", "23 of 26, printed 88")


def test_a_reply_stands_until_it_is_withdrawn_and_is_kept_even_then(store: UndertakingStore) -> None:
    assert (store.keep_reply(reply(), COUNCIL), store.keep_reply(reply(), COUNCIL)) == (True, False)
    store.withdraw_reply(reply().reply_id, COUNCIL, date(2026, 12, 1))
    assert [one.withdrawn for one in store.replies(COUNCIL)] == ["2026-12-01"]
    with pytest.raises(KeyError):
        store.withdraw_reply(reply().reply_id, COUNCIL, date(2026, 12, 2))


def test_two_replies_to_one_figure_stand_beside_each_other(store: UndertakingStore) -> None:
    for text in ("One.", "Two."):
        store.keep_reply(reply(text), COUNCIL)
    assert {one.text for one in store.replies(COUNCIL)} == {"One.", "Two."}


def signed(state: str, publication: str = "2024-25-0123456789", role: str = "complaints manager") -> SignOff:
    return SignOff(publication, state, role, "2026-11-23")  # type: ignore[arg-type]


def test_what_nobody_has_signed_is_no_more_than_a_draft(store: UndertakingStore) -> None:
    store.sign_off(signed("checked"), COUNCIL)
    assert store.signed("2024-25-another", COUNCIL) is None
    assert store.signed("2024-25-0123456789", "X99999902") is None


def test_a_draft_is_checked_before_it_is_approved(store: UndertakingStore) -> None:
    with pytest.raises(ValueError, match="checked before"):
        store.sign_off(signed("approved"), COUNCIL)
    store.sign_off(signed("checked"), COUNCIL)
    store.sign_off(signed("approved", role="director"), COUNCIL)
    latest = store.signed("2024-25-0123456789", COUNCIL)
    assert latest is not None and (latest.state, latest.role) == ("approved", "director")


def test_a_sign_off_can_be_taken_back_and_must_then_be_checked_anew(store: UndertakingStore) -> None:
    for state in ("checked", "draft"):
        store.sign_off(signed(state), COUNCIL)
    with pytest.raises(ValueError, match="checked before"):
        store.sign_off(signed("approved"), COUNCIL)


@pytest.mark.parametrize("role", ["complaints manager", "Complaints  Manager", "complaints-manager "])
def test_the_role_that_checked_cannot_approve(store: UndertakingStore, role: str) -> None:
    store.sign_off(signed("checked", role="director"), COUNCIL)
    store.sign_off(signed("checked"), COUNCIL)
    with pytest.raises(ValueError, match="cannot approve it too"):
        store.sign_off(signed("approved", role=role), COUNCIL)
    latest = store.signed("2024-25-0123456789", COUNCIL)
    assert latest is not None and latest.state == "checked"


def test_each_sign_off_marks_an_edition_of_its_own_and_a_draft_none() -> None:
    marks = {signed(state, role=role).mark for state in ("checked", "approved") for role in ("one", "two")}
    assert len(marks) == 4
    assert signed("draft").mark == ""
