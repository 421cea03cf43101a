"""The registers of many councils: each checked and kept by itself, a few at a time, each in another process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from assets.council.deliveries import Delivery, RegisterStore
from assets.council.intake import check_register
from assets.council.mapping import Mapping

NOTHING_GOOD = "every row was set aside"


@dataclass(frozen=True)
class Extract:
    """One council's case extract: whose it is and where it lies."""

    gss_code: str
    path: Path


@dataclass(frozen=True)
class Taken:
    """What became of one extract: how many rows were read and set aside, and either why nothing of it was kept, or the
    delivery that was."""

    extract: Extract
    rows_read: int
    set_aside: int
    refusals: tuple[str, ...]
    delivery: Delivery | None


def take(store: RegisterStore, mapping: Mapping, as_at: dt.date | None, extract: Extract) -> Taken:
    """Check one council's case extract and keep its good rows."""
    report = check_register(
        extract.path, gss_code=extract.gss_code, salt=store.salt(), mapping=mapping, as_at=as_at
    )
    # an extract of everything that holds nothing would drop every case
    refusals = report.refusals or (() if report.accepted.num_rows else (NOTHING_GOOD,))
    delivery = None if refusals else store.deliver(report)
    return Taken(extract, report.rows_read, report.quarantined, refusals, delivery)


def take_all(
    store: RegisterStore,
    extracts: Sequence[Extract],
    *,
    at_once: int,
    mapping: Mapping | None = None,
    as_at: dt.date | None = None,
) -> Iterator[Taken]:
    """What became of each extract, in their order, as it becomes known; `at_once` processes take them."""
    store.salt()  # made before there are several that could make it
    with ProcessPoolExecutor(at_once, mp_context=get_context("spawn")) as pool:
        yield from pool.map(partial(take, store, mapping or Mapping(), as_at), extracts)
