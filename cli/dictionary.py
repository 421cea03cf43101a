"""The data dictionary, made from the contracts: every table, its grain, key, columns and rules."""

from collections.abc import Mapping

from warehouse.contracts import Contract
from warehouse.names import LAYERS, Relation

LAYERS_IN_WORDS = {
    "raw": "as the sources give it, all text",
    "staging": "one source each, typed and renamed",
    "core": "harmonised and tidy",
    "marts": "what is published",
    "quality": "what was set aside, disagrees or failed",
    "published": "what pages, answers and commands say of each council",
}


def cell(text: str) -> str:
    """Text that stays in one cell of a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")


def section(contract: Contract) -> list[str]:
    """One relation."""
    lines = [f"### {contract.relation}", "", contract.about, ""]
    lines += [f"Key: {', '.join(f'`{name}`' for name in contract.key) or 'none'}.", ""]
    lines += ["| column | type | unit | missing | meaning |", "|---|---|---|---|---|"]
    for name, column in contract.columns.items():
        meaning = column.description + (f" ({', '.join(map(str, column.allowed))})" if column.allowed else "")
        missing = "may be" if column.nullable else "never"
        lines.append(f"| `{name}` | {column.type} | {cell(column.unit or '')} | {missing} | {cell(meaning)} |")
    if contract.rules:
        lines += ["", "Rules beyond its structure:", ""]
        lines += [f"- {rule.rule} (blocks)" for rule in contract.blocks]
        lines += [f"- {rule.rule} (warns)" for rule in contract.warns]
    return [*lines, ""]


def data_dictionary(contracts: Mapping[Relation, Contract]) -> str:
    """The whole dictionary in Markdown, one section per table."""
    lines = [
        "# Data dictionary",
        "",
        "Every table of the warehouse, from its contract in `expectations/`: change the contract, not this page.",
        "",
    ]
    for layer in LAYERS:
        lines += [f"## {layer}: {LAYERS_IN_WORDS[layer]}", ""]
        for contract in contracts.values():
            if contract.name.layer == layer:
                lines += section(contract)
    return "\n".join(lines)
