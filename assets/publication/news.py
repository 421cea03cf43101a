"""What a refresh brings that the last publication did not have, for its metadata and for the terminal."""

from pathlib import Path

import duckdb

from assets.wording.words import counted
from warehouse.queries import ask


def news(connection: duckdb.DuckDBPyConnection, published: Path) -> list[str]:
    """One sentence a period with new or changed figures; asked before the new warehouse takes the old one's place."""
    if not published.exists():
        return ["Nothing was published before."]
    quoted = str(published).replace("'", "''")
    try:
        connection.execute(f"attach '{quoted}' as last_publication (read_only)")
    except duckdb.Error as error:
        return [f"The last publication cannot be read, so what is new is not known: {error}"]
    try:
        rows = ask(connection, "news")
    except duckdb.CatalogException:
        return ["The last publication was made by another version, so what is new is not known."]
    finally:
        connection.execute("detach last_publication")
    said = [
        f"{row['period_label']}: {counted(row['figures'], row['kind'] + ' figure')} of "
        f"{counted(row['councils'], 'council')}"
        for row in rows
    ]
    return said or ["No figure is new or changed since the last publication."]
