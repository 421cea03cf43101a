"""Files saved by hand: read like any other, with a word on each."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assets.ombudsman.archive import Captures
from assets.ombudsman.archive_rows import archive_rows, unreadable_captures
from assets.ombudsman.importing import import_files
from tests.standin.figures import figures_of, generation_of, read_rows
from tests.standin.pages import blocks_of, empty_page_blocks, render
from tests.standin.tables import (
    COMPLIANCE_HEADINGS,
    ILLUSTRATIVE_COMPLIANCE,
    ILLUSTRATIVE_RECEIVED,
    RECEIVED_HEADINGS,
    as_csv,
    with_furniture,
)

CASES = Path(__file__).resolve().parents[1] / "cases" / "workbooks"

KENT = next(row for row in read_rows() if row["slug"] == "kent-county-council" and row["period_start"] == "2023-04-01")
PAGE = render(blocks_of(KENT, generation_of(KENT)))
ADDRESS = "https://www.lgo.org.uk/your-councils-performance/kent-county-council/statistics"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    folder = tmp_path / "saved"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    "mark",
    [
        f"<!-- saved from url=(0077){ADDRESS} -->",
        f'<link rel="canonical" href="{ADDRESS}">',
        f'<meta property="og:url" content="{ADDRESS}">',
    ],
)
def test_a_saved_page_is_known_by_the_address_it_carries(mark: str, saved: Path, captures: Captures) -> None:
    (saved / "page.html").write_text(PAGE.replace("<head>", f"<head>{mark}"), encoding="utf-8")
    (report,) = import_files([saved], captures)
    assert (report.address, report.is_kept, report.problem) == (ADDRESS, True, None)
    rows = archive_rows(captures)["captured_pages"]
    assert {row["measure"]: row["value_text"] for row in rows} == figures_of(KENT)
    assert {row["council_slug"] for row in rows} == {"kent-county-council"}


def test_a_saved_page_without_an_address_is_known_by_its_council(saved: Path, captures: Captures) -> None:
    (saved / "page.htm").write_text(PAGE, encoding="utf-8")
    (report,) = import_files([saved], captures, slug_of={"Kent County Council": "kent-county-council"}.get)
    assert report.address == ADDRESS


def test_a_saved_page_of_nobody_known_is_not_kept(saved: Path, captures: Captures) -> None:
    (saved / "page.html").write_text(PAGE, encoding="utf-8")
    (report,) = import_files([saved], captures)
    assert "no council is known as 'Kent County Council'" in str(report.problem)
    assert captures.addresses() == []


def test_an_address_of_another_site_is_not_believed(saved: Path, captures: Captures) -> None:
    elsewhere = ADDRESS.replace("www.lgo.org.uk", "example.org")
    (saved / "page.html").write_text(PAGE.replace("<head>", f"<head><link rel=canonical href={elsewhere}>"))
    (report,) = import_files([saved], captures)
    assert report.problem


def test_a_dry_run_says_the_same_and_keeps_nothing(saved: Path, captures: Captures) -> None:
    (saved / "page.html").write_text(PAGE.replace("<head>", f"<!-- saved from url=(0077){ADDRESS} --><head>"))
    (report,) = import_files([saved], captures, dry_run=True)
    assert report.figures == len(figures_of(KENT))
    assert report.sentence().endswith("(dry run: not kept)")
    assert captures.addresses() == []


def test_a_saved_table_is_read(saved: Path, captures: Captures) -> None:
    cells = with_furniture("Complaints received 2023-24", RECEIVED_HEADINGS, ILLUSTRATIVE_RECEIVED)
    (saved / "Received (1).csv").write_bytes(as_csv(cells, "utf-8-sig"))
    (report,) = import_files([saved], captures)
    assert report.figures == 30
    rows = archive_rows(captures)["captured_tables"]
    assert len(rows) == 30
    assert rows[0]["address"] == "https://www.lgo.org.uk/assets/attach/imported/Received%20%281%29.csv"


def test_a_table_that_is_not_understood_says_why_and_is_not_kept(saved: Path, captures: Captures) -> None:
    (saved / "minutes.csv").write_text("Item,Decision\n1,Agreed\n")
    (report,) = import_files([saved], captures)
    assert "no row of headings" in str(report.problem)
    assert captures.addresses() == []


def test_a_capture_that_breaks_its_reader_is_set_aside_with_its_reason_and_the_rest_is_read(
    captures: Captures,
) -> None:
    site = "https://www.lgo.org.uk/assets/attach/1"
    captures.keep(f"{site}/a-far-2023-24.xlsx", (CASES / "far_attr.xlsx").read_bytes())
    captures.keep(f"{site}/b-decided-2023-24.xlsx", (CASES / "tab_control.xlsx").read_bytes())
    rows = archive_rows(captures)
    assert len(rows["captured_tables"]) == 16
    (reason,) = rows["captured_quarantine"]
    assert reason["reason"] == "unread table" and "row 1,048,576" in str(reason["text"])
    assert [row["address"] for row in unreadable_captures(captures)] == [f"{site}/a-far-2023-24.xlsx"]


def test_an_old_workbook_is_taken_in(saved: Path, captures: Captures) -> None:
    (report,) = import_files([CASES / "tab_old.xls"], captures)
    assert report.is_kept and len(archive_rows(captures)["captured_tables"]) == report.figures > 16


def test_a_column_that_is_not_read_comes_with_the_command_that_accepts_it(saved: Path, captures: Captures) -> None:
    cells = [
        ["Compliance outcomes recorded" if cell == COMPLIANCE_HEADINGS[1] else cell for cell in row]
        for row in with_furniture("Compliance 2023-24", COMPLIANCE_HEADINGS, ILLUSTRATIVE_COMPLIANCE, total=False)
    ]
    table = saved / "compliance-23-24.csv"
    table.write_bytes(as_csv(cells))
    (report,) = import_files([table], captures)
    command = "benchmark accept-heading 'Compliance outcomes recorded' compliance_outcomes"
    assert command in report.sentence()
    captures.accept_heading("Compliance outcomes recorded", "compliance_outcomes")
    assert "compliance_outcomes" in {row["measure"] for row in archive_rows(captures)["captured_tables"]}


def test_an_empty_statistics_page_is_kept_and_said_to_be_empty(saved: Path, captures: Captures) -> None:
    page = render(empty_page_blocks("Kent County Council"))
    (saved / "page.html").write_text(page.replace("<head>", f"<!-- saved from url=(0077){ADDRESS} --><head>"))
    (report,) = import_files([saved], captures)
    assert report.is_kept
    assert report.doubts == ("no statistics: headings without figures",)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("page.mhtml", "HTML only"),
        ("letter.pdf", "PDF"),
        ("notes.txt", "neither"),
        ("other.html", "not a statistics page"),
        ("gone.html", "cannot be opened"),
    ],
)
def test_a_file_that_is_of_no_use_is_told_why(name: str, words: str, saved: Path, captures: Captures) -> None:
    if name != "gone.html":
        (saved / name).write_text("<p>Hello</p>")
    (report,) = import_files([saved / name], captures)
    assert words in str(report.problem)


def test_a_browsers_folder_of_pictures_and_scripts_is_left_alone(saved: Path, captures: Captures) -> None:
    (saved / "Kent_files").mkdir()
    (saved / "Kent_files" / "saved_resource.html").write_text("<p>advert</p>")
    (report,) = import_files([saved], captures)
    assert report.problem == "there is no file in this folder"


def test_an_older_page_imported_late_does_not_become_the_newest(saved: Path, captures: Captures) -> None:
    captures.keep(ADDRESS, b"newer", when=datetime(2025, 7, 1, tzinfo=UTC))
    (saved / "page.html").write_text(PAGE.replace("<head>", f"<!-- saved from url=(0077){ADDRESS} --><head>"))
    import_files([saved], captures, saved_at=datetime(2024, 8, 1, tzinfo=UTC))
    newest = captures.latest(ADDRESS)
    assert newest is not None
    assert captures.read(newest.sha256) == b"newer"


TABLE = as_csv(with_furniture("Complaints received 2023-24", RECEIVED_HEADINGS, ILLUSTRATIVE_RECEIVED), "utf-8-sig")


@pytest.mark.parametrize("kind", ["link", "link to a folder", "pipe", "endless", "device"])
def test_what_is_no_file_of_the_folder_is_named_and_neither_followed_nor_waited_for(
    kind: str, saved: Path, tmp_path: Path, captures: Captures
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "received.csv").write_bytes(TABLE)
    odd = saved / "odd.csv"
    if kind == "link":
        odd.symlink_to(outside / "received.csv")
    elif kind == "link to a folder":
        odd.symlink_to(outside)
    elif kind == "pipe":
        os.mkfifo(odd)
    else:
        odd.symlink_to("/dev/zero" if kind == "endless" else "/dev/tty")
    (saved / "received.csv").write_bytes(TABLE)
    reports = {report.path.name: report for report in import_files([saved], captures)}
    assert set(reports) == {"odd.csv", "received.csv"}
    assert "link" in str(reports["odd.csv"].problem) or "ordinary" in str(reports["odd.csv"].problem)
    assert reports["received.csv"].is_kept


def test_a_link_that_somebody_named_is_followed_to_a_file_and_to_nothing_else(saved: Path, captures: Captures) -> None:
    (saved / "received.csv").write_bytes(TABLE)
    (saved / "named 2023-24.csv").symlink_to(saved / "received.csv")
    (saved / "endless.csv").symlink_to("/dev/zero")
    good, endless = import_files([saved / "named 2023-24.csv", saved / "endless.csv"], captures)
    assert good.is_kept
    assert endless.problem == "it is not an ordinary file"


def test_a_file_larger_than_may_be_is_not_read_whole(saved: Path, captures: Captures) -> None:
    with (saved / "large.csv").open("wb") as file:
        file.truncate(10_000_000_000)
    (report,) = import_files([saved], captures)
    assert "larger than" in str(report.problem)
