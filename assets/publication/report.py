"""The report: one page of HTML that asks nothing of any other place."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from assets.publication import words
from assets.publication.findings import Findings

TEMPLATES = Path(__file__).parent / "templates"
DIRECTION = {
    "lower": "lower is better",
    "higher": "higher is better",
    "none": "no judgement",
}
PROCEDURES = {
    "all": "All complaints",
    "corporate": "Corporate",
    "children_statutory": "Statutory children's",
    "adult_statutory": "Statutory adults'",
}


def day(value: Any) -> str:
    """A date as people write it: 31 March 2025."""
    return f"{value.day} {value:%B %Y}"


def plain(value: float) -> str:
    """A printed number without a trailing zero."""
    return f"{value:g}"


def link(address: str | None) -> Markup:
    """A link named by its site; text that is no web address stays text, and nothing stays a symbol."""
    if not address:
        return Markup("[x] no address")
    site = urlsplit(address)
    if site.scheme not in ("http", "https") or not site.hostname:
        return Markup.escape(address)
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(address, site.hostname.removeprefix("www."))


def reasons(table: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Why councils of a table have no figure, most frequent first."""
    found = Counter(
        row["missing_reason"] for row in table if row["value"] is None and not row["printed_text"]
    )
    return [(words.MISSING_IN_WORDS[reason], number) for reason, number in found.most_common()]


def report_html(findings: Findings, today: date) -> str:
    """The report's HTML. Every name and note is escaped; the page's policy lets no script and no request through."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("report.html.j2").render(
        findings=findings,
        months_old=findings.months_old(today),
        direction=DIRECTION,
        procedures=PROCEDURES,
        set_aside=Counter(row["problem"] for row in findings.quarantined).most_common(),
        own_value=words.own_value,
        comparator_value=words.comparator_value,
        rounded=words.rounded,
        whole=words.whole,
        may_show=words.may_show_percentage,
        day=day,
        plain=plain,
        link=link,
        reasons=reasons,
    )
