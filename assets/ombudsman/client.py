"""A polite, bounded, archiving client for one site.

It says who it is, obeys robots.txt, keeps its distance between requests, asks for nothing it already has, stays
on the site's own hosts, and never reads more or longer than it may. Every body it reads is kept.
"""

import ipaddress
import random
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from protego import Protego
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.response import GzipDecoderState
from urllib3.response import HTTPResponse as Raw

from assets.ombudsman.archive import Capture, Captures
from assets.ombudsman.text import decode
from assets.ombudsman.transport import (
    AskedToWait,
    FetchError,
    Incomplete,
    LimitedAdapter,
    NotFound,
    Patience,
    Refused,
    TooSlow,
    Unreachable,
)

PRODUCT = "council-complaints-benchmark"

PAGE = ("text/html", "application/xhtml+xml")
TABLE = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
# Servers call tables all manner of things, or nothing: these alone are certainly none.
_NO_TABLE = re.compile(
    r"text/(html|css|xml|javascript)|application/(xhtml\+xml|xml|pdf|json|javascript|msword)$"
    r"|(image|audio|video|font|multipart|message)/"
)
_ANYTHING = ("*",)
# How bodies begin that are neither, whatever the server calls them.
_OTHER_BODIES = {b"%PDF": "a PDF", b"\x1f\x8b": "compressed, which its headers do not say"}
_WEB_PAGE = (b"<!doctype html", b"<html")
_ROBOTS_LAST_SECONDS = 24 * 60 * 60
_LARGEST_ROBOTS = 500 * 1024


@dataclass(frozen=True)
class Politeness:
    """How the client behaves. Seconds and bytes."""

    contact: str = ""
    seconds_between: float = 1.0
    jitter: float = 0.5
    connect_timeout: float = 10
    read_timeout: float = 30
    total_timeout: float = 120
    largest_body: int = 25_000_000
    most_redirects: int = 5
    retries: int = 4
    backoff: float = 1.0
    longest_wait: int = 300
    attempts: int = 3


@dataclass(frozen=True)
class Fetched:
    """The answer for one address: its capture, and whether its body differs from the stored one."""

    capture: Capture
    is_new: bool


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    usual = {"http": 80, "https": 443}.get(parts.scheme, 0)
    return parts.scheme, (parts.hostname or "").lower(), usual if parts.port is None else parts.port


def is_loopback(address: str) -> bool:
    """Whether the address is on this machine itself."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Client:
    """Fetches from `site` (and its other names in `also`) into `captures`."""

    def __init__(
        self, site: str, captures: Captures, politeness: Politeness | None = None, also: tuple[str, ...] = ()
    ) -> None:
        self.site = site.rstrip("/")
        self.captures = captures
        self.politeness = politeness or Politeness()
        try:
            self._origins = {_origin(urlsplit(one)) for one in (self.site, *also)}
        except ValueError as error:
            raise FetchError(self.site, f"it is no address of a site: {error}") from error
        self._robots: dict[tuple[str, str, int], tuple[float, Protego | str]] = {}
        self._turn = threading.Lock()
        self._last = float("-inf")
        if not self.politeness.contact and not is_loopback(self.site):
            raise FetchError(self.site, "set a contact (an e-mail address or web page) before visiting this site")
        self.user_agent = f"{PRODUCT} (+{self.politeness.contact})" if self.politeness.contact else PRODUCT
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": self.user_agent, "Accept-Encoding": "gzip, deflate"})
        # Neither cookies nor a password from this account's files go to the site.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.auth = _no_password
        # A proxy of the organisation's is for the outside; this machine's own addresses are never sent to it.
        self._session.trust_env = not is_loopback(self.site)
        patience = Patience(
            total=self.politeness.retries,
            status_forcelist=(429, 500, 502, 503, 504),
            allowed_methods=("GET",),
            backoff_factor=self.politeness.backoff,
            backoff_max=60,
            backoff_jitter=self.politeness.backoff / 2,
            raise_on_status=False,
            retry_after_max=self.politeness.longest_wait,
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, LimitedAdapter(self.politeness.total_timeout, patience))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, address: str, kinds: tuple[str, ...] = PAGE) -> Fetched:
        """The capture of `address` as it is now, fetched only if it differs from the stored one. Raises FetchError."""
        held = self.captures.latest(address)
        ask = held.validators if held and self.captures.has(held.sha256) else {}
        return self._attempt(address, kinds, held, ask)

    def _attempt(self, address: str, kinds: tuple[str, ...], held: Capture | None, ask: Mapping[str, str]) -> Fetched:
        """Fetches anew when a body broke off: the retries below it have then already had their answer."""
        for attempt in Retrying(
            retry=retry_if_exception_type((Incomplete, Unreachable)),
            stop=stop_after_attempt(self.politeness.attempts),
            wait=wait_random_exponential(self.politeness.backoff, max=60),
            reraise=True,
        ):
            with attempt:
                status, headers, body = self._fetch(address, kinds, ask, self.politeness.largest_body)
                if status == 304 and held:
                    return Fetched(self.captures.still(held), False)
                capture = self.captures.keep(address, body, status=status, headers=headers)
                return Fetched(capture, held is None or held.sha256 != capture.sha256)
        raise AssertionError("Retrying either returns or raises")

    def _fetch(
        self, address: str, kinds: tuple[str, ...], ask: Mapping[str, str], largest: int, obey: bool = True
    ) -> tuple[int, dict[str, str], bytes]:
        """The status (200 or 304), headers and body, after redirects each of which is checked like the first."""
        place = address
        for _ in range(self.politeness.most_redirects + 1):
            parts = self._checked(address, place)
            if obey:
                self._check_robots(address, place, parts)
            self._wait_turn(parts)
            with self._ask(address, place, ask) as response:
                if response.is_redirect:
                    place = self._redirected(address, place, response)
                    continue
                _check_status(address, response, bool(ask))
                headers = dict(response.headers)
                if place != address:
                    headers["Location"] = place
                if response.status_code == 304:
                    # Reading its empty body lets the connection be used again.
                    return 304, headers, response.content
                _check_encoding(address, response)
                _check_kind(address, response, kinds)
                body = _body(address, response, largest)
                _check_body(address, body, kinds)
                return response.status_code, headers, body
        raise FetchError(address, f"more than {self.politeness.most_redirects} redirects; the last to {place}")

    def _ask(self, address: str, place: str, ask: Mapping[str, str]) -> requests.Response:
        try:
            return self._session.get(
                place,
                headers=dict(ask),
                timeout=(self.politeness.connect_timeout, self.politeness.read_timeout),
                stream=True,
                allow_redirects=False,
            )
        except (AskedToWait, TooSlow) as error:
            raise type(error)(address, error.why) from None
        except requests.Timeout as error:
            raise TooSlow(address, f"no answer within {self.politeness.read_timeout:.0f} s") from error
        except (requests.RequestException, UnicodeError) as error:
            raise Unreachable(address, f"no answer: {error}") from error

    def _redirected(self, address: str, place: str, response: requests.Response) -> str:
        """Where a redirect leads: its bytes count as UTF-8, and http to the site's own https host as https."""
        try:
            # read as RFC 9110 has it they are Latin-1, which no server means
            return self.secure(urljoin(place, self._session.get_redirect_target(response) or ""))
        except ValueError as error:
            raise FetchError(address, f"it redirects to what is no address: {error}") from error

    def secure(self, address: str) -> str:
        """The address with https in place of http, where it is on one of the site's hosts that has only https."""
        parts = urlsplit(address)
        origin = _origin(parts)
        secure = parts._replace(scheme="https", netloc=parts.netloc.removesuffix(":80"))
        is_plain = parts.scheme == "http" and origin[2] == 80 and origin not in self._origins
        return secure.geturl() if is_plain and _origin(secure) in self._origins else address

    def _checked(self, address: str, place: str) -> SplitResult:
        try:
            parts = urlsplit(place)
            origin = _origin(parts)
        except ValueError as error:
            raise FetchError(address, f"{place!r} is no address: {error}") from error
        if origin not in self._origins or parts.username is not None:
            whence = "" if place == address else "it redirects to "
            raise FetchError(address, f"{whence}{place!r}, which is not on {self.site}")
        return parts

    def _wait_turn(self, parts: SplitResult) -> None:
        with self._turn:
            pause = max(self.politeness.seconds_between, self._crawl_delay(parts))
            pause *= 1 + self.politeness.jitter * random.random()
            time.sleep(max(0.0, self._last + pause - time.monotonic()))
            self._last = time.monotonic()

    def _crawl_delay(self, parts: SplitResult) -> float:
        _, rules = self._robots.get(_origin(parts), (0.0, ""))
        return 0.0 if isinstance(rules, str) else float(rules.crawl_delay(PRODUCT) or 0)

    def _check_robots(self, address: str, place: str, parts: SplitResult) -> None:
        origin = _origin(parts)
        fetched, rules = self._robots.get(origin, (float("-inf"), ""))
        if time.monotonic() - fetched > _ROBOTS_LAST_SECONDS:
            rules = self._read_robots(f"{parts.scheme}://{parts.netloc}/robots.txt")
            self._robots[origin] = (time.monotonic(), rules)
        if isinstance(rules, str):
            raise FetchError(address, rules)
        if not rules.can_fetch(place, PRODUCT):
            raise FetchError(address, "robots.txt asks not to fetch this")

    def _read_robots(self, address: str) -> Protego | str:
        """The rules of robots.txt (RFC 9309): none where the site has no such file; where the site cannot say,
        the reason why nothing may be fetched."""
        try:
            _, headers, body = self._fetch(address, _ANYTHING, {}, _LARGEST_ROBOTS, obey=False)
        except (NotFound, Refused, Incomplete):
            return Protego.parse("")
        except FetchError as error:
            return f"nothing is fetched while robots.txt cannot be read: {error.why}"
        self.captures.keep(address, body, headers=headers)
        return Protego.parse(decode(body))


def _check_status(address: str, response: requests.Response, is_conditional: bool) -> None:
    status = response.status_code
    if status == 200 or (status == 304 and is_conditional):
        return
    if status in (404, 410):
        raise NotFound(address, f"the site has no such page ({status})")
    if status == 429:
        raise AskedToWait(address, "the site still says there were too many requests (429)")
    if 400 <= status < 500:
        raise Refused(address, f"the site refused ({status})")
    if status >= 500:
        raise FetchError(address, f"the site failed ({status})")
    raise Refused(address, f"the site gave an answer that is of no use ({status})")


def _no_password(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _check_encoding(address: str, response: requests.Response) -> None:
    """Raises FetchError where the body is compressed in a way that we did not ask for and cannot read."""
    codings = response.headers.get("Content-Encoding", "").lower().replace(" ", "").split(",")
    if unknown := [one for one in codings if one not in {"", "identity", *Raw.CONTENT_DECODERS}]:
        raise FetchError(
            address, f"it is compressed as {' and '.join(unknown)}, which we did not ask for and cannot read"
        )


def _check_body(address: str, body: bytes, kinds: tuple[str, ...]) -> None:
    if kinds == _ANYTHING:
        return
    for start, what in _OTHER_BODIES.items():
        if body.startswith(start):
            raise FetchError(address, f"it is {what}")
    if kinds == TABLE and body.removeprefix(b"\xef\xbb\xbf").lstrip()[:20].lower().startswith(_WEB_PAGE):
        raise FetchError(address, "it is a web page, not a table")


def _check_kind(address: str, response: requests.Response, kinds: tuple[str, ...]) -> None:
    kind = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    is_right = not _NO_TABLE.match(kind) if kinds == TABLE else kind in kinds
    if kinds != _ANYTHING and not is_right:
        raise FetchError(address, f"it is {kind or 'of no stated kind'}, not {' or '.join(kinds)}")


def _body(address: str, response: requests.Response, largest: int) -> bytes:
    """The decompressed body, read in pieces so that its size cannot get out of hand."""
    pieces: list[bytes] = []
    size = 0
    try:
        # read1 returns what has come: read would wait for a full piece, however slowly its bytes drip in.
        while piece := response.raw.read1(64 * 1024, decode_content=True):
            size += len(piece)
            if size > largest:
                raise FetchError(address, f"it is larger than {largest:,} bytes")
            pieces.append(piece)
    except TooSlow as error:
        raise TooSlow(address, error.why) from None
    except ReadTimeoutError as error:
        raise TooSlow(address, "its body stopped coming") from error
    except HTTPError as error:
        raise Incomplete(address, f"its body broke off or cannot be decoded: {error}") from error
    if not size:
        raise Incomplete(address, "its body is empty")
    if _is_unfinished(response.raw._decoder):
        raise Incomplete(address, "its body broke off: what it is compressed as has no end")
    return b"".join(pieces)


def _is_unfinished(decoder: Any) -> bool:
    """Whether a decoder waits for more: urllib3 takes what came for the whole, also of a body cut off on its way."""
    if several := getattr(decoder, "_decoders", None):
        return any(map(_is_unfinished, several))
    is_past_junk = getattr(decoder, "_state", None) == GzipDecoderState.SWALLOW_DATA
    unpacker = getattr(decoder, "_obj", None)  # of other kinds than gzip and deflate it need not know its end
    return not getattr(unpacker, "eof", True) and not is_past_junk
