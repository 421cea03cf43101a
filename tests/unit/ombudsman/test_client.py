"""The client against a real server on this machine: polite, bounded, and on its own site only."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.ombudsman.archive import Captures
from assets.ombudsman.client import PAGE, TABLE, Client, Politeness
from assets.ombudsman.transport import (
    AskedToWait,
    FetchError,
    Incomplete,
    NotFound,
    Refused,
    TooSlow,
    Unreachable,
)
from tests.standin.site import Answer, StandIn

PATH = "/your-councils-performance/kent-county-council/statistics"
IN_A_HURRY = Politeness(
    contact="tests@example.org",
    seconds_between=0,
    backoff=0.01,
    retries=2,
    attempts=2,
    read_timeout=2,
    total_timeout=6,
    largest_body=1_000_000,
    longest_wait=5,
)


@pytest.fixture(scope="module")
def running() -> Iterator[StandIn]:
    with StandIn() as site:
        yield site


@pytest.fixture
def site(running: StandIn) -> StandIn:
    running.reset()
    running.robots = "User-agent: *\nDisallow: /search\n"
    return running


@pytest.fixture
def captures(tmp_path: Path) -> Captures:
    return Captures(tmp_path / "captures")


def client(site: StandIn, captures: Captures, **politeness: float) -> Client:
    return Client(site.address, captures, Politeness(**{**IN_A_HURRY.__dict__, **politeness}))


def asked(site: StandIn, path: str = PATH) -> int:
    return sum(request.path == path for request in site.requests)


def test_a_page_is_fetched_and_kept(site: StandIn, captures: Captures) -> None:
    got = client(site, captures).get(site.address + PATH)
    assert got.is_new
    assert captures.read(got.capture.sha256).decode() == site.statistics_page("kent-county-council")
    robots = captures.latest(site.address + "/robots.txt")
    assert robots and captures.read(robots.sha256) == site.robots.encode()
    assert {request.user_agent for request in site.requests} == {"council-complaints-benchmark (+tests@example.org)"}


def test_a_foreign_site_is_not_visited_without_a_contact(captures: Captures) -> None:
    with pytest.raises(FetchError, match="set a contact"):
        Client("https://www.lgo.org.uk", captures, Politeness())


def test_an_unchanged_page_sends_no_body_and_is_not_new(site: StandIn, captures: Captures) -> None:
    first = client(site, captures).get(site.address + PATH)
    sent = site.bodies_sent(PATH)
    second = client(site, captures).get(site.address + PATH)
    assert (second.is_new, second.capture.sha256) == (False, first.capture.sha256)
    assert site.bodies_sent(PATH) == sent


def test_a_changed_page_is_new(site: StandIn, captures: Captures) -> None:
    polite = client(site, captures)
    first = polite.get(site.address + PATH)
    site.publish(2024)
    second = polite.get(site.address + PATH)
    assert second.is_new
    assert second.capture.sha256 != first.capture.sha256


def test_a_page_whose_body_was_lost_here_is_fetched_whole(site: StandIn, captures: Captures) -> None:
    got = client(site, captures).get(site.address + PATH)
    next(captures.folder.glob(f"bodies/*/{got.capture.sha256}.gz")).unlink()
    client(site, captures).get(site.address + PATH)
    assert captures.read(got.capture.sha256)


def test_robots_txt_is_read_once_and_obeyed(site: StandIn, captures: Captures) -> None:
    polite = client(site, captures)
    polite.get(site.address + PATH)
    with pytest.raises(FetchError, match="asks not to fetch"):
        polite.get(site.address + "/search?k=kent")
    assert asked(site, "/robots.txt") == 1
    assert asked(site, "/search?k=kent") == 0


@pytest.mark.parametrize(
    ("rules", "encoding"),
    [
        ("User-agent: council-complaints-benchmark\nDisallow: /your-*/statistics$\n", "utf-8"),
        ("User-agent: *\nDisallow: /your-councils-performance\n", "utf-8-sig"),
        ("User-agent: *\nDisallow: /your-councils-performance\n", "utf-16"),
    ],
)
def test_robots_txt_is_obeyed_by_name_and_in_any_encoding(
    rules: str, encoding: str, site: StandIn, captures: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = site.answer
    robots = Answer(rules.encode(encoding), kind="text/plain")
    monkeypatch.setattr(site, "answer", lambda path, query: robots if path == "/robots.txt" else answer(path, query))
    with pytest.raises(FetchError, match="asks not to fetch"):
        client(site, captures).get(site.address + PATH)


def test_while_robots_txt_fails_nothing_is_fetched(site: StandIn, captures: Captures) -> None:
    site.fault("/robots.txt", "500")
    with pytest.raises(FetchError, match="cannot be read"):
        client(site, captures).get(site.address + PATH)
    assert asked(site) == 0


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client would have slept before each request."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


@pytest.mark.parametrize(("crawl_delay", "seconds_between"), [(5000, 0), (0, 5000)])
def test_requests_keep_the_distance_that_we_or_the_site_set_and_it_varies(
    crawl_delay: int, seconds_between: float, site: StandIn, captures: Captures, pauses: list[float]
) -> None:
    site.robots = f"User-agent: *\nCrawl-delay: {crawl_delay}\n"
    polite = client(site, captures, seconds_between=seconds_between, jitter=0.5)
    for _ in range(20):
        polite.get(site.address + PATH)
    # the first two are of robots.txt, before what it says is known, and of the page
    assert min(pauses[2:]) > 4000
    assert max(pauses[2:]) > 1.1 * min(pauses[2:])


def test_too_many_requests_are_tried_again_after_the_wait_asked_for(site: StandIn, captures: Captures) -> None:
    site.fault(PATH, "429", times=1)
    before = time.monotonic()
    assert client(site, captures).get(site.address + PATH).is_new
    assert time.monotonic() - before >= 1


@pytest.mark.parametrize(
    ("fault", "error", "said", "tries"),
    [("429-long", AskedToWait, "or longer", 1), ("500", FetchError, "500", 3)],
)
def test_a_lasting_failure_and_a_wait_longer_than_allowed_for_are_told(
    fault: str, error: type[FetchError], said: str, tries: int, site: StandIn, captures: Captures
) -> None:
    site.fault(PATH, fault)
    with pytest.raises(error, match=said):
        client(site, captures).get(site.address + PATH)
    assert asked(site) == tries


@pytest.mark.parametrize(
    ("path", "fault", "times"), [(PATH, "503", 2), (PATH, "truncated", 1), ("/robots.txt", "404", 9)]
)
def test_a_passing_failure_and_a_missing_robots_txt_are_overcome(
    path: str, fault: str, times: int, site: StandIn, captures: Captures
) -> None:
    site.fault(path, fault, times=times)
    got = client(site, captures).get(site.address + PATH)
    assert captures.read(got.capture.sha256).decode() == site.statistics_page("kent-county-council")


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ("truncated", Incomplete, "broke off"),
        ("broken-gzip", Incomplete, "cannot be decoded"),
        ("cut-gzip", Incomplete, "broke off"),
        ("empty-body", Incomplete, "its body is empty"),
        ("gzip-bomb", FetchError, "larger than"),
        ("slow", TooSlow, "did not come|stopped coming"),
        ("hang", TooSlow, "no answer within|did not come|stopped coming"),
        ("wrong-type", FetchError, "not text/html"),
        ("404", NotFound, "no such page"),
        ("403", Refused, "refused"),
        ("redirect-loop", FetchError, "redirects; the last"),
        ("redirect-elsewhere", FetchError, "redirects to .*, which is not on"),
        ("redirect-private", FetchError, "redirects to .*, which is not on"),
        ("redirect-port", FetchError, "redirects to .*, which is not on"),
        ("redirect-file", FetchError, "redirects to .*, which is not on"),
        ("redirect-bad-port", FetchError, "is no address"),
        ("brotli", FetchError, "compressed as br"),
    ],
)
def test_each_failure_says_what_and_where_and_keeps_nothing(
    fault: str, error: type[FetchError], said: str, site: StandIn, captures: Captures
) -> None:
    site.fault(PATH, fault)
    with pytest.raises(error, match=said) as failed:
        client(site, captures).get(site.address + PATH)
    assert failed.value.address == site.address + PATH
    assert captures.latest(site.address + PATH) is None


def test_a_redirect_within_the_site_is_followed(site: StandIn, captures: Captures) -> None:
    site.fault(PATH, "redirect", times=1)
    got = client(site, captures).get(site.address + PATH)
    assert got.capture.address == site.address + PATH
    assert got.capture.headers["location"] == f"{site.address}{PATH}/"


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/",
        "http://127.0.0.1:1/",
        "http://localhost/",
        "file:///etc/hostname",
        "http://user:word@127.0.0.1/",
        "http://[",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:port/",
        "not an address",
    ],
)
def test_an_address_elsewhere_is_refused_before_any_request(address: str, site: StandIn, captures: Captures) -> None:
    with pytest.raises(FetchError, match=r"not on|no address"):
        client(site, captures).get(address)
    assert site.requests == []


def test_a_site_elsewhere_never_leads_to_this_machine(site: StandIn, captures: Captures) -> None:
    abroad = Client("https://www.lgo.org.uk", captures, IN_A_HURRY, also=("https://lgo.org.uk",))
    with pytest.raises(FetchError, match="not on"):
        abroad.get(site.address + PATH)
    assert site.requests == []


def test_no_server_at_all_is_unreachable(captures: Captures) -> None:
    with StandIn() as gone:
        address = gone.address
    with pytest.raises(FetchError, match="no answer"):
        Client(address, captures, IN_A_HURRY).get(address + PATH)


def test_a_server_that_goes_away_is_unreachable(captures: Captures) -> None:
    with StandIn() as going:
        polite = Client(going.address, captures, IN_A_HURRY)
        polite.get(going.address + PATH)
    polite._session.close()
    with pytest.raises(Unreachable):
        polite.get(going.address + PATH.replace("kent", "essex"))


def test_a_table_is_a_table_and_a_page_is_a_page(site: StandIn, captures: Captures) -> None:
    (received, *_) = site.table_links()
    polite = client(site, captures)
    assert polite.get(site.address + received, TABLE).is_new
    with pytest.raises(FetchError, match="not text/html"):
        polite.get(site.address + received + "?again", PAGE)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("no-type", ""),
        ("bucket-type", ""),
        ("page-of-no-type", "web page, not a table"),
        ("wrong-type", "not text/csv"),
    ],
)
def test_a_table_is_known_by_its_body_where_the_server_does_not_know_its_kind(
    fault: str, said: str, site: StandIn, captures: Captures
) -> None:
    (received, *_) = site.table_links()
    site.fault(received, fault)
    if not said:
        assert client(site, captures).get(site.address + received, TABLE).is_new
        return
    with pytest.raises(FetchError, match=said):
        client(site, captures).get(site.address + received, TABLE)
    assert captures.latest(site.address + received) is None


def test_a_redirect_is_read_as_utf_8(site: StandIn, captures: Captures) -> None:
    site.fault(PATH, "redirect-utf-8", times=1)
    got = client(site, captures).get(site.address + PATH)
    assert got.capture.headers["location"] == f"{site.address}{PATH}?à=é–"
    assert site.requests[-1].path == f"{PATH}?%C3%A0=%C3%A9%E2%80%93"


def test_headers_that_drip_in_end_with_the_time_allowed_for(site: StandIn, captures: Captures) -> None:
    site.fault(PATH, "dripping-head")
    before = time.monotonic()
    with pytest.raises(TooSlow):
        client(site, captures).get(site.address + PATH)
    # a hundred seconds of headers
    assert time.monotonic() - before < 30
    assert asked(site) == 1


def test_a_cookie_is_neither_kept_nor_sent(site: StandIn, captures: Captures) -> None:
    site.fault(PATH, "cookie", times=1)
    polite = client(site, captures)
    polite.get(site.address + PATH)
    polite.get(site.address + PATH)
    assert {request.cookie for request in site.requests} == {""}


@pytest.mark.parametrize("address", ["https://www.lgo.org.uk:99999", "http://127.0.0.1:x", "http://["])
def test_a_site_whose_address_cannot_be_is_refused_in_one_message(address: str, captures: Captures) -> None:
    with pytest.raises(FetchError, match="no address"):
        Client(address, captures, IN_A_HURRY)


@pytest.mark.parametrize(
    ("address", "asked_for"),
    [
        ("http://www.lgo.org.uk/a.csv", "https://www.lgo.org.uk/a.csv"),
        ("http://www.lgo.org.uk:80/a.csv", "https://www.lgo.org.uk/a.csv"),
        ("http://www.lgo.org.uk:8080/a.csv", "http://www.lgo.org.uk:8080/a.csv"),
        ("http://example.org/a.csv", "http://example.org/a.csv"),
        ("https://www.lgo.org.uk/a.csv", "https://www.lgo.org.uk/a.csv"),
    ],
)
def test_a_redirect_to_http_on_a_site_of_https_is_followed_as_https(
    address: str, asked_for: str, captures: Captures
) -> None:
    assert Client("https://www.lgo.org.uk", captures, IN_A_HURRY).secure(address) == asked_for
