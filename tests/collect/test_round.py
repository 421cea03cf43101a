"""Whole rounds against the stand-in site, from its pages to raw rows."""

from datetime import datetime

import pytest

from assets.ombudsman.archive import Captures
from assets.ombudsman.archive_rows import archive_rows
from assets.ombudsman.client import Client
from assets.ombudsman.collect import LANDING_PAGE, collect, collect_decisions, notice
from assets.ombudsman.decisions import EmptyShell
from assets.ombudsman.places import statistics_address, table_links, tables_address
from tests.sql.harness import contract_of
from tests.standin.figures import figures_of
from tests.standin.site import STATISTICS, StandIn

SLUGS = ["kent-county-council", "west-northamptonshire-council", "essex-county-council", "leeds-city-council"]
KENT = "/your-councils-performance/kent-county-council/statistics"


def figures(captures: Captures, site: StandIn, slug: str, year: int) -> dict[str | None, str | None]:
    rows = archive_rows(captures, site.address)["captured_pages"]
    return {
        row["measure"]: row["value_text"]
        for row in rows
        if row["council_slug"] == slug and str(row["period_start"]).startswith(str(year))
    }


def test_a_round_brings_every_figure_the_site_shows(client: Client, captures: Captures, site: StandIn) -> None:
    slugs = sorted({row["slug"] for row in site.rows})
    report = collect(client, slugs)
    assert not report.failed
    rows = archive_rows(captures, site.address)["captured_pages"]
    brought = {(row["council_slug"], row["measure"]): row["value_text"] for row in rows}
    shown = {
        (slug, measure): value
        for slug in slugs
        if (newest := site.newest(slug))
        for measure, value in figures_of(newest).items()
    }
    assert brought == shown
    assert len(shown) > 600


def test_rows_have_the_promised_columns_and_nothing_but_text(client: Client, captures: Captures, site: StandIn) -> None:
    site.publish(2024)
    collect(client, SLUGS)
    rows = archive_rows(captures, site.address)
    for relation in ("captured_pages", "captured_tables", "captured_quarantine"):
        found = rows[relation]
        assert found
        for row in found:
            assert {"source_row", *row} == set(contract_of(f"raw.{relation}").columns)
            assert all(value is None or isinstance(value, str) for value in row.values())


def test_tables_are_found_from_the_landing_page_and_read(client: Client, captures: Captures, site: StandIn) -> None:
    site.publish(2024)
    report = collect(client, [])
    assert {site.address + path for path in site.table_links()} <= set(report.new)
    rows = archive_rows(captures, site.address)["captured_tables"]
    assert {row["layout"] for row in rows} == {"received", "decided", "dealt_with", "compliance"}
    kent = {row["measure"]: row["value_text"] for row in rows if row["authority"] == "Kent County Council"
            and row["period_start"] == "2024-04-01"}  # fmt: skip
    assert kent["dealt_with"] == "291"


LANDING = "https://www.lgo.org.uk/information-centre/reports/local-government-complaint-reviews"
TABLE = "https://www.lgo.org.uk/assets/1/decided-23-24.csv"


@pytest.mark.parametrize(
    ("base", "link"),
    [
        ("", "/assets/1/decided-23-24.csv"),
        ("<base href='/'>", "assets/1/decided-23-24.csv"),
        ("<base href='https://www.lgo.org.uk/assets/'>", "1/decided-23-24.csv"),
        ("<base target='_blank'><base href='/assets/1/'>", "decided-23-24.csv"),
        ("", "http://www.lgo.org.uk/assets/1/decided-23-24.csv"),
        ("", "http://www.lgo.org.uk:80/assets/1/decided-23-24.csv"),
        ("<base href='http://www.lgo.org.uk/'>", "assets/1/decided-23-24.csv"),
        ("", "//www.lgo.org.uk/assets/1/decided-23-24.csv#top"),
        ("<base href='http://['>", "/assets/1/decided-23-24.csv"),
    ],
)
def test_a_link_to_a_table_starts_from_the_pages_base_and_stays_on_https(base: str, link: str) -> None:
    page = f"<html><head>{base}</head><body><a href='http://['>x</a><a href='{link}'>Decided</a></body></html>"
    assert table_links(page.encode(), LANDING) == [TABLE]


def test_a_base_on_another_site_leads_to_no_table() -> None:
    page = "<head><base href='https://example.org/'></head><a href='assets/1/decided-23-24.csv'>Decided</a>"
    assert table_links(page.encode(), LANDING) == []


def test_an_unchanged_second_round_downloads_no_bodies(client: Client, site: StandIn) -> None:
    collect(client, SLUGS)
    site.requests.clear()
    report = collect(client, SLUGS)
    assert (report.new, len(report.unchanged)) == ((), 1 + 3 + len(SLUGS))
    assert site.bodies_sent() == 0
    assert {request.status for request in site.requests} == {304}


def test_the_same_archive_gives_the_same_rows(client: Client, captures: Captures, site: StandIn) -> None:
    collect(client, SLUGS)
    assert archive_rows(Captures(captures.folder), site.address) == archive_rows(captures, site.address)


def test_captures_of_another_site_are_not_the_ombudsmans(client: Client, captures: Captures, site: StandIn) -> None:
    collect(client, SLUGS)
    assert archive_rows(captures)["captured_pages"] == []


def test_one_failing_council_does_not_fail_the_round(client: Client, site: StandIn) -> None:
    site.fault(KENT, "500")
    report = collect(client, SLUGS)
    assert report.failed == {"kent-county-council": "the site failed (500)"}
    assert len(report.new) == 1 + 3 + len(SLUGS) - 1
    assert report.share_failed == 1 / 8
    assert report.is_good(0.2)
    assert not report.is_good(0.1)


def test_a_page_without_its_content_is_kept_and_said_not_to_be_understood(
    client: Client, captures: Captures, site: StandIn
) -> None:
    site.fault(KENT, "empty-shell")
    report = collect(client, SLUGS)
    assert report.doubtful == {"kent-county-council": "not a statistics page"}
    capture = captures.latest(statistics_address(site.address, "kent-county-council"))
    assert capture is not None
    assert b"<main></main>" in captures.read(capture.sha256)


def test_a_round_stops_when_the_site_asks_to_wait(client: Client, site: StandIn) -> None:
    site.fault(KENT, "429-long")
    report = collect(client, SLUGS)
    assert report.not_tried == tuple(SLUGS[1:])
    assert "asks to wait" in str(report.stopped_because)


def test_a_round_stops_when_everything_fails(client: Client, site: StandIn) -> None:
    site.fault("*", "500")
    report = collect(client, [f"council-{number}" for number in range(30)])
    assert len(report.failed) == 10
    assert len(report.not_tried) == 21


def test_an_interrupted_round_goes_on_where_it_stopped(client: Client, site: StandIn) -> None:
    def interrupt(done: int, total: int, name: str) -> None:
        if name == SLUGS[1]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collect(client, SLUGS, interrupt)
    site.requests.clear()
    report = collect(client, SLUGS)
    assert [one.path.split("/")[2] for one in site.requests if one.path.endswith(STATISTICS)] == SLUGS[2:]
    assert len(report.new) == 1 + 3 + len(SLUGS)


def test_what_failed_before_an_interruption_is_tried_again(client: Client, site: StandIn) -> None:
    site.fault(KENT, "429-long", times=1)
    assert "kent-county-council" in collect(client, SLUGS).failed
    report = collect(client, SLUGS)
    assert not report.failed
    assert "kent-county-council" in report.new


def test_a_state_that_cannot_be_read_starts_a_fresh_round(client: Client, captures: Captures, site: StandIn) -> None:
    collect(client, SLUGS)
    (captures.folder / "round.json").write_text('{"site": ')
    assert len(collect(client, SLUGS).unchanged) == 1 + 3 + len(SLUGS)


def test_progress_is_told_after_every_address(client: Client) -> None:
    told: list[tuple[int, int, str]] = []
    collect(client, SLUGS, lambda done, total, name: told.append((done, total, name)))
    assert told[0][2] == LANDING_PAGE
    assert told[-1] == (8, 8, SLUGS[-1])


def test_a_page_under_another_slug_is_found_and_remembered(client: Client, captures: Captures, site: StandIn) -> None:
    collect(client, ["telford-and-wrekin-council"])
    assert captures.latest(statistics_address(site.address, "telford-wrekin-council"))
    site.requests.clear()
    collect(client, ["telford-and-wrekin-council"])
    assert 404 not in {request.status for request in site.requests}


def test_a_restated_figure_is_a_second_version_and_both_are_kept(
    client: Client, captures: Captures, site: StandIn
) -> None:
    site.publish(2024)
    collect(client, SLUGS)
    site.restate("kent-county-council", "upheld", "64")
    collect(client, SLUGS)
    rows = archive_rows(captures, site.address)["captured_pages"]
    upheld = [
        row["value_text"] for row in rows if row["council_slug"] == "kent-county-council" and row["measure"] == "upheld"
    ]
    assert upheld == ["63", "64"]


def test_a_new_year_leaves_the_old_one_in_the_rows(client: Client, captures: Captures, site: StandIn) -> None:
    collect(client, SLUGS)
    site.publish(2024)
    collect(client, SLUGS)
    assert figures(captures, site, "kent-county-council", 2023)["investigated"] == "94"
    assert figures(captures, site, "kent-county-council", 2024)["investigated"] == "76"


def test_a_damaged_capture_is_a_row_of_the_quarantine(client: Client, captures: Captures, site: StandIn) -> None:
    collect(client, SLUGS)
    capture = captures.latest(statistics_address(site.address, "kent-county-council"))
    assert capture is not None
    next(captures.folder.glob(f"bodies/*/{capture.sha256}.gz")).write_bytes(b"")
    rows = archive_rows(captures, site.address)
    doubts = [row for row in rows["captured_quarantine"] if row["capture_sha256"] == capture.sha256]
    assert [row["reason"] for row in doubts] == ["unreadable capture"]
    assert figures(captures, site, "leeds-city-council", 2023)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/your-councils-performance/kent-county-council/statistics", b"<div>" * 20_000),
        ("/Decisions/SearchResults?page=1", b"<a>" * 20_000 + b"Your search has 1 results"),
        ("/assets/attach/1/Complaints-Decided-23-24.csv", b'"' * 200_000),
        ("/assets/attach/1/Complaints-Decided-23-24.xlsx", b"PK\x03\x04" + b"\xff" * 1_000),
    ],
)
def test_whatever_is_in_a_capture_it_costs_that_capture_alone(
    path: str, body: bytes, client: Client, captures: Captures, site: StandIn
) -> None:
    collect(client, ["leeds-city-council"])
    bad = captures.keep(site.address + path, body)
    rows = archive_rows(captures, site.address)
    assert [row["reason"] for row in rows["captured_quarantine"] if row["capture_sha256"] == bad.sha256]
    assert figures(captures, site, "leeds-city-council", 2023)


def test_a_reader_that_fails_in_a_way_nobody_thought_of_costs_one_capture(
    client: Client, captures: Captures, site: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect(client, SLUGS)
    captures.keep(f"{site.address}/Decisions/SearchResults?page=1", b"<p>Your search has 1 results</p>")

    def fail(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("assets.ombudsman.archive_rows.parse_decisions", fail)
    rows = archive_rows(captures, site.address)
    assert [row["text"] for row in rows["captured_quarantine"] if row["reason"] == "unreadable capture"] == [
        "RecursionError: too deep"
    ]
    assert rows["captured_pages"]


def test_a_damaged_landing_page_is_fetched_anew_and_stops_no_look(
    client: Client, captures: Captures, site: StandIn
) -> None:
    collect(client, SLUGS)
    landing = captures.latest(tables_address(site.address))
    assert landing is not None
    next(captures.folder.glob(f"bodies/*/{landing.sha256}.gz")).write_bytes(b"")
    site.fault("*", "500", times=20)
    assert notice(client).publication is None
    site.reset()
    assert LANDING_PAGE in collect(client, SLUGS).unchanged


def test_decisions_are_collected_from_every_page_of_a_search(client: Client, captures: Captures, site: StandIn) -> None:
    window = (datetime(2025, 5, 1).date(), datetime(2025, 5, 31).date())
    found = collect_decisions(client, "Kent County Council", *window)
    assert len({decision.reference for decision in found}) == 23
    assert len(archive_rows(captures, site.address)["captured_decisions"]) == 23


def test_a_search_that_says_it_finds_none_is_collected_as_none(
    client: Client, captures: Captures, site: StandIn
) -> None:
    window = (datetime(2024, 5, 1).date(), datetime(2024, 5, 31).date())
    assert collect_decisions(client, "Kent County Council", *window) == []
    assert [row["total"] for row in archive_rows(captures, site.address)["captured_searches"]] == ["0"]


def test_a_search_without_a_number_of_results_is_a_failure(client: Client) -> None:
    with pytest.raises(EmptyShell):
        collect_decisions(client, "No Such Council", datetime(2025, 5, 1).date(), datetime(2025, 5, 31).date())
