"""A plan, a reply and a sign-off on the invented world: taken in by the commands and shown on the pages."""

from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from assets.improvement.assets import OUTLOOK, PROGRESS, RAW
from assets.improvement.template import ILLUSTRATIVE
from assets.publication import publishing
from assets.publication.assets import WORKBOOK_FILE
from tests.graph.conftest import GoodRun
from tests.graph.world import SUBJECT, World

MANAGER = ("--council", SUBJECT, "--role", "complaints manager")
DIRECTOR = ("--council", SUBJECT, "--role", "director of resources")
FIGURE = ("uphold_rate", "2023-24")
SAID = "We have <b>looked</b> at each of these cases."
UNDERTAKEN = (
    *RAW,
    "staging.plan_deliveries",
    "staging.plan_actions",
    "staging.plan_targets",
    "staging.plan_resolutions",
    "staging.plan_measures",
    "staging.replies",
    "core.action_states",
    "marts.plans",
    "marts.measure_quarters",
    "marts.resolution_progress",
    "marts.replies",
    PROGRESS,
    OUTLOOK,
)


def edition(world: World) -> str:
    return publishing.current(world.settings.output / SUBJECT)


def page(world: World, name: str = "index.html") -> str:
    return (world.settings.output / SUBJECT / publishing.FOLDER / edition(world) / name).read_text("utf-8")


def workbook_state(path: Path) -> str:
    """What the notes of a workbook say of its sign-off."""
    notes = openpyxl.load_workbook(path, read_only=True)["Notes"].iter_rows(values_only=True)
    return next(str(meaning) for term, meaning in notes if term == "State")


def test_a_plan_is_checked_kept_and_judged_and_a_bad_one_does_not_replace_it(world: World, tmp_path: Path) -> None:
    checked = world.command("check-plan", str(ILLUSTRATIVE), "--council", SUBJECT, "--load")
    assert checked.status == 0, checked.printed
    bad = tmp_path / "bad.yml"
    bad.write_text("as_at: 2026-12-31\nactions:\n  - id: [\n", encoding="utf-8")
    refused = world.command("check-plan", str(bad), "--council", SUBJECT, "--load")
    assert refused.status == 1
    assert "bad.yml, line 4" in refused.printed and "stands" in refused.printed
    run = world.run(*UNDERTAKEN)
    assert (run.status, run.errors) == (0, "")
    states = dict(warehouse_rows(world, "select action_id, state from marts.plan_progress"))
    assert (states["A1"], states["A3"], states["A9"]) == ("done", "late", "not_started")
    assert {row[0] for row in warehouse_rows(world, "select moved from marts.plan_progress")} == {"no_data"}


def warehouse_rows(world: World, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query on the warehouse that runs build, which holds what is not for every reader too."""
    with duckdb.connect(str(world.settings.state / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_reply_is_shown_beside_its_figure_as_text_until_it_is_withdrawn(world: World) -> None:
    kept = world.command("reply", *FIGURE, *MANAGER, "--text", SAID)
    assert kept.status == 0, kept.printed
    assert world.run(*UNDERTAKEN).errors == ""
    shown = page(world, "indicator/uphold_rate.html")
    assert "We have &lt;b&gt;looked&lt;/b&gt; at each of these cases." in shown
    assert "no longer the one replied to" not in shown
    number = kept.printed.split()[1]
    assert world.command("reply", "--council", SUBJECT, "--withdraw", number).status == 0
    assert world.command("reply", "--council", SUBJECT).printed == ""
    world.run(*UNDERTAKEN)
    assert "looked" not in page(world, "indicator/uphold_rate.html")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("uphold_rat", "2023-24", *MANAGER, "--text", "x"), "no indicator 'uphold_rat'"),
        (("uphold_rate", "1999-00", *MANAGER, "--text", "x"), "There are figures of"),
        ((*FIGURE, "--council", SUBJECT, "--role", "Jane Smith", "--text", "x"), "expected a role"),
        ((*FIGURE, *MANAGER, "--text", "Ask jane.smith@example.org"), "e-mail addresses"),
        ((*FIGURE, *MANAGER, "--text", ""), "at most 1,000 characters"),
        (("--council", SUBJECT, "--withdraw", "nothing"), "no reply 'nothing'"),
    ],
)
def test_a_reply_that_cannot_be_kept_says_what_was_expected(
    good_run: GoodRun, arguments: tuple[str, ...], said: str
) -> None:
    run = good_run.world.command("reply", *arguments)
    assert run.status == 2
    assert said in run.printed and "Jane" not in run.printed and "jane" not in run.printed


def test_a_sign_off_is_another_edition_of_the_same_publication_and_new_figures_make_it_a_draft_again(
    world: World,
) -> None:
    draft = edition(world)
    assert 'class="draft"' in page(world) and "Draft: not checked" in page(world)
    assert world.command("sign-off", "approved", *MANAGER).status == 2
    signed = world.command("sign-off", "checked", *MANAGER)
    assert signed.status == 0, signed.printed
    assert publishing.publication_of(edition(world)) == publishing.publication_of(draft)
    assert edition(world) != draft and publishing.verify(world.settings.output / SUBJECT) == {}
    for name in ("index.html", "indicator/uphold_rate.html", "about.html"):
        assert "by role: complaints manager" in page(world, name) and 'class="draft"' not in page(world, name)
    assert 'class="draft"' in (world.settings.output / SUBJECT / publishing.FOLDER / draft / "index.html").read_text(
        "utf-8"
    )
    books = [world.settings.output / SUBJECT / publishing.FOLDER / draft / "downloads" / WORKBOOK_FILE,
             world.settings.output / SUBJECT / WORKBOOK_FILE]  # fmt: skip
    assert workbook_state(books[0]) == "Draft: not checked and not approved."
    assert workbook_state(books[1]).startswith("Checked on ")
    checked = edition(world)
    world.run("marts.replies")
    assert edition(world) == checked
    world.command("reply", *FIGURE, *MANAGER, "--text", SAID)
    world.run(*UNDERTAKEN)
    assert "Draft: not checked" in page(world) and publishing.publication_of(edition(world)) != (
        publishing.publication_of(draft)
    )


def test_who_checked_cannot_approve_and_a_sign_off_taken_back_leads_to_the_draft_again(world: World) -> None:
    draft = edition(world)
    assert world.command("sign-off", "checked", *MANAGER).status == 0
    checked = edition(world)
    again = world.command("sign-off", "approved", "--council", SUBJECT, "--role", "Complaints  Manager")
    assert again.status == 2 and "cannot approve it too" in again.printed
    assert edition(world) == checked
    for state, role in (("approved", DIRECTOR), ("draft", MANAGER)):
        assert world.command("sign-off", state, *role).status == 0
    assert edition(world) == draft


def test_an_edition_that_was_altered_cannot_be_signed(world: World) -> None:
    pack = world.settings.output / SUBJECT / publishing.FOLDER / edition(world) / "panel-pack.html"
    pack.write_bytes(pack.read_bytes() + b"<p>12.3%</p>")
    signed = world.command("sign-off", "checked", *MANAGER)
    assert signed.status == 2 and "panel-pack.html was changed" in signed.printed


def test_what_is_older_than_a_plan_loaded_since_cannot_be_signed(world: World) -> None:
    draft = edition(world)
    assert world.command("check-plan", str(ILLUSTRATIVE), "--council", SUBJECT, "--load").status == 0
    signed = world.command("sign-off", "checked", *MANAGER)
    assert signed.status == 2 and "the improvement plan as at" in signed.printed
    assert edition(world) == draft


def test_what_is_not_published_cannot_be_signed(good_run: GoodRun) -> None:
    run = good_run.world.command("sign-off", "checked", "--council", "Sampleshire", "--role", "complaints manager")
    assert run.status == 2
    assert "Nothing is published" in run.printed
