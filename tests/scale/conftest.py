"""Where the servers of a deployment keep their files."""

import tempfile
from pathlib import Path

import pytest

from tests.scale.servers import ServerError, program


@pytest.fixture(scope="session")
def open_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that PostgreSQL can enter, although it runs as another user where the tests run as root."""
    for part in ("dagster_celery", "dagster_postgres"):
        pytest.importorskip(part, reason="the optional extra `scale` is not installed")
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
