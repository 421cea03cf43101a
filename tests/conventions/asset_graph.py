"""The asset graph as text, so that a change of it shows in a diff.

`uv run python -m tests.conventions.asset_graph` rewrites the committed copy.
"""

import sys
from pathlib import Path

import dagster as dg

SNAPSHOT = Path(__file__).with_name("asset_graph.txt")


def graph_text(definitions: dg.Definitions) -> str:
    """One line an asset, sorted: its group, its name, and what it is made from."""
    lines = [
        f"{spec.group_name}: {spec.key.to_user_string()}"
        + "".join(sorted(f"\n    {dep.asset_key.to_user_string()}" for dep in spec.deps))
        for spec in definitions.resolve_all_asset_specs()
        if spec.group_name != "publication"
    ]
    # what is published is made from everything that is checked, which would repeat every name above
    lines += [
        f"{spec.group_name}: {spec.key.to_user_string()}"
        for spec in definitions.resolve_all_asset_specs()
        if spec.group_name == "publication"
    ]
    return "\n".join(sorted(lines)) + "\n"


def main() -> int:
    from pipelines.definitions import build_definitions
    from warehouse.settings import Settings

    SNAPSHOT.write_text(graph_text(build_definitions(Settings())), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
