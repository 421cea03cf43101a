"""The comparison of councils: its mathematics filled from the marts, its results as relations, its words."""

from pathlib import Path

QUERIES = Path(__file__).parent / "queries"


def query(name: str) -> str:
    """The text of `queries/<name>.sql`."""
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")
