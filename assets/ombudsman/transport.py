"""How long an answer is waited for, and what can go wrong with it."""

import io
import socket
import time
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import InvalidHeader
from urllib3.util.retry import Retry


class FetchError(Exception):
    """An address was not fetched; the message says which and why. What is to be told apart has a class of its own."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(f"{address}: {why}")
        self.address = address
        self.why = why


class NotFound(FetchError):
    """The site has no such page (404 or 410)."""


class Refused(FetchError):
    """The site answered with another refusal (4xx)."""


class AskedToWait(FetchError):
    """The site says there were too many requests (429), or asks for a longer wait than is allowed for."""


class Unreachable(FetchError):
    """No answer came: no connection, or it broke before an answer."""


class Incomplete(FetchError):
    """The body broke off, could not be decoded, or was empty."""


class TooSlow(FetchError):
    """The answer did not come within its time."""


class _TimeLimited(io.RawIOBase):
    """What comes over a connection, until the time for one answer is over: however slowly it drips in."""

    def __init__(self, raw: io.RawIOBase, connection: socket.socket, seconds: float) -> None:
        self._raw, self._connection = raw, connection
        self._seconds, self._end = seconds, time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        patience = self._connection.gettimeout()
        if left > 0:
            if patience is None or left < patience:
                self._connection.settimeout(left)
            try:
                return self._raw.readinto(buffer)
            except TimeoutError:
                if time.monotonic() < self._end:
                    raise
        raise TooSlow("", f"the answer did not come within {self._seconds:g} s")

    def close(self) -> None:
        self._raw.close()
        super().close()


def _limited_pools(seconds: float) -> dict[str, type[HTTPConnectionPool]]:
    """Connection pools by scheme whose every answer, from its first byte to its last, has so many seconds."""

    class Answer(HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.fp = io.BufferedReader(_TimeLimited(self.fp.detach(), sock, seconds))

    class Plain(HTTPConnection):
        response_class = Answer

    class Secure(HTTPSConnection):
        response_class = Answer

    class Http(HTTPConnectionPool):
        ConnectionCls = Plain

    class Https(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": Http, "https": Https}


class LimitedAdapter(HTTPAdapter):
    """Sends over connections whose answers have a limit of time, through a proxy too."""

    def __init__(self, seconds: float, patience: Retry) -> None:
        self._pools = _limited_pools(seconds)
        super().__init__(max_retries=patience)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> PoolManager:
        manager: PoolManager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


class Patience(Retry):
    """Retries that keep to Retry-After, and give up at once where it asks for longer than is allowed for."""

    def parse_retry_after(self, retry_after: str) -> float:
        try:
            seconds = super().parse_retry_after(retry_after)
        except InvalidHeader:
            return 0
        if seconds >= self.retry_after_max:
            raise AskedToWait("", f"the site asks to wait for {self.retry_after_max} s or longer")
        return seconds
