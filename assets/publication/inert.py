"""Links, years and tables as CSV, in which no name or note becomes a formula or leads where it should not."""

import csv
import io
import re
from typing import Any

from markupsafe import Markup, escape

from assets.publication.findings import Rows
from assets.wording import words
from assets.wording.sources import is_web_address, source_name

CSV_COLUMNS = (
    "indicator", "gss_code", "nice_name", "period_start", "period_end", "unit", "numerator", "numerator_basis",
    "denominator", "value", "lower_95", "upper_95", "printed_text", "missing_reason", "comparator_groups",
    "source_url", "note",
)  # fmt: skip


def link(address: str | None, after: str = "") -> Markup:
    """A link named by its source, with what stands after the name; text that is no web address stays text, and nothing
    stays a symbol."""
    if not address:
        return Markup("{} no address").format(words.MISSING)
    with_scheme = f"https://{address}" if address.startswith(("lgo.org.uk/", "www.")) else address
    if not is_web_address(with_scheme):
        return Markup.escape(address)
    return Markup('<a href="{}" rel="noreferrer">{}{}</a>').format(
        with_scheme, source_name(with_scheme), after
    )


def links(addresses: list[str]) -> list[Markup]:
    """A link to each address; the second of a site is numbered, so that no two links of one name lead elsewhere."""
    plain = [link(address) for address in addresses if address]
    names = [one.striptags() for one in plain]
    return [
        one if names.index(name) == place else link(address, f" ({names[: place + 1].count(name)})")
        for place, (one, name, address) in enumerate(zip(plain, names, filter(None, addresses), strict=True))
    ]


def whole_years(text: str) -> Markup:
    """Text for a narrow place, in which no year is parted at its hyphen: 2023-24."""
    kept = re.sub(r"\b\d{4}-\d{2}\b", r'<span class="nowrap">\g<0></span>', str(escape(text)))
    return Markup(kept)  # noqa: S704 (escaped before)


def inert(value: Any) -> Any:
    """A cell for a CSV file: text that a spreadsheet would take for a formula is quoted."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, str) and value.lstrip()[:1] in ("=", "+", "-", "@"):
        return f"'{value}"
    return value


def csv_text(columns: tuple[str, ...], rows: Rows) -> str:
    """Rows as CSV: a header, UTF-8, empty where missing."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([inert(row[name]) for name in columns] for row in rows)
    return out.getvalue()
