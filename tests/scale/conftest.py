"""Servers of their own for what runs past one machine, started once."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PARTS = (
    "dagster_celery",
    "dagster_postgres",
    "duckdb_extension_ducklake",
    "duckdb_extension_postgres_scanner",
)


@pytest.fixture(scope="session")
def open_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that PostgreSQL can enter, although it runs as another user where the tests run as root."""
    for part in PARTS:
        pytest.importorskip(part, reason="the optional extra `scale` is not installed")
    from pipelines.scale.servers import ServerError, program

    try:
        program("initdb", "postgresql")
        program("redis-server", "redis-server")
    except ServerError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("scale")
    # however deep the runner of the tests puts it
    temporary = Path(tempfile.gettempdir())
    for parent in (
        folder,
        *(one for one in folder.parents if one.is_relative_to(temporary) and one != temporary),
    ):
        parent.chmod(parent.stat().st_mode | 0o055)
    return folder


@pytest.fixture(scope="session")
def database(open_folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL server's database."""
    from pipelines.scale.servers import postgresql

    with postgresql(open_folder / "database") as address:
        yield address
