"""The client against a real server on this machine: polite, bounded, and on its own site only."""

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from assets.ombudsman.archive import Captures
from assets.ombudsman.client import PAGE, TABLE, Client, Politeness
from assets.ombudsman.transport import (
    AskedToWait,
    DisallowedByRobots,
    FetchError,
    ForeignAddress,
    Incomplete,
    NoContact,
    NotFound,
    Refused,
    ServerTrouble,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
    WrongContentType,
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


def test_the_client_says_who_it_is(site: StandIn, captures: Captures) -> None:
    client(site, captures).get(site.address + PATH)
    assert {request.user_agent for request in site.requests} == {
        "council-complaints-benchmark (+tests@example.org)"
    }


def test_a_foreign_site_is_not_visited_without_a_contact(captures: Captures) -> None:
    with pytest.raises(NoContact):
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
    with pytest.raises(DisallowedByRobots):
        polite.get(site.address + "/search?k=kent")
    assert asked(site, "/robots.txt") == 1
    assert asked(site, "/search?k=kent") == 0


def test_rules_for_this_client_by_name_are_obeyed(site: StandIn, captures: Captures) -> None:
    site.robots = "User-agent: council-complaints-benchmark\nDisallow: /your-*/statistics$\n"
    with pytest.raises(DisallowedByRobots):
        client(site, captures).get(site.address + PATH)


def test_robots_txt_is_kept_as_evidence(site: StandIn, captures: Captures) -> None:
    client(site, captures).get(site.address + PATH)
    capture = captures.latest(site.address + "/robots.txt")
    assert capture is not None
    assert captures.read(capture.sha256) == site.robots.encode()


def test_without_robots_txt_everything_may_be_fetched(site: StandIn, captures: Captures) -> None:
    site.fault("/robots.txt", "404")
    assert client(site, captures).get(site.address + PATH).is_new


def test_while_robots_txt_fails_nothing_is_fetched(site: StandIn, captures: Captures) -> None:
    site.fault("/robots.txt", "500")
    with pytest.raises(DisallowedByRobots, match="cannot be read"):
        client(site, captures).get(site.address + PATH)
    assert asked(site) == 0


def test_a_crawl_delay_is_kept_to(site: StandIn, captures: Captures) -> None:
    site.robots = "User-agent: *\nCrawl-delay: 0.3\n"
    polite = client(site, captures)
    for _ in range(3):
        polite.get(site.address + PATH)
    times = [request.at for request in site.requests if request.path == PATH]
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.28


def test_requests_keep_their_distance(site: StandIn, captures: Captures) -> None:
    polite = client(site, captures, seconds_between=0.2)
    for _ in range(3):
        polite.get(site.address + PATH)
    times = [request.at for request in site.requests]
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.18


def test_the_distance_varies(site: StandIn, captures: Captures) -> None:
    polite = client(site, captures, seconds_between=0.02, jitter=5)
    for _ in range(8):
        polite.get(site.address + PATH)
    times = [request.at for request in site.requests]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert max(gaps) > 1.5 * min(gaps)


def test_too_many_requests_are_tried_again_after_the_wait_asked_for(
    site: StandIn, captures: Captures
) -> None:
    site.fault(PATH, "429", times=1)
    before = time.monotonic()
    assert client(site, captures).get(site.address + PATH).is_new
    assert time.monotonic() - before >= 1


def test_a_wait_longer_than_allowed_for_is_not_waited(site: StandIn, captures: Captures) -> None:
    site.fault(PATH, "429-long")
    with pytest.raises(AskedToWait, match="or longer"):
        client(site, captures).get(site.address + PATH)
    assert asked(site) == 1


def test_a_passing_failure_is_overcome(site: StandIn, captures: Captures) -> None:
    site.fault(PATH, "503", times=2)
    assert client(site, captures).get(site.address + PATH).is_new


def test_a_lasting_failure_is_told(site: StandIn, captures: Captures) -> None:
    site.fault(PATH, "500")
    with pytest.raises(ServerTrouble, match="500"):
        client(site, captures).get(site.address + PATH)
    assert asked(site) == 3


def test_a_truncated_body_is_fetched_again(site: StandIn, captures: Captures) -> None:
    site.fault(PATH, "truncated", times=1)
    got = client(site, captures).get(site.address + PATH)
    assert captures.read(got.capture.sha256).decode() == site.statistics_page("kent-county-council")


FAILURES: list[tuple[str, type[FetchError]]] = [
    ("truncated", Incomplete),
    ("broken-gzip", Incomplete),
    ("empty-body", Incomplete),
    ("gzip-bomb", TooLarge),
    ("slow", TooSlow),
    ("hang", TooSlow),
    ("wrong-type", WrongContentType),
    ("404", NotFound),
    ("403", Refused),
    ("redirect-loop", TooManyRedirects),
    ("redirect-elsewhere", ForeignAddress),
    ("redirect-private", ForeignAddress),
    ("redirect-port", ForeignAddress),
    ("redirect-file", ForeignAddress),
    ("redirect-bad-port", ForeignAddress),
    ("dripping-head", TooSlow),
    ("brotli", WrongContentType),
]


@pytest.mark.parametrize(("fault", "error"), FAILURES)
def test_each_failure_has_a_name_says_where_and_keeps_nothing(
    fault: str, error: type[FetchError], site: StandIn, captures: Captures
) -> None:
    site.fault(PATH, fault)
    with pytest.raises(error) as failed:
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
def test_an_address_elsewhere_is_refused_before_any_request(
    address: str, site: StandIn, captures: Captures
) -> None:
    with pytest.raises(ForeignAddress):
        client(site, captures).get(address)
    assert site.requests == []


def test_a_site_elsewhere_never_leads_to_this_machine(site: StandIn, captures: Captures) -> None:
    abroad = Client("https://www.lgo.org.uk", captures, IN_A_HURRY, also=("https://lgo.org.uk",))
    with pytest.raises(ForeignAddress):
        abroad.get(site.address + PATH)
    assert site.requests == []


def test_no_server_at_all_is_unreachable(captures: Captures) -> None:
    with StandIn() as gone:
        address = gone.address
    with pytest.raises(DisallowedByRobots, match="no answer"):
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
    with pytest.raises(WrongContentType):
        polite.get(site.address + received + "?again", PAGE)


@pytest.mark.parametrize("fault", ["no-type", "bucket-type"])
def test_a_table_whose_kind_the_server_does_not_know_is_read(
    fault: str, site: StandIn, captures: Captures
) -> None:
    (received, *_) = site.table_links()
    site.fault(received, fault)
    assert client(site, captures).get(site.address + received, TABLE).is_new


@pytest.mark.parametrize("fault", ["page-of-no-type", "wrong-type"])
def test_what_is_no_table_is_not_kept_as_one(fault: str, site: StandIn, captures: Captures) -> None:
    (received, *_) = site.table_links()
    site.fault(received, fault)
    with pytest.raises(WrongContentType):
        client(site, captures).get(site.address + received, TABLE)
    assert captures.latest(site.address + received) is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_robots_txt_with_a_byte_order_mark_is_obeyed(
    encoding: str, site: StandIn, captures: Captures
) -> None:
    rules = "User-agent: *\nDisallow: /your-councils-performance\n"
    answer = site.answer
    site.answer = lambda path, query: (  # type: ignore[method-assign]
        Answer(rules.encode(encoding), kind="text/plain") if path == "/robots.txt" else answer(path, query)
    )
    try:
        with pytest.raises(DisallowedByRobots):
            client(site, captures).get(site.address + PATH)
    finally:
        site.answer = answer  # type: ignore[method-assign]


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
    with pytest.raises(ForeignAddress, match="no address"):
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
