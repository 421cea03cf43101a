"""The same figures give the same publication on any processor, with any number of threads."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.relations import held, rows_of

PROJECT = Path(__file__).resolve().parents[2]
REFRESH = "from cli.main import main; main()"
OLD = "X86_V4 X86_V3 AVX512_SKX AVX512F FMA3 AVX2"
"""What NumPy is to do without: an x86-64 of ten years ago. Other processors know nothing of these."""


@dataclass(frozen=True)
class Published:
    """What one refresh of the shipped figures published."""

    files: dict[str, bytes]
    rows: dict[str, list[tuple[Any, ...]]]


def published(folder: Path, code: str, **environment: str) -> Published:
    """What a refresh in a process of its own publishes."""
    places = {f"BENCHMARK_{name.upper()}": str(folder / name) for name in ("state", "output", "captures")}
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env=os.environ | places | {"PYTHONPATH": str(PROJECT)} | environment,
        check=True,
        capture_output=True,
    )
    output = folder / "output"
    with duckdb.connect(str(output / "warehouse.duckdb"), read_only=True) as connection:
        rows = {name: rows_of(connection, name) for name in held(connection)}
    files = {
        str(path.relative_to(output)): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file() and path.suffix != ".duckdb"
    }
    return Published(files, rows)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """As this machine does it by itself."""
    return published(tmp_path_factory.mktemp("here"), REFRESH, OPENBLAS_NUM_THREADS="1")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """With two threads, with another kernel, on an older processor."""
    return published(
        tmp_path_factory.mktemp("elsewhere"),
        REFRESH,
        OPENBLAS_NUM_THREADS="2",
        OPENBLAS_CORETYPE="Prescott",
        NPY_DISABLE_CPU_FEATURES=OLD,
    )


def test_the_warehouse_holds_the_same_rows(here: Published, elsewhere: Published) -> None:
    assert here.rows.keys() == elsewhere.rows.keys() and len(here.rows["marts.rankings"]) > 1_000
    assert [name for name in here.rows if here.rows[name] != elsewhere.rows[name]] == []


def test_the_publication_has_the_same_name_pages_and_tables(here: Published, elsewhere: Published) -> None:
    assert here.files.keys() == elsewhere.files.keys() and len(here.files) > 20
    assert [name for name in here.files if here.files[name] != elsewhere.files[name]] == []
