"""Write docs/data_dictionary.md from the contracts: every relation, its grain, key, columns and rules.

Run as `uv run python tools/data_dictionary.py` after changing a contract; a test fails until it was.
"""

import sys

from warehouse.contracts import Contract, read_contracts
from warehouse.names import LAYERS
from warehouse.settings import PROJECT

PAGE = PROJECT / "docs" / "data_dictionary.md"
LAYERS_IN_WORDS = {
    "raw": "as the sources give it, all text",
    "staging": "one source each, typed and renamed",
    "core": "harmonised and tidy",
    "marts": "what is published",
    "quality": "what was set aside, disagrees or failed",
}


def cell(text: str) -> str:
    """Text that stays in one cell of a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")


def section(contract: Contract) -> list[str]:
    """One relation."""
    lines = [f"### {contract.relation}", "", f"One row: {contract.row}", ""]
    lines += [f"Key: {', '.join(f'`{name}`' for name in contract.key) or 'none'}.", ""]
    lines += ["| column | type | unit | missing | meaning |", "|---|---|---|---|---|"]
    for name, column in contract.columns.items():
        meaning = column.description + (f" ({', '.join(map(str, column.allowed))})" if column.allowed else "")
        missing = "may be" if column.nullable else "never"
        lines.append(
            f"| `{name}` | {column.type} | {cell(column.unit or '')} | {missing} | {cell(meaning)} |"
        )
    if contract.rules:
        lines += ["", "Rules beyond its structure:", ""]
        lines += [f"- {rule.rule} (blocks)" for rule in contract.blocks]
        lines += [f"- {rule.rule} (warns)" for rule in contract.warns]
    return [*lines, ""]


def page(contracts: dict[str, Contract]) -> str:
    """The whole page."""
    lines = [
        "# Data dictionary",
        "",
        "Every relation of the warehouse, written from its contract in `expectations/` by `tools/data_dictionary.py`:",
        "change the contract, not this page.",
        "",
    ]
    for layer in LAYERS:
        lines += [f"## {layer}: {LAYERS_IN_WORDS[layer]}", ""]
        for contract in contracts.values():
            if contract.name.layer == layer:
                lines += section(contract)
    return "\n".join(lines)


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(dict(read_contracts(PROJECT / "expectations"))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
