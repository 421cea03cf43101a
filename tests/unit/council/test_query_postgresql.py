"""The intake over a real PostgreSQL server, started in a temporary folder."""

import datetime as dt
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from assets.council.check import check_query
from assets.example.cases import AS_AT, GSS_CODE, example_register

pytestmark = pytest.mark.postgres


def server_binaries() -> Path | None:
    """Where Debian's package keeps the server's programs, the newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), reverse=True)
    on_path = shutil.which("pg_ctl")
    return found[0].parent if found else Path(on_path).parent if on_path else None


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlalchemy.URL]:
    binaries = server_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed")
    folder = tmp_path_factory.mktemp("postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    as_server: list[str] = []
    if os.getuid() == 0:  # the server refuses to run as root
        as_server = ["runuser", "-u", "postgres", "--"]
        for parent in (folder, *folder.parents[:3]):
            if str(parent) != "/tmp":
                parent.chmod(0o755)
        shutil.chown(folder, "postgres")
    data = folder / "data"
    run = [*as_server, str(binaries / "initdb"), "-D", str(data), "-U", "tests", "-A", "trust"]
    subprocess.run(run, check=True, capture_output=True, cwd=folder)
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='{folder}' -c fsync=off"
    control = [*as_server, str(binaries / "pg_ctl"), "-D", str(data), "-w"]
    subprocess.run([*control, "-o", options, "-l", str(folder / "log"), "start"], check=True, cwd=folder)
    yield sqlalchemy.URL.create("postgresql+psycopg", "tests", host="127.0.0.1", port=port, database="postgres")
    subprocess.run([*control, "-m", "immediate", "stop"], check=True, cwd=folder)


def test_a_register_in_postgresql_is_checked_like_a_file(url: sqlalchemy.URL) -> None:
    register = example_register(200)
    engine = sqlalchemy.create_engine(url)
    dates = {name: sqlalchemy.Date() for name in register.select_dtypes("datetime").columns}
    register.to_sql("complaints", engine, index=False, dtype=dates)
    report = check_query(url, "select * from complaints", gss_code=GSS_CODE, salt=b"1", as_at=AS_AT)
    assert (report.accepted.num_rows, len(report.problems)) == (len(register), 0)
    first = report.accepted.to_pylist()[0]["requested_date"]
    assert dt.date.fromisoformat(first) == register["requested_date"].iloc[0].date()


def test_a_query_that_the_server_refuses_is_refused_with_its_reason(url: sqlalchemy.URL) -> None:
    report = check_query(url, "select * from nothing", gss_code=GSS_CODE, salt=b"1", as_at=AS_AT)
    assert "nothing" in report.refusals[0]


def test_a_server_that_is_not_there_is_refused_without_the_password() -> None:
    url = "postgresql+psycopg://someone:secret@127.0.0.1:1/none"
    report = check_query(url, "select 1", gss_code=GSS_CODE, salt=b"1", as_at=AS_AT)
    assert report.is_refused and "secret" not in report.as_text()
