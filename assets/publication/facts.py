"""Figures on a page that name the row and column they come from, so that a test can walk the pages and compare."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from assets.wording import words
from warehouse.contracts import Contract
from warehouse.names import Relation


class Facts:
    """Makes the marked-up figures of pages. A figure's address is `relation|column|key values`, in the
    contract's order."""

    def __init__(self, contracts: Mapping[Relation, Contract]) -> None:
        self.keys = {str(contract.name): contract.key for contract in contracts.values()}

    def address(self, relation: str, row: Mapping[str, Any], column: str) -> str:
        """Where the figure is: marts.comparisons|pooled_value|uphold_rate|E10000034|2023-04-01|... Raises KeyError."""
        return "|".join([relation, column, *(_text(row[name]) for name in self.keys[relation])])

    def fact(self, relation: str, row: Mapping[str, Any], column: str) -> Markup:
        """One figure as printed on every page, with its address."""
        value = row[column]
        raw = escape("" if words.is_missing(value) else _text(value))
        address, text = (
            escape(self.address(relation, row, column)),
            words.shown(column, value, row.get("unit", "")),
        )
        # there are thousands in a site, and a Markup's own format doubles what each costs
        return Markup(f'<data value="{raw}" data-fact="{address}">{escape(text)}</data>')  # noqa: S704 (all escaped)

    def cell(self, relation: str, row: Mapping[str, Any], column: str, mark: str = "") -> Markup:
        """One figure as a cell of a long table, with its address on the cell itself, because an element in every cell
        is what sorting hundreds of rows costs; `mark` stands after the number."""
        value = row[column]
        raw = escape("" if words.is_missing(value) else _text(value))
        address = escape(self.address(relation, row, column))
        text = escape(words.shown(column, value, row.get("unit", "")) + mark)
        return Markup(f'<td class="number" data-fact="{address}" data-value="{raw}">{text}</td>')  # noqa: S704 (all escaped)

    def about(self, *key: Any) -> Markup:
        """The rows that the other numbers in an element come from, by the first values of their key."""
        return Markup(' data-about="{}"').format("|".join(_text(part) for part in key))


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
