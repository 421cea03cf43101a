"""Ways to break the product on purpose: each must be noticed, or the checker is worth nothing."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

SABOTAGE: dict[str, tuple[tuple[str, ...], Callable[[], None]]] = {}


def breaks(*kinds: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Enter a way to break the product, and the kinds of input that must show it."""

    def enter(make: Callable[[], None]) -> Callable[[], None]:
        SABOTAGE[make.__name__.replace("_", " ")] = (kinds, make)
        return make

    return enter


@breaks("pages")
def a_page_read_one_too_high() -> None:
    from assets.ombudsman import parse_page

    right = parse_page._number
    parse_page._number = lambda printed: right(printed) + 1


@breaks("tables")
def a_table_read_by_place() -> None:
    from assets.ombudsman import parse_table

    right = parse_table.columns_of

    def columns(*given: Any) -> Any:
        found = right(*given)
        return replace(found, measures=dict(zip(sorted(found.measures), found.layout.columns, strict=False)))

    parse_table.columns_of = columns
    parse_table.contradictions = lambda *_: []


@breaks("pages", "tables")
def a_quarantine_that_keeps_nothing() -> None:
    from tests.fuzz import world

    made = world.models()
    silent = [
        replace(model, select=f"select * from ({model.select}) where false")
        if model.relation == "quality.quarantine"
        else model
        for model in made
    ]
    world.models = lambda: silent  # type: ignore[assignment]


@breaks("pages")
def figures_rounded_on_the_way() -> None:
    from tests.fuzz import world

    made = world.models()
    wrong = [
        replace(
            model,
            select=model.select.replace("try_cast(value_text as double)", "round(try_cast(value_text as double), -1)"),
        )
        if model.relation == "staging.captured_pages"
        else model
        for model in made
    ]
    world.models = lambda: wrong  # type: ignore[assignment]


@breaks("registers")
def dates_guessed() -> None:
    from assets.council import dates

    right = dates.day
    dates.day = lambda value, *given: right("-".join(reversed(value.split("/"))) if "/" in value else value, *given)


@breaks("registers")
def bad_rows_dropped_in_silence() -> None:
    from assets.council import deliveries

    right = deliveries.RegisterStore.deliver
    deliveries.RegisterStore.deliver = (
        lambda store, report: right(  # type: ignore[method-assign]
            store, replace(report, problems=report.problems.iloc[:0])
        )
    )


@breaks("registers")
def personal_data_let_in() -> None:
    from assets.council import check

    check._personal = lambda *_: None


@breaks("plans")
def entries_dropped_in_silence() -> None:
    from dataclasses import replace

    from assets.improvement import plan

    right = plan._filled

    def without_the_first(source: Any) -> Any:
        source = right(source)
        return replace(source, cells=source.cells.slice(1), rows=source.rows.slice(1), problems=())

    plan._filled = without_the_first


@breaks("plans")
def names_let_into_a_plan() -> None:
    from assets.council import columns

    columns.looks_personal = lambda *_, **__: {}  # type: ignore[assignment]
    columns.is_no_role = lambda role: False


@breaks("pages")
def a_reader_that_never_ends() -> None:
    from assets.ombudsman import archive_rows
    from tests.fuzz import run

    run.SECONDS = 0.2
    archive_rows.versions = lambda *_: time.sleep(3_600)  # type: ignore[assignment]


@breaks("tables")
def a_reader_that_takes_all_memory() -> None:
    from assets.ombudsman import archive_rows

    held: list[bytes] = []
    archive_rows.versions = lambda *_: held.append(bytes(2**30 + 2**29))  # type: ignore[assignment,func-returns-value]


@breaks("plans")
def a_check_that_breaks_down() -> None:
    from tests.fuzz import plans

    def check(*_: Any) -> Any:
        raise KeyError("as a slip would")

    plans.check_plan = check  # type: ignore[assignment]
