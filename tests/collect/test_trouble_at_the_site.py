"""A publication day on which the site fails, once in every way that it can: nothing that was held is lost, and the next
round brings what this one could not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from assets.ombudsman.archive import Captures
from assets.ombudsman.archive_rows import archive_rows
from assets.ombudsman.client import Client
from assets.ombudsman.collect import LANDING_PAGE, collect
from tests.collect.conftest import IN_A_HURRY
from tests.standin.figures import figures_of
from tests.standin.site import FAULTS, StandIn

KENT, LEEDS, ESSEX = "kent-county-council", "leeds-city-council", "essex-county-council"
SLUGS = [LEEDS, KENT, ESSEX]
PAGE = f"/your-councils-performance/{KENT}/statistics"
OVERCOME = {"redirect", "cookie"}
NOT_UNDERSTOOD = {"empty-shell"}
ENDS_THE_ROUND = {"429", "429-long"}


@pytest.fixture
def client(site: StandIn, captures: Captures) -> Iterator[Client]:
    in_a_hurry = replace(IN_A_HURRY, read_timeout=1, total_timeout=3, largest_body=1_000_000, longest_wait=0.1)
    with Client(site.address, captures, in_a_hurry) as polite:
        yield polite
    site.robots = "User-agent: *\nDisallow: /search\n"


def figures(captures: Captures, site: StandIn, slug: str, year: int, **when: datetime) -> dict[str | None, str | None]:
    return {
        row["measure"]: row["value_text"]
        for row in archive_rows(captures, site.address, **when)["captured_pages"]
        if row["council_slug"] == slug and str(row["period_start"]).startswith(str(year))
    }


def shown(site: StandIn, slug: str) -> dict[str, str]:
    newest = site.newest(slug)
    assert newest is not None
    return figures_of(newest)


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_one_page_that_fails_costs_nothing_that_was_held_and_comes_with_the_next_round(
    fault: str, client: Client, captures: Captures, site: StandIn
) -> None:
    assert not collect(client, SLUGS).failed
    held = {slug: figures(captures, site, slug, 2023) for slug in SLUGS}
    site.publish(2024)
    site.fault(PAGE, fault, times=1 if fault == "redirect" else 1_000_000)

    report = collect(client, SLUGS)
    assert bool(report.failed) == (fault not in OVERCOME | NOT_UNDERSTOOD), report.sentences()
    assert bool(report.doubtful) == (fault in NOT_UNDERSTOOD)
    assert set(report.failed) | set(report.doubtful) <= {KENT}
    assert report.not_tried == ((ESSEX,) if fault in ENDS_THE_ROUND else ())
    assert {slug: figures(captures, site, slug, 2023) for slug in SLUGS} == held
    assert figures(captures, site, LEEDS, 2024) == shown(site, LEEDS)
    assert figures(captures, site, KENT, 2024) == (shown(site, KENT) if fault in OVERCOME else {})

    site.faults.clear()
    assert not collect(client, SLUGS).failed
    for slug in SLUGS:
        assert figures(captures, site, slug, 2024) == shown(site, slug)
        assert figures(captures, site, slug, 2023) == held[slug]
    assert captures.verify() == []


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_site_that_fails_everywhere_costs_nothing_that_was_held(
    fault: str, client: Client, captures: Captures, site: StandIn
) -> None:
    collect(client, [KENT])
    rows = archive_rows(captures, site.address)
    site.fault("*", fault)
    report = collect(client, [KENT])
    # a redirect that is there every time leads nowhere
    assert (LANDING_PAGE in report.failed) == (fault not in {"cookie"} | NOT_UNDERSTOOD)
    after = archive_rows(captures, site.address)
    assert after["captured_pages"] == rows["captured_pages"]
    assert after["captured_tables"] == rows["captured_tables"]
    assert captures.verify() == []


def test_a_site_that_disallows_everything_is_left_alone_and_nothing_is_lost(
    client: Client, captures: Captures, site: StandIn
) -> None:
    collect(client, SLUGS)
    rows = archive_rows(captures, site.address)
    site.robots = "User-agent: *\nDisallow: /\n"
    site.requests.clear()
    with Client(site.address, captures, IN_A_HURRY) as another:
        report = collect(another, SLUGS)
    assert len(report.failed) >= len(SLUGS)
    assert {request.path for request in site.requests} == {"/robots.txt"}
    assert archive_rows(captures, site.address) == rows
