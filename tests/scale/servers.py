"""Real servers on this machine's own address, for trying out: in their own folder, with their own passwords."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
PATIENCE_SECONDS = 300
# what has not ended by then is killed
FAREWELL_SECONDS = 5
DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


class ServerError(Exception):
    """A server's program is missing or did not start; the message says what to install or shows its last words."""


def free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


def program(name: str, package: str) -> str:
    """Where a server's program is. Raises ServerError, naming Debian's package, where it is nowhere."""
    # Debian keeps PostgreSQL's own programs off the path
    places = sorted(DEBIAN_POSTGRES.glob(f"*/bin/{name}"), key=_version, reverse=True)
    found = shutil.which(name) or (str(places[0]) if places else None)
    if found is None:
        raise ServerError(f"There is no {name} on this machine: sudo apt-get install {package}")
    return found


def _version(path: Path) -> int:
    return int(path.parts[-3]) if path.parts[-3].isdigit() else 0


@contextmanager
def started(
    command: Sequence[str], log: Path, stop: signal.Signals = signal.SIGTERM, **how: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own group while the context lasts, then stopped, and killed if it does not listen."""
    with log.open("ab") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, start_new_session=True, **how
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(stop)
            try:
                process.wait(FAREWELL_SECONDS)
            except subprocess.TimeoutExpired:
                kill(process)
        process.wait()


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children at once, as when a machine is lost."""
    os.killpg(process.pid, signal.SIGKILL)


def wait_until_answering(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when something listens on `port`. Raises ServerError with the log's end if the process ends first."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as caller:
            if caller.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    last_words = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise ServerError(f"{process.args!r} did not start:\n{last_words}")


class Server(ExitStack):
    """A server on a port of its own, which can be stopped and started again with the same data."""

    def __init__(self, address: str, port: int, command: Sequence[str], log: Path, **how: Any) -> None:
        super().__init__()
        self.address, self._port, self._command, self._log, self._how = address, port, command, log, how
        self.start()

    def start(self) -> None:
        process = self.enter_context(started(self._command, self._log, **self._how))
        wait_until_answering(self._port, process, self._log)

    def stop(self) -> None:
        self.close()


def postgresql(folder: Path) -> Server:
    """A PostgreSQL server with its data in `folder`."""
    initdb, server = program("initdb", "postgresql"), program("postgres", "postgresql")
    folder.mkdir(parents=True)
    owner: dict[str, Any] = {}
    if os.getuid() == 0:  # the server refuses to run as root
        owner = {"user": "postgres", "group": "postgres", "extra_groups": []}
        shutil.chown(folder, "postgres", "postgres")
        for parent in folder.parents:
            if not parent.stat().st_mode & 0o001:
                raise ServerError(
                    f"PostgreSQL runs as the user postgres, who may not enter {parent}: choose another --folder."
                )
    password, port = secrets.token_hex(16), free_port()
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password, encoding="utf-8")
    if owner:
        shutil.chown(secret, "postgres", "postgres")
    data = folder / "data"
    made = subprocess.run(
        [initdb, "-D", str(data), "-U", "benchmark", "-A", "scram-sha-256", "--pwfile", str(secret), "-E", "UTF8"],
        capture_output=True, text=True, cwd=folder, check=False, **owner,
    )  # fmt: skip
    secret.unlink()
    if made.returncode:
        raise ServerError(f"PostgreSQL's data could not be set up: {made.stderr[-2000:]}")
    settings = {
        "listen_addresses": HOST,
        "port": port,
        "unix_socket_directories": "",
        # a trial's data is thrown away
        "fsync": "off",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    log = folder.parent / "postgresql.log"
    return Server(
        f"postgresql://benchmark:{password}@{HOST}:{port}/postgres", port,
        [server, "-D", str(data), *options], log,
        # a fast shutdown, which does not wait for whoever is still connected
        stop=signal.SIGINT, cwd=folder, **owner,
    )  # fmt: skip


def redis(folder: Path) -> Server:
    """A Redis server that keeps nothing on disk."""
    server = program("redis-server", "redis-server")
    folder.mkdir(parents=True)
    password, port = secrets.token_hex(16), free_port()
    settings = folder / "redis.conf"
    settings.touch(mode=0o600)
    settings.write_text(
        f'bind {HOST}\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\ndir "{folder}"\n',
        encoding="utf-8",
    )
    address = f"redis://:{password}@{HOST}:{port}/0"
    return Server(address, port, [server, str(settings)], folder.parent / "redis.log")
