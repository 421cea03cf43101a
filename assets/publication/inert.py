"""Links, years and tables as CSV, in which no name or note becomes a formula or leads where it should not."""

import io
import re

import pyarrow as pa
import pyarrow.compute as pc
from markupsafe import Markup, escape
from pyarrow import csv

from assets.publication.findings import Rows
from assets.wording import words
from assets.wording.sources import is_web_address, source_name

FORMULA = r"^\s*[=+\-@]"
BATCH_ROWS = 65_536
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
    return Markup('<a href="{}" rel="noreferrer">{}{}</a>').format(with_scheme, source_name(with_scheme), after)


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


def as_csv(table: pa.Table) -> bytes:
    """The table as CSV: a header, UTF-8, empty where missing, text that a spreadsheet would take for a formula preceded
    by an apostrophe, moments as ISO 8601 in UTC."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_string(column.type):
            is_formula = pc.match_substring_regex(column, FORMULA)
            quoted = pc.binary_join_element_wise("'", column, "")
            column = pc.if_else(is_formula, quoted, column)
        elif pa.types.is_timestamp(column.type):
            column = pc.strftime(column.cast(pa.timestamp("s"), safe=False), "%Y-%m-%dT%H:%M:%SZ")
        columns[name] = column
    written = io.BytesIO()
    written.write((",".join(columns) + "\n").encode())
    plain = csv.WriteOptions(include_header=False, quoting_style="needed", batch_size=BATCH_ROWS)
    csv.write_csv(pa.table(columns), written, plain)
    return written.getvalue()


def rows_as_csv(rows: Rows) -> bytes:
    """The columns of `CSV_COLUMNS` of some councils' figures as CSV."""
    return as_csv(
        pa.table(
            {
                name: [" ".join(row[name]) if isinstance(row[name], list) else row[name] for row in rows]
                for name in CSV_COLUMNS
            }
        )
    )
