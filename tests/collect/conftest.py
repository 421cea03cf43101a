"""A stand-in site and an archive for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.ombudsman.archive import Captures
from assets.ombudsman.client import Client, Politeness
from tests.standin.site import StandIn

IN_A_HURRY = Politeness(
    contact="tests@example.org",
    seconds_between=0,
    backoff=0.01,
    retries=1,
    attempts=2,
    read_timeout=5,
    longest_wait=5,
)


@pytest.fixture(scope="session")
def running() -> Iterator[StandIn]:
    with StandIn() as site:
        yield site


@pytest.fixture
def site(running: StandIn) -> StandIn:
    running.reset()
    return running


@pytest.fixture
def captures(tmp_path: Path) -> Captures:
    return Captures(tmp_path / "captures")


@pytest.fixture
def client(site: StandIn, captures: Captures) -> Iterator[Client]:
    with Client(site.address, captures, IN_A_HURRY) as polite:
        yield polite
