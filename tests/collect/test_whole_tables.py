"""The whole tables: one round brings every authority its rows of twelve years in every layout."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.ombudsman.archive import Captures
from assets.ombudsman.archive_rows import Rows, archive_rows
from assets.ombudsman.client import Client
from assets.ombudsman.collect import collect
from tests.collect.conftest import IN_A_HURRY
from tests.standin.site import StandIn
from tests.worlds.generated import Generated, whole_tables

WORLD = whole_tables()


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    captures = Captures(Path(tmp_path_factory.mktemp("whole")) / "captures")
    with StandIn(whole_tables=WORLD.tables()) as site, Client(site.address, captures, IN_A_HURRY) as client:
        assert not collect(client, []).failed
        yield archive_rows(captures, site.address)


def said_by(world: Generated) -> set[tuple[str, str, str]]:
    layouts = {"dealt with": "dealt_with"}
    return {(body, f"{year}-04-01", layouts.get(layout, layout)) for body, year, layout in world.says}


def test_every_authority_has_its_rows_of_every_year_and_layout(collected: Rows) -> None:
    found = {(row["authority"], row["period_start"], row["layout"]) for row in collected["captured_tables"]}
    assert len(WORLD.bodies()) == 333
    assert len(WORLD.years) == 12
    assert found == said_by(WORLD)


def test_nothing_of_the_tables_is_set_aside_but_what_disagrees(collected: Rows) -> None:
    assert {str(row["reason"]).partition(":")[0] for row in collected["captured_quarantine"]} <= {
        "missing column",
        "figures disagree, kept as printed",
    }


def test_authorities_that_are_no_councils_are_known_as_such(collected: Rows) -> None:
    others = {row["authority"] for row in collected["captured_tables"] if row["is_council"] == "false"}
    assert others == set(WORLD.others)
