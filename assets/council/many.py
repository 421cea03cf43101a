"""The registers of many councils: each checked and kept by itself, a few at a time, each in another process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from assets.council.check import check_register
from assets.council.contract import read_contract
from assets.council.deliveries import Delivery, RegisterStore
from assets.council.mapping import Mapping
from assets.council.sheets import filled_sheets

CASES = "case_stages"


@dataclass(frozen=True)
class Extract:
    """One council's case extract: whose it is and where it lies."""

    gss_code: str
    path: Path


@dataclass(frozen=True)
class Taken:
    """What became of one extract: how many rows were read and set aside, and either why nothing of it was kept, or the
    delivery that was. Of a file that could not be read as an extract no rows are counted."""

    extract: Extract
    rows_read: int = 0
    set_aside: int = 0
    refusals: tuple[str, ...] = ()
    delivery: Delivery | None = None


def take(store: RegisterStore, mapping: Mapping, as_at: dt.date | None, extract: Extract) -> Taken:
    """Check one council's case extract and keep its good rows. Whatever is wrong with it stops no other council's."""
    try:
        if refusals := _not_cases_alone(extract.path):
            return Taken(extract, refusals=refusals)
        report = check_register(
            extract.path, gss_code=extract.gss_code, salt=store.salt(), mapping=mapping, as_at=as_at
        )
        if report.is_refused:
            bad = report.problems.loc[report.problems["severity"] == "block", "row"].nunique()
            return Taken(extract, report.rows_read, bad, report.refusals)
        return Taken(extract, report.rows_read, report.quarantined, delivery=store.deliver(report))
    except OSError as error:
        why = f"{error.strerror or error}: the file or the store cannot be read or written"
        return Taken(extract, refusals=(why,))


def _not_cases_alone(path: Path) -> tuple[str, ...]:
    """Why a file is not taken in with those of others, if it holds more than cases, or a query for them."""
    if path.suffix.lower() == ".sql":
        return ("a query is asked by `benchmark check-register --load`",)
    others = filled_sheets(path, [name for name in read_contract() if name != CASES])
    if others:
        return (f"{', '.join(others)}: filled in too; take the workbook in by `benchmark check-register --load`",)
    return ()


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
