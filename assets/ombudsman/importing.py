"""By hand: pages and tables that an analyst saved from a browser, taken into the archive and read like any other."""

import os
import re
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from bs4 import BeautifulSoup, Comment

from assets.ombudsman.archive import Captures
from assets.ombudsman.parse_page import parse_page
from assets.ombudsman.parse_table import TableError, parse_table
from assets.ombudsman.places import TABLE_ENDINGS, is_on, place_of, statistics_address
from assets.ombudsman.source import load
from assets.ombudsman.text import MAX_BYTES, Quarantined, decode

_PAGES = (".html", ".htm", ".xhtml")
_OTHER_FORMATS = {
    ".mhtml": "a page saved as MHTML cannot be read: save it as 'Webpage, HTML only'",
    ".mht": "a page saved as MHTML cannot be read: save it as 'Webpage, HTML only'",
    ".webarchive": "a web archive cannot be read: save the page's source instead",
    ".pdf": "a PDF cannot be read: save the page, or the table as CSV or XLSX",
}
_KINDS = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_LARGEST = 25_000_000
_SAVED_FROM = re.compile(r"saved from url=\([0-9]+\)(\S+)")


@dataclass(frozen=True)
class FileReport:
    """What happened to one file: `address` it was taken to come from, how many figures were read, what was not
    understood, and, where it was not taken in at all, why."""

    path: Path
    address: str | None = None
    council_name: str | None = None
    period: str | None = None
    figures: int = 0
    doubts: tuple[str, ...] = ()
    is_kept: bool = False
    problem: str | None = None

    def sentence(self) -> str:
        """The report in one line."""
        if self.problem:
            return f"{self.path.name}: not read: {self.problem}"
        of = " ".join(part for part in (self.council_name, self.period) if part)
        doubts = f"; not understood: {'; '.join(self.doubts)}" if self.doubts else ""
        kept = "" if self.is_kept else " (dry run: not kept)"
        return f"{self.path.name}: {self.figures} figures of {of or 'nobody'}, as {self.address}{kept}{doubts}"


def import_files(
    paths: Iterable[Path],
    captures: Captures,
    *,
    dry_run: bool = False,
    slug_of: Callable[[str], str | None] = lambda name: None,
    saved_at: datetime | None = None,
) -> list[FileReport]:
    """Takes saved files, and those in folders, into the archive; one report each, in order of name. Links in a
    folder are not followed. A page's
    address is the one it carries (canonical link, or the browser's note of where it was saved from), else that of
    the council it names, whose page name `slug_of` gives. `saved_at` says when they were
    saved, where that matters to which of two figures is the newer; by default they count as of now."""
    reports = []
    for path in paths:
        reports += [
            _import_file(file, captures, dry_run, slug_of, saved_at, may_be_link) for file, may_be_link in _files(path)
        ] or [FileReport(path, problem="there is no file in this folder")]
    return reports


def _files(path: Path) -> list[tuple[Path, bool]]:
    """The file, or those in the folder; and whether it may be a link: only where somebody named it."""
    if not path.is_dir():
        return [(path, True)]
    found = []
    for folder, folders, files in os.walk(path):
        linked = [name for name in folders if Path(folder, name).is_symlink()]
        found += [Path(folder, name) for name in (*files, *linked) if not name.startswith(".")]
        # A browser saves a page's pictures and scripts in a folder beside it, which is none of the analyst's files.
        folders[:] = [name for name in folders if not name.startswith(".") and not name.endswith(("_files", ".files"))]
    return [(file, False) for file in sorted(found)]


def _bytes(path: Path, may_be_link: bool) -> bytes | str:
    """The bytes of a regular file, or why they are not read. Nothing is waited for, and no more is read than may be."""
    if path.is_symlink() and not may_be_link:
        return "it is a link, and no link in a folder is followed: import the file that it leads to"
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return "it is not an ordinary file"
            data = file.read(_LARGEST + 1)
    except OSError as error:
        return f"it cannot be opened: {error.strerror}"
    return f"it is larger than {_LARGEST:,} bytes" if len(data) > _LARGEST else data


def _import_file(
    path: Path,
    captures: Captures,
    dry_run: bool,
    slug_of: Callable[[str], str | None],
    saved_at: datetime | None,
    may_be_link: bool,
) -> FileReport:
    suffix = path.suffix.lower()
    if suffix in _OTHER_FORMATS:
        return FileReport(path, problem=_OTHER_FORMATS[suffix])
    if suffix not in _PAGES + TABLE_ENDINGS:
        return FileReport(path, problem="it is neither a page (HTML) nor a table (CSV, XLSX, XLS, ODS)")
    data = _bytes(path, may_be_link)
    if isinstance(data, str):
        return FileReport(path, problem=data)
    report = _read_page(path, data, slug_of) if suffix in _PAGES else _read_table(path, data, captures.headings())
    if report.problem or report.address is None or dry_run:
        return report
    captures.keep(report.address, data, when=saved_at, how="imported", headers={"content-type": _kind(suffix)})
    return FileReport(**{**report.__dict__, "is_kept": True})


def _kind(suffix: str) -> str:
    return "text/html" if suffix in _PAGES else _KINDS[suffix]


def _read_table(path: Path, data: bytes, headings: Mapping[str, str]) -> FileReport:
    """A table carries no address: it is kept under its file name, as the site's attachments are."""
    try:
        tables = parse_table(data, path.name, headings)
    except TableError as error:
        return FileReport(path, problem=str(error))
    return FileReport(
        path,
        address=f"{load().site}/assets/attach/imported/{quote(path.name)}",
        council_name=" and ".join(dict.fromkeys(f"'{table.layout}' table" for table in tables)),
        period=" and ".join(dict.fromkeys(f"{table.period_start} to {table.period_end}" for table in tables)),
        figures=sum(len(table.observations) for table in tables),
        doubts=tuple(_in_full(doubt) for table in tables for doubt in table.quarantined),
    )


def _in_full(doubt: Quarantined) -> str:
    """A doubt as it is reported; of a column that is not read also what can be done."""
    return f"{doubt.reason}. {doubt.text}" if doubt.reason.startswith("unread column") else doubt.reason


def _read_page(path: Path, data: bytes, slug_of: Callable[[str], str | None]) -> FileReport:
    page = parse_page(data)
    if not page.observations and page.generation is None:
        return FileReport(path, problem="; ".join(dict.fromkeys(doubt.reason for doubt in page.quarantined)))
    address = _carried_address(data)
    if address is None and page.council_name:
        slug = slug_of(page.council_name)
        address = statistics_address(load().site, slug) if slug else None
    if address is None:
        return FileReport(
            path,
            council_name=page.council_name,
            problem=f"it carries no address, and no council is known as {page.council_name!r}",
        )
    return FileReport(
        path,
        address=address,
        council_name=page.council_name,
        period=f"{page.period_start} to {page.period_end}" if page.period_start else None,
        figures=len(page.observations),
        doubts=tuple(doubt.reason for doubt in page.quarantined),
    )


def _carried_address(data: bytes) -> str | None:
    """The statistics page's address that the saved page carries, if it carries one of the Ombudsman's site."""
    soup = BeautifulSoup(decode(data[:MAX_BYTES]), "lxml")
    candidates = [str(link.get("href", "")) for link in soup.select("link[rel=canonical]")]
    candidates += [str(meta.get("content", "")) for meta in soup.select('meta[property="og:url"]')]
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        candidates += _SAVED_FROM.findall(comment)
    for candidate in candidates:
        try:
            if is_on(candidate) and place_of(candidate).kind == "statistics":
                return candidate
        except ValueError:
            continue
    return None
