"""What several kinds of test need: the project's own relations, built from the figures that ship with it."""

import os
import time
from collections.abc import Iterator
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path

import dagster as dg
import duckdb
import hypothesis
import pandas as pd
import pyarrow as pa
import pytest

from assets.improvement.assets import as_text
from assets.improvement.measures import measure_rows
from assets.ombudsman.collection import AS_AT
from assets.reference import POISSON_LIMITS, SOURCES, poisson_limits
from pipelines.definitions import build_definitions
from tests.relations import fill, leave_empty
from warehouse.contracts import read_contracts
from warehouse.indicators import indicator_rows, read_indicators
from warehouse.models import creation, read_models
from warehouse.moments import EPOCH
from warehouse.names import LAYERS, Relation
from warehouse.settings import Settings
from warehouse.shipped import shipped_files
from warehouse.spelling import define_folding

# no test hangs on whether midnight falls into it: whatever one of them publishes is of one day
os.environ.setdefault(EPOCH, str(int(time.time())))

# set by .ci/run, which installs what tests need: there a skipped test is a failure
NOTHING_LEFT_OUT = "NOTHING_LEFT_OUT"

PROJECT = Path(__file__).resolve().parents[1]

# the same examples in every run, however long one takes: no test hangs on chance or on what else the machine does
hypothesis.settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("steady")


@pytest.fixture(scope="session")
def shipped_settings() -> Settings:
    """The settings of a fresh checkout, whatever this machine's own settings are."""
    return Settings(
        council="worcestershire-county-council",
        comparators="lgsco_type",
        data=PROJECT / "data",
        sql=PROJECT / "sql",
        expectations=PROJECT / "expectations",
        indicators=PROJECT / "indicators",
        state=PROJECT / "state",
        output=PROJECT / "output",
    )


def made_in_python(settings: Settings) -> dict[Relation, pd.DataFrame | pa.Table]:
    """The relations that no SQL makes: the shipped files as text and what the reference assets compute."""
    files = shipped_files(settings.data)
    sources = [{"source": file.name, **file.source.model_dump()} for file in files]
    measures = Relation("raw.plan_measures")
    contracts = read_contracts(settings.expectations)
    return {
        **{Relation(f"raw.{file.name}"): file.rows() for file in files},
        Relation("raw.indicators"): indicator_rows(read_indicators(settings.indicators)),
        measures: as_text(contracts[measures], measure_rows(settings.indicators)),
        SOURCES: pd.DataFrame(sources).astype("str"),
        POISSON_LIMITS: poisson_limits(),
        AS_AT: pd.DataFrame({"moment": [datetime.max]}),
    }


@pytest.fixture(scope="session")
def shipped_warehouse(shipped_settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Every model built from the shipped figures in memory, without Dagster and without checks.

    A relation that a delivery or a fetch would fill is empty, as on a fresh checkout."""
    contracts = read_contracts(shipped_settings.expectations)
    models = {model.relation: model for model in read_models(shipped_settings.sql)}
    frames = made_in_python(shipped_settings)
    with duckdb.connect() as connection:
        for layer in LAYERS:
            connection.execute(f"create schema {layer}")
        define_folding(connection)
        reads: dict[Relation, tuple[Relation, ...]] = dict.fromkeys(frames, ()) | {
            name: model.reads for name, model in models.items()
        }
        for relation in TopologicalSorter(reads).static_order():
            if relation in models:
                connection.execute(creation(models[relation], contracts[relation]))
            elif relation in frames:
                fill(connection, relation, frames[relation])
            else:
                leave_empty(connection, relation, contracts[relation])
        yield connection


@pytest.fixture(scope="session")
def shipped_definitions(shipped_settings: Settings) -> dg.Definitions:
    """Everything that Dagster runs on a fresh checkout."""
    return build_definitions(shipped_settings)


# the folders whose tests take longest, in the order in which they begin
LONGEST_FIRST = ("graph", "scale", "worlds", "faults", "web", "fuzz", "backtests")
# those whose files share what takes long to make
MADE_ONCE = ("graph", "web")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process run each file, or each folder whose files share much, and none be left with a long one."""

    def folder(item: pytest.Item) -> str:
        return item.path.relative_to(PROJECT / "tests").parts[0]

    for item in items:
        group = folder(item) if folder(item) in MADE_ONCE else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(folder(item), len(places)))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where something was left out although nothing may be."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get(NOTHING_LEFT_OUT) and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
